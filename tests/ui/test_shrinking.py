"""A smaller copy stands upright, tells nothing of where it was taken, and is only offered where there is something to gain."""

import random
import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QImage, QPainter

from ui.shrinking import smaller


def written(image: QImage, kind: str, quality: int = 100) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind, quality)
    return bytes(held.data())


def picture(width: int, height: int) -> QImage:
    """Red at its left half, blue at its right, with enough detail that less of it is less."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    painter = QPainter(image)
    painter.fillRect(width // 2, 0, width, height, QColor("blue"))
    for at in range(0, height, 6):
        painter.fillRect(at % width, at, 40, 3, QColor(at % 255, 90, 60))
    painter.end()
    return image


def exif(orientation: int) -> bytes:
    """What a camera notes beside a photo: how it was held, and the place, as degrees north."""
    make = b"Secretphone\0"
    ifd_end = 8 + 2 + 3 * 12 + 4
    gps = ifd_end + len(make)
    entries = struct.pack(">H", 3)
    entries += struct.pack(">HHII", 0x010F, 2, len(make), ifd_end)
    entries += struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(">HHII", 0x8825, 4, 1, gps) + struct.pack(">I", 0)
    place = struct.pack(">H", 2) + struct.pack(">HHI4s", 1, 2, 2, b"N\0\0\0")
    place += struct.pack(">HHII", 2, 5, 3, gps + 2 + 24 + 4) + struct.pack(">I", 0)
    place += struct.pack(">6I", 2, 1, 46, 1, 777, 100)
    body = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + entries + make + place
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def photo(width: int, height: int, orientation: int) -> bytes:
    plain = written(picture(width, height), "JPEG")
    return plain[:2] + exif(orientation) + plain[2:]


def near(colour: QColor, wanted: str) -> bool:
    other = QColor(wanted)
    pairs = zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(one - two) < 40 for one, two in pairs)


def test_a_photo_stands_upright_and_tells_nothing_of_where_it_was_taken() -> None:
    content = photo(2400, 1200, orientation=6)
    assert b"Secretphone" in content
    assert struct.pack(">6I", 2, 1, 46, 1, 777, 100) in content
    small = smaller(content)
    assert small is not None
    assert len(small) <= len(content) * 3 // 4
    for told in (b"Exif", b"Secretphone", struct.pack(">6I", 2, 1, 46, 1, 777, 100)):
        assert told not in small
    image = QImage.fromData(small)
    assert (image.width(), image.height()) == (800, 1600), "turned a quarter, as the camera was"
    assert near(image.pixelColor(400, 20), "red"), "what was at the left is at the top"
    assert near(image.pixelColor(400, 1580), "blue")


def test_a_picture_with_holes_is_laid_on_white() -> None:
    image = QImage(1800, 900, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    # Noise, so that it is as large as a photograph.
    noise = random.Random(1).randbytes(900 * 900 * 4)
    painter.drawImage(900, 0, QImage(noise, 900, 900, QImage.Format.Format_RGB32))
    painter.end()
    content = written(image, "PNG")
    small = smaller(content)
    assert small is not None
    found = QImage.fromData(small)
    assert found.width() == 1600
    assert near(found.pixelColor(100, 400), "white")


@pytest.mark.parametrize("longest", [1600, 300])
def test_the_longer_side_is_no_longer_than_asked(longest: int) -> None:
    small = smaller(written(picture(900, 2000), "JPEG"), longest=longest)
    assert small is not None
    assert QImage.fromData(small).height() == longest


def test_what_would_gain_little_is_left_alone() -> None:
    assert smaller(written(picture(600, 400), "JPEG", 60)) is None


def test_a_broken_photo_is_left_alone() -> None:
    whole = written(picture(2400, 1200), "PNG")
    assert smaller(whole) is not None
    # Qt says in its log what is wrong with them, which is as it should be.
    before = qInstallMessageHandler(lambda *_said: None)
    try:
        assert smaller(whole[: len(whole) // 2]) is None
        assert smaller(b"\xff\xd8\xff" + b"\0" * 5000) is None
    finally:
        qInstallMessageHandler(before)


@pytest.mark.parametrize(
    "content",
    [b"", b"What we agreed, in words. " * 400, b"%PDF-1.7 " + b"x" * 5000, b"<svg width='9' height='9'></svg>"],
)
def test_what_is_no_photograph_is_left_alone(content: bytes) -> None:
    assert smaller(content) is None


def test_a_small_file_that_promises_a_huge_picture_is_not_opened() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def png(width: int, height: int) -> bytes:
        rows = zlib.compress(bytes(1 + (width + 7) // 8) * height)
        head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + parts + bytes(200_000)

    assert smaller(png(4000, 2000)) is not None, "the same within reason is a picture"
    assert smaller(png(10_001, 10_000)) is None
