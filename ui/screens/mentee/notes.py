"""The two small forms inside the page: a new promise and a new goal. Closed they are a word; open they ask as little as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from ui.screens.mentee import verbs
from ui.shell import Shell
from ui.widgets import (
    Button,
    Column,
    CountInput,
    DayInput,
    FieldBox,
    Flow,
    Line,
    LineInput,
    PrimaryButton,
    QuietButton,
    Segment,
)

if TYPE_CHECKING:
    from ui.screens.mentee.verbs import Page


class Note(QWidget):
    """A word that opens into a form; Enter keeps it, Escape puts it away. What was typed stays until it is kept."""

    def __init__(self, shell: Shell, opener: str, label: str) -> None:
        super().__init__()
        self.shell = shell
        self.page: Page | None = None
        self.opener = QuietButton(opener, "plus")
        self.opener.clicked.connect(self.begin)
        self.line = LineInput()
        self.box = FieldBox(label, self.line)
        self.day = DayInput()
        self.form = QWidget()
        column = Column(self.form, edges=(0, 6, 0, 0), gap=10)
        column.addWidget(self.box)
        self.more = Flow(gap=12)
        column.addWidget(self.more)
        column.addLayout(self._foot())
        whole = Column(self)
        whole.addWidget(self.opener, 0, Qt.AlignmentFlag.AlignLeading)
        whole.addWidget(self.form)
        self.line.returnPressed.connect(self.keep)
        self.form.hide()

    def _foot(self) -> Line:
        keep, cancel = PrimaryButton(tr("Keep"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(self.keep)
        cancel.clicked.connect(self.put_away)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        return foot

    def begin_for(self, page: Page) -> None:
        """Be about this mentee."""
        if self.page and self.page.mentorship != page.mentorship:
            self.clear()
        self.page = page
        self.opener.setEnabled(bool(page.mentorship))

    def begin(self) -> None:
        """Open the form."""
        self.opener.hide()
        self.form.show()
        self.line.setFocus(Qt.FocusReason.TabFocusReason)

    def put_away(self) -> None:
        """Close the form."""
        held = self.form.isAncestorOf(self.window().focusWidget() or self)
        self.form.hide()
        self.opener.show()
        if held:
            self.opener.setFocus(Qt.FocusReason.TabFocusReason)

    def clear(self) -> None:
        """Forget what was typed."""
        self.line.clear()
        self.day.set_value(None)
        self.box.set_problem("")
        self.put_away()

    def keep(self) -> None:
        """Keep what was typed, or say what is missing."""
        if self.day.problem():
            self.box.set_problem(self.day.problem())
            self.day.setFocus()
        elif self.page is not None:
            self.shell.do(self.verb(self.page), lambda _changed: self.clear(), owner=self, failed=self._refuse)

    def _refuse(self, problem: Exception) -> None:
        self.box.set_problem(str(problem))
        self.line.setFocus()

    def verb(self, page: Page) -> verbs.Verb:
        """What keeping it does."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts the form away."""
        if event.key() == Qt.Key.Key_Escape and self.form.isVisible():
            self.put_away()
        else:
            super().keyPressEvent(event)


class NewPromise(Note):
    """A promise made between two sessions: what, whose, by when."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, tr("Add a promise"), tr("What was promised"))
        self._owner = Segment((("mentee", tr("theirs")), ("mentor", tr("mine"))), name=tr("Whose promise"))
        self.more.addWidget(FieldBox(tr("Whose"), self._owner))
        self.more.addWidget(FieldBox(tr("By"), self.day))

    def begin_for(self, page: Page) -> None:
        """Be about this mentee."""
        super().begin_for(page)
        self._owner.chip("mentee").setText(page.first_name)

    def verb(self, page: Page) -> verbs.Verb:
        """Note the promise."""
        said, owner, due = self.line.text(), self._owner.picked_one(), self.day.value()
        return lambda workspace: verbs.promise(workspace, mentorship=page.mentorship, text=said, owner=owner, due=due)


class NewGoal(Note):
    """A goal: what, how many times if it can be counted, by when."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, tr("Add a goal"), tr("Goal, in the mentee’s own words"))
        self._target = CountInput(0, most=1000)
        self._target.setSpecialValueText(tr("not counted"))
        self.more.addWidget(FieldBox(tr("How many times"), self._target))
        self.more.addWidget(FieldBox(tr("By"), self.day))

    def clear(self) -> None:
        """Forget what was typed."""
        self._target.setValue(0)
        super().clear()

    def verb(self, page: Page) -> verbs.Verb:
        """Note the goal."""
        said, target, due, owner = self.line.text(), self._target.value() or None, self.day.value(), page.view.person.id
        return lambda workspace: verbs.set_goal(
            workspace, mentorship=page.mentorship, owner=owner, statement=said, target=target, due=due
        )
