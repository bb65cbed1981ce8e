"""Everything that happened with a mentee, the latest first: sessions, goals, files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import words
from ui.screens.mentee.since import choice, of_goal
from ui.shell import Shell
from ui.widgets import Card, Chips, Pill, QuietButton, TimelineRow, text
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Attachment, Goal, Session
    from ui.screens.mentee.verbs import Page

AT_FIRST = 12
"""How many rows are shown before more are asked for."""

_TONES = {"held": "now", "planned": "good", "missed": "warn", "cancelled": "neutral", "rescheduled": "neutral"}


class Thing(NamedTuple):
    """One thing on the line of time as it was read: when, of which kind (`session`, `goal`, `file`), the record, whose group's it was."""

    day: date
    kind: str
    record: Any
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One thing on the line of time. `state` is its pill and the tone of that; `owner` the session that a file belongs to."""

    key: str
    day: date
    kind: str
    title: str
    subtitle: str
    state: tuple[str, str]
    tone: str
    near: date
    status: str = ""
    owner: str = ""
    mentorship: str = ""


class TimelineCard(Card):
    """The line of time, and chips that narrow it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Timeline"))
        self._shell = shell
        self._page: Page | None = None
        self._line: list[Thing] = []
        self._most = AT_FIRST
        self._offered: list[tuple[str, str]] = []
        self._chips = Chips((("all", tr("All")),), required=True, name=tr("What the timeline shows"))
        self._chips.set_value("all")
        self._chips.picked.connect(lambda _kind: self._narrow())
        self.trailing.addWidget(self._chips)
        self._rows = KeyedRows(self._row)
        self._nothing = text("", "caption", wrap=True)
        self._more = QuietButton("")
        self._more.clicked.connect(self._show_more)
        for part in (self._rows, self._nothing):
            self.body.addWidget(part)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)

    def show_page(self, page: Page) -> None:
        """Show what happened with this mentee."""
        if self._page is None or self._page.view.person.id != page.view.person.id:
            self._most = AT_FIRST
            self._chips.set_value("all")
        self._page = page
        offered = [("all", tr("All")), ("session", tr("Sessions")), ("goal", tr("Goals"))]
        if page.view.files:
            offered.append(("file", tr("Files")))
        if offered != self._offered:
            self._offered = offered
            self._chips.set_options(offered)
            self._chips.set_value(self._chips.picked_one() or "all")
        self._line = line_of_time(page)
        self._narrow()

    def _narrow(self) -> None:
        kind = self._chips.picked_one()
        things = [thing for thing in self._line if kind in ("all", thing.kind)]
        # Only what is seen is put into words: a line of years has hundreds of things.
        shown = [put_into_words(thing, self._page.today) for thing in things[: self._most]] if self._page else []
        self._rows.show_values((thing.key, thing) for thing in shown)
        left = len(things) - self._most
        self._more.setVisible(left > 0)
        self._more.set_words(
            ntr("Show {n} earlier", "Show {n} earlier", left, n=words.number(left)) if left > 0 else ""
        )
        self._nothing.setVisible(not things)
        self._nothing.setText({"goal": tr("No goal yet.")}.get(kind, tr("The first session will stand here.")))

    def _show_more(self) -> None:
        self._most += 50
        self._narrow()

    def _row(self, thing: Happened) -> TimelineRow:
        when = words.day(thing.day, near=thing.near)
        row = TimelineRow(when, thing.title, subtitle=thing.subtitle, tone=thing.tone, trailing=(Pill(*thing.state),))
        row.activated.connect(lambda: self._open(thing))
        return row

    def _open(self, thing: Happened) -> None:
        if thing.kind == "session" and self._page is not None:
            where = {"planned": thing.key} if thing.status == "planned" else {"session": thing.key}
            mentorship = thing.mentorship or self._page.mentorship
            self._shell.go("record", mentorship=mentorship, person=self._page.view.person.id, **where)
        elif thing.kind == "file":
            self._shell.go("file", file=thing.key)


def line_of_time(page: Page) -> list[Thing]:
    """Everything on the line of time, the latest first, not in words yet."""
    view, today = page.view, page.today
    made = view.made
    found = [Thing(_moment_of(session) or made.get(session.id, today), "session", session) for session in view.sessions]
    # Written down once for all, a meeting of a group stands on the line of each who came.
    groups = {group.mentorship: group.name for group in view.groups}
    for session in view.group_sessions:
        found.append(Thing(_moment_of(session) or today, "session", session, groups.get(session.mentorship or "", "")))
    found += [Thing(made.get(goal.id, today), "goal", goal) for goal in view.all_goals]
    found += [Thing(file.taken_on or made.get(file.id, today), "file", file) for file in view.files]
    return sorted(found, key=lambda thing: thing.day, reverse=True)


def put_into_words(thing: Thing, today: date) -> Happened:
    """One thing on the line of time, in words."""
    if thing.kind == "session":
        return _of_session(thing.record, thing.day, today, thing.group)
    put = _of_goal if thing.kind == "goal" else _of_file
    return put(thing.record, thing.day, today)


def happened(page: Page, *, most: int) -> list[Happened]:
    """The latest things on the line of time, in words."""
    return [put_into_words(thing, page.today) for thing in line_of_time(page)[:most]]


def _moment_of(session: Session) -> date | None:
    moment = session.started or session.planned_start
    return day_of(moment) if moment else None


def _of_session(session: Session, day: date, today: date, group: str) -> Happened:
    status = session.status or ""
    return Happened(
        key=session.id,
        kind="session",
        status=status,
        day=day,
        title=" · ".join(filter(None, (group, choice(session, "mode"), choice(session, "help_type")))) or tr("Session"),
        mentorship=session.mentorship or "",
        subtitle=_line(session.notes or session.strengths or session.agenda or session.reason),
        state=_state(session),
        tone=_TONES.get(status, "neutral"),
        near=today,
    )


def _state(session: Session) -> tuple[str, str]:
    if session.status == "held":
        return (words.minutes(session.contact_minutes) if session.contact_minutes else "", "neutral")
    if session.status == "missed" and session.missed_by:
        who = {"mentor": tr("missed by me"), "mentee": tr("missed by the mentee")}.get(
            session.missed_by, tr("missed by both")
        )
        return who, "warn"
    return choice(session, "status"), {"planned": "now", "missed": "warn"}.get(session.status or "", "neutral")


def _of_goal(goal: Goal, day: date, today: date) -> Happened:
    state = (
        ("", "neutral")
        if goal.status == "active"
        else (choice(goal, "status"), "good" if goal.status == "achieved" else "neutral")
    )
    said = of_goal(goal, today)
    return Happened(
        key=goal.id,
        kind="goal",
        day=day,
        title=goal.statement,
        subtitle=tr("Goal") if not said else tr("Goal: {far}", far=said),
        state=state,
        tone="accent",
        near=today,
    )


def _of_file(file: Attachment, day: date, today: date) -> Happened:
    size = words.size(file.size) if file.size else ""
    return Happened(
        key=file.id,
        kind="file",
        owner=file.owner or "",
        day=day,
        title=file.name,
        subtitle=_line(file.caption),
        state=(size, "neutral"),
        tone="neutral",
        near=today,
    )


def _line(written: Any) -> str:
    return " ".join(str(written).split())
