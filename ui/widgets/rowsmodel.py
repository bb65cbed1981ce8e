"""Carries frozen ListRows to a view. Replacing the rows keeps the place of the person who is reading: rows that stay keep their index."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.widgets.lists import ROW, ListRow

Index: TypeAlias = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractListModel):
    """Rows in the order given."""

    def __init__(self, rows: Sequence[ListRow] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = tuple(rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, its title, or the row in words for those who hear it."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.in_words()
        return None

    def rows(self) -> tuple[ListRow, ...]:
        """The rows."""
        return self._rows

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show these; where only words changed, nothing moves on the screen."""
        rows = tuple(rows)
        if [row.key for row in rows] == [row.key for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def index_of(self, key: str) -> QModelIndex:
        """Where a row is, or an invalid index."""
        return next((self.index(at) for at, row in enumerate(self._rows) if row.key == key), QModelIndex())
