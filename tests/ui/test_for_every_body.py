"""Every screen, for whoever hears it, whoever has no pointer, and whoever sees little: names, roles, order, and the keyboard alone."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.journeys.conftest import Journey
from tests.ui import gallery
from tests.ui.gallery import called, seen

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


def test_every_control_of_every_screen_has_a_name_and_a_role(program: Journey) -> None:
    wrong = []
    for name, come in gallery.places(program):
        come(program)
        for widget in (*_controls(program.window), *_clicked_only(program.window)):
            if problem := _heard(widget):
                wrong.append(f"{name}: {called(widget)} {problem}")
    assert not wrong, "\n".join(wrong)


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


def test_the_keyboard_alone_reaches_every_control_as_one_reads_and_is_caught_nowhere(program: Journey) -> None:
    wrong = []
    for name, come in gallery.places(program):
        come(program)
        wrong += [f"{name}: {problem}" for problem in _caught(program)]
        program.settle()
    assert not wrong, "\n".join(wrong)


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


def test_arrows_reach_every_choice_that_the_tab_key_passes_by(program: Journey) -> None:
    wrong = []
    for name, come in gallery.places(program):
        come(program)
        # Where one must be on, the arrow chooses as it moves and the screen would be another: test_widgets proves that.
        passed_by = [
            each for each in _clicked_only(program.window) if not getattr(each.parentWidget(), "_required", False)
        ]
        for group in {each.parentWidget() for each in passed_by if each.parentWidget() is not None}:
            reached = _led_to(group)
            wrong += [
                f"{name}: no arrow leads to {called(each)}"
                for each in passed_by
                if each.parentWidget() is group and each not in reached
            ]
    assert not wrong, "\n".join(wrong)
