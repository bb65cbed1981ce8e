"""An agreement on paper, to be signed by hand: one or two sheets of A4 as PDF, in any of the languages, whoever's screen it comes from.

Promises whole sentences of the language asked for, its direction, and lines to sign on for everybody in it; the language of the screen
is as it was afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPageLayout, QPageSize, QPdfWriter, QTextDocument, QTextOption
from PySide6.QtWidgets import QWidget

from mentorapp import i18n
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import N_, tr
from mentorapp.records import Agreement
from mentorapp.services.agreements import SAID, Paper
from ui import filing, theme, words
from ui.shell import Shell

SIZES = (11, 10.5, 10, 9.5, 9)
"""Sizes of type, in points, from the largest to the smallest that is easily read."""

NOT_THERE = N_("The file “{file}” could not be written there. Nothing else is affected; choose another folder.")


def save_as_pdf(shell: Shell, parent: QWidget, paper: Paper, language: str) -> None:
    """Ask where, write it there, and say so."""
    name = tr("Agreement with {names}", names=words.listed(list(paper.mentees)))
    place = filing.where_to_save(
        parent, title=tr("Print to a PDF"), name=f"{name}.pdf", kind=tr("PDF document (*.pdf)")
    )
    if place is None:
        return
    if not place.suffix:
        place = place.with_suffix(".pdf")
    try:
        write(paper, place, language)
    except UserError as error:
        shell.notices.problem(error)
        return
    show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))  # noqa: E731
    shell.notices.say(tr("Written to {file}.", file=place.name), action_label=tr("Open it"), action=show)


def write(paper: Paper, place: Path, language: str) -> None:
    """Write the sheets to a file. Raises UserError if that cannot be done."""
    try:
        # Qt says nothing of why it could not write, so we try first.
        place.open("wb").close()
    except OSError as reason:
        raise UserError(NOT_THERE, file=place.name) from reason
    writer = QPdfWriter(str(place))
    upright = QPageLayout.Orientation.Portrait
    size, edges = QPageSize(QPageSize.PageSizeId.A4), QMarginsF(18, 18, 18, 18)
    writer.setPageLayout(QPageLayout(size, upright, edges, QPageLayout.Unit.Millimeter))
    writer.setResolution(300)
    with _speaking(language):
        writer.setTitle(tr("Mentoring agreement"))
        _set(paper, writer).print_(writer)
    del writer  # the last of it is written when the writer goes
    if place.stat().st_size == 0:
        raise UserError(NOT_THERE, file=place.name)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    before = i18n.language()
    i18n.use(language)
    try:
        yield
    finally:
        i18n.use(before)


def _set(paper: Paper, writer: QPdfWriter) -> QTextDocument:
    """In the largest type with which it fits on one sheet, or if it fits in none, on two."""
    html = as_html(paper)
    made = [_in_type(html, size, writer) for size in SIZES]
    fitting = [each for sheets in (1, 2) for each in made if each.pageCount() == sheets]
    return fitting[0] if fitting else made[-1]


def _in_type(html: str, size: float, writer: QPdfWriter) -> QTextDocument:
    room = writer.pageLayout().paintRectPixels(writer.resolution())
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    option = QTextOption()
    rtl = i18n.right_to_left()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    face = theme.font()
    face.setPointSizeF(size)
    document.setDefaultFont(face)
    document.setHtml(html)
    document.setPageSize(QSizeF(room.width(), room.height()))
    document.setDocumentMargin(0)
    return document


def as_html(paper: Paper) -> str:
    """The sheets, in the language in use."""
    agreement, fields = paper.agreement, fields_of(Agreement)
    between = tr(
        "Between {mentors} (mentor) and {mentees} (mentee)",
        mentors=words.listed(list(paper.mentors)),
        mentees=words.listed(list(paper.mentees)),
    )
    parts = [f"<h1>{escape(tr('Mentoring agreement'))}</h1><p>{escape(between)}</p>"]
    if paper.site:
        parts.append(f"<p>{escape(tr('{label}: {said}', label=tr('Site'), said=paper.site))}</p>")
    for name in SAID:
        said = getattr(agreement, name)
        shown = words.weekday_day(said) if isinstance(said, date) else str(said)
        if said:
            parts.append(_section(tr(fields[name].label), shown))
    if paper.changes:
        label = tr("What it says otherwise than the one before")
        parts.append(_section(label, words.listed([tr(fields[change.field].label) for change in paper.changes])))
    ways = tr(
        "Either of us can ask to change this agreement, or to end it, at any time and without giving a reason. Each of us keeps a copy."
    )
    parts.append(f"<p style='margin-top:14px'>{escape(ways)}</p>")
    parts.append(_signatures(paper))
    return "".join(parts)


def _section(title: str, said: str) -> str:
    # Each line in the direction of its own language, on the side where this one begins.
    lines = "<br>".join(f"\u2068{escape(line)}\u2069" for line in said.splitlines())
    return f"<h3 style='margin-bottom:2px'>{escape(title)}</h3><p style='margin-top:0'>{lines}</p>"


def _signatures(paper: Paper) -> str:
    agreement = paper.agreement
    signing = [(name, agreement.mentor_agreed_on) for name in paper.mentors]
    signing += [(name, agreement.mentee_agreed_on) for name in paper.mentees]
    rows = "".join(_signature(name, agreed) for name, agreed in signing)
    return f"<table width='100%' cellspacing='0' cellpadding='0' style='margin-top:10px'>{rows}</table>"


def _signature(name: str, agreed: date | None) -> str:
    # Lines by borders are drawn by no version of Qt's rich text alike; underscores are, in either direction.
    line, short = "_" * 34, "_" * 16
    day = words.day(agreed) if agreed else short
    cells = (
        (line, tr("{name}, signature", name=name)),
        (day, tr("Day")),
    )
    # Qt's tables run from left to right in every language.
    ordered = reversed(cells) if i18n.right_to_left() else cells
    shown = "".join(
        f"<td style='padding-top:34px'>{escape(above)}<br><small>{escape(below)}</small></td>"
        for above, below in ordered
    )
    return f"<tr>{shown}</tr>"
