"""The weak link is what it says: a known transfer takes what physics says, a cut loses what was under way, and all is counted."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.benchmarks.link import Line, Link

FAST = Line(up=512_000, down=1_024_000, round_trip=0.15)


def _read(sock: socket.socket, size: int) -> int:
    got = 0
    while got < size and (some := sock.recv(min(65536, size - got))):
        got += len(some)
    return got


@contextmanager
def answering(ask: int, answer: int) -> Iterator[int]:
    """A server that reads `ask` bytes and then gives `answer` bytes, again and again on each connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            with sock:
                try:
                    while _read(sock, ask) == ask:
                        sock.sendall(b"a" * answer)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _asked(port: int, ask: int, answer: int, times: int = 1) -> float:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            sock.sendall(b"q" * ask)
            assert _read(sock, answer) == answer
    return time.monotonic() - began


@pytest.mark.parametrize(("up", "down"), [(28_000, 700), (300, 56_000), (100, 100)])
def test_a_transfer_takes_what_physics_says(up: int, down: int) -> None:
    with answering(up, down) as port, Link(port, FAST) as link:
        # A busy machine can only make it slower; the better of two is what the link itself does.
        took = min(_asked(link.port, up, down) for _ in range(2))
        assert took == pytest.approx(FAST.limit(up, down), rel=0.03)


def test_requests_on_one_connection_pay_for_one_handshake() -> None:
    with answering(100, 100) as port, Link(port, FAST) as link:
        took = min(_asked(link.port, 100, 100, times=3) for _ in range(2))
        assert took == pytest.approx(FAST.limit(300, 300, requests=3) + 2 * 2 * FAST.carrying(0), rel=0.03)


def test_bytes_connections_and_turns_are_counted() -> None:
    with answering(5_000, 3_000) as port, Link(port, Line(up=0, down=0, round_trip=0.01)) as link:
        _asked(link.port, 5_000, 3_000)
        link.again()
        _asked(link.port, 5_000, 3_000, times=2)
        counted = link.counted()
        assert (counted.up, counted.down, counted.connections, counted.turns) == (10_000, 6_000, 1, 2)


@pytest.mark.parametrize("line", [Line(round_trip=0.1, cut_bytes=4_000), Line(round_trip=0.1, cut_seconds=0.5)])
def test_a_cut_loses_what_was_under_way(line: Line) -> None:
    with answering(20_000, 100) as port, Link(port, line) as link:
        with pytest.raises((OSError, AssertionError)):
            _asked(link.port, 20_000, 100)
        counted = link.counted()
        assert counted.cuts >= 1
        assert counted.up < 10_000
