"""The box that finds everything and runs commands. It asks with `typed`, is fed rows, and answers with `chosen`; it knows no store."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from mentorapp.i18n import ntr, tr
from ui import theme
from ui.widgets.announce import announce
from ui.widgets.boxes import Column, Line, text
from ui.widgets.lists import ListRow, LongList
from ui.widgets.rowsmodel import RowsModel


class SearchBox(QFrame):
    """Type, go down and up with the arrows, Enter to choose, Escape to leave.

    `typed` carries the text once typing rests for a moment, "" when the box is entered empty; answer with `set_rows`. `chosen` carries
    the key of a row; one that begins with FILL puts the rest of its key into the box instead. `all_wanted` asks for everything found.
    """

    typed = Signal(str)
    chosen = Signal(str)
    all_wanted = Signal(str)
    REST_MS = 60
    FILL = "fill:"

    def __init__(self, *, hint: str = "", badge: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "search")
        self.setProperty("ringed", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line = Line(self, edges=(12, 0, 12, 0), gap=10)
        self._glass = QLabel()
        self.field = QLineEdit()
        self.field.setProperty("kind", "search")
        self._badge = text("", "key")
        for part in (self._glass, self.field, self._badge):
            line.addWidget(part, 1 if part is self.field else 0, Qt.AlignmentFlag.AlignVCenter)
        self._results: _Results | None = None
        self._foot = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(self.REST_MS)
        self._rest.timeout.connect(lambda: self.typed.emit(self.field.text().strip()))
        self.field.textEdited.connect(self._edited)
        self.field.installEventFilter(self)
        self.setFocusProxy(self.field)
        self.set_words(hint, badge)
        self.restyle()

    def set_words(self, hint: str, badge: str = "") -> None:
        """Say what can be found, and the keys that lead here."""
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(hint)
        self._badge.setText(badge)
        self._badge.setVisible(bool(badge))

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._glass.setPixmap(theme.pixmap("search", "quiet", 16))
        self.setFixedHeight(theme.px(34))
        self.setMaximumWidth(theme.px(460))
        self.field.setMinimumWidth(theme.px(60))

    def begin(self) -> None:
        """Take the keyboard, everything typed selected."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.typed.emit(self.text())

    def fill(self, words: str) -> None:
        """Put words into the box as if they had been typed, and go on typing after them."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.setText(words)
        self._rest.stop()
        self.typed.emit(self.text())

    def text(self) -> str:
        """What is typed."""
        return self.field.text().strip()

    def set_foot(self, words: str) -> None:
        """What is said under the results: how to narrow them."""
        self._foot = words

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show what was found for the text typed; nothing found is said in words, unless nothing is typed."""
        if not (self.text() or rows) or not (self.text() or self.field.hasFocus()):
            self.close_results()
            return
        if self._results is None:
            self._results = _Results(self)
            self._results.chosen.connect(self._choose)
        self._results.show_rows(rows, self, self._foot)

    def results(self) -> tuple[ListRow, ...]:
        """The rows on show."""
        return self._results.model.rows() if self._results is not None and self._results.isVisible() else ()

    def close_results(self) -> None:
        """Put the list of results away."""
        if self._results is not None:
            self._results.hide()

    def _edited(self, words: str) -> None:
        if words.strip():
            self._rest.start()
        else:
            self._rest.stop()
            self.close_results()
            self.typed.emit("")

    def _choose(self, key: str) -> None:
        if key.startswith(self.FILL):
            self.fill(key.removeprefix(self.FILL))
            return
        self.close_results()
        self.field.clear()
        self.chosen.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the arrows and Enter to the results; leaving the field closes them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut and self._results is not None:
            self.close_results()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        results = self._results if self._results is not None and self._results.isVisible() else None
        if event.key() == Qt.Key.Key_Escape:
            if results is not None:
                self.close_results()
                if not self.text():
                    self.field.clearFocus()
            else:
                self.field.clear()
                self.field.clearFocus()
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.text():
            self._rest.stop()
            self.close_results()
            self.all_wanted.emit(self.text())
            return True
        if results is None:
            return False
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            results.move_by(1 if event.key() == Qt.Key.Key_Down else -1)
            return True
        if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            results.move_by(7 if event.key() == Qt.Key.Key_PageDown else -7)
            return True
        if enter:
            self._rest.stop()
            results.choose_current()
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the results under the box."""
        super().resizeEvent(event)
        if self._results is not None and self._results.isVisible():
            self._results.place(self)


class _Results(QFrame):
    """The list under the box: a child of the window, never a window of its own, so that the keyboard stays in the field."""

    chosen = Signal(str)

    def __init__(self, box: QWidget) -> None:
        super().__init__(box.window())
        self.setProperty("kind", "popup")
        self.model = RowsModel(parent=self)
        column = Column(self, edges=(6, 6, 6, 6))
        self._box: QWidget = box
        self._nothing = text("", "caption", wrap=True)
        self._nothing.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(10))
        self.list = LongList(self.model, name=tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.opened.connect(self.chosen)
        self._foot = text("", "caption", wrap=True)
        self._foot.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(4))
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        column.addWidget(self._foot)

    def show_rows(self, rows: Sequence[ListRow], box: "SearchBox", foot: str) -> None:
        self.model.set_rows(rows)
        self._nothing.setText(tr("Nothing found for “{text}”.", text=box.text()))
        self._nothing.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._foot.setText(foot)
        self._foot.setVisible(bool(foot))
        if rows:
            self.list.setCurrentIndex(self.model.index(0))
            announce(box, ntr("{n} found: {first}", "{n} found: {first}", len(rows), first=rows[0].in_words()))
        else:
            announce(box, self._nothing.text())
        self._box = box
        self.place(box)
        self.show()
        self.raise_()

    def place(self, box: QWidget) -> None:
        window = box.window()
        corner = box.mapTo(window, QPoint(0, box.height() + theme.px(4)))
        width = max(box.width(), min(theme.px(560), window.width() - theme.px(24)))
        x = corner.x() if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else corner.x() + box.width() - width
        x = max(theme.px(12), min(x, window.width() - width - theme.px(12)))
        rows = min(self.model.rowCount(), 8)
        foot = 0 if self._foot.isHidden() else self._foot.heightForWidth(width - theme.px(12))
        body = rows * theme.px(57) if rows else self._nothing.heightForWidth(width - theme.px(12))
        height = min(body + foot + 2 * theme.px(6) + 2, window.height() - corner.y() - theme.px(12))
        self.setGeometry(x, corner.y(), width, height)

    def move_by(self, step: int) -> None:
        now, last = self.list.currentIndex().row(), self.model.rowCount() - 1
        # One step beyond an end goes round; a page stops at it.
        at = (now + step) % (last + 1) if abs(step) == 1 else min(max(now + step, 0), last)
        self.list.setCurrentIndex(self.model.index(at))
        announce(self._box, self.model.rows()[at].in_words())

    def choose_current(self) -> None:
        if self.list.current_key():
            self.chosen.emit(self.list.current_key())
