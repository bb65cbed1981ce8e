"""The page that is handed over, and what may be seen of the answers, in the real window."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mentorapp import i18n
from mentorapp.clock import SetClock
from mentorapp.indicators import ITEMS
from mentorapp.records import Mentorship, Person, Pulse
from mentorapp.services import people, pulses
from mentorapp.services import workspace as workspaces
from tests.journeys.conftest import Journey, _running
from ui.screens.mentee import MenteeScreen
from ui.screens.pulse import AskingScreen, PulseScreen
from ui.screens.pulse.asking import code_of


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands in August."""
    return SetClock(datetime(2026, 8, 10, 9, tzinfo=UTC))


@pytest.fixture
def journey(home: Path, qapp: QApplication, clock: SetClock) -> Iterator[Journey]:
    """The program with that clock."""
    yield from _running(qapp, lambda: workspaces.start(name="Awa D.", practice=True, clock=clock))


@pytest.fixture
def ruth(journey: Journey, clock: SetClock) -> tuple[Person, Mentorship]:
    """A mentee since April, who reads French."""
    august, clock.moment = clock.moment, datetime(2026, 4, 1, 9, tzinfo=UTC)
    found = journey.ask(lambda w: people.add_mentee(w, name="Ruth N.", language="Acholi, French")[1:])
    clock.moment = august
    return found


def asking(journey: Journey) -> AskingScreen:
    """The page that is handed over."""
    screen = journey.screen()
    assert isinstance(screen, AskingScreen)
    return screen


def words_on(window: QWidget) -> str:
    """Everything that can be read or heard in the window."""
    said = []
    for each in window.findChildren(QWidget):
        if each.isVisible():
            said += [each.accessibleName(), each.accessibleDescription(), each.toolTip()]
            said += [each.text()] if isinstance(each, QLabel) or hasattr(each, "text") else []
    return "\n".join(str(part) for part in said)


def test_the_laptop_is_handed_over_from_the_mentees_page_and_nothing_is_shown_back(
    journey: Journey, ruth: tuple[Person, Mentorship]
) -> None:
    screen = journey.go("mentee", person=ruth[0].id)
    assert isinstance(screen, MenteeScreen)
    assert journey.says("How is it for Ruth to work with you?")
    journey.click("Hand the laptop to Ruth N.")
    page = asking(journey)
    assert not journey.window.navigation.isVisible(), "the frame is not handed over"
    assert not journey.app.reminders._is_free(), "nobody else is reminded of this mentor's day"
    assert page._language == "fr"
    journey.click(page._first)
    for key in ("5", "4", "3"):
        journey.type(key)
    skip = next(
        b
        for b in page.findChildren(QWidget)
        if getattr(b, "kind", "") == "quiet" and b.isVisible() and b.text() == page.say("Skip this one")
    )  # type: ignore[attr-defined]
    journey.click(skip)
    journey.type("1")
    kept = journey.ask(lambda w: w.store.find(Pulse)[0])
    assert [getattr(kept, item) for item in ITEMS] == [5, 4, 3, None, 1]
    assert (kept.rater, kept.author, kept.period) == (ruth[0].id, journey.ask(lambda w: w.me), "2026-Q3")
    assert page._answers == {}
    journey.click(page._first)
    assert journey.window.current_key() == "mentee"
    assert journey.window.navigation.isVisible()
    assert not journey.says("How is it for Ruth to work with you?"), "once a quarter is enough"
    journey.go("pulse")
    shown = words_on(journey.window)
    for word in ("partly", "not at all", "fully", "Ruth"):
        assert word not in shown.replace("mostly or fully", ""), "whose laptop it is learns nothing"


def test_leaving_before_the_end_keeps_nothing(journey: Journey, ruth: tuple[Person, Mentorship]) -> None:
    page = journey.go("pulse_asking", mentorship=ruth[1].id, person=ruth[0].id)
    assert isinstance(page, AskingScreen)
    page._begin()
    journey.type("5")
    for keys in ("Ctrl+1", "Ctrl+J", "Ctrl+K", "Alt+Left", "F1"):
        journey.keys(keys)
        assert journey.window.current_key() == "pulse_asking", "whoever holds the laptop sees nothing else"
    assert page._answers != {}
    journey.go("today")
    assert page._answers == {}
    assert journey.ask(lambda w: w.store.find(Pulse)) == []
    journey.keys("Alt+Left")
    assert not page._asking, "the page begins anew"


@pytest.mark.slow
def test_whoever_answers_can_go_back_and_change_the_language(journey: Journey, ruth: tuple[Person, Mentorship]) -> None:
    page = journey.go("pulse_asking", mentorship=ruth[1].id, person=ruth[0].id)
    assert isinstance(page, AskingScreen)
    page._speak("ar")
    journey.settle()
    assert page._holder.layoutDirection().name == "RightToLeft"
    assert i18n.language() == "en", "only this page changed"
    page._speak("en")
    journey.settle()
    assert journey.says("Only Ruth N. sees these answers; others see shares, from five answers up.")
    journey.keys("Return")
    journey.type("5")
    journey.click("Back")
    chosen = [b for b in page.findChildren(QWidget) if b.property("chosen") == "true" and b.isVisible()]
    assert [b.text() for b in chosen] == ["fully"]  # type: ignore[attr-defined]
    journey.keys("Escape")
    assert journey.window.current_key() == "mentee"


def test_shares_and_my_own_answers_are_shown_and_nobody_elses(
    journey: Journey, ruth: tuple[Person, Mentorship], clock: SetClock
) -> None:
    pair = ruth[1].id
    for at, rater in enumerate("abcde"):
        answers = {"trust": 5 if at else 1, "voice": 5 if at > 1 else None}
        journey.do(
            lambda w, rater=rater, answers=answers: pulses.answer(w, mentorship=pair, rater=rater, answers=answers)
        )
    journey.do(lambda w: pulses.answer(w, mentorship=pair, rater=w.me, answers={"trust": 2}))
    screen = journey.go("pulse")
    assert isinstance(screen, PulseScreen)
    assert screen.bars.keys() == (), "the quarter is not over"
    clock.moment = datetime(2026, 11, 20, 9, tzinfo=UTC)
    journey.go("today")
    journey.go("pulse")
    found = journey.ask(lambda w: pulses.shares(w, period="2026-Q3"))
    assert screen.bars.keys() == tuple(found.shares) == ("trust",)
    assert journey.says("4 of 5 say mostly or fully")
    assert journey.says("July to September 2026")
    assert journey.says("I can say what I really think: a little")
    assert journey.says("Hand the laptop to Ruth N.")
    journey.click("Answer myself about working with Ruth N.")
    page = asking(journey)
    assert page._asked is not None
    assert page._asked.is_me


def test_the_language_of_a_person_is_read_as_people_write_it() -> None:
    assert [code_of(said) for said in ("Acholi, French", "العربية", "english; Luo", "Kiswahili", "Luo", "")] == [
        "fr",
        "ar",
        "en",
        "sw",
        "",
        "",
    ]
