"""One window on one store: the second start shows the first window and ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from ui.alone import Alone

ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ui.alone import Alone
app = QCoreApplication([])
other = Alone(Path(sys.argv[1]))
print(other.is_first, other.wake_first())
"""


def second(folder: Path) -> subprocess.Popen[str]:
    """Another start, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    )


def answered(process: subprocess.Popen[str]) -> str:
    """What the other process says, while this one goes on living."""
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < 30:
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()
    return process.communicate(timeout=5)[0].strip()


def test_the_second_start_wakes_the_first_and_is_not_first(tmp_path: Path, qapp: QApplication) -> None:
    woken: list[int] = []
    first = Alone(tmp_path)
    assert first.is_first
    first.woken = lambda: woken.append(1)
    assert answered(second(tmp_path)) == "False True"
    assert woken == [1]
    assert answered(second(tmp_path / "another store")) == "True False"
    first.leave()
    assert answered(second(tmp_path)) == "True False"


def test_a_folder_that_takes_no_lock_is_no_reason_not_to_start(tmp_path: Path, qapp: QApplication) -> None:
    file = tmp_path / "a file"
    file.touch()
    assert Alone(file / "folder").is_first


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes otherwise")
def test_starting_the_program_again_while_it_runs_ends_at_once_and_in_good_order(tmp_path: Path) -> None:
    environment = {**os.environ, "MENTOR_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "ui"]
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "running.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(4)  # Its window opens before it listens to anybody.
        assert subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, timeout=60).returncode == 0
        assert first.poll() is None, "the first goes on"
    finally:
        first.terminate()
        assert first.wait(60) == 0
    assert not (tmp_path / "running.lock").exists()
