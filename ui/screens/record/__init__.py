"""Recording a session: the screen on which it is written, and the question with whom."""

from ui.screens.record.screen import RecordScreen

__all__ = ["RecordScreen"]
