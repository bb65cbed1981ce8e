"""Sessions: the month, the week, or everything in a list; plan one, move it, say that it did not take place, open it again.

Promises that every session of any year can be reached with the keyboard, and that nothing is asked in a window of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from mentorapp.services import recall
from mentorapp.services.recall import SessionRow
from mentorapp.services.workspace import Workspace
from ui import theme
from ui import words as say
from ui.editors.session_block import SessionBlock, day_of_row
from ui.editors.times import on_this_clock
from ui.models.sessions import ByDay, SessionsModel, by_day, cells, other_month, other_week, week_of, weeks_of
from ui.screens.sessions.side import DaySide
from ui.screens.sessions.waiting import Waiting
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Column,
    IconButton,
    Line,
    LongList,
    PageTitle,
    PrimaryButton,
    Scroll,
    Segment,
    text,
)
from ui.widgets.movingdays import MovingDays

SOME = 200
"""How many of the list are read first, so that it shows at once."""


class SessionsScreen(QWidget):
    """The calendar and the list, with the day beside it."""

    shows = frozenset(("session", "person", "mentorship", "site"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._day = self._today = date.min
        self._rows: Sequence[SessionRow] = ()
        self._held: ByDay = {}
        self._carried_row: SessionRow | None = None
        self._listed = ""
        self.title = PageTitle(tr("Sessions"))
        self.export, self.plan = Button(tr("Calendar file…"), "download"), PrimaryButton(tr("Plan a session"))
        self.export.setToolTip(tr("Save the planned sessions as a file for another calendar (.ics)"))
        self.view = Segment(
            [("month", tr("Month")), ("week", tr("Week")), ("list", tr("List"))], name=tr("How to see them")
        )
        self.month, self.week = MovingDays(name=tr("Days of the month")), MovingDays(name=tr("Days of the week"))
        self._model = SessionsModel(self)
        self.list = LongList(self._model, name=tr("Every session"))
        self.side = DaySide(shell)
        self.waiting = Waiting(shell)
        self.side.add_below(self.waiting)
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
        self._columns.addWidget(self._main, 1)
        self._columns.addWidget(self.side, 0)
        page.body.addLayout(self._columns)
        page.body.addStretch(1)
        Column(self).addWidget(page)

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

    def _listen(self) -> None:
        self.view.picked.connect(lambda _key: self._change_view())
        self.earlier.clicked.connect(lambda: self.turn(-1))
        self.later.clicked.connect(lambda: self.turn(1))
        self.now.clicked.connect(lambda: self.show_day(self._today))
        for grid in (self.month, self.week):
            grid.day_chosen.connect(self._day_chosen)
            grid.opened.connect(self._opened)
            grid.turned.connect(self.turn)
            grid.carried.connect(self._carried)
            grid.offered.connect(self._offered)
        self.list.opened.connect(self._list_opened)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._list_moved())
        self.plan.clicked.connect(lambda: self._begin_plan(""))
        self.export.clicked.connect(lambda: self.side.begin_export(self.side.one_in_sight()))
        self.waiting.asked.connect(self._begin_plan)
        self.side.went_to.connect(self.show_day)
        self.side.opened.connect(self._record)
        self.side.left.connect(lambda: self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason))

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
                self._begin_plan(plan_for)

        self._shell.ask(lambda workspace: workspace.clock.now(), first, owner=self, latest="sessions: now")

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return (
            self.side.form.first()
            if self.side.is_planning()
            else (self.month, self.week, self.list)[self._stack.currentIndex()]
        )

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
        self.waiting.refresh()

    def _read(self, read: Callable[[Workspace], list[SessionRow]], *, more: bool = False) -> None:
        def show(found: tuple[list[SessionRow], ByDay, datetime]) -> None:
            rows, held, now = found
            self._today = day_of(now)
            if more and len(rows) == SOME:
                self._read(recall.sessions)
                if self._model.rowCount() > SOME:
                    return
            carry = self.month.carry or self.week.carry
            self._carried_row = (self._row_of(carry.entry.key) or self._carried_row) if carry else None
            self._rows, self._held = rows, held
            self._show()

        def ask(workspace: Workspace) -> tuple[list[SessionRow], ByDay, datetime]:
            rows = read(workspace)
            return rows, {} if more else by_day(rows), workspace.clock.now()

        self._shell.ask(ask, show, owner=self, latest="sessions")

    def _row_of(self, key: str) -> SessionRow | None:
        return next((row for row in self._rows if row.session.id == key), None)

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

    def _show_days(self, grid: MovingDays, *, month: int) -> None:
        days = self._days()
        grid.show_days(
            cells(days, self._held, month=month, today=self._today),
            [say.weekday(day) for day in days[:7]],
            [say.number(day.day) for day in days],
            self._day,
            self._today,
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
        if self.view.picked_one() == "list":
            row = self._model.row_of(self.list.current_key())
            self.side.show_day(
                day_of_row(row) if row else None, [row] if row else [], today=self._today, planning=False
            )
        else:
            self.side.show_day(self._day, self._held.get(self._day, []), today=self._today)

    def _begin_plan(self, mentorship: str) -> None:
        self.side.begin_plan(mentorship)
        self._page.verticalScrollBar().setValue(0)

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
        month = self.view.picked_one() == "month"
        other = (day.year, day.month) != (self._day.year, self._day.month) if month else day not in self._days()
        self._day = day
        if other:
            self._say_view()
            self.refresh()
        else:
            self._show_day()

    def _opened(self, day: date, key: str) -> None:
        self._day = day
        self._show_day()
        row = self._row_of(key) if key else None
        if row:
            self._record(row)
        elif self.side.blocks.rows():
            block = self.side.blocks.rows()[0]
            if isinstance(block, SessionBlock):
                block.deeds["record"].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._begin_plan("")

    def _carried(self, key: str, day: date, minutes: int) -> None:
        # The pages may have turned under what was carried.
        row = self._row_of(key) or self._carried_row
        if row is not None and row.session.id == key:
            self.side.carry(row, on_this_clock(day, time(minutes // 60, minutes % 60)))

    def _offered(self, mentorship: str, day: date) -> None:
        self._day = day
        self._show_day()
        self._begin_plan(mentorship)

    def _list_moved(self) -> None:
        if self.view.picked_one() == "list":
            self._listed = self.list.current_key()
            self._show_day()

    def _list_opened(self, key: str) -> None:
        self._listed = key
        self._show_day()
        row = self._model.row_of(key)
        if row and row.session.status == "held" and self.list.hasFocus():
            self._record(row)

    def _record(self, row: SessionRow) -> None:
        where = "session" if row.session.status == "held" else "planned"
        self._shell.go("record", **{where: row.session.id})

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
        self.side.setMinimumWidth(side if wide else 0)
        self.side.setMaximumWidth(side if wide else 16_777_215)
        self._stack.setFixedHeight(max(theme.px(430), self.height() - theme.px(186)))
