"""Statements that are put together once a process and then only run: building one anew costs several times its running.

They are SQLAlchemy Core like any other, compiled for the database that they first meet. What comes back are plain tuples in the order of
the columns, as the driver gives them: on SQLite a truth is 0 or 1.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError


class _Ready(NamedTuple):
    sql: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]


class Prepared:
    """One statement; `make` gives it for a dialect's name, its parameters as bindparams by name."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._ready: dict[str, _Ready] = {}
        self._lock = Lock()

    def _for(self, connection: Connection) -> _Ready:
        name = connection.dialect.name
        ready = self._ready.get(name)
        if ready is None:
            with self._lock:
                ready = self._ready[name] = self._compiled(connection)
        return ready

    def _compiled(self, connection: Connection) -> _Ready:
        statement: Executable = self._make(connection.dialect.name) if callable(self._make) else self._make
        compiled = statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]
        order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return _Ready(str(compiled), order, fixed)

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """What it selects with these parameters."""
        return list(self._executed(connection, values).fetchall())

    def row(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first of what it selects, None if that is nothing."""
        found: tuple[Any, ...] | None = self._executed(connection, values).fetchone()
        return found

    def run(self, connection: Connection, **values: Any) -> None:
        """Run it with these parameters."""
        self._executed(connection, values)

    def run_each(self, connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        """Run it once for each of these sets of parameters."""
        ready = self._for(connection)
        given = [_given(ready, row) for row in rows]
        if given:
            cursor = connection.connection.cursor()
            try:
                cursor.executemany(ready.sql, given)
            except connection.dialect.loaded_dbapi.Error as reason:
                raise _told(ready, reason) from reason

    def _executed(self, connection: Connection, values: dict[str, Any]) -> Any:
        # By the driver's own cursor: what SQLAlchemy adds around a result takes longer than SQLite takes to find it.
        ready = self._for(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, _given(ready, values))
        except connection.dialect.loaded_dbapi.Error as reason:
            raise _told(ready, reason) from reason
        return cursor


def _told(ready: _Ready, reason: Exception) -> DBAPIError:
    """The driver's error as SQLAlchemy's, as for every other statement."""
    return DBAPIError(ready.sql, None, reason, hide_parameters=True)


def _given(ready: _Ready, values: dict[str, Any]) -> Any:
    if ready.order is None:
        return {**ready.fixed, **values}
    if ready.fixed:
        values = {**ready.fixed, **values}
    return [values[name] for name in ready.order]


def putting(table: Table, *, replacing: bool = True) -> Prepared:
    """Inserts rows, each a value for every column, or, where their key is there, replaces them or lets them be."""

    def make(dialect: str) -> Executable:
        insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
        statement = insert.values({column.name: bindparam(column.name) for column in table.columns})
        keys = [column.name for column in table.primary_key]
        others = [column.name for column in table.columns if not column.primary_key]
        if replacing and others:
            fresh = {name: statement.excluded[name] for name in others}
            statement = statement.on_conflict_do_update(index_elements=keys, set_=fresh)
        else:
            statement = statement.on_conflict_do_nothing()
        return statement  # type: ignore[no-any-return]

    return Prepared(make)


SIZES = (1, 8, 64, 512)


class Among:
    """A statement about several things at once: `make` gives it for so many bindparams `it0`, `it1`, …"""

    def __init__(self, make: Any) -> None:
        self._sized = {size: Prepared(make([bindparam(f"it{n}") for n in range(size)])) for size in SIZES}

    def rows(self, connection: Connection, wanted: list[str], **values: Any) -> list[tuple[Any, ...]]:
        """What it selects about these."""
        found: list[tuple[Any, ...]] = []
        for at in range(0, len(wanted), SIZES[-1]):
            some = wanted[at : at + SIZES[-1]]
            size = next(one for one in SIZES if one >= len(some))
            some += some[-1:] * (size - len(some))  # the same thing twice selects it once
            named = {f"it{n}": one for n, one in enumerate(some)}
            found += self._sized[size].rows(connection, **named, **values)
        return found
