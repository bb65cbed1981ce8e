"""Panels with one thing to say: an empty place and its one action, a figure, a quotation, a paragraph."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui import theme
from ui.widgets.boxes import Column, Line, OneLine, own_direction, repolish, text
from ui.widgets.buttons import Button


def escape(words: str) -> str:
    """The words with the three letters of markup made harmless; the html module would load its whole table of names at every start."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Prose(QLabel):
    """A paragraph with air between its lines. `marked` are the parts to tint, as pairs of (start, end)."""

    def __init__(
        self,
        words: str = "",
        *,
        kind: str = "body",
        marked: tuple[tuple[int, int], ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.set(words, marked)

    def set(self, words: str, marked: tuple[tuple[int, int], ...] = ()) -> None:
        """Say something else."""
        self._words, self._marked = words, marked
        self.setAccessibleName(words)
        self.restyle()

    def words(self) -> str:
        """What it says, without marks."""
        return self._words

    def restyle(self) -> None:
        """Write it again in the theme in use."""
        shown, last = "", 0
        for start, end in self._marked:
            tinted = f'<span style="background:{theme.name_of("good_tint")}">{escape(self._words[start:end])}</span>'
            shown += escape(self._words[last:start]) + tinted
            last = end
        shown += escape(self._words[last:])
        way = "rtl" if theme.current().right_to_left else "ltr"
        self.setText(
            "".join(
                f'<p dir="{way}" style="margin:0">{own_direction(line) or "&nbsp;"}</p>' for line in shown.split("\n")
            )
        )


class Quote(QWidget):
    """Someone's own words, behind an ochre bar at the leading side."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = Line(self, gap=11)
        self._bar = QFrame()
        self._bar.setProperty("kind", "quote")
        self._prose = Prose(words)
        line.addWidget(self._bar)
        line.addWidget(self._prose, 1)
        self.restyle()

    def set(self, words: str) -> None:
        """Quote something else."""
        self._prose.set(words)

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._bar.setFixedWidth(theme.px(3))


class EmptyState(QWidget):
    """What belongs here, and the one way to begin."""

    def __init__(
        self,
        icon: str,
        title: str,
        words: str = "",
        *,
        action: str = "",
        run: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._picture = icon, QLabel()
        column = Column(self, edges=(24, 32, 24, 32), gap=8)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._picture, 0, centre)
        column.addWidget(text(title, "section"), 0, centre)
        if words:
            said = text(words, "caption", wrap=True)
            said.setAlignment(centre)
            column.addWidget(said)
        self.button: Button | None = None
        if action:
            self.button = Button(action)
            if run is not None:
                self.button.clicked.connect(lambda: run())
            column.addSpacing(theme.px(6))
            column.addWidget(self.button, 0, centre)
        column.addStretch(1)
        self.setAccessibleName(title)
        self.restyle()

    def restyle(self) -> None:
        """Take the picture again in the theme in use."""
        self._picture.setPixmap(theme.pixmap(self._icon_name, "quiet", 28))


class Stat(QFrame):
    """A card with one figure: what is counted, the number, what it means. Tones: '' good warn bad."""

    def __init__(
        self, label: str, number: str, caption: str = "", *, tone: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = Column(self, edges=(18, 16, 18, 16), gap=2)
        above, below = OneLine(label), OneLine(caption)
        for line in (above, below):
            line.setProperty("kind", "caption")
            line.restyle()
        self._parts = (above, text(number, "figure"), below)
        for part in self._parts:
            column.addWidget(part)
        self.set(number, caption, tone=tone)

    def set(self, number: str, caption: str = "", *, tone: str = "") -> None:
        """Show another figure."""
        label, figure, below = self._parts
        figure.setText(number)
        below.setText(caption)
        figure.setProperty("tone", tone)
        self.setProperty("tone", "bad" if tone == "bad" else "")
        self.setAccessibleName(f"{label.text()}: {number}. {caption}")
        repolish(figure)
        repolish(self)
