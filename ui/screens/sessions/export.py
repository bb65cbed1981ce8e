"""The planned sessions as a file for another calendar: what of it, what others may see, whether it reminds; saved where one chooses."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services import calendar_file
from mentorapp.services.calendar_file import CalendarFile
from mentorapp.services.recall import SessionRow
from mentorapp.services.workspace import Workspace
from ui import words as say
from ui.shell import Shell
from ui.widgets import Button, Card, FieldBox, Flow, PrimaryButton, Segment
from ui.widgets.flow import high_as_needed

_NOT_WRITTEN = N_(
    "The calendar file could not be written to “{file}”. Nothing in Mentor changed: choose another folder and try again."
)


class ExportForm(Card):
    """What is asked before a calendar file is saved. `left` when it is done or given up."""

    left = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(tr("Calendar file"))
        self._shell = shell
        self._row: SessionRow | None = None
        high_as_needed(self)
        self.what = Segment((("all", tr("Everything planned")),), name=tr("What goes into the file"))
        self.names = Segment(
            (("none", tr("That we meet, and when")), ("names", tr("Also with whom and where"))),
            name=tr("What others may see"),
        )
        minutes = [("", tr("no"))] + [(str(n), say.minutes(n)) for n in (15, 30, 60)]
        self.reminder = Segment(minutes, name=tr("Remind before"))
        self.save, leave = PrimaryButton(tr("Save the file…"), short=True), Button(tr("Leave it"))
        self.save.clicked.connect(self._save)
        leave.clicked.connect(self.left)
        buttons = Flow(gap=8)
        buttons.addWidget(self.save)
        buttons.addWidget(leave)
        self.body.setSpacing(12)
        for group in (self.what, self.names, self.reminder):
            self.body.addWidget(FieldBox(group.accessibleName(), group))
        self.body.addWidget(buttons)

    def begin(self, row: SessionRow | None) -> None:
        """Ask; with a session in sight, it alone or those with the same mentee can be chosen too."""
        self._row = row
        planned = row is not None and row.session.status == "planned"
        options = [("all", tr("Everything planned"))]
        if row is not None and row.pair.mentorship:
            options.append(("pair", tr("All with {name}", name=row.pair.name)))
        if planned:
            options.append(("one", tr("Only this session")))
        self.what.set_options(options)
        self.what.set_value("one" if planned else "all")

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.what

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives it up."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _save(self) -> None:
        chosen, _filter = QFileDialog.getSaveFileName(
            self, tr("Save the planned sessions"), tr("Mentor sessions") + ".ics", tr("Calendar files (*.ics)")
        )
        if not chosen:
            return
        file = Path(chosen if chosen.lower().endswith(".ics") else f"{chosen}.ics")
        what, row = self.what.picked_one(), self._row
        session = row.session.id if row and what == "one" else ""
        mentorship = row.pair.mentorship if row and what == "pair" else ""
        names = self.names.picked_one() == "names"
        reminder = int(self.reminder.picked_one()) if self.reminder.picked_one() else None

        def save(workspace: Workspace) -> CalendarFile:
            made = calendar_file.calendar_file(
                workspace, mentorship=mentorship, session=session, names=names, reminder=reminder
            )
            try:
                file.write_bytes(made.content)
            except OSError as reason:
                raise UserError(_NOT_WRITTEN, file=str(file)) from reason
            calendar_file.given_out(workspace, made)
            return made

        self._shell.do(save, self._saved, owner=self)

    def _saved(self, made: CalendarFile) -> None:
        self.left.emit()
        n, off = made.planned, made.cancelled
        words = ntr("{n} planned session is in the file.", "{n} planned sessions are in the file.", n, n=say.number(n))
        if off:
            words += " " + ntr(
                "{n} that was called off is taken out of the other calendar.",
                "{n} that were called off are taken out of the other calendar.",
                off,
                n=say.number(off),
            )
        self._shell.notices.say(words)
