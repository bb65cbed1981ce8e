"""The agreement of a mentorship, as a card: whether there is one, who agreed when, when it is looked at again, and every earlier one.

Reads for itself. Writing one is a screen of its own, `agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from ui import words
from ui.shell import Shell
from ui.widgets import Card, Flow, Pill, QuietButton, text
from ui.widgets.facts import Fact, fact_row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Agreement
    from mentorapp.services.workspace import Workspace

TONES = {"draft": "accent", "agreed": "good", "amended": "neutral", "closed": "neutral"}
"""In which tone each state is said."""


@dataclass(frozen=True)
class _Shown:
    all: tuple[Agreement, ...]
    begun: bool
    today: date


def _read(workspace: Workspace, mentorship: str) -> _Shown:
    from mentorapp.services import agreements

    begun = any(kept.kind == agreements.KIND and kept.about == mentorship for kept in workspace.store.drafts())
    return _Shown(tuple(agreements.all_of(workspace, mentorship)), begun, day_of(workspace.clock.now()))


def state_words(agreement: Agreement) -> str:
    """The state in words."""
    from mentorapp.fields import Choice, fields_of
    from mentorapp.records import Agreement

    field = fields_of(Agreement)["status"]
    return tr(field.words(agreement.status)) if isinstance(field, Choice) and agreement.status else ""


def facts(agreement: Agreement, today: date) -> list[Fact]:
    """What counts of an agreement at a glance."""

    def day(value: date | None) -> str:
        return words.day(value, near=today) if value else ""

    found = (
        (tr("What we meet for"), agreement.purpose),
        (tr("How often"), agreement.frequency),
        (tr("Mentor agreed on"), day(agreement.mentor_agreed_on)),
        (tr("Mentee agreed on"), day(agreement.mentee_agreed_on)),
        (tr("Look at it again on"), day(agreement.review_on)),
    )
    return [fact for fact in found if fact[1]]


class AgreementCard(Card):
    """The card. Show the agreement of a mentorship by its id."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Agreement"))
        self._shell = shell
        self._id = ""
        self._pill = Pill()
        self.trailing.addWidget(self._pill)
        self._nothing = text(tr("Nothing is agreed on yet."), "caption", wrap=True)
        self._due = text("", "caption", wrap=True)
        self._facts = KeyedRows(fact_row, lines=False)
        self._earlier = KeyedRows(self._earlier_row, lines=False)
        self._links = Flow(gap=4, line_gap=2)
        self.body.setSpacing(8)
        for part in (self._nothing, self._due, self._facts, self._links, self._earlier):
            self.body.addWidget(part)
        self.hide()

    def show_mentorship(self, id: str) -> None:
        """Show what is agreed in this mentorship; nothing without one."""
        if id != self._id:
            self._id = id
            self.hide()
        self.refresh()

    def refresh(self) -> None:
        """Read again, in the background."""
        id = self._id
        if id:
            self._shell.ask(lambda workspace: _read(workspace, id), self._show, owner=self, latest="agreement card")

    def _show(self, shown: _Shown) -> None:
        counts = next((each for each in shown.all if each.status == "agreed"), None)
        first = counts or next(iter(shown.all), None)
        self._pill.set(state_words(first) if first else "", TONES.get(first.status or "", "neutral") if first else "")
        self._nothing.setVisible(first is None)
        due = counts is not None and counts.review_on is not None and counts.review_on <= shown.today
        self._due.setVisible(due)
        self._due.setText(tr("It is time to look at it together again.") if due else "")
        self._facts.show_values((fact[0], fact) for fact in (facts(first, shown.today) if first else ()))
        self._offer(first, counts, shown.begun)
        self._earlier.show_values((each.id, (each, shown.today)) for each in shown.all if each is not first)
        self.show()

    def _offer(self, first: Agreement | None, counts: Agreement | None, begun: bool) -> None:
        for button in self._links.parts():
            self._links.removeWidget(button)
            button.hide()
            button.deleteLater()
        write = (
            tr("Go on writing")
            if begun or (first is not None and first.status == "draft")
            else tr("Amend")
            if counts is not None
            else tr("Write one")
        )
        self._link(write, "pencil", lambda: self._shell.go("agreement", mentorship=self._id))
        if first is not None:
            self._link(tr("Read it"), "eye", lambda: self._shell.go("agreement", agreement=first.id))
        if counts is not None:
            self._link(tr("Close it"), "", lambda: self._close(counts))

    def _link(self, label: str, icon: str, run: object) -> None:
        button = QuietButton(label, icon)
        button.setAccessibleName(tr("{verb}: the agreement", verb=label))
        button.clicked.connect(run)
        self._links.addWidget(button)
        button.show()

    def _earlier_row(self, value: tuple[Agreement, date]) -> QWidget:
        agreement, today = value
        agreed = agreement.mentee_agreed_on or agreement.mentor_agreed_on
        day = words.day(agreed, near=today) if agreed else ""
        label = " · ".join(filter(None, (day, state_words(agreement))))
        button = QuietButton(label, "history")
        button.setAccessibleName(tr("Read the agreement: {about}", about=label))
        button.clicked.connect(lambda: self._shell.go("agreement", agreement=agreement.id))
        row = Flow()
        row.addWidget(button)
        return row

    def _close(self, agreement: Agreement) -> None:
        def done(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda workspace: _put_back(workspace, agreement))  # noqa: E731
            self._shell.notices.say(tr("The agreement is closed."), action_label=tr("Undo"), action=undo)

        self._shell.do(lambda workspace: _close(workspace, agreement), done, owner=self)


def _close(workspace: Workspace, agreement: Agreement) -> object:
    from mentorapp.services import agreements

    return agreements.close(workspace, agreement)


def _put_back(workspace: Workspace, agreement: Agreement) -> object:
    from mentorapp.services import agreements

    return agreements.put_back(workspace, agreement)
