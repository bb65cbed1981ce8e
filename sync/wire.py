"""How messages lie on the line: frames with a length and a checksum in one Brotli stream, flushed after each.

Promises that every prefix of a stream gives all the frames that lie wholly in it, and that no stream makes its reader unpack more
than it was told to. A record travels relative to its message's tables of replicas, authors and shapes (kind, field names,
classes): a save costs a few bytes, a field written by one replica no more than its value. Decides nothing about records.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

import brotli
import msgspec

from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, Simple, Stamp, State
from sync import protocol
from sync.protocol import BROKEN, Changes, Message, ProtocolError, Record

FRAME = 32_000
"""About how many bytes of content a frame holds, unless one record alone is larger."""

_HEAD = 7  # three bytes of length, four of checksum

# --- values -----------------------------------------------------------------------------------------------------------
# An id inside a value is 32 hexadecimal digits; raw it takes half. Each transformed form is a MessagePack extension of its
# own, and a value that already looks like one is wrapped, so that every value comes out byte for byte as it went in.

_ID = re.compile(rb"\xd9\x20[0-9a-f]{32}")
_IDS = re.compile(rb"[\x91-\x9f](?:\xd9\x20[0-9a-f]{32}){1,15}")
_SCOPES = (b"mentorship/", b"person/", b"private/", b"programme/")
_SCOPE = re.compile(rb"\xd9.(mentorship/|person/|private/|programme/)[0-9a-f]{32}", re.DOTALL)
_ONE, _WRAPPED, _LIST, _PLACED = 0x75, 0x76, 0x77, 0x78


def _slim(value: bytes) -> bytes:
    first = value[0] if value else 0
    if first == 0xD9 and len(value) <= 45:
        return _slim_text(value)
    if 0x91 <= first <= 0x9F and len(value) == 1 + 34 * (first & 15) and _IDS.fullmatch(value):
        raw = b"".join(bytes.fromhex(value[at + 2 : at + 34].decode()) for at in range(1, len(value), 34))
        return bytes((0xC7, len(raw), _LIST)) + raw
    if first in (0xD8, 0xC7, 0xC9):
        return b"\xc9" + len(value).to_bytes(4) + bytes((_WRAPPED,)) + value
    return value


def _slim_text(value: bytes) -> bytes:
    if _ID.fullmatch(value):
        return bytes((0xD8, _ONE)) + bytes.fromhex(value[2:].decode())
    found = _SCOPE.fullmatch(value)
    if found and value[1] == len(value) - 2:
        place = _SCOPES.index(found[1])
        return bytes((0xC7, 17, _PLACED, place)) + bytes.fromhex(value[-32:].decode())
    return value


def _full(value: bytes) -> bytes:
    first = value[0]
    if first == 0xD8 and value[1] == _ONE:
        return b"\xd9\x20" + value[2:].hex().encode()
    if first == 0xC7 and value[2] == _LIST:
        ids = [value[at : at + 16].hex().encode() for at in range(3, len(value), 16)]
        return bytes((0x90 | len(ids),)) + b"".join(b"\xd9\x20" + one for one in ids)
    if first == 0xC7 and value[2] == _PLACED:
        text = _SCOPES[value[3]] + value[4:].hex().encode()
        return bytes((0xD9, len(text))) + text
    if first == 0xC9 and value[5] == _WRAPPED:
        return value[6:]
    return value


_HEX_ID = re.compile(r"[0-9a-f]{32}")


def slim_id(id: str) -> bytes | str:
    """An id as it travels: raw where it is 32 hexadecimal digits, else the text it is."""
    return bytes.fromhex(id) if _HEX_ID.fullmatch(id) else id


def full_id(id: object) -> str:
    """An id that travelled. Raises ValueError if it is none."""
    if isinstance(id, bytes):
        return id.hex()
    if isinstance(id, str):
        return id
    raise ValueError("an id that is neither raw nor text")


def _wrapped(number: int) -> int:
    """A difference of two 64-bit numbers as one."""
    return (number + 2**63) % 2**64 - 2**63


def _trimmed(numbers: list[int]) -> list[int]:
    while len(numbers) > 2 and numbers[-1] == 0:
        numbers.pop()
    return numbers


# --- records into a message and out of it -----------------------------------------------------------------------------


class _Table(dict[Any, int]):
    """Places by value, handed out in the order of first use."""

    def place(self, value: Any) -> int:
        return self.setdefault(value, len(self))


class Packer:
    """Collects records for one Changes message; `size` is about what they take."""

    def __init__(self) -> None:
        self._replicas, self._authors, self._shapes = _Table(), _Table(), _Table()
        self._counters: dict[bytes, int] = {}
        self._at = self._received = 0
        self._records: list[Record] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, state: State) -> None:
        """Take in one record's registers."""
        names = sorted(state.registers)
        reaches = tuple(int(state.registers[name].reach) for name in names)
        dots = sorted(state.dots())
        place = {dot: index for index, dot in enumerate(dots)}
        saves = tuple(tuple(self._save(dot, state.stamps.get(dot))) for dot in dots)
        values, owners, odd = [], [], {}
        for index, name in enumerate(names):
            register = state.registers[name]
            value, owner = _NIL, 0
            if _simple(register):
                (sibling,) = register.siblings
                value, owner = msgspec.Raw(_slim(sibling.value)), place[sibling.dot]
            else:
                odd[index] = self._odd(register, place)
            values.append(value)
            owners.append(owner)
        shape = self._shapes.place((state.kind, tuple(names), reaches))
        marks = tuple(owners) if any(owners) else ()
        self._records.append(Record(shape, slim_id(state.id), saves, tuple(values), marks, odd))
        self.size += _taken(state)

    def _save(self, dot: Dot, stamp: Stamp | None) -> list[int]:
        counter = _wrapped(dot.counter - self._counters.get(dot.replica, 0))
        self._counters[dot.replica] = dot.counter
        replica = self._replicas.place(dot.replica)
        if stamp is None:
            return [counter, 0, replica, self._authors.place(None)]
        at, received = _wrapped(stamp.at - self._at), _wrapped(stamp.received - self._received)
        self._at, self._received = stamp.at, stamp.received
        author = self._authors.place(stamp.by)
        return _trimmed([counter, at, replica, author, int(stamp.in_doubt), received])

    def _odd(self, register: Register, place: dict[Dot, int]) -> Any:
        heads = tuple((place[s.dot], msgspec.Raw(_slim(s.value))) for s in sorted(register.siblings))
        return heads, tuple((self._replicas.place(replica), counter) for replica, counter in register.context)

    def message(self, cursor: bytes = b"") -> Changes:
        """The message of what was taken in."""
        return Changes(tuple(self._replicas), tuple(self._authors), tuple(self._shapes), tuple(self._records), cursor)


def _taken(state: State) -> int:
    return 24 + sum(len(s.value) + 1 for register in state.registers.values() for s in register.siblings)


_NIL = msgspec.Raw(b"\xc0")


def _simple(register: Register) -> bool:
    if len(register.siblings) != 1 or len(register.context) != 1:
        return False
    (sibling,) = register.siblings
    return register.context[0] == sibling.dot


def states(changes: Changes) -> Iterator[State]:
    """The records of a message. Raises ProtocolError if they do not fit its tables."""
    return _read(changes, _Unpacker.state)


def arrivals(changes: Changes) -> Iterator[State | Simple]:
    """The records of a message, those without a past as `Simple`, which costs less. Raises ProtocolError as `states` does."""
    return _read(changes, _Unpacker.arrival)


R = TypeVar("R")


def _read(changes: Changes, how: Callable[["_Unpacker", Record], R]) -> Iterator[R]:
    if len(changes.records) > protocol.MOST_CHANGES:
        raise ProtocolError("too_many_changes")
    try:
        reader = _Unpacker(changes)
        for record in changes.records:
            yield how(reader, record)
    except (*BROKEN, LookupError) as reason:
        raise ProtocolError("bad_changes") from reason


class _Unpacker:
    """Reads the records of one message in their order, for each is relative to those before it."""

    def __init__(self, changes: Changes) -> None:
        self._tables = changes
        self._counters: dict[bytes, int] = {}
        self._at = self._received = 0
        self._reach = [tuple(map(Visibility, shape[2])) for shape in changes.shapes]
        self._ascends = [list(shape[1]) == sorted(set(shape[1])) for shape in changes.shapes]

    def state(self, record: Record) -> State:
        stamps: dict[Dot, Stamp] = {}
        return self._state(record, [self._dot(save, stamps) for save in record.saves], stamps)

    def arrival(self, record: Record) -> State | Simple:
        stamps: dict[Dot, Stamp] = {}
        dots = [self._dot(save, stamps) for save in record.saves]
        kind, names, _ = self._tables.shapes[record.shape]
        owners = record.owners or (0,) * len(names)
        in_order = len(dots) == 1 or sorted(set(dots)) == dots
        sound = len(stamps) == len(dots) and all(dot.counter > 0 for dot in dots) and len(names) == len(record.values)
        each_wrote = set(owners) == set(range(len(dots))) and len(owners) == len(names)
        if record.odd or not (in_order and sound and each_wrote and self._ascends[record.shape]):
            return self._state(record, dots, stamps)
        values = tuple([_full(bytes(raw)) for raw in record.values])
        reaches = self._reach[record.shape]
        return Simple(kind, full_id(record.id), names, reaches, values, owners, tuple(dots), tuple(stamps.values()))

    def _state(self, record: Record, dots: list[Dot], stamps: dict[Dot, Stamp]) -> State:
        kind, names, _ = self._tables.shapes[record.shape]
        reaches = self._reach[record.shape]
        owners = record.owners or (0,) * len(names)
        registers = {}
        for index, (name, raw, owner, reach) in enumerate(zip(names, record.values, owners, reaches, strict=True)):
            if index in record.odd:
                registers[name] = self._odd(record.odd[index], dots, reach)
            else:
                dot = dots[owner]
                registers[name] = Register(frozenset((Sibling(dot, _full(bytes(raw))),)), (dot,), reach)
        return State(kind, full_id(record.id), registers, stamps)

    def _dot(self, save: Sequence[int], stamps: dict[Dot, Stamp]) -> Dot:
        counter, at, replica, author, doubt, received = (*save, 0, 0, 0, 0)[:6]
        replica_id = self._tables.replicas[replica]
        dot = Dot(replica_id, _wrapped(counter + self._counters.get(replica_id, 0)))
        self._counters[replica_id] = dot.counter
        by = self._tables.authors[author]
        if by is not None:
            self._at, self._received = _wrapped(at + self._at), _wrapped(received + self._received)
            stamps[dot] = Stamp(by, self._at, bool(doubt), self._received)
        return dot

    def _odd(self, odd: Any, dots: list[Dot], reach: Visibility) -> Register:
        heads, context = odd
        siblings = frozenset(Sibling(dots[place], _full(bytes(raw))) for place, raw in heads)
        known = {self._tables.replicas[replica]: counter for replica, counter in context}
        return Register(siblings, tuple(sorted(known.items())), reach)


# --- frames -----------------------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """Some of a stream's bytes, as they are made, and whether nothing follows."""

    some: bytes
    last: bool = False


class FrameWriter:
    """Writes messages and records as one stream. `size` counts the compressed bytes so far."""

    def __init__(self, *, quality: int = 11) -> None:
        self._stream = brotli.Compressor(quality=quality)
        self._messages: list[Message] = []
        self._packer = Packer()
        self._cursor = b""
        self._out = bytearray()
        self.size = 0

    @property
    def waiting(self) -> int:
        """About how many bytes of records wait in the frame in hand, before compression."""
        return self._packer.size

    def message(self, message: Message) -> None:
        """Put a message into the frame in hand, after what is there."""
        self._settle()
        self._messages.append(message)

    def record(self, state: State, cursor: bytes = b"") -> None:
        """Put a record into the frame in hand; `cursor` is where its reader stands once it has it."""
        if self._packer.size + _taken(state) > FRAME and len(self._packer):
            self.flush()
        self._packer.add(state)
        self._cursor = cursor

    def _settle(self) -> None:
        if len(self._packer):
            self._messages.append(self._packer.message(self._cursor))
            self._packer = Packer()

    def flush(self) -> None:
        """Close the frame in hand, so that a reader of what was written so far has it."""
        self._settle()
        if not self._messages:
            return
        content = protocol.encode(self._messages)
        self._messages = []
        head = len(content).to_bytes(3) + crc32(content).to_bytes(4)
        self._emit(self._stream.process(head + content) + self._stream.flush())

    def _emit(self, some: bytes) -> None:
        self._out += some
        self.size += len(some)

    def finish(self) -> bytes:
        """Close the frame in hand and the stream, and give all of it that `taken` has not."""
        self.flush()
        self._emit(self._stream.finish())
        return self.taken()

    def taken(self) -> bytes:
        """What was written since the last time."""
        some, self._out = bytes(self._out), bytearray()
        return some


class FrameReader:
    """Reads a stream as it arrives: each frame as its messages, as soon as it is whole."""

    def __init__(self, *, most: int = protocol.MOST_UNPACKED) -> None:
        self._stream = brotli.Decompressor()
        self._left = most
        self._held = bytearray()
        self.received = 0

    @property
    def whole(self) -> bool:
        """Whether the stream came to its end, with no frame cut short."""
        return bool(self._stream.is_finished()) and not self._held

    def feed(self, some: bytes) -> Iterator[list[Message]]:
        """The frames that these bytes complete. Raises ProtocolError on what no writer of frames wrote."""
        self.received += len(some)
        for piece in self._unpacked(some):
            self._held += piece
            yield from self._frames()

    def _unpacked(self, some: bytes) -> Iterator[bytes]:
        try:
            piece = self._stream.process(some, output_buffer_limit=2**16)
            while piece:
                self._left -= len(piece)
                if self._left < 0:
                    raise ProtocolError("unpacks_too_large")
                yield piece
                # `can_accept_more_data` says yes while output still waits (brotli 1.2.1): only an empty piece is the end.
                piece = self._stream.process(b"", output_buffer_limit=2**16)
        except brotli.error as reason:
            raise ProtocolError("not_brotli") from reason

    def _frames(self) -> Iterator[list[Message]]:
        while len(self._held) >= _HEAD:
            length = int.from_bytes(self._held[:3])
            if length > protocol.MOST_FRAME:
                raise ProtocolError("frame_too_large")
            if len(self._held) < _HEAD + length:
                return
            content = bytes(self._held[_HEAD : _HEAD + length])
            if crc32(content) != int.from_bytes(self._held[3:_HEAD]):
                raise ProtocolError("bad_checksum")
            del self._held[: _HEAD + length]
            yield protocol.decode(content)


def read(some: bytes) -> list[list[Message]]:
    """All the frames of a stream that is here as a whole or in part."""
    return list(FrameReader().feed(some))


def stream(messages: Iterable[Message | State]) -> bytes:
    """Some messages and records as one stream."""
    writer = FrameWriter()
    for one in messages:
        if isinstance(one, State):
            writer.record(one)
        else:
            writer.message(one)
    return writer.finish()
