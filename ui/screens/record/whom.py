"""With whom? The first question of a session that is begun from nowhere: what is still to finish, and everybody."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from mentorapp.services.recall import DraftRow
from mentorapp.services.workspace import Workspace
from ui import words as say
from ui.editors.whom import WhomPicker
from ui.models import writing
from ui.models.writing import Whom
from ui.shell import Shell
from ui.widgets import (
    Avatar,
    Button,
    Card,
    Column,
    FieldBox,
    Line,
    LineInput,
    PageTitle,
    PrimaryButton,
    Row,
    RowList,
    Scroll,
)


class WhomPage(QWidget):
    """Drafts to go on with, and a quick list of people and groups."""

    chosen = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        page = Scroll(width=680, gap=14)
        page.body.addWidget(PageTitle(tr("Record a session"), tr("With whom?")))
        self._drafts = Card(tr("To finish"))
        self._rows = RowList()
        self._drafts.body.addWidget(self._rows)
        self._people = Card(tr("A new session"))
        self.picker = WhomPicker()
        self.picker.chosen.connect(self.chosen)
        self._people.body.addWidget(self.picker)
        self._nobody = FirstPerson()
        self._nobody.named.connect(self._meet)
        for part in (self._drafts, self._people, self._nobody):
            page.body.addWidget(part)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._drafts.hide()
        self._nobody.hide()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._nobody.name if self._nobody.isVisibleTo(self) else self.picker.filter

    def refresh(self) -> None:
        """Read again whom there is."""

        def read(workspace: Workspace) -> tuple[list[Whom], Sequence[DraftRow], datetime]:
            return writing.everyone(workspace), writing.unfinished(workspace), workspace.clock.now()

        self._shell.ask(read, self._show, owner=self, latest="whom")

    def _show(self, found: tuple[list[Whom], Sequence[DraftRow], datetime]) -> None:
        everyone, drafts, now = found
        self.picker.filter.clear()
        self.picker.set_everyone(everyone)
        self._people.setVisible(bool(everyone))
        first = not everyone and not self._nobody.isVisibleTo(self)
        self._nobody.setVisible(not everyone)
        if first:
            self._nobody.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self._rows.set_rows(self._draft_row(row, now) for row in drafts)
        self._drafts.setVisible(bool(drafts))

    def _meet(self, name: str) -> None:
        def add(workspace: Workspace) -> str:
            from mentorapp.services import people

            return people.add_mentee(workspace, name=name)[2].id

        self._shell.do(add, self.chosen.emit, owner=self, failed=self._nobody.refuse)

    def _draft_row(self, row: DraftRow, now: datetime) -> Row:
        button = Button(tr("Go on"))
        button.setAccessibleName(tr("Go on writing the session with {name}", name=row.pair.name))
        when = say.when(row.kept_at, near=day_of(now))
        about = tr("Draft kept {when}", when=when)
        if row.words:
            about += " · " + ntr("{n} word", "{n} words", row.words, n=say.number(row.words))
        made = Row(row.pair.name, subtitle=about, leading=Avatar(say.initials(row.pair.name)), trailing=(button,))
        for signal in (button.clicked, made.activated):
            signal.connect(lambda *_: self._shell.go("record", draft=row.id))
        return made


class FirstPerson(Card):
    """Nobody is here yet: asks whom one met, and goes straight on to the session. `named` carries the name."""

    named = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Who did you meet?"))
        self.name = LineInput(hint=tr("As this person likes to be called"))
        self._box = FieldBox(tr("Name"), self.name, helper=tr("A name is enough; everything else can wait."))
        go_on = PrimaryButton(tr("Go on"), short=True)
        go_on.clicked.connect(self._finish)
        self.name.returnPressed.connect(self._finish)
        line = Line(gap=8)
        line.addStretch(1)
        line.addWidget(go_on)
        self.body.addWidget(self._box)
        self.body.addLayout(line)

    def refuse(self, problem: Exception) -> None:
        """Say beside the name what stands in the way."""
        self._box.set_problem(str(problem))
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _finish(self) -> None:
        self._box.set_problem("")
        self.named.emit(self.name.text())
