"""Two versions of one thing: shown with who and when, chosen by a person, and the one not chosen stays in the history."""

import dataclasses

import msgspec
import pytest

from mentorapp import registers
from mentorapp.records import Session
from mentorapp.registers import Dot, Stamp, State
from mentorapp.services import conflicts, people
from tests.mentorapp.sessions import NOON, later, session

THEM = b"t" * 8


@pytest.fixture
def colleague(workspace):
    """A colleague's Person and a way to hear from their laptop."""
    _, person, _ = people.add_mentee(workspace, name="Hanna B.")
    return person


def hear(workspace, id, counter=1, by="", minute=9, **values):
    """The colleague's laptop saved these without knowing of what stands here."""
    dot = Dot(THEM, counter)
    some = {name: registers.first(dot, msgspec.msgpack.encode(value)) for name, value in values.items()}
    stamp = Stamp(by, int(later(minute).timestamp()))
    workspace.store.absorb([State("session", id, some, {dot: stamp})], at=NOON)


def mine(workspace, **values):
    one = session(**values).at_home()
    workspace.store.save(one, by=workspace.me, at=NOON)
    return one


def test_both_sides_are_shown_with_who_and_when_oldest_first(workspace, colleague):
    one = mine(workspace, place="library")
    hear(workspace, one.id, by=colleague.id, place="school")
    (conflict,) = conflicts.conflicts(workspace)
    assert (conflict.record.id, conflict.name, conflict.together) == (one.id, "place", None)
    assert [(s.value, s.by, s.mine, s.here) for s in conflict.sides] == [
        ("library", "Grace A.", True, True),
        ("school", "Hanna B.", False, False),
    ]
    assert conflict.sides[1].at == later(9)


@pytest.mark.parametrize("value", ["library", "school", "the school's library"])
def test_choosing_supersedes_both_and_the_history_keeps_them(workspace, colleague, value):
    one = mine(workspace, place="library")
    hear(workspace, one.id, by=colleague.id, place="school")
    (conflict,) = conflicts.conflicts(workspace)
    conflicts.choose(workspace, conflict, value)
    assert conflicts.conflicts(workspace) == []
    assert workspace.store.get(Session, one.id).place == value
    earlier = conflicts.earlier(workspace, conflict.record, "place")
    assert {(side.value, side.by) for side in earlier} == {("library", "Grace A."), ("school", "Hanna B.")}
    assert workspace.store.safety().needs_you == 0
    register = workspace.store.state(one.id).registers["place"]
    assert register.covers(Dot(THEM, 1))


def test_a_version_that_arrives_while_one_chooses_is_asked_about_too(workspace):
    one = mine(workspace, place="library")
    hear(workspace, one.id, place="school")
    (conflict,) = conflicts.conflicts(workspace)
    dot = Dot(b"u" * 8, 1)
    late = State("session", one.id, {"place": registers.first(dot, b"\xa6market")}, {dot: Stamp("u", 5)})
    workspace.store.absorb([late], at=NOON)
    conflicts.choose(workspace, conflict, "library")
    (again,) = conflicts.conflicts(workspace)
    assert {side.value for side in again.sides} == {"library", "market"}


def test_long_texts_are_suggested_together(workspace):
    one = mine(workspace, notes="We met.")
    hear(workspace, one.id, notes="It rained.")
    (conflict,) = conflicts.conflicts(workspace)
    assert "We met." in conflict.together
    assert "It rained." in conflict.together
    conflicts.choose(workspace, conflict, conflict.together)
    assert workspace.store.get(Session, one.id).notes == conflict.together
    assert conflicts.conflicts(workspace) == []


def test_sets_unite_and_equal_values_collapse_without_asking(workspace):
    one = mine(workspace, place="library", topics=("a",))
    hear(workspace, one.id, place="library", topics=["b"])
    assert conflicts.conflicts(workspace) == []
    assert workspace.store.get(Session, one.id).topics == ("a", "b")


@pytest.mark.parametrize("voided", [True, False])
def test_a_raced_voiding_is_asked_once_and_settled_either_way(workspace, voided):
    one = mine(workspace, place="library")
    people.void(workspace, one, reason="twice")
    hear(workspace, one.id, minute=60, notes="written meanwhile")
    (conflict,) = conflicts.conflicts(workspace)
    assert conflict.name == "voided"
    conflicts.choose(workspace, conflict, voided)
    assert conflicts.conflicts(workspace) == []
    assert workspace.store.get(Session, one.id).voided is voided


def test_a_voiding_that_somebody_took_back_while_it_was_edited_is_one_question(workspace):
    one = mine(workspace, place="library")
    people.void(workspace, one, reason="twice")
    hear(workspace, one.id, minute=60, notes="written meanwhile", voided=False)
    assert [c.name for c in conflicts.conflicts(workspace)] == ["voided"]
    assert workspace.store.get(Session, one.id).notes == "written meanwhile"


@pytest.mark.parametrize("strange", [7, ["a"], {"a": 1}, True])
def test_a_value_of_a_later_version_is_no_obstacle_to_choosing(workspace, strange):
    one = mine(workspace, place="library")
    hear(workspace, one.id, place=strange)
    (conflict,) = conflicts.conflicts(workspace)
    assert {side.value for side in conflict.sides} == {"library", ""}
    conflicts.choose(workspace, conflict, "library")
    assert conflicts.conflicts(workspace) == []


def test_the_history_is_newest_first(workspace):
    one = mine(workspace, place="a")
    for place in "bcd":
        after = dataclasses.replace(one, place=place)
        people.edit(workspace, one, after)
        one = after
    assert [side.value for side in conflicts.earlier(workspace, one, "place")] == ["c", "b", "a"]
