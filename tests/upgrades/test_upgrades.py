"""A store that any released version left behind opens in this one, with everything in it, and goes on."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mentorapp.clock import SetClock
from mentorapp.records import Mentorship, Person, Session
from mentorapp.services import finding, recall, sessions
from mentorapp.services.workspace import STORE, Workspace
from mentorapp.store import Store
from tests.upgrades.make import HERE, KEY, NOON, make

RELEASED = sorted(folder.name for folder in HERE.iterdir() if (folder / STORE).exists())


def _opened(folder: Path) -> Workspace:
    store = Store(folder / STORE, KEY)
    return Workspace(store, SetClock(NOON), store.recall("me"))


def test_every_release_left_a_store() -> None:
    assert RELEASED


@pytest.mark.parametrize("release", RELEASED)
def test_a_store_of_an_earlier_release_opens_with_everything_in_it(release: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / release, tmp_path / release)
    workspace = _opened(tmp_path / release)
    store = workspace.store
    try:
        assert store.is_well()
        assert {row.name for row in recall.mentees(workspace)} >= {"Grace A.", "Tesfaye M.", "Hanna B."}
        assert "Joseph K." in {one.name for one in store.find(Person, voided=True)}
        grace = next(row for row in recall.mentees(workspace) if row.name == "Grace A.")
        assert recall.mentee(workspace, grace.person).met == 6
        hanna = next(row for row in recall.mentees(workspace) if row.name == "Hanna B.")
        person = store.get(Person, hanna.person)
        assert person.role == "Librarian"
        assert finding.find(workspace, finding.Asked(words="facilitating")).found
        (draft,) = store.drafts()
        assert sessions.read_draft(draft).session.mentorship == hanna.mentorship
        safety = store.safety()
        assert safety.safe > 40
        assert safety.only_here >= 2
    finally:
        store.close()


@pytest.mark.parametrize("release", RELEASED)
def test_a_store_of_an_earlier_release_goes_on(release: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / release, tmp_path / release)
    workspace = _opened(tmp_path / release)
    try:
        (draft,) = workspace.store.drafts()
        sessions.hold_session(workspace, draft=sessions.read_draft(draft))
        pair = workspace.store.find(Mentorship, limit=1)[0]
        changed = workspace.store.save(
            replace(pair, purpose="Going on"), before=pair, by=workspace.me, at=workspace.clock.now()
        )
        assert changed.records == (pair.id,)
        assert not workspace.store.drafts()
    finally:
        workspace.store.close()
    again = _opened(tmp_path / release)
    try:
        assert again.store.find(Mentorship, "purpose = ?", ("Going on",))
        assert again.store.find(Session, "status = 'held'")
    finally:
        again.store.close()


def test_what_a_release_leaves_behind_is_made_by_the_program_itself(tmp_path: Path) -> None:
    make(tmp_path / "now")
    workspace = _opened(tmp_path / "now")
    assert workspace.store.is_well()
    workspace.store.close()
