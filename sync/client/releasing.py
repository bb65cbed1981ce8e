"""Letting go of what this laptop may no longer hold, once nothing unsent is in it.

What the server takes back is noted first; it is removed as soon as nothing in it is unsent, set aside or drafted, and forgotten about where
the server gives it again.
"""

import msgspec

from mentorapp.registers import Simple, State, whole
from mentorapp.store import Changed, Store
from sync.protocol import Dropped


def to_release(store: Store) -> tuple[set[str], set[str]]:
    """The scopes and the records that were taken from this laptop and of which something is still here."""
    noted = (store.recall(name).split("\n") for name in ("sync_dropped", "sync_dropped_records"))
    scopes, records = (set(names) - {""} for names in noted)
    return scopes, records


def dropped(store: Store, message: Dropped) -> Changed:
    """Let go at once of what this laptop may no longer hold, before anything that it may hold again arrives."""
    scopes, records = to_release(store)
    _note_release(store, scopes | set(message.scopes), records | set(message.records))
    return released(store)


def _note_release(store: Store, scopes: set[str], records: set[str]) -> None:
    store.remember(sync_dropped="\n".join(sorted(scopes)), sync_dropped_records="\n".join(sorted(records)))


def released(store: Store) -> Changed:
    """Remove what was taken from this laptop and has nothing unsent in it; the rest is tried again after the next exchange."""
    scopes, records = to_release(store)
    if not scopes and not records:
        return Changed()
    changed = store.release(scopes, records)
    _note_release(store, *store.unreleased(scopes, records))
    return changed


def given_again(store: Store, arrived: list[State | Simple]) -> None:
    """What the server gives, this laptop may hold, whatever was said before."""
    gone, records = to_release(store)
    if gone or records:
        states = [whole(one) for one in arrived]
        named = {v for state in states if "scope" in state.registers for v in state.registers["scope"].values}
        back = {scope for scope in gone if msgspec.msgpack.encode(scope) in named}
        _note_release(store, gone - back, records - {state.id for state in states})


def taken_again(store: Store, ids: list[str]) -> None:
    """What the server took from here lies in what this laptop may hold, whatever was said before."""
    gone, records = to_release(store)
    if gone or records:
        _note_release(store, gone - store.scopes_of(ids), records - set(ids))
