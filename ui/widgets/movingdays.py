"""Days whose entries can be carried to another day: dragged with a ghost under the pointer, or moved with the keyboard.

Promises that where an entry would fall is always said, in sight and to those who hear the screen; that Escape leaves everything as it
was; and that nothing is moved to a day that is over. By keyboard: M, or Alt with an arrow, takes an entry up (M again takes the next of
the day); arrows change the day, Page Up and Page Down the time by half an hour, Enter puts it down. Knows no session: `carried` says
which entry goes to which day and minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QWidget

from mentorapp.i18n import tr
from ui import theme, words
from ui.widgets.announce import announce
from ui.widgets.boxes import own_direction
from ui.widgets.daysgrid import BAR, CELL, TOP, Cell, DaysGrid, Held, bars_of
from ui.widgets.handles import TAKEN
from ui.widgets.marks import TONES

STEP = 30
"""By how many minutes the keyboard moves an entry."""

_TURN_MS = 700
_DAY = 24 * 60
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_PageUp: (0, 0),
    Qt.Key.Key_PageDown: (0, 0),
}


@dataclass(frozen=True, kw_only=True)
class Carry:
    """An entry under way: where it was, where it would fall (None: nowhere), and where the pointer is, if a hand carries it."""

    entry: Held
    day: date
    to: date | None
    minutes: int
    pointer: QPoint | None = None

    def is_moved(self) -> bool:
        """Whether putting it down here changes anything."""
        return self.to is not None and (self.to, self.minutes) != (self.day, self.entry.minutes)


class MovingDays(DaysGrid):
    """The grid. `carried` carries (key, day, minute of the day) of an entry that was put down somewhere else, `offered` (key, day) of
    something that was brought from beside the calendar."""

    carried = Signal(str, object, int)
    offered = Signal(str, object)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, parent=parent)
        self.carry: Carry | None = None
        self._earliest = date.min
        self._pressed: tuple[QPoint, Held, date] | None = None
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self._turn_by = 0
        self.setAcceptDrops(True)

    def show_days(
        self, cells: Sequence[Cell], heads: Sequence[str], numbers: Sequence[str], current: date, earliest: date
    ) -> None:
        """Show these days; nothing can be put down before `earliest`."""
        self._earliest = earliest
        self.show_cells(cells, heads, numbers, self.carry.to if self.carry and self.carry.to else current)

    # --- with the mouse -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what is under the pointer: it may be dragged."""
        self._put_away()
        super().mousePressEvent(event)
        where = event.position().toPoint()
        cell, entry = self._under(where)
        movable = event.button() == Qt.MouseButton.LeftButton and entry is not None and entry.movable
        self._pressed = (where, entry, cell.day) if movable and entry is not None and cell is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the entry once the pointer has gone far enough to mean it."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        where = event.position().toPoint()
        start, entry, day = self._pressed
        if self.carry is None and (where - start).manhattanLength() < QApplication.startDragDistance():
            return
        cell, _ = self._under(where)
        to = cell.day if cell is not None and cell.day >= self._earliest else None
        self._take(Carry(entry=entry, day=day, to=to, minutes=entry.minutes, pointer=where))
        self._turn_by = self._edge_under(where)
        if not self._turn_by:
            self._turning.stop()
        elif not self._turning.isActive():
            self._turning.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put the entry down; a click on "more" opens its day."""
        carried, self._pressed = self.carry, None
        if carried is not None and carried.pointer is not None:
            self._put_away()
            self._put_down(carried)
            return
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        cell = index.data(CELL) if index.isValid() else None
        if cell is not None and self._more_of(self.visualRect(index), cell).contains(event.position().toPoint()):
            self.opened.emit(cell.day, "")

    def _more_of(self, rect: QRect, cell: Cell) -> QRect:
        bars, hidden = bars_of(QRectF(rect), cell)
        top = rect.y() + theme.px(TOP) + len(bars) * theme.px(BAR + 2)
        return QRect(rect.x(), top, rect.width(), rect.bottom() - top) if hidden else QRect()

    def _under(self, where: QPoint) -> tuple[Cell | None, Held | None]:
        index = self.indexAt(where)
        cell = index.data(CELL) if index.isValid() else None
        if cell is None:
            return None, None
        bars, _ = bars_of(QRectF(self.visualRect(index)), cell)
        return cell, next((e for bar, e in zip(bars, cell.entries, strict=False) if bar.contains(where)), None)

    def _edge_under(self, where: QPoint) -> int:
        side = theme.px(14)
        forward = -1 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 1
        width = self.viewport().width()
        return -forward if where.x() < side else forward if where.x() > width - side else 0

    def _turn(self) -> None:
        if self._turn_by and self.carry is not None:
            self.turned.emit(self._turn_by)

    # --- from beside the calendar -------------------------------------------------------------------------------------

    def _day_under(self, event: QDragMoveEvent | QDropEvent) -> date | None:
        cell, _ = self._under(event.position().toPoint())
        fits = cell is not None and cell.day >= self._earliest and event.mimeData().hasFormat(TAKEN)
        return cell.day if cell is not None and fits else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take only what is brought from beside the calendar."""
        event.setAccepted(event.mimeData().hasFormat(TAKEN))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the day on which it would fall; none that is over takes it."""
        day = self._day_under(event)
        event.setAccepted(day is not None)
        if day is not None and day != self.current_day():
            self.stand_on(day)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say what was brought to which day."""
        day = self._day_under(event)
        event.setAccepted(day is not None)
        if day is not None:
            self.offered.emit(bytes(event.mimeData().data(TAKEN).data()).decode(), day)

    # --- with the keyboard --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of carrying from being shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        arrow = Qt.Key(event.key()) in _ARROWS
        return self.carry is not None or (
            arrow and event.modifiers() == Qt.KeyboardModifier.AltModifier and bool(self._movable())
        )

    def _movable(self) -> list[Held]:
        cell = self.currentIndex().data(CELL) if self.currentIndex().isValid() else None
        return [entry for entry in cell.entries if entry.movable] if cell is not None else []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take up, carry, put down, or leave; any other key is the grid's."""
        key, alt = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self.carry is None:
            if key == Qt.Key.Key_M or (alt and key in _ARROWS):
                self._take_up()
                if self.carry is not None and key in _ARROWS:
                    self._step(key)
                return
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            carried = self.carry
            self._put_away()
            self._put_down(carried)
        elif key == Qt.Key.Key_M:
            self._take_up(after=self.carry.entry.key)
        elif key in _ARROWS:
            self._step(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes elsewhere leaves the entry where it was."""
        if self.carry is not None and self.carry.pointer is None and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._leave()
        super().focusOutEvent(event)

    def _take_up(self, after: str = "") -> None:
        day = self.carry.day if self.carry else self.current_day()
        cell = next((one for one in self.cells() if one.day == day), None)
        entries = [entry for entry in cell.entries if entry.movable] if cell is not None else []
        if cell is None or not entries:
            announce(self, tr("Nothing planned on this day can be moved."))
            return
        at = next((n + 1 for n, entry in enumerate(entries) if entry.key == after), 0) % len(entries)
        entry = entries[at]
        self._take(Carry(entry=entry, day=cell.day, to=cell.day, minutes=entry.minutes))

    def _step(self, key: Qt.Key) -> None:
        carry = self.carry
        if carry is None:
            return
        across, down = _ARROWS[key]
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            across = -across
        weeks = self.model().rowCount() > 1
        days = across + (7 * down if weeks else 0)
        by = {Qt.Key.Key_PageUp: -STEP, Qt.Key.Key_PageDown: STEP}.get(key, 0 if weeks else down * STEP)
        to = max(self._earliest, (carry.to or carry.day) + timedelta(days=days))
        minutes = min(max(0, carry.minutes + by), _DAY - STEP)
        self._take(replace(carry, to=to, minutes=minutes))
        if self.cell_at(to).isEmpty():
            self.day_chosen.emit(to)
        else:
            self.stand_on(to)

    # --- both ---------------------------------------------------------------------------------------------------------

    def _take(self, carry: Carry) -> None:
        self.carry = carry
        announce(self, self.in_words(carry))
        if carry.pointer is not None:
            shape = Qt.CursorShape.ClosedHandCursor if carry.to else Qt.CursorShape.ForbiddenCursor
            self.viewport().setCursor(shape)
        self.viewport().update()

    def _put_away(self) -> None:
        self.carry = None
        self._turning.stop()
        self.viewport().unsetCursor()
        self.viewport().update()

    def _leave(self) -> None:
        carried = self.carry
        self._put_away()
        self._pressed = None
        if carried is not None:
            announce(self, tr("{name} stays where it was.", name=carried.entry.name))
            if carried.pointer is None and self.cell_at(carried.day).isEmpty():
                self.day_chosen.emit(carried.day)
            elif carried.pointer is None:
                self.stand_on(carried.day)

    def _put_down(self, carried: Carry) -> None:
        if carried.to is not None and carried.is_moved():
            self.carried.emit(carried.entry.key, carried.to, carried.minutes)

    def in_words(self, carry: Carry) -> str:
        """Where it would fall, in a sentence."""
        if carry.to is None:
            return tr("Not to a day that is over.")
        day, time = words.weekday_day(carry.to, near=self._earliest), words.minute_of_day(carry.minutes)
        if not carry.is_moved() and carry.pointer is None:
            return tr(
                "{name}, {day}, {time}. Arrows change the day, Page Up and Page Down the time; Enter puts it there, Escape leaves it.",
                name=carry.entry.name,
                day=day,
                time=time,
            )
        return tr("{name} to {day}, {time}", name=carry.entry.name, day=day, time=time)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the days, and over them what is carried."""
        super().paintEvent(event)
        if self.carry is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_carry(painter, self.carry)

    def _paint_carry(self, painter: QPainter, carry: Carry) -> None:
        target = self.cell_at(carry.to) if carry.to else QRectF()
        if not target.isEmpty():
            painter.setBrush(theme.colour("tint"))
            painter.setOpacity(0.55)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRect(target)
            painter.setOpacity(1.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("primary"), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(target.adjusted(2, 2, -3, -3), theme.radius("small"), theme.radius("small"))
        self._paint_ghost(painter, carry, target)

    def _paint_ghost(self, painter: QPainter, carry: Carry, target: QRectF) -> None:
        face = theme.font("small", 600)
        lines = [own_direction(carry.entry.name)]
        if carry.to is None:
            lines.append(tr("Not to a day that is over."))
        else:
            day = words.weekday_day(carry.to, near=self._earliest)
            lines.append(tr("{day}, {time}", day=day, time=words.minute_of_day(carry.minutes)))
        measure = QFontMetrics(face)
        width = max(measure.horizontalAdvance(line) for line in lines) + theme.px(20)
        height = measure.height() * len(lines) + theme.px(10)
        if carry.pointer is not None:
            at = carry.pointer + QPoint(theme.px(10), theme.px(8))
        else:
            at = QPoint(int(target.x()) + theme.px(6), int(target.y()) + theme.px(TOP))
        room = self.viewport().rect()
        x = min(max(at.x(), 2), room.width() - width - 2)
        y = min(max(at.y(), 2), room.height() - height - 2)
        ghost = QRectF(x, y, width, height)
        behind, ink = TONES[carry.entry.tone if carry.to else "bad"]
        painter.setPen(QPen(theme.colour("primary" if carry.to else "bad"), 1.5))
        painter.setBrush(theme.colour(behind))
        painter.drawRoundedRect(ghost, theme.radius("small"), theme.radius("small"))
        painter.setFont(face)
        painter.setPen(theme.colour(ink))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        inner = ghost.adjusted(theme.px(10), theme.px(5), -theme.px(10), -theme.px(5))
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, "\n".join(lines))
