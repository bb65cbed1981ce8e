"""Where the contents of files stand: uploads piece by piece, whole files by their hash, and who may have which.

A hash gives nothing to anybody. Whoever writes a file shows a record that they may write and that names its hash; whoever reads it must be
able to read a record that names it and under which somebody who had the bytes has left them. So a hash written into a record of one's
own tells nothing, and gives nothing: the file is sent, as by everybody else. What of a record may be read is `sync.server.grants`' to say.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from secrets import token_hex
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from mentorapp.registers import unpack
from sync.server import grants, tables
from sync.server.accounts import Caller
from sync.server.grants import Mandate
from sync.server.ledger import locked, upsert

MOST_FILE = 50 * 2**20
"""The largest file, in bytes."""

MOST_PIECE = 256 * 1024
"""The largest piece of an upload, in bytes."""

ROOM = 100 * 2**30
"""How many bytes of files an office may keep, unless the server is told otherwise."""

LASTS = 14 * 86_400
"""Seconds for which an upload waits for its next piece."""

_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_UPLOADS = 50
_LOOKED_AT = 50
# How many records that hold one file are looked at, to find one that this caller may read.
_NAMING = ("content_hash",)

_upload, _piece, _file, _of, _record = tables.upload, tables.piece, tables.file, tables.file_of, tables.record


class NotShelved(Exception):
    """It cannot be done; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Upload(NamedTuple):
    """How far a file is on its way in. Without an `id` it is here as a whole."""

    id: str
    hash: str
    length: int
    offset: int
    record: str
    expires: int


class File(NamedTuple):
    """A file that is here as a whole, and the upload whose pieces it is."""

    hash: str
    length: int
    upload: str


_COLUMNS = (_upload.c.id, _upload.c.hash, _upload.c.length, _upload.c.reached, _upload.c.record, _upload.c.expires)


# --- who --------------------------------------------------------------------------------------------------------------


def names(connection: Connection, mandate: Mandate, record: str, hash: str, *, writing: bool = False) -> bool:
    """Whether this caller may read (or write) that attachment, and what they may read of it names that hash."""
    columns = (_record.c.kind, _record.c.scope, _record.c.state)
    here = (_record.c.office == mandate.office, _record.c.id == record, _record.c.kind == "attachment")
    row = connection.execute(select(*columns).where(*here)).first()
    least = mandate.least(row.scope) if row else None
    if row is None or least is None or (writing and not mandate.writes(row.scope)):
        return False
    part = grants.visible(unpack(row.kind, record, row.state), least)
    said = msgspec.msgpack.encode(hash)
    return part is not None and any(said in part.registers[name].values for name in _NAMING if name in part.registers)


def found(connection: Connection, mandate: Mandate, hash: str) -> File | None:
    """The file, if the caller may read a record that it was left under."""
    columns = (_file.c.hash, _file.c.length, _file.c.upload)
    row = connection.execute(select(*columns).where(_file.c.office == mandate.office, _file.c.hash == hash)).first()
    if row is None:
        return None
    left = select(_of.c.record).where(_of.c.office == mandate.office, _of.c.hash == hash)
    under = connection.execute(left.order_by(_of.c.record).limit(_LOOKED_AT)).scalars().all()
    return File(*row) if any(names(connection, mandate, one, hash) for one in under) else None


# --- in ---------------------------------------------------------------------------------------------------------------


def begin(
    connection: Connection,
    caller: Caller,
    mandate: Mandate,
    *,
    hash: str,
    length: int,
    record: str,
    now: int,
    room: int,
) -> Upload:
    """Begin an upload, or go on with the one begun; one without an id if the file is here and the caller may read it. Raises NotShelved."""
    locked(connection, caller.office)
    if length <= 0 or not _HASH.fullmatch(hash):
        raise NotShelved("bad_file")
    if length > MOST_FILE:
        raise NotShelved("file_too_large")
    if not names(connection, mandate, record, hash, writing=True):
        raise NotShelved("file_not_named")
    kept = found(connection, mandate, hash)
    if kept:
        _leave(connection, caller.office, hash, record)
        return Upload("", hash, kept.length, kept.length, record, 0)
    _forget_old(connection, now)
    mine = (_upload.c.office == caller.office, _upload.c.device == caller.device)
    same = (_upload.c.hash == hash, _upload.c.record == record, _upload.c.length == length)
    row = connection.execute(select(*_COLUMNS).where(*mine, *same)).first()
    if row:
        return Upload(*row)
    if connection.execute(select(func.count()).where(*mine)).scalar_one() >= _MOST_UPLOADS:
        raise NotShelved("too_many_uploads")
    if _weight(connection, caller.office) + length > room:
        raise NotShelved("no_room")
    one = Upload(token_hex(16), hash, length, 0, record, now + LASTS)
    values = {"office": caller.office, "device": caller.device, "reached": one.offset, **one._asdict()}
    del values["offset"]
    connection.execute(insert(_upload).values(values))
    return one


def _weight(connection: Connection, office: str) -> int:
    """What an office keeps and expects."""
    sums = [select(func.coalesce(func.sum(t.c.length), 0)).where(t.c.office == office) for t in (_file, _upload)]
    return sum(int(connection.execute(one).scalar_one()) for one in sums)


def _leave(connection: Connection, office: str, hash: str, record: str) -> None:
    upsert(connection, _of, [{"office": office, "hash": hash, "record": record}], replacing=False)


def _forget_old(connection: Connection, now: int) -> None:
    """Let go of what nobody went on with; a few at a time, so that nobody waits for it long."""
    old = connection.execute(select(_upload.c.id).where(_upload.c.expires < now).limit(20)).scalars().all()
    for id in old:
        _drop(connection, id)


def _drop(connection: Connection, id: str) -> None:
    connection.execute(delete(_piece).where(_piece.c.upload == id))
    connection.execute(delete(_upload).where(_upload.c.id == id))


def waiting(connection: Connection, caller: Caller, id: str) -> Upload | None:
    """How far an upload of this laptop is, None if there is no such upload."""
    mine = (_upload.c.office == caller.office, _upload.c.device == caller.device, _upload.c.id == id)
    row = connection.execute(select(*_COLUMNS).where(*mine)).first()
    return Upload(*row) if row else None


def give_up(connection: Connection, caller: Caller, id: str) -> bool:
    """Throw an upload away. Whether there was one."""
    locked(connection, caller.office)
    there = waiting(connection, caller, id) is not None
    if there:
        _drop(connection, id)
    return there


def add(connection: Connection, caller: Caller, id: str, *, offset: int, body: bytes, now: int) -> Upload:
    """Add a piece at the end of what is here. Raises NotShelved."""
    locked(connection, caller.office)
    one = waiting(connection, caller, id)
    if one is None or one.expires < now:
        raise NotShelved("upload_gone")
    if offset != one.offset:
        raise NotShelved("other_offset")
    if offset + len(body) > one.length:
        raise NotShelved("bad_file")
    if body:
        connection.execute(insert(_piece).values(upload=id, at=offset, body=body))
    one = one._replace(offset=offset + len(body), expires=now + LASTS)
    connection.execute(update(_upload).where(_upload.c.id == id).values(reached=one.offset, expires=one.expires))
    return one


def end(connection: Connection, caller: Caller, id: str, *, now: int) -> bool:
    """Take a whole upload in as a file. False, and all of it is thrown away, if it is not what its hash says."""
    one = waiting(connection, caller, id)
    if one is None or one.offset < one.length:
        raise NotShelved("upload_gone")
    digest = blake2b(digest_size=32)
    for some in pieces(connection, id, 0, one.length):
        digest.update(some)
    if digest.hexdigest() != one.hash:
        _drop(connection, id)
        return False
    known = select(_file.c.upload).where(_file.c.office == caller.office, _file.c.hash == one.hash)
    if connection.execute(known).first():
        _drop(connection, id)
    else:
        row = {"office": caller.office, "hash": one.hash, "length": one.length, "upload": id, "received": now}
        connection.execute(insert(_file).values(row))
        connection.execute(delete(_upload).where(_upload.c.id == id))
    _leave(connection, caller.office, one.hash, one.record)
    return True


# --- out --------------------------------------------------------------------------------------------------------------


def pieces(connection: Connection, upload: str, first: int, length: int) -> Iterator[bytes]:
    """That part of what came of an upload, a piece at a time, so that no more than one is held."""
    end = first + length
    while first < end:
        query = select(_piece.c.at, _piece.c.body).where(_piece.c.upload == upload, _piece.c.at <= first)
        row = connection.execute(query.order_by(_piece.c.at.desc()).limit(1)).first()
        some = bytes(row.body)[first - row.at : end - row.at] if row else b""
        if not some:
            return
        yield some
        first += len(some)
