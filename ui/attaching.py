"""The files of a session: added, in a smaller size if that is wished, and how each stands.

Promises that nothing is read, made smaller or written on the GUI thread, that no question stops the person, that a file is only said to
be safe once the office has answered for it, and that a readable copy is written nowhere but where the person says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Attachment, Session
from mentorapp.services import attachments, people
from mentorapp.services.attachments import Standing
from sync.client import aside
from ui import filing, shrinking
from ui import words as say
from ui.shell import Shell
from ui.widgets import Button, Card, Column, Flow, QuietButton, text
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

UNREADABLE = N_("“{name}” could not be read. Check that it is still there, and choose it again.")
NOT_WRITTEN = N_("“{name}” could not be written there. It is still kept in Mentor; choose another folder.")
NOT_HERE = N_("“{name}” is not on this laptop yet, so there is nothing to copy. Get it first.")


@dataclass(frozen=True)
class Chosen:
    """A file that was chosen for a session, as it was read, and the smaller copy that could be kept instead."""

    name: str
    content: bytes
    small: bytes | None = None


@dataclass(frozen=True)
class Shown:
    """A file and how its content stands."""

    file: Attachment
    standing: Standing


def read(place: Path) -> Chosen:
    """Read a file, and see whether it can be smaller. Raises UserError if it cannot be read, is empty or too large."""
    try:
        attachments.check(name=place.name, size=place.stat().st_size)
        content = place.read_bytes()
    except OSError as reason:
        raise UserError(UNREADABLE, name=place.name) from reason
    return Chosen(place.name, content, shrinking.smaller(content))


def write(place: Path, content: bytes) -> None:
    """Write a copy. Raises UserError if that cannot be done."""
    try:
        place.write_bytes(content)
    except OSError as reason:
        raise UserError(NOT_WRITTEN, name=place.name) from reason


def how(standing: Standing) -> str:
    """How a content stands, in a few words."""
    through = say.number(100 * standing.done // max(1, standing.size))
    return {
        "here": tr("only on this laptop"),
        "sending": tr("{percent} sent", percent=tr("{n} %", n=through)),
        "safe": tr("safe at the office"),
        "refused": tr("not taken by the office"),
        "coming": tr("comes with the next exchange"),
        "away": tr("not on this laptop yet"),
    }[standing.state]


class Attaching(Card):
    """The files of the session that is shown. `adding` says that one was chosen, which will be kept."""

    adding = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Files"), tone="sunk")
        self._shell = shell
        self._session: Session | None = None
        self._awaited: set[str] = set()
        self._asked: dict[str, Chosen] = {}
        self.files = KeyedRows(self._row)
        self._reading = text("", "caption", wrap=True)
        self._problem = text("", "problem", wrap=True)
        self.question = Question()
        self.question.answered.connect(self._answered)
        self.choose = QuietButton(tr("Add a photo or file…"), "paperclip")
        self.choose.clicked.connect(self._choose)
        self.body.setSpacing(6)
        for part in (self.files, self._reading, self._problem, self.question):
            part.hide()
            self.body.addWidget(part)
        self.body.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeading)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_session(self, session: Session) -> None:
        """Show the files of another session."""
        self._session = session
        self._show_files([])
        self._say()
        self._show_question()
        self.refresh()

    def refresh(self) -> None:
        """Read again which files there are, and how they stand."""
        session = self._session
        if session is None:
            return

        def show(found: list[tuple[Attachment, Standing]]) -> None:
            if self._is_shown(session):
                self._show_files(found)

        self._shell.ask(lambda w: attachments.of(w, owner=session.id), show, owner=self, latest="files of the session")

    def forget(self, session: str) -> None:
        """Put away what was chosen for this session and is not kept yet: there is nothing to add it to any more."""
        self._awaited.discard(session)
        self._asked.pop(session, None)
        self._show_question()

    def _is_shown(self, session: Session) -> bool:
        return self._session is not None and self._session.id == session.id

    def _show_files(self, found: list[tuple[Attachment, Standing]]) -> None:
        self.files.show_values((file.id, Shown(file, standing)) for file, standing in found)
        self.files.setVisible(bool(found))

    def _show_question(self) -> None:
        chosen = self._asked.get(self._session.id) if self._session else None
        if chosen is not None and chosen.small is not None:
            self.question.ask(chosen.name, len(chosen.content), len(chosen.small))
        self.question.setVisible(chosen is not None)

    def _say(self, *, reading: str = "", problem: str = "") -> None:
        self._reading.setText(reading)
        self._problem.setText(problem)
        self._reading.setVisible(bool(reading))
        self._problem.setVisible(bool(problem))
        # Whoever does not see the words beside it hears them where the keyboard is.
        self.choose.setAccessibleDescription(problem)

    def _row(self, shown: Shown) -> QWidget:
        row = FileRow(shown)
        row.get.clicked.connect(lambda: self._get(shown.file))
        row.save.clicked.connect(lambda: self._save(shown.file))
        row.take_out.clicked.connect(lambda: self._take_out(shown.file))
        return row

    # --- adding -------------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        session = self._session
        if self._reading.isVisibleTo(self):
            # One at a time, as the words above say. The button is not greyed: that would take the keyboard away from it.
            return
        place = filing.which_to_open(self, title=tr("Add a photo or file"))
        if place is None or session is None:
            return
        self.forget(session.id)
        self._awaited.add(session.id)
        self.adding.emit()
        self._say(reading=tr("Reading “{name}”…", name=place.name))
        self._shell.tasks.run(
            lambda: read(place),
            then=lambda chosen: self._have_read(session, chosen),
            failed=lambda error: self._failed(session, error),
            lane="network",
            owner=self,
        )

    def _have_read(self, session: Session, chosen: Chosen) -> None:
        if session.id not in self._awaited:
            return
        self._awaited.discard(session.id)
        if chosen.small is None:
            self._add(session, chosen.name, chosen.content)
            return
        self._asked[session.id] = chosen
        if self._is_shown(session):
            self._say()
            self._show_question()
            self.question.small.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_unanswered(self) -> None:
        """Keep the smaller copy if the question still stands: whoever goes on has chosen the file, and it is not lost."""
        if self._session is not None and self._session.id in self._asked:
            self._settle("small")

    def _answered(self, answer: str) -> None:
        self._settle(answer)
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _settle(self, answer: str) -> None:
        session = self._session
        chosen = self._asked.pop(session.id, None) if session else None
        self._show_question()
        if session is None or chosen is None or answer == "cancel":
            return
        if answer == "small" and chosen.small is not None:
            self._add(session, str(Path(chosen.name).with_suffix(".jpg")), chosen.small)
        else:
            self._add(session, chosen.name, chosen.content)

    def _add(self, session: Session, name: str, content: bytes) -> None:
        if self._is_shown(session):
            self._say(reading=tr("Keeping “{name}”…", name=name))

        def add(workspace: Workspace) -> object:
            changed, _ = attachments.add(workspace, to=session, name=name, content=content)
            return changed

        def added(_changed: object) -> None:
            if self._is_shown(session):
                self._say()

        self._shell.do(add, added, failed=lambda error: self._failed(session, error), owner=self)

    def _failed(self, session: Session, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        if self._is_shown(session):
            self._say(problem=str(error))
        else:
            self._shell.notices.problem(error)

    # --- what can be done with a file ---------------------------------------------------------------------------------

    def _get(self, file: Attachment) -> None:
        self._shell.do(lambda workspace: attachments.fetch(workspace, attachment=file), owner=self)

    def _save(self, file: Attachment) -> None:
        # A name from elsewhere is a name, never a place.
        name = file.name.replace("\\", "/").rsplit("/", 1)[-1].lstrip(".") or "file"
        place = filing.where_to_save(self, title=tr("Save a copy"), name=name, kind="")
        if place is None:
            return

        def copy(workspace: Workspace) -> bytes:
            content = attachments.content(workspace, attachment=file)
            if content is None:
                raise UserError(NOT_HERE, name=file.name)
            return content

        def have(content: bytes) -> None:
            self._shell.tasks.run(
                lambda: write(place, content),
                then=lambda _none: self._shell.notices.say(tr("Written to {file}.", file=place.name)),
                lane="network",
            )

        self._shell.tasks.run(lambda: copy(self._open()), then=have)

    def _open(self) -> Workspace:
        assert self._shell.workspace is not None, "no store is open"
        return self._shell.workspace

    def _take_out(self, file: Attachment) -> None:
        shell = self._shell

        def bring_back() -> None:
            shell.do(lambda workspace: people.unvoid(workspace, file))

        def taken_out(_changed: object) -> None:
            shell.notices.say(tr("“{name}” is taken out.", name=file.name), "good", tr("Undo"), bring_back)
            if self.isVisible() and not self.files.keys():
                self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

        shell.do(
            lambda workspace: attachments.remove(workspace, attachment=file, reason=tr("Taken out of the session")),
            taken_out,
            owner=self,
        )


class Question(QWidget):
    """Whether the smaller copy is kept, asked in place. `answered` carries "small", "whole" or "cancel"."""

    answered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._words = text("", wrap=True)
        column, buttons = Column(self, gap=8), Flow()
        column.addWidget(self._words)
        column.addWidget(buttons)
        self.small, self.whole = Button(tr("Keep the smaller one")), Button(tr("Keep it as it is"))
        self.cancel = QuietButton(tr("Cancel"))
        for button, answer in ((self.small, "small"), (self.whole, "whole"), (self.cancel, "cancel")):
            button.clicked.connect(lambda _on=False, answer=answer: self.answered.emit(answer))
            buttons.addWidget(button)
        high_as_needed(self)

    def ask(self, name: str, size: int, small: int) -> None:
        """Ask about this file."""
        words = tr(
            "“{name}” is {size}. A smaller copy of {small} is quicker to send and shows as well on a screen.",
            name=name,
            size=say.size(size),
            small=say.size(small),
        )
        self._words.setText(words)
        self.setAccessibleName(words)
        # The keyboard goes to the first answer, so the question is heard with it.
        self.small.setAccessibleDescription(words)


class FileRow(QWidget):
    """A file: its name, how it stands, why the office did not take it if so, and what can be done."""

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        file, standing = shown.file, shown.standing
        size = say.size(standing.size) if standing.size else ""
        caption = " · ".join(filter(None, (size, how(standing))))
        why = tr(aside(standing.reason)) if standing.state == "refused" else ""
        self.setAccessibleName(", ".join(filter(None, (file.name, caption, why))))
        self.get = self._button(tr("Get"), tr("Get “{name}”", name=file.name))
        self.save = self._button(tr("Save a copy…"), tr("Save a copy of “{name}”", name=file.name))
        self.take_out = self._button(tr("Take out"), tr("Take out “{name}”", name=file.name))
        self.get.setVisible(standing.state == "away" and bool(file.content_hash and file.size))
        self.save.setVisible(standing.state not in ("away", "coming"))
        column, deeds = Column(self, edges=(0, 6, 0, 6), gap=2), Flow(gap=12)
        for words, kind in ((file.name, "strong"), (caption, "caption"), (why, "caption")):
            label = text(words, kind, wrap=True)
            column.addWidget(label)
            label.setVisible(bool(words))
        for button in (self.get, self.save, self.take_out):
            deeds.addWidget(button)
        column.addWidget(deeds)
        high_as_needed(self)

    def _button(self, words: str, name: str) -> QuietButton:
        button = QuietButton(words, parent=self)
        button.setProperty("short", "true")
        button.setAccessibleName(name)
        return button
