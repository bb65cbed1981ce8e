"""How the server listens: which limits of time and size hold for a connection before a request is whole.

Knows uvicorn and sockets, nothing of what is asked. A connection on which no request has begun, or whose headers do not end, is closed
after a while: otherwise whoever opens many and says nothing keeps the laptops out.
"""

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

KEEP_ALIVE = 120
"""Seconds. A weak line may carry one answer for longer than the usual five, and a new connection costs it two turns."""

HEADERS_WITHIN = 60.0
"""Seconds that the headers of a request may take: some 500 bytes, which the weakest line carries in one."""

MOST_HEADERS = 16 * 1024
"""Bytes that the headers of a request may have."""


class _OneWrite:
    """A transport on which what is written in one turn of the loop leaves together: headers with what follows them at once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def write(self, some: bytes) -> None:
        """Send it, with what is written until the loop comes round."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(some)

    def flush(self) -> None:
        """Send what waits."""
        some, self._waiting = b"".join(self._waiting), []
        if some and not self._transport.is_closing():
            self._transport.write(some)

    def close(self) -> None:
        """Send what waits, and then no more."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Bounded(H11Protocol):
    """HTTP/1.1 whose requests begin within a time: uvicorn itself waits for the end of the headers for ever."""

    _until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(_OneWrite(transport, self.loop))  # type: ignore[arg-type]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on, from the first byte of a request until its headers are whole."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._until is None:
            self._until = self.loop.call_later(HEADERS_WITHIN, self._too_late)

    def _stop(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def _too_late(self) -> None:
        self._until = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def configuration(application: Any) -> uvicorn.Config:
    """How an application is served, whoever runs it: laptops, tests and measurements meet the same."""
    return uvicorn.Config(
        application,
        http=Bounded,
        log_config=None,  # whoever runs it says where its logs go
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="warning",
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=MOST_HEADERS,
    )
