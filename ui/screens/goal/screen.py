"""One goal: why it matters, how far it has come and when, what is promised towards it, and its state. Promises that each step can be undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.services import goals
from mentorapp.services.goals import GoalView
from ui.models import growth
from ui.screens.goal.about import AboutGoal, EditGoal, TowardsCard
from ui.screens.goal.progress import ProgressCard
from ui.shell import Shell
from ui.widgets import Button, Column, Columns, PageTitle, Pill, PrimaryButton, QuietButton, Scroll
from ui.widgets.flow import high_as_needed


class GoalScreen(QWidget):
    """One goal."""

    shows = frozenset(("goal", "measurement", "action_item", "person", "mentorship"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._goal = ""
        self._view: GoalView | None = None
        self._editing: EditGoal | None = None
        self._back = QuietButton("", "arrow-left")
        self._back.clicked.connect(self._leave_for_mentee)
        self._state = Pill()
        self._title = PageTitle("")
        self.add = PrimaryButton(tr("Note progress"))
        self.edit = Button(tr("Edit"), "pencil")
        self.add.clicked.connect(self._note)
        self.edit.clicked.connect(self._edit)
        self._title.add(self._state, self.edit, self.add)
        self.progress = ProgressCard(shell)
        self.about = AboutGoal(shell)
        self.towards = TowardsCard(shell)
        self._lay_out()

    def _lay_out(self) -> None:
        self._scroll = page = Scroll()
        leading, trailing = Column(gap=18), Column(gap=18)
        leading.addWidget(self.progress)
        for card in (self.progress, self.about, self.towards):
            high_as_needed(card)
        for card in (self.about, self.towards):
            trailing.addWidget(card)
        for column in (leading, trailing):
            column.addStretch(1)
        self._body = QWidget()
        self._whole = Column(self._body, gap=18)
        head = Column(gap=4)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        head.addWidget(self._title)
        self._whole.addLayout(head)
        self._whole.addWidget(Columns(leading, trailing, shares=(150, 100)))
        page.body.addWidget(self._body)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._body.hide()

    def open(self, *, goal: str = "") -> None:
        """Show this goal."""
        if goal and goal != self._goal:
            self._goal, self._view = goal, None
            self._close_edit()
            self.progress.put_away()
            self._body.hide()
            self._scroll.verticalScrollBar().setValue(0)
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._scroll

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        goal = self._goal
        if goal:
            self._shell.ask(lambda workspace: goals.view(workspace, goal), self._show, owner=self, latest="goal")

    def _show(self, view: GoalView) -> None:
        self._view = view
        goal = view.goal
        name = view.person.name if view.person else tr("The mentee")
        self._back.set_words(name)
        self._back.setAccessibleName(tr("Back to {name}", name=name))
        self._scroll.setAccessibleName(goal.statement)
        self._title.set_title(goal.statement, growth.goal_far(goal, near=view.today) or tr("Goal"))
        self._state.set(growth.said_choice(goal, "status"), growth.TONES.get(goal.status or "", "neutral"))
        for card in (self.progress, self.about, self.towards):
            card.show_view(view)
        self._body.show()

    def _leave_for_mentee(self) -> None:
        view = self._view
        if view and view.person:
            self._shell.go("mentee", person=view.person.id)

    def _note(self) -> None:
        self.progress.begin()

    def _edit(self) -> None:
        if self._view is not None and self._editing is None:
            self._editing = EditGoal(self._shell, self._view)
            self._editing.closed.connect(self._close_edit)
            self._whole.insertWidget(1, self._editing)
            self._editing.show()
            self._editing.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.verticalScrollBar().setValue(0)

    def _close_edit(self) -> None:
        if self._editing is not None:
            self._whole.removeWidget(self._editing)
            self._editing.hide()
            self._editing.deleteLater()
            self._editing = None
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
