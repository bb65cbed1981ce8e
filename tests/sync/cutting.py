"""A line without a network that is cut after so many bytes, between a real store and a real ledger that were made once and copied."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from mentorapp.clock import SetClock, new_id
from mentorapp.records import Mentorship, Person, Session
from mentorapp.store import Store
from sync import client, wire
from sync.client.loop import sync_once
from sync.protocol import Message
from sync.server import accounts, holdings, ledger
from sync.server.database import Database, opened
from sync.server.visit import Visit
from tests.sync.conftest import KEY, MONDAY, blank, noise


class Line:
    """Carries `most` bytes in all, both ways together, from one cut to the next; None carries all."""

    def __init__(self, database: Database, *, most: int | None = None) -> None:
        self.database, self.most = database, most
        self.left = most
        self.bytes_up = self.bytes_down = self.requests = self.cuts = 0
        with database.reading() as connection:
            self.identity = ledger.identity(connection, 0)

    def exchange(self, token: str, body: bytes) -> Iterator[list[Message]]:
        """As far as the bytes go. What comes whole to either side is taken in there."""
        self.requests += 1
        with self.database.reading() as connection:
            caller = accounts.caller_of(connection, token)
        visit = Visit(self.database, self.identity, caller, "here", MONDAY)
        up = self._carried(body)
        self.bytes_up += len(up)
        for frame in wire.FrameReader().feed(up):
            visit.take(frame)
        self._cut_unless(len(up) == len(body))
        answer = visit.answer()
        down = self._carried(answer)
        self.bytes_down += len(down)
        yield from wire.FrameReader().feed(down)
        self._cut_unless(len(down) == len(answer))

    def more_here(self) -> bool:
        """Each frame is taken in by itself, so that every one of them may be the last."""
        return False

    def _carried(self, some: bytes) -> bytes:
        part = some if self.left is None else some[: self.left]
        if self.left is not None:
            self.left -= len(part)
        return part

    def _cut_unless(self, whole: bool) -> None:
        if not whole:
            self.cuts += 1
            self.left = self.most
            raise client.failure("cut")


class Scene:
    """Copies of one beginning: a ledger, and a laptop that is enrolled there and has recorded sessions which nobody has yet."""

    def __init__(self, folder: Path, sessions: int = 40, words: int = 2500) -> None:
        self.folder = folder
        (folder / "first.sqlite").write_bytes(blank().ledger)
        database = opened(f"sqlite:///{folder / 'first.sqlite'}")
        with database.writing() as connection:
            identity = ledger.identity(connection, 0)
            office = accounts.new_office(connection, "Country office")
        self.first = self._enrolled(database, identity.epoch, office, folder / "first.db")
        self.second = self._enrolled(database, identity.epoch, office, folder / "second.db")
        database.close()
        self.ids = self._recorded(sessions, words)

    def _enrolled(self, database: Database, epoch: bytes, office: str, path: Path) -> Path:
        """A laptop of the one mentor of this office."""
        with database.writing() as connection:
            code = accounts.new_code(connection, office, "grace", role="mentor", now=MONDAY)
            let_in = accounts.enrol(
                connection, typed=code, device=path.stem, person="", now=MONDAY, grant=holdings.welcome_caller
            )
        path.write_bytes(blank().store)
        store = Store(path, KEY)
        said = client.Enrolment(**asdict(let_in), server="here", epoch=epoch.hex(), address="http://here")
        client.enrolled(store, said)
        store.remember(me=let_in.person, sync_rate=str(10**7))
        store.close()
        return path

    def _recorded(self, sessions: int, words: int) -> set[str]:
        store = Store(self.first, KEY)
        me = store.recall("me")
        pair = Mentorship(id=new_id(), mentors=(me,), mentees=(new_id(),))
        made = [Session(id=new_id(), mentorship=pair.id, status="held", notes=noise(words)) for _ in range(sessions)]
        records = [Person(id=pair.mentees[0], name="Joseph K."), pair, *made]
        for record in records:
            store.save(record, by=me, at=MONDAY)
        store.close()
        return {record.id for record in records}

    def copy(self, name: str, ledger: str = "first") -> tuple[Database, Store, Store]:
        """A ledger, the laptop that recorded, and another one of the same mentor, as they were in the beginning."""
        for end, source in ((".sqlite", f"{ledger}.sqlite"), (".1.db", "first.db"), (".2.db", "second.db")):
            (self.folder / (name + end)).write_bytes((self.folder / source).read_bytes())
        database = opened(f"sqlite:///{self.folder / name}.sqlite")
        return database, Store(self.folder / f"{name}.1.db", KEY), Store(self.folder / f"{name}.2.db", KEY)


def run(store: Store, line: Line) -> client.Result:
    """Synchronise until nothing is left. Raises SyncError where the line is cut."""
    return sync_once(lambda verb: verb(store), line, clock=SetClock(MONDAY))
