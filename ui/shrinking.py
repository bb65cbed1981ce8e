"""A smaller copy of a picture: quicker to send, and as good on a screen.

Pure: bytes in, bytes out, on whatever thread asks. Promises that the copy stands upright, that nothing the camera noted beside the picture
(the place, the device) goes along, and that what is no single picture, or would gain little, is left alone.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader, QPainter

MOST_PIXELS = 100_000_000
"""A picture of more is not opened: a small file can promise a picture that fills the memory."""

_PICTURES = frozenset((b"jpeg", b"jpg", b"png", b"webp", b"bmp", b"tif", b"tiff"))
# Drawings (SVG) and animations lose what they are as a photograph.


def smaller(content: bytes, *, longest: int = 1600, quality: int = 80) -> bytes | None:
    """A JPEG of a picture whose longer side is at most `longest`; None if there is none that is at least a quarter smaller."""
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if not reader.canRead() or reader.format().data() not in _PICTURES or reader.imageCount() > 1:
        return None
    if size.isEmpty() or size.width() * size.height() > MOST_PIXELS:
        return None
    if max(size.width(), size.height()) > longest:
        reader.setScaledSize(
            size.scaled(QSize(longest, longest), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        )
    image = reader.read()
    found = b"" if image.isNull() else _written(_on_white(image), quality)
    return found if found and len(found) <= len(content) * 3 // 4 else None


def _on_white(image: QImage) -> QImage:
    # Drawn anew, so that neither words nor marks that were kept with the picture come along.
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    page = QImage(image.size(), QImage.Format.Format_RGB32)
    page.fill(Qt.GlobalColor.white)
    painter = QPainter(page)
    painter.drawImage(0, 0, image)
    painter.end()
    return page


def _written(image: QImage, quality: int) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    written = image.save(buffer, "JPEG", quality)  # type: ignore[call-overload]
    return bytes(kept.data()) if written else b""
