"""Rows as the records they will become, with what is wrong with each in plain words, and which are here already.

Pure but for what `known` read before. Works in pieces; what a person decides about a row is kept beside it.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from mentorapp import rules
from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.fields import Field
from mentorapp.i18n import N_
from mentorapp.records import BY_KIND, Record, Session
from mentorapp.services.importing import matching as match
from mentorapp.services.importing import values
from mentorapp.services.importing.known import Key, Known, Somebody
from mentorapp.services.importing.reading import Book, Row
from mentorapp.services.importing.values import Reading


@dataclass(frozen=True)
class Plan:
    """What the person said of a table: the kind of its rows, what each column is, which order its dates have, whether what it names
    and is not here is made too, and whether the people in it are mentored by me from now on."""

    kind: str
    matching: tuple[str, ...]
    month_first: bool = False
    make_missing: bool = True
    mentored: bool = True


@dataclass(eq=False)
class Checked:
    """A row looked at: the record it becomes and what comes with it, what is wrong (beside which column), who it may be.

    `here` is the id of what is here already, `like` who it looks like, `twin` the row of this file that says the same. `chosen` is what the person said: take it (True), leave it out
    (False), nothing (None).
    """

    row: Row
    records: tuple[Record, ...] = ()
    needs: tuple[Key, ...] = ()
    problems: tuple[rules.Problem, ...] = ()
    here: str = ""
    same_id: bool = False
    like: Somebody | None = None
    twin: int = 0
    digest: bytes = b""
    chosen: bool | None = None

    @property
    def state(self) -> str:
        """`problem`, `here`, `like` or `ready`."""
        return "problem" if self.problems else "here" if self.here else "like" if self.like else "ready"

    @property
    def taken(self) -> bool:
        """Whether the row is imported."""
        if self.problems or self.same_id:
            return False
        return not self.here if self.chosen is None else self.chosen


@dataclass(eq=False)
class Check:
    """All rows of a table under a plan. `share` is how many are through."""

    book: Book
    plan: Plan
    known: Known
    now: datetime
    rows: list[Checked] = field(default_factory=list)
    met: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fields: Mapping[str, Field] = match.fields(self.plan.kind)
        self._how = Reading(self.plan.month_first, self.known.find)
        self._exported = "id" in self.plan.matching
        self._columns = {name: at for at, name in enumerate(self.plan.matching) if name}
        self._left: Iterator[Row] = iter(self.book.rows)
        self._site: str | None = None
        self.done = False

    @property
    def share(self) -> float:
        """How many rows are through, from 0 to 1."""
        return len(self.rows) / max(len(self.book.rows), 1)

    def more(self, seconds: float = 0.05) -> bool:
        """Look at more rows for about so long; whether all are looked at."""
        until = time.perf_counter() + seconds
        while not self.done and time.perf_counter() < until:
            row = next(self._left, None)
            if row is None:
                self.done = True
            else:
                self.rows.append(self._checked(row))
        return self.done

    def look(self) -> "Check":
        """Look at everything; for scripts."""
        while not self.more(1.0):
            pass
        return self

    def taken(self) -> list[Checked]:
        """The rows that will be imported."""
        return [row for row in self.rows if row.taken]

    def counts(self) -> dict[str, int]:
        """How many rows are in each state, and how many are `taken`."""
        found = dict.fromkeys(("problem", "here", "like", "ready", "taken"), 0)
        for row in self.rows:
            found[row.state] += 1
            found["taken"] += row.taken
        return found

    def missing(self, kind: str) -> list[str]:
        """What is not here yet and will be made with the rows that are taken: the names of people or sites."""
        needed = {key for row in self.rows if row.taken for key in row.needs}
        return [
            str(getattr(made[0], "name", ""))
            for key, made in self.known.made.items()
            if key in needed and key[0] == kind
        ]

    # --- a row --------------------------------------------------------------------------------------------------------

    def _checked(self, row: Row) -> Checked:
        self.known.needs = []
        found, problems = self._values(row)
        record = self._record(row, found, problems)
        one = Checked(row, digest=self._digest(row))
        if record is not None:
            told = {problem.field for problem in problems}
            problems += [each for each in rules.problems(record, self.now) if each.field not in told]
            one.records = (record, *self._with_it(record))
            self._recognise(one, record)
        one.problems, one.needs = tuple(problems), tuple(self.known.needs)
        if isinstance(record, Session) and not record.mentorship and "mentee" not in {each.field for each in problems}:
            said = UserError(N_("Nobody says who this session was with. Write the mentee’s name."))
            one.problems += (rules.Problem("mentee", said),)
        return one

    def _cell(self, row: Row, name: str) -> str:
        at = self._columns.get(name, -1)
        return row.cells[at] if 0 <= at < len(row.cells) else ""

    def _values(self, row: Row) -> tuple[dict[str, Any], list[rules.Problem]]:
        found: dict[str, Any] = {}
        problems: list[rules.Problem] = []
        for name in self._columns:
            field = self._fields.get(name)
            if field is None or name in ("voided", "void_reason", "scope"):
                continue
            cell = self._cell(row, name)
            if name == "started" and cell:
                cell = values.with_time(cell, self._cell(row, "time"))
            try:
                found[name] = values.value(field, cell, self._how)
            except UserError as error:
                problems.append(rules.Problem(name, error))
        return found, problems

    def _record(self, row: Row, found: dict[str, Any], problems: list[rules.Problem]) -> Record | None:
        kind = BY_KIND[self.plan.kind]
        id = self._cell(row, "id").strip()
        try:
            more = self._besides(row, found)
        except UserError as error:
            problems.append(rules.Problem("mentee" if self.plan.kind == "session" else "site", error))
            more = {}
        scope = self._cell(row, "scope") if self.plan.kind == "person" and self._exported else ""
        filled = {**more, **found, "scope": "office/" if scope == "office/" else ""}
        return kind(id=id if len(id) == 32 and id.isalnum() else new_id(), **filled)

    def _besides(self, row: Row, found: dict[str, Any]) -> dict[str, Any]:
        """What a table leaves unsaid, and what its further columns say. A table with ids is taken as it is."""
        kind = self.plan.kind
        if self._exported and not (kind == "session" and "mentee" in self._columns):
            return {}
        self._site = self._site_of(row) if kind == "person" else None
        if kind in ("person", "site"):
            return {} if found.get("status") else {"status": found.pop("status", None) or "active"}
        if kind == "mentorship":
            return self._of_mentorship(found)
        return self._of_session(row, found) if kind == "session" else {}

    def _site_of(self, row: Row) -> str | None:
        site = self._cell(row, "site")
        return self.known.site(site) if site and self.plan.mentored else None

    def _of_mentorship(self, found: dict[str, Any]) -> dict[str, Any]:
        several = len(found.get("mentees") or ()) > 1
        usual: dict[str, Any] = {
            "status": "active",
            "type": "group" if several else "one_to_one",
            "mentors": (self.known.me,),
        }
        return {name: found.pop(name, None) or value for name, value in usual.items()}

    def _of_session(self, row: Row, found: dict[str, Any]) -> dict[str, Any]:
        usual: dict[str, Any] = {"entry": "paper", "status": "held" if found.get("started") else None}
        site = self._cell(row, "site")
        if not found.get("place"):
            usual["place"] = site
        for name in usual:
            usual[name] = found.pop(name, None) or usual[name]
        named = [part.strip() for part in self._cell(row, "mentee").replace("؛", ";").split(";") if part.strip()]
        if named and not found.get("mentorship"):
            found.pop("mentorship", None)
            started = found.get("started") or found.get("planned_start")
            mentees = tuple(self.known.person(name) for name in named)
            place = self.known.site(site) if site and not self.known.pairs.get(tuple(sorted(mentees))) else None
            usual["mentorship"] = self.known.pair(mentees, place, day_of(started) if started else self.known.today)
            usual["attendees"] = tuple(sorted(mentees))
        return usual

    def _with_it(self, record: Record) -> tuple[Record, ...]:
        if self.plan.kind != "person" or not self.plan.mentored or self._exported:
            return ()
        return (self.known.beginning(new_id(), (record.id,), self._site, self.known.today),)

    # --- what is here already -----------------------------------------------------------------------------------------

    def _digest(self, row: Row) -> bytes:
        words = "\x1f".join((self.plan.kind, *row.cells))
        return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=12).digest()

    def _recognise(self, one: Checked, record: Record) -> None:
        before = self.known.here.get(record.id)
        if before is not None:
            if not before:
                one.here, one.same_id = record.id, True
            return
        earlier = self.known.rows_before.get(one.digest)
        if earlier:
            one.here = earlier
        elif not self._exported:
            _SAME.get(self.plan.kind, _no_likeness)(self, one, record)


def _no_likeness(_check: Check, _one: Checked, _record: Any) -> None:
    pass


def _same_person(check: Check, one: Checked, person: Any) -> None:
    if not person.name:
        return
    who, surely = check.known.alike(person.name, person.phone, person.email)
    if who is not None and surely:
        one.here, one.twin = who.id, who.row
    one.like = who
    if not one.here:
        check.known.add_person(Somebody(person.id, person.name, person.phone, person.email, one.row.number))


def _twin(check: Check, one: Checked, key: tuple[str, ...]) -> int:
    """The first row of this file that was about the same, if this is not it."""
    first = check.met.setdefault(key, one.row.number)
    return first if first != one.row.number else 0


def _same_site(check: Check, one: Checked, site: Any) -> None:
    name = values.folded(site.name)
    found = check.known.sites.get(name) if name else None
    one.here = next(iter(found), "") if found else ""
    one.twin = _twin(check, one, ("site", name))
    if name and not found:
        check.known.sites[name].add(site.id)


def _same_mentorship(check: Check, one: Checked, pair: Any) -> None:
    who = tuple(sorted(pair.mentees))
    found = check.known.pairs.get(who)
    one.twin = _twin(check, one, who)
    if found and who:
        one.here = found[0]
    elif who:
        check.known.pairs[who].append(pair.id)


def _same_session(check: Check, one: Checked, session: Any) -> None:
    at = session.started or session.planned_start
    key = (session.mentorship or "", at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z" if at else "")
    one.twin = _twin(check, one, key)
    if at and key in check.known.sessions:
        one.here = session.mentorship or session.id
    elif at:
        check.known.sessions.add(key)


_SAME = {"person": _same_person, "site": _same_site, "mentorship": _same_mentorship, "session": _same_session}
