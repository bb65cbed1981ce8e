"""Moving a plan: an edit while it is only a plan, a rescheduling once others may count on it, and always a way back."""

from datetime import timedelta

import pytest

from mentorapp.errors import UserError
from mentorapp.records import Session
from mentorapp.services import calendar_file, moving, people, sessions


@pytest.fixture
def planned(workspace):
    _, _, pair = people.add_mentee(workspace, name="Ruth N.")
    return sessions.plan_session(workspace, mentorship=pair.id, at=workspace.clock.now() + timedelta(days=2))[1]


def later(session, **by):
    return session.planned_start + timedelta(**by)


def test_a_plan_that_lies_ahead_is_edited_and_put_back(workspace, planned):
    moved = moving.move(workspace, planned, at=later(planned, days=1))
    assert (moved.after.id, moved.after.status) == (planned.id, "planned")
    assert workspace.store.find(Session)[0].planned_start == later(planned, days=1)
    moving.put_back(workspace, moved)
    assert workspace.store.find(Session) == [planned.at_home()]


@pytest.mark.parametrize("why", ["past", "given out", "a cause"])
def test_what_others_may_count_on_is_rescheduled_with_its_cause_and_put_back(workspace, planned, why):
    if why == "past":
        workspace.clock.forward(days=3)
    if why == "given out":
        calendar_file.given_out(workspace, calendar_file.calendar_file(workspace))
    assert moving.needs_cause(workspace, planned) == (why != "a cause")
    moved = moving.move(workspace, planned, at=later(planned, days=9), reason="road closed")
    old = workspace.store.get(Session, planned.id)
    assert (old.status, old.reason, old.moved_to) == ("rescheduled", "road closed", moved.after.id)
    moving.put_back(workspace, moved)
    (only,) = workspace.store.find(Session)
    assert (only.id, only.status, only.reason, only.moved_to) == (planned.id, "planned", "", None)


def test_what_is_settled_is_not_moved(workspace, planned):
    sessions.cancel_session(workspace, planned, by="mentor")
    with pytest.raises(UserError, match="settled already"):
        moving.move(workspace, planned, at=later(planned, days=1))
