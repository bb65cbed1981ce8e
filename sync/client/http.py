"""The line to the server: one POST an exchange, answered as frames that are given on as they arrive.

Knows no store. Whatever goes wrong comes as a `SyncError` with its sentence; frames that arrived before are given on first. Time-outs go by
silence, never by total. Headers and body leave in one write: split in two, the second waits for the first's delayed
acknowledgement (Nagle), a round trip and more on a slow line.
"""

import contextlib
import select
import socket
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar, NamedTuple

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER

from sync import protocol, wire
from sync.client.words import FILES, SyncError, failure
from sync.protocol import Message, ProtocolError

CONNECT, SILENCE = 20.0, 45.0
"""How long to wait for a connection, and for the next byte, in seconds."""

_PIECE = 16_384


@dataclass
class _Moved:
    """Bytes that went over the line and came over it."""

    up: int = 0
    down: int = 0


class _OneWrite:
    """A connection whose request line, headers and body leave together; of a body that is made meanwhile, its first piece."""

    _waiting: list[bytes] | None = None
    _made_meanwhile = False
    open_ones: ClassVar[list[socket.socket]] = []
    moved: ClassVar[_Moved] = _Moved()
    greeting: ClassVar[tuple[int, int]] = (0, 0)

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.open_ones[:] = [self.sock]  # type: ignore[attr-defined]
        self.moved.up += self.greeting[0]
        self.moved.down += self.greeting[1]

    def request(self, *arguments: Any, **named: Any) -> None:
        self._waiting, self._made_meanwhile = [], bool(named.get("chunked"))
        super().request(*arguments, **named)  # type: ignore[misc]
        self._leave()
        self._waiting = None

    def send(self, some: Any) -> None:
        if self._waiting is None or not isinstance(some, bytes | bytearray):
            super().send(some)  # type: ignore[misc]
            return
        headers = not self._waiting
        self._waiting.append(bytes(some))
        if self._made_meanwhile and not headers:
            self._leave()
            self._waiting = [b""]

    def _leave(self) -> None:
        whole = b"".join(self._waiting or ())
        self.moved.up += len(whole)
        # A socket's time-out is the most that one `sendall` may take in all: piece by piece it goes by silence.
        for at in range(0, len(whole), _PIECE):
            super().send(whole[at : at + _PIECE])  # type: ignore[misc]


class _Connection(_OneWrite, HTTPConnection):
    pass


class _SafeConnection(_OneWrite, HTTPSConnection):
    # About what TLS 1.3 takes to begin with a chain of two short (ECDSA) certificates.
    greeting = (700, 2_500)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


def _noting(pool: type[HTTPConnectionPool], open_ones: list[socket.socket], moved: _Moved) -> type[HTTPConnectionPool]:
    """The pool, its connections noted where another thread can find them to hang up, and what they move added up."""
    connection = type("Noted", (pool.ConnectionCls,), {"open_ones": open_ones, "moved": moved})
    return type("NotingPool", (pool,), {"ConnectionCls": connection})


class _Adapter(HTTPAdapter):
    def __init__(self, open_ones: list[socket.socket], moved: _Moved) -> None:
        self._open_ones, self._moved = open_ones, moved
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        pools = {"http": _Pool, "https": _SafePool}
        noting = {name: _noting(pool, self._open_ones, self._moved) for name, pool in pools.items()}
        self.poolmanager.pool_classes_by_scheme = noting


class Answer(NamedTuple):
    """What came of a call. The body is read by whoever wants it; reading it to its end lets the connection be used again."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


@dataclass
class Line:
    """A kept-alive connection to one server. `cancelled` is asked between pieces of an answer, and after `hang_up`.

    `bytes_up` and `bytes_down` are what a mentor pays for: bodies with their headers and, where the line is safe, about what TLS adds to
    begin. What TCP/IP adds to each packet (3 %) is no part of them.
    """

    address: str
    authority: str = ""
    """A file of certificates to trust instead of the system's, for an office with a private authority."""
    cancelled: Callable[[], bool] = lambda: False
    connect: float = CONNECT
    silence: float = SILENCE
    _moved: _Moved = field(default_factory=_Moved)
    _session: requests.Session = field(default_factory=requests.Session)
    _open_ones: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.address = self.address.rstrip("/")
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._open_ones, self._moved))
        # What this exchange does not need is not sent: an exchange with nothing to do is a few hundred bytes both ways.
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER})
        if self.authority:
            self._session.verify = self.authority

    @property
    def bytes_up(self) -> int:
        """What was sent so far."""
        return self._moved.up

    @property
    def bytes_down(self) -> int:
        """What was received so far."""
        return self._moved.down

    def close(self) -> None:
        """Be done with it, though somebody keeps what failed, and with it the answer that was being read."""
        self._session.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End what is under way at once, from whichever thread: a read that waits for the next byte wakes and finds the line cut."""
        for one in self._open_ones[:]:
            with contextlib.suppress(OSError):
                # Of the plain socket, even under TLS: its own shutdown is not made for a second thread.
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what is asked ------------------------------------------------------------------------------------------------

    def stream(self, token: str, pieces: Iterator[wire.Piece]) -> Generator[list[Message], None, None]:
        """As `exchange`, but the body leaves as it is made. What is made in one piece is sent as `exchange` does."""
        first = next(pieces)
        if first.last:
            return self.exchange(token, first.some)
        return self._exchanged(token, (piece.some for piece in chain((first,), pieces)))

    def exchange(self, token: str, body: bytes) -> Generator[list[Message], None, None]:
        """Send a body; give the answer's frames as they arrive. Raises SyncError, after the frames that came whole."""
        return self._exchanged(token, body)

    def _exchanged(self, token: str, body: bytes | Iterator[bytes]) -> Generator[list[Message], None, None]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": protocol.TYPE, "Content-Encoding": "br"}
        with self._posted("/v1/sync", body, headers) as response:
            if response.headers.get("Content-Type") != protocol.TYPE:
                raise self._not_ours(response)
            reader = wire.FrameReader(most=8 * protocol.MOST_UNPACKED)
            try:
                for piece in self._pieces(response):
                    yield from reader.feed(piece)
            except ProtocolError as reason:
                raise failure("not_understood", self.address) from reason
            if not reader.whole:
                raise failure("cut", self.address)

    def more_here(self) -> bool:
        """Whether more of the answer has arrived already. What lies in a buffer of this process may go unnoticed."""
        try:
            return any(bool(select.select([one], [], [], 0)[0]) for one in self._open_ones)
        except (OSError, ValueError):
            return False  # It was hung up: whoever reads next is told.

    def ask(self, path: str, plain: Any) -> Any:
        """Send JSON, get JSON. Raises SyncError."""
        with self._posted(path, msgspec.json.encode(plain), {"Content-Type": "application/json"}) as response:
            said = b"".join(self._pieces(response))
            try:
                return msgspec.json.decode(said)
            except protocol.BROKEN as reason:
                raise failure("foreign" if said else "cut", self.address) from reason

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, fine: tuple[int, ...]
    ) -> Answer:
        """Ask for something that is no exchange. Gives the answer's status and headers, and its body as it arrives.

        Raises SyncError; a status that is not among the `fine` ones as the reason that the server names.
        """
        response = self._sent(method, path, body, headers)
        if response.status_code not in fine:
            with response:
                raise self._refused(response)
        return Answer(response.status_code, response.headers, self._closing(response))

    def _closing(self, response: requests.Response) -> Iterator[bytes]:
        with response:
            yield from self._pieces(response)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _sent(
        self, method: str, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]
    ) -> requests.Response:
        if self.cancelled():
            raise failure("cancelled")
        try:
            response = self._session.request(
                method,
                self.address + path,
                data=body,
                headers=headers,
                stream=True,
                timeout=(self.connect, self.silence),
                allow_redirects=False,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as reason:
            raise self._explained(reason) from reason
        self._moved.down += _head(response)
        return response

    def _posted(self, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]) -> requests.Response:
        response = self._sent("POST", path, body, headers)
        if response.status_code != 200:
            with response:
                raise self._refused(response)
        return response

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        try:
            while piece := response.raw.read1(_PIECE, decode_content=False):
                self._moved.down += len(piece)
                yield piece
                if self.cancelled():
                    raise failure("cancelled")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as reason:
            if self.cancelled():
                raise failure("cancelled") from reason
            silent = isinstance(reason, urllib3.exceptions.ReadTimeoutError | socket.timeout)
            raise failure("too_slow" if silent else "cut", self.address) from reason

    def _not_ours(self, response: requests.Response) -> SyncError:
        """The error of an answer that does not say it is one. Cut within its headers, it does not either, and nothing follows them."""
        some = next(self._pieces(response), b"")
        return failure("foreign" if some else "cut", self.address)

    def _refused(self, response: requests.Response) -> SyncError:
        """The error of an answer that is not 200: ours if it names a reason as our server does."""
        try:
            said = msgspec.json.decode(b"".join(self._pieces(response)))
            reason = said["reason"] if isinstance(said, dict) else None
        except (*protocol.BROKEN, KeyError):
            reason = None
        if isinstance(reason, str):
            return failure(reason if reason in _SENTENCED else "not_understood", self.address)
        return failure("server_trouble" if response.status_code >= 500 else "foreign", self.address)

    def _explained(self, reason: Exception) -> SyncError:
        if self.cancelled():
            return failure("cancelled")
        if isinstance(reason, requests.exceptions.SSLError):
            return failure("insecure", self.address)
        if isinstance(
            reason,
            requests.exceptions.InvalidURL
            | requests.exceptions.InvalidSchema
            | requests.exceptions.MissingSchema
            | ValueError,
        ) and not isinstance(reason, requests.exceptions.ConnectionError):
            return failure("bad_address", self.address)
        if isinstance(reason, requests.exceptions.ReadTimeout):
            return failure("too_slow", self.address)
        return failure("unreachable", self.address)


def _head(response: requests.Response) -> int:
    """How many bytes an answer's first line and headers took."""
    lines = [
        f"HTTP/1.1 {response.status_code} {response.reason}",
        *(f"{n}: {v}" for n, v in response.raw.headers.items()),
    ]
    return sum(len(line) + 2 for line in lines) + 2


_SENTENCED = frozenset(
    (
        "token_revoked",
        "token_unknown",
        "app_too_old",
        "app_too_new",
        "too_often",
        "too_slow",
        "cannot_commit",
        "code_wrong",
        "code_used",
        "code_expired",
        "person_taken",
        *FILES,
    )
)
"""The reasons of a server that have a sentence of their own."""
