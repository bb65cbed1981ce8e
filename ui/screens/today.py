"""Today: the sessions of the day and the week, promises due, what is still to finish, and who has been quiet.

Promises to be true to the minute while it is on show, and that a promise ticked by mistake can be brought back. Reads and changes nothing
by itself: it asks and does through the shell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from mentorapp.clock import day_of, local
from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.models import today as today_words
from ui.shell import Shell
from ui.widgets import (
    Avatar,
    Button,
    Card,
    Column,
    Columns,
    EmptyState,
    PageTitle,
    Pill,
    PrimaryButton,
    QuietButton,
    Row,
    Scroll,
    TickRow,
    text,
)
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import ActionItem
    from mentorapp.services.agreements import Review
    from mentorapp.services.recall import DraftRow, MenteeRow, Pair, PromiseRow, SessionRow, Today
    from mentorapp.services.workspace import Workspace

T = TypeVar("T")
AT_FIRST = {"sessions": 6, "past": 3, "promises": 8}
"""How many of each are shown before more are asked for."""

MORE = 12
"""How many more are shown when they are."""


class TodayScreen(QWidget):
    """The first screen. `loaded` once it has shown what the store answered."""

    shows = frozenset(("session", "action_item", "draft", "person", "mentorship", "site", "agreement"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.loaded = False
        self._today: Today | None = None
        self._most = dict(AT_FIRST)
        self._more: dict[str, QuietButton] = {}
        self._day = date.min
        self._title = PageTitle(tr("Today"))
        self._record = PrimaryButton(tr("Record a session"))
        self._record.clicked.connect(lambda: shell.go("record"))
        self._title.add(self._record)
        self._sessions = KeyedRows(self._session_row)
        self._past = KeyedRows(self._past_row)
        self._promises = KeyedRows(self._promise_row)
        self._drafts = KeyedRows(self._draft_row)
        self._quiet = KeyedRows(self._quiet_row)
        self._reviews = KeyedRows(self._review_row)
        self._lay_out()
        self._minute = QTimer(self)
        self._minute.setInterval(60_000)
        self._minute.timeout.connect(lambda: self.refresh() if self.isVisible() else None)
        self._minute.start()

    def _lay_out(self) -> None:
        page = self._page = Scroll()
        page.setAccessibleName(tr("Today"))
        page.body.addWidget(self._title)
        self._first = EmptyState(
            "users",
            tr("Who do you mentor?"),
            tr("Add the first person. A name is enough; everything else can wait."),
            action=tr("Add a mentee"),
            run=lambda: self._shell.go("mentees", new=True),
        )
        leading, trailing = Column(gap=18), Column(gap=18)
        self._sessions_card = _card(tr("Sessions"), self._sessions, leading)
        self._no_sessions = Row(tr("Nothing is planned for this week."), active=False)
        plan = Button(tr("Plan a session"))
        plan.clicked.connect(lambda: self._shell.go("sessions", plan_for=""))
        self._no_sessions.add(plan)
        self._sessions_card.body.addWidget(self._no_sessions)
        self._offer_more("sessions", self._sessions_card)
        self._promises_card = _card(tr("Promises due"), self._promises, leading)
        self._no_promises = _remark(self._promises_card, tr("No promise is due this week."))
        self._offer_more("promises", self._promises_card)
        self._past_card = _card(tr("Did you meet?"), self._past, trailing)
        self._offer_more("past", self._past_card)
        self._drafts_card = _card(tr("To finish"), self._drafts, trailing)
        self._quiet_card = _card(tr("Quiet for a while"), self._quiet, trailing)
        self._reviews_card = _card(tr("Agreements to look at again"), self._reviews, trailing)
        self._calm = Card()
        self._calm.body.addWidget(
            text(tr("Nobody has been quiet for long, and nothing waits to be finished."), "caption", wrap=True)
        )
        trailing.addWidget(self._calm)
        for column in (leading, trailing):
            column.addStretch(1)
        self._cards = Columns(leading, trailing, shares=(155, 100))
        page.body.addWidget(self._first)
        page.body.addWidget(self._cards)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._first.hide()
        self._cards.hide()

    def _offer_more(self, key: str, card: Card) -> None:
        more = self._more[key] = QuietButton("")
        more.hide()

        def show() -> None:
            self._most[key] += MORE
            self._show_rows()

        more.clicked.connect(show)
        card.body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeading)

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._page

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        self._shell.ask(_read, self._show, owner=self, latest="today")

    def _show(self, today: Today) -> None:
        self.loaded = True
        self._day = day_of(today.now)
        self._title.set_title(tr("Today"), words.weekday_day(self._day, near=self._day))
        nothing = not (today.mentees or today.sessions or today.promises or today.drafts)
        self._first.setVisible(nothing)
        self._cards.setVisible(not nothing)
        self._today = today
        self._show_rows()
        self._drafts.show_values((row.id, (row, self._day)) for row in today.drafts)
        self._quiet.show_values((row.mentorship, row) for row in today.quiet)
        self._reviews.show_values((each.agreement, (each, pair)) for each, pair in today.reviews)
        self._reviews_card.setVisible(bool(today.reviews))
        self._no_promises.setVisible(not today.promises)
        self._drafts_card.setVisible(bool(today.drafts))
        self._quiet_card.setVisible(bool(today.quiet))
        self._calm.setVisible(not (today.drafts or today.quiet or today.reviews or self._past.keys()))

    def _show_rows(self) -> None:
        today = self._today
        if today is None:
            return
        past = [row for row in today.sessions if _day_of(row) < self._day]
        coming = today.sessions[len(past) :]
        # What is said of a session changes with the minute, so the minute belongs to the value.
        minute = today.now.replace(second=0)
        self._sessions.show_values((row.session.id, (row, minute)) for row in self._first_of("sessions", coming))
        self._past.show_values((row.session.id, row) for row in self._first_of("past", past[::-1]))
        self._promises.show_values(
            (row.item.id, (row, self._day)) for row in self._first_of("promises", today.promises)
        )
        self._no_sessions.setVisible(not coming)
        self._past_card.setVisible(bool(past))

    def _first_of(self, key: str, rows: Sequence[T]) -> Sequence[T]:
        left = len(rows) - self._most[key]
        self._more[key].setVisible(left > 0)
        if left > 0:
            self._more[key].set_words(ntr("Show {n} more", "Show {n} more", left, n=words.number(left)))
        return rows[: self._most[key]]

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _session_row(self, value: tuple[SessionRow, datetime]) -> Row:
        row, now = value
        session, pair = row.session, row.pair
        start = session.planned_start or now
        near = today_words.nearness(start - now)
        due = start - now < timedelta(minutes=30)
        act = Button(tr("Record") if due else tr("Prepare"))
        caption = (
            ntr("{n} person", "{n} people", len(pair.people), n=words.number(len(pair.people)))
            if pair.group
            else pair.site
        )
        when = words.time(start) if day_of(start) == self._day else words.weekday_time(start)
        made = Row(
            pair.name,
            caption=caption,
            subtitle=today_words.about(row),
            leading=_When(when),
            trailing=(Pill(*near), act),
        )
        act.setAccessibleName(
            tr("Record the session with {name}", name=pair.name) if due else tr("Prepare for {name}", name=pair.name)
        )
        act.clicked.connect(lambda: self._record_planned(row) if due else self._prepare(row))
        made.activated.connect(lambda: self._prepare(row))
        made.menu_wanted.connect(lambda: self._session_menu(made, row))
        return made

    def _past_row(self, row: SessionRow) -> Row:
        start = row.session.planned_start
        when = words.weekday_time(start) if start else ""
        record = Button(tr("Record"))
        record.setAccessibleName(tr("Record the session with {name}", name=row.pair.name))
        record.clicked.connect(lambda: self._record_planned(row))
        made = Row(row.pair.name, subtitle=" · ".join(filter(None, (when, today_words.about(row)))), trailing=(record,))
        made.activated.connect(lambda: self._shell.go("sessions", day=_day_of(row)))
        made.menu_wanted.connect(lambda: self._session_menu(made, row))
        return made

    def _session_menu(self, at: QWidget, row: SessionRow) -> None:
        menu = QMenu(at)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Record this session")).triggered.connect(lambda: self._record_planned(row))
        menu.addAction(tr("Prepare")).triggered.connect(lambda: self._prepare(row))
        day = local(row.session.planned_start).date() if row.session.planned_start else self._day
        menu.addAction(tr("Move, cancel or mark as missed")).triggered.connect(
            lambda: self._shell.go("sessions", day=day)
        )
        menu.popup(at.mapToGlobal(QPoint(at.width() // 2, at.height())))

    def _record_planned(self, row: SessionRow) -> None:
        person = row.pair.people[0] if row.pair.people and not row.pair.group else ""
        self._shell.go("record", planned=row.session.id, mentorship=row.pair.mentorship, person=person)

    def _prepare(self, row: SessionRow) -> None:
        if row.pair.group or not row.pair.people:
            day = local(row.session.planned_start).date() if row.session.planned_start else self._day
            self._shell.go("sessions", day=day)
        else:
            self._shell.go("mentee", person=row.pair.people[0])

    def _promise_row(self, value: tuple[PromiseRow, date]) -> TickRow:
        row, today = value
        item = row.item
        made = TickRow(
            item.text,
            subtitle=today_words.whose(row, today),
            active=bool(row.pair.people),
            trailing=(_lateness(row), _owner(item)),
        )
        made.ticked.connect(lambda done: self._settle(item, made) if done else None)
        made.activated.connect(lambda: self._shell.go("mentee", person=row.pair.people[0]))
        return made

    def _settle(self, item: ActionItem, row: TickRow) -> None:
        def kept(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda workspace: _reopen(workspace, item.id))  # noqa: E731
            self._shell.notices.say(tr("Kept: {promise}", promise=item.text), action_label=tr("Undo"), action=undo)

        def failed(error: Any) -> None:
            row.box.setChecked(False)
            self._shell.notices.problem(error)

        self._shell.do(lambda workspace: _keep(workspace, item), kept, owner=self, failed=failed)

    def _draft_row(self, value: tuple[DraftRow, date]) -> Row:
        row, today = value
        name = row.pair.name
        title = (
            tr("Changes to the session with {name}", name=name) if row.editing else tr("Session with {name}", name=name)
        )
        kept = tr("Draft kept {when}", when=words.when(row.kept_at, near=today))
        written = ntr("{n} word", "{n} words", row.words, n=words.number(row.words)) if row.words else ""
        go_on = Button(tr("Go on"))
        go_on.setAccessibleName(tr("Go on with the session with {name}", name=name))
        made = Row(title, subtitle=" · ".join(filter(None, (kept, written))), trailing=(go_on,))
        for asked in (go_on.clicked, made.activated):
            asked.connect(lambda *_: self._shell.go("record", draft=row.id))
        return made

    def _quiet_row(self, row: MenteeRow) -> Row:
        days = row.quiet or 0
        agreed = ntr("agreed every {n}", "agreed every {n}", row.cadence, n=words.number(row.cadence))
        last = tr("Last met {ago}", ago=words.ago(days)) if row.last else tr("Not met yet")
        plan = Button(tr("Plan"))
        plan.setAccessibleName(tr("Plan a session with {name}", name=row.name))
        plan.clicked.connect(lambda: self._shell.go("sessions", plan_for=row.mentorship))
        made = Row(row.name, subtitle=f"{last} · {agreed}", leading=Avatar(words.initials(row.name)), trailing=(plan,))
        made.activated.connect(lambda: self._shell.go("mentee", person=row.person))
        return made

    def _review_row(self, value: tuple[Review, Pair]) -> Row:
        review, pair = value
        since = tr("agreed to look at it on {day}", day=words.day(review.on, near=self._day))
        made = Row(pair.name, subtitle=since, leading=Avatar(words.initials(pair.name)))
        made.activated.connect(lambda: self._shell.go("agreement", agreement=review.agreement))
        return made


class _When(QLabel):
    """A time of day, or of another day, in a column of its own."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setProperty("kind", "bold")
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.setMinimumWidth(theme.px(76))


def _read(workspace: Workspace) -> Today:
    from mentorapp.services import recall

    return recall.today(workspace)


def _keep(workspace: Workspace, item: ActionItem) -> Any:
    from mentorapp.services import promises

    return promises.settle(workspace, item, to="done")


def _reopen(workspace: Workspace, id: str) -> Any:
    from mentorapp.records import ActionItem
    from mentorapp.services import promises

    return promises.settle(workspace, workspace.store.get(ActionItem, id), to="open")


def _card(title: str, rows: QWidget, column: Column) -> Card:
    card = Card(title)
    card.body.addWidget(rows)
    column.addWidget(card)
    return card


def _remark(card: Card, said: str) -> QWidget:
    remark = text(said, "caption", wrap=True)
    card.body.addWidget(remark)
    return remark


def _day_of(row: SessionRow) -> date:
    return day_of(row.session.planned_start) if row.session.planned_start else date.max


def _lateness(row: PromiseRow) -> Pill:
    if row.days is not None and row.days < 0:
        return Pill(words.late(-row.days), "bad")
    return Pill(tr("today"), "warn") if row.days == 0 else Pill()


def _owner(item: ActionItem) -> Pill:
    return Pill({"mentor": tr("mine"), "organisation": tr("the office")}.get(item.owner or "", tr("theirs")))
