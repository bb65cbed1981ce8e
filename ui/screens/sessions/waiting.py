"""Those with whom nothing is planned, beside the calendar: dragged onto a day, or pressed to plan on the day on show."""

from __future__ import annotations

from PySide6.QtCore import Signal

from mentorapp.i18n import tr
from mentorapp.services import recall
from mentorapp.services.recall import MenteeRow
from mentorapp.services.workspace import Workspace
from ui.shell import Shell
from ui.widgets import Card, text
from ui.widgets.handles import Handle
from ui.widgets.keyed import KeyedRows

MOST = 5
"""How many are shown: those who have waited longest."""


class Waiting(Card):
    """The card; `asked` carries the mentorship to plan with."""

    asked = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Nothing planned yet"))
        self._shell = shell
        self.body.addWidget(
            text(tr("Drag somebody onto a day, or press to plan on the day above."), "caption", wrap=True)
        )
        self.people: KeyedRows[MenteeRow] = KeyedRows(self._handle, lines=False)
        self.body.addWidget(self.people)
        self.hide()

    def refresh(self) -> None:
        """Read again who waits, in the background."""
        self._shell.ask(unplanned, self._show, owner=self, latest="waiting")

    def _show(self, rows: list[MenteeRow]) -> None:
        self.people.show_values((row.mentorship, row) for row in rows)
        self.setVisible(bool(rows))

    def _handle(self, row: MenteeRow) -> Handle:
        handle = Handle(row.name, row.mentorship, "calendar-plus")
        handle.setAccessibleDescription(tr("Plan a session with {name}", name=row.name))
        handle.clicked.connect(lambda: self.asked.emit(row.mentorship))
        return handle


def unplanned(workspace: Workspace) -> list[MenteeRow]:
    """Those with whom nothing is planned, who has waited longest first."""
    rows = [row for row in recall.mentees(workspace) if row.next is None]
    rows.sort(key=lambda row: (-(row.quiet or 0), row.name.casefold()))
    return rows[:MOST]
