"""Whom is it with? Everybody, narrowed as one types; Enter takes the first, the arrows go down the list."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from ui import theme
from ui import words as say
from ui.models.rows import ListRow, RowsModel
from ui.models.writing import Whom
from ui.widgets import Column, LineInput, LongList, text


class WhomPicker(QWidget):
    """A quick list. `chosen` carries the mentorship."""

    chosen = Signal(str)

    def __init__(self, *, least: int = 4, most: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self._everyone: list[tuple[str, ListRow]] = []
        column = Column(self, gap=8)
        self.filter = LineInput(hint=tr("Type a name"))
        self.filter.setAccessibleName(tr("Whom was it with?"))
        self.filter.textChanged.connect(self._narrow)
        self.filter.installEventFilter(self)
        self._model = RowsModel(parent=self)
        self.list = LongList(self._model, name=tr("People and groups"))
        self.list.opened.connect(self.chosen)
        self._nobody = text("", "caption", wrap=True)
        column.addWidget(self.filter)
        column.addWidget(self.list)
        column.addWidget(self._nobody)
        self.setFocusProxy(self.filter)
        self._fit()

    def set_everyone(self, everyone: Sequence[Whom]) -> None:
        """Offer these."""
        self._everyone = [(f"{each.name} {each.about}".casefold(), _row(each)) for each in everyone]
        self._narrow()

    def name_of(self, mentorship: str) -> str:
        """The name of one that is offered, or ''."""
        return next((row.title for _, row in self._everyone if row.key == mentorship), "")

    def _narrow(self) -> None:
        asked = self.filter.text().casefold().split()
        rows = [row for words, row in self._everyone if all(part in words for part in asked)]
        self._model.set_rows(rows)
        if rows:
            self.list.setCurrentIndex(self._model.index(0))
        self.list.setVisible(bool(rows))
        self._nobody.setVisible(not rows)
        self._nobody.setText(
            tr("Nobody here is called “{text}”.", text=self.filter.text().strip()) if asked else tr("Nobody yet.")
        )
        self._fit()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._fit()

    def _fit(self) -> None:
        shown = max(self._least, min(self._most, self._model.rowCount()))
        self.list.setFixedHeight(shown * theme.px(57) + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows walk the list while one types, and Enter take what they stand on."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            at = self.list.currentIndex().row() + step
            if step and 0 <= at < self._model.rowCount():
                self.list.setCurrentIndex(self._model.index(at))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.current_key():
                self.chosen.emit(self.list.current_key())
                return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with everybody."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)


def _row(each: Whom) -> ListRow:
    pills = ((tr("group"), "neutral"),) if each.group else ()
    return ListRow(each.mentorship, each.name, subtitle=each.about, initials=say.initials(each.name), pills=pills)
