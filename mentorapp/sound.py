"""A voice as few bytes that every computer plays: 16 kHz, one channel, IMA ADPCM in blocks, in a WAV file.

Pure: bytes in, bytes out. Promises that each block can be understood without the one before it, so that whatever was kept of a recording
that was cut off is a recording; about 8 KB a second (0.49 MB a minute), a quarter of what the samples take. Knows no microphone.
"""

from __future__ import annotations

import struct
from array import array
from itertools import pairwise

RATE = 16_000
"""Samples a second: a voice needs no more."""

BLOCK = 256
"""The bytes of a block."""

SAMPLES = 2 * (BLOCK - 4) + 1
"""The samples in a block."""

_STEPS = (
    *(7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107),
    *(118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876),
    *(963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358),
    *(5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086),
    *(29794, 32767),
)
_TURNS = (-1, -1, -1, -1, 2, 4, 6, 8) * 2


class Encoder:
    """Makes blocks of samples as they come. What does not fill a block waits for the next samples, or for `rest`."""

    def __init__(self) -> None:
        self._waiting = b""
        self._step = 0

    def encode(self, pcm: bytes) -> bytes:
        """The whole blocks that these samples (16 bits each, little-endian) complete."""
        self._waiting += pcm
        whole = len(self._waiting) // (2 * SAMPLES)
        taken, self._waiting = self._waiting[: whole * 2 * SAMPLES], self._waiting[whole * 2 * SAMPLES :]
        return b"".join(self._block(taken[at : at + 2 * SAMPLES]) for at in range(0, len(taken), 2 * SAMPLES))

    def rest(self) -> bytes:
        """The last block, filled up with silence; nothing if nothing waits."""
        left, self._waiting = self._waiting[: len(self._waiting) // 2 * 2], b""
        return self._block(left + bytes(2 * SAMPLES - len(left))) if left else b""

    def _block(self, pcm: bytes) -> bytes:
        samples = _samples(pcm)
        held, step = samples[0], self._step
        codes = []
        for sample in samples[1:]:
            size, off, code = _STEPS[step], sample - held, 0
            if off < 0:
                code, off = 8, -off
            moved = size >> 3
            if off >= size:
                code, off, moved = code | 4, off - size, moved + size
            half = size >> 1
            if off >= half:
                code, off, moved = code | 2, off - half, moved + half
            half >>= 1
            if off >= half:
                code, moved = code | 1, moved + half
            held = max(-32768, held - moved) if code & 8 else min(32767, held + moved)
            step = min(88, max(0, step + _TURNS[code]))
            codes.append(code)
        head = struct.pack("<hBB", samples[0], self._step, 0)
        self._step = step
        return head + bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2], strict=True))


def _samples(pcm: bytes) -> array[int]:
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    if struct.pack("=h", 1) != struct.pack("<h", 1):
        samples.byteswap()
    return samples


def decoded(blocks: bytes) -> bytes:
    """The samples of whole blocks, 16 bits each, little-endian."""
    found = array("h")
    for at in range(0, len(blocks) // BLOCK * BLOCK, BLOCK):
        held, step, _ = struct.unpack_from("<hBB", blocks, at)
        found.append(held)
        for octet in blocks[at + 4 : at + BLOCK]:
            for code in (octet & 15, octet >> 4):
                size = _STEPS[min(88, step)]
                moved = (size >> 3) + (size if code & 4 else 0) + (size >> 1 if code & 2 else 0)
                moved += size >> 2 if code & 1 else 0
                held = max(-32768, held - moved) if code & 8 else min(32767, held + moved)
                step = min(88, max(0, step + _TURNS[code]))
                found.append(held)
    return struct.pack(f"<{len(found)}h", *found)


def wav(blocks: bytes) -> bytes:
    """Blocks as a file that can be played. Part of a block at the end is left out."""
    whole = blocks[: len(blocks) // BLOCK * BLOCK]
    shape = struct.pack("<HHIIHHHH", 0x11, 1, RATE, RATE * BLOCK // SAMPLES, BLOCK, 4, 2, SAMPLES)
    length = struct.pack("<I", len(whole) // BLOCK * SAMPLES)
    parts = b"".join(
        name + struct.pack("<I", len(body)) + body
        for name, body in ((b"fmt ", shape), (b"fact", length), (b"data", whole))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


def seconds(octets: int) -> float:
    """How long blocks of so many bytes last."""
    return octets // BLOCK * SAMPLES / RATE


def loudness(pcm: bytes) -> float:
    """How loud samples are at their loudest, from 0 to 1."""
    samples = _samples(pcm)
    return min(1.0, max(max(samples), -min(samples)) / 32767) if samples else 0.0


def as_voice(pcm: bytes, *, rate: int, channels: int) -> bytes:
    """Samples of a device that knows nothing of 16 kHz and one channel, made so: the channels' mean, and what lies between two samples."""
    samples = _samples(pcm)
    if channels > 1:
        each = [samples[channel::channels] for channel in range(channels)]
        samples = array("h", (sum(frame) // channels for frame in zip(*each, strict=False)))
    if rate != RATE and len(samples) > 1:
        samples = array("h", _between(samples, rate / RATE))
    return struct.pack(f"<{len(samples)}h", *samples)


def _between(samples: array[int], stride: float) -> list[int]:
    steps = list(pairwise(samples))
    found = []
    for at in range(int((len(samples) - 1) / stride)):
        place = at * stride
        before, after = steps[int(place)]
        found.append(round(before + (after - before) * (place - int(place))))
    return found
