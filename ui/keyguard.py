"""Keeps text fields from taking keys that are the program's: Ctrl+K would cut a line instead of beginning a search."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from ui.actions import Commands


class KeyGuard(QObject):
    """Watches the text field that holds the keyboard, and nothing else: a filter over every event would cost each of them."""

    def __init__(self, qt: QApplication, commands: Commands) -> None:
        super().__init__(qt)
        keys = [keys for each in commands for keys in (each.shortcut, *each.also) if keys]
        self._ours = frozenset(QKeySequence(each).toString() for each in keys)
        qt.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(old, QLineEdit | QPlainTextEdit):
            old.removeEventFilter(self)
        if isinstance(new, QLineEdit | QPlainTextEdit):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a shortcut of the program pass the field by."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return QKeySequence(event.keyCombination()).toString() in self._ours
        return False
