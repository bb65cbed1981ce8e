"""Goals over time: set, measured, mended, ended, opened again.

One rule joins a goal to its measurements: where there are any, `progress` is what the latest of them says, by its day (`indicators.reached`);
a goal that nobody measured keeps the progress it was given. What is shown is always reckoned from the measurements; the goal's own field
is made to say the same with every measurement kept, mended or taken out here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from mentorapp import indicators, rules
from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import ActionItem, Goal, Measurement, Mentorship, Person
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class GoalView:
    """A goal with its course: the measurements that count, oldest first, and the promises towards it. `people` may own it."""

    goal: Goal
    person: Person | None
    people: tuple[Person, ...]
    today: date
    course: tuple[Measurement, ...]
    promises: tuple[ActionItem, ...]
    next_states: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What was written of one goal: how far it is, on which day, in a few words. Without a number it is not finished yet."""

    goal: str
    reached: int | None = None
    day: date | None = None
    note: str = ""


def view(workspace: Workspace, id: str) -> GoalView:
    """Everything about one goal. Raises UserError if it is not on this laptop."""
    store = workspace.store
    goal = store.get(Goal, id)
    course = tuple(indicators.course(store.find(Measurement, "goal = ?", (id,))))
    pair = store.seek(Mentorship, goal.mentorship)
    same = sameness.same(workspace)
    mentees = same.each_once(pair.mentees) if pair else ()
    owner = same.one(goal.owner) if goal.owner else mentees[0] if mentees else None
    people = [person for id_ in mentees if (person := store.seek(Person, id_))]
    return GoalView(
        goal=_at(goal, course),
        person=store.seek(Person, owner),
        people=tuple(people),
        today=day_of(workspace.clock.now()),
        course=course,
        promises=tuple(store.find(ActionItem, "goal = ?", (id,), order="settled_on IS NOT NULL, due IS NULL, due, id")),
        next_states=next_states(goal),
    )


def next_states(goal: Goal) -> tuple[str, ...]:
    """The states that may follow, in the order of a goal's life."""
    after = rules.STATES["goal"].get(goal.status or "draft", frozenset())
    return tuple(state for state in rules.STATES["goal"] if state in after)


def courses(workspace: Workspace, goals: Iterable[Goal]) -> dict[str, tuple[Measurement, ...]]:
    """The course of each of these goals, in one question to the store."""
    ids = [goal.id for goal in goals]
    marks = ", ".join("?" * len(ids))
    found = workspace.store.find(Measurement, f"goal IN ({marks})", ids, order="goal, id") if ids else []
    return {goal or "": tuple(indicators.course(some)) for goal, some in groupby(found, key=lambda m: m.goal)}


def as_measured(workspace: Workspace, goals: Iterable[Goal]) -> list[Goal]:
    """The goals as far along as their measurements say."""
    some = list(goals)
    known = courses(workspace, some)
    return [_at(goal, known.get(goal.id, ())) for goal in some]


def _at(goal: Goal, course: Iterable[Measurement]) -> Goal:
    far = indicators.reached(course)
    return goal if far is None else replace(goal, progress=far)


# --- measuring --------------------------------------------------------------------------------------------------------


def measure(
    workspace: Workspace,
    *,
    goal: str,
    reached: int,
    day: date | None = None,
    note: str = "",
    session: str | None = None,
) -> tuple[Changed, Measurement]:
    """Note how far a goal was on a day (today, unless told). Reaching its target achieves an active goal."""
    now = workspace.clock.now()
    before = workspace.store.get(Goal, goal)
    made = Measurement(
        id=new_id(),
        mentorship=before.mentorship,
        goal=goal,
        session=session,
        day=_no_later(day or day_of(now), day_of(now)),
        reached=reached,
        note=note.strip(),
    )
    return _kept(workspace, before, None, made), made


def mend(workspace: Workspace, before: Measurement, after: Measurement) -> Changed:
    """Change a measurement; the goal follows."""
    if after.reached is None:
        raise UserError(N_("Say how far it was, as a number."), field="reached")
    _no_later(after.day, day_of(workspace.clock.now()))
    return _kept(
        workspace, workspace.store.get(Goal, before.goal or ""), before, replace(after, note=after.note.strip())
    )


def _no_later(day: date | None, today: date) -> date:
    if day is None:
        raise UserError(N_("Say on which day it was."), field="day")
    if day > today:
        raise UserError(N_("This day is still to come. Note what was reached by today."), field="day")
    return day


def _kept(workspace: Workspace, goal: Goal, before: Measurement | None, after: Measurement) -> Changed:
    others = [m for m in workspace.store.find(Measurement, "goal = ?", (goal.id,)) if m.id != after.id]
    with workspace.store.transaction():
        changed = workspace.store.save(after, before=before, by=workspace.me, at=workspace.clock.now())
        return changed | _follow(workspace, goal, [*others, after], achieving=True)


def take_out(workspace: Workspace, measurement: Measurement, *, reason: str) -> Changed:
    """Take a measurement out of sight, with a reason; the goal is as far as the one before says."""
    if not reason.strip():
        raise UserError(N_("Say why, in a word or two: nothing is ever deleted without a reason."))
    store, goal = workspace.store, workspace.store.get(Goal, measurement.goal or "")
    others = [m for m in store.find(Measurement, "goal = ?", (goal.id,)) if m.id != measurement.id]
    with store.transaction():
        gone = store.void(measurement, reason=reason.strip(), by=workspace.me, at=workspace.clock.now())
        return gone | _follow(workspace, goal, others)


def put_back(workspace: Workspace, measurement: Measurement) -> Changed:
    """Bring a measurement back into sight."""
    store, goal = workspace.store, workspace.store.get(Goal, measurement.goal or "")
    others = store.find(Measurement, "goal = ?", (goal.id,))
    with store.transaction():
        back = store.restore(measurement, by=workspace.me, at=workspace.clock.now())
        return back | _follow(workspace, goal, [*others, replace(measurement, voided=False)], achieving=True)


def _follow(workspace: Workspace, goal: Goal, course: list[Measurement], *, achieving: bool = False) -> Changed:
    """Let the goal say what its latest measurement says; without one, where it started."""
    far = indicators.reached(course)
    far = goal.baseline if far is None else far
    there = achieving and goal.status == "active" and goal.target is not None and (far or 0) >= goal.target
    after = replace(goal, progress=far, status="achieved" if there and _upwards(goal) else goal.status)
    return workspace.store.save(after, before=goal, by=workspace.me, at=workspace.clock.now())


def _upwards(goal: Goal) -> bool:
    """Whether more is better: a goal that begins above its target is reached by its mentor's word, not by a number."""
    return goal.baseline is None or goal.target is None or goal.baseline <= goal.target


# --- the goal itself --------------------------------------------------------------------------------------------------


def change(workspace: Workspace, before: Goal, after: Goal) -> Changed:
    """Keep what was changed of a goal's words, measure, target and day. How far it is stays for measurements, its state for `move`."""
    if not after.statement.strip():
        raise UserError(N_("Say what the goal is, in the mentee’s own words."), field="statement")
    kept = replace(after, statement=after.statement.strip(), progress=before.progress, status=before.status)
    return workspace.store.save(kept, before=before, by=workspace.me, at=workspace.clock.now())


def move(workspace: Workspace, goal: str, *, to: str, reason: str = "") -> tuple[Changed, Goal]:
    """Bring a goal into another state, if it may follow; dropping asks why. Gives back the goal as it was before, for undoing."""
    before = workspace.store.get(Goal, goal)
    if not rules.may_become("goal", before.status, to):
        raise UserError(N_("This step does not follow from where it stands now. Open it again to see what changed."))
    if to == "dropped" and not reason.strip():
        raise UserError(N_("Say in a few words why it is let go: it may help the next goal."), field="dropped_reason")
    after = replace(before, status=to, dropped_reason=reason.strip() if to == "dropped" else "")
    return workspace.store.save(after, before=before, by=workspace.me, at=workspace.clock.now()), before


def undo(workspace: Workspace, *, goal: Goal, made: Iterable[str] = ()) -> Changed:
    """The goal in the state it had, and what was measured since (`made`, ids) out of sight again."""
    store, now = workspace.store, workspace.clock.now()
    gone = [m for id in made if (m := store.seek(Measurement, id))]
    standing = store.get(Goal, goal.id)
    with store.transaction():
        changed = Changed.all_of(store.void(m, reason=tr("Taken back"), by=workspace.me, at=now) for m in gone)
        back = replace(standing, status=goal.status, progress=goal.progress, dropped_reason=goal.dropped_reason)
        return changed | store.save(back, before=standing, by=workspace.me, at=now)
