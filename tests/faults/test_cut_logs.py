"""A write-ahead log cut anywhere, as a disk leaves it that promised more than it kept: whoever lost its last commits is healed by the rest.

The laptop's: what opens is the beginning of what was committed, and the next exchange brings back whatever the server had confirmed. The
server's: it does not know that it lost anything, and its laptops bring that back, whichever version they speak.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.store import Store
from sync import protocol
from sync.server import tables
from sync.server.database import opened
from tests.faults.conftest import Make
from tests.faults.processes import Processes, seed
from tests.faults.proxy import Proxy
from tests.faults.scenes import Laptop, Scene
from tests.strategies import DEEP
from tests.sync.conftest import KEY, MONDAY

_HEAD, _FRAME = 32, 24
"""Bytes of a log's header, and of a frame's before its page."""

Values = set[tuple[str, str, bytes]]


def _places(log: Path, page: int, some: int, chance: random.Random) -> list[int]:
    """Where to cut a log: around the ends of frames, and anywhere; all ends of frames in the long run."""
    size = log.stat().st_size
    ends = list(range(_HEAD, size + 1, _FRAME + page))
    if DEEP:
        return sorted(
            {max(0, end + off) for end in ends for off in (-1, 0, 1)} | {chance.randrange(size) for _ in range(50)}
        )
    chosen = {chance.choice(ends) + chance.choice((-1, 0, 1, 12)) for _ in range(some)}
    return sorted({0, *(max(0, one) for one in chosen), chance.randrange(size), size})


def _cut(folder: Path, name: str, end: int) -> None:
    with open(folder / f"{name}-wal", "r+b") as log:
        log.truncate(end)
    (folder / f"{name}-shm").unlink(missing_ok=True)


def _standing(store: Store) -> Values:
    return {(s.id, n, one.value) for s in store.all_states() for n, r in s.registers.items() for one in r.siblings}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    yield found
    found.close()


def _history(scene: Scene) -> Values:
    with scene.database.reading() as connection:
        rows = connection.execute(select(tables.history.c.id, tables.history.c.field, tables.history.c.value))
        return {(row.id, row.field, bytes(row.value)) for row in rows}


@pytest.mark.timeout(1800 if DEEP else 120)
def test_a_laptop_whose_log_is_cut_anywhere_is_healed_by_its_next_exchange(
    processes: Make, proxy: Proxy, url: str
) -> None:
    begun = seed()
    with closing(Scene(processes(url), proxy, sessions=2, words=60)) as scene:
        _cut_everywhere(scene, begun)


def _cut_everywhere(scene: Scene, begun: int) -> None:
    chance, laptop = random.Random(begun), scene.one
    # Its last hours: exchanges that went through and exchanges whose answer was lost, saves before and after, then it is killed.
    child = scene.processes.live(laptop.path, scene.both.id)
    scene.processes.kill(child)
    scene.two.sync()
    scene.two.edit(scene.both.id, agenda="Hers, later.")
    ledger = scene.there()
    laptop.restart_from_here()
    scene.two.restart_from_here()
    scene.restart_from_here()
    with closing(Store(scene.two.path, KEY)) as store:
        sent = _standing(store)
    for end in _places(laptop.path.with_name("store.db-wal"), 4096, 9, chance):
        hint = f"MENTOR_SEED={begun}, cut at {end}"
        scene.begin()
        _cut(laptop.path.parent, "store.db", end)
        with closing(Store(laptop.path, KEY)) as store:
            assert store.is_well(), hint
            before = _standing(store)
            here = {state.id for state in store.all_states()}
        assert {scene.both.id} <= here, hint
        fresh = Session(id=new_id(), mentorship=scene.both.mentorship, notes=hint)
        laptop.save(fresh)
        laptop.edit(scene.both.id, improve=hint)
        for one in (laptop, scene.two, laptop):
            assert one.sync().agrees, hint
        with closing(Store(laptop.path, KEY)) as one, closing(Store(scene.two.path, KEY)) as two:
            now = _standing(one)
            assert now == _standing(two), hint
            assert one.get(Session, fresh.id).notes == one.get(Session, scene.both.id).improve == hint, hint
            assert {state.id for state in one.all_states()} == ledger | here | {fresh.id} == scene.there(), hint
            lost = (before | sent) - now - _history(scene)
            assert not lost, (hint, lost)
            # What it edited and was not told is safe comes as if it was saved anew: beside what it wrote later, not instead of it.
            split = {n for s in one.all_states() for n, r in s.registers.items() if len(r.values) > 1}
            assert split <= {"strengths"}, (hint, split)


def test_a_laptop_killed_and_cut_has_lost_some_saves_and_kept_others(processes: Make, proxy: Proxy) -> None:
    """The test above is about something: at some places confirmed saves are gone, at some a lost answer's, at the end none."""
    scene = Scene(processes(), proxy, sessions=2, words=60)
    scene.processes.kill(scene.processes.live(scene.one.path, scene.both.id))
    scene.one.restart_from_here()
    size = scene.one.path.with_name("store.db-wal").stat().st_size
    counters = []
    for end in range(0, size + 1, size // 40):
        scene.one.restore()
        _cut(scene.one.path.parent, "store.db", end)
        with closing(Store(scene.one.path, KEY)) as store:
            counters.append(store.counter)
    assert counters == sorted(counters)
    assert len(set(counters)) > 6
    scene.close()


# --- the server's -----------------------------------------------------------------------------------------------------


class Rewound:
    """A server that took in the work of two laptops and was killed; its file and its log, to be cut and started anew."""

    def __init__(self, processes: Processes, proxy: Proxy) -> None:
        self.scene = scene = Scene(processes, proxy, sessions=2, words=60)
        with scene.database.writing() as connection:
            connection.execute(update(tables.ledger).values(minted=0))  # It is not of today.
        self.folder, self.kept = processes.folder / "server", processes.folder / "server kept"
        scene.close()
        processes.kill(processes.server)
        with closing(sqlite3.connect(self.folder / "ledger.sqlite")) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        processes.serve()
        for number in range(4):
            for laptop in (scene.one, scene.two):
                laptop.sync()
                laptop.save(Session(id=new_id(), mentorship=scene.both.mentorship, notes=f"{number}"))
                laptop.edit(scene.both.id, improve=f"{number} {laptop.path.parent.name}")
                laptop.sync()
        scene.one.sync()
        processes.kill(processes.server)
        shutil.copytree(self.folder, self.kept)
        for laptop in (scene.one, scene.two):
            laptop.restart_from_here()
        with closing(Store(scene.one.path, KEY)) as store:
            self.sent = _standing(store)

    def begin(self, end: int) -> None:
        """Everything as it was when the server was killed, but for the end of its log."""
        processes = self.scene.processes
        processes.kill(processes.server)
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        _cut(self.folder, "ledger.sqlite", end)
        self.scene.one.restore()
        self.scene.two.restore()
        processes.serve()


def _spoken(laptop: Laptop, versions: tuple[int, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "SPOKEN", versions)
        laptop.sync()


@pytest.mark.timeout(1800 if DEEP else 120)
@pytest.mark.parametrize("versions", [protocol.SPOKEN, (1,)], ids=["of today", "of the first version"])
def test_a_server_whose_log_is_cut_anywhere_is_healed_by_its_laptops(
    processes: Make, proxy: Proxy, versions: tuple[int, ...]
) -> None:
    rewound, begun = Rewound(processes(), proxy), seed()
    scene, chance, lost = rewound.scene, random.Random(begun), 0
    for end in _places(rewound.kept / "ledger.sqlite-wal", 4096, 3, chance):
        hint = f"MENTOR_SEED={begun}, cut at {end}"
        rewound.begin(end)
        database = opened(scene.processes.url)
        with database.reading() as connection:
            lost += len(connection.execute(select(tables.record)).all()) < 12
        # One of them goes on first: the numbers of the lost commits are given away again before the other looks.
        fresh = [Session(id=new_id(), mentorship=scene.both.mentorship, notes=f"{n}, {hint}") for n in range(3)]
        if chance.random() < 0.7:
            scene.two.save(*fresh)
        for laptop in (scene.two, scene.one, scene.two, scene.one):
            _spoken(laptop, versions)
        with closing(Store(scene.one.path, KEY)) as one, closing(Store(scene.two.path, KEY)) as two:
            now = _standing(one)
            assert now == _standing(two), hint
            assert rewound.sent <= now, (hint, rewound.sent - now)
            assert (one.pending_count(), one.put_aside(), one.safety().needs_you) == (0, [], 0), hint
        with database.reading() as connection:
            rows = connection.execute(select(tables.record.c.id)).scalars()
            assert {id for id, _, _ in now} == set(rows), hint
        database.close()
    assert lost, "no cut lost anything"


def test_a_laptop_that_stands_ahead_makes_the_ledger_another_but_once_an_hour(processes: Make, proxy: Proxy) -> None:
    scene = Scene(processes(), proxy, sessions=1, words=60)

    def epoch() -> bytes:
        with scene.database.reading() as connection:
            return bytes(connection.execute(select(tables.ledger.c.epoch)).scalar_one())

    def ahead() -> None:
        with closing(Store(scene.one.path, KEY)) as store:
            store.remember_bytes("cursor", msgspec.msgpack.encode((10**6, "")))
            store.remember_bytes("sync_prev", b"")
        scene.one.sync()

    scene.one.sync()
    with scene.database.writing() as connection:
        connection.execute(update(tables.ledger).values(minted=int(MONDAY.timestamp())))
    first = epoch()
    ahead()
    second = epoch()
    ahead()
    assert first != second == epoch()
    scene.two.sync()
    scene.one.sync()
    scene.is_well("after two claims")
    scene.close()
