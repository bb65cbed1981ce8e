"""One window of the program on one store: whoever starts it again while it runs is shown the window that is there.

Two windows would each show what the other does not know of. A lock file says who is first, and a local socket wakes the first; where
neither can be made (a folder that cannot be written to), the program starts all the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 1500
"""How long the second waits for the first to answer."""


class Alone(QObject):
    """Whether this is the only window on the store in `folder`. `is_first` says so; `woken` is called when another was started."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.woken: Callable[[], object] = lambda: None
        self._name = f"mentor-{blake2b(str(folder).encode(), digest_size=10).hexdigest()}"
        # Where the folder cannot be made, locking fails for another reason than that somebody has the lock.
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / "running.lock"))
        self._server: QLocalServer | None = None
        # A lock that a crash left behind is known by its process and taken over; it never grows old by itself.
        self._lock.setStaleLockTime(0)
        held = self._lock.tryLock(0)
        self.is_first = held or self._lock.error() != QLockFile.LockError.LockFailedError
        if held:
            self._listen()

    def _listen(self) -> None:
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._name)
        server.newConnection.connect(self._wake)
        if server.listen(self._name):
            self._server = server

    def _wake(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.write(b"here")
            caller.flush()
            caller.disconnectFromServer()
            self.woken()

    def wake_first(self) -> bool:
        """Have the first window come to the front; whether it answered."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        answered = socket.waitForConnected(WAIT_MS) and (
            socket.bytesAvailable() > 0 or socket.waitForReadyRead(WAIT_MS)
        )
        socket.abort()
        return bool(answered)

    def leave(self) -> None:
        """Let another be first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()
