"""What is here already, as far as an import has to know it: people, sites, mentorships, sessions, by the words people call them.

Read from the store once, before the rows are looked at. What a table names and nobody knows is planned here, to be made with the rows.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.fields import Ref
from mentorapp.i18n import N_
from mentorapp.records import BY_KIND, Mentorship, Person, Record, Site
from mentorapp.services.importing.values import digits, folded
from mentorapp.services.people import USUAL_CADENCE
from mentorapp.services.workspace import Workspace

Key = tuple[str, str]
"""A kind, and the folded words by which somebody called one of it that is not here yet."""

_ID = re.compile(r"[0-9a-f]{32}")


class Somebody(NamedTuple):
    """A person as the import knows one; `row` is where in the file, for those it is about to make."""

    id: str
    name: str
    phone: str
    email: str
    row: int = 0


@dataclass(eq=False)
class Known:
    """Everything that a row may mean. `made` are the records planned for what is not here; `needs` those of the row looked at."""

    me: str
    today: date
    make_missing: bool = True
    here: dict[str, bool] = field(default_factory=dict)
    rows_before: dict[bytes, str] = field(default_factory=dict)
    sessions: set[tuple[str, str]] = field(default_factory=set)
    made: dict[Key, tuple[Record, ...]] = field(default_factory=dict)
    needs: list[Key] = field(default_factory=list)
    people: dict[str, list[Somebody]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[str, Somebody] = field(default_factory=dict)
    begins: dict[str, list[Somebody]] = field(default_factory=lambda: defaultdict(list))
    sites: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pairs: dict[tuple[str, ...], list[str]] = field(default_factory=lambda: defaultdict(list))
    called: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    # --- what is here -------------------------------------------------------------------------------------------------

    def add_person(self, one: Somebody) -> None:
        """Know one more."""
        name = folded(one.name)
        self.people[name].append(one)
        for way in filter(None, (_number(one.phone), one.email.casefold())):
            self.reached.setdefault(way, one)
        for token in {part[:3] for part in name.split()}:
            self.begins[token].append(one)

    def alike(self, name: str, phone: str, email: str) -> tuple[Somebody | None, bool]:
        """Who this may be, and whether it surely is: the same name, and nothing that says otherwise."""
        same = self.people.get(folded(name), [])
        for one in same:
            apart = _number(phone) and _number(one.phone) and _number(phone) != _number(one.phone)
            if not apart:
                return one, True
        by_way = next(filter(None, map(self.reached.get, filter(None, (_number(phone), email.casefold())))), None)
        if same or by_way:
            return (same[0] if same else by_way), False
        return self._nearly(name), False

    def _nearly(self, name: str) -> Somebody | None:
        from rapidfuzz import fuzz, process

        plain = folded(name)
        near = [one for token in {part[:3] for part in plain.split()} for one in self.begins.get(token, ())[:400]]
        names = [folded(one.name) for one in near]
        best = process.extractOne(plain, names, scorer=fuzz.token_sort_ratio, score_cutoff=90) if names else None
        return near[best[2]] if best else None

    # --- what a row names ---------------------------------------------------------------------------------------------

    def find(self, to: Ref, words: str) -> str:
        """The id of what a cell names; of what is not here yet, the one that it will have. Raises UserError if it cannot be told."""
        plain = words.strip()
        if _ID.fullmatch(plain):
            return plain
        find = {"person": self.person, "site": self.site, "mentorship": self.pair_called}.get(to.to)
        if find is None:
            raise UserError(N_("“{words}” is no id. Write the id from an export, or leave it empty."), words=plain[:60])
        return find(plain)

    def person(self, name: str) -> str:
        """Somebody by name, by telephone or by address."""
        if _ID.fullmatch(name):
            return name
        found = {one.id for one in self.people.get(folded(name), ())}
        way = self.reached.get(_number(name) or name.casefold())
        if not found and way:
            found = {way.id}
        if len(found) > 1:
            # A mentor who is called as her mentee is hardly the one meant.
            found -= {self.me}
        if len(found) > 1:
            raise UserError(
                N_(
                    "Several people here are called “{name}”. Write the telephone number or the id of the one you mean."
                ),
                name=name,
            )
        return (
            found.pop()
            if found
            else self._make("person", name, lambda id: (Person(id=id, name=name, status="active"),))
        )

    def site(self, name: str) -> str:
        """A place by its name or its code."""
        found = self.sites.get(folded(name), set())
        if len(found) > 1:
            raise UserError(
                N_("Several sites here are called “{name}”. Write the code or the id of the one you mean."), name=name
            )
        if found:
            return next(iter(found))
        return self._make("site", name, lambda id: (Site(id=id, name=name, status="active"),))

    def pair_called(self, name: str) -> str:
        """A mentorship by the name of its group, or of its mentee."""
        found = self.called.get(folded(name), set())
        if len(found) == 1:
            return next(iter(found))
        return self.pair((self.person(name),), None, self.today)

    def pair(self, mentees: tuple[str, ...], site: str | None, day: date) -> str:
        """The mentorship with just these mentees, one to one or a group; begun on the day of its first session if it is new."""
        key = tuple(sorted(set(mentees)))
        found = self.pairs.get(key)
        if found:
            return found[0]
        words = "\x1f".join(key)
        id = self._make("mentorship", words, lambda id: (self.beginning(id, key, site, day),))
        begun = self.made["mentorship", words][0]
        if isinstance(begun, Mentorship) and begun.starts and day < begun.starts:
            self.made["mentorship", words] = (replace(begun, starts=day),)
        return id

    def beginning(self, id: str, mentees: tuple[str, ...], site: str | None, day: date) -> Mentorship:
        """A new mentorship of mine."""
        return Mentorship(
            id=id,
            type="one_to_one" if len(mentees) == 1 else "group",
            mentors=(self.me,),
            mentees=mentees,
            status="active",
            starts=day,
            cadence=USUAL_CADENCE,
            site=site,
        )

    def _make(self, kind: str, words: str, made) -> str:  # type: ignore[no-untyped-def]
        key = (kind, folded(words) or words)
        if not self.make_missing and kind != "mentorship":
            raise UserError(
                N_("“{name}” is not here yet. Add it first, or let it be made with the import."), name=words[:60]
            )
        if kind == "mentorship":
            key = (kind, words)
        if key not in self.made:
            self.made[key] = made(new_id())
        if key not in self.needs:
            self.needs.append(key)
        return self.made[key][0].id


def _number(phone: str) -> str:
    """The last digits of a telephone number, which are the same with and without the country's; "" if it is none."""
    found = "".join(c for c in digits(phone) if c.isdigit())
    return found[-8:] if len(found) >= 7 and not any(c.isalpha() for c in phone) else ""


def known(workspace: Workspace, kind: str, *, make_missing: bool = True) -> Known:
    """What is here, read in one go."""
    from mentorapp.clock import day_of

    rows = workspace.store.rows
    found = Known(workspace.me, day_of(workspace.clock.now()), make_missing)
    for one in rows("SELECT id, name, phone, email FROM person WHERE voided = 0 ORDER BY scope = 'office/', id"):
        found.add_person(Somebody(*one))
    for id, *called in rows("SELECT id, name, code, facility_code, dhis2_uid FROM site WHERE voided = 0"):
        for words in filter(None, called):
            found.sites[folded(words)].add(id)
    _pairs(found, rows("SELECT id, name, mentors, mentees, status FROM mentorship WHERE voided = 0 ORDER BY id DESC"))
    if kind == "session":
        met = rows("SELECT mentorship, coalesce(started, planned_start) FROM session WHERE voided = 0")
        found.sessions = {(pair or "", at or "") for pair, at in met}
    found.here = {id: bool(voided) for id, voided in rows(f"SELECT id, voided FROM {BY_KIND[kind].kind}")}
    found.rows_before = workspace.store.imported_rows(kind)
    return found


def _pairs(found: Known, rows: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Mine that go on come first: a session in a table is most likely of one of those."""
    names = {one.id: one.name for some in found.people.values() for one in some}
    ordered = sorted(rows, key=lambda row: (found.me not in json.loads(row[2]), row[4] != "active"))
    for id, name, _mentors, mentees, _status in ordered:
        who = tuple(sorted(json.loads(mentees)))
        found.pairs[who].append(id)
        if name:
            found.called[folded(name)].add(id)
        for one in who if len(who) == 1 else ():
            if one in names:
                found.called[folded(names[one])].add(id)
