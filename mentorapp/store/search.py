"""Finds records by any words in them and by what they are: whose, of which kind, from which days, under which topic.

The index holds folded words only (see `folding`); an excerpt comes from the record itself, in the writer's own spelling, and says in
which field it stands. What folds otherwise in a later version is filled in anew when the store is opened (see the store's `shown as`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from mentorapp.fields import Many, Moment, Text, fields_of, for_each_kind
from mentorapp.records import BY_KIND, Record
from mentorapp.store import folding, tables
from mentorapp.store.facts import Hit
from mentorapp.store.folding import WORD, WRITTEN, folded
from mentorapp.store.folding import words as folded_words

_WHEN = ("started", "planned_start", "due", "taken_on", "day", "given_on", "mentor_agreed_on", "review_on")
"""The fields that say from when a record is, the first that is filled counting."""

EXCERPT = 160
"""About how many characters of the text an excerpt shows."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a record must be besides holding the words. Empty parts ask for nothing; `tags` must all be among its topics."""

    kinds: tuple[str, ...] = ()
    mentorships: tuple[str, ...] | None = None
    people: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.kinds or self.mentorships is not None or self.first or self.last or self.tags)


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
    return "\n".join(words for _, words in _written(kind, shown))


def _written(kind: type[Record], shown: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _searched(kind):
        value = shown.get(name)
        if value and (words := _words(value)):
            yield name, words


def _words(value: Any) -> str:
    # Of a shape from a later version there may be anything; it is not searched.
    if isinstance(value, str):
        return value
    return " · ".join(map(str, value)) if isinstance(value, list | tuple) else ""


INSERT = "INSERT INTO search (rowid, folded) VALUES (?, ?)"
"""Puts into the index what `indexed` gives."""


def indexed(kind: type[Record], shown: Mapping[str, Any]) -> str:
    """What the index holds of a record; nothing of a voided one, which is not found."""
    return "" if shown.get("voided") is True else folding.indexed(words_of(kind, shown))


def write(connection: Any, seq: int, kind: type[Record], shown: Mapping[str, Any], *, fresh: bool) -> None:
    """Make the index say what the record says now. Only the words are indexed, not kept twice."""
    if not fresh:
        connection.execute("DELETE FROM search WHERE rowid = ?", (seq,))
    if words := indexed(kind, shown):
        connection.execute(INSERT, (seq, words))


def query(typed: str) -> str:
    """The FTS5 query of what was typed: every word, the last one perhaps unfinished. Empty if there is no word in it."""
    words = folded_words(typed)
    return " ".join([*(f'"{word}"' for word in words[:-1]), *(f'"{word}"*' for word in words[-1:])])


def find(
    connection: Any, typed: str, *, limit: int, kinds: tuple[str, ...] = (), only: Filter | None = None
) -> Iterator[Hit]:
    """The records that hold all the typed words and are as the filter asks, the newest first. Without words, all that are so."""
    only = only or Filter()
    asked = kinds if not only.kinds else tuple(kind for kind in only.kinds if not kinds or kind in kinds)
    match = query(typed)
    if (only.kinds and not asked) or not (match or only):
        return
    narrow = only.mentorships is not None or only.first or only.last or only.tags or not match
    rows = (_narrowed if narrow else _newest)(connection, match, asked, only, limit)
    sought = folded_words(typed)
    for kind, id in rows:
        record = BY_KIND[kind]
        row = connection.execute(f"{tables.select(record)} WHERE id = ?", (id,)).fetchone()
        if row:
            yield _hit(tables.from_row(record, row), sought)


def _newest(connection: Any, match: str, kinds: tuple[str, ...], only: Filter, limit: int) -> list[tuple[str, str]]:
    # By the index's own order: it stops as soon as there are enough, however many there would be.
    of = f" AND r.kind IN ({_marks(kinds)})" if kinds else ""
    sql = f"SELECT r.kind, r.id FROM search s JOIN registers r ON r.seq = s.rowid WHERE s.folded MATCH ?{of}"
    return list(connection.execute(f"{sql} ORDER BY s.rowid DESC LIMIT ?", (match, *kinds, limit)))


def _narrowed(connection: Any, match: str, kinds: tuple[str, ...], only: Filter, limit: int) -> list[tuple[str, str]]:
    # The tables know whose a record is and when it was: asking them first, and the index once, is quicker than asking
    # them about each match. CROSS JOIN keeps the planner from walking all registers for the sake of the order.
    parts: list[str] = []
    values: list[Any] = []
    for kind in kinds or tuple(BY_KIND):
        condition = _condition(BY_KIND[kind], only)
        if condition:
            sql = f"SELECT r.seq, '{kind}' AS kind, r.id FROM {kind} t CROSS JOIN registers r ON r.id = t.id"
            parts.append(f"{sql} WHERE {condition[0]}")
            values += condition[1]
    if not parts:
        return []
    connection.create_function("folded", 1, lambda words: folded(words or ""), deterministic=True)
    all_of = connection.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1 DESC", values)
    if not match:
        return [(kind, id) for _, kind, id in islice(all_of, limit)]
    held = {seq for (seq,) in connection.execute("SELECT rowid FROM search WHERE folded MATCH ?", (match,))}
    return list(islice(((kind, id) for seq, kind, id in all_of if seq in held), limit))


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))


def _condition(kind: type[Record], only: Filter) -> tuple[str, list[Any]] | None:
    """What must hold of a row of this kind; None if no record of this kind can be meant."""
    where, values = ["t.voided = 0"], []
    if only.mentorships is not None:
        whose = _whose(kind, only)
        if whose is None:
            return None
        where.append(whose[0])
        values += whose[1]
    if only.first or only.last:
        sql, bounds = _between(kind, only.first, only.last)
        where.append(sql)
        values += bounds
    tagged = next((n for n, f in fields_of(kind).items() if isinstance(f, Many) and isinstance(f.of, Text)), "")
    for tag in only.tags:
        if not tagged:
            return None
        where.append(f"EXISTS (SELECT 1 FROM json_each(t.{tagged}) WHERE folded(value) LIKE ? || '%')")
        values.append(folded(tag))
    return " AND ".join(where), values


def _whose(kind: type[Record], only: Filter) -> tuple[str, list[Any]] | None:
    fields, parts = fields_of(kind), []
    values: list[Any] = []
    of = {"mentorship": only.mentorships or (), "person": only.people}
    for column, ids in (*of.items(), *((("id", of[kind.kind]),) if kind.kind in of else ())):
        if (column in fields or column == "id") and ids:
            parts.append(f"t.{column} IN ({_marks(ids)})")
            values += ids
    return (f"({' OR '.join(parts)})", values) if parts else None


def _between(kind: type[Record], first: date | None, last: date | None) -> tuple[str, list[Any]]:
    sql, values = "CASE WHEN 0 THEN 0", []
    for name in (*(name for name in _WHEN if name in fields_of(kind)), "created"):
        moments = name == "created" or isinstance(fields_of(kind)[name], Moment)
        low = _bound(first, moments=moments) if first else ""
        high = _bound(last + timedelta(days=1), moments=moments) if last else "~"
        within = f"t.{name} >= ? AND t.{name} < ?"
        sql += f" ELSE {within}" if name == "created" else f" WHEN t.{name} IS NOT NULL THEN {within}"
        values += [low, high]
    return f"{sql} END", values


def _bound(day: date, *, moments: bool) -> str:
    if not moments:
        return day.isoformat()
    start = datetime.combine(day, time()).astimezone(UTC)
    return start.replace(tzinfo=None).isoformat()


def _hit(record: Record, sought: list[str]) -> Hit:
    kind = type(record)
    written = list(_written(kind, vars(record)))
    whole = "\n".join(words for _, words in written)
    found = list(_matching(whole, sought))
    excerpt, marks = _cut(whole, found)
    field, end = "", 0
    for name, words in written:
        end += len(words) + 1
        if found and not field and found[0][0] < end:
            field = name
    when = next((getattr(record, name) for name in _WHEN if getattr(record, name, None)), None)
    day = when.isoformat() if when else ""
    return Hit(record.kind, record.id, getattr(record, "mentorship", None) or "", day, excerpt, marks, field)


def excerpt_of(written: str, sought: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A stretch of the text around the first match, on one line, and where in it the matching words are."""
    return _cut(written, list(_matching(written, sought)))


def _cut(written: str, found: list[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    start = max(0, found[0][0] - EXCERPT // 3) if found else 0
    if start:
        start = written.find(" ", start, found[0][0]) + 1 or start
    cut = written[start : start + EXCERPT]
    marks = tuple((a - start, b - start) for a, b in found if a >= start and b <= start + len(cut))
    return cut.replace("\n", " "), marks


def _matching(written: str, sought: list[str]) -> Iterator[tuple[int, int]]:
    if sought and written.isascii() and "'" not in written:
        # Most text is so, and then one look at the whole of it is enough.
        exact = "|".join(map(re.escape, sought))
        yield from (m.span() for m in re.finditer(rf"\b(?:{exact})\b|\b{re.escape(sought[-1])}\w*", written.lower()))
        return
    whole, begun = set(sought), sought[-1] if sought else " "
    for one in WRITTEN.finditer(written):
        word = folded(one.group())
        if any(form in whole or form.startswith(begun) for form in (word, folding.bare(word))):
            yield one.span()


def marked(written: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where in a text the words that were typed stand, from start to end."""
    return tuple(_matching(written, folded_words(typed)))


__all__ = [
    "EXCERPT",
    "INSERT",
    "WORD",
    "Filter",
    "excerpt_of",
    "find",
    "folded",
    "indexed",
    "marked",
    "query",
    "words_of",
    "write",
]
