"""The page of one mentee, what happened since the last session first.

Promises to open with one question to the store, to change in place when something changed, and to fit on one printed page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from ui import words
from ui.agreeing import AgreementCard
from ui.mentoring import MentorshipCard
from ui.screens.mentee import verbs
from ui.screens.mentee.about import AboutCard, EditCard, caption
from ui.screens.mentee.after import AfterCard
from ui.screens.mentee.alike import AlikeCard
from ui.screens.mentee.consents import ConsentsCard
from ui.screens.mentee.growth import GrowthCard
from ui.screens.mentee.since import SinceCard
from ui.screens.mentee.timeline import TimelineCard
from ui.screens.mentee.verbs import Page
from ui.shell import Shell
from ui.widgets import Avatar, Button, Card, Column, Columns, PageTitle, PrimaryButton, Row, Scroll
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from datetime import datetime

    from mentorapp.services.copies import Copy
    from ui.copying import CopyCard


class MenteeScreen(QWidget):
    """One person."""

    shows = frozenset(("person", "mentorship", "session", "action_item", "goal", "attachment", "site", "draft"))
    shows |= {"measurement", "competency_rating", "pulse", "agreement", "consent"}

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._person = ""
        self._page: Page | None = None
        self._editing: EditCard | None = None
        self._avatar = Avatar("", size=48)
        self._title = PageTitle("", leading=self._avatar)
        self._finished = ""
        self._copying: CopyCard | None = None
        printed, plan, record = Button(tr("Print")), Button(tr("Plan next")), PrimaryButton(tr("Record a session"))
        self._copy = Button(tr("Give a copy"))
        self._copy.clicked.connect(self._ask_for_copy)
        printed.clicked.connect(self._print)
        plan.clicked.connect(lambda: shell.go("sessions", plan_for=self._page.mentorship if self._page else ""))
        record.clicked.connect(self._record)
        self._title.add(printed, self._copy, plan, record)
        self._drafts = KeyedRows(self._draft_row)
        self._after = AfterCard(shell)
        self._after.copy_wanted.connect(self._ask_for_copy)
        self._after.plan_wanted.connect(plan.click)
        self._after.closed.connect(self._close_after)
        self._since, self._timeline, self._about = SinceCard(shell), TimelineCard(shell), AboutCard(shell)
        self._growth, self._alike, self._consents = GrowthCard(shell), AlikeCard(shell), ConsentsCard(shell)
        self._mentorship, self._agreement = MentorshipCard(shell), AgreementCard(shell)
        high_as_needed(self._growth)
        self._about.edit_wanted.connect(self._edit)
        self._lay_out()

    def _lay_out(self) -> None:
        self._scroll = page = Scroll()
        self._drafts_card = Card(tone="suggest")
        self._drafts_card.body.addWidget(self._drafts)
        leading, trailing = Column(gap=18), Column(gap=18)
        below: list[tuple[Column, QWidget]] = [(leading, self._timeline), (trailing, self._growth)]
        below += [(trailing, self._about), (trailing, self._mentorship)]
        below += [(leading, self._agreement), (leading, self._consents)]
        for column, card in below:
            column.addWidget(card)
        for column in (leading, trailing):
            column.addStretch(1)
        self._body = QWidget()
        whole = Column(self._body, gap=18)
        for part in (
            self._title,
            self._after,
            self._alike,
            self._drafts_card,
            self._since,
            Columns(leading, trailing, shares=(170, 100)),
        ):
            whole.addWidget(part)
        self._whole = whole
        page.body.addWidget(self._body)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        # Nothing shows of the one before while the next is being read.
        self._body.hide()

    def open(self, *, person: str = "", finished: str = "") -> None:
        """Show this person, perhaps right after the session `finished`."""
        if person != self._person or finished != self._finished:
            self._close_copy()
        self._finished = finished
        self._after.begin(finished)
        self._after.setVisible(bool(finished))
        if person and person != self._person:
            self._person = person
            self._page = None
            self._close_edit()
            self._body.hide()
            self._scroll.verticalScrollBar().setValue(0)
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._after.first() if self._finished else self._scroll

    def leave(self) -> None:
        """Keep what was being edited."""
        if self._editing is not None:
            self._editing.save()

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        person = self._person
        if person:
            self._shell.ask(lambda workspace: verbs.read(workspace, person), self._show, owner=self, latest="mentee")

    def _show(self, page: Page) -> None:
        self._page = page
        name = page.view.person.name
        self._avatar.set(words.initials(name), name)
        self._scroll.setAccessibleName(name)
        self._title.set_title(name, caption(page))
        self._copy.setAccessibleName(tr("Give {name} a copy", name=page.first_name))
        self._drafts.show_values((draft.id, (draft, page.today)) for draft in page.drafts)
        self._drafts_card.setVisible(bool(page.drafts))
        for card in (self._after, self._since, self._timeline, self._growth, self._about, self._alike, self._consents):
            card.show_page(page)
        for standing in (self._mentorship, self._agreement):
            standing.show_mentorship(page.mentorship)
        self._body.show()

    def _draft_row(self, value: tuple[verbs.Draft, object]) -> Row:
        draft, today = value
        go_on = Button(tr("Go on"))
        go_on.setAccessibleName(tr("Go on with the session that is still to finish"))
        said = tr("Draft kept {when}", when=words.when(draft.kept_at, near=today))  # type: ignore[arg-type]
        row = Row(tr("A session is still to finish"), subtitle=said, trailing=(go_on,))
        for asked in (go_on.clicked, row.activated):
            asked.connect(lambda *_: self._shell.go("record", draft=draft.id))
        return row

    def _record(self) -> None:
        page = self._page
        if page is None:
            return
        coming = page.view.next
        today = coming is not None and coming.planned_start is not None and day_of(coming.planned_start) == page.today
        planned = {"planned": coming.id} if coming is not None and today else {}
        self._shell.go("record", mentorship=page.mentorship, person=page.view.person.id, **planned)

    def _edit(self) -> None:
        if self._page is not None and self._editing is None:
            self._editing = EditCard(self._shell, self._page)
            self._editing.closed.connect(self._close_edit)
            self._whole.insertWidget(1, self._editing)
            self._editing.show()
            self._editing.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.verticalScrollBar().setValue(0)

    def _close_edit(self) -> None:
        if self._editing is not None:
            self._whole.removeWidget(self._editing)
            self._editing.hide()
            self._editing.deleteLater()
            self._editing = None
            self._scroll.setFocus()

    def _print(self) -> None:
        if self._page is not None:
            from ui.screens.mentee import printed

            printed.save_as_pdf(self._shell, self, self._page)

    # --- a copy for the mentee ----------------------------------------------------------------------------------------

    def _ask_for_copy(self) -> None:
        person = self._person
        if person and self._copying is None:
            self._shell.ask(lambda w: verbs.copy(w, person), lambda found: self._offer_copy(*found), owner=self)

    def _offer_copy(self, copy: Copy, now: datetime) -> None:
        from ui.copying import CopyCard

        if copy.person.id != self._person or self._copying is not None:
            return
        card = self._copying = CopyCard(self._shell, copy, now)
        card.closed.connect(self._close_copy)
        self._whole.insertWidget(self._whole.indexOf(self._after) + 1, card)
        card.show()
        card.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_copy(self) -> None:
        card, self._copying = self._copying, None
        if card is not None:
            self._whole.removeWidget(card)
            card.hide()
            card.deleteLater()
            (self._after.first() if self._finished else self._copy).setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_after(self) -> None:
        self._finished = ""
        self._after.hide()
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)
