"""Rows that stay the same widgets while what they show is unchanged, so that a refresh neither flickers nor takes the keyboard away."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.rows import RowList

V = TypeVar("V", bound=Hashable)


class KeyedRows(RowList, Generic[V]):
    """Rows made by `make` from values; a row whose value did not change is kept. Without `lines` nothing is drawn between them."""

    def __init__(self, make: Callable[[V], QWidget], *, lines: bool = True, parent: QWidget | None = None) -> None:
        super().__init__((), parent)
        self._make, self._lines = make, lines
        self._shown: dict[str, tuple[V, QWidget]] = {}

    def show_values(self, values: Iterable[tuple[str, V]]) -> None:
        """Show these, each under its key. The keyboard stays on the row of its key, or on the one that took its place."""
        wanted = dict(values)
        if [(key, value) for key, (value, _) in self._shown.items()] == list(wanted.items()):
            return
        held = self._held()
        self.setUpdatesEnabled(False)
        self._let_go(wanted)
        self._shown = {key: self._kept(key, value) for key, value in wanted.items()}
        for _, widget in self._shown.values():
            self.add(widget)
        self.setUpdatesEnabled(True)
        if held is not None:
            self._hold(*held)

    def add(self, row: QWidget) -> None:
        """Put one more at the end."""
        if self._lines:
            super().add(row)
        else:
            self._column.addWidget(row)

    def rows(self) -> list[QWidget]:
        """The rows, without the lines between."""
        return [row for _, row in self._shown.values()]

    def row(self, key: str) -> QWidget:
        """The row of a key."""
        return self._shown[key][1]

    def keys(self) -> tuple[str, ...]:
        """The keys on show, in their order."""
        return tuple(self._shown)

    def _kept(self, key: str, value: V) -> tuple[V, QWidget]:
        return self._shown.get(key) or (value, self._make(value))

    def _let_go(self, wanted: dict[str, V]) -> None:
        self._shown = {key: (value, row) for key, (value, row) in self._shown.items() if wanted.get(key) == value}
        staying = {id(row) for _, row in self._shown.values()}
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None and id(old) not in staying:
                old.hide()
                old.deleteLater()

    def _held(self) -> tuple[int, str] | None:
        for at, (key, (_, row)) in enumerate(self._shown.items()):
            if row.hasFocus() or row.isAncestorOf(self.window().focusWidget() or row.window()):
                return at, key
        return None

    def _hold(self, at: int, key: str) -> None:
        rows = list(self._shown)
        if rows:
            row = self.row(key if key in self._shown else rows[min(at, len(rows) - 1)])
            if not (row.hasFocus() or row.isAncestorOf(self.window().focusWidget() or row.window())):
                row.show()
                target = row if row.focusPolicy() & Qt.FocusPolicy.TabFocus else first_stop(row)
                target.setFocus(Qt.FocusReason.OtherFocusReason)


def first_stop(widget: QWidget) -> QWidget:
    """The first thing inside that takes the keyboard, or the widget itself."""
    stops = (each for each in widget.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return next(stops, widget)
