"""The databases that a server may keep its ledger in, each tried where it is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import postgres as pg
from tests.faults.postgres import Postgres
from tests.faults.processes import Processes

Make = Callable[..., Processes]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of our own; skips where its binaries are missing."""
    if not pg.is_here():
        pytest.skip("no PostgreSQL is installed here")
    found = Postgres()
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database, or "" for the server's own file."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres").url())


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Make]:
    """Makes nurseries of processes, all of which are gone at the end, whatever happened."""
    made: list[Processes] = []

    def make(url: str = "", broken: str = "", name: str = "at") -> Processes:
        made.append(Processes(tmp_path / name, url, broken))
        return made[-1]

    yield make
    for one in made:
        one.close()
