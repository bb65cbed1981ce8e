"""A hub's files, in the words of a laptop's queue of files: what waits to go to the centre, what is to be fetched from there.

Promises what the store promises the queue: each piece is on the disk before the next is asked for, and nothing is taken in that is not what its
name says. Which files there are follows from the records; their contents stand in the ledger, as laptops left them.
"""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, func, select, update

from mentorapp.registers import State, unpack
from mentorapp.store.shelf import FileState
from sync.server import accounts, holdings, ledger, shelf, tables, upstream
from sync.server.accounts import Caller
from sync.server.database import Database
from sync.server.upstream import Centre

_MOST_AT_ONCE = 500
_DEVICE = "upstream"

_file, _of, _relayed, _upload = tables.file, tables.file_of, tables.relayed, tables.upload


@dataclass
class Relayed:
    """The files of one hub."""

    database: Database
    _seen: int = field(default=0)
    """Up to which commit the records were looked through for the files that they name."""

    def _here(self, connection: Connection) -> Centre:
        there = upstream.centre(connection)
        if there is None:
            raise LookupError("no hub")
        return there

    def pending_count(self) -> int:
        """Whether records wait, which go before files."""
        with self.database.reading() as connection:
            there = self._here(connection)
            return int(ledger.standing(connection, there.office) > there.sent)

    # --- up -----------------------------------------------------------------------------------------------------------

    def files_to_send(self) -> list[FileState]:
        """What is here as a whole and not at the centre, the smallest first."""
        with self.database.reading() as connection:
            there = self._here(connection)
            same = and_(_relayed.c.office == _file.c.office, _relayed.c.hash == _file.c.hash)
            left = and_(_of.c.office == _file.c.office, _of.c.hash == _file.c.hash)
            done = and_(_relayed.c.hash.is_not(None), _relayed.c.safe | (_relayed.c.refused != ""))
            query = (
                select(_file.c.hash, _file.c.length, func.min(_of.c.record), _relayed.c.upload, _relayed.c.sent)
                .join(_of, left)
                .outerjoin(_relayed, same)
                .where(_file.c.office == there.office, ~func.coalesce(done, False))
                .group_by(_file.c.hash, _file.c.length, _relayed.c.upload, _relayed.c.sent)
                .order_by(_file.c.length, _file.c.hash)
                .limit(_MOST_AT_ONCE)
            )
            return [
                FileState(hash, length, length, record, upload or "", sent or 0)
                for hash, length, record, upload, sent in connection.execute(query)
            ]

    def file_part(self, hash: str, first: int, length: int) -> bytes:
        """That part of a file."""
        with self.database.reading() as connection:
            there = self._here(connection)
            query = select(_file.c.upload, _file.c.length).where(_file.c.office == there.office, _file.c.hash == hash)
            row = connection.execute(query).first()
            if row is None:
                return b""
            return b"".join(shelf.pieces(connection, row.upload, first, max(0, min(length, row.length - first))))

    def records_of_file(self, hash: str) -> list[str]:
        """The records that it was left under."""
        with self.database.reading() as connection:
            there = self._here(connection)
            query = select(_of.c.record).where(_of.c.office == there.office, _of.c.hash == hash)
            return list(connection.execute(query.order_by(_of.c.record)).scalars())

    def note_upload(self, hash: str, *, upload: str, sent: int) -> None:
        """So much of it is at the centre."""
        self._note(hash, upload=upload, sent=sent)

    def file_is_safe(self, hash: str, *, at: datetime) -> None:
        """The centre has it as a whole and has checked it."""
        self._note(hash, safe=True, upload="", refused="")

    def refuse_file(self, hash: str, reason: str) -> None:
        """The centre did not take it."""
        self._note(hash, refused=reason, upload="", sent=0)

    def _note(self, hash: str, **changes: object) -> None:
        with self.database.writing() as connection:
            there = self._here(connection)
            self._known(connection, there.office, hash, record="", length=0)
            here = and_(_relayed.c.office == there.office, _relayed.c.hash == hash)
            connection.execute(update(_relayed).where(here).values(**changes))

    def _known(self, connection: Connection, office: str, hash: str, *, record: str, length: int) -> None:
        row = {"office": office, "hash": hash, "record": record, "length": length}
        rest = {"upload": "", "sent": 0, "safe": False, "refused": ""}
        ledger.upsert(connection, _relayed, [{**row, **rest}], replacing=False)

    # --- down ---------------------------------------------------------------------------------------------------------

    def files_missing(self, most: int) -> list[tuple[str, int, str]]:
        """Nothing is asked about: a hub fetches whatever its records name."""
        return []

    def want_file(self, hash: str, *, size: int, record: str, at: datetime) -> None:
        """Fetch a file with the next exchanges."""
        with self.database.writing() as connection:
            there = self._here(connection)
            self._known(connection, there.office, hash, record=record, length=size)

    def files_wanted(self) -> list[FileState]:
        """What the records name and is not here, the smallest first."""
        self._look_through()
        with self.database.reading() as connection:
            there = self._here(connection)
            whole = and_(_file.c.office == _relayed.c.office, _file.c.hash == _relayed.c.hash)
            begun = and_(
                _upload.c.office == _relayed.c.office, _upload.c.hash == _relayed.c.hash, _upload.c.device == _DEVICE
            )
            query = (
                select(_relayed.c.hash, _relayed.c.length, _relayed.c.record, func.max(_upload.c.reached))
                .outerjoin(_file, whole)
                .outerjoin(_upload, begun)
                .where(_relayed.c.office == there.office, _file.c.hash.is_(None), _relayed.c.length > 0)
                .group_by(_relayed.c.hash, _relayed.c.length, _relayed.c.record)
                .order_by(_relayed.c.length, _relayed.c.hash)
                .limit(_MOST_AT_ONCE)
            )
            return [FileState(*row[:2], row[3] or 0, row[2], wanted=True) for row in connection.execute(query)]

    def _look_through(self) -> None:
        record = tables.record
        while True:
            with self.database.writing() as connection:
                there = self._here(connection)
                query = (
                    select(record.c.seq, record.c.kind, record.c.id, record.c.state)
                    .where(record.c.office == there.office, record.c.kind == "attachment", record.c.seq > self._seen)
                    .order_by(record.c.seq)
                    .limit(_MOST_AT_ONCE)
                )
                rows = connection.execute(query).all()
                for row in rows:
                    for hash, length in _named(unpack(row.kind, row.id, row.state)):
                        self._known(connection, there.office, hash, record=row.id, length=length)
            if rows:
                self._seen = rows[-1].seq
            if len(rows) < _MOST_AT_ONCE:
                return

    def take_piece(self, hash: str, first: int, body: bytes, *, moment: datetime) -> bool:
        """Take in what follows what is here of a file. False if, with the last of it, it is not what its name says."""
        now = accounts.stamp(moment)
        with self.database.writing() as connection:
            there = self._here(connection)
            row = connection.execute(
                select(_relayed.c.length, _relayed.c.record).where(
                    _relayed.c.office == there.office, _relayed.c.hash == hash
                )
            ).first()
            if row is None:
                return True
            caller = Caller(_DEVICE, there.caller, there.office, "")
            mandate = holdings.mandate(connection, there.caller, there.office, "")
            try:
                one = shelf.begin(
                    connection,
                    caller,
                    mandate,
                    hash=hash,
                    length=row.length,
                    record=row.record,
                    now=now,
                    room=shelf.ROOM,
                )
                if not one.id or one.offset != first:
                    return True  # It is here already, or came twice.
                one = shelf.add(connection, caller, one.id, offset=first, body=body, now=now)
                if one.offset < one.length:
                    return True
                whole = shelf.end(connection, caller, one.id, now=now)
            except shelf.NotShelved:
                return True  # Its record says something else now: it is left alone.
        if whole:
            self.file_is_safe(hash, at=moment)
        return whole

    def tidy_files(self) -> None:
        """Nothing: what nobody names any more is the office's to let go of."""


def _named(state: State) -> list[tuple[str, int]]:
    """The files that an attachment names, with their lengths."""
    said = {}
    for name in ("content_hash", "size"):
        register = state.registers.get(name)
        values = [msgspec.msgpack.decode(value) for value in sorted(register.values)] if register else []
        said[name] = values
    hashes = [one for one in said["content_hash"] if isinstance(one, str) and len(one) == 64]
    lengths = [one for one in said["size"] if isinstance(one, int) and 0 < one <= shelf.MOST_FILE]
    return [(hash, length) for hash, length in zip(hashes, lengths, strict=False)]
