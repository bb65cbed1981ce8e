"""A hub's side of its exchange with the central server: what to send from this ledger, and taking in what comes back.

Promises what a laptop's engine promises: what is sent counts as sent only once the other server said that it committed just that; each
frame that comes is taken in whole or not at all, with the place reached in it; a cut, a kill or a repeat loses and doubles nothing. What
comes from there is joined as from any caller, and what this ledger thereby has just as the other is not sent back. No network.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, delete, insert, select, update

from mentorapp import __version__
from mentorapp.clock import new_id
from mentorapp.registers import State, unpack
from sync import protocol, wire
from sync.protocol import Changes, Done, Hello, Message, Outcomes, Verdict, Vouches, Welcome
from sync.server import accounts, grants, holdings, ledger, reading, tables
from sync.server.database import Database
from sync.server.intake import Intake

_MOST_RECORDS, _MOST_BYTES = 1000, 512 * 1024


class Centre(NamedTuple):
    """The other server, as a hub remembers it."""

    office: str
    caller: str
    address: str
    authority: str
    token: str
    server: str
    epoch: bytes
    cursor: bytes
    sent: int
    replica: bytes
    prev: bytes
    next: bytes
    tried: bytes
    agreed: int
    outcome: str


_up = tables.upstream


def centre(connection: Connection) -> Centre | None:
    """The server that this ledger is a client of, if it is a hub."""
    columns = [_up.c[name] for name in Centre._fields]
    row = connection.execute(select(*columns)).first()
    return Centre(*row) if row else None


def join(
    connection: Connection,
    *,
    address: str,
    token: str,
    server: str,
    office: str,
    office_name: str,
    epoch: bytes,
    authority: str = "",
) -> Centre:
    """Become a hub of that server, for one office; a ledger that has none yet gets it. Joining another server sends it everything."""
    known = connection.execute(select(tables.office.c.id)).scalars().first()
    if known is None:
        connection.execute(insert(tables.office).values(id=office, name=office_name, seq=0))
        known = office
    who = tables.person
    query = select(who.c.id).where(who.c.office == known, who.c.role == grants.HUB, who.c.name == server)
    caller = connection.execute(query).scalar_one_or_none()
    if caller is None:
        caller, person = new_id(), new_id()
        connection.execute(insert(who).values(id=caller, office=known, name=server, role=grants.HUB, person=person))
        for grant in grants.born_with(grants.HUB, person):
            holdings.give(connection, caller, grant, "role")
    fresh = Centre(
        known, caller, address, authority, token, server, epoch, b"", 0, token_bytes(8), b"", b"", b"", 0, ""
    )
    connection.execute(delete(_up))
    connection.execute(delete(tables.echo))
    connection.execute(delete(tables.unsent))
    connection.execute(delete(tables.relayed))
    connection.execute(insert(_up).values(id=1, **fresh._asdict()))
    return fresh


def note(connection: Connection, **changes: Any) -> None:
    """Remember something about the other server."""
    connection.execute(update(_up).values(**changes))


# --- sending ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """What one request to the centre carries: records as they were at these commits, up to commit `upto`."""

    token: str
    hello: Hello
    states: tuple[State, ...]
    seqs: tuple[int, ...]
    vouches: tuple[tuple[str, tuple[str, ...]], ...]
    upto: int

    def pack(self, quality: int = 9) -> bytes:
        """The request's body."""
        writer = wire.FrameWriter(quality=quality)
        writer.message(self.hello)
        if self.vouches:
            writer.message(Vouches(self.vouches))
        for state in self.states:
            writer.record(state)
        return writer.finish()


def collect(database: Database, *, now: datetime) -> Load | None:
    """What to send now: the commits that the centre was not told of, oldest first; None if this ledger is no hub."""
    with database.writing() as connection:
        there = centre(connection)
        if there is None:
            return None
        states, seqs, upto = _unsent(connection, there)
        chosen = there.next
        if not chosen:
            chosen = token_bytes(8) if states or not there.prev else there.prev
            note(connection, next=chosen)
        mentorships = [one.id for one in states if one.kind == "mentorship"]
        vouches = tuple((id, tuple(sorted(holdings.vouched(connection, there.office, id)))) for id in mentorships)
    # A file's worth an hour after an hour is no weak line's load: what an office gathered goes up a megabyte at a time.
    hello = Hello(
        protocol.SPOKEN,
        __version__,
        there.replica,
        there.epoch,
        there.cursor,
        protocol.MOST_ANSWER,
        there.prev,
        chosen,
        accounts.stamp(now),
    )
    return Load(there.token, hello, tuple(states), tuple(seqs), vouches, upto)


def _unsent(connection: Connection, there: Centre) -> tuple[list[State], list[int], int]:
    record, echo = tables.record, tables.echo
    same = and_(echo.c.office == record.c.office, echo.c.id == record.c.id, echo.c.seq == record.c.seq)
    query = (
        select(record.c.seq, record.c.kind, record.c.id, record.c.state, echo.c.seq.label("echoed"))
        .outerjoin(echo, same)
        .where(record.c.office == there.office, record.c.seq > there.sent)
        .order_by(record.c.seq)
        .limit(_MOST_RECORDS)
    )
    rows = connection.execute(query).all()
    # Commits that left no record at their number, as letting a laptop in does, are passed as well.
    states, seqs, size = [], [], 0
    upto = ledger.standing(connection, there.office) if len(rows) < _MOST_RECORDS else rows[-1].seq
    for place, row in enumerate(rows):
        if size > _MOST_BYTES:
            upto = rows[place - 1].seq
            break
        if row.echoed is None:
            states.append(unpack(row.kind, row.id, row.state))
            seqs.append(row.seq)
            size += len(row.state)
    return states, seqs, upto


# --- being answered ---------------------------------------------------------------------------------------------------


class Came(NamedTuple):
    """What a frame of the answer brought."""

    sent: int = 0
    received: int = 0
    more: bool = False
    done: bool = False
    forked: bool = False


def take(database: Database, load: Load, frame: list[Message], *, now: datetime) -> Came:
    """Take in one frame of the centre's answer, whole or not at all."""
    with database.writing() as connection:
        return _all(connection, load, frame, now)


def _all(connection: Connection, load: Load, frame: Iterable[Message], now: datetime) -> Came:
    came = Came()
    for message in frame:
        there = centre(connection)
        if there is None or there.token != load.token:
            return came  # It became the hub of another server meanwhile.
        if isinstance(message, Welcome):
            came = _welcomed(connection, there, message)
            if came.forked:
                return came
        elif isinstance(message, Outcomes):
            came = came._replace(sent=came.sent + _answered(connection, there, load, message))
        elif isinstance(message, Vouches):
            holdings.vouch(connection, there.office, message.opened)
        elif isinstance(message, Changes):
            states = list(wire.states(message))
            _absorb(connection, there, states, now)
            if message.cursor:
                note(connection, cursor=message.cursor)
            came = came._replace(received=came.received + len(states))
        elif isinstance(message, Done):
            came = came._replace(done=True, more=_finished(connection, there, load, message, now))
    return came


def _welcomed(connection: Connection, there: Centre, welcome: Welcome) -> Came:
    note(connection, server=welcome.server)
    if welcome.forked:
        # This ledger was copied, or put back to an older state: it goes on under another name.
        note(connection, replica=token_bytes(8), prev=b"", next=b"")
        return Came(forked=True, more=True)
    if welcome.epoch != there.epoch:
        _begin_anew(connection)
        note(connection, epoch=welcome.epoch)
    return Came()


def _begin_anew(connection: Connection) -> None:
    """The other server may lack anything, and so may this one: everything is offered, and asked for, again."""
    connection.execute(delete(tables.echo))
    connection.execute(update(tables.relayed).values(safe=False, upload="", sent=0))
    note(connection, cursor=b"", sent=0)


def _answered(connection: Connection, there: Centre, load: Load, outcomes: Outcomes) -> int:
    if outcomes.upto < len(load.states):
        return 0  # Not all of it was taken in: it is sent again.
    table = tables.unsent
    others = {place: (verdict, reason) for place, verdict, reason in outcomes.others}
    refused = []
    for place, (state, seq) in enumerate(zip(load.states, load.seqs, strict=True)):
        verdict, reason = others.get(place, (Verdict.kept, ""))
        connection.execute(delete(table).where(table.c.office == there.office, table.c.id == state.id))
        if verdict in (Verdict.refused, Verdict.held):
            held = verdict is Verdict.held
            refused.append({"office": there.office, "id": state.id, "reason": reason, "held": held, "seq": seq})
    ledger.upsert(connection, table, refused)
    _reach(connection, there, load)
    return len(load.states) - len(refused)


def _reach(connection: Connection, there: Centre, load: Load) -> None:
    if there.epoch == load.hello.epoch:
        note(connection, sent=max(there.sent, load.upto))


def _absorb(connection: Connection, there: Centre, states: list[State], now: datetime) -> None:
    mandate = holdings.mandate(connection, there.caller, there.office, "")
    intake = Intake(connection, mandate, accounts.stamp(now))
    intake.take(states)
    same = []
    for state in states:
        stands = intake.stands(state.id)
        if stands and stands[0].registers == state.registers:
            same.append({"office": there.office, "id": state.id, "seq": stands[1]})
    ledger.upsert(connection, tables.echo, same)


def _finished(connection: Connection, there: Centre, load: Load, done: Done, now: datetime) -> bool:
    """Whether another exchange is due."""
    note(connection, prev=load.hello.next, next=b"")
    if there.epoch != load.hello.epoch:
        return True
    note(connection, cursor=done.cursor)
    if not load.states:
        _reach(connection, there, load)
    last = ledger.standing(connection, there.office)
    sent = connection.execute(select(_up.c.sent)).scalar_one()
    if done.more or sent < last:
        return True
    mandate = holdings.mandate(connection, there.caller, there.office, "")
    digest, _ = reading.agreed(connection, mandate)
    here = digest.to_bytes(8)
    if here == done.digest:
        note(connection, agreed=accounts.stamp(now), tried=b"")
        return False
    if there.tried == here + done.digest:
        return False  # What the other did not take, or what is only here, stays as it is.
    _begin_anew(connection)
    note(connection, tried=here + done.digest)
    return True


def set_aside(connection: Connection) -> list[Any]:
    """What the other server did not take, and why, as (id, reason, held)."""
    table = tables.unsent
    return list(connection.execute(select(table.c.id, table.c.reason, table.c.held).order_by(table.c.seq)))


class Status(msgspec.Struct, frozen=True):
    """How a hub and its centre stand."""

    server: str
    waiting: int
    agreed: int
    outcome: str


def status(connection: Connection) -> Status | None:
    """How many records wait to be sent, when the two last agreed, how the last try ended; None of a ledger that is no hub."""
    there = centre(connection)
    if there is None:
        return None
    record, echo = tables.record, tables.echo
    same = and_(echo.c.office == record.c.office, echo.c.id == record.c.id, echo.c.seq == record.c.seq)
    query = select(record.c.id).outerjoin(echo, same)
    query = query.where(record.c.office == there.office, record.c.seq > there.sent, echo.c.seq.is_(None))
    return Status(there.server, len(connection.execute(query).all()), there.agreed, there.outcome)
