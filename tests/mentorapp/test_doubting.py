"""When the time of a save is marked as in doubt: on evidence, never for ever, and never at the price of the save."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentorapp.clock import SetClock
from mentorapp.records import Session
from mentorapp.store import Store
from tests.mentorapp.sessions import NOON, opened, session

MINUTE = timedelta(minutes=1)


def doubtful(store: Store, at: datetime) -> bool:
    """Save something at this moment: whether its time is marked, now and for whoever hears of it."""
    one = session(place="library")
    store.save(one, by="me", at=at)
    state = store.state(one.id)
    assert state is not None
    (stamp,) = state.stamps.values()
    assert stamp.at == int(at.timestamp())
    return stamp.in_doubt


@pytest.mark.parametrize(
    ("off", "doubt", "marked"),
    [
        (0, 0, False),
        (10, 0, False),
        (11, 0, True),
        (-11, 0, True),
        (12, 3, False),
        (14, 3, True),
        (60 * 24 * 9, 0, True),
    ],
)
def test_saves_are_marked_while_the_clock_was_found_more_than_ten_minutes_off(
    store: Store, off: int, doubt: int, marked: bool
) -> None:
    store.compare_clocks(NOON, offset=off * MINUTE, doubt=doubt * MINUTE)
    assert doubtful(store, NOON + MINUTE) is marked
    store.compare_clocks(NOON + 2 * MINUTE, offset=timedelta(0), doubt=timedelta(0))
    assert doubtful(store, NOON + 3 * MINUTE) is False


def test_saves_after_the_clock_stepped_back_are_marked_until_it_is_where_it_was_or_an_exchange_says_it_is_right(
    store: Store,
) -> None:
    clock = SetClock(NOON)
    assert not doubtful(store, clock.now())
    clock.forward(days=-400)
    assert doubtful(store, clock.now())
    clock.forward(days=1)
    assert doubtful(store, clock.now())
    store.compare_clocks(clock.now(), offset=timedelta(0), doubt=timedelta(0))
    assert not doubtful(store, clock.now())
    clock.forward(minutes=-1)
    assert not doubtful(store, clock.now())  # As a clock does that is set by the network.
    clock.forward(days=500)
    assert not doubtful(store, clock.now())


def test_the_evidence_outlives_the_program(tmp_path) -> None:
    with opened(tmp_path / "one.mentor") as (store,):
        assert not doubtful(store, NOON)
    with opened(tmp_path / "one.mentor") as (store,):
        assert doubtful(store, NOON - timedelta(hours=1))


def test_a_mark_is_never_taken_back_and_travels(store: Store, tmp_path) -> None:
    store.compare_clocks(NOON, offset=timedelta(hours=-5), doubt=timedelta(0))
    one = session(place="library").at_home()
    store.save(one, by="me", at=NOON)
    store.compare_clocks(NOON, offset=timedelta(0), doubt=timedelta(0))
    (waiting,) = store.pending()
    with opened(tmp_path / "other.mentor") as (other,):
        other.absorb([waiting.state], at=NOON)
        assert [version.in_doubt for version in other.versions(one.id, "place")] == [True]
        other.save(replace(one, place="hall"), by="you", at=NOON, before=one)
        assert [version.in_doubt for version in other.history(one.id, "place")] == [True]
        assert [version.in_doubt for version in other.versions(one.id, "place")] == [False]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(-50 * 365 * 24 * 60, 50 * 365 * 24 * 60), st.none() | st.integers(-100_000, 100_000)),
        max_size=6,
    )
)
def test_no_clock_refuses_a_save(store: Store, steps: list[tuple[int, int | None]]) -> None:
    for minutes, off in steps:
        if off is not None:
            store.compare_clocks(NOON + minutes * MINUTE, offset=timedelta(seconds=off), doubt=MINUTE)
        doubtful(store, NOON + minutes * MINUTE)
    assert store.find(Session, limit=1) or not steps
