"""The wire: nothing is lost on it, any prefix counts, and nobody's bytes unpack into more than was allowed."""

import random

import brotli
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.registers import Simple, State
from sync import protocol, wire
from sync.checks import problem_of
from sync.protocol import Changes, Done, Hello, Outcomes, ProtocolError, Verdict
from tests.sync import records

HELLO = Hello((1,), "0.1.0", b"r" * 8, b"", b"", 65536, b"", b"n" * 8, 1_780_000_000)


def _states(frames: list[list[object]]) -> list[State]:
    return [s for frame in frames for one in frame if isinstance(one, Changes) for s in wire.states(one)]


@given(st.lists(records.states, max_size=6))
def test_every_state_passes_byte_for_byte(some: list[State]) -> None:
    assert _states(wire.read(wire.stream([HELLO, *some]))) == some


def _simplified(state: State, chance: random.Random) -> State:
    """The state with one value in each field, none of them with a past."""
    one_each = {name: min(register.siblings) for name, register in state.registers.items()}
    fresh = {n: registers.first(s.dot, s.value, state.registers[n].reach) for n, s in one_each.items()}
    if chance.random() < 0.5:  # Nearly all records are of a single save.
        dot = min(s.dot for s in one_each.values())
        fresh = {n: registers.first(dot, s.value, state.registers[n].reach) for n, s in one_each.items()}
    return registers.trimmed(State(state.kind, state.id, fresh, state.stamps))


@given(st.lists(records.states, max_size=6), st.randoms(use_true_random=False))
def test_what_arrives_without_a_past_says_what_its_state_says(some: list[State], chance: random.Random) -> None:
    sent = [_simplified(state, chance) if chance.random() < 0.7 else state for state in some]
    found = [one for frame in wire.read(wire.stream(sent)) for part in frame for one in wire.arrivals(part)]
    assert [registers.whole(one) for one in found] == sent
    assert [one.packed() if isinstance(one, Simple) else registers.pack(one) for one in found] == [
        registers.pack(state) for state in sent
    ]


def test_most_records_arrive_without_a_past() -> None:
    frames = wire.read(wire.stream(state for state, _ in records.sessions(20)))
    assert all(isinstance(one, Simple) for (changes,) in frames for one in wire.arrivals(changes))


@given(st.binary(max_size=64) | records.values)
def test_every_value_comes_out_as_it_went_in(value: bytes) -> None:
    if value:
        assert wire._full(wire._slim(value)) == value


def test_any_prefix_gives_the_frames_that_lie_wholly_in_it() -> None:
    some = [state for state, _ in records.sessions(120)]
    whole = wire.stream([HELLO, *some])
    counts = []
    for cut in range(0, len(whole) + 1, 499):
        found = _states(wire.read(whole[:cut]))
        assert found == some[: len(found)]
        counts.append(len(found))
    assert counts == sorted(counts)
    assert len(set(counts)) > 4


def test_a_stream_fed_byte_by_byte_is_the_same_stream() -> None:
    some = [state for state, _ in records.sessions(30)]
    reader = wire.FrameReader()
    frames = [frame for byte in wire.stream(some) for frame in reader.feed(bytes((byte,)))]
    assert _states(frames) == some
    assert reader.whole


def test_downwards_each_frame_names_the_cursor_reached() -> None:
    writer = wire.FrameWriter()
    for place, (state, _) in enumerate(records.sessions(60)):
        writer.record(state, b"%d" % place)
    reached = 0
    for (changes,) in wire.read(writer.finish()):
        assert isinstance(changes, Changes)
        reached += len(changes.records)
        assert changes.cursor == b"%d" % (reached - 1)
    assert reached == 60


def test_what_a_record_costs_on_the_line_is_its_words() -> None:
    # The peer has no stamps, no replica and no framing: the same values and names as MessagePack under the same Brotli.
    made = records.sessions(20)
    peer = len(brotli.compress(msgspec.msgpack.encode([{"id": s.id, "kind": s.kind, **fields} for s, fields in made])))
    assert len(wire.stream([HELLO, *(state for state, _ in made)])) <= 1.02 * peer


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = brotli.compress(b"\0" * 200_000_000, quality=5)
    assert len(bomb) < 1000
    with pytest.raises(ProtocolError):
        wire.read(bomb)


def test_many_empty_frames_are_bounded_too() -> None:
    frame = (1).to_bytes(3) + (0x4B_D0_97_37).to_bytes(4) + b"\x90"
    bomb = brotli.compress(frame * 6_000_000, quality=1)
    with pytest.raises(ProtocolError):
        wire.read(bomb)


def test_a_flipped_bit_is_noticed() -> None:
    whole = brotli.decompress(wire.stream([state for state, _ in records.sessions(2)]))
    for place in range(0, len(whole), 53):
        hurt = whole[:place] + bytes((whole[place] ^ 4,)) + whole[place + 1 :]
        found: list[object] = []
        try:
            found = list(wire.read(brotli.compress(hurt)))
        except ProtocolError:
            continue
        assert found == []  # a length that grew: the frame never completes


@given(st.binary(max_size=300))
def test_garbage_is_a_protocol_error_or_nothing(some: bytes) -> None:
    for body in (some, brotli.compress(some)):
        try:
            frames = wire.read(body)
        except ProtocolError:
            continue
        assert all(isinstance(frame, list) for frame in frames)


@settings(max_examples=200)
@given(st.lists(records.states, min_size=1, max_size=2), st.data())
def test_a_hurt_message_is_a_protocol_error_or_other_records(some: list[State], data: st.DataObject) -> None:
    packer = wire.Packer()
    for state in some:
        packer.add(state)
    content = bytearray(protocol.encode([packer.message()]))
    for _ in range(3):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        for one in protocol.decode(bytes(content)):
            if isinstance(one, Changes):
                assert all(isinstance(problem_of(state), str) for state in wire.states(one))
    except ProtocolError:
        return


def test_what_a_newer_version_adds_is_passed_over() -> None:
    older = [Outcomes(3, b"receipt", ((1, Verdict.held, "scope"),)), Done(b"c", False, b"d" * 8)]
    plain = msgspec.msgpack.decode(protocol.encode(list(older)))
    newer = [[*one, "added in 2031", {"a": 1}] for one in plain] + [[99, "a message of 2031"]]
    assert protocol.decode(msgspec.msgpack.encode(newer)) == older
