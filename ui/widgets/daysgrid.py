"""Days in a grid: a month or a week, each day with what it holds. Arrows move between days, Page Up and Page Down between months.

Knows no session: a cell says its number, its entries and what it is called; where the reading runs from right to left, so do the days.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from mentorapp.i18n import ntr
from ui import theme
from ui.widgets.marks import TONES

Index: TypeAlias = QModelIndex | QPersistentModelIndex
CELL = Qt.ItemDataRole.UserRole + 2
_ALONE = "\u2068{}\u2069"
# A name keeps the direction of its own letters: without this the dot of "Grace A." would stand before it in Arabic.
TOP, BAR = 26, 18
"""Where the entries of a day begin, and how high each is, in px of 100 %."""


class Held(Protocol):
    """Something that a day holds."""

    @property
    def key(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def struck(self) -> bool: ...
    @property
    def minutes(self) -> int:
        """At which minute of its day it begins."""
        ...

    @property
    def movable(self) -> bool:
        """Whether it can be carried to another day."""
        ...


class Cell(Protocol):
    """A day."""

    @property
    def day(self) -> date: ...
    @property
    def outside(self) -> bool: ...
    @property
    def today(self) -> bool: ...
    @property
    def entries(self) -> Sequence[Held]: ...
    @property
    def beyond(self) -> int:
        """How many more it holds than are put into words."""
        ...

    def in_words(self) -> str:
        """The day as one sentence."""


class _Days(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cells: Sequence[Cell] = ()
        self.heads: Sequence[str] = ()
        self.numbers: Sequence[str] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.cells) // 7

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 7

    def cell(self, index: Index) -> Cell | None:
        at = index.row() * 7 + index.column()
        return self.cells[at] if index.isValid() and at < len(self.cells) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.cell(index)
        if cell is None:
            return None
        if role == CELL:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return self.numbers[index.row() * 7 + index.column()]
        return cell.in_words() if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal and section < len(self.heads):
            return self.heads[section]
        return None

    def show(self, cells: Sequence[Cell], heads: Sequence[str], numbers: Sequence[str]) -> None:
        same = len(cells) == len(self.cells)
        if not same:
            self.beginResetModel()
        self.cells, self.heads, self.numbers = tuple(cells), tuple(heads), tuple(numbers)
        if not same:
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 6))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 6)


def bars_of(rect: QRectF, cell: Cell) -> tuple[list[QRectF], int]:
    """Where the entries of a day stand, and how many have no room."""
    high, gap = theme.px(BAR), theme.px(2)
    top = rect.y() + theme.px(TOP)
    room = max(1, int((rect.bottom() - theme.px(4) - top + gap) // (high + gap)))
    whole = len(cell.entries) + cell.beyond
    shown = whole if whole <= room else min(len(cell.entries), max(0, room - 1))
    bars = [
        QRectF(rect.x() + theme.px(3), top + n * (high + gap), rect.width() - theme.px(6), high) for n in range(shown)
    ]
    return bars, whole - shown


@lru_cache(maxsize=8)
def _face(_theme: theme.Theme, struck: bool) -> tuple[QFont, QFontMetrics]:
    face = theme.font("small", 500)
    face.setStrikeOut(struck)
    return face, QFontMetrics(face)


class _Painter(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cut: dict[tuple[str, int, theme.Theme], str] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CELL)
        if cell is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        painter.fillRect(rect, theme.colour("sunk" if cell.outside else "surface"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(rect.adjusted(-0.5, -0.5, -0.5, -0.5))
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        self._number(painter, rect, cell, str(index.data()), mirrored)
        bars, hidden = bars_of(rect, cell)
        for bar, entry in zip(bars, cell.entries, strict=False):
            self._entry(painter, bar, entry, mirrored)
        if hidden:
            self._more(painter, rect, len(bars), hidden, mirrored)
        self._edge(painter, rect, option)
        painter.restore()

    def _number(self, painter: QPainter, rect: QRectF, cell: Cell, number: str, mirrored: bool) -> None:
        side = theme.px(20)
        x = rect.right() - side - theme.px(4) if mirrored else rect.x() + theme.px(4)
        where = QRectF(x, rect.y() + theme.px(3), side, side)
        painter.setFont(theme.font("caption", 600 if cell.today else 500))
        if cell.today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("primary"))
            painter.drawEllipse(where)
        painter.setPen(theme.colour("on_primary" if cell.today else "quiet" if cell.outside else "ink"))
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, number)

    def _entry(self, painter: QPainter, bar: QRectF, entry: Held, mirrored: bool) -> None:
        behind, ink = TONES[entry.tone]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(behind))
        painter.drawRoundedRect(bar, theme.radius("small"), theme.radius("small"))
        face, measure = _face(theme.current(), entry.struck)
        painter.setFont(face)
        painter.setPen(theme.colour(ink))
        inner = bar.adjusted(theme.px(4), 0, -theme.px(3), 0)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        said = f"{entry.time} {_ALONE.format(entry.name)}"
        key = (said, int(inner.width()), theme.current())
        if key not in self._cut:
            if len(self._cut) > 2000:
                self._cut.clear()
            self._cut[key] = measure.elidedText(said, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, flags, self._cut[key])

    def _more(self, painter: QPainter, rect: QRectF, shown: int, hidden: int, mirrored: bool) -> None:
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.colour("quiet"))
        top = rect.y() + theme.px(TOP) + shown * theme.px(BAR + 2)
        where = QRectF(rect.x() + theme.px(8), top, rect.width() - theme.px(16), theme.px(BAR))
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        said = ntr("{n} more", "{n} more", hidden) if shown else ntr("{n} session", "{n} sessions", hidden)
        painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, said)

    def _edge(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> None:
        held = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if held or option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus" if held else "primary"), 2))
            painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -2.5, -2.5), theme.radius("small"), theme.radius("small"))

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        cell = index.data(CELL)
        if cell is None or not cell.entries:
            return False
        QToolTip.showText(event.globalPos(), "\n".join(f"{e.time} {e.name}" for e in cell.entries), view)
        return True


class DaysGrid(QTableView):
    """The grid. `day_chosen` carries the day the person stands on, `opened` the day or (day, key of the entry) she wants to open."""

    day_chosen = Signal(object)
    opened = Signal(object, str)
    turned = Signal(int)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days = _Days(self)
        self._quiet = False
        self.setModel(self._days)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(name)
        self.setProperty("kind", "bare")
        self.setProperty("ring", 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setMinimumSectionSize(8)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setHighlightSections(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_cells(self, cells: Sequence[Cell], heads: Sequence[str], numbers: Sequence[str], current: date) -> None:
        """Show these days, and stand on one of them."""
        self._quiet = True
        self._days.show(cells, heads, numbers)
        at = next((n for n, cell in enumerate(cells) if cell.day == current), 0)
        self.setCurrentIndex(self._days.index(at // 7, at % 7))
        self._quiet = False

    def current_day(self) -> date | None:
        """The day the person stands on."""
        cell = self._days.cell(self.currentIndex())
        return cell.day if cell else None

    def cells(self) -> Sequence[Cell]:
        """The days on show."""
        return self._days.cells

    def stand_on(self, day: date) -> None:
        """Stand on a day that is on show."""
        at = next((n for n, cell in enumerate(self._days.cells) if cell.day == day), None)
        if at is not None:
            self.setCurrentIndex(self._days.index(at // 7, at % 7))

    def cell_at(self, day: date) -> QRectF:
        """Where a day is drawn, empty if it is not on this page."""
        at = next((n for n, cell in enumerate(self._days.cells) if cell.day == day), None)
        return QRectF() if at is None else QRectF(self.visualRect(self._days.index(at // 7, at % 7)))

    def minimumSizeHint(self) -> QSize:
        """Small enough for any page."""
        return QSize(theme.px(280), theme.px(200))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say on which day the person stands now."""
        super().currentChanged(current, previous)
        cell = self._days.cell(current)
        if cell is not None and not self._quiet:
            self._reveal(current)
            self.day_chosen.emit(cell.day)

    def _reveal(self, index: Index) -> None:
        """Scroll the page where there is little room, so that the day one stands on is in sight."""
        page = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        inner = page.widget() if isinstance(page, QScrollArea) else None
        if isinstance(page, QScrollArea) and inner is not None and self.hasFocus():
            rect = self.visualRect(index)
            spot = self.viewport().mapTo(inner, rect.center())
            page.ensureVisible(spot.x(), spot.y(), 0, rect.height() // 2 + theme.px(8))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the day; Page Up and Page Down turn the page."""
        cell = self._days.cell(self.currentIndex())
        turn = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()), 0)
        if turn:
            self.turned.emit(turn)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and cell is not None:
            self.opened.emit(cell.day, cell.entries[0].key if len(cell.entries) == 1 else "")
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the entry under the pointer, or the day."""
        index = self.indexAt(event.position().toPoint())
        cell = self._days.cell(index)
        if cell is not None:
            self.opened.emit(cell.day, self._entry_at(index, cell, event.position().toPoint()))

    def _entry_at(self, index: QModelIndex, cell: Cell, where: QPoint) -> str:
        bars, _ = bars_of(QRectF(self.visualRect(index)), cell)
        return next((e.key for bar, e in zip(bars, cell.entries, strict=False) if bar.contains(where)), "")
