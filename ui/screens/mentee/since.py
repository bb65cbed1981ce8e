"""Since we last met: what was promised in both directions, what the mentee works towards, and how one might begin."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.rules import OPEN_PROMISES
from ui import words
from ui.screens.mentee import verbs
from ui.screens.mentee.notes import NewGoal, NewPromise
from ui.shell import Shell
from ui.widgets import Bar, Card, Column, Columns, Line, Pill, Prose, QuietButton, Quote, Row, TickRow, hairline, text
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import ActionItem, Goal, Session
    from mentorapp.services.news import News
    from mentorapp.services.recall import PromiseRow
    from mentorapp.store import Changed
    from ui.screens.mentee.verbs import Page


class SinceCard(Card):
    """The first card of the page."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Since we last met"))
        self._shell = shell
        self._page: Page | None = None
        self._promises = KeyedRows(self._promise_row)
        self._goals = KeyedRows(self._goal_row, lines=False)
        self._no_promises = text(tr("No promise is open."), "caption", wrap=True)
        self._no_goals = text(tr("No goal yet."), "caption", wrap=True)
        self._useful_label = text(tr("The most useful thing, in their own words"), "caption")
        self._useful = Quote("")
        self._question = Prose()
        self._news_label = text(tr("New since then"), "caption")
        self._news = KeyedRows(self._news_row)
        self._working = text("", "caption")
        self.new_promise = NewPromise(shell)
        self.new_goal = NewGoal(shell)
        self.body.addWidget(Columns(self._first(), self._second(), self._third(), shares=(125, 100, 100), gap=26))

    def _first(self) -> Column:
        column = Column(gap=6)
        column.addWidget(text(tr("What we promised"), "caption"))
        column.addWidget(hairline())
        for part in (self._promises, self._no_promises, self.new_promise):
            column.addWidget(part)
        column.addStretch(1)
        return column

    def _second(self) -> Column:
        column = Column(gap=8)
        for part in (self._working, self._goals, self._no_goals, self.new_goal):
            column.addWidget(part)
        column.addStretch(1)
        return column

    def _third(self) -> Column:
        column = Column(gap=8)
        column.addWidget(self._useful_label)
        column.addWidget(self._useful)
        column.addSpacing(8)
        column.addWidget(text(tr("You might begin with"), "caption"))
        column.addWidget(self._question)
        column.addSpacing(8)
        column.addWidget(self._news_label)
        column.addWidget(self._news)
        column.addStretch(1)
        return column

    def show_page(self, page: Page) -> None:
        """Show what there is of this mentee."""
        view = page.view
        self._page = page
        self.set_title(tr("Since we last met") if view.last else tr("Before you first meet"))
        self.set_hint(last_met(view.last, page.today))
        self._working.setText(tr("What {name} is working towards", name=page.first_name))
        self._promises.show_values((row.item.id, (row, page.first_name, page.today)) for row in view.promises)
        self._goals.show_values((goal.id, (goal, page.today)) for goal in view.goals)
        self._no_promises.setVisible(not view.promises)
        self._no_goals.setVisible(not view.goals)
        self._useful_label.setVisible(bool(view.useful))
        self._useful.setVisible(bool(view.useful))
        self._useful.set(words.quoted(view.useful))
        self._question.set(view.first_question)
        self._news.show_values((f"{one.kind}{one.id}", (one, page.today)) for one in page.news)
        for part in (self._news_label, self._news):
            part.setVisible(bool(page.news))
        self.new_promise.begin_for(page)
        self.new_goal.begin_for(page)

    # --- what is new --------------------------------------------------------------------------------------------------

    def _news_row(self, value: tuple[News, date]) -> Row:
        one, today = value
        title = f"{one.words}, {words.day(one.day, near=today)}" if one.day else one.words
        row = Row(title, subtitle=" · ".join((what_happened(one), words.when(one.at, near=today))))
        row.activated.connect(lambda: self._open_news(one))
        return row

    def _open_news(self, one: News) -> None:
        page = self._page
        if page is None:
            return
        person = page.view.person.id
        where: dict[str, tuple[str, dict[str, str]]] = {
            "session": ("record", {"session": one.id, "person": person}),
            "attachment": ("file", {"file": one.id}),
            "goal": ("goal", {"goal": one.id}),
            "competency_rating": ("ratings", {"person": person}),
            "action_item": ("promises", {"person": person}),
            "agreement": ("agreement", {"agreement": one.id}),
        }
        screen, at = where.get(one.kind, ("mentee", {"person": person}))
        self._shell.go(screen, **at)

    # --- promises -----------------------------------------------------------------------------------------------------

    def _promise_row(self, value: tuple[PromiseRow, str, date]) -> TickRow:
        row, name, today = value
        item = row.item
        done = item.status not in OPEN_PROMISES
        late = row.days is not None and row.days < 0 and not done
        pill = (
            Pill(words.late(-(row.days or 0)), "bad")
            if late
            else Pill(tr("stuck"), "warn")
            if item.status == "blocked"
            else Pill()
        )
        made = TickRow(item.text, subtitle=of_promise(item, name, today), on=done, trailing=(pill,))
        made.ticked.connect(lambda now_done: self._settle(item, made, "done" if now_done else "open"))
        return made

    def _settle(self, item: ActionItem, row: TickRow, to: str) -> None:
        def settled(_changed: object) -> None:
            if to == "done":
                undo = lambda: self._shell.do(lambda workspace: verbs.settle(workspace, item, "open"))  # noqa: E731
                self._shell.notices.say(tr("Kept: {promise}", promise=item.text), action_label=tr("Undo"), action=undo)

        def failed(error: Any) -> None:
            row.box.blockSignals(True)
            row.box.setChecked(to != "done")
            row.box.blockSignals(False)
            self._shell.notices.problem(error)

        self._shell.do(lambda workspace: verbs.settle(workspace, item, to), settled, owner=self, failed=failed)

    # --- goals --------------------------------------------------------------------------------------------------------

    def _goal_row(self, value: tuple[Goal, date]) -> QWidget:
        goal, today = value
        made = QWidget()
        column = Column(made, edges=(0, 0, 0, 6), gap=4)
        head = Line(gap=8)
        head.addWidget(text(goal.statement, "strong", wrap=True), 1)
        step = QuietButton(tr("+1") if goal.target else tr("Reached"))
        name = (
            tr("One step further: {goal}", goal=goal.statement)
            if goal.target
            else tr("Reached: {goal}", goal=goal.statement)
        )
        step.setAccessibleName(name)
        step.setToolTip(name)
        step.clicked.connect(lambda: self._step(goal))
        head.addWidget(step, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        said = of_goal(goal, today)
        if goal.target:
            column.addWidget(Bar((goal.progress or 0) / goal.target, said))
        if said:
            column.addWidget(text(said, "caption"))
        return made

    def _step(self, goal: Goal) -> None:
        def stepped(changed: Changed) -> None:
            reached = goal.target is None or (goal.progress or 0) + 1 >= goal.target
            said = (
                tr("Reached: {goal}", goal=goal.statement)
                if reached
                else tr("One step further: {goal}", goal=goal.statement)
            )
            undo = lambda: self._shell.do(lambda workspace: verbs.put_back(workspace, goal, changed.records))  # noqa: E731
            self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

        self._shell.do(lambda workspace: verbs.progress(workspace, goal), stepped, owner=self)


def what_happened(one: News) -> str:
    """Whether it is new or changed, and by whom."""
    if one.made:
        return tr("new, by {name}", name=one.by) if one.by else tr("new")
    return tr("changed by {name}", name=one.by) if one.by else tr("changed")


def last_met(last: Session | None, today: date) -> str:
    """When, how and for how long one last met."""
    if last is None or last.started is None:
        return ""
    from mentorapp.clock import day_of

    day = day_of(last.started)
    length = words.minutes(last.contact_minutes) if last.contact_minutes else ""
    return " · ".join(
        filter(None, (words.weekday_day(day, near=today), choice(last, "mode"), length, words.ago((today - day).days)))
    )


def choice(record: object, name: str) -> str:
    """The words of a record's choice in the language in use."""
    from mentorapp.fields import fields_of

    code = getattr(record, name)
    return tr(fields_of(type(record))[name].words(code)) if code else ""  # type: ignore[attr-defined]


def of_promise(item: ActionItem, name: str, today: date) -> str:
    """Whose promise it is, by when, and what became of it."""
    whose = {"mentor": tr("mine"), "organisation": tr("the office")}.get(item.owner or "", name)
    if item.status == "done":
        when = tr("done {day}", day=words.day(item.settled_on, near=today)) if item.settled_on else tr("done")
    elif item.status == "dropped":
        when = tr("let go")
    else:
        when = words.due(item.due, near=today) if item.due else ""
    return " · ".join(filter(None, (whose, when, item.reason)))


def of_goal(goal: Goal, today: date) -> str:
    """How far a goal has come, and by when it should be reached."""
    by = words.month(goal.due, near=today) if goal.due else ""
    if not goal.target:
        return tr("by {month}", month=by) if by else ""
    far = {"done": words.number(goal.progress or 0), "target": words.number(goal.target)}
    return tr("{done} of {target} by {month}", month=by, **far) if by else tr("{done} of {target}", **far)
