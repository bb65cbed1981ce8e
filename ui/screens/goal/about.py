"""What was said of a goal and may become of it, what is promised towards it, and the form that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.records import ActionItem, Goal
from mentorapp.rules import OPEN_PROMISES
from mentorapp.services import goals, promises
from mentorapp.services.goals import GoalView
from ui import words
from ui.editors.form import RecordForm
from ui.models import growth
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Chips,
    Column,
    FieldBox,
    Flow,
    Grid,
    Line,
    LineInput,
    Pill,
    PrimaryButton,
    TickRow,
    text,
)
from ui.widgets.keyed import KeyedRows

MOVES: dict[str, tuple[Callable[[], str], str]] = {
    "active": (lambda: tr("Open it again"), "undo-2"),
    "achieved": (lambda: tr("Achieved"), "circle-check"),
    "partly_achieved": (lambda: tr("Partly achieved"), "check"),
    "revised": (lambda: tr("Replaced by another"), "refresh-cw"),
    "dropped": (lambda: tr("Let it go"), "x"),
}
"""What a person does to bring a goal into a state, and the picture beside it."""


class AboutGoal(Card):
    """What was said of the goal, and what may become of it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("About this goal"))
        self._shell = shell
        self._view: GoalView | None = None
        self.facts = KeyedRows(_fact, lines=False)
        self.moves = Flow(gap=8, line_gap=8)
        self._buttons: dict[str, Button] = {}
        for state, (say, icon) in MOVES.items():
            button = self._buttons[state] = Button(say(), icon)
            button.clicked.connect(lambda _on=False, state=state: self._asked(state))
            self.moves.addWidget(button)
        self.why = LineInput()
        self._box = FieldBox(tr("Why it is let go"), self.why)
        self._keep = PrimaryButton(tr("Let it go"), short=True)
        self._keep.clicked.connect(self._drop)
        self.why.returnPressed.connect(self._drop)
        self._asking = QWidget()
        ask = Column(self._asking, edges=(0, 10, 0, 0), gap=8)
        ask.addWidget(self._box)
        ask.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignTrailing)
        self.body.setSpacing(10)
        for part in (self.facts, self.moves, self._asking):
            self.body.addWidget(part)
        self._asking.hide()

    def show_view(self, view: GoalView) -> None:
        """Show what is known of this goal."""
        self._view = view
        self.facts.show_values((label, (label, said)) for label, said in facts(view))
        for state, button in self._buttons.items():
            button.setVisible(state in view.next_states)
        if view.goal.status == "draft":
            self._buttons["active"].set_words(tr("Begin"), "play")
        if "dropped" not in view.next_states:
            self._asking.hide()

    def button(self, state: str) -> Button:
        """The button that brings the goal into a state."""
        return self._buttons[state]

    def _asked(self, state: str) -> None:
        if state == "dropped":
            self._asking.show()
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._move(state)

    def _drop(self) -> None:
        self._move("dropped", self.why.text())

    def _move(self, state: str, reason: str = "") -> None:
        view = self._view
        if view is None:
            return
        before = view.goal

        def moved(_changed: object) -> None:
            self.why.clear()
            self._box.set_problem("")
            self._asking.hide()
            undo = lambda: self._shell.do(lambda w: goals.undo(w, goal=before))  # noqa: E731
            self._shell.notices.say(tr("The goal’s state is changed."), action_label=tr("Undo"), action=undo)

        def refused(error: Exception) -> None:
            if state == "dropped":
                self._box.set_problem(str(error))
                self.why.setFocus(Qt.FocusReason.OtherFocusReason)
            elif isinstance(error, UserError):
                self._shell.notices.problem(error)

        self._shell.do(
            lambda w: goals.move(w, before.id, to=state, reason=reason)[0], moved, owner=self, failed=refused
        )


def facts(view: GoalView) -> list[tuple[str, str]]:
    """What was said of a goal; what was not said is left out."""
    goal = view.goal
    found = (
        (tr("Goal"), goal.statement if len(goal.statement) > 40 else ""),
        (tr("Whose goal"), view.person.name if view.person else ""),
        (tr("Why it matters"), goal.why),
        (tr("How it is measured"), goal.measure),
        (tr("Where it started"), "" if goal.baseline is None else words.number(goal.baseline)),
        (tr("Target"), "" if goal.target is None else words.number(goal.target)),
        (tr("By"), words.weekday_day(goal.due, near=view.today) if goal.due else ""),
        (tr("Why it was dropped"), goal.dropped_reason),
    )
    return [fact for fact in found if fact[1]]


def _fact(fact: tuple[str, str]) -> QWidget:
    label, said = fact
    row = QWidget()
    grid = Grid(row, edges=(0, 3, 0, 3), gap=12, shares=(2, 3))
    grid.addWidget(text(label, "caption", wrap=True), 0, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(text(said, "body", wrap=True), 0, 1)
    row.setAccessibleName(tr("{label}: {said}", label=label, said=said))
    return row


class TowardsCard(Card):
    """The promises towards this goal, and a line for the next."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Promised towards it"))
        self._shell = shell
        self._view: GoalView | None = None
        self.rows = KeyedRows(self._row)
        self._none = text(tr("Nothing is promised towards this goal yet."), "caption", wrap=True)
        self.line = LineInput(hint=tr("Add a promise…"))
        self.line.setAccessibleName(tr("Add a promise towards this goal"))
        self.line.returnPressed.connect(self._add)
        self.body.setSpacing(8)
        for part in (self.rows, self._none, self.line):
            self.body.addWidget(part)

    def show_view(self, view: GoalView) -> None:
        """Show what was promised towards this goal."""
        self._view = view
        name = view.person.name.split()[0] if view.person else ""
        self.rows.show_values((item.id, (item, name, view.today)) for item in view.promises)
        self._none.setVisible(not view.promises)

    def _row(self, value: tuple[ActionItem, str, date]) -> TickRow:
        item, name, today = value
        row = TickRow(
            item.text,
            subtitle=growth.promise_line(item, name, near=today),
            on=item.status not in OPEN_PROMISES,
            trailing=(Pill(*growth.promise_pill(item, near=today)),),
        )
        row.ticked.connect(lambda done: self._settle(item, "done" if done else "open"))
        return row

    def _settle(self, item: ActionItem, to: str) -> None:
        self._shell.do(lambda w: promises.settle(w, w.store.get(ActionItem, item.id), to=to), owner=self)

    def _add(self) -> None:
        view, said = self._view, self.line.text()
        if view is not None and said.strip():
            pair, goal = view.goal.mentorship or "", view.goal.id
            self._shell.do(
                lambda w: promises.promise(w, mentorship=pair, text=said, goal=goal)[0],
                lambda _changed: self.line.clear(),
                owner=self,
            )


class EditGoal(Card):
    """The words, the measure, the target and the day of a goal, to be mended."""

    closed = Signal()

    def __init__(self, shell: Shell, view: GoalView) -> None:
        super().__init__(tr("Edit the goal"))
        self._shell, self._view = shell, view
        self.form = RecordForm(Goal, ("statement", "why", "measure", ("baseline", "target", "due")), shell)
        self.form.set_record(view.goal)
        self.body.setSpacing(12)
        self.body.addWidget(self.form)
        self._owner = Chips([(p.id, p.name) for p in view.people], required=True, name=tr("Whose goal"))
        self._owner.set_value(view.goal.owner or "")
        if len(view.people) > 1:
            self.body.addWidget(FieldBox(tr("Whose goal"), self._owner))
        save, cancel = PrimaryButton(tr("Save"), short=True), Button(tr("Cancel"))
        save.clicked.connect(self.save)
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(save)
        self.body.addLayout(foot)

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.form.boxes["statement"].editor

    def save(self) -> None:
        """Keep what was changed, or say beside the field what stands in the way."""
        if self.form.unreadable():
            return
        before = self._view.goal
        after = replace(self.form.record(), owner=self._owner.picked_one() or before.owner)
        self._shell.do(
            lambda w: goals.change(w, before, after),
            lambda _changed: self.closed.emit(),
            owner=self,
            failed=self._refuse,
        )

    def _refuse(self, error: Exception) -> None:
        name = str(error.values.get("field", "")) if isinstance(error, UserError) else ""
        box = self.form.boxes.get(name) or self.form.boxes["statement"]
        box.say(str(error))
        box.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes without keeping."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
