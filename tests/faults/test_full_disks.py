"""A disk that is full, or may not be written to, at either end of an exchange: it is said, nothing is lost or untrue, and it goes on after.

Full in two ways: files that may not grow (RLIMIT_FSIZE, by anybody) and a small disk that is filled up (a tmpfs, by root alone).
"""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mentorapp.store import Store
from sync.client import SyncError
from sync.server.database import opened
from tests.faults.conftest import Make
from tests.faults.postgres import Postgres, is_here
from tests.faults.processes import ROOT
from tests.faults.proxy import Proxy
from tests.faults.scenes import Scene
from tests.sync.conftest import KEY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of running processes, and tmpfs, are Linux's")


class SmallDisk:
    """A disk of a few megabytes. `fill` leaves nothing on it; `empty` gives that back."""

    def __init__(self, at: Path, megabytes: int) -> None:
        self.at, self._ballast = at, at / "ballast"
        at.chmod(0o755)
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=1777", "tmpfs", str(at)]
        self.mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0

    def fill(self, but: int = 0) -> None:
        """Leave no room, or that many bytes."""
        with open(self._ballast, "wb", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while ballast.write(b"\0" * 4096):
                    pass
            ballast.truncate(ballast.tell() - but)

    def empty(self) -> None:
        """Make room again."""
        self._ballast.unlink()

    def close(self) -> None:
        """Be gone."""
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.at)], check=True)
        self.at.rmdir()


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], SmallDisk]]:
    made: list[SmallDisk] = []

    def make(megabytes: int) -> SmallDisk:
        made.append(SmallDisk(Path(tempfile.mkdtemp(prefix="small")), megabytes))
        if not made[-1].mounted:
            pytest.skip("only root may mount a small disk")
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    yield found
    found.close()


# --- the laptop's -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["files may not grow", "the disk is full"])
def test_an_exchange_on_a_full_laptop_ends_with_a_sentence_and_goes_on_when_there_is_room(
    how: str, processes: Make, proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    with closing(Scene(processes(), proxy, sessions=40, words=2200)) as scene:
        if how == "files may not grow":
            most = scene.one.path.stat().st_size + 30_000
            said = scene.processes.once(scene.one.path, most)
        else:
            disk = request.getfixturevalue("small_disk")(4)
            place = disk.at / "store.db"
            place.write_bytes(scene.one.path.read_bytes())
            disk.fill(but=120_000)  # A store opens; what comes does not fit.
            said = scene.processes.once(place)
            disk.empty()
            scene.one.path = place
        assert "The disk" in said, said
        assert "was saved before is safe" in said
        with closing(Store(scene.one.path, KEY)) as store:
            assert store.is_well()
            assert store.safety().only_here + store.safety().safe >= 43
        assert scene.processes.once(scene.one.path).startswith("done")
        scene.two.sync()
        assert scene.processes.once(scene.one.path) == "done True\n"
        scene.is_well(how)


# --- the server's -----------------------------------------------------------------------------------------------------


def _limited(processes: list[int], most: int) -> None:
    for process in processes:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def _refused_then_taken(scene: Scene, fill: Callable[[], None], empty: Callable[[], None]) -> None:
    """While there is no room, the laptop is told so and nothing counts as sent but what is there; then all goes through."""
    before = scene.there()
    fill()
    reasons = []
    for _ in range(2):
        with pytest.raises(SyncError) as failed:
            scene.one.sync()
        reasons.append(failed.value.reason)
        with closing(Store(scene.one.path, KEY)) as store:
            waiting = {row[0] for row in store.rows("SELECT DISTINCT id FROM outbox")}
    empty()
    assert set(reasons) == {"cannot_commit"}
    assert scene.processes.listens()
    there = scene.there()
    assert before <= there
    assert scene.ids - waiting <= there, "told to be safe, and not there"
    assert waiting
    for laptop in (scene.one, scene.two, scene.one):
        result = laptop.sync()
    assert result.agrees
    scene.is_well(reasons)


@pytest.mark.parametrize("how", ["files may not grow", "the disk is full"])
def test_a_server_without_room_says_so_acknowledges_nothing_and_goes_on_when_there_is(
    how: str, processes: Make, proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    at = processes()
    if how == "files may not grow":
        with closing(Scene(at, proxy, sessions=40, words=2200)) as scene:
            log = at.folder / "server" / "ledger.sqlite-wal"

            def fill() -> None:
                with scene.database.reading():
                    _limited([at.server], log.stat().st_size + 20_000)

            _refused_then_taken(scene, fill, lambda: _limited([at.server], resource.RLIM_INFINITY))
    else:
        disk = request.getfixturevalue("small_disk")(6)
        (at.folder / "server").symlink_to(disk.at)
        with closing(Scene(at, proxy, sessions=40, words=2200)) as scene:
            _refused_then_taken(scene, disk.fill, disk.empty)
        at.kill(at.server)


def test_a_server_on_a_postgresql_without_room_does_so_too(
    processes: Make, proxy: Proxy, small_disk: Callable[[int], SmallDisk]
) -> None:
    if not is_here():
        pytest.skip("no PostgreSQL is installed here")
    disk = small_disk(80)
    postgres = Postgres(disk.at)
    try:
        with closing(Scene(processes(postgres.url()), proxy, sessions=60, words=6000)) as scene:
            _refused_then_taken(scene, disk.fill, disk.empty)
    finally:
        postgres.close()


START = """
import os, sys, tempfile
from sync.server import console
from sync.server.database import opened
with tempfile.TemporaryDirectory() as folder:
    opened(f"sqlite:///{folder}/once").close()  # loads what nobody may read
if sys.argv[2] == "nobody":
    os.setgid(65534); os.setuid(65534)
sys.exit(console.main(["--data", sys.argv[1], "--port", "0"]))
"""


def _started(folder: Path, who: str) -> tuple[int, str]:
    command = [sys.executable, "-c", START, str(folder), who]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    return ran.returncode, ran.stderr


def _readable_to_all(folder: Path) -> None:
    for parent in (folder, *folder.parents):
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("nothing", "The server cannot use the folder"),
        ("a folder", "unable to open database file"),
        ("a ledger", "readonly database"),
    ],
)
def test_a_server_that_may_not_write_refuses_to_start_with_a_sentence(there: str, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    if there != "nothing":
        folder.mkdir()
    if there == "a ledger":
        opened(f"sqlite:///{folder / 'ledger.sqlite'}").close()
    _readable_to_all(tmp_path)
    status, said = _started(folder, "nobody")
    assert status == 1, said
    assert said.count("\n") == 1, said
    assert words in said


def test_a_server_without_room_refuses_to_start_with_a_sentence(small_disk: Callable[[int], SmallDisk]) -> None:
    disk = small_disk(1)
    disk.fill()
    status, said = _started(disk.at / "server", "root")
    assert status == 1, said
    assert said.count("\n") == 1, said
    assert "disk is full" in said or "disk I/O error" in said or "unable to open" in said
