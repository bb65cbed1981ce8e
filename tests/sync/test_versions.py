"""What one version wrote, every later one reads; what a version does not know, it keeps and passes on byte for byte."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import brotli
import msgspec
import pytest
import requests

from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.registers import Dot, State, first
from sync import protocol, wire
from sync.protocol import Changes, Done, Hello, Message, Outcomes, Welcome
from sync.server import tables
from tests.sync import example
from tests.sync.conftest import MONDAY, Laptop, Office
from tests.sync.test_hostile import Caller, caller, own  # noqa: F401

Make = Callable[..., Laptop]
FOLDERS = sorted(example.GOLDEN.iterdir())
OURS = example.GOLDEN / f"v{protocol.SPOKEN[0]}"


def _messages(content: bytes) -> list[Message]:
    return [one for frame in wire.read(content) for one in frame]


def test_the_golden_files_of_every_version_spoken_are_here() -> None:
    assert {folder.name for folder in FOLDERS} >= {f"v{version}" for version in protocol.SPOKEN}
    assert {file.name for file in OURS.iterdir()} == set(example.files())


def test_this_version_writes_its_golden_files() -> None:
    for name, content in example.files().items():
        kept = (OURS / name).read_bytes()
        if name.count(".") == 1:
            content, kept = brotli.decompress(content), brotli.decompress(kept)
        assert content == kept, name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden_streams_are_read_as_what_was_written(folder: Path) -> None:
    version = int(folder.name[1:])
    for name, make in example.STREAMS[version].items():
        written = make(version)
        found = _messages((folder / f"{name}.bin").read_bytes())
        states = [state for one in found if isinstance(one, Changes) for state in wire.states(one)]
        assert states == [one for one in written if isinstance(one, State)]
        assert [one for one in found if not isinstance(one, Changes)] == [
            one for one in written if not isinstance(one, State)
        ]


def test_golden_messages_are_read_one_by_one() -> None:
    for file in OURS.glob("*.*.bin"):
        (message,) = protocol.decode(file.read_bytes())
        assert type(message).__name__.lower() == file.name.split(".")[1]


def _shortened(message: Message, parts: int) -> bytes:
    plain = msgspec.msgpack.decode(protocol.encode([message]))[0]
    return msgspec.msgpack.encode([plain[:parts]])


def test_messages_without_what_was_added_since_are_read_with_its_defaults() -> None:
    (hello, _), (welcome, _, dropped, _, done) = example.request(1), example.answer(1)
    short = [(hello, 10, {"rate": 0, "ask": ()}), (welcome, 5, {"forked": False, "arrived": (), "proof": b""})]
    for message, parts, defaults in [*short, (dropped, 2, {"records": ()}), (done, 4, {"count": 0, "sent": 0})]:
        assert isinstance(message, Message)
        (found,) = protocol.decode(_shortened(message, parts))
        assert {name: getattr(found, name) for name in defaults} == defaults


def _newer(stream: bytes) -> bytes:
    """A stream as a later version might write it: more at the end of each message, and messages of new sorts."""
    plain = brotli.decompress(stream)
    content = msgspec.msgpack.decode(plain[7:])
    more = [[*one, {"added": "in 2031"}, None] for one in content]
    packed = msgspec.msgpack.encode([*more, [99, "a message of 2031"], [41]])
    return brotli.compress(len(packed).to_bytes(3) + crc32(packed).to_bytes(4) + packed)


def test_a_server_takes_what_a_newer_app_says_and_answers_as_ever(caller: Caller, office: Office) -> None:  # noqa: F811
    hello = Hello(
        (protocol.SPOKEN[0] + 1, *protocol.SPOKEN), "9.0.0", b"r" * 8, b"", b"", 65536, b"", b"n" * 8, 1_780_000_000
    )
    change = own(caller, **{"field of 2031": {"a": [1, 2.5]}})
    response = caller.send(_newer(wire.stream([hello, change])))
    assert response.status_code == 200
    said = _messages(response.raw.read(decode_content=False))
    assert [type(one) for one in said] == [Welcome, Outcomes, Done]
    assert isinstance(said[1], Outcomes)
    assert (said[1].upto, said[1].others) == (1, ())
    (row,) = office.rows(tables.record)
    assert row.id == change.id


def test_an_app_of_the_first_version_is_answered_in_it(caller: Caller) -> None:  # noqa: F811
    hello = Hello((1,), "0.0.1", b"r" * 8, b"", b"", 65536, b"", b"n" * 8, 1_780_000_000)
    content = _shortened(hello, 10)
    response = caller.send(brotli.compress(len(content).to_bytes(3) + crc32(content).to_bytes(4) + content))
    welcome = _messages(response.raw.read(decode_content=False))[0]
    assert isinstance(welcome, Welcome)
    assert welcome.version == 1


def test_kinds_fields_and_values_of_a_later_version_pass_through_byte_for_byte(laptop: Make, office: Office) -> None:
    grace, other = laptop("grace"), laptop("grace")
    session = grace.session(grace.pair().id, notes="As ever.")
    dot, scope = Dot(b"\x31" * 8, 1), msgspec.msgpack.encode(f"private/{grace.person}")
    odd = [
        msgspec.msgpack.encode(msgspec.msgpack.Ext(44, b"of 2031")),
        b"\xd9\x02hi",  # longer than need be: another writer's bytes
        msgspec.msgpack.encode({"a": [1, 2.5, None, b"\xff"]}),
        b"\xc9\x00\x00\x00\x01\x76\x01",  # as what the wire wraps
    ]
    fields = {f"field {number} of 2031": first(dot, value) for number, value in enumerate(odd)}
    unknown = State("a kind of 2031", new_id(), {"scope": first(dot, scope), **fields})
    state = grace.store.state(session.id)
    assert state
    known = replace(state, registers={**state.registers, **fields})
    grace.store.absorb([unknown, known], at=MONDAY)
    grace.store.reoffer(None)
    grace.sync()
    other.sync()
    for id, kept in ((unknown.id, unknown), (session.id, known)):
        assert other.states()[id] == kept.registers
    # An edit of what is known leaves what is not as it was, and the laptop that never knew it heals a server that lost it.
    seen = other.store.get(Session, session.id)
    other.save(replace(seen, notes="Edited by who does not know."), seen)
    other.sync()
    grace.sync()
    for name in fields:
        assert grace.states()[session.id][name] == known.registers[name]
    assert grace.sync().agrees


def test_too_old_and_too_new_are_told_apart_in_words(office: Office, laptop: Make) -> None:
    for versions, reason in (((0,), "app_too_old"), ((7, 8), "app_too_new")):
        body = wire.stream([Hello(versions, "x", b"r" * 8, b"", b"", 9, b"", b"n" * 8, 0)])
        token = laptop("grace").store.recall("sync_token")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": protocol.TYPE}
        response = requests.post(office.address + "/v1/sync", data=body, headers=headers, timeout=20)
        assert (response.status_code, response.json()["reason"]) == (426, reason)
