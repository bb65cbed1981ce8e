"""The messages that a laptop and a server exchange, and the limits that both hold them to.

Promises that what it lets in is of the declared shape and within bounds, so that everything inside may trust it. A message may
grow at its end: what a newer version adds there is passed over by an older one, and so is a whole message of an unknown sort.
Knows nothing of frames, files, networks or who may read what; reason codes are short names whose sentences are the client's.
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import msgspec

from mentorapp.fields import Visibility
from mentorapp.registers import Simple, State

SPOKEN = (2, 1)
"""The protocol versions that this program speaks, newest first. Version 2 compares by digests: see `Summary`."""

COMPARING = DECIDING = 2
"""The first version that compares by digests (whoever speaks an older one offers everything again instead), and that tells of decisions."""

TYPE = "application/x-mentor"
"""The media type of a sync body and of its answer."""

# --- limits -----------------------------------------------------------------------------------------------------------

MOST_BODY = 4 * 2**20
MOST_UNPACKED = 32 * 2**20
MOST_RECORD = 2**20
MOST_FRAME = MOST_RECORD + 2**18
MOST_CHANGES = 20_000
MOST_REGISTERS = 256
MOST_SIBLINGS = 64
MOST_CONTEXT = 4096
MOST_NAME = 64
MOST_DEPTH = 24
MOST_ASKED = 64
MOST_CURSOR = 512
MOST_BITS = 12
MOST_COMPARED = 50_000
MOST_ANSWER = 2**20


class ProtocolError(Exception):
    """What arrived is not what this protocol allows; `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Verdict(StrEnum):
    """What the server did with one change."""

    kept = "kept"
    merged = "merged"
    refused = "refused"
    held = "held"


# --- messages ---------------------------------------------------------------------------------------------------------


class Hello(msgspec.Struct, array_like=True, frozen=True, tag=1):
    """What a laptop says first. `prev` and `next` are random: see `Welcome.forked`."""

    versions: tuple[int, ...]
    app: str
    replica: bytes
    epoch: bytes
    cursor: bytes
    cap: int
    prev: bytes
    next: bytes
    now: int
    rate: int = 0
    """Bytes a second of the last exchange, 0 if unknown: how hard the answer is worth compressing."""
    ask: tuple[tuple[int, int], ...] = ()
    """Ranges of this replica's counters that were sent and never answered: which of them arrived?"""


class Record(msgspec.Struct, array_like=True, frozen=True):
    """One record's changed registers, relative to the tables of the message that holds it; see `sync.wire`."""

    shape: int
    id: Any
    saves: tuple[tuple[int, ...], ...]
    values: tuple[msgspec.Raw, ...]
    owners: tuple[int, ...] = ()
    odd: dict[int, tuple[tuple[tuple[int, msgspec.Raw], ...], tuple[tuple[int, int], ...]]] = {}


class Changes(msgspec.Struct, array_like=True, frozen=True, tag=2):
    """Some records' changed registers, with the tables they refer to and, downwards, the cursor reached after them."""

    replicas: tuple[bytes, ...]
    authors: tuple[str | None, ...]
    shapes: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...]
    records: tuple[Record, ...]
    cursor: bytes = b""


class Welcome(msgspec.Struct, array_like=True, frozen=True, tag=3):
    """What a server says first. `forked`: another store writes under this replica's id; nothing was taken in."""

    version: int
    epoch: bytes
    server: str
    now: int
    forked: bool = False
    arrived: tuple[tuple[int, int], ...] = ()
    """Of the counters asked about, those whose records are safely here as they were sent last."""
    proof: bytes = b""
    """The sum of these records' fingerprints: a copy of the laptop's store may have used the same counters for other saves."""
    receipt: bytes = b""
    """As in `Outcomes`, for what arrived."""


class Outcomes(msgspec.Struct, array_like=True, frozen=True, tag=4):
    """What became of the changes pushed so far, in the order they were sent: all kept but those in `others`.

    `others` gives (place, verdict, reason). The server says this only after its commit; `receipt` proves that.
    """

    upto: int
    receipt: bytes
    others: tuple[tuple[int, Verdict, str], ...] = ()


class Done(msgspec.Struct, array_like=True, frozen=True, tag=5):
    """The end of an answer: where the laptop now stands, and the digest of all that it may hold at that point."""

    cursor: bytes
    more: bool
    digest: bytes
    count: int = 0
    sent: int = 0


class Dropped(msgspec.Struct, array_like=True, frozen=True, tag=6):
    """Scopes that the caller may no longer hold, and records that moved out of what the caller holds."""

    scopes: tuple[str, ...]
    records: tuple[str, ...] = ()


class Summary(msgspec.Struct, array_like=True, frozen=True, tag=7):
    """What a laptop holds of the scopes after `after` up to `upto` (both "": of all), as (scope, digest), in their order.

    Said where the two may hold different things though neither knows of anything to send: after a new epoch, or where the digests differ.
    """

    after: str
    upto: str
    scopes: tuple[tuple[str, bytes], ...]


class Differs(msgspec.Struct, array_like=True, frozen=True, tag=8):
    """Of which of these scopes the server holds something else, as (scope, bits, sums): 2^bits sums of 8 bytes, by `bucket`.

    A scope that the caller may not read is as one in which there is nothing. `upto`: how far this answer goes, "" to the end.
    """

    upto: str
    parts: tuple[tuple[str, int, bytes], ...]


class Listing(msgspec.Struct, array_like=True, frozen=True, tag=9):
    """The laptop's records in buckets that differ, as (scope, bits, bucket, ids, prints): 8 bytes of prints for each id."""

    parts: tuple[tuple[str, int, int, tuple[Any, ...], bytes], ...]


class Wanted(msgspec.Struct, array_like=True, frozen=True, tag=10):
    """The first `upto` buckets listed are answered for: what was lacking came before; these ids the server lacks or has otherwise.

    `receipt` is as in `Outcomes`, for everything in these buckets that is not wanted.
    """

    upto: int
    ids: tuple[Any, ...]
    receipt: bytes = b""


class Case(msgspec.Struct, array_like=True, frozen=True):
    """A change that is held: whose, why, and what of it the reader may read, packed as the ledger packs it (b"": nothing)."""

    digest: bytes
    id: str
    kind: str
    scope: str
    reason: str
    by: str
    received: int
    state: bytes


class Held(msgspec.Struct, array_like=True, frozen=True, tag=11):
    """For a coordinator: what waits for a decision and was not told yet, and what waits no more."""

    cases: tuple[Case, ...]
    gone: tuple[bytes, ...] = ()


class Decide(msgspec.Struct, array_like=True, frozen=True, tag=12):
    """A coordinator's decisions, as (digest of the case, whether it goes in)."""

    decisions: tuple[tuple[bytes, bool], ...]


class Decided(msgspec.Struct, array_like=True, frozen=True, tag=13):
    """For the author of what was held, as (id, fingerprint of what was sent, whether it went in). `receipt` as in `Outcomes`."""

    told: tuple[tuple[str, bytes, bool], ...]
    receipt: bytes = b""


class Vouches(msgspec.Struct, array_like=True, frozen=True, tag=14):
    """Between a hub and its centre: the people's scopes that mentorships open to their mentors, as whoever let them in found."""

    opened: tuple[tuple[str, tuple[str, ...]], ...]


KINDS = (
    Hello,
    Changes,
    Welcome,
    Outcomes,
    Done,
    Dropped,
    Summary,
    Differs,
    Listing,
    Wanted,
    Held,
    Decide,
    Decided,
    Vouches,
)
"""Every message that there is."""

Message = (
    Hello
    | Changes
    | Welcome
    | Outcomes
    | Done
    | Dropped
    | Summary
    | Differs
    | Listing
    | Wanted
    | Held
    | Decide
    | Decided
    | Vouches
)

_known = {kind.__struct_config__.tag for kind in KINDS}
_decoder = msgspec.msgpack.Decoder(Message)
_raws = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...])
_encoder = msgspec.msgpack.Encoder()

BROKEN = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError, TypeError)
"""What decoding raises on bytes that are not what they claim to be."""


def encode(messages: list[Message]) -> bytes:
    """Some messages as MessagePack."""
    return _encoder.encode(messages)


def _tag(raw: msgspec.Raw) -> object:
    # An array of up to fifteen whose first item is a small number: every message of every version so far.
    head = bytes(memoryview(raw)[:2])
    return head[1] if len(head) == 2 and 0x91 <= head[0] <= 0x9F else None


def decode(content: bytes) -> list[Message]:
    """The messages of some MessagePack, those of unknown sorts passed over. Raises ProtocolError if it is none."""
    try:
        return [_decoder.decode(raw) for raw in _raws.decode(content) if _tag(raw) in _known]
    except BROKEN as reason:
        raise ProtocolError("not_messages") from reason


def greeting(messages: list[Message]) -> Hello:
    """The Hello that opens a request, its parts well formed. Raises ProtocolError if there is none."""
    hello = messages[0] if messages else None
    if not isinstance(hello, Hello):
        raise ProtocolError("no_hello")
    short = (
        len(hello.app) <= 64
        and len(hello.cursor) <= MOST_CURSOR
        and len(hello.ask) <= MOST_ASKED
        and len(hello.versions) <= 64
    )
    nonces = len(hello.prev) in (0, 8) and len(hello.next) == 8
    if len(hello.replica) != 8 or len(hello.epoch) not in (0, 8) or not nonces or not short:
        raise ProtocolError("bad_hello")
    return hello


def chosen(versions: tuple[int, ...]) -> int:
    """The newest version that both speak. Raises ProtocolError: `app_too_old` or `app_too_new`."""
    common = set(versions) & set(SPOKEN)
    if common:
        return max(common)
    raise ProtocolError("app_too_old" if not versions or max(versions) < min(SPOKEN) else "app_too_new")


# --- counters ---------------------------------------------------------------------------------------------------------

Ranges = tuple[tuple[int, int], ...]
"""Some of a replica's counters in a few bytes: each range from its first to its last, both in it, apart and in order."""


def ranges(counters: Iterable[int]) -> Ranges:
    """These counters as ranges, and no others."""
    found: list[tuple[int, int]] = []
    for counter in sorted(set(counters)):
        if found and counter == found[-1][1] + 1:
            found[-1] = (found[-1][0], counter)
        else:
            found.append((counter, counter))
    return tuple(found)


def within(some: Ranges, counter: int) -> bool:
    """Whether a counter lies in one of them."""
    return any(first <= counter <= last for first, last in some)


def sent_under(state: State | Simple, replica: bytes) -> int:
    """The counter that names what is sent of a record: of this replica's saves in it the last, 0 if there is none."""
    dots = state.dots if isinstance(state, Simple) else state.dots()
    return max((dot.counter for dot in dots if dot.replica == replica), default=0)


# --- digests ----------------------------------------------------------------------------------------------------------


def register_print(state: State, name: str) -> int:
    """64 bits over one register of a record: its values, their saves and its context.

    Stamps are no part of it: what a server learns about a save (when it arrived) changes no record.
    """
    register = state.registers[name]
    siblings = sorted((s.dot.replica, s.dot.counter, s.value) for s in register.siblings)
    told = _encoder.encode((state.kind, state.id, name, siblings, register.context, register.reach))
    return int.from_bytes(blake2b(told, digest_size=8).digest())


def prints(one: Simple) -> list[int]:
    """What `register_print` makes of each of its fields, in their order."""
    found = []
    for name, reach, value, owner in zip(one.names, one.reaches, one.values, one.owners, strict=True):
        dot = one.dots[owner]
        told = _encoder.encode((one.kind, one.id, name, ((*dot, value),), (dot,), reach))
        found.append(int.from_bytes(blake2b(told, digest_size=8).digest()))
    return found


def fingerprint(state: State | Simple, least: Visibility = Visibility.pair) -> int:
    """64 bits over the record's registers that a reader of class `least` may hold; 0 if there are none."""
    if isinstance(state, Simple):
        return summed(print for reach, print in zip(state.reaches, prints(state), strict=True) if reach >= least)
    return summed(register_print(state, name) for name, one in state.registers.items() if one.reach >= least)


def summed(prints: Iterable[int]) -> int:
    """The digest of a set: a sum, so that it is kept up to date register by register."""
    return sum(prints) % 2**64


def bucket(id: str, bits: int) -> int:
    """In which of 2^bits parts of a scope a record is compared: the first bits of its id's BLAKE2b, for ids follow the clock."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest()) >> (64 - bits)


def sums(prints: Iterable[tuple[str, int]], bits: int) -> bytes:
    """The digest of each of 2^bits parts of some records, (id, fingerprint) each, 8 bytes a part."""
    found = [0] * 2**bits
    for id, one in prints:
        found[bucket(id, bits)] += one
    return b"".join((total % 2**64).to_bytes(8) for total in found)
