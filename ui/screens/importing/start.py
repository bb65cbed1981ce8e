"""The page before a file is chosen: what can be brought in, tables to fill in, and the imports before, each of which can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import words
from ui.widgets import Button, Card, Column, Flow, PrimaryButton, QuietButton, Row, text
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.importing.running import Run


def kinds() -> tuple[tuple[str, str], ...]:
    """What can be imported, in words."""
    return (
        ("person", tr("People")),
        ("site", tr("Sites")),
        ("mentorship", tr("Mentorships")),
        ("session", tr("Sessions")),
    )


class StartPage(QWidget):
    """Asks for a file. `template_wanted` carries a kind, `undo_wanted` an import."""

    template_wanted = Signal(str)
    undo_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = Column(self, gap=18)
        choose = Card(tr("Choose a file"))
        choose.body.addWidget(
            text(
                tr(
                    "A table (XLSX or CSV) of people, sites, mentorships or past sessions, or contacts from an address book "
                    "(vCard). You see every row as it will become before anything is kept, and can take the import back."
                ),
                wrap=True,
            )
        )
        choose.body.addSpacing(12)
        self.choose = PrimaryButton(tr("Choose a file"), "upload")
        choose.body.addWidget(self.choose)
        choose.body.addSpacing(8)
        choose.body.addWidget(text(tr("Or drop it anywhere on this page."), "caption"))
        column.addWidget(choose)
        column.addWidget(self._templates())
        self._before = Card(tr("Imported before"))
        self._rows = KeyedRows(self._row)
        self._before.body.addWidget(self._rows)
        self._before.hide()
        column.addWidget(self._before)

    def _templates(self) -> Card:
        card = Card(tr("A table to fill in"), tr("with the right headings and one row that shows how"))
        flow = Flow()
        for kind, label in kinds():
            button = Button(label, "file-down")
            button.setAccessibleName(tr("Save a table to fill in: {kind}", kind=label))
            button.clicked.connect(lambda _on=False, kind=kind: self.template_wanted.emit(kind))
            flow.addWidget(button)
        card.body.addWidget(flow)
        return card

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these imports."""
        self._rows.show_values((run.id, run) for run in runs)
        self._before.setVisible(bool(runs))

    def _row(self, run: Run) -> QWidget:
        made = ntr("{n} record", "{n} records", run.made, n=words.number(run.made))
        undo = QuietButton(tr("Take back"), "undo-2")
        undo.setAccessibleName(tr("Take back the import of {file}", file=run.file))
        undo.clicked.connect(lambda: self.undo_wanted.emit(run))
        return Row(
            run.file,
            subtitle=" · ".join((words.day(day_of(run.at)), dict(kinds()).get(run.kind, ""), made)),
            trailing=(text(tr("taken back"), "caption") if run.undone else undo,),
            active=False,
        )
