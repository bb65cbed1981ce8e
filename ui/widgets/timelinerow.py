"""A row on the thin line of time, with its dot in the tone of what happened."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.widgets.marks import TONES
from ui.widgets.rows import Row


class TimelineRow(Row):
    """A row on the thin line of time: a dot, the day, what happened."""

    def __init__(
        self,
        when: str,
        title: str,
        *,
        subtitle: str = "",
        tone: str = "now",
        trailing: Iterable[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        self._tone = tone
        super().__init__(title, subtitle=subtitle, leading=when, trailing=trailing, parent=parent)
        self._line.set_edges((20, 9, 0, 9))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line of time and this row's dot on it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = theme.px(5)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.width() - x
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(x, 0, x, self.height())
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour(TONES[self._tone][1]))
        side = theme.px(10)
        painter.drawEllipse(QRectF(x - side / 2, self.height() / 2 - side / 2, side, side))
