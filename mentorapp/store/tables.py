"""Columns and codecs derived from the declarations: how a field's value lies in a STRICT table.

One table a kind, named as the kind. Its columns: `id`, one for each declared field in the order of declaration, then what the store
adds (`created`, `changed`: when, by the savers' clocks; `conflicts`: how many fields ask).
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec

from mentorapp import registers
from mentorapp.fields import (
    Answers,
    Choice,
    Count,
    Day,
    Field,
    Flag,
    Many,
    Merge,
    Moment,
    Plain,
    Ref,
    Text,
    fields_of,
    for_each_kind,
)
from mentorapp.records import BY_KIND, Record
from mentorapp.registers import State

R = TypeVar("R", bound=Record)


class Column(NamedTuple):
    """How one kind of field lies in a table. `to_sql` takes the plain value and raises ValueError if it is not of its shape."""

    sql: str
    to_sql: Callable[[Plain], Any]
    from_sql: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _words(plain: Plain) -> str:
    if plain is None:
        return ""
    if type(plain) is not str:
        raise ValueError("no text")
    return plain


def _code(plain: Plain) -> str | None:
    return None if plain is None else _words(plain)


def _whole(plain: Plain) -> int | None:
    if plain is not None and (type(plain) is not int or abs(plain) >= 1 << 63):
        raise ValueError("no whole number that a table can hold")
    return plain


def _flag(plain: Plain) -> int:
    return int(Flag(label="").value(plain))


def _day(plain: Plain) -> Plain:
    Day(label="").value(plain)
    return plain


_MOMENT = Moment(label="")


def _moment(plain: Plain) -> Plain:
    # Written alike, so that the column sorts by time whoever wrote it.
    return _MOMENT.plain(_MOMENT.value(plain))


_SET = Many(label="", of=Text(label=""))
_ANSWERS = Answers(label="")


def _set(plain: Plain) -> str:
    return json.dumps(_SET.value(plain), ensure_ascii=False, separators=(",", ":")) if plain else "[]"


COLUMNS: Mapping[type[Field], Column] = {
    Text: Column("TEXT NOT NULL DEFAULT ''", _words, _same),
    Count: Column("INTEGER", _whole, _same),
    Day: Column("TEXT", _day, lambda text: text and date.fromisoformat(text)),
    Moment: Column("TEXT", _moment, lambda text: text and datetime.fromisoformat(text)),
    Choice: Column("TEXT", _code, _same),
    Many: Column("TEXT NOT NULL DEFAULT '[]'", _set, lambda text: tuple(json.loads(text))),
    Ref: Column("TEXT", _code, _same),
    Flag: Column("INTEGER NOT NULL DEFAULT 0", _flag, bool),
    Answers: Column("TEXT NOT NULL DEFAULT ''", _ANSWERS.value, _same),
}
"""A column for every kind of field."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises on a value that is none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = ((day.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1) for day in (datetime.min, datetime.max))

_STORE_COLUMNS = (("created", "TEXT"), ("changed", "TEXT"), ("conflicts", "INTEGER NOT NULL DEFAULT 0"))


@for_each_kind
def columns(record: type[Record]) -> tuple[tuple[str, str], ...]:
    """The (name, SQL type and constraints) of each column that a kind's table must have, in order."""
    declared = tuple((name, COLUMNS[type(field)].sql) for name, field in fields_of(record).items())
    return (("id", "TEXT PRIMARY KEY NOT NULL"), *declared, *_STORE_COLUMNS)


def create(record: type[Record]) -> str:
    """The statement that makes a kind's table as the declarations say."""
    lines = ",\n    ".join(f"{name} {sql}" for name, sql in columns(record))
    return f"CREATE TABLE {record.kind} (\n    {lines}\n) STRICT, WITHOUT ROWID"


@for_each_kind
def _readers(record: type[Record]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((name, COLUMNS[type(field)].from_sql) for name, field in fields_of(record).items())


@for_each_kind
def select(record: type[Record]) -> str:
    """The SELECT of a kind's declared columns, without a WHERE."""
    names = ", ".join(("id", *fields_of(record)))
    return f"SELECT {names} FROM {record.kind}"


def from_row(record: type[R], row: tuple[Any, ...]) -> R:
    """The record of a row that `select` gave."""
    values = {name: read(value) for (name, read), value in zip(_readers(record), row[1:], strict=True)}
    return record(id=row[0], **values)


@for_each_kind
def upsert(record: type[Record]) -> str:
    """The statement that writes a whole row: id, declared fields, created, changed, conflicts."""
    names = [name for name, _ in columns(record)]
    kept = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("id", "created"))
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {record.kind} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {kept}"


@for_each_kind
def writers(record: type[Record]) -> tuple[tuple[str, Merge, Callable[[Plain], Any]], ...]:
    """For each declared field, in the order of the columns: its name, its merge rule, and how its plain value is written."""
    return tuple((name, field.rule, COLUMNS[type(field)].to_sql) for name, field in fields_of(record).items())


def moment(seconds: int) -> datetime:
    """The moment of a stamp; one beyond what a calendar can write (a clock gone wild) is the nearest that it can."""
    # By arithmetic: Windows' C library knows no time before 1970.
    return _EPOCH + timedelta(seconds=min(max(seconds, _FIRST), _LAST))


def shown_of(state: State) -> tuple[dict[str, Plain], int]:
    """The plain value that each declared field shows, and how many of them ask. Empty for a kind that this version does not know."""
    kind = BY_KIND.get(state.kind)
    shown: dict[str, Plain] = {}
    conflicts = 0
    for name, rule, _ in writers(kind) if kind else ():
        register = state.registers.get(name)
        if register is not None:
            value, asks = registers.shown(register, rule, state.stamps)
            # A value that cannot be read stays in its register and shows as empty until an upgrade knows it.
            with contextlib.suppress(*UNREADABLE):
                shown[name] = msgspec.msgpack.decode(value)
            conflicts += asks
    if registers.voiding_raced(state):
        shown["voided"] = False
        conflicts += 1
    return shown, conflicts


def scope_shown(state: State, shown: Mapping[str, Plain]) -> str:
    """The scope that a record lies in, of a kind that this version does not know too; "" if it names none."""
    found: object = shown.get("scope")
    register = state.registers.get("scope")
    if register and state.kind not in BY_KIND:
        with contextlib.suppress(*UNREADABLE):
            found = msgspec.msgpack.decode(registers.shown(register, Merge.ask, state.stamps).value)
    return found if isinstance(found, str) else ""


def to_row(kind: type[Record], id: str, shown: Mapping[str, Plain]) -> list[Any]:
    """The id and the declared values as a kind's table holds them. A value of a later version's shape is empty there."""
    row: list[Any] = [id]
    for name, _, to_sql in writers(kind):
        try:
            row.append(to_sql(shown.get(name)))
        except ValueError:
            row.append(to_sql(None))
    return row
