"""The mentee's page on one sheet of A4, as PDF: to take along where no laptop goes."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from ui import filing, paper, words
from ui.screens.mentee.about import caption, facts
from ui.screens.mentee.since import last_met, of_goal, of_promise
from ui.screens.mentee.timeline import happened
from ui.shell import Shell

if TYPE_CHECKING:
    from ui.screens.mentee.verbs import Page

NOT_THERE = N_("The file “{file}” could not be written there. Nothing else is affected; choose another folder.")


def save_as_pdf(shell: Shell, parent: QWidget, page: Page) -> None:
    """Ask where, write it there, and say so."""
    place = filing.where_to_save(
        parent, title=tr("Print to a PDF"), name=f"{page.view.person.name}.pdf", kind=tr("PDF document (*.pdf)")
    )
    if place is None:
        return
    if not place.suffix:
        place = place.with_suffix(".pdf")
    try:
        write(page, place)
    except UserError as error:
        shell.notices.problem(error)
        return
    show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))  # noqa: E731
    shell.notices.say(tr("Written to {file}.", file=place.name), action_label=tr("Open it"), action=show)


def write(page: Page, place: Path) -> None:
    """Write the sheet to a file. Raises UserError if that cannot be done."""
    content = paper.sheet(as_html(page), title=page.view.person.name)
    try:
        place.write_bytes(content)
    except OSError as reason:
        raise UserError(NOT_THERE, file=place.name) from reason


def as_html(page: Page) -> str:
    """The sheet. The latest sessions are on it, as far as they fit."""
    view = page.view
    parts = [f"<h1>{escape(view.person.name)}</h1><p>{escape(caption(page))}</p>"]
    parts.append(_section(tr("Since we last met"), [last_met(view.last, page.today)] if view.last else []))
    parts.append(
        _section(
            tr("What we promised"),
            [f"{row.item.text} ({of_promise(row.item, page.first_name, page.today)})" for row in view.promises[:15]],
        )
    )
    parts.append(
        _section(
            tr("What {name} is working towards", name=page.first_name),
            [_goal(goal.statement, of_goal(goal, page.today)) for goal in view.goals[:8]],
        )
    )
    parts.append(
        _section(tr("The most useful thing, in their own words"), [words.quoted(view.useful)] if view.useful else [])
    )
    parts.append(_section(tr("You might begin with"), [view.first_question]))
    parts.append(
        _section(tr("How it is going"), [tr("{label}: {said}", label=label, said=said) for label, said in facts(page)])
    )
    parts.append(_section(tr("Timeline"), [_told(thing.day, thing) for thing in happened(page, most=12)]))
    return "".join(parts)


def _goal(statement: str, far: str) -> str:
    return f"{statement} ({far})" if far else statement


def _told(day: object, thing: object) -> str:
    said = " · ".join(filter(None, (thing.title, thing.state[0], thing.subtitle[:180])))  # type: ignore[attr-defined]
    return tr("{label}: {said}", label=words.day(day), said=said)  # type: ignore[arg-type]


def _section(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return f"<h3>{escape(title)}</h3>" + "".join(f"<p style='margin:2px 0'>{escape(line)}</p>" for line in lines)
