"""Starts the program: `python -m ui`. Without a display it says so in one sentence and ends with exit code 2."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

from mentorapp import paths
from mentorapp.i18n import tr

if TYPE_CHECKING:
    from ui.app import App

_FIRST_SCREEN_MS = 3000


def main() -> int:
    """Run the program until its window is closed; the exit code."""
    if not _display():
        sys.stderr.write(
            tr("Mentor needs a screen: there is no display to open its window on. Start it from a desktop.") + "\n"
        )
        return 2
    spare_collections()
    from PySide6.QtWidgets import QApplication

    from ui.alone import Alone
    from ui.app import App

    qt = QApplication(sys.argv)
    qt.setApplicationName("Mentor")
    qt.setDesktopFileName("mentor")
    alone = Alone(paths.data())
    # A first window that does not answer is on its way out, or stuck: the store itself says then that it is in use.
    if not alone.is_first and alone.wake_first():
        return 0
    app = App(qt)
    alone.woken = app.come_forward
    app.begin()
    resume_collections(app)
    _close_when_told(app)
    ended = int(qt.exec())
    alone.leave()
    return ended


def spare_collections() -> None:
    """Look for no garbage while the program loads: everything that is made then stays, and each look costs more than the last."""
    gc.disable()


def resume_collections(app: App) -> None:
    """Look for garbage again once the first screen had its time; what is there by then is looked at no more."""
    from PySide6.QtCore import QTimer

    def resume() -> None:
        gc.freeze()
        gc.enable()

    QTimer.singleShot(_FIRST_SCREEN_MS, app, resume)


def _display() -> bool:
    # Qt ends the process with a core dump where it finds no display, so we look first.
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _close_when_told(app: App) -> None:
    from PySide6.QtCore import QSocketNotifier

    # Python runs its signal handlers only between two of its own steps, which Qt's loop does not take: a byte on a socket wakes it.
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
    signal.set_wakeup_fd(ends[1].fileno())

    def told() -> None:
        ends[0].recv(16)
        app.quit()

    QSocketNotifier(ends[0].fileno(), QSocketNotifier.Type.Read, app).activated.connect(told)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


if __name__ == "__main__":
    sys.exit(main())
