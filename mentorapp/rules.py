"""What is wrong with a record before it is finished, and which states may follow which. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import N_
from mentorapp.records import Record, Session

STATES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "mentorship": {
        "proposed": frozenset(("active", "ended_early")),
        "active": frozenset(("on_hold", "completed", "ended_early")),
        "on_hold": frozenset(("active", "completed", "ended_early")),
        "completed": frozenset(("active",)),
        "ended_early": frozenset(("active",)),
    },
    "agreement": {
        "draft": frozenset(("agreed", "closed")),
        "agreed": frozenset(("amended", "closed")),
        "amended": frozenset(("closed",)),
        "closed": frozenset(),
    },
    "consent": {
        "given": frozenset(("withdrawn",)),
        "refused": frozenset(("given",)),
        "withdrawn": frozenset(("given",)),
    },
    "session": {
        "planned": frozenset(("held", "missed", "cancelled", "rescheduled")),
        "held": frozenset(),
        "missed": frozenset(("held", "cancelled", "rescheduled")),
        "cancelled": frozenset(("held", "planned")),
        "rescheduled": frozenset(("held",)),
    },
    "goal": {
        "draft": frozenset(("active", "dropped")),
        "active": frozenset(("achieved", "partly_achieved", "revised", "dropped")),
        "achieved": frozenset(("active",)),
        "partly_achieved": frozenset(("active", "achieved")),
        "revised": frozenset(("active",)),
        "dropped": frozenset(("active",)),
    },
    "action_item": {
        "open": frozenset(("in_progress", "done", "blocked", "dropped")),
        "in_progress": frozenset(("open", "done", "blocked", "dropped")),
        "done": frozenset(("open",)),
        "blocked": frozenset(("open", "in_progress", "done", "dropped")),
        "dropped": frozenset(("open",)),
    },
}
"""For each kind that has states: which states may follow each."""

OPEN_PROMISES = ("open", "in_progress", "blocked")
"""The states of a promise that is not settled."""


class Problem(NamedTuple):
    """What stands in the way of finishing, and beside which field to say it."""

    field: str
    error: UserError


def may_become(kind: str, before: str | None, after: str | None) -> bool:
    """Whether a record of this kind may go from one state to the other; staying, and starting anywhere, always may."""
    states = STATES.get(kind)
    return states is None or before is None or before == after or (after or "") in states.get(before, frozenset())


def problems(record: Record, now: datetime) -> list[Problem]:
    """Everything that stands in the way of finishing this record, in the order of its fields."""
    found = []
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        error = field.problem(value)
        if error is None and field.required and value == field.empty:
            error = UserError(N_("This is still empty."))
        if error:
            found.append(Problem(name, error))
    if isinstance(record, Session):
        found += _of_session(record, now)
    return found


def _of_session(session: Session, now: datetime) -> list[Problem]:
    found = []
    if session.status == "held" and session.started and session.started > now + timedelta(days=1):
        found.append(
            Problem(
                "started", UserError(N_("This session would start in the future. Plan it instead, or mend the date."))
            )
        )
    if session.status == "held" and session.started is None:
        found.append(Problem("started", UserError(N_("Say on which day you met."))))
    if session.next_date and session.started and session.next_date < session.started.date():
        found.append(Problem("next_date", UserError(N_("The next date is before this session."))))
    return found
