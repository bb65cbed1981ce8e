"""A store and a workspace for each test, in a folder of its own, under a clock that stands still."""

from functools import partial

import pytest

from mentorapp.clock import SetClock
from mentorapp.services import workspace as workspaces
from mentorapp.store import Store, keys
from tests.mentorapp.sessions import KEY, NOON


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """Nothing of this machine's own is read or written, and a guess at a passphrase costs next to nothing."""
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(keys, "Cost", partial(keys.Cost, passes=1, memory_kib=64, lanes=1))


@pytest.fixture
def clock():
    """A clock that stands at noon."""
    return SetClock(NOON)


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    store = Store(tmp_path / "store.mentor", KEY)
    yield store
    store.close()


@pytest.fixture
def workspace(clock):
    """A mentor's workspace."""
    workspace = workspaces.start(name="Grace A.", passphrase="a few words", clock=clock)
    yield workspace
    workspace.close()
