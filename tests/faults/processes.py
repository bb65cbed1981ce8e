"""A server and laptops as processes of their own, killed by their numbers alone; what random tests begin from, so that they replay."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def seed() -> int:
    """What chance begins from: MENTOR_SEED if it is set, to replay what a failure named."""
    return int(os.environ.get("MENTOR_SEED", random.randrange(2**32)))


def until(true: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait until something is so; fail, saying what, if it does not come to pass."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.005)


class Processes:
    """A nursery and what it started. `url` is the ledger's database; without it the server keeps a file in `folder`."""

    def __init__(self, folder: Path, url: str = "", broken: str = "") -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.url = url or f"sqlite:///{folder / 'server' / 'ledger.sqlite'}"
        self.server = 0
        self.started: set[int] = set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "tests.faults.nursery", *([broken] if broken else [])]
        pipe = subprocess.PIPE
        self._nursery = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}"

    def _born(self, verb: str, out: Path, *words: object) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write("|".join([verb, str(out), *map(str, words)]) + "\n")
        self._nursery.stdin.flush()
        process = int(self._nursery.stdout.readline())
        self.started.add(process)
        return process

    def serve(self, *, wait: bool = True) -> None:
        """Start the server and wait until it listens."""
        (self.folder / "server").mkdir(exist_ok=True)
        log = self.folder / "server.log"
        self.server = self._born("serve", log, self.folder / "server", self.url, self.port)
        if wait:
            until(self.listens, log.read_text()[-2000:] if log.exists() else "the server does not listen")

    def listens(self) -> bool:
        """Whether somebody listens where the server should."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text()

    def work(self, path: Path, *words: object) -> int:
        """Start a laptop that saves and syncs without end, and wait until it has saved something more."""
        before, name = len(self.lines(path)), self._said(path)
        process = self._born("work", name, path, *words)
        until(lambda: len(self.lines(path)) > before, name.read_text()[-2000:] if name.exists() else "nothing saved")
        return process

    def live(self, path: Path, session: str) -> int:
        """Start a laptop that lives its last hours, and wait until it has."""
        process = self._born("live", self._said(path), path, session)
        until(lambda: self.lines(path)[-1:] == ["ready"], "the laptop did not come to its end")
        return process

    def once(self, path: Path, *most: int) -> str:
        """Let a laptop synchronise once, its files no longer than a number of bytes if there is one; what came of it."""
        name = self.folder / "once.said"
        name.unlink(missing_ok=True)
        self._born("once", name, path, *most)
        until(lambda: name.exists() and name.read_text().endswith("\n"), "the laptop says nothing", 60)
        return name.read_text()

    @staticmethod
    def _said(path: Path) -> Path:
        return path.with_suffix(".said")

    def lines(self, path: Path) -> list[str]:
        """What a laptop said; a line cut short said nothing."""
        file = self._said(path)
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def kill(self, process: int) -> None:
        """As a power cut would; gone when this returns."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            while True:
                os.kill(process, 0)
                time.sleep(0.002)
        self.started.discard(process)

    def close(self) -> None:
        """Leave no process behind."""
        for process in list(self.started):
            self.kill(process)
        self._nursery.communicate(timeout=10)
