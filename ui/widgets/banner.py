"""A quiet line above every screen that must not be overlooked: what kind of place this is, and the way out of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui import theme
from ui.widgets.boxes import Line, text
from ui.widgets.buttons import QuietButton


class Banner(QWidget):
    """Says one thing across the window, with one action; `pressed` when that is wanted."""

    pressed = Signal()

    def __init__(self, words: str, action: str, *, icon: str = "info", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._sign = icon, QLabel()
        self._words = text(words, "strong", wrap=True)
        self.button = QuietButton(action)
        self.button.clicked.connect(lambda: self.pressed.emit())
        line = Line(self, edges=(32, 2, 24, 2), gap=10)
        line.addWidget(self._sign)
        line.addWidget(self._words, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(words)
        self.restyle()

    def restyle(self) -> None:
        """Take the sign again in the theme in use."""
        self._sign.setPixmap(theme.pixmap(self._icon_name, "accent", 18))

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw its ground and the line under it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("accent_tint"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))
