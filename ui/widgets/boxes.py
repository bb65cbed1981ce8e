"""Where things stand: rows, columns and grids whose distances follow the text size, cards, pages.

Distances are given in px of 100 %. A layout made here is measured again whenever the theme changes. Leading and trailing, never left
and right: Qt mirrors them.
"""

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import theme

LabelT = TypeVar("LabelT", bound="Label")
Edges = tuple[int, int, int, int]
"""Leading, top, trailing, bottom."""


def _measure(layout: QLayout, edges: Edges, gap: int) -> None:
    lead, top, trail, bottom = (theme.px(edge) for edge in edges)
    # Qt mirrors the things in a layout, but not its edges.
    left, right = (trail, lead) if theme.current().right_to_left else (lead, trail)
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(theme.px(gap))


class Column(QVBoxLayout):
    """Things under one another, `gap` apart, `edges` from the border."""

    def __init__(self, parent: QWidget | None = None, *, edges: Edges = (0, 0, 0, 0), gap: int = 0) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._edges, self._gap = edges, gap
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        _measure(self, self._edges, self._gap)


class Line(QHBoxLayout):
    """Things beside one another in the direction of reading, centred on one line."""

    def __init__(self, parent: QWidget | None = None, *, edges: Edges = (0, 0, 0, 0), gap: int = 12) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._edges, self._gap = edges, gap
        self.restyle()

    def set_edges(self, edges: Edges) -> None:
        """Stand otherwise from the border."""
        self._edges = edges
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        _measure(self, self._edges, self._gap)


class Grid(QGridLayout):
    """Things in columns; `shares` says how the width is divided."""

    def __init__(
        self, parent: QWidget | None = None, *, edges: Edges = (0, 0, 0, 0), gap: int = 18, shares: Sequence[int] = ()
    ) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._edges, self._gap = edges, gap
        for column, share in enumerate(shares):
            self.setColumnStretch(column, share)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        _measure(self, self._edges, self._gap)


class Columns(QWidget):
    """Things beside one another where there is room, under one another where there is not.

    `shares` divides the width; 0 keeps a column at its own width. Below `narrow` px of 100 % they stand in one column, in order.
    """

    def __init__(
        self,
        *things: QWidget | QLayout,
        shares: Sequence[int] = (),
        gap: int = 18,
        narrow: int = 720,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._narrow, self._stacked = narrow, False
        self._shares = tuple(shares) or (1,) * len(things)
        self._grid = Grid(self, gap=gap)
        self._things = [thing if isinstance(thing, QWidget) else self._holding(thing) for thing in things]
        self._stand()

    def _holding(self, layout: QLayout) -> QWidget:
        holder = QWidget(self)
        holder.setLayout(layout)
        return holder

    def _stand(self) -> None:
        for at, thing in enumerate(self._things):
            self._grid.removeWidget(thing)
            where = (at, 0) if self._stacked else (0, at)
            self._grid.addWidget(thing, *where)
            self._grid.setColumnStretch(at, (at == 0) if self._stacked else self._shares[at])

    def is_stacked(self) -> bool:
        """Whether they stand under one another."""
        return self._stacked

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest thing alone, for they can always be stacked."""
        return QSize(
            max((thing.minimumSizeHint().width() for thing in self._things), default=0),
            super().minimumSizeHint().height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack, or stand side by side."""
        super().resizeEvent(event)
        stacked = self.width() < max(theme.px(self._narrow), 0)
        if stacked != self._stacked:
            self._stacked = stacked
            self._stand()
            self.updateGeometry()


BETWEEN = " · "
"""What stands between the parts of a line."""


def own_direction(words: str) -> str:
    """The words, kept in their own direction where the frame runs the other way ("Grace A." in Arabic keeps its full stop).

    Parts between middle dots each keep their own, and follow one another in the frame's.
    """
    return BETWEEN.join(map(_kept_apart, words.split(BETWEEN)))


def _kept_apart(words: str) -> str:
    first = next((unicodedata.bidirectional(c) for c in words if unicodedata.bidirectional(c) in ("L", "R", "AL")), "")
    foreign = bool(first) and (first == "L") == theme.current().right_to_left
    return f"\u2068{words}\u2069" if foreign else words


class Label(QLabel):
    """Words that start at the leading side of the frame, in whatever direction they themselves run."""

    def restyle(self) -> None:
        """Take the side again from the direction in use."""
        if not self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            side = Qt.AlignmentFlag.AlignRight if theme.current().right_to_left else Qt.AlignmentFlag.AlignLeft
            self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)


class OneLine(Label):
    """Words on one line, cut with an ellipsis where there is no room; the whole is then the tool tip."""

    def minimumSizeHint(self) -> QSize:
        """It can be cut, but not away."""
        return QSize(theme.px(60), super().minimumSizeHint().height())

    def setText(self, words: str) -> None:
        """Say something else."""
        super().setText(words)
        self._offer()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole where it is cut."""
        super().resizeEvent(event)
        self._offer()

    def _offer(self) -> None:
        self.setToolTip(self.text() if self._cut() != self.text() else "")

    def _cut(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(self.rect(), self.alignment(), self._cut())


def text(words: str, kind: str = "body", *, wrap: bool = False, tone: str = "") -> Label:
    """A label in a kind of the style sheet: title section strong bold caption status figure problem visibility key body."""
    return _dressed(Label(own_direction(words)), kind, wrap=wrap, tone=tone)


def _dressed(label: LabelT, kind: str, *, wrap: bool = False, tone: str = "") -> LabelT:
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    if tone:
        label.setProperty("tone", tone)
    if wrap:
        label.setWordWrap(True)
    label.restyle()
    return label


def hairline() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setProperty("kind", "hairline")
    line.setFixedHeight(1)
    return line


class Card(QFrame):
    """A quiet surface with a title and, beside it, a caption; put things into `body`, and controls into `trailing`."""

    def __init__(self, title: str = "", hint: str = "", *, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        whole = Column(self, edges=(18, 16, 18, 16), gap=10)
        self._title, self._hint = text(title, "section"), _dressed(OneLine(own_direction(hint)), "caption")
        self._head = QWidget(self)
        self._head.setVisible(bool(title or hint))
        line = Line(self._head, gap=12)
        line.addWidget(self._title)
        line.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        self.trailing = Line(gap=8)
        line.addLayout(self.trailing)
        self.body = Column(gap=0)
        whole.addWidget(self._head)
        whole.addLayout(self.body)
        if tone:
            self.set_tone(tone)
        self._hint.setVisible(bool(hint))

    def set_title(self, title: str) -> None:
        """Say another title."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._head.setVisible(bool(title or self._hint.text()))

    def set_hint(self, hint: str) -> None:
        """Say another caption beside the title."""
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._head.setVisible(bool(hint or self._title.text()))

    def sizeHint(self) -> QSize:
        """As high as what wraps inside needs in the width it has: a card grows no further, and must not be cut either."""
        wanted = super().sizeHint()
        return QSize(wanted.width(), max(wanted.height(), self.heightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In another width it may have to be higher."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.hasHeightForWidth():
            self.updateGeometry()

    def set_tone(self, tone: str) -> None:
        """'' plain, 'sunk' for what is only there to look at, 'suggest' for what we propose, 'bad' for what needs the person."""
        self.setProperty("tone", tone)
        repolish(self)


def repolish(widget: QWidget) -> None:
    """Let the style sheet look again at the widget's properties."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class PageTitle(QWidget):
    """The first line of a screen: its title, a caption under it, a leading picture if any, and actions at the trailing end."""

    def __init__(
        self, title: str, caption: str = "", *, leading: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._line = Line(self, gap=12)
        head = self._head = Line(gap=12)
        if leading is not None:
            head.addWidget(leading)
        words = Column(gap=1)
        self._title = _dressed(OneLine(own_direction(title)), "title")
        self._caption = _dressed(OneLine(own_direction(caption)), "caption")
        for label in (self._title, self._caption):
            words.addWidget(label)
        head.addLayout(words, 1)
        self.trailing = Line(gap=12)
        self._line.addLayout(head, 1)
        # Only now has it a parent: shown before, it would flash up as a window of its own.
        self._caption.setVisible(bool(caption))
        self._line.addLayout(self.trailing)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the words or the actions alone, for these can go under those."""
        least = max(part.minimumSize().width() for part in (self._head, self.trailing))
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the actions under the words where both have no room beside one another."""
        super().resizeEvent(event)
        tight = self.trailing.count() > 0 and self.width() < self.trailing.sizeHint().width() + theme.px(200)
        wanted = QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight
        if self._line.direction() != wanted:
            self._line.setDirection(wanted)
            self._line.setAlignment(self.trailing, Qt.AlignmentFlag.AlignLeading if tight else Qt.AlignmentFlag(0))

    def add(self, *widgets: QWidget) -> None:
        """Put actions at the trailing end, the main one last."""
        for widget in widgets:
            self.trailing.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_title(self, title: str, caption: str = "") -> None:
        """Say another title and caption."""
        self._title.setText(own_direction(title))
        self._caption.setText(own_direction(caption))
        self._caption.setVisible(bool(caption))


class Scroll(QScrollArea):
    """A page: one column of content, at most `width` wide, centred, which scrolls when it must. Fill `body`."""

    def __init__(self, *, width: int = 1090, gap: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Not a stop of the Tab key; a page holds the keyboard while nothing in it does, so that it can be scrolled.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setProperty("ring", 0)
        pane = QWidget()
        pane.setProperty("kind", "pane")
        self._sides = Line(pane, gap=0)
        self._content = QWidget(pane)
        self.body = Column(self._content, gap=gap)
        self._sides.addWidget(self._content, 1)
        self.setWidget(pane)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._content.setMaximumWidth(theme.px(self._width))
        self._breathe()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the wide margins before the content."""
        super().resizeEvent(event)
        self._breathe()

    def _breathe(self) -> None:
        side = theme.px(32 if self.width() >= theme.px(760) else 16)
        self._sides.setContentsMargins(side, theme.px(22), side, theme.px(22))

    def minimumSizeHint(self) -> QSize:
        """A page can be as small as the window makes it."""
        return QSize(theme.px(120), theme.px(80))
