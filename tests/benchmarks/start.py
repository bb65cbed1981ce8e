"""Starts the real program on the store in MENTOR_HOME and says when it is usable: `start.py app`; or a bare window: `start.py bare`.

Usable: the window is shown, the first screen has its content, and the program waits for the user. Prints seconds since the time
given as the second argument (the caller's clock just before it started this process) and the resident memory in MB.
"""

import os
import sys
import time


def resident() -> float:
    """This process's resident memory in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def said() -> None:
    """Write the figures."""
    sys.stdout.write(f"{time.time() - float(sys.argv[2]):.4f} {resident():.1f}\n")
    sys.stdout.flush()


def bare() -> None:
    """The least that a window of this toolkit costs."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.setCentralWidget(QLabel("Mentor"))
    window.resize(1366, 768)
    window.show()
    QTimer.singleShot(0, lambda: (said(), app.quit()))
    app.exec()


def program() -> None:
    """The program as `python -m ui` starts it."""
    from ui.__main__ import resume_collections, spare_collections

    spare_collections()
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from ui.app import App

    qt = QApplication([])
    app = App(qt)
    app.begin()
    resume_collections(app)

    def look() -> None:
        screen = app.window.screen_named("today")
        if screen is not None and getattr(screen, "loaded", False) and not app.tasks.is_busy():
            qt.processEvents()
            said()
            app.window.close()
            qt.quit()
        else:
            QTimer.singleShot(1, look)

    QTimer.singleShot(0, look)
    qt.exec()


if __name__ == "__main__":
    {"bare": bare, "app": program}[sys.argv[1]]()
