"""The planned sessions as a file for another calendar, saved where the person chooses."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services import calendar_file
from mentorapp.services.workspace import Workspace
from ui import words as say
from ui.shell import Shell

_NOT_WRITTEN = N_(
    "The calendar file could not be written to “{file}”. Nothing in Mentor changed: choose another folder and try again."
)


def save_calendar(shell: Shell, owner: QWidget) -> None:
    """Ask where, then write the file on the store lane; what went wrong is said and nothing is changed."""
    chosen, _filter = QFileDialog.getSaveFileName(
        owner, tr("Save the planned sessions"), tr("Mentor sessions") + ".ics", tr("Calendar files (*.ics)")
    )
    if not chosen:
        return
    file = Path(chosen if chosen.lower().endswith(".ics") else f"{chosen}.ics")

    def save(workspace: Workspace) -> int:
        found = calendar_file.coming_sessions(workspace)
        try:
            file.write_bytes(calendar_file.calendar_file(found, now=workspace.clock.now()))
        except OSError as reason:
            raise UserError(_NOT_WRITTEN, file=str(file)) from reason
        return sum(session.status == "planned" for session, _ in found)

    def saved(n: int) -> None:
        words = ntr("{n} planned session is in the file.", "{n} planned sessions are in the file.", n, n=say.number(n))
        shell.notices.say(words)

    shell.do(save, saved, owner=owner)
