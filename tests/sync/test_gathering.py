"""What lies between the line and the store: frames that are here share a commit, the line is measured by the line alone."""

import time
from collections.abc import Iterator

import pytest

from sync import wire
from sync.client.loop import _MOST_AT_ONCE, _Stopwatch, gathered
from sync.client.pacing import Pace
from sync.client.words import SyncError, failure
from sync.protocol import Message
from tests.sync import records

FRAMES: list[list[Message]] = wire.read(wire.stream(state for state, _ in records.sessions(200)))


def _broken_after(count: int) -> Iterator[list[Message]]:
    yield from FRAMES[:count]
    raise failure("cut")


def test_frames_that_are_here_come_together_and_on_a_slow_line_one_by_one() -> None:
    assert len(FRAMES) > 3
    assert list(gathered(iter(FRAMES), lambda: True)) == [FRAMES]
    assert list(gathered(iter(FRAMES), lambda: False)) == [[one] for one in FRAMES]


def test_together_they_are_never_many_more_than_a_commit_is_worth() -> None:
    many = FRAMES * 25
    found = list(gathered(iter(many), lambda: True))
    assert [one for some in found for one in some] == many
    for some in found[:-1]:
        assert sum(len(m.records) for frame in some[:-1] for m in frame) < _MOST_AT_ONCE  # type: ignore[union-attr]
    assert len(found) > 1


def test_what_came_before_the_line_broke_is_given_first() -> None:
    found: list[list[list[Message]]] = []
    with pytest.raises(SyncError):
        found.extend(_collected(found))
    assert found == [FRAMES[:3]]


def _collected(found: list[list[list[Message]]]) -> Iterator[list[list[Message]]]:
    for some in gathered(_broken_after(3), lambda: True):
        found.append(some)
    yield from ()


class _Line:
    """A line whose server thinks for a while; what follows is as fast as asked for."""

    bytes_up = bytes_down = 0

    def __init__(self, *, thinks: float, each: float) -> None:
        self.thinks, self.each = thinks, each

    def frames(self) -> Iterator[list[Message]]:
        time.sleep(self.thinks)
        for frame in FRAMES[:5]:
            self.bytes_down += 10_000
            yield frame
            time.sleep(self.each)


@pytest.mark.parametrize(
    ("thinks", "each", "least", "most"), [(0.4, 0.0, 1_000_000, 10**9), (0.05, 0.1, 50_000, 110_000)]
)
def test_neither_the_servers_thinking_nor_our_own_slows_the_line_down(
    thinks: float, each: float, least: int, most: int
) -> None:
    line = _Line(thinks=thinks, each=each)
    watch = _Stopwatch(line)  # type: ignore[arg-type]
    for _ in watch.over(line.frames()):
        time.sleep(0.02)
    moved, seconds = watch.measured(400)
    assert least < Pace().after(moved=moved, seconds=seconds).rate < most
