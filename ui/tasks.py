"""The only threads: a lane that owns the store, one for the network, one for pictures and files. The GUI thread never waits for any.

`run` gives a function to a lane; functions of a lane run one after another in the order given. The result comes back on the GUI
thread. What comes back for an owner that is gone is dropped. A `UserError` goes to `failed`, or is told; anything else is a bug and is
told as one. Knows nothing of what the functions do.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

import shiboken6
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, QThread, QTimer, Signal, Slot

from mentorapp.errors import UserError

T = TypeVar("T")

LANES = ("store", "network", "pictures")
"""A picture is read and made smaller on a lane of its own, so that it waits for no long exchange."""


@dataclass(frozen=True)
class _Job(Generic[T]):
    fn: Callable[[], T]
    then: Callable[[T], object] | None
    failed: Callable[[UserError], object] | None
    owner: QObject | None
    latest: Hashable | None
    number: int


@dataclass(frozen=True)
class _Outcome:
    job: _Job[object]
    result: object = None
    error: Exception | None = None
    dropped: bool = False


class Lane(QThread):
    """One thread that runs what it is given, in order."""

    done = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._jobs: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._newest: dict[Hashable, int] = {}

    def put(self, job: _Job[object]) -> None:
        """Add a job at the end of the line."""
        if job.latest is not None:
            self._newest[job.latest] = job.number
        self._jobs.put(job)
        if not self.isRunning():
            self.start()

    def finish(self) -> None:
        """End once everything given so far has run."""
        self._jobs.put(None)

    def run(self) -> None:
        """Run jobs until told to finish."""
        while (job := self._jobs.get()) is not None:
            self.done.emit(self._outcome(job))

    def _outcome(self, job: _Job[object]) -> _Outcome:
        if job.latest is not None and self._newest.get(job.latest) != job.number:
            return _Outcome(job, dropped=True)
        try:
            return _Outcome(job, result=job.fn())
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the GUI thread, which tells it
            return _Outcome(job, error=error)


class Tasks(QObject):
    """Gives functions to the lanes and brings their results back.

    `changed` carries every result that says what changed (it has `kinds` and `records`); `problem` an expected failure that nobody
    took; `unexpected` a bug; `busy` whether anything is under way.
    """

    changed = Signal(object)
    problem = Signal(object)
    unexpected = Signal(object)
    busy = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {name: Lane(name, self) for name in LANES}
        for lane in self._lanes.values():
            lane.done.connect(self._arrived)
        self._pending = 0
        self._number = 0

    def run(
        self,
        fn: Callable[[], T],
        *,
        then: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        lane: str = "store",
        owner: QObject | None = None,
    ) -> None:
        """Run `fn` on a lane, then `then(result)` here; `failed(error)` takes an expected failure, which is told otherwise."""
        self._put(fn, then, failed, lane, owner, None)

    def ask(
        self,
        fn: Callable[[], T],
        *,
        then: Callable[[T], object],
        failed: Callable[[UserError], object] | None = None,
        latest: Hashable | None = None,
        lane: str = "store",
        owner: QObject | None = None,
    ) -> None:
        """Read something. Of the questions with the same `latest` only the newest is answered."""
        self._put(fn, then, failed, lane, owner, latest)

    def _put(
        self,
        fn: Callable[[], T],
        then: Callable[[T], object] | None,
        failed: Callable[[UserError], object] | None,
        lane: str,
        owner: QObject | None,
        latest: Hashable | None,
    ) -> None:
        self._number += 1
        self._pending += 1
        if self._pending == 1:
            self.busy.emit(True)
        job: _Job[T] = _Job(fn, then, failed, owner, latest, self._number)
        self._lanes[lane].put(job)  # type: ignore[arg-type]

    @Slot(object)
    def _arrived(self, outcome: _Outcome) -> None:
        try:
            self._deliver(outcome)
        except UserError as error:
            self.problem.emit(error)
        except Exception as error:  # noqa: BLE001 - a bug in a callback is told like any other
            self.unexpected.emit(error)
        finally:
            self._pending -= 1
            if self._pending == 0:
                self.busy.emit(False)

    def _deliver(self, outcome: _Outcome) -> None:
        job, error = outcome.job, outcome.error
        wanted = not outcome.dropped and (job.owner is None or shiboken6.isValid(job.owner))
        if job.latest is not None and self._lanes_newest(job) != job.number:
            wanted = False
        if isinstance(error, UserError):
            if wanted and job.failed is not None:
                job.failed(error)
            else:
                self.problem.emit(error)
            return
        if error is not None:
            self.unexpected.emit(error)
            return
        try:
            if wanted and job.then is not None:
                job.then(outcome.result)
        finally:
            if hasattr(outcome.result, "kinds") and hasattr(outcome.result, "records"):
                self.changed.emit(outcome.result)

    def _lanes_newest(self, job: _Job[object]) -> int | None:
        found = [lane._newest.get(job.latest) for lane in self._lanes.values()]
        return max((number for number in found if number is not None), default=None)

    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return self._pending > 0

    def idle(self, timeout_ms: int = 10_000) -> bool:
        """Wait, with the window alive, until nothing is under way; False if that took too long. For tests and for closing."""
        loop = QEventLoop()
        deadline = QDeadlineTimer(timeout_ms)
        poll = QTimer()
        poll.timeout.connect(loop.quit)
        poll.start(2)
        while self._pending and not deadline.hasExpired():
            loop.exec()
        return self._pending == 0

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """Run what was given, bring the results back, end the threads; False if a lane would not end in time."""
        drained = self.idle(timeout_ms)
        ended = True
        for lane in self._lanes.values():
            if lane.isRunning():
                lane.finish()
                ended = lane.wait(timeout_ms) and ended
        return drained and ended
