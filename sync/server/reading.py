"""What is read out of an office's ledger for one caller: what is new, what is theirs no more, what waits for their decision, the digest.

Reads only, as of one moment: the transaction that the caller of these opened.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from mentorapp.fields import Visibility
from mentorapp.registers import State, pack, unpack
from sync.protocol import Case, fingerprint
from sync.server import grants, tables
from sync.server.grants import Mandate
from sync.server.tables import ACCEPTED


class Place(NamedTuple):
    """Where a reader stands: all up to commit `seq`, and of that commit all up to `id`."""

    seq: int
    id: str


START = Place(0, "")
LAST = "\x7f"
"""After every id: the reader has all of that commit."""


class Row(NamedTuple):
    """A record as a reader meets it: at which commit it became theirs to see."""

    at: int
    id: str
    seq: int
    scope: str
    state: State


def newer(connection: Connection, mandate: Mandate, place: Place, upto: int) -> Iterator[Row]:
    """The records that became the caller's to see after a place, in that order."""
    while True:
        found = _page(connection, mandate, place, upto)
        for (at, id), row in found:
            yield Row(at, id, row.seq, row.scope, unpack(row.kind, row.id, row.state))
            place = Place(at, id)
        if len(found) < _PAGE:
            return


_PAGE = 300


def _page(connection: Connection, mandate: Mandate, place: Place, upto: int) -> list[tuple[tuple[int, str], Any]]:
    record, grant = tables.record, tables.grant
    keys: set[tuple[int, str]] = set()
    after = [
        or_(seq > place.seq, and_(seq == place.seq, record.c.id > place.id)) for seq in (record.c.seq, grant.c.seq)
    ]
    for match in (record.c.scope == grant.c.scope, record.c.family == grant.c.scope):
        mine = and_(grant.c.caller == mandate.caller, record.c.office == mandate.office, match)
        changed = (
            select(record.c.seq, record.c.id)
            .join(grant, mine)
            .where(after[0], record.c.seq > grant.c.seq, record.c.seq <= upto)
            .order_by(record.c.seq, record.c.id)
        )
        granted = (
            select(grant.c.seq, record.c.id)
            .join(grant, mine)
            .where(after[1], grant.c.seq >= record.c.seq, grant.c.seq <= upto)
            .order_by(grant.c.seq, record.c.id)
        )
        for query in (changed, granted):
            keys.update((row[0], row[1]) for row in connection.execute(query.limit(_PAGE)))
    page = sorted(keys)[:_PAGE]
    ids = {id for _, id in page}
    rows = connection.execute(select(record).where(record.c.office == mandate.office, record.c.id.in_(ids)))
    states = {row.id: row for row in rows}
    return [(key, states[key[1]]) for key in page]


def dropped(connection: Connection, caller: str, since: int) -> list[str]:
    """The scopes that were taken from a caller after a commit."""
    table = tables.withdrawn
    query = select(table.c.scope).where(table.c.caller == caller, table.c.seq > since).order_by(table.c.scope)
    return list(connection.execute(query).scalars())


def shows(mandate: Mandate, scope: str) -> bool:
    """Whether what is held for that scope is shown to this caller, to decide about."""
    return mandate.coordinates and mandate.least(scope) is not None


def held(connection: Connection, mandate: Mandate, since: int) -> tuple[list[Case], list[bytes]]:
    """What came to wait for this coordinator's decision after a commit, and what waits no more since then."""
    table, who = tables.held, tables.person
    if not mandate.coordinates:
        return [], []
    query = select(table, who.c.name).join(who, who.c.id == table.c.caller).order_by(table.c.seq)
    rows = connection.execute(query.where(table.c.office == mandate.office, table.c.seq > since)).all()
    cases = []
    for row in rows:
        least = mandate.least(row.scope)
        if row.decision or row.caller == mandate.caller or least is None:
            continue
        part = grants.visible(unpack(row.kind, row.id, row.state), least)
        told = (row.digest, row.id, row.kind, row.scope, row.reason, row.name, row.received)
        cases.append(Case(*told, pack(part) if part else b""))
    return cases, [row.digest for row in rows if row.decision]


def decided(connection: Connection, mandate: Mandate, since: int) -> list[tuple[str, bytes, bool]]:
    """What was decided after a commit about what this caller wrote: (id, fingerprint, whether it went in)."""
    table = tables.held
    mine = and_(table.c.office == mandate.office, table.c.caller == mandate.caller)
    query = select(table).where(mine, table.c.seq > since, table.c.decision != "").order_by(table.c.seq)
    return [
        (row.id, fingerprint(unpack(row.kind, row.id, row.state)).to_bytes(8), row.decision == ACCEPTED)
        for row in connection.execute(query)
    ]


def departed(connection: Connection, mandate: Mandate, since: int) -> list[str]:
    """The records that moved, after a commit, out of what a caller holds, or to where the caller holds less of them."""
    moved, record = tables.moved, tables.record
    same = and_(record.c.office == moved.c.office, record.c.id == moved.c.id)
    query = select(moved.c.id, moved.c.scope, record.c.scope.label("now")).join(record, same)
    rows = connection.execute(query.where(moved.c.office == mandate.office, moved.c.seq > since))
    gone = {row.id for row in rows if _narrowed(mandate.least(row.scope), mandate.least(row.now))}
    return sorted(gone | _given_away(connection, mandate, since))


def _given_away(connection: Connection, mandate: Mandate, since: int) -> set[str]:
    """What the caller wrote for others to have: it went in after a commit, where the caller reads nothing."""
    table, record = tables.held, tables.record
    same = and_(record.c.office == table.c.office, record.c.id == table.c.id)
    mine = and_(table.c.office == mandate.office, table.c.caller == mandate.caller, table.c.decision == ACCEPTED)
    query = select(record.c.id, record.c.scope).join(table, same).where(mine, table.c.seq > since)
    return {row.id for row in connection.execute(query) if mandate.least(row.scope) is None}


def _narrowed(before: Visibility | None, now: Visibility | None) -> bool:
    return before is not None and (now is None or now > before)


def agreed(connection: Connection, mandate: Mandate) -> tuple[int, int]:
    """The digest and the number of all that a caller may hold."""
    table = tables.tally
    named = or_(table.c.scope.in_(mandate.grants.keys()), table.c.family.in_(mandate.grants.keys()))
    total = count = 0
    for row in connection.execute(select(table).where(table.c.office == mandate.office, named)):
        if row.least == mandate.least(row.scope):
            total += int.from_bytes(row.digest)
            count += row.number
    return total % 2**64, count
