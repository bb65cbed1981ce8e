"""The box that finds everything and runs commands. It asks with `typed`, is fed rows, and answers with `chosen`; it knows no store."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from mentorapp.i18n import tr
from ui import theme
from ui.widgets.boxes import Column, Line, text
from ui.widgets.lists import ListRow, LongList
from ui.widgets.rowsmodel import RowsModel


class SearchBox(QFrame):
    """Type, go down and up with the arrows, Enter to choose, Escape to leave.

    `typed` carries the text once typing rests for a moment; answer with `set_rows`. `chosen` carries the key of a row.
    """

    typed = Signal(str)
    chosen = Signal(str)
    REST_MS = 60

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

    def text(self) -> str:
        """What is typed."""
        return self.field.text().strip()

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show what was found for the text typed; nothing found is said in words."""
        if not self.text():
            self.close_results()
            return
        if self._results is None:
            self._results = _Results(self)
            self._results.chosen.connect(self._choose)
        self._results.show_rows(rows, self)

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

    def _choose(self, key: str) -> None:
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
            else:
                self.field.clear()
                self.field.clearFocus()
            return True
        if results is None:
            return False
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            results.move_by(1 if event.key() == Qt.Key.Key_Down else -1)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
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
        self._nothing = text("", "caption")
        self._nothing.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(10))
        self.list = LongList(self.model, name=tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.opened.connect(self.chosen)
        column.addWidget(self._nothing)
        column.addWidget(self.list)

    def show_rows(self, rows: Sequence[ListRow], box: "SearchBox") -> None:
        self.model.set_rows(rows)
        self._nothing.setText(tr("Nothing found for “{text}”.", text=box.text()))
        self._nothing.setVisible(not rows)
        self.list.setVisible(bool(rows))
        if rows:
            self.list.setCurrentIndex(self.model.index(0))
        self.place(box)
        self.show()
        self.raise_()

    def place(self, box: QWidget) -> None:
        window = box.window()
        corner = box.mapTo(window, QPoint(0, box.height() + theme.px(4)))
        width = max(box.width(), min(theme.px(460), window.width() - corner.x() - theme.px(12)))
        rows = min(self.model.rowCount(), 8)
        height = rows * theme.px(57) + 2 * theme.px(6) + 2 if rows else self.sizeHint().height()
        height = min(height, window.height() - corner.y() - theme.px(12))
        self.setGeometry(corner.x(), corner.y(), width, height)

    def move_by(self, step: int) -> None:
        at = self.list.currentIndex().row() + step
        if 0 <= at < self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(at))

    def choose_current(self) -> None:
        if self.list.current_key():
            self.chosen.emit(self.list.current_key())
