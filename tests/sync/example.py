"""One small exchange, whole: as files that later versions must still read, and byte by byte for docs/protocol.md.

`python -m tests.sync.example` writes both anew. Files of a version that was released are never written anew.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import msgspec

from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, Stamp, State, pack
from sync import protocol, wire
from sync.protocol import (
    Case,
    Decide,
    Decided,
    Differs,
    Done,
    Dropped,
    Held,
    Hello,
    Listing,
    Message,
    Outcomes,
    Record,
    Summary,
    Verdict,
    Wanted,
    Welcome,
)

GOLDEN = Path(__file__).parent / "golden"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
BEGIN, END = "<!-- example: written by tests/sync/example.py -->", "<!-- end of the example -->"

LAPTOP, OTHER, EPOCH = b"\x01" * 8, b"\x02" * 8, b"\x0e" * 8
PAIR, GRACE, SESSION, LATER = (digit * 32 for digit in "abcd")
_NOON, _CAME = 1_772_452_800, 1_772_456_400


def _register(*siblings: tuple[Dot, object], reach: Visibility = Visibility.pair, known: int = 0) -> Register:
    some = frozenset(Sibling(dot, msgspec.msgpack.encode(value)) for dot, value in siblings)
    context = {dot.replica: max(dot.counter, known) for dot, _ in siblings}
    return Register(some, tuple(sorted(context.items())), reach)


def sent() -> State:
    """A session as its laptop sends it: one save, four fields."""
    dot = Dot(LAPTOP, 7)
    fields = {
        "scope": _register((dot, f"mentorship/{PAIR}"), reach=Visibility.programme),
        "mentorship": _register((dot, PAIR), reach=Visibility.office),
        "contact_minutes": _register((dot, 45), reach=Visibility.office),
        "notes": _register((dot, "She ran the whole morning alone.")),
    }
    return State("session", SESSION, fields, {dot: Stamp(GRACE, _NOON)})


def given() -> State:
    """A session as its reader gets it: a field in two versions, a field and a kind of value of a later version."""
    ours, theirs = Dot(LAPTOP, 5), Dot(OTHER, 3)
    later = msgspec.msgpack.encode(msgspec.msgpack.Ext(44, b"of 2031"))
    fields = {
        "scope": _register((ours, f"mentorship/{PAIR}"), reach=Visibility.programme),
        "commitment": _register((ours, 6), (theirs, 8), reach=Visibility.office),
        "notes": _register((theirs, "We sat under the tree."), known=4),
        "field of 2031": Register(frozenset((Sibling(theirs, later),)), (theirs,), Visibility.pair),
    }
    return State("session", LATER, fields, {ours: Stamp(GRACE, _NOON, True, _CAME), theirs: Stamp("ruth", _NOON + 60)})


def request(version: int) -> list[Message | State]:
    """What the laptop says."""
    nonces, speaks = (b"prevprev", b"nextnext"), tuple(range(version, 0, -1))
    return [
        Hello(speaks, "0.1.0", LAPTOP, EPOCH, b"\x92\x03\xa1\x7f", 64_000, *nonces, _NOON, 8000, ((3, 4), (6, 6))),
        sent(),
    ]


def answer(version: int) -> list[Message | State]:
    """What the server says."""
    return [
        Welcome(version, EPOCH, "the office", _CAME, False, ((3, 3),), b"\x0f" * 8, b"receipt3"),
        Outcomes(3, b"receipt of 13", ((1, Verdict.refused, "too_large"), (2, Verdict.held, "outside"))),
        Dropped((f"mentorship/{GRACE}",), (SESSION,)),
        given(),
        Done(b"\x92\x09\xa1\x7f", False, b"\x0d" * 8, 12, 1),
    ]


_PLACE = f"mentorship/{PAIR}"


def _compares(*said: Message) -> list[Message | State]:
    return [Hello((2, 1), "0.1.0", LAPTOP, EPOCH, b"", 64_000, b"nextnext", b"thenthen", _NOON, 8000), *said]


def _compared(*said: Message | State) -> list[Message | State]:
    done = Done(b"\x92\x09\xa1\x7f", True, b"\x0d" * 8, 12)
    return [Welcome(2, EPOCH, "the office", _CAME), *said, done]


def summary(_version: int) -> list[Message | State]:
    """What the laptop says of each scope once it finds another ledger."""
    return _compares(Summary("", "", ((_PLACE, b"\x05" * 8), ("office/", b"\x06" * 8))))


def differs(_version: int) -> list[Message | State]:
    """The server's answer: one of the two differs, in one or both of its two buckets."""
    return _compared(Differs("", ((_PLACE, 1, b"\x07" * 8 + b"\x08" * 8),)))


def listing(_version: int) -> list[Message | State]:
    """The laptop's records in the bucket that differs."""
    ids = (wire.slim_id(SESSION), wire.slim_id(LATER))
    return _compares(Listing(((_PLACE, 1, 1, ids, b"\x09" * 8 + b"\x0a" * 8),)))


def wanted(_version: int) -> list[Message | State]:
    """The server's answer: a record that it has otherwise, and the one that it lacks."""
    return _compared(given(), Wanted(1, (wire.slim_id(SESSION), wire.slim_id(LATER)), b"receipt of 13"))


def decide(_version: int) -> list[Message | State]:
    """What a coordinator's laptop says of two changes that are held."""
    return _compares(Decide(((b"\x11" * 16, True), (b"\x12" * 16, False))))


def decided(_version: int) -> list[Message | State]:
    """The server's answer: one more is held, the two are not any more, and what became of one of the laptop's own."""
    case = Case(b"\x13" * 16, SESSION, "session", _PLACE, "outside", "Joseph K.", _CAME, pack(sent()))
    return _compared(
        Held((case,), (b"\x11" * 16, b"\x12" * 16)), Decided(((LATER, b"\x09" * 8, True),), b"receipt of 13")
    )


_SECOND = {
    "summary": summary,
    "differs": differs,
    "listing": listing,
    "wanted": wanted,
    "decide": decide,
    "decided": decided,
}
_FIRST = {"request": request, "answer": answer}
STREAMS = {1: _FIRST, 2: _FIRST | _SECOND}
"""By version: the streams that its golden files keep."""

NEWEST = protocol.SPOKEN[0]


def _messages(stream: list[Message | State]) -> list[Message]:
    return [one for frame in wire.read(wire.stream(stream)) for one in frame]


def files() -> dict[str, bytes]:
    """The golden files of this version: each stream, and each of their messages alone as MessagePack."""
    streams = {name: make(NEWEST) for name, make in STREAMS[NEWEST].items()}
    found = {f"{name}.bin": wire.stream(stream) for name, stream in streams.items()}
    for name, stream in streams.items():
        for message in _messages(stream):
            found[f"{name}.{type(message).__name__.lower()}.bin"] = protocol.encode([message])
    return found


# --- byte by byte -----------------------------------------------------------------------------------------------------

_PARTS = {"records": Record, "cases": Case}
_VERDICTS = {"others": ("place", "verdict", "reason")}


class Reader:
    """Reads MessagePack and says what each byte is."""

    def __init__(self, content: bytes) -> None:
        self.content, self.place = content, 0

    def _taken(self, count: int) -> bytes:
        some = self.content[self.place : self.place + count]
        self.place += count
        return some

    def lines(self, name: str, depth: int = 0, struct: type | None = None) -> Iterator[str]:
        """A line for what begins here, and one for each of its parts."""
        at, first = self.place, self.content[self.place]
        if 0x90 <= first <= 0x9F or first == 0xDC:
            yield from self._array(name, depth, struct)
            return
        if 0x80 <= first <= 0x8F:
            self._taken(1)
            yield _line(at, bytes((first,)), depth, f"{name}: {first & 15} by place")
            for _ in range(first & 15):
                yield from self.lines("place", depth + 1)
                yield from self.lines("siblings and context", depth + 1)
            return
        length = _length(self.content, self.place)
        yield _line(at, self._taken(length), depth, f"{name}: {_said(self.content[at : at + length])}")

    def _array(self, name: str, depth: int, struct: type | None) -> Iterator[str]:
        at, head = self.place, self._taken(3 if self.content[self.place] == 0xDC else 1)
        count = int.from_bytes(head[1:]) if len(head) == 3 else head[0] & 15
        if name == "message":
            struct = next(kind for kind in protocol.KINDS if kind.__struct_config__.tag == self.content[self.place])
        title = f"{name}: {struct.__name__}, {count} parts" if struct else f"{name}: {count}"
        yield _line(at, head, depth, title)
        names = list(struct.__struct_fields__) if struct else []
        if struct and struct.__struct_config__.tag is not None:
            names = ["tag", *names]
        for index in range(count):
            part = names[index] if names else name if depth > 6 else f"{name} {index}"
            yield from self.lines(part, depth + 1, _PARTS.get(name))


_FIXED = {0xC0: 1, 0xC2: 1, 0xC3: 1, 0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3, 0xD2: 5, 0xD3: 9, 0xCA: 5}
_FIXED |= {0xCB: 9, 0xD4: 3, 0xD5: 4, 0xD6: 6, 0xD7: 10, 0xD8: 18}


def _length(content: bytes, at: int) -> int:
    first = content[at]
    if first < 0x80 or first >= 0xE0:
        return 1
    if 0xA0 <= first <= 0xBF:
        return 1 + (first & 31)
    if first in _FIXED:
        return _FIXED[first]
    wide = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}[first]
    return 1 + wide + int.from_bytes(content[at + 1 : at + 1 + wide]) + (first in (0xC7, 0xC8, 0xC9))


def _said(item: bytes) -> str:
    plain = msgspec.msgpack.decode(item)
    if isinstance(plain, msgspec.msgpack.Ext):
        return f"extension {plain.code:#x} of {len(bytes(plain.data))} bytes"
    return f"{len(plain)} bytes" if isinstance(plain, bytes) else msgspec.json.encode(plain).decode()


def _line(at: int, some: bytes, depth: int, said: str) -> str:
    first = f"{at:5}  {some[:12].hex(' '):36}  {'  ' * depth}{said}"
    rest = [f"{at + more:5}  {some[more : more + 12].hex(' ')}" for more in range(12, len(some), 12)]
    return "\n".join([first, *rest])


def explained(name: str) -> Iterator[str]:
    """A stream's bytes, each with what it is."""
    whole = wire.stream(STREAMS[NEWEST][name](NEWEST))
    plain = brotli.decompress(whole)
    yield f"The {name}: {len(plain)} bytes before compression."
    yield ""
    yield "```text"
    place = 0
    while place < len(plain):
        length = int.from_bytes(plain[place : place + 3])
        yield _line(place, plain[place : place + 3], 0, f"a frame of {length} bytes")
        yield _line(place + 3, plain[place + 3 : place + 7], 0, "its CRC-32")
        reader = Reader(plain[: place + 7 + length])
        reader.place = place + 7
        head = plain[reader.place]
        yield _line(reader.place, bytes((head,)), 0, f"{head & 15} messages")
        reader.place += 1
        for _ in range(head & 15):
            yield from reader.lines("message", 1)
        place += 7 + length
    yield "```"


def section() -> str:
    """The example as it stands in the document."""
    lines = [line.rstrip() for name in STREAMS[NEWEST] for many in ["", *explained(name)] for line in many.split("\n")]
    return "\n".join([BEGIN, *lines, "", END])


def shown(document: str) -> str:
    """The part of a document that is the example."""
    return document[document.index(BEGIN) : document.index(END) + len(END)]


def main() -> None:
    """Write the golden files of this version and the document's example."""
    folder = GOLDEN / f"v{NEWEST}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)
    if DOCUMENT.exists():
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(text.replace(shown(text), section()), "utf-8")
    sys.stdout.write(section() + "\n")


if __name__ == "__main__":
    main()
