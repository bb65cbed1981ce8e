"""Every screen, for whoever hears it, whoever has no pointer, and whoever sees little: names, roles, order, and the keyboard alone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from mentorapp import settings
from mentorapp.services import sample
from tests.journeys.conftest import Journey
from tests.ui import gallery
from tests.ui.gallery import called, seen
from ui import appearance

MEANINGLESS = {QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Grouping, QAccessible.Role.Whitespace}
"""What a control is not: a screen reader would say its name and leave the person to guess what can be done."""
FURTHEST = 150
"""More stops of the Tab key than any screen has."""


@pytest.fixture
def program(home: Path, qapp: QApplication) -> Iterator[Journey]:
    with gallery.opened(qapp, home, "en") as journey:
        yield journey


def _controls(window: QWidget) -> list[QWidget]:
    """What can be used on the screen as it stands."""
    return [
        each
        for each in seen(window)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled() and each.window() is window
    ]


def _clicked_only(window: QWidget) -> list[QWidget]:
    """What the pointer can use and Tab passes by: arrows must lead there."""
    return [
        each
        for each in seen(window)
        if each.focusPolicy() == Qt.FocusPolicy.ClickFocus and each.isEnabled() and hasattr(each, "click")
    ]


def _heard(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    if interface is None or not interface.isValid():
        return "is not there for assistive technology"
    if not interface.text(QAccessible.Text.Name).strip():
        return "has no name"
    if interface.role() in MEANINGLESS:
        return f"is a {interface.role().name}"
    return "" if interface.state().focusable else "does not say that it can be reached"  # type: ignore[attr-defined]


def _before(one: QWidget, other: QWidget, window: QWidget) -> bool:
    """Whether a reader comes to one before the other: above it, or on one line and nearer the start."""
    first, second = (each.rect().translated(each.mapTo(window, QPoint(0, 0))) for each in (one, other))
    if first.bottom() <= second.top() + 4:
        return True
    if second.bottom() <= first.top() + 4:
        return False
    if window.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        return first.center().x() >= second.center().x()
    return first.center().x() <= second.center().x()


def _travel(window: QWidget) -> list[QWidget]:
    """Everything that the Tab key stops at from where the keyboard is, until it comes to something for the second time."""
    stops: list[QWidget] = []
    for _ in range(FURTHEST):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        held = QApplication.focusWidget()
        if held is None or held in stops:
            break
        stops.append(held)
    return stops


def _caught(program: Journey) -> Iterator[str]:
    there = _travel(program.window)
    for each in _controls(program.window):
        if each not in there:
            yield f"Tab never reaches {called(each)}"
    for one, other in pairwise(there):
        if one.parentWidget() is other.parentWidget() and not _before(one, other, program.window):
            yield f"{called(one)} comes before {called(other)}"
    QTest.keyClick(QApplication.focusWidget() or program.window, Qt.Key.Key_Backtab)
    if QApplication.focusWidget() is not there[-1]:
        yield f"Shift+Tab does not lead back to {called(there[-1])}"


def _led_to(group: QWidget) -> set[QWidget]:
    """What the arrows reach inside a group from its one stop."""
    stop = next(
        each for each in group.children() if isinstance(each, QWidget) and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    )
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    reached: set[QWidget] = set()
    while (held := QApplication.focusWidget()) is not None and held not in reached:
        reached.add(held)
        QTest.keyClick(held, Qt.Key.Key_Down)
    return reached


def _led_nowhere(window: QWidget) -> Iterator[str]:
    """The choices to which no arrow leads. Where one must be on, the arrow would choose as it moves: test_widgets proves those."""
    passed_by = [each for each in _clicked_only(window) if not getattr(each.parentWidget(), "_required", False)]
    for group in {each.parentWidget() for each in passed_by if each.parentWidget() is not None}:
        reached = _led_to(group)
        for each in passed_by:
            if each.parentWidget() is group and each not in reached:
                yield f"no arrow leads to {called(each)}"


def _unheard(window: QWidget) -> Iterator[str]:
    for widget in (*_controls(window), *_clicked_only(window)):
        if problem := _heard(widget):
            yield f"{called(widget)} {problem}"


def test_every_control_of_every_screen_is_named_and_is_reached_as_one_reads_by_the_keyboard_alone(
    program: Journey,
) -> None:
    wrong = []
    for name, come in gallery.places(program):
        come(program)
        for problems in (_unheard(program.window), _caught(program), _led_nowhere(program.window)):
            wrong += [f"{name}: {problem}" for problem in problems]
        program.settle()
    assert not wrong, "\n".join(wrong)


# --- and the search for all this finds it ------------------------------------------------------------------------------


def test_what_has_no_name_or_no_role_is_found(qapp: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = QWidget()
    qtbot.addWidget(window)
    nameless, roleless = QPushButton(window), QWidget(window)
    roleless.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    roleless.setAccessibleName("Something")
    window.show()
    assert [problem.split("”")[1].strip() for problem in _unheard(window)] == ["has no name", "is a Client"]
    nameless.setText("Keep")
    assert len(list(_unheard(window))) == 1


def test_what_is_read_in_another_order_is_found(qapp: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = QWidget()
    qtbot.addWidget(window)
    first, second = QPushButton("One", window), QPushButton("Two", window)
    first.setGeometry(0, 0, 80, 30)
    second.setGeometry(0, 40, 80, 30)
    assert _before(first, second, window)
    assert not _before(second, first, window)


def test_whoever_wants_nothing_to_move_sees_nothing_move(program: Journey) -> None:
    blinked = QApplication.cursorFlashTime()
    assert blinked > 0
    for effect in (Qt.UIEffect.UI_General, Qt.UIEffect.UI_FadeMenu):
        QApplication.setEffectEnabled(effect, True)
    program.app.qt.setProperty("moved", None)
    program.app.change(motion=False)
    assert QApplication.cursorFlashTime() == 0
    assert not any(QApplication.isEffectEnabled(effect) for effect in appearance.MOVING)
    program.app.change(motion=True)
    assert QApplication.cursorFlashTime() == blinked
    assert QApplication.isEffectEnabled(Qt.UIEffect.UI_FadeMenu)
    for effect in (Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_General):
        QApplication.setEffectEnabled(effect, False)
    program.app.qt.setProperty("moved", None)


# --- once through AT-SPI, as assistive technology on Linux asks -----------------------------------------------------------

NEEDED = ("dbus-run-session", "xvfb-run")


def _without() -> str:
    """What is missing on this machine to be read by AT-SPI, or ''."""
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if not Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists():
        missing.append("at-spi2-core")
    system = shutil.which("python3", path="/usr/bin")
    if system is None or subprocess.run([system, "-c", "import dbus, gi"], capture_output=True, check=False).returncode:
        missing.append("the system’s python3 with dbus and gi")
    return ", ".join(missing)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_assistive_technology_reads_and_works_the_running_program(home: Path) -> None:
    if missing := _without():
        pytest.skip(f"AT-SPI cannot be asked here: {missing} is missing")
    settings.keep(settings.Settings(language="en", theme="light", practice=True))
    sample.enter().close()
    command = ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1366x768x24", "/usr/bin/python3"]
    reader = [*command, str(Path(__file__).with_name("reader.py")), sys.executable]
    read = subprocess.run(reader, capture_output=True, text=True, timeout=200, check=False)
    found = json.loads(next(line for line in read.stdout.splitlines() if line.startswith("{")))
    things = {(role, name) for role, name in found["things"]}
    assert ("radio button", "Today") in things
    assert ("text", "Search everything or type a command") in things
    assert ("check box", "Send the after-action review template") in things
    assert any(role == "push button" and name.startswith("Grace A., ") for role, name in things)
    assert ("label", "3 days late") in things
    assert found["opened"], "a row pressed by AT-SPI opens nothing"
    assert found["announced"], "a notice that appears is not read out"
