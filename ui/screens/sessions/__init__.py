"""Sessions: the calendar and the list, the day beside them, and the file for another calendar."""

from ui.screens.sessions.screen import SessionsScreen

__all__ = ["SessionsScreen"]
