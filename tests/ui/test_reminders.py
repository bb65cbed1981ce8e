"""Reminders in the running program: once, without a name, in the window where there is no tray, as the settings wish."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from mentorapp import settings
from mentorapp.clock import day_of
from mentorapp.services import promises, sessions
from mentorapp.services.reminding import Reminder
from tests.journeys.conftest import Journey
from tests.ui.harness import NOW, Bench
from ui.editors.reminding import RemindingCard
from ui.reminders import Reminders, in_words
from ui.screens.settings import SettingsScreen


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    bench = Bench(tmp_path, qapp)
    bench.shell.settings = settings.change(bench.shell.settings, quiet_from=0, quiet_until=0)
    yield bench
    bench.end()


@pytest.fixture
def window(bench: Bench) -> Iterator[QWidget]:
    window = QWidget()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def reminders(bench: Bench, window: QWidget) -> Reminders:
    made = Reminders(bench.shell, window)
    assert bench.shell.workspace is not None
    made.begin(bench.shell.workspace)
    return made


def look(bench: Bench, reminders: Reminders) -> list[str]:
    """What is said when it looks now."""
    before = len(bench.said)
    reminders.look()
    bench.settle()
    return [notice.words for notice in bench.said[before:]]


def plan(bench: Bench, **ahead: float) -> datetime:
    at = bench.clock.now() + timedelta(**ahead)
    bench.ask(lambda w: sessions.plan_session(w, mentorship=bench.grace.id, at=at))
    return at


def test_a_meeting_is_said_once_and_without_a_name(bench: Bench, reminders: Reminders) -> None:
    plan(bench, minutes=40)
    assert look(bench, reminders) == []
    bench.forward(minutes=30)
    (said,) = look(bench, reminders)
    assert said.startswith("You have a meeting at ")
    assert "Grace" not in said
    assert look(bench, reminders) == []
    notice = bench.said[-1]
    assert notice.action is not None
    notice.action()
    assert bench.gone[-1] == ("today", {})


def test_a_notice_that_offers_a_way_back_is_not_swept_away(bench: Bench, window: QWidget) -> None:
    free: list[bool] = []
    made = Reminders(bench.shell, window, lambda: bool(free))
    assert bench.shell.workspace is not None
    made.begin(bench.shell.workspace)
    plan(bench, minutes=10)
    assert look(bench, made) == []
    free.append(True)
    assert len(look(bench, made)) == 1


def test_what_was_said_is_known_after_a_restart(bench: Bench, reminders: Reminders, window: QWidget) -> None:
    plan(bench, minutes=10)
    assert len(look(bench, reminders)) == 1
    bench.shell.settings = settings.load()
    again = Reminders(bench.shell, window)
    assert bench.shell.workspace is not None
    again.begin(bench.shell.workspace)
    assert look(bench, again) == []
    assert "Grace" not in str(settings.load())


def test_a_laptop_that_slept_says_one_sentence_about_what_still_lies_ahead(bench: Bench, reminders: Reminders) -> None:
    for minutes in (60, 120, 180, 241, 250):
        plan(bench, minutes=minutes)
    look(bench, reminders)
    bench.forward(minutes=240)
    (said,) = look(bench, reminders)
    assert said.startswith("You have 2 meetings soon, the first at ")


def test_a_locked_store_still_reminds_of_what_was_read_before(bench: Bench, reminders: Reminders) -> None:
    plan(bench, minutes=40)
    look(bench, reminders)
    bench.forward(minutes=30)
    workspace, bench.shell.workspace = bench.shell.workspace, None
    assert len(look(bench, reminders)) == 1
    bench.shell.workspace = workspace


def test_what_is_not_wished_is_not_said(bench: Bench, reminders: Reminders) -> None:
    plan(bench, minutes=10)
    bench.shell.settings = settings.change(bench.shell.settings, remind_before=None)
    assert look(bench, reminders) == []
    bench.shell.settings = settings.change(bench.shell.settings, remind_before=5, remind_promises=False)
    assert look(bench, reminders) == []
    bench.forward(minutes=6)
    assert len(look(bench, reminders)) == 1


def test_promises_due_today_are_said_in_the_morning(bench: Bench, reminders: Reminders) -> None:
    bench.clock.moment = NOW.astimezone().replace(hour=7, minute=0).astimezone(UTC)
    day = day_of(bench.clock.now())
    bench.ask(lambda w: promises.promise(w, mentorship=bench.grace.id, text="call Grace", due=day))
    assert look(bench, reminders) == []
    bench.clock.moment = NOW.astimezone().replace(hour=9, minute=0).astimezone(UTC)
    assert look(bench, reminders) == ["1 promise is due today."]
    assert look(bench, reminders) == []


def test_both_are_one_notice() -> None:
    found = Reminder(meetings=(NOW,), promises=3, keys=())
    assert in_words(found).endswith(". 3 promises are due today.")


def test_the_running_program_looks_by_itself(mentor_app: Journey) -> None:
    reminders = mentor_app.app.reminders
    assert reminders._timer.isActive()
    assert reminders._ahead is None
    reminders.look()
    mentor_app.settle()
    assert reminders._ahead is not None


def test_the_settings_of_reminders_are_kept(bench: Bench) -> None:
    heard: list[settings.Settings] = []
    bench.shell.settings_changed.connect(heard.append)
    bench.shell.settings_changed.connect(lambda chosen: setattr(bench.shell, "settings", chosen))
    screen = bench.show(SettingsScreen)
    card = screen.findChild(RemindingCard)
    assert card is not None
    card.before.chip("30").click()
    bench.settle()
    card = next(c for c in screen.findChildren(RemindingCard) if c.isVisible())
    combo = next(c for c in card.findChildren(QComboBox) if c.accessibleName() == "Quiet from")
    combo.setCurrentIndex(22)
    combo.activated.emit(22)
    bench.settle()
    kept = settings.load()
    assert (kept.remind_before, kept.quiet_from) == (30, 22 * 60)
    assert heard[-1] == kept
