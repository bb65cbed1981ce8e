"""The day beside the calendar: its sessions with what can be done about each, and the plan of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from mentorapp.services import moving, sessions
from mentorapp.services.moving import Moved
from mentorapp.services.recall import SessionRow
from mentorapp.services.workspace import Workspace
from ui import words as say
from ui.editors.planning import Plan, PlanForm
from ui.editors.session_block import Ending, SessionBlock
from ui.models import writing
from ui.models.writing import Whom
from ui.screens.sessions.export import ExportForm
from ui.shell import Shell
from ui.widgets import Card, Column, EmptyState, QuietButton, text
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.store import Changed


AT_FIRST = 6
"""How many sessions of a day are shown before more are asked for."""


class DaySide(QWidget):
    """One day, or one session of the list. `went_to` carries the day on which something stands now; `left` gives the keyboard back."""

    went_to = Signal(object)
    opened = Signal(object)
    left = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._day: date | None = None
        self._today = date.min
        self._rows: Sequence[SessionRow] = ()
        self._day_of_rows: date | None = None
        self._most = AT_FIRST
        self._asked: tuple[str, datetime | None] = ("", None)
        self._form: PlanForm | None = None
        self._export: ExportForm | None = None
        self._offers_plan = True
        self.blocks: KeyedRows[Any] = KeyedRows(self._block)
        self._column = Column(self, gap=14)
        self._column.addWidget(self._card())
        self._column.addStretch(1)

    def add_below(self, widget: QWidget) -> None:
        """Put something under the day."""
        self._column.insertWidget(self._column.count() - 1, widget)

    @property
    def form(self) -> PlanForm:
        """The form of a plan, made when the first plan is begun."""
        if self._form is None:
            self._form = PlanForm(today=lambda: self._today, parent=self)
            self._form.left.connect(self._end_plan)
            self._form.planned.connect(self._plan)
            self._form.hide()
            self._column.insertWidget(0, self._form)
        return self._form

    @property
    def export(self) -> ExportForm:
        """What is asked before a calendar file is saved, made when it is first asked."""
        if self._export is None:
            self._export = ExportForm(self._shell, self)
            self._export.left.connect(self._end_export)
            self._export.hide()
            self._column.insertWidget(0, self._export)
        return self._export

    def one_in_sight(self) -> SessionRow | None:
        """The session beside the calendar, if there is just one."""
        rows = [block.row for block in self.blocks.rows() if isinstance(block, SessionBlock)]
        return rows[0] if len(rows) == 1 else None

    def begin_export(self, row: SessionRow | None) -> None:
        """Ask for a calendar file, of one session if there is one in sight."""
        self.export.begin(row)
        self.export.show()
        self.export.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_export(self) -> None:
        self.export.hide()
        self.left.emit()

    def is_planning(self) -> bool:
        """Whether a plan is being made."""
        return self._form is not None and self._form.isVisibleTo(self)

    def _card(self) -> Card:
        card = self.panel = Card()
        high_as_needed(card)
        self.plan_here = QuietButton(tr("Plan on this day"))
        self.plan_here.setProperty("short", "true")
        self._nothing = text("", "caption", wrap=True)
        self._empty = EmptyState("calendar", tr("No sessions yet"), tr("What you plan or record will be here."))
        self.plan_here.clicked.connect(lambda: self.begin_plan(""))
        self.more = QuietButton("")
        self.more.hide()
        self.more.clicked.connect(self._show_more)
        card.body.addWidget(self.blocks)
        card.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeading)
        card.body.addWidget(self._nothing)
        card.body.addWidget(self.plan_here, 0, Qt.AlignmentFlag.AlignLeading)
        card.body.addWidget(self._empty)
        return card

    def show_day(self, day: date | None, rows: Sequence[SessionRow], *, today: date, planning: bool = True) -> None:
        """Show these sessions; with `planning`, another can be planned on the day."""
        self._day, self._today = day, today
        self.panel.set_title(say.weekday_day(day, near=today) if day else "")
        if day != self._day_of_rows:
            self._day_of_rows, self._most = day, AT_FIRST
        self._rows = rows
        self._show_blocks()
        self.blocks.setVisible(bool(rows))
        self._nothing.setText("" if rows or not planning else tr("Nothing on this day."))
        self._nothing.setVisible(bool(self._nothing.text()))
        self._empty.setVisible(not planning and not rows)
        self._offers_plan = planning
        self._ask_cause()
        self.plan_here.setVisible(planning and not self.is_planning())

    def _show_blocks(self) -> None:
        self.blocks.show_values((row.session.id, row) for row in self._rows[: self._most])
        left = len(self._rows) - self._most
        self.more.setVisible(left > 0)
        self.more.set_words(ntr("Show {n} more", "Show {n} more", left, n=say.number(left)) if left > 0 else "")

    def _show_more(self) -> None:
        self._most += 4 * AT_FIRST
        self._show_blocks()

    # --- doing --------------------------------------------------------------------------------------------------------

    def _block(self, row: SessionRow) -> SessionBlock:
        block = SessionBlock(row, today=lambda: self._today)
        block.recorded.connect(lambda: self.opened.emit(row))
        block.moved.connect(lambda at, reason: self._move(row, at, reason))
        block.ended.connect(lambda ending: self._end(row, ending))
        block.calendar_wanted.connect(lambda: self.begin_export(row))
        return block

    def begin_plan(self, mentorship: str) -> None:
        """Begin a plan for the day on show."""

        def show(everyone: list[Whom]) -> None:
            day = max(self._day or self._today, self._today)
            self.form.show()
            self.plan_here.hide()
            self.form.begin(everyone, day=day, mentorship=mentorship)
            self.form.first().setFocus(Qt.FocusReason.OtherFocusReason)

        self._shell.ask(writing.everyone, show, owner=self, latest="plan")

    def _end_plan(self) -> None:
        self.form.hide()
        self.plan_here.setVisible(self._offers_plan)
        self.left.emit()

    def _plan(self, plan: Plan) -> None:
        def save(workspace: Workspace) -> Changed:
            changed, _session = sessions.plan_session(
                workspace, mentorship=plan.mentorship, at=plan.at, mode=plan.mode, place=plan.place, agenda=plan.agenda
            )
            return changed

        def done(_changed: Changed) -> None:
            self._end_plan()
            self.went_to.emit(day_of(plan.at))
            name = self.form.picker.name_of(plan.mentorship)
            when = say.weekday_day(day_of(plan.at), near=self._today)
            self._shell.notices.say(
                tr("Planned with {name}: {day}, {time}.", name=name, day=when, time=say.time(plan.at))
            )

        self._shell.do(save, done, owner=self)

    def _move(self, row: SessionRow, at: datetime, reason: str) -> None:
        self._shell.do(
            lambda workspace: moving.move(workspace, row.session, at=at, reason=reason),
            lambda moved: self._moved(row, moved),
            owner=self,
        )

    def _moved(self, row: SessionRow, moved: Moved) -> None:
        at = moved.after.planned_start
        if at is None:
            return
        self.went_to.emit(day_of(at))
        when = say.weekday_day(day_of(at), near=self._today)
        words = tr("Moved with {name}: {day}, {time}.", name=row.pair.name, day=when, time=say.time(at))

        def undo() -> None:
            back = moved.before.planned_start
            self._shell.do(
                lambda workspace: moving.put_back(workspace, moved),
                lambda _changed: self.went_to.emit(day_of(back)) if back else None,
            )

        self._shell.notices.say(words, action_label=tr("Undo"), action=undo)

    def carry(self, row: SessionRow, at: datetime) -> None:
        """Move a session that was dragged or carried to another time; where others may count on it, ask for the cause beside it first."""

        def moved(done: Moved | None) -> None:
            if done is not None:
                self._moved(row, done)
                return
            self.went_to.emit(self._day_shown(row))
            self._asked = (row.session.id, at)
            self._ask_cause()

        def verb(workspace: Workspace) -> Moved | None:
            if moving.needs_cause(workspace, row.session):
                return None
            return moving.move(workspace, row.session, at=at)

        self._shell.do(verb, moved, owner=self)

    def _day_shown(self, row: SessionRow) -> date:
        start = row.session.planned_start
        return day_of(start) if start else self._today

    def _ask_cause(self) -> None:
        """Open the panel of the session that is to be moved, once its block is there."""
        id, at = self._asked
        place = next((n for n, row in enumerate(self._rows) if row.session.id == id), -1)
        if place >= self._most:
            self._most = place + 1
            self._show_blocks()
        shown = self.blocks.keys()
        block = self.blocks.row(id) if id in shown else None
        if isinstance(block, SessionBlock):
            self._asked = ("", None)
            block.begin_move(at)

    def _end(self, row: SessionRow, ending: Ending) -> None:
        verb = sessions.mark_missed if ending.to == "missed" else sessions.cancel_session

        def done(_changed: Changed) -> None:
            self.left.emit()
            missed = tr("The session with {name} is noted as missed.", name=row.pair.name)
            called_off = tr("The session with {name} is noted as cancelled.", name=row.pair.name)
            self._shell.notices.say(missed if ending.to == "missed" else called_off)

        self._shell.do(
            lambda workspace: verb(workspace, row.session, by=ending.by, reason=ending.reason), done, owner=self
        )
