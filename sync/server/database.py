"""Opens the ledger's database, on SQLite or PostgreSQL alike, brings it up to date, and gives transactions.

A writing transaction holds off every other writer of the same office from its first statement, so that commits are numbered in the
order in which they become visible. On SQLite what is committed is on the disk (WAL, synchronous FULL).
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mentorapp.errors import UserError
from mentorapp.i18n import N_
from sync.server.grouping import Writers

_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The engine and its two kinds of transaction. Safe to use from several threads."""

    def __init__(self, url: str) -> None:
        self.lite = url.startswith("sqlite")
        self.engine: Engine = create_engine(
            url, pool_pre_ping=not self.lite, pool_size=8, max_overflow=40, hide_parameters=True
        )
        # Options given once, to an engine of the same connections: each connection given its own costs as much as a statement.
        self._readers = self.engine if self.lite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writers = Writers(self.engine.execution_options(writing=True))
        if self.lite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        with self.engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from: everything in it is as of one moment."""
        with self._readers.connect() as connection, connection.begin():
            yield connection

    def writing(self) -> AbstractContextManager[Connection]:
        """One intention: committed whole, or not at all."""
        return self._writers.writing() if self.lite else self.engine.begin()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # BEGIN is ours to say: see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-16000",
    ):
        raw.execute(f"PRAGMA {pragma}").fetchone()


def _begin_sqlite(connection: Connection) -> None:
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN"
    try:
        # By the driver itself: what SQLAlchemy does around a statement takes longer than this one.
        connection.connection.cursor().execute(begin)
    except sqlite3.Error as reason:
        raise DBAPIError(begin, None, reason) from reason


def opened(url: str) -> Database:
    """The database at that URL, up to date. Raises UserError if it cannot be opened."""
    try:
        return Database(url)
    except (SQLAlchemyError, ImportError, OSError) as reason:
        # The database's own words, without what the library adds for programmers.
        plain = getattr(reason, "orig", None) or reason
        raise UserError(N_("The server cannot open its database: {reason}"), reason=plain) from reason
