"""Import: a file is chosen, shown as it will become, kept in pieces, and can be taken back as a whole.

Promises that nothing is kept before the person has seen it and said so, and that the window stays alive however long the table is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import ntr, tr
from ui import filing, words
from ui.screens.importing.asked import Counted, Guess, counted, guessed, runs, save_template
from ui.screens.importing.columns import ColumnsCard, OpenQuestions
from ui.screens.importing.rows import Preview
from ui.screens.importing.start import StartPage, kinds
from ui.screens.importing.work import UnderWay
from ui.shell import Shell
from ui.widgets import Button, Card, Column, Columns, Line, PageTitle, PrimaryButton, Scroll, text

if TYPE_CHECKING:
    from mentorapp.services.importing.checking import Check
    from mentorapp.services.importing.reading import Book
    from mentorapp.services.importing.running import Run, Running, Undoing
    from mentorapp.services.workspace import Workspace


class ImportScreen(QWidget):
    """The page: before a file is chosen, while it is read, as it will become, when it is kept."""

    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._book: Book | None = None
        self._check: Check | None = None
        self._running: Running | None = None
        self._title = PageTitle(tr("Import"))
        self._go = PrimaryButton(tr("Import"))
        self._go.clicked.connect(self._keep)
        self._other = Button(tr("Another file"))
        self._other.clicked.connect(self._begin_anew)
        self._title.add(self._other, self._go)
        self._start = StartPage()
        self._start.choose.clicked.connect(self._choose)
        self._start.template_wanted.connect(self._template)
        self._start.undo_wanted.connect(self._undo)
        self._trouble = Card("", tone="bad")
        self._said = text("", wrap=True)
        self._trouble.body.addWidget(self._said)
        self._work = UnderWay(shell)
        self._work.stopped.connect(self._stopped)
        self._remarks = text("", "caption", wrap=True)
        self._questions = OpenQuestions(kinds())
        self._questions.kind_changed.connect(self._as_kind)
        self._questions.changed.connect(self._look)
        self._columns = ColumnsCard()
        self._columns.changed.connect(self._look)
        self._preview = Preview()
        self._preview.decided.connect(self._count)
        self._done = self._done_card()
        self._lay_out()
        self.setAcceptDrops(True)
        self._trouble.hide()
        self._show_stage("start")

    def _lay_out(self) -> None:
        page = Scroll()
        page.setAccessibleName(tr("Import"))
        left, right = Column(gap=18), Column(gap=18)
        for part in (self._questions, self._columns):
            left.addWidget(part)
        left.addStretch(1)
        right.addWidget(self._preview)
        right.addStretch(1)
        self._table = Columns(left, right, shares=(2, 3), narrow=860)
        for each in (self._title, self._trouble, self._work, self._done, self._remarks, self._table, self._start):
            page.body.addWidget(each)
        page.body.addStretch(1)
        Column(self).addWidget(page)

    def _done_card(self) -> Card:
        card = Card(" ", tone="suggest")
        self._undo_done = Button(tr("Take the import back"), "undo-2")
        self._undo_done.clicked.connect(self._undo_running)
        self._see = PrimaryButton(tr("See them"), short=True)
        self._see.clicked.connect(self._go_and_see)
        line = Line(gap=8)
        line.addWidget(self._see)
        line.addWidget(self._undo_done)
        line.addStretch(1)
        card.body.addLayout(line)
        return card

    # --- the page as a whole ------------------------------------------------------------------------------------------

    def open(self, **_where: object) -> None:
        """Show it as it was left."""
        self.refresh()

    def refresh(self) -> None:
        """Read again which imports there were."""
        self._shell.ask(runs, self._start.show_runs, owner=self, latest="imports")

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._start.choose if self._start.isVisibleTo(self) else self._go

    def stop(self) -> None:
        """The store is about to close: what is under way ends with the piece it is at."""
        self._work.end()

    def _show_stage(self, stage: str) -> None:
        self._stage = stage
        shown = {
            "start": (self._start,),
            "reading": (),
            "table": (self._go, self._other, self._table, self._remarks),
            "keeping": (),
            "done": (self._done, self._other, self._start),
        }[stage]
        for part in (self._start, self._go, self._other, self._table, self._remarks, self._done):
            part.setVisible(part in shown)
        self._remarks.setVisible(self._remarks in shown and bool(self._remarks.text()))
        if stage != "start":
            self._trouble.hide()
        captions = {"start": "", "done": ""}
        self._title.set_title(tr("Import"), captions.get(stage, self._book.name if self._book else ""))

    def _refused(self, error: UserError) -> None:
        self._show_stage("start")
        self._said.setText(str(error))
        self._trouble.show()
        self._start.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_anew(self) -> None:
        self._book = self._check = None
        self._show_stage("start")
        self.refresh()
        self._start.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stopped(self) -> None:
        if self._running is not None and self._running.kept:
            self._kept()
        else:
            self._begin_anew()

    # --- choosing and reading -----------------------------------------------------------------------------------------

    def _choose(self) -> None:
        known = tr("Tables and contacts ({endings})", endings="*.csv *.tsv *.txt *.xlsx *.xlsm *.vcf")
        file = filing.which_table(self, title=tr("Choose a table or contacts"), kind=known)
        if file is not None:
            self.read(file)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if self._stage in ("start", "done") and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file that was dropped."""
        file = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if file:
            event.acceptProposedAction()
            self.read(Path(file))

    def read(self, file: Path) -> None:
        """Read a file and show it as it will become."""
        self._running = self._check = None
        self._show_stage("reading")
        found: list[Book] = []

        def piece(_workspace: Workspace) -> None:
            from mentorapp.services.importing.reading import open_book

            if found:
                found[0].more()
            else:
                found.append(open_book(file))

        self._work.run(
            tr("Reading “{file}”…", file=file.name),
            piece,
            share=lambda: found[0].share if found else 0.0,
            done=lambda: bool(found) and found[0].done,
            then=lambda: self._was_read(found[0]),
            failed=self._refused,
        )

    def _was_read(self, book: Book) -> None:
        self._book = book
        self._remarks.setText("\n".join(str(remark) for remark in book.remarks))
        self._as_kind("")

    def _as_kind(self, kind: str) -> None:
        """Take the rows as of this kind, or of the one that they look like."""
        book, settings = self._book, self._shell.settings
        if book is not None:
            self._shell.ask(lambda _w: guessed(book, kind, settings), self._guessed, owner=self, latest="import kind")

    def _guessed(self, found: Guess) -> None:
        if self._book is not None:
            self._kind, self._month_first = found.kind, found.order == "month"
            asked = found.order == "either"
            self._questions.show_for(found.kind, ask_order=asked, exported="id" in found.matching)
            self._columns.show_book(self._book, found.targets, found.matching)
            self._look()

    # --- looking at it ------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        from mentorapp.services.importing.checking import Check, Plan

        book = self._book
        if book is None:
            return
        plan = Plan(
            self._kind,
            self._columns.matching(),
            self._questions.month_first(otherwise=self._month_first),
            self._questions.make.isChecked(),
            self._questions.mentored.isChecked(),
        )
        found: list[Check] = []

        def piece(workspace: Workspace) -> None:
            from mentorapp.services.importing.known import known

            if found:
                found[0].more()
            else:
                here = known(workspace, plan.kind, make_missing=plan.make_missing)
                found.append(Check(book, plan, here, workspace.clock.now()))

        self._go.setEnabled(False)
        self._work.run(
            tr("Looking at the rows…"),
            piece,
            share=lambda: found[0].share if found else 0.0,
            done=lambda: bool(found) and found[0].done,
            then=lambda: self._looked(found[0]),
            failed=self._refused,
        )

    def _looked(self, check: Check) -> None:
        self._check = check
        self._count()

    def _count(self) -> None:
        check = self._check
        if check is not None:
            self._shell.ask(lambda _w: (check, counted(check)), self._show_counted, owner=self, latest="import count")

    def _show_counted(self, found: tuple[Check, Counted]) -> None:
        check, said = found
        if check is not self._check:
            return
        first = self._stage != "table"
        if self._preview.check() is not check:
            self._preview.show_check(check, said.counts)
        if first:
            self._show_stage("table")
        n = said.counts["taken"]
        self._go.setEnabled(n > 0)
        self._go.set_words(ntr("Import {n} row", "Import {n} rows", n, n=words.number(n)))
        self._questions.say_missing(said.people, said.sites)
        if first:
            self._go.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keeping it ---------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        from mentorapp.services.importing import matching

        check = self._check
        if check is None:
            return
        chosen = matching.remember(self._shell.settings, check.book, check.plan.kind, check.plan.matching)
        self._shell.settings_changed.emit(chosen)
        self._running = None
        self._show_stage("keeping")

        def piece(workspace: Workspace) -> object:
            from mentorapp.services.importing import running

            if self._running is None:
                self._running = running.begin(workspace, check=check)
                return None
            return running.keep_more(workspace, self._running)

        self._work.run(
            tr("Keeping what is in “{file}”…", file=check.book.name),
            piece,
            share=lambda: self._running.share if self._running else 0.0,
            done=lambda: self._running is not None and self._running.done,
            then=self._kept,
            failed=self._cut_off,
        )

    def _cut_off(self, error: UserError) -> None:
        self._stopped()
        self._said.setText(str(error))
        self._trouble.show()

    def _kept(self) -> None:
        running = self._running
        if running is None:
            return
        n = running.kept
        said = ntr("{n} row was imported", "{n} rows were imported", n, n=words.number(n))
        if not running.done:
            left = len(running.rows) - n
            said += " · " + ntr("stopped before {n} row", "stopped before {n} rows", left, n=words.number(left))
        self._done.set_title(said)
        self._undo_done.setEnabled(True)
        self._see.show()
        self._show_stage("done")
        self.refresh()
        self._see.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_and_see(self) -> None:
        self._book = self._check = None
        self._show_stage("start")
        self._shell.go("sessions" if self._kind == "session" else "mentees")

    # --- taking it back -----------------------------------------------------------------------------------------------

    def _undo_running(self) -> None:
        if self._running is not None:
            self._take_back(self._running.id, self._running.check.book.name)

    def _undo(self, run: Run) -> None:
        self._take_back(run.id, run.file)

    def _take_back(self, run: str, file: str) -> None:
        found: list[Undoing] = []
        self._undo_done.setEnabled(False)

        def piece(workspace: Workspace) -> object:
            from mentorapp.services.importing import running

            if found:
                return running.undo_more(workspace, found[0])
            found.append(running.begin_undo(workspace, run=run))
            return None

        self._work.run(
            tr("Taking back the import of “{file}”…", file=file),
            piece,
            share=lambda: found[0].share if found else 0.0,
            done=lambda: bool(found) and found[0].done,
            then=lambda: self._taken_back(found[0]),
            failed=self._refused,
        )

    def _taken_back(self, undoing: Undoing) -> None:
        n, stays = undoing.voided, len(undoing.stays)
        said = ntr("{n} record was taken back.", "{n} records were taken back.", n, n=words.number(n))
        if stays:
            said += " " + ntr(
                "{n} stays: it was worked with since.",
                "{n} stay: they were worked with since.",
                stays,
                n=words.number(stays),
            )
        self._done.set_title(said)
        self._see.hide()
        self._show_stage("done")
        self._undo_done.setEnabled(False)
        self.refresh()

    # --- tables to fill in --------------------------------------------------------------------------------------------

    def _template(self, kind: str) -> None:
        save_template(self._shell, self, kind)
