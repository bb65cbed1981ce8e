"""The rows of a table as they will become: a list of any length, put into words as it is painted, and one row in full."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.widgets import Button, Card, Column, EmptyState, Line, LongList, Segment, text
from ui.widgets.lists import ROW, ListRow

if TYPE_CHECKING:
    from mentorapp.services.importing.checking import Check, Checked

Index: TypeAlias = QModelIndex | QPersistentModelIndex


class RowsToCome(QAbstractListModel):
    """Those rows of a check that are asked for: `all`, `problem`, `here`, `like`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._check: Check | None = None
        self._shown: list[Checked] = []
        self._only = "all"

    def show_check(self, check: Check | None) -> None:
        """Carry the rows of this check."""
        self._check = check
        self._choose()

    def only(self, which: str) -> None:
        """Show only these."""
        self._only = which
        self._choose()

    def _choose(self) -> None:
        self.beginResetModel()
        rows = self._check.rows if self._check else []
        self._shown = rows if self._only == "all" else [row for row in rows if row.state == self._only]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, its title, or the row in words for those who hear it."""
        if not index.isValid() or index.row() >= len(self._shown) or self._check is None:
            return None
        if role in (ROW, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = as_row(self._check, self._shown[index.row()], str(index.row()))
            return row if role == ROW else row.title if role == Qt.ItemDataRole.DisplayRole else row.in_words()
        return None

    def row(self, at: int) -> Checked:
        """A row that is shown."""
        return self._shown[at]

    def said_otherwise(self, at: int) -> None:
        """A row was left out or taken."""
        self.dataChanged.emit(self.index(at), self.index(at))


def as_row(check: Check, row: Checked, key: str) -> ListRow:
    """A row of the table in two lines: what it is called, and what is wrong with it or what it will hold."""
    from mentorapp.services.importing import showing

    return ListRow(
        key=key,
        title=showing.title(check, row) or tr("Row {n}", n=row.row.number),
        caption=tr("row {n}", n=row.row.number),
        subtitle=showing.line(check, row, in_words),
        pills=(_pill(row),),
    )


def in_words(when: date | datetime) -> str:
    """A day, with its year; of a moment, the time as well."""
    if isinstance(when, datetime):
        return f"{words.day(day_of(when))}, {words.time(when)}"
    return words.day(when)


def _pill(row: Checked) -> tuple[str, str]:
    if row.problems:
        return tr("cannot be imported yet"), "bad"
    if not row.taken:
        return (tr("here already"), "neutral") if row.here else (tr("left out"), "neutral")
    if row.like or row.here:
        return tr("look at it first"), "warn"
    return tr("will be imported"), "good"


class Preview(Card):
    """The list, what of it is shown, and the row that was opened. `decided` says that a row is taken or left out now."""

    decided = Signal()

    def __init__(self) -> None:
        super().__init__(tr("As it will become"))
        self._check: Check | None = None
        self._open_at = -1
        self._model = RowsToCome(self)
        self._which = Segment((("all", tr("All")),), name=tr("Which rows are shown"))
        self._which.picked.connect(self._only)
        self._list = LongList(self._model, name=tr("Rows as they will become"))
        self._list.opened.connect(self._opened)
        self._none = EmptyState("check", tr("No row is like that"))
        self._detail = Column(gap=8)
        self._detail_card = QWidget()
        inside = Column(self._detail_card, edges=(12, 10, 12, 10), gap=8)
        inside.addLayout(self._detail)
        self._choose = Button("")
        self._choose.clicked.connect(self._toggle)
        foot = Line(gap=8)
        foot.addWidget(self._choose)
        foot.addStretch(1)
        inside.addLayout(foot)
        self.body.setSpacing(theme.px(10))
        for part in (self._which, self._list, self._none, self._detail_card):
            self.body.addWidget(part)
        self._none.hide()
        self._detail_card.hide()
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._list.setFixedHeight(theme.px(57) * 6 + 4)

    def check(self) -> Check | None:
        """The check on show."""
        return self._check

    def show_check(self, check: Check, counts: dict[str, int]) -> None:
        """Show the rows of this check, of which so many are in each state; what is filtered stays so."""
        self._check = check
        self._open_at = -1
        self._detail_card.hide()
        offered = [("all", tr("All {n}", n=words.number(len(check.rows))))]
        for state, said in (
            (
                "problem",
                ntr("{n} with a problem", "{n} with problems", counts["problem"], n=words.number(counts["problem"])),
            ),
            (
                "like",
                ntr("{n} perhaps the same", "{n} perhaps the same", counts["like"], n=words.number(counts["like"])),
            ),
            ("here", ntr("{n} here already", "{n} here already", counts["here"], n=words.number(counts["here"]))),
        ):
            if counts[state]:
                offered.append((state, said))
        self._which.set_options(offered)
        if not self._which.value():
            self._which.set_value("all")
        self._model.show_check(check)
        self._only(self._which.picked_one())
        self._which.setVisible(len(offered) > 1)

    def _only(self, which: str) -> None:
        self._model.only(which or "all")
        self._list.setVisible(self._model.rowCount() > 0)
        self._none.setVisible(self._model.rowCount() == 0)
        self._detail_card.hide()

    def _opened(self, key: str) -> None:
        from mentorapp.services.importing import report, showing

        self._open_at = int(key)
        row = self._model.row(self._open_at)
        while (item := self._detail.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        assert self._check is not None
        for problem in report.problems(self._check, row):
            self._detail.addWidget(text(problem, "problem", wrap=True))
        standing = report.standing(row)
        if standing is not None:
            self._detail.addWidget(text(str(standing), "strong", wrap=True))
        for label, said in showing.values(self._check, row, in_words):
            self._detail.addWidget(text(tr("{label}: {value}", label=label, value=said), wrap=True))
        self._say_choice(row)
        self._detail_card.show()

    def _say_choice(self, row: Checked) -> None:
        self._choose.setVisible(not row.problems and not row.same_id)
        self._choose.set_words(tr("Leave this row out") if row.taken else tr("Import it all the same"))

    def _toggle(self) -> None:
        row = self._model.row(self._open_at)
        row.chosen = not row.taken
        self._say_choice(row)
        self._model.said_otherwise(self._open_at)
        self.decided.emit()
