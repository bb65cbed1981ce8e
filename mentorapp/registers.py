"""Multi-value registers with causal contexts: how concurrent edits meet without losing anybody's value.

A *dot* names one save: (replica, counter). A *register* is one field's value with its causal history: the siblings (values that
no later save has superseded) and a context (for each replica, the highest counter whose effect on this field is included).
`join` is the join of a semilattice: commutative, associative, idempotent, so that order, repetition and route of delivery do not
matter. (Almeida, Shoker, Baquero: Delta state replicated data types, 2018, section 7; Preguiça et al.: Dotted version vectors, 2012.)

A dot that two clones of one store gave to different values maps to both of them: a register is the paper's DotFun whose values are
sets, so that join stays associative with any number of clones and no value is dropped. See docs/decisions.

Pure: knows no clock, store or screen. Values are opaque MessagePack bytes: what a version does not know, it keeps and passes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import msgspec

from mentorapp.fields import Merge, Visibility

Value = bytes


class Dot(NamedTuple):
    """One save of one replica; a replica's counter is never used twice."""

    replica: bytes
    counter: int


class Sibling(NamedTuple):
    """A value that no known save has superseded, with the save that wrote it."""

    dot: Dot
    value: Value


class Stamp(NamedTuple):
    """Who saved and when by their own clock: for showing, never for deciding what is true. Seconds since 1970."""

    by: str
    at: int
    in_doubt: bool = False
    received: int = 0


@dataclass(frozen=True)
class Register:
    """A field's siblings, its causal context, and the widest class of reader it was given."""

    siblings: frozenset[Sibling]
    context: tuple[tuple[bytes, int], ...]
    reach: Visibility = Visibility.pair

    def covers(self, dot: Dot) -> bool:
        """Whether this register has seen that save, shown or superseded."""
        return dict(self.context).get(dot.replica, 0) >= dot.counter

    @property
    def values(self) -> set[Value]:
        """The different values that stand side by side."""
        return {sibling.value for sibling in self.siblings}

    @property
    def dots(self) -> set[Dot]:
        """The saves whose values stand."""
        return {sibling.dot for sibling in self.siblings}


def _joined(*contexts: Iterable[tuple[bytes, int]]) -> tuple[tuple[bytes, int], ...]:
    highest: dict[bytes, int] = {}
    for context in contexts:
        for replica, counter in context:
            if counter > highest.get(replica, 0):
                highest[replica] = counter
    return tuple(sorted(highest.items()))


def first(dot: Dot, value: Value, reach: Visibility = Visibility.pair) -> Register:
    """The register of a field that nobody wrote before."""
    return Register(frozenset((Sibling(dot, value),)), (dot,), reach)


def assign(register: Register | None, dot: Dot, value: Value, reach: Visibility = Visibility.pair) -> Register:
    """The register after a save by somebody who had seen all its siblings: one value stands.

    Raises ValueError if the register has already seen this dot, for then a counter was used twice.
    """
    if register is None:
        return first(dot, value, reach)
    if register.covers(dot):
        raise ValueError(f"the dot {dot.replica.hex()}:{dot.counter} was used before")
    return Register(frozenset((Sibling(dot, value),)), _joined(register.context, (dot,)), max(register.reach, reach))


def amend(
    register: Register, dot: Dot, value: Value, seen: Iterable[Sibling], reach: Visibility = Visibility.pair
) -> Register:
    """The register after a save by somebody who had seen only some of its siblings: the others stand beside the new value.

    Raises ValueError if the register has already seen this dot, for then a counter was used twice.
    """
    whole = assign(register, dot, value, reach)
    return replace(whole, siblings=whole.siblings | (register.siblings - frozenset(seen)))


def join(a: Register, b: Register) -> Register:
    """What somebody knows who knows both: siblings in both, or in one and unseen by the other."""
    if a is b or a == b:
        return a
    ours, theirs = dict(a.context), dict(b.context)
    a_dots, b_dots = a.dots, b.dots
    kept = {s for s in a.siblings if s.dot in b_dots or theirs.get(s.dot.replica, 0) < s.dot.counter}
    kept |= {s for s in b.siblings if s.dot in a_dots or ours.get(s.dot.replica, 0) < s.dot.counter}
    return Register(frozenset(kept), _joined(a.context, b.context), max(a.reach, b.reach))


def cloned(register: Register) -> set[Dot]:
    """The dots that carry more than one value: proof that two stores wrote under one replica's name."""
    return {s.dot for s in register.siblings if sum(o.dot == s.dot for o in register.siblings) > 1}


# --- a record's whole state -------------------------------------------------------------------------------------------

VOIDED = "voided"
SEEN = "~seen"
"""The register that a voiding writes beside `voided`: what of the record it had seen, as [[replica, counter], ...]."""


@dataclass(frozen=True)
class State:
    """All that is known of one record: a register for each field ever written, and a stamp for each standing dot."""

    kind: str
    id: str
    registers: Mapping[str, Register] = field(default_factory=dict)
    stamps: Mapping[Dot, Stamp] = field(default_factory=dict)

    def dots(self) -> set[Dot]:
        """The saves that have a standing value anywhere in the record."""
        return {s.dot for register in self.registers.values() for s in register.siblings}

    def only(self, names: Iterable[str]) -> "State":
        """The part of this state that holds just these fields, with their stamps."""
        some = {n: self.registers[n] for n in names if n in self.registers}
        return trimmed(State(self.kind, self.id, some, self.stamps))


def trimmed(state: State) -> State:
    """The state with the stamps of standing dots only."""
    if not state.stamps:
        return state
    dots = state.dots()
    return State(state.kind, state.id, state.registers, {dot: one for dot, one in state.stamps.items() if dot in dots})


def _same_stamp(a: Stamp, b: Stamp) -> Stamp:
    # The same save's stamp differs only in what was learnt later: doubt and the server's time of receipt.
    low, high = sorted((a, b))
    return Stamp(high.by, high.at, a.in_doubt or b.in_doubt, max(low.received, high.received))


def join_states(a: State, b: State) -> State:
    """Two states of one record joined field by field. Raises ValueError if they are of different records."""
    if (a.kind, a.id) != (b.kind, b.id):
        raise ValueError("two different records cannot be joined")
    registers = dict(a.registers)
    for name, register in b.registers.items():
        registers[name] = join(registers[name], register) if name in registers else register
    stamps = dict(a.stamps)
    for dot, stamp in b.stamps.items():
        stamps[dot] = _same_stamp(stamps[dot], stamp) if dot in stamps else stamp
    return trimmed(State(a.kind, a.id, registers, stamps))


def seen_by(state: State) -> Value:
    """What a voiding writes into `SEEN`: the highest counter of each replica over the whole record."""
    contexts = (register.context for name, register in state.registers.items() if name != SEEN)
    return msgspec.msgpack.encode(_joined(*contexts))


_TRUE = msgspec.msgpack.encode(True)


def _seen(value: Value) -> dict[bytes, int]:
    try:
        return dict(msgspec.msgpack.decode(value, type=list[tuple[bytes, int]]))
    except msgspec.DecodeError:
        return {}  # Of another shape than this version writes: as if nothing was seen, so that a person is asked.


def voiding_raced(state: State) -> bool:
    """Whether the record is voided by somebody who had not seen one of the values that now stand in it."""
    if VOIDED not in state.registers or _TRUE not in state.registers[VOIDED].values or SEEN not in state.registers:
        return False
    seen = [_seen(value) for value in state.registers[SEEN].values]
    own = state.registers[VOIDED].dots | state.registers[SEEN].dots
    dots = state.dots() - own
    return any(all(known.get(dot.replica, 0) < dot.counter for known in seen) for dot in dots)


def stays_voided(state: State, changes: Mapping[str, Value]) -> bool:
    """Whether the record is out of sight after these changes: whoever voids, or edits what is voided already, has seen what it holds."""
    if VOIDED in changes:
        return changes[VOIDED] == _TRUE
    voided = state.registers.get(VOIDED)
    return voided is not None and voided.values == {_TRUE} and not voiding_raced(state)


# --- what is shown ----------------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The value to show, and whether a person is asked to choose among several."""

    value: Value
    conflict: bool


def _by_time(register: Register, stamps: Mapping[Dot, Stamp]) -> list[Sibling]:
    def key(sibling: Sibling) -> tuple[int, Dot, Value]:
        stamp = stamps.get(sibling.dot)
        return (stamp.at if stamp else 0, sibling.dot, sibling.value)

    return sorted(register.siblings, key=key)


def versions(register: Register, stamps: Mapping[Dot, Stamp]) -> list[Sibling]:
    """The different values that stand, oldest first, each once, with its latest dot."""
    newest = {sibling.value: sibling for sibling in _by_time(register, stamps)}
    return sorted(newest.values(), key=_by_time(register, stamps).index)


def shown(register: Register, rule: Merge, stamps: Mapping[Dot, Stamp]) -> Shown:
    """What a field shows. The rule decides what is shown and never what is stored."""
    if len(register.siblings) == 1:
        return Shown(next(iter(register.siblings)).value, False)
    standing = versions(register, stamps)
    newest = standing[-1].value
    if len(standing) == 1:
        return Shown(newest, False)
    if rule is Merge.latest:
        return Shown(newest, False)
    if rule is Merge.union:
        return Shown(_union(standing, newest), False)
    if rule is Merge.both:
        return Shown(_both(standing, newest), True)
    return Shown(newest, True)


def _decoded(standing: list[Sibling], kind: type) -> list[Any] | None:
    try:
        values = [v for s in standing if (v := msgspec.msgpack.decode(s.value)) is not None]
    except msgspec.DecodeError:
        return None
    return values if all(isinstance(v, kind) for v in values) else None


def _union(standing: list[Sibling], newest: Value) -> Value:
    sets = _decoded(standing, list)
    if sets is None or not all(isinstance(item, str) for one in sets for item in one):
        return newest  # A shape from a later version: kept beside, not united by a version that does not know it.
    return msgspec.msgpack.encode(sorted({item for one in sets for item in one}) or None)


def _both(standing: list[Sibling], newest: Value) -> Value:
    texts = _decoded(standing, str)
    if texts is None:
        return newest
    return msgspec.msgpack.encode("\n\n".join(texts) or None)


# --- packed -----------------------------------------------------------------------------------------------------------


class _Packed(msgspec.Struct, array_like=True):
    stamps: list[tuple[bytes, int, str, int, int, int]]
    registers: dict[str, tuple[int, list[tuple[int, msgspec.Raw]], list[tuple[bytes, int]]]]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def pack(state: State) -> bytes:
    """The registers and stamps of a state as MessagePack. A context that says no more than the dots is left out."""
    dots = sorted(state.dots())
    place = {dot: index for index, dot in enumerate(dots)}
    blank = Stamp("", 0)
    stamps = []
    for dot in dots:
        by, at, in_doubt, received = state.stamps.get(dot, blank)
        stamps.append((dot.replica, dot.counter, by, at, int(in_doubt), received))
    registers = {}
    for name, register in sorted(state.registers.items()):
        heads = [(place[s.dot], msgspec.Raw(s.value)) for s in sorted(register.siblings)]
        context = () if register.context == _joined(register.dots) else register.context
        registers[name] = (int(register.reach), heads, context)
    return _encoder.encode((stamps, registers))


def unpack(kind: str, id: str, packed: bytes) -> State:
    """The state of its packed form. Raises ValueError if it is none."""
    try:
        body = _decoder.decode(packed)
        dots = [Dot(stamp[0], stamp[1]) for stamp in body.stamps]
        stamps = {dot: Stamp(s[2], s[3], bool(s[4]), s[5]) for dot, s in zip(dots, body.stamps, strict=True)}
        registers = {}
        for name, (reach, heads, context) in body.registers.items():
            siblings = frozenset(Sibling(dots[index], bytes(value)) for index, value in heads)
            known = tuple(context) or _joined(s.dot for s in siblings)
            registers[name] = Register(siblings, known, Visibility(reach))
    except (msgspec.DecodeError, IndexError, ValueError) as reason:
        raise ValueError("not a record's state") from reason
    return State(kind, id, registers, stamps)


# --- most records, when they first arrive -----------------------------------------------------------------------------


class Simple(NamedTuple):
    """A record of which every field has one value and no past, as most are when they first arrive; it says the same as its `whole`.

    `names` ascend, with the class and the value of each, and the place in `dots` of the save that wrote it; `dots` ascend, each
    wrote something and has its stamp.
    """

    kind: str
    id: str
    names: tuple[str, ...]
    reaches: tuple[Visibility, ...]
    values: tuple[Value, ...]
    owners: tuple[int, ...]
    dots: tuple[Dot, ...]
    stamps: tuple[Stamp, ...]

    def whole(self) -> State:
        """The same as a state."""
        fields = zip(self.names, self.reaches, self.values, self.owners, strict=True)
        registers = {name: first(self.dots[owner], value, reach) for name, reach, value, owner in fields}
        return State(self.kind, self.id, registers, dict(zip(self.dots, self.stamps, strict=True)))

    def packed(self) -> bytes:
        """What `pack` makes of its `whole`."""
        stamps = [
            (*dot, by, at, int(doubt), got) for dot, (by, at, doubt, got) in zip(self.dots, self.stamps, strict=True)
        ]
        fields = zip(self.names, self.reaches, self.values, self.owners, strict=True)
        registers = {name: (reach, ((owner, msgspec.Raw(value)),), ()) for name, reach, value, owner in fields}
        return _encoder.encode((stamps, registers))


def whole(one: State | Simple) -> State:
    """A record's state, however it came."""
    return one.whole() if isinstance(one, Simple) else one
