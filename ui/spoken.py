"""What assistive technology is told beyond what Qt's own widgets say of themselves.

Promises that whatever can be opened like a row is announced as a button which can be pressed, that words which are painted are words, and
that a notice is read out when it appears. Knows no screen: a widget says what it is by the property `spoken_as`, and how it is pressed by a signal `activated`.
"""

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken

BUTTON, LABEL = "button", "label"
"""The `spoken_as` of what is pressed, though no button is drawn; and of words that are painted, not held by a label.

To be set before anything else is told of the widget: Qt asks once what it is, and keeps the answer.
"""

_PRUNE_AT = 256
_PRESS = "Press"
_kept: list[Any] = []
_installed: list[bool] = []


class _Pressed(QAccessibleWidget):
    """Something that is opened by a press, and says so."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Button)
        self._widget: Any = widget

    def actionNames(self) -> list[str]:
        return [_PRESS, *super().actionNames()]

    def doAction(self, name: str) -> None:
        if name == _PRESS and self._widget.isEnabled():
            self._widget.activated.emit()
        else:
            super().doAction(name)


def install() -> None:
    """Let Qt ask here what it does not know. Once is enough."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_made)


def _made(_kind: str, thing: QObject) -> QAccessibleWidget | None:
    spoken_as = thing.property("spoken_as") if isinstance(thing, QWidget) else None
    if spoken_as not in (BUTTON, LABEL):
        return None
    if len(_kept) >= _PRUNE_AT:
        # Qt owns them and frees each with its widget; only then may ours be forgotten.
        _kept[:] = [each for each in _kept if Shiboken.isValid(each)]
    assert isinstance(thing, QWidget)
    made = _Pressed(thing) if spoken_as == BUTTON else QAccessibleWidget(thing, QAccessible.Role.StaticText)
    _kept.append(made)
    return made


def announce(widget: QWidget, words: str, *, urgent: bool = False) -> None:
    """Read something out that has appeared, after what is being read or, if urgent, at once."""
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
