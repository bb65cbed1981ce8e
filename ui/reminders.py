"""Says when a planned session is near and that promises are due: by the system's tray where there is one, else in the window.

Promises that nobody is named, that each is said once (also after a restart), that a laptop that slept is not followed by a burst, and
that a locked store still reminds of what was read before it was locked. Looks twice a minute: a timer that is late is only late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from mentorapp import settings
from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.shell import Shell

if TYPE_CHECKING:
    from mentorapp.clock import Clock
    from mentorapp.services.reminding import Ahead, Reminder
    from mentorapp.services.workspace import Workspace

EVERY_MS = 30_000
FIRST_MS = 8_000
"""How long after a store was opened it is looked first: the first screen comes before."""

KEPT = 80
"""How many of the things said last are remembered as said."""


class Reminders(QObject):
    """Reminds while the program runs. `begin` with a store, and again whenever another is opened.

    Where it speaks in the window it waits until that `is_free`: what is said there may offer a way back.
    """

    def __init__(self, shell: Shell, window: QWidget, is_free: Callable[[], bool] = lambda: True) -> None:
        super().__init__(window)
        self._shell, self._window, self._is_free = shell, window, is_free
        self._clock: Clock | None = None
        self._ahead: Ahead | None = None
        self._practice = False
        self._tray: QSystemTrayIcon | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        shell.settings_changed.connect(lambda _settings: self._stand_tray())

    def begin(self, workspace: Workspace) -> None:
        """Remind of what is in this store."""
        self._clock, self._ahead, self._practice = workspace.clock, None, workspace.practice
        self._timer.start()
        self._stand_tray()
        QTimer.singleShot(FIRST_MS, self, self.look)

    def stop(self) -> None:
        """Remind no more: the program ends."""
        self._timer.stop()
        if self._tray is not None:
            self._tray.hide()

    def look(self) -> None:
        """Read what is to come, if the store is open, and say what is due."""
        if not self._shell.settings.remind:
            return
        if self._shell.workspace is not None:
            self._shell.ask(_ahead, self._know, owner=self, latest="reminders")
        else:
            self._say_due()

    def _know(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._say_due()

    def _say_due(self) -> None:
        if self._ahead is None or self._clock is None:
            return
        from mentorapp.services import reminding

        chosen = self._shell.settings
        wishes = reminding.Wishes(
            before=chosen.remind_before,
            promises=chosen.remind_promises,
            quiet_from=chosen.quiet_from,
            quiet_until=chosen.quiet_until,
        )
        found = reminding.due(self._ahead, now=self._clock.now(), wishes=wishes, said=chosen.reminded)
        if found is not None and (self._speaks_outside() or self._is_free()):
            kept = (*chosen.reminded, *found.keys)[-KEPT:]
            self._shell.settings = settings.change(chosen, reminded=kept)
            self._say(in_words(found))

    def _speaks_outside(self) -> bool:
        return self._tray is not None and self._tray.isVisible() and self._tray.supportsMessages()

    def _say(self, said: str) -> None:
        if self._tray is not None and self._speaks_outside():
            self._tray.showMessage("Mentor", said, theme.window_icon(), 15_000)
        else:
            self._shell.notices.say(said, "good", tr("Show today"), self.show_today)
            QApplication.alert(self._window)

    def show_today(self) -> None:
        """Bring the window to the front, on Today."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._shell.go("today")

    # --- the tray -----------------------------------------------------------------------------------------------------

    def _stand_tray(self) -> None:
        # Sample people are nobody's appointments: the system is not told of them.
        wanted = self._shell.settings.remind and not self._practice and QSystemTrayIcon.isSystemTrayAvailable()
        if wanted and self._tray is None:
            self._tray = self._made_tray()
        if self._tray is not None:
            self._tray.setVisible(wanted)

    def _made_tray(self) -> QSystemTrayIcon:
        tray = QSystemTrayIcon(theme.window_icon(), self)
        tray.setToolTip("Mentor")
        menu = QMenu(self._window)
        for label, run in ((tr("Show today"), self.show_today), (tr("Close Mentor"), self._window.close)):
            action = QAction(label, menu)
            action.triggered.connect(run)
            menu.addAction(action)
        tray.setContextMenu(menu)
        tray.messageClicked.connect(self.show_today)
        tray.activated.connect(self._tray_pressed)
        return tray

    def _tray_pressed(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.show_today()


def in_words(found: Reminder) -> str:
    """What a reminder says. Whoever looks over a shoulder learns no name."""
    lines = []
    n = len(found.meetings)
    if n == 1:
        lines.append(tr("You have a meeting at {time}.", time=words.time(found.meetings[0])))
    elif n:
        first = words.time(found.meetings[0])
        said = ntr(
            "You have {n} meeting soon, at {time}.",
            "You have {n} meetings soon, the first at {time}.",
            n,
            n=words.number(n),
            time=first,
        )
        lines.append(said)
    if found.promises:
        many = found.promises
        lines.append(ntr("{n} promise is due today.", "{n} promises are due today.", many, n=words.number(many)))
    return " ".join(lines)


def _ahead(workspace: Workspace) -> Ahead:
    from mentorapp.services import reminding

    return reminding.ahead(workspace)
