"""Recordings under way: what was heard so far, in pieces beside those of files, under a name that no content has.

Promises that a piece that was kept outlives the program, and that an unfinished recording is neither sent nor fetched: only a finished
one is a file.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

_NAME, _UNKNOWN = "recording/", -1
# The size of a recording under way is not known; a file is whole, and may be sent, once `here` has reached its size.


class Recording(NamedTuple):
    """A recording under way: of which record, how many bytes are kept, since when."""

    id: str
    record: str
    octets: int
    begun: datetime


class Recordings:
    """The part of the store that keeps what is being recorded."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def keep_heard(self, id: str, body: bytes, *, record: str, at: datetime) -> None:
        """Keep what was heard since the last piece."""
        with self.transaction():
            row = self.connection.execute("SELECT here FROM file WHERE hash = ?", (_NAME + id,)).fetchone()
            here = row[0] if row else 0
            self.connection.execute(
                "INSERT INTO file (hash, size, here, record, added) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (hash) DO UPDATE SET here = excluded.here",
                (_NAME + id, _UNKNOWN, here + len(body), record, at.isoformat()),
            )
            self.connection.execute(
                "INSERT INTO file_piece (hash, at, body) VALUES (?, ?, ?)", (_NAME + id, here, body)
            )

    def recordings(self, record: str) -> list[Recording]:
        """What was begun for a record and not finished, the oldest first."""
        sql = "SELECT hash, record, here, added FROM file WHERE hash > ? AND hash < ? AND record = ? ORDER BY hash"
        rows = self.connection.execute(sql, (_NAME, _NAME[:-1] + chr(ord("/") + 1), record)).fetchall()
        return [Recording(name[len(_NAME) :], of, here, datetime.fromisoformat(at)) for name, of, here, at in rows]

    def heard(self, id: str) -> bytes:
        """Everything that is kept of a recording."""
        sql = "SELECT body FROM file_piece WHERE hash = ? ORDER BY at"
        return b"".join(body for (body,) in self.connection.execute(sql, (_NAME + id,)).fetchall())

    def drop_recording(self, id: str) -> None:
        """It is a file now, or was given up on purpose."""
        with self.transaction():
            for table in ("file_piece", "file"):
                self.connection.execute(f"DELETE FROM {table} WHERE hash = ?", (_NAME + id,))
