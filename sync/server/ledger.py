"""What is written into an office's ledger and read out of it, inside a transaction that the caller of these opened.

Promises: commits are numbered in the order in which they become visible; taking the same change twice is taking it once; a value that
a later save supersedes goes to history; a change from outside its author's grants alters no record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Stamp, State, join_states, pack, unpack
from sync.protocol import Verdict, problem_of, register_print
from sync.server import grants, tables
from sync.server.grants import Grant, Mandate

CLASSES = (Visibility.pair, Visibility.office, Visibility.programme)
"""The classes of reader that a grant may start from, each with a tally of its own."""


class Ledger(NamedTuple):
    """This ledger's incarnation and the key of its receipts."""

    epoch: bytes
    secret: bytes


def identity(connection: Connection, now: int) -> Ledger:
    """The ledger's identity, minted if it is new."""
    row = connection.execute(select(tables.ledger)).first()
    if row:
        return Ledger(row.epoch, row.secret)
    minted = Ledger(token_bytes(8), token_bytes(32))
    connection.execute(insert(tables.ledger).values(id=1, epoch=minted.epoch, secret=minted.secret, minted=now))
    return minted


def mint_epoch(connection: Connection, now: int) -> bytes:
    """Begin a new epoch, as after a restore: every laptop will offer again what it holds."""
    epoch = token_bytes(8)
    connection.execute(update(tables.ledger).values(epoch=epoch, minted=now))
    connection.execute(delete(tables.replica))
    return epoch


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], *, replacing: bool = True) -> None:
    """Insert rows, or, where their key is there, replace them or let them be."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    others = [name for name in rows[0] if name not in keys]
    if replacing and others:
        fresh = {name: statement.excluded[name] for name in others}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)
    else:
        connection.execute(statement.on_conflict_do_nothing(), rows)


# --- what a caller holds ----------------------------------------------------------------------------------------------


def mandate(connection: Connection, caller: str, office: str, person: str) -> Mandate:
    """What a caller holds now."""
    held = Mandate(caller, office, person, {})
    for row in connection.execute(select(tables.grant).where(tables.grant.c.caller == caller)):
        held = held.with_grant(Grant(row.scope, Visibility(row.least), row.write, row.seq))
    return held


def locked(connection: Connection, office: str) -> int:
    """The number of the office's last commit. Its row stays locked until the transaction ends: no other commit takes numbers."""
    table = tables.office
    return int(connection.execute(select(table.c.seq).where(table.c.id == office).with_for_update()).scalar_one())


def number(connection: Connection, office: str, seq: int) -> None:
    """Note the number that a commit came to."""
    table = tables.office
    connection.execute(update(table).where(table.c.id == office).values(seq=seq))


def give(connection: Connection, caller: str, grant: Grant, source: str) -> None:
    """Give a caller a scope; of one that they hold already, the older back-fill counts."""
    table = tables.grant
    known = connection.execute(
        select(func.min(table.c.seq), func.min(table.c.least)).where(
            table.c.caller == caller, table.c.scope == grant.scope
        )
    ).one()
    seq = known[0] if known[0] is not None and known[1] <= grant.least else grant.seq
    row = {
        "caller": caller,
        "scope": grant.scope,
        "source": source,
        "least": int(grant.least),
        "write": grant.write,
        "seq": seq,
    }
    upsert(connection, table, [row], replacing=False)
    gone = tables.withdrawn
    connection.execute(delete(gone).where(gone.c.caller == caller, gone.c.scope == grant.scope))


def withdraw(connection: Connection, caller: str, scope: str, source: str, seq: int) -> None:
    """Take back what one source gave; if nothing else gives as much, the caller is told at the next exchange."""
    table = tables.grant
    mine = and_(table.c.caller == caller, table.c.scope.in_((scope, grants.family(scope))))
    held = select(func.min(table.c.least), func.max(table.c.write)).where(mine)
    if connection.dialect.name == "postgresql":
        held = select(func.min(table.c.least), func.bool_or(table.c.write)).where(mine)
    before = connection.execute(held).one()[0]
    connection.execute(delete(table).where(mine, table.c.scope == scope, table.c.source == source))
    least, write = connection.execute(held).one()
    if least == before:
        return
    if least is not None:
        # Whoever may read less of it from now on lets go of all of it, and is given again what they may read.
        rest = {"caller": caller, "scope": scope, "source": "rest", "least": least, "write": bool(write), "seq": seq}
        upsert(connection, table, [rest])
    upsert(connection, tables.withdrawn, [{"caller": caller, "scope": scope, "seq": seq}])


def welcome_caller(connection: Connection, row: Any) -> None:
    """Give somebody who was just enrolled what their role and the records say."""
    seq = locked(connection, row.office) + 1
    number(connection, row.office, seq)
    for grant in grants.born_with(row.role, row.person):
        give(connection, row.caller, grant._replace(seq=seq), "role")
    for one in connection.execute(
        select(tables.record).where(tables.record.c.office == row.office, tables.record.c.kind == "mentorship")
    ):
        state = unpack(one.kind, one.id, one.state)
        if row.person in grants.pair_of(state).mentors:
            for scope in (f"mentorship/{one.id}", *_vouched(connection, row.office, one.id)):
                give(connection, row.caller, Grant(scope, Visibility.pair, True, seq), f"mentorship/{one.id}")


def _vouched(connection: Connection, office: str, mentorship: str) -> set[str]:
    table = tables.vouched
    query = select(table.c.scope).where(table.c.office == office, table.c.mentorship == mentorship)
    return set(connection.execute(query).scalars())


# --- taking changes in ------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What became of one change, and at which commit its record stood before (None: the change is all that is known of it)."""

    verdict: Verdict
    reason: str = ""
    id: str = ""
    before: int | None = None
    scope: str = ""
    earlier: State | None = None


@dataclass
class _Here:
    """A record as the ledger has it."""

    state: State
    scope: str
    seq: int


@dataclass
class Intake:
    """Takes one caller's changes into the ledger within one transaction; `finish` writes what they came to."""

    connection: Connection
    mandate: Mandate
    now: int
    _here: dict[str, _Here] = field(default_factory=dict)
    _written: dict[str, _Here] = field(default_factory=dict)
    _history: list[dict[str, Any]] = field(default_factory=list)
    _moved: dict[tuple[str, str], int] = field(default_factory=dict)
    _tally: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _fresh: set[str] = field(default_factory=set)
    _seq: int = 0

    def take(self, changes: list[State]) -> list[Outcome]:
        """Take changes in, in their order, each on its own."""
        self._seq = before = locked(self.connection, self.mandate.office)
        self._look_up(change.id for change in changes)
        outcomes = [self._one(change) for change in changes]
        if self._seq > before:
            self._finish()
        return outcomes

    def _look_up(self, ids: Iterable[str]) -> None:
        table = tables.record
        wanted = sorted({id for id in ids if 0 < len(id) <= 64 and id.isprintable()} - self._here.keys())
        for at in range(0, len(wanted), 500):
            query = select(table).where(table.c.office == self.mandate.office, table.c.id.in_(wanted[at : at + 500]))
            for row in self.connection.execute(query):
                self._here[row.id] = _Here(unpack(row.kind, row.id, row.state), row.scope, row.seq)

    def _one(self, change: State) -> Outcome:
        problem = problem_of(change)
        here = self._here.get(change.id)
        if not problem and here and here.state.kind != change.kind:
            problem = "other_kind"
        if problem:
            return Outcome(Verdict.refused, problem, change.id)
        change = self._received(change, here)
        joined = join_states(here.state, change) if here else change
        ruling = grants.ruled(self.mandate, change, joined, here.scope if here else None, self._is_new)
        if ruling.verdict is Verdict.held:
            self._hold(change, ruling)
        if ruling.verdict is not Verdict.kept:
            return Outcome(ruling.verdict, ruling.reason, change.id)
        problem = problem_of(joined) if here else ""
        if problem:
            return Outcome(Verdict.refused, problem, change.id)
        for scope in ruling.claims:
            self._claim(scope)
        return self._keep(change, joined, here, ruling.scope)

    def _keep(self, change: State, joined: State, here: _Here | None, scope: str) -> Outcome:
        merged = any(joined.registers[name] != register for name, register in change.registers.items())
        verdict = Verdict.merged if merged else Verdict.kept
        before = None if here is None or joined.registers == change.registers else here.seq
        earlier = here.state if here and merged else None
        if here and here.scope == scope and joined.registers == here.state.registers:
            return Outcome(verdict, "", change.id, before, scope, earlier)
        self._supersede(change, joined, here)
        self._count(joined, scope, here)
        self._seq += 1
        if here and here.scope != scope:
            self._moved[change.id, here.scope] = self._seq
        self._here[change.id] = self._written[change.id] = _Here(joined, scope, self._seq)
        self._fresh.add(scope)
        if change.kind == "mentorship" and {"mentors", "mentees"} & change.registers.keys():
            self._open_scopes(joined)
        return Outcome(verdict, "", change.id, before, scope, earlier)

    def _received(self, change: State, here: _Here | None) -> State:
        """The change with the moment it came here in the stamps of saves that are new here."""
        known = here.state.stamps if here else {}
        fresh: dict[Dot, Stamp] = {}
        for dot in change.dots():
            stamp = change.stamps.get(dot, Stamp("", 0))
            came = known[dot].received if dot in known else self.now
            fresh[dot] = stamp._replace(received=came)
        return replace(change, stamps=fresh)

    # --- history and tallies ---

    def _supersede(self, change: State, joined: State, here: _Here | None) -> None:
        for state in (here.state, change) if here else ():
            for name, register in state.registers.items():
                self._history += [
                    self._gone(state, name, register, sibling)
                    for sibling in register.siblings - joined.registers[name].siblings
                ]

    def _gone(self, state: State, name: str, register: Register, sibling: Any) -> dict[str, Any]:
        by, at, _doubt, received = state.stamps.get(sibling.dot, Stamp("", 0))
        return {
            "office": self.mandate.office,
            "id": state.id,
            "field": name,
            "replica": sibling.dot.replica,
            "counter": sibling.dot.counter,
            "digest": blake2b(sibling.value, digest_size=8).digest(),
            "value": sibling.value,
            "reach": int(register.reach),
            "by": by,
            "at": at,
            "received": received,
        }

    def _count(self, joined: State, scope: str, here: _Here | None) -> None:
        before = here.state.registers if here else {}
        if here and here.scope == scope:
            changed = [name for name, register in joined.registers.items() if before.get(name) != register]
        else:
            changed = list(joined.registers)
            if here:
                self._add(here.scope, here.state, list(before), sign=-1)
                before = {}
        self._add(scope, joined, changed, sign=1)
        if here and here.scope == scope:
            self._add(scope, here.state, [name for name in changed if name in before], sign=-1)

    def _add(self, scope: str, state: State, names: list[str], *, sign: int) -> None:
        """Add registers to the sums of each class that may read them, or take them away."""
        prints = [(state.registers[name].reach, register_print(state, name)) for name in names]
        for least in CLASSES:
            seen = [one for reach, one in prints if reach >= least]
            tally = self._tally.setdefault((scope, int(least)), [0, 0])
            tally[0] += sign * sum(seen)
            tally[1] += sign * self._visible(state, least)

    @staticmethod
    def _visible(state: State, least: Visibility) -> int:
        return int(any(register.reach >= least for register in state.registers.values()))

    # --- scopes ---

    def _is_new(self, scope: str) -> bool:
        if scope in self._fresh:
            return False
        record, grant, who = tables.record, tables.grant, tables.person
        office = self.mandate.office
        found = (
            select(record.c.id).where(record.c.office == office, record.c.scope == scope),
            select(grant.c.caller)
            .join(who, who.c.id == grant.c.caller)
            .where(grant.c.scope == scope, who.c.office == office),
        )
        return not any(self.connection.execute(query.limit(1)).first() for query in found)

    def _claim(self, scope: str) -> None:
        grant = Grant(scope, Visibility.pair, True, self._seq + 1)
        give(self.connection, self.mandate.caller, grant, "created")
        self.mandate = self.mandate.with_grant(grant)

    def _open_scopes(self, mentorship: State) -> None:
        """Give a mentorship's mentors what is theirs, take it from who is none any more, and let in what was held for them."""
        pair, source = grants.pair_of(mentorship), f"mentorship/{mentorship.id}"
        opened = grants.opened_scopes(self.mandate, pair.mentees, self._is_new)
        known = _vouched(self.connection, self.mandate.office, mentorship.id)
        keys = {"office": self.mandate.office, "mentorship": mentorship.id}
        rows = [{**keys, "scope": scope} for scope in sorted(opened - known)]
        upsert(self.connection, tables.vouched, rows, replacing=False)
        scopes = {source, *((opened | known) & {f"person/{mentee}" for mentee in pair.mentees})}
        self._settle(source, self._callers(pair.mentors), scopes)

    def _callers(self, people: frozenset[str]) -> dict[str, str]:
        who = tables.person
        query = select(who.c.id, who.c.person).where(who.c.office == self.mandate.office, who.c.person.in_(people))
        return {row.id: row.person for row in self.connection.execute(query)}

    def _settle(self, source: str, mentors: dict[str, str], scopes: set[str]) -> None:
        table = tables.grant
        due = {(caller, scope) for caller in mentors for scope in scopes}
        rows = self.connection.execute(select(table.c.caller, table.c.scope).where(table.c.source == source))
        given = {(row.caller, row.scope) for row in rows}
        for caller, scope in sorted(due - given):
            give(self.connection, caller, Grant(scope, Visibility.pair, True, self._seq), source)
            self._release(caller, mentors[caller], scope)
        for caller, scope in sorted(given - due):
            withdraw(self.connection, caller, scope, source, self._seq)
        if mentors:
            self._end_claims(scopes)
        self.mandate = mandate(self.connection, self.mandate.caller, self.mandate.office, self.mandate.person)

    def _end_claims(self, scopes: set[str]) -> None:
        # Who made a scope holds it until a mentorship says whose it is: after a hand-over it is not the maker's any more.
        table = tables.grant
        claims = select(table.c.caller, table.c.scope).where(table.c.source == "created", table.c.scope.in_(scopes))
        for row in self.connection.execute(claims).all():
            withdraw(self.connection, row.caller, row.scope, "created", self._seq)

    # --- held ---

    def _hold(self, change: State, ruling: grants.Ruling) -> None:
        packed = pack(change)
        told = f"{self.mandate.caller}\0{change.kind}\0{change.id}\0".encode()
        prints = b"".join(register_print(change, name).to_bytes(8) for name in sorted(change.registers))
        row = {
            "office": self.mandate.office,
            "digest": blake2b(told + prints, digest_size=16).digest(),
            "caller": self.mandate.caller,
            "id": change.id,
            "kind": change.kind,
            "scope": ruling.scope,
            "reason": ruling.reason,
            "state": packed,
            "received": self.now,
        }
        upsert(self.connection, tables.held, [row], replacing=False)

    def _release(self, caller: str, person: str, scope: str) -> None:
        """What was held for want of this grant goes in now, in its author's name."""
        table = tables.held
        waiting = and_(table.c.office == self.mandate.office, table.c.caller == caller, table.c.scope == scope)
        rows = self.connection.execute(select(table).where(waiting, table.c.reason == "outside")).all()
        if not rows:
            return
        own, self.mandate = self.mandate, mandate(self.connection, caller, self.mandate.office, person)
        self._look_up(row.id for row in rows)
        for row in rows:
            self.connection.execute(delete(table).where(table.c.office == row.office, table.c.digest == row.digest))
            self._one(unpack(row.kind, row.id, row.state))
        self.mandate = own

    # --- writing it all down ---

    def _finish(self) -> None:
        office = self.mandate.office
        rows = []
        for id, here in self._written.items():
            packed = pack(here.state)
            rows.append(
                {
                    "office": office,
                    "id": id,
                    "kind": here.state.kind,
                    "scope": here.scope,
                    "family": grants.family(here.scope),
                    "seq": here.seq,
                    "state": packed,
                    "bytes": len(packed),
                }
            )
        upsert(self.connection, tables.record, rows)
        upsert(self.connection, tables.history, self._history, replacing=False)
        moves = [{"office": office, "id": id, "scope": scope, "seq": seq} for (id, scope), seq in self._moved.items()]
        upsert(self.connection, tables.moved, moves)
        self._write_tallies()
        number(self.connection, office, self._seq)

    def _write_tallies(self) -> None:
        table, office = tables.tally, self.mandate.office
        scopes = {scope for scope, _ in self._tally}
        query = select(table).where(table.c.office == office, table.c.scope.in_(scopes))
        known = {(row.scope, row.least): row for row in self.connection.execute(query)}
        rows = []
        for (scope, least), (added, more) in self._tally.items():
            row = known.get((scope, least))
            total = ((int.from_bytes(row.digest) if row else 0) + added) % 2**64
            count = (row.number if row else 0) + more
            keys = {"office": office, "scope": scope, "least": least, "family": grants.family(scope)}
            rows.append({**keys, "digest": total.to_bytes(8), "number": count})
        upsert(self.connection, table, rows)


# --- reading out ------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a reader stands: all up to commit `seq`, and of that commit all up to `id`."""

    seq: int
    id: str


START = Place(0, "")
LAST = "\x7f"
"""After every id: the reader has all of that commit."""


def standing(connection: Connection, office: str) -> int:
    """The number of the office's last commit."""
    return int(connection.execute(select(tables.office.c.seq).where(tables.office.c.id == office)).scalar_one())


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


def departed(connection: Connection, mandate: Mandate, since: int) -> list[str]:
    """The records that moved, after a commit, out of what a caller holds, or to where the caller holds less of them."""
    moved, record = tables.moved, tables.record
    same = and_(record.c.office == moved.c.office, record.c.id == moved.c.id)
    query = select(moved.c.id, moved.c.scope, record.c.scope.label("now")).join(record, same)
    rows = connection.execute(query.where(moved.c.office == mandate.office, moved.c.seq > since))
    return sorted({row.id for row in rows if _narrowed(mandate.least(row.scope), mandate.least(row.now))})


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
