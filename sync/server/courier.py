"""What comes as a file instead of over a line: opened, judged as its author's laptop is, answered by a file sealed to that laptop.

Promises: whoever hands it over learns nothing from it but whose it is; twice is as once, whenever and in whatever order it comes; what is
damaged, forged, foreign or from a laptop that is let in no more alters nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

import msgspec

from sync import bundle, protocol, wire
from sync.bundle import Head, Keyring
from sync.protocol import Done, Hello, ProtocolError
from sync.server import accounts, holdings, shelving
from sync.server.accounts import Caller, Device
from sync.server.database import Database
from sync.server.ledger import Ledger
from sync.server.visit import Visit

_MOST_ANSWERS = 24
"""So many answers, of a megabyte at most each, lie in one file; what is left comes with the next."""


class Undelivered(Exception):
    """A file was not taken in: `reason` is the code of why; `whose` is who its laptop belongs to, as far as that is known."""

    def __init__(self, reason: str, whose: str = "") -> None:
        super().__init__(reason)
        self.reason, self.whose = reason, whose


class Delivered(NamedTuple):
    """A file that was taken in, or had been before; and the one that goes back."""

    head: Head
    answer: bytes
    whose: str


class _Knock(msgspec.Struct, array_like=True, frozen=True):
    code: str
    device: str
    person: str
    keys: bytes


_knock = msgspec.msgpack.Decoder(_Knock)


def keyring(identity: Ledger) -> Keyring:
    """The server's own keys: they follow from its secret, and stay what they are when a backup is put back."""
    return Keyring(blake2b(key=identity.secret, person=b"mentor-keyring", digest_size=32).digest())


def files(paths: Iterable[Path]) -> list[Path]:
    """The files that were carried here, of folders in the order in which each laptop wrote them; what is named is among them in any case."""
    found: list[tuple[bytes, int, Path]] = []
    for path in paths:
        for file in sorted(path.glob(f"*{bundle.SUFFIX}")) if path.is_dir() else [path]:
            try:
                with file.open("rb") as opened:
                    head = bundle.read_head(opened.read(bundle.MOST_HEAD))
            except (OSError, ProtocolError):
                head = None
            if path.is_dir() and (head is None or head.sort not in bundle.FOR_SERVERS):
                continue
            found.append((head.device if head else b"", head.number if head else 0, file))
    return [file for *_, file in sorted(found)]


def deliver(database: Database, identity: Ledger, server: str, file: bytes, *, now: datetime) -> Delivered:
    """Take a file in and answer it. Raises Undelivered."""
    try:
        head = bundle.read_head(file)
        if head.sort == bundle.KNOCK:
            return _let_in(database, identity, server, file, now)
        if head.sort not in bundle.FOR_SERVERS:
            raise Undelivered("bundle_not_for_servers")
        return _exchanged(database, identity, server, file, head, now)
    except ProtocolError as reason:
        raise Undelivered(reason.reason) from reason
    except accounts.Denied as reason:
        raise Undelivered(reason.reason) from reason


# --- an exchange ------------------------------------------------------------------------------------------------------


def _exchanged(database: Database, identity: Ledger, server: str, file: bytes, head: Head, now: datetime) -> Delivered:
    with database.reading() as connection:
        device = accounts.device_of(connection, head.device.hex())
    whose = device.whose if device else ""
    try:
        opened = bundle.opened(file, by=keyring(identity))
        if device is None:
            raise Undelivered("bundle_by_unknown")
        if not opened.signed_by(device.keys):
            raise Undelivered("bundle_forged", whose)
        if device.revoked:
            raise Undelivered("token_revoked", whose)
        if head.sort == bundle.CONTENTS:
            sort, said = bundle.KEPT, shelving.kept(database, identity, _caller(device), opened.content, now=now)
        else:
            sort = bundle.ANSWER
            said = msgspec.msgpack.encode(_answers(database, identity, server, device, opened.content, now))
    except ProtocolError as reason:
        raise Undelivered(reason.reason, whose) from reason
    answer = Head(sort, head.device, token_bytes(16), head.id, head.number)
    return Delivered(answer, bundle.written(said, answer, by=keyring(identity), to=device.keys), whose)


def _caller(device: Device) -> Caller:
    return Caller(device.id, device.caller, device.office, device.person, device.seen)


def _answers(
    database: Database, identity: Ledger, server: str, device: Device, content: bytes, now: datetime
) -> list[bytes]:
    """What is said to the laptop: first about what it sent, then all that is new for it, as if it had gone on asking."""
    visit = Visit(database, identity, _caller(device), server, now, carried=True)
    reader = wire.FrameReader()
    for frame in reader.feed(content):
        visit.take(frame)
    if not reader.whole or visit.hello is None:
        raise ProtocolError("not_messages")
    bodies = [visit.answer()]
    hello, epoch = visit.hello, visit.identity.epoch
    while hello.cap and len(bodies) < _MOST_ANSWERS:
        done = _end(bodies[-1])
        if not done.more:
            break
        hello = msgspec.structs.replace(hello, epoch=epoch, cursor=done.cursor)
        bodies.append(_more(database, visit, hello, now))
    return bodies


def _more(database: Database, before: Visit, hello: Hello, now: datetime) -> bytes:
    caller = before.caller._replace(seen=accounts.stamp(now))
    visit = Visit(database, before.identity, caller, before.server, now, carried=True)
    visit.take([hello])
    return visit.answer()


def _end(body: bytes) -> Done:
    frames = list(wire.FrameReader(most=8 * protocol.MOST_UNPACKED).feed(body))
    done = frames[-1][-1]
    assert isinstance(done, Done)
    return done


# --- being let in -----------------------------------------------------------------------------------------------------


def _let_in(database: Database, identity: Ledger, server: str, file: bytes, now: datetime) -> Delivered:
    keys = keyring(identity)
    opened = bundle.opened(file, by=keys)
    try:
        asked = _knock.decode(opened.content)
    except protocol.BROKEN as reason:
        raise ProtocolError("not_a_bundle") from reason
    if len(asked.keys) != Keyring.SIZE or not opened.signed_by(asked.keys):
        raise Undelivered("bundle_forged")
    born = _born(identity, asked.keys)
    with database.writing() as connection:
        enrolled = accounts.enrol(
            connection,
            typed=asked.code,
            device=named(asked.device),
            person=asked.person,
            now=now,
            grant=holdings.welcome_caller,
            keys=asked.keys,
            born=born,
        )
    told = {**asdict(enrolled), "epoch": identity.epoch.hex(), "server": server, "key": keys.public.hex()}
    head = Head(bundle.WELCOME, opened.head.device, token_bytes(16), opened.head.id)
    sealed = bundle.written(json.dumps(told).encode(), head, by=keys, to=asked.keys)
    return Delivered(head, sealed, enrolled.name)


def _born(identity: Ledger, keys: bytes) -> tuple[str, str]:
    """The id and the token of a laptop that asks by a file: the same however often it asks."""
    token = blake2b(keys, key=identity.secret, person=b"mentor-token", digest_size=32).hexdigest()
    return bundle.key_id(keys).hex(), token


def named(device: str) -> str:
    """What a laptop calls itself, as far as it can be shown."""
    return "".join(c for c in device.strip()[:200] if c.isprintable()) or "laptop"
