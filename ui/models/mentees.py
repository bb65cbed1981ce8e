"""Everyone, as rows of a long list. A row is put into words when it is painted, so that ten thousand people cost no more than ten."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import words
from ui.widgets.lists import ROW, ListRow

if TYPE_CHECKING:
    from mentorapp.services.recall import MenteeRow

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_SOMETIME = datetime(9999, 12, 30, tzinfo=UTC)


class MenteesModel(QAbstractListModel):
    """Those of everyone who match what is typed, in the order asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._everyone: tuple[MenteeRow, ...] = ()
        self._heard: dict[str, str] = {}
        self._shown: list[MenteeRow] = []
        self._typed, self._order, self._today = "", "name", date.min

    def set_everyone(self, everyone: Sequence[MenteeRow], *, today: date) -> None:
        """Carry these people."""
        if (tuple(everyone), today) != (self._everyone, self._today):
            self._everyone, self._today = tuple(everyone), today
            self._heard = {row.mentorship: plain(f"{row.name} {row.role} {row.site}") for row in everyone}
            self._choose()

    def narrow(self, typed: str) -> None:
        """Show only those in whose name, role or site every typed word begins a word."""
        if plain(typed) != self._typed:
            self._typed = plain(typed)
            self._choose()

    def sort_by(self, order: str) -> None:
        """Put first: `name` the first of the alphabet, `waiting` who was met longest ago, `next` who is met soonest."""
        if order != self._order:
            self._order = order
            self._choose()

    def _choose(self) -> None:
        parts = self._typed.split()
        shown = [row for row in self._everyone if all(_begins(part, self._heard[row.mentorship]) for part in parts)]
        if self._order == "waiting":
            shown.sort(key=lambda row: row.last or _NEVER)
        elif self._order == "next":
            shown.sort(key=lambda row: row.next or _SOMETIME)
        if [row.mentorship for row in shown] == [row.mentorship for row in self._shown]:
            self._shown = shown
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many match."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, the name, or the row in words for those who hear it."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == ROW:
            return as_row(row, self._today)
        return as_row(row, self._today).in_words() if role == Qt.ItemDataRole.AccessibleTextRole else None

    def key(self, at: int) -> str:
        """The key of a row: a person's id, or of a group that of its mentorship."""
        return key_of(self._shown[at])

    def row_of(self, key: str) -> MenteeRow | None:
        """The row of this key."""
        return next((row for row in self._shown if key_of(row) == key), None)

    def index_of(self, mentorship: str) -> QModelIndex:
        """Where somebody is, or an invalid index."""
        return next(
            (self.index(at) for at, row in enumerate(self._shown) if row.mentorship == mentorship), QModelIndex()
        )


def key_of(row: MenteeRow) -> str:
    """A person's id, or of a group that of its mentorship."""
    return row.person or row.mentorship


def plain(words: str) -> str:
    """Words without capitals and accents, so that "jose" finds "José"."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def _begins(part: str, heard: str) -> bool:
    return heard.startswith(part) or f" {part}" in heard


def as_row(row: MenteeRow, today: date) -> ListRow:
    """A person in two lines."""
    return ListRow(
        key=key_of(row),
        title=row.name,
        caption=" · ".join(filter(None, (_people(row), row.role, row.site))),
        subtitle=" · ".join(filter(None, (_last(row, today), _next(row, today)))),
        initials=words.initials(row.name),
        pills=_pills(row),
    )


def _people(row: MenteeRow) -> str:
    return ntr("{n} person", "{n} people", row.people, n=words.number(row.people)) if row.people else ""


def _last(row: MenteeRow, today: date) -> str:
    return tr("Last met {ago}", ago=words.ago((today - day_of(row.last)).days)) if row.last else tr("Not met yet")


def _next(row: MenteeRow, today: date) -> str:
    if row.next is None:
        return ""
    day = day_of(row.next)
    return tr("next {day}", day=words.ahead(0) if day == today else words.weekday_day(day, near=today))


def _pills(row: MenteeRow) -> tuple[tuple[str, str], ...]:
    found = []
    if row.quiet:
        found.append((ntr("quiet for {n} day", "quiet for {n} days", row.quiet, n=words.number(row.quiet)), "warn"))
    if row.overdue:
        found.append((ntr("{n} promise late", "{n} promises late", row.overdue, n=words.number(row.overdue)), "bad"))
    waiting = row.open_promises - row.overdue
    if waiting:
        found.append((ntr("{n} promise", "{n} promises", waiting, n=words.number(waiting)), "neutral"))
    return tuple(found)
