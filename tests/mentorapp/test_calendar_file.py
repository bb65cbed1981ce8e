"""Planned sessions as a calendar file that other programs take."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from mentorapp.clock import SetClock
from mentorapp.records import Session
from mentorapp.services import calendar_file as files
from mentorapp.services import people, sessions
from mentorapp.services import workspace as workspaces
from mentorapp.services.calendar_file import Event, calendar_file, folded, given_out, is_given_out, one_event

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    workspace = workspaces.start(name="Awa D.", practice=True, clock=SetClock(NOW))
    yield workspace
    workspace.close()


@pytest.fixture
def pair(workspace):
    return people.add_mentee(workspace, name="Grace A.")[2]


def plan(workspace, pair, days=3, **fields):
    return sessions.plan_session(workspace, mentorship=pair.id, at=NOW + timedelta(days=days), **fields)[1]


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def read(content: bytes):
    """The file as another program reads it: each event's fields by its UID."""
    found = vobject.readOne(content.decode())
    assert found.behavior is not None
    return {event.uid.value: event for event in getattr(found, "vevent_list", [])}, found


def events(workspace, **asked):
    return read(calendar_file(workspace, **asked).content)[0]


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_another_program_reads_what_is_planned(workspace, pair):
    session = plan(workspace, pair, place="Gulu, library; room 2")
    found, whole = read(calendar_file(workspace, names=True).content)
    (event,) = found.values()
    assert event.uid.value == session.id
    assert event.dtstart.value == session.planned_start
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    assert event.summary.value == "Session with Grace A."
    assert event.location.value == "Gulu, library; room 2"
    assert event.status.value == "CONFIRMED"
    assert whole.method.value == "PUBLISH"
    whole.validate(raiseException=True)


def test_nobody_is_named_unless_it_is_asked_for(workspace, pair):
    plan(workspace, pair, place="Gulu library", agenda="her salary")
    content = calendar_file(workspace).content
    assert b"Grace" not in content
    assert b"Gulu" not in content
    assert b"SUMMARY:Mentoring session" in content
    assert b"salary" not in calendar_file(workspace, names=True).content


def test_one_session_or_one_mentee_or_everything(workspace, pair):
    other = people.add_mentee(workspace, name="Ruth N.")[2]
    one, two, theirs = plan(workspace, pair), plan(workspace, pair, days=9), plan(workspace, other)
    plan(workspace, pair, days=-40)
    assert set(events(workspace)) == {one.id, two.id, theirs.id}
    assert set(events(workspace, mentorship=pair.id)) == {one.id, two.id}
    assert set(events(workspace, session=two.id)) == {two.id}


def test_a_reminder_is_in_it_only_if_it_is_wished(workspace, pair):
    plan(workspace, pair)
    assert b"VALARM" not in calendar_file(workspace).content
    (event,) = events(workspace, reminder=30).values()
    assert event.valarm.trigger.value == timedelta(minutes=-30)
    assert event.valarm.action.value == "DISPLAY"


# --- changes and cancellations ----------------------------------------------------------------------------------------


def exported(workspace, **asked):
    file = calendar_file(workspace, **asked)
    given_out(workspace, file)
    return read(file.content)[0]


def sequence(found, id):
    return int(found[id].sequence.value)


def test_a_change_has_the_same_uid_and_a_higher_sequence(workspace, pair):
    session = plan(workspace, pair)
    first = exported(workspace)
    again = exported(workspace)
    assert sequence(again, session.id) == sequence(first, session.id), "nothing changed"
    workspace.clock.forward(minutes=1)
    moved = replace(session, planned_start=NOW + timedelta(days=4))
    workspace.store.save(moved, before=session, by=workspace.me, at=workspace.clock.now())
    third = exported(workspace)
    assert third[session.id].dtstart.value == moved.planned_start
    assert sequence(third, session.id) > sequence(again, session.id)
    named = exported(workspace, names=True)
    assert sequence(named, session.id) > sequence(third, session.id), "another title is a change too"


@pytest.mark.parametrize("way", ["cancelled", "moved", "voided"])
def test_what_was_given_out_and_called_off_is_taken_back(workspace, pair, way):
    session, stays = plan(workspace, pair), plan(workspace, pair, days=8)
    before = exported(workspace)
    workspace.clock.forward(minutes=1)
    if way == "cancelled":
        sessions.cancel_session(workspace, session, by="mentee")
    elif way == "moved":
        sessions.reschedule(workspace, session, at=NOW + timedelta(days=5))
    else:
        workspace.store.void(session, reason="twice", by=workspace.me, at=workspace.clock.now())
    after = exported(workspace)
    assert after[session.id].status.value == "CANCELLED"
    assert sequence(after, session.id) > sequence(before, session.id)
    assert after[stays.id].status.value == "CONFIRMED"
    assert len(after) == (3 if way == "moved" else 2)


def test_what_was_never_given_out_is_not_taken_back(workspace, pair):
    sessions.cancel_session(workspace, plan(workspace, pair), by="mentor")
    assert calendar_file(workspace).events == ()


def test_a_file_of_nothing_but_cancellations_says_so(workspace, pair):
    session = plan(workspace, pair)
    exported(workspace)
    sessions.cancel_session(workspace, session, by="mentor")
    file = calendar_file(workspace, session=session.id)
    assert (file.planned, file.cancelled) == (0, 1)
    assert read(file.content)[1].method.value == "CANCEL"


def test_only_what_reached_somebody_counts_as_given_out(workspace, pair):
    session = plan(workspace, pair)
    file = calendar_file(workspace)
    assert not is_given_out(workspace, session.id)
    given_out(workspace, file)
    assert is_given_out(workspace, session.id)


# --- the format -------------------------------------------------------------------------------------------------------


def test_the_next_date_of_a_copy_is_a_file_too():
    found, _ = read(one_event(start=NOW, now=NOW, name="Awa D.", reminder=15))
    (event,) = found.values()
    assert event.summary.value == "Session with Awa D."


def written(words: str) -> bytes:
    session = Session(id="5e" * 16, status="planned", planned_start=NOW, place=words)
    event = Event(session=session, name=words, cancelled=False, sequence=0, said="")
    return files._content([event], now=NOW, names=True, reminder=10)


def test_every_line_ends_as_the_standard_says_and_is_short_enough():
    content = written("غولو " * 60)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    (event,) = read(content)[0].values()
    assert event.location.value == "غولو " * 60


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=400))
def test_a_folded_line_is_the_same_line_unfolded(line: str) -> None:
    pieces = list(folded(line))
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_words_break_out_of_their_line(words: str) -> None:
    lines = unfolded(written(words or "x"))
    starts = ("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
              "STATUS", "SEQUENCE", "LOCATION", "CLASS", "ACTION", "DESCRIPTION", "TRIGGER")  # fmt: skip
    assert all(line.split(":")[0] in starts for line in lines)
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 1
