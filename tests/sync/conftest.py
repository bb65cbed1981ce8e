"""A real server on the loopback, real laptops, and the office they belong to."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
import uvicorn
from sqlalchemy import select

from mentorapp.clock import SetClock, new_id
from mentorapp.records import Mentorship, Person, Session
from mentorapp.store import Store
from mentorapp.store.database import open_database
from sync import client
from sync.server import accounts
from sync.server.app import Server, application
from sync.server.database import Database, opened
from sync.server.limits import Limit
from sync.server.listening import configuration

KEY = b"k" * 32
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FREE = Limit(burst=1e9, rate=1e9)


def noise(length: int) -> str:
    """Text that does not compress much."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=length))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an application that answers on the loopback while this lasts."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so that asyncio sets TCP_NODELAY
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(configuration(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        sock.close()


class Blank(NamedTuple):
    """A ledger and a store as they are before anything is in them: made once, copied for each test."""

    ledger: bytes
    store: bytes


@cache
def blank() -> Blank:
    """The migrations run once a process, not once a test."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        opened(f"sqlite:///{folder / 'ledger.sqlite'}").close()
        open_database(folder / "store.db", KEY).close()
        return Blank((folder / "ledger.sqlite").read_bytes(), (folder / "store.db").read_bytes())


class Office:
    """A server with one office, as its console would set it up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SetClock(MONDAY)
        self.server = Server(database, "the office", self.clock, calls=FREE, knocks=FREE)
        with database.writing() as connection:
            self.id = accounts.new_office(connection, "Country office")
        self.address = ""

    def code(self, name: str, role: str = "mentor") -> str:
        """A code for somebody's laptop."""
        with self.database.writing() as connection:
            return accounts.new_code(connection, self.id, name, role=role, now=self.clock.now())

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table of the ledger."""
        with self.database.reading() as connection:
            return list(connection.execute(select(table)))


class Laptop:
    """A store with somebody at it."""

    def __init__(self, office: Office, folder: Path, name: str, content: bytes = b"") -> None:
        self.office, self.name = office, name
        self.path = folder / f"{name}-{len(list(folder.glob('*.db')))}.db"
        self.path.write_bytes(content or blank().store)
        self.store = Store(self.path, KEY)
        self.clock = SetClock(MONDAY)
        self.person = ""

    def enrol(self, *, role: str = "mentor", code: str = "") -> None:
        """Link this laptop to the server."""
        enrolment = client.enrol(
            address=self.office.address,
            code=code or self.office.code(self.name, role),
            device=self.name,
            person=self.person,
        )
        client.enrolled(self.store, enrolment)
        self.person = enrolment.person

    def save(self, after: Any, before: Any = None) -> Any:
        """Save a record as this laptop's mentor, a minute after the last one."""
        self.clock.forward(minutes=1)
        self.store.save(after, by=self.person, at=self.clock.now(), before=before)
        return after

    def pair(self, *mentors: str, mentee: str = "") -> Mentorship:
        """A mentorship with a mentee who is new, unless named."""
        if not mentee:
            mentee = self.save(Person(id=new_id(), name="Joseph K.")).id
        return self.save(Mentorship(id=new_id(), mentors=mentors or (self.person,), mentees=(mentee,)))

    def session(self, mentorship: str, **fields: Any) -> Session:
        """A session recorded on this laptop."""
        return self.save(Session(id=new_id(), mentorship=mentorship, status="held", **fields))

    def sync(self, **options: Any) -> client.Result:
        """Synchronise until nothing is left."""
        return client.run(self.store, clock=self.clock, **options)

    def states(self) -> dict[str, Any]:
        """The registers of everything that may leave this laptop."""
        return {state.id: state.registers for state in self.store.all_states()}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A running server on SQLite with one office."""
    (tmp_path / "ledger.sqlite").write_bytes(blank().ledger)
    database = opened(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    office = Office(database)
    with serving(application(office.server)) as office.address:
        yield office
    database.close()


@pytest.fixture
def laptop(office: Office, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """Makes laptops, enrolled unless told otherwise, and closes them at the end."""
    made: list[Laptop] = []

    def make(name: str, *, enrol: bool = True, role: str = "mentor", code: str = "", content: bytes = b"") -> Laptop:
        one = Laptop(office, tmp_path, name, content)
        made.append(one)
        if enrol:
            one.enrol(role=role, code=code)
        return one

    yield make
    for one in made:
        one.store.close()
