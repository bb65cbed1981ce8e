"""Small pieces that many of these tests are made of: a moment, a session, an exchange without a network."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.store import Ack, Store

KEY = bytes(range(32))
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


def later(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def session(**values: object) -> Session:
    """A session held with somebody."""
    return Session(id=new_id(), mentorship="m1", status="held", started=NOON, **values)  # type: ignore[arg-type]


@contextlib.contextmanager
def opened(*paths: Path):
    """Stores at these paths, closed afterwards."""
    stores = [Store(path, KEY) for path in paths]
    try:
        yield stores
    finally:
        for store in stores:
            store.close()


def carry(source: Store, target: Store, *, acknowledged: bool = True) -> None:
    """What is pending at one is taken in by the other; a receipt comes back."""
    waiting = source.pending()
    target.absorb([p.state for p in waiting], at=NOON)
    if acknowledged:
        source.acknowledge([Ack(p.state.id, p.counter) for p in waiting], at=NOON, receipt="r")


def exchange(one: Store, other: Store) -> None:
    """Both know everything that may leave either."""
    carry(one, other)
    carry(other, one)
    other.absorb(list(one.all_states()), at=NOON)
    one.absorb(list(other.all_states()), at=NOON)
    carry(one, other)
    carry(other, one)
