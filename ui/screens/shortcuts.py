"""Every command that has a shortcut, under its group. Made from the commands, so it cannot be wrong about them."""

from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from ui.shell import Shell
from ui.widgets import Card, PageTitle, Row, RowList, Scroll, text


class ShortcutsScreen(Scroll):
    """The page of shortcuts."""

    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__(width=680)
        self._shell = shell
        self._parts: list[QWidget] = []
        self._said: list[tuple[str, str]] = []
        self.refresh()
        self.body.addStretch(1)

    def open(self, **where: object) -> None:
        """Commands may have been added since; what still holds is not made again."""
        if self._said != self._now():
            self.refresh()

    def _now(self) -> list[tuple[str, str]]:
        return [
            (command.label(), command.keys()) for some in self._shell.commands.by_group().values() for command in some
        ]

    def refresh(self) -> None:
        """Say it again, in the language in use."""
        self._said = self._now()
        for old in self._parts:
            self.body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._parts = [PageTitle(tr("Keyboard shortcuts"), tr("Everything in Mentor can be done from the keyboard."))]
        for group, commands in self._shell.commands.by_group().items():
            card = Card(group)
            card.body.addWidget(
                RowList(
                    Row(command.label(), trailing=(text(command.keys(), "key"),), active=False) for command in commands
                )
            )
            self._parts.append(card)
        for at, part in enumerate(self._parts):
            self.body.insertWidget(at, part)
