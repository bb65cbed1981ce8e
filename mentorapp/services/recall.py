"""What a mentor needs to see: today, everyone, and with one person what happened since they last met. Reads only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from mentorapp.records import ActionItem, Attachment, Goal, Mentorship, Person, Session, Site
from mentorapp.rules import OPEN_PROMISES
from mentorapp.services import agreements, sameness
from mentorapp.services.goals import as_measured
from mentorapp.services.people import USUAL_CADENCE
from mentorapp.services.sessions import read_draft
from mentorapp.services.workspace import Workspace

_OPEN = "status IN ('open', 'in_progress', 'blocked')"


_MOST_TODAY = 60
# Of each kind, more than anybody can do in a day.


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Whom a mentorship is with: the words to call it by, its site, and whether it is a group."""

    mentorship: str
    name: str
    people: tuple[str, ...]
    site: str = ""
    group: bool = False


@dataclass(frozen=True, kw_only=True)
class MenteeRow:
    """One line of the list of mentees. `quiet` is the days since the last session once they exceed the cadence.

    Of a group, `person` is empty and `people` says how many are in it.
    """

    person: str
    mentorship: str
    name: str
    role: str
    site: str
    last: datetime | None
    next: datetime | None
    open_promises: int
    overdue: int
    quiet: int | None
    cadence: int
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session in a list or calendar."""

    session: Session
    pair: Pair
    open_promises: int = 0
    overdue: int = 0


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """One promise in a list; `days` to its due date, negative when late."""

    item: ActionItem
    pair: Pair
    days: int | None


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """Something still to finish."""

    id: str
    pair: Pair
    kept_at: datetime
    words: int
    editing: bool


@dataclass(frozen=True, kw_only=True)
class Today:
    """The first screen: sessions of today and the coming week, promises due, drafts, and who has been quiet."""

    now: datetime
    sessions: tuple[SessionRow, ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    drafts: tuple[DraftRow, ...] = ()
    quiet: tuple[MenteeRow, ...] = ()
    mentees: int = 0
    reviews: tuple[tuple[agreements.Review, Pair], ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenteeView:
    """Everything about one mentee, what happened since the last session first. `also` are who was taken together with this person.

    `sessions` are those with this person alone, `group_sessions` those of the `groups` that this person came to, or that are planned.
    `made` is the day on which each goal and file was written down.
    """

    person: Person
    mentorship: Mentorship | None
    site: Site | None
    last: Session | None
    next: Session | None
    met: int
    since: datetime | None
    promises: tuple[PromiseRow, ...]
    goals: tuple[Goal, ...]
    useful: str
    first_question: str
    sessions: tuple[Session, ...]
    files: tuple[Attachment, ...] = ()
    groups: tuple[Pair, ...] = ()
    all_goals: tuple[Goal, ...] = field(default=())
    also: tuple[Person, ...] = ()
    group_sessions: tuple[Session, ...] = ()
    made: Mapping[str, date] = field(default_factory=dict)


def pairs(workspace: Workspace, only: Iterable[str] | None = None) -> dict[str, Pair]:
    """Each mentorship by its id (or just `only` these), with the name to call it by."""
    wanted = None if only is None else [id for id in set(only) if id]
    where = "" if wanted is None else f" AND m.id IN ({', '.join('?' * len(wanted))})"
    rows = workspace.store.rows(
        "SELECT m.id, m.name, m.type, coalesce(s.name, ''), p.id, coalesce(p.name, '') FROM mentorship m "
        "LEFT JOIN site s ON s.id = m.site LEFT JOIN json_each(m.mentees) j LEFT JOIN person p ON p.id = j.value "
        f"WHERE m.voided = 0{where} ORDER BY m.id, p.name",
        wanted or (),
    )
    found: dict[str, Pair] = {}
    same, kept_names = _same_and_names(workspace)
    for id, name, kind, site, written, written_name in rows:
        known = found.get(id) or Pair(mentorship=id, name=name, people=(), site=site, group=kind == "group")
        person = written and same.one(written)
        person_name = kept_names.get(written, written_name)
        if person and person not in known.people:  # One whose name has not arrived yet is not named.
            called = name or ", ".join(filter(None, (known.name, person_name)))
            known = replace(known, people=(*known.people, person), name=called)
        found[id] = known
    return found


def _same_and_names(workspace: Workspace) -> tuple[sameness.Same, dict[str, str]]:
    """Who is the same as whom, and of those whom another stands for, the name of that other."""
    same = sameness.same(workspace)
    kept = set(same.ends.values())
    marks = ", ".join("?" * len(kept))
    names = dict(workspace.store.rows(f"SELECT id, name FROM person WHERE id IN ({marks})", kept)) if kept else {}
    return same, {id: names[end] for id, end in same.ends.items() if end in names}


def _nobody(mentorship: str | None) -> Pair:
    return Pair(mentorship=mentorship or "", name=tr("Somebody whose name has not arrived yet"), people=())


def _start_of(day: date) -> datetime:
    """The first moment of a day on this laptop's clock."""
    return datetime.combine(day, time()).astimezone(UTC)


def mentees(workspace: Workspace, which: str = "now") -> list[MenteeRow]:
    """Everyone I mentor one to one or with others, by name; or whom I did `earlier` (on hold, ended, handed over); or the `groups`."""
    now = workspace.clock.now()
    store, today = workspace.store, day_of(now)
    last = dict(
        store.rows("SELECT mentorship, max(started) FROM session WHERE status = 'held' AND voided = 0 GROUP BY 1")
    )
    coming = dict(
        store.rows(
            "SELECT mentorship, min(planned_start) FROM session "
            "WHERE status = 'planned' AND voided = 0 AND planned_start >= ? GROUP BY 1",
            (_moment(_start_of(today)),),
        )
    )
    promised = {
        row[0]: row[1:]
        for row in store.rows(
            f"SELECT mentorship, count(*), sum(due < ?) FROM action_item WHERE {_OPEN} AND voided = 0 GROUP BY 1",
            (today.isoformat(),),
        )
    }
    rows = store.rows(*_listed(workspace, which))
    found = []
    for person, name, role, mentorship, cadence, site, starts, many in rows:
        met = _read(last.get(mentorship))
        norm = cadence or USUAL_CADENCE
        since = day_of(met) if met else date.fromisoformat(starts) if starts else today
        days = (today - since).days
        open_promises, overdue = promised.get(mentorship, (0, 0))
        found.append(
            MenteeRow(
                person=person,
                mentorship=mentorship,
                name=name,
                role=role,
                site=site,
                last=met,
                next=_read(coming.get(mentorship)),
                open_promises=open_promises,
                overdue=overdue or 0,
                quiet=days if days > norm and which != "earlier" else None,
                cadence=norm,
                people=many,
            )
        )
    if which == "groups":
        return found
    if which == "earlier":
        with_me = {person for person, *_ in store.rows(*_listed(workspace, "now"))}
        found = [row for row in found if row.person not in with_me]
    return _each_once(workspace, found)


def _listed(workspace: Workspace, which: str) -> tuple[str, tuple[str, ...]]:
    """The question for one of the lists of people, and what it asks about."""
    me = json.dumps(workspace.me)
    under_way = f"({_MINE} AND m.status IN ('active', 'proposed'))"
    site = "LEFT JOIN site s ON s.id = m.site"
    if which == "groups":
        group = (
            "SELECT '', m.name, '', m.id, m.cadence, coalesce(s.name, ''), m.starts, json_array_length(m.mentees) "
            f"FROM mentorship m {site} WHERE m.voided = 0 AND m.type = 'group' AND {under_way} ORDER BY m.name COLLATE NOCASE"
        )
        return group, (me, me)
    everyone = (
        "SELECT p.id, p.name, p.role, m.id, m.cadence, coalesce(s.name, ''), m.starts, 0 FROM mentorship m "
        f"JOIN json_each(m.mentees) j JOIN person p ON p.id = j.value {site} "
        "WHERE m.voided = 0 AND p.voided = 0 AND coalesce(m.type, '') <> 'group'"
    )
    those = under_way if which == "now" else f"NOT {under_way}"
    return f"{everyone} AND {those} ORDER BY p.name COLLATE NOCASE", (me, me)


_MINE = "(instr(m.mentors, ?) > 0 OR instr(m.earlier_mentors, ?) = 0)"
# What I handed over is no longer mine, although its records may still be here until the next exchange.


def _each_once(workspace: Workspace, rows: list[MenteeRow]) -> list[MenteeRow]:
    """Everyone on one line, whoever was taken together under the name that is kept."""
    same, names = _same_and_names(workspace)
    found: dict[str, MenteeRow] = {}
    for row in rows:
        if row.person in same.ends:
            row = replace(row, person=same.one(row.person), name=names.get(row.person, row.name))
        known = found.get(row.person)
        found[row.person] = _joined(known, row) if known else row
    return sorted(found.values(), key=lambda row: row.name.casefold()) if same.ends else list(found.values())


def _joined(one: MenteeRow, other: MenteeRow) -> MenteeRow:
    """Two mentorships with one person as one line: the one in which they met last opens, the promises of both count."""
    first, second = (one, other) if (one.last or _NEVER) >= (other.last or _NEVER) else (other, one)
    quiet = None if first.quiet is None or second.quiet is None else min(first.quiet, second.quiet)
    return replace(
        first,
        role=first.role or second.role,
        site=first.site or second.site,
        next=min(filter(None, (first.next, second.next)), default=None),
        open_promises=first.open_promises + second.open_promises,
        overdue=first.overdue + second.overdue,
        quiet=quiet,
    )


_NEVER = datetime(1, 1, 2, tzinfo=UTC)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def today(workspace: Workspace) -> Today:
    """What the day holds. Sessions up to a week ahead, and those planned in the last week that nobody settled."""
    now = workspace.clock.now()
    day = day_of(now)
    start, end = _start_of(day - timedelta(days=7)), _start_of(day + timedelta(days=7))
    begin = _start_of(day)
    within = "status = 'planned' AND planned_start >= ? AND planned_start < ?"
    # What nobody settled must not push what is to come out of sight: each has its own limit.
    past = workspace.store.find(
        Session, within, (_moment(start), _moment(begin)), order="planned_start DESC", limit=_MOST_TODAY
    )
    coming = workspace.store.find(
        Session, within, (_moment(begin), _moment(end)), order="planned_start", limit=_MOST_TODAY
    )
    planned = [*reversed(past), *coming]
    due = workspace.store.find(
        ActionItem,
        f"{_OPEN} AND due IS NOT NULL AND due <= ?",
        ((day + timedelta(days=7)).isoformat(),),
        order="due",
        limit=2 * _MOST_TODAY,
    )
    everyone = mentees(workspace)
    quiet = sorted((row for row in everyone if row.quiet and not row.next), key=lambda row: -(row.quiet or 0))
    ids = [s.mentorship or "" for s in planned] + [p.mentorship or "" for p in due]
    kept = workspace.store.drafts()
    named = pairs(workspace, [*ids, *(d.about for d in kept)])
    counts = {row.mentorship: row for row in everyone}
    reviews = agreements.to_review(workspace, until=day, limit=5)
    named |= pairs(workspace, [each.mentorship for each in reviews])
    return Today(
        now=now,
        sessions=tuple(_session_row(s, named, counts) for s in planned),
        promises=tuple(_promise_row(item, named, day) for item in due),
        drafts=tuple(_draft_row(d, named) for d in kept if d.kind == "session"),
        quiet=tuple(quiet[:5]),
        mentees=len(everyone),
        reviews=tuple((each, named.get(each.mentorship) or _nobody(each.mentorship)) for each in reviews),
    )


def _session_row(session: Session, named: dict[str, Pair], counts: dict[str, MenteeRow]) -> SessionRow:
    known = counts.get(session.mentorship or "")
    pair = named.get(session.mentorship or "") or _nobody(session.mentorship)
    return SessionRow(
        session=session,
        pair=pair,
        open_promises=known.open_promises if known else 0,
        overdue=known.overdue if known else 0,
    )


def _promise_row(item: ActionItem, named: dict[str, Pair], day: date) -> PromiseRow:
    pair = named.get(item.mentorship or "") or _nobody(item.mentorship)
    return PromiseRow(item=item, pair=pair, days=(item.due - day).days if item.due else None)


def _draft_row(draft: Any, named: dict[str, Pair]) -> DraftRow:
    content = read_draft(draft)
    written = " ".join((content.session.notes, content.session.strengths, content.session.improve, content.reflection))
    return DraftRow(
        id=draft.id,
        pair=named.get(draft.about) or _nobody(draft.about),
        kept_at=datetime.fromisoformat(draft.kept_at),
        words=len(written.split()),
        editing=content.before is not None and content.before.status == "held",
    )


def mentee(workspace: Workspace, person: str) -> MenteeView:
    """Everything about one mentee. Raises UserError if this person is not on this laptop."""
    store = workspace.store
    everyone = sameness.same(workspace).all_of(person)
    person = everyone[0]
    somebody = store.get(Person, person)
    all_of = store.find(
        Mentorship,
        f"EXISTS (SELECT 1 FROM json_each(mentees) WHERE value IN ({', '.join('?' * len(everyone))}))",
        everyone,
        order="type = 'group', status <> 'active', starts DESC",
    )
    own = [m for m in all_of if m.type != "group"]
    chosen = own[0] if own else all_of[0] if all_of else None
    ids = [m.id for m in own] or [m.id for m in all_of[:1]]
    theirs = f"mentorship IN ({', '.join('?' * len(ids))})"
    day = day_of(workspace.clock.now())
    sessions = store.find(Session, theirs, ids, order="coalesce(started, planned_start) DESC")
    held = [s for s in sessions if s.status == "held"]
    last = held[0] if held else None
    planned = [s for s in sessions if s.status == "planned" and s.planned_start and day_of(s.planned_start) >= day]
    items = store.find(
        ActionItem, f"{theirs} AND ({_OPEN} OR settled_on >= ?)", (*ids, _since(last)), order="due IS NULL, due, id"
    )
    goals = tuple(as_measured(workspace, store.find(Goal, theirs, ids, order="status <> 'active', due IS NULL, due")))
    named = {id: Pair(mentorship=id, name=somebody.name, people=(person,)) for id in ids}
    promises = tuple(_promise_row(item, named, day) for item in _most_pressing(items, day))
    useful = next((s.useful for s in held if s.useful), "")
    known = pairs(workspace, [m.id for m in all_of if m.id not in ids])
    also = (store.seek(Person, id) for id in everyone[1:])
    together = store.find(
        Session,
        f"mentorship IN ({', '.join('?' * len(known))}) AND (status = 'planned' OR attendees = '[]' OR "
        f"EXISTS (SELECT 1 FROM json_each(attendees) WHERE value IN ({', '.join('?' * len(everyone))})))",
        (*known, *everyone),
        order="coalesce(started, planned_start) DESC",
        limit=100,
    )
    return MenteeView(
        person=somebody,
        mentorship=chosen,
        site=store.seek(Site, chosen.site) if chosen else None,
        last=last,
        next=planned[-1] if planned else None,
        met=len(held),
        since=held[-1].started if held else None,
        promises=promises,
        goals=tuple(g for g in goals if g.status == "active"),
        useful=useful,
        first_question=first_question(promises, goals, useful),
        sessions=tuple(sessions),
        files=tuple(store.find(Attachment, theirs, ids, order="id DESC")),
        groups=tuple(known.values()),
        all_goals=goals,
        also=tuple(one for one in also if one),
        group_sessions=tuple(together) if known else (),
        made=_made(workspace, theirs, ids),
    )


def _made(workspace: Workspace, theirs: str, ids: Sequence[str]) -> dict[str, date]:
    """On which day goals, files, and sessions without a time were written down."""
    parts = (
        f"SELECT id, created FROM goal WHERE {theirs}",
        f"SELECT id, created FROM attachment WHERE {theirs}",
        f"SELECT id, created FROM session WHERE {theirs} AND started IS NULL AND planned_start IS NULL",
    )
    rows = workspace.store.rows(" UNION ALL ".join(parts), (*ids, *ids, *ids))
    return {id: day_of(datetime.fromisoformat(created)) for id, created in rows if created}


def _since(last: Session | None) -> str:
    return day_of(last.started).isoformat() if last and last.started else "0000"


def _most_pressing(items: list[ActionItem], day: date) -> list[ActionItem]:
    def key(item: ActionItem) -> tuple[int, date]:
        open_ = item.status in OPEN_PROMISES
        late = bool(item.due and item.due < day)
        return (0 if open_ and late else 1 if open_ else 2, item.due or date.max)

    return sorted(items, key=key)


def first_question(promises: tuple[PromiseRow, ...], goals: tuple[Goal, ...], useful: str) -> str:
    """A question to begin with, from what was said last: about the mentee's own words, then a promise, then a goal."""
    if useful:
        return tr("Last time this stayed with you: “{words}” What came of it?", words=_short(useful))
    theirs = next((p for p in promises if p.item.owner == "mentee" and p.item.status in OPEN_PROMISES), None)
    if theirs:
        return tr("You wanted to do this: “{promise}” How did it go?", promise=_short(theirs.item.text))
    active = next((g for g in goals if g.status == "active"), None)
    if active:
        return tr("Where are you now with “{goal}”?", goal=_short(active.statement))
    return tr("What has been on your mind since we met?")


def _short(words: str, most: int = 90) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"


def open_promises(workspace: Workspace, mentorship: str) -> list[ActionItem]:
    """What is open in a mentorship, the most pressing first: what the check-in goes through."""
    items = workspace.store.find(ActionItem, f"mentorship = ? AND {_OPEN}", (mentorship,))
    return _most_pressing(items, day_of(workspace.clock.now()))


def last_session(workspace: Workspace, mentorship: str, *, before: str = "") -> Session | None:
    """The last session held in a mentorship, other than the one named `before`."""
    found = workspace.store.find(
        Session, "mentorship = ? AND status = 'held' AND id <> ?", (mentorship, before), order="started DESC", limit=1
    )
    return found[0] if found else None


def sessions_between(workspace: Workspace, first: date, last: date) -> list[SessionRow]:
    """The sessions of these days (both included), in the order of the clock."""
    when = "coalesce(started, planned_start)"
    found = workspace.store.find(
        Session,
        f"{when} >= ? AND {when} < ?",
        (_moment(_start_of(first)), _moment(_start_of(last + timedelta(days=1)))),
        order=when,
    )
    named = pairs(workspace, [s.mentorship or "" for s in found])
    return [_session_row(s, named, {}) for s in found]


def sessions(workspace: Workspace, *, limit: int = -1) -> list[SessionRow]:
    """Every session, the latest first."""
    found = workspace.store.find(Session, order="coalesce(started, planned_start) DESC", limit=limit)
    named = pairs(workspace)
    return [_session_row(s, named, {}) for s in found]
