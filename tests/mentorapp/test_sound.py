"""A voice in blocks: understood again, whatever was cut off, in a quarter of the bytes, as a file that others read."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp import sound


def tone(seconds: float, *, pitch: float = 220, loud: float = 0.4) -> bytes:
    """A tone, as samples."""
    count = int(seconds * sound.RATE)
    heard = (int(32767 * loud * math.sin(2 * math.pi * pitch * at / sound.RATE)) for at in range(count))
    return struct.pack(f"<{count}h", *heard)


def samples(pcm: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(pcm) // 2}h", pcm)


def test_what_was_said_is_heard_again() -> None:
    spoken = tone(1.5)
    encoder = sound.Encoder()
    blocks = encoder.encode(spoken) + encoder.rest()
    heard = samples(sound.decoded(blocks))
    pairs = list(zip(samples(spoken), heard, strict=False))[400:]
    assert max(abs(one - other) for one, other in pairs) < 900, "of 13,000 at its loudest"


def test_a_minute_takes_half_a_megabyte() -> None:
    encoder = sound.Encoder()
    content = sound.wav(encoder.encode(tone(4)) + encoder.rest())
    assert 480_000 < len(content) * 15 < 500_000


def test_each_block_is_understood_without_the_one_before_it() -> None:
    encoder = sound.Encoder()
    blocks = encoder.encode(tone(1))
    whole = sound.decoded(blocks)
    cut = sound.decoded(blocks[3 * sound.BLOCK :])
    assert cut == whole[3 * 2 * sound.SAMPLES :]


@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_however_it_comes_the_blocks_are_the_same(parts: list[bytes]) -> None:
    parts = [part[: len(part) // 2 * 2] for part in parts]
    at_once, bit_by_bit = sound.Encoder(), sound.Encoder()
    one = at_once.encode(b"".join(parts)) + at_once.rest()
    other = b"".join(bit_by_bit.encode(part) for part in parts) + bit_by_bit.rest()
    assert one == other
    assert len(one) % sound.BLOCK == 0
    assert sound.seconds(len(one)) >= sum(map(len, parts)) / 2 / sound.RATE


def test_the_file_says_what_it_is() -> None:
    encoder = sound.Encoder()
    content = sound.wav(encoder.encode(tone(1)) + b"a block cut short")
    assert content[:4] == b"RIFF"
    assert struct.unpack_from("<I", content, 4)[0] == len(content) - 8
    kind, channels, rate = struct.unpack_from("<HHI", content, 20)
    assert (kind, channels, rate) == (0x11, 1, 16_000)
    assert content.index(b"data") + 8 + len(encoder.encode(b"")) <= len(content)
    assert (len(content) - content.index(b"data") - 8) % sound.BLOCK == 0


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 2), (44_100, 1), (8_000, 1)])
def test_another_device_sounds_the_same(rate: int, channels: int) -> None:
    count = rate // 2
    heard = (int(12_000 * math.sin(2 * math.pi * 200 * at / rate)) for at in range(count))
    pcm = struct.pack(f"<{count * channels}h", *(each for one in heard for each in (one,) * channels))
    voice = samples(sound.as_voice(pcm, rate=rate, channels=channels))
    assert abs(len(voice) - sound.RATE // 2) < 4
    wanted = [12_000 * math.sin(2 * math.pi * 200 * at / sound.RATE) for at in range(len(voice))]
    assert max(abs(one - other) for one, other in zip(voice, wanted, strict=True)) < 700


def test_silence_is_not_loud_and_a_shout_is() -> None:
    assert sound.loudness(b"") == sound.loudness(bytes(200)) == 0
    assert sound.loudness(struct.pack("<2h", -32768, 3)) == 1
