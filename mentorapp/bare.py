"""A photograph without what the camera noted beside it: the place, the device, the moment, the words.

Pure: bytes in, bytes out. The picture itself is left alone, byte for byte, and stands as upright as before. What is no photograph we know
comes back as it was.
"""

import struct
from collections.abc import Iterator

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_NOTES = frozenset((*range(0xE1, 0xEE), 0xEF, 0xFE))
# APP1 (EXIF, XMP) to APP15 and comments; not APP0 (JFIF) nor APP14, without which colours would be read wrongly.

_PROFILE = b"ICC_PROFILE\0"
_UPRIGHT = 1
_PNG_NOTES = frozenset((b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"))
_WEBP_NOTES = frozenset((b"EXIF", b"XMP "))


def bare(content: bytes) -> bytes:
    """The same picture without notes."""
    try:
        if content.startswith(_JPEG):
            return b"".join(_jpeg(content))
        if content.startswith(_PNG):
            return b"".join(_png(content))
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        # Cut short, or only made to look like a picture: nothing in it can be told apart.
        return content
    return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    turned = _orientation(content)
    if turned != _UPRIGHT:
        yield _only_turned(turned)
    at = 2
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        if content[at + 1] == 0xFF:  # Padding before a mark.
            at += 1
            continue
        (size,) = struct.unpack_from(">H", content, at + 2)
        part = content[at : at + 2 + size]
        if content[at + 1] not in _NOTES or part[4:].startswith(_PROFILE):
            yield part
        at += 2 + size
    # What follows the end of the picture (a second one, a film) may carry notes of its own.
    yield content[at : _end(content, at)]


def _end(content: bytes, at: int) -> int:
    """Where the picture whose first scan begins at `at` ends."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        mark = content[at + 1]
        if mark == 0xD9:
            return at + 2
        if mark in (0x00, 0xFF) or 0xD0 <= mark <= 0xD7:
            at += 1 if mark == 0xFF else 2
        else:
            (size,) = struct.unpack_from(">H", content, at + 2)
            at += 2 + size
    return len(content)


def _orientation(content: bytes) -> int:
    """How the camera was held, as EXIF says it; 1 is upright."""
    at = 2
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        if content[at + 1] == 0xFF:
            at += 1
            continue
        (size,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + size]
        if content[at + 1] == 0xE1 and body.startswith(b"Exif\0\0"):
            return _turned(body[6:])
        at += 2 + size
    return _UPRIGHT


def _turned(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order:
        return _UPRIGHT
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for entry in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else _UPRIGHT
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT


def _only_turned(turned: int) -> bytes:
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        name, part = content[at + 4 : at + 8], content[at : at + 12 + size]
        if name not in _PNG_NOTES:
            yield part
        at += 12 + size
        if name == b"IEND":
            return


def _webp(content: bytes) -> bytes:
    parts, at = [], 12
    while at + 8 <= len(content):
        (size,) = struct.unpack_from("<I", content, at + 4)
        name, part = content[at : at + 4], content[at : at + 8 + size + size % 2]
        if name == b"VP8X":  # It says which notes follow.
            part = part[:8] + bytes((part[8] & ~0b1100,)) + part[9:]
        if name not in _WEBP_NOTES:
            parts.append(part)
        at += 8 + size + size % 2
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
