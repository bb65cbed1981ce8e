"""Right after a session was finished: what one might still do, each in one click, and none of it asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from ui import words
from ui.screens.mentee import verbs
from ui.shell import Shell
from ui.widgets import Button, Card, Flow, QuietButton
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from datetime import date

    from mentorapp.records import Session
    from ui.screens.mentee.verbs import Page


class AfterCard(Card):
    """A copy for the mentee, the next session planned, and a moment to look back. `copy_wanted`, `plan_wanted` (nothing said when), `closed`."""

    copy_wanted = Signal()
    plan_wanted = Signal()
    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("The session is kept"), tone="suggest")
        self._shell = shell
        self._page: Page | None = None
        self._session = ""
        self.copy = Button("…", "share")
        self.plan = Button("…", "calendar-plus")
        self.reflect = Button(tr("Look back"), "quote")
        self.close_it = QuietButton(tr("That is all"))
        self.copy.clicked.connect(self.copy_wanted)
        self.plan.clicked.connect(self._plan)
        self.reflect.clicked.connect(self._reflect)
        self.close_it.clicked.connect(self.closed)
        line = Flow(gap=10, line_gap=8)
        for button in (self.copy, self.plan, self.reflect, self.close_it):
            line.addWidget(button)
        self.body.addWidget(line)
        high_as_needed(self)

    def begin(self, session: str) -> None:
        """Be about this session."""
        self._session = session

    def show_page(self, page: Page) -> None:
        """Offer what is still to do for this mentee."""
        self._page = page
        self.copy.set_words(tr("Give {name} a copy", name=page.first_name))
        day = self._day()
        # Whoever has planned it already, or on another day, is not asked again.
        self.plan.setVisible(page.view.next is None)
        words_of_day = words.weekday_day(day, near=page.today) if day else ""
        self.plan.set_words(tr("Plan {day}", day=words_of_day) if day else tr("Plan the next session"))

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.copy

    def _reflect(self) -> None:
        if self._page is not None:
            pair = self._page.mentorship
            self._shell.go("reflections", write=True, mentorship=pair, session=self._session)

    def _day(self) -> date | None:
        held = self._held()
        day = held.next_date if held else None
        return day if day and self._page and day >= self._page.today else None

    def _held(self) -> Session | None:
        sessions = self._page.view.sessions if self._page else ()
        return next((one for one in sessions if one.id == self._session), None)

    def _plan(self) -> None:
        held, day, shell = self._held(), self._day(), self._shell
        if held is None or day is None:
            self.plan_wanted.emit()
            return

        def planned(done: tuple[object, Session]) -> None:
            changed, session = done
            shell.tasks.changed.emit(changed)
            at = session.planned_start
            near = self._page.today if self._page else day
            said = tr(
                "Planned: {day}, {time}.", day=words.weekday_day(day, near=near), time=words.time(at) if at else ""
            )
            undo = lambda: shell.do(lambda workspace: verbs.unplan(workspace, session))  # noqa: E731
            shell.notices.say(said, "good", tr("Undo"), undo)

        shell.do(lambda workspace: verbs.plan_next(workspace, held, day), planned, owner=self)
