"""A mentorship of several people: who is in it, every meeting once, what is agreed; and the form that begins a mentorship of any type.

Promises that a type is chosen in plain words, that people are picked by typing, and that whoever joins or leaves can be put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from ui import words
from ui.agreeing import AgreementCard
from ui.mentoring import TYPES, MentorshipCard
from ui.shell import Shell
from ui.widgets import (
    Avatar,
    Button,
    Card,
    Column,
    Columns,
    FieldBox,
    Line,
    PageTitle,
    Pill,
    PrimaryButton,
    QuietButton,
    Row,
    Scroll,
    Segment,
    TimelineRow,
    text,
)
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Mentorship, Session
    from mentorapp.services.mentorships import Standing
    from mentorapp.services.workspace import Workspace

MOST = 50
"""How many meetings are listed."""

_TONES = {"held": "now", "planned": "good", "missed": "warn"}


@dataclass(frozen=True)
class _Page:
    stands: Standing
    name: str
    sessions: tuple[Session, ...]
    today: date


class MentorshipScreen(QWidget):
    """The page of a group, and the form for a new mentorship."""

    shows = frozenset(("mentorship", "person", "session", "site", "agreement", "draft"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._id = ""
        self._page: _Page | None = None
        self._title = PageTitle("")
        plan, record = Button(tr("Plan next")), PrimaryButton(tr("Record a session"))
        plan.clicked.connect(lambda: shell.go("sessions", plan_for=self._id))
        record.clicked.connect(lambda: shell.go("record", mentorship=self._id))
        self._deeds = (plan, record)
        self._title.add(plan, record)
        self.form = NewMentorship(shell)
        self.form.hide()
        self.people = PeopleCard(shell)
        self.mentorship, self.agreement = MentorshipCard(shell), AgreementCard(shell)
        self._sessions = KeyedRows(self._session_row)
        self._none = text(tr("The first session will stand here."), "caption", wrap=True)
        meetings = Card(tr("Meetings"))
        meetings.body.addWidget(self._sessions)
        meetings.body.addWidget(self._none)
        leading, trailing = Column(gap=18), Column(gap=18)
        leading.addWidget(meetings)
        for card in (self.people, self.mentorship, self.agreement):
            trailing.addWidget(card)
        for column in (leading, trailing):
            column.addStretch(1)
        self._body = Columns(leading, trailing, shares=(170, 100))
        page = self._scroll = Scroll()
        for part in (self._title, self.form, self._body):
            page.body.addWidget(part)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._title.hide()
        self._body.hide()

    def open(self, *, mentorship: str = "", new: bool = False, type: str = "", person: str = "") -> None:
        """Show a mentorship; with `new`, begin one (of a type, with somebody)."""
        self._id, self._page = ("", None) if new else (mentorship, None)
        self._body.hide()
        for deed in self._deeds:
            deed.setVisible(not new)
        self.form.setVisible(new)
        if new:
            self._title.set_title(tr("New mentorship or group"))
            self._title.show()
            self.form.begin(type=type, person=person)
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.form.first_focus() if self.form.isVisible() else self._scroll

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        id = self._id
        if id:
            self._shell.ask(lambda workspace: _read(workspace, id), self._show, owner=self, latest="mentorship")

    def _show(self, page: _Page) -> None:
        one = page.stands.mentorship
        if one.type != "group" and len(page.stands.mentees) == 1:
            self._shell.go("mentee", person=page.stands.mentees[0][0])
            return
        self._page = page
        kind, _ = TYPES.get(one.type or "", (N_("Mentorship"), ""))
        n = len(page.stands.mentees)
        people = ntr("{n} person", "{n} people", n, n=words.number(n))
        self._title.set_title(page.name, " · ".join(filter(None, (tr(kind), page.stands.site, people))))
        self._sessions.show_values((each.id, (each, page.today)) for each in page.sessions)
        self._none.setVisible(not page.sessions)
        self.people.show_standing(page.stands)
        self.mentorship.show_mentorship(one.id)
        self.agreement.show_mentorship(one.id)
        self._title.show()
        self._body.show()

    def _session_row(self, value: tuple[Session, date]) -> TimelineRow:
        session, today = value
        moment = session.started or session.planned_start
        when = words.day(day_of(moment), near=today) if moment else ""
        title = " · ".join(filter(None, (_choice(session, "mode"), _choice(session, "help_type")))) or tr("Session")
        held = session.status == "held"
        minutes = words.minutes(session.contact_minutes) if session.contact_minutes else ""
        n = len(session.attendees)
        came = ntr("{n} person", "{n} people", n, n=words.number(n)) if n and held else ""
        said = " ".join((session.notes or session.agenda or session.reason).split())
        row = TimelineRow(
            when,
            title,
            subtitle=" · ".join(filter(None, (came, said))),
            tone=_TONES.get(session.status or "", "neutral"),
            trailing=(Pill(minutes if held else _choice(session, "status"), "neutral"),),
        )
        where = {"planned": session.id} if session.status == "planned" else {"session": session.id}
        row.activated.connect(lambda: self._shell.go("record", mentorship=self._id, **where))
        return row


def _choice(record: Any, name: str) -> str:
    from mentorapp.fields import fields_of

    code = getattr(record, name)
    return tr(fields_of(type(record))[name].words(code)) if code else ""  # type: ignore[attr-defined]


def _read(workspace: Workspace, id: str) -> _Page:
    from mentorapp.records import Mentorship, Session
    from mentorapp.services import mentorships, recall

    one = workspace.store.get(Mentorship, id)
    found = workspace.store.find(
        Session, "mentorship = ?", (id,), order="coalesce(started, planned_start) DESC", limit=MOST
    )
    pair = recall.pairs(workspace, [id]).get(id)
    return _Page(
        stands=mentorships.standing(workspace, one),
        name=pair.name if pair else one.name,
        sessions=tuple(found),
        today=day_of(workspace.clock.now()),
    )


# --- who is in it -----------------------------------------------------------------------------------------------------


class PeopleCard(Card):
    """Who is in it, each with a way to their page; one more is picked by typing, and who leaves can be put back."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("People"))
        from mentorapp.fields import Ref
        from ui.editors import PickerEditor

        self._shell = shell
        self._stands: Standing | None = None
        self.rows = KeyedRows(self._row)
        self.picker = PickerEditor(Ref(label=N_("Take somebody in"), to="person"), hint=tr("Type a name"))
        self.picker.edited.connect(self._picked)
        self.box = FieldBox(tr("Take somebody in"), self.picker)
        self.body.setSpacing(8)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.box)

    def show_standing(self, stands: Standing) -> None:
        """Show who is in it."""
        self._stands = stands
        self.rows.show_values((id, (id, name)) for id, name in stands.mentees)
        self.box.setVisible(stands.mine)
        self._shell.ask(_people, self.picker.set_options, owner=self, latest="people to take in")

    def _row(self, value: tuple[str, str]) -> Row:
        id, name = value
        leave = QuietButton(tr("Leaves"))
        leave.setAccessibleName(tr("{name} leaves this group", name=name))
        leave.clicked.connect(lambda: self._let_go(id, name))
        row = Row(name, leading=Avatar(words.initials(name)), trailing=(leave,))
        row.activated.connect(lambda: self._shell.go("mentee", person=id))
        return row

    def _picked(self) -> None:
        id = self.picker.value()
        if id and self._stands is not None:
            self.picker.set_value(None)
            self._do(
                lambda workspace, one: _take_in(workspace, one, id),
                tr("{name} is in.", name=self.picker._names.get(id, "")),
            )

    def _let_go(self, id: str, name: str) -> None:
        self._do(
            lambda workspace, one: _let_go(workspace, one, id),
            tr("{name} has left. What was written down stays.", name=name),
        )

    def _do(self, verb: Any, said: str) -> None:
        if self._stands is None:
            return
        before = self._stands.mentorship

        def done(_changed: object) -> None:
            self.box.set_problem("")
            back = lambda: self._shell.do(lambda workspace: _put_back(workspace, before))  # noqa: E731
            self._shell.notices.say(said, action_label=tr("Undo"), action=back)

        self._shell.do(
            lambda workspace: verb(workspace, before),
            done,
            owner=self,
            failed=lambda problem: self.box.set_problem(str(problem)),
        )


def _people(workspace: Workspace) -> list[tuple[str, str]]:
    from mentorapp.services import naming

    return [(each.id, each.words) for each in naming.named(workspace, "person") if each.id != workspace.me]


def _take_in(workspace: Workspace, one: Mentorship, person: str) -> object:
    from mentorapp.services import mentorships

    return mentorships.take_in(workspace, one, person)


def _let_go(workspace: Workspace, one: Mentorship, person: str) -> object:
    from mentorapp.services import mentorships

    return mentorships.let_go(workspace, one, person)


def _put_back(workspace: Workspace, before: Mentorship) -> object:
    from mentorapp.services import mentorships

    return mentorships.put_back(workspace, before, "mentees")


# --- a new one --------------------------------------------------------------------------------------------------------


class NewMentorship(Card):
    """Asks the type in plain words, with whom, and what more one wants to say."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        from mentorapp.records import Mentorship
        from ui.editors.form import RecordForm

        self._shell = shell
        self._kind = Mentorship
        self.types = Segment([(code, tr(title)) for code, (title, _) in TYPES.items()], name=tr("Type"))
        self.types.picked.connect(lambda _code: self._suit())
        self._means = text("", "caption", wrap=True)
        names = ("name", "mentees", "mentors", ("site", "cadence"), "purpose", ("starts", "planned_end"))
        self.form = RecordForm(Mentorship, names, shell)
        self.form.boxes["mentors"].set_helper(tr("Colleagues who mentor along with you. You are among them already."))
        self.form.boxes["mentees"].set_helper(tr("Who is not on the list yet is added with “New mentee” first."))
        begin, cancel = PrimaryButton(tr("Begin")), Button(tr("Cancel"))
        begin.clicked.connect(self.finish)
        cancel.clicked.connect(lambda: shell.go("mentees"))
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(begin)
        self.body.setSpacing(12)
        self.body.addWidget(FieldBox(tr("What kind?"), self.types))
        self.body.addWidget(self._means)
        self.body.addWidget(self.form)
        self.body.addLayout(foot)

    def begin(self, *, type: str, person: str) -> None:
        """Begin anew, with somebody perhaps."""
        from mentorapp.services.people import USUAL_CADENCE

        self.types.set_value(type or "group")
        self.form.feed()
        self.form.set_record(self._kind(id="", mentees=(person,) if person else (), cadence=USUAL_CADENCE))
        for box in self.form.boxes.values():
            box.say("")
        self._suit()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        box = self.form.boxes["name" if self.types.picked_one() == "group" else "mentees"]
        return box.editor

    def _suit(self) -> None:
        kind = self.types.picked_one()
        self._means.setText(tr(TYPES[kind][1]) if kind in TYPES else "")
        self.form.boxes["name"].setVisible(kind == "group")
        self.form.boxes["mentors"].setVisible(kind in ("co_mentored", "group", "peer"))

    def finish(self) -> None:
        """Begin it, or say beside its field what is missing."""
        if self.form.unreadable():
            return
        said = self.form.record()
        kind = self.types.picked_one()

        def begun(done: _Begun) -> None:
            self._shell.notices.say(tr("{name}: the mentorship has begun.", name=done.name))
            self._shell.go("mentorship", mentorship=done.records[0])

        self._shell.do(lambda workspace: _begin(workspace, said, kind), begun, owner=self, failed=self._refuse)

    def _refuse(self, problem: Exception) -> None:
        field = problem.values.get("field", "mentees") if isinstance(problem, UserError) else "mentees"
        box = self.form.boxes[str(field) if field in self.form.boxes else "mentees"]
        box.say(str(problem))
        box.editor.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self._shell.go("mentees")
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True)
class _Begun:
    kinds: frozenset[str]
    records: tuple[str, ...]
    name: str


def _begin(workspace: Workspace, said: Mentorship, kind: str) -> _Begun:
    from mentorapp.services import mentorships, recall

    changed, made = mentorships.found_mentorship(
        workspace,
        type=kind,
        name=said.name,
        mentees=said.mentees,
        mentors=said.mentors if kind in ("co_mentored", "group", "peer") else (),
        site=said.site,
        purpose=said.purpose,
        cadence=said.cadence,
        starts=said.starts,
        planned_end=said.planned_end,
    )
    pair = recall.pairs(workspace, [made.id])[made.id]
    return _Begun(changed.kinds, (made.id,), pair.name)
