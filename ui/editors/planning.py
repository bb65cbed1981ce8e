"""Planning a session: whom with, when, how, where, what about; said in place, kept as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Session
from ui.editors import ChipsEditor, EditorBox, LongEditor, MomentEditor
from ui.editors.times import on_this_clock, read_time
from ui.editors.whom import WhomPicker
from ui.models.writing import Whom
from ui.widgets import Button, Card, Flow, PrimaryButton, QuietButton, text
from ui.widgets.flow import high_as_needed

_FIELDS: Any = fields_of(Session)


@dataclass(frozen=True)
class Plan:
    """A session to be planned."""

    mentorship: str
    at: datetime
    mode: str | None
    place: str
    agenda: str


class PlanForm(Card):
    """`planned` carries the Plan once it is whole; `left` when she thinks better of it."""

    planned = Signal(object)
    left = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(tr("Plan a session"), parent=parent)
        high_as_needed(self)
        self._mentorship = ""
        self.picker = WhomPicker(least=3, most=4)
        self.picker.chosen.connect(self.set_whom)
        self._whom = text("", "strong")
        self.other = QuietButton(tr("Somebody else"))
        self.other.clicked.connect(lambda: self.set_whom(""))
        self._problem = text("", "problem", wrap=True)
        self.when = EditorBox(_FIELDS["planned_start"], MomentEditor(_FIELDS["planned_start"], today=today))
        first = ("site_visit", "phone", "video")
        self.mode = EditorBox(_FIELDS["mode"], ChipsEditor(_FIELDS["mode"], first=first))
        self.place = EditorBox(_FIELDS["place"])
        self.agenda = EditorBox(_FIELDS["agenda"], LongEditor(_FIELDS["agenda"], least=2))
        for box in (self.when, self.mode, self.place, self.agenda):
            box.set_visibility("")
        self.save, self.leave = PrimaryButton(tr("Plan it"), short=True), Button(tr("Leave it"))
        self.save.clicked.connect(self._plan)
        self.leave.clicked.connect(self.left)
        self._lay_out()

    def _lay_out(self) -> None:
        self.body.setSpacing(12)
        chosen, buttons = Flow(gap=8), Flow(gap=8)
        chosen.addWidget(self._whom)
        chosen.addWidget(self.other)
        buttons.addWidget(self.save)
        buttons.addWidget(self.leave)
        self._chosen = chosen
        for part in (self.picker, chosen, self._problem, self.when, self.mode, self.place, self.agenda, buttons):
            self.body.addWidget(part)

    def begin(self, everyone: Sequence[Whom], *, day: date, mentorship: str = "") -> None:
        """Begin a plan for a day, perhaps with somebody already."""
        self.picker.set_everyone(everyone)
        self.picker.filter.clear()
        ten = read_time("10:00")
        assert ten is not None
        self.when.set_value(on_this_clock(day, ten))
        for box in (self.mode, self.place, self.agenda):
            box.set_value(box.field.empty)
        self._say("")
        self.set_whom(mentorship)

    def set_whom(self, mentorship: str) -> None:
        """Plan with this pair, or ask with whom."""
        had = self.isAncestorOf(self.focusWidget() or self)
        self._mentorship = mentorship
        self._whom.setText(tr("With {name}", name=self.picker.name_of(mentorship)))
        self.picker.setVisible(not mentorship)
        self._chosen.setVisible(bool(mentorship))
        self._say("")
        if had or mentorship:
            self.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.when.editor if self._mentorship else self.picker.filter

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _plan(self) -> None:
        if not self._mentorship:
            self._say(tr("Say with whom."))
            self.picker.filter.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        at = planned_moment(self.when)
        if at is not None:
            self.planned.emit(
                Plan(self._mentorship, at, self.mode.value(), self.place.value().strip(), self.agenda.value().strip())
            )


def planned_moment(box: EditorBox) -> datetime | None:
    """The moment written in a box; if there is none, the box says so and takes the keyboard."""
    at: datetime | None = box.value()
    wrong = box.unreadable() or ("" if at else tr("Say on which day."))
    problem = box.field.problem(at)
    if wrong or problem:
        box.say(wrong or str(problem))
        box.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return None
    return at
