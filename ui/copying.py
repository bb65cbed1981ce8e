"""A copy for the mentee: one sheet in her language, behind a password if that is wished, with the next date for her calendar.

Promises that it is made in memory and written once, where the mentor says; that what it does not hold is said before it is given; and that
what the password protects, and what it does not, is said too.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox

from mentorapp import i18n
from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from mentorapp.services import copies
from mentorapp.services.copies import Copy
from ui import filing, paper, theme
from ui import words as say
from ui.carrying import write
from ui.shell import Shell
from ui.widgets import Button, Card, FieldBox, Flow, LineInput, PrimaryButton, text
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from datetime import date, datetime

    from mentorapp.records import ActionItem, Goal

LEAST = 8
"""The shortest password, in characters: a shorter one is guessed in an afternoon."""

MOST, OTHERS, LONGEST = 12, 8, 160
"""The most promises, the most lines of another kind, and the most characters of a line: what stays on one sheet that can be read."""


class CopyCard(Card):
    """What is on the copy, in which language, with which password; `closed` once it is written, or left."""

    closed = Signal()

    def __init__(self, shell: Shell, copy: Copy, now: datetime) -> None:
        name = copy.person.name.split()[0]
        super().__init__(tr("A copy for {name}", name=name))
        self._shell, self._copy, self._now, self._name = shell, copy, now, name
        self.language = QComboBox()
        self.protect = QCheckBox(tr("Protect it with a password"))
        self.password = LineInput()
        self._box = FieldBox(tr("Password"), self.password)
        self.calendar = QCheckBox(tr("Add the next date for a calendar"))
        self.save, self.leave = PrimaryButton(tr("Save the copy…"), short=True), Button(tr("Leave it"))
        self._protects = text(
            tr(
                "It protects what is on the sheet: tell it to {name}, for nobody can open the sheet without it. The names of "
                "the files, and the date for a calendar, can be read by anybody who has the files.",
                name=name,
            ),
            "caption",
            wrap=True,
        )
        high_as_needed(self)
        self._lay_out()
        self.save.clicked.connect(self._save)
        self.leave.clicked.connect(self.closed)
        self.protect.toggled.connect(self._asked_for)

    def _lay_out(self) -> None:
        self.body.setSpacing(10)
        for code, words in i18n.LANGUAGES.items():
            self.language.addItem(words, code)
        spoken = copies.language_of(self._copy.person) or i18n.language()
        self.language.setCurrentIndex(self.language.findData(spoken))
        self.language.setAccessibleName(tr("Language of the sheet"))
        on = tr(
            "On it: what was promised, what {name} is working towards, the next date, and the most useful thing in the words of "
            "{name}. Your notes, what you saw, what was missing and what you think of it stay with you.",
            name=self._name,
        )
        buttons = Flow(gap=8)
        for button in (self.save, self.leave):
            buttons.addWidget(button)
        self._box.hide()
        self._protects.hide()
        chosen = FieldBox(tr("In which language"), self.language)
        for part in (
            text(on, "body", wrap=True),
            chosen,
            self.calendar,
            self.protect,
            self._box,
            self._protects,
            buttons,
        ):
            self.body.addWidget(part)
        # Only now have they a parent: shown before, they would flash up as windows of their own.
        dated = self._copy.next is not None
        self.calendar.setVisible(dated)
        self.calendar.setChecked(dated)

    def first(self) -> Button:
        """Where the keyboard begins."""
        return self.save

    def _asked_for(self, on: bool) -> None:
        self._box.setVisible(on)
        self._protects.setVisible(on)
        if on:
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        password = self.password.text() if self.protect.isChecked() else ""
        if self.protect.isChecked() and len(password) < LEAST:
            said = ntr("Take at least {n} character.", "Take at least {n} characters.", LEAST, n=say.number(LEAST))
            self._box.set_problem(said)
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._box.set_problem("")
        name = tr("Copy for {name}", name=self._name).replace("\u2068", "").replace("\u2069", "")
        place = filing.where_to_save(
            self, title=tr("Save the copy"), name=f"{name}.pdf", kind=tr("PDF document (*.pdf)")
        )
        if place is None:
            return
        place = place if place.suffix else place.with_suffix(".pdf")
        code, dated = str(self.language.currentData()), self.calendar.isChecked()
        # Faces are made ready here: the lane only writes with them.
        theme.load_faces()
        self.save.setEnabled(False)
        self._shell.tasks.run(
            lambda: give(self._copy, place, language=code, password=password, dated=dated, now=self._now),
            then=self._given,
            failed=self._refused,
            lane="pictures",
            owner=self,
        )

    def _given(self, written: list[Path]) -> None:
        show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(written[0])))  # noqa: E731
        said = tr("Written to {file}.", file=say.listed([place.name for place in written]))
        self._shell.notices.say(said, "good", tr("Open it"), show)
        self.closed.emit()

    def _refused(self, error: Exception) -> None:
        self.save.setEnabled(True)
        self._shell.tasks.problem.emit(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def give(copy: Copy, place: Path, *, language: str, password: str, dated: bool, now: datetime) -> list[Path]:
    """Write the copy, and beside it the date; what was written. Raises UserError if that cannot be done."""
    with i18n.speaking(language):
        content = paper.sheet(as_html(copy), title=tr("A copy for {name}", name=copy.person.name))
        calendar = copies.for_calendar(copy, now=now) if dated else None
    write(place, paper.locked(content, password) if password else content)
    written = [place]
    if calendar is not None:
        beside = _free(place.with_suffix(".ics"))
        write(beside, calendar)
        written.append(beside)
    return written


def _free(place: Path) -> Path:
    """A name that nothing has yet: only the sheet's own name was asked about."""
    names = (place.with_stem(f"{place.stem} {n}") for n in range(2, 1000))
    return place if not place.exists() else next((each for each in names if not each.exists()), place)


def as_html(copy: Copy) -> str:
    """The sheet, in the language in use."""
    today = copy.today
    met = say.weekday_day(day_of(copy.met)) if copy.met else ""
    head = " · ".join(filter(None, (tr("with {name}", name=copy.mentor) if copy.mentor else "", met)))
    parts = [f"<h1>{_own(copy.person.name)}</h1><p style='color:#5B6770'>{escape(head)}</p>"]
    parts.append(_section(tr("We meet again"), [f"<b>{escape(_next(copy))}</b>"] if _next(copy) else []))
    parts.append(_promises(tr("What we promised"), copy.promises, copy, today))
    parts.append(_section(tr("Done since the time before"), [_own(_short(item.text)) for item in copy.done[:OTHERS]]))
    parts.append(_section(tr("What you are working towards"), [_goal(goal, today) for goal in copy.goals[:OTHERS]]))
    useful = [_own(say.quoted(_short(copy.useful)))] if copy.useful else []
    parts.append(_section(tr("The most useful thing, in your own words"), useful))
    parts.append(f"<p style='color:#5B6770; margin-top:22px'>{escape(tr('This sheet is yours.'))}</p>")
    return "".join(parts)


def _next(copy: Copy) -> str:
    if copy.next is not None and copy.next.planned_start is not None:
        at = copy.next.planned_start
        day = tr("{day}, {time}", day=say.weekday_day(day_of(at), near=copy.today), time=say.time(at))
        return " · ".join(
            filter(None, (day, i18n.isolated(copy.next.place) if i18n.right_to_left() else copy.next.place))
        )
    return say.weekday_day(copy.next_day, near=copy.today) if copy.next_day else ""


def _promises(title: str, items: tuple[ActionItem, ...], copy: Copy, today: date) -> str:
    if not items:
        return ""
    whose = {"mentor": copy.mentor, "organisation": tr("the office")}
    rows = []
    for item in items[:MOST]:
        owner = whose.get(item.owner or "", copy.person.name.split()[0])
        due = tr("by {day}", day=say.day(item.due, near=today)) if item.due else ""
        cells = [
            "<td width='4%'>☐</td>",
            f"<td width='54%'>{_own(_short(item.text))}</td>",
            f"<td width='20%'>{_own(owner)}</td>",
            f"<td width='22%'>{escape(due)}</td>",
        ]
        # A table is not mirrored by itself.
        rows.append(f"<tr>{''.join(reversed(cells) if i18n.right_to_left() else cells)}</tr>")
    left = len(items) - MOST
    more = ntr("and {n} more", "and {n} more", left, n=say.number(left)) if left > 0 else ""
    rows.append(f"<tr><td></td><td colspan='3'>{escape(more)}</td></tr>" if more else "")
    return f"{_title(title)}<table width='100%' cellspacing='0' cellpadding='3'>{''.join(rows)}</table>"


def _short(words: str) -> str:
    line = " ".join(words[: 2 * LONGEST].split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _own(words: str) -> str:
    """Somebody's words, kept whole in a line that is read from the other side."""
    return f"\u2068{escape(words)}\u2069" if i18n.right_to_left() else escape(words)


def _goal(goal: Goal, today: date) -> str:
    far = ""
    if goal.target:
        far = tr("{done} of {target}", done=say.number(goal.progress or 0), target=say.number(goal.target))
    by = tr("by {month}", month=say.month(goal.due, near=today)) if goal.due else ""
    said = ", ".join(filter(None, (far, by)))
    return _own(_short(goal.statement)) + (f" <span style='color:#5B6770'>({escape(said)})</span>" if said else "")


def _section(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return _title(title) + "".join(f"<p style='margin:4px 0'>{line}</p>" for line in lines)


def _title(title: str) -> str:
    return f"<h3 style='color:#0E6E6A; margin-top:18px; margin-bottom:4px'>{escape(title)}</h3>"
