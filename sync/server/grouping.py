"""Several intentions on one SQLite file that end in one commit: what they wait for on the disk, they wait for once.

Promises what a transaction of its own would: an intention is written whole or not at all, whatever becomes of those beside it; it sees
what those before it wrote; and whoever opened it goes on only after the commit, or with its failure. One thread at a time is within.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from threading import Event, Lock

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

MOST_TOGETHER = 16


class _Group:
    """A transaction that several share, one after the other."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction: RootTransaction = connection.begin()
        self.done = Event()
        self.failed: BaseException | None = None
        self.size = 0

    def say(self, statement: str) -> None:
        self.connection.connection.cursor().execute(statement)

    @property
    def whole(self) -> bool:
        """Whether the database has not ended the transaction by itself, as when the disk is full."""
        raw = self.connection.connection.dbapi_connection
        return isinstance(raw, sqlite3.Connection) and raw.in_transaction


class Writers:
    """Lets one in at a time; whoever finds another waiting leaves the commit to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine  # its transactions begin by taking the lock to write
        # SQLite's own waiting for a lock is by sleeping and starves under load; one process needs no more than this.
        self._turn, self._counting = Lock(), Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One intention: committed whole, perhaps with others, or not at all."""
        self._take_turn()
        try:
            group = self._joined()
        except BaseException:
            self._turn.release()
            raise
        try:
            yield group.connection
        except BaseException as reason:
            self._take_back(group, reason)
            self._hand_on(group)
            raise
        self._keep(group)
        self._hand_on(group)
        while not group.done.wait(1):
            # Whoever was waiting may have died before its turn.
            if self._turn.acquire(blocking=False):
                self._hand_on(group) if self._group is group else self._turn.release()
        if group.failed:
            raise DBAPIError("COMMIT", None, group.failed, hide_parameters=True) from group.failed

    def _take_turn(self) -> None:
        with self._counting:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._counting:
                self._waiting -= 1

    def _joined(self) -> _Group:
        if self._group is None:
            connection = self._engine.connect()
            try:
                self._group = _Group(connection)
            except BaseException:
                connection.close()
                raise
        else:
            try:
                self._group.say("SAVEPOINT another")
            except sqlite3.Error as reason:
                raise DBAPIError("SAVEPOINT", None, reason, hide_parameters=True) from reason
        self._group.size += 1
        return self._group

    def _take_back(self, group: _Group, reason: BaseException) -> None:
        """Undo what an intention wrote; where that cannot be done without undoing the others, all have failed."""
        if group.size > 1 and group.whole:
            try:
                group.say("ROLLBACK TO another")
                group.say("RELEASE another")
            except sqlite3.Error as again:
                group.failed = again
        else:
            group.failed = reason

    def _keep(self, group: _Group) -> None:
        try:
            if group.size > 1:
                group.say("RELEASE another")
        except sqlite3.Error as reason:
            group.failed = reason

    def _hand_on(self, group: _Group) -> None:
        """Give the turn to whoever waits, or commit for all."""
        if group.failed or not self._waiting or group.size >= MOST_TOGETHER:
            self._end(group)
        self._turn.release()

    def _end(self, group: _Group) -> None:
        self._group = None
        try:
            if group.failed:
                group.transaction.rollback()
            else:
                group.transaction.commit()
        except (DBAPIError, sqlite3.Error) as reason:
            group.failed = group.failed or reason
        finally:
            try:
                group.connection.close()
            finally:
                group.done.set()
