"""Things beside one another that go on in the next line when there is no more room, in the direction of reading."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui import theme


class Flow(QLayout):
    """A line that wraps. What may grow (an expanding policy) takes what is left of its line; `least` is what it asks for then."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 6, line_gap: int = 6) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Add at the end."""
        self._items.append(item)

    def insertWidget(self, at: int, widget: QWidget) -> None:
        """Put a widget before the one that stands at a place."""
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        """How many things stand here."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """What stands at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Take one out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width it is given and no more height than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at this width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Stand within this rectangle."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """Everything on one line."""
        sizes = [self._size(item) for item in self._shown()]
        gaps = theme.px(self._gap) * max(0, len(sizes) - 1)
        edges = self.contentsMargins()
        return QSize(
            sum(size.width() for size in sizes) + gaps + edges.left() + edges.right(),
            max((size.height() for size in sizes), default=0) + edges.top() + edges.bottom(),
        )

    def minimumSize(self) -> QSize:
        """The widest thing alone on its line."""
        sizes = [item.minimumSize() for item in self._shown()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    @staticmethod
    def _size(item: QLayoutItem) -> QSize:
        return item.sizeHint().expandedTo(item.minimumSize())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = [[]]
        used, gap = 0, theme.px(self._gap)
        for item in self._shown():
            wanted = min(self._size(item).width(), width)
            if lines[-1] and used + gap + wanted > width:
                lines.append([])
                used = 0
            used += wanted + (gap if lines[-1] else 0)
            lines[-1].append(item)
        return lines

    def _place(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        y = inner.y()
        for line in self._lines(inner.width()):
            y += self._place_line(line, inner, y, move=move) + theme.px(self._line_gap)
        return y - theme.px(self._line_gap) - rect.y() + self.contentsMargins().bottom()

    def _place_line(self, line: list[QLayoutItem], inner: QRect, y: int, *, move: bool) -> int:
        gap = theme.px(self._gap)
        widths = [min(self._size(item).width(), inner.width()) for item in line]
        growing = [at for at, item in enumerate(line) if item.expandingDirections() & Qt.Orientation.Horizontal]
        left = inner.width() - sum(widths) - gap * (len(line) - 1)
        for at in growing:
            widths[at] += max(0, left) // len(growing)
        heights = [
            item.heightForWidth(width) if item.hasHeightForWidth() else self._size(item).height()
            for item, width in zip(line, widths, strict=True)
        ]
        height = max(heights, default=0)
        if move:
            self._move(line, widths, heights, QRect(inner.x(), y, inner.width(), height))
        return height

    def _move(self, line: list[QLayoutItem], widths: list[int], heights: list[int], room: QRect) -> None:
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 0
        for item, width, high in zip(line, widths, heights, strict=True):
            start = room.right() + 1 - x - width if mirrored else room.x() + x
            item.setGeometry(QRect(QPoint(start, room.y() + (room.height() - high) // 2), QSize(width, high)))
            x += width + theme.px(self._gap)
