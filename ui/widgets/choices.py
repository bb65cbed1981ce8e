"""A way to go on, said in a title and a sentence: a large button for a page that offers only a few."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from ui import theme
from ui.widgets.boxes import Column, Line, text


class ChoiceButton(QAbstractButton):
    """A picture, a title and what it means. `first` marks the one that most people want."""

    def __init__(
        self, icon: str, title: str, words: str, *, first: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._first = icon, first
        self.setText(title.replace("&", "&&"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("ring", 10)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        line = self._line = Line(self, edges=(16, 13, 16, 13), gap=14)
        self._picture, self._arrow = QLabel(), QLabel()
        line.addWidget(self._picture)
        said = Column(gap=2)
        said.addWidget(text(title, "bold", wrap=True))
        said.addWidget(text(words, "caption", wrap=True))
        line.addLayout(said, 1)
        line.addWidget(self._arrow)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.restyle()

    def restyle(self) -> None:
        """Take the pictures again in the theme in use."""
        self._picture.setPixmap(theme.pixmap(self._icon_name, "primary", 22))
        self._arrow.setPixmap(theme.pixmap("chevron-right", "quiet", 18))

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Enter presses it, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As its words need."""
        return self._line.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface: tinted for the first, deeper under the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.isEnabled() and (self.underMouse() or self.isDown())
        painter.setPen(QPen(theme.colour("primary" if self._first or over else "line"), 1))
        painter.setBrush(theme.colour("tint" if self._first else "sunk" if over else "surface"))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("card"), theme.radius("card")
        )
