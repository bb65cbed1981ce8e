"""Notes when the window does not answer: a thread knocks every few milliseconds and sees how long the event loop takes to open.

On a machine that others use too, only what this program itself did counts: a stall is the shorter of the time that went by and of the
processor's time that the window's thread used meanwhile, in milliseconds of the reference machine (a fixed loop says how much slower this one
is just now). Each stall keeps the stack of the window's thread, so that a failure names the line to mend.
"""

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

LIMIT = 50.0
"""Milliseconds that the window may be away."""

_EVERY = 0.004
_REFERENCE = 7.0
"""Milliseconds that the fixed loop takes on the reference machine when nobody else uses it."""


def fixed_loop() -> float:
    """Milliseconds of the processor that a loop always alike takes."""
    began = time.thread_time()
    total = 0
    for n in range(100_000):
        total += n * n % 7
    return (time.thread_time() - began) * 1000


def slowness() -> float:
    """How many times slower than the reference this machine is just now; at least 1."""
    return max(1.0, sorted(fixed_loop() for _ in range(7))[3] / _REFERENCE)


@dataclass(frozen=True)
class Stall:
    """How long the window was away, in milliseconds, during what, and where its thread was."""

    ms: float
    during: str
    where: str


class _Door(QObject):
    """Lives on the window's thread: what is knocked on another is heard when the event loop gets to it."""

    knocked = Signal(float, float)


def _stack_of(thread: int) -> str:
    """Where a thread is just now, its innermost call first. Looked at from outside: to make frames of a thread that runs has crashed it."""
    with TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        for part in file.read().split("\n\n"):
            if f"{thread:016x}" in part:
                return "\n".join(part.splitlines()[1:10])
    return ""


@dataclass(eq=False)
class Watchdog:
    """Use it as a context. `during` is what is being tried; `stalls` what was over the limit, `longest` for each thing tried."""

    limit: float = LIMIT
    during: str = ""
    stalls: list[Stall] = field(default_factory=list)
    longest: dict[str, float] = field(default_factory=dict)

    def __enter__(self) -> "Watchdog":
        self.slow = slowness()
        self._answered = threading.Event()
        self._over = threading.Event()
        self._stack = ""
        self._main = threading.get_ident()
        # Of the window's own thread where the system tells it, of the whole process elsewhere.
        clock = getattr(time, "pthread_getcpuclockid", None)
        self._clock = clock(self._main) if clock else None
        self._door = _Door()
        self._door.knocked.connect(self._opened, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._knocking, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._over.set()
        while self._thread.is_alive():
            QApplication.processEvents()
            self._thread.join(0.005)
        QApplication.sendPostedEvents(self._door)
        self._door.deleteLater()

    def _knocking(self) -> None:
        while not self._over.wait(_EVERY):
            self._answered.clear()
            self._stack = ""
            self._door.knocked.emit(time.perf_counter(), self._spent())
            if not self._answered.wait(self.limit / 1000 * 0.8):
                self._stack = _stack_of(self._main)
                while not self._answered.wait(0.05) and not self._over.is_set():
                    pass

    def _spent(self) -> float:
        """Seconds of the processor that the window's thread has used."""
        return time.process_time() if self._clock is None else time.clock_gettime(self._clock)

    def _opened(self, wall: float, cpu: float) -> None:
        away = min(time.perf_counter() - wall, self._spent() - cpu) * 1000 / self.slow
        if away > self.limit:
            # How slow is the machine at this very moment? What others do to its caches is not ours.
            away *= self.slow / max(self.slow, slowness())
        self.longest[self.during] = max(self.longest.get(self.during, 0.0), away)
        if away > self.limit:
            self.stalls.append(Stall(away, self.during, self._stack))
        self._answered.set()

    def told(self) -> str:
        """The stalls in words, the longest first."""
        ordered = sorted(self.stalls, key=lambda one: -one.ms)
        return "\n\n".join(f"{one.ms:.0f} ms while {one.during}\n{one.where}" for one in ordered[:6])


Steps = Iterator[str]
"""What is tried, a step each: the step is done, then its name is given."""


def drive(steps: Steps, watchdog: Watchdog, *, idle: Callable[[], bool], every_ms: int = 12) -> None:
    """Do the steps one after another within a running event loop, as a person's hands would, then wait until nothing is under way."""
    loop = QEventLoop()
    failed: list[BaseException] = []

    def step() -> None:
        try:
            watchdog.during = next(steps)
        except StopIteration:
            wait()
        except BaseException as reason:  # noqa: BLE001 - it is raised again where the test can see it
            failed.append(reason)
            loop.quit()
        else:
            QTimer.singleShot(every_ms, step)

    def wait() -> None:
        if idle():
            QTimer.singleShot(30, loop.quit)
        else:
            QTimer.singleShot(10, wait)

    QTimer.singleShot(0, step)
    loop.exec()
    if failed:
        raise failed[0]
