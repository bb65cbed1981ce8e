"""A photograph goes without what the camera noted beside it; the picture itself stays as it was."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp.bare import bare

PLACE = struct.pack(">6I", 2, 1, 46, 1, 777, 100)


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", 2 + len(body)) + body


def exif(turned: int, order: str = ">") -> bytes:
    head = b"MM\0*" if order == ">" else b"II*\0"
    tiff = head + struct.pack(f"{order}I", 8) + struct.pack(f"{order}HHHIHH", 1, 0x0112, 3, 1, turned, 0) + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff + PLACE)


SCAN = segment(0xDA, b"\x01\x01\0\0?\0") + b"\x12\xff\0\x34\xff\xd0\x56" + segment(0xC4, b"\xff\xd9 inside") + b"\x78"
FRAME = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") + segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")
PICTURE = segment(0xDB, b"tables") + SCAN + b"\xff\xd9"


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("turned", [1, 6])
def test_a_jpeg_loses_its_notes_and_stays_upright(turned: int, order: str) -> None:
    notes = exif(turned, order) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>") + segment(0xFE, b"Gulu")
    after = segment(0xE1, b"Exif\0\0 of a second picture") + PLACE
    found = bare(b"\xff\xd8" + notes + FRAME + PICTURE + after)
    assert PLACE not in found
    assert b"xmpmeta" not in found
    assert b"Gulu" not in found
    assert b"second picture" not in found
    assert found.endswith(FRAME + PICTURE), "not a byte of the picture is another"
    assert (b"\x01\x12\0\x03\0\0\0\x01\0\x06" in found) == (turned == 6)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_a_png_loses_its_notes() -> None:
    head, body = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"picture") + chunk(b"IEND", b"")
    notes = chunk(b"eXIf", PLACE) + chunk(b"tEXt", b"Location\0Gulu") + chunk(b"iTXt", b"XML:com.adobe.xmp\0")
    assert bare(b"\x89PNG\r\n\x1a\n" + head + notes + body + b"more") == b"\x89PNG\r\n\x1a\n" + head + body


def test_a_webp_loses_its_notes_and_says_so() -> None:
    def part(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    whole = part(b"VP8X", bytes((0b101100,)) + bytes(9)) + part(b"VP8 ", b"picture") + part(b"EXIF", PLACE)
    found = bare(b"RIFF" + struct.pack("<I", 4 + len(whole)) + b"WEBP" + whole)
    left = part(b"VP8X", bytes((0b100000,)) + bytes(9)) + part(b"VP8 ", b"picture")
    assert found == b"RIFF" + struct.pack("<I", 4 + len(left)) + b"WEBP" + left


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP"]), st.binary())
def test_what_is_no_picture_does_no_harm(start: bytes, rest: bytes) -> None:
    assert isinstance(bare(start + rest), bytes)


def test_anything_else_is_left_alone() -> None:
    assert bare(b"%PDF-1.7 words") == b"%PDF-1.7 words"
