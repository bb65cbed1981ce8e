"""One sheet of A4 as a PDF in memory, in the largest type that keeps it on one page; and the same sheet behind a password.

On whatever thread asks. Promises that nothing is written: what becomes of the bytes is the caller's.
"""

from __future__ import annotations

import secrets
from io import BytesIO

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF, Qt
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument, QTextOption

from mentorapp import i18n
from ui import theme

SIZES = (10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6)
"""Sizes of type, in points, from the largest to the smallest that can be read: the first with which everything fits is taken."""


def sheet(html: str, *, title: str) -> bytes:
    """The sheet, read in the direction of the language in use."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    size = QPageSize(QPageSize.PageSizeId.A4)
    edges = QMarginsF(16, 16, 16, 16)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, edges, QPageLayout.Unit.Millimeter))
    writer.setTitle(title)
    writer.setResolution(300)
    fitted(html, writer).print_(writer)
    del writer  # The last of it is written when the writer goes.
    return bytes(buffer.data().data())


def fitted(html: str, writer: QPdfWriter) -> QTextDocument:
    """The sheet in the largest type that keeps it on one page."""
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if i18n.right_to_left() else Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    room = writer.pageLayout().paintRectPixels(writer.resolution())
    for size in SIZES:
        document.setDefaultFont(_face(size))
        document.setHtml(html)
        document.setPageSize(QSizeF(room.width(), room.height()))
        document.setDocumentMargin(0)
        if document.pageCount() == 1:
            break
    return document


def _face(size: float) -> QFont:
    face = QFont(theme.families())
    face.setPointSizeF(size)
    return face


def locked(pdf: bytes, password: str) -> bytes:
    """The same pages, read by nobody without the password (AES-256)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    # A second password would let its holder change what is allowed; nobody is given one.
    writer.encrypt(password, secrets.token_hex(16), algorithm="AES-256")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()
