"""Says something to those who hear the screen, at once: what moved, what is chosen now, where something would fall."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader say these words for a widget; they stay its description, for readers that hear no announcements."""
    if words != widget.accessibleDescription():
        widget.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
