"""Buttons, each with words: the one main action, ordinary ones, quiet ones. A picture only accompanies a word or names itself."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from ui import theme


class Button(QPushButton):
    """An ordinary action; Enter presses it as well as the space bar."""

    kind = ""
    icon_role = "ink"

    def __init__(self, words: str, icon: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(words.replace("&", "&&"), parent)
        self._icon_name = icon
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if self.kind:
            self.setProperty("kind", self.kind)
        self.restyle()

    def set_words(self, words: str, icon: str | None = None) -> None:
        """Say something else."""
        self.setText(words.replace("&", "&&"))
        if icon is not None and icon != self._icon_name:
            self._icon_name = icon
            self.restyle()

    def restyle(self) -> None:
        """Take the icon again in the theme in use."""
        if self._icon_name:
            gap = 5 if self.text() else 0
            self.setIcon(theme.icon(self._icon_name, self.icon_role, gap=gap))
            self.setIconSize(QSize(theme.px(18) + theme.px(gap), theme.px(18)))


class PrimaryButton(Button):
    """The one main action of a screen, 44 px high; `short` makes it 36 px inside a card."""

    kind = "primary"
    icon_role = "on_primary"

    def __init__(self, words: str, icon: str = "", *, short: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(words, icon, parent=parent)
        if short:
            self.setProperty("short", "true")


class QuietButton(Button):
    """A lesser action that looks like a link."""

    kind = "quiet"
    icon_role = "primary"


class IconButton(QToolButton):
    """A picture for an action whose name is said as tool tip and to assistive technology; only where words stand close by."""

    def __init__(
        self, icon: str, name: str, *, size: int = 18, role: str = "quiet", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._role, self._size = icon, role, size
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_name(name)
        self.restyle()

    def set_name(self, name: str, icon: str = "") -> None:
        """Say what it does."""
        self.setToolTip(name)
        self.setAccessibleName(name)
        if icon:
            self._icon_name = icon
            self.restyle()

    def restyle(self) -> None:
        """Take the icon again in the theme in use."""
        self.setIcon(theme.icon(self._icon_name, self._role, self._size))
        self.setIconSize(QSize(theme.px(self._size), theme.px(self._size)))
