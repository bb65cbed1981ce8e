"""The exchange without stores, networks or clocks: registers in dicts, the real join and the real filter, fast enough for millions of steps.

A history is a list of plain steps, made by a seed, that a script can replay. Beside it goes an account in plain sets: each place knows which
saves reached it, each save knows which saves its author had before them. What stands at rest must be just what no known save had seen.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from mentorapp import registers
from mentorapp.fields import Visibility
from mentorapp.registers import Dot, State
from sync import wire
from sync.protocol import Changes, Verdict
from sync.server import grants
from sync.server.grants import Grant, Mandate

T = TypeVar("T")
Step = tuple[str, int, int, int]
Known = dict[tuple[str, str], set[int]]

PAIRS = ("p0", "p1")
RECORDS = ("p0", "p1", "s0", "s1", "s2")
"""Two mentorships; two sessions of the first, one of the second."""
_OF = {"p0": "p0", "p1": "p1", "s0": "p0", "s1": "p0", "s2": "p1"}
_MENTORS = ("grace", "awa", "joseph")
_PEOPLE = (
    *((name, grants.MENTOR, name.encode().ljust(8)) for name in _MENTORS),
    ("lead", grants.COORDINATOR, b"lead    "),
)
_REACH = {"place": Visibility.pair, "minutes": Visibility.office}
_encode = msgspec.msgpack.encode
_FOUNDER = b"founder."


@dataclass
class Place:
    """Where registers are: a laptop, the ledger, a copy of either."""

    records: dict[str, State] = field(default_factory=dict)
    known: Known = field(default_factory=dict)

    def copied(self) -> "Place":
        """The same, apart from now on."""
        return Place(dict(self.records), {key: set(saves) for key, saves in self.known.items()})

    def meet(self, state: State, known: Known) -> bool:
        """Join one record in; whether it changed anything."""
        here = self.records.get(state.id)
        joined = registers.join_states(here, state) if here else state
        for name in state.registers:
            saves = known.get((state.id, name))
            if saves:
                self.known.setdefault((state.id, name), set()).update(saves)
        if here and here.registers == joined.registers:
            return False
        self.records[state.id] = joined
        return True


@dataclass
class Laptop:
    """Somebody's replica: what waits to be sent, and how far they have read which ledger."""

    person: str
    role: str
    replica: bytes
    place: Place
    counter: int = 0
    waiting: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)
    cursor: int = 0
    epoch: int = 0
    held: frozenset[str] = frozenset()


@dataclass
class Facts:
    """What follows from one record: its scope, the mentors that it names, and what each class of reader may have of it."""

    state: State
    scope: str
    mentors: frozenset[str]
    parts: dict[Visibility, State | None] = field(default_factory=dict)


class Office:
    """Four laptops, a ledger, and what is on its way."""

    def __init__(self, *, by_wire: bool = False) -> None:
        self.by_wire, self.saves, self.epoch, self.seq, self.number = by_wire, 0, 1, 0, 0
        self.ledger, self.at = Place(), dict[str, int]()
        self.worked_out: dict[tuple[str, str], Any] = {}
        self.facts: dict[str, Facts] = {}
        self.author: dict[int, tuple[str, str]] = {}
        self.seen: dict[int, frozenset[int]] = {}
        self.rules = (grants.visible, grants.scope_of)
        self.mail: list[tuple[str, list[State], Known]] = []
        self.backups: list[tuple[Place, dict[str, int], int]] = []
        self.copies: list[tuple[int, Laptop]] = []
        if _START:
            start = _START[0]
            self.ledger, self.at, self.seq = start.ledger.copied(), dict(start.at), start.seq
            self.facts = dict(start.facts) if start.rules == (grants.visible, grants.scope_of) else {}
            self.laptops = [_copied(one, one.replica) for one in start.laptops]
            return
        for state in _BEGUN:
            self._keep(state, {})
        self.laptops = [Laptop(person, role, name, Place()) for person, role, name in _PEOPLE]
        for one in self.laptops:
            self.exchange(one)

    # --- the ledger ---

    def _keep(self, state: State, known: Known) -> None:
        if self.ledger.meet(state, known):
            self.seq += 1
            self.at[state.id] = self.seq

    def _once(self, work: Callable[[Laptop], T], one: Laptop) -> T:
        """What follows for somebody from the ledger as it stands: worked out once for each time it changed."""
        key = (work.__name__, one.person)
        stands, found = self.worked_out.get(key, (None, None))
        if stands != (self.epoch, self.seq):
            found = work(one)
            self.worked_out[key] = (self.epoch, self.seq), found
        return cast(T, found)

    def mandate(self, one: Laptop) -> Mandate:
        """What somebody holds by the records as the ledger has them."""
        return self._once(self._mandate, one)

    def _mandate(self, one: Laptop) -> Mandate:
        given = dict(_born_with(one.role, one.person))
        for id in PAIRS:
            if one.person in self._facts(id).mentors:
                given[f"mentorship/{id}"] = Grant(f"mentorship/{id}", Visibility.pair, True)
        return Mandate(one.person, "office", one.person, given)

    def take(self, mandate: Mandate, states: Iterable[State], known: Known) -> dict[str, Verdict]:
        """What becomes of a push."""
        told = {}
        for state in states:
            here = self.ledger.records.get(state.id)
            joined = registers.join_states(here, state) if here else state
            before = self._facts(state.id).scope if here else None
            if here and joined.registers == here.registers:
                told[state.id] = Verdict.kept
                self.ledger.meet(state, known)
                continue
            ruling = grants.ruled(mandate, state, joined, before, lambda scope: False)
            told[state.id] = ruling.verdict
            if ruling.verdict is Verdict.kept:
                self._keep(state, known)
        return told

    def readable(self, one: Laptop) -> dict[str, State]:
        """What somebody may hold."""
        return self._once(self._readable, one)

    def _readable(self, one: Laptop) -> dict[str, State]:
        mandate, found = self.mandate(one), {}
        for id, state in self.ledger.records.items():
            facts = self._facts(id)
            least = mandate.least(facts.scope)
            if least is None:
                continue
            if least not in facts.parts:
                facts.parts[least] = grants.visible(state, least)
            if part := facts.parts[least]:
                found[id] = part
        return found

    def _facts(self, id: str) -> "Facts":
        """What the real rules say of a record as the ledger has it now: asked once for each time it changed."""
        state = self.ledger.records[id]
        known = self.facts.get(id)
        if known is None or known.state is not state:
            mentors = grants.pair_of(state).mentors if id in PAIRS else frozenset[str]()
            known = self.facts[id] = Facts(state, grants.scope_of(state, ""), mentors)
        return known

    # --- what happens ---

    def save(self, one: Laptop, id: str, name: str) -> None:
        """Somebody saves over all that stands at them."""
        state = one.place.records.get(id)
        if state is None or name not in _REACH or id in PAIRS:
            return
        self.saves += 1
        one.counter += 1
        mine = one.place.known.setdefault((id, name), set())
        self.author[self.saves], self.seen[self.saves] = (id, name), frozenset(mine)
        mine.add(self.saves)
        dot = Dot(one.replica, one.counter)
        register = registers.assign(state.registers.get(name), dot, _encode(self.saves), _REACH[name])
        one.place.records[id] = State(state.kind, id, {**state.registers, name: register}, state.stamps)
        one.waiting.add(id)

    def exchange(self, one: Laptop, *, heard: int = 99) -> None:
        """A request that arrives, and as many records of its answer as get through."""
        if one.epoch == self.epoch and one.cursor == self.seq and not one.waiting:
            return  # It has all there is, and brings nothing.
        if one.epoch != self.epoch:
            one.waiting, one.cursor, one.epoch = set(one.place.records), 0, self.epoch
        states = self.carried(one.place.records[id] for id in sorted(one.waiting))
        told = self.take(self.mandate(one), states, one.place.known)
        mandate, readable = self.mandate(one), self.readable(one)
        if not heard:
            return
        one.aside = {id for id in one.aside if id in one.place.records and id not in told}
        one.aside |= {id for id, verdict in told.items() if verdict is not Verdict.kept}
        one.waiting -= told.keys()
        held = frozenset(mandate.grants)
        if held - one.held:
            one.cursor = 0
        one.held = held
        for id in [id for id in one.place.records if id not in readable and id not in one.aside]:
            del one.place.records[id]
            for name in ("place", "minutes"):
                one.place.known.pop((id, name), None)
        newer = sorted((self.at[id], id) for id in readable if self.at[id] > one.cursor)
        for seq, id in newer[:heard]:
            (state,) = self.carried([readable[id]])
            one.place.meet(state, self.ledger.known)
            one.cursor = seq
        if len(newer) <= heard:
            one.cursor = self.seq

    def carried(self, states: Iterable[State]) -> list[State]:
        """As they are on the other side of the line."""
        states = list(states)
        if not self.by_wire or not states:
            return states
        writer = wire.FrameWriter(quality=1)
        for state in states:
            writer.record(state)
        frames = wire.FrameReader().feed(writer.finish())
        return [
            one for frame in frames for message in frame if isinstance(message, Changes) for one in wire.states(message)
        ]

    def post(self, one: Laptop) -> None:
        """What waits is copied onto a stick."""
        states = [one.place.records[id] for id in sorted(one.waiting)]
        known = {key: set(saves) for key, saves in one.place.known.items() if key[0] in one.waiting}
        self.mail.append((one.person, states, known))

    def deliver(self, which: int) -> None:
        """A stick arrives: perhaps late, perhaps once more."""
        if self.mail:
            person, states, known = self.mail[which % len(self.mail)]
            author = next(one for one in self.laptops if one.person == person)
            self.take(self.mandate(author), states, known)

    def hand_over(self, one: Laptop, id: str, people: int) -> None:
        """Whoever holds a mentorship says who its mentors are; themselves among them."""
        state = one.place.records.get(id)
        if state is None or "mentors" not in state.registers or one.role != grants.MENTOR:
            return
        names = [person for n, person in enumerate(_MENTORS) if people >> n & 1]
        one.counter += 1
        value = _encode(sorted({one.person, *names}))
        register = registers.assign(state.registers["mentors"], Dot(one.replica, one.counter), value, Visibility.office)
        one.place.records[id] = State(state.kind, id, {**state.registers, "mentors": register}, state.stamps)
        one.waiting.add(id)

    def restore(self, which: int) -> None:
        """A laptop becomes what it was, under a new name; what it is told after that it takes from the start."""
        if self.copies:
            n, old = self.copies[which % len(self.copies)]
            self.number += 1
            self.laptops[n] = _copied(old, self.number.to_bytes(8))

    def do(self, step: Step) -> None:
        """One step."""
        deed, a, b, c = step
        one = self.laptops[a % len(self.laptops)]
        if deed == "save":
            self.save(one, RECORDS[2 + b % 3], ("place", "minutes")[c % 2])
        elif deed == "exchange":
            self.exchange(one)
        elif deed == "cut":
            self.exchange(one, heard=b % 3)
        elif deed == "post":
            self.post(one)
        elif deed == "deliver":
            self.deliver(b)
        elif deed == "hand over":
            self.hand_over(one, PAIRS[b % 2], c % 8)
        elif deed == "copy":
            self.copies.append((a % len(self.laptops), _copied(one, one.replica)))
        elif deed == "restore":
            self.restore(b)
        elif deed == "back up":
            self.backups.append((self.ledger.copied(), dict(self.at), self.seq))
        elif deed == "roll back":
            if self.backups:
                place, at, self.seq = self.backups[b % len(self.backups)]
                self.ledger, self.at, self.epoch = place.copied(), dict(at), self.epoch + 1
        else:
            raise AssertionError(deed)

    def come_to_rest(self) -> None:
        """Everybody exchanges until nothing moves."""
        for _ in range(6):
            before = (self.seq, [one.cursor for one in self.laptops], [one.waiting for one in self.laptops])
            for one in self.laptops:
                self.exchange(one)
            if before == (self.seq, [one.cursor for one in self.laptops], [one.waiting for one in self.laptops]):
                return
        raise AssertionError("it does not come to rest")

    # --- what must hold ---

    def check(self) -> None:
        """Whoever may hold a record holds it as the ledger does and nothing else; what stands is just what nobody had seen."""
        for one in self.laptops:
            readable = self.readable(one)
            assert not one.waiting, f"{one.person} still waits"
            for id, state in one.place.records.items():
                assert id in one.aside or state.registers == readable[id].registers, (
                    f"{one.person} and the ledger differ in {id}"
                )
            assert readable.keys() - one.aside <= one.place.records.keys(), f"{one.person} lacks something"
            for id, state in readable.items():
                narrow = one.role == grants.COORDINATOR
                assert not narrow or "place" not in state.registers, f"{one.person} reads the pair's words"
                mentors = grants.pair_of(self.ledger.records[_OF[id]]).mentors
                assert narrow or one.person in mentors, f"{one.person} holds another pair's {id}"
        for (id, name), saves in self.ledger.known.items():
            gone = set().union(*(self.seen[save] for save in saves)) if saves else set()
            register = self.ledger.records[id].registers.get(name)
            stands = {msgspec.msgpack.decode(value) for value in register.values} if register else set()
            assert stands == saves - gone, f"{id}.{name}: {stands} where {saves - gone} should stand"


def _begun(id: str, number: int) -> State:
    """A record as the founder of the office wrote it."""
    dot = Dot(_FOUNDER, number)
    scope = registers.first(dot, _encode(f"mentorship/{_OF[id]}"), Visibility.programme)
    if id not in PAIRS:
        return State("session", id, {"scope": scope})
    mentors = ["awa", "grace"] if id == "p0" else ["joseph"]
    return State(
        "mentorship", id, {"scope": scope, "mentors": registers.first(dot, _encode(mentors), Visibility.office)}
    )


_BEGUN = tuple(_begun(id, n + 1) for n, id in enumerate(RECORDS))


@cache
def _born_with(role: str, person: str) -> dict[str, Grant]:
    return {grant.scope: grant for grant in grants.born_with(role, person)}


def _copied(one: Laptop, replica: bytes) -> Laptop:
    waiting, aside = set(one.waiting), set(one.aside)
    counter = one.counter if replica == one.replica else 0
    return Laptop(
        one.person, one.role, replica, one.place.copied(), counter, waiting, aside, one.cursor, one.epoch, one.held
    )


_START: list[Office] = []
"""The first morning, worked out once and copied for each history."""

_START.append(Office())

_DEEDS = (
    ("save",) * 7
    + ("exchange",) * 5
    + ("cut",) * 3
    + ("post", "deliver", "hand over", "copy", "restore", "back up", "roll back")
)


def made(seed: int, length: int) -> list[Step]:
    """A history by a seed."""
    chance = random.Random(seed)
    throw, deed = chance.random, chance.choice
    return [(deed(_DEEDS), int(throw() * 64), int(throw() * 64), int(throw() * 64)) for _ in range(length)]


def run(steps: Iterable[Step], *, by_wire: bool = False) -> None:
    """A history to its rest."""
    office = Office(by_wire=by_wire)
    for step in steps:
        office.do(step)
    office.come_to_rest()
    office.check()


def replay(steps: list[Step], *, by_wire: bool = False) -> None:
    """As `run`; what fails says with which script it fails again."""
    try:
        run(steps, by_wire=by_wire)
    except AssertionError as reason:
        reason.add_note(script(steps, by_wire=by_wire))
        raise


def script(steps: Iterable[Step], *, by_wire: bool = False) -> str:
    """What replays a history."""
    lines = "\n".join(f"    {step!r}," for step in steps)
    return f"from tests.machines.replicas import run\n\nrun([\n{lines}\n], by_wire={by_wire})\n"
