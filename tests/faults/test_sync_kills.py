"""Kill -9 of the server and of laptops, again and again, in the middle of syncing: every save survives and both ends converge."""

import contextlib
import os
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

NURSERY = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.store import Store
from sync import client
from sync.client.http import Line
from sync.server import console

def serve(data, port):
    console.main(["--data", data, "--port", port])

def work(path, mentorship, person):
    store = Store(Path(path), b"k" * 32)
    while True:
        for _ in range(4):
            session = Session(id=new_id(), mentorship=mentorship, status="held", notes="x" * 3000)
            store.save(session, by=person, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
            print(session.id, flush=True)
        try:
            client.run(store, connect=1.0, silence=3.0)
        except client.SyncError:
            pass

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    verb, out, *words = line.rstrip().split("|")
    child = os.fork()
    if child == 0:
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
        os.dup2(1, 2)
        {"serve": serve, "work": work}[verb](*words)
        os._exit(0)
    print(child, flush=True)
"""
"""Loads the program once and forks real processes from it, so that twenty starts cost no more than one."""


class Processes:
    """The server's process and the laptop's, each as its own, killed by their numbers alone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server, self.laptop = folder, 0, 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        pipe = subprocess.PIPE
        self._nursery = subprocess.Popen([sys.executable, "-c", NURSERY], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}"

    def _born(self, *words: str) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write("|".join(words) + "\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def serve(self) -> None:
        """Start the server and wait until it listens."""
        self.server = self._born("serve", str(self.folder / "server.log"), str(self.folder / "server"), str(self.port))
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.02)
        raise AssertionError((self.folder / "server.log").read_text())

    def work(self, path: Path, *words: str) -> None:
        """Start a laptop that saves and syncs without end, and wait until it has saved something more."""
        before = len(self.saved())
        self.laptop = self._born("work", str(self.folder / "saved"), str(path), *words)
        for _ in range(1000):
            if len(self.saved()) > before:
                return
            time.sleep(0.01)
        raise AssertionError((self.folder / "saved").read_text()[-2000:])

    def saved(self) -> set[str]:
        """The ids of what laptops said they had saved; a line cut short said nothing."""
        file = self.folder / "saved"
        return set(file.read_text().split("\n")[:-1]) if file.exists() else set()

    @staticmethod
    def kill(process: int) -> None:
        """As a power cut would."""
        os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(process, 0)
                time.sleep(0.002)

    def close(self) -> None:
        """Leave no process behind."""
        for process in (self.server, self.laptop):
            with contextlib.suppress(ProcessLookupError):
                if process:
                    self.kill(process)
        self._nursery.communicate(timeout=10)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Processes that are gone at the end, whatever happened."""
    found = Processes(tmp_path)
    yield found
    found.close()


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

    kills = 0
    while kills < 24:
        processes.work(path, pair, person)
        for _ in range(chance.choice((0, 1, 1, 2))):
            time.sleep(chance.uniform(0.0, 0.3))
            processes.kill(processes.server)
            processes.serve()
            kills += 1
        time.sleep(chance.uniform(0.0, 0.3))
        processes.kill(processes.laptop)
        kills += 1
    processes.laptop, saved = 0, processes.saved()

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
