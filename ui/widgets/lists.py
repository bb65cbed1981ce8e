"""A list of any length: rows of two lines painted by one delegate, so that ten thousand of them scroll as ten do.

`ListRow` describes a row; `ui.models.rows.RowsModel` carries them. The view keeps to the keyboard's habits: arrows, Home, End, Page,
typing a name; Enter or a click opens (`opened` with the row's key), the menu key or the right button asks for its menu.
"""

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import theme
from ui.widgets.marks import paint_avatar, paint_pill, pill_size
from ui.widgets.rows import paint_two_lines

Index: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ListRow:
    """What a row shows. `pills` are (words, tone); `title_marks` and `marks` are where title and subtitle hold what was looked for."""

    key: str
    title: str
    caption: str = ""
    subtitle: str = ""
    initials: str = ""
    pills: tuple[tuple[str, str], ...] = ()
    title_marks: tuple[tuple[int, int], ...] = ()
    marks: tuple[tuple[int, int], ...] = ()

    def in_words(self) -> str:
        """The row as one sentence, for those who hear it."""
        return ", ".join(filter(None, (self.title, self.caption, self.subtitle, *(words for words, _ in self.pills))))


ROW = Qt.ItemDataRole.UserRole + 1
"""The role under which a model gives its ListRow."""


class RowPainter(QStyledItemDelegate):
    """Paints a ListRow."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(theme.px(120), theme.px(57))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Tint, avatar, words, pills from the trailing end, hairline, focus."""
        row = index.data(ROW)
        if not isinstance(row, ListRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        self._ground(painter, option, last=index.row() == index.model().rowCount() - 1)
        inner = QRectF(option.rect).adjusted(theme.px(12), 0, -theme.px(12), 0)
        inner = self._leading(painter, inner, row, mirrored)
        inner = self._pills(painter, inner, row, mirrored)
        height = theme.px(38)
        inner.setTop(inner.top() + (inner.height() - height) / 2)
        inner.setHeight(height)
        marks = (row.title_marks, row.marks)
        paint_two_lines(painter, inner, row.title, row.caption, row.subtitle, mirrored=mirrored, marks=marks)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, *, last: bool) -> None:
        where = QRectF(option.rect)
        held = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver) or held:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("tint" if option.state & QStyle.StateFlag.State_Selected else "sunk"))
            painter.drawRoundedRect(where.adjusted(2, 2, -2, -2), theme.radius("control"), theme.radius("control"))
        if not last:
            line = QRect(
                option.rect.x() + theme.px(12), option.rect.bottom(), option.rect.width() - 2 * theme.px(12), 1
            )
            painter.fillRect(line, theme.colour("line"))
        if held:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(where.adjusted(2, 2, -2, -2), theme.radius("control"), theme.radius("control"))

    def _leading(self, painter: QPainter, inner: QRectF, row: ListRow, mirrored: bool) -> QRectF:
        if not row.initials:
            return inner
        side, gap = theme.px(36), theme.px(12)
        x = inner.right() - side if mirrored else inner.left()
        paint_avatar(painter, QRectF(x, inner.center().y() - side / 2, side, side), row.initials)
        return inner.adjusted(0, 0, -side - gap, 0) if mirrored else inner.adjusted(side + gap, 0, 0, 0)

    def _pills(self, painter: QPainter, inner: QRectF, row: ListRow, mirrored: bool) -> QRectF:
        for words, tone in reversed(row.pills):
            size = pill_size(words)
            if inner.width() - size.width() < theme.px(120):
                break
            x = inner.left() if mirrored else inner.right() - size.width()
            paint_pill(
                painter, QRectF(x, inner.center().y() - size.height() / 2, size.width(), size.height()), words, tone
            )
            used = size.width() + theme.px(12)
            inner = inner.adjusted(used, 0, 0, 0) if mirrored else inner.adjusted(0, 0, -used, 0)
        return inner


class LongList(QListView):
    """The view of a list of any length."""

    opened = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(
        self, model: QAbstractItemModel | None = None, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bare")
        self.setProperty("ring", 0)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(RowPainter(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.clicked.connect(self._open)
        if model is not None:
            self.setModel(model)

    def minimumSizeHint(self) -> QSize:
        """One row: a list can be as low as the window makes it, for it scrolls."""
        return QSize(theme.px(120), theme.px(56))

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.scheduleDelayedItemsLayout()

    def current_key(self) -> str:
        """The key of the current row, or ''."""
        row = self.currentIndex().data(ROW)
        return row.key if isinstance(row, ListRow) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if isinstance(row, ListRow):
            self.opened.emit(row.key)

    def _menu(self, where: QPoint) -> None:
        index = self.indexAt(where)
        if not index.isValid():
            index = self.currentIndex()
        row = index.data(ROW)
        if isinstance(row, ListRow):
            self.menu_wanted.emit(row.key, self.viewport().mapToGlobal(self.visualRect(index).center()))
