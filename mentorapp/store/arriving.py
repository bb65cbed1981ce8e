"""Many records that were never here, written at once: row, registers and index of words, each in one statement for all of them.

Writes what the store would write of each one alone; the statements and what they need are only put together once. It begins no
transaction and asks nobody whether a record is known: that is the caller's.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from mentorapp import registers
from mentorapp.fields import Plain
from mentorapp.records import BY_KIND
from mentorapp.registers import Simple
from mentorapp.store import comparing, search, tables

_decode = msgspec.msgpack.Decoder().decode

_REGISTERS = (
    "INSERT INTO registers (seq, scope, body, conflicts, safe_at, id, kind, print) VALUES (?, ?, ?, 0, ?, ?, ?, ?)"
)


def straight(one: Simple, replica: bytes) -> bool:
    """Whether nothing about this record needs looking into: nobody wrote it under this store's name, and nobody voided it."""
    return registers.SEEN not in one.names and all(dot.replica != replica for dot in one.dots)


def known(connection: Any, ids: Iterable[str]) -> set[str]:
    """Those of these records that are here."""
    sql = "SELECT id FROM registers WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in connection.execute(sql, (msgspec.json.encode(list(ids)).decode(),)).fetchall()}


def write(connection: Any, some: Sequence[Simple], at: datetime, printed: Callable[[Simple], int] | None) -> None:
    """Write records that are not here, each once, as safe at the server, with their fingerprints if somebody knows how they are taken."""
    if not some:
        return
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM registers").fetchone()[0]
    safe_at = at.isoformat()
    states: list[tuple[Any, ...]] = []
    words: list[tuple[int, str]] = []
    rows: dict[str, list[list[Any]]] = {}
    for seq, one in enumerate(some, last + 1):
        shown, row = _shown(one)
        scope = shown.get("scope")
        known = comparing.kept(printed(one)) if printed else None
        states.append((seq, scope if isinstance(scope, str) else "", one.packed(), safe_at, one.id, one.kind, known))
        if row is not None:
            rows.setdefault(one.kind, []).append(row)
            if text := search.indexed(BY_KIND[one.kind], shown):
                words.append((seq, text))
    connection.executemany(_REGISTERS, states)
    for kind, lines in rows.items():
        connection.executemany(tables.upsert(BY_KIND[kind]), lines)
    connection.executemany(search.INSERT, words)


@lru_cache(256)
def _places(kind: str, names: tuple[str, ...]) -> tuple[list[tuple[int, str, int, Callable[[Plain], Any]]], list[Any]]:
    """For each of these fields that is declared: its place among them, its name, its column and how that is written; and an empty row."""
    writers = tables.writers(BY_KIND[kind])
    at = {name: place for place, name in enumerate(names)}
    places = [(at[name], name, column, to_sql) for column, (name, _, to_sql) in enumerate(writers, 1) if name in at]
    return places, ["", *(to_sql(None) for _, _, to_sql in writers), None, None, 0]


def _shown(one: Simple) -> tuple[dict[str, Any], list[Any] | None]:
    """The plain value of each field that can be read, and the record's row, None for a kind that this version does not know."""
    if one.kind not in BY_KIND:
        return _scope_of(one), None
    places, empty = _places(one.kind, one.names)
    shown: dict[str, Any] = {}
    row = empty.copy()
    row[0] = one.id
    values = one.values
    for place, name, column, to_sql in places:
        try:
            shown[name] = plain = _decode(values[place])
            row[column] = to_sql(plain)
        except (*tables.UNREADABLE, ValueError):
            continue  # It stays in its register, and is empty here until an upgrade knows it.
    row[-3], row[-2] = _moments(one)
    return shown, row


def _scope_of(one: Simple) -> dict[str, Any]:
    if "scope" not in one.names:
        return {}
    try:
        return {"scope": _decode(one.values[one.names.index("scope")])}
    except tables.UNREADABLE:
        return {}


def _moments(one: Simple) -> tuple[str, str]:
    first = tables.moment(min(stamp.at for stamp in one.stamps)).isoformat()
    return (first, first) if len(one.stamps) == 1 else (first, tables.moment(max(s.at for s in one.stamps)).isoformat())
