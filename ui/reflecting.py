"""What the author says of a session to herself alone, spoken instead of written: kept, heard, thrown away.

Promises that it is never a file of the pair: neither it nor that it exists leaves the laptop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.records import Attachment, Session
from mentorapp.services import attachments, people, sessions, voice
from ui.carrying import content_of
from ui.filerows import InterruptedRow
from ui.playing import PlayerBar
from ui.shell import Shell
from ui.voicing import VoiceNote
from ui.widgets import Column, Flow, QuietButton, text
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.voice import Interrupted
    from mentorapp.services.workspace import Changed, Workspace


class Spoken(QWidget):
    """One note of the author's own, or the way to speak one. `edited` when there is another, or none any more."""

    edited = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._session: Session | None = None
        self._id = ""
        self.note = VoiceNote(shell, words=tr("Say it instead: only you hear it"))
        self.note.kept.connect(self._kept)
        self.note.thrown.connect(self._throw)
        self.note.played.connect(lambda file: self._play(file.id))
        self._words = text(tr("A voice note of your own: only you hear it."), "body", wrap=True)
        self.play, self.throw = QuietButton(tr("Play it")), QuietButton(tr("Throw it away"))
        self.play.clicked.connect(lambda: self._play(self._id))
        self.throw.clicked.connect(self._throw_it)
        self.cut_off = KeyedRows(self._cut_off_row)
        self.player: PlayerBar | None = None
        high_as_needed(self)
        self._there = QWidget()
        there, deeds = Column(self._there, gap=2), Flow(gap=12)
        for button in (self.play, self.throw):
            button.setProperty("short", "true")
            button.setAccessibleDescription(self._words.text())
            deeds.addWidget(button)
        there.addWidget(self._words)
        there.addWidget(deeds)
        self._column = Column(self, gap=6)
        for part in (self._there, self.cut_off, self.note):
            self._column.addWidget(part)
        self.cut_off.hide()
        self._show()

    def value(self) -> str:
        """The id of the note, "" if there is none."""
        return self._id

    def set_draft(self, session: Session, id: str) -> None:
        """Be about this session, with this note."""
        if self._session is None or self._session.id != session.id:
            self.leave()
        self._session, self._id = session, id
        self.note.set_session(session, _finish, under=sessions.aside_of(session.id))
        self._show()
        self._look()

    def _look(self) -> None:
        session = self._session
        if session is None:
            return
        under, speaking = sessions.aside_of(session.id), self.note.recording()

        def show(found: list[Interrupted]) -> None:
            self.cut_off.show_values((one.id, one) for one in found)
            self.cut_off.setVisible(bool(found))

        self._shell.ask(
            lambda w: voice.interrupted(w, session=under, but=speaking), show, owner=self, latest="cut off aside"
        )

    def leave(self) -> None:
        """Keep the note that is being spoken, and be silent."""
        self.note.end()
        if self.player is not None:
            self.player.end()
            self.player.hide()

    def _kept(self, file: Attachment, session: Session) -> None:
        if self._session is None or self._session.id != session.id:
            return  # It stands in the draft of the session for which it was spoken.
        self._id = file.id
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        # Right after speaking the recorder itself offers to play it and to throw it away.
        just_now = self.note.has_just_kept()
        self._there.setVisible(bool(self._id) and not just_now)
        self.note.setVisible(not self._id or just_now)

    def _play(self, id: str) -> None:
        if self.player is not None:
            self.player.end()
            self.player.deleteLater()
        self.player = player = PlayerBar(tr("Voice note") + ".wav")
        self._column.addWidget(player)
        player.show()
        player.setFocus(Qt.FocusReason.OtherFocusReason)

        def play(content: bytes) -> None:
            player.load(content)
            player.speaker.play()

        self._shell.ask(lambda w: content_of(w, w.store.get(Attachment, id)), play, owner=player)

    def _throw_it(self) -> None:
        id = self._id
        self._shell.ask(lambda w: w.store.get(Attachment, id), self._throw, owner=self)
        self.note.speak.setFocus(Qt.FocusReason.OtherFocusReason)

    def _throw(self, file: Attachment) -> None:
        shell, session = self._shell, self._session
        if file.id == self._id:
            self._id = ""
            self._show()
            self.edited.emit()

        def bring_back() -> None:
            def back(_changed: object) -> None:
                if session is not None and not self._id:
                    self._kept(file, session)

            shell.do(lambda workspace: people.unvoid(workspace, file), back, owner=self)

        shell.do(
            lambda workspace: attachments.remove(workspace, attachment=file, reason=tr("Taken out of the session")),
            lambda _changed: shell.notices.say(tr("The voice note is thrown away."), "good", tr("Undo"), bring_back),
            owner=self,
        )

    def _cut_off_row(self, one: Interrupted) -> QWidget:
        row = InterruptedRow(one)

        session = self._session

        def keep() -> None:
            if session is not None:
                self._shell.do(lambda w: _finish(w, one.id, session), lambda done: self._have(done[1]), owner=self)

        row.keep.clicked.connect(keep)
        row.throw.clicked.connect(
            lambda: self._shell.do(lambda w: voice.give_up(w, recording=one.id), lambda _n: self._look(), owner=self)
        )
        return row

    def _have(self, file: Attachment | None) -> None:
        self._look()
        if file is not None and self._session is not None:
            self._kept(file, self._session)


def _finish(workspace: Workspace, recording: str, session: Session) -> tuple[Changed, Attachment | None]:
    with workspace.store.transaction():
        changed, file = voice.finish(workspace, recording=recording, to=session, private=True)
        if file is not None:
            sessions.note_spoken(workspace, session=session.id, voice=file.id)
    return changed, file
