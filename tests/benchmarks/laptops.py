"""Laptops of this program for measurements: a store with sessions, linked to a server, perhaps over a weak link."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mentorapp.records import Session
from mentorapp.store import Store
from sync import client
from tests.benchmarks.serving import Serving

KEY = b"k" * 32


def linked(store: Store, server: Serving, *, name: str, address: str = "") -> str:
    """Let the store's laptop in, directly, and have it call the server at `address` from then on. Gives the mentor's id."""
    enrolment = client.enrol(address=server.address, code=server.code(name), device="laptop")
    client.enrolled(store, msgspec.structs.replace(enrolment, address=address or server.address))
    return enrolment.person


def laptop(folder: Path, server: Serving, *, name: str, address: str = "") -> Store:
    """A new store, linked."""
    store = Store(folder / f"{len(list(folder.glob('*.mentor')))}.mentor", KEY)
    linked(store, server, name=name, address=address)
    return store


def save(store: Store, sessions: Iterable[Session]) -> None:
    """Save each session as its own intention of the same mentor, all in one transaction for speed."""
    by = store.recall("sync_person")
    with store.transaction():
        for one in sessions:
            store.save(one, by=by, at=one.started or datetime.now(UTC))
