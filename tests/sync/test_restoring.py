"""A laptop whose store is replaced by a backup of it: nothing is lost by syncing, and nobody is asked about what nobody wrote twice."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mentorapp.records import Session
from mentorapp.services import conflicts
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from tests.sync.conftest import KEY, Laptop


def _asked(laptop: Laptop) -> list[tuple[str, set[object]]]:
    workspace = Workspace(laptop.store, laptop.clock, laptop.person)
    return [(one.name, {side.value for side in one.sides}) for one in conflicts.conflicts(workspace)]


def _edited(laptop: Laptop, id: str, **values: object) -> None:
    before = laptop.store.get(Session, id)
    laptop.store.save(replace(before, **values), before=before, by=laptop.person, at=laptop.clock.now())  # type: ignore[arg-type]


def _backed_up(laptop: Laptop, folder: Path) -> Path:
    return laptop.store.back_up(folder, at=laptop.clock.now()) / laptop.path.name


def _restored(laptop: Laptop, backup: Path) -> None:
    laptop.store.close()
    for beside in laptop.path.parent.glob(f"{laptop.path.name}-*"):
        beside.unlink()
    shutil.copy2(backup, laptop.path)
    laptop.store = Store(laptop.path, KEY)


def test_restoring_yesterdays_backup_and_syncing_loses_nothing_and_makes_no_false_conflicts(
    laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    grace, other = laptop("grace"), laptop("grace")
    pair = grace.pair()
    safe, waiting = grace.session(pair.id, place="library"), grace.session(pair.id, place="school")
    grace.sync()
    other.sync()
    _edited(grace, waiting.id, notes="written before the backup, sent after it", place="hall")
    backup = _backed_up(grace, tmp_path / "stick")
    _edited(grace, safe.id, place="market")
    grace.sync()
    _edited(grace, waiting.id, notes="written again after the backup")
    late = grace.session(pair.id, place="river")
    grace.sync()
    other.sync()
    _edited(other, waiting.id, place="the other laptop knew of the hall")
    other.sync()

    name = grace.store.replica
    _restored(grace, backup)
    assert grace.store.replica != name
    assert grace.store.get(Session, waiting.id).place == "hall"
    _edited(grace, safe.id, agenda="written after the restore")
    new = grace.session(pair.id, place="hill")
    for one in (grace, other, grace):
        one.sync()
    for one in (grace, other):
        assert _asked(one) == []
        assert one.store.get(Session, waiting.id).notes == "written again after the backup"
        assert one.store.get(Session, waiting.id).place == "the other laptop knew of the hall"
        assert one.store.get(Session, safe.id).place == "market"
        assert one.store.get(Session, safe.id).agenda == "written after the restore"
        assert one.store.get(Session, late.id).place == "river"
        assert one.store.get(Session, new.id).place == "hill"
        assert one.sync().agrees
    assert grace.states() == other.states()


def test_what_was_written_on_both_sides_of_a_restore_is_asked_about(
    laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    one = grace.session(pair.id, place="library")
    grace.sync()
    backup = _backed_up(grace, tmp_path / "stick")
    _edited(grace, one.id, place="before the disk broke")
    grace.sync()
    _restored(grace, backup)
    _edited(grace, one.id, place="after the restore")
    grace.sync()
    assert _asked(grace) == [("place", {"before the disk broke", "after the restore"})]


def test_a_backup_restored_on_two_laptops_keeps_what_either_writes(
    laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    waiting = grace.session(pair.id, place="library")
    backup = _backed_up(grace, tmp_path / "stick")
    twin = laptop("grace", enrol=False, content=backup.read_bytes())
    _restored(grace, backup)
    twin.person = grace.person
    assert twin.store.replica != grace.store.replica
    made = {one.session(pair.id, place="somewhere").id for one in (grace, twin)} | {waiting.id}
    for one in (grace, twin, grace, twin):
        one.sync()
    for one in (grace, twin):
        assert {session.id for session in one.store.find(Session)} == made
        assert _asked(one) == []


@pytest.mark.parametrize("times", [1, 3])
def test_a_store_that_was_backed_up_is_still_itself(laptop: Callable[..., Laptop], tmp_path: Path, times: int) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id, place="library")
    for _ in range(times):
        _backed_up(grace, tmp_path / "stick")
    name = grace.store.replica
    grace.store.close()
    grace.store = Store(grace.path, KEY)
    assert grace.store.replica == name
    grace.sync()
