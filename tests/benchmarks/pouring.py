"""Pours millions of records into a ledger as fast as its database takes them: without indexes, without logs, past every check.

What comes of it is what `filling` makes, but that the digests of its scopes are noise. Only for a ledger that can be thrown away: whoever
is killed while pouring leaves it broken.
"""

import sqlite3
from collections.abc import Iterator
from itertools import islice
from random import Random
from secrets import token_hex
from typing import Any

import psycopg
from sqlalchemy import Connection, select
from sqlalchemy.schema import CreateIndex, DropIndex

from mentorapp.registers import pack
from sync.server import intake, ledger, tables
from sync.server.database import opened
from tests.benchmarks import generator
from tests.benchmarks.filling import states

_AT_ONCE = 200_000
_COLUMNS = tuple(column.name for column in tables.record.columns)
_TYPES = ("varchar", "varchar", "varchar", "varchar", "varchar", "int8", "bytea", "int4")
_TALLIES = tuple(column.name for column in tables.tally.columns)


def poured(url: str, count: int, *, pairs: int) -> list[str]:
    """Add so many records in `pairs` mentorships, and give these: record after record goes to the next of them."""
    database = opened(url)
    with database.reading() as connection:
        office = connection.execute(select(tables.office.c.id)).scalar_one()
        seq = ledger.standing(connection, office)
    scopes = [f"mentorship/{token_hex(16)}" for _ in range(pairs)]
    with database.writing() as connection:
        for index in tables.record.indexes:
            connection.execute(DropIndex(index))
    database.close()
    indexes = [str(CreateIndex(one).compile(dialect=database.engine.dialect)) for one in tables.record.indexes]
    pour, where = (
        (_into_sqlite, url.split("///")[1]) if database.lite else (_into_postgres, url.replace("+psycopg", ""))
    )
    pour(where, _rows(office, seq, count, scopes), indexes)
    with database.writing() as connection:
        _tally(connection, office, scopes, count // pairs)
        ledger.number(connection, office, seq + count)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.lite:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")
    database.close()
    return scopes


def _rows(office: str, seq: int, count: int, scopes: list[str]) -> Iterator[tuple[Any, ...]]:
    made = [(s.kind, pack(s)) for s in states(list(generator.sessions(min(count, 5_000))), b"f" * 8, "f" * 32)]
    chance = Random(seq)
    for number in range(count):
        kind, packed = made[number % len(made)]
        # As ids are: they follow the clock.
        id = f"{seq + number + 1_700_000_000_000:012x}{chance.getrandbits(80):020x}"
        scope = scopes[number % len(scopes)]
        yield office, id, kind, scope, "mentorship/*", seq + number + 1, packed, len(packed)


def _into_sqlite(file: str, rows: Iterator[tuple[Any, ...]], indexes: list[str]) -> None:
    db = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=DELETE", "journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
        db.execute(f"PRAGMA {pragma}").fetchone()
    insert = f"INSERT INTO record ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    while some := list(islice(rows, _AT_ONCE)):
        db.execute("BEGIN")
        db.executemany(insert, some)
        db.execute("COMMIT")
    for index in indexes:
        db.execute(index)
    db.execute("PRAGMA journal_mode=WAL").fetchone()
    db.close()


def _into_postgres(url: str, rows: Iterator[tuple[Any, ...]], indexes: list[str]) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY record ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(row)
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for index in indexes:
            cursor.execute(index.encode())


def _tally(connection: Connection, office: str, scopes: list[str], each: int) -> None:
    noise = {"digest": b"\x01" * 8, "number": each, "family": "mentorship/*", "office": office}
    rows = [{**noise, "scope": scope, "least": int(least)} for scope in scopes for least in intake.CLASSES]
    connection.execute(tables.tally.insert(), rows)
