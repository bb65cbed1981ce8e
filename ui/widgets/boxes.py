"""Where things stand: rows, columns and grids whose distances follow the text size, cards, pages.

Distances are given in px of 100 %. A layout made here is measured again whenever the theme changes. Leading and trailing, never left
and right: Qt mirrors them.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
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

Edges = tuple[int, int, int, int]
"""Leading, top, trailing, bottom."""


def _measure(layout: QLayout, edges: Edges, gap: int) -> None:
    layout.setContentsMargins(*(theme.px(edge) for edge in edges))
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

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        _measure(self, self._edges, self._gap)


class Grid(QGridLayout):
    """Things in columns; `shares` says how the width is divided."""

    def __init__(self, parent: QWidget | None = None, *, edges: Edges = (0, 0, 0, 0), gap: int = 18,
                 shares: Sequence[int] = ()) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._edges, self._gap = edges, gap
        for column, share in enumerate(shares):
            self.setColumnStretch(column, share)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        _measure(self, self._edges, self._gap)


def text(words: str, kind: str = "body", *, wrap: bool = False, tone: str = "") -> QLabel:
    """A label in a kind of the style sheet: title section strong bold caption status figure problem visibility key body."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    if tone:
        label.setProperty("tone", tone)
    if wrap:
        label.setWordWrap(True)
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
        self._title, self._hint = text(title, "section"), text(hint, "caption")
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

    def __init__(self, title: str, caption: str = "", *, leading: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = Line(self, gap=12)
        if leading is not None:
            line.addWidget(leading)
        words = Column(gap=1)
        self._title, self._caption = text(title, "title"), text(caption, "caption")
        for label in (self._title, self._caption):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words.addWidget(label)
        self._caption.setVisible(bool(caption))
        line.addLayout(words, 1)
        self.trailing = Line(gap=12)
        line.addLayout(self.trailing)

    def add(self, *widgets: QWidget) -> None:
        """Put actions at the trailing end, the main one last."""
        for widget in widgets:
            self.trailing.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_title(self, title: str, caption: str = "") -> None:
        """Say another title and caption."""
        self._title.setText(title)
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))


class Scroll(QScrollArea):
    """A page: one column of content, at most `width` wide, centred, which scrolls when it must. Fill `body`."""

    def __init__(self, *, width: int = 1090, gap: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        pane = QWidget()
        pane.setProperty("kind", "pane")
        self._sides = Line(pane, edges=(32, 22, 32, 22), gap=0)
        self._content = QWidget(pane)
        self.body = Column(self._content, gap=gap)
        self._sides.addWidget(self._content, 1)
        self.setWidget(pane)
        self.restyle()
        pane.installEventFilter(self)

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._content.setMaximumWidth(theme.px(self._width))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a page from being narrower than what stands in it can bear."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """A page can be as small as the window makes it."""
        return QSize(theme.px(120), theme.px(80))
