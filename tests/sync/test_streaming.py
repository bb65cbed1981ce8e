"""A body and an answer leave while they are being made: the first frame does not wait for the second, in either direction."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import anyio.to_thread
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync import wire
from sync.client import engine
from sync.client.http import Line
from sync.client.words import SyncError
from sync.protocol import Done, Hello
from sync.server import tables
from sync.server.answering import answered
from sync.server.listening import _OneWrite
from sync.wire import Piece
from tests.sync.conftest import Laptop, Office, noise, serving

Make = Callable[..., Laptop]


def test_a_frame_is_committed_before_the_next_is_made(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    for _ in range(4):
        grace.session(pair.id, notes=noise(30_000))
    batch = engine.collect(grace.store, at=grace.clock.now())
    seen: list[int] = []

    def one_after_the_other() -> Iterator[Piece]:
        for piece in batch.pieces(5):
            yield piece
            until = time.monotonic() + 10
            while not piece.last and len(office.rows(tables.record)) <= sum(seen) and time.monotonic() < until:
                time.sleep(0.01)
            seen.append(len(office.rows(tables.record)) - sum(seen))

    with Line(office.address) as line:
        frames = list(line.stream(batch.link.token, one_after_the_other()))
    assert all(seen[:-1])
    assert len(seen) >= 4
    engine.apply(grace.store, batch, frames, at=grace.clock.now())
    assert grace.store.safety().only_here == 0


def test_what_fits_one_frame_says_its_length_and_is_one_request_and_one_answer(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    grace.pair()
    body = engine.collect(grace.store, at=grace.clock.now())
    assert [piece.last for piece in body.pieces(5)] == [True]
    with socket.create_connection(("127.0.0.1", int(office.address.rsplit(":", 1)[1]))) as raw:
        packed = body.pack(5)
        head = (
            f"POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {body.link.token}\r\n"
            f"Content-Type: application/x-mentor\r\nContent-Length: {len(packed)}\r\n\r\n"
        )
        raw.sendall(head.encode() + packed)
        said = raw.recv(2**16)
    assert b"content-length: " in said.lower()
    assert b"transfer-encoding" not in said.lower()


def _answering(pieces: Callable[[], Iterator[Piece]]) -> Any:
    async def in_turn(work: Callable[..., Any], *given: Any) -> Any:
        return await anyio.to_thread.run_sync(partial(work, *given))

    async def answer(request: Request) -> Response:
        await request.body()
        made = pieces()
        return answered(made, next(made), in_turn, lambda _: None, media_type="application/x-mentor")

    return Starlette(routes=[Route("/v1/sync", answer, methods=["POST"])])


def _frames(count: int) -> Iterator[Piece]:
    writer = wire.FrameWriter(quality=5)
    for _ in range(count):
        writer.message(Done(noise(100).encode(), False, b""))
        writer.flush()
        yield Piece(writer.taken())
    yield Piece(writer.finish(), last=True)


def test_a_frame_of_an_answer_arrives_before_the_next_is_made() -> None:
    heard = [threading.Event() for _ in range(6)]

    def made() -> Iterator[Piece]:
        for number, piece in enumerate(_frames(5)):
            assert number == 0 or heard[number - 1].wait(10)
            yield piece

    with serving(_answering(made)) as address, Line(address) as line:
        for number, _ in enumerate(line.exchange("t", b"")):
            heard[number].set()
    assert [one.is_set() for one in heard] == [True] * 5 + [False]


def _noted(frames: Iterator[object], got: list[object]) -> Iterator[object]:
    for frame in frames:
        got.append(frame)
    yield from ()


def test_an_answer_that_fails_in_the_middle_is_a_cut_and_what_came_before_it_counts() -> None:
    def made() -> Iterator[Piece]:
        for number, piece in enumerate(_frames(5)):
            if number == 3:
                raise OSError("the disk")
            yield piece

    got: list[object] = []
    with serving(_answering(made)) as address, Line(address) as line, pytest.raises(SyncError) as caught:
        got.extend(_noted(line.exchange("t", b""), got))
    assert caught.value.reason == "cut"
    assert len(got) == 3


def test_headers_and_the_first_frame_leave_in_one_write() -> None:
    written: list[bytes] = []

    class Transport:
        def write(self, some: bytes) -> None:
            written.append(some)

        def is_closing(self) -> bool:
            return False

    async def through() -> None:
        transport = _OneWrite(Transport(), asyncio.get_running_loop())  # type: ignore[arg-type]
        transport.write(b"headers")
        transport.write(b"frame")
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)

    asyncio.run(through())
    assert written == [b"headersframe", b"next"]


def test_headers_of_a_request_leave_with_its_first_frame() -> None:
    """The client's half: what a listener receives first has both."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = Line(f"http://127.0.0.1:{server.getsockname()[1]}", silence=5)
        got: list[bytes] = []
        go_on = threading.Event()

        def listen() -> None:
            peer, _ = server.accept()
            with peer:
                got.append(peer.recv(2**16))
                go_on.set()
                while peer.recv(2**16):
                    pass

        thread = threading.Thread(target=listen)
        thread.start()

        def made() -> Iterator[Piece]:
            for piece in _frames(2):
                yield piece
                if not go_on.wait(5):
                    break
            line.hang_up()

        with contextlib.suppress(SyncError):
            list(line.stream("t", made()))
        line.close()
        thread.join()
    (first,) = got
    head, body = first.split(b"\r\n\r\n", 1)
    assert b"Transfer-Encoding: chunked" in head
    assert body


def test_hello_is_in_the_first_frame(laptop: Make) -> None:
    grace = laptop("grace")
    batch = engine.collect(grace.store, at=grace.clock.now())
    ((first, *_),) = wire.read(batch.pack(5))
    assert isinstance(first, Hello)
