"""Sessions as a long list and as the days of a calendar. Rows are put into words only when they come into sight."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mentorapp.clock import day_of, local
from mentorapp.fields import Choice, fields_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import Session
from mentorapp.services.recall import SessionRow
from ui import words as say
from ui.models.rows import ROW, ListRow

Index: TypeAlias = QModelIndex | QPersistentModelIndex

TONES = {"planned": "now", "held": "good", "missed": "warn", "cancelled": "neutral", "rescheduled": "neutral"}
"""The tone of each state."""


def state(session: Session) -> str:
    """The state of a session in words."""
    field = fields_of(Session)["status"]
    assert isinstance(field, Choice)
    return tr(field.words(session.status))


def mode(session: Session) -> str:
    """How it was or will be met, in words."""
    field = fields_of(Session)["mode"]
    assert isinstance(field, Choice)
    return tr(field.words(session.mode)) if session.mode else ""


def start(session: Session) -> datetime | None:
    """When it began, or when it is to begin."""
    return session.started or session.planned_start


def about(session: Session) -> str:
    """Mode, length and place in one line."""
    minutes = say.minutes(session.contact_minutes) if session.contact_minutes else ""
    return " · ".join(filter(None, (mode(session), minutes, session.place)))


def weeks_of(day: date, first_weekday: int) -> list[date]:
    """The 42 days of a month's page, beginning with the weekday (Monday is 0) that the country begins with."""
    first = day.replace(day=1)
    return _days(first, (first.weekday() - first_weekday) % 7, 42)


def week_of(day: date, first_weekday: int) -> list[date]:
    """The seven days of a day's week."""
    return _days(day, (day.weekday() - first_weekday) % 7, 7)


def _days(day: date, back: int, many: int) -> list[date]:
    # Where the calendar of this world ends, the page is moved rather than torn.
    begin = max(date.min.toordinal(), min(day.toordinal() - back, date.max.toordinal() - many))
    return [date.fromordinal(begin + n) for n in range(many)]


def other_month(day: date, by: int) -> date:
    """The same day of another month, or its last where that month is shorter; within the years that can be written down."""
    month = min(max(day.year * 12 + day.month - 1 + by, 1900 * 12), 2100 * 12 + 11)
    year, at = divmod(month, 12)
    return date(year, at + 1, min(day.day, calendar.monthrange(year, at + 1)[1]))


def other_week(day: date, by: int) -> date:
    """The same weekday some weeks on."""
    return min(max(day + timedelta(weeks=by), date(1900, 1, 1)), date(2100, 12, 31))


@dataclass(frozen=True)
class Entry:
    """A session in a day of the calendar."""

    key: str
    time: str
    name: str
    tone: str
    struck: bool
    minutes: int = 0
    movable: bool = False


@dataclass(frozen=True)
class DayCell:
    """A day of the calendar with what it holds."""

    day: date
    outside: bool
    today: bool
    entries: tuple[Entry, ...] = ()
    beyond: int = 0

    def in_words(self) -> str:
        """The day as one sentence, for those who hear it."""
        more = [ntr("{n} more", "{n} more", self.beyond, n=say.number(self.beyond))] if self.beyond else []
        return ", ".join([say.weekday_day(self.day), *(f"{e.time} {e.name}" for e in self.entries), *more])


ByDay: TypeAlias = dict[date, list[SessionRow]]
"""Sessions under the day on which each stands in the calendar."""

IN_WORDS = 24
"""How many sessions of a day are put into words: more than a day of the calendar has room for."""


def by_day(rows: Iterable[SessionRow]) -> ByDay:
    """The sessions of each day, in the order given. For the store lane: it looks at every one."""
    found: ByDay = {}
    for row in rows:
        at = start(row.session)
        if at is not None:
            found.setdefault(day_of(at), []).append(row)
    return found


def cells(days: Sequence[date], held: ByDay, *, month: int, today: date) -> list[DayCell]:
    """The days with their sessions; those of another month than `month` (0 for none) are outside."""
    return [
        _cell(day, held.get(day, []), outside=bool(month) and day.month != month, today=day == today) for day in days
    ]


def _cell(day: date, rows: Sequence[SessionRow], *, outside: bool, today: bool) -> DayCell:
    entries = [_entry(row, at) for row in rows[:IN_WORDS] if (at := start(row.session)) is not None]
    return DayCell(day, outside=outside, today=today, entries=tuple(entries), beyond=max(0, len(rows) - IN_WORDS))


def _entry(row: SessionRow, at: datetime) -> Entry:
    status = row.session.status or ""
    return Entry(
        row.session.id,
        say.time(at),
        row.pair.name,
        TONES.get(status, "neutral"),
        status in ("cancelled", "rescheduled"),
        local(at).hour * 60 + local(at).minute,
        status == "planned",
    )


class SessionsModel(QAbstractListModel):
    """Every session, the latest first; five thousand take no longer to show than ten."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SessionRow, ...] = ()
        self._near = date.min

    def set_rows(self, rows: Sequence[SessionRow], near: date) -> None:
        """Show these."""
        rows = tuple(rows)
        if (rows, near) == (self._rows, self._near):
            return
        self.beginResetModel()
        self._rows, self._near = rows, near
        self.endResetModel()

    def row_of(self, key: str) -> SessionRow | None:
        """The session of an id."""
        return next((row for row in self._rows if row.session.id == key), None)

    def index_of(self, key: str) -> QModelIndex:
        """Where a session is, or an invalid index."""
        return next((self.index(at) for at, row in enumerate(self._rows) if row.session.id == key), QModelIndex())

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row in words."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return self._worded(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.pair.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._worded(row).in_words()
        return None

    def _worded(self, row: SessionRow) -> ListRow:
        session = row.session
        at = start(session)
        when = tr("{day}, {time}", day=say.day(day_of(at), near=self._near), time=say.time(at)) if at else ""
        words = " ".join((session.notes or session.agenda or session.reason)[:240].split())
        return ListRow(
            session.id,
            row.pair.name,
            caption=when,
            subtitle=" · ".join(filter(None, (about(session), words))),
            initials=say.initials(row.pair.name),
            pills=((state(session), TONES.get(session.status or "", "neutral")),),
        )
