"""An office in memory: real stores and a real ledger, a network that cuts, repeats and delays, clocks that jump, backups and copies.

A history is a list of plain steps, so that Hypothesis can shrink it, a seed can make it, and a script can replay it. The account of what was
saved, and of what its author had before them, is kept beside in plain sets: it knows nothing of registers.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple
from unittest import mock

import msgspec

from mentorapp.clock import SetClock
from mentorapp.errors import UserError
from mentorapp.fields import Visibility
from mentorapp.records import Mentorship, Person, Session
from mentorapp.registers import Dot, State, first, unpack
from mentorapp.store import Store, outgoing, repository
from sync import client, protocol, wire
from sync.client import allow_voiding, engine
from sync.client.loop import sync_once
from sync.client.words import Braked, SyncError
from sync.protocol import Changes, Done, Hello, Message, ProtocolError
from sync.server import accounts, holdings, ledger, tables
from sync.server.accounts import Caller
from sync.server.database import Database, opened
from sync.server.grants import Mandate
from sync.server.visit import Visit
from tests.sync.conftest import KEY, blank

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
PEOPLE = ("grace", "awa", "joseph", "lead")
FIELDS = ("place", "place", "notes", "contact_minutes")
"""Of a session: one that asks, twice as often, one whose words are joined, one that anybody may see more of."""

Step = tuple[Any, ...]


class Told(NamedTuple):
    """A value somebody saved: in which field of which record, what; each is saved once."""

    id: str
    name: str
    value: bytes


class Cut(Exception):
    """The line broke."""


@dataclass
class Line:
    """One laptop's line to the ledger: `up` and `down` bytes get through, then it breaks; None: all do."""

    world: "World"
    laptop: "Laptop"
    up: int | None = None
    down: int | None = None
    bytes_up: int = 0
    bytes_down: int = 0

    def exchange(self, token: str, body: bytes) -> Iterator[list[Message]]:
        """As far as the bytes go."""
        world = self.world
        world.bodies.append((token, body))
        some = body if self.up is None else body[: self.up]
        self.bytes_up += len(some)
        answer = world.served(token, some, whole=len(some) == len(body))
        if answer is None:
            raise client.failure("cut")
        part = answer if self.down is None else answer[: self.down]
        self.bytes_down += len(part)
        yield from wire.FrameReader().feed(part)
        if len(part) < len(answer):
            raise client.failure("cut")

    def more_here(self) -> bool:
        """Each frame alone, so that each may be the last."""
        return False

    def call(self, *_: Any, **__: Any) -> Any:
        """No files are moved here."""
        raise client.failure("cut")


@dataclass
class Laptop:
    """A store with somebody at it. `versions`: what its program speaks."""

    name: str
    person: str
    path: Path
    store: Store
    clock: SetClock
    versions: tuple[int, ...] = protocol.SPOKEN
    copies: list[bytes] = field(default_factory=list)


class World:
    """Everything, from the first morning on."""

    def __init__(self) -> None:
        # Names and words that are random elsewhere come in their order here, so that a history done again is the same.
        chance = random.Random(1)
        self._patches = [
            *(
                mock.patch.object(one, "token_bytes", chance.randbytes)
                for one in (repository, outgoing, engine, ledger, accounts)
            ),
            mock.patch.object(accounts, "new_id", side_effect=lambda: chance.randbytes(16).hex()),
        ]
        for patch in self._patches:
            patch.start()
        self.folder = Path(tempfile.mkdtemp(prefix="world", dir=MEMORY))
        self.number = 0
        self.now = START
        self.saved: set[Told] = set()
        self.seen: dict[Told, frozenset[Told]] = {}
        self.clashing: set[Told] = set()
        self.bodies: list[tuple[str, bytes]] = []
        self.arrived: set[bytes] = set()
        self.backups: list[bytes] = []
        self.leaks: list[str] = []
        self.outside: set[Told] = set()
        self.unnoticed = self.cloned = False
        (self.folder / "ledger.sqlite").write_bytes(blank().ledger)
        self.database = self._database()
        self.laptops: list[Laptop] = []
        with self.database.writing() as connection:
            self.office = accounts.new_office(connection, "Office")
            ledger.identity(connection, 0)
        for name in PEOPLE:
            self._enrol(name)
        self._begin()

    def _database(self) -> Database:
        return opened(f"sqlite:///{self.folder / 'ledger.sqlite'}")

    def _store(self, path: Path) -> Store:
        store = Store(path, KEY)
        store.connection.execute("PRAGMA synchronous = OFF")
        return store

    def close(self) -> None:
        """Put everything away."""
        for one in self.laptops:
            one.store.close()
        self.database.close()
        for patch in self._patches:
            patch.stop()
        shutil.rmtree(self.folder)

    def _enrol(self, name: str) -> None:
        role = "coordinator" if name == "lead" else "mentor"
        path = self.folder / f"{len(self.laptops)}.db"
        path.write_bytes(blank().store)
        laptop = Laptop(name, "", path, self._store(path), SetClock(self.now))
        with self.database.writing() as connection:
            code = accounts.new_code(connection, self.office, name, role=role, now=self.now)
            welcome = holdings.welcome_caller
            let_in = accounts.enrol(connection, typed=code, device=name, person="", now=self.now, grant=welcome)
            epoch = ledger.identity(connection, 0).epoch.hex()
        known = {one: getattr(let_in, one) for one in ("token", "device", "person", "name", "role", "office")}
        said = client.Enrolment(**known, office_name="Office", server="here", epoch=epoch, address="http://here")
        client.enrolled(laptop.store, said)
        laptop.person = let_in.person
        self.laptops.append(laptop)

    def _begin(self) -> None:
        """Two pairs: Grace and Awa share one, Joseph has another."""
        grace, awa, joseph, _ = self.laptops
        self.pair = self._pair(grace, grace.person, awa.person)
        self.other = self._pair(joseph, joseph.person)
        for laptop, pair in ((grace, self.pair), (joseph, self.other)):
            for n in range(2):
                laptop.store.save(
                    Session(id=f"{laptop.name}{n}", mentorship=pair, status="held"), by=laptop.person, at=self.now
                )
        for _ in range(2):
            for one in self.laptops:
                self.sync(one)

    def _pair(self, laptop: Laptop, *mentors: str) -> str:
        mentee = Person(id=f"mentee-of-{laptop.name}", name="M.")
        pair = Mentorship(id=f"pair-of-{laptop.name}", mentors=tuple(sorted(mentors)), mentees=(mentee.id,))
        for one in (mentee, pair):
            laptop.store.save(one, by=laptop.person, at=self.now)
        return pair.id

    # --- the ledger ---------------------------------------------------------------------------------------------------

    def caller(self, token: str) -> Caller:
        """Who that is."""
        with self.database.reading() as connection:
            return accounts.caller_of(connection, token)

    def served(self, token: str, body: bytes, *, whole: bool = True) -> bytes | None:
        """What the server does with as much of a body as arrived; its answer, if all did."""
        with self.database.reading() as connection:
            identity = ledger.identity(connection, 0)
        caller = self.caller(token)
        visit = Visit(self.database, identity, caller, "here", self.now)
        with suppress(ProtocolError):
            for frame in wire.FrameReader().feed(body):
                visit.take(frame)
            if not whole:
                return None
            answer = visit.answer()
            if not visit.forked:
                self.arrived.add(body)
            answer = answer if isinstance(answer, bytes) else b"".join(answer)
            self._look(caller, answer)
            return answer
        return None

    def _look(self, caller: Caller, answer: bytes) -> None:
        """Whether anything in an answer is from outside what its reader holds."""
        with self.database.reading() as connection:
            mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
            scopes = {row.id: row.scope for row in connection.execute(tables.record.select())}
        for frame in wire.FrameReader().feed(answer):
            for message in frame:
                for state in wire.states(message) if isinstance(message, Changes) else ():
                    least = allowed(mandate, scopes[state.id])
                    if least is None or any(register.reach < least for register in state.registers.values()):
                        self.leaks.append(f"{caller.person} was given {state.id}")

    def from_the_start(self, token: str) -> dict[str, Any]:
        """What a laptop is given that begins without anything: the registers of each record."""
        with self.database.reading() as connection:
            epoch = ledger.identity(connection, 0).epoch
        name, cursor, found, more = token_bytes(8), b"", dict[str, Any](), True
        while more:
            now = int(self.now.timestamp())
            writer = wire.FrameWriter(quality=1)
            writer.message(Hello(protocol.SPOKEN, "", name, epoch, cursor, 2**20, b"", name, now))
            answer = self.served(token, writer.finish())
            assert answer
            for message in (one for frame in wire.FrameReader().feed(answer) for one in frame):
                if isinstance(message, Changes):
                    found |= {state.id: state.registers for state in wire.states(message)}
                elif isinstance(message, Done):
                    cursor, more = message.cursor, message.more
        return found

    def records(self) -> dict[str, State]:
        """What the ledger has."""
        with self.database.reading() as connection:
            rows = connection.execute(tables.record.select()).all()
        return {row.id: unpack(row.kind, row.id, row.state) for row in rows}

    def history(self) -> list[Told]:
        """What the ledger keeps of what was superseded."""
        with self.database.reading() as connection:
            return [Told(row.id, row.field, row.value) for row in connection.execute(tables.history.select())]

    # --- what people do -----------------------------------------------------------------------------------------------

    def value(self) -> str:
        """A value that was never saved before."""
        self.number += 1
        return f"v{self.number}"

    def sessions(self, laptop: Laptop) -> list[Session]:
        """What this laptop shows."""
        return laptop.store.find(Session, voided=True)

    def edit(self, laptop: Laptop, which: int, name: str) -> None:
        """Save a new value of a field, as somebody who sees what is shown."""
        found = self.sessions(laptop)
        if not found:
            return
        before = found[which % len(found)]
        value: Any = self.value()
        if name == "contact_minutes":
            value = self.number % 1440
        self._save(laptop, before, name, value)

    def _save(self, laptop: Laptop, before: Session, name: str, value: Any) -> None:
        stood = self._standing(laptop, before.id, name)
        laptop.store.save(replace(before, **{name: value}), before=before, by=laptop.person, at=laptop.clock.now())
        now = self._standing(laptop, before.id, name)
        self._account(before.id, name, stood, now)

    def _account(self, id: str, name: str, stood: set[bytes], now: set[bytes]) -> None:
        gone = frozenset(Told(id, name, value) for value in stood - now)
        for value in now - stood:
            told = Told(id, name, value)
            if told in self.saved:
                self.clashing.add(
                    told
                )  # the same value twice, as minutes may be: nothing can be said of whom it followed
            self.saved.add(told)
            self.seen[told] = self.seen.get(told, frozenset()) | gone

    def _standing(self, laptop: Laptop, id: str, name: str) -> set[bytes]:
        state = laptop.store.state(id)
        return set(state.registers[name].values) if state and name in state.registers else set()

    def begin(self, laptop: Laptop) -> None:
        """Record a session, in a mentorship that this laptop knows."""
        pairs = laptop.store.find(Mentorship)
        if pairs:
            self.number += 1
            one = Session(
                id=f"s{self.number}", mentorship=pairs[self.number % len(pairs)].id, status="held", place=self.value()
            )
            laptop.store.save(one, by=laptop.person, at=laptop.clock.now())
            self._account(one.id, "place", set(), self._standing(laptop, one.id, "place"))

    def void(self, laptop: Laptop, which: int) -> None:
        """Take a session out of sight, or bring it back."""
        found = self.sessions(laptop)
        if found:
            one = found[which % len(found)]
            if one.voided:
                laptop.store.restore(one, by=laptop.person, at=laptop.clock.now())
            else:
                laptop.store.void(one, reason="twice", by=laptop.person, at=laptop.clock.now())

    def trespass(self, laptop: Laptop) -> None:
        """Write into the other pair's session, as a laptop might that held it once."""
        target = self.records().get("joseph0" if laptop.name != "joseph" else "grace0")
        if target is not None and laptop.store.state(target.id) is None:
            laptop.store.absorb([target], at=laptop.clock.now())
            value = self.value()
            self._save(laptop, laptop.store.get(Session, target.id), "place", value)
            self.outside.add(Told(target.id, "place", msgspec.msgpack.encode(value)))

    def large(self, laptop: Laptop) -> None:
        """Write more than the server takes."""
        pairs = laptop.store.find(Mentorship)
        if pairs:
            self.number += 1
            id = f"large{self.number}"
            # By the register: an editor refuses so much, another version may not.
            dot = Dot(laptop.store.replica, 10**9 + self.number)
            scope = first(dot, msgspec.msgpack.encode(f"mentorship/{pairs[0].id}"), Visibility.programme)
            words = first(dot, msgspec.msgpack.encode("x" * (protocol.MOST_RECORD + 9)))
            laptop.store.absorb([State("session", id, {"scope": scope, "notes": words})], at=laptop.clock.now())
            laptop.store.reoffer([id])

    def later(self, laptop: Laptop) -> None:
        """What a program of a later version wrote: a field, a kind and a value that this one does not know."""
        found = [one for one in self.sessions(laptop) if one.mentorship]
        if not found:
            return
        self.number += 1
        dot = Dot(self.number.to_bytes(8), 1)
        value = msgspec.msgpack.encode(msgspec.msgpack.Ext(44, str(self.number).encode()))
        name = f"field{self.number} of 2031"
        session = laptop.store.state(found[0].id)
        assert session
        kind = State(
            "a kind of 2031", f"later{self.number}", {"scope": session.registers["scope"], name: first(dot, value)}
        )
        laptop.store.absorb(
            [replace(session, registers={**session.registers, name: first(dot, value)}), kind], at=laptop.clock.now()
        )
        laptop.store.reoffer([session.id, kind.id])
        self.saved |= {Told(session.id, name, value), Told(kind.id, name, value)}

    def mentors(self, *, both: bool) -> None:
        """Grace takes Awa into the pair, or out of it."""
        grace, awa, *_ = self.laptops
        pair = grace.store.seek(Mentorship, self.pair)
        people = tuple(sorted((grace.person, awa.person))) if both else (grace.person,)
        if pair and pair.mentors != people:
            grace.store.save(replace(pair, mentors=people), before=pair, by=grace.person, at=grace.clock.now())

    # --- what happens -------------------------------------------------------------------------------------------------

    def sync(self, laptop: Laptop, up: int | None = None, down: int | None = None) -> None:
        """Exchange until nothing is left, or the line breaks."""
        self.now += timedelta(minutes=1)
        line = Line(self, laptop, up, down)
        own = {Told(*row) for row in laptop.store.rows("SELECT id, field, value FROM history")}
        true = protocol.SPOKEN
        protocol.SPOKEN = laptop.versions
        try:
            sync_once(lambda verb: verb(laptop.store), line, clock=laptop.clock)
        except Braked:
            allow_voiding(laptop.store)
        except SyncError:
            pass
        finally:
            protocol.SPOKEN = true
        here = {row[0] for row in laptop.store.rows("SELECT id FROM registers")}
        released = {told for told in own if told.id not in here}
        if released:
            # What somebody superseded themselves before they ever sent it goes with a record that was taken from them.
            self.saved -= released - self.everywhere()

    def again(self, which: int) -> None:
        """The network, or a stick, delivers an old body once more; nobody hears the answer."""
        if self.bodies:
            token, body = self.bodies[which % len(self.bodies)]
            self.served(token, body)

    def photograph(self, laptop: Laptop) -> None:
        """Back a laptop up."""
        folder = laptop.store.back_up(self.folder / f"copy {self.number} {len(laptop.copies)}", at=self.now)
        laptop.copies.append((folder / laptop.path.name).read_bytes())

    def restore(self, laptop: Laptop, which: int) -> None:
        """Put a laptop's backup back in its place. What was nowhere else is gone, as with a laptop that fell into a river."""
        if not laptop.copies:
            return
        laptop.store.close()
        for suffix in ("-wal", "-shm"):
            laptop.path.with_name(laptop.path.name + suffix).unlink(missing_ok=True)
        laptop.path.write_bytes(laptop.copies[which % len(laptop.copies)])
        laptop.store = self._store(laptop.path)
        self._forget_what_is_nowhere()

    def clone(self, laptop: Laptop) -> None:
        """Copy a laptop's store onto another one, which nobody tells."""
        if len(self.laptops) > len(PEOPLE) + 1:
            return
        self.cloned = True
        laptop.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        path = self.folder / f"{len(self.laptops)}.db"
        path.write_bytes(laptop.path.read_bytes())
        self.laptops.append(
            Laptop(laptop.name, laptop.person, path, self._store(path), SetClock(laptop.clock.now()), laptop.versions)
        )

    def back_up(self) -> None:
        """Back the server up."""
        self.database.engine.dispose()
        target = self.folder / "backup.sqlite"
        source = sqlite3.connect(self.folder / "ledger.sqlite")
        copy = sqlite3.connect(target)
        source.backup(copy)
        copy.close()
        source.close()
        self.backups.append(target.read_bytes())
        target.unlink()

    def roll_back(self, which: int, *, noticed: bool) -> None:
        """Put a backup of the server back, as its console does, or as a disk does that lost what it had promised."""
        if not self.backups:
            return
        self.database.close()
        for suffix in ("-wal", "-shm"):
            (self.folder / f"ledger.sqlite{suffix}").unlink(missing_ok=True)
        (self.folder / "ledger.sqlite").write_bytes(self.backups[which % len(self.backups)])
        self.database = self._database()
        self.arrived.clear()
        self.unnoticed = self.unnoticed or not noticed
        if noticed:
            with self.database.writing() as connection:
                ledger.mint_epoch(connection, 0)
        self._forget_what_is_nowhere()

    def _forget_what_is_nowhere(self) -> None:
        here = self.everywhere()
        self.saved &= here

    def everywhere(self) -> set[Told]:
        """Every value that stands, or lies in a history, anywhere."""
        found = set(self.history())
        for state in self.records().values():
            found |= _told(state)
        with self.database.reading() as connection:
            for row in connection.execute(tables.held.select()):
                found |= _told(unpack(row.kind, row.id, row.state))
        for one in self.laptops:
            for kind, id, body in one.store.rows("SELECT kind, id, body FROM registers"):
                found |= _told(unpack(kind, id, body))
            found |= {Told(*row) for row in one.store.rows("SELECT id, field, value FROM history")}
        return found

    # --- steps --------------------------------------------------------------------------------------------------------

    def do(self, step: Step) -> None:
        """One step of a history."""
        deed, *given = step
        one = self.laptops[given[0] % len(self.laptops)] if given else self.laptops[0]
        with suppress(UserError):
            self._deed(deed, one, given[1:])

    def _deed(self, deed: str, one: Laptop, given: list[Any]) -> None:
        if deed == "edit":
            self.edit(one, given[0], FIELDS[given[1] % len(FIELDS)])
        elif deed == "begin":
            self.begin(one)
        elif deed == "void":
            self.void(one, given[0])
        elif deed == "trespass":
            self.trespass(one)
        elif deed == "large":
            self.large(one)
        elif deed == "later":
            self.later(one)
        elif deed == "mentors":
            self.mentors(both=bool(given[0]))
        elif deed == "sync":
            self.sync(one)
        elif deed == "cut up":
            self.sync(one, up=given[0])
        elif deed == "cut down":
            self.sync(one, down=given[0])
        elif deed == "again":
            self.again(given[0])
        elif deed == "photograph":
            self.photograph(one)
        elif deed == "restore":
            self.restore(one, given[0])
        elif deed == "clone":
            self.clone(one)
        elif deed == "back up":
            self.back_up()
        elif deed == "roll back":
            self.roll_back(given[0], noticed=bool(given[1]))
        elif deed == "clock":
            one.clock.moment = START + timedelta(days=730 * (given[0] - 25))
        elif deed == "version":
            one.versions = (protocol.SPOKEN, (1,))[given[0] % 2]
        else:
            raise AssertionError(deed)

    def upgrade(self) -> None:
        """A ledger that lost what it had told, and does not know it, is found out by comparing: the first version cannot."""
        if self.unnoticed:
            for one in self.laptops:
                one.versions = protocol.SPOKEN

    def come_to_rest(self) -> None:
        """Everybody exchanges until nobody has anything to say."""
        for _ in range(12):
            before = self._picture()
            for one in self.laptops:
                self.sync(one)
            if self._picture() == before:
                return
        raise AssertionError("it does not come to rest")

    def _picture(self) -> Any:
        return (
            sorted((id, state.registers.items().__repr__()) for id, state in self.records().items()),
            [
                (one.store.safety(), one.store.rows("SELECT id, body FROM registers ORDER BY id"))
                for one in self.laptops
            ],
        )


def allowed(mandate: Mandate, scope: str) -> Visibility | None:
    """The narrowest class that somebody may read of a scope, worked out here anew from what they were given."""
    family = scope if scope == "office/" else scope.split("/")[0] + "/*"
    return min((mandate.grants[one].least for one in {scope, family} & mandate.grants.keys()), default=None)


def part(state: State, least: Visibility) -> State:
    """What a reader from that class upwards may hold of a record, worked out here anew."""
    return state.only(name for name, register in state.registers.items() if register.reach >= least)


def _told(state: State) -> set[Told]:
    return {Told(state.id, name, s.value) for name, register in state.registers.items() for s in register.siblings}


DEEDS = {
    "edit": (12, 6, 2, 4),
    "begin": (2, 4),
    "void": (2, 4, 6),
    "trespass": (1, 4),
    "large": (1, 4),
    "later": (1, 4),
    "mentors": (2, 4, 2),
    "sync": (6, 6),
    "cut up": (3, 6, 700),
    "cut down": (3, 6, 900),
    "again": (3, 4, 50),
    "photograph": (2, 6),
    "restore": (2, 6, 3),
    "clone": (1, 6),
    "back up": (2, 1),
    "roll back": (2, 1, 3, 2),
    "clock": (2, 6, 51),
    "version": (1, 6, 2),
}
"""Each deed: how often, and below what each of its numbers lies."""


def made(seed: int, length: int) -> list[Step]:
    """A history by a seed."""
    chance = random.Random(seed)
    names = list(DEEDS)
    chosen = chance.choices(names, weights=[DEEDS[name][0] for name in names], k=length)
    return [(name, *(chance.randrange(most) for most in DEEDS[name][1:])) for name in chosen]


def script(steps: Iterable[Step]) -> str:
    """What replays a history."""
    lines = [f"    {step!r}," for step in steps]
    return "\n".join(["from tests.machines.test_world import replay", "", "replay([", *lines, "])"])
