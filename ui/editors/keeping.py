"""Keeps what is being written: soon after each pause, and while somebody types on and on, at the latest a second and a half after.

Promises to say that something is kept only once the store lane has confirmed it, and to try again when it could not be kept. Knows no
screen: it asks for the draft when it is time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.services import sessions
from mentorapp.services.workspace import Workspace
from ui.shell import Shell

REST_MS = 600
"""How long a pause is before what was written is kept."""

LATEST_MS = 1500
"""The longest that a keystroke waits, even while typing goes on."""

AGAIN_MS = 5000
"""How long until a keeping that failed is tried again."""


@dataclass(frozen=True)
class Kept:
    """A draft was kept. The first time it is news to those who list drafts."""

    at: datetime
    kinds: frozenset[str]
    records: tuple[str, ...]


@dataclass(frozen=True)
class KeptOn:
    """A draft was kept again: no news to anybody else."""

    at: datetime


class Keeper(QObject):
    """Keeps the draft that `collect` gives. `touch` at each edit; `kept` carries the moment that the store confirmed."""

    kept = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        shell: Shell,
        collect: Callable[[], Any | None],
        parent: QWidget,
        keep: Callable[[Workspace, Any], datetime] = sessions.keep_draft,
    ) -> None:
        super().__init__(parent)
        self._write = keep
        self._owner = parent
        self._shell, self._collect = shell, collect
        self._dirty = self._known = self._leaving = self._told = False
        self._round = 0
        self._rest = self._timer(REST_MS)
        self._latest = self._timer(LATEST_MS)
        self._again = self._timer(AGAIN_MS)

    def _timer(self, after: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(self._keep)
        return timer

    def begin(self, *, known: bool) -> None:
        """Begin with another draft; `known` if it is kept already."""
        self.stop()
        self._known, self._told = known, False

    def touch(self) -> None:
        """Something was written."""
        if not self._dirty:
            self._dirty = True
            self._latest.start()
            self._shell.drafting.emit(True)
        self._rest.start()

    def is_dirty(self) -> bool:
        """Whether something was written that is not on its way to the store."""
        return self._dirty

    def is_known(self) -> bool:
        """Whether a draft is kept in the store."""
        return self._known

    def flush(self) -> None:
        """Keep at once what is not kept yet, for the person is leaving."""
        if self._dirty:
            self._leaving = True
            self._keep()

    def stop(self) -> None:
        """Keep nothing any more: it is saved, or given up. What is on its way is not listened to."""
        self._round += 1
        self._dirty = self._leaving = False
        for timer in (self._rest, self._latest, self._again):
            timer.stop()

    def _keep(self) -> None:
        for timer in (self._rest, self._latest, self._again):
            timer.stop()
        draft = self._collect() if self._dirty else None
        if draft is None:
            return
        self._dirty = False
        first, number = not self._known, self._round
        self._known = True

        def keep(workspace: Workspace) -> Kept | KeptOn:
            at = self._write(workspace, draft)
            return Kept(at, frozenset(("draft",)), (draft.id,)) if first else KeptOn(at)

        self._shell.do(
            keep,
            lambda done: self._confirmed(number, done.at),
            failed=lambda error: self._refused(number, error),
            owner=self._owner,
        )

    def _confirmed(self, number: int, at: datetime) -> None:
        if number == self._round:
            self._told = self._leaving = False
            self.kept.emit(at)
            if not self._dirty:
                self._shell.drafting.emit(False)

    def _refused(self, number: int, error: Exception) -> None:
        if number != self._round:
            return
        self._dirty = True
        self._again.start()
        if isinstance(error, UserError) and (self._leaving or not self._told):
            self._shell.tasks.problem.emit(error)
        self._told, self._leaving = True, False
        self.failed.emit(error)
