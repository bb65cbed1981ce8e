"""What is large waits for what is small, both ways, wherever the line is cut: nothing is given twice, and nothing is left out."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from mentorapp.records import Session
from mentorapp.registers import State
from sync import protocol, wire
from sync.client import engine
from sync.protocol import Changes, Hello, Message, Outcomes
from sync.server.accounts import Caller
from sync.server.database import Database, opened
from sync.server.reached import MOST_STRETCHES, unpacked
from sync.server.visit import Visit
from tests.sync.conftest import MONDAY, Laptop, blank, noise
from tests.sync.records import written
from tests.sync.test_concurrency import Desk

Make = Callable[..., Laptop]
_LONG = 50_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A ledger on SQLite."""
    (tmp_path / "ledger.sqlite").write_bytes(blank().ledger)
    found = opened(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield found
    found.close()


def _ids(frames: list[list[Message]]) -> list[str]:
    return [state.id for frame in frames for one in frame if isinstance(one, Changes) for state in wire.states(one)]


# --- upwards ----------------------------------------------------------------------------------------------------------


def test_what_is_large_is_sent_after_what_is_small_of_the_same_push(laptop: Make) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    sizes = (10, _LONG, 20, 30, _LONG, 40)
    sessions = [grace.session(pair.id, notes=noise(size)) for size in sizes]
    sent = [state.id for state in engine.collect(grace.store, at=grace.clock.now()).states]
    small = [one.id for one, size in zip(sessions, sizes, strict=True) if size < _LONG]
    large = [one.id for one in sessions if one.id not in small]
    assert sent[-6:] == small + large
    assert grace.sync().agrees


def test_nothing_is_sent_after_a_mentorship_that_was_saved_later(laptop: Make) -> None:
    """Whoever hands a mentorship over had the right to write what they wrote before that."""
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair()
    grace.sync()
    awa.sync()
    before = grace.session(pair.id, notes=noise(_LONG))
    small = grace.session(pair.id)
    grace.save(replace(pair, mentors=(awa.person,)), pair)
    sent = [state.id for state in engine.collect(grace.store, at=grace.clock.now()).states]
    assert sent == [before.id, small.id, pair.id]
    done = grace.sync()
    assert (done.applied.held, done.applied.refused) == (0, 0)
    awa.sync()
    assert {one.id for one in awa.store.find(Session)} == {before.id, small.id}


def _saved(replica: bytes, counter: int, *, id: str = "", notes: str) -> State:
    return written(replica, counter, "m", 1, {"scope": "office/", "notes": notes}, id)


# --- downwards --------------------------------------------------------------------------------------------------------


def _pulled(
    desk: Desk, caller: Caller, cursor: bytes, *, cap: int = 2**20, frames: int | None = None
) -> list[list[Message]]:
    visit = Visit(desk.database, desk.identity, caller, "here", MONDAY)
    hello = Hello(protocol.SPOKEN, "1", b"r" * 8, desk.identity.epoch, cursor, cap, b"", b"n" * 8, 0, rate=10**9)
    visit.take([hello])
    return wire.read(visit.answer())[:frames]


def _written(desk: Desk, caller: Caller, sizes: list[int]) -> dict[str, int]:
    made = {}
    for size in sizes:
        state = _saved(b"w" * 8, len(made) + 1, notes=noise(size))
        desk.exchange(caller, b"", state, replica=b"w" * 8)
        made[state.id] = size
    return made


def test_what_is_large_is_given_after_what_is_small_each_the_newest_first(database: Database) -> None:
    desk = Desk(database)
    grace = desk.caller("grace")
    made = _written(desk, grace, [10, _LONG, _LONG, 20, 30, _LONG, 40, 50, _LONG])
    given = _ids(_pulled(desk, grace, b""))
    newest = list(made)[::-1]
    assert given == [id for id in newest if made[id] < _LONG] + [id for id in newest if made[id] >= _LONG]


def _given(desk: Desk, caller: Caller, made: dict[str, int], chance: random.Random) -> list[str]:
    """Pulled by exchanges of any size, each cut after any of its frames, until there is no more."""
    cursor, found, more = b"", list[str](), True
    while more:
        cap, frames = chance.choice((1024, 20_000, 10**6)), chance.choice((1, 2, 5, None))
        got = _pulled(desk, caller, cursor, cap=cap, frames=frames)
        found += _ids(got)
        for message in (one for frame in got for one in frame):
            if isinstance(message, Changes):
                cursor = message.cursor
                assert len(cursor) <= protocol.MOST_CURSOR
                assert len(unpacked(cursor).stretches) <= MOST_STRETCHES + 1
            elif isinstance(message, protocol.Done):
                cursor, more = message.cursor, message.more
    return found


@pytest.mark.parametrize("seed", range(6))
def test_wherever_it_is_cut_each_is_given_once(database: Database, seed: int) -> None:
    desk, chance = Desk(database), random.Random(seed)
    grace = desk.caller("grace")
    made = _written(desk, grace, [chance.choice((10, 3000, _LONG)) for _ in range(24)])
    given = _given(desk, grace, made, chance)
    assert sorted(given) == sorted(made)


def test_what_another_wrote_while_one_is_answered_is_given(database: Database) -> None:
    """Between a laptop's commit and its answer somebody else may write on what it brought."""
    desk = Desk(database)
    grace = desk.caller("grace")
    first = _saved(b"a" * 8, 1, notes="hers")
    visit = Visit(database, desk.identity, grace, "here", MONDAY)
    hello = Hello(protocol.SPOKEN, "1", b"a" * 8, desk.identity.epoch, b"", 2**20, b"", b"n" * 8, 0, rate=10**9)
    for frame in wire.read(wire.stream([hello, first])):
        visit.take(frame)
    later = _saved(b"b" * 8, 1, id=first.id, notes="beside it")
    desk.exchange(grace, b"", later, replica=b"b" * 8)
    said = wire.read(visit.answer())
    assert [one.others for frame in said for one in frame if isinstance(one, Outcomes)] == [()]
    assert _ids(said) == [first.id]


def test_a_cursor_with_every_hole_there_may_be_is_one_that_a_server_takes() -> None:
    most = [
        (0, "", 9, "f" * 32),
        *((2**40 + n, "e" * 32, 2**40 + n + 1, "d" * 32) for n in range(0, 4 * MOST_STRETCHES, 4)),
    ]
    raw = [(a, wire.slim_id(b), c, wire.slim_id(d)) for a, b, c, d in most]
    assert len(msgspec.msgpack.encode((2**40, raw))) <= protocol.MOST_CURSOR
