"""The relationship pulse, and the one rule about who sees it.

An answer is seen by the one who gave it, and by nobody else: `mine` gives me my own. Others see shares (how many said 4 or 5), and those only

- from answers of at least five other people up, for each item by itself (`indicators.FEWEST`); the viewer's own answer is never among
  them, so that it cannot be taken away again to lay bare four;
- of a whole period that is over, of everybody who answered here. There is no way to ask for less: not for one mentee, one mentorship, one
  site, a day or a part of the period. A period that is over gets no new answers (an answer belongs to the quarter in which it is given, and
  to the next if shares of that one were seen already, whatever a clock says), so that looking before and after somebody answered shows
  the same.

Nothing else in the program reads an answer: no list, no line of time, no search, no export, no conflict, no doctor. An answer is never changed
or voided by anybody else; answering again in a period takes the place of the answer before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mentorapp import indicators
from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.indicators import ITEMS, Share
from mentorapp.records import Mentorship, Person, Pulse
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who may be asked about a relationship now: the person with the language they read, and whether they answered this period."""

    person: Person
    mentorship: str
    period: str
    answered: bool
    is_me: bool


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The shares of a period that is over; `people` counts those who answered besides the viewer, 0 while they are too few to tell."""

    period: str
    people: int
    shares: Mapping[str, Share]


def period_of(day: date) -> str:
    """The quarter of a day: "2026-Q4"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def days_of(period: str) -> tuple[date, date]:
    """The first day of a quarter and the first after it."""
    year, quarter = int(period[:4]), int(period[-1])
    return date(year, quarter * 3 - 2, 1), date(year + quarter // 4, quarter % 4 * 3 + 1, 1)


def following(period: str) -> str:
    """The quarter after a quarter."""
    return period_of(days_of(period)[1])


def open_period(workspace: Workspace) -> str:
    """The period that an answer given now belongs to: this quarter, or the one after the last whose shares were seen."""
    now, seen = period_of(day_of(workspace.clock.now())), workspace.store.recall(_SEEN)
    return max(now, following(seen)) if seen else now


_SEEN = "pulse_seen"


# --- answering --------------------------------------------------------------------------------------------------------


def asked(workspace: Workspace, *, mentorship: str) -> list[Asked]:
    """Those of a mentorship who can be asked, the mentees first, then me."""
    pair, period = workspace.store.get(Mentorship, mentorship), open_period(workspace)
    sql = "SELECT DISTINCT rater FROM pulse WHERE voided = 0 AND mentorship = ? AND period = ?"
    done = {rater for (rater,) in workspace.store.rows(sql, (mentorship, period))}
    same = sameness.same(workspace)
    done = {same.one(rater) for rater in done if rater}
    people = [workspace.store.seek(Person, id) for id in (*same.each_once(pair.mentees), workspace.me)]
    return [
        Asked(
            person=person,
            mentorship=mentorship,
            period=period,
            answered=person.id in done,
            is_me=person.id == workspace.me,
        )
        for person in people
        if person
    ]


def due(workspace: Workspace, *, mentorship: str) -> list[Person]:
    """Once a quarter: the mentees of an active mentorship, begun before this quarter, who were not asked in it."""
    pair = workspace.store.get(Mentorship, mentorship)
    first, _ = days_of(period_of(day_of(workspace.clock.now())))
    if pair.status != "active" or not pair.starts or pair.starts >= first:
        return []
    return [one.person for one in asked(workspace, mentorship=mentorship) if not one.answered and not one.is_me]


def waiting(workspace: Workspace, *, limit: int = 8) -> tuple[list[tuple[Person, str]], int]:
    """The mentees of active mentorships who were not asked this quarter, with the mentorship, by name; and how many there are."""
    period = open_period(workspace)
    sql = (
        "FROM mentorship m JOIN json_each(m.mentees) j JOIN person p ON p.id = j.value "
        "WHERE m.voided = 0 AND p.voided = 0 AND m.status = 'active' AND m.starts < ? AND NOT EXISTS "
        "(SELECT 1 FROM pulse u WHERE u.voided = 0 AND u.period = ? AND u.mentorship = m.id AND u.rater = p.id)"
    )
    values = (days_of(period)[0].isoformat(), period)
    (count,) = workspace.store.rows(f"SELECT count(*) {sql}", values)[0]
    found = workspace.store.rows(f"SELECT p.id, m.id {sql} ORDER BY p.name COLLATE NOCASE LIMIT ?", (*values, limit))
    same = sameness.same(workspace)
    # Whoever is written down twice is asked once, under the name that is kept.
    each = {same.one(person): pair for person, pair in found}
    return [(workspace.store.get(Person, person), pair) for person, pair in each.items()], count - len(found) + len(
        each
    )


def answer(workspace: Workspace, *, mentorship: str, rater: str, answers: Mapping[str, int | None]) -> Changed:
    """Keep what somebody answered about a relationship, for this period. Skipping everything is an answer too, and says nothing.

    Raises UserError if an answer is not on the scale.
    """
    now, period = workspace.clock.now(), open_period(workspace)
    before = _given(workspace, mentorship, rater, period)
    if set(answers) - set(ITEMS):
        raise UserError(N_("This question is not part of the pulse."))
    fresh = before or Pulse(id=new_id(), author=workspace.me, mentorship=mentorship, rater=rater, period=period)
    given: dict[str, Any] = {item: answers.get(item) for item in ITEMS}
    after = replace(fresh, **given)
    return workspace.store.save(after, before=before, by=workspace.me, at=now)


def _given(workspace: Workspace, mentorship: str, rater: str, period: str) -> Pulse | None:
    found = workspace.store.find(
        Pulse, "mentorship = ? AND rater = ? AND period = ?", (mentorship, rater, period), limit=1
    )
    return found[0] if found else None


# --- seeing -----------------------------------------------------------------------------------------------------------


def mine(workspace: Workspace) -> list[Pulse]:
    """My own answers, the latest period first; nobody else's."""
    return workspace.store.find(Pulse, "rater = ?", (workspace.me,), order="period DESC, id DESC")


def periods(workspace: Workspace) -> list[str]:
    """The periods that are over in which anybody answered, the latest first."""
    now = period_of(day_of(workspace.clock.now()))
    found = workspace.store.rows("SELECT DISTINCT period FROM pulse WHERE voided = 0 AND period < ?", (now,))
    return sorted((period for (period,) in found if _is_period(period)), reverse=True)


def _is_period(period: str) -> bool:
    return len(period) == 7 and period[:4].isdigit() and period[4:6] == "-Q" and period[6] in "1234"


def shares(workspace: Workspace, *, period: str) -> Shares:
    """What everybody else said in a whole period that is over, as shares. Empty while it lasts, and of fewer than five answers."""
    nothing = Shares(period=period, people=0, shares={})
    if not _is_period(period) or days_of(period)[1] > day_of(workspace.clock.now()):
        return nothing
    same = sameness.same(workspace)
    given = workspace.store.find(Pulse, "period = ? AND rater IS NOT NULL", (period,))
    everybody = [replace(pulse, rater=same.one(pulse.rater or "")) for pulse in given]
    others = [pulse for pulse in everybody if pulse.rater != same.one(workspace.me)]
    found = indicators.pulse_shares(others)
    if not found:
        return nothing
    if period > workspace.store.recall(_SEEN):
        workspace.store.remember(**{_SEEN: period})
    return Shares(period=period, people=len({pulse.rater for pulse in others}), shares=found)


def latest_shares(workspace: Workspace) -> Shares | None:
    """The shares of the last period that is over and had enough answers."""
    return next((found for period in periods(workspace) if (found := shares(workspace, period=period)).shares), None)
