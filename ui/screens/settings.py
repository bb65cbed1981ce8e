"""This device's settings. Each change applies at once, is kept, and is announced by `shell.settings_changed`.

Knows nothing of how the look is made: it says what was chosen. The passphrase is the store's own, changed on the store lane.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

import mentorapp
from mentorapp import i18n, paths, settings
from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.services import workspace as workspaces
from ui import words
from ui.editors.reminding import RemindingCard
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Chips,
    Column,
    FieldBox,
    Line,
    PageTitle,
    PrimaryButton,
    QuietButton,
    Scroll,
    Segment,
    text,
)
from ui.widgets.passphrase import PassphraseBox

SIZES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The text sizes offered."""


class SettingsScreen(Scroll):
    """Cards of settings, one column."""

    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__(width=760)
        self._shell = shell
        self._page: QWidget | None = None
        self._groups: dict[str, Chips] = {}
        shell.settings_changed.connect(self._said_otherwise)
        self.refresh()

    def open(self, **_where: object) -> None:
        """Show it; what still holds is not made again."""
        if self._said_for != self._now():
            self.refresh()

    def _now(self) -> tuple[object, ...]:
        return i18n.language(), self._shell.settings, self._shell.workspace

    def refresh(self) -> None:
        """Say everything again, in the language in use; the place and the keyboard stay where they were."""
        at = self.verticalScrollBar().value()
        held = next(
            (key for key, group in self._groups.items() if group.isAncestorOf(self.window().focusWidget() or self)), ""
        )
        self._said_for = self._now()
        old, self._page = self._page, self._built()
        if old is not None:
            self.body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.body.insertWidget(0, self._page)
        if held:
            self._groups[held].setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(at)

    def _said_otherwise(self, _settings: object) -> None:
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._groups["language"]

    def _built(self) -> QWidget:
        page = QWidget()
        column: QVBoxLayout = Column(page, gap=18)
        column.addWidget(
            PageTitle(tr("Settings"), tr("Of this laptop. They apply at once and are never sent anywhere."))
        )
        if self._shell.workspace is not None and self._shell.workspace.practice:
            column.addWidget(self._practising())
        column.addWidget(self._look())
        reminding = RemindingCard(self._shell.settings)
        reminding.chosen.connect(lambda changes: self._change(**changes))
        self._groups["before"] = reminding.before
        column.addWidget(reminding)
        if not self._shell.settings.practice:
            column.addWidget(_PassphraseCard(self._shell))
        column.addWidget(self._where())
        column.addWidget(self._bring_in())
        column.addWidget(self._about())
        column.addStretch(1)
        return page

    # ---- cards ------------------------------------------------------------------------------------------------------

    def _practising(self) -> Card:
        card = Card(tr("You are among sample people"), tone="suggest")
        card.body.addWidget(
            text(
                tr(
                    "What you do here is never sent anywhere and never mixed with your own records. They stay as they "
                    "are, and you can come back."
                ),
                wrap=True,
            )
        )
        card.body.addSpacing(10)
        start = PrimaryButton(tr("Start for real"), short=True)
        start.clicked.connect(lambda: self._shell.go("first_run"))
        card.body.addWidget(start)
        return card

    def _look(self) -> Card:
        card = Card(tr("Language and look"))
        now = self._shell.settings
        room = Column(gap=16)
        card.body.addLayout(room)
        room.addWidget(self._group("language", tr("Language"), tuple(i18n.LANGUAGES.items()), i18n.language()))
        sizes = [(str(size), tr("{n} %", n=words.number(round(size * 100)))) for size in SIZES]
        room.addWidget(
            self._group("text_size", tr("Text size"), sizes, str(min(SIZES, key=lambda s: abs(s - now.text_size))))
        )
        themes = (
            ("system", tr("As the system")),
            ("light", tr("Light")),
            ("dark", tr("Dark")),
            ("contrast", tr("High contrast")),
        )
        room.addWidget(self._group("theme", tr("Colours"), themes, now.theme))
        motion = QCheckBox(tr("Let things move and fade"))
        motion.setChecked(now.motion)
        motion.toggled.connect(lambda on: self._change(motion=on))
        room.addWidget(motion)
        return card

    def _group(self, key: str, label: str, options: Sequence[tuple[str, str]], value: str) -> FieldBox:
        group = Segment(options, name=label)
        group.set_value(value)
        group.picked.connect(lambda picked: self._picked(key, picked))
        self._groups[key] = group
        return FieldBox(label, group)

    def _where(self) -> Card:
        card = Card(tr("Where your records are"))
        # A field, for a path has no place to break a line at, and in a field it can be gone through and copied.
        place = QLineEdit(str(workspaces.folder(practice=self._shell.settings.practice)))
        place.setReadOnly(True)
        place.setCursorPosition(0)
        place.setAccessibleName(tr("Where your records are"))
        place.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        card.body.addWidget(place)
        card.body.addSpacing(6)
        card.body.addWidget(
            text(tr("One encrypted file. Copy the whole folder to keep a copy of everything."), "caption", wrap=True)
        )
        card.body.addSpacing(10)
        card.body.addWidget(
            _opens(tr("Open the folder"), lambda: workspaces.folder(practice=self._shell.settings.practice))
        )
        return card

    def _bring_in(self) -> Card:
        card = Card(tr("Bring in what you keep elsewhere"))
        card.body.addWidget(
            text(tr("People, sites and past sessions from a table, or people from an address book."), wrap=True)
        )
        card.body.addSpacing(10)
        begin = Button(tr("Import"), "upload")
        begin.clicked.connect(lambda: self._shell.go("import"))
        card.body.addWidget(begin)
        return card

    def _about(self) -> Card:
        card = Card(tr("About Mentor"))
        card.body.addWidget(
            text(
                tr("Version {version}. Free software under the Apache licence 2.0.", version=mentorapp.__version__),
                wrap=True,
            )
        )
        card.body.addSpacing(10)
        line = Line(gap=8)
        keys = Button(tr("Keyboard shortcuts"))
        keys.clicked.connect(lambda: self._shell.go("shortcuts"))
        line.addWidget(keys)
        line.addWidget(_opens(tr("Open the folder of logs"), paths.log))
        line.addStretch(1)
        card.body.addLayout(line)
        return card

    # ---- changes ----------------------------------------------------------------------------------------------------

    def _picked(self, key: str, value: str) -> None:
        self._change(**{key: float(value) if key == "text_size" else value})

    def _change(self, **changes: object) -> None:
        self._shell.settings_changed.emit(settings.change(self._shell.settings, **changes))


def _opens(label: str, folder) -> QuietButton:  # type: ignore[no-untyped-def]
    button = QuietButton(label)
    button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder()))))
    return button


class _PassphraseCard(Card):
    """Another passphrase for the same store."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Passphrase"))
        self._shell = shell
        room = Column(gap=14)
        self.body.addLayout(room)
        self._old = PassphraseBox(tr("The one you use now"))
        self._new = PassphraseBox(tr("The new one"), least=workspaces.LEAST_PASSPHRASE)
        self._button = Button(tr("Change the passphrase"))
        self._said = text("", "caption", wrap=True)
        for part in (self._old, self._new):
            room.addWidget(part)
            part.entered.connect(self._ask)
        line = Line(gap=12)
        line.addWidget(self._button)
        line.addWidget(self._said, 1)
        room.addLayout(line)
        self._button.clicked.connect(self._ask)

    def _ask(self) -> None:
        if not self._old.passphrase():
            self._old.set_problem(tr("Type the passphrase you use now."))
            self._old.setFocus()
        elif not self._new.long_enough():
            self._new.set_problem(tr("This is too short to protect your records. A few words in a row are good."))
            self._new.setFocus()
        else:
            self._change(self._old.passphrase(), self._new.passphrase())

    def _change(self, old: str, new: str) -> None:
        self._button.setEnabled(False)
        self._said.setText(tr("Changing it…"))
        self._shell.tasks.run(
            lambda: workspaces.change_passphrase(old, new),
            then=lambda _done: self._changed(),
            failed=self._failed,
            owner=self,
        )

    def _changed(self) -> None:
        self._button.setEnabled(True)
        for box in (self._old, self._new):
            box.editor.clear()
        self._said.setText(tr("From now on the new passphrase opens your records."))

    def _failed(self, error: UserError) -> None:
        self._button.setEnabled(True)
        self._said.setText("")
        self._old.set_problem(str(error))
        self._old.setFocus()
