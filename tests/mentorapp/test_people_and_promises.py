"""Beginning with somebody asks only a name; promises and goals move as they may; nothing is removed without a reason."""

import dataclasses
from datetime import date

import pytest

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.fields import Choice, fields_of
from mentorapp.records import BY_KIND, ActionItem, Goal, Mentorship, Person, Site
from mentorapp.rules import STATES, may_become, problems
from mentorapp.services import people, promises
from tests.mentorapp.sessions import NOON


def test_beginning_with_somebody_asks_only_a_name(workspace):
    changed, person, mentorship = people.add_mentee(workspace, name="  Tesfaye \n M. ")
    assert workspace.store.get(Person, person.id).name == "Tesfaye M."
    kept = workspace.store.get(Mentorship, mentorship.id)
    assert (kept.mentors, kept.mentees, kept.status, kept.type) == (
        (workspace.me,),
        (person.id,),
        "active",
        "one_to_one",
    )
    assert kept.starts == NOON.date()
    assert kept.scope == f"mentorship/{kept.id}"
    assert changed.kinds == {"person", "mentorship"}
    assert not [p for r in (person, kept) for p in problems(r, NOON)]


@pytest.mark.parametrize("name", ["", "   ", "\n", "\x00", "\ud800"])
def test_nobody_is_added_without_a_name(workspace, name):
    before = len(workspace.store.find(Person))
    with pytest.raises(UserError, match="likes to be called"):
        people.add_mentee(workspace, name=name)
    assert len(workspace.store.find(Person)) == before


def test_a_site_is_made_once(workspace):
    for name in ("Gulu library", "gulu LIBRARY ", "Gulu  library"):
        people.add_mentee(workspace, name="Ruth N.", site=name)
    assert [site.name for site in workspace.store.find(Site)] == ["Gulu library"]
    people.add_group(workspace, name="Circle", mentees=("b", "a"), site="Lira office")
    assert len(workspace.store.find(Site)) == 2
    assert workspace.store.find(Mentorship, "type = 'group'")[0].mentees == ("a", "b")


def test_sharing_with_a_colleague_makes_two_mentors(workspace):
    _, _, mentorship = people.add_mentee(workspace, name="Ruth N.")
    people.share_with(workspace, mentorship, "colleague")
    shared = workspace.store.get(Mentorship, mentorship.id)
    assert set(shared.mentors) == {workspace.me, "colleague"}
    assert shared.type == "co_mentored"


def test_nothing_goes_out_of_sight_without_a_reason_and_it_can_come_back(workspace):
    _, person, _ = people.add_mentee(workspace, name="Ruth N.")
    with pytest.raises(UserError, match="Say why"):
        people.void(workspace, person, reason="  ")
    people.void(workspace, person, reason="entered twice")
    assert person.id not in {p.id for p in workspace.store.find(Person)}
    people.unvoid(workspace, person)
    assert person.id in {p.id for p in workspace.store.find(Person)}


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", STATES)
def test_states_are_just_those_that_are_declared(kind):
    field = fields_of(BY_KIND[kind])["status"]
    assert isinstance(field, Choice)
    assert {option.code for option in field.options} == set(STATES[kind])
    for state, after in STATES[kind].items():
        assert after <= set(STATES[kind])
        assert state not in after


@pytest.mark.parametrize("kind", STATES)
def test_exactly_the_allowed_steps_can_be_saved(workspace, kind):
    for before in STATES[kind]:
        for after in STATES[kind]:
            record = BY_KIND[kind](id=new_id(), status=before)
            workspace.store.save(record, by=workspace.me, at=NOON)
            change = dataclasses.replace(record, status=after)
            if before == after or after in STATES[kind][before]:
                people.edit(workspace, record, change)
                assert workspace.store.get(BY_KIND[kind], record.id).status == after
            else:
                with pytest.raises(UserError, match="does not follow"):
                    people.edit(workspace, record, change)
                assert workspace.store.get(BY_KIND[kind], record.id).status == before


def test_starting_anywhere_and_staying_are_always_allowed():
    assert may_become("session", None, "held")
    assert may_become("person", "active", "left")
    assert not may_become("session", "held", "planned")
    assert not may_become("session", "held", None)


# --- promises and goals -----------------------------------------------------------------------------------------------


def test_a_promise_is_settled_on_the_day_and_can_be_opened_again(workspace):
    _, item = promises.promise(workspace, mentorship="m", text=" read ", due=date(2026, 3, 1))
    promises.settle(workspace, item, to="done")
    done = workspace.store.get(ActionItem, item.id)
    assert (done.text, done.status, done.settled_on) == ("read", "done", NOON.date())
    with pytest.raises(UserError, match="settled already"):
        promises.settle(workspace, done, to="dropped")
    promises.settle(workspace, done, to="open")
    assert workspace.store.get(ActionItem, item.id).settled_on is None


@pytest.mark.parametrize("words", ["", "  "])
def test_an_empty_promise_or_goal_is_refused(workspace, words):
    with pytest.raises(UserError):
        promises.promise(workspace, mentorship="m", text=words)
    with pytest.raises(UserError):
        promises.set_goal(workspace, mentorship="m", statement=words)
    assert workspace.store.find(ActionItem) == []
    assert workspace.store.find(Goal) == []


def test_a_goal_is_achieved_when_its_target_is_reached(workspace):
    _, goal = promises.set_goal(workspace, mentorship="m", statement="four briefs", target=4)
    assert goal.progress == 0
    for progress, status in ((3, "active"), (4, "achieved"), (2, "achieved")):
        goal = workspace.store.get(Goal, goal.id)
        promises.record_progress(workspace, goal, progress=progress)
        assert workspace.store.get(Goal, goal.id).status == status
    promises.record_progress(workspace, workspace.store.get(Goal, goal.id), progress=-5)
    assert workspace.store.get(Goal, goal.id).progress == 0


def test_a_goal_without_a_target_is_never_achieved_by_counting(workspace):
    _, goal = promises.set_goal(workspace, mentorship="m", statement="speak up")
    promises.record_progress(workspace, goal, progress=10**6)
    assert workspace.store.get(Goal, goal.id).status == "active"
