"""What every screen is given: a way to ask the store, to change it, to tell the user, and to go elsewhere.

A screen never touches the workspace on its own thread: it hands a function of the workspace to `ask` (reads) or `do` (writes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.settings import Settings
from ui.actions import Commands
from ui.notices import Notices
from ui.tasks import Tasks

if TYPE_CHECKING:
    # The store's libraries take longer to load than the frame takes to show; the store lane loads them.
    from mentorapp.services.workspace import Workspace
    from ui.syncing import Syncing

T = TypeVar("T")


class Screen(Protocol):
    """One page of the window. `shows` are the kinds of record it displays; it is refreshed when one of them changed."""

    shows: frozenset[str]

    def refresh(self) -> None:
        """Read again what is shown, in the background."""


class Shell(QObject):
    """The way from a screen to everything else. `syncing` is None while nothing is exchanged: before opening, and with sample people.

    `current` gives the screen on show.
    """

    gone_to = Signal(str, dict)
    settings_changed = Signal(object)
    drafting = Signal(bool)

    def __init__(self, tasks: Tasks, notices: Notices, commands: Commands, settings: Settings) -> None:
        super().__init__()
        self.tasks = tasks
        self.notices = notices
        self.commands = commands
        self.settings = settings
        self.workspace: Workspace | None = None
        self.syncing: Syncing | None = None
        self.current: Callable[[], QWidget | None] = lambda: None

    def go(self, screen: str, **where: Any) -> None:
        """Show a screen, opened at a place: `go("mentee", person=id)`."""
        self.gone_to.emit(screen, where)

    def ask(
        self, read: Callable[[Workspace], T], then: Callable[[T], None], *, owner: QObject, latest: str = ""
    ) -> None:
        """Read on the store lane, then show on the GUI thread; with `latest`, an older question of that name is dropped."""
        self.tasks.ask(lambda: read(self._open()), then=then, owner=owner, latest=latest or None)

    def do(
        self,
        verb: Callable[[Workspace], T],
        then: Callable[[T], None] | None = None,
        *,
        owner: QWidget | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run a verb on the store lane. What it changed is announced to every screen; a UserError is told if `failed` is not given."""
        self.tasks.run(lambda: verb(self._open()), then=then, failed=failed, owner=owner)

    def _open(self) -> Workspace:
        if self.workspace is None:
            raise RuntimeError("no store is open")
        return self.workspace
