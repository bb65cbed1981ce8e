"""The files of a session: chosen, dropped, pasted, taken with the camera or spoken; in a smaller size if that is wished; and how each stands.

Promises that nothing is read, made smaller or written on the GUI thread, that no question stops the person, that a photograph goes without
the place where it was taken, that a file is only said to be safe once the office has answered for it, and that a readable copy is written
nowhere but where the person says.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from mentorapp.clock import SystemClock
from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.records import Attachment, Session
from mentorapp.services import attachments, voice
from mentorapp.services.attachments import Standing
from mentorapp.services.voice import Interrupted
from ui import filing
from ui.allowing import Allowing
from ui.camera import Viewfinder, as_jpeg
from ui.carrying import Chosen, content_of, looked_at, read, save_a_copy, take_out
from ui.filerows import FileRow, InterruptedRow, Question, Shown
from ui.playing import PlayerBar
from ui.shell import Shell
from ui.voicing import VoiceNote
from ui.widgets import Card, Column, Flow, QuietButton, text
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace


class Attaching(Card):
    """The files of the session that is shown. `adding` says that one was chosen, which will be kept."""

    adding = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Files"), tone="sunk")
        self._shell = shell
        self._session: Session | None = None
        self._awaited: set[str] = set()
        self._asked: dict[str, Chosen] = {}
        self._waiting: list[tuple[Session, str, Callable[[], Chosen]]] = []
        self.files = KeyedRows(self._row)
        self.cut_off = KeyedRows(self._cut_off_row)
        self._reading = text("", "caption", wrap=True)
        self._problem = text("", "problem", wrap=True)
        self._question: Question | None = None
        self._allowing: Allowing | None = None
        self.choose = QuietButton(tr("Add a photo or file…"), "paperclip")
        self.paste = QuietButton(tr("Paste the picture"), "clipboard-paste")
        self.photo = QuietButton(tr("Take a photo"), "camera")
        self.note = VoiceNote(shell)
        self.viewfinder: Viewfinder | None = None
        self.player: PlayerBar | None = None
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        self.body.setSpacing(6)
        self._asks, self._heard = Column(gap=10), Column(gap=10)
        for part in (self.files, self.cut_off, self._reading, self._problem):
            part.hide()
            self.body.addWidget(part)
        self.body.addLayout(self._asks)
        self.body.addLayout(self._heard)
        ways = Flow(gap=12, line_gap=2)
        for button in (self.choose, self.photo, self.paste):
            ways.addWidget(button)
        self.body.addWidget(ways)
        self.body.addWidget(self.note)
        self.setAcceptDrops(True)

    def _listen(self) -> None:
        self.choose.clicked.connect(self._choose)
        self.paste.clicked.connect(self._paste)
        self.photo.clicked.connect(self._look)
        self.note.adding.connect(self.adding)
        self.note.adding.connect(lambda: self._may_i("audio"))
        self.note.thrown.connect(self._take_out)
        self.note.played.connect(self._play)
        QGuiApplication.clipboard().dataChanged.connect(self._offer_paste)
        self._offer_paste()

    # --- what is made when it is first needed -------------------------------------------------------------------------

    @property
    def question(self) -> Question:
        """Whether the smaller copy is kept."""
        if self._question is None:
            self._question = Question()
            self._question.hide()
            self._question.answered.connect(self._answered)
            self._asks.addWidget(self._question)
        return self._question

    @property
    def allowing(self) -> Allowing:
        """Who did not allow what is being kept."""
        if self._allowing is None:
            self._allowing = Allowing(self._shell)
            self._heard.addWidget(self._allowing)
        return self._allowing

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_session(self, session: Session) -> None:
        """Show the files of another session."""
        if not self._is_shown(session):
            self._put_away()
        self._session = session
        self.note.set_session(session)
        self._show_files([], [])
        self._say()
        self._show_question()
        self.refresh()

    def _may_i(self, purpose: str) -> None:
        if self._session is not None:
            self.allowing.about(self._session, purpose)

    def _put_away(self) -> None:
        if self._allowing is not None:
            self._allowing.put_away()
        if self.viewfinder is not None:
            self.viewfinder.end()
            self.viewfinder.hide()
        if self.player is not None:
            self.player.end()
            self.player.hide()

    def leave(self) -> None:
        """Keep the note that is being spoken, and be silent."""
        self.note.end()
        self._put_away()

    def refresh(self) -> None:
        """Read again which files there are, and how they stand."""
        session, speaking = self._session, self.note.recording()
        if session is None:
            return

        def read(workspace: Workspace) -> tuple[list[tuple[Attachment, Standing]], list[Interrupted]]:
            cut_off = voice.interrupted(workspace, session=session.id, but=speaking)
            return attachments.of(workspace, owner=session.id), cut_off

        def show(found: tuple[list[tuple[Attachment, Standing]], list[Interrupted]]) -> None:
            if self._is_shown(session):
                self._show_files(*found)

        self._shell.ask(read, show, owner=self, latest="files of the session")

    def forget(self, session: str) -> None:
        """Put away what was chosen for this session and is not kept yet: there is nothing to add it to any more."""
        self._awaited.discard(session)
        self._asked.pop(session, None)
        self._waiting = [one for one in self._waiting if one[0].id != session]
        self._show_question()

    def _is_shown(self, session: Session) -> bool:
        return self._session is not None and self._session.id == session.id

    def _show_files(self, found: list[tuple[Attachment, Standing]], cut_off: list[Interrupted]) -> None:
        self.files.show_values((file.id, Shown(file, standing)) for file, standing in found)
        self.files.setVisible(bool(found))
        self.cut_off.show_values((one.id, one) for one in cut_off if one.id != self.note.recording())
        self.cut_off.setVisible(bool(self.cut_off.keys()))

    def _show_question(self) -> None:
        chosen = self._asked.get(self._session.id) if self._session else None
        if chosen is not None and chosen.small is not None:
            self.question.ask(chosen.name, len(chosen.content), len(chosen.small))
        if self._question is not None:
            self._question.setVisible(chosen is not None)

    def _say(self, *, reading: str = "", problem: str = "") -> None:
        self._reading.setText(reading)
        self._problem.setText(problem)
        self._reading.setVisible(bool(reading))
        self._problem.setVisible(bool(problem))
        # Whoever does not see the words beside it hears them where the keyboard is.
        self.choose.setAccessibleDescription(problem)

    def _row(self, shown: Shown) -> QWidget:
        row = FileRow(shown)
        row.open.clicked.connect(lambda: self._shell.go("file", file=shown.file.id))
        row.play.clicked.connect(lambda: self._play(shown.file))
        row.get.clicked.connect(lambda: self._get(shown.file))
        row.save.clicked.connect(lambda: save_a_copy(self._shell, self, shown.file))
        row.take_out.clicked.connect(lambda: self._take_out(shown.file))
        return row

    # --- adding -------------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        # One at a time, as the words above say. The button is not greyed: that would take the keyboard away from it.
        if not self._reading.isVisibleTo(self):
            place = filing.which_to_open(self, title=tr("Add a photo or file"))
            if place is not None:
                self._add_from(place.name, lambda: read(place))

    def _paste(self) -> None:
        self._add_image(QGuiApplication.clipboard().image())

    def _add_image(self, image: QImage) -> None:
        if not image.isNull():
            self._add_photo(lambda: as_jpeg(image))

    def _add_photo(self, content: Callable[[], bytes]) -> None:
        name = tr("Photo {time}", time=f"{SystemClock().now().astimezone():%H.%M}") + ".jpg"
        self._add_from(name, lambda: looked_at(name, content()))

    def _offer_paste(self) -> None:
        seen = QGuiApplication.clipboard().mimeData()
        self.paste.setVisible(bool(seen and seen.hasImage()))

    def _look(self) -> None:
        if self.viewfinder is None:
            self.viewfinder = Viewfinder()
            self.viewfinder.taken.connect(self._taken)
            self.viewfinder.left.connect(self._looked)
            self._heard.addWidget(self.viewfinder)
        self._may_i("photo")
        self.viewfinder.show()
        self.viewfinder.begin()

    def _taken(self, content: bytes) -> None:
        self._looked()
        self._add_photo(lambda: content)

    def _looked(self) -> None:
        if self.viewfinder is not None:
            self.viewfinder.hide()
        self.photo.setFocus(Qt.FocusReason.OtherFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures that are dragged here."""
        seen = event.mimeData()
        if self._session is not None and (seen.hasImage() or any(url.isLocalFile() for url in seen.urls())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped, one after another."""
        seen = event.mimeData()
        places = [Path(url.toLocalFile()) for url in seen.urls() if url.isLocalFile()]
        for place in places:
            self._add_from(place.name, lambda place=place: read(place))  # type: ignore[misc]
        if not places and seen.hasImage():
            self._add_image(QImage(seen.imageData()))
        event.acceptProposedAction()

    def _add_from(self, name: str, reader: Callable[[], Chosen]) -> None:
        session = self._session
        if session is None:
            return
        if session.id in self._awaited or session.id in self._asked:
            self._waiting.append((session, name, reader))
            return
        self._awaited.add(session.id)
        self.adding.emit()
        self._say(reading=tr("Reading “{name}”…", name=name))
        self._shell.tasks.run(
            reader,
            then=lambda chosen: self._have_read(session, chosen),
            failed=lambda error: self._failed(session, error),
            lane="pictures",
            owner=self,
        )

    def _have_read(self, session: Session, chosen: Chosen) -> None:
        if session.id not in self._awaited:
            return
        self._awaited.discard(session.id)
        if self._is_shown(session) and chosen.is_picture():
            self._may_i("photo")
        if chosen.small is None:
            self._add(session, chosen.name, chosen.content)
            return
        self._asked[session.id] = chosen
        if self._is_shown(session):
            self._say()
            self._show_question()
            self.question.small.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_unanswered(self) -> None:
        """Keep the smaller copy if the question still stands, and what was spoken: whoever goes on has chosen it, and it is not lost."""
        self.note.end()
        if self._session is not None and self._session.id in self._asked:
            self._settle("small")
        for id in list(self.cut_off.keys()):
            self._keep_cut_off(id)

    def _answered(self, answer: str) -> None:
        self._settle(answer)
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _settle(self, answer: str) -> None:
        session = self._session
        chosen = self._asked.pop(session.id, None) if session else None
        self._show_question()
        if session is None or chosen is None:
            return
        if answer == "small" and chosen.small is not None:
            self._add(session, str(Path(chosen.name).with_suffix(".jpg")), chosen.small)
        elif answer != "cancel":
            self._add(session, chosen.name, chosen.content)
        else:
            self._next()

    def _next(self) -> None:
        """Go on with what was dropped together with what is added now."""
        waiting, self._waiting = self._waiting, []
        for at, (session, name, reader) in enumerate(waiting):
            if self._is_shown(session):
                self._waiting = waiting[at + 1 :]
                self._add_from(name, reader)
                return

    def _add(self, session: Session, name: str, content: bytes) -> None:
        if self._is_shown(session):
            self._say(reading=tr("Keeping “{name}”…", name=name))

        def add(workspace: Workspace) -> object:
            changed, _ = attachments.add(workspace, to=session, name=name, content=content)
            return changed

        def added(_changed: object) -> None:
            if self._is_shown(session):
                self._say()
            self._next()

        self._shell.do(add, added, failed=lambda error: self._failed(session, error), owner=self)

    def _failed(self, session: Session, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._awaited.discard(session.id)
        if self._is_shown(session):
            self._say(problem=str(error))
        else:
            self._shell.notices.problem(error)
        self._next()

    # --- voice notes --------------------------------------------------------------------------------------------------

    def _cut_off_row(self, one: Interrupted) -> QWidget:
        row = InterruptedRow(one)
        row.keep.clicked.connect(lambda: self._keep_cut_off(one.id))
        row.throw.clicked.connect(lambda: self._throw_cut_off(one.id))
        return row

    def _keep_cut_off(self, id: str) -> None:
        session = self._session
        if session is not None:
            self._shell.do(
                lambda w: voice.finish(w, recording=id, to=session)[0], lambda _changed: self.refresh(), owner=self
            )

    def _throw_cut_off(self, id: str) -> None:
        self._shell.do(lambda w: voice.give_up(w, recording=id), lambda _none: self.refresh(), owner=self)

    def _play(self, file: Attachment) -> None:
        if self.player is not None:
            self.player.end()
            self.player.deleteLater()
        self.player = player = PlayerBar(file.name)
        self._heard.addWidget(player)
        player.show()
        player.setFocus(Qt.FocusReason.OtherFocusReason)

        def play(content: bytes) -> None:
            player.load(content)
            player.speaker.play()

        self._shell.ask(lambda w: content_of(w, file), play, owner=player)

    # --- what can be done with a file ---------------------------------------------------------------------------------

    def _get(self, file: Attachment) -> None:
        self._shell.do(lambda workspace: attachments.fetch(workspace, attachment=file), owner=self)

    def _take_out(self, file: Attachment) -> None:
        def taken_out() -> None:
            if self.isVisible() and not self.files.keys():
                self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

        take_out(self._shell, self, file, taken_out)
