"""What would take much of a laptop out of sight stops before it is taken in, and asks; what people do every day does not."""

from collections.abc import Callable

import pytest

from mentorapp.records import Session
from sync import client
from sync.client.words import Braked
from tests.sync.conftest import Laptop, noise

Make = Callable[..., Laptop]


def _two(laptop: Make, count: int, words: int = 10) -> tuple[Laptop, Laptop, list[Session]]:
    """Two laptops of one mentor with so many sessions, a mentorship and a mentee."""
    grace, other = laptop("grace"), laptop("grace")
    for one in (grace, other):
        one.store.remember(sync_rate=str(10**7))  # a fast line, so that no time goes into compressing
    pair = grace.pair()
    sessions = [grace.session(pair.id, notes=noise(words)) for _ in range(count)]
    grace.sync()
    other.sync()
    return grace, other, sessions


def _void(one: Laptop, some: list[Session]) -> None:
    for session in some:
        one.clock.forward(minutes=1)
        one.store.void(session, reason="By mistake.", by=one.person, at=one.clock.now())
    one.sync()


@pytest.mark.parametrize(("count", "voided"), [(40, 20), (98, 30)])
def test_as_many_as_the_bound_are_taken_in_unasked(laptop: Make, count: int, voided: int) -> None:
    grace, other, sessions = _two(laptop, count)
    _void(grace, sessions[:voided])
    assert other.sync().agrees
    assert len(other.store.find(Session)) == count - voided


@pytest.mark.parametrize(("count", "voided"), [(40, 21), (98, 31)])
def test_one_more_stops_and_nothing_is_taken_until_it_is_allowed_once(laptop: Make, count: int, voided: int) -> None:
    grace, other, sessions = _two(laptop, count)
    _void(grace, sessions[:voided])
    before, cursor = other.states(), other.store.recall_bytes("cursor")
    written = other.session(sessions[0].mentorship or "", notes="Meanwhile.")
    for _ in range(2):
        with pytest.raises(Braked) as caught:
            other.sync()
        assert caught.value.reason == "mass_voiding"
        assert "{" not in str(caught.value)
        assert {id: state for id, state in other.states().items() if id != written.id} == before
        assert other.store.recall_bytes("cursor") == cursor
        assert client.braked(other.store) == (voided, count + 3)
    assert other.store.pending_count() == 0, "what was sent is safe all the same"
    assert [one.sent for one in other.store.exchanges()[:2]] == [0, 1]
    assert other.store.exchanges()[0].outcome == "mass_voiding"
    client.allow_voiding(other.store)
    assert other.sync().agrees
    assert client.braked(other.store) is None
    assert len(other.store.find(Session)) == count - voided + 1


def test_an_answer_in_many_pieces_is_counted_whole(laptop: Make) -> None:
    grace, other, sessions = _two(laptop, 40, words=6000)
    _void(grace, sessions)
    with pytest.raises(Braked):
        other.sync()
    assert 20 <= len(other.store.find(Session)) < 40


def test_it_is_allowed_once_and_asks_the_next_time(laptop: Make) -> None:
    grace, other, sessions = _two(laptop, 60)
    client.allow_voiding(other.store)
    _void(grace, sessions[:30])
    other.sync()
    _void(grace, sessions[30:])
    with pytest.raises(Braked):
        other.sync()
    assert len(other.store.find(Session)) == 30


def test_what_was_out_of_sight_before_is_not_counted(laptop: Make) -> None:
    grace, _, sessions = _two(laptop, 40)
    _void(grace, sessions)
    fresh = laptop("grace")
    assert fresh.sync().agrees
    assert fresh.store.find(Session) == []
