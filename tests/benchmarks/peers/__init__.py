"""The programs that ours is measured beside: Anki with its sync server, PouchDB with express-pouchdb. `install.sh` installs them."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

_HERE = Path(__file__).parent
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
FOLDER = Path(os.environ.get("MENTOR_PEERS", _CACHE / "mentor-peers"))
"""Where `install.sh` puts them."""

_ANKI = FOLDER / "anki" / "bin" / "python"
_POUCH = FOLDER / "pouch"


class Told:
    """A laptop of a peer: a process that does what it is told."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def tell(self, verb: str, what: Any = 0) -> Any:
        """Have it do something, and wait until it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({verb: what}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())["done"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def _anki_server(folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "SYNC_USER1": "user:pass",
        "SYNC_BASE": str(folder / "server"),
        "SYNC_HOST": "127.0.0.1",
        "SYNC_PORT": str(port),
    }
    started = subprocess.Popen(
        [str(_ANKI), "-m", "anki.syncserver"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with _ended(started):
        _answering(port)
        yield port


@contextmanager
def _pouch_server(folder: Path) -> Iterator[int]:
    (folder / "server").mkdir()
    command = ["node", str(_HERE / "pouch_peer.js"), "server", str(folder / "server")]
    started = subprocess.Popen(
        command, cwd=_POUCH, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert started.stdout is not None
    with _ended(started), started.stdout:
        yield int(started.stdout.readline())


@contextmanager
def _ended(process: "subprocess.Popen[Any]") -> Iterator[None]:
    try:
        yield
    finally:
        if process.stdin:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answering(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("a peer's server does not answer")


class Peer:
    """A peer: its server, and laptops of it."""

    def __init__(self, name: str, there: bool, command: list[str], folder: Path, server: Callable[[Path], Any]) -> None:
        self.name, self.there, self._command, self._folder, self.server = name, there, command, folder, server

    def laptop(self) -> Told:
        """A laptop that waits to be told."""
        return Told(self._command, self._folder)


ANKI = Peer("Anki 26.9.3", _ANKI.exists(), [str(_ANKI), str(_HERE / "anki_peer.py")], _HERE, _anki_server)
POUCH = Peer(
    "PouchDB 9.0.0",
    (_POUCH / "node_modules" / "express-pouchdb").exists(),
    ["node", str(_HERE / "pouch_peer.js")],
    _POUCH,
    _pouch_server,
)
