"""Sync in the background: by a timer, when the network returns, a while after saves, and when asked.

Promises never to block, ask or log out; never to hold the store while the network is waited for; to be quiet while there is no network;
and that stopping at any moment loses nothing. The exchange itself is `sync.client`'s: this only says when, on which lane, and how it went.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QNetworkInformation

from mentorapp.errors import UserError
from sync.client import Link, Progress, Result, SyncError, failure, linked, sync_once
from sync.client.loop import recalled_pace
from ui.shell import Shell

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace
    from mentorapp.store import Store
    from sync.client.http import Line

T = TypeVar("T")

EVERY = 300_000
"""How long after an exchange that went well the next one begins by itself, in milliseconds."""

AFTER_SAVE = 20_000
"""How long after the last save it is sent."""


@dataclass(frozen=True)
class Status:
    """How it stands: `unlinked`, `idle`, `sending`, `offline` (quiet, it will be tried again) or `refused` (a person must act).

    `asked` says that a person pressed the button; `total` what there was to send when it began.
    """

    state: str = "unlinked"
    asked: bool = False
    error: SyncError | None = None
    total: int = 0
    progress: Progress | None = None
    result: Result | None = None

    @property
    def share(self) -> float:
        """How far it is, from 0 to 1; below 0 while that cannot be said."""
        if self.progress is not None and self.progress.files_whole:
            return min(1.0, self.progress.files_done / self.progress.files_whole)
        if self.progress is None or not self.total:
            return -1.0
        return min(1.0, max(0.0, 1 - self.progress.left / self.total))


class Syncing(QObject):
    """One store's exchange with its office. `progressed` carries a Status whenever it changes, `finished` the one at the end."""

    progressed = Signal(object)
    finished = Signal(object)
    _wanted = Signal(object)
    _told = Signal(object)

    def __init__(self, shell: Shell, workspace: Workspace, *, every: int = EVERY, after_save: int = AFTER_SAVE) -> None:
        super().__init__(shell)
        self._shell, self._workspace = shell, workspace
        self._every, self._after_save = every, after_save
        self._cancelled = self._stopped = False
        self._line: Line | None = None
        self.status = Status()
        self._timer, self._saved = QTimer(self), QTimer(self)
        for timer in (self._timer, self._saved):
            timer.setSingleShot(True)
        self._timer.timeout.connect(self._due)
        self._saved.timeout.connect(self._due)
        self._wanted.connect(self._run_on_store)
        self._told.connect(self._progress)
        shell.tasks.changed.connect(self._something_changed)
        shell.tasks.unexpected.connect(self._broke)
        self._watch_network()

    # --- what others ask for ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Look whether this laptop is linked, and exchange for the first time."""
        self._due()

    def now(self) -> None:
        """Exchange at once, because a person asked."""
        self._exchange(asked=True)

    def cancel(self) -> None:
        """Stop the exchange that is under way, safely; what arrived is kept."""
        self._cancelled = True
        self._hang_up()

    def stop(self) -> None:
        """End for good: the store will be closed."""
        self._cancelled = self._stopped = True
        self._timer.stop()
        self._saved.stop()
        self._hang_up()

    def _hang_up(self) -> None:
        line = self._line
        if line is not None:
            line.hang_up()

    def is_linked(self) -> bool:
        """Whether there is an office to exchange with, as far as is known."""
        return self.status.state != "unlinked"

    # --- when ---------------------------------------------------------------------------------------------------------

    def _due(self) -> None:
        self._exchange(asked=False)

    def _something_changed(self, changed: Any) -> None:
        if self.is_linked() and changed.kinds - {"sync", "draft"} and self.status.state != "sending":
            self._saved.start(self._after_save)

    def _watch_network(self) -> None:
        # Where the system cannot tell, the timer finds out: after a failure it tries again soon, then less and less often.
        if QNetworkInformation.instance() is None:
            QNetworkInformation.loadDefaultBackend()
        known = QNetworkInformation.instance()
        if known is not None:
            known.reachabilityChanged.connect(self._network_changed)

    @Slot(QNetworkInformation.Reachability)
    def _network_changed(self, reach: QNetworkInformation.Reachability) -> None:
        if self.status.state == "offline" and reach != QNetworkInformation.Reachability.Disconnected:
            self._due()

    def _wait(self, milliseconds: int) -> None:
        if not self._stopped:
            self._timer.start(milliseconds)

    # --- an exchange --------------------------------------------------------------------------------------------------

    def _exchange(self, *, asked: bool) -> None:
        if self._stopped or self.status.state == "sending":
            return
        self._timer.stop()
        self._saved.stop()
        self._cancelled = False
        before = self.status
        self._show(Status("sending" if before.state != "unlinked" else "unlinked", asked=asked))
        self._shell.tasks.run(
            lambda: _at_hand(self._workspace.store), then=self._connect, failed=self._failed, owner=self
        )

    def _connect(self, at_hand: tuple[Link | None, int]) -> None:
        link, pending = at_hand
        if link is None or self._stopped:
            self._show(Status("unlinked"))
            return
        self._show(Status("sending", asked=self.status.asked, total=pending))
        self._shell.tasks.run(
            lambda: self._through(link), then=self._done, failed=self._failed, lane="network", owner=self
        )

    def _through(self, link: Link) -> Result | None:
        from sync.client.http import Line  # here, on the network lane, so that the window never waits for it to load

        with Line(link.address, authority=link.authority, cancelled=self._is_cancelled) as line:
            self._line = line
            try:
                return sync_once(
                    self._call, line, clock=self._workspace.clock, cancelled=self._is_cancelled, progress=self._tell
                )
            except SyncError:
                if self._stopped:
                    return None  # The store is closing: there is nobody to tell.
                raise
            finally:
                self._line = None

    def _is_cancelled(self) -> bool:
        return self._cancelled

    def _call(self, verb: Callable[[Store], T], /) -> T:
        """Run a verb on the store lane and wait for it here, on the network lane."""
        errand = _Errand(verb)
        self._emit(self._wanted, errand)
        while True:
            try:
                return cast(T, errand.outcome(0.5))
            except Empty:
                if self._stopped and not errand.begun:
                    raise failure("cancelled") from None

    def _tell(self, progress: Progress) -> None:
        self._emit(self._told, progress)

    def _emit(self, signal: Any, what: object) -> None:
        if self._stopped:
            raise failure("cancelled")
        try:
            signal.emit(what)
        except RuntimeError as gone:  # The store was closed between the question and here, and this object with it.
            raise failure("cancelled") from gone

    @Slot(object)
    def _run_on_store(self, errand: _Errand) -> None:
        if self._stopped:
            errand.give_up()
        else:
            self._shell.tasks.run(lambda: errand.run(self._workspace.store))

    @Slot(object)
    def _progress(self, progress: Progress) -> None:
        if self.status.state == "sending":
            self._show(replace(self.status, progress=progress, total=max(self.status.total, progress.left)))

    # --- how it went --------------------------------------------------------------------------------------------------

    def _done(self, result: Result | None) -> None:
        if result is None:
            return
        self._end(Status("idle", asked=self.status.asked, result=result))
        self._wait(self._every + random.randrange(self._every // 5 + 1))

    def _failed(self, error: UserError) -> None:
        said = error if isinstance(error, SyncError) else None
        if said is None:
            self._shell.notices.problem(error)
        if said is not None and said.reason == "no_server":
            self._end(Status("unlinked"))
            return
        cancelled = said is not None and said.reason == "cancelled"
        state = "idle" if cancelled or said is None else "offline" if said.later else "refused"
        self._end(Status(state, asked=self.status.asked, error=said))
        if self._stopped:
            return
        if state == "offline":
            self._shell.tasks.ask(lambda: recalled_pace(self._workspace.store), then=self._try_later, owner=self)
        else:
            self._wait(self._every)

    def _try_later(self, pace: Any) -> None:
        if self.status.state == "offline":
            self._wait(int(pace.wait(random.random()).total_seconds() * 1000))

    def _broke(self, _error: Exception) -> None:
        # A bug somewhere, perhaps here: whatever it was, the next try finds its own way.
        if self.status.state == "sending":
            self._cancelled = True
            self._end(Status("idle"))
            self._wait(self._every)

    def _show(self, status: Status) -> None:
        self.status = status
        self.progressed.emit(status)

    def _end(self, status: Status) -> None:
        self._show(status)
        self.finished.emit(status)
        # When we last exchanged is part of how safe everything is: whoever shows that counts again.
        self._shell.tasks.changed.emit(_Exchanged())


@dataclass(frozen=True)
class _Exchanged:
    """What an exchange changed by itself: when the last one was."""

    kinds: frozenset[str] = frozenset(("sync",))
    records: tuple[str, ...] = ()


class _Errand:
    """A verb on its way to the store lane, and what came of it."""

    def __init__(self, verb: Callable[[Store], Any]) -> None:
        self._verb = verb
        self._came: SimpleQueue[tuple[Any, Exception | None]] = SimpleQueue()
        self.begun = False

    def run(self, store: Store) -> Any:
        """Do it; what it changed is given back, so that it is announced."""
        self.begun = True
        try:
            result = self._verb(store)
        except Exception as error:  # noqa: BLE001 - it belongs to the lane that waits for it
            self._came.put((None, error))
            return None
        self._came.put((result, None))
        changed = getattr(result, "changed", None)
        return changed if changed is not None and changed.kinds else None

    def give_up(self) -> None:
        """It will not be done: the store is being closed."""
        self._came.put((None, failure("cancelled")))

    def outcome(self, seconds: float) -> Any:
        """What came of it. Raises Empty if nothing has yet."""
        result, error = self._came.get(timeout=seconds)
        if error is not None:
            raise error
        return result


def _at_hand(store: Store) -> tuple[Link | None, int]:
    return linked(store), store.pending_count()
