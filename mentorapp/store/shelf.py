"""The contents of files, in pieces inside the encrypted store: what is here, what the server has, what waits in which direction.

A file is named by the BLAKE2b of its content (64 hexadecimal digits), so that the same photograph is kept once. A file that did not arrive
wholly, or not as its name says, is never given out.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

PIECE = 256 * 1024
"""The most bytes of a file in one row."""


def named(content: bytes) -> str:
    """The name of a content."""
    return blake2b(content, digest_size=32).hexdigest()


class FileState(NamedTuple):
    """How a file stands: `here` bytes of `size` are on this laptop, `sent` of them at the server under `upload`; safe since `safe_at`.

    `record` is the attachment that it travels for; `refused` why the server did not take it (a code); `wanted` whether it is to be fetched.
    """

    hash: str
    size: int
    here: int
    record: str
    upload: str = ""
    sent: int = 0
    safe_at: datetime | None = None
    refused: str = ""
    wanted: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of it is on this laptop."""
        return self.here == self.size


# Of a private record every field waits here for ever, its content's name among them: what only its author may hear is not sent.
_TO_SEND = (
    "here = size AND safe_at IS NULL AND refused = '' "
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE id = record AND field = 'content_hash' AND private)"
)
_COLUMNS = "hash, size, here, record, upload, sent, safe_at, refused, wanted"


def _state(row: tuple[Any, ...]) -> FileState:
    hash, size, here, record, upload, sent, safe_at, refused, wanted = row
    moment = datetime.fromisoformat(safe_at) if safe_at else None
    return FileState(hash, size, here, record, upload, sent, moment, refused, bool(wanted))


class Shelf:
    """The part of the store that keeps files."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def keep_file(self, content: bytes, *, record: str, at: datetime) -> str:
        """Keep a content that belongs to an attachment, to be sent; gives its name. What is here already is kept once."""
        hash = named(content)
        with self.transaction():
            known = self.file(hash)
            if known is None or not known.whole:
                self._drop(hash)
                self.connection.execute(
                    "INSERT INTO file (hash, size, here, record, added) VALUES (?, ?, ?, ?, ?)",
                    (hash, len(content), len(content), record, at.isoformat()),
                )
                for first in range(0, len(content), PIECE):
                    self._put(hash, first, content[first : first + PIECE])
            elif known.safe_at:
                # The server has the bytes, and does not know yet that this record's readers may have them.
                sql = "UPDATE file SET safe_at = NULL, upload = '', sent = 0 WHERE hash = ?"
                self.connection.execute(sql, (hash,))
        return hash

    def records_of_file(self, hash: str) -> list[str]:
        """The attachments here that name a file, but for those that the server did not take."""
        sql = (
            "SELECT id FROM attachment WHERE content_hash = ? AND voided = 0 "
            "AND id NOT IN (SELECT id FROM set_aside) ORDER BY id"
        )
        return [id for (id,) in self.connection.execute(sql, (hash,)).fetchall()]

    def _put(self, hash: str, at: int, body: bytes) -> None:
        self.connection.execute("INSERT INTO file_piece (hash, at, body) VALUES (?, ?, ?)", (hash, at, body))

    def _drop(self, hash: str) -> None:
        for table in ("file_piece", "file"):
            self.connection.execute(f"DELETE FROM {table} WHERE hash = ?", (hash,))

    def file(self, hash: str) -> FileState | None:
        """How a file stands, None if this laptop has nothing of it and wants nothing."""
        row = self.connection.execute(f"SELECT {_COLUMNS} FROM file WHERE hash = ?", (hash,)).fetchone()
        return _state(row) if row else None

    def file_part(self, hash: str, first: int, length: int) -> bytes:
        """That part of what is here of a file."""
        sql = "SELECT at, body FROM file_piece WHERE hash = ? AND at > ? AND at < ? ORDER BY at"
        rows = self.connection.execute(sql, (hash, first - PIECE, first + length))
        return b"".join(body[max(0, first - at) : first + length - at] for at, body in rows.fetchall())

    def file_content(self, hash: str) -> bytes | None:
        """A file as a whole, None if it is not here, or is not what its name says."""
        known = self.file(hash)
        content = self.file_part(hash, 0, known.size) if known and known.whole else b""
        return content if known and named(content) == hash else None

    # --- sending ------------------------------------------------------------------------------------------------------

    def files_to_send(self) -> list[FileState]:
        """What is here and not safe at the server, the smallest first."""
        sql = f"SELECT {_COLUMNS} FROM file WHERE {_TO_SEND} ORDER BY size, hash"
        return [_state(row) for row in self.connection.execute(sql).fetchall()]

    def files_refused(self) -> list[FileState]:
        """What the server did not take, the smallest first."""
        sql = f"SELECT {_COLUMNS} FROM file WHERE refused != '' ORDER BY size, hash"
        return [_state(row) for row in self.connection.execute(sql).fetchall()]

    def note_upload(self, hash: str, *, upload: str, sent: int) -> None:
        """So much of a file is at the server."""
        with self.transaction():
            self.connection.execute("UPDATE file SET upload = ?, sent = ? WHERE hash = ?", (upload, sent, hash))

    def file_is_safe(self, hash: str, *, at: datetime) -> None:
        """The server has it as a whole and has checked it."""
        sql = "UPDATE file SET safe_at = ?, upload = '', sent = size, refused = '' WHERE hash = ?"
        with self.transaction():
            self.connection.execute(sql, (at.isoformat(), hash))

    def refuse_file(self, hash: str, reason: str) -> None:
        """The server did not take it: kept here, tried again when asked to."""
        with self.transaction():
            self.connection.execute("UPDATE file SET refused = ?, upload = '', sent = 0 WHERE hash = ?", (reason, hash))

    def retry_files(self) -> None:
        """Let everything that was refused be sent again."""
        with self.transaction():
            self.connection.execute("UPDATE file SET refused = ''")

    # --- fetching -----------------------------------------------------------------------------------------------------

    def want_file(self, hash: str, *, size: int, record: str, at: datetime) -> None:
        """Fetch a file with the next exchanges."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO file (hash, size, here, record, added, wanted) VALUES (?, ?, 0, ?, ?, 1) "
                "ON CONFLICT (hash) DO UPDATE SET wanted = 1",
                (hash, size, record, at.isoformat()),
            )

    def files_missing(self, most: int) -> list[tuple[str, int, str]]:
        """Files of up to so many bytes that an attachment names and of which nothing is here nor wanted: (hash, size, attachment)."""
        sql = (
            "SELECT content_hash, size, min(id) FROM attachment WHERE voided = 0 AND size BETWEEN 1 AND ? "
            "AND length(content_hash) = 64 AND content_hash NOT IN (SELECT hash FROM file) GROUP BY content_hash, size"
        )
        return [(hash, size, id) for hash, size, id in self.connection.execute(sql, (most,)).fetchall()]

    def files_wanted(self) -> list[FileState]:
        """What is to be fetched and is not here as a whole, the smallest first."""
        sql = f"SELECT {_COLUMNS} FROM file WHERE wanted AND here < size ORDER BY size, hash"
        return [_state(row) for row in self.connection.execute(sql).fetchall()]

    def take_piece(self, hash: str, first: int, body: bytes, *, moment: datetime) -> bool:
        """Take in what follows what is here of a file. False if, with the last of it, it is not what its name says: it begins anew."""
        with self.transaction():
            known = self.file(hash)
            if known is None or known.here != first or first + len(body) > known.size:
                return True  # It was let go of, or came twice.
            for start in range(0, len(body), PIECE):
                self._put(hash, first + start, body[start : start + PIECE])
            reached = first + len(body)
            self.connection.execute("UPDATE file SET here = ? WHERE hash = ?", (reached, hash))
            if reached < known.size:
                return True
            if self.file_content(hash) is None:
                self.connection.execute("DELETE FROM file_piece WHERE hash = ?", (hash,))
                self.connection.execute("UPDATE file SET here = 0 WHERE hash = ?", (hash,))
                return False
            sql = "UPDATE file SET wanted = 0, sent = size, safe_at = ? WHERE hash = ?"
            self.connection.execute(sql, (moment.isoformat(), hash))
        return True

    def give_up_file(self, hash: str) -> None:
        """Do not fetch it any more; what came of it is let go of."""
        with self.transaction():
            self._drop(hash)

    # --- as a whole ---------------------------------------------------------------------------------------------------

    def files_waiting(self) -> tuple[int, int]:
        """How many files are only here, and about how many bytes of them are still to send."""
        sql = f"SELECT count(*), coalesce(sum(size - sent), 0) FROM file WHERE {_TO_SEND}"
        count, octets = self.connection.execute(sql).fetchone()
        return int(count), int(octets)

    def doubt_files(self) -> None:
        """Nothing is known to be safe any more: each is offered again, which costs a question where the server has it."""
        with self.transaction():
            self.connection.execute("UPDATE file SET safe_at = NULL, upload = '', sent = 0 WHERE here = size")

    def tidy_files(self) -> None:
        """Let go of the contents that no attachment here names any more; what the server does not have stays."""
        gone = "SELECT hash FROM file WHERE safe_at IS NOT NULL AND hash NOT IN (SELECT content_hash FROM attachment)"
        with self.transaction():
            for (hash,) in self.connection.execute(gone).fetchall():
                self._drop(hash)
