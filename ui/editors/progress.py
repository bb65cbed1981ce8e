"""How far a goal is: a line to note one measurement, and the same for several goals at once during a session.

Both only give what was written, as `Reached`; who embeds them keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Goal, Measurement
from mentorapp.services.goals import Reached
from ui import theme
from ui.editors import CountEditor, DayEditor, EditorBox, LineEditor
from ui.models.growth import goal_far
from ui.widgets import Bar, Button, Column, Flow, Line, PrimaryButton, hairline, text

_FIELDS = fields_of(Measurement)


class MeasureForm(QWidget):
    """A day, a number and a few words. `kept` carries a Reached that can be kept; `closed` says that it was put away."""

    kept = Signal(object)
    closed = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._goal = ""
        day, note = _FIELDS["day"], _FIELDS["note"]
        self.reached = EditorBox(_FIELDS["reached"], CountEditor(_FIELDS["reached"]))  # type: ignore[arg-type]
        self.day = EditorBox(day, DayEditor(day, today=today))  # type: ignore[arg-type]
        self.note = EditorBox(note, LineEditor(note))  # type: ignore[arg-type]
        self.day.set_visibility("")
        column = Column(self, gap=10)
        line = Flow(gap=12, line_gap=10)
        for box in (self.reached, self.day, self.note):
            line.addWidget(box)
        self.note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.addWidget(line)
        keep, cancel = PrimaryButton(tr("Keep"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(self.keep)
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        column.addLayout(foot)
        for box in (self.reached, self.day, self.note):
            box.input.returnPressed.connect(self.keep)
        self.setFocusProxy(self.reached.editor)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        for box, wide in ((self.reached, 230), (self.day, 250), (self.note, 250)):
            box.setMinimumWidth(theme.px(wide))

    def begin(self, goal: str, *, day: date, reached: int | None = None, note: str = "") -> None:
        """Write about this goal, from these values on."""
        self._goal = goal
        for box, value in ((self.reached, reached), (self.day, day), (self.note, note)):
            box.set_value(value)
            box.set_problem("")

    def keep(self) -> None:
        """Give what was written, or say beside the field what is missing."""
        for box in (self.reached, self.day):
            said = box.unreadable()
            if not said and box.value() is None:
                said = tr("Say how far it was, as a number.") if box is self.reached else tr("Say on which day it was.")
            box.say(said)
            if said:
                box.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        step = Reached(goal=self._goal, reached=self.reached.value(), day=self.day.value(), note=self.note.value())
        self.kept.emit(step)

    def refuse(self, field: str, problem: str) -> None:
        """Say beside a field what the store said."""
        box = {"reached": self.reached, "day": self.day}.get(field, self.note)
        box.say(problem)
        box.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class GoalsProgress(QWidget):
    """The goals of a mentee while one meets: how far each is now, if that was talked about. Empty means: not talked about.

    `value` gives a Reached for each goal that something was written of; `edited` says that a person wrote.
    """

    edited = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._column = Column(self, gap=10)
        self._rows: dict[str, tuple[EditorBox, EditorBox]] = {}
        self._goals: tuple[Goal, ...] = ()

    def set_goals(self, goals: Sequence[Goal]) -> None:
        """Ask about these goals; what was written of those that stay is kept."""
        if tuple(goals) == self._goals:
            return
        written, typed = self.value(), self.typed()
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._goals, self._rows = tuple(goals), {}
        for at, goal in enumerate(self._goals):
            if at:
                self._column.addWidget(hairline())
            self._column.addWidget(self._row(goal))
        self.set_value(written)
        self.set_typed(typed)

    def _row(self, goal: Goal) -> QWidget:
        row = QWidget()
        column = Column(row, gap=6)
        column.addWidget(text(goal.statement, "strong", wrap=True))
        said = goal_far(goal, near=self._today())
        if goal.target:
            column.addWidget(Bar((goal.progress or 0) / goal.target, said))
        column.addWidget(text(said or tr("no progress noted yet"), "caption"))
        reached = EditorBox(_FIELDS["reached"], CountEditor(_FIELDS["reached"]), label=tr("Reached now"))  # type: ignore[arg-type]
        note = EditorBox(_FIELDS["note"], LineEditor(_FIELDS["note"]))  # type: ignore[arg-type]
        line = Flow(gap=12, line_gap=8)
        for box, wide in ((reached, 220), (note, 260)):
            box.editor.setAccessibleName(tr("{field}: {goal}", field=box.editor.accessibleName(), goal=goal.statement))
            box.setMinimumWidth(theme.px(wide))
            box.input.edited.connect(self.edited)
            line.addWidget(box)
        note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.addWidget(line)
        self._rows[goal.id] = (reached, note)
        return row

    def goals(self) -> tuple[Goal, ...]:
        """The goals that are asked about."""
        return self._goals

    def set_value(self, steps: Sequence[Reached]) -> None:
        """Show what was written before."""
        of_goal = {step.goal: step for step in steps}
        for id, (reached, note) in self._rows.items():
            step = of_goal.get(id)
            reached.set_value(step.reached if step else None)
            note.set_value(step.note if step else "")

    def value(self) -> tuple[Reached, ...]:
        """A Reached for each goal that something was written of."""
        written = (Reached(goal=id, reached=r.value(), note=n.value()) for id, (r, n) in self._rows.items())
        return tuple(step for step in written if step.reached is not None or step.note.strip())

    def typed(self) -> dict[str, str]:
        """By goal, words that are no number yet."""
        return {id: words for id, (reached, _) in self._rows.items() if (words := reached.input.typed())}

    def set_typed(self, typed: Mapping[str, str]) -> None:
        """Show words that are no number yet."""
        for id, words in typed.items():
            if id in self._rows:
                self._rows[id][0].input.set_typed(words)

    def unreadable(self) -> bool:
        """Say beside each number that is none, or is missing, what is wrong, and go to the first; whether there was any."""
        wrong = []
        for reached, note in self._rows.values():
            missing = tr("Say how far it was, as a number.") if reached.value() is None and note.value().strip() else ""
            if said := reached.unreadable() or missing:
                reached.say(said)
                wrong.append((reached, said))
        if wrong:
            wrong[0][0].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(wrong)
