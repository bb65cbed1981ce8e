"""How it is growing: goals with their course as a small line, competencies from first to latest, and ways to add to either.

Reads its own part of the page, so that the rest does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mentorapp.i18n import ntr, ptr, tr
from ui import words
from ui.shell import Shell
from ui.widgets import Card, Flow, Pill, QuietButton, Row, hairline, text
from ui.widgets.chart import Chart, ChartBox
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Goal, Measurement, Person
    from mentorapp.services.ratings import Course
    from mentorapp.services.workspace import Workspace
    from ui.screens.mentee.verbs import Page

MOST = 6
"""How many goals are shown here; the others are on the line of time."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What is known of how somebody grows."""

    goals: tuple[tuple[Goal, tuple[Measurement, ...]], ...]
    courses: tuple[Course, ...]
    to_ask: tuple[Person, ...] = ()


def read(workspace: Workspace, page: Page) -> Growth:
    """The growth of the person of this page."""
    from mentorapp.services import goals, pulses, ratings

    some = page.view.all_goals[:MOST]
    known = goals.courses(workspace, some)
    return Growth(
        goals=tuple((goal, known.get(goal.id, ())) for goal in some),
        courses=ratings.courses(workspace, page.view.person.id),
        to_ask=tuple(pulses.due(workspace, mentorship=page.mentorship)) if page.mentorship else (),
    )


class GrowthCard(Card):
    """The card on the mentee's page."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("How it is growing"))
        self._shell = shell
        self._page: Page | None = None
        self.goals = KeyedRows(self._goal_row)
        self.chart = ChartBox()
        self.rated = text("", "caption", wrap=True)
        self.nothing = text("", "caption", wrap=True)
        self.ratings, self.rate = QuietButton("", "chart-column"), QuietButton(tr("Rate"), "plus")
        self.promises = QuietButton(tr("All promises"), "list")
        self.reflect = QuietButton(tr("Look back"), "quote")
        self.reflect.clicked.connect(self._reflect)
        self.ask = KeyedRows(self._ask_row)
        self.ratings.clicked.connect(lambda: self._go("ratings"))
        self.rate.clicked.connect(lambda: self._go("ratings", rate=True))
        self.promises.clicked.connect(lambda: self._go("promises"))
        self.links = Flow(gap=4, line_gap=2)
        for link in (self.ratings, self.rate, self.promises, self.reflect):
            self.links.addWidget(link)
        self._line = hairline()
        self.body.setSpacing(8)
        self.body.addWidget(self.ask)
        for part in (self.nothing, self.goals, self._line, self.chart, self.rated, self.links):
            self.body.addWidget(part)
        self.chart.button.hide()

    def show_page(self, page: Page) -> None:
        """Show how this mentee grows."""
        if self._page is None or self._page.view.person.id != page.view.person.id:
            self._show(Growth(goals=(), courses=()), page)
        self._page = page
        self._shell.ask(
            lambda workspace: read(workspace, page), lambda found: self._show(found, page), owner=self, latest="growth"
        )

    def _show(self, found: Growth, page: Page) -> None:
        from ui.models import growth

        name, today = page.first_name, page.today
        self.goals.show_values((goal.id, (goal, course, today)) for goal, course in found.goals)
        asking = [one for one in found.to_ask if one.id == page.view.person.id or len(found.to_ask) == 1]
        self.ask.show_values((one.id, (one, page.mentorship)) for one in asking)
        shown = max(found.courses, key=lambda c: len(c.counting.get("mentor", ())), default=None)
        drawn = shown is not None and bool(shown.counting)
        if shown is not None:
            self.chart.set(growth.course_picture(shown, name, near=today))
            self.chart.said.setText(tr(shown.name) + ". " + growth.course_trend(shown, name, near=today))
        self.chart.setVisible(drawn)
        self._line.setVisible(drawn and bool(found.goals))
        self.rated.setText(_rated(found.courses))
        self.rated.setVisible(bool(self.rated.text()))
        self.nothing.setText(tr("Goals, and what {name} can do, will be seen here growing.", name=name))
        self.nothing.setVisible(not found.goals and not found.courses)
        n = len(found.courses)
        self.ratings.set_words(ntr("{n} competency", "{n} competencies", n, n=words.number(n)))
        self.ratings.setVisible(bool(n))
        for link, said in (
            (self.ratings, tr("What {name} can do", name=page.view.person.name)),
            (self.rate, tr("Rate what {name} can do", name=page.view.person.name)),
            (self.promises, tr("Every promise with {name}", name=page.view.person.name)),
            (self.reflect, tr("Look back on meeting {name}", name=page.view.person.name)),
        ):
            link.setAccessibleName(said)

    def _goal_row(self, value: tuple[Goal, tuple[Measurement, ...], date]) -> QWidget:
        from ui.models import growth

        goal, course, today = value
        picture = growth.goal_picture(goal, course, near=today)
        spark = Chart(picture, bare=True)
        spark.setFixedWidth(spark.sizeHint().width())
        ended = goal.status != "active"
        pill = Pill(growth.said_choice(goal, "status") if ended else "", growth.TONES.get(goal.status or "", "neutral"))
        row = Row(
            goal.statement,
            subtitle=growth.goal_far(goal, near=today) or tr("not counted"),
            trailing=(pill, spark) if picture.series else (pill,),
        )
        row.activated.connect(lambda: self._shell.go("goal", goal=goal.id))
        return row

    def _ask_row(self, value: tuple[Person, str]) -> Row:
        person, pair = value
        ask = QuietButton(ptr("the laptop", "Hand over"))
        ask.setAccessibleName(tr("Hand the laptop to {name}", name=person.name))
        ask.clicked.connect(lambda: self._shell.go("pulse_asking", mentorship=pair, person=person.id))
        title = tr("How is it for {name} to work with you?", name=person.name.split()[0])
        row = Row(title, subtitle=tr("Five sentences, once a quarter"), trailing=(ask,), active=False)
        row.setAccessibleName(title)
        return row

    def _reflect(self) -> None:
        if self._page is not None:
            self._shell.go("reflections", write=True, mentorship=self._page.mentorship)

    def _go(self, screen: str, **where: object) -> None:
        if self._page is not None:
            self._shell.go(screen, person=self._page.view.person.id, **where)


def _rated(courses: tuple[Course, ...]) -> str:
    """How many competencies went up, stayed and went down, as the mentor saw it."""
    gains = [course.gains["mentor"].steps for course in courses if "mentor" in course.gains]
    up, down = sum(1 for steps in gains if steps > 0), sum(1 for steps in gains if steps < 0)
    parts = [ntr("{n} went up", "{n} went up", up, n=words.number(up))] if up else []
    parts += [ntr("{n} went down", "{n} went down", down, n=words.number(down))] if down else []
    stayed = len(gains) - up - down
    parts += [ntr("{n} stayed", "{n} stayed", stayed, n=words.number(stayed))] if stayed else []
    return " · ".join(parts)
