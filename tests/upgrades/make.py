"""Makes the small real store that a release leaves behind: `python -m tests.upgrades.make`, once, when its schema is released.

Every later version opens a copy of it in `test_upgrades.py`. A folder that is there is never made anew.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from mentorapp import __version__
from mentorapp.clock import SetClock
from mentorapp.records import Person
from mentorapp.services import people, sample, sessions
from mentorapp.services.workspace import STORE, Workspace
from mentorapp.store import Ack, Store

HERE = Path(__file__).resolve().parent
KEY = bytes(range(32))
"""The key of the stores kept here: there is nothing in them to protect."""

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def make(folder: Path) -> None:
    """A store with sample people, something confirmed, something pending, a draft, something superseded and something voided."""
    folder.mkdir()
    clock = SetClock(NOON)
    store = Store(folder / STORE, KEY)
    workspace = Workspace(store, clock, "a" * 32)
    store.remember(me=workspace.me)
    store.save(Person(id=workspace.me, scope="office/", name="Awa D."), by=workspace.me, at=NOON)
    sample.add_people(workspace)
    store.acknowledge([Ack(one.state.id, one.counter) for one in store.pending()], at=NOON, receipt="01")
    clock.forward(days=1)
    _, person, pair = people.add_mentee(workspace, name="Hanna B.", site="Gulu district library")
    people.edit(workspace, person, person.__class__(**{**vars(person), "role": "Librarian"}))
    _, left, _ = people.add_mentee(workspace, name="Joseph K.")
    people.void(workspace, left, reason="Entered twice")
    sessions.keep_draft(workspace, sessions.begin_draft(workspace, mentorship=pair.id))
    store.close()


if __name__ == "__main__":
    make(HERE / __version__)
    sys.stdout.write(f"{HERE / __version__}\n")
