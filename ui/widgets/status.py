"""The bottom line, which says in words how safe the work is, and the quiet bar that carries notices."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from mentorapp.i18n import tr
from ui import spoken, theme
from ui.widgets.boxes import Column, Line, hairline, repolish, text
from ui.widgets.marks import Dot


class StatusLine(QWidget):
    """Dots and words, such as (('accent', '14 records only on this laptop'), ('good', '212 safe at Nairobi, 09:41'))."""

    activated = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = Column(self)
        column.addWidget(hairline())
        self._line = Line(edges=(24, 0, 24, 0), gap=18)
        self._line.addStretch(1)
        column.addLayout(self._line, 1)
        self._parts: list[QWidget] = []
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.setFixedHeight(theme.px(36))

    def set_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        """Say this, each part a tone and its words."""
        for old in self._parts:
            self._line.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._parts = []
        for at, (tone, words) in enumerate(parts):
            part = QWidget()
            line = Line(part, gap=7)
            line.addWidget(Dot(tone, part))
            label = text(words, "status")
            label.setMinimumWidth(1)
            line.addWidget(label)
            self._line.insertWidget(at, part)
            self._parts.append(part)
        self.setAccessibleName(". ".join(words for _, words in parts))


class Toast(QFrame):
    """One notice at a time at the foot of the content: words, perhaps an action, and a way to put it away.

    What went well goes by itself after a while; a problem stays until it is dismissed.
    """

    STAYS_MS = 6000

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._over = parent
        line = self._line = Line(self, edges=(16, 8, 8, 8), gap=12)
        self._sign, self._words = QLabel(), text("", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action, self._close = QPushButton(), QPushButton(tr("Dismiss"))
        for part in (self._sign, self._words, self._action, self._close):
            line.addWidget(part, 1 if part is self._words else 0)
        self._run: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._close.clicked.connect(self.hide)
        self._action.clicked.connect(self._act)
        self.hide()

    def show_notice(
        self,
        words: str,
        *,
        tone: str = "good",
        action_label: str = "",
        action: Callable[[], object] | None = None,
        stays: bool = False,
    ) -> None:
        """Show this in place of what was shown."""
        self._tone, self._run = tone, action
        self._words.setText(words)
        self._close.setText(tr("Dismiss"))
        self._action.setText(action_label)
        self._action.setVisible(bool(action_label))
        self.setProperty("tone", "bad" if tone in ("bad", "warn") else "")
        self.setAccessibleName(words)
        repolish(self)
        for part in (self._words, self._action, self._close):
            repolish(part)
        self.restyle()
        self._timer.stop()
        if not stays:
            self._timer.start(self.STAYS_MS)
        self.place()
        self.show()
        self.raise_()
        spoken.announce(self, words, urgent=tone == "bad")

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def press(self) -> None:
        """Do the action, as a click would."""
        self._action.click()

    def restyle(self) -> None:
        """Take the sign again in the theme in use."""
        bad = self.property("tone") == "bad"
        self._sign.setPixmap(theme.pixmap("circle-alert" if bad else "circle-check", "bad" if bad else "line", 18))
        if self.isVisible():
            self.place()

    def place(self) -> None:
        """Stand at the foot of the parent, centred."""
        parent = self._over
        room = parent.width() - 2 * theme.px(24)
        width = min(room, theme.px(620), max(theme.px(320), self.sizeHint().width() + theme.px(220)))
        height = max(theme.px(52), self._line.heightForWidth(width))
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - theme.px(16), width, height)

    def _act(self) -> None:
        run = self._run
        self.hide()
        if run is not None:
            run()
