"""What holds for every test: no screen is needed, no warning is overlooked, no window is left behind, everybody speaks English.

Fixtures for one package stand in that package's own conftest.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A person's own settings must never reach a test.
os.environ.setdefault("QT_ACCESSIBILITY", "0")

import gc
import sys
from collections.abc import Iterator

import pytest

from mentorapp import i18n

HARMLESS = (
    "This plugin does not support propagateSizeHints()",  # the offscreen platform, for every window
    "This plugin does not support raise()",  # the same
    "This plugin does not support grabbing the keyboard",  # the same, for every menu
)
"""Messages of Qt that say nothing about the program, each with its reason."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins and ends in English."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture(autouse=True)
def quiet_qt() -> Iterator[None]:
    """A message of Qt at the level of a warning fails the test that caused it."""
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    said: list[str] = []

    def hear(kind: QtMsgType, _context: object, message: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not message.startswith(HARMLESS):
            said.append(message)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
    if said:
        pytest.fail("Qt warned: " + "; ".join(said), pytrace=False)


@pytest.fixture(autouse=True)
def no_window_left() -> Iterator[None]:
    """A window that is still open when a test ends fails it, and is closed so that the next test is not blamed."""
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    before = {id(widget) for widget in _open_windows()}
    yield
    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in _open_windows() if id(widget) not in before]
    names = [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(0)
    if names:
        pytest.fail("left open: " + ", ".join(names), pytrace=False)


def _open_windows() -> list:  # type: ignore[type-arg]
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
