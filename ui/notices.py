"""The only way to tell the person something. Never a dialogue that stops her: each notice goes to the quiet bar of the frame.

Every notice says what happened, that the work is safe, and what to do. A problem stays until it is dismissed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from mentorapp.errors import UserError
from mentorapp.i18n import tr

log = logging.getLogger("mentor")


@dataclass(frozen=True)
class Notice:
    """What to say, in which tone (good, warn, bad), perhaps with an action, and whether it stays until dismissed."""

    words: str
    tone: str = "good"
    action_label: str = ""
    action: Callable[[], object] | None = None
    stays: bool = False


class Notices(QObject):
    """Says things; the frame listens to `said`."""

    said = Signal(object)

    def say(
        self, words: str, tone: str = "good", action_label: str = "", action: Callable[[], object] | None = None
    ) -> None:
        """Say that something was done, perhaps with a way back (Undo)."""
        self.said.emit(Notice(words, tone, action_label, action, stays=tone == "bad"))

    def problem(self, error: UserError) -> None:
        """Say what an expected failure says of itself."""
        log.info("told: %s", error.message)
        self.said.emit(Notice(str(error), "bad", stays=True))

    def unexpected(self, error: BaseException) -> None:
        """Log a bug whole and say that the program, not the person, went wrong."""
        log.error("unexpected", exc_info=error)
        words = tr(
            "Something went wrong in the program. What you wrote is kept. You can go on, or close Mentor and open it again."
        )
        self.said.emit(Notice(words, "bad", stays=True))
