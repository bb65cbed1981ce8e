"""Every command of the program once: menus, shortcuts, the palette in the search box and the page of shortcuts derive from it."""

import unicodedata
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


MOST_RECENT = 6
"""How many of the commands chosen last are remembered."""


class Commands:
    """Commands in the order they were added; `recent` are the keys of those chosen last from a list, `chosen` hears of them.

    `barred` says which are not to be done now, whatever else they think: the laptop may be in somebody else's hands.
    """

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._commands: dict[str, Command] = {}
        self.recent: tuple[str, ...] = ()
        self.chosen: Callable[[tuple[str, ...]], object] = lambda _recent: None
        self.barred: Callable[[str], bool] = lambda _key: False
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
        if command.available() and not self.barred(key):
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

    def choose(self, key: str) -> None:
        """Do what was chosen from a list; it comes first in the next one."""
        self.recent = (key, *(other for other in self.recent if other != key))[:MOST_RECENT]
        self.chosen(self.recent)
        self.run(key)

    def matching(self, words: str, most: int = 5, *, fuzzy: bool = False) -> list[Command]:
        """The commands in whose label or keywords every typed word begins a word, those chosen lately first.

        `fuzzy`: then those that hold the words anywhere, then those whose label has the letters in this order; all, if nothing is typed.
        """
        asked = plain(words)
        if not (asked or fuzzy):
            return []
        ranked = []
        for order, command in enumerate(self):
            rank = _rank(command, asked, fuzzy=fuzzy) if command.available() else None
            if rank is not None:
                lately = self.recent.index(command.key) if command.key in self.recent else MOST_RECENT
                ranked.append((rank, lately, order, command))
        return [command for *_, command in sorted(ranked, key=lambda found: found[:3])][:most]

    def by_group(self) -> dict[str, list[Command]]:
        """The commands that have a shortcut, under their group's words."""
        groups: dict[str, list[Command]] = {}
        for command in self:
            if command.shortcut:
                groups.setdefault(command.group(), []).append(command)
        return groups


def plain(words: str) -> str:
    """Words as they are compared: lower case, without accents."""
    bare = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).strip()


def _rank(command: Command, asked: str, *, fuzzy: bool) -> int | None:
    """How well a command answers, 0 the best; None if it does not."""
    label = plain(command.label())
    have = f"{label} {plain(command.keywords())}"
    if all(any(word.startswith(part) for word in have.split()) for part in asked.split()):
        return 0
    if fuzzy and asked in have:
        return 1
    return 2 if fuzzy and _in_order(asked.replace(" ", ""), label) else None


def _in_order(letters: str, label: str) -> bool:
    rest = iter(label)
    return all(letter in rest for letter in letters)
