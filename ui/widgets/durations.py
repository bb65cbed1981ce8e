"""Minutes: typed as people write them ("90", "1h30", "1:30"), or counted by a stopwatch that can pause."""

import re
import unicodedata
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from mentorapp.i18n import digits, ntr, tr
from ui.widgets.buttons import Button


def parse_minutes(written: str) -> int | None:
    """The minutes that were written, or None."""
    plain = (
        "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in written)
        .casefold()
        .replace(" ", "")
        .replace(",", ".")
    )
    if found := re.fullmatch(r"(?:dakika|dak)?(\d{1,4})(?:m|min|mins|minut[eo]s?|د|دقيقة)?", plain):
        return int(found[1])
    if found := re.fullmatch(r"(\d{1,2})(?:h|hrs?|hours?|heures?|horas?|:|س|ساعة)(\d{1,2})?(?:m|min)?", plain):
        return int(found[1]) * 60 + int(found[2] or 0)
    # Swahili says the unit first.
    if found := re.fullmatch(r"saa(\d{1,2})(?:(?:na)?(?:dakika|dak)(\d{1,2}))?", plain):
        return int(found[1]) * 60 + int(found[2] or 0)
    if found := re.fullmatch(r"(\d{1,2})\.(\d)(?:h|hours?|heures?|horas?)", plain):
        return int(found[1]) * 60 + int(found[2]) * 6
    return None


class DurationInput(QLineEdit):
    """Minutes, typed. `value()` is what was understood, `problem()` what to say when nothing was."""

    changed = Signal()

    def __init__(self, minutes: int | None = None, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint or tr("minutes: 90 or 1h30"))
        self.set_value(minutes)
        self.textEdited.connect(lambda _text: self.changed.emit())
        self.editingFinished.connect(lambda: self.set_value(self.value()) if self.value() is not None else None)

    def value(self) -> int | None:
        """The minutes understood, or None."""
        typed = self.text().strip()
        if typed and typed == self._shown:
            return self._minutes
        return parse_minutes(typed) if typed else None

    def set_value(self, minutes: int | None) -> None:
        """Show minutes."""
        self._minutes = minutes
        self._shown = "" if minutes is None else ntr("{n} minute", "{n} minutes", minutes)
        self.setText(self._shown)

    def problem(self) -> str:
        """What to say when something was typed that is no duration."""
        if self.text().strip() and self.value() is None:
            return tr("This is not a length of time we understand. Try: 90, 1h30.")
        return ""


class StopWatch(Button):
    """Counts the minutes of a session; a press pauses it and the next goes on. `minutes()` at any time."""

    changed = Signal()

    def __init__(
        self,
        *,
        seconds: float = 0.0,
        ticking: bool = False,
        clock: Callable[[], float] = monotonic,
        parent: QWidget | None = None,
    ) -> None:
        self._clock, self._before = clock, seconds
        super().__init__("…", "timer", parent=parent)
        self._since: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._show)
        self.clicked.connect(self.toggle)
        if ticking:
            self.start()
        self._show()

    def start(self) -> None:
        """Go on counting."""
        if self._since is None:
            self._since = self._clock()
            self._timer.start()
            self._show()

    def pause(self) -> None:
        """Stop counting for now."""
        self._before, self._since = self.seconds(), None
        self._timer.stop()
        self._show()

    def set_seconds(self, seconds: float, *, ticking: bool = False) -> None:
        """Count from here instead."""
        self.pause()
        self._before = seconds
        self._show()
        if ticking:
            self.start()

    def toggle(self) -> None:
        """Pause, or go on."""
        if self._since is None:
            self.start()
        else:
            self.pause()
        self.changed.emit()

    def is_ticking(self) -> bool:
        """Whether it counts."""
        return self._since is not None

    def seconds(self) -> float:
        """Counted so far."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def minutes(self) -> int:
        """Whole minutes counted so far, rounded."""
        return round(self.seconds() / 60)

    def _show(self) -> None:
        time = digits("{:02d}:{:02d}".format(*divmod(int(self.seconds()) // 60, 60)))
        if self.is_ticking():
            self.set_words(tr("{time} · pause", time=time), "timer")
        elif self.seconds():
            self.set_words(tr("{time} · go on", time=time), "timer")
        else:
            self.set_words(tr("Start the clock"), "timer")
