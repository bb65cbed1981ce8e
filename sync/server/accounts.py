"""Offices, callers, their laptops and enrolment codes. What a laptop shows is kept only as a hash."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import choice, token_bytes, token_urlsafe
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, true, update

from mentorapp.clock import new_id
from sync.server import tables
from sync.server.ledger import Ledger
from sync.server.statements import Prepared

CODE_LASTS = timedelta(days=14)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that reads like something else
_PERSON = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Denied(Exception):
    """The caller is not let in; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Caller(NamedTuple):
    """Who is calling, from which laptop."""

    device: str
    caller: str
    office: str
    person: str
    seen: int = 0
    """When a call of this laptop was last noted, in seconds since 1970."""


@dataclass(frozen=True)
class Enrolled:
    """What a laptop is told when it is let in: once, for the token is nowhere else."""

    token: str
    device: str
    person: str
    name: str
    role: str
    office: str
    office_name: str


def stamp(moment: datetime) -> int:
    """A moment as whole seconds since 1970."""
    return int(moment.timestamp())


def hashed(secret: str) -> bytes:
    """What is kept of a token or a code."""
    return sha256(secret.encode()).digest()


def plain_code(typed: str) -> str:
    """A code as it was made, from however it was typed."""
    kept = re.sub(r"[^0-9A-Z]", "", typed.upper())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")


def new_office(connection: Connection, name: str) -> str:
    """Make an office."""
    id = new_id()
    connection.execute(insert(tables.office).values(id=id, name=name, seq=0))
    return id


def new_code(connection: Connection, office: str, name: str, *, role: str, now: datetime, person: str = "") -> str:
    """A code that lets one laptop of this caller in, once. A caller of that name gets another laptop, else they are made."""
    code = "".join(choice(_ALPHABET) for _ in range(12))
    known = tables.person
    row = connection.execute(select(known.c.id).where(known.c.office == office, known.c.name == name)).first()
    caller = row.id if row else new_id()
    if not row:
        connection.execute(insert(known).values(id=caller, office=office, name=name, role=role, person=person))
    values = {"hash": hashed(code), "caller": caller, "expires": stamp(now + CODE_LASTS), "used": 0}
    connection.execute(insert(tables.code).values(values))
    return "-".join(code[at : at + 4] for at in (0, 4, 8))


def enrol(
    connection: Connection,
    *,
    typed: str,
    device: str,
    person: str,
    now: datetime,
    grant: Callable[[Connection, Any], None],
    keys: bytes = b"",
    born: tuple[str, str] | None = None,
) -> Enrolled:
    """Let a laptop in by its code; `grant` gives a caller who is new what follows from the records. Raises Denied.

    `keys` are the public half of the laptop's own. `born` is an id and a token that follow from them, for a laptop that asks by a file:
    asking twice is being told twice.
    """
    known = device_of(connection, born[0]) if born else None
    if born and known:
        return _told(_caller_row(connection, known.caller), *born)
    row = _redeemed(connection, typed, now)
    if not row.person:
        _tie(connection, row, person or new_id())
        row = _caller_row(connection, row.caller)
        grant(connection, row)
    id, token = born or (token_bytes(16).hex(), token_urlsafe(32))
    values = {"id": id, "caller": row.caller, "name": device, "token": hashed(token), "enrolled": stamp(now)}
    connection.execute(insert(tables.device).values({**values, "seen": 0, "revoked": 0, "public": keys}))
    return _told(row, id, token)


def _told(row: Any, id: str, token: str) -> Enrolled:
    return Enrolled(token, id, row.person, row.name, row.role, row.office, row.office_name)


def _caller_row(connection: Connection, caller: str) -> Any:
    who, office = tables.person, tables.office
    columns = (who.c.id.label("caller"), who.c.name, who.c.role, who.c.person, who.c.office)
    joined = select(*columns, office.c.name.label("office_name")).join(office, office.c.id == who.c.office)
    return connection.execute(joined.where(who.c.id == caller)).one()


def _redeemed(connection: Connection, typed: str, now: datetime) -> Any:
    code = tables.code
    row = connection.execute(select(code).where(code.c.hash == hashed(plain_code(typed))).with_for_update()).first()
    if row is None:
        raise Denied("code_wrong")
    if row.used:
        raise Denied("code_used")
    if row.expires < stamp(now):
        raise Denied("code_expired")
    connection.execute(update(code).where(code.c.hash == row.hash).values(used=stamp(now)))
    return _caller_row(connection, row.caller)


def _tie(connection: Connection, row: Any, person: str) -> None:
    """Tie a caller to a person of their own, never to one whom somebody else is or already cares for."""
    who, record, grant = tables.person, tables.record, tables.grant
    scope = f"person/{person}"
    taken = (
        select(who.c.id).where(who.c.office == row.office, who.c.person == person),
        select(record.c.id).where(record.c.office == row.office, record.c.id == person),
        select(record.c.id).where(record.c.office == row.office, record.c.scope == scope),
        select(grant.c.caller).where(grant.c.scope == scope),
    )
    if not _PERSON.fullmatch(person):
        raise Denied("bad_person")
    if any(connection.execute(query.limit(1)).first() for query in taken):
        raise Denied("person_taken")
    connection.execute(update(who).where(who.c.id == row.caller).values(person=person))


_device, _who = tables.device, tables.person
_CALLER = Prepared(
    select(_device.c.id, _device.c.caller, _device.c.revoked, _who.c.office, _who.c.person, _device.c.seen)
    .add_columns(tables.ledger.c.epoch, tables.ledger.c.secret)
    .join(_who, _who.c.id == _device.c.caller)
    .join(tables.ledger, true())
    .where(_device.c.token == bindparam("token"))
)


def caller_of(connection: Connection, token: str) -> Caller:
    """Whose token this is. Raises Denied if it is nobody's, or was revoked."""
    return recognised(connection, token)[0]


def recognised(connection: Connection, token: str) -> tuple[Caller, Ledger]:
    """Whose token this is, and which ledger this is now. Raises Denied as `caller_of` does."""
    row = _CALLER.row(connection, token=hashed(token))
    if row is None:
        raise Denied("token_unknown")
    device, caller, revoked, office, person, seen, epoch, secret = row
    if revoked:
        raise Denied("token_revoked")
    return Caller(device, caller, office, person, seen), Ledger(epoch, secret)


class Device(NamedTuple):
    """A laptop that was let in, and who it belongs to."""

    id: str
    name: str
    whose: str
    caller: str
    office: str
    person: str
    keys: bytes
    revoked: int
    seen: int


def device_of(connection: Connection, id: str) -> Device | None:
    """The laptop of that id."""
    one, who = tables.device, tables.person
    columns = (one.c.id, one.c.name, who.c.name.label("whose"), one.c.caller, who.c.office, who.c.person)
    query = select(*columns, one.c.public, one.c.revoked, one.c.seen).join(who, who.c.id == one.c.caller)
    row = connection.execute(query.where(one.c.id == id)).first()
    return Device(*row) if row else None


def remember_keys(connection: Connection, device: str, keys: bytes) -> None:
    """Note the public half of a laptop's keys; where some are known they stay."""
    table = tables.device
    connection.execute(update(table).where(table.c.id == device, table.c.public == b"").values(public=keys))


def devices(connection: Connection) -> list[Any]:
    """Every laptop that was ever let in: id, name, whose, when enrolled, last seen, revoked."""
    device, who = tables.device, tables.person
    columns = (device.c.id, device.c.name, who.c.name.label("whose"), device.c.enrolled, device.c.seen)
    query = select(*columns, device.c.revoked).join(who, who.c.id == device.c.caller).order_by(device.c.enrolled)
    return list(connection.execute(query))


def revoke(connection: Connection, device: str, *, now: datetime) -> bool:
    """Let a laptop in no more. Whether there was such a laptop."""
    table = tables.device
    done = connection.execute(update(table).where(table.c.id == device).values(revoked=stamp(now)))
    return bool(done.rowcount)


def seen(connection: Connection, device: str, *, now: datetime) -> None:
    """Note that a laptop called."""
    table = tables.device
    connection.execute(update(table).where(table.c.id == device).values(seen=stamp(now)))
