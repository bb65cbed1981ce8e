"""Columns and codecs derived from the declarations: how a field's value lies in a STRICT table.

One table a kind, named as the kind. Its columns: `id`, one for each declared field in the order of declaration, then what the store
adds (`created`, `changed`: when, by the savers' clocks; `conflicts`: how many fields ask).
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from mentorapp.fields import (
    Answers,
    Choice,
    Count,
    Day,
    Field,
    Flag,
    Many,
    Moment,
    Ref,
    Text,
    fields_of,
    for_each_kind,
)
from mentorapp.records import Record

R = TypeVar("R", bound=Record)


class Column(NamedTuple):
    """How one kind of field lies in a table."""

    sql: str
    to_sql: Callable[[Any], Any]
    from_sql: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _json(value: tuple[str, ...]) -> str:
    return json.dumps(list(value), ensure_ascii=False, separators=(",", ":"))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _of_moment(value: datetime | None) -> str | None:
    return None if value is None else str(Moment(label="").plain(value))


COLUMNS: Mapping[type[Field], Column] = {
    Text: Column("TEXT NOT NULL DEFAULT ''", _same, _same),
    Count: Column("INTEGER", _same, _same),
    Day: Column("TEXT", lambda value: value and value.isoformat(), _day),
    Moment: Column("TEXT", _of_moment, _moment),
    Choice: Column("TEXT", _same, _same),
    Many: Column("TEXT NOT NULL DEFAULT '[]'", _json, lambda text: tuple(json.loads(text))),
    Ref: Column("TEXT", _same, _same),
    Flag: Column("INTEGER NOT NULL DEFAULT 0", int, bool),
    Answers: Column("TEXT NOT NULL DEFAULT ''", _same, _same),
}
"""A column for every kind of field."""

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


def to_row(record: Record) -> list[Any]:
    """The id and the declared values of a record as its table holds them."""
    fields = fields_of(type(record))
    return [record.id, *(COLUMNS[type(field)].to_sql(getattr(record, name)) for name, field in fields.items())]
