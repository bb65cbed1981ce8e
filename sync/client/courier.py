"""The exchange through a file: what a laptop gives to whoever travels, and what comes back to it.

Promises: a file that never arrives, arrives twice, late or out of order, costs nothing but time. What was written into it stays in the
outbox until an answer says that the server committed just that. An answer that this laptop has gone on from since (it exchanged otherwise,
or took a later one) is believed about what is safe and about nothing else: what is new comes with the next, for the cursor was not moved.
"""

from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

import msgspec

from mentorapp import __version__
from mentorapp.store import Ack, Changed, Exchange, Store
from sync import bundle, protocol, wire
from sync.bundle import Head, Keyring
from sync.client import engine
from sync.client.carrying import Line
from sync.client.engine import Applied, Batch
from sync.client.link import Enrolment, Link, linked
from sync.client.words import Braked, failure
from sync.protocol import Hello, Message, Outcomes, ProtocolError, Welcome

_MOST_RECORDS, _MOST_BYTES = protocol.MOST_CHANGES // 2, 12 * 2**20
"""What one file carries at most, so that a small laptop can make and read it."""

_HARD = 2**20
"""Up to so many bytes are compressed as hard as can be."""

_NO_NEWS = b"none"
"""Stands for the cursor of a file that asks for no news."""

_KEPT, _MOST_KEPT = "bundles", 4 * 2**20
_SEED, _NUMBER, _WANTED = "bundle_seed", "bundle_number", "bundle_wanted"


class Outstanding(msgspec.Struct, array_like=True, frozen=True):
    """A file that was written and not answered: what it carried, and from where this laptop stood then."""

    id: bytes
    at: str
    epoch: bytes
    cursor: bytes
    offers: int
    sent: tuple[tuple[str, int, bool], ...]


class Written(NamedTuple):
    """The files that were written, how many records are in them, and how many bytes they are."""

    files: tuple[Path, ...]
    records: int
    size: int


class Taken(NamedTuple):
    """What came of one answer. `late`: this laptop had gone on since, so that only what it says about safety was believed."""

    applied: Applied
    late: bool


_kept = msgspec.msgpack.Decoder(tuple[Outstanding, ...])


def keyring(store: Store) -> Keyring:
    """This laptop's keys, made when they are first asked for. They lie in the store, encrypted as everything in it."""
    seed = store.recall_bytes(_SEED)
    if not seed:
        seed = bundle.fresh_seed()
        store.remember_bytes(_SEED, seed)
    return Keyring(seed)


def outstanding(store: Store) -> tuple[Outstanding, ...]:
    """The files that were written and not answered, oldest first; of very many, the newest."""
    noted = store.recall_bytes(_KEPT)
    return _kept.decode(noted) if noted else ()


def _keep(store: Store, some: tuple[Outstanding, ...]) -> None:
    packed = msgspec.msgpack.encode(some)
    while len(packed) > _MOST_KEPT and len(some) > 1:
        some = some[1:]
        packed = msgspec.msgpack.encode(some)
    store.remember_bytes(_KEPT, packed)


# --- giving -----------------------------------------------------------------------------------------------------------


def write(store: Store, folder: Path, *, at: datetime) -> Written:
    """Write all that is pending into files for the server, one at least: it also asks what is new. Raises SyncError.

    Each has its name only once it is whole and on the disk.
    """
    link = sealed_for(store)
    files: list[Path] = []
    ids: set[str] = set()
    size = 0
    while True:
        batch, file, head, more = _one(store, link, at, ids)
        ids |= {ack.id for ack in batch.sent}
        try:
            files.append(bundle.kept(folder, bundle.named(head), file))
        except OSError as reason:
            raise failure("bundle_not_written", folder=str(folder)) from reason
        size += len(file)
        if not more:
            return Written(tuple(files), len(ids), size)


def sealed_for(store: Store) -> Link:
    """The server that this laptop's files are for. Raises SyncError if there is none, or its key is not known yet."""
    link = linked(store)
    if link is None:
        raise failure("no_server")
    if not link.key:
        store.remember(**{_WANTED: "yes"})
        raise failure("no_server_key", link.known_as)
    return link


def _one(store: Store, link: Link, at: datetime, besides: set[str]) -> tuple[Batch, bytes, Head, bool]:
    """One file of what is pending, but for what others carry already, and whether more is left."""
    keys, id = keyring(store), token_bytes(16)
    with store.transaction():
        batch, more = _collected(store, link, at, besides)
        number = next_number(store)
        sent = tuple((ack.id, ack.counter, ack.id in batch.partial) for ack in batch.sent)
        hello = batch.hello
        # Of several files only the last asks what is new: the same news in each would be airtime, and only one could be used.
        cursor = _NO_NEWS if more else hello.cursor
        one = Outstanding(id, at.isoformat(), hello.epoch, cursor, store.offers(), sent)
        _keep(store, (*outstanding(store), one))
    head = Head(bundle.REQUEST, bytes.fromhex(link.device), id, number=number)
    size = sum(len(s.value) for state in batch.states for r in state.registers.values() for s in r.siblings)
    body = batch.pack(11 if size < _HARD else 6)
    return batch, bundle.written(body, head, by=keys, to=bytes.fromhex(link.key)), head, more


def next_number(store: Store) -> int:
    """The number of this laptop's next file: in their order they are taken in."""
    number = int(store.recall(_NUMBER, "0")) + 1
    store.remember(**{_NUMBER: str(number)})
    return number


def _collected(store: Store, link: Link, at: datetime, besides: set[str]) -> tuple[Batch, bool]:
    pending = store.pending(most_records=_MOST_RECORDS, most_bytes=_MOST_BYTES, besides=besides)
    good = engine.sendable(store, pending, at=at)
    decided = () if besides else engine.decisions(store)
    hello = Hello(
        protocol.SPOKEN,
        __version__,
        store.replica,
        store.recall_bytes("sync_epoch"),
        store.recall_bytes("cursor"),
        protocol.MOST_ANSWER,
        b"",
        token_bytes(8),
        int(at.timestamp()),
    )
    left = store.pending_count() - len(besides) - len(good)
    more = left > 0 and bool(good)
    if more:
        hello = msgspec.structs.replace(hello, cap=0)
    states, sent = tuple(one.state for one in good), tuple(Ack(one.state.id, one.counter) for one in good)
    batch = Batch(link, hello, states, sent, at, decisions=decided, carried=True)
    return batch, more


# --- getting back -----------------------------------------------------------------------------------------------------


def take(store: Store, file: bytes, *, at: datetime) -> Taken:
    """Take in an answer, whole or not at all. Raises SyncError; Braked as `engine.take` does, and then it may be taken again."""
    link = sealed_for(store)
    content, head = believed(store, link, file, bundle.ANSWER)
    asked = next((one for one in outstanding(store) if one.id == head.answers), None)
    if asked is None:
        raise failure("bundle_answered", link.known_as)
    answers = _frames(content, link)
    batch = _batch(store, link, asked)
    before, down = datetime.fromisoformat(asked.at), len(file)
    late = (asked.epoch, asked.cursor) != (store.recall_bytes("sync_epoch"), store.recall_bytes("cursor"))
    try:
        with store.transaction():
            applied = _about_safety(store, batch, asked, answers, at) if late else _all(store, batch, answers, at)
            _keep(store, tuple(one for one in outstanding(store) if one.id != asked.id))
    except Braked as stop:
        with store.transaction():
            stop.safe = _about_safety(store, batch, asked, answers, at).safe
            store.remember(sync_brake=f"{stop.values['hidden']} {stop.values['of']}")
        raise
    moved = (applied.safe, applied.received, 0, down, "", applied.receipt)
    store.note_exchange(Exchange(before.isoformat(), at.isoformat(), *moved))
    return Taken(applied, late)


def is_ours(store: Store, head: Head) -> bool:
    """Whether an answer is for this laptop and may still say something new."""
    link = linked(store)
    if link is None or head.device.hex() != link.device:
        return False
    return head.sort == bundle.KEPT or any(one.id == head.answers for one in outstanding(store))


def believed(store: Store, link: Link, file: bytes, sort: int) -> tuple[bytes, Head]:
    """What a file says, if it is for this laptop and from its server. Raises SyncError."""
    try:
        head = bundle.read_head(file)
        if head.sort != sort:
            raise failure("bundle_not_an_answer")
        if head.device != bytes.fromhex(link.device):
            raise failure("bundle_of_another", tag=head.tag)
        opened = bundle.opened(file, by=keyring(store))
    except ProtocolError as reason:
        raise failure(reason.reason) from reason
    if not opened.signed_by(bytes.fromhex(link.key)):
        raise failure("bundle_forged", link.known_as)
    return opened.content, head


def _frames(content: bytes, link: Link) -> list[list[list[Message]]]:
    """The frames of each of the answers in a file, one after the other as if each had been asked for."""
    try:
        found = []
        for body in msgspec.msgpack.decode(content, type=list[bytes]):
            reader = wire.FrameReader(most=8 * protocol.MOST_UNPACKED)
            frames = list(reader.feed(body))
            if not reader.whole:
                raise ProtocolError("not_messages")
            found.append(frames)
        return found
    except (ProtocolError, *protocol.BROKEN) as reason:
        raise failure("not_understood", link.known_as) from reason


def _batch(store: Store, link: Link, asked: Outstanding) -> Batch:
    at = datetime.fromisoformat(asked.at)
    hello = Hello(protocol.SPOKEN, __version__, store.replica, asked.epoch, asked.cursor, 0, b"", b"", 0)
    acks = tuple(Ack(id, counter) for id, counter, _ in asked.sent)
    partial = frozenset(id for id, _, part in asked.sent if part)
    return Batch(link, hello, (), acks, at, carried=True, known_partial=partial)


def _all(store: Store, batch: Batch, answers: list[list[list[Message]]], at: datetime) -> Applied:
    applied = Applied()
    for place, frames in enumerate(answers):
        later = msgspec.structs.replace(batch.hello, cursor=store.recall_bytes("cursor"))
        of_this = batch if place == 0 else Batch(batch.link, later, (), (), batch.at, carried=True)
        for frame in frames:
            applied |= engine.take(store, of_this, frame, at=at)
    return applied


def _about_safety(
    store: Store, batch: Batch, asked: Outstanding, answers: list[list[list[Message]]], at: datetime
) -> Applied:
    """What is safe, as far as that is still so: the same ledger said it, and nothing was offered to it again since."""
    first = [one for frame in answers[0] for one in frame] if answers else []
    welcome = next((one for one in first if isinstance(one, Welcome)), None)
    same = welcome is not None and welcome.epoch == store.recall_bytes("sync_epoch") and asked.offers == store.offers()
    told: list[Message] = [one for one in first if isinstance(one, Outcomes)] if same else []
    return engine.take(store, batch, told, at=at) if told else Applied(Changed())


# --- each other's keys -------------------------------------------------------------------------------------------------


def introduction(store: Store) -> tuple[str, str] | None:
    """This laptop's token and keys, if it still has to tell the server its keys: it was let in before there were any."""
    link = linked(store)
    if link is None or link.key or not store.recall(_WANTED):
        return None
    return link.token, keyring(store).public.hex()


def introduced(line: Line, introduction: tuple[str, str]) -> str:
    """Tell the server; gives its own key, "" from a server that knows nothing of files. Raises SyncError."""
    token, keys = introduction
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = line.call("POST", "/v1/keys", headers, msgspec.json.encode({"keys": keys}), fine=(200, 404))
    said = b"".join(answer.body)
    if answer.status != 200:
        return ""
    try:
        return msgspec.json.decode(said, type=dict[str, str])["key"]
    except (msgspec.MsgspecError, KeyError) as reason:
        raise failure("not_understood") from reason


def knows(store: Store, key: str) -> None:
    """Remember the server's key."""
    store.remember(sync_key=key, **{_WANTED: ""})


# --- being let in -----------------------------------------------------------------------------------------------------


class Knock(msgspec.Struct, array_like=True, frozen=True):
    """What a laptop that never sees a network asks to be let in with."""

    code: str
    device: str
    person: str
    keys: bytes


def knock(store: Store, folder: Path, *, key: str, code: str, device: str, person: str) -> Path:
    """Write the file by which a laptop without a network asks to be let in. `key` comes with the invitation. Raises SyncError."""
    keys = keyring(store)
    asked = msgspec.msgpack.encode(Knock(code, device, person, keys.public))
    head = Head(bundle.KNOCK, bundle.key_id(keys.public), token_bytes(16))
    try:
        sealed = bundle.written(asked, head, by=keys, to=bytes.fromhex(key))
        return bundle.kept(folder, bundle.named(head), sealed)
    except ValueError as reason:
        raise failure("not_an_enrolment") from reason
    except OSError as reason:
        raise failure("bundle_not_written", folder=str(folder)) from reason


def welcomed(store: Store, file: bytes, *, key: str, address: str) -> Enrolment:
    """What the server said to such a file. `key` and `address` come with the invitation. Raises SyncError."""
    try:
        opened = bundle.opened(file, by=keyring(store))
        if opened.head.sort != bundle.WELCOME:
            raise failure("bundle_not_an_answer")
        if not opened.signed_by(bytes.fromhex(key)):
            raise failure("bundle_forged")
        told = msgspec.json.decode(opened.content, type=Enrolment)
        return msgspec.structs.replace(told, address=address)
    except ProtocolError as reason:
        raise failure(reason.reason) from reason
    except (ValueError, msgspec.MsgspecError) as reason:
        raise failure("not_understood") from reason
