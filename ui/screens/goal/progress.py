"""The course of a goal: its picture, the measurements it is made of, and a form for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.records import Goal, Measurement
from mentorapp.services import goals
from mentorapp.services.goals import GoalView, Reached
from ui import words
from ui.editors.progress import MeasureForm
from ui.models import growth
from ui.shell import Shell
from ui.widgets import Card, QuietButton, Row
from ui.widgets.chart import ChartBox
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.store import Changed


class ProgressCard(Card):
    """The course of the goal as a picture, the measurements it is made of, and a form for the next."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("How far it has come"))
        self._shell = shell
        self._view: GoalView | None = None
        self._mending: Measurement | None = None
        self.chart = ChartBox()
        self.form = MeasureForm(today=lambda: self._view.today if self._view else date.min)
        self.form.kept.connect(self._keep)
        self.form.closed.connect(self.put_away)
        self.rows = KeyedRows(self._row)
        self.body.setSpacing(12)
        for part in (self.form, self.chart, self.rows):
            self.body.addWidget(part)
        self.form.hide()

    def show_view(self, view: GoalView) -> None:
        """Show the course of this goal."""
        self._view = view
        self.chart.set(growth.goal_picture(view.goal, view.course, near=view.today))
        self.chart.chart.setVisible(bool(view.course) and not self.chart.shows_numbers())
        self.rows.show_values((m.id, (m, view.goal.target, view.today)) for m in reversed(view.course))

    def begin(self, measurement: Measurement | None = None) -> None:
        """Write a measurement of today, or mend one."""
        view = self._view
        if view is None:
            return
        self._mending = measurement
        if measurement is not None and measurement.day is not None:
            self.form.begin(view.goal.id, day=measurement.day, reached=measurement.reached, note=measurement.note)
        else:
            self.form.begin(view.goal.id, day=view.today)
        self.form.show()
        self.form.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Close the form."""
        self.form.hide()
        self._mending = None

    def _keep(self, step: Reached) -> None:
        view, before = self._view, self._mending
        if view is None:
            return

        def kept(changed: Changed) -> None:
            self.put_away()
            self._say_kept(view.goal, step, changed, before)

        if before is None:
            self._shell.do(lambda w: _measure(w, step), kept, owner=self, failed=self._refuse)
        else:
            after = replace(before, reached=step.reached, day=step.day, note=step.note)
            self._shell.do(lambda w: goals.mend(w, before, after), kept, owner=self, failed=self._refuse)

    def _say_kept(self, goal: Goal, step: Reached, changed: Changed, before: Measurement | None) -> None:
        there = goal.target is not None and (step.reached or 0) >= goal.target and goal.status == "active"
        said = (
            tr("Reached: {goal}", goal=goal.statement) if there else tr("Progress noted: {goal}", goal=goal.statement)
        )

        def undo() -> None:
            if before is None:
                self._shell.do(lambda w: goals.undo(w, goal=goal, made=changed.records))
            else:
                self._shell.do(lambda w: goals.mend(w, w.store.get(Measurement, before.id), before))

        self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

    def _refuse(self, error: Exception) -> None:
        field = error.values.get("field", "") if isinstance(error, UserError) else ""
        self.form.refuse(str(field), str(error))

    def _row(self, value: tuple[Measurement, int | None, date]) -> Row:
        measurement, target, today = value
        number = words.number(measurement.reached or 0)
        far = tr("{done} of {target}", done=number, target=words.number(target)) if target else number
        day = words.day(measurement.day, near=today) if measurement.day else ""
        mend, out = QuietButton(tr("Edit")), QuietButton(tr("Take out"))
        mend.setAccessibleName(tr("Edit what was noted on {day}", day=day))
        out.setAccessibleName(tr("Take out what was noted on {day}", day=day))
        mend.clicked.connect(lambda: self.begin(measurement))
        out.clicked.connect(lambda: self._take_out(measurement))
        return Row(far, subtitle=measurement.note, leading=day, trailing=(mend, out), active=False)

    def _take_out(self, measurement: Measurement) -> None:
        def gone(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda w: goals.put_back(w, measurement))  # noqa: E731
            self._shell.notices.say(tr("Taken out. It stays in the history."), action_label=tr("Undo"), action=undo)

        reason = tr("Taken out by its writer")
        self._shell.do(lambda w: goals.take_out(w, measurement, reason=reason), gone, owner=self)


def _measure(workspace: Any, step: Reached) -> Changed:
    return goals.measure(workspace, goal=step.goal, reached=step.reached or 0, day=step.day, note=step.note)[0]
