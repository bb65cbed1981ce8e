"""Programs of several versions through one server: what one does not know passes through it byte for byte, and lives after its upgrade.

Three laptops of one mentor: one of the first version which does not know sessions at all, one of today, and one of a later version, which
says more at the end of each message, says messages that nobody knows, and records kinds, fields and values of its own.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from zlib import crc32

import brotli
import msgspec
import pytest

from mentorapp.clock import new_id
from mentorapp.records import BY_KIND, Person, Session
from mentorapp.registers import State
from mentorapp.store import Store
from sync import protocol, wire
from sync.client import engine
from sync.client.engine import Batch
from sync.server import tables
from sync.server.visit import Visit
from tests.strategies import DEEP
from tests.sync.conftest import KEY, Laptop, Office
from tests.sync.records import _value

Make = Callable[..., Laptop]
NEWER = (protocol.SPOKEN[0] + 1, *protocol.SPOKEN)
SORTS = {kind.__struct_config__.tag: len(kind.__struct_fields__) + 1 for kind in protocol.KINDS}
RECORD = len(protocol.Record.__struct_fields__)
_raws = msgspec.msgpack.Decoder(list[msgspec.Raw])


def _array(parts: list[bytes]) -> bytes:
    head = bytes([0x90 | len(parts)]) if len(parts) < 16 else b"\xdc" + len(parts).to_bytes(2)
    return head + b"".join(parts)


ADDED = [msgspec.msgpack.encode({"added": "in 2031"}), b"\xc0", b"\xc7\x01\x2a\x00"]


def _longer(raw: bytes, parts: int) -> bytes:
    """An array with more at its end, if it has all that this version knows."""
    found = [bytes(one) for one in _raws.decode(raw)]
    return _array([*found, *ADDED]) if len(found) == parts else raw


def _message(raw: bytes) -> bytes:
    parts = [bytes(one) for one in _raws.decode(raw)]
    tag = msgspec.msgpack.decode(parts[0])
    if tag == protocol.Changes.__struct_config__.tag:
        parts[4] = _array([_longer(bytes(record), RECORD) for record in _raws.decode(parts[4])])
    return _longer(_array(parts), SORTS[tag])


def newer(stream: bytes) -> bytes:
    """A stream as a later version might say the same: not a byte of what this one knows is another."""
    plain, at, frames = brotli.decompress(stream), 0, b""
    while at < len(plain):
        length = int.from_bytes(plain[at : at + 3])
        content = plain[at + 7 : at + 7 + length]
        at += 7 + length
        messages = [_message(bytes(one)) for one in _raws.decode(content)]
        more = _array([*messages, msgspec.msgpack.encode([99, "a message of 2031"])])
        frames += len(more).to_bytes(3) + crc32(more).to_bytes(4) + more
    return brotli.compress(frames, quality=3)


@contextmanager
def program(versions: tuple[int, ...], *, unknown: tuple[str, ...] = (), later: bool = False) -> Iterator[None]:
    """This process's laptops as a program that speaks these versions and does not know some kinds; the server is as ever."""
    hello, pack = engine._hello, Batch.pack

    def says(*words: object, **named: object) -> protocol.Hello:
        return msgspec.structs.replace(hello(*words, **named), versions=versions)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_hello", says)
        if later:
            patch.setattr(Batch, "pack", lambda self, quality=11: newer(pack(self, quality)))
        for kind in unknown:
            patch.delitem(BY_KIND, kind)
        yield


def first_version() -> ExitStack:
    """A program from before there were sessions, which speaks the first version alone."""
    stack = ExitStack()
    stack.enter_context(program((1,), unknown=("session",)))
    return stack


def of_today() -> ExitStack:
    """This program."""
    stack = ExitStack()
    stack.enter_context(program(protocol.SPOKEN))
    return stack


def later_version() -> ExitStack:
    """A program of a later version."""
    stack = ExitStack()
    stack.enter_context(program(NEWER, later=True))
    return stack


def _record(laptop: Laptop, kind: str, id: str, values: dict[str, bytes]) -> None:
    """Save as a program does that knows this kind and these fields."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BY_KIND, kind, BY_KIND.get(kind, Session))
        written = laptop.store._write
        # Only what this program knows is shown; the save itself is as any other.
        patch.setattr(laptop.store, "_write", lambda *words, **named: _unshown(patch, kind, written, words, named))
        laptop.clock.forward(minutes=1)
        with laptop.store.transaction():
            laptop.store._assign(kind, id, values, None, by=laptop.person, at=laptop.clock.now())


def _unshown(
    patch: pytest.MonkeyPatch, kind: str, written: Callable[..., object], words: object, named: object
) -> None:
    if BY_KIND[kind] is Session and kind != "session":
        patch.delitem(BY_KIND, kind)
    written(*words, **named)  # type: ignore[misc]


SEEDS = range(40 if DEEP else 3)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("server_later", [False, True], ids=["server of today", "server of a later version"])
def test_what_a_program_does_not_know_passes_through_it_byte_for_byte(
    office: Office, laptop: Make, monkeypatch: pytest.MonkeyPatch, seed: int, *, server_later: bool
) -> None:
    if server_later:
        answer = Visit.answer
        monkeypatch.setattr(Visit, "answer", lambda self: newer(answer(self)))
    chance = random.Random(seed)
    old, today, late = (laptop("grace") for _ in range(3))
    pair = late.pair()
    session = late.session(pair.id, notes="First.")
    scope = msgspec.msgpack.encode(f"private/{late.person}")
    unknown = new_id()
    everybody = [(old, first_version), (today, of_today), (late, later_version)]
    for one, as_program in (everybody[2], everybody[0], everybody[1]):
        with as_program():
            one.sync()
    expected: dict[tuple[str, str], bytes] = {}
    for step in range(12):
        one, as_program = chance.choice(everybody)
        with as_program():
            if one is late:
                fields = {f"field {n} of 2031": _value(chance.getrandbits(32)) for n in range(3)}
                _record(late, "a kind of 2031", unknown, {"scope": scope, **fields})
                _record(late, "session", session.id, fields)
                expected |= {(id, name): value for id in (unknown, session.id) for name, value in fields.items()}
            elif one is today and today.store.seek(Session, session.id):
                seen = today.store.get(Session, session.id)
                today.save(replace(seen, place=f"{step}"), seen)
            elif one is old and old.store.seek(Person, pair.mentees[0]):
                person = old.store.get(Person, pair.mentees[0])
                old.save(replace(person, name=f"Joseph K. {step}"), person)
            one.sync()
    for one, as_program in (*everybody, *everybody):
        with as_program():
            assert one.sync().agrees, seed
    assert old.states() == today.states() == late.states(), seed
    assert expected, seed
    for (id, name), value in expected.items():
        for one in (old, today, late):
            assert one.states()[id][name].values == {value}, (seed, id, name)
    rows = {row.id: row for row in office.rows(tables.record)}
    assert rows[unknown].kind == "a kind of 2031"
    for one in (old, today, late):
        assert one.store.put_aside() == []
        assert one.store.safety().needs_you == 0


def test_what_an_old_program_kept_without_knowing_it_is_there_after_its_upgrade(office: Office, laptop: Make) -> None:
    today, old = laptop("grace"), laptop("grace")
    session = today.session(today.pair().id, notes="Nobody here knows what a session is.")
    today.sync()
    with first_version():
        old.sync()
        assert old.states() == today.states()
        assert old.store.find(Session) == []
        assert old.store.search("Nobody") == []
        old.store.remember(**{"shown as": "m0001_records"})
        old.store.close()
    old.store = Store(old.path, KEY)
    assert old.store.get(Session, session.id).notes == session.notes
    assert [hit.id for hit in old.store.search("Nobody")] == [session.id]
    seen = old.store.get(Session, session.id)
    old.save(replace(seen, place="Edited after the upgrade."), seen)
    assert old.sync().agrees
    today.sync()
    assert today.store.get(Session, session.id).place == "Edited after the upgrade."


def test_what_a_later_version_says_is_otherwise_the_same() -> None:
    """The test's own translator: it adds, and alters nothing."""
    state = State("session", new_id(), {})
    chance = random.Random(4)
    from mentorapp.registers import Dot, first

    state = replace(
        state, registers={f"f{n}": first(Dot(b"r" * 8, 1), _value(chance.getrandbits(32))) for n in range(9)}
    )
    hello = protocol.Hello(NEWER, "9", b"r" * 8, b"", b"", 9, b"", b"n" * 8, 0)
    stream = wire.stream([hello, state])
    assert len(brotli.decompress(newer(stream))) > len(brotli.decompress(stream)) + 60
    found = [[one for frame in wire.read(some) for one in frame] for some in (stream, newer(stream))]
    assert [one for one in found[0] if not isinstance(one, protocol.Changes)] == [
        one for one in found[1] if not isinstance(one, protocol.Changes)
    ]
    states = [[s for one in some if isinstance(one, protocol.Changes) for s in wire.states(one)] for some in found]
    assert states[0] == states[1] == [state]
