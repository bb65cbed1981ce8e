"""Goals over time: one rule joins a goal to its measurements, whatever is kept, mended, taken out or undone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import indicators
from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.records import Goal, Measurement
from mentorapp.services import goals, people, promises, recall
from tests.mentorapp.sessions import NOON
from tests.strategies import times

TODAY = day_of(NOON)


@pytest.fixture
def pair(workspace):
    """A mentee and the mentorship with her."""
    _, person, mentorship = people.add_mentee(workspace, name="Ruth N.")
    return person, mentorship


@pytest.fixture
def goal(workspace, pair):
    """A goal of four steps."""
    return promises.set_goal(workspace, mentorship=pair[1].id, owner=pair[0].id, statement="Four reviews", target=4)[1]


def standing(workspace, goal):
    """The goal as it is kept."""
    return workspace.store.get(Goal, goal.id)


def test_a_goal_is_where_its_latest_day_says_however_late_it_is_written(workspace, goal):
    goals.measure(workspace, goal=goal.id, reached=2, day=TODAY)
    goals.measure(workspace, goal=goal.id, reached=1, day=TODAY - timedelta(days=30))
    assert standing(workspace, goal).progress == 2
    assert [m.reached for m in goals.view(workspace, goal.id).course] == [1, 2]


@settings(max_examples=times(6))
@given(
    st.lists(
        st.tuples(st.sampled_from(("add", "mend", "out", "back")), st.integers(0, 40), st.integers(0, 9)), max_size=7
    )
)
def test_a_goal_says_what_its_measurements_say_after_any_steps(tmp_path_factory, steps):
    from mentorapp.clock import SetClock
    from mentorapp.services.workspace import Workspace
    from mentorapp.store import Store
    from tests.mentorapp.sessions import KEY

    workspace = Workspace(Store(tmp_path_factory.mktemp("s") / "store.mentor", KEY), SetClock(NOON), "me")
    try:
        _, goal = promises.set_goal(workspace, mentorship="p", statement="More", baseline=3, target=9)
        for step, days, reached in steps:
            some = workspace.store.find(Measurement, "goal = ?", (goal.id,), voided=True)
            one = some[days % len(some)] if some else None
            if step == "add" or one is None:
                goals.measure(workspace, goal=goal.id, reached=reached, day=TODAY - timedelta(days=days))
            elif step == "mend" and not one.voided:
                goals.mend(workspace, one, replace(one, reached=reached, day=TODAY - timedelta(days=days)))
            elif step == "out" and not one.voided:
                goals.take_out(workspace, one, reason="a slip")
            elif step == "back" and one.voided:
                goals.put_back(workspace, one)
            alive = workspace.store.find(Measurement, "goal = ?", (goal.id,))
            far = indicators.reached(alive)
            assert standing(workspace, goal).progress == (3 if far is None else far)
            assert goals.view(workspace, goal.id).goal.progress == standing(workspace, goal).progress
    finally:
        workspace.store.close()


def test_the_target_achieves_and_undoing_takes_back_both(workspace, goal):
    before = standing(workspace, goal)
    changed, _ = goals.measure(workspace, goal=goal.id, reached=4)
    assert standing(workspace, goal).status == "achieved"
    goals.undo(workspace, goal=before, made=changed.records)
    assert (standing(workspace, goal).status, standing(workspace, goal).progress) == ("active", 0)
    assert goals.view(workspace, goal.id).course == ()


def test_a_goal_that_counts_down_is_not_achieved_by_a_high_number(workspace, pair):
    _, less = promises.set_goal(workspace, mentorship=pair[1].id, statement="Fewer late forms", baseline=9, target=2)
    goals.measure(workspace, goal=less.id, reached=8)
    assert standing(workspace, less).status == "active"


def test_what_is_still_to_come_is_not_measured(workspace, goal):
    with pytest.raises(UserError, match="still to come"):
        goals.measure(workspace, goal=goal.id, reached=1, day=TODAY + timedelta(days=1))
    assert goals.view(workspace, goal.id).course == ()


def test_two_laptops_that_measured_are_never_asked_which_counts(workspace, goal, tmp_path):
    from mentorapp.store import Store
    from tests.mentorapp.sessions import KEY

    other = Store(tmp_path / "other.mentor", KEY)
    try:
        other.absorb(workspace.store.all_states(), at=NOON)
        goals.measure(workspace, goal=goal.id, reached=3, day=TODAY)
        theirs = replace(workspace, store=other)
        goals.measure(theirs, goal=goal.id, reached=1, day=TODAY - timedelta(days=9))
        workspace.store.absorb(other.all_states(), at=NOON)
    finally:
        other.close()
    assert not workspace.store.asking()
    assert goals.view(workspace, goal.id).goal.progress == 3
    person = workspace.store.rows("SELECT owner FROM goal")[0][0]
    assert recall.mentee(workspace, person).goals[0].progress == 3


def test_a_state_follows_only_where_it_may_and_dropping_asks_why(workspace, goal):
    with pytest.raises(UserError, match="let go"):
        goals.move(workspace, goal.id, to="dropped")
    _, before = goals.move(workspace, goal.id, to="dropped", reason="She moved on")
    assert standing(workspace, goal).dropped_reason == "She moved on"
    with pytest.raises(UserError, match="does not follow"):
        goals.move(workspace, goal.id, to="achieved")
    assert goals.next_states(standing(workspace, goal)) == ("active",)
    goals.undo(workspace, goal=before)
    assert (standing(workspace, goal).status, standing(workspace, goal).dropped_reason) == ("active", "")


def test_mending_a_goal_leaves_how_far_it_is_to_its_measurements(workspace, goal):
    goals.measure(workspace, goal=goal.id, reached=2)
    now = standing(workspace, goal)
    goals.change(workspace, now, replace(now, statement=" Five reviews ", target=5, progress=99, status="dropped"))
    after = standing(workspace, goal)
    assert (after.statement, after.target, after.progress, after.status) == ("Five reviews", 5, 2, "active")
    with pytest.raises(UserError):
        goals.change(workspace, after, replace(after, statement=" "))


def test_promises_are_mended_and_listed_open_before_settled(workspace, pair, goal):
    _, late = promises.promise(workspace, mentorship=pair[1].id, text="Late", due=TODAY - timedelta(days=2))
    _, soon = promises.promise(workspace, mentorship=pair[1].id, text="Soon", due=TODAY, goal=goal.id)
    _, done = promises.promise(workspace, mentorship=pair[1].id, text="Done")
    promises.settle(workspace, done, to="done")
    assert [item.text for item in promises.of_mentorship(workspace, pair[1].id)] == ["Late", "Soon", "Done"]
    promises.change(workspace, late, replace(late, text="Later", owner="mentor", due=None, status="done"))
    mended = promises.of_mentorship(workspace, pair[1].id)[1]
    assert (mended.text, mended.owner, mended.due, mended.status) == ("Later", "mentor", None, "open")
    assert [item.text for item in goals.view(workspace, goal.id).promises] == ["Soon"]
    with pytest.raises(UserError, match="stands in the way"):
        promises.settle(workspace, soon, to="blocked")


def test_progress_noted_in_a_session_is_kept_with_it_and_only_once(workspace, pair, goal):
    from mentorapp.records import Session
    from mentorapp.services import sessions
    from mentorapp.services.goals import Reached

    draft = sessions.begin_draft(workspace, mentorship=pair[1].id)
    started = NOON - timedelta(days=3)
    said = (Reached(goal=goal.id, reached=3, note="Alone"), Reached(goal="g" * 32, reached=1), Reached(goal=goal.id))
    draft = replace(draft, progress=said, session=replace(draft.session, started=started))
    sessions.keep_draft(workspace, draft)
    assert sessions.read_draft(workspace.store.draft(draft.id)) == draft
    changed = sessions.hold_session(workspace, draft=draft)
    (course,) = goals.view(workspace, goal.id).course
    assert (course.reached, course.note, course.day, course.session) == (3, "Alone", day_of(started), draft.id)
    assert {"goal", "measurement", "session"} <= changed.kinds
    assert standing(workspace, goal).progress == 3
    again = sessions.reopen(workspace, workspace.store.get(Session, draft.id))
    sessions.hold_session(workspace, draft=again)
    assert len(goals.view(workspace, goal.id).course) == 1
