"""A small chart with one idea: lines over time, each named where it ends, and the numbers behind it one click away.

Lines differ by stroke and by mark as well as by colour, so that a grey print says the same. The whole is one picture for those who hear
it: `words` says the trend. Time runs in the direction of reading. Knows no record: days, numbers and words are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mentorapp.i18n import tr
from ui import theme, words
from ui.widgets.boxes import Column, Grid, hairline, own_direction, text
from ui.widgets.buttons import QuietButton

_COLOURS = ("primary", "accent", "ink", "quiet")
_STROKES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_LEAD = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


@dataclass(frozen=True)
class Series:
    """One line: its name, and (day, number) in the order of days. `said` names it where it ends, its name unless told."""

    name: str
    points: tuple[tuple[date, int], ...]
    said: str = ""


@dataclass(frozen=True)
class Picture:
    """What a chart shows. `steps` name heights of the scale; `target` is a line across, with its word; `words` is the trend, in words."""

    series: tuple[Series, ...] = ()
    words: str = ""
    steps: tuple[tuple[int, str], ...] = ()
    target: int | None = None
    target_word: str = ""
    near: date | None = None

    def heights(self) -> tuple[float, float]:
        """The lowest and the highest number that has to fit."""
        numbers = [n for line in self.series for _, n in line.points] + [n for n, _ in self.steps]
        numbers += [] if self.target is None else [self.target]
        low, high = min(numbers, default=0), max(numbers, default=1)
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def days(self) -> tuple[date, date] | None:
        """The first and the last day."""
        every = [day for line in self.series for day, _ in line.points]
        return (min(every), max(every)) if every else None


class Chart(QWidget):
    """The picture itself. `bare` leaves only the lines, as small as a word: a sparkline."""

    def __init__(self, picture: Picture = Picture(), *, bare: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bare = bare
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(picture)

    def set(self, picture: Picture) -> None:
        """Show another picture."""
        self.picture = picture
        self.setAccessibleName(picture.words)
        self.setToolTip(picture.words if self._bare else "")
        self.update()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(theme.px(72 if self._bare else 320), theme.px(22 if self._bare else 168))

    def minimumSizeHint(self) -> QSize:
        """Readable still."""
        return QSize(theme.px(56 if self._bare else 200), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chart(painter, QRectF(self.rect()), self.picture, bare=self._bare, mirrored=self._mirrored())

    def _mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft


class _Frame:
    """Where a day and a number lie."""

    def __init__(self, room: QRectF, picture: Picture, mirrored: bool) -> None:
        self.room, self.mirrored = room, mirrored
        self._low, self._high = picture.heights()
        self._days = picture.days()

    def x(self, day: date) -> float:
        """Across: the first day at the leading side; one day alone in the middle."""
        first, last = self._days or (day, day)
        share = (day - first).days / (last - first).days if last > first else 0.5
        return self.room.left() + self.room.width() * (1 - share if self.mirrored else share)

    def y(self, number: float) -> float:
        """Up: more is higher."""
        return self.room.bottom() - self.room.height() * (number - self._low) / (self._high - self._low)


def paint_chart(
    painter: QPainter, where: QRectF, picture: Picture, *, bare: bool = False, mirrored: bool = False
) -> None:
    """Draw a picture; what is printed is drawn by the same hand."""
    if picture.days() is None:
        return
    if bare:
        _lines(painter, _Frame(where.adjusted(5, 6, -5, -6), picture, mirrored), picture, small=True)
        return
    small = QFontMetrics(theme.font("caption"))
    lead = max((small.horizontalAdvance(word) for _, word in _scale(picture)), default=0) + theme.px(10)
    under = small.height() + theme.px(6)
    top = small.height() + theme.px(5)
    room = where.adjusted(lead, top, -theme.px(10), -under)
    if mirrored:
        room = where.adjusted(theme.px(10), top, -lead, -under)
    frame = _Frame(room, picture, mirrored)
    _grid(painter, where, frame, picture)
    _lines(painter, frame, picture)
    _names(painter, where, frame, picture)
    _days(painter, where, frame, picture)


def _scale(picture: Picture) -> list[tuple[float, str]]:
    """The heights that are named: the steps given, else the ends and the target."""
    if picture.steps:
        return list(picture.steps)
    low, high = picture.heights()
    ends = {n for n in (low, high) if n == int(n)} or {picture.series[0].points[0][1]}
    return [(n, words.number(int(n))) for n in sorted(ends) if n != picture.target]


def _grid(painter: QPainter, where: QRectF, frame: _Frame, picture: Picture) -> None:
    painter.setFont(theme.font("caption"))
    for number, word in _scale(picture):
        _across(painter, frame, number, "line", Qt.PenStyle.SolidLine)
        _beside(painter, where, frame, number, word, "quiet")
    if picture.target is not None:
        _across(painter, frame, picture.target, "quiet", Qt.PenStyle.DashLine)
        _beside(painter, where, frame, picture.target, words.number(picture.target), "ink")
        side = Qt.AlignmentFlag.AlignRight if frame.mirrored else Qt.AlignmentFlag.AlignLeft
        line = QFontMetrics(theme.font("caption")).height()
        above = QRectF(frame.room.left(), frame.y(picture.target) - line - 1, frame.room.width(), line)
        painter.setPen(theme.colour("quiet"))
        painter.drawText(above, side | _LEAD, own_direction(picture.target_word))


def _across(painter: QPainter, frame: _Frame, number: float, colour: str, stroke: Qt.PenStyle) -> None:
    painter.setPen(QPen(theme.colour(colour), 1, stroke))
    painter.drawLine(QPointF(frame.room.left(), frame.y(number)), QPointF(frame.room.right(), frame.y(number)))


def _beside(painter: QPainter, where: QRectF, frame: _Frame, number: float, word: str, colour: str) -> None:
    painter.setPen(theme.colour(colour))
    line = QFontMetrics(theme.font("caption")).height()
    side = Qt.AlignmentFlag.AlignRight if frame.mirrored else Qt.AlignmentFlag.AlignLeft
    painter.drawText(QRectF(where.left(), frame.y(number) - line / 2, where.width(), line), side | _LEAD, word)


def _lines(painter: QPainter, frame: _Frame, picture: Picture, *, small: bool = False) -> None:
    for at, line in enumerate(picture.series):
        colour, stroke = theme.colour(_COLOURS[at % 4]), _STROKES[at % 4]
        places = [QPointF(frame.x(day), frame.y(number)) for day, number in line.points]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, theme.px(1.6 if small else 2), stroke, Qt.PenCapStyle.RoundCap))
        if len(places) > 1:
            painter.drawPolyline(places)
        painter.setPen(QPen(theme.colour("surface"), 1.5))
        painter.setBrush(colour)
        for place in places[-1:] if small else places:
            _mark(painter, place, at, theme.px(3 if small else 4) + (0 if small else 0.5))


def _mark(painter: QPainter, at: QPointF, kind: int, half: float) -> None:
    square = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
    if kind % 4 == 0:
        painter.drawEllipse(square)
    elif kind % 4 == 1:
        painter.drawRect(square)
    else:
        x, y, wide = at.x(), at.y(), half * 1.3
        corners = [QPointF(x, y - wide), QPointF(x + wide, y), QPointF(x, y + wide), QPointF(x - wide, y)]
        painter.drawPolygon(corners if kind % 4 == 2 else [corners[0], corners[1], corners[3]])


def _names(painter: QPainter, where: QRectF, frame: _Frame, picture: Picture) -> None:
    """Name each line above the place where it ends, moved apart where two would touch."""
    painter.setFont(theme.font("caption", 600))
    metrics = QFontMetrics(theme.font("caption", 600))
    line, taken = float(metrics.height()), list[float]()
    ends = [
        (frame.y(s.points[-1][1]), frame.x(s.points[-1][0]), at, s) for at, s in enumerate(picture.series) if s.points
    ]
    for y, x, at, series in sorted(ends, key=lambda end: end[:3]):
        top = y - line - theme.px(8)
        if any(abs(top - other) < line for other in taken):
            top = y + theme.px(5)
        while any(abs(top - other) < line for other in taken):
            top += line / 2
        taken.append(top)
        said = own_direction(series.said or series.name)
        width = metrics.horizontalAdvance(said) + 4
        left = min(max(x - width / 2, where.left()), where.right() - width)
        painter.setPen(theme.colour(_COLOURS[at % 4]))
        painter.drawText(QRectF(left, max(0.0, top), width, line), Qt.AlignmentFlag.AlignCenter, said)


def _days(painter: QPainter, where: QRectF, frame: _Frame, picture: Picture) -> None:
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.colour("quiet"))
    metrics = QFontMetrics(theme.font("caption"))
    first, last = picture.days() or (date.min, date.min)
    for day in sorted({first, last}):
        said = words.day(day, near=picture.near)
        width = metrics.horizontalAdvance(said) + 4
        left = min(max(frame.x(day) - width / 2, where.left()), where.right() - width)
        room = QRectF(left, where.bottom() - metrics.height(), width, metrics.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, own_direction(said))


class ChartBox(QWidget):
    """A chart with its trend in words under it, and a button that shows the numbers behind it as a table instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = Chart()
        self.said = text("", "caption", wrap=True)
        self.button = QuietButton("", "list")
        self.table = QWidget()
        self._grid = Grid(self.table, gap=8)
        self._labels: Sequence[str] = ()
        column = Column(self, gap=6)
        for part in (self.chart, self.table, self.said):
            column.addWidget(part)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        self.button.clicked.connect(self._turn)
        self.table.hide()
        self._picture: Picture | None = None
        self._say()

    def set(self, picture: Picture) -> None:
        """Show another picture; whether as numbers stays as it was."""
        self.chart.set(picture)
        self.said.setText(own_direction(picture.words))
        self.said.setVisible(bool(picture.words))
        self.button.setVisible(picture.days() is not None)
        self._picture = picture
        # The numbers are many labels: they are made for whoever asks for them.
        if self.shows_numbers():
            self._fill(picture)

    def shows_numbers(self) -> bool:
        """Whether the table is on show."""
        return not self.table.isHidden()

    def _turn(self) -> None:
        if not self.shows_numbers() and self._picture is not None:
            self._fill(self._picture)
        self.table.setVisible(self.table.isHidden())
        self.chart.setVisible(self.table.isHidden())
        self._say()

    def _say(self) -> None:
        numbers = self.shows_numbers()
        self.button.set_words(
            tr("Show the picture") if numbers else tr("Show the numbers"), "chart-column" if numbers else "list"
        )

    def _fill(self, picture: Picture) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for at, series in enumerate(picture.series, 1):
            self._grid.addWidget(text(series.name, "caption", wrap=True), 0, at, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text(tr("Day"), "caption"), 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(hairline(), 1, 0, 1, len(picture.series) + 1)
        names = dict(picture.steps)
        every = sorted({day for series in picture.series for day, _ in series.points}, reverse=True)
        for row, day in enumerate(every, 2):
            said = words.day(day, near=picture.near)
            self._grid.addWidget(text(said), row, 0)
            for at, series in enumerate(picture.series, 1):
                number = dict(series.points).get(day)
                cell = "" if number is None else names.get(number) or words.number(number)
                label = text(cell)
                label.setAccessibleName(", ".join(filter(None, (said, series.name, cell))))
                self._grid.addWidget(label, row, at)
