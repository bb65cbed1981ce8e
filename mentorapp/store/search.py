"""Finds records by any words in them: accents folded, Arabic letters made alike, the beginning of the last word enough.

The index holds folded words only; an excerpt comes from the record itself, in the writer's own spelling.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from mentorapp.fields import Many, Text, fields_of, for_each_kind
from mentorapp.records import BY_KIND, Record
from mentorapp.store import tables
from mentorapp.store.facts import Hit

_WHEN = ("started", "planned_start", "due", "taken_on")

EXCERPT = 160
"""About how many characters of the text an excerpt shows."""

_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None})
_SIGNS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u135d-\u135f\u1dc0-\u1dff\u20d0-\u20ff"
_MARKS = re.compile(f"[{_SIGNS}]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_WORD = re.compile(r"\w+")
# As written, a word goes on through its accents and vowel marks, some of which no single character holds.
_WRITTEN = re.compile(rf"\w[\w{_SIGNS}]*")


def folded(text: str) -> str:
    """The text as it is looked for: lower case, without accents and vowel marks, Arabic letters that are confused made one."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return bare.translate(_ALIKE) if _ARABIC.search(bare) else bare


@for_each_kind
def _searched(kind: type[Record]) -> tuple[str, ...]:
    fields = fields_of(kind).items()
    return tuple(
        name
        for name, field in fields
        if (isinstance(field, Text) and field.searched) or (isinstance(field, Many) and isinstance(field.of, Text))
    )


def words_of(kind: type[Record], shown: Mapping[str, Any]) -> str:
    """Everything a person wrote in a record, a line for each field, from the values that it shows."""
    written = (shown.get(name) for name in _searched(kind))
    return "\n".join(words for value in written if value and (words := _words(value)))


def _words(value: Any) -> str:
    # Of a shape from a later version there may be anything; it is not searched.
    if isinstance(value, str):
        return value
    return " · ".join(map(str, value)) if isinstance(value, list | tuple) else ""


INSERT = "INSERT INTO search (rowid, folded) VALUES (?, ?)"
"""Puts into the index what `indexed` gives."""


def indexed(kind: type[Record], shown: Mapping[str, Any]) -> str:
    """What the index holds of a record; nothing of a voided one, which is not found."""
    return "" if shown.get("voided") is True else folded(words_of(kind, shown))


def write(connection: Any, seq: int, kind: type[Record], shown: Mapping[str, Any], *, fresh: bool) -> None:
    """Make the index say what the record says now. Only the words are indexed, not kept twice."""
    if not fresh:
        connection.execute("DELETE FROM search WHERE rowid = ?", (seq,))
    if words := indexed(kind, shown):
        connection.execute(INSERT, (seq, words))


def query(typed: str) -> str:
    """The FTS5 query of what was typed: every word, the last one perhaps unfinished. Empty if there is no word in it."""
    words = _WORD.findall(folded(typed))
    return " ".join([*(f'"{word}"' for word in words[:-1]), *(f'"{word}"*' for word in words[-1:])])


def find(connection: Any, typed: str, *, limit: int, kinds: tuple[str, ...] = ()) -> Iterator[Hit]:
    """The records that hold all the typed words, the newest first."""
    match = query(typed)
    if not match:
        return
    only = f" AND r.kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
    rows = connection.execute(
        "SELECT r.kind, r.id FROM search s JOIN registers r ON r.seq = s.rowid "
        f"WHERE s.folded MATCH ?{only} ORDER BY s.rowid DESC LIMIT ?",
        (match, *kinds, limit),
    ).fetchall()
    sought = _WORD.findall(folded(typed))
    for kind, id in rows:
        record = BY_KIND[kind]
        row = connection.execute(f"{tables.select(record)} WHERE id = ?", (id,)).fetchone()
        if row:
            yield _hit(tables.from_row(record, row), sought)


def _hit(record: Record, sought: list[str]) -> Hit:
    excerpt, marks = excerpt_of(words_of(type(record), vars(record)), sought)
    when = next((getattr(record, name) for name in _WHEN if getattr(record, name, None)), None)
    day = when.isoformat() if when else ""
    return Hit(record.kind, record.id, getattr(record, "mentorship", None) or "", day, excerpt, marks)


def excerpt_of(written: str, sought: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A stretch of the text around the first match, on one line, and where in it the matching words are."""
    whole, begun = set(sought), sought[-1] if sought else " "
    found = [m for m in _WRITTEN.finditer(written) if (w := folded(m.group())) in whole or w.startswith(begun)]
    start = max(0, found[0].start() - EXCERPT // 3) if found else 0
    if start:
        start = written.find(" ", start, found[0].start()) + 1 or start
    cut = written[start : start + EXCERPT]
    marks = tuple(
        (m.start() - start, m.end() - start) for m in found if m.start() >= start and m.end() <= start + len(cut)
    )
    return cut.replace("\n", " "), marks
