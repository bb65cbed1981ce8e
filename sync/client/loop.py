"""One synchronisation from beginning to end: collect, exchange, take, until neither side has more.

The store is only ever touched through `call`, which runs a verb where the store lives and gives back its result; the database is never
held while the network is waited for.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from mentorapp.clock import Clock, SystemClock
from mentorapp.store import Exchange, Store
from sync.client import courier, engine, repair
from sync.client.engine import Applied, Batch
from sync.client.files import Moved, Queue
from sync.client.link import linked
from sync.client.pacing import Pace
from sync.client.words import Braked, SyncError, failure
from sync.protocol import Changes, Message
from sync.wire import Piece

if TYPE_CHECKING:
    from sync.client.http import Answer

T = TypeVar("T")
_MOST_FORKS = 3
_TELLING = 16_000
# Fewer bytes than these may have lain in a buffer.
_MOST_AT_ONCE, _LONGEST_HELD = 2_000, 1.0
# Records, seconds. A commit writes the index of words out: for thirty records it costs four times what they do, for two thousand little.


class Call(Protocol):
    """Runs a verb on the lane that owns the store."""

    def __call__(self, verb: Callable[[Store], T], /) -> T:
        """What the verb gives."""


class Wire(Protocol):
    """The line to a server, as `sync.client.http.Line` is one."""

    @property
    def bytes_up(self) -> int:
        """What was sent so far."""

    @property
    def bytes_down(self) -> int:
        """What was received so far."""

    def exchange(self, token: str, body: bytes) -> Iterator[list[Message]]:
        """Send a body; give the answer's frames as they arrive."""

    def more_here(self) -> bool:
        """Whether more of the answer has arrived already, so that nobody waits for it. May say no where there is some."""

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, fine: tuple[int, ...]
    ) -> "Answer":
        """Ask for something that is no exchange: see `sync.client.files`."""


@runtime_checkable
class Streams(Protocol):
    """A line that sends a body while it is made."""

    def stream(self, token: str, pieces: Iterator[Piece], /) -> Iterator[list[Message]]:
        """Send a body; give the answer's frames as they arrive."""


class Progress(NamedTuple):
    """How far a synchronisation is: records safe at the server, received, and still to send; bytes both ways; then bytes of files."""

    safe: int
    received: int
    left: int
    bytes_up: int
    bytes_down: int
    files_done: int = 0
    files_whole: int = 0


@dataclass(frozen=True)
class Result:
    """What a synchronisation came to."""

    applied: Applied
    left: int
    bytes_up: int
    bytes_down: int
    agrees: bool | None = None
    count: int = 0
    files: Moved = field(default_factory=Moved)


def sync_once(
    call: Call,
    line: Wire,
    *,
    clock: Clock | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Result:
    """Exchange until nothing is left on either side. Raises SyncError; what went before it is kept and noted."""
    clock = clock or SystemClock()
    run = _Run(call, line, clock, cancelled, progress)
    started = clock.now()
    try:
        run.through()
        run.introduce()
        while run.files() and not run.left:
            run.through()
    except SyncError as reason:
        run.note(started, reason.reason)
        raise
    run.note(started, "")
    return run.result()


def _taken(store: Store, *, batch: Batch, frames: list[list[Message]], at: datetime) -> Applied:
    return engine.take_all(store, batch, frames, at=at)


def gathered(frames: Iterable[list[Message]], more_here: Callable[[], bool]) -> Iterator[list[list[Message]]]:
    """The frames, those together that are here already: on a slow line one by one, on a fast one as many as fit one commit.

    What was gathered before the line broke is given first.
    """
    some: list[list[Message]] = []
    records, since = 0, 0.0
    try:
        for frame in frames:
            since = since if some else time.monotonic()
            some.append(frame)
            records += sum(len(one.records) for one in frame if isinstance(one, Changes))
            if records >= _MOST_AT_ONCE or not more_here() or time.monotonic() - since > _LONGEST_HELD:
                yield some
                some, records = [], 0
    except SyncError:
        if some:
            yield some
        raise
    if some:
        yield some


class _Stopwatch:
    """Measures the line by one exchange: only the time of waiting for it, and of the answer, if it is long enough, only what followed its beginning.

    Before that the server works; between two pieces this laptop does. Counting either as the line's makes a fast line look slow, and what
    looks slow is compressed harder, which takes longer.
    """

    def __init__(self, line: Wire) -> None:
        self._line = line
        self._from = self._first = line.bytes_down
        self._before = self._after = 0.0

    def over(self, frames: Iterable[list[Message]]) -> Iterator[list[Message]]:
        """The frames, the wait for each of them measured."""
        arriving = iter(frames)
        began = time.monotonic()
        for frame in arriving:
            waited = time.monotonic() - began
            if self._before:
                self._after += waited
            else:
                self._before, self._first = waited, self._line.bytes_down
            yield frame
            began = time.monotonic()

    def measured(self, sent: int, making: float = 0.0) -> tuple[int, float]:
        """Some bytes, and how long the line took for them, where so many seconds went to making what was sent."""
        later = self._line.bytes_down - self._first
        if later >= _TELLING:
            return later, max(self._after, 0.001)
        return sent + self._line.bytes_down - self._from, max(self._before - making, 0.001) + self._after


class _Making:
    """What is sent, piece by piece as it is made: how many bytes so far, and how long making them took."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self.size, self.took = 0, 0.0

    def __iter__(self) -> Iterator[Piece]:
        return self

    def __next__(self) -> Piece:
        began = time.monotonic()
        try:
            piece = next(self._pieces)
        finally:
            self.took += time.monotonic() - began
        self.size += len(piece.some)
        return piece


class _Run:
    """One synchronisation in hand."""

    def __init__(
        self,
        call: Call,
        line: Wire,
        clock: Clock,
        cancelled: Callable[[], bool],
        progress: Callable[[Progress], None],
    ) -> None:
        self.call, self.line, self.clock, self.cancelled, self.progress = call, line, clock, cancelled, progress
        self.applied = Applied()
        self.pace = call(recalled_pace)
        self.left = 0
        self.moved = Moved()

    def through(self) -> None:
        forks = 0
        while True:
            if self.cancelled():
                raise failure("cancelled")
            batch = self.call(lambda store: engine.collect(store, at=self.clock.now(), pace=self.pace))
            one = self._exchange(batch)
            self.applied |= one
            forks += one.forked
            if one.forked and forks < _MOST_FORKS:
                continue
            if not one.done:
                raise failure("cut", batch.link.known_as)
            moved = one.safe + one.refused + one.held + one.again + one.received
            if not one.more and (not self.left or not (moved or batch.asked)):
                return

    def _exchange(self, batch: Batch) -> Applied:
        making = _Making(batch.pieces(self.pace.quality))
        applied, watch = Applied(), _Stopwatch(self.line)
        try:
            frames = watch.over(self._sent(batch, making))
            for some in gathered(frames, self.line.more_here):
                applied |= self.call(partial(_taken, batch=batch, frames=some, at=self.clock.now()))
                self._tell(applied)
                while self.call(repair.refresh_some):
                    pass
        except Braked as stop:
            self.applied |= applied | Applied(safe=stop.safe)
            raise
        except SyncError:
            self.applied |= applied
            self.pace = self.pace.failed()
            raise
        moved, seconds = watch.measured(making.size, making.took)
        self.pace = self.pace.after(moved=moved, seconds=seconds)
        self._tell(applied)
        return applied

    def introduce(self) -> None:
        """Exchange keys with the server, where a file was to be sealed for it and could not be: once in a laptop's life."""
        introduction = self.call(courier.introduction)
        key = courier.introduced(self.line, introduction) if introduction else ""
        if key:
            self.call(partial(courier.knows, key=key))

    def _sent(self, batch: Batch, making: _Making) -> Iterator[list[Message]]:
        if isinstance(self.line, Streams):
            yield from self.line.stream(batch.link.token, making)
        else:
            yield from self.line.exchange(batch.link.token, b"".join(piece.some for piece in making))

    def files(self) -> bool:
        """Move files, after the text. Whether text was written meanwhile: it goes first."""
        queue = self.call(self._queue)
        if queue is None:
            return False
        queue.moved = self.moved
        try:
            return queue.through().overtaken
        finally:
            self.moved.overtaken = False

    def _queue(self, store: Store) -> Queue | None:
        link = linked(store)
        if link is None or not engine.moves_files(store):
            return None

        def told(done: int, whole: int) -> None:
            both = self.applied
            self.progress(Progress(both.safe, both.received, 0, self.line.bytes_up, self.line.bytes_down, done, whole))

        return Queue(self.call, self.line, link.token, self.clock, self.pace.rate, told)

    def _tell(self, applied: Applied) -> None:
        self.left = self.call(lambda store: store.pending_count())
        both = self.applied | applied
        self.progress(Progress(both.safe, both.received, self.left, self.line.bytes_up, self.line.bytes_down))

    def note(self, started: datetime, outcome: str) -> None:
        exchange = Exchange(
            started.isoformat(),
            self.clock.now().isoformat(),
            self.applied.safe,
            self.applied.received,
            self.line.bytes_up,
            self.line.bytes_down,
            outcome,
            self.applied.receipt,
        )
        self.call(lambda store: _noted(store, exchange, self.pace))

    def result(self) -> Result:
        agreed = self.call(engine.agreement)
        agrees, count = agreed or (None, 0)
        return Result(self.applied, self.left, self.line.bytes_up, self.line.bytes_down, agrees, count, self.moved)


def recalled_pace(store: Store) -> Pace:
    """The pace of the last exchanges, as the store remembers it."""
    return Pace(int(store.recall("sync_rate", "0")), int(store.recall("sync_failures", "0")))


def _noted(store: Store, exchange: Exchange, pace: Pace) -> None:
    with store.transaction():
        store.note_exchange(exchange)
        store.remember(sync_rate=str(pace.rate), sync_failures=str(pace.failures))


def next_try(store: Store, now: datetime) -> datetime:
    """When to synchronise by itself again."""
    return recalled_pace(store).next_try(now, random.random())


def run(
    store: Store,
    *,
    clock: Clock | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
    **line_options: Any,
) -> Result:
    """Synchronise a store that this thread owns, until nothing is left. Raises SyncError."""
    from sync.client.http import Line

    link = linked(store)
    if link is None:
        raise failure("no_server")

    def call(verb: Callable[[Store], T], /) -> T:
        return verb(store)

    with Line(link.address, authority=link.authority, cancelled=cancelled, **line_options) as line:
        return sync_once(call, line, clock=clock, cancelled=cancelled, progress=progress)
