"""Two versions of one thing: shown with who and when, chosen by a person, and the one not chosen stays in the history."""

import dataclasses
from datetime import timedelta

import msgspec
import pytest

from mentorapp import registers
from mentorapp.records import Session
from mentorapp.registers import Dot, Stamp, State
from mentorapp.services import conflicts, people
from tests.mentorapp.sessions import NOON, later, opened, session

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


def asked(workspace):
    """What asks, as a person sees it: the field, and each version with who, when and where."""
    return [(one.record, one.name, one.together, one.sides) for one in conflicts.conflicts(workspace)]


@pytest.mark.parametrize("field", ["place", "notes"])
@pytest.mark.parametrize("value", ["library", "school", "the school's library"])
def test_a_choice_taken_back_asks_exactly_as_before(workspace, colleague, field, value):
    one = mine(workspace, **{field: "library"})
    hear(workspace, one.id, by=colleague.id, **{field: "school"})
    before = asked(workspace)
    (conflict,) = conflicts.conflicts(workspace)
    workspace.clock.forward(minutes=20)
    conflicts.choose(workspace, conflict, value)
    conflicts.undo(workspace, conflict)
    assert asked(workspace) == before
    assert workspace.store.safety().needs_you == 1
    (again,) = conflicts.conflicts(workspace)
    conflicts.choose(workspace, again, "school")
    assert conflicts.conflicts(workspace) == []


@pytest.mark.parametrize("voided", [True, False])
def test_a_raced_voiding_settled_and_taken_back_asks_as_before(workspace, voided):
    one = mine(workspace, place="library")
    people.void(workspace, one, reason="twice")
    hear(workspace, one.id, minute=60, notes="written meanwhile")
    before = asked(workspace)
    (conflict,) = conflicts.conflicts(workspace)
    conflicts.choose(workspace, conflict, voided)
    conflicts.undo(workspace, conflict)
    assert asked(workspace) == before


def test_taking_a_choice_back_keeps_what_arrived_since_and_reaches_the_others(workspace, tmp_path):
    one = mine(workspace, place="library")
    hear(workspace, one.id, place="school")
    (conflict,) = conflicts.conflicts(workspace)
    conflicts.choose(workspace, conflict, "library")
    with opened(tmp_path / "other.mentor") as (other,):
        other.absorb(list(workspace.store.all_states()), at=NOON)
        dot = Dot(b"u" * 8, 1)
        late = State("session", one.id, {"place": registers.first(dot, b"\xa6market")}, {dot: Stamp("u", 5)})
        workspace.store.absorb([late], at=NOON)
        conflicts.undo(workspace, conflict)
        assert {s.value for s in conflicts.conflicts(workspace)[0].sides} == {"library", "school", "market"}
        (waiting,) = (p for p in workspace.store.pending() if p.state.id == one.id)
        other.absorb([waiting.state], at=NOON)
        assert {v.value for v in other.versions(one.id, "place")} == {b"\xa7library", b"\xa6school", b"\xa6market"}


def test_a_version_saved_while_the_clock_was_off_says_so(workspace):
    one = mine(workspace, place="library")
    workspace.store.compare_clocks(NOON, offset=timedelta(minutes=-11), doubt=timedelta(0))
    after = dataclasses.replace(one, place="the hall")
    people.edit(workspace, one, after)
    hear(workspace, one.id, place="school")
    (conflict,) = conflicts.conflicts(workspace)
    assert {(side.value, side.in_doubt) for side in conflict.sides} == {("the hall", True), ("school", False)}
    conflicts.choose(workspace, conflict, "school")
    found = conflicts.earlier(workspace, after, "place")
    assert {(side.value, side.in_doubt) for side in found} == {
        ("library", False),
        ("the hall", True),
        ("school", False),
    }
