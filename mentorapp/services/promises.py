"""Promises and goals between sessions: made, mended, kept, carried over, reached."""

from dataclasses import replace
from datetime import date

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import ActionItem, Goal
from mentorapp.rules import OPEN_PROMISES, may_become
from mentorapp.services import goals
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from mentorapp.store.search import folded


def promise(
    workspace: Workspace,
    *,
    mentorship: str,
    text: str,
    owner: str = "mentee",
    due: date | None = None,
    goal: str | None = None,
) -> tuple[Changed, ActionItem]:
    """Note a promise outside of a session."""
    if not text.strip():
        raise UserError(N_("Say what was promised."))
    item = ActionItem(
        id=new_id(), mentorship=mentorship, text=text.strip(), owner=owner, due=due, goal=goal, status="open"
    )
    return workspace.store.save(item, by=workspace.me, at=workspace.clock.now()), item


def settle(workspace: Workspace, item: ActionItem, *, to: str, reason: str = "") -> Changed:
    """Say what became of a promise: `done`, `dropped`, `blocked` (asks why), `in_progress`, or `open` again."""
    if to == "blocked" and not reason.strip():
        raise UserError(N_("Say in a few words what stands in the way."), field="reason")
    if not may_become("action_item", item.status, to):
        raise UserError(N_("This promise is settled already. Open it again first."))
    closed = day_of(workspace.clock.now()) if to in ("done", "dropped") else None
    after = replace(item, status=to, reason=reason.strip(), settled_on=closed)
    return workspace.store.save(after, before=item, by=workspace.me, at=workspace.clock.now())


def set_goal(
    workspace: Workspace,
    *,
    mentorship: str,
    statement: str,
    owner: str | None = None,
    why: str = "",
    measure: str = "",
    baseline: int | None = None,
    target: int | None = None,
    due: date | None = None,
) -> tuple[Changed, Goal]:
    """Note what a mentee is working towards."""
    if not statement.strip():
        raise UserError(N_("Say what the goal is, in the mentee’s own words."))
    goal = Goal(
        id=new_id(),
        mentorship=mentorship,
        owner=owner,
        statement=statement.strip(),
        why=why.strip(),
        measure=measure.strip(),
        baseline=baseline,
        target=target,
        progress=baseline if baseline is not None else 0 if target else None,
        due=due,
        status="active",
    )
    return workspace.store.save(goal, by=workspace.me, at=workspace.clock.now()), goal


def record_progress(workspace: Workspace, goal: Goal, *, progress: int) -> Changed:
    """Note how far a goal has come today, as a measurement; reaching its target achieves it."""
    changed, _ = goals.measure(workspace, goal=goal.id, reached=max(0, progress))
    return changed


def of_mentorship(workspace: Workspace, mentorship: str) -> list[ActionItem]:
    """Every promise of a mentorship: the open ones first, the overdue before the others, then the settled ones, the latest first."""
    items = workspace.store.find(ActionItem, "mentorship = ?", (mentorship,), order="due IS NULL, due, id")
    undone = [item for item in items if item.status in OPEN_PROMISES]
    settled = [item for item in items if item.status not in OPEN_PROMISES]
    return undone + sorted(settled, key=lambda item: item.settled_on or date.min, reverse=True)


def says(item: ActionItem, sought: str) -> bool:
    """Whether a promise holds these letters, in its words or in what stands in its way, whatever their case and accents."""
    return folded(sought).strip() in folded(f"{item.text} {item.reason}")


def change(workspace: Workspace, before: ActionItem, after: ActionItem) -> Changed:
    """Keep what was changed of a promise's words, its owner, its day and the goal it serves. What became of it is for `settle`."""
    if not after.text.strip():
        raise UserError(N_("Say what was promised."), field="text")
    kept = replace(before, text=after.text.strip(), owner=after.owner, due=after.due, goal=after.goal)
    return workspace.store.save(kept, before=before, by=workspace.me, at=workspace.clock.now())
