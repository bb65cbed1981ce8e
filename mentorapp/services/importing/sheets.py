"""Spreadsheets (XLSX) as lines of cells: the first sheet that has any, its formulas by their last results, its days as days.

A container is looked over before any library opens it: how much it unpacks to, and that no row is endless.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.services.importing.reading import MOST_COLUMNS, MOST_ROWS, Book, Line, no_table, too_large, too_long

BROKEN = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    AttributeError,
    SyntaxError,
    EOFError,
    zlib.error,
)
"""What the libraries stumble over in a container that is none, or not whole."""

_MOST_SHEET = 100_000_000
_MOST_REST = 12_000_000
_MOST_ROW = 1_000_000
_BLOCK = 1 << 18
_ROW_ENDS = re.compile(rb"</(?:\w+:)?row>|<(?:\w+:)?row\b[^>]*/>")


def open_sheet(path: Path) -> Book:
    """A spreadsheet as a table. Raises UserError if it is none, or one made to do harm."""
    file = path.open("rb")
    try:
        rows = _looked_over(path)
        import openpyxl

        whole = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except BROKEN as reason:
        file.close()
        raise no_table(path) from reason
    except BaseException:
        file.close()
        raise
    named = [sheet for sheet in whole.worksheets if sheet.sheet_state == "visible"] or whole.worksheets
    filled = [sheet for sheet in named if sheet.max_row != 1 or sheet.max_column != 1] or named
    if not filled:
        whole.close()
        file.close()
        raise no_table(path)
    reader = _Reader(path, file, whole, filled[0], rows)
    book = Book(path.name, "xlsx", iter(reader), reader.share)
    if len(named) > 1:
        book.remarks.append(
            UserError(
                N_("Only the sheet “{sheet}” is read. For another one, save it as a file of its own."),
                sheet=str(filled[0].title),
            )
        )
    return book


class _Reader:
    """The rows of one sheet, and how many of them are through."""

    def __init__(self, path: Path, file: BinaryIO, whole: Any, sheet: Any, rows: int) -> None:
        self._path, self._file, self._whole, self._sheet, self._rows = path, file, whole, sheet, rows
        self._at = 0

    def share(self) -> float:
        """How much is through."""
        return self._at / max(self._rows, 1)

    def __iter__(self) -> Iterator[Line]:
        # What the sheet says of its own size is often wrong.
        self._sheet.reset_dimensions()
        try:
            for number, row in enumerate(self._sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), 1):
                self._at = number
                yield number, [as_words(value) for value in row]
        except BROKEN as reason:
            raise no_table(self._path) from reason
        finally:
            self._whole.close()
            self._file.close()


def as_words(value: Any) -> str:
    """A cell's value as a person would write it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def _looked_over(path: Path) -> int:
    """About how many rows the largest sheet has. Raises UserError for what would unpack without end."""
    most = 0
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise no_table(path)
        sheets = [part for part in parts if re.match(r"xl/worksheets/[^/]*\.xml$", part.filename)]
        rest = [part for part in parts if part not in sheets and part.filename.endswith((".xml", ".rels"))]
        if any(part.file_size > _MOST_SHEET for part in sheets) or sum(part.file_size for part in rest) > _MOST_REST:
            raise too_large(path)
        if len(parts) > 2000:
            raise too_large(path)
        for part in rest:
            if b"<!DOCTYPE" in packed.read(part):
                raise no_table(path)
        for part in sheets[:20]:
            most = max(most, _rows_in(packed, part, path))
    return most


def _rows_in(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> int:
    rows, since, tail, sized = 0, 0, b"", False
    with packed.open(part) as file:
        while block := file.read(_BLOCK):
            block = tail + block
            if b"<!DOCTYPE" in block:
                raise no_table(path)
            sized = sized or b"dimension" in block
            ends = [found.end() for found in _ROW_ENDS.finditer(block)]
            rows += len(ends)
            since = len(block) - ends[-1] if ends else since + len(block)
            tail = block[-64:] if not ends or ends[-1] <= len(block) - 64 else b""
            if since > _MOST_ROW + _BLOCK:
                raise too_large(path)
            # A sheet that does not say its size is read whole to find it, before its first row is given.
            if rows > (MOST_ROWS * 60 if sized else MOST_ROWS + 100):
                raise too_long(path)
    return rows
