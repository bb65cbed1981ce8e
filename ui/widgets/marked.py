"""A line of text with the words that were looked for shown in it: on a ground of their own and heavier, never by colour alone."""

from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption

from ui import theme

Marks: TypeAlias = tuple[tuple[int, int], ...]
"""Stretches of a text, from start to end."""


def paint_marked(painter: QPainter, where: QRectF, words: str, marks: Marks, *, mirrored: bool) -> None:
    """Draw the words in the painter's font and pen, cut where there is no room, from the leading side of the frame."""
    face = painter.font()
    # What is marked is heavier and so a little wider.
    room = int(where.width()) - theme.px(4) * len(marks)
    shown = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, room)
    layout = QTextLayout(shown, face)
    option = QTextOption(Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft)
    option.setAlignment(option.alignment() | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    layout.setFormats(_formats(shown, words, marks, painter))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(where.width())
    layout.endLayout()
    layout.draw(painter, QPointF(where.x(), where.y() + (where.height() - line.height()) / 2))


def _formats(shown: str, words: str, marks: Marks, painter: QPainter) -> list[QTextLayout.FormatRange]:
    plain = QTextCharFormat()
    plain.setForeground(painter.pen().color())
    strong = QTextCharFormat()
    strong.setFontWeight(QFont.Weight.Bold)
    strong.setBackground(theme.colour("accent_tint"))
    strong.setForeground(theme.colour("ink"))
    end = len(shown) if shown == words else len(shown) - 1
    found = [_range(0, len(shown), plain)]
    return found + [_range(a, min(b, end) - a, strong) for a, b in marks if a < end]


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, form
    return made


def near(words: str, marks: Marks, *, before: int = 28) -> tuple[str, Marks]:
    """The words from a little before the first mark on, so that it is in sight where there is little room."""
    start = words.rfind(" ", 0, max(0, marks[0][0] - before)) + 1 if marks and marks[0][0] > before else 0
    if not start:
        return words, marks
    return f"…{words[start:]}", tuple((a - start + 1, b - start + 1) for a, b in marks)
