"""Long work in pieces on the store's lane: between two pieces everybody else has their turn, and it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from ui.shell import Shell
from ui.widgets import Bar, Button, Card, Line, text

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace


class UnderWay(Card):
    """Says what is being done and how far it is, and stops it. `stopped` says that it was stopped."""

    stopped = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._turn = 0
        self._what = text("", "strong", wrap=True)
        self._bar = Bar()
        self._stop = Button(tr("Stop"))
        self._stop.clicked.connect(self._stopped)
        line = Line(gap=12)
        line.addWidget(self._what, 1)
        line.addWidget(self._stop)
        self.body.addLayout(line)
        self.body.addSpacing(8)
        self.body.addWidget(self._bar)
        self.hide()

    def run(
        self,
        what: str,
        piece: Callable[[Workspace], object],
        *,
        share: Callable[[], float],
        done: Callable[[], bool],
        then: Callable[[], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Do one piece after another until it is done or stopped; something else that was under way is let go."""
        self._turn += 1
        turn = self._turn
        workspace = self._shell.workspace
        self._what.setText(what)
        self._bar.set(0, what)
        self.show()

        def go_on(_result: object = None) -> None:
            if turn != self._turn or self._shell.workspace is not workspace:
                return
            self._bar.set(share(), what)
            if done():
                self.end()
                then()
            else:
                self._shell.do(piece, go_on, owner=self, failed=refused)

        def refused(error: Exception) -> None:
            if turn == self._turn and isinstance(error, UserError):
                self.end()
                failed(error)

        go_on()

    def end(self) -> None:
        """Let go of whatever is under way."""
        self._turn += 1
        self.hide()

    def _stopped(self) -> None:
        self.end()
        self.stopped.emit()
