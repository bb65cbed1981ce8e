"""Carrying files of an exchange for others: whoever reaches the server hands them over and brings back what answers them.

Promises to read of them no more than whose they are, and to say of each that was not taken in whose it is, why, and what to do.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from mentorapp.i18n import tr
from sync import bundle
from sync.bundle import Head
from sync.client.words import CARRYING, Misread, SyncError, failure
from sync.protocol import ProtocolError

if TYPE_CHECKING:
    from sync.client.http import Answer


class Carried(NamedTuple):
    """One file that was handed over: what came back lies in `answer`, or `problem` says why nothing did."""

    file: Path
    answer: Path | None
    problem: SyncError | None = None


class Line(Protocol):
    """The line to a server, as `sync.client.http.Line` is one."""

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, fine: tuple[int, ...]
    ) -> "Answer":
        """Ask for something; see there."""


def hand_over(line: Line, token: str, path: Path) -> list[Carried]:
    """Hand a file, or all the files of a folder, over to the server; what comes back is written beside each. Raises SyncError without a line.

    What was handed over before may be again: it is taken in once.
    """
    done = []
    for file, content, head in bundles(path, *bundle.FOR_SERVERS):
        try:
            answer = handed(line, token, content)
            back = bundle.kept(file.parent, bundle.named(bundle.read_head(answer)), answer)
            done.append(Carried(file, back))
        except Misread as reason:
            done.append(Carried(file, None, reason))
        except OSError:
            done.append(Carried(file, None, failure("bundle_not_written", folder=str(file.parent), tag=head.tag)))
    return done


def handed(line: Line, token: str, content: bytes) -> bytes:
    """Hand one file over; gives the file that answers it. Raises SyncError: Misread, with the server's reason, if it was not taken in."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": bundle.TYPE}
    answer = line.call("POST", "/v1/courier", headers, content, fine=(200, 202, 422))
    said = b"".join(answer.body)
    if answer.status == 200:
        return said
    try:
        told = msgspec.json.decode(said, type=_Refused)
    except msgspec.MsgspecError as reason:
        raise failure("not_understood") from reason
    raise undelivered(told.reason, told.whose)


class _Refused(msgspec.Struct, frozen=True):
    reason: str
    whose: str = ""


def undelivered(reason: str, whose: str) -> Misread:
    """Why a file was not taken in at the server, in words for who carries it."""
    sentence = CARRYING.get(reason, CARRYING["bundle_not_taken"])
    return Misread(reason, sentence, whose=whose or tr("another laptop"))


def bundles(folder: Path, *sorts: int) -> Iterator[tuple[Path, bytes, Head]]:
    """The files of these sorts in a folder (or the one file named), in the order in which they were written."""
    paths = sorted(folder.glob(f"*{bundle.SUFFIX}")) if folder.is_dir() else [folder]
    found = []
    for path in paths:
        try:
            if path.stat().st_size > bundle.MOST:
                continue
            content = path.read_bytes()
            head = bundle.read_head(content)
        except (OSError, ProtocolError):
            continue
        if head.sort in sorts:
            found.append((head.device, head.number, path, content, head))
    for _, _, path, content, head in sorted(found, key=lambda one: one[:3]):
        yield path, content, head
