"""Two laptops of one mentor and a server's process, in a state to which all three can be put back at once."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from mentorapp.clock import SetClock, SystemClock, new_id
from mentorapp.records import Mentorship, Person, Record, Session
from mentorapp.store import Store
from sync import client
from sync.server import accounts, tables
from sync.server.database import Database, opened
from tests.faults.processes import Processes
from tests.faults.proxy import Proxy
from tests.sync.conftest import KEY, MONDAY, blank, noise

NOTES, PLACE = "As the first laptop has it.", "As the second laptop has it."


class Snapshot:
    """Everything in a ledger, to go back to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.reading() as connection:
            self.rows = {
                table: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in tables.metadata.sorted_tables
            }

    def restore(self) -> None:
        """Put the ledger back, as from a backup that nobody speaks of: its epoch stays."""
        with self.database.writing() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(table.insert(), rows)


class Laptop:
    """A store in a folder of its own, which is opened anew for each thing done with it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / name / "store.db"
        self.kept = folder / f"{name} kept"
        self.clock = SetClock(MONDAY)

    def begin(self, address: str, code: str) -> str:
        """Link a new store to a server; who is at it."""
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(blank().store)
        store = Store(self.path, KEY)
        enrolment = client.enrol(address=address, code=code, device=self.path.parent.name)
        client.enrolled(store, enrolment)
        store.remember(me=enrolment.person)
        store.close()
        return enrolment.person

    def save(self, *records: Record) -> None:
        """Save some new records."""
        store = Store(self.path, KEY)
        for one in records:
            store.save(one, by=store.recall("me"), at=MONDAY)
        store.close()

    def edit(self, id: str, **fields: Any) -> None:
        """Change a session that is here."""
        store = Store(self.path, KEY)
        before = store.get(Session, id)
        store.save(replace(before, **fields), before=before, by=store.recall("me"), at=MONDAY)
        store.close()

    def sync(self) -> client.Result:
        """Exchange until nothing is left. Raises SyncError."""
        store = Store(self.path, KEY)
        try:
            return client.run(store, clock=self.clock, connect=5.0, silence=10.0)
        finally:
            store.close()

    def keep(self) -> None:
        """Keep the store as it is, to go back to."""
        shutil.copytree(self.path.parent, self.kept)

    def restart_from_here(self) -> None:
        """Keep it as it is now instead."""
        shutil.rmtree(self.kept)
        self.keep()

    def restore(self) -> None:
        """As it was kept."""
        shutil.rmtree(self.path.parent)
        shutil.copytree(self.kept, self.path.parent)


class Scene:
    """The second laptop has sent what the first does not know; the first has edited the same record and recorded more."""

    def __init__(self, processes: Processes, proxy: Proxy, *, sessions: int, words: int) -> None:
        self.processes, self.proxy = processes, proxy
        processes.serve()
        proxy.server = processes.port
        self.database = opened(processes.url)
        with self.database.writing() as connection:
            office = connection.execute(select(tables.office.c.id)).scalar_one()
            codes = [
                accounts.new_code(connection, office, "grace", role="mentor", now=SystemClock().now()) for _ in "12"
            ]
        self.one, self.two = Laptop(processes.folder, "one"), Laptop(processes.folder, "two")
        me, _ = (laptop.begin(proxy.address, code) for laptop, code in zip((self.one, self.two), codes, strict=True))
        pair = Mentorship(id=new_id(), mentors=(me,), mentees=(new_id(),))
        self.both = Session(id=new_id(), mentorship=pair.id, status="held", notes="First.", place="First.")
        hers = [Session(id=new_id(), mentorship=pair.id, notes=noise(words)) for _ in range(sessions)]
        mine = [Session(id=new_id(), mentorship=pair.id, notes=noise(words)) for _ in range(sessions)]
        person = Person(id=pair.mentees[0], name="Joseph K.")
        self.one.save(person, pair, self.both)
        self.one.sync()
        self.two.sync()
        self.two.edit(self.both.id, place=PLACE)
        self.two.save(*hers)
        self.two.sync()
        self.one.edit(self.both.id, notes=NOTES)
        self.one.save(*mine)
        self.ids = {one.id for one in (person, pair, self.both, *hers, *mine)}
        self.snapshot = Snapshot(self.database)
        self.one.keep()
        self.two.keep()

    def begin(self) -> None:
        """Everything as it was in the beginning."""
        self.snapshot.restore()
        self.one.restore()
        self.two.restore()

    def restart_from_here(self) -> None:
        """From now on, the ledger is put back to what it is now."""
        self.snapshot = Snapshot(self.database)

    def close(self) -> None:
        """Let go of the ledger."""
        self.database.close()

    def there(self) -> set[str]:
        """The ids of what the server has."""
        with self.database.reading() as connection:
            return set(connection.execute(select(tables.record.c.id)).scalars())

    def is_well(self, hint: object) -> None:
        """The invariant: nothing is lost, nothing doubled, all agree, and nobody is asked about a conflict that is none."""
        found = []
        for laptop in (self.one, self.two):
            store = Store(laptop.path, KEY)
            assert store.is_well(), hint
            states = {state.id: state.registers for state in store.all_states()}
            assert states.keys() == self.ids, hint
            split = [(id, n, r) for id, some in states.items() for n, r in some.items() if len(r.siblings) != 1]
            assert not split, (hint, split)
            both = store.get(Session, self.both.id)
            assert (both.notes, both.place) == (NOTES, PLACE), hint
            safety = store.safety()
            assert (safety.only_here, safety.unconfirmed, safety.needs_you) == (0, 0, 0), hint
            assert safety.safe == len(self.ids), hint
            assert store.put_aside() == [], hint
            found.append(states)
            store.close()
        assert found[0] == found[1], hint
        assert self.there() == self.ids, hint
        with self.database.reading() as connection:
            assert list(connection.execute(select(tables.held))) == [], hint
