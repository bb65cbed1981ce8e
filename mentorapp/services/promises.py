"""Promises and goals between sessions: made, kept, carried over, reached."""

from dataclasses import replace
from datetime import date

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import ActionItem, Goal
from mentorapp.rules import may_become
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


def promise(
    workspace: Workspace, *, mentorship: str, text: str, owner: str = "mentee", due: date | None = None
) -> tuple[Changed, ActionItem]:
    """Note a promise outside of a session."""
    if not text.strip():
        raise UserError(N_("Say what was promised."))
    item = ActionItem(id=new_id(), mentorship=mentorship, text=text.strip(), owner=owner, due=due, status="open")
    return workspace.store.save(item, by=workspace.me, at=workspace.clock.now()), item


def settle(workspace: Workspace, item: ActionItem, *, to: str, reason: str = "") -> Changed:
    """Say what became of a promise: `done`, `dropped`, `blocked`, `in_progress`, or `open` again."""
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
        target=target,
        progress=0 if target else None,
        due=due,
        status="active",
    )
    return workspace.store.save(goal, by=workspace.me, at=workspace.clock.now()), goal


def record_progress(workspace: Workspace, goal: Goal, *, progress: int) -> Changed:
    """Note how far a goal has come; reaching its target achieves it."""
    reached = goal.target is not None and progress >= goal.target and goal.status == "active"
    after = replace(goal, progress=max(0, progress), status="achieved" if reached else goal.status)
    return workspace.store.save(after, before=goal, by=workspace.me, at=workspace.clock.now())
