"""The real program in a real window (offscreen), on a store of its own, for journeys by every route that a person has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from mentorapp import settings
from mentorapp.records import Person
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.store import keys
from ui.app import App

T = TypeVar("T")

MENTOR = "Awa D."
PASSPHRASE = "nine red lanterns"
CHEAP = keys.Cost(passes=1, memory_kib=8, lanes=1)


class Journey:
    """The program under way, with the moves that a test makes in it."""

    def __init__(self, qt: QApplication) -> None:
        self.app = App(qt)
        self.window = self.app.window
        self.shell = self.app.shell

    def begin(self) -> None:
        """Show the window and wait until it asks for something or shows the first screen."""
        self.app.begin()
        self.window.showNormal()
        self.window.resize(1366, 768)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way, on the lanes or on the screen."""
        for _ in range(3):
            assert self.app.tasks.idle(), "the lanes are still busy"
            for _ in range(3):
                QApplication.sendPostedEvents()
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                QApplication.processEvents()

    def open(self, opening: Callable[[], Workspace]) -> None:
        """Open a store as the screens of opening do."""
        self.app.tasks.run(opening, then=self.app.opened)
        self.settle()

    def ask(self, read: Callable[[Workspace], T]) -> T:
        """What the store answers, asked on its own lane."""
        answers: list[T] = []
        self.shell.ask(read, answers.append, owner=self.shell)
        self.settle()
        return answers[0]

    def do(self, verb: Callable[[Workspace], Any]) -> Any:
        """Change something as a screen would."""
        answers: list[Any] = []
        self.shell.do(verb, answers.append)
        self.settle()
        return answers[0] if answers else None

    def go(self, screen: str, **where: Any) -> QWidget:
        """Show a screen and wait for what it shows."""
        self.shell.go(screen, **where)
        self.settle()
        return self.screen()

    def screen(self) -> QWidget:
        """The screen on show."""
        screen = self.app.current()
        assert screen is not None
        return screen

    def keys(self, *sequences: str) -> None:
        """Press keys, such as "Ctrl+N" or "Tab", wherever the keyboard is."""
        for sequence in sequences:
            QTest.keySequence(self.held(), sequence)
            self.settle()

    def type(self, words: str, *, into: QWidget | None = None) -> None:
        """Type words where the keyboard is, or into a field."""
        if into is not None:
            into.setFocus()
        QTest.keyClicks(self.held(), words)
        self.settle()

    def held(self) -> QWidget:
        """What holds the keyboard."""
        return QApplication.focusWidget() or self.window

    def click(self, target: QWidget | str) -> None:
        """Click a widget, or the visible button of these words."""
        widget = self.button(target) if isinstance(target, str) else target
        middle = QPoint(widget.width() // 2, widget.height() // 2)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        self.settle()

    def button(self, words: str, inside: QWidget | None = None) -> QAbstractButton:
        """The visible button with these words or this name."""
        found = [
            each
            for each in (inside or self.window).findChildren(QAbstractButton)
            if words in (each.text(), each.accessibleName()) and each.isVisible()
        ]
        assert found, f"no button “{words}” on the screen"
        return found[0]

    def named(self, name: str, inside: QWidget | None = None) -> QWidget:
        """The visible widget with this accessible name."""
        found = [
            each
            for each in (inside or self.window).findChildren(QWidget)
            if each.accessibleName() == name and each.isVisible()
        ]
        assert found, f"nothing named “{name}” on the screen"
        return found[0]

    def says(self, words: str, inside: QWidget | None = None) -> bool:
        """Whether these words can be seen, or heard as a name."""
        for each in (inside or self.window).findChildren(QWidget):
            if each.isVisible():
                said = (each.accessibleName(), each.text() if isinstance(each, QLabel | QAbstractButton) else "")
                if any(words in part for part in said):
                    return True
        return False

    def status(self) -> str:
        """What the line at the foot says."""
        return self.window.status.accessibleName()

    def close(self) -> None:
        """Close the window as its owner would; the store is kept and closed."""
        self.window.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that holds everything of the program."""
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    settings.keep(settings.Settings(language="en", theme="light"))
    return tmp_path


@pytest.fixture
def mentor_app(home: Path, qapp: QApplication) -> Iterator[Journey]:
    """The program, opened on an empty store of Awa D. whose passphrase is cheap to try."""
    key = keys.new_key()
    keys.wrap_with_passphrase(home / workspaces.KEY, key, PASSPHRASE, CHEAP)
    yield from _running(qapp, _open_store)


@pytest.fixture
def fresh_app(home: Path, qapp: QApplication) -> Iterator[Journey]:
    """The program as it starts for the first time."""
    yield from _running(qapp, None)


def _open_store() -> Workspace:
    opened = workspaces.open_with_passphrase(PASSPHRASE)
    if opened.store.seek(Person, opened.me) is None:
        me = Person(id=opened.me, scope="office/", name=MENTOR, status="active")
        opened.store.save(me, by=opened.me, at=opened.clock.now())
    return opened


def _running(qapp: QApplication, opening: Callable[[], Workspace] | None) -> Iterator[Journey]:
    journey = Journey(qapp)
    if opening is None:
        journey.begin()
    else:
        journey.window.resize(1366, 768)
        journey.window.show()
        journey.open(opening)
    yield journey
    journey.close()
    journey.window.deleteLater()
    journey.app.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
