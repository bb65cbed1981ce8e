"""What the mentee's page asks of the store and does to it. Everything here runs on the store lane, which loads what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from mentorapp.clock import day_of

if TYPE_CHECKING:
    from mentorapp.records import ActionItem, Goal, Mentorship, Person, Session
    from mentorapp.services.news import News
    from mentorapp.services.recall import MenteeView
    from mentorapp.services.workspace import Workspace

Verb: TypeAlias = "Callable[[Workspace], Any]"
"""Something to do on the store lane."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A session with this mentee that is still being written."""

    id: str
    kept_at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything that the page shows, on the day it is. `others` are the names of whoever else mentors this person."""

    view: MenteeView
    today: date
    others: tuple[str, ...]
    drafts: tuple[Draft, ...]
    news: tuple[News, ...] = ()

    @property
    def mentorship(self) -> str:
        """The mentorship that sessions, promises and goals belong to, "" if there is none."""
        return self.view.mentorship.id if self.view.mentorship else ""

    @property
    def first_name(self) -> str:
        """What to call this person in a sentence."""
        return self.view.person.name.split()[0]


def read(workspace: Workspace, person: str) -> Page:
    """The page of a person."""
    from mentorapp.records import Person
    from mentorapp.services import news, recall

    view = recall.mentee(workspace, person)
    about_these = news.mentorships_of(view.mentorship, view.sessions)
    mentors = view.mentorship.mentors if view.mentorship else ()
    others = (workspace.store.seek(Person, id) for id in mentors if id != workspace.me)
    about = view.mentorship.id if view.mentorship else ""
    drafts = (kept for kept in workspace.store.drafts() if kept.kind == "session" and kept.about == about)
    return Page(
        view=view,
        today=day_of(workspace.clock.now()),
        others=tuple(other.name for other in others if other),
        drafts=tuple(Draft(id=kept.id, kept_at=datetime.fromisoformat(kept.kept_at)) for kept in drafts),
        news=news.since(workspace, mentorships=about_these, last=view.last),
    )


def settle(workspace: Workspace, item: ActionItem, to: str) -> Any:
    """Say what became of a promise, as it stands now."""
    from mentorapp.records import ActionItem
    from mentorapp.services import promises

    return promises.settle(workspace, workspace.store.get(ActionItem, item.id), to=to)


def promise(workspace: Workspace, *, mentorship: str, text: str, owner: str, due: date | None) -> Any:
    """Note a promise made between two sessions."""
    from mentorapp.services import promises

    changed, _ = promises.promise(workspace, mentorship=mentorship, text=text, owner=owner, due=due)
    return changed


def set_goal(
    workspace: Workspace, *, mentorship: str, owner: str, statement: str, target: int | None, due: date | None
) -> Any:
    """Note a goal."""
    from mentorapp.services import promises

    changed, _ = promises.set_goal(
        workspace, mentorship=mentorship, owner=owner, statement=statement, target=target, due=due
    )
    return changed


def progress(workspace: Workspace, goal: Goal) -> Any:
    """One step further; a goal that is not counted is reached."""
    from mentorapp.services import people, promises

    if goal.target is None:
        return people.edit(workspace, goal, replace(goal, status="achieved"))
    return promises.record_progress(workspace, goal, progress=(goal.progress or 0) + 1)


def put_back(workspace: Workspace, goal: Goal, made: tuple[str, ...] = ()) -> Any:
    """The goal as it was before, what was measured since out of sight."""
    from mentorapp.services import goals

    return goals.undo(workspace, goal=goal, made=made)


def edit(workspace: Workspace, changes: tuple[tuple[Person | Mentorship, Person | Mentorship], ...]) -> Any:
    """Keep what was changed of the person and of the mentorship."""
    from functools import reduce
    from operator import or_

    from mentorapp.services import people

    with workspace.store.transaction():
        return reduce(or_, [people.edit(workspace, before, after) for before, after in changes])


def colleagues(workspace: Workspace) -> list[Person]:
    """Whom a mentee can be shared with."""
    from mentorapp.services import people

    return people.colleagues(workspace)


def share(workspace: Workspace, mentorship: str, colleague: str) -> Any:
    """Let a colleague mentor this person too."""
    from mentorapp.records import Mentorship
    from mentorapp.services import people

    return people.share_with(workspace, workspace.store.get(Mentorship, mentorship), colleague)


def plan_next(workspace: Workspace, held: Session, day: date) -> Any:
    """Plan the session that was agreed on: that day, at the time and the place of the last."""
    from mentorapp.services import sessions

    return sessions.plan_next(workspace, after=held, day=day)


def unplan(workspace: Workspace, session: Session) -> Any:
    """It was planned by mistake."""
    from mentorapp.i18n import tr
    from mentorapp.services import people

    return people.void(workspace, session, reason=tr("Planned by mistake"))


def copy(workspace: Workspace, person: str) -> Any:
    """What stands on the copy for this mentee, and the moment it is."""
    from mentorapp.services import copies

    return copies.of(workspace, person=person), workspace.clock.now()


def take_apart(workspace: Workspace, person: str) -> Any:
    """Somebody who was taken together with this person is on their own again."""
    from mentorapp.services import duplicates

    return duplicates.take_apart(workspace, person)


def take_together(workspace: Workspace, keep: str, other: str) -> Any:
    """Two are one person."""
    from mentorapp.services import duplicates

    return duplicates.merge(workspace, keep=keep, other=other)
