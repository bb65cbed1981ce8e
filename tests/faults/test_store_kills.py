"""Power fails while a session is saved: everything that was confirmed is there whole, and nothing is half there."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mentorapp.records import ActionItem, Session
from mentorapp.store import Store, tables
from tests.strategies import DEEP

KEY = bytes(range(32))
NEEDS_SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

SAVER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from mentorapp.clock import new_id
from mentorapp.records import ActionItem, Session
from mentorapp.store import Store

store = Store(Path(sys.argv[1]), bytes(range(32)))
at = datetime(2026, 3, 11, tzinfo=UTC)
sys.stdout.write("open\\n")
sys.stdout.flush()
for number in range(1_000_000):
    one = Session(id=new_id(), mentorship="m", status="held", notes=f"word{number} " * (1 + number % 400), place="first")
    promise = ActionItem(id=new_id(), mentorship="m", origin=one.id, text=f"promise{number}", status="open")
    store.save_all([(None, one), (None, promise)], by="me", at=at)
    sys.stdout.write(f"{one.id}\\n")
    sys.stdout.flush()
    if number % 3 == 0:
        store.save(replace(store.get(Session, one.id), place="second"), before=store.get(Session, one.id), by="me", at=at)
"""


def start(script: str, *words: str) -> subprocess.Popen[str]:
    """A child process that runs a script."""
    return subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True, env=os.environ)


def whole(store: Store, confirmed: set[str]) -> None:
    """Every confirmed save is there, and whatever is there is whole: row, registers, outbox, search, history."""
    assert store.is_well()
    sessions = {one.id: one for one in store.find(Session)}
    assert confirmed <= set(sessions), f"confirmed and gone: {confirmed - set(sessions)}"
    promised = {item.origin for item in store.find(ActionItem)}
    assert promised == set(sessions), "half of an intention"
    states = {state.id: state for state in store.all_states()}
    assert len(states) == 2 * len(sessions)
    indexed = {row[0] for row in store.rows("SELECT rowid FROM search")}
    assert indexed == {row[0] for row in store.rows("SELECT seq FROM registers")}
    pending = {(id, name): counter for id, name, counter in store.rows("SELECT id, field, counter FROM outbox")}
    for id, one in sessions.items():
        shown, _ = tables.shown_of(states[id])
        assert (shown["notes"], shown["place"]) == (one.notes, one.place)
        assert {n for i, n in pending if i == id} == set(states[id].registers)
        (dot,) = states[id].registers["place"].dots
        assert pending[id, "place"] == dot.counter
        assert len(store.history(id, "place")) == (one.place == "second")
    dots = {dot for state in states.values() for dot in state.dots()}
    assert len(dots) >= len(states)
    assert store.counter == max((dot.counter for dot in dots), default=0)
    assert {dot.replica for dot in dots} <= {store.replica}


@NEEDS_SIGNALS
def test_whenever_the_power_fails_every_confirmed_save_is_there_whole(tmp_path: Path) -> None:
    path, confirmed, dice = tmp_path / "store.mentor", set(), random.Random(7)
    for _ in range(200 if DEEP else 25):
        child = start(SAVER, str(path))
        assert child.stdout
        assert child.stdout.readline() == "open\n"
        time.sleep(dice.uniform(0, 0.12))
        child.send_signal(signal.SIGKILL)
        confirmed |= {line.strip() for line in child.stdout if line.endswith("\n")}
        child.wait()
        child.stdout.close()
        store = Store(path, KEY)
        whole(store, confirmed)
        store.close()
        if len(confirmed) > 500 and not DEEP:
            for file in tmp_path.iterdir():
                file.unlink()
            confirmed.clear()


@NEEDS_SIGNALS
def test_a_store_killed_in_the_making_opens(tmp_path: Path) -> None:
    dice = random.Random(11)
    for number in range(40 if DEEP else 5):
        path = tmp_path / str(number) / "store.mentor"
        script = SAVER.replace('sys.stdout.write("open\\n")', "", 1).replace(
            "store = Store", 'print("go", flush=True)\nstore = Store'
        )
        child = start(script, str(path))
        assert child.stdout
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.02))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        store = Store(path, KEY)
        assert store.is_well()
        store.close()


def test_a_write_ahead_log_cut_anywhere_gives_whole_saves_and_no_half_ones(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.mentor"
    child = start(SAVER, str(path))
    assert child.stdout
    lines = [child.stdout.readline() for _ in range(9)]
    child.kill()
    child.wait()
    child.stdout.close()
    assert lines[0] == "open\n"
    log = path.with_name(path.name + "-wal")
    everything, size = log.read_bytes(), log.stat().st_size
    assert size > 50_000
    found = []
    for end in [*range(0, size, size // (400 if DEEP else 40)), size - 1, size]:
        folder = tmp_path / "cut"
        shutil.copytree(path.parent, folder)
        (folder / log.name).write_bytes(everything[:end])
        (folder / (path.name + "-shm")).unlink(missing_ok=True)
        store = Store(folder / path.name, KEY)
        whole(store, set())
        found.append(len(store.find(Session)))
        store.close()
        shutil.rmtree(folder)
    assert found == sorted(found)
    assert found[0] == 0
    assert found[-1] >= 8


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.records import Session
from mentorapp.store import Store

store = Store(Path(sys.argv[1]), bytes(range(32)))
at = datetime(2026, 3, 11, tzinfo=UTC)

def save(number):
    store.save(Session(id=f"s{number}", mentorship="m", notes=f"word{number} " * 800), by="me", at=at)

def refused():
    for number in range(10_000):
        try:
            save(number)
        except UserError as said:
            return number, str(said)

if sys.argv[2] == "pages":
    (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    store.connection.execute(f"PRAGMA max_page_count = {pages + 40}")
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
number, said = refused()
assert [s.id for s in store.find(Session)] == sorted(f"s{n}" for n in range(number)), "what was saved before is not there"
assert store.search(f"word{number - 1}") and not store.search(f"word{number}")
if sys.argv[2] == "pages":
    store.connection.execute("PRAGMA max_page_count = 1000000")
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
save(number)
assert store.is_well() and len(store.find(Session)) == number + 1
store.close()
assert len(Store(Path(sys.argv[1]), bytes(range(32))).find(Session)) == number + 1
sys.stdout.write(said)
"""


@NEEDS_SIGNALS
@pytest.mark.parametrize(("how", "words"), [("pages", "disk is full"), ("file", "The disk")])
def test_a_full_disk_is_said_loses_nothing_and_saving_works_once_there_is_room(tmp_path, how, words):
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "store.mentor"), how], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert words in ran.stdout
    assert "saved before is safe" in ran.stdout
    assert "damaged" not in ran.stdout


READ_ONLY = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from mentorapp.errors import UserError
from mentorapp.records import Session
from mentorapp.store import Store
import mentorapp.store.migrations

path = Path(sys.argv[1])
os.setgid(65534); os.setuid(65534)
try:
    store = Store(path, bytes(range(32)))
    store.save(Session(id="s", mentorship="m", notes="new"), by="me", at=datetime(2026, 3, 11, tzinfo=UTC))
except UserError as said:
    sys.stdout.write(str(said))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("file_mode", [0o644, 0o666])
def test_a_folder_that_became_read_only_is_said_so_and_changes_nothing(tmp_path: Path, file_mode: int) -> None:
    path = tmp_path / "home" / "store.mentor"
    Store(path, KEY).close()
    for parent in path.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    path.chmod(file_mode)
    before = path.read_bytes()
    ran = subprocess.run([sys.executable, "-c", READ_ONLY, str(path)], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert "cannot be written to" in ran.stdout
    assert path.read_bytes() == before
