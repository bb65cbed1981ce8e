"""Many laptops at once: commits are numbered as they become visible, so that no cursor ever passes a record it has not given."""

import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine

from mentorapp.registers import State, join_states
from sync import client, protocol, wire
from sync.protocol import Changes, Done, Hello, Outcomes, Verdict
from sync.server import accounts, console, holdings, ledger, tables
from sync.server.accounts import Caller
from sync.server.database import Database, opened
from sync.server.visit import Visit
from tests.benchmarks.serving import Serving
from tests.sync import records
from tests.sync.conftest import MONDAY

_PG = Path("/usr/lib/postgresql/15/bin")
_WRITERS, _PUSHES, _EACH = 4, 10, 3


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same ledger on each database."""
    if request.param == "sqlite":
        found = opened(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        yield found
        found.close()
        return
    if not (_PG / "postgres").exists():
        pytest.skip("no PostgreSQL here")
    server = request.getfixturevalue("postgres")
    name = f"of_test_{next(_NUMBERS)}"
    first = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with first.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    first.dispose()
    found = opened(f"{server}/{name}")
    yield found
    found.close()


_NUMBERS = count()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own in a folder of its own, run by somebody who is not root."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, who.pw_uid, who.pw_gid)
    as_who = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **as_who}
    subprocess.run(
        [_PG / "initdb", "-D", data, "-U", "mentor", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True,
        **quiet,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [_PG / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"], **quiet
    )
    try:
        for _ in range(200):
            ready = subprocess.run([_PG / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"], check=False)
            if ready.returncode == 0:
                break
            threading.Event().wait(0.05)
        yield f"postgresql+psycopg://mentor@127.0.0.1:{port}"
    finally:
        server.send_signal(2)
        server.wait(timeout=20)
        shutil.rmtree(folder)


class Desk:
    """An office on a database, spoken to without a network."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as connection:
            self.identity = ledger.identity(connection, 0)
            self.office = accounts.new_office(connection, "Country office")

    def caller(self, name: str) -> Caller:
        """Somebody of this office with a laptop."""
        with self.database.writing() as connection:
            code = accounts.new_code(connection, self.office, name, role="mentor", now=MONDAY)
            let_in = accounts.enrol(
                connection, typed=code, device=name, person="", now=MONDAY, grant=holdings.welcome_caller
            )
            return accounts.caller_of(connection, let_in.token)

    def exchange(self, caller: Caller, cursor: bytes, *states: State, replica: bytes, cap: int = 2**20) -> list[object]:
        """What the server answers."""
        visit = Visit(self.database, self.identity, caller, "here", MONDAY)
        hello = Hello((1,), "0.1.0", replica, self.identity.epoch, cursor, cap, b"", b"n" * 8, 0, rate=10**9)
        for frame in wire.read(wire.stream([hello, *states])):
            visit.take(frame)
        return [one for frame in wire.read(visit.answer()) for one in frame]


def _ids(said: list[object]) -> set[str]:
    return {state.id for one in said if isinstance(one, Changes) for state in wire.states(one)}


def test_no_reader_ever_misses_what_commits_late(database: Database) -> None:
    desk = Desk(database)
    writers = [desk.caller(f"writer {number}") for number in range(_WRITERS)]
    reader = desk.caller("reader")
    errors: list[BaseException] = []

    def write(number: int) -> None:
        replica = bytes([number + 1]) * 8
        try:
            for push in range(_PUSHES):
                some = [
                    records.written(replica, 10 * push + one + 1, "w", push, {"scope": "office/", "notes": f"{number}"})
                    for one in range(_EACH)
                ]
                desk.exchange(writers[number], b"", *some, replica=replica, cap=1024)
        except BaseException as reason:  # noqa: BLE001 - shown by the test, whatever it is
            errors.append(reason)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(_WRITERS)]
    for thread in threads:
        thread.start()
    cursor, got, rounds = b"", set(), 0
    while True:
        alive = any(thread.is_alive() for thread in threads)
        said = desk.exchange(reader, cursor, replica=b"R" * 8, cap=1500)
        fresh = _ids(said)
        assert not fresh & got, "given twice"
        got |= fresh
        (done,) = [one for one in said if isinstance(one, Done)]
        cursor, rounds = done.cursor, rounds + 1
        if not alive and not done.more:
            break
    for thread in threads:
        thread.join()
    assert errors == []
    with database.reading() as connection:
        rows = list(connection.execute(tables.record.select()))
    assert got == {row.id for row in rows}
    assert len(got) == _WRITERS * _PUSHES * _EACH
    assert len({row.seq for row in rows}) == len(rows)
    assert rounds > 3


def test_two_who_write_one_record_at_once_both_stand(database: Database) -> None:
    desk = Desk(database)
    one, two = desk.caller("one"), desk.caller("two")
    id = records.written(b"a" * 8, 1, "a", 1, {"scope": "office/", "notes": "a"}).id
    sides = [(one, b"a" * 8), (two, b"b" * 8)]
    threads = [
        threading.Thread(
            target=desk.exchange,
            args=(
                caller,
                b"",
                records.written(replica, 1, "x", 1, {"scope": "office/", "notes": replica.decode()}, id),
            ),
            kwargs={"replica": replica},
        )
        for caller, replica in sides
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = desk.exchange(one, b"", replica=b"c" * 8)
    (state,) = [state for part in said if isinstance(part, Changes) for state in wire.states(part)]
    assert len(state.registers["notes"].values) == 2


def test_the_digest_is_what_the_reader_was_given(database: Database) -> None:
    desk = Desk(database)
    one = desk.caller("one")
    for counter in (1, 2, 3):
        some = records.written(b"a" * 8, counter, "a", 1, {"scope": "office/", "notes": f"{counter}"}, id="same" * 8)
        other = records.written(b"a" * 8, counter, "a", 1, {"scope": f"private/{one.person}", "notes": f"{counter}"})
        desk.exchange(one, b"", some, other, replica=b"a" * 8)
    said = desk.exchange(one, b"", replica=b"c" * 8)
    states = [state for part in said if isinstance(part, Changes) for state in wire.states(part)]
    (done,) = [part for part in said if isinstance(part, Done)]
    assert protocol.summed(map(protocol.fingerprint, states)) == int.from_bytes(done.digest)
    assert done.count == len(states) == 4


# --- several processes before one database ----------------------------------------------------------------------------


class Far:
    """A laptop without a store that exchanges with one server process now and with another then."""

    def __init__(self, servers: list[Serving], number: int) -> None:
        self._servers, self.replica, self._counter = servers, bytes([number]) * 8, 0
        at = servers[number % len(servers)]
        let_in = client.enrol(address=at.address, code=at.code(f"Mentor {number}"), device="laptop")
        self._headers = {
            "Authorization": f"Bearer {let_in.token}",
            "Content-Type": protocol.TYPE,
            "Content-Encoding": "br",
        }
        self._epoch = bytes.fromhex(let_in.epoch)
        self._cursor, self._prev, self._turn = b"", b"", number
        self._line = requests.Session()
        self.got: dict[str, State] = {}
        self.times: Counter[str] = Counter()

    def edited(self, id: str) -> State:
        """A save of this record, concurrent with everybody's."""
        return self.saved(id, notes=f"{self.replica.hex()} {self._counter}")

    def saved(self, id: str = "", **fields: object) -> State:
        """A save here."""
        self._counter += 1
        return records.written(self.replica, self._counter, "m", 1, {"scope": "office/", **fields}, id)

    def exchange(self, *some: State) -> Done:
        """Exchange with the next of the processes, the answer small; what it brings is taken in as a laptop does."""
        self._turn += 1
        upcoming = self.replica[:1] + self._turn.to_bytes(7)
        known = (self._epoch, self._cursor, 4000, self._prev, upcoming, 0)
        body = wire.stream([Hello(protocol.SPOKEN, "1", self.replica, *known, rate=10**9), *some])
        address = self._servers[self._turn % len(self._servers)].address
        with self._line.post(f"{address}/v1/sync", body, headers=self._headers, timeout=60, stream=True) as response:
            answer = response.raw.read(decode_content=False)
        assert response.status_code == 200, answer
        said = [one for frame in wire.read(answer) for one in frame]
        (outcomes,) = [one for one in said if isinstance(one, Outcomes)] or [Outcomes(0, b"", ())]
        assert outcomes.upto == len(some)
        assert {verdict for _, verdict, _ in outcomes.others} <= {Verdict.merged}
        brought = [state for one in said if isinstance(one, Changes) for state in wire.states(one)]
        self.times.update(state.id for state in brought)
        for state in (*some, *brought):
            self.got[state.id] = join_states(self.got[state.id], state) if state.id in self.got else state
        (done,) = [one for one in said if isinstance(one, Done)]
        self._cursor, self._prev = done.cursor, upcoming
        return done

    def settle(self) -> Done:
        """Exchange until there is no more."""
        while (done := self.exchange()).more:
            pass
        return done

    def close(self) -> None:
        """Hang up."""
        self._line.close()


@pytest.mark.slow
def test_two_server_processes_before_one_database_skip_nothing(postgres: str) -> None:
    name = f"of_two_{next(_NUMBERS)}"
    first = create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with first.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    first.dispose()
    with ExitStack() as stack:
        servers = [stack.enter_context(Serving(f"{postgres}/{name}")) for _ in range(2)]
        laptops = [Far(servers, number) for number in range(1, 6)]
        for one in laptops:
            stack.callback(one.close)
        _busy(laptops)
    told = [(protocol.summed(map(protocol.fingerprint, one.got.values())), len(one.got)) for one in laptops]
    assert len(set(told)) == 1, told
    assert told[0][1] == _WRITERS * _PUSHES * _EACH + 1
    again = [id for id, times in laptops[-1].times.items() if times > 1]
    assert again in ([], [_SHARED]), "given twice, though nobody changed it"


_SHARED = "5" * 32


def _busy(laptops: list[Far]) -> None:
    """All but the last write at once while all read; in the end each is told what it has."""
    errors: list[BaseException] = []
    writing = threading.Event()

    def work(one: Far, reads: bool) -> None:
        try:
            for _ in range(0 if reads else _PUSHES):
                one.exchange(*(one.saved(notes="own") for _ in range(_EACH)), one.edited(_SHARED))
            while reads and not writing.is_set():
                one.exchange()
        except BaseException as reason:  # noqa: BLE001 - shown by the test, whatever it is
            errors.append(reason)

    threads = [threading.Thread(target=work, args=(one, one is laptops[-1])) for one in laptops]
    for thread in threads:
        thread.start()
    for thread in threads[:-1]:
        thread.join()
    writing.set()
    threads[-1].join()
    assert errors == []
    for one in laptops:
        done = one.settle()
        mine = protocol.summed(map(protocol.fingerprint, one.got.values()))
        assert (int.from_bytes(done.digest), done.count) == (mine, len(one.got))


def test_the_database_is_what_the_environment_or_else_the_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MENTOR_DATABASE", f"sqlite:///{tmp_path / 'named.sqlite'}")
    assert console.main(["--data", str(tmp_path), "devices"]) == 0
    assert [one.name for one in tmp_path.glob("*.sqlite")] == ["named.sqlite"]
    asked = ["--data", str(tmp_path), "--database", f"sqlite:///{tmp_path / 'asked.sqlite'}", "devices"]
    assert console.main(asked) == 0
    assert sorted(one.name for one in tmp_path.glob("*.sqlite")) == ["asked.sqlite", "named.sqlite"]
