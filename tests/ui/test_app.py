"""The program put together: what changes is seen, closing keeps, commands work from everywhere, another language begins at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from mentorapp import i18n, settings
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import Person
from mentorapp.services import people, sample, sessions
from mentorapp.services import workspace as workspaces
from tests.journeys.conftest import PASSPHRASE, Journey
from ui import theme
from ui.screens.mentee import MenteeScreen


def test_the_status_line_counts_after_every_change(mentor_app: Journey) -> None:
    assert mentor_app.status() == "Everything is only on this laptop. Not connected to an office yet"
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    assert mentor_app.status().startswith("Everything is only on this laptop")


def test_a_change_is_seen_on_the_screen_that_shows_it(mentor_app: Journey) -> None:
    mentor_app.go("mentees")
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    assert mentor_app.says("1 person")


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        ("Ctrl+1", "today"),
        ("Ctrl+2", "mentees"),
        ("Ctrl+3", "sessions"),
        ("Ctrl+4", "sync"),
        ("Ctrl+5", "settings"),
        ("F1", "shortcuts"),
        ("Ctrl+?", "shortcuts"),
        ("Ctrl+R", "record"),
        ("Ctrl+P", "sessions"),
        ("Ctrl+N", "mentees"),
    ],
)
def test_every_place_is_reached_by_its_keys(mentor_app: Journey, keys: str, screen: str) -> None:
    mentor_app.go("settings" if screen == "today" else "today")
    mentor_app.keys(keys)
    assert mentor_app.window.current_key() == screen


@pytest.mark.parametrize("place", ["today", "mentees", "sessions", "sync", "settings"])
def test_every_place_is_reached_by_a_click(mentor_app: Journey, place: str) -> None:
    mentor_app.click(mentor_app.window.navigation.button(place))
    assert mentor_app.window.current_key() == place


def test_the_keys_of_the_program_win_over_those_of_a_text_field(mentor_app: Journey) -> None:
    mentor_app.go("mentees")
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    field = mentor_app.named("Filter by name, role or site")
    assert isinstance(field, QLineEdit)
    mentor_app.type("Gra", into=field)
    field.home(False)
    mentor_app.keys("Ctrl+K")
    assert mentor_app.held() is mentor_app.window.search.field
    assert field.text() == "Gra"


def test_alt_left_goes_back_to_where_one_was(mentor_app: Journey) -> None:
    _, person, _ = mentor_app.ask(lambda w: people.add_mentee(w, name="Grace A."))
    mentor_app.go("mentee", person=person.id)
    mentor_app.go("settings")
    mentor_app.keys("Alt+Left")
    assert isinstance(mentor_app.screen(), MenteeScreen)
    assert mentor_app.says("Grace A.")


def search(journey: Journey, typed: str) -> list[str]:
    """Search for something; the titles of what is offered."""
    journey.keys("Ctrl+K")
    journey.type(typed)
    QTest.qWait(journey.window.search.REST_MS * 3)
    journey.settle()
    return [row.title for row in journey.window.search.results()]


def test_search_finds_people_and_words_and_opens_them_by_enter(mentor_app: Journey) -> None:
    mentor_app.do(sample.add_people)
    assert "Grace A." in search(mentor_app, "grace")
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Grace A.")


def test_search_opens_a_session_at_its_words(mentor_app: Journey) -> None:
    mentor_app.do(sample.add_people)
    found = search(mentor_app, "council")
    assert found
    kinds = [row.key.split(":")[0] for row in mentor_app.window.search.results()]
    mentor_app.keys(*["Down"] * kinds.index("session"), "Return")
    assert mentor_app.window.current_key() == "record"


def test_search_runs_commands(mentor_app: Journey) -> None:
    assert search(mentor_app, "new men")[0] == "New mentee"
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "mentees"


def test_text_grows_and_shrinks_and_the_choice_is_kept(mentor_app: Journey, home: Path) -> None:
    mentor_app.keys("Ctrl+=")
    assert theme.current().scale == settings.load().text_size == 1.1
    mentor_app.keys("Ctrl+-", "Ctrl+-")
    assert theme.current().scale == settings.load().text_size == 1.0


def test_dark_and_light_change_at_once(mentor_app: Journey) -> None:
    mentor_app.keys("Ctrl+Shift+D")
    assert theme.current().is_dark
    mentor_app.keys("Ctrl+Shift+D")
    assert not theme.current().is_dark


def test_another_language_is_spoken_at_once_where_one_was(mentor_app: Journey) -> None:
    _, person, _ = mentor_app.ask(lambda w: people.add_mentee(w, name="Grace A."))
    mentor_app.go("mentee", person=person.id)
    mentor_app.app.change(language="ar")
    mentor_app.settle()
    assert i18n.language() == "ar"
    assert QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Grace A.")
    mentor_app.app.change(language="en")
    mentor_app.settle()
    assert mentor_app.says("Record a session")


def test_samples_are_marked_on_every_screen_and_lead_to_a_real_start(fresh_app: Journey) -> None:
    fresh_app.open(sample.enter)
    said = "Practice with sample people — nothing here is real or sent"
    for screen in ("today", "mentees", "sync", "settings"):
        fresh_app.go(screen)
        assert fresh_app.says(said), screen
    assert fresh_app.status() == "Practice: nothing here is real, and nothing is sent"
    fresh_app.click("Start for real")
    assert fresh_app.window.current_key() == "first_run"
    assert not fresh_app.says(said)
    assert settings.load().practice


def test_locking_asks_for_the_passphrase_and_shows_nothing(mentor_app: Journey) -> None:
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    mentor_app.go("mentees")
    mentor_app.keys("Ctrl+L")
    assert mentor_app.window.current_key() == "unlock"
    assert not mentor_app.says("Grace A.")
    mentor_app.keys("Ctrl+2", "Ctrl+N")
    assert mentor_app.window.current_key() == "unlock"
    mentor_app.type(PASSPHRASE)
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "today"


def test_closing_keeps_what_is_being_written(mentor_app: Journey) -> None:
    _, person, pair = mentor_app.ask(lambda w: people.add_mentee(w, name="Grace A."))
    mentor_app.go("record", mentorship=pair.id, person=person.id)
    notes = mentor_app.named("Notes")
    mentor_app.type("She asked before she answered", into=notes)
    mentor_app.close()
    assert not mentor_app.window.isVisible()
    opened = workspaces.open_with_passphrase(PASSPHRASE)
    try:
        assert "She asked before she answered" in opened.store.drafts()[0].body
        assert sessions.read_draft(opened.store.drafts()[0]).session.mentorship == pair.id
    finally:
        opened.close()


def test_closing_stays_once_when_something_could_not_be_kept(mentor_app: Journey) -> None:
    screen: Any = mentor_app.go("today")

    def full(_workspace: object) -> None:
        raise UserError(N_("The disk is full."))

    screen.leave = lambda: mentor_app.shell.do(full)
    mentor_app.window.close()
    assert mentor_app.window.isVisible()
    assert mentor_app.says("The disk is full.")
    mentor_app.window.close()
    assert not mentor_app.window.isVisible()


def test_the_title_of_the_window_names_nobody(mentor_app: Journey) -> None:
    _, person, _ = mentor_app.ask(lambda w: people.add_mentee(w, name="Grace A."))
    mentor_app.go("mentee", person=person.id)
    assert mentor_app.window.windowTitle() == "Mentor"


def test_a_bug_in_a_screen_is_told_and_the_program_goes_on(
    mentor_app: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_workspace: object) -> None:
        raise ZeroDivisionError

    mentor_app.shell.do(broken)
    mentor_app.settle()
    assert mentor_app.says("Something went wrong in the program.")
    mentor_app.go("mentees")
    assert mentor_app.window.current_key() == "mentees"


def _program(home: Path, **environment: str) -> "subprocess.Popen[str]":
    clean = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "ui"],
        env={**clean, "MENTOR_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a display be missing")
def test_without_a_display_one_sentence_says_so(home: Path) -> None:
    program = _program(home)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 2
    assert said == "Mentor needs a screen: there is no display to open its window on. Start it from a desktop.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes windows otherwise")
def test_being_asked_to_end_closes_the_window_in_good_order(home: Path) -> None:
    opened = workspaces.start(name="Awa D.", practice=True)
    opened.store.save(Person(id="g" * 32, name="Grace A."), by=opened.me, at=opened.clock.now())
    opened.close()
    settings.keep(settings.Settings(language="en", practice=True))
    program = _program(home, QT_QPA_PLATFORM="offscreen")
    store = home / "practice" / "store.mentor-wal"
    deadline = time.monotonic() + 60
    while not store.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert store.exists(), "it did not open the store"
    program.send_signal(signal.SIGTERM)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 0, said
    assert not store.exists(), "the store was not closed"
