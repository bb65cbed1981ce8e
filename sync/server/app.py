"""The server's HTTP: enrol, sync, health. Every refusal is a status with a short reason; nothing a caller sends is ever a failure here.

Logs say which laptop called and how many bytes and records went, never whose or what.
"""

import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import msgspec
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from mentorapp.clock import Clock, SystemClock
from sync import bundle, protocol, wire
from sync.protocol import Message, ProtocolError
from sync.server import accounts, courier, holdings, ledger
from sync.server.accounts import Caller, Denied
from sync.server.answering import answered
from sync.server.database import Database
from sync.server.limits import Limit, Pace
from sync.server.visit import Visit

log = logging.getLogger("mentor.server")

T = TypeVar("T")

_SLIM = {"X-Content-Type-Options": "nosniff", "Content-Encoding": "br"}
"""Of an exchange's answer: nobody may keep the answer to a POST that does not say so (RFC 9110, section 9.3.3), and every byte is airtime."""

_SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_STRICT = {
    **_SAFE,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_STATUS = {
    "token_unknown": 401,
    "token_revoked": 401,
    "code_wrong": 403,
    "code_used": 403,
    "code_expired": 403,
    "person_taken": 409,
    "app_too_old": 426,
    "app_too_new": 426,
    "body_too_large": 413,
    "unpacks_too_large": 413,
    "not_this_type": 415,
    "other_tus": 412,
    "too_slow": 408,
    "too_often": 429,
    "cannot_commit": 503,
}

LEAST_BYTES, LEAST_WITHIN = 512, 120.0
"""A body of which fewer bytes come in so many seconds is given up; the frames that arrived whole are kept. Lines that die for a minute live."""


class Refused(Exception):
    """The request is answered with a reason and nothing else; `after` so many seconds it may be asked again."""

    def __init__(self, reason: str, *, after: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


class Knock(msgspec.Struct, frozen=True):
    """What a laptop says to be let in. `person` is its mentor's own Person, if it has one already."""

    code: str
    device: str
    person: str = ""
    keys: str = ""
    """The public half of the laptop's keys, in hexadecimal digits."""


class Introduced(msgspec.Struct, frozen=True):
    """What a laptop that was let in earlier tells about itself."""

    keys: str


@dataclass
class Server:
    """What the routes share. `name` is what laptops show as the place where the work is safe."""

    database: Database
    name: str
    clock: Clock = field(default_factory=SystemClock)
    calls: Limit = field(default_factory=lambda: Limit(burst=600, rate=20))
    knocks: Limit = field(default_factory=lambda: Limit(burst=20, rate=0.2))

    forward: Callable[[bytes], bytes] | None = None
    """Of a hub: hands a file that is sealed for another server over to its centre. Raises Undelivered."""

    _threads: anyio.CapacityLimiter | None = None

    async def in_turn(self, work: Callable[..., T], *given: Any) -> T:
        """Run on a thread. Few at a time: more would only wait for each other in Python; those that write on a file share its commits."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(8 if self.database.lite else 16)
        return await anyio.to_thread.run_sync(partial(work, *given), limiter=self._threads)

    def __post_init__(self) -> None:
        with self.database.writing() as connection:
            self.identity = ledger.identity(connection, accounts.stamp(self.clock.now()))

    # --- routes ---

    async def health(self, _request: Request) -> Response:
        """Whether the server and its database answer."""
        await self.in_turn(self._touch)
        return _told({"mentor": self.name, "protocol": list(protocol.SPOKEN)})

    def _touch(self) -> None:
        with self.database.reading() as connection:
            ledger.identity(connection, 0)

    async def enrol(self, request: Request) -> Response:
        """Let a laptop in by its code."""
        host = request.client.host if request.client else ""
        if not self.knocks.allows(host, time.monotonic()):
            raise Refused("too_often", after=self.knocks.wait(host))
        body = b"".join([chunk async for chunk, _ in bounded(request, 10_000)])
        try:
            knock = msgspec.json.decode(body, type=Knock)
        except protocol.BROKEN as reason:
            raise Refused("not_a_knock") from reason
        enrolled = await self.in_turn(self._enrol, knock)
        log.info("a laptop was enrolled: %s", enrolled.device[:8])
        return _told(
            {
                **asdict(enrolled),
                "epoch": self.identity.epoch.hex(),
                "server": self.name,
                **({"key": self.key} if knock.keys else {}),
            }
        )

    @property
    def key(self) -> str:
        """The public half of this server's keys, in hexadecimal digits."""
        return courier.keyring(self.identity).public.hex()

    async def introduce(self, request: Request) -> Response:
        """Take the keys of a laptop that was let in before it had any, and give it the server's."""
        caller = await self.caller(request)
        body = b"".join([chunk async for chunk, _ in bounded(request, 10_000)])
        try:
            keys = _public(msgspec.json.decode(body, type=Introduced).keys)
        except protocol.BROKEN as reason:
            raise Refused("not_keys") from reason
        await self.in_turn(self._remember_keys, caller.device, keys)
        return _told({"key": self.key})

    def _remember_keys(self, device: str, keys: bytes) -> None:
        with self.database.writing() as connection:
            accounts.remember_keys(connection, device, keys)

    async def hand_over(self, request: Request) -> Response:
        """Take in a file that somebody carried here for another laptop, and give back the one that answers it."""
        await self.caller(request)
        file = b"".join([chunk async for chunk, _ in bounded(request, bundle.MOST)])
        try:
            done = await self.in_turn(self._deliver, file)
        except courier.Undelivered as reason:
            log.info("a file was not taken in: %s", reason.reason)
            return _told({"reason": reason.reason, "whose": reason.whose}, 422)
        return Response(done, headers=_SAFE, media_type=bundle.TYPE)

    def _deliver(self, file: bytes) -> bytes:
        try:
            done = courier.deliver(self.database, self.identity, self.name, file, now=self.clock.now())
        except courier.Undelivered as reason:
            if reason.reason != "bundle_for_another" or self.forward is None:
                raise
            return self.forward(file)
        log.info("a file was taken in, of %s", done.head.tag)
        return done.answer

    def _enrol(self, knock: Knock) -> accounts.Enrolled:
        with self.database.writing() as connection:
            return accounts.enrol(
                connection,
                typed=knock.code,
                device=courier.named(knock.device),
                person=knock.person,
                now=self.clock.now(),
                grant=holdings.welcome_caller,
                keys=_public(knock.keys) if knock.keys else b"",
            )

    async def sync(self, request: Request) -> Response:
        """Take a laptop's changes in, frame by frame as they arrive, and answer with what is new for it."""
        caller = await self.caller(request)
        if request.headers.get("content-type") != protocol.TYPE:
            raise Refused("not_this_type")
        visit = Visit(self.database, self.identity, caller, self.name, self.clock.now())
        reader = wire.FrameReader()
        made: tuple[Iterator[wire.Piece], wire.Piece] | None = None
        async for chunk, last in bounded(request, protocol.MOST_BODY):
            frames = list(reader.feed(chunk))
            if last:
                made = await self.in_turn(_ended, visit, frames)
            elif frames:
                await self.in_turn(_taken, visit, frames)
        assert made is not None

        def told(size: int) -> None:
            log.info("%s: %d bytes up, %d down", caller.device[:8], reader.received, size)

        return answered(*made, self.in_turn, told, headers=_SLIM, media_type=protocol.TYPE)

    async def caller(self, request: Request) -> Caller:
        """Whose laptop is calling. Raises Denied or Refused."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused("token_unknown")
        # Reading one row of a file is quicker than changing threads; another machine's database may take its time.
        caller = self._known(token) if self.database.lite else await self.in_turn(self._known, token)
        if not self.calls.allows(caller.device, time.monotonic()):
            raise Refused("too_often", after=self.calls.wait(caller.device))
        return caller

    def _known(self, token: str) -> Caller:
        with self.database.reading() as connection:
            # Read anew each time: a restore gives the ledger another epoch while this process runs.
            caller, self.identity = accounts.recognised(connection, token)
            return caller


def _taken(visit: Visit, frames: list[list[Message]]) -> None:
    for frame in frames:
        visit.take(frame)


def _ended(visit: Visit, frames: list[list[Message]]) -> tuple[Iterator[wire.Piece], wire.Piece]:
    _taken(visit, frames)
    pieces = visit.pieces()
    return pieces, next(pieces)


async def bounded(request: Request, most: int) -> AsyncIterator[tuple[bytes, bool]]:
    """The body as it arrives, each piece with whether it is the last. Whoever sends next to nothing for long is not waited for."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        raise Refused("body_too_large")
    pace = Pace(LEAST_BYTES, LEAST_WITHIN)
    while True:
        began = time.monotonic()
        try:
            with anyio.fail_after(pace.left):
                message = await request.receive()
        except TimeoutError as reason:
            raise Refused("too_slow") from reason
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, last = message.get("body", b""), not message.get("more_body", False)
        pace.came(len(chunk), time.monotonic() - began)
        most -= len(chunk)
        if most < 0:
            raise Refused("body_too_large")
        if chunk or last:
            yield chunk, last
        if last:
            return


def _public(digits: str) -> bytes:
    """A laptop's public keys. Raises Refused if they are none."""
    try:
        keys = bytes.fromhex(digits)
    except ValueError:
        keys = b""
    if len(keys) != bundle.Keyring.SIZE:
        raise Refused("not_keys")
    return keys


def _told(plain: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(plain), status_code=status, headers=_STRICT, media_type="application/json")


async def _refusal(_request: Request, reason: Exception) -> Response:
    code = reason.reason if isinstance(reason, Refused | ProtocolError | Denied) else "unknown"
    log.info("refused: %s", code)
    answer = _told({"reason": code}, _STATUS.get(code, 400))
    if isinstance(reason, Refused) and reason.after:
        answer.headers["Retry-After"] = str(reason.after)
    if code == "too_slow":
        answer.headers["Connection"] = "close"
    return answer


async def _hung_up(_request: Request, _reason: Exception) -> Response:
    log.info("a laptop hung up in the middle; what had arrived is kept")
    return _told({"reason": "hung_up"}, 400)


async def _trouble(_request: Request, reason: Exception) -> Response:
    log.error("the database failed: %s", type(reason).__name__)
    return _told({"reason": "cannot_commit"}, 503)


async def _nothing_here(_request: Request, _reason: Exception) -> Response:
    return _told({"reason": "nothing_here"}, 404)


Handler = Callable[[Request, Exception], Awaitable[Response]]


def application(server: Server) -> Starlette:
    """The web application of a server."""
    from sync.server.files import mounted  # here, for it needs what this module shares

    routes = [
        *mounted(server),
        Route("/v1/health", server.health),
        Route("/v1/enrol", server.enrol, methods=["POST"]),
        Route("/v1/keys", server.introduce, methods=["POST"]),
        Route("/v1/courier", server.hand_over, methods=["POST"]),
        Route("/v1/sync", server.sync, methods=["POST"]),
    ]
    handlers: dict[Any, Handler] = {
        Refused: _refusal,
        ProtocolError: _refusal,
        Denied: _refusal,
        ClientDisconnect: _hung_up,
        DBAPIError: _trouble,
        404: _nothing_here,
    }
    return Starlette(routes=routes, exception_handlers=handlers)
