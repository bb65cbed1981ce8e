"""Models of lists. The rows themselves are carried by `ui.widgets.rowsmodel`, which the search box below this room needs too."""

from ui.widgets.lists import ROW, ListRow
from ui.widgets.rowsmodel import RowsModel

__all__ = ["ROW", "ListRow", "RowsModel"]
