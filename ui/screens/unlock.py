"""Opening the store: by the keyring if it remembers the key, else by the passphrase.

A wrong passphrase is said in its place. What stands deeper in the way (a damaged file, a newer version's store, a folder that cannot be
written to, a full disk) is said large, with what to do; nothing is changed by looking. Emits `opened` with the workspace.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from mentorapp import settings
from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.services import sample
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from ui import theme
from ui.shell import Shell
from ui.widgets import Bar, Button, Line, PrimaryButton, QuietButton, hairline, text
from ui.widgets.front import FrontPage, titled
from ui.widgets.passphrase import PassphraseBox


class UnlockScreen(FrontPage):
    """One card: the passphrase, or what stands in the way."""

    opened = Signal(object)
    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__(width=520)
        self._shell = shell
        self._tried = False
        self._trying = False
        self._problem: UserError | None = None
        shell.settings_changed.connect(lambda _settings: self.refresh())
        shell.tasks.unexpected.connect(self._stopped)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time it shows, try what needs no typing."""
        super().showEvent(event)
        if not self._tried:
            self.open()

    def open(self, **where: object) -> None:
        """Try what needs no typing, then ask for the passphrase. `locked=True` asks for it at once."""
        self._tried = True
        self._problem = None
        if where.get("locked"):
            self.refresh()
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._try_unasked()

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

    def _try_unasked(self) -> None:
        if self._shell.settings.practice and workspaces.exists(practice=True):
            self._try(sample.enter, self._stop_at)
            return
        try:
            ways = workspaces.ways_in()
        except UserError as error:
            self._stop_at(error)
            return
        if "keyring" in ways:
            self._try(workspaces.open_with_keyring, self._keyring_failed)
        else:
            self._say(None)

    def _try(self, way: Callable[[], Workspace], failed: Callable[[UserError], None]) -> None:
        self._trying = True
        self.refresh()
        self._shell.tasks.run(way, then=self._arrived, failed=failed, owner=self)

    def _arrived(self, workspace: Workspace) -> None:
        self._trying = False
        self._problem = None
        self.refresh()
        self.opened.emit(workspace)

    def _keyring_failed(self, error: UserError) -> None:
        if isinstance(error, workspaces.NoKey):
            self._say(None)
        else:
            self._stop_at(error)

    def _say(self, problem: UserError | None) -> None:
        self._trying, self._problem = False, problem
        self.refresh()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_at(self, error: UserError) -> None:
        self._say(error)

    def _stopped(self, _error: Exception) -> None:
        if self._trying:
            self._say(None)

    # ---- what the card shows ----------------------------------------------------------------------------------------

    def _ask(self) -> QWidget:
        page, column = titled(tr("Welcome back"))
        box = PassphraseBox(tr("Passphrase"))
        column.addWidget(box)
        go = PrimaryButton(tr("Open"))
        column.addLayout(_at_the_end(go))
        column.addWidget(hairline())
        column.addWidget(self._tour())

        def on() -> None:
            passphrase = box.passphrase()
            if not passphrase:
                box.set_problem(tr("Type your passphrase."))
                box.editor.setFocus()
                return
            self._try(lambda: workspaces.open_with_passphrase(passphrase), self._passphrase_failed)

        go.clicked.connect(on)
        box.entered.connect(on)
        page.setFocusProxy(box.editor)
        return page

    def _passphrase_failed(self, error: UserError) -> None:
        if not isinstance(error, workspaces.NoKey):
            self._stop_at(error)
            return
        self._say(None)
        box = self.findChild(PassphraseBox)
        if box is not None:
            box.set_problem(str(error))

    def _opening(self) -> QWidget:
        page, column = titled(tr("Opening…"), tr("This takes a moment: the slow key is what keeps guessers out."))
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
        again.clicked.connect(self._try_unasked)
        column.addLayout(_at_the_end(where, again))
        column.addWidget(hairline())
        column.addWidget(self._tour())
        page.setFocusProxy(again)
        return page

    def _tour(self) -> QWidget:
        tour = QuietButton(tr("Try with sample people"))
        tour.clicked.connect(self._practise)
        return tour

    def _practise(self) -> None:
        self._shell.settings = settings.change(self._shell.settings, practice=True)
        self._try(sample.enter, self._stop_at)


def _at_the_end(*buttons: QWidget) -> Line:
    line = Line(edges=(0, 8, 0, 0), gap=8)
    line.addStretch(1)
    for button in buttons:
        line.addWidget(button)
    return line


def show_folder() -> None:
    """Open the folder of the store in this desktop's own way."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(workspaces.folder())))
