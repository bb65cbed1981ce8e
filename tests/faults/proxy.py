"""A TCP line on loopback that breaks after exactly the k-th byte, upwards or downwards, once it is told to.

It counts every byte of either direction, headers too. A break is either an orderly end or a reset, as a router gives it; or it is
silent for a moment first, as a radio link is, so that whatever arrived before is surely read.
"""

import contextlib
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """Where the line breaks, in bytes from now on: `up` or `down`. `reset`: without an orderly end; `silence`: seconds before it."""

    up: int | None = None
    down: int | None = None
    reset: bool = False
    silence: float = 0.0


class Proxy:
    """The line. One connection at a time, as a laptop has; it ends with `close`."""

    def __init__(self, port: int = 0) -> None:
        self.server = port
        """The port of whoever is behind it; may change while nobody is connected."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.up = self.down = 0
        self.cuts = 0
        self._cut = Cut()
        self._ended = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        """What laptops are told."""
        return f"http://127.0.0.1:{self.port}"

    def arm(self, cut: Cut | None = None) -> None:
        """Count from zero, and break there; without a place, never."""
        self.up = self.down = 0
        self._cut = cut or Cut()

    def close(self) -> None:
        """Stop listening and end what is open."""
        self._ended = True
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        while not self._ended:
            if not select.select([self._listening], [], [], 0.02)[0]:
                continue
            laptop, _ = self._listening.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.server), timeout=5)
            except OSError:
                laptop.close()
                continue
            with laptop, server:
                for one in (laptop, server):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with contextlib.suppress(OSError):
                    self._carry(laptop, server)

    def _carry(self, laptop: socket.socket, server: socket.socket) -> None:
        while not self._ended:
            if self._broken(laptop, server):
                return
            for end in select.select([laptop, server], [], [], 0.05)[0]:
                some = end.recv(65536)
                if not some:
                    return
                if not self._passed(some, end is laptop, server if end is laptop else laptop):
                    break

    def _passed(self, some: bytes, upwards: bool, to: socket.socket) -> bool:
        """Pass on what the line still carries; whether that is all."""
        most = self._cut.up if upwards else self._cut.down
        seen = self.up if upwards else self.down
        part = some if most is None else some[: max(0, most - seen)]
        to.sendall(part)
        if upwards:
            self.up += len(part)
        else:
            self.down += len(part)
        return len(part) == len(some)

    def _broken(self, laptop: socket.socket, server: socket.socket) -> bool:
        cut = self._cut
        if not (cut.up is not None and self.up >= cut.up) and not (cut.down is not None and self.down >= cut.down):
            return False
        time.sleep(cut.silence)
        if cut.reset:
            for one in (laptop, server):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._cut = Cut()
        self.cuts += 1
        return True
