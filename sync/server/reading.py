"""What is read out of an office's ledger for one caller: what is new, what is theirs no more, what waits for their decision, the digest.

Reads only, as of one moment: the transaction that the caller of these opened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from mentorapp.fields import Visibility
from mentorapp.registers import State, pack, unpack
from sync.protocol import Case, fingerprint
from sync.server import grants, tables
from sync.server.grants import Mandate
from sync.server.statements import Among, Prepared
from sync.server.tables import ACCEPTED


class Place(NamedTuple):
    """Where a reader stands: all up to commit `seq`, and of that commit all up to `id`."""

    seq: int
    id: str


START = Place(0, "")
LAST = "\x7f"
"""After every id: the reader has all of that commit."""


@dataclass(frozen=True)
class Row:
    """A record as a reader meets it: at which commit it became theirs to see. Its state is unpacked when it is asked for.

    `known` was not read, for the reader has it as it stands.
    """

    at: int
    id: str
    seq: int
    scope: str
    kind: str
    packed: bytes
    known: bool = False

    @property
    def state(self) -> State:
        """What the ledger has of it."""
        return unpack(self.kind, self.id, self.packed)


Known = Callable[[Place], bool]
"""Whether the reader has what was committed at a place."""


def newer(
    connection: Connection, mandate: Mandate, below: Place, above: Place, known: Known = lambda _: False
) -> Iterator[Row]:
    """The records that became the caller's to see between two places, the newest first."""
    while True:
        found, whole = _page(connection, mandate, below, above, known)
        yield from found
        if whole:
            return
        above = Place(found[-1].at, found[-1].id)


_PAGE = 300

_record, _grant = tables.record, tables.grant
_here = _record.c.office == bindparam("office")
_between = and_(_record.c.seq >= bindparam("low"), _record.c.seq <= bindparam("high"))
_mine = and_(_grant.c.caller == bindparam("caller"), _record.c.scope == _grant.c.scope)
_CHANGED = Prepared(
    select(_record.c.seq, _record.c.id)
    .join(_grant, _mine)
    .where(_here, _between, _record.c.seq > _grant.c.seq)
    .order_by(_record.c.seq.desc())
    .limit(_PAGE + 2)
)
_GRANTED = Prepared(
    select(_grant.c.seq, _record.c.id)
    .join(_grant, _mine)
    .where(
        _here,
        or_(_grant.c.seq > bindparam("low"), and_(_grant.c.seq == bindparam("low"), _record.c.id > bindparam("first"))),
        or_(
            _grant.c.seq < bindparam("high"), and_(_grant.c.seq == bindparam("high"), _record.c.id < bindparam("last"))
        ),
        _grant.c.seq >= _record.c.seq,
    )
    .order_by(_grant.c.seq.desc(), _record.c.id.desc())
    .limit(_PAGE + 2)
)
_kin = _record.c.family == bindparam("family")
_FAMILY_CHANGED = Prepared(
    select(_record.c.seq, _record.c.id).where(_here, _kin, _between).order_by(_record.c.seq.desc()).limit(_PAGE + 2)
)
_FAMILY_GRANTED = Prepared(
    select(_record.c.id)
    .where(
        _here,
        _kin,
        _record.c.seq <= bindparam("since"),
        _record.c.id > bindparam("first"),
        _record.c.id < bindparam("last"),
    )
    .order_by(_record.c.id.desc())
    .limit(_PAGE + 2)
)
_FEW = 3_000
_FAMILY_EARLIER = Prepared(
    select(_record.c.id).where(_here, _kin, _record.c.seq <= bindparam("since")).order_by(_record.c.seq).limit(_FEW + 1)
)
_THESE = Among(
    lambda some: select(_record.c.id, _record.c.seq, _record.c.scope, _record.c.kind, _record.c.state).where(
        _here, _record.c.id.in_(some)
    )
)


def _page(
    connection: Connection, mandate: Mandate, below: Place, above: Place, known: Known = lambda _: False
) -> tuple[list[Row], bool]:
    """The newest rows of what lies between, and whether they are all of it.

    Single scopes by one question about all of them; families, which may be the whole office, each in the order of an index.
    """
    mine = {"office": mandate.office, "low": below.seq, "high": above.seq}
    edges = {"first": below.id, "last": above.id}
    answers = [_CHANGED.rows(connection, caller=mandate.caller, **mine)]
    if any(below.seq <= one.seq <= above.seq for scope, one in mandate.grants.items() if not scope.endswith("/*")):
        answers.append(_GRANTED.rows(connection, caller=mandate.caller, **mine, **edges))
    for scope, grant in mandate.grants.items():
        if not scope.endswith("/*"):
            continue
        later = {**mine, "low": max(below.seq, grant.seq + 1)}
        answers.append(_FAMILY_CHANGED.rows(connection, family=scope, **later))
        if below.seq <= grant.seq <= above.seq:
            first = below.id if grant.seq == below.seq else ""
            last = above.id if grant.seq == above.seq else LAST
            ids = _granted(connection, mandate.office, scope, grant.seq, first, last)
            answers.append([(grant.seq, id) for id in ids])
    keys = sorted({(at, id) for some in answers for at, id in some if below < (at, id) < above}, reverse=True)
    whole = len(keys) <= _PAGE and all(len(some) < _PAGE + 2 for some in answers)
    page = keys[:_PAGE]
    places = [Place(*key) for key in page]
    rows = {row.id: row for row in at(connection, mandate, [one for one in places if not known(one)])}
    return [rows.get(one.id) or Row(*one, one.seq, "", "", b"", known=True) for one in places], whole


def at(connection: Connection, mandate: Mandate, places: list[Place]) -> list[Row]:
    """The rows at these places, as `newer` gave them."""
    found = {row[0]: row[1:] for row in _THESE.rows(connection, [id for _, id in places], office=mandate.office)}
    return [Row(at, id, *found[id]) for at, id in places]


def _granted(connection: Connection, office: str, family: str, since: int, first: str, last: str) -> list[str]:
    """The last ids between these two of what a family had when it was given.

    If that was little, it is looked up as such: in the order of ids one would go through all that came to the family later.
    """
    mine = {"office": office, "family": family, "since": since}
    earlier = [row[0] for row in _FAMILY_EARLIER.rows(connection, **mine)]
    if len(earlier) > _FEW:
        return [row[0] for row in _FAMILY_GRANTED.rows(connection, **mine, first=first, last=last)]
    return sorted((id for id in earlier if first < id < last), reverse=True)[: _PAGE + 2]


_gone, _moved, _held, _tally = tables.withdrawn, tables.moved, tables.held, tables.tally
_DROPPED = Prepared(
    select(_gone.c.scope)
    .where(_gone.c.caller == bindparam("caller"), _gone.c.seq > bindparam("since"))
    .order_by(_gone.c.scope)
)
_MOVED = Prepared(
    select(_moved.c.id, _moved.c.scope, _record.c.scope)
    .join(_record, and_(_record.c.office == _moved.c.office, _record.c.id == _moved.c.id))
    .where(_moved.c.office == bindparam("office"), _moved.c.seq > bindparam("since"))
)
_lately = and_(
    _held.c.office == bindparam("office"), _held.c.caller == bindparam("caller"), _held.c.seq > bindparam("since")
)
_GIVEN_AWAY = Prepared(
    select(_record.c.id, _record.c.scope)
    .join(_held, and_(_record.c.office == _held.c.office, _record.c.id == _held.c.id))
    .where(_lately, _held.c.decision == ACCEPTED)
)
_DECIDED = Prepared(
    select(_held.c.id, _held.c.kind, _held.c.state, _held.c.decision)
    .where(_lately, _held.c.decision != "")
    .order_by(_held.c.seq)
)
_sums = (_tally.c.scope, _tally.c.least, _tally.c.digest, _tally.c.number)
# By the scopes' names, not joined with the grants: SQLite would go through all of the office's.
_OF_SCOPES = Among(lambda some: select(*_sums).where(_tally.c.office == bindparam("office"), _tally.c.scope.in_(some)))
_OF_FAMILY = Prepared(
    select(*_sums).where(
        _tally.c.office == bindparam("office"),
        _tally.c.family == bindparam("family"),
        _tally.c.least == bindparam("least"),
    )
)


_NEWS = Prepared(
    select(
        exists().where(_gone.c.caller == bindparam("caller"), _gone.c.seq > bindparam("since")),
        exists().where(_moved.c.office == bindparam("office"), _moved.c.seq > bindparam("since")),
        exists().where(_held.c.office == bindparam("office"), _held.c.seq > bindparam("since")),
    )
)


class News(NamedTuple):
    """Whether anything was taken from this caller after a commit, and, in the whole office, anything moved or came to be held or decided."""

    taken: bool
    moved: bool
    held: bool


def news(connection: Connection, mandate: Mandate, since: int) -> News:
    """What is worth asking for in detail: mostly nothing."""
    row = _NEWS.row(connection, caller=mandate.caller, office=mandate.office, since=since)
    assert row is not None
    return News(*map(bool, row))


def dropped(connection: Connection, caller: str, since: int) -> list[str]:
    """The scopes that were taken from a caller after a commit."""
    return [row[0] for row in _DROPPED.rows(connection, caller=caller, since=since)]


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
    rows = _DECIDED.rows(connection, office=mandate.office, caller=mandate.caller, since=since)
    return [
        (id, fingerprint(unpack(kind, id, state)).to_bytes(8), decision == ACCEPTED)
        for id, kind, state, decision in rows
    ]


def departed(connection: Connection, mandate: Mandate, since: int) -> list[str]:
    """The records that moved, after a commit, out of what a caller holds, or to where the caller holds less of them.

    And what the caller wrote for others to have: it went in where the caller reads nothing.
    """
    rows = _MOVED.rows(connection, office=mandate.office, since=since)
    gone = {id for id, before, now in rows if _narrowed(mandate.least(before), mandate.least(now))}
    rows = _GIVEN_AWAY.rows(connection, office=mandate.office, caller=mandate.caller, since=since)
    return sorted(gone | {id for id, scope in rows if mandate.least(scope) is None})


def _narrowed(before: Visibility | None, now: Visibility | None) -> bool:
    return before is not None and (now is None or now > before)


def tallies(connection: Connection, mandate: Mandate) -> dict[str, tuple[int, int]]:
    """The digest and the number of what a caller may hold of each scope."""
    found: dict[str, tuple[int, int]] = {}
    single = [scope for scope in mandate.grants if not scope.endswith("/*")]
    rows = _OF_SCOPES.rows(connection, single, office=mandate.office)
    for family, grant in mandate.grants.items():
        if family.endswith("/*"):
            # What is held more widely by its own name comes with the scopes.
            rows += _OF_FAMILY.rows(connection, office=mandate.office, family=family, least=int(grant.least))
    for scope, least, digest, number in rows:
        if number and least == mandate.least(scope):
            found[scope] = (int.from_bytes(digest), number)
    return found


def agreed(connection: Connection, mandate: Mandate) -> tuple[int, int]:
    """The digest and the number of all that a caller may hold."""
    found = tallies(connection, mandate).values()
    return sum(digest for digest, _ in found) % 2**64, sum(number for _, number in found)
