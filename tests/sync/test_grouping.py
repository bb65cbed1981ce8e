"""Intentions that meet at one SQLite file share a commit, and nothing else: each is whole or not at all, and nobody is told too early."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import DBAPIError

from sync.server import tables
from sync.server.database import Database, opened
from sync.server.grouping import MOST_TOGETHER
from tests.sync.conftest import blank

Write = Callable[[Connection], None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A ledger on SQLite."""
    (tmp_path / "ledger.sqlite").write_bytes(blank().ledger)
    found = opened(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield found
    found.close()


def _office(name: str) -> Write:
    return lambda connection: connection.execute(insert(tables.office).values(id=name, name=name, seq=0)) and None


def _offices(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(select(tables.office.c.id)).scalars())


def _together(database: Database, writes: list[Write]) -> list[BaseException | None]:
    """All of these at once: the first is within until all others wait."""
    came: dict[int, BaseException | None] = {}
    inside, go_on = threading.Event(), threading.Event()

    def one(number: int) -> None:
        try:
            with database.writing() as connection:
                inside.set()
                assert go_on.wait(10)
                writes[number](connection)
            came[number] = None
        except BaseException as reason:  # noqa: BLE001 - each is looked at by the test
            came[number] = reason

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(writes))]
    threads[0].start()
    assert inside.wait(10)
    for thread in threads[1:]:
        thread.start()
    until = time.monotonic() + 10
    while database._writers._waiting < len(writes) - 1 and time.monotonic() < until:
        time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(20)
    return [came[number] for number in range(len(writes))]


def _commits(database: Database) -> list[int]:
    counted: list[int] = []
    event.listen(database.engine, "commit", lambda _: counted.append(1))
    return counted


def test_those_who_wait_share_a_commit(database: Database) -> None:
    counted = _commits(database)
    assert _together(database, [_office(f"o{n}") for n in range(6)]) == [None] * 6
    assert _offices(database) == {f"o{n}" for n in range(6)}
    assert len(counted) == 2  # and the reading


def test_no_group_is_endless(database: Database) -> None:
    counted = _commits(database)
    many = 2 * MOST_TOGETHER + 1
    assert _together(database, [_office(f"o{n}") for n in range(many)]) == [None] * many
    assert len(counted) >= 3


@pytest.mark.parametrize("place", range(4))
def test_who_fails_takes_nobody_along(database: Database, place: int) -> None:
    def bad(connection: Connection) -> None:
        _office("half")(connection)
        raise ValueError("not this one")

    writes: list[Write] = [_office(f"o{n}") for n in range(4)]
    writes[place] = bad
    came = _together(database, writes)
    assert [type(one) for one in came] == [ValueError if n == place else type(None) for n in range(4)]
    assert _offices(database) == {f"o{n}" for n in range(4) if n != place}


def test_whose_statement_fails_takes_nobody_along(database: Database) -> None:
    def twice(connection: Connection) -> None:
        _office("o0")(connection)

    came = _together(database, [_office("o0"), twice, _office("o2")])
    assert came[0] is None
    assert isinstance(came[1], DBAPIError)
    assert came[2] is None
    assert _offices(database) == {"o0", "o2"}


def test_where_the_database_gives_all_up_nobody_is_told_that_it_was_kept(database: Database) -> None:
    """As SQLite does by itself when the disk is full."""

    def lost(connection: Connection) -> None:
        connection.connection.cursor().execute("ROLLBACK")
        raise OSError("the disk")

    came = _together(database, [_office("o0"), lost, _office("o2")])
    kept = {f"o{n}" for n, one in enumerate(came) if one is None}
    assert _offices(database) == kept
    assert isinstance(came[0], DBAPIError)
    assert isinstance(came[1], OSError)


def test_nobody_goes_on_before_the_commit(database: Database) -> None:
    seen: list[bool] = []

    def looked(name: str) -> Write:
        def write(connection: Connection) -> None:
            _office(name)(connection)
            seen.append(name in _offices(database))

        return write

    came = _together(database, [looked("o0"), looked("o1")])
    assert came == [None, None]
    assert seen == [False, False]


def test_a_thread_alone_commits_at_once(database: Database) -> None:
    began = time.monotonic()
    for n in range(3):
        with database.writing() as connection:
            _office(f"o{n}")(connection)
        assert f"o{n}" in _offices(database)
    assert time.monotonic() - began < 5
