"""Shows on a screen where the words stand that somebody looked for: scrolled into sight, marked, the keyboard there.

It waits until the screen has read what it shows. Knows no screen: it looks for the editor of a field, else for whatever shows the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QTextEdit, QWidget

from ui import theme
from ui.widgets.announce import announce
from ui.widgets.marked import Marks

TRIES, EVERY_MS = 80, 50
STAYS_MS = 4000
"""How long something that is no text field stays marked."""


class Spotlight(QObject):
    """Finds the words on the screen that is shown then."""

    def __init__(self, screen: Callable[[], QWidget | None], parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._words = self._kind = self._field = ""
        self._left = 0
        self._halo: _Halo | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._try)

    def seek(self, words: str, *, kind: str = "", field: str = "") -> None:
        """Look for these words until they are seen, or some seconds are over."""
        self._words, self._kind, self._field, self._left = words, kind, field, TRIES
        self._let_go()
        if words:
            self._timer.start()

    def is_seeking(self) -> bool:
        """Whether it still looks."""
        return self._timer.isActive()

    def _let_go(self) -> None:
        if self._halo is not None and shiboken6.isValid(self._halo):
            self._halo.hide()
            self._halo.deleteLater()
        self._halo = None

    def _try(self) -> None:
        self._left -= 1
        screen = self._screen()
        where = self._where(screen) if screen is not None and screen.isVisible() else None
        if where is not None:
            self._timer.stop()
            self._show(where)
        elif self._left <= 0:
            self._timer.stop()

    def _where(self, screen: QWidget) -> QWidget | None:
        from mentorapp.services.finding import marked

        visible = [each for each in screen.findChildren(QWidget) if each.isVisible()]
        declared = self._declared()
        boxes = [each for each in visible if declared is not None and getattr(each, "field", None) is declared]
        for box in boxes:
            for each in (box, *box.findChildren(QWidget)):
                if marked(said_by(each), self._words):
                    return each
        if declared is not None and self._left > TRIES // 4:
            return None  # Its editor may still be on its way: parts of a long page are made when there is time.
        return next((each for each in visible if marked(said_by(each), self._words)), None)

    def _declared(self) -> object:
        from mentorapp.fields import fields_of
        from mentorapp.records import BY_KIND

        record = BY_KIND.get(self._kind)
        return fields_of(record).get(self._field) if record else None

    def _show(self, where: QWidget) -> None:
        from mentorapp.services.finding import marked

        marks = marked(said_by(where), self._words)
        if isinstance(where, QPlainTextEdit):
            _mark_text(where, marks)
        elif isinstance(where, QLineEdit):
            where.setSelection(marks[0][0], marks[0][1] - marks[0][0])
        else:
            self._halo = _Halo(where)
        target = next(_stops(where), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        _reveal(where)
        announce(target or where, said_by(where))


def said_by(widget: QWidget) -> str:
    """What a widget shows in words: a label, a row's lines, a text field."""
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    if isinstance(widget, QLabel | QLineEdit):
        return widget.text()
    lines = (getattr(widget, name, "") for name in ("title", "caption", "subtitle"))
    return "\n".join(line for line in lines if isinstance(line, str) and line)


def _stops(where: QWidget) -> Iterator[QWidget]:
    """What can hold the keyboard, from the widget outwards."""
    at: QWidget | None = where
    while at is not None and not isinstance(at, QScrollArea):
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield at
        at = at.parentWidget()


def _mark_text(field: QPlainTextEdit, marks: Marks) -> None:
    form = QTextCharFormat()
    form.setBackground(theme.colour("accent_tint"))
    form.setForeground(theme.colour("ink"))
    form.setFontUnderline(True)
    found = []
    for start, end in marks:
        one = QTextEdit.ExtraSelection()
        one.cursor = QTextCursor(field.document())
        one.cursor.setPosition(start)
        one.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        one.format = form
        found.append(one)
    field.setExtraSelections(found)
    cursor = field.textCursor()
    cursor.setPosition(marks[0][1])
    field.setTextCursor(cursor)
    # Whoever writes here has found it.
    field.document().contentsChanged.connect(
        lambda: field.setExtraSelections([]) if shiboken6.isValid(field) else None,
        Qt.ConnectionType.SingleShotConnection,
    )


def _reveal(where: QWidget) -> None:
    at: QWidget | None = where.parentWidget()
    while at is not None:
        inner = at.widget() if isinstance(at, QScrollArea) else None
        if isinstance(at, QScrollArea) and inner is not None:
            spot = where.cursorRect().center() if isinstance(where, QPlainTextEdit) else QPoint(0, where.height() // 2)
            point = where.mapTo(inner, spot)
            at.ensureVisible(point.x(), point.y(), 0, min(at.height() // 3, theme.px(180)))
        at = at.parentWidget()


class _Halo(QWidget):
    """A frame around what was found, gone after a while."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around.parentWidget())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        room = theme.px(4)
        self.setGeometry(around.geometry().adjusted(-room, -room, room, room))
        self.show()
        self.raise_()
        QTimer.singleShot(STAYS_MS, self, self.deleteLater)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 2))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
