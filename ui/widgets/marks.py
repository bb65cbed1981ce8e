"""Small painted marks: pill, avatar, bar, badge. Each says in words what its colour says, and paints from the theme in use."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import spoken, theme

TONES = {
    "neutral": ("sunk", "quiet"),
    "good": ("good_tint", "good"),
    "warn": ("warn_tint", "warn"),
    "bad": ("bad_tint", "bad"),
    "now": ("tint", "primary"),
    "accent": ("accent_tint", "accent"),
}
"""What is behind and what is written, for each tone."""


def paint_pill(painter: QPainter, where: QRectF, words: str, tone: str) -> None:
    """Draw a pill; the lists draw theirs with the same hand."""
    behind, ink = TONES[tone]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(behind))
    half = where.height() / 2
    painter.drawRoundedRect(where, half, half)
    painter.setFont(theme.font("caption", 500))
    painter.setPen(theme.colour(ink))
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, words)


def pill_size(words: str) -> QSize:
    """How much room a pill takes."""
    metrics = QFontMetrics(theme.font("caption", 500))
    return QSize(metrics.horizontalAdvance(words) + 2 * theme.px(9), theme.px(21))


def paint_avatar(painter: QPainter, where: QRectF, initials: str) -> None:
    """Draw a person's initials in a disc."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("tint"))
    painter.drawEllipse(where)
    face = theme.font("body", 600)
    face.setPixelSize(max(8, round(where.height() * (0.39 if where.height() <= theme.px(36) else 0.36))))
    painter.setFont(face)
    painter.setPen(theme.colour("primary"))
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, initials)


class _Mark(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("spoken_as", spoken.LABEL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """A mark is never squeezed."""
        return self.sizeHint()


class Pill(_Mark):
    """A small word on a tint: the state of something. Tones: neutral good warn bad now accent."""

    def __init__(self, words: str = "", tone: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set(words, tone)

    def set(self, words: str, tone: str = "neutral") -> None:
        """Say another word in another tone; nothing shows while there is no word."""
        self.words, self.tone = words, tone
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.restyle()

    def setVisible(self, visible: bool) -> None:
        """Parents show it only when it says something."""
        # A parentless widget must not flash up as a window of its own.
        if self.parent() is not None or not visible:
            super().setVisible(visible and bool(self.words))

    def sizeHint(self) -> QSize:
        """As wide as the word needs."""
        return pill_size(self.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_pill(painter, QRectF(self.rect()), self.words, self.tone)


class Badge(Pill):
    """A count in small figures, as in the navigation."""

    def __init__(self, words: str = "", tone: str = "accent", parent: QWidget | None = None) -> None:
        super().__init__(words, tone, parent)

    def sizeHint(self) -> QSize:
        """As wide as the figures need, and at least round."""
        width = QFontMetrics(theme.font("small", 600)).horizontalAdvance(self.words) + 2 * theme.px(7)
        return QSize(max(width, theme.px(18)), theme.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_pill(painter, QRectF(self.rect()), "", self.tone)
        painter.setFont(theme.font("small", 600))
        painter.setPen(theme.colour(TONES[self.tone][1]))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)


class Avatar(_Mark):
    """A person's initials in a disc, 36 px unless told."""

    def __init__(self, initials: str, *, size: int = 36, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.set(initials, name)

    def set(self, initials: str, name: str = "") -> None:
        """Stand for another person."""
        self._initials = initials
        self.setAccessibleName(name or initials)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_avatar(painter, QRectF(self.rect()), self._initials)


class Dot(_Mark):
    """A coloured dot; always beside words that say the same."""

    def __init__(self, tone: str = "good", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = tone

    def sizeHint(self) -> QSize:
        """Eight across."""
        return QSize(theme.px(8), theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(TONES[self.tone][1]))
        painter.drawEllipse(self.rect())


class Bar(QWidget):
    """How far something is, as a thin line; `words` says it for those who do not see it. A share below 0 is 'under way'."""

    def __init__(self, share: float = 0.0, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(share, words)

    def set(self, share: float, words: str = "") -> None:
        """Show another share (0 to 1)."""
        self._share = share
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Six high."""
        return QSize(theme.px(80), theme.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it from the leading end."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunk"))
        half = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), half, half)
        width = self.width() * (min(self._share, 1.0) if self._share >= 0 else 0.3)
        if width:
            x = self.width() - width if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 0
            painter.setBrush(theme.colour("primary"))
            painter.drawRoundedRect(QRectF(x, 0, max(width, self.height()), self.height()), half, half)
