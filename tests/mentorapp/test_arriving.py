"""Records written many at once are written as each one alone would be: row, registers, index of words, all."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.registers import Simple, State
from mentorapp.store import Store
from sync import wire
from tests.mentorapp.sessions import NOON, opened
from tests.mentorapp.test_store import everything
from tests.sync import records

_SEARCHES = ("SELECT * FROM search_vocab ORDER BY term, doc", "SELECT rowid FROM search ORDER BY rowid")


def _arrivals(states: list[State]) -> list[State | Simple]:
    return [one for frame in wire.read(wire.stream(states)) for part in frame for one in wire.arrivals(part)]


def _words(store: Store) -> list[list[tuple[object, ...]]]:
    store.connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_vocab USING fts5vocab ('main', 'search', 'instance')"
    )
    return [store.rows(sql) for sql in _SEARCHES]


def _compared(folder: Path, some: list[State]) -> None:
    with opened(folder / "at once", folder / "one by one") as (many, single):
        for store in (many, single):
            store.remember_bytes("replica", b"r" * 8)
            store.replica = b"r" * 8
        arrived = _arrivals(some)
        many.absorb(arrived, at=NOON)
        for one in arrived:
            single.absorb([registers.whole(one)], at=NOON)
        assert _kept(many) == _kept(single)


def _kept(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """What is in the tables, but for the number of a row, which says in what order they were written."""
    rows = {name: rows for name, rows in everything(store).items() if not name.startswith(("search", "_sqlite"))}
    return rows | {name: sorted(row[1:] for row in rows[name]) for name in ("registers", "history")}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(records.states, max_size=8), again=st.booleans())
def test_arbitrary_records_are_written_as_one_by_one(tmp_path_factory, some: list[State], again: bool) -> None:
    _compared(tmp_path_factory.mktemp("stores"), [*some, *(some[:3] if again else [])])


def test_sessions_are_written_and_found_as_one_by_one(tmp_path: Path) -> None:
    some = [state for state, _ in records.sessions(60)]
    voided = registers.first(next(iter(some[0].dots())), b"\xc3")
    some[0] = State("session", some[0].id, {**some[0].registers, "voided": voided}, some[0].stamps)
    unread = registers.first(next(iter(some[1].dots())), b"\xa2\xff\xfe")
    some[1] = State("session", some[1].id, {**some[1].registers, "notes": unread}, some[1].stamps)
    _compared(tmp_path, some)
    with opened(tmp_path / "at once", tmp_path / "one by one") as (many, single):
        assert _words(many) == _words(single)
        assert len(_words(many)[0]) > 1000
        assert many.search(some[0].id) == []
