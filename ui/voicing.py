"""A voice note: spoken, heard again, thrown away or spoken anew, all in one place and without a question that stops the person.

Promises that what was heard is in the encrypted store within four seconds, so that a crash takes no more than those; that nothing of it
is written anywhere else; and that a note is kept when the person goes elsewhere in the middle of it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mentorapp import sound
from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Attachment, Session
from mentorapp.services import voice
from mentorapp.services.workspace import Changed, Workspace
from ui import words as say
from ui.microphone import Microphone
from ui.shell import Shell
from ui.widgets import Bar, Button, Column, Flow, Line, Pill, QuietButton, text
from ui.widgets.flow import high_as_needed

PIECE_SECONDS = 3
"""How much is heard before it is kept: a crash costs no more than this and the second that is being made into blocks."""

_AT_ONCE = 2 * sound.RATE
LOST = N_("The microphone went away. What it heard until then is kept; plug it in again to go on with another note.")

Finish = Callable[[Workspace, str, Session], tuple[Changed, Attachment | None]]
"""Makes a file of a recording, by its id, for the session during which it was spoken."""


class VoiceNote(QWidget):
    """A quiet button that becomes a recorder. `adding` before anything is kept; `kept` carries the Attachment and its Session; `thrown` one to take out."""

    adding = Signal()
    kept = Signal(object, object)
    thrown = Signal(object)
    played = Signal(object)

    def __init__(self, shell: Shell, *, words: str = "", microphone: Microphone | None = None) -> None:
        super().__init__()
        self._shell = shell
        self._microphone = microphone or Microphone(self)
        self._microphone.heard.connect(self._heard)
        self._microphone.lost.connect(self._lost)
        self._session: Session | None = None
        self._finish: Finish = _as_file
        self._recording = self._under = ""
        self._encoder = sound.Encoder()
        self._pcm, self._blocks, self._octets = b"", b"", 0
        self._last: Attachment | None = None
        self.speak = QuietButton(words or tr("Record a voice note"), "mic")
        self.speak.clicked.connect(self.begin)
        high_as_needed(self)
        self._column = Column(self, gap=8)
        self._column.addWidget(self.speak, 0, Qt.AlignmentFlag.AlignLeading)
        self._built = False
        self._refresh = QTimer(self)
        self._refresh.setInterval(200)
        self._refresh.timeout.connect(self._tick)
        self._loudest = 0.0
        self._show()

    def _build(self) -> None:
        """Make the recorder, when somebody first speaks."""
        if self._built:
            return
        self._built = True
        self.stop = Button(tr("Stop"), "square")
        self.stop.clicked.connect(self.end)
        self._live = QWidget()
        head = Line(self._live, gap=10)
        self._state = Pill(tr("Recording"), "bad", parent=self._live)
        self._clock = text("", "strong")
        self._level = Bar()
        head.addWidget(self._state)
        head.addWidget(self._clock)
        head.addWidget(self._level, 1)
        head.addWidget(self.stop)
        self._said = text("", "caption", wrap=True)
        self._problem = text("", "problem", wrap=True)
        self._deeds = Flow(gap=12)
        self.play, self.again = QuietButton(tr("Play it")), QuietButton(tr("Record it again"))
        self.throw = QuietButton(tr("Throw it away"))
        self.play.clicked.connect(lambda: self.played.emit(self._last))
        self.again.clicked.connect(self._begin_again)
        self.throw.clicked.connect(self._throw)
        for button in (self.play, self.again, self.throw):
            button.setProperty("short", "true")
            self._deeds.addWidget(button)
        for at, part in enumerate((self._said, self._problem, self._live, self._deeds)):
            part.hide()
            self._column.insertWidget(at, part)

    # --- for whom -----------------------------------------------------------------------------------------------------

    def set_session(self, session: Session, finish: Finish | None = None, *, under: str = "") -> None:
        """Record for this session; `finish` makes something else of it than a file of the session, kept `under` another name meanwhile."""
        if self._session is None or self._session.id != session.id:
            self.end()
            self._last = None
            self._say()
        self._session, self._finish, self._under = session, finish or _as_file, under or session.id
        self._show()

    def recording(self) -> str:
        """The id of the recording under way, "" while there is none."""
        return self._recording

    def has_just_kept(self) -> bool:
        """Whether it still offers to play what was kept, or to throw it away."""
        return self._last is not None

    def seconds(self) -> float:
        """How much was heard."""
        return sound.seconds(self._octets) + len(self._pcm) / _AT_ONCE

    # --- recording ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin to listen, or say why that cannot be."""
        if self._recording or self._session is None:
            return
        self._build()
        self._last = None
        self._encoder, self._pcm, self._blocks, self._octets = sound.Encoder(), b"", b"", 0
        try:
            self._microphone.begin()
        except UserError as error:
            self._say(problem=str(error))
            self._show()
            return
        self._recording = new_id()
        self.adding.emit()
        self._say()
        self._refresh.start()
        self._show()
        self.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heard(self, pcm: bytes) -> None:
        if not self._recording:
            return
        self._loudest = max(self._loudest, sound.loudness(pcm))
        self._pcm += pcm
        while len(self._pcm) >= _AT_ONCE:
            self._take(self._encoder.encode(self._pcm[:_AT_ONCE]))
            self._pcm = self._pcm[_AT_ONCE:]
        if sound.seconds(len(self._blocks)) >= PIECE_SECONDS:
            self._keep()
        if self.seconds() >= voice.LONGEST:
            self.end()
            self._say(
                words=tr("A voice note lasts {n} at most. This one is kept; record another to go on.", n=_longest())
            )

    def _take(self, blocks: bytes) -> None:
        self._blocks += blocks
        self._octets += len(blocks)

    def _keep(self) -> None:
        under, recording, blocks = self._under, self._recording, self._blocks
        if not under or not blocks:
            return
        self._blocks = b""

        def again(error: Exception) -> None:
            # It stays in memory and goes with the next piece.
            if recording == self._recording:
                self._blocks = blocks + self._blocks
            self._say(problem=str(error))

        self._shell.do(
            lambda workspace: voice.keep(workspace, recording=recording, session=under, blocks=blocks),
            failed=again,
            owner=self,
        )

    def end(self) -> None:
        """Stop, and make a file of what was heard. Does nothing while nothing is recorded."""
        if not self._recording or self._session is None:
            return
        had = self.isAncestorOf(self.window().focusWidget() or self.window())
        self._microphone.end()
        self._take(self._encoder.encode(self._pcm) + self._encoder.rest())
        self._pcm = b""
        recording, blocks, session, finish = self._recording, self._blocks, self._session, self._finish
        under = self._under
        lasted = say.clock(sound.seconds(self._octets))
        self._recording, self._blocks = "", b""
        self._refresh.stop()
        self._say(words=tr("Keeping the voice note…"))
        self._show()
        if had:
            self.speak.setFocus(Qt.FocusReason.OtherFocusReason)

        def keep(workspace: Workspace) -> tuple[Changed, Attachment | None]:
            voice.keep(workspace, recording=recording, session=under, blocks=blocks)
            return finish(workspace, recording, session)

        def kept(done: tuple[Changed, Attachment | None]) -> None:
            changed, attachment = done
            self._shell.tasks.changed.emit(changed)
            if self._session is session or (self._session and self._session.id == session.id):
                self._ended(attachment, lasted)
            if attachment is not None:
                self.kept.emit(attachment, session)

        self._shell.do(keep, kept, failed=lambda error: self._say(problem=str(error)), owner=self)

    def _ended(self, attachment: Attachment | None, lasted: str) -> None:
        self._last = attachment
        if attachment is None:
            self._say(words=tr("Nothing was heard, so nothing is kept. Check the microphone and try again."))
        else:
            self._say(words=tr("Kept: {length}.", length=lasted))
        self._show()

    def _lost(self) -> None:
        self.end()
        self._say(problem=tr(LOST))

    def _begin_again(self) -> None:
        before = self._last
        self.begin()
        if self._recording and before is not None:
            self.thrown.emit(before)

    def _throw(self) -> None:
        before, self._last = self._last, None
        self._say()
        self._show()
        self.speak.setFocus(Qt.FocusReason.OtherFocusReason)
        if before is not None:
            self.thrown.emit(before)

    # --- showing ------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if not self._built:
            return
        self._clock.setText(say.clock(self.seconds()))
        self._clock.setAccessibleName(tr("Recorded so far: {length}", length=say.clock(self.seconds())))
        self._level.set(self._loudest**0.5, tr("How loud it is"))
        self._loudest /= 2

    def _say(self, *, words: str = "", problem: str = "") -> None:
        if not self._built:
            return
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        # Whoever does not see the words hears them where the keyboard is.
        self.speak.setAccessibleDescription(problem or words)

    def _show(self) -> None:
        live = bool(self._recording)
        if not self._built:
            return
        self._live.setVisible(live)
        self.speak.setVisible(not live and self._last is None)
        self._deeds.setVisible(not live and self._last is not None)
        self._tick()


def _longest() -> str:
    return say.minutes(voice.LONGEST // 60)


def _as_file(workspace: Workspace, recording: str, session: Session) -> tuple[Changed, Attachment | None]:
    return voice.finish(workspace, recording=recording, to=session)
