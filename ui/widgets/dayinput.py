"""A day, typed in words or digits or picked from a calendar; shown back in full so that no one wonders which day was understood."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QWidget, QWidgetAction

from mentorapp import clock, i18n
from mentorapp.i18n import tr
from ui import theme
from ui import words as say
from ui.widgets.days import parse_day, words


def in_words(day: date) -> str:
    """A day in full in the language in use: "Monday 23 November 2026"."""
    return say.weekday_day(day)


def _today() -> date:
    return clock.day_of(clock.SystemClock().now())


class DayInput(QLineEdit):
    """A day. `value()` is what was understood, `problem()` what to say when nothing was; `changed` when either may have changed."""

    changed = Signal()

    def __init__(
        self,
        day: date | None = None,
        *,
        hint: str = "",
        today: Callable[[], date] = _today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today = today
        self._value: date | None = None
        self._day_action = QAction(self)
        self._day_action.setText(tr("Pick a day from a calendar"))
        self._day_action.setToolTip(tr("Pick a day from a calendar (Down)"))
        self._day_action.triggered.connect(self.open_calendar)
        self.addAction(self._day_action, QLineEdit.ActionPosition.TrailingPosition)
        self.setPlaceholderText(hint or tr("a day: friday, in 2 weeks, 12/3"))
        self.textEdited.connect(self._read)
        self.editingFinished.connect(self._show_back)
        self.set_value(day)
        self.restyle()

    def restyle(self) -> None:
        """Take the icon again in the theme in use."""
        self._day_action.setIcon(theme.icon("calendar", "quiet", 16))

    def value(self) -> date | None:
        """The day understood, or None."""
        return self._value

    def set_value(self, day: date | None) -> None:
        """Show a day."""
        self._value = day
        self.setText(in_words(day) if day else "")
        self.setCursorPosition(0)
        self._explain()

    def problem(self) -> str:
        """What to say when something was typed that is no day."""
        if self._value is None and self.text().strip():
            return tr("This is not a day we understand. Try: tomorrow, in 2 weeks, 12/3/2026.")
        return ""

    def _read(self, written: str) -> None:
        self._value = parse_day(written, today=self._today(), words=words(i18n.language()))
        self._explain()
        self.changed.emit()

    def _explain(self) -> None:
        self.setToolTip(in_words(self._value) if self._value else "")

    def _show_back(self) -> None:
        if self._value is not None and self.text() != in_words(self._value):
            self.set_value(self._value)

    def open_calendar(self) -> None:
        """Show the calendar under the field."""
        menu = QMenu(self)
        picker = QCalendarWidget()
        picker.setLocale(say.locale())
        picker.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        picker.setGridVisible(False)
        shown = self._value or self._today()
        picker.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        picker.setMinimumSize(theme.px(280), theme.px(250))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(picker)
        menu.addAction(holder)
        picker.activated.connect(lambda day: self._picked(menu, day))
        picker.clicked.connect(lambda day: self._picked(menu, day))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + theme.px(4))))
        picker.setFocus()

    def _picked(self, menu: QMenu, day: QDate) -> None:
        self.set_value(date(day.year(), day.month(), day.day()))
        menu.close()
        self.changed.emit()

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Down opens the calendar."""
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
        else:
            super().keyPressEvent(event)
