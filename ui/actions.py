"""Every command of the program once: menus, shortcuts, the palette in the search box and the page of shortcuts derive from it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui import theme


@dataclass(frozen=True)
class Command:
    """What can be done: `label` and `group` give words in the language in use; `keywords` are further words that find it, `also`
    further shortcuts."""

    key: str
    label: Callable[[], str]
    run: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    group: Callable[[], str] = lambda: "Mentor"
    keywords: Callable[[], str] = lambda: ""
    available: Callable[[], bool] = lambda: True
    also: tuple[str, ...] = ()

    def keys(self) -> str:
        """The shortcut as this desktop writes it, or ''."""
        return (
            QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
            if self.shortcut
            else ""
        )


class Commands:
    """Commands in the order they were added."""

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._commands: dict[str, Command] = {}
        for command in commands:
            self.add(command)

    def add(self, command: Command) -> None:
        """Add one; a key or a shortcut that is taken is a bug."""
        if command.key in self._commands or (command.shortcut and command.shortcut in {each.shortcut for each in self}):
            raise ValueError(f"two commands for {command.key} {command.shortcut}")
        self._commands[command.key] = command

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __getitem__(self, key: str) -> Command:
        return self._commands[key]

    def run(self, key: str) -> None:
        """Do it, if it can be done now."""
        command = self._commands[key]
        if command.available():
            command.run()

    def action(self, key: str, parent: QWidget) -> QAction:
        """A menu's or a button's action for a command."""
        command = self._commands[key]
        action = QAction(command.label(), parent)
        if command.icon:
            action.setIcon(theme.icon(command.icon))
        if command.shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in (command.shortcut, *command.also)])
        action.triggered.connect(lambda: self.run(key))
        return action

    def install(self, window: QWidget) -> list[QAction]:
        """Make every shortcut work anywhere in this window."""
        actions = [self.action(command.key, window) for command in self if command.shortcut]
        for action in actions:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        window.addActions(actions)
        return actions

    def matching(self, words: str, most: int = 5) -> list[Command]:
        """The commands in whose label or keywords every typed word begins a word."""
        asked = words.casefold().split()

        def found(command: Command) -> bool:
            have = f"{command.label()} {command.keywords()}".casefold().split()
            return all(any(word.startswith(part) for word in have) for part in asked)

        return [command for command in self if asked and command.available() and found(command)][:most]

    def by_group(self) -> dict[str, list[Command]]:
        """The commands that have a shortcut, under their group's words."""
        groups: dict[str, list[Command]] = {}
        for command in self:
            if command.shortcut:
                groups.setdefault(command.group(), []).append(command)
        return groups
