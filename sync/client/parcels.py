"""Pictures and sound through files: their contents in parts, after the text, and what others have of theirs asked for and taken in.

Promises what the queue of files promises: what was checked at the server is safe, nothing else; what comes is kept piece by piece, and thrown
away if it is not what its name says. A file that never arrives costs nothing: what it carried is written again.
"""

from datetime import datetime
from pathlib import Path
from secrets import token_bytes

import msgspec

from mentorapp.store import Store
from mentorapp.store.shelf import PIECE, FileState
from sync import bundle
from sync.bundle import Contents, Head, Kept, Piece
from sync.client import courier
from sync.client.files import ALWAYS
from sync.client.link import Link
from sync.client.words import failure
from sync.protocol import BROKEN

MOST_WRITTEN = 256 * 2**20
"""About how many bytes of contents are written at once: more waits for the next stick."""

_kept = msgspec.msgpack.Decoder(Kept)


def write(store: Store, folder: Path, *, at: datetime) -> list[Path]:
    """Write what waits of pictures and sound into files, and ask for what is wanted; none if there is nothing of either. Raises SyncError."""
    link = courier.sealed_for(store)
    for hash, size, record in store.files_missing(ALWAYS):
        store.want_file(hash, size=size, record=record, at=at)
    wanted = tuple((one.hash, one.here) for one in store.files_wanted())
    files: list[Path] = []
    some: list[Piece] = []
    size = whole = 0
    for one in store.files_to_send():
        reached = one.sent
        while reached < one.size and whole < MOST_WRITTEN:
            body = store.file_part(one.hash, reached, PIECE)
            if not body:
                break
            some.append(Piece(one.hash, one.record, one.size, reached, body))
            reached, size, whole = reached + len(body), size + len(body), whole + len(body)
            if size >= bundle.MOST_CONTENTS:
                files.append(_written(store, link, folder, some, ()))
                some, size = [], 0
    if some or wanted:
        files.append(_written(store, link, folder, some, wanted))
    return files


def _written(store: Store, link: Link, folder: Path, some: list[Piece], wanted: tuple[tuple[str, int], ...]) -> Path:
    number = courier.next_number(store)
    head = Head(bundle.CONTENTS, bytes.fromhex(link.device), token_bytes(16), number=number)
    content = msgspec.msgpack.encode(Contents(store.recall_bytes("sync_epoch"), tuple(some), wanted))
    sealed = bundle.written(content, head, by=courier.keyring(store), to=bytes.fromhex(link.key))
    try:
        return bundle.kept(folder, bundle.named(head), sealed)
    except OSError as reason:
        raise failure("bundle_not_written", folder=str(folder)) from reason


def take(store: Store, file: bytes, *, at: datetime) -> tuple[int, int]:
    """Take in what the server said; gives how many files are safe now, and how many came as a whole. Raises SyncError."""
    link = courier.sealed_for(store)
    content, _ = courier.believed(store, link, file, bundle.KEPT)
    try:
        said = _kept.decode(content)
    except BROKEN as reason:
        raise failure("not_understood", link.known_as) from reason
    if said.epoch != store.recall_bytes("sync_epoch"):
        return 0, 0  # Another ledger said so; what is offered again is answered for again.
    safe = sum(_noted(store, *one, at=at) for one in said.reached)
    came = sum(_came(store, piece, at) for piece in said.pieces)
    return safe, came


def _noted(store: Store, hash: str, reached: int, whole: bool, reason: str, *, at: datetime) -> bool:
    here = store.file(hash)
    if here is None or here.safe_at:
        return False
    if whole and here.size == reached:
        store.file_is_safe(hash, at=at)
        return True
    if reason in ("file_too_large", "no_room", "bad_file"):
        store.refuse_file(hash, reason)
    elif reason != "file_not_named":
        store.note_upload(hash, upload="", sent=min(reached, here.size))
    return False


def _came(store: Store, piece: Piece, at: datetime) -> bool:
    before: FileState | None = store.file(piece.hash)
    if before is None or before.whole or before.size != piece.length:
        return False
    store.take_piece(piece.hash, piece.at, piece.body, moment=at)
    after = store.file(piece.hash)
    return after is not None and after.whole
