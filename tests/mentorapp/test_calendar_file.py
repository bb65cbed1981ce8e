"""Planned sessions as a calendar file that other programs take."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mentorapp.clock import SetClock
from mentorapp.records import Session
from mentorapp.services import people, sessions
from mentorapp.services import workspace as workspaces
from mentorapp.services.calendar_file import calendar_file, coming_sessions, folded

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def plan(**changes: object) -> Session:
    at = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    return Session(**{"id": "5e" * 16, "status": "planned", "planned_start": at, **changes})  # type: ignore[arg-type]


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_an_event_has_what_a_calendar_asks_for() -> None:
    lines = unfolded(calendar_file([(plan(place="Gulu, library"), "Grace A.")], now=NOW))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:") for line in lines)
    assert "UID:" + "5e" * 16 in lines
    assert "DTSTAMP:20261123T080000Z" in lines
    assert "DTSTART:20261201T093000Z" in lines
    assert "DTEND:20261201T103000Z" in lines
    assert "SUMMARY:Session with Grace A." in lines
    assert "LOCATION:Gulu\\, library" in lines
    assert "STATUS:CONFIRMED" in lines


def test_a_session_called_off_is_taken_out_of_the_other_calendar() -> None:
    lines = unfolded(calendar_file([(plan(status="rescheduled"), "Grace A.")], now=NOW))
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:1" in lines
    assert "UID:" + "5e" * 16 in lines


def test_what_has_no_place_in_a_calendar_is_left_out() -> None:
    content = calendar_file([(plan(planned_start=None), "Grace A."), (plan(status="held"), "Grace A.")], now=NOW)
    assert b"VEVENT" not in content


def test_what_she_wants_to_talk_about_stays_here() -> None:
    assert b"salary" not in calendar_file([(plan(agenda="her salary"), "Grace A.")], now=NOW)


def test_every_line_ends_as_the_standard_says_and_is_short_enough() -> None:
    content = calendar_file([(plan(place="غولو " * 60), "Grace A." * 30)], now=NOW)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=400))
def test_a_folded_line_is_the_same_line_unfolded(line: str) -> None:
    pieces = list(folded(line))
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_words_break_out_of_their_line(words: str) -> None:
    lines = unfolded(calendar_file([(plan(place=words or "x"), words or "x")], now=NOW))
    starts = ("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
              "STATUS", "SEQUENCE", "LOCATION")  # fmt: skip
    assert all(line.split(":")[0] in starts for line in lines)
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 1


def test_the_coming_sessions_are_those_planned_and_those_moved(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    workspace = workspaces.start(name="Awa D.", practice=True, clock=SetClock(NOW))
    try:
        _, _, pair = people.add_mentee(workspace, name="Grace A.")
        _, first = sessions.plan_session(workspace, mentorship=pair.id, at=NOW + timedelta(days=3))
        _, moved = sessions.reschedule(workspace, first, at=NOW + timedelta(days=5))
        sessions.plan_session(workspace, mentorship=pair.id, at=NOW - timedelta(days=40))
        found = coming_sessions(workspace)
        assert [(session.id, session.status) for session, _ in found] == [
            (first.id, "rescheduled"),
            (moved.id, "planned"),
        ]
        assert {name for _, name in found} == {"Grace A."}
    finally:
        workspace.close()
