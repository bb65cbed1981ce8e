"""Things beside one another that go on in the next line when there is no more room, in the direction of reading.

A widget that places its children itself: a layout written in Python shares the ownership of its items with Qt, and both free them.
"""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme


class Flow(QWidget):
    """A line that wraps. What may grow (an expanding policy) takes what is left of its line."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 6, line_gap: int = 6) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self._gap, self._line_gap = gap, line_gap
        self._heights: dict[int, int] = {}
        high_as_needed(self)

    def addWidget(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        self.insertWidget(len(self._parts), widget)

    def insertWidget(self, at: int, widget: QWidget) -> None:
        """Put a widget before the one that stands at a place."""
        self._parts.insert(at, widget)
        if widget.parentWidget() is not self:
            widget.setParent(self)
        # Qt shows a child by itself only if it was there before its parent was shown.
        if self.isVisible() and not widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            widget.show()
        self._again()

    def removeWidget(self, widget: QWidget) -> None:
        """Take a widget out; it stays a child until its owner is done with it."""
        self._parts.remove(widget)
        self._again()

    def parts(self) -> tuple[QWidget, ...]:
        """What stands here, in the order of reading."""
        return tuple(self._parts)

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._again()

    def event(self, event: QEvent) -> bool:
        """Stand anew when something inside wants another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._again()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand anew in another width."""
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _again(self) -> None:
        self._heights.clear()
        self.updateGeometry()
        # Until it is seen nothing needs a place: a screen of many fields is made twice as fast.
        if self.isVisible():
            self._place(self.width(), move=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Give everything its place."""
        super().showEvent(event)
        self._heights.clear()
        self._place(self.width(), move=True)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at this width."""
        if not self.isVisible():
            return self._place(width, move=False)
        # Asked dozens of times while a page finds its places; what changes inside says so and is measured anew.
        if width not in self._heights:
            self._heights[width] = self._place(width, move=False)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Everything on one line."""
        sizes = [_wanted(part) for part in self._shown()]
        gaps = theme.px(self._gap) * max(0, len(sizes) - 1)
        return QSize(sum(s.width() for s in sizes) + gaps, max((s.height() for s in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """The widest thing alone on its line, as high as it wants to be: a field that is squeezed cannot be read."""
        sizes = [QSize(_least(part).width(), _wanted(part).height()) for part in self._shown()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _lines(self, width: int) -> list[list[QWidget]]:
        lines: list[list[QWidget]] = [[]]
        used, gap = 0, theme.px(self._gap)
        for part in self._shown():
            wanted = min(_wanted(part).width(), width)
            if lines[-1] and used + gap + wanted > width:
                lines.append([])
                used = 0
            used += wanted + (gap if lines[-1] else 0)
            lines[-1].append(part)
        return lines

    def _place(self, width: int, *, move: bool) -> int:
        y = 0
        for line in self._lines(width):
            y += self._place_line(line, width, y, move=move) + theme.px(self._line_gap)
        return max(0, y - theme.px(self._line_gap))

    def _place_line(self, line: list[QWidget], width: int, y: int, *, move: bool) -> int:
        widths = [min(_wanted(part).width(), width) for part in line]
        growing = [at for at, part in enumerate(line) if _grows(part)]
        left = width - sum(widths) - theme.px(self._gap) * (len(line) - 1)
        for at in growing:
            widths[at] += max(0, left) // len(growing)
        heights = [_height(part, wide) for part, wide in zip(line, widths, strict=True)]
        height = max(heights, default=0)
        if move:
            self._stand(line, widths, heights, QRect(0, y, width, height))
        return height

    def _stand(self, line: list[QWidget], widths: list[int], heights: list[int], room: QRect) -> None:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 0
        for part, wide, high in zip(line, widths, heights, strict=True):
            start = room.width() - x - wide if mirrored else x
            part.setGeometry(start, room.y() + (room.height() - high) // 2, wide, high)
            x += wide + theme.px(self._gap)


def _grows(part: QWidget) -> bool:
    growing = (QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Ignored)
    return part.sizePolicy().horizontalPolicy() in growing and part.maximumWidth() > part.minimumWidth()


def _least(part: QWidget) -> QSize:
    return part.minimumSizeHint().expandedTo(part.minimumSize())


def _wanted(part: QWidget) -> QSize:
    hint = QSize(part.minimumSizeHint().width(), part.sizeHint().height()) if _grows(part) else part.sizeHint()
    return hint.expandedTo(part.minimumSize()).boundedTo(part.maximumSize())


def _height(part: QWidget, width: int) -> int:
    high = part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
    return max(part.minimumHeight(), min(high, part.maximumHeight()))


def high_as_needed(widget: QWidget) -> None:
    """Let a widget be as high as what wraps inside it needs at the width it gets."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
