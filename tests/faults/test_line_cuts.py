"""Two laptops and a server's process over TCP that breaks after exactly the k-th byte: whatever k is, the next exchange makes it good.

A few of the places in the ordinary run, every single byte of a small exchange in the long one, headers too, in both directions.
"""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from mentorapp.store import Store
from sync import wire
from sync.client import SyncError, engine
from sync.client.loop import recalled_pace
from sync.server import tables
from tests.faults.conftest import Make
from tests.faults.processes import seed
from tests.faults.proxy import Cut, Proxy
from tests.faults.scenes import Scene
from tests.strategies import DEEP
from tests.sync.conftest import KEY, MONDAY

_PLACES = 10
"""So many cuts in each direction, unless every one is tried."""
_HEADERS = 700
"""More than one request's headers and its body without records take, or one answer's."""
_SILENCE = 0.12
"""Long enough for the server to read what had arrived, as it does on a line where bytes are few."""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    yield found
    found.close()


@pytest.fixture
def scene(processes: Make, url: str, proxy: Proxy) -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(**words: int) -> Scene:
        made.append(Scene(processes(url), proxy, **words))
        return made[-1]

    yield make
    for one in made:
        one.close()


def _measured(scene: Scene) -> tuple[int, int]:
    """How many bytes the uncut exchange takes, up and down."""
    scene.begin()
    scene.proxy.arm()
    scene.one.sync()
    return scene.proxy.up, scene.proxy.down


def _cut_then_whole(scene: Scene, cut: Cut) -> bool:
    """The first laptop's exchange is cut; then everybody exchanges. Whether it was cut: an exchange may be a few bytes shorter."""
    scene.begin()
    scene.proxy.arm(cut)
    reason = ""
    try:
        scene.one.sync()
    except SyncError as said:
        reason = said.reason
    assert reason in ("", "cut", "unreachable"), (cut, reason)
    scene.proxy.arm()
    for laptop in (scene.one, scene.two, scene.one):
        result = laptop.sync()
    assert result.agrees, cut
    scene.is_well(cut)
    return bool(reason)


@pytest.mark.timeout(1800 if DEEP else 120)
def test_an_exchange_cut_after_any_byte_is_made_good_by_the_next(scene: Callable[..., Scene]) -> None:
    made = scene(sessions=2, words=120)
    begun = seed()
    chance = random.Random(begun)
    cut = 0
    for way, total in zip(("up", "down"), _measured(made), strict=True):
        stride = 1 if DEEP else max(1, total // _PLACES)
        for place in range(0 if DEEP else chance.randrange(stride), total + 1, stride):
            cut += _cut_then_whole(made, Cut(**{way: place}, reset=bool((place // stride) % 2)))
    assert cut > 1.8 * _PLACES, f"MENTOR_SEED={begun}"


def _frame(laptop: Path) -> tuple[int, int]:
    """How many bytes the body of the laptop's next request has, and the longest of its frames."""
    store = Store(laptop, KEY)
    body = engine.collect(store, at=MONDAY, pace=recalled_pace(store)).pack(recalled_pace(store).quality)
    store.close()
    ends, reader = [0], wire.FrameReader()
    for place in range(len(body)):
        ends += [place] * len(list(reader.feed(body[place : place + 1])))
    return len(body), max(b - a for a, b in pairwise([*ends, len(body)]))


def test_what_is_sent_again_after_a_cut_is_one_frame_and_a_header_at_most(scene: Callable[..., Scene]) -> None:
    made = scene(sessions=40, words=2200)
    up, down = _measured(made)
    made.begin()
    body, frame = _frame(made.one.path)
    assert body > 3 * frame
    resent = {"up": 0, "down": 0}
    for number in range(24 if DEEP else 4):
        for way, total in (("up", up), ("down", down)):
            made.begin()
            place = total * (2 * number + 1) // (48 if DEEP else 8)
            made.proxy.arm(Cut(**{way: place}, silence=_SILENCE))
            with pytest.raises(SyncError):
                made.one.sync()
            first = getattr(made.proxy, way)
            made.proxy.arm()
            made.one.sync()
            second, turns = getattr(made.proxy, way), 3  # the question, the rest, and what the laptop brings together
            again = first + second - total
            assert again <= (frame if way == "up" else wire.FRAME) + turns * _HEADERS, (way, place, again)
            resent[way] = max(resent[way], again)
            made.two.sync()
            made.is_well((way, place))
    assert min(resent.values()) > 0


@pytest.mark.parametrize("url", [""])
def test_a_failed_exchange_leaves_no_connection_though_somebody_keeps_the_failure(
    scene: Callable[..., Scene], url: str
) -> None:
    """The line carries one connection at a time: a second is not answered while the first is open."""
    made, kept = scene(sessions=1, words=20), []
    with made.database.writing() as connection:
        connection.execute(update(tables.device).values(revoked=1))
    for _ in range(2):
        with pytest.raises(SyncError) as failed:
            made.one.sync()
        kept.append(failed)
    assert [one.value.reason for one in kept] == ["token_revoked"] * 2
