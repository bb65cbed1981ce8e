"""Kill -9 of the server, of the database and of laptops, again and again, in the middle of syncing: every save survives and all converge.

After each round, while nobody runs, what every store and the ledger say is held against each other: what a laptop does not count as
waiting is at the server, what lies before its cursor is with it, and what was said to be saved is there. That the checks can fail is
shown by breaking one rule at a time in the processes themselves.
"""

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mentorapp.clock import new_id
from mentorapp.records import Mentorship, Person, Session
from mentorapp.registers import State, unpack
from mentorapp.store import Store
from sync import client
from sync.client.words import SyncError
from sync.server import accounts, tables
from sync.server.database import Database, opened
from sync.server.reached import unpacked
from sync.server.reading import Place
from tests.faults.breaking import BREAKS
from tests.faults.conftest import Make
from tests.faults.postgres import Postgres
from tests.faults.processes import Processes, seed, until
from tests.strategies import DEEP
from tests.sync.conftest import KEY, blank

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Story:
    """Two laptops of one mentor who save, edit and synchronise, and a server; all of them are killed in each round."""

    def __init__(self, processes: Processes, begun: int, postgres: Postgres | None = None) -> None:
        self.processes, self.postgres, self.seed = processes, postgres, begun
        self.chance = random.Random(begun)
        self.kills = self.crashes = 0
        processes.serve()
        self.paths = [processes.folder / f"laptop{number}.db" for number in (1, 2)]
        self.person, _ = map(self._linked, self.paths)
        mentee, self.pair = new_id(), new_id()
        store = Store(self.paths[0], KEY)
        store.save(Person(id=mentee, name="Joseph K."), by=self.person, at=NOW)
        store.save(Mentorship(id=self.pair, mentors=(self.person,), mentees=(mentee,)), by=self.person, at=NOW)
        client.run(store)
        store.close()

    def _ledger(self) -> Database:
        return opened(self.processes.url)

    def _linked(self, path: Path) -> str:
        database = self._ledger()
        with database.writing() as connection:
            office = connection.execute(select(tables.office)).one().id
            code = accounts.new_code(connection, office, "grace", role="mentor", now=datetime.now(UTC))
        database.close()
        path.write_bytes(blank().store)
        store = Store(path, KEY)
        link = client.enrolled(store, client.enrol(address=self.processes.address, code=code, device=path.name))
        store.close()
        return link.person

    def round(self) -> None:
        """All work; then the server, the database or a laptop is killed, some more than once; at last all lie still, and are looked at."""
        chance, processes = self.chance, self.processes
        before = {path: len(processes.lines(path)) for path in self.paths}
        working = [processes.work(path, self.pair, self.person, chance.getrandbits(32)) for path in self.paths]
        # However busy the machine is, each has tried to exchange once: what a kill may break is under way.
        for path in self.paths:
            until(lambda path=path: len(processes.lines(path)) > before[path] + 4, "a laptop does not go on", 60)
        for _ in range(chance.choice((0, 1, 1, 2))):
            time.sleep(chance.uniform(0.0, 0.25))
            if self.postgres and chance.random() < 0.4:
                self.postgres.crash()
                self.crashes += 1
                time.sleep(chance.uniform(0.0, 0.1))
                self.postgres.start()
                assert processes.listens(), "the server ended with its database"
            else:
                self.kill(processes.server)
                processes.serve()
        time.sleep(chance.uniform(0.0, 0.25))
        for process in chance.sample([*working, processes.server], 3):
            self.kill(process)
            time.sleep(chance.choice((0, 0, chance.uniform(0, 0.05))))
        if self.postgres and chance.random() < 0.5:
            self.postgres.crash()
            self.crashes += 1
            self.postgres.start()
        self.look()
        processes.serve()

    def rounds(self, most: int) -> None:
        """So many rounds."""
        for _ in range(most):
            self.round()

    def kill(self, process: int) -> None:
        """Kill a process, and count that."""
        self.processes.kill(process)
        self.kills += 1

    def saved(self, path: Path) -> dict[str, int]:
        """What a laptop said it had saved: how often each record."""
        return {id: int(times) for id, times in map(str.split, self.processes.lines(path))}

    def look(self) -> None:
        """While nobody runs: nobody holds for true what is not."""
        hint = f"MENTOR_SEED={self.seed}, after {self.kills} kills"
        database = self._ledger()
        with database.reading() as connection:
            rows = list(connection.execute(select(tables.record)))
        database.close()
        there = {row.id: unpack(row.kind, row.id, row.state) for row in rows}
        for path in self.paths:
            store = Store(path, KEY)
            assert store.is_well(), hint
            here = {state.id: state for state in store.all_states()}
            for id, times in self.saved(path).items():
                assert (store.get(Session, id).contact_minutes or 0) >= times, f"{hint}: saved, and not there"
            waiting = {row[0] for row in store.rows("SELECT DISTINCT id FROM outbox")}
            for id in here.keys() - waiting:
                assert id in there, f"{hint}: it waits for nothing, and the server lacks it"
                assert _covers(there[id], here[id]), f"{hint}: it waits for nothing, and the server lacks an edit"
            reached = unpacked(store.recall_bytes("cursor"))
            for row in rows:
                if reached.covers(Place(row.seq, row.id)):
                    assert row.id in here, f"{hint}: the cursor is past what is not here"
                    assert _covers(here[row.id], there[row.id]), f"{hint}: the cursor is past an edit that is not here"
            store.close()

    def end(self, third: Path) -> None:
        """At last the line holds: all converge, with a third laptop that never saw a kill."""
        hint = f"MENTOR_SEED={self.seed}"
        self.paths.append(third)
        self._linked(third)
        for path in (*self.paths, *self.paths):
            self._through(path, hint)
        found = []
        for path in self.paths:
            store = Store(path, KEY)
            found.append({state.id: state.registers for state in store.all_states()})
            for saver in self.paths[:2]:
                for id, times in self.saved(saver).items():
                    assert (store.get(Session, id).contact_minutes or 0) >= times, hint
            assert (store.pending_count(), store.put_aside()) == (0, []), hint
            assert all(len(r.siblings) == 1 for some in found[-1].values() for r in some.values()), hint
            store.close()
        assert found[0] == found[1] == found[2], hint

    def _through(self, path: Path, hint: str) -> None:
        for _ in range(5):
            store = Store(path, KEY)
            try:
                assert client.run(store).agrees, hint
                return
            except SyncError as said:
                last = said
            finally:
                store.close()
        raise AssertionError(f"{hint}: the exchange never went through: {last.reason}")


def _covers(one: State, other: State) -> bool:
    """Whether a record as one has it includes every save of it that the other knows."""
    for name, register in other.registers.items():
        known = dict(one.registers[name].context) if name in one.registers else {}
        if any(known.get(replica, 0) < counter for replica, counter in register.context):
            return False
    return True


@pytest.fixture
def story(processes: Make, url: str, request: pytest.FixtureRequest) -> Story:
    postgres = request.getfixturevalue("postgres") if url else None
    return Story(processes(url), seed(), postgres)


@pytest.mark.timeout(1800 if DEEP else 120)
def test_kills_of_either_side_lose_nothing_and_all_converge(story: Story, tmp_path: Path) -> None:
    while story.kills < (300 if DEEP else 10 if story.postgres else 20):
        story.round()
    story.end(tmp_path / "third.db")
    assert story.crashes or not story.postgres


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_a_broken_rule_is_noticed_by_the_kills(rule: str, processes: Make) -> None:
    story = Story(processes(broken=rule), seed())
    with pytest.raises(AssertionError, match=r"not there|lacks|past"):
        story.rounds(14)


def test_what_a_kill_cannot_show_is_asked_of_both_databases(tmp_path: Path) -> None:
    """The system keeps what a killed process wrote; a power cut does not. So each must wait for the disk at every commit."""
    store = Store(tmp_path / "store.db", KEY)
    assert store.rows("PRAGMA synchronous") == [(2,)]
    store.close()
    database = opened(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()


def test_what_a_kill_cannot_show_is_asked_of_postgresql(postgres: Postgres) -> None:
    database = opened(postgres.url())
    with database.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    database.close()
