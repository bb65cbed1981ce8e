"""What is written into an office's ledger, inside a transaction that the caller of these opened.

Promises: taking the same change twice is taking it once; a value that a later save supersedes goes to history; a change from outside its
author's grants alters no record until somebody who may decide lets it in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, select, update

from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Simple, Stamp, State, join_states, pack, unpack, whole
from sync.checks import problem_of
from sync.protocol import Verdict, register_print
from sync.server import grants, straight, tables
from sync.server.grants import Grant, Mandate
from sync.server.holdings import give, mandate, vouched, withdraw
from sync.server.ledger import locked, number, upsert
from sync.server.reading import shows
from sync.server.statements import Among, putting
from sync.server.straight import Straight
from sync.server.tables import ACCEPTED, DECLINED
from sync.server.tallies import CLASSES, Tallies

__all__ = ["CLASSES", "Decisions", "Intake", "Outcome"]

Decisions = Iterable[tuple[bytes, bool]]
"""What a coordinator decides: (digest of what is held, whether it goes in)."""

_record = tables.record
_HERE = Among(
    lambda some: select(_record.c.id, _record.c.kind, _record.c.state, _record.c.scope, _record.c.seq).where(
        _record.c.office == bindparam("office"), _record.c.id.in_(some)
    )
)
_PUT_RECORD = putting(_record)


class Outcome(NamedTuple):
    """What became of one change, and at which commit its record stood before (None: the change is all that is known of it)."""

    verdict: Verdict
    reason: str = ""
    id: str = ""
    before: int | None = None
    scope: str = ""
    earlier: State | None = None
    seq: int = 0
    """The commit at which the record stands with it."""


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
    _tallies: Tallies = field(default_factory=Tallies)
    _fresh: set[str] = field(default_factory=set)
    _straight: dict[str, Straight] = field(default_factory=dict)
    _seq: int = 0

    def take(self, changes: Sequence[State | Simple], decisions: Decisions = ()) -> list[Outcome]:
        """Take changes in, in their order, each on its own; and what was held, or leave it out, as its coordinator decides."""
        self._seq = before = locked(self.connection, self.mandate.office)
        self._look_up(change.id for change in changes)
        outcomes = [self._one(change) for change in changes]
        for digest, accept in decisions:
            self._decide(digest, accept=accept)
        if self._seq > before or self._history:
            self._finish()
        return outcomes

    def _look_up(self, ids: Iterable[str]) -> None:
        ids = list(ids)
        for id in ids:
            self._unfold(id)
        wanted = sorted({id for id in ids if 0 < len(id) <= 64 and id.isprintable()} - self._here.keys())
        for id, kind, state, scope, seq in _HERE.rows(self.connection, wanted, office=self.mandate.office):
            self._here[id] = _Here(unpack(kind, id, state), scope, seq)

    def _unfold(self, id: str) -> None:
        """What was taken in straight is met again: from here on it is a record like any other."""
        row = self._straight.pop(id, None)
        if row:
            self._here[id] = self._written[id] = _Here(whole(row.one), row.scope, row.seq)

    def _one(self, change: State | Simple) -> Outcome:
        if isinstance(change, Simple):
            known = change.id in self._here or change.id in self._straight
            scope = "" if known else straight.scope_of(change, self.mandate)
            if scope:
                return self._keep_straight(change, scope)
            change = whole(change)
        self._unfold(change.id)
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
            if here and joined.registers == here.state.registers:
                # It is here already, as after a restore those offer it who may read it no more. Who shows it learns nothing new.
                return Outcome(Verdict.kept, "outside", "")
            return self._hold(change, ruling)
        if ruling.verdict is not Verdict.kept:
            return Outcome(ruling.verdict, ruling.reason, change.id)
        problem = problem_of(joined) if here else ""
        if problem:
            return Outcome(Verdict.refused, problem, change.id)
        for scope in ruling.claims:
            self._claim(scope)
        return self._keep(change, joined, here, ruling.scope)

    def _keep_straight(self, one: Simple, scope: str) -> Outcome:
        self._tallies.count_straight(one, scope)
        self._seq += 1
        self._straight[one.id] = Straight(straight.received(one, self.now), scope, self._seq)
        self._fresh.add(scope)
        return Outcome(Verdict.kept, "", one.id, None, scope, None, self._seq)

    def _keep(self, change: State, joined: State, here: _Here | None, scope: str) -> Outcome:
        merged = any(joined.registers[name] != register for name, register in change.registers.items())
        verdict = Verdict.merged if merged else Verdict.kept
        before = None if here is None or joined.registers == change.registers else here.seq
        earlier = here.state if here and merged else None
        # Also where nothing changes: a value may come after its successor, from another way round, and was never here.
        self._supersede(change, joined, here)
        if here and here.scope == scope and joined.registers == here.state.registers:
            return Outcome(verdict, "", change.id, before, scope, earlier, here.seq)
        self._tallies.count(joined, scope, here.state if here else None, here.scope if here else "")
        self._seq += 1
        outcome = Outcome(verdict, "", change.id, before, scope, earlier, self._seq)
        if here and here.scope != scope:
            self._moved[change.id, here.scope] = self._seq
        self._here[change.id] = self._written[change.id] = _Here(joined, scope, self._seq)
        self._fresh.add(scope)
        if change.kind == "mentorship" and {"mentors", "mentees"} & change.registers.keys():
            self._open_scopes(joined)
        return outcome

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

    def stands(self, id: str) -> tuple[State, int] | None:
        """What a record that was taken in has become, and at which commit."""
        self._unfold(id)
        here = self._here.get(id)
        return (here.state, here.seq) if here else None

    def fingerprint(self, change: State | Simple) -> int:
        """The fingerprint of a change that was taken in."""
        return self._tallies.fingerprint(change)

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
        known = vouched(self.connection, self.mandate.office, mentorship.id)
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

    def _hold(self, change: State, ruling: grants.Ruling) -> Outcome:
        """Hold a change, or say what was decided about it already."""
        told = f"{self.mandate.caller}\0{change.kind}\0{change.id}\0".encode()
        prints = b"".join(register_print(change, name).to_bytes(8) for name in sorted(change.registers))
        table, digest = tables.held, blake2b(told + prints, digest_size=16).digest()
        query = select(table.c.decision).where(table.c.office == self.mandate.office, table.c.digest == digest)
        known = self.connection.execute(query).scalar_one_or_none()
        if known == ACCEPTED:
            return Outcome(Verdict.kept, "", change.id)
        if known == DECLINED:
            return Outcome(Verdict.refused, DECLINED, change.id)
        outcome = Outcome(Verdict.held, ruling.reason, change.id)
        if known is not None:
            return outcome
        self._seq += 1
        row = {
            "office": self.mandate.office,
            "digest": digest,
            "caller": self.mandate.caller,
            "id": change.id,
            "kind": change.kind,
            "scope": ruling.scope,
            "reason": ruling.reason,
            "state": pack(change),
            "received": self.now,
            "seq": self._seq,
        }
        upsert(self.connection, table, [row], replacing=False)
        return outcome

    def _release(self, caller: str, person: str, scope: str) -> None:
        """What was held for want of this grant goes in now, in its author's name."""
        table = tables.held
        waiting = and_(
            table.c.office == self.mandate.office,
            table.c.caller == caller,
            table.c.scope == scope,
            table.c.decision == "",
        )
        rows = self.connection.execute(select(table).where(waiting, table.c.reason == "outside")).all()
        if not rows:
            return
        own, self.mandate = self.mandate, mandate(self.connection, caller, self.mandate.office, person)
        self._look_up(row.id for row in rows)
        for row in rows:
            outcome = self._one(unpack(row.kind, row.id, row.state))
            if outcome.verdict in (Verdict.kept, Verdict.merged):
                self._decided(row.digest, ACCEPTED)
        self.mandate = own

    def _decided(self, digest: bytes, decision: str, decider: str = "") -> None:
        table = tables.held
        self._seq += 1
        fresh = {"decision": decision, "decider": decider, "seq": self._seq}
        same = and_(table.c.office == self.mandate.office, table.c.digest == digest)
        self.connection.execute(update(table).where(same).values(**fresh))

    def _decide(self, digest: bytes, *, accept: bool) -> None:
        """Take in what was held, in its author's name, or leave it out for good. Nobody decides about what they wrote themselves."""
        table, who = tables.held, tables.person
        here = and_(table.c.office == self.mandate.office, table.c.digest == digest, table.c.decision == "")
        query = select(table, who.c.person).join(who, who.c.id == table.c.caller).where(here)
        row = self.connection.execute(query).first()
        if row is None or row.caller == self.mandate.caller or not shows(self.mandate, row.scope):
            return
        there = accept and self._let_in(unpack(row.kind, row.id, row.state), row.person)
        self._decided(digest, ACCEPTED if there else DECLINED, self.mandate.caller)

    def _let_in(self, change: State, person: str) -> bool:
        """Take in a change whoever wrote it. False, if it cannot be: what became of the record meanwhile forbids it."""
        self._look_up([change.id])
        here = self._here.get(change.id)
        if here and here.state.kind != change.kind:
            return False
        joined = join_states(here.state, change) if here else change
        scope = grants.scope_of(joined, person)
        if not scope or problem_of(joined):
            return False
        self._keep(change, joined, here, scope)
        return True

    # --- writing it all down ---

    def _finish(self) -> None:
        office = self.mandate.office
        rows = [self._row(here.state.kind, id, pack(here.state), here) for id, here in self._written.items()]
        rows += [self._row(row.one.kind, id, row.one.packed(), row) for id, row in self._straight.items()]
        _PUT_RECORD.run_each(self.connection, rows)
        upsert(self.connection, tables.history, self._history, replacing=False)
        moves = [{"office": office, "id": id, "scope": scope, "seq": seq} for (id, scope), seq in self._moved.items()]
        upsert(self.connection, tables.moved, moves)
        self._tallies.write(self.connection, office)
        number(self.connection, office, self._seq)

    def _row(self, kind: str, id: str, packed: bytes, at: _Here | Straight) -> dict[str, Any]:
        lies = {"office": self.mandate.office, "scope": at.scope, "family": grants.family(at.scope), "seq": at.seq}
        return {**lies, "id": id, "kind": kind, "state": packed, "bytes": len(packed)}
