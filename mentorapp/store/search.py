"""Finds records by any words in them: accents folded, Arabic letters made alike, the beginning of the last word enough.

What is written is kept as it is beside what is looked in, so that an excerpt shows the writer's own spelling.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from mentorapp.fields import Many, Text, fields_of
from mentorapp.records import Record
from mentorapp.store.facts import Hit

EXCERPT = 160
"""About how many characters of the text an excerpt shows."""

_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None})
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670\u06d6-\u06ed\u1dc0-\u1dff\u20d0-\u20ff]")
_WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """The text as it is looked for: lower case, without accents and vowel marks, Arabic letters that are confused made one."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_ALIKE).casefold())).translate(_ALIKE)


def words_of(record: Record) -> str:
    """Everything a person wrote in this record, a line for each field."""
    parts: list[str] = []
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        if value and isinstance(field, Text) and field.searched:
            parts.append(value)
        elif value and isinstance(field, Many) and isinstance(field.of, Text):
            parts.append(" · ".join(value))
    return "\n".join(parts)


def _day(record: Record) -> str:
    for name in ("started", "planned_start", "due", "taken_on"):
        value = getattr(record, name, None)
        if value:
            return str(value.isoformat())
    return ""


def write(connection: Any, seq: int, record: Record, *, fresh: bool) -> None:
    """Make the index say what the record says now; a voided record is not found."""
    if not fresh:
        connection.execute("DELETE FROM search WHERE rowid = ?", (seq,))
    words = words_of(record)
    if words and not record.voided:
        connection.execute(
            "INSERT INTO search (rowid, folded, written, kind, id, mentorship, day) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                seq,
                folded(words),
                words,
                record.kind,
                record.id,
                getattr(record, "mentorship", None) or "",
                _day(record),
            ),
        )


def query(typed: str) -> str:
    """The FTS5 query of what was typed: every word, the last one perhaps unfinished. Empty if there is no word in it."""
    words = _WORD.findall(folded(typed))
    return " ".join([*(f'"{word}"' for word in words[:-1]), *(f'"{word}"*' for word in words[-1:])])


def find(connection: Any, typed: str, *, limit: int, kinds: tuple[str, ...] = ()) -> Iterator[Hit]:
    """The records that hold all the typed words, the newest writing first."""
    match = query(typed)
    if not match:
        return
    only = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
    rows = connection.execute(
        f"SELECT kind, id, mentorship, day, written FROM search WHERE search MATCH ?{only} ORDER BY rowid DESC LIMIT ?",
        (match, *kinds, limit),
    )
    sought = _WORD.findall(folded(typed))
    for kind, id, mentorship, day, written in rows:
        excerpt, marks = excerpt_of(written, sought)
        yield Hit(kind, id, mentorship, day, excerpt, marks)


def excerpt_of(written: str, sought: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A stretch of the text around the first match, on one line, and where in it the matching words are."""
    found = [m for m in _WORD.finditer(written) if any(folded(m.group()).startswith(word) for word in sought)]
    start = max(0, found[0].start() - EXCERPT // 3) if found else 0
    if start:
        start = written.find(" ", start, found[0].start()) + 1 or start
    cut = written[start : start + EXCERPT]
    marks = tuple(
        (m.start() - start, m.end() - start) for m in found if m.start() >= start and m.end() <= start + len(cut)
    )
    return cut.replace("\n", " "), marks
