"""Opening the store by its passphrase, or by the keyring if that remembers the key.

A wrong passphrase is said in its place. What stands deeper in the way (a damaged file, a newer version's store, a folder that cannot be
written to, a full disk) is said large, with what to do; nothing is changed by looking. Emits `opened` with the workspace.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.services import sample
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from ui import theme
from ui.shell import Shell
from ui.widgets import Bar, Button, Column, Line, PrimaryButton, QuietButton, hairline, text
from ui.widgets.front import FrontPage, titled
from ui.widgets.passphrase import PassphraseBox


class UnlockScreen(FrontPage):
    """One card: the passphrase, or what stands in the way."""

    opened = Signal(object)
    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__(width=520)
        self._shell = shell
        self._ways: frozenset[str] = frozenset()
        self._trying = False
        self._problem: UserError | None = None
        self._box: PassphraseBox | None = None
        shell.settings_changed.connect(self._said_otherwise)
        shell.tasks.unexpected.connect(self._stopped)
        self.refresh()

    def open(self, **where: object) -> None:
        """Ask for the passphrase; where there is none, try the keyring."""
        self._problem = None
        try:
            self._ways = workspaces.ways_in()
        except UserError as error:
            self._say(error)
            return
        if self._ways == {"keyring"}:
            self._try(workspaces.open_with_keyring, self._say)
        else:
            self._say(None)

    def _said_otherwise(self, _settings: object) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Say what is on the card again, in the language in use."""
        self.below.setText("" if self._problem else tr("Your records are encrypted on this laptop."))
        if self._trying:
            self.show_in_card(self._opening())
        else:
            self.show_in_card(self._in_the_way(self._problem) if self._problem else self._ask())

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        inside = self.content()
        return (inside.focusProxy() if inside else None) or self

    # ---- trying -----------------------------------------------------------------------------------------------------

    def _try(self, way: Callable[[], Workspace], failed: Callable[[UserError], None]) -> None:
        self._trying = True
        self.refresh()
        self._shell.tasks.run(way, then=self._arrived, failed=failed, owner=self)

    def _arrived(self, workspace: Workspace) -> None:
        self._trying = False
        self._problem = None
        self.refresh()
        self.opened.emit(workspace)

    def _say(self, problem: UserError | None) -> None:
        self._trying, self._problem = False, problem
        self.refresh()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _stopped(self, _error: Exception) -> None:
        if self._trying:
            self._say(None)

    # ---- what the card shows ----------------------------------------------------------------------------------------

    def _ask(self) -> QWidget:
        page, column = titled(tr("Welcome back"))
        box = self._box = PassphraseBox(tr("Passphrase"))
        column.addWidget(box)
        go = PrimaryButton(tr("Open"))
        column.addLayout(_at_the_end(go))
        column.addWidget(hairline())
        column.addLayout(self._other_ways())

        def on() -> None:
            passphrase = box.passphrase()
            if not passphrase:
                box.set_problem(tr("Type your passphrase."))
                box.editor.setFocus()
                return
            self._try(lambda: workspaces.open_with_passphrase(passphrase), self._way_failed)

        go.clicked.connect(on)
        box.entered.connect(on)
        page.setFocusProxy(box.editor)
        return page

    def _way_failed(self, error: UserError) -> None:
        if not isinstance(error, workspaces.NoKey):
            self._say(error)
            return
        self._say(None)
        if self._box is not None:
            self._box.set_problem(str(error))

    def _opening(self) -> QWidget:
        page, column = titled(tr("Opening…"), tr("This takes a moment, on purpose: it makes guessing slow."))
        column.addWidget(Bar(-1, tr("Opening…")))
        return page

    def _in_the_way(self, error: UserError) -> QWidget:
        page, column = titled(tr("Your records stay closed for now"))
        sign = QLabel()
        sign.setPixmap(theme.pixmap("circle-alert", "bad", 22))
        line = Line(gap=12)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        said = text(str(error), wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(said, 1)
        column.addLayout(line)
        where = Button(tr("Show the folder"))
        where.clicked.connect(show_folder)
        again = PrimaryButton(tr("Try again"))
        again.clicked.connect(lambda: self.open())
        column.addLayout(_at_the_end(where, again))
        column.addWidget(hairline())
        column.addLayout(self._other_ways())
        page.setFocusProxy(again)
        return page

    def _other_ways(self) -> QVBoxLayout:
        column: QVBoxLayout = Column(edges=(-8, 0, 0, 0), gap=2)
        if "keyring" in self._ways:
            remembered = QuietButton(tr("Open with this computer’s keyring"))
            remembered.clicked.connect(lambda: self._try(workspaces.open_with_keyring, self._way_failed))
            column.addWidget(remembered)
        tour = QuietButton(tr("Try with sample people"))
        tour.clicked.connect(self._practise)
        column.addWidget(tour)
        return column

    def _practise(self) -> None:
        self._try(sample.enter, self._say)


def _at_the_end(*buttons: QWidget) -> Line:
    line = Line(edges=(0, 8, 0, 0), gap=8)
    line.addStretch(1)
    for button in buttons:
        line.addWidget(button)
    return line


def show_folder() -> None:
    """Open the folder of the store in this desktop's own way."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(workspaces.folder())))
