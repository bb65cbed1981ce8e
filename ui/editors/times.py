"""Editors of days and moments: typed in words or digits, or picked; on this laptop's clock."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import SystemClock, day_of, local
from mentorapp.fields import Day, Moment
from mentorapp.i18n import digits, tr
from ui import theme
from ui import words as say
from ui.editors.faithful import Faithful
from ui.widgets import DayInput, Flow, LineInput


def _today() -> date:
    return day_of(SystemClock().now())


def read_time(written: str) -> time | None:
    """The time of day that was written ("9:30", "0930", "9h30", "14 h", "2 pm"), or None."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in written).casefold().strip()
    found = re.fullmatch(r"(\d{1,2})\s*(?:[:h.٫]\s*(\d{2})?|(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|ص|م)?", plain)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if found[4] in ("pm", "p.m.", "م") and hour < 12:
        hour += 12
    if found[4] in ("am", "a.m.", "ص") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


class DayEditor(Faithful, DayInput):
    """A day."""

    edited = Signal()

    def __init__(
        self, field: Day, *, hint: str = "", today: Callable[[], date] = _today, parent: QWidget | None = None
    ) -> None:
        self.field = field
        DayInput.__init__(self, hint=hint, today=today, parent=parent)
        self.changed.connect(self._touch)

    def problem(self) -> str:
        """What to say when no day was written."""
        return DayInput.problem(self)

    def typed(self) -> str:
        """Words that are no day yet."""
        return self.text() if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that are no day yet."""
        self.setText(words)
        self._read_words(words)

    def _read_words(self, words: str) -> None:
        self.textEdited.emit(words)

    def set_value(self, value: date | None) -> None:
        """Show this day, without a signal."""
        self._given, self._touched = value, False
        DayInput.set_value(self, value)

    def _present(self, value: date | None) -> None:
        DayInput.set_value(self, value)

    def _written(self) -> date | None:
        return DayInput.value(self)


class TimeEditor(Faithful, LineInput):
    """A time of day."""

    edited = Signal()

    def __init__(self, *, hint: str = "", parent: QWidget | None = None) -> None:
        LineInput.__init__(self, hint=hint or tr("time: 9:30"), parent=parent)
        self.textEdited.connect(self._touch)
        self.editingFinished.connect(self._show_back)

    def _show_back(self) -> None:
        if self._touched and self._written() is not None:
            self._present(self._written())

    def problem(self) -> str:
        """What to say when no time was written."""
        if self.text().strip() and self.value() is None:
            return tr("This is not a time of day we understand. Try: 9:30 or 14:00.")
        return ""

    def typed(self) -> str:
        """Words that are no time yet."""
        return self.text() if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that are no time yet."""
        self.setText(words)
        self._touched = True

    def _present(self, value: time | None) -> None:
        self.setText("" if value is None else digits(f"{value.hour:02d}:{value.minute:02d}"))

    def _written(self) -> time | None:
        return read_time(self.text()) if self.text().strip() else None


class MomentEditor(Faithful, Flow):
    """A day and a time of day on this laptop's clock. A day without a time stands at noon: it is the same day everywhere near."""

    edited = Signal()

    def __init__(self, field: Moment, *, today: Callable[[], date] = _today, parent: QWidget | None = None) -> None:
        Flow.__init__(self, parent, gap=8)
        self.field = field
        self.day = DayEditor(Day(label=field.label), today=today)
        self.time = TimeEditor()
        self.day.setAccessibleName(tr("{field}: the day", field=tr(field.label)))
        self.time.setAccessibleName(tr("{field}: the time", field=tr(field.label)))
        self.addWidget(self.day)
        self.addWidget(self.time)
        for part in (self.day, self.time):
            part.edited.connect(self._touch)
        self.setFocusProxy(self.day)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.day.setMinimumWidth(theme.px(214))
        self.time.setFixedWidth(theme.px(84))
        Flow.restyle(self)

    def problem(self) -> str:
        """What to say when either part cannot be read."""
        if not self.day.text().strip() and self.time.text().strip():
            return tr("Say on which day.")
        return self.day.problem() or self.time.problem()

    def typed(self) -> str:
        """The words of both parts, when they cannot be read as a moment yet."""
        return f"{self.day.text()}\n{self.time.text()}" if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that are no moment yet."""
        day, _, clock = words.partition("\n")
        self.day.set_typed(day)
        self.time.set_typed(clock)
        self._touched = True

    def setProperty(self, name: str, value: object) -> bool:
        """What is wrong is wrong with the part that cannot be read."""
        if name == "wrong":
            wrong = value == "true"
            self.time.setProperty(name, "true" if wrong and self.time.problem() else "false")
            self.day.setProperty(name, "true" if wrong and not self.time.problem() else "false")
            for part in (self.day, self.time):
                part.style().unpolish(part)
                part.style().polish(part)
        return bool(QWidget.setProperty(self, name, value))

    def _present(self, value: datetime | None) -> None:
        at = local(value) if value else None
        self.day.set_value(at.date() if at else None)
        self.time.set_value(at.time() if at else None)

    def _written(self) -> datetime | None:
        day = self.day.value()
        if day is None or self.time.problem():
            return None
        return on_this_clock(day, self.time.value() or time(12))


def on_this_clock(day: date, at: time) -> datetime:
    """The moment of a day and a time on this laptop's clock, in UTC."""
    naive = datetime.combine(day, at.replace(second=0, microsecond=0))
    try:
        return naive.astimezone(UTC)
    except (OSError, OverflowError, ValueError):
        # Windows' C library knows no zone before 1970: the offset of a year it does know is the nearest truth.
        near = naive.replace(year=2000).astimezone()
        return naive.replace(tzinfo=near.tzinfo).astimezone(UTC)


def spoken(day: date, near: date) -> str:
    """A day as it is said back: in words, with the year when it is another."""
    return say.weekday_day(day, near=near)
