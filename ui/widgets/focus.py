"""The ring around what holds the keyboard: two pixels, just outside the control, in the focus colour.

One ring for the program, drawn over whatever has the focus: always on text fields, elsewhere only when the keyboard brought the focus
there. Qt's style sheets cannot draw outside a control, and drawing inside would shift its contents.
"""

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from ui import theme

_MOVES = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
    QEvent.Type.ZOrderChange,
}
_OUTSIDE = 3
_WRITTEN = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class _Ring(QWidget):
    def __init__(self, parent: QWidget, corner: int) -> None:
        super().__init__(parent)
        self._corner, self.holder = corner, parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("focus"), 2))
        corner = theme.px(self._corner) + 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), corner, corner)


class FocusRing(QObject):
    """Keeps the ring where the focus is. One for the application, made by `follow_focus`."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._last: QWidget | None = None
        app.focusChanged.connect(self._focus_changed)

    def target(self) -> QWidget | None:
        """What the ring is around, or None."""
        return self._target

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        ringed = self._last if self._last is not None and shiboken6.isValid(self._last) else None
        self._let_go()
        if new is None:
            return
        if old is None and new is not ringed and not isinstance(new, _WRITTEN):
            # The window opened or came back, and nobody pressed a key: a ring would claim attention for nothing.
            return
        shown = self._frame_of(new)
        corner = shown.property("ring")
        if corner == 0 or not shown.isVisible() or new.window().windowType() == Qt.WindowType.Popup:
            return
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if by_mouse and not isinstance(new, _WRITTEN):
            return
        self._last = new
        self._take(shown, int(corner or 8))

    def _frame_of(self, widget: QWidget) -> QWidget:
        parent = widget.parentWidget()
        if isinstance(parent, QAbstractSpinBox | QComboBox) or (parent is not None and parent.property("ringed")):
            return parent
        return widget

    def _take(self, target: QWidget, corner: int) -> None:
        self._target = target
        watched = target
        while not watched.isWindow():
            self._watch(watched)
            parent = watched.parentWidget()
            if parent is None or isinstance(parent.parentWidget(), QScrollArea):
                break
            watched = parent
        self._ring = _Ring(watched, corner)
        self._place()
        self._ring.show()

    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        self._watched.append(widget)

    def _let_go(self) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched, self._target = [], None
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the control when it, or what it stands in, moves."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        target, ring = self._target, self._ring
        if target is None or ring is None or not shiboken6.isValid(target) or not shiboken6.isValid(ring):
            return
        parent = ring.holder
        corner = target.mapTo(parent, QPoint(0, 0))
        ring.setGeometry(
            corner.x() - _OUTSIDE, corner.y() - _OUTSIDE, target.width() + 2 * _OUTSIDE, target.height() + 2 * _OUTSIDE
        )
        ring.setVisible(target.isVisibleTo(parent))
        ring.raise_()


def follow_focus(app: QApplication) -> FocusRing:
    """Show the ring from now on; asking twice gives the same ring."""
    return app.findChild(FocusRing) or FocusRing(app)
