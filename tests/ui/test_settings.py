"""Settings apply at once, are kept, and leave the page where it was."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit

from mentorapp import i18n, settings
from mentorapp.services import workspace as workspaces
from mentorapp.store import keys
from tests.journeys.conftest import PASSPHRASE, Journey
from ui import theme
from ui.screens.settings import SettingsScreen
from ui.widgets.passphrase import PassphraseBox


def _at_settings(journey: Journey) -> SettingsScreen:
    screen = journey.go("settings")
    assert isinstance(screen, SettingsScreen)
    return screen


def test_each_choice_shows_at_once_and_is_kept(mentor_app: Journey) -> None:
    _at_settings(mentor_app)
    try:
        mentor_app.click("Dark")
        assert theme.current().mode == "dark"
        mentor_app.click("150 %")
        assert theme.current().scale == 1.5
        mentor_app.click("High contrast")
        assert theme.current().mode.startswith("contrast")
        motion = next(
            box for box in mentor_app.screen().findChildren(QCheckBox) if "move" in box.text() and box.isVisible()
        )
        motion.click()
        mentor_app.settle()
        kept = settings.load()
        assert (kept.theme, kept.text_size, kept.motion) == ("contrast", 1.5, False)
    finally:
        mentor_app.app.change(theme="light", text_size=1.0)
        mentor_app.settle()


def test_a_language_is_spoken_at_once_by_the_whole_window(mentor_app: Journey, qapp: QApplication) -> None:
    _at_settings(mentor_app)
    try:
        mentor_app.click("العربية")
        assert i18n.language() == "ar"
        assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
        assert mentor_app.window.current_key() == "settings"
    finally:
        mentor_app.app.change(language="en")
        mentor_app.settle()
    assert mentor_app.says("Language and look")


def test_arrow_keys_choose_and_the_keyboard_stays(mentor_app: Journey) -> None:
    screen = _at_settings(mentor_app)
    try:
        screen._groups["text_size"].setFocus(Qt.FocusReason.TabFocusReason)
        mentor_app.keys("Right")
        assert theme.current().scale == 1.1
        mentor_app.keys("Right")
        assert theme.current().scale == 1.25
    finally:
        mentor_app.app.change(text_size=1.0)
        mentor_app.settle()


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase that is quick to wrap: its strength is the keys' own tests' matter."""
    monkeypatch.setattr(
        keys.Cost,
        "__init__",
        lambda self, **_: (
            [object.__setattr__(self, name, value) for name, value in (("passes", 1), ("memory_kib", 8), ("lanes", 1))]
            and None
        ),
    )


@pytest.mark.usefixtures("cheap")
def test_the_passphrase_is_changed_only_with_the_right_old_one(mentor_app: Journey) -> None:
    screen = _at_settings(mentor_app)
    old, new = screen.findChildren(PassphraseBox)
    old.editor.setText("not this one")
    new.editor.setText("seven green doors")
    mentor_app.click("Change the passphrase")
    assert "does not open this store" in old.box.problem()
    assert workspaces.ways_in() == {"passphrase"}
    old.editor.setText(PASSPHRASE)
    mentor_app.click("Change the passphrase")
    assert mentor_app.says("From now on the new passphrase opens your records.")
    assert keys.open_with_passphrase(workspaces.folder() / workspaces.KEY, "seven green doors")
    with pytest.raises(workspaces.NoKey):
        keys.open_with_passphrase(workspaces.folder() / workspaces.KEY, PASSPHRASE)


def test_a_new_passphrase_that_is_too_short_is_said_so(mentor_app: Journey) -> None:
    screen = _at_settings(mentor_app)
    old, new = screen.findChildren(PassphraseBox)
    old.editor.setText(PASSPHRASE)
    new.editor.setText("short")
    mentor_app.click("Change the passphrase")
    assert "too short" in new.box.problem()


def test_who_practises_can_start_for_real(fresh_app: Journey) -> None:
    fresh_app.click("Try with sample people")
    screen = _at_settings(fresh_app)
    assert fresh_app.says("You are among sample people")
    fresh_app.click(fresh_app.button("Start for real", screen))
    assert fresh_app.window.current_key() == "first_run"
    fresh_app.keys("Return")
    assert fresh_app.says("What is your name?")


def test_where_the_records_are_is_said_and_which_version_this_is(mentor_app: Journey) -> None:
    _at_settings(mentor_app)
    (place,) = [one for one in mentor_app.screen().findChildren(QLineEdit) if one.isReadOnly()]
    assert place.text() == str(workspaces.folder())
    assert place.accessibleName() == "Where your records are"
    assert mentor_app.says("Version ")


def test_the_page_of_shortcuts_lists_every_command_with_one(mentor_app: Journey) -> None:
    screen = mentor_app.go("shortcuts")
    for command in mentor_app.app.commands:
        if command.shortcut:
            assert mentor_app.says(command.label(), screen), command.key
