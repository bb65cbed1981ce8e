"""Text files as lines of cells: which letters they are written in, what stands between cells, and whether they are address cards."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.services.importing.reading import Book, Line, no_table

MOST_LINE = 1_000_000
"""The longest line that is read, in characters: no table has such."""

_BETWEEN = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_plain(path: Path, *, size: int, encoding: str = "") -> Book:
    """A text file as a table, or as one of people if it holds address cards. Raises UserError if it is no text."""
    letters = encoding or encoding_of(path)
    if not letters:
        raise no_table(path)
    file = path.open("rb")
    text = TextIOWrapper(file, letters, errors="replace", newline="")
    lines, remarks = _Lines(text, path.name), list[UserError]()
    try:
        head = lines.ahead(200)
    except BaseException:
        text.close()
        raise
    if any(line.strip().upper() == "BEGIN:VCARD" for line in head[:20]):
        from mentorapp.services.importing import cards

        source, kind = cards.lines_of(lines, path, remarks), "vcard"
    else:
        source, kind = _cells(lines, between(head), path.name), "csv"
    return Book(path.name, kind, _closing(text, source), lambda: _share(file, size), encoding=letters, remarks=remarks)


def _share(file: BinaryIO, size: int) -> float:
    return 1.0 if file.closed else file.tell() / max(size, 1)


def _closing(text: TextIOWrapper, source: Iterator[Line]) -> Iterator[Line]:
    with text:
        yield from source


class _Lines:
    """The lines of a text, none longer than can be borne; some can be looked at ahead."""

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self._ahead: list[str] = []

    def ahead(self, most: int) -> list[str]:
        """The first lines, which are still to come."""
        while len(self._ahead) < most and (line := self._next()):
            self._ahead.append(line)
        return self._ahead

    def __iter__(self) -> Iterator[str]:
        ahead, self._ahead = self._ahead, []
        yield from ahead
        while line := self._next():
            yield line

    def _next(self) -> str:
        line = self._text.readline(MOST_LINE)
        if len(line) >= MOST_LINE:
            raise UserError(
                N_("“{file}” has a line of more than a million characters, so it is no table. Choose another file."),
                file=self._name,
            )
        return line


def encoding_of(path: Path) -> str:
    """How the letters of a text file are written; "" for what is no text."""
    with path.open("rb") as file:
        head = file.read(65_536)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if b"\0" in head:
            return _wide(head)
        file.seek(0)
        if _is_utf8(file):
            return "utf-8"
        file.seek(0)
        return _of_windows(file.read(1_000_000))


def _wide(head: bytes) -> str:
    """UTF-16 without its mark has a zero in about every other byte, always on one side; anything else with zeros is no text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > half * 0.3 and even < half * 0.02:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.3 and odd < half * 0.02 else ""


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _of_windows(sample: bytes) -> str:
    """Arabic (1256) where the letters beyond ASCII stand together in words, western (1252) where they stand alone between others."""
    beyond = sum(map(len, re.findall(rb"[\xc0-\xff]+", sample)))
    in_words = sum(map(len, re.findall(rb"[\xc0-\xff]{3,}", sample)))
    return "cp1256" if beyond and in_words * 2 > beyond else "cp1252"


def between(head: list[str]) -> str:
    """What stands between the cells: the mark that cuts most of the first lines into equally many, and more than one."""
    said = re.fullmatch(r"sep=(.)\s*", head[0], re.IGNORECASE) if head else None
    if said:
        return said[1]

    def score(mark: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(head[:50], delimiter=mark) if row]
        except csv.Error:
            return (0, 0)
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (times if width > 1 else 0, width)

    return max(_BETWEEN, key=score)


def _cells(lines: _Lines, mark: str, name: str) -> Iterator[Line]:
    reader = csv.reader(_without_sep(lines), delimiter=mark)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as reason:
        raise UserError(
            N_(
                "“{file}” cannot be cut into cells near line {line}: most likely a quotation mark is opened there and never "
                "closed. Mend that line, or save the table anew from your spreadsheet program."
            ),
            file=name,
            line=reader.line_num,
        ) from reason


def _without_sep(lines: _Lines) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number or not re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):
            yield line
