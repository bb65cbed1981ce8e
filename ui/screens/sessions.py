"""Sessions: the month, the week, or everything in a list; plan one, move it, say that it did not take place, open it again.

Promises that every session of any year can be reached with the keyboard, and that nothing is asked in a window of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QStackedWidget, QWidget

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services import calendar_file, recall, sessions
from mentorapp.services.recall import SessionRow
from mentorapp.services.workspace import Changed, Workspace
from ui import theme
from ui import words as say
from ui.editors.planning import Plan, PlanForm
from ui.editors.session_block import Ending, SessionBlock, day_of_row
from ui.models import writing
from ui.models.sessions import SessionsModel, cells, other_month, other_week, week_of, weeks_of
from ui.models.writing import Whom
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Column,
    EmptyState,
    IconButton,
    Line,
    LongList,
    PageTitle,
    PrimaryButton,
    QuietButton,
    Scroll,
    Segment,
    reading,
    text,
)
from ui.widgets.daysgrid import DaysGrid
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

SOME = 200
"""How many of the list are read first, so that it shows at once."""

_NOT_WRITTEN = N_(
    "The calendar file could not be written to “{file}”. Nothing in Mentor changed: choose another folder and try again."
)


class SessionsScreen(QWidget):
    """The calendar and the list, with the day beside it."""

    shows = frozenset(("session", "person", "mentorship", "site"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._day = self._today = date.min
        self._rows: Sequence[SessionRow] = ()
        self._listed = ""
        self.title = PageTitle(tr("Sessions"))
        self.export, self.plan = Button(tr("Calendar file…"), "download"), PrimaryButton(tr("Plan a session"))
        self.export.setToolTip(tr("Save the planned sessions as a file for another calendar (.ics)"))
        self.view = Segment(
            [("month", tr("Month")), ("week", tr("Week")), ("list", tr("List"))], name=tr("How to see them")
        )
        self.month, self.week = DaysGrid(name=tr("Days of the month")), DaysGrid(name=tr("Days of the week"))
        self._model = SessionsModel(self)
        self.list = LongList(self._model, name=tr("Every session"))
        self._form: PlanForm | None = None
        self.blocks: KeyedRows[Any] = KeyedRows(self._block)
        self._lay_out()
        self._listen()

    # --- building -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        page = self._page = Scroll(gap=14)
        self.title.add(self.export, self.plan)
        page.body.addWidget(self.title)
        page.body.addWidget(self._turning())
        self._columns = Line(gap=18)
        self._main = Card()
        self._stack = QStackedWidget()
        for view in (self.month, self.week, self.list):
            self._stack.addWidget(view)
        self._main.body.addWidget(self._stack)
        self._side = QWidget()
        side = self._side_column = Column(self._side, gap=14)
        side.addWidget(self._day_card())
        side.addStretch(1)
        self._columns.addWidget(self._main, 1)
        self._columns.addWidget(self._side, 0)
        page.body.addLayout(self._columns)
        page.body.addStretch(1)
        Column(self).addWidget(page)

    @property
    def form(self) -> PlanForm:
        """The form of a plan, made when the first plan is begun."""
        if self._form is None:
            self._form = PlanForm(today=lambda: self._today, parent=self._side)
            self._form.left.connect(self._end_plan)
            self._form.planned.connect(self._plan)
            self._form.hide()
            self._side_column.insertWidget(0, self._form)
        return self._form

    def _planning(self) -> bool:
        return self._form is not None and self._form.isVisibleTo(self)

    def _turning(self) -> QWidget:
        holder = QWidget()
        line = Line(holder, gap=8)
        self.earlier, self.later = IconButton("chevron-left", ""), IconButton("chevron-right", "")
        self.now = Button(tr("Today"))
        self._shown = text("", "section")
        line.addWidget(self.earlier)
        line.addWidget(self.later)
        line.addWidget(self._shown)
        line.addStretch(1)
        line.addWidget(self.now)
        line.addWidget(self.view, 0, Qt.AlignmentFlag.AlignVCenter)
        return holder

    def _day_card(self) -> Card:
        card = self._day_panel = Card()
        high_as_needed(card)
        self.plan_here = QuietButton(tr("Plan on this day"))
        self.plan_here.setProperty("short", "true")
        self._nothing = text("", "caption", wrap=True)
        self._empty = EmptyState("calendar", tr("No sessions yet"), tr("What you plan or record will be here."))
        card.body.addWidget(self.blocks)
        card.body.addWidget(self._nothing)
        card.body.addWidget(self.plan_here, 0, Qt.AlignmentFlag.AlignLeading)
        card.body.addWidget(self._empty)
        return card

    def _listen(self) -> None:
        self.view.picked.connect(lambda _key: self._change_view())
        self.earlier.clicked.connect(lambda: self.turn(-1))
        self.later.clicked.connect(lambda: self.turn(1))
        self.now.clicked.connect(lambda: self.show_day(self._today))
        for grid in (self.month, self.week):
            grid.day_chosen.connect(self._day_chosen)
            grid.opened.connect(self._opened)
            grid.turned.connect(self.turn)
        self.list.opened.connect(self._list_opened)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._list_moved())
        self.plan.clicked.connect(lambda: self.begin_plan(""))
        self.plan_here.clicked.connect(lambda: self.begin_plan(""))
        self.export.clicked.connect(self.save_calendar)

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, day: date | str = "", plan_for: str | None = None, **_where: object) -> None:
        """Show a day (today first), and begin a plan if asked: `plan_for` names the pair, "" asks for it."""
        wanted = date.fromisoformat(day) if isinstance(day, str) and day else day

        def first(now: datetime) -> None:
            self._today = day_of(now)
            if isinstance(wanted, date):
                self._day = wanted
            elif self._day == date.min:
                self._day = self._today
            self._say_view()
            self.refresh()
            if plan_for is not None:
                self.begin_plan(plan_for)

        self._shell.ask(lambda workspace: workspace.clock.now(), first, owner=self, latest="sessions: now")

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.form.first() if self._planning() else (self.month, self.week, self.list)[self._stack.currentIndex()]

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        if self._day == date.min:
            self.open()
            return
        if self.view.picked_one() == "list":
            self._read(lambda workspace: recall.sessions(workspace, limit=SOME), more=True)
        else:
            days = self._days()
            self._read(lambda workspace: recall.sessions_between(workspace, days[0], days[-1]))

    def _read(self, read: Callable[[Workspace], list[SessionRow]], *, more: bool = False) -> None:
        def show(found: tuple[list[SessionRow], datetime]) -> None:
            rows, now = found
            self._today = day_of(now)
            if more and len(rows) == SOME:
                self._read(recall.sessions)
                if self._model.rowCount() > SOME:
                    return
            self._rows = rows
            self._show()

        self._shell.ask(lambda workspace: (read(workspace), workspace.clock.now()), show, owner=self, latest="sessions")

    # --- showing ------------------------------------------------------------------------------------------------------

    def _days(self) -> list[date]:
        first = say.locale().firstDayOfWeek().value - 1
        return weeks_of(self._day, first) if self.view.picked_one() == "month" else week_of(self._day, first)

    def _say_view(self) -> None:
        view = self.view.picked_one()
        self._stack.setCurrentIndex(("month", "week", "list").index(view))
        shown = say.month(self._day) if view == "month" else ""
        if view == "week":
            days = self._days()
            shown = tr("{first} to {last}", first=say.day(days[0], near=days[-1]), last=say.day(days[-1]))
        self._shown.setText(shown)
        for part in (self.earlier, self.later, self.now):
            part.setVisible(view != "list")
        self.earlier.set_name(tr("The month before") if view == "month" else tr("The week before"))
        self.later.set_name(tr("The month after") if view == "month" else tr("The week after"))

    def _change_view(self) -> None:
        self._say_view()
        self.refresh()

    def _show(self) -> None:
        view = self.view.picked_one()
        if view == "list":
            self._show_list()
        else:
            self._show_days(
                self.month if view == "month" else self.week, month=self._day.month if view == "month" else 0
            )
        self._show_day()

    def _show_days(self, grid: DaysGrid, *, month: int) -> None:
        days = self._days()
        grid.show_cells(
            cells(days, self._rows, month=month, today=self._today),
            [say.weekday(day) for day in days[:7]],
            [say.number(day.day) for day in days],
            self._day,
        )

    def _show_list(self) -> None:
        held = self.list.current_key() or self._listed
        self._model.set_rows(self._rows, self._today)
        index = self._model.index_of(held)
        if not index.isValid() and self._rows:
            index = self._model.index(0)
        if index.isValid() and index != self.list.currentIndex():
            self.list.setCurrentIndex(index)

    def _show_day(self) -> None:
        as_list = self.view.picked_one() == "list"
        if as_list:
            row = self._model.row_of(self.list.current_key())
            chosen = [row] if row else []
            day = day_of_row(row) if row else None
        else:
            day = self._day
            chosen = [row for row in self._rows if day_of_row(row) == day]
        self._day_panel.set_title(say.weekday_day(day, near=self._today) if day else "")
        self.blocks.show_values((row.session.id, row) for row in chosen)
        self.blocks.setVisible(bool(chosen))
        self._nothing.setText("" if chosen or as_list else tr("Nothing on this day."))
        self._nothing.setVisible(bool(self._nothing.text()))
        self._empty.setVisible(as_list and not chosen)
        self.plan_here.setVisible(not as_list and not self._planning())

    # --- moving about -------------------------------------------------------------------------------------------------

    def show_day(self, day: date) -> None:
        """Show this day in the calendar."""
        self._day = day
        self._say_view()
        self.refresh()

    def turn(self, by: int) -> None:
        """Show another month, or another week."""
        self.show_day(other_month(self._day, by) if self.view.picked_one() == "month" else other_week(self._day, by))

    def _day_chosen(self, day: date) -> None:
        other = self.view.picked_one() == "month" and (day.year, day.month) != (self._day.year, self._day.month)
        self._day = day
        if other:
            self._say_view()
            self.refresh()
        else:
            self._show_day()

    def _opened(self, day: date, key: str) -> None:
        self._day = day
        self._show_day()
        if key:
            self._record(key)
        elif self.blocks.rows():
            block = self.blocks.rows()[0]
            if isinstance(block, SessionBlock):
                block.deeds["record"].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.begin_plan("")

    def _list_moved(self) -> None:
        if self.view.picked_one() == "list":
            self._listed = self.list.current_key()
            self._show_day()

    def _list_opened(self, key: str) -> None:
        self._listed = key
        self._show_day()
        row = self._model.row_of(key)
        if row and row.session.status == "held" and self.list.hasFocus():
            self._record(key)

    def _record(self, key: str) -> None:
        row = next((row for row in self._rows if row.session.id == key), None)
        if row is not None:
            where = "session" if row.session.status == "held" else "planned"
            self._shell.go("record", **{where: key})

    # --- doing --------------------------------------------------------------------------------------------------------

    def _block(self, row: SessionRow) -> SessionBlock:
        block = SessionBlock(row, today=lambda: self._today)
        block.recorded.connect(lambda: self._record(row.session.id))
        block.moved.connect(lambda at, reason: self._move(row, at, reason))
        block.ended.connect(lambda ending: self._end(row, ending))
        return block

    def begin_plan(self, mentorship: str) -> None:
        """Begin a plan for the day on show."""

        def show(everyone: list[Whom]) -> None:
            day = max(self._day, self._today)
            self.form.show()
            self.plan_here.hide()
            self.form.begin(everyone, day=day, mentorship=mentorship)
            self.form.first().setFocus(Qt.FocusReason.OtherFocusReason)
            self._page.ensureWidgetVisible(self.form, 0, 0)

        self._shell.ask(writing.everyone, show, owner=self, latest="plan")

    def _end_plan(self) -> None:
        self.form.hide()
        self._show_day()
        self.plan.setFocus(Qt.FocusReason.OtherFocusReason)

    def _plan(self, plan: Plan) -> None:
        def save(workspace: Workspace) -> Changed:
            changed, _session = sessions.plan_session(
                workspace, mentorship=plan.mentorship, at=plan.at, mode=plan.mode, place=plan.place, agenda=plan.agenda
            )
            return changed

        def done(_changed: Changed) -> None:
            self._day = day_of(plan.at)
            self._end_plan()
            self._say_view()
            self.refresh()
            name = self.form.picker.name_of(plan.mentorship)
            when = say.weekday_day(day_of(plan.at), near=self._today)
            self._shell.notices.say(
                tr("Planned with {name}: {day}, {time}.", name=name, day=when, time=say.time(plan.at))
            )

        self._shell.do(save, done, owner=self)

    def _move(self, row: SessionRow, at: datetime, reason: str) -> None:
        def done(_changed: Changed) -> None:
            self._day = day_of(at)
            self._say_view()
            self.refresh()
            when = say.weekday_day(day_of(at), near=self._today)
            self._shell.notices.say(
                tr("Moved with {name}: {day}, {time}.", name=row.pair.name, day=when, time=say.time(at))
            )

        self._shell.do(
            lambda workspace: sessions.reschedule(workspace, row.session, at=at, reason=reason)[0], done, owner=self
        )

    def _end(self, row: SessionRow, ending: Ending) -> None:
        verb = sessions.mark_missed if ending.to == "missed" else sessions.cancel_session

        def done(_changed: Changed) -> None:
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            missed = tr("The session with {name} is noted as missed.", name=row.pair.name)
            called_off = tr("The session with {name} is noted as cancelled.", name=row.pair.name)
            self._shell.notices.say(missed if ending.to == "missed" else called_off)

        self._shell.do(
            lambda workspace: verb(workspace, row.session, by=ending.by, reason=ending.reason), done, owner=self
        )

    def save_calendar(self) -> None:
        """Save the planned sessions as a file for another calendar."""
        chosen, _filter = QFileDialog.getSaveFileName(
            self, tr("Save the planned sessions"), tr("Mentor sessions") + ".ics", tr("Calendar files (*.ics)")
        )
        if not chosen:
            return
        file = Path(chosen if chosen.lower().endswith(".ics") else f"{chosen}.ics")

        def save(workspace: Workspace) -> int:
            found = calendar_file.coming_sessions(workspace)
            try:
                file.write_bytes(calendar_file.calendar_file(found, now=workspace.clock.now()))
            except OSError as reason:
                raise UserError(_NOT_WRITTEN, file=str(file)) from reason
            return sum(session.status == "planned" for session, _ in found)

        self._shell.do(save, self._saved, owner=self)

    def _saved(self, n: int) -> None:
        words = ntr("{n} planned session is in the file.", "{n} planned sessions are in the file.", n, n=say.number(n))
        self._shell.notices.say(words)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Let the Tab key go through the page as the eye does."""
        return reading.move(self, forward=next) or super().focusNextPrevChild(next)

    # --- room ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the page, and put the day under the calendar where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= theme.px(860)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._columns.setAlignment(self._main, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag(0))
        side = theme.px(320)
        self._side.setMinimumWidth(side if wide else 0)
        self._side.setMaximumWidth(side if wide else 16_777_215)
        self._stack.setFixedHeight(max(theme.px(430), self.height() - theme.px(186)))
