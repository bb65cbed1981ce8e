"""Who may read and write what: the only place that decides it, on push as on pull.

A record is in one scope. A caller holds scopes (or whole families of them) from a class of reader upwards, with or without the right to
write. Grants follow from the records: a mentorship's mentors hold the mentorship and its mentees. Pure: it knows no database.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from mentorapp.fields import Visibility
from mentorapp.registers import State
from sync.protocol import BROKEN, Verdict

OFFICE = "office/"
_SCOPE = re.compile(r"(programme|person|mentorship|private)/([0-9A-Za-z_-]{1,64})")
_CLAIMED_BY_CREATOR = ("programme/*", "person/*", "mentorship/*")


class Grant(NamedTuple):
    """A scope, or a family such as `person/*`, from class `least` upwards, since commit `seq`."""

    scope: str
    least: Visibility
    write: bool
    seq: int = 0


MENTOR, COORDINATOR, MANAGER, HUB = "mentor", "coordinator", "manager", "hub"
ROLES = (MENTOR, COORDINATOR, MANAGER, HUB)

_pair, _office, _programme = Visibility.pair, Visibility.office, Visibility.programme
_EVERYBODY = (Grant(OFFICE, _pair, True), Grant("programme/*", _pair, False))
_BY_ROLE = {
    MENTOR: (),
    COORDINATOR: (
        Grant("programme/*", _pair, True),
        Grant("person/*", _office, True),
        Grant("mentorship/*", _office, True),
    ),
    MANAGER: (Grant("person/*", _programme, False), Grant("mentorship/*", _programme, False)),
    # An office's other server: it carries for everybody there what may leave a laptop at all, and decides about nothing.
    HUB: tuple(Grant(f"{one}/*", _pair, True) for one in ("programme", "person", "mentorship", "private")),
}


def born_with(role: str, person: str) -> tuple[Grant, ...]:
    """The grants of somebody who was just enrolled."""
    own = (Grant(f"person/{person}", _pair, True), Grant(f"private/{person}", _pair, True))
    given = {grant.scope: grant for grant in (*_EVERYBODY, *_BY_ROLE[role], *own)}
    return tuple(given.values())


def family(scope: str) -> str:
    """The family of a scope, as a grant of the whole family names it."""
    return OFFICE if scope == OFFICE else scope.split("/")[0] + "/*"


# --- what records say -------------------------------------------------------------------------------------------------


def _words(state: State, name: str) -> list[object]:
    register = state.registers.get(name)
    found: list[object] = []
    for value in sorted(register.values) if register else ():
        try:
            found.append(msgspec.msgpack.decode(value))
        except BROKEN:
            continue  # a value that no version wrote names nobody
    return found


def scope_of(state: State, person: str) -> str:
    """The record's scope: the private one if its siblings differ, else the smallest. "" if it names none that there is.

    What is private without saying whose is the writer's own.
    """
    named = _words(state, "scope")
    known = [scope for one in named if (scope := known_scope(one, person))]
    if not known or len(known) < len(named):
        return ""
    return min(known, key=lambda one: (not one.startswith("private/"), one))


def known_scope(named: object, person: str) -> str:
    """A scope as it is named in a record of this writer's, "" if it is none that there is."""
    scope = f"private/{person}" if named == "private/" else named
    return scope if isinstance(scope, str) and (scope == OFFICE or _SCOPE.fullmatch(scope)) else ""


class Pair(NamedTuple):
    """The people of a mentorship, by the ids of their Person records."""

    mentors: frozenset[str]
    mentees: frozenset[str]


def pair_of(state: State) -> Pair:
    """The people of a mentorship: whoever any standing value names."""

    def named(field: str) -> frozenset[str]:
        lists = [one for one in _words(state, field) if isinstance(one, list)]
        return frozenset(id for one in lists for id in one if isinstance(id, str) and _SCOPE.fullmatch(f"person/{id}"))

    return Pair(named("mentors"), named("mentees"))


# --- what a caller may do ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mandate:
    """What one caller holds now, by scope or family."""

    caller: str
    office: str
    person: str
    grants: Mapping[str, Grant]

    def with_grant(self, grant: Grant) -> "Mandate":
        """The mandate with one grant more; of two for one scope the wider counts."""
        held = self.grants.get(grant.scope)
        if held:
            least, seq = min(held.least, grant.least), held.seq if held.least <= grant.least else grant.seq
            grant = Grant(grant.scope, least, held.write or grant.write, seq)
        return replace(self, grants={**self.grants, grant.scope: grant})

    def of(self, scope: str) -> list[Grant]:
        """The grants that reach a scope."""
        return [self.grants[one] for one in (scope, family(scope)) if one in self.grants]

    def least(self, scope: str) -> Visibility | None:
        """The narrowest class of fields that the caller may read there, None if nothing."""
        return min((grant.least for grant in self.of(scope)), default=None)

    @property
    def relays(self) -> bool:
        """Whether the caller is a server that passes on what others wrote, and has judged it as this one would."""
        return "private/*" in self.grants

    @property
    def coordinates(self) -> bool:
        """Whether the caller decides about what others wrote outside their own scopes."""
        held = self.grants.get("mentorship/*")
        return held is not None and held.write and not self.relays

    def writes(self, scope: str) -> bool:
        """Whether the caller may write there."""
        return any(grant.write for grant in self.of(scope))


def visible(state: State, least: Visibility) -> State | None:
    """The part of a record that a reader of class `least` may see, None if there is none."""
    part = state.only(name for name, register in state.registers.items() if register.reach >= least)
    return part if part.registers else None


class Ruling(NamedTuple):
    """What becomes of one change: taken into `scope` (which the caller now claims, if it is new), refused or held."""

    verdict: Verdict
    scope: str = ""
    reason: str = ""
    claims: tuple[str, ...] = ()


def author_of(state: State) -> str:
    """Who wrote that a record is private without saying whose, "" if nobody did: of what a hub passes on it is not the hub."""
    register = state.registers.get("scope")
    for sibling in sorted(register.siblings) if register else ():
        stamp = state.stamps.get(sibling.dot)
        if stamp and stamp.by and sibling.value == _OWN:
            return stamp.by
    return ""


_OWN = msgspec.msgpack.encode("private/")


def ruled(mandate: Mandate, change: State, joined: State, before: str | None, is_new: Callable[[str], bool]) -> Ruling:
    """Whether a change may be taken in, given what the record would become and the scope it is in (None: unknown here)."""
    if before is None and "scope" not in change.registers:
        return Ruling(Verdict.refused, reason="incomplete")
    after = scope_of(joined, (author_of(joined) if mandate.relays else "") or mandate.person)
    if not after:
        return Ruling(Verdict.refused, reason="unknown_scope")
    claims = []
    for scope in {before or after, after}:
        if mandate.writes(scope):
            continue
        if family(scope) not in _CLAIMED_BY_CREATOR or not is_new(scope):
            return Ruling(Verdict.held, before or after, "outside")
        claims.append(scope)
    if not claims and not _readable(mandate, change, before or after):
        return Ruling(Verdict.held, before or after, "outside_class")
    return Ruling(Verdict.kept, after, claims=tuple(claims))


def _readable(mandate: Mandate, change: State, scope: str) -> bool:
    least = mandate.least(scope)
    return least is not None and all(register.reach >= least for register in change.registers.values())


def opened_scopes(mandate: Mandate, mentees: frozenset[str], is_new: Callable[[str], bool]) -> set[str]:
    """The people's scopes that a mentorship written by this caller may open to its mentors.

    Nobody gains a person through a mentorship whose writer did not hold that person, unless nobody has heard of them yet. What a hub
    passes on was judged where it was let in: it says what that came to (see `Vouches`), and opens nothing by itself.
    """
    if mandate.relays:
        return set()
    scopes = {f"person/{mentee}" for mentee in mentees}
    return {scope for scope in scopes if mandate.writes(scope) or is_new(scope)}
