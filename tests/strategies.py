"""Hypothesis strategies derived from the declarations: values of any field, records of any kind, histories of registers.

The profile is quick and repeatable; MENTOR_DEEP=1 asks for a long and random one.
"""

import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.fields import (
    Answers,
    Choice,
    Count,
    Day,
    Field,
    Flag,
    Many,
    Moment,
    Ref,
    Text,
    Visibility,
    cleaned,
    fields_of,
)
from mentorapp.records import ALL, Record
from mentorapp.registers import Dot, Register, Stamp, State

R = TypeVar("R", bound=Record)

DEEP = bool(os.environ.get("MENTOR_DEEP"))
"""Whether the long proofs are run."""

_UNHURRIED = {"deadline": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", max_examples=60, derandomize=True, database=None, **_UNHURRIED)
settings.register_profile("deep", max_examples=2000, **_UNHURRIED)
settings.load_profile("deep" if DEEP else "quick")


def times(quick: int) -> int:
    """How many examples: so many in the quick profile, many more in the deep one."""
    return quick * 40 if DEEP else quick


# --- values -----------------------------------------------------------------------------------------------------------

ids = st.uuids().map(lambda id: id.hex)
"""Ids of records."""

wild = st.text(st.characters(codec=None), max_size=40)
"""Any text at all: control characters, lone surrogates, right-to-left marks."""

prose = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40).map(cleaned)
"""Text as it is kept: without control characters, composed."""

moments = st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
"""Moments that can be kept."""

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
"""Days that can be kept."""


def _texts(field: Text) -> st.SearchStrategy[str]:
    lines = st.lists(prose, max_size=3).map("\n".join) if field.long else prose
    return lines.map(lambda text: unicodedata.normalize("NFC", text)[: field.most])


def _answers(field: Answers) -> st.SearchStrategy[str]:
    plain = st.dictionaries(prose, st.one_of(prose, st.integers(-(2**53), 2**53), st.booleans()), max_size=3)
    written = plain.map(lambda body: json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    return st.one_of(st.just(""), written)


def _sets(field: Many) -> st.SearchStrategy[tuple[str, ...]]:
    items = values(field.of).filter(lambda item: item is not None)
    return st.lists(items, max_size=4).map(lambda some: tuple(sorted(set(some))))


VALUES: Mapping[type[Field], Callable[[Any], st.SearchStrategy[Any]]] = {
    Text: _texts,
    Count: lambda field: st.one_of(st.none(), st.integers(field.least, field.most)),
    Day: lambda field: st.one_of(st.none(), days),
    Moment: lambda field: st.one_of(st.none(), moments),
    Choice: lambda field: st.one_of(st.none(), st.sampled_from([o.code for o in field.options])),
    Many: _sets,
    Ref: lambda field: st.one_of(st.none(), ids),
    Flag: lambda field: st.booleans(),
    Answers: _answers,
}
"""For each kind of field, the values that it may have."""


def values(field: Field) -> st.SearchStrategy[Any]:
    """The values that a field may have."""
    return VALUES[type(field)](field)


@st.composite
def _records(draw: st.DrawFn, kind: type[R], fixed: Mapping[str, Any]) -> R:
    fields = {name: field for name, field in fields_of(kind).items() if name not in fixed}
    # A few fields at a time: every field gets its turn over the examples, and an example stays quick and readable.
    filled = draw(st.lists(st.sampled_from(sorted(fields)), max_size=8, unique=True)) if fields else []
    drawn = {name: draw(values(fields[name])) for name in filled}
    return kind(**{"id": draw(ids), **drawn, **fixed})


def records(kind: type[R], **fixed: Any) -> st.SearchStrategy[R]:
    """Records of a kind, but for what is `fixed`: some fields with a value that can be kept, the others empty."""
    return _records(kind, fixed)


any_record: st.SearchStrategy[Record] = st.sampled_from(ALL).flatmap(records)
"""A record of any kind."""


# --- histories --------------------------------------------------------------------------------------------------------


@dataclass
class Laptop:
    """A replica and what it knows of one record: what a store does, without the store."""

    replica: bytes
    state: State
    counter: int = 0
    past: list[State] = field(default_factory=list)

    def save(self, name: str, value: Any, *, at: int) -> Dot:
        """Save a value over all that stands here."""
        self.counter += 1
        dot = Dot(self.replica, self.counter)
        fresh = registers.assign(self.state.registers.get(name), dot, msgspec.msgpack.encode(value))
        stamps = {**self.state.stamps, dot: Stamp(self.replica.hex()[:4], at)}
        self._become(replace(self.state, registers={**self.state.registers, name: fresh}, stamps=stamps))
        return dot

    def meet(self, theirs: State) -> None:
        """Take in what somebody else knows."""
        self._become(registers.join_states(self.state, theirs))

    def _become(self, state: State) -> None:
        self.past.append(self.state)
        self.state = registers.trimmed(state)


NAMES = ("notes", "place", "topics")
steps = st.lists(
    st.tuples(
        st.sampled_from(("save", "save", "meet", "old")),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(NAMES),
        st.integers(0, 3),
        st.integers(-(10**9), 10**9),
    ),
    max_size=14,
)


def laptops(n: int = 4, *, names: int = 0) -> list[Laptop]:
    """So many laptops that know nothing yet; `names` fewer names than laptops make clones of them."""
    return [Laptop(bytes([i % (names or n)]) * 8, State("session", "s")) for i in range(n)]


def play(script: list[tuple[Any, ...]], some: list[Laptop]) -> list[Laptop]:
    """Play a script of saves and meetings, also with what somebody knew long ago."""
    for step, one, other, name, value, at in script:
        me, them = some[one % len(some)], some[other % len(some)]
        if step == "save":
            me.save(name, [str(value)] if name == "topics" else str(value), at=at)
        elif step == "meet":
            me.meet(them.state)
        elif them.past:
            me.meet(them.past[value % len(them.past)])
    return some


def states(*, clones: bool = False) -> st.SearchStrategy[list[State]]:
    """Everything that four laptops knew of one record at any time of a history; with clones, two share a name and a counter."""

    def everything(script: list[tuple[Any, ...]]) -> list[State]:
        try:
            some = play(script, laptops(4, names=3 if clones else 4))
        except ValueError:
            return [State("session", "s")]  # A clone met itself: the store takes a new name before it comes to this.
        return [state for laptop in some for state in (*laptop.past, laptop.state)]

    return steps.map(everything)


def registers_of(*, clones: bool = False) -> st.SearchStrategy[list[Register]]:
    """Every register that a field had, anywhere, at any time of a history."""
    return states(clones=clones).map(lambda some: [s.registers["notes"] for s in some if "notes" in s.registers])


def plain_register(value: Any, *, at: int = 1) -> tuple[Register, dict[Dot, Stamp]]:
    """A register with one value, and its stamp."""
    dot = Dot(b"r" * 8, at)
    return registers.first(dot, msgspec.msgpack.encode(value), Visibility.pair), {dot: Stamp("me", at)}
