"""The queue of files, after the text: the smallest first, in pieces, in both directions, each piece kept before the next is asked for.

Promises that text overtakes: between two pieces it is looked whether something was written meanwhile, and then files wait. That a cut costs one
piece at most; that nothing is called safe before the server has checked the whole; that one file which is not taken keeps no other back.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mentorapp.clock import Clock
from mentorapp.store import Store
from mentorapp.store.shelf import PIECE, FileState
from sync.client.words import SyncError, failure

if TYPE_CHECKING:
    from sync.client.http import Answer

T = TypeVar("T")

_LEAST_PIECE, _SECONDS = 8 * 1024, 10
_STALE = ("upload_gone", "other_offset", "not_that_piece", "not_that_file")
"""What begins anew: once more, and if it fails again it is set aside."""

_ASIDE = ("file_too_large", "no_room", "bad_file")
"""What only the mentor or the office can change."""

_TUS = {"Tus-Resumable": "1.0.0"}
ALWAYS, QUICKLY = 64 * 1024, 2 * 2**20
"""What is fetched unasked: up to so many bytes on any line, and up to so many on one that takes them in a few seconds."""


class Call(Protocol):
    """Runs a verb on the lane that owns the store."""

    def __call__(self, verb: Callable[[Store], T], /) -> T:
        """What the verb gives."""


class Caller(Protocol):
    """The line to a server, as `sync.client.http.Line` is one."""

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, fine: tuple[int, ...]
    ) -> Answer:
        """Ask for something that is no exchange."""


@dataclass
class Moved:
    """What came of one turn of the queue: files that are safe, that arrived, that were set aside; whether text overtook the rest."""

    safe: int = 0
    arrived: int = 0
    aside: int = 0
    overtaken: bool = False


def piece_of(rate: int) -> int:
    """How many bytes to move at once: some seconds of the line, within what a row holds."""
    return max(_LEAST_PIECE, min(PIECE, rate * _SECONDS)) if rate else 4 * _LEAST_PIECE


@dataclass
class Queue:
    """One turn of it. `progress` is told how many bytes of how many are through."""

    call: Call
    line: Caller
    token: str
    clock: Clock
    rate: int = 0
    progress: Callable[[int, int], None] = lambda _done, _of: None
    moved: Moved = field(default_factory=Moved)
    _done: int = 0
    _of: int = 0

    def through(self) -> Moved:
        """Send and fetch what waits, until it is done or text waits. Raises SyncError; what went before it is kept."""
        sending, wanted = self._do(Store.files_to_send), self.call(self._wanted)
        self._of = sum(one.size - one.sent for one in sending) + sum(one.size - one.here for one in wanted)
        for one in sending:
            if self._overtaken():
                return self.moved
            self._send(one)
        for one in wanted:
            if self._overtaken():
                return self.moved
            self._fetch(one)
        self._do(Store.tidy_files)
        return self.moved

    def _do(self, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        # By its name: a hub's files stand in its ledger, and wait there by the same words.
        return self.call(lambda store: getattr(store, verb.__name__)(*given, **named))

    def _overtaken(self) -> bool:
        self.moved.overtaken = self.moved.overtaken or bool(self._do(Store.pending_count))
        return self.moved.overtaken

    def _through(self, count: int) -> None:
        self._done += count
        self.progress(self._done, max(self._of, self._done))

    def _headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-").title(): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", **_TUS, **named}

    # --- up -----------------------------------------------------------------------------------------------------------

    def _send(self, one: FileState) -> None:
        """Send a file; begun anew once, if what the server has of it is not what is here."""
        for again in (False, True):
            try:
                if self._sent(one):
                    self.moved.safe += 1
                return
            except SyncError as error:
                reason = error.reason
                if reason in _STALE and not again:
                    self._do(Store.note_upload, one.hash, upload="", sent=0)
                    one = one._replace(upload="", sent=0)
                elif reason in _STALE or reason in _ASIDE:
                    self._do(Store.refuse_file, one.hash, reason)
                    self.moved.aside += 1
                    return
                elif reason in ("file_not_named", "too_many_uploads"):
                    return  # Its record is not there yet, or others are to end first: it waits.
                else:
                    raise

    def _sent(self, one: FileState) -> bool:
        """Whether it is safe now; else text overtook it."""
        where, offset = self._begun(one)
        while offset < one.size:
            if self._overtaken():
                return False
            body: bytes = self._do(Store.file_part, one.hash, offset, piece_of(self.rate))
            if not body:
                raise failure("bad_file")
            offset = self._added(one, where, offset, body)
        for record in self._do(Store.records_of_file, one.hash):
            if record != one.record and not self._left_under(one, record):
                return False
        now = self.clock.now()
        self._do(Store.file_is_safe, one.hash, at=now)
        return True

    def _left_under(self, one: FileState, record: str) -> bool:
        """Leave what the server has under another record that names it too, so that its readers have it; no byte goes twice for that.

        False if the server does not have it, which it then says by where to begin.
        """
        try:
            answer = self.line.call("POST", "/v1/files", self._creating(one, record), fine=(201,))
        except SyncError as error:
            if error.reason == "file_not_named":
                return True  # Somebody else's record, to be read here and not written.
            raise
        _read(answer)
        return _offset(answer, one.size) == one.size

    def _begun(self, one: FileState) -> tuple[str, int]:
        """Where to send it, and from which byte on."""
        if one.upload:
            answer = self.line.call("HEAD", one.upload, self._headers(), fine=(200, 404))
            if answer.status == 200:
                return one.upload, _offset(answer, one.size)
        answer = self.line.call("POST", "/v1/files", self._creating(one, one.record), fine=(201,))
        where, offset = answer.headers.get("Location", ""), _offset(answer, one.size)
        _read(answer)
        if not where.startswith("/v1/"):
            raise failure("not_understood")
        self._do(Store.note_upload, one.hash, upload=where, sent=offset)
        self._through(offset - one.sent)
        return where, offset

    def _creating(self, one: FileState, record: str) -> dict[str, str]:
        said = {"hash": one.hash, "record": record}
        packed = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
        return self._headers(upload_length=str(one.size), upload_metadata=packed)

    def _added(self, one: FileState, where: str, offset: int, body: bytes) -> int:
        checksum = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
        headers = self._headers(
            upload_offset=str(offset),
            upload_checksum=f"sha1 {checksum}",
            content_type="application/offset+octet-stream",
        )
        began = time.monotonic()
        answer = self.line.call("PATCH", where, headers, body, fine=(204,))
        reached = _offset(answer, one.size)
        _read(answer)
        self._measure(len(body), time.monotonic() - began)
        if reached != offset + len(body):
            raise failure("other_offset")
        self._do(Store.note_upload, one.hash, upload=where, sent=reached)
        self._through(len(body))
        return reached

    def _measure(self, octets: int, seconds: float) -> None:
        seen = int(octets / max(seconds, 0.001))
        self.rate = (self.rate + seen) // 2 if self.rate else seen

    # --- down ---------------------------------------------------------------------------------------------------------

    def _wanted(self, store: Store) -> list[FileState]:
        """What was asked for, and what is small enough to be fetched unasked."""
        most = max(ALWAYS, min(QUICKLY, self.rate * _SECONDS))
        now = self.clock.now()
        for hash, size, record in store.files_missing(most):
            store.want_file(hash, size=size, record=record, at=now)
        return store.files_wanted()

    def _fetch(self, one: FileState) -> None:
        for _ in range(2):
            try:
                if self._fetched(one):
                    return
            except SyncError as error:
                if error.reason == "no_such_file":
                    return  # Whoever has it has not sent it yet: asked for again the next time.
                raise
            one = one._replace(here=0)  # What came was not what its name says.

    def _fetched(self, one: FileState) -> bool:
        """False if what came was thrown away. Text that waits, and a line that breaks, leave what came for the next time."""
        here = one.here
        while here < one.size:
            if self._overtaken():
                return True
            last = min(one.size, here + piece_of(self.rate)) - 1
            headers = {
                "Authorization": f"Bearer {self.token}",
                "Range": f"bytes={here}-{last}",
                "If-Range": f'"{one.hash}"',
            }
            began = time.monotonic()
            answer = self.line.call("GET", f"/v1/content/{one.hash}", headers, fine=(206,))
            if answer.headers.get("Content-Range") != f"bytes {here}-{last}/{one.size}":
                raise failure("not_understood")
            before, here = here, self._taken(one, answer, here, last + 1)
            self._measure(last + 1 - before, time.monotonic() - began)
            if here == 0:
                return False
        self.moved.arrived += 1
        return True

    def _taken(self, one: FileState, answer: Answer, here: int, end: int) -> int:
        """Take in what arrives, some kilobytes at a time; gives how much is here then, 0 if it was not that file."""
        some = bytearray()
        for piece in answer.body:
            some += piece
            if len(some) >= _LEAST_PIECE or here + len(some) >= end:
                body, now = bytes(some[: end - here]), self.clock.now()
                well = self._do(Store.take_piece, one.hash, here, body, moment=now)
                if not well:
                    return 0
                here += len(body)
                self._through(len(body))
                some.clear()
        if here < end:
            raise failure("cut")
        return here


def _offset(answer: Answer, most: int) -> int:
    said = answer.headers.get("Upload-Offset", "")
    if not said.isdigit() or int(said) > most:
        raise failure("not_understood")
    return int(said)


def _read(answer: Answer) -> None:
    for _ in answer.body:
        pass
