"""The brake: what arrives may take out of sight no more than people do in the course of their work, unless it was allowed."""

from collections.abc import Iterable

from mentorapp.registers import Simple, State
from mentorapp.store import Store
from sync.client.words import failure

_FEW, _SHARE = 20, 0.3


def brake(store: Store, states: Iterable[State | Simple], server: str) -> None:
    """Stop, before it is taken in, what would take too much out of sight. Raises Braked.

    Counted from one complete exchange to the next, so that it does not matter into how many frames or answers it is cut.
    """
    fresh = len(store.would_hide(states))
    if not fresh:
        return
    before = int(store.recall("sync_voiding", "0"))
    hidden, seen = before + fresh, store.in_sight() + before
    if hidden > max(_FEW, _SHARE * seen) and not store.recall("sync_voiding_allowed"):
        raise failure("mass_voiding", server, hidden=hidden, of=seen)
    store.remember(sync_voiding=str(hidden))


def braked(store: Store) -> tuple[int, int] | None:
    """How many records, at least, the server's changes would take out of sight, and of how many, if that awaits an answer."""
    said = store.recall("sync_brake").split()
    return (int(said[0]), int(said[1])) if said else None


def allow_voiding(store: Store) -> None:
    """Let the next complete exchange take out of sight whatever it brings."""
    store.remember(sync_voiding_allowed="yes", sync_brake="")
