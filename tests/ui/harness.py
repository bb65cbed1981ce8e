"""One screen on a practice store with a clock that stands still, without the rest of the window."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from mentorapp.clock import SetClock
from mentorapp.records import Mentorship, Person
from mentorapp.services import people
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.settings import Settings
from ui import theme
from ui.actions import Commands
from ui.notices import Notice, Notices
from ui.shell import Shell
from ui.tasks import Tasks

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 6, 34, tzinfo=UTC)


class Bench:
    """A shell on a store with two mentees and a group; `gone` and `said` note where a screen went and what it said."""

    def __init__(self, home: Path, qapp: QApplication) -> None:
        theme.apply(qapp, theme.Theme())
        self.clock = SetClock(NOW)
        self.tasks, self.notices = Tasks(), Notices()
        self.shell = Shell(self.tasks, self.notices, Commands(), Settings())
        self.gone: list[tuple[str, dict[str, Any]]] = []
        self.said: list[Notice] = []
        self.bugs: list[Exception] = []
        self.tasks.problem.connect(self.notices.problem)
        self.tasks.unexpected.connect(self.bugs.append)
        self.notices.said.connect(self.said.append)
        self.shell.gone_to.connect(lambda screen, where: self.gone.append((screen, where)))
        self.grace: Mentorship
        self.screens: list[QWidget] = []
        self.tasks.run(self._start, then=self._started)
        self.settle()

    def _start(self) -> Workspace:
        workspace = workspaces.start(name="Awa D.", practice=True, clock=self.clock)
        _, self.person, self.grace = people.add_mentee(workspace, name="Grace A.", site="Gulu district library")
        _, other, self.ruth = people.add_mentee(workspace, name="Ruth N.")
        _, self.circle = people.add_group(workspace, name="Facilitators’ circle", mentees=(self.person.id, other.id))
        return workspace

    def _started(self, workspace: Workspace) -> None:
        self.shell.workspace = workspace

    def show(self, made: Callable[[Shell], T]) -> T:
        """Make a screen and show it."""
        screen: Any = made(self.shell)
        screen.resize(1154, 680)
        screen.show()
        screen.activateWindow()
        self.screens.append(screen)
        self.tasks.changed.connect(lambda changed: screen.refresh() if changed.kinds & screen.shows else None)
        self.settle()
        return screen  # type: ignore[no-any-return]

    def settle(self) -> None:
        """Wait until nothing is under way."""
        for _ in range(3):
            assert self.tasks.idle(), "the lanes are still busy"
            for _ in range(3):
                QApplication.sendPostedEvents()
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                QApplication.processEvents()
        assert not self.bugs, self.bugs

    def ask(self, read: Callable[[Workspace], T]) -> T:
        """What the store says, asked on its own lane."""
        found: list[T] = []
        self.shell.ask(read, found.append, owner=self.shell)
        self.settle()
        return found[0]

    def person_named(self, name: str) -> Person:
        """A person."""
        return self.ask(lambda workspace: workspace.store.find(Person, "name = ?", (name,)))[0]

    def forward(self, **by: float) -> None:
        """Let time go by."""
        self.clock.forward(**by)

    def end(self) -> None:
        """Close the screens, then the store."""
        for screen in self.screens:
            screen.close()
            screen.deleteLater()
        self.settle()
        workspace = self.shell.workspace
        if workspace is not None:
            self.tasks.run(workspace.close)
        assert self.tasks.stop()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
