"""The real program with a person who types into the record screen without a pause; killed from outside at any moment.

    python -m tests.faults.writer <mentorship> <log> <mode> <number of the first word> [late]

Each word typed is noted with its moment in the log before the next, so that whoever kills the program knows what had to be kept. In the
mode `finish` she finishes one session after another, each with two promises and a reflection of its own. `late` breaks the program: what
is being written is kept only when its window closes.
"""

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentorapp.services import sessions
from mentorapp.services import workspace as workspaces
from ui.app import App


class Writer:
    """Types, and notes what she typed."""

    def __init__(self, app: App, mentorship: str, log: str, mode: str, first: str) -> None:
        self.app, self.mentorship, self.mode = app, mentorship, mode
        self.log = open(log, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - it lives as long as the program
        self.word, self.round = int(first), 0
        self.timer = QTimer()
        self.timer.timeout.connect(self.step)

    def begin(self) -> None:
        """Open the screen and start."""
        self.app.shell.go("record", mentorship=self.mentorship)
        self.app.tasks.idle()
        self.note("ready")
        self.timer.start(25)

    def note(self, words: str) -> None:
        """Note something with its moment."""
        self.log.write(f"{time.time():.3f} {words}\n")

    def step(self) -> None:
        """One word more, or one session more."""
        screen = self.app.current()
        if self.mode == "finish":
            self.finish_one(screen)
            return
        QTest.keyClicks(screen.page.notes.editor, f"w{self.word} ")
        self.note(f"typed {self.word}")
        self.word += 1

    def finish_one(self, screen: object) -> None:
        """Write a whole session and finish it."""
        self.timer.stop()
        self.round += 1
        QTest.keyClicks(screen.page.notes.editor, f"session {self.round}")  # type: ignore[attr-defined]
        for n in (1, 2):
            QTest.keyClicks(screen.page.promises.line.words, f"promise {n} of {self.round}")  # type: ignore[attr-defined]
            QTest.keyClick(screen.page.promises.line.words, Qt.Key.Key_Return)  # type: ignore[attr-defined]
        screen.page.go_to_how()  # type: ignore[attr-defined]
        QTest.keyClicks(screen.page.how.boxes["reflection"].editor, f"thought {self.round}")  # type: ignore[attr-defined]
        self.note(f"finishing {self.round}")
        screen.hold()  # type: ignore[attr-defined]
        self.app.tasks.idle()
        self.note(f"finished {self.round}")
        self.app.shell.go("record", mentorship=self.mentorship)
        self.app.tasks.idle()
        self.timer.start(1)


def main() -> None:
    """Open the practice store and write until killed."""
    qt = QApplication([])
    app = App(qt)
    app.window.resize(1366, 768)
    app.window.show()
    writer = Writer(app, *sys.argv[1:5])
    if sys.argv[5:] == ["late"]:
        sessions.keep_draft = lambda workspace, draft: workspace.clock.now()

    def opened(workspace: workspaces.Workspace) -> None:
        app.opened(workspace)
        QTimer.singleShot(0, writer.begin)

    app.tasks.run(workspaces.open_practice, then=opened)
    qt.exec()


if __name__ == "__main__":
    main()
