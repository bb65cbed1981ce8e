"""Kill -9 of the server and of laptops, again and again, in the middle of syncing: every save survives and both ends converge."""

import contextlib
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mentorapp.clock import new_id
from mentorapp.records import Mentorship, Person, Session
from mentorapp.store import Store
from sync import client
from sync.client.words import SyncError
from sync.server import accounts, tables
from sync.server.database import opened

KEY = b"k" * 32
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

LAPTOP = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.store import Store
from sync import client
from sync.client.http import Line

store = Store(Path(sys.argv[1]), b"k" * 32)
mentorship, person = sys.argv[2:4]
print("ready", flush=True)
while True:
    for _ in range(4):
        session = Session(id=new_id(), mentorship=mentorship, status="held", notes="x" * 3000)
        store.save(session, by=person, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        print(session.id, flush=True)
    try:
        client.run(store, connect=1.0, silence=3.0)
    except client.SyncError:
        pass
"""


class Processes:
    """The server's process and the laptop's, each as its own, killed by their numbers alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        """Start the server and wait until it listens."""
        command = [sys.executable, "-m", "sync.server", "--data", self.folder / "server", "--port", str(self.port)]
        quiet = subprocess.DEVNULL
        self.server = subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet)
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill_server(self) -> None:
        """As a power cut would."""
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait(timeout=10)

    def laptop(self, path: Path, *words: str) -> subprocess.Popen[str]:
        """Start a laptop that saves and syncs without end, and wait until it has begun."""
        command = [sys.executable, "-c", LAPTOP, str(path), *words]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Processes that are gone at the end, whatever happened."""
    found = Processes(tmp_path)
    yield found
    if found.server and found.server.poll() is None:
        found.kill_server()


def _code(folder: Path, name: str) -> str:
    database = opened(f"sqlite:///{folder / 'server' / 'ledger.sqlite'}")
    with database.writing() as connection:
        office = connection.execute(tables.office.select()).one().id
        code = accounts.new_code(connection, office, name, role="mentor", now=datetime.now(UTC))
    database.close()
    return code


def _linked(processes: Processes, path: Path) -> tuple[Store, str]:
    store = Store(path, KEY)
    code = _code(processes.folder, "grace")
    link = client.enrolled(store, client.enrol(address=processes.address, code=code, device=path.name))
    return store, link.person


def test_twenty_kills_of_either_side_lose_nothing_and_both_ends_converge(processes: Processes, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    processes.serve()
    path = tmp_path / "laptop.db"
    store, person = _linked(processes, path)
    mentee, pair = new_id(), new_id()
    store.save(Person(id=mentee, name="Joseph K."), by=person, at=NOW)
    store.save(Mentorship(id=pair, mentors=(person,), mentees=(mentee,)), by=person, at=NOW)
    store.close()

    saved: set[str] = set()
    kills = 0
    while kills < 22:
        laptop = processes.laptop(path, pair, person)
        for _ in range(chance.choice((0, 1, 1))):
            time.sleep(chance.uniform(0.0, 0.4))
            processes.kill_server()
            processes.serve()
            kills += 1
        time.sleep(chance.uniform(0.0, 0.4))
        laptop.send_signal(signal.SIGKILL)
        kills += 1
        said, _ = laptop.communicate(timeout=10)
        saved.update(line for line in said.split("\n")[:-1])

    store = Store(path, KEY)
    assert store.is_well()
    assert {session.id for session in store.find(Session)} >= saved, seed
    _until_through(store)
    result = client.run(store)
    assert result.agrees, seed
    assert store.pending_count() == 0, seed
    assert store.put_aside() == [], seed

    other, _ = _linked(processes, tmp_path / "other.db")
    client.run(other)
    mine = {state.id: state.registers for state in store.all_states()}
    assert mine == {state.id: state.registers for state in other.all_states()}, seed
    assert mine.keys() >= saved, seed
    assert all(len(r.siblings) == 1 for registers in mine.values() for r in registers.values()), seed
    store.close()
    other.close()


def _until_through(store: Store) -> None:
    for _ in range(5):
        with contextlib.suppress(SyncError):
            client.run(store)
            return
    raise AssertionError("the exchange never went through")
