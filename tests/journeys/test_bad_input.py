"""What goes wrong in the field, met in the real window: each gets a clear sentence, and nothing is lost.

A wrong passphrase, a damaged store, a newer schema and a broken key file are in tests/ui/test_unlock.py; a folder that cannot be made and a
file that is no enrolment in tests/ui/test_first_run.py; a revoked and a silent server in tests/ui/test_sync_screen.py.
"""

import time
from typing import Any

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

from mentorapp.records import Person, Session
from mentorapp.services import people, sample
from tests.journeys.conftest import Journey
from tests.sync.conftest import Office, office, serving
from tests.ui.test_sync_screen import at_sync, join, wait

__all__ = ["office"]

LONG = "She opened the circle with a question and then kept quiet for a while. " * 2000


def writing(journey: Journey) -> QPlainTextEdit:
    """A session being written about Grace A., its notes long."""
    _, _, pair = journey.do(lambda w: people.add_mentee(w, name="Grace A."))
    journey.go("record", mentorship=pair.id)
    notes = journey.named("Notes")
    assert isinstance(notes, QPlainTextEdit)
    notes.insertPlainText(LONG)
    journey.settle()
    return notes


def limited(journey: Journey, pragma: str) -> None:
    """Let the file system refuse what a full or a locked disk would: the database asks it through this setting."""
    journey.ask(lambda w: w.store.connection.execute(pragma).fetchall())


def test_a_full_disk_is_said_and_what_was_written_stays_on_the_screen(mentor_app: Journey) -> None:
    journey = mentor_app
    notes = writing(journey)
    limited(journey, "PRAGMA max_page_count = 1")
    journey.keys("Ctrl+Return")
    assert journey.says("The disk is full")
    assert notes.isVisible()
    assert notes.toPlainText() == LONG
    assert journey.ask(lambda w: w.store.find(Session)) == []
    limited(journey, "PRAGMA max_page_count = 1000000")
    journey.keys("Ctrl+Return")
    (saved,) = journey.ask(lambda w: w.store.find(Session))
    assert saved.notes == LONG.strip() or saved.notes == LONG


def test_a_folder_that_became_read_only_is_said_and_nothing_is_lost(mentor_app: Journey) -> None:
    journey = mentor_app
    notes = writing(journey)
    limited(journey, "PRAGMA query_only = ON")
    journey.keys("Ctrl+Return")
    assert journey.says("cannot be written to")
    assert notes.toPlainText() == LONG
    limited(journey, "PRAGMA query_only = OFF")
    journey.keys("Ctrl+Return")
    assert len(journey.ask(lambda w: w.store.find(Session))) == 1


def _page(_request: Any) -> HTMLResponse:
    return HTMLResponse("<html><h1>Welcome to the hotel network. Please sign in.</h1></html>")


def _elsewhere(_request: Any) -> RedirectResponse:
    return RedirectResponse("/sign-in")


def _other_json(_request: Any) -> JSONResponse:
    return JSONResponse({"hello": ["world"]})


@pytest.mark.parametrize("answer", [_page, _elsewhere, _other_json])
def test_something_else_that_answers_is_said_and_nothing_counts_as_sent(
    mentor_app: Journey, office: Office, answer: Any
) -> None:
    journey = mentor_app
    foreign = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with serving(foreign) as address:
        at_sync(journey)
        journey.type(address, into=journey.named("Address of the office’s server"))
        journey.type("ABCD-EFGH-JKMN", into=journey.named("Code"))
        journey.click("Join")
        wait(journey)
        assert journey.says("Something else answered instead of the server")
        journey.named("Address of the office’s server").clear()  # type: ignore[attr-defined]
        journey.named("Code").clear()  # type: ignore[attr-defined]
        screen = join(journey, office)
        journey.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
        journey.ask(lambda w: w.store.remember(sync_address=address))
        journey.click(screen._button)
        wait(journey)
        assert journey.says("Something else answered instead of the server")
        assert journey.ask(lambda w: w.store.safety().only_here) == 2
        assert "2 records only on this laptop" in journey.status()
    journey.ask(lambda w: w.store.remember(sync_address=office.address))
    journey.click(screen._button)
    wait(journey)
    assert journey.ask(lambda w: w.store.safety().only_here) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("http://127.0.0.1:9", "cannot be reached now"),
        ("http://", "is not an address of a server"),
        ("not an address", "is not an address of a server"),
        ("ftp://mentor.example.org", "is not an address of a server"),
        ("http://127.0.0.1:99999", "is not an address of a server"),
        ("http://[::1", "is not an address of a server"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_in_its_place(mentor_app: Journey, typed: str, said: str) -> None:
    at_sync(mentor_app)
    mentor_app.type(typed, into=mentor_app.named("Address of the office’s server"))
    mentor_app.type("ABCD-EFGH-JKMN", into=mentor_app.named("Code"))
    mentor_app.click("Join")
    wait(mentor_app)
    assert mentor_app.says(said)
    assert mentor_app.named("Code").isEnabled()


def test_a_code_with_signs_nobody_can_see_is_still_a_wrong_code(mentor_app: Journey, office: Office) -> None:
    at_sync(mentor_app)
    mentor_app.named("Address of the office’s server").setText(office.address)  # type: ignore[attr-defined]
    mentor_app.named("Code").setText("\u202eABCD\u200b-'; DROP TABLE code; --" * 50)  # type: ignore[attr-defined]
    mentor_app.click("Join")
    wait(mentor_app)
    assert mentor_app.says("The server does not know this code.")


@pytest.mark.timeout(300)
def test_ten_thousand_mentees_are_listed_found_and_counted(mentor_app: Journey, office: Office) -> None:
    journey = mentor_app
    done: list[Any] = []
    journey.shell.do(lambda w: sample.many(w, mentees=10_000, sessions=0), done.append)
    assert journey.app.tasks.idle(240_000)
    journey.settle()
    started = time.monotonic()
    screen = journey.go("mentees")
    assert time.monotonic() - started < 3
    assert screen.isVisible()
    asked = time.monotonic()
    found = journey.ask(lambda w: w.store.search("Grace 9998", limit=5))
    assert time.monotonic() - asked < 1
    assert found
    sync = at_sync(journey)
    assert sync._stats[0].accessibleName().startswith("Only on this laptop: 20,001.")
    assert journey.ask(lambda w: len(w.store.find(Person))) == 10_001
