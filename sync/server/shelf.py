"""Where the bytes of attachments stand: uploads piece by piece, whole files by their hash, and who may have which.

A hash gives nothing to anybody. A caller shows a record that they may read and that names the hash; and the bytes were left
under that record by somebody who had them (a deposit), or under another record that the caller may read as well. Whoever writes a hash into
a record of their own is not told whether anybody has that file: they send it, like everybody else, and have it then.

What of a record may be read is decided in `sync.server.grants`, here as for records.
"""

from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from mentorapp.registers import unpack
from sync.server import grants, holdings, tables
from sync.server.accounts import Caller
from sync.server.ledger import locked, upsert

_NAMING = ("content_hash", "smaller_hash")
_LOOKED_AT = 50
"""So many records that hold the same file are looked at, to see whether the caller may read one."""

UPLOAD_LASTS = 14 * 86_400
"""Seconds that an upload which nobody goes on with is kept."""


@dataclass(frozen=True)
class Quota:
    """How large a file may be, and how much one laptop and one office may leave, in bytes."""

    file: int = 50_000_000
    device: int = 5_000_000_000
    office: int = 200_000_000_000


class Turned(Exception):
    """It cannot be done; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Upload(NamedTuple):
    """A file on its way: how many of its bytes have been committed, and until when it waits for more."""

    id: str
    record: str
    hash: str
    size: int
    reached: int
    expires: int


class Whole(NamedTuple):
    """A file that is here, verified."""

    source: str
    size: int


_upload, _file, _deposit, _part, _record = tables.upload, tables.file, tables.deposit, tables.file_part, tables.record


def names(connection: Connection, caller: Caller, record: str, hash: str, *, writing: bool = False) -> bool:
    """Whether the caller may read (or write) a record which, in what they may read of it, names that hash."""
    row = connection.execute(
        select(_record.c.kind, _record.c.scope, _record.c.state).where(
            _record.c.office == caller.office, _record.c.id == record, _record.c.kind == "attachment"
        )
    ).first()
    if row is None:
        return False
    mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
    least = mandate.least(row.scope)
    if least is None or (writing and not mandate.writes(row.scope)):
        return False
    part = grants.visible(unpack(row.kind, record, row.state), least)
    return part is not None and hash in {word for name in _NAMING for word in grants.words_in(part, name)}


def found(connection: Connection, caller: Caller, record: str, hash: str) -> Whole | None:
    """The file, if the caller may have it by that record."""
    kept = _kept(connection, caller, record, hash)
    return kept if kept and names(connection, caller, record, hash) else None


def _kept(connection: Connection, caller: Caller, record: str, hash: str) -> Whole | None:
    query = select(_file.c.source, _file.c.size).join(
        _deposit, and_(_deposit.c.office == _file.c.office, _deposit.c.hash == _file.c.hash)
    )
    mine = (_file.c.office == caller.office, _file.c.hash == hash, _deposit.c.record == record)
    row = connection.execute(query.where(*mine)).first()
    return Whole(row.source, row.size) if row else None


def _readable_elsewhere(connection: Connection, caller: Caller, hash: str) -> bool:
    query = select(_deposit.c.record).where(_deposit.c.office == caller.office, _deposit.c.hash == hash)
    others = connection.execute(query.limit(_LOOKED_AT)).scalars().all()
    return any(names(connection, caller, other, hash) for other in others)


def begin(
    connection: Connection, caller: Caller, *, record: str, hash: str, size: int, now: int, quota: Quota
) -> Upload | None:
    """Begin to take a file in, or go on with the one begun; None if it is here already and this caller may know it. Raises Turned."""
    locked(connection, caller.office)
    if not names(connection, caller, record, hash, writing=True):
        raise Turned("no_such_record")
    if size > quota.file:
        raise Turned("file_too_large")
    kept = _kept(connection, caller, record, hash)
    if kept or _readable_elsewhere(connection, caller, hash):
        if not kept:
            _leave(connection, caller, record, hash, size, now)
        return None
    sweep(connection, now)
    mine = (_upload.c.device == caller.device, _upload.c.record == record, _upload.c.hash == hash)
    row = connection.execute(select(*_COLUMNS).where(*mine, _upload.c.size == size)).first()
    if row:
        return Upload(*row)
    _weigh(connection, caller, size, quota)
    upload = Upload(token_hex(16), record, hash, size, 0, now + UPLOAD_LASTS)
    connection.execute(insert(_upload).values(office=caller.office, device=caller.device, **upload._asdict()))
    return upload


_COLUMNS = [_upload.c[name] for name in Upload._fields]


def _weigh(connection: Connection, caller: Caller, size: int, quota: Quota) -> None:
    """Every deposit weighs, also of bytes that were here: whoever is weighed does not learn from it what others have."""
    for column, who, most, reason in (
        ("device", caller.device, quota.device, "device_full"),
        ("office", caller.office, quota.office, "office_full"),
    ):
        left = 0
        for table in (_deposit, _upload):
            total = select(func.coalesce(func.sum(table.c.size), 0)).where(table.c[column] == who)
            left += int(connection.execute(total).scalar_one())
        if left + size > most:
            raise Turned(reason)


def standing(connection: Connection, caller: Caller, id: str, now: int) -> Upload:
    """How far an upload is. Raises Turned if it is nobody's, another's or too old."""
    query = select(*_COLUMNS).where(_upload.c.id == id, _upload.c.device == caller.device)
    row = connection.execute(query).first()
    if row is None:
        raise Turned("no_such_upload")
    upload = Upload(*row)
    if upload.expires < now:
        raise Turned("upload_expired")
    return upload


def append(connection: Connection, caller: Caller, id: str, *, offset: int, body: bytes, now: int) -> Upload:
    """Add a piece. With the last one the file is verified; if it is not what its hash says, all of it goes.

    The transaction must be committed even where the last piece turns out wrong: `reached` is -1 then. Raises Turned.
    """
    locked(connection, caller.office)
    upload = standing(connection, caller, id, now)
    if offset != upload.reached:
        raise Turned("other_offset")
    if offset + len(body) > upload.size:
        raise Turned("past_the_end")
    if body:
        part = {"source": id, "place": offset, "length": len(body), "body": body}
        connection.execute(insert(_part).values(part))
    upload = upload._replace(reached=offset + len(body), expires=now + UPLOAD_LASTS)
    if upload.reached < upload.size:
        reached = {"reached": upload.reached, "expires": upload.expires}
        connection.execute(update(_upload).where(_upload.c.id == id).values(reached))
        return upload
    if not names(connection, caller, upload.record, upload.hash, writing=True):
        raise Turned("no_such_record")  # What let it in was taken away meanwhile.
    if hashed(connection, id) != upload.hash:
        _drop(connection, [id])
        return upload._replace(reached=-1)
    _finish(connection, caller, upload, now)
    return upload


def _finish(connection: Connection, caller: Caller, upload: Upload, now: int) -> None:
    here = (_file.c.office == caller.office, _file.c.hash == upload.hash)
    if connection.execute(select(_file.c.size).where(*here)).first():
        connection.execute(delete(_part).where(_part.c.source == upload.id))
    else:
        row = {"office": caller.office, "hash": upload.hash, "source": upload.id, "size": upload.size}
        connection.execute(insert(_file).values(row))
    _leave(connection, caller, upload.record, upload.hash, upload.size, now)
    connection.execute(delete(_upload).where(_upload.c.id == upload.id))


def _leave(connection: Connection, caller: Caller, record: str, hash: str, size: int, now: int) -> None:
    row = {"office": caller.office, "hash": hash, "record": record, "device": caller.device, "size": size, "since": now}
    upsert(connection, _deposit, [row], replacing=False)


def abandon(connection: Connection, caller: Caller, id: str, now: int) -> None:
    """Let go of an upload. Raises Turned if there is none of this caller's."""
    locked(connection, caller.office)
    standing(connection, caller, id, now)
    _drop(connection, [id])


def sweep(connection: Connection, now: int) -> None:
    """Let go of what nobody went on with in time; a few at a time, so that nobody waits for it long."""
    old = connection.execute(select(_upload.c.id).where(_upload.c.expires < now).limit(20)).scalars().all()
    _drop(connection, list(old))


def _drop(connection: Connection, ids: list[str]) -> None:
    if ids:
        connection.execute(delete(_part).where(_part.c.source.in_(ids)))
        connection.execute(delete(_upload).where(_upload.c.id.in_(ids)))


def hashed(connection: Connection, source: str) -> str:
    """The hash of the bytes as they stand here, read a piece at a time."""
    digest, place = blake2b(digest_size=32), 0
    while body := piece(connection, source, place):
        digest.update(body)
        place += len(body)
    return digest.hexdigest()


def piece(connection: Connection, source: str, at: int) -> bytes:
    """The bytes from a place on to the end of the piece that has it; none after the end."""
    query: Any = select(_part.c.place, _part.c.body).where(_part.c.source == source, _part.c.place <= at)
    row = connection.execute(query.order_by(_part.c.place.desc()).limit(1)).first()
    return bytes(row.body[at - row.place :]) if row else b""


