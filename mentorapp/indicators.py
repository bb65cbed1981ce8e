"""The programme's figures, each a pure function of records: the same on a laptop and wherever else they are counted.

Every figure says in its own words what it counts. What was voided never counts; a share is None where there is nothing to share. They know
no store, no clock and no screen: whoever asks brings the records, the days and, of what no record holds, the moment it came to a server.
Lesson flow, reuse and stories by arc have no records yet and no figure here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple, TypeVar

from mentorapp.clock import day_of
from mentorapp.records import ActionItem, CompetencyRating, Goal, Measurement, Mentorship, Person, Pulse, Session, Site

R = TypeVar("R", ActionItem, CompetencyRating, Goal, Measurement, Mentorship, Pulse, Session)
K = TypeVar("K", bound=Hashable)

USUAL_CADENCE = 30
"""Days between sessions where nobody agreed on another number."""

GRACE = 7
"""Days by which a gap may exceed the cadence before a relationship counts as interrupted."""

FEWEST = 5
"""How many answers there must be before anybody but the one who gave them sees a share."""

LEVELS: Mapping[str, int] = {"none": 1, "limited": 2, "some": 3, "strong": 4}
"""What a level counts as; "x" (not assessed) counts as nothing."""

ITEMS = ("belonging", "trust", "understood", "usefulness", "voice")
"""The items of a pulse."""

OPEN = ("open", "in_progress", "blocked")
"""The states of a promise that is not settled."""


class Period(NamedTuple):
    """From the first day to the last, both included."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.first <= day <= self.last


class Share(NamedTuple):
    """So many out of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share from 0 to 1, None of nothing."""
        return self.part / self.whole if self.whole else None


def standing(records: Iterable[R]) -> list[R]:
    """The records that were not voided."""
    return [record for record in records if not record.voided]


def held(sessions: Iterable[Session], period: Period | None = None) -> list[Session]:
    """The sessions that took place, of a period by the day they started."""
    return [
        s for s in standing(sessions) if s.status == "held" and s.started and (not period or period.holds(_started(s)))
    ]


def _started(session: Session) -> date:
    return day_of(session.started) if session.started else date.min


def _due(session: Session) -> date | None:
    moment = session.planned_start or session.started
    return day_of(moment) if moment else None


# --- time -------------------------------------------------------------------------------------------------------------


def contact_minutes(sessions: Iterable[Session], period: Period | None = None) -> int:
    """Minutes together in sessions that were held. A group meeting counts once."""
    return sum(s.contact_minutes or 0 for s in held(sessions, period))


def travel_minutes(sessions: Iterable[Session], period: Period | None = None) -> int:
    """Minutes on the road for sessions that were held; never part of contact time."""
    return sum(s.travel_minutes or 0 for s in held(sessions, period))


def contact_minutes_by(
    sessions: Iterable[Session], keys: Callable[[Session], Iterable[K]], period: Period | None = None
) -> dict[K, int]:
    """Contact minutes under each key of a session. One of several keys (two mentors, a group's mentees) gets the whole time:
    each had it. So the parts of such a division may add up to more than the whole."""
    found: Counter[K] = Counter()
    for session in held(sessions, period):
        for key in set(keys(session)):
            found[key] += session.contact_minutes or 0
    return dict(found)


def by_mode(session: Session) -> tuple[str, ...]:
    """The key of a session's way of meeting; "" where nobody said."""
    return (session.mode or "",)


def by_mentor(mentorships: Mapping[str, Mentorship]) -> Callable[[Session], Iterable[str]]:
    """The keys of a session's mentors."""
    return lambda session: pair.mentors if (pair := mentorships.get(session.mentorship or "")) else ()


def by_mentee(mentorships: Mapping[str, Mentorship]) -> Callable[[Session], Iterable[str]]:
    """The keys of the mentees who were there: those named as attending, else all of the mentorship."""
    return lambda session: _present(session, mentorships)


def by_site(mentorships: Mapping[str, Mentorship]) -> Callable[[Session], Iterable[str]]:
    """The key of the site of a session's mentorship; "" without one."""
    return lambda session: ((pair.site if (pair := mentorships.get(session.mentorship or "")) else None) or "",)


def _present(session: Session, mentorships: Mapping[str, Mentorship]) -> Iterable[str]:
    pair = mentorships.get(session.mentorship or "")
    if pair is None:
        return ()
    return [one for one in pair.mentees if not session.attendees or one in session.attendees]


# --- who is met, and how steadily -------------------------------------------------------------------------------------


def coverage(mentorships: Sequence[Mentorship], sessions: Iterable[Session], period: Period) -> Share:
    """Of the mentees in active mentorships that had begun by the period's end, those in a held session of the period."""
    active = [m for m in standing(mentorships) if m.status == "active" and (not m.starts or m.starts <= period.last)]
    everyone = {mentee for pair in active for mentee in pair.mentees}
    known = {pair.id: pair for pair in active}
    met = {mentee for session in held(sessions, period) for mentee in _present(session, known)}
    return Share(len(everyone & met), len(everyone))


class Continuity(NamedTuple):
    """How many active pairs were never out of touch longer than agreed; and the median of all gaps, in days."""

    steady: Share
    median_gap: float | None


def gaps(mentorship: Mentorship, sessions: Iterable[Session], until: date) -> list[int]:
    """The days between one held session and the next: from the start of the mentorship (or its first session) to `until`."""
    days = sorted(_started(s) for s in held(sessions) if s.mentorship == mentorship.id and _started(s) <= until)
    first = mentorship.starts if mentorship.starts and mentorship.starts <= until else days[0] if days else None
    if first is None:
        return []
    marks = [first, *(day for day in days if day >= first), until]
    return [(later - earlier).days for earlier, later in pairwise(marks)]


def continuity(
    mentorships: Sequence[Mentorship], sessions: Sequence[Session], until: date, grace: int = GRACE
) -> Continuity:
    """Of the active pairs with a beginning, those whose longest gap is at most their cadence and the grace; and the median gap."""
    of_pair: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        of_pair[session.mentorship or ""].append(session)
    steady, whole, every = 0, 0, list[int]()
    for pair in standing(mentorships):
        found = gaps(pair, of_pair[pair.id], until) if pair.status == "active" else []
        if found:
            whole += 1
            steady += max(found) <= (pair.cadence or USUAL_CADENCE) + grace
            every += found
    return Continuity(Share(steady, whole), float(median(every)) if every else None)


class Missed(NamedTuple):
    """Sessions that were missed out of those that were held or missed, and how many of the missed for whose reason."""

    rate: Share
    by: Mapping[str, int]


def missed(sessions: Iterable[Session], period: Period) -> Missed:
    """The missed-session rate, by the day planned. What was cancelled or moved in time was not missed."""
    due = [s for s in standing(sessions) if s.status in ("held", "missed") and period.holds(_due(s))]
    lost = [s for s in due if s.status == "missed"]
    return Missed(Share(len(lost), len(due)), dict(Counter(s.missed_by or "" for s in lost)))


def attention(
    sessions: Iterable[Session],
    mentorships: Mapping[str, Mentorship],
    people: Mapping[str, Person],
    sites: Mapping[str, Site],
    period: Period,
) -> dict[tuple[str, str], int]:
    """Equity of attention: contact minutes by (distance band, cadre). Bands: near (under 10 km), apart (under 50), far, "" unknown."""

    def keys(session: Session) -> Iterable[tuple[str, str]]:
        pair = mentorships.get(session.mentorship or "")
        site = sites.get(pair.site or "") if pair else None
        return [
            (band(site), person.role.strip() if (person := people.get(id)) else "")
            for id in _present(session, mentorships)
        ]

    return contact_minutes_by(sessions, keys, period)


def band(site: Site | None) -> str:
    """How far a site is."""
    far = site.distance_km if site else None
    return "" if far is None else "near" if far < 10 else "apart" if far < 50 else "far"


# --- promises and goals -----------------------------------------------------------------------------------------------


class Actions(NamedTuple):
    """Open promises and those of them overdue; the median days a promise is open; how often promises were carried over."""

    open: int
    overdue: int
    median_days_open: float | None
    carried_over: int


def actions(items: Iterable[ActionItem], today: date) -> Actions:
    """Promises as they stand. Days open are counted from the day a promise was written to the day it was settled, or today."""
    found = standing(items)
    undone = [item for item in found if item.status in OPEN]
    days = [max(0, ((item.settled_on or today) - made).days) for item in found if (made := written_on(item.id))]
    return Actions(
        open=len(undone),
        overdue=sum(1 for item in undone if item.due and item.due < today),
        median_days_open=float(median(days)) if days else None,
        carried_over=sum(item.carried_over or 0 for item in found),
    )


def written_on(id: str) -> date | None:
    """The day a record was first written, which its id tells (UUIDv7); None if it does not."""
    try:
        return day_of(datetime.fromtimestamp(int(id[:12], 16) / 1000, UTC)) if id[12] == "7" else None
    except (ValueError, IndexError, OverflowError, OSError):
        return None


def attainment(goals: Iterable[Goal], period: Period) -> Share:
    """Of the goals due in the period that were not mere drafts, those achieved, wholly or in part."""
    due = [g for g in standing(goals) if period.holds(g.due) and g.status not in (None, "draft")]
    return Share(sum(1 for g in due if g.status in ("achieved", "partly_achieved")), len(due))


def course(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Measurements that say how far it was and when, in the order of their days; of one day the last written comes last."""
    return sorted(
        (m for m in standing(measurements) if m.day and m.reached is not None), key=lambda m: (m.day or date.min, m.id)
    )


def reached(measurements: Iterable[Measurement]) -> int | None:
    """How far a goal is: what its latest measurement says, None without one."""
    along = course(measurements)
    return along[-1].reached if along else None


# --- competencies -----------------------------------------------------------------------------------------------------


class Gain(NamedTuple):
    """A competency from the first rating that counts to the latest: days and levels (1 to 4), and the steps between."""

    first: date
    before: int
    latest: date
    after: int

    @property
    def steps(self) -> int:
        """How many levels up, or (below zero) down."""
        return self.after - self.before


def counts(rating: CompetencyRating) -> bool:
    """Whether a rating says something about the person: dated, assessed, and not for want of means."""
    return (
        not rating.voided
        and rating.day is not None
        and rating.level in LEVELS
        and rating.completeness != "resource_limited"
    )


def rated(ratings: Iterable[CompetencyRating]) -> list[CompetencyRating]:
    """The ratings that count, in the order of their days; of one day the last written comes last."""
    return sorted(filter(counts, ratings), key=lambda r: (r.day or date.min, r.id))


def gain(ratings: Iterable[CompetencyRating]) -> Gain | None:
    """First to latest of ratings of one person, in one competency, by one kind of rater; None without two that count."""
    found = rated(ratings)
    if len(found) < 2:
        return None
    first, last = found[0], found[-1]
    assert first.day
    assert last.day
    return Gain(first.day, LEVELS[first.level or ""], last.day, LEVELS[last.level or ""])


Course = tuple[str, str, str, str]
"""Who was rated, in which framework, which competency, by which kind of rater."""


def gains(ratings: Iterable[CompetencyRating]) -> dict[Course, Gain]:
    """The gain of every person in every competency by every kind of rater. A new version of a framework continues the old one's."""
    courses: dict[Course, list[CompetencyRating]] = defaultdict(list)
    for r in ratings:
        courses[(r.person or "", r.framework, r.competency, r.rater or "")].append(r)
    return {key: one for key, some in courses.items() if (one := gain(some))}


# --- the pulse --------------------------------------------------------------------------------------------------------


def pulse_shares(pulses: Iterable[Pulse]) -> dict[str, Share]:
    """For each item, the share of answers 4 and 5; only of items with answers of at least five people. Of one person's several
    answers only the last counts. Whose answers may be put together is not said here but in `services.pulses`."""
    latest: dict[str, Pulse] = {}
    for pulse in sorted(standing(pulses), key=lambda p: p.id):
        if pulse.rater:
            latest[pulse.rater] = pulse
    found = {}
    for item in ITEMS:
        answers = [answer for pulse in latest.values() if (answer := getattr(pulse, item)) is not None]
        if len(answers) >= FEWEST:
            found[item] = Share(sum(1 for answer in answers if answer >= 4), len(answers))
    return found


# --- how reporting goes -----------------------------------------------------------------------------------------------


def timeliness(arrivals: Iterable[tuple[Session, datetime]]) -> float | None:
    """The median of the days from a held session to its coming to the server."""
    days = [
        max(timedelta(), came - s.started) / timedelta(days=1)
        for s, came in arrivals
        if s.started and s.status == "held" and not s.voided
    ]
    return median(days) if days else None


def completeness(sessions: Iterable[Session], period: Period) -> Share:
    """Of the sessions that were to take place in the period, those of which it is known what became of them."""
    expected = [s for s in standing(sessions) if period.holds(_due(s))]
    return Share(sum(1 for s in expected if s.status not in (None, "planned")), len(expected))
