"""The first minutes, by every route: nothing needs a network, nothing typed is lost, and what stands in the way is said in its place."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog

from mentorapp import i18n, settings
from mentorapp.records import Person
from mentorapp.services import workspace as workspaces
from tests.journeys.conftest import Journey
from ui.screens.first_run import FirstRunScreen
from ui.widgets import LineInput
from ui.widgets.passphrase import PassphraseBox, bits, judged


def _first(journey: Journey) -> FirstRunScreen:
    screen = journey.screen()
    assert isinstance(screen, FirstRunScreen)
    return screen


def test_a_person_starts_with_a_name_and_a_passphrase_by_keyboard_alone(fresh_app: Journey) -> None:
    journey = fresh_app
    assert journey.says("Welcome")
    journey.keys("Return")
    journey.type("Hanna  B.")
    journey.keys("Return")
    journey.type("two tall giraffes")
    journey.keys("Return")
    assert journey.window.current_key() == "today"
    assert workspaces.exists()
    assert journey.ask(lambda w: w.store.get(Person, w.me).name) == "Hanna B."
    assert workspaces.ways_in() == {"passphrase"}


def test_sample_people_are_one_click_away_and_apart(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Try with sample people")
    assert journey.window.current_key() == "today"
    assert journey.ask(lambda w: w.practice)
    assert journey.ask(lambda w: len(w.store.find(Person))) > 5
    assert not workspaces.exists()
    assert settings.load().practice


def test_who_practised_comes_back_to_the_same_people(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Try with sample people")
    people = journey.ask(lambda w: [p.id for p in w.store.find(Person)])
    journey.go("first_run")
    journey.click("Try with sample people")
    assert journey.ask(lambda w: [p.id for p in w.store.find(Person)]) == people


def test_another_language_is_spoken_at_once_and_mirrors_the_page(fresh_app: Journey, qapp: QApplication) -> None:
    journey = fresh_app
    try:
        journey.click("العربية")
        assert i18n.language() == "ar"
        assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
        assert settings.load().language == "ar"
        assert journey.screen() is _first(journey)
        journey.click("English")
        assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
        assert journey.says("Start fresh")
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_going_back_and_changing_the_language_lose_nothing_typed(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Start fresh")
    journey.type("Hanna B.")
    journey.click("Go on")
    journey.click("Back")
    assert journey.screen().findChild(LineInput).text() == "Hanna B."
    journey.click("Back")
    journey.click("Français")
    journey.keys("Tab", "Return")
    field = _first(journey).first_focus()
    assert isinstance(field, LineInput)
    assert field.text() == "Hanna B."


def test_a_missing_name_and_a_short_passphrase_are_said_in_their_places(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Start fresh")
    journey.click("Go on")
    assert journey.says("Write the name by which people call you.")
    journey.type("Hanna B.")
    journey.click("Go on")
    journey.type("short")
    journey.click("Start")
    assert journey.says("This is too short to protect your records.")
    assert not workspaces.exists()


def test_what_is_typed_is_seen_only_when_asked(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Start fresh")
    journey.type("Hanna B.")
    journey.click("Go on")
    box = journey.screen().findChild(PassphraseBox)
    assert box.editor.echoMode() == box.editor.EchoMode.Password
    box.shown.click()
    assert box.editor.echoMode() == box.editor.EchoMode.Normal


def test_the_keyring_is_offered_only_where_there_is_one(fresh_app: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = fresh_app
    for here in (False, True):
        monkeypatch.setattr(workspaces.keys, "keyring_here", lambda here=here: here)
        _first(journey)._go(_first(journey)._passphrase)
        journey.settle()
        assert (
            any(box.isVisible() for box in journey.window.findChildren(QCheckBox) if "remember" in box.text()) is here
        )


def test_a_folder_that_cannot_be_made_is_explained_and_nothing_typed_is_lost(
    fresh_app: Journey, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = fresh_app
    blocked = home / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("MENTOR_HOME", str(blocked / "inside"))
    journey.click("Start fresh")
    journey.type("Hanna B.")
    journey.click("Go on")
    journey.type("two tall giraffes")
    journey.click("Start")
    assert journey.says("cannot be written to")
    assert journey.screen().first_focus().text() == "two tall giraffes"  # type: ignore[attr-defined]


def test_joining_without_a_network_still_begins(fresh_app: Journey) -> None:
    journey = fresh_app
    journey.click("Join an office")
    form = _first(journey).content()
    assert form is not None
    journey.type("http://127.0.0.1:9", into=journey.named("Address of the office’s server"))
    journey.type("ABCD-EFGH-JKMN", into=journey.named("Code"))
    journey.click("Go on")
    journey.type("Hanna B.")
    journey.click("Go on")
    journey.type("two tall giraffes")
    journey.click("Start")
    assert journey.says("cannot be reached now")
    journey.click("Begin now")
    assert journey.window.current_key() == "today"
    assert workspaces.exists()


def test_an_enrolment_file_that_is_none_is_said_so(
    fresh_app: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = fresh_app
    journey.click("Join an office")
    file = tmp_path / "code.mentor-enrol"
    file.write_text("<html>")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    journey.click("Open an enrolment file…")
    assert journey.says("not an enrolment file")
    file.write_text(json.dumps({"mentor": "enrolment", "address": "http://127.0.0.1:9", "code": "ABCD-EFGH-JKMN"}))
    journey.click("Open an enrolment file…")
    assert journey.says("What is your name?")


def test_the_first_language_is_the_first_of_the_systems_that_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import appearance

    class System:
        def uiLanguages(self) -> list[str]:
            return ["am-ET", "fr-CD", "en"]

    monkeypatch.setattr(QLocale, "system", System)
    assert appearance.language(settings.Settings()) == "fr"


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        ("aaaaaaaaaaaa", "k7#Qz!2v"),
        ("elephant", "four red lamps glow"),
        ("12345678", "83946172"),
        ("password", "pass the word on"),
    ],
)
def test_strength_knows_repeats_and_single_words(weak: str, strong: str) -> None:
    assert bits(weak) < bits(strong)


def test_strength_is_said_in_words() -> None:
    assert judged("", 8)[1].startswith("At least 8 characters")
    assert judged("abc", 8)[1] == "5 more characters"
    assert judged("elephant", 8)[1].startswith("Easy to guess")
    assert judged("nine tall trees near water", 8)[1] == "Strong"
