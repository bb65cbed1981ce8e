"""A file as a table: headings and rows of words, whatever program wrote it. What it is, is told by its content, not by its name.

Promises that a file made to do harm costs a sentence and no more: no piece takes long, no table grows beyond `MOST_ROWS` and
`MOST_CELLS`. Knows nothing of records.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mentorapp.errors import UserError
from mentorapp.fields import cleaned
from mentorapp.i18n import N_, tr

MOST_BYTES = 20_000_000
"""The largest file that is opened."""

MOST_ROWS = 20_000
"""The most rows that are read of one file."""

MOST_CELLS = 1_000_000
"""The most cells that are read of one file."""

MOST_COLUMNS = 100
"""The most columns."""

MOST_LETTERS = 20_000_000
"""The most characters in all cells together."""

ENCODINGS = ("utf-8", "cp1252", "cp1256", "utf-16")
"""The ways of writing letters that a person can choose between where the guess was wrong."""

Line = tuple[int, list[str]]
"""The number of a row in its file, and its cells."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, counted from one as spreadsheets do, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(eq=False)
class Book:
    """A table while it is read. `kind` is `csv`, `xlsx` or `vcard`; `share` is how much of it is through, from 0 to 1."""

    name: str
    kind: str
    source: Iterator[Line]
    progress: Callable[[], float]
    encoding: str = ""
    headings: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    remarks: list[UserError] = field(default_factory=list)
    done: bool = False
    _first: list[Line] = field(default_factory=list)
    _cells: int = 0
    _letters: int = 0

    @property
    def share(self) -> float:
        """How much is through."""
        return 1.0 if self.done else min(self.progress(), 0.99)

    def more(self, seconds: float = 0.05) -> bool:
        """Read on for about so long; whether everything is read. Raises UserError if the file cannot be read as a table."""
        until = time.perf_counter() + seconds
        while not self.done and time.perf_counter() < until:
            try:
                line = next(self.source, None)
            except OSError as reason:
                raise UserError(_UNREADABLE, file=self.name) from reason
            if line is None:
                self._end()
            else:
                self._take(line)
        return self.done

    def read(self) -> "Book":
        """Read everything; for scripts."""
        while not self.more(1.0):
            pass
        return self

    def _take(self, line: Line) -> None:
        number, found = line
        cells = [cleaned(cell).strip() for cell in found]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        self._bound(cells)
        if self.headings:
            self._add(number, cells)
        else:
            self._first.append((number, cells))
            if len(self._first) >= 10:
                self._head()

    def _bound(self, cells: list[str]) -> None:
        self._cells += len(cells)
        self._letters += sum(map(len, cells))
        if len(cells) > MOST_COLUMNS:
            raise UserError(_WIDE, file=self.name, most=MOST_COLUMNS)
        if len(self.rows) >= MOST_ROWS or self._cells > MOST_CELLS or self._letters > MOST_LETTERS:
            raise UserError(_LONG, file=self.name, most=MOST_ROWS)

    def _add(self, number: int, cells: list[str]) -> None:
        width = len(self.headings)
        if len(cells) > width:
            self.headings += ("",) * (len(cells) - width)
        self.rows.append(Row(number, tuple(cells)))

    def _head(self) -> None:
        """The headings are the first row that is about as full as the others: a title above the table is none."""
        first, self._first = self._first, []
        widest = max(sum(map(bool, cells)) for _, cells in first)
        at = next(n for n, (_, cells) in enumerate(first) if sum(map(bool, cells)) * 2 >= widest)
        head = first[at][1]
        if any(_IS_A_VALUE.search(cell) for cell in head):
            # The file begins with its first row: the columns are called by their numbers.
            self.headings = tuple(tr("Column {n}", n=n) for n in range(1, len(head) + 1))
            at -= 1
        else:
            self.headings = tuple(head)
        for number, cells in first[at + 1 :]:
            self._add(number, cells)

    def _end(self) -> None:
        if self._first:
            self._head()
        self.done = True
        if not self.headings:
            raise UserError(N_("“{file}” is empty. Choose the file that has the table in it."), file=self.name)
        if not self.rows:
            raise UserError(
                N_("“{file}” has headings but no rows under them. Fill in at least one row, then choose it again."),
                file=self.name,
            )


_IS_A_VALUE = re.compile(r"^[^@\s]+@[^@\s]+\.\w+$|^\+?[\d\s()/.-]{6,}$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
# What no heading looks like: an address, a telephone number, a date.

_UNREADABLE = N_(
    "“{file}” could not be read. It may be open in another program, or the stick may have been taken out. Nothing was "
    "changed; close it there and choose it again."
)
_WIDE = N_(
    "“{file}” has more than {most} columns, which no table of people or sessions has. Keep the columns you need in a copy, "
    "and choose that."
)
_LONG = N_(
    "“{file}” is longer than the {most} rows that are read at once. Split it into several files and choose one after the other."
)
_LARGE = N_(
    "“{file}” is too large to be a table of records. Keep only the table in a copy, without pictures, and choose that."
)
_NO_TABLE = N_(
    "“{file}” is neither a table nor a file of contacts. Save it as CSV or as XLSX from your spreadsheet program, or as a vCard "
    "from your address book, and choose that."
)
_LOCKED = N_(
    "“{file}” is protected by a password and cannot be read. Open it in your spreadsheet program, save a copy without a "
    "password, and choose that."
)
_OLD = N_(
    "“{file}” is written in the old form of Excel. Open it in your spreadsheet program, save it as XLSX or CSV, and choose that."
)


def open_book(path: Path, *, encoding: str = "") -> Book:
    """Begin to read a file. Raises UserError, saying what to do, if it holds no table that could be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            head = file.read(4096)
    except OSError as reason:
        raise UserError(_UNREADABLE, file=path.name) from reason
    if size > MOST_BYTES:
        raise UserError(_LARGE, file=path.name)
    if head.startswith(b"PK\x03\x04"):
        from mentorapp.services.importing import sheets

        return sheets.open_sheet(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(_LOCKED if _is_encrypted(path) else _OLD, file=path.name)
    from mentorapp.services.importing import plain

    return plain.open_plain(path, size=size, encoding=encoding)


def _is_encrypted(path: Path) -> bool:
    """Whether an old container holds a sheet locked by a password: it names its only stream so."""
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def no_table(path: Path) -> UserError:
    """The sentence for a file that is something else."""
    return UserError(_NO_TABLE, file=path.name)


def too_large(path: Path) -> UserError:
    """The sentence for a file that unpacks to far more than a table."""
    return UserError(_LARGE, file=path.name)


def too_long(path: Path) -> UserError:
    """The sentence for a table with more rows than are read at once."""
    return UserError(_LONG, file=path.name, most=MOST_ROWS)
