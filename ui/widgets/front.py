"""The page before there is a store: the mark, one calm card in the middle, a line below. It scrolls when it must."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.boxes import Card, Column, Grid, Line, Scroll, text


class FrontPage(QWidget):
    """`show_in_card` fills the card; `below` is a quiet line under it."""

    def __init__(self, *, width: int = 560, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole: QVBoxLayout = Column(self)
        self.room = Scroll(width=width, gap=18)
        whole.addWidget(self.room)
        body = self.room.body
        body.addStretch(2)
        brand = Line(gap=10)
        self._mark = QLabel()
        brand.addStretch(1)
        brand.addWidget(self._mark)
        brand.addWidget(text("Mentor", "brand"))
        brand.addStretch(1)
        body.addLayout(brand)
        card = Card()
        self._room = Grid(edges=(12, 12, 12, 12), gap=0)
        card.body.addLayout(self._room)
        body.addWidget(card)
        self.below = text("", "caption", wrap=True)
        self.below.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        body.addWidget(self.below)
        body.addStretch(3)
        self._content: QWidget | None = None
        self.restyle()

    def restyle(self) -> None:
        """Take the mark again in the theme in use."""
        self._mark.setPixmap(theme.mark(30))

    def show_in_card(self, content: QWidget) -> None:
        """Put this into the card, in place of what was there."""
        if self._content is not None:
            self._room.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._room.addWidget(content, 0, 0)
        content.show()
        self.room.verticalScrollBar().setValue(0)

    def content(self) -> QWidget | None:
        """What is in the card."""
        return self._content


def titled(title: str, words: str = "") -> tuple[QWidget, QVBoxLayout]:
    """A page of the card: its title, a sentence under it, and the column to go on filling."""
    page = QWidget()
    page.setAccessibleName(title)
    column = Column(page, gap=14)
    head = Column(gap=4)
    head.addWidget(text(title, "title", wrap=True))
    if words:
        said = text(words, "status", wrap=True)
        head.addWidget(said)
    column.addLayout(head)
    return page, column
