"""Rows for a dozen in a card: two lines with what matters most at the leading end, what can be done at the trailing end.

A list of any length is `ui.widgets.lists`.
"""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from ui import spoken, theme
from ui.widgets.boxes import Column, Line, hairline, own_direction, text
from ui.widgets.marked import Marks, paint_marked


class TwoLines(QWidget):
    """A title with a caption beside it and a line under it, cut with an ellipsis where there is no room."""

    def __init__(
        self,
        title: str = "",
        caption: str = "",
        subtitle: str = "",
        *,
        struck: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("spoken_as", spoken.LABEL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.set(title, caption, subtitle, struck=struck)

    def set(self, title: str, caption: str = "", subtitle: str = "", *, struck: bool = False) -> None:
        """Say something else."""
        self.title, self.caption, self.subtitle, self._struck = title, caption, subtitle, struck
        self.setAccessibleName(", ".join(filter(None, (title, caption, subtitle))))
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._hint = self._measured()
        self._offer()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the title, one or two lines high."""
        return QSize(self._hint)  # Asked dozens of times while a page finds its places: measured once.

    def _measured(self) -> QSize:
        strong, quiet = QFontMetrics(theme.font("body", 500)), QFontMetrics(theme.font("caption"))
        width = strong.horizontalAdvance(self.title + "  ") + quiet.horizontalAdvance(self.caption)
        return QSize(max(width, quiet.horizontalAdvance(self.subtitle)) + 2, theme.px(20 if not self.subtitle else 38))

    def minimumSizeHint(self) -> QSize:
        """It can be cut, but not away."""
        return QSize(theme.px(90), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tool tip where it had to be cut."""
        super().resizeEvent(event)
        self._offer()

    def _offer(self) -> None:
        cut = self._hint.width() > self.width()
        self.setToolTip("\n".join(filter(None, (self.title, self.caption, self.subtitle))) if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        paint_two_lines(
            painter,
            QRectF(self.rect()),
            self.title,
            self.caption,
            self.subtitle,
            mirrored=self.layoutDirection() == Qt.LayoutDirection.RightToLeft,
            struck=self._struck,
        )


def paint_two_lines(
    painter: QPainter,
    where: QRectF,
    title: str,
    caption: str,
    subtitle: str,
    *,
    mirrored: bool,
    struck: bool = False,
    marks: tuple[Marks, Marks] = ((), ()),
) -> None:
    """Draw a row's words; the long lists draw theirs with the same hand. `marks` are the places to show in title and subtitle."""
    whole_title, whole_subtitle = title, subtitle
    # Each part keeps the direction of its own language; the side it starts from and the order of the parts are the frame's.
    title, caption, subtitle = own_direction(title), own_direction(caption), own_direction(subtitle)
    side = (Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    strong, quiet = theme.font("body", 500), theme.font("caption")
    strong.setStrikeOut(struck)
    first = QRectF(where.x(), where.y(), where.width(), theme.px(20))
    if not subtitle:
        first.moveTop(where.y() + (where.height() - first.height()) / 2)
    measure, small = QFontMetrics(strong), QFontMetrics(quiet)
    title = measure.elidedText(title, Qt.TextElideMode.ElideRight, int(first.width()))
    painter.setFont(strong)
    painter.setPen(theme.colour("quiet" if struck else "ink"))
    if marks[0]:
        paint_marked(painter, first, whole_title, marks[0], mirrored=mirrored)
    else:
        painter.drawText(first, flags, title)
    used = measure.horizontalAdvance(title) + theme.px(8)
    painter.setFont(quiet)
    painter.setPen(theme.colour("quiet"))
    if caption and first.width() - used > theme.px(24):
        beside = first.adjusted(0, 0, -used, 0) if mirrored else first.adjusted(used, 0, 0, 0)
        # One pixel lower puts the smaller text on the same baseline.
        beside.translate(0, theme.px(1))
        painter.drawText(beside, flags, small.elidedText(caption, Qt.TextElideMode.ElideRight, int(beside.width())))
    if subtitle:
        under = QRectF(where.x(), where.y() + theme.px(20), where.width(), theme.px(18))
        if marks[1]:
            paint_marked(painter, under, whole_subtitle, marks[1], mirrored=mirrored)
        else:
            painter.drawText(under, flags, small.elidedText(subtitle, Qt.TextElideMode.ElideRight, int(under.width())))


class Row(QWidget):
    """One row: `leading` (a widget, or a short text such as a time), two lines, `trailing` widgets.

    When `active`, a click anywhere on it, Enter or Space emits `activated`; the menu key and the right button emit `menu_wanted`.
    """

    activated = Signal()
    menu_wanted = Signal()

    def __init__(
        self,
        title: str,
        *,
        caption: str = "",
        subtitle: str = "",
        leading: QWidget | str | None = None,
        trailing: Iterable[QWidget] = (),
        active: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if active:
            self.setProperty("spoken_as", spoken.BUTTON)
        self._active = active
        self._under_pointer = False
        self._line = Line(self, edges=(0, 9, 0, 9), gap=12)
        if isinstance(leading, str):
            leading = _Time(leading)
        if leading is not None:
            self._line.addWidget(leading)
        self.words = TwoLines(title, caption, subtitle)
        self._line.addWidget(self.words, 1)
        self.add(*trailing)
        self.setAccessibleName(self.words.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda _where: self.menu_wanted.emit())
        if active:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def add(self, *widgets: QWidget) -> None:
        """Put more at the trailing end."""
        for widget in widgets:
            self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_words(self, title: str, caption: str = "", subtitle: str = "") -> None:
        """Say something else."""
        self.words.set(title, caption, subtitle)
        self.setAccessibleName(self.words.accessibleName())

    def minimumSizeHint(self) -> QSize:
        """Never under the height of a control, so that rows of a card keep one rhythm."""
        return super().minimumSizeHint().expandedTo(QSize(0, theme.px(44)))

    def sizeHint(self) -> QSize:
        """Never under the height of a control."""
        return super().sizeHint().expandedTo(QSize(0, theme.px(44)))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tint under the pointer."""
        self._under_pointer = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Back to plain."""
        self._under_pointer = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tint, a little wider than the words."""
        if self._active and self._under_pointer:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("sunk"))
            painter.setOpacity(0.55)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0, 2, 0, -2), theme.radius("control"), theme.radius("control")
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        if (
            self._active
            and event.button() == Qt.MouseButton.LeftButton
            and self.rect().contains(event.position().toPoint())
        ):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open it."""
        if self._active and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class _Time(QWidget):
    """A short leading text, such as a time of day, in a column of its own."""

    def __init__(self, words: str) -> None:
        super().__init__()
        column = Line(self, gap=0)
        self._label = text(words, "bold")
        column.addWidget(self._label)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.setMinimumWidth(theme.px(70))


class RowList(QWidget):
    """Rows under one another with hairlines between; Up and Down move between those that can be opened."""

    def __init__(self, rows: Iterable[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: QVBoxLayout = Column(self, gap=0)
        self.set_rows(rows)

    def set_rows(self, rows: Iterable[QWidget]) -> None:
        """Show these and nothing else."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for row in rows:
            self.add(row)

    def add(self, row: QWidget) -> None:
        """Put one more at the end."""
        if self._column.count():
            self._column.addWidget(hairline())
        self._column.addWidget(row)

    def rows(self) -> list[QWidget]:
        """The rows, without the lines between."""
        items = (self._column.itemAt(at) for at in range(0, self._column.count(), 2))
        return [row for item in items if item is not None and (row := item.widget()) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between rows."""
        step = {Qt.Key.Key_Down.value: 1, Qt.Key.Key_Up.value: -1}.get(int(event.key()), 0)
        rows = [row for row in self.rows() if row.focusPolicy() & Qt.FocusPolicy.TabFocus]
        held = next((i for i, row in enumerate(rows) if row.hasFocus()), None)
        if step and held is not None and 0 <= held + step < len(rows):
            rows[held + step].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


class TickBox(QCheckBox):
    """The box of a promise, drawn by the theme; its name is what it is a box for."""

    def __init__(self, name: str = "", on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setChecked(on)
        self.setProperty("ring", 5)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Eighteen across, in a target of twenty-four."""
        return QSize(theme.px(18), theme.px(24))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.updateGeometry()

    def hitButton(self, where: object) -> bool:
        """The whole target ticks."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box at its exact size."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(18)
        where = QRectF(0.75, (self.height() - side) / 2 + 0.75, side - 1.5, side - 1.5)
        on = self.isChecked()
        painter.setBrush(theme.colour("primary" if on else "surface"))
        painter.setPen(QPen(theme.colour("primary" if on or self.underMouse() else "quiet"), 1.3))
        painter.drawRoundedRect(where, theme.px(4.5), theme.px(4.5))
        if on:
            pen = QPen(theme.colour("on_primary"), 2 * theme.current().scale)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            x, y, unit = where.x(), where.y(), where.width() / 16
            painter.drawPolyline(
                [
                    _at(x + 3.6 * unit, y + 8.4 * unit),
                    _at(x + 6.7 * unit, y + 11.5 * unit),
                    _at(x + 12.4 * unit, y + 5 * unit),
                ]
            )


def _at(x: float, y: float):  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QPointF

    return QPointF(x, y)


class TickRow(Row):
    """A promise: a box to tick, its words, pills and buttons. `ticked` carries whether it is now done."""

    ticked = Signal(bool)

    def __init__(
        self,
        title: str,
        *,
        caption: str = "",
        subtitle: str = "",
        on: bool = False,
        trailing: Iterable[QWidget] = (),
        active: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self.box = TickBox(title, on)
        super().__init__(
            title, caption=caption, subtitle=subtitle, leading=self.box, trailing=trailing, active=active, parent=parent
        )
        self.box.toggled.connect(self.ticked)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the words ticks the box, unless the row opens something."""
        if not self._active and self.words.geometry().contains(event.position().toPoint()):
            self.box.click()
        else:
            super().mouseReleaseEvent(event)
