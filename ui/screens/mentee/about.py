"""What is known of the pair at a glance, with whom it is shared, and the form that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from mentorapp import indicators
from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import words
from ui.screens.mentee import verbs
from ui.screens.mentee.since import choice
from ui.shell import Shell
from ui.widgets import Button, Card, Line, PrimaryButton, QuietButton, Row
from ui.widgets.facts import Fact, fact_row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Person
    from mentorapp.services.recall import MenteeView
    from ui.editors.form import RecordForm
    from ui.screens.mentee.verbs import Page


class AboutCard(Card):
    """The facts, and sharing with a colleague."""

    edit_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self._shell = shell
        self._page: Page | None = None
        self._facts = KeyedRows(fact_row, lines=False)
        edit = QuietButton(tr("Edit"), "pencil")
        edit.clicked.connect(self.edit_wanted)
        self._edit = edit
        self._share = Button(tr("Share with a colleague"), "user-plus")
        self._share.clicked.connect(self._offer_colleagues)
        foot = Line(edges=(0, 12, 0, 0), gap=8)
        foot.addWidget(self._share)
        foot.addWidget(edit)
        foot.addStretch(1)
        self._also = KeyedRows(self._also_row, lines=False)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._also)
        self.body.addLayout(foot)

    def show_page(self, page: Page) -> None:
        """Show what is known of this mentee."""
        self._page = page
        self.set_title(tr("How it is going"))
        self._facts.show_values((label, (label, said)) for label, said in facts(page))
        self._also.show_values((one.id, one) for one in page.view.also)
        self._share.setEnabled(bool(page.mentorship))
        self._edit.setAccessibleName(tr("Edit what is known of {name}", name=page.view.person.name))

    def _also_row(self, one: Person) -> QWidget:
        apart = QuietButton(tr("Take apart"))
        apart.setAccessibleName(tr("Take {name} apart again", name=one.name))
        apart.clicked.connect(lambda: self._take_apart(one))
        return Row(tr("Also written as {name}", name=one.name), trailing=(apart,), active=False)

    def _take_apart(self, one: Person) -> None:
        kept = self._page.view.person.id if self._page else ""

        def done(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda workspace: verbs.take_together(workspace, kept, one.id))  # noqa: E731
            said = tr("They are two people again, exactly as before.")
            self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

        self._shell.do(lambda workspace: verbs.take_apart(workspace, one.id), done, owner=self)

    def _offer_colleagues(self) -> None:
        self._shell.ask(verbs.colleagues, self._show_colleagues, owner=self)

    def _show_colleagues(self, colleagues: list[Person]) -> None:
        if not colleagues:
            said = tr("No colleague is known on this laptop yet. They arrive from your office with the next sync.")
            self._shell.notices.say(said, tone="warn")
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for colleague in colleagues:
            menu.addAction(colleague.name).triggered.connect(lambda _on=False, who=colleague: self._share_with(who))
        menu.popup(self._share.mapToGlobal(QPoint(0, self._share.height())))

    def _share_with(self, colleague: Person) -> None:
        page = self._page
        if page is None:
            return
        said = tr(
            "Shared with {colleague}: from the next sync on, both of you see {name}.",
            colleague=colleague.name,
            name=page.view.person.name,
        )
        self._shell.do(
            lambda workspace: verbs.share(workspace, page.mentorship, colleague.id),
            lambda _changed: self._shell.notices.say(said),
            owner=self,
        )


class EditCard(Card):
    """The declared fields of the person and of the mentorship, to be mended."""

    closed = Signal()

    def __init__(self, shell: Shell, page: Page) -> None:
        super().__init__(tr("Edit what is known of {name}", name=page.view.person.name))
        from mentorapp.records import Mentorship, Person
        from ui.editors.form import RecordForm

        self._shell, self._page = shell, page
        names = ("name", "role", "employer"), ("phone", "email", "language"), ("career_stage",), "access_needs"
        self.person = RecordForm(Person, names, shell)
        self.person.set_record(page.view.person)
        self.body.addWidget(self.person)
        self.mentorship = None
        if page.view.mentorship is not None:
            self.mentorship = RecordForm(Mentorship, (("site", "cadence", "starts"),), shell)
            self.mentorship.set_record(page.view.mentorship)
            self.body.addSpacing(12)
            self.body.addWidget(self.mentorship)
        self.body.addSpacing(12)
        self.body.addLayout(self._foot())

    def _foot(self) -> Line:
        save, cancel = PrimaryButton(tr("Save"), short=True), Button(tr("Cancel"))
        save.clicked.connect(self.save)
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(save)
        return foot

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.person.boxes["name"].editor

    def save(self) -> None:
        """Keep what was changed, or say beside the field what stands in the way."""
        edited: list[tuple[Any, RecordForm]] = [(self._page.view.person, self.person)]
        if self.mentorship is not None:
            edited.append((self._page.view.mentorship, self.mentorship))
        for _, form in edited:
            if form.unreadable() or _stands_in_the_way(form):
                return
        changes = tuple((before, form.record()) for before, form in edited if form.record() != before)
        if changes:
            self._shell.do(
                lambda workspace: verbs.edit(workspace, changes), lambda _changed: self.closed.emit(), owner=self
            )
        else:
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes without keeping."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _stands_in_the_way(form: RecordForm) -> bool:
    from mentorapp import rules
    from mentorapp.clock import SystemClock

    problems = rules.problems(form.record(), SystemClock().now())
    form.show_problems(problems)
    return bool(problems)


def facts(page: Page) -> list[Fact]:
    """What is known of the pair; what is not known is left out."""
    view, today = page.view, page.today
    mentorship = view.mentorship
    together = indicators.contact_minutes(view.sessions)
    every = mentorship.cadence if mentorship else None
    every_words = ntr("every {n} day", "every {n} days", every or 0, n=words.number(every or 0)) if every else ""
    coming = view.next.planned_start if view.next else None
    found = (
        (tr("Met"), met(page)),
        (tr("Time together"), words.hours(together) if together else ""),
        (tr("Agreed"), every_words),
        (
            tr("Next time"),
            f"{words.weekday_day(day_of(coming), near=today)} {words.time(coming)}"
            if coming
            else tr("nothing planned"),
        ),
        (tr("Also mentored by"), words.listed(list(page.others)) if page.others else ""),
        (tr("Also meets in"), words.listed([group.name for group in view.groups]) if view.groups else ""),
        (tr("Phone"), known(view, "phone")),
        (tr("E-mail"), known(view, "email")),
        (tr("Makes meeting easier"), known(view, "access_needs")),
    )
    return [fact for fact in found if fact[1]]


def known(view: MenteeView, field: str) -> str:
    """What is known of somebody; where they say nothing under this name, what they said under another."""
    return next((said for one in (view.person, *view.also) if (said := getattr(one, field))), "")


def met(page: Page) -> str:
    """How often, and since when."""
    view = page.view
    if not view.met or view.since is None:
        return tr("not yet")
    since = words.month(day_of(view.since), near=page.today)
    return ntr("once, in {month}", "{n} times since {month}", view.met, n=words.number(view.met), month=since)


def caption(page: Page) -> str:
    """The line under the name."""
    view = page.view
    stage = choice(view.person, "career_stage")
    often = tr("met {often}", often=met(page)) if view.met else tr("not met yet")
    return " · ".join(
        filter(None, (known(view, "role"), stage, view.site.name if view.site else "", known(view, "language"), often))
    )
