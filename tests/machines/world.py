"""An office in memory: real stores and real ledgers, a network that cuts, repeats and delays, clocks that jump, backups and copies.

A history is a list of plain steps, so that Hypothesis can shrink it, a seed can make it, and a script can replay it. The account of what was
saved, and of what its author had before them, is kept beside in plain sets: it knows nothing of registers.

There may be two servers, each with a ledger of its own, that never speak to each other: what one has comes to the other through the laptops,
each of which turns to one or the other as it likes. Or the second is a hub of the first, and the two exchange now and then. Laptops write files for a server as well; whoever travels hands each over late, never, twice
or in another order, and what is answered comes back late, never, twice or in another order.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple
from unittest import mock

import msgspec

from mentorapp.clock import SetClock
from mentorapp.errors import UserError
from mentorapp.fields import Visibility
from mentorapp.records import Mentorship, Person, Reflection, Session
from mentorapp.registers import Dot, State, first, join_states, unpack
from mentorapp.store import Store, outgoing, repository
from sync import bundle, client, protocol, wire
from sync.client import allow_voiding, courier, engine, ledgers
from sync.client.loop import sync_once
from sync.client.words import Braked, SyncError
from sync.hub import Hub
from sync.protocol import Changes, Done, Hello, Message, Outcomes, ProtocolError, Verdict
from sync.server import accounts, holdings, ledger, tables, upstream
from sync.server import courier as desk
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
VERSIONS = (protocol.SPOKEN, (1,), (3, *protocol.SPOKEN))
"""What programs speak: of this version, of the one before, of the next."""
ALONE = "for me alone"
"""What every text begins with that only its author may read."""

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
    """One laptop's line to its ledger, or a hub's to its centre: `up` and `down` bytes get through, then it breaks; None: all do."""

    world: "World"
    laptop: "Laptop | None"
    up: int | None = None
    down: int | None = None
    bytes_up: int = 0
    bytes_down: int = 0

    def exchange(self, token: str, body: bytes) -> Iterator[list[Message]]:
        """As far as the bytes go."""
        world, server = self.world, self.world.server(self.laptop) if self.laptop else 0
        world.bodies.append((server, token, body))
        some = body if self.up is None else body[: self.up]
        self.bytes_up += len(some)
        answer = world.served(server, token, some, whole=len(some) == len(body))
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
    """A store with somebody at it. `versions`: what its program speaks; `turned`: which server it exchanges with."""

    name: str
    person: str
    path: Path
    store: Store
    clock: SetClock
    versions: tuple[int, ...] = protocol.SPOKEN
    turned: int = 0
    copies: list[bytes] = field(default_factory=list)


class Server:
    """A ledger of its own, its backups, and an account of what it took in."""

    def __init__(self, folder: Path, content: bytes) -> None:
        self.path = folder / f"ledger{len(list(folder.glob('ledger*.sqlite')))}.sqlite"
        self.path.write_bytes(content)
        self.database = self._opened()
        self.versions: tuple[int, ...] = protocol.SPOKEN
        self.backups: list[bytes] = []
        self.arrived: set[bytes] = set()
        """Bodies and files that were taken in, since it was restored last."""
        self.accepted: set[Told] = set()
        """What it ever had, since it was restored last."""

    def _opened(self) -> Database:
        return opened(f"sqlite:///{self.path}")

    def caller(self, token: str) -> Caller:
        """Who that is."""
        with self.database.reading() as connection:
            return accounts.caller_of(connection, token)

    def records(self, *ids: str) -> dict[str, State]:
        """What the ledger has: all of it, or these."""
        query = tables.record.select()
        with self.database.reading() as connection:
            rows = connection.execute(query.where(tables.record.c.id.in_(ids)) if ids else query).all()
        return {row.id: unpack(row.kind, row.id, row.state) for row in rows}

    def history(self) -> list[Told]:
        """What the ledger keeps of what was superseded."""
        with self.database.reading() as connection:
            return [Told(row.id, row.field, row.value) for row in connection.execute(tables.history.select())]

    @property
    def epoch(self) -> bytes:
        """Which ledger it is."""
        with self.database.reading() as connection:
            return ledger.identity(connection, 0).epoch

    def held(self) -> list[State]:
        """What waits for a coordinator, or was decided about."""
        with self.database.reading() as connection:
            rows = connection.execute(tables.held.select()).all()
        return [unpack(row.kind, row.id, row.state) for row in rows]

    def mandate(self, token: str) -> Mandate:
        """What somebody was given."""
        caller = self.caller(token)
        with self.database.reading() as connection:
            return holdings.mandate(connection, caller.caller, caller.office, caller.person)

    def scopes(self) -> dict[str, str]:
        """The scope in which each record is."""
        with self.database.reading() as connection:
            return {row.id: row.scope for row in connection.execute(tables.record.select())}

    def account(self, ids: Iterable[str]) -> None:
        """Note what these records have now: from here on it is theirs, or in the history."""
        ids = set(ids)
        for state in self.records(*ids).values() if ids else ():
            self.accepted |= told_in(state)

    def back_up(self) -> bytes:
        """The ledger as its console backs it up."""
        self.database.engine.dispose()
        target = self.path.with_name("backup.sqlite")
        source, copy = sqlite3.connect(self.path), sqlite3.connect(target)
        source.backup(copy)
        copy.close()
        source.close()
        content = target.read_bytes()
        target.unlink()
        return content

    def restore(self, content: bytes, *, noticed: bool) -> None:
        """Put a backup back, as the console does, or as a disk does that lost what it had promised."""
        self.database.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.write_bytes(content)
        self.database = self._opened()
        self.arrived.clear()
        self.accepted = set(self.history())
        if noticed:
            self.begin_anew()

    def begin_anew(self) -> None:
        """Another ledger from here on."""
        with self.database.writing() as connection:
            ledger.mint_epoch(connection, 0)


class Morning(NamedTuple):
    """The office on its first morning, everybody in agreement: made once, copied for each history."""

    ledger: bytes
    stores: tuple[tuple[str, str, bytes], ...]
    bodies: tuple[tuple[str, bytes], ...]
    now: datetime


@cache
def morning() -> Morning:
    """Two pairs: Grace and Awa share one, Joseph has another; two sessions in each."""
    world = World(begun=False)
    try:
        world.found()
        return world.snapshot()
    finally:
        world.close()


class World:
    """Everything, from the first morning on."""

    pair, other = "pair-of-grace", "pair-of-joseph"

    def __init__(self, *, begun: bool = True) -> None:
        begin = morning() if begun else None
        # Names and words that are random elsewhere come in their order here, so that a history done again is the same.
        chance = random.Random(2 if begun else 1)
        self._patches = [
            *(
                mock.patch.object(one, "token_bytes", chance.randbytes)
                for one in (repository, outgoing, engine, ledgers, ledger, accounts, courier, desk)
            ),
            mock.patch.object(accounts, "new_id", side_effect=lambda: chance.randbytes(16).hex()),
        ]
        for patch in self._patches:
            patch.start()
        self.folder = Path(tempfile.mkdtemp(prefix="world", dir=MEMORY))
        self.number = 0
        self.now = begin.now if begin else START
        self.saved: set[Told] = set()
        self.seen: dict[Told, frozenset[Told]] = {}
        self.clashing: set[Told] = set()
        self.topics: dict[str, Told] = {}
        self.dropped_topics: set[str] = set()
        self.bodies: list[tuple[int, str, bytes]] = []
        self.sticks: list[bytes] = []
        self.returns: list[bytes] = []
        self.leaks: list[str] = []
        self.untrue: list[str] = []
        self.unasked: list[str] = []
        self.outside: set[Told] = set()
        self.unnoticed = self.cloned = False
        self.laptops: list[Laptop] = []
        self.servers = [Server(self.folder, begin.ledger if begin else blank().ledger)]
        if begin:
            self.bodies += [(0, *one) for one in begin.bodies]
            for name, person, content in begin.stores:
                self._open(name, person, content)
            self.servers[0].account(self.servers[0].records())

    def _store(self, path: Path) -> Store:
        store = Store(path, KEY)
        store.connection.execute("PRAGMA synchronous = OFF")
        return store

    def _open(self, name: str, person: str, content: bytes) -> Laptop:
        path = self.folder / f"{len(self.laptops)}.db"
        path.write_bytes(content)
        self.laptops.append(Laptop(name, person, path, self._store(path), SetClock(self.now)))
        return self.laptops[-1]

    def close(self) -> None:
        """Put everything away."""
        for one in self.laptops:
            one.store.close()
        for server in self.servers:
            server.database.close()
        for patch in self._patches:
            patch.stop()
        shutil.rmtree(self.folder)

    # --- the first morning --------------------------------------------------------------------------------------------

    def found(self) -> None:
        """Let everybody in, and have them agree."""
        with self.servers[0].database.writing() as connection:
            office = accounts.new_office(connection, "Office")
            ledger.identity(connection, 0)
        for name in PEOPLE:
            self._enrol(office, name)
        grace, awa, joseph, _ = self.laptops
        self._pair(grace, grace.person, awa.person)
        self._pair(joseph, joseph.person)
        for laptop in (grace, joseph):
            for n in range(2):
                one = Session(id=f"{laptop.name}{n}", mentorship=f"pair-of-{laptop.name}", status="held")
                laptop.store.save(one, by=laptop.person, at=self.now)
        for _ in range(2):
            for one in self.laptops:
                self.sync(one)

    def _enrol(self, office: str, name: str) -> None:
        role = "coordinator" if name == "lead" else "mentor"
        laptop = self._open(name, "", blank().store)
        with self.servers[0].database.writing() as connection:
            code = accounts.new_code(connection, office, name, role=role, now=self.now)
            welcome = holdings.welcome_caller
            keys = courier.keyring(laptop.store).public
            let_in = accounts.enrol(
                connection, typed=code, device=name, person="", now=self.now, grant=welcome, keys=keys
            )
            identity = ledger.identity(connection, 0)
        known = {one: getattr(let_in, one) for one in ("token", "device", "person", "name", "role", "office")}
        known |= {"epoch": identity.epoch.hex(), "key": desk.keyring(identity).public.hex()}
        said = client.Enrolment(**known, office_name="Office", server="here", address="http://here")
        client.enrolled(laptop.store, said)
        laptop.person = let_in.person

    def snapshot(self) -> Morning:
        """Everything as it is now."""
        for one in self.laptops:
            one.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        stores = tuple((one.name, one.person, one.path.read_bytes()) for one in self.laptops)
        return Morning(self.servers[0].back_up(), stores, tuple(one[1:] for one in self.bodies), self.now)

    def _pair(self, laptop: Laptop, *mentors: str) -> str:
        mentee = Person(id=f"mentee-of-{laptop.name}", name="M.")
        pair = Mentorship(id=f"pair-of-{laptop.name}", mentors=tuple(sorted(mentors)), mentees=(mentee.id,))
        for one in (mentee, pair):
            laptop.store.save(one, by=laptop.person, at=self.now)
        return pair.id

    # --- the servers --------------------------------------------------------------------------------------------------

    def server(self, laptop: Laptop) -> int:
        """Which server a laptop exchanges with."""
        return laptop.turned % len(self.servers)

    def _second(self) -> Server:
        """The other server: there is one from the first time on, with a ledger of its own."""
        if len(self.servers) == 1:
            self.servers.append(Server(self.folder, morning().ledger))
            self.servers[1].begin_anew()
            self.servers[1].account(self.servers[1].records())
        return self.servers[1]

    def relay(self, up: int | None = None, down: int | None = None) -> None:
        """The second server, a hub from the first time on, exchanges with the first one."""
        near, far = self._second(), self.servers[0]
        with near.database.reading() as connection:
            joined = upstream.centre(connection)
        if joined is None:
            self._join(near, far)
        self.now += timedelta(minutes=1)
        with suppress(SyncError):
            Hub(near.database, SetClock(self.now))._through(Line(self, None, up, down))  # type: ignore[arg-type]
        near.account(near.records())

    def _join(self, near: Server, far: Server) -> None:
        with far.database.writing() as connection:
            office = self.laptops[0].store.recall("sync_office")
            code = accounts.new_code(connection, office, "hub", role="hub", now=self.now)
            welcome = holdings.welcome_caller
            let_in = accounts.enrol(connection, typed=code, device="hub", person="", now=self.now, grant=welcome)
        facts = {"server": "centre", "office": office, "office_name": "Office", "epoch": far.epoch}
        with near.database.writing() as connection:
            upstream.join(connection, address="http://centre", token=let_in.token, **facts)

    @property
    def _has_hub(self) -> bool:
        if len(self.servers) == 1:
            return False
        with self.servers[1].database.reading() as connection:
            return upstream.centre(connection) is not None

    def turn(self, laptop: Laptop) -> None:
        """From now on a laptop exchanges with the other server."""
        self._second()
        laptop.turned = 1 - self.server(laptop)

    def served(self, which: int, token: str, body: bytes, *, whole: bool = True) -> bytes | None:
        """What a server does with as much of a body as arrived; its answer, if all did."""
        server = self.servers[which]
        with server.database.reading() as connection:
            identity = ledger.identity(connection, 0)
        caller = server.caller(token)
        sent: list[State] = []
        answer = None
        visit = Visit(server.database, identity, caller, "here", self.now)
        with suppress(ProtocolError), speaking(server.versions):
            for frame in wire.FrameReader().feed(body):
                sent += [state for one in frame if isinstance(one, Changes) for state in wire.states(one)]
                visit.take(frame)
            if whole:
                said = visit.answer()
                answer = said if isinstance(said, bytes) else b"".join(said)
                if not visit.forked:
                    server.arrived.add(body)
        self._look_at(sent, f"{caller.person} sent")
        if answer is not None:
            self._look(which, token, answer)
            self._account_for(server, sent, answer)
        server.account(state.id for state in sent)
        return answer

    def _account_for(self, server: Server, sent: list[State], answer: bytes) -> None:
        """What a server says that it kept, it has, or has in its history."""
        for told in (one for frame in wire.read(answer) for one in frame if isinstance(one, Outcomes)):
            others = {place: (verdict, reason) for place, verdict, reason in told.others}
            for place, state in enumerate(sent[: told.upto]):
                verdict, reason = others.get(place, (Verdict.kept, ""))
                if verdict in (Verdict.kept, Verdict.merged) and not reason:
                    server.accepted |= told_in(state)

    def _look_at(self, states: Iterable[State], who: str) -> None:
        """Whether anything goes over the line that only its author may read."""
        for state in states:
            for register in state.registers.values():
                if register.reach is Visibility.only_me or any(ALONE.encode() in value for value in register.values):
                    self.leaks.append(f"{who} what is private in {state.id}")

    def _look(self, which: int, token: str, answer: bytes) -> None:
        """Whether anything in an answer is from outside what its reader holds."""
        server = self.servers[which]
        mandate, scopes, person = server.mandate(token), server.scopes(), server.caller(token).person
        for message in (one for frame in wire.read(answer) for one in frame):
            states = list(wire.states(message)) if isinstance(message, Changes) else []
            self._look_at(states, f"{person} was given")
            for state in states:
                least = allowed(mandate, scopes[state.id])
                if least is None or any(register.reach < least for register in state.registers.values()):
                    self.leaks.append(f"{person} was given {state.id}")

    def from_the_start(self, which: int, token: str) -> dict[str, Any]:
        """What a laptop is given that begins without anything: the registers of each record."""
        with self.servers[which].database.reading() as connection:
            epoch = ledger.identity(connection, 0).epoch
        name, cursor, found, more = token_bytes(8), b"", dict[str, Any](), True
        while more:
            now = int(self.now.timestamp())
            writer = wire.FrameWriter(quality=1)
            writer.message(Hello(self.servers[which].versions, "", name, epoch, cursor, 2**20, b"", name, now))
            answer = self.served(which, token, writer.finish())
            assert answer
            for message in (one for frame in wire.FrameReader().feed(answer) for one in frame):
                if isinstance(message, Changes):
                    found |= {state.id: state.registers for state in wire.states(message)}
                elif isinstance(message, Done):
                    cursor, more = message.cursor, message.more
        return found

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

    def tag(self, laptop: Laptop, which: int, *, remove: bool) -> None:
        """Add a topic to a session, or take one out that is shown."""
        found = self.sessions(laptop)
        if not found:
            return
        before = found[which % len(found)]
        if remove and before.topics:
            gone = before.topics[self.number % len(before.topics)]
            self.dropped_topics.add(gone)
            self._save(laptop, before, "topics", tuple(one for one in before.topics if one != gone))
        elif not remove:
            topic = self.value()
            self._save(laptop, before, "topics", tuple(sorted((*before.topics, topic))))
            self.topics[topic] = Told(before.id, "topics", msgspec.msgpack.encode(sorted((*before.topics, topic))))

    def reflect(self, laptop: Laptop) -> None:
        """Write down what nobody else shall read, or change it."""
        found = [one for one in laptop.store.find(Reflection) if one.author == laptop.person]
        before = found[self.number % len(found)] if found and self.number % 2 else None
        blank = Reflection(id=f"r{self.number}", author=laptop.person, sharing="private")
        words = {"text": f"{ALONE} {self.value()}", "mood": f"{ALONE} {self.number}"}
        stood = {name: self._standing(laptop, (before or blank).id, name) for name in words}
        after = replace(before or blank, **words)
        laptop.store.save(after, before=before, by=laptop.person, at=laptop.clock.now())
        for name, earlier in stood.items():
            self._account(after.id, name, earlier, self._standing(laptop, after.id, name))

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
        there = self.servers[self.server(laptop)].records()
        target = there.get("joseph0" if laptop.name != "joseph" else "grace0")
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
        shown, allowed_to = self._in_sight(laptop), laptop.store.recall("sync_voiding_allowed")
        try:
            with speaking(laptop.versions):
                sync_once(lambda verb: verb(laptop.store), line, clock=laptop.clock)
        except Braked:
            allow_voiding(laptop.store)
        except SyncError:
            pass
        hidden = {one.id for one in self.sessions(laptop) if one.voided} & shown
        if len(hidden) > max(20, 0.3 * len(shown)) and not allowed_to:
            self.unasked.append(f"{len(hidden)} records went out of sight of {laptop.name}")
        here = {row[0] for row in laptop.store.rows("SELECT id FROM registers")}
        released = {told for told in own if told.id not in here}
        if released:
            # What somebody superseded themselves before they ever sent it goes with a record that was taken from them.
            self.saved -= released - self.everywhere()

    def _in_sight(self, laptop: Laptop) -> set[str]:
        return {one.id for one in self.sessions(laptop) if not one.voided}

    def _is_true(self, laptop: Laptop) -> None:
        """Whether what a laptop says is safe at its server is there. Of a server that lost it and does not know, nobody can tell."""
        epoch = laptop.store.recall_bytes("sync_epoch")
        servers = [server for server in self.servers if server.epoch == epoch]
        if self.unnoticed or not servers:
            return
        records = servers[0].records()
        sql = (
            "SELECT kind, id, body FROM registers WHERE safe_at IS NOT NULL "
            "AND id NOT IN (SELECT id FROM outbox) AND id NOT IN (SELECT id FROM set_aside)"
        )
        for kind, id, body in laptop.store.rows(sql):
            mine, there = unpack(kind, id, body), records.get(id)
            if there is None or join_states(there, mine).registers != there.registers:
                self.untrue.append(f"{id} is not safe, as {laptop.name} is told")

    def again(self, which: int) -> None:
        """The network, or a stick, delivers an old body once more; nobody hears the answer."""
        if self.bodies:
            self.served(*self.bodies[which % len(self.bodies)])

    def write(self, laptop: Laptop) -> None:
        """A laptop writes what is pending into a file, for whoever travels."""
        with speaking(laptop.versions), suppress(SyncError):
            written = courier.write(laptop.store, self.folder / "stick", at=laptop.clock.now())
            self.sticks += [file.read_bytes() for file in written.files]

    def hand_over(self, stick: int, which: int) -> None:
        """Somebody hands a file over to a server, perhaps not for the first time."""
        if self.sticks:
            self.delivered(which % len(self.servers), self.sticks[stick % len(self.sticks)])

    def delivered(self, which: int, file: bytes) -> None:
        """What a server does with a file; its answer lies where the others are."""
        server = self.servers[which]
        with server.database.reading() as connection:
            identity = ledger.identity(connection, 0)
        with suppress(desk.Undelivered), speaking(server.versions):
            done = desk.deliver(server.database, identity, "here", file, now=self.now)
            server.arrived.add(file)
            self.returns.append(done.answer)
        content = bundle.opened(file, by=desk.keyring(identity)).content
        sent = [
            state
            for frame in wire.read(content)
            for one in frame
            if isinstance(one, Changes)
            for state in wire.states(one)
        ]
        self._look_at(sent, "a file held")
        server.account(state.id for state in sent)

    def hear(self, laptop: Laptop, which: int) -> None:
        """An answer comes back to the laptop that it is for, perhaps not for the first time."""
        device = laptop.store.recall("sync_device")
        mine = [file for file in self.returns if bundle.read_head(file).device.hex() == device]
        if mine:
            try:
                with speaking(laptop.versions):
                    courier.take(laptop.store, mine[which % len(mine)], at=laptop.clock.now())
            except Braked:
                allow_voiding(laptop.store)
            except SyncError:
                pass

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

    def back_up(self, which: int) -> None:
        """Back a server up."""
        server = self.servers[which % len(self.servers)]
        server.backups.append(server.back_up())

    def roll_back(self, which: int, backup: int, *, noticed: bool) -> None:
        """Put a backup of a server back, as its console does, or as a disk does that lost what it had promised."""
        server = self.servers[which % len(self.servers)]
        if server.backups:
            server.restore(server.backups[backup % len(server.backups)], noticed=noticed)
            server.account(server.records())
            self.unnoticed = self.unnoticed or not noticed
            self._forget_what_is_nowhere()

    def _forget_what_is_nowhere(self) -> None:
        here = self.everywhere()
        self.saved &= here

    def everywhere(self) -> set[Told]:
        """Every value that stands, or lies in a history, anywhere."""
        found = set()
        for server in self.servers:
            found |= set(server.history())
            for state in (*server.records().values(), *server.held()):
                found |= told_in(state)
        for one in self.laptops:
            for kind, id, body in one.store.rows("SELECT kind, id, body FROM registers"):
                found |= told_in(unpack(kind, id, body))
            found |= {Told(*row) for row in one.store.rows("SELECT id, field, value FROM history")}
        return found

    # --- steps --------------------------------------------------------------------------------------------------------

    def do(self, step: Step) -> None:
        """One step of a history."""
        deed, *given = step
        one = self.laptops[given[0] % len(self.laptops)] if given else self.laptops[0]
        with suppress(UserError):
            self._deed(deed, one, given[1:], given[0] if given else 0)
        if deed in ("sync", "cut up", "cut down", "write", "hear"):
            self._is_true(one)

    def _deed(self, deed: str, one: Laptop, given: list[Any], which: int) -> None:
        if deed == "edit":
            self.edit(one, given[0], FIELDS[given[1] % len(FIELDS)])
        elif deed == "tag":
            self.tag(one, given[0], remove=given[1] == 0)
        elif deed == "reflect":
            self.reflect(one)
        elif deed == "begin":
            self.begin(one)
        elif deed == "many":
            for _ in range(25):
                self.begin(one)
        elif deed == "clear":
            for n in range(len(self.sessions(one))):
                self.void(one, n)
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
        elif deed == "write":
            self.write(one)
        elif deed == "hand over":
            self.hand_over(which, given[0])
        elif deed == "hear":
            self.hear(one, given[0])
        elif deed == "photograph":
            self.photograph(one)
        elif deed == "restore":
            self.restore(one, given[0])
        elif deed == "clone":
            self.clone(one)
        elif deed == "relay":
            self.relay(*(None if n > 700 else n for n in given[:2]))
        elif deed == "turn":
            self.turn(one)
        elif deed == "back up":
            self.back_up(which)
        elif deed == "roll back":
            self.roll_back(which, given[0], noticed=bool(given[1]))
        elif deed == "server version":
            self.servers[which % len(self.servers)].versions = VERSIONS[given[0]]
        elif deed == "clock":
            one.clock.moment = START + timedelta(days=730 * (given[0] - 25))
        elif deed == "version":
            one.versions = VERSIONS[given[0]]
        else:
            raise AssertionError(deed)

    def upgrade(self) -> None:
        """A ledger that lost what it had told, and does not know it, is found out by comparing: the first version cannot."""
        if self.unnoticed:
            for one in (*self.laptops, *self.servers):
                one.versions = protocol.SPOKEN

    def come_to_rest(self) -> None:
        """Everybody exchanges, with every server, until nobody has anything to say."""
        for _ in range(12):
            before = self._picture()
            if self._has_hub:
                self.relay()
            for which in range(len(self.servers)):
                for one in self.laptops:
                    one.turned = which
                    self.sync(one)
            if self._picture() == before:
                return
        raise AssertionError("it does not come to rest")

    def _picture(self) -> Any:
        return (
            [server.records() for server in self.servers],
            [
                (one.store.safety(), one.store.rows("SELECT id, body FROM registers ORDER BY id"))
                for one in self.laptops
            ],
        )


@contextmanager
def speaking(versions: tuple[int, ...]) -> Iterator[None]:
    """A program of other versions of the protocol; one of a later version says more than this one knows."""
    spoken, flush = protocol.SPOKEN, wire.FrameWriter.flush

    def says_more(writer: Any) -> None:
        writer._settle()
        if writer._messages:
            writer._messages.append([200, "of 2031", {"more": b"than this version knows"}])
        flush(writer)

    protocol.SPOKEN = versions
    wire.FrameWriter.flush = says_more if max(versions) > max(VERSIONS[0]) else flush  # type: ignore[method-assign]
    try:
        yield
    finally:
        protocol.SPOKEN = spoken
        wire.FrameWriter.flush = flush  # type: ignore[method-assign]


def allowed(mandate: Mandate, scope: str) -> Visibility | None:
    """The narrowest class that somebody may read of a scope, worked out here anew from what they were given."""
    family = scope if scope == "office/" else scope.split("/")[0] + "/*"
    return min((mandate.grants[one].least for one in {scope, family} & mandate.grants.keys()), default=None)


def part(state: State, least: Visibility) -> State:
    """What a reader from that class upwards may hold of a record, worked out here anew."""
    return state.only(name for name, register in state.registers.items() if register.reach >= least)


def told_in(state: State) -> set[Told]:
    """Every value that stands in a record."""
    return {Told(state.id, name, s.value) for name, register in state.registers.items() for s in register.siblings}


DEEDS = {
    "edit": (12, 6, 2, 4),
    "tag": (4, 6, 2, 3),
    "reflect": (1, 6),
    "begin": (2, 4),
    "many": (0, 4),
    "clear": (0, 4),
    "void": (2, 4, 6),
    "trespass": (1, 4),
    "large": (1, 4),
    "later": (1, 4),
    "mentors": (2, 4, 2),
    "sync": (7, 6),
    "cut up": (3, 6, 700),
    "cut down": (3, 6, 900),
    "turn": (2, 6),
    "relay": (2, 1, 1400, 1400),
    "again": (3, 4, 50),
    "write": (2, 6),
    "hand over": (3, 12, 2),
    "hear": (2, 6, 6),
    "photograph": (2, 6),
    "restore": (2, 6, 3),
    "clone": (1, 6),
    "back up": (2, 2),
    "roll back": (2, 2, 3, 2),
    "clock": (2, 6, 51),
    "version": (1, 6, 3),
    "server version": (1, 2, 3),
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
