"""A weak link in user space: a TCP proxy on loopback with a rate, a round trip and cuts; it counts bytes, connections and turns.

Promises physics: in each direction one pipe that sends segments of 1,400 bytes with 40 of header at the given rate, one after the
other, each arriving half a round trip later; a connection's first byte waits one round trip for TCP's handshake; a cut loses all
that had not arrived. The schedule is arithmetic on absolute times, so that a slow machine delays a byte and not the bytes after it.

What it leaves out: acknowledgements (some 1.5 % of the other direction), slow start (ten segments a round trip are more than
64 kbit/s carry in 600 ms), and Nagle's waiting, which happens inside the ends. It stops by itself, and listens on loopback only.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

SEGMENT = 1400
HEADER = 40
AHEAD = 0.1
"""How many seconds of content wait before the line."""
LONGEST = 3600.0
"""After so many seconds a link ends whatever happens."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a link is like. Rates in bits a second (0: as fast as it goes), times in seconds, 0 for no cuts."""

    up: float = 64_000
    down: float = 64_000
    round_trip: float = 0.6
    cut_seconds: float = 0
    cut_bytes: int = 0

    def carrying(self, content: int, *, rate: float | None = None) -> float:
        """How long one direction takes to put that much content on the line."""
        speed = self.up if rate is None else rate
        segments = -(-content // SEGMENT)
        return (content + segments * HEADER) * 8 / speed if speed else 0.0

    def limit(self, up: int, down: int, *, connections: int = 1, requests: int = 1) -> float:
        """The least that so much content can take: both directions' bytes, TCP's handshakes, and one round trip a request."""
        bits = self.carrying(up) + self.carrying(down, rate=self.down)
        return bits + (connections + requests) * self.round_trip


WEAK = Line()
"""64 kbit/s and 600 ms."""


@dataclass
class Counted:
    """What passed since the counting began. A turn is a change from up to down: a request that was answered."""

    up: int = 0
    down: int = 0
    connections: int = 0
    turns: int = 0
    cuts: int = 0


@dataclass
class _Pipe:
    """One direction of the line, shared by all connections: `free` is when it has sent all that it was given."""

    rate: float
    free: float = 0.0

    def sent(self, size: int, now: float) -> float:
        """When the last bit of a segment given now has left."""
        begin = max(now, self.free)
        self.free = begin + ((size + HEADER) * 8 / self.rate if self.rate else 0.0)
        return self.free


@dataclass
class _Proxy:
    """The link itself, within an event loop."""

    line: Line
    to: int
    counted: Counted = field(default_factory=Counted)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _last: str = ""
    _since_cut: int = 0
    _busy: int = 0
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self._pipes = {"up": _Pipe(self.line.up), "down": _Pipe(self.line.down)}

    def again(self) -> None:
        """Begin to count anew, and cut from now on."""
        self.counted, self._last, self._since_cut = Counted(), "", 0
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end closes it or the line is cut."""
        self.counted.connections += 1
        self._begin_cutting()
        opened = time.monotonic() + self.line.round_trip
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to, limit=SEGMENT)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        self._busy += 1
        try:
            await asyncio.gather(
                self._carry("up", reader, far_writer, opened), self._carry("down", far_reader, writer, opened)
            )
        finally:
            self._busy -= 1
            self._open -= {writer, far_writer}
            for one in (writer, far_writer):
                one.close()

    async def end(self) -> None:
        """Let go of every connection."""
        self.cut()
        while self._busy:
            await asyncio.sleep(0.01)

    async def _carry(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: float) -> None:
        arrivals: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(arrivals, writer))
        with contextlib.suppress(OSError):  # The sender is gone without a word; what it sent before still arrives.
            while not writer.transport.is_closing() and (some := await reader.read(SEGMENT)):
                left = self._pipes[way].sent(len(some), max(time.monotonic(), opened))
                self._note(way, len(some))
                arrivals.put_nowait((left + self.line.round_trip / 2, some))
                # The sender is held as by a full buffer, but never so long that waking up late would leave the line idle.
                await _until(left - AHEAD)
        arrivals.put_nowait((max(time.monotonic(), opened) + self.line.round_trip / 2, b""))
        await delivery

    async def _deliver(self, arrivals: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                moment, some = await arrivals.get()
                await _until(moment)
                if writer.transport.is_closing():
                    return
                if not some:
                    if writer.can_write_eof():
                        writer.write_eof()
                    return
                writer.write(some)
                await writer.drain()

    def _note(self, way: str, size: int) -> None:
        setattr(self.counted, way, getattr(self.counted, way) + size)
        if way == "down" and self._last == "up":
            self.counted.turns += 1
        self._last = way
        self._since_cut += size
        if self.line.cut_bytes and self._since_cut >= self.line.cut_bytes:
            self.cut()

    def _begin_cutting(self) -> None:
        if self.line.cut_seconds and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.line.cut_seconds, self._cut_again)

    def _cut_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.line.cut_seconds, self._cut_again)
        self.cut()

    def cut(self) -> None:
        """Lose what is under way, and every connection."""
        self._since_cut = 0
        if self._open:
            self.counted.cuts += 1
        for writer in list(self._open):
            writer.transport.abort()
        for pipe in self._pipes.values():
            pipe.free = 0.0


async def _until(moment: float) -> None:
    wait = moment - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)


async def _serve(line: Line, to: int) -> None:
    proxy = _Proxy(line, to)
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0, limit=SEGMENT)
    _say({"port": server.sockets[0].getsockname()[1]})
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    # When whoever started it is gone, its input ends, and so does the link.
    while word := (await commands.readline()).decode().strip():
        if word == "again":
            proxy.again()
        _say(asdict(proxy.counted))
    server.close()
    await proxy.end()


def _say(told: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


class Link:
    """A link in a process of its own, so that what is measured does not slow it: `with Link(port, WEAK) as link: link.port`."""

    def __init__(self, to: int, line: Line = WEAK) -> None:
        self.line = line
        shape = json.dumps(asdict(line))
        command = [sys.executable, str(Path(__file__)), "--to", str(to), "--line", shape]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port: int = self._heard()["port"]

    def _heard(self) -> dict[str, int]:
        assert self._process.stdout is not None
        told: dict[str, int] = json.loads(self._process.stdout.readline())
        return told

    def _tell(self, word: str) -> Counted:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return Counted(**self._heard())

    def again(self) -> None:
        """Begin to count anew."""
        self._tell("again")

    def counted(self) -> Counted:
        """What passed since the counting began."""
        return self._tell("counted")

    @contextlib.contextmanager
    def measuring(self) -> Iterator["Measured"]:
        """Count and time what happens within."""
        self.again()
        measured = Measured(self.line)
        began = time.monotonic()
        yield measured
        measured.seconds = time.monotonic() - began
        measured.counted = self.counted()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@dataclass
class Measured:
    """One phase over a link."""

    line: Line
    seconds: float = 0.0
    counted: Counted = field(default_factory=Counted)

    @property
    def limit(self) -> float:
        """The least that one request with these bytes over one new connection can take."""
        return self.line.limit(self.counted.up, self.counted.down)


def main() -> None:
    """Be a link until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--line", type=json.loads, default={})
    options = parser.parse_args()

    async def bounded() -> None:
        async with asyncio.timeout(LONGEST):
            await _serve(Line(**options.line), options.to)

    with contextlib.suppress(TimeoutError):
        asyncio.run(bounded())


if __name__ == "__main__":
    main()
