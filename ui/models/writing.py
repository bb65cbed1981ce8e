"""What a screen needs to begin writing a session: the right draft, whom it is with, what was promised, how it was last time.

Read on the store lane. Promises that nothing begun is begun twice: an unfinished draft goes on, and a session planned for today is the
one that is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import ActionItem, Goal, Mentorship, Person, Session
from mentorapp.services import goals, recall, sameness, sessions
from mentorapp.services.recall import DraftRow, Pair
from mentorapp.services.sessions import SessionDraft
from mentorapp.services.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A session under way. `kept_at` is when its draft was last kept, None if it is new; `made` are promises made in it before."""

    draft: SessionDraft
    pair: Pair
    now: datetime
    kept_at: datetime | None = None
    people: tuple[tuple[str, str], ...] = ()
    promises: tuple[ActionItem, ...] = ()
    made: tuple[ActionItem, ...] = ()
    last: Session | None = None
    goals: tuple[Goal, ...] = ()


MOST_GOALS = 6
"""How many goals are asked about in a session."""


class Whom(NamedTuple):
    """Somebody, or a group, with whom a session can be written or planned."""

    mentorship: str
    name: str
    about: str
    group: bool


def begin(
    workspace: Workspace,
    *,
    mentorship: str = "",
    person: str = "",
    session: str = "",
    draft: str = "",
    planned: str = "",
) -> Writing | None:
    """The session to write, for whichever of these is given; None if it is not said with whom. Raises UserError if it is not here."""
    wanted = session or planned
    if draft or wanted:
        opened = _kept(workspace, draft or wanted) or _known(workspace, wanted or draft)
    else:
        pair = mentorship or (_mentorship_of(workspace, person) if person else "")
        if not pair:
            return None
        opened = _unfinished(workspace, pair) or _new(workspace, pair)
    return facts(workspace, *opened)


_Opened = tuple[SessionDraft, datetime | None]


def _kept(workspace: Workspace, id: str) -> _Opened | None:
    row = workspace.store.draft(id)
    return (sessions.read_draft(row), datetime.fromisoformat(row.kept_at)) if row else None


def _known(workspace: Workspace, id: str) -> _Opened:
    session = workspace.store.get(Session, id)
    if session.status in ("planned", "missed", "cancelled", "rescheduled"):
        return sessions.begin_draft(workspace, mentorship=session.mentorship or "", planned=session), None
    return sessions.reopen(workspace, session), None


def _mentorship_of(workspace: Workspace, person: str) -> str:
    ids = sameness.same(workspace).all_of(person)
    found = workspace.store.find(
        Mentorship,
        f"EXISTS (SELECT 1 FROM json_each(mentees) WHERE value IN ({', '.join('?' * len(ids))}))",
        ids,
        order="type = 'group', status <> 'active', starts DESC",
        limit=1,
    )
    if not found:
        raise UserError(N_("You are not mentoring this person yet. Add her or him to your mentees first."))
    return found[0].id


def _unfinished(workspace: Workspace, mentorship: str) -> _Opened | None:
    for row in workspace.store.drafts():
        if row.kind == "session" and row.about == mentorship:
            draft = sessions.read_draft(row)
            if draft.before is None or draft.before.status != "held":
                return draft, datetime.fromisoformat(row.kept_at)
    return None


def _new(workspace: Workspace, mentorship: str) -> _Opened:
    today = day_of(workspace.clock.now())
    waiting = workspace.store.find(
        Session, "mentorship = ? AND status = 'planned'", (mentorship,), order="planned_start", limit=50
    )
    planned = next((s for s in waiting if s.planned_start and day_of(s.planned_start) == today), None)
    return sessions.begin_draft(workspace, mentorship=mentorship, planned=planned), None


def facts(workspace: Workspace, draft: SessionDraft, kept_at: datetime | None) -> Writing:
    """All that is shown around a draft."""
    session = draft.session
    id = session.mentorship or ""
    pair = recall.pairs(workspace, [id]).get(id) or Pair(mentorship=id, name="", people=())
    made = workspace.store.find(ActionItem, "origin = ?", (session.id,))
    due = [item for item in recall.open_promises(workspace, id) if item.origin != session.id]
    known = {item.id for item in due}
    # What the draft says of a promise stays in sight, although somebody else may have settled it meanwhile.
    said = [workspace.store.seek(ActionItem, each) for each in draft.check_in if each not in known]
    # Each person once, under the id that the session already knows them by.
    same = sameness.same(workspace)
    people = {**{p: p for p in pair.people}, **{same.one(p): p for p in session.attendees}}.values()
    return Writing(
        draft=draft,
        pair=pair,
        now=workspace.clock.now(),
        kept_at=kept_at,
        people=tuple(sorted(((p, _name(workspace, p)) for p in people), key=lambda each: each[1].casefold())),
        promises=(*due, *(item for item in said if item)),
        made=tuple(made),
        last=recall.last_session(workspace, id, before=session.id),
        goals=tuple(_goals(workspace, draft)),
    )


def _goals(workspace: Workspace, draft: SessionDraft) -> list[Goal]:
    """The goals that one may talk about; of a session that was finished before, what was said of them is on their own pages."""
    if draft.before is not None and draft.before.status == "held":
        return []
    found = workspace.store.find(
        Goal,
        "mentorship = ? AND status = 'active'",
        (draft.session.mentorship or "",),
        order="due IS NULL, due, id",
        limit=MOST_GOALS,
    )
    said = [goal for step in draft.progress if (goal := workspace.store.seek(Goal, step.goal))]
    known = {goal.id for goal in found}
    return goals.as_measured(workspace, [*found, *(goal for goal in said if goal.id not in known)])


def _name(workspace: Workspace, person: str) -> str:
    known = workspace.store.seek(Person, sameness.same(workspace).one(person))
    return known.name if known else ""


def everyone(workspace: Workspace) -> list[Whom]:
    """Everybody with whom a session can be written, by the alphabet, and the groups after them."""
    one_to_one = [
        Whom(row.mentorship, row.name, " · ".join(filter(None, (row.role, row.site))), group=False)
        for row in sorted(recall.mentees(workspace), key=lambda row: row.name.casefold())
    ]
    groups = [Whom(p.mentorship, p.name, p.site, group=True) for p in recall.pairs(workspace).values() if p.group]
    return one_to_one + groups


def unfinished(workspace: Workspace) -> Sequence[DraftRow]:
    """What is still to finish, the latest first."""
    return recall.today(workspace).drafts


def counted(draft: SessionDraft, kept_at: datetime | None) -> float:
    """The seconds that the clock of a draft had counted when it was last kept: the time since is not known to be time together."""
    running = (kept_at - draft.timer_started).total_seconds() if draft.timer_started and kept_at else 0.0
    return draft.timer_seconds + max(0.0, running)


def with_minutes(draft: SessionDraft, seconds: float) -> SessionDraft:
    """The draft with the clock's minutes where none were typed."""
    if draft.session.contact_minutes is not None or seconds < 1:
        return draft
    return replace(draft, session=replace(draft.session, contact_minutes=min(1440, max(1, round(seconds / 60)))))
