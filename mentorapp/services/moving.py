"""Moving a planned session to another time: a plan is edited, what others may count on is rescheduled with its cause; either can be undone.

A plan that lies ahead and that nobody else was given is the mentor's own: another time is an edit of it. One whose time has passed, or
that stands in a calendar file somebody may have, was moved: the old one says so and why, and a new one is planned.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Session
from mentorapp.services import calendar_file, sessions
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What moving did: the session as it was, and the one that stands now (the same one, if it was only a plan)."""

    kinds: frozenset[str]
    records: tuple[str, ...]
    before: Session
    after: Session


def needs_cause(workspace: Workspace, session: Session) -> bool:
    """Whether moving it is more than changing a plan, so that the cause is asked for."""
    past = session.planned_start is not None and session.planned_start < workspace.clock.now()
    return past or session.status != "planned" or calendar_file.is_given_out(workspace, session.id)


def move(workspace: Workspace, session: Session, *, at: datetime, reason: str = "") -> Moved:
    """Move it: by an edit while it is only a plan and no cause is given, else as rescheduled."""
    store, now = workspace.store, workspace.clock.now()
    here = store.get(Session, session.id)
    if here.status not in ("planned", "missed"):
        raise UserError(N_("This session is settled already. Open it to mend what was written."))
    if reason.strip() or needs_cause(workspace, here):
        changed, after = sessions.reschedule(workspace, here, at=at, reason=reason)
    else:
        after = replace(here, planned_start=at)
        changed = store.save(after, before=here, by=workspace.me, at=now)
    return Moved(kinds=changed.kinds, records=changed.records, before=here, after=after)


def put_back(workspace: Workspace, moved: Moved) -> Changed:
    """Undo a move: the plan stands where it stood, and one that was made for it goes out of sight."""
    store, now = workspace.store, workspace.clock.now()
    here = store.get(Session, moved.before.id)
    was = moved.before
    back = replace(here, planned_start=was.planned_start, status=was.status, reason=was.reason, moved_to=was.moved_to)
    with store.transaction():
        changed = store.save(back, before=here, by=workspace.me, at=now)
        if moved.after.id != was.id:
            changed |= store.void(moved.after, reason=tr("The move was undone"), by=workspace.me, at=now)
    return changed
