"""A sound heard from memory: play, pause, go to a place, faster or slower.

`Speaker` is the only place that knows how Qt plays, and loads it when somebody first listens. Promises that what is heard is never
written anywhere to be played, and a sentence where it cannot be played here.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, QUrl, Signal
from PySide6.QtWidgets import QSlider, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from ui import words as say
from ui.widgets import Button, Column, Flow, Line, Segment, text
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

SILENT = N_("The part of this computer that plays sound is missing. Save a copy and open it elsewhere.")
NONE = N_("No loudspeaker was found. Plug in headphones or a loudspeaker, and open the sound again.")
UNKNOWN = N_("This kind of sound cannot be played here. Save a copy and open it with another program.")
SPEEDS = (75, 100, 150, 200)
"""How fast it can be played, in percent."""

STEP_MS = 5_000


class Speaker(QObject):
    """Plays a content from memory. Moments are milliseconds: `moved` where it is, `lasted` how long it is."""

    moved = Signal(int)
    lasted = Signal(int)
    went = Signal(bool)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player: QMediaPlayer | None = None
        self._content = QByteArray()
        self._buffer: QBuffer | None = None

    def load(self, content: bytes, name: str) -> None:
        """Take a content. Raises UserError if nothing can be played here."""
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
        except ImportError as reason:
            raise UserError(SILENT) from reason
        if QMediaDevices.defaultAudioOutput().isNull():
            raise UserError(NONE)
        self._content = QByteArray(content)
        self._buffer = QBuffer(self._content, self)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        player = self._player = QMediaPlayer(self)
        player.setAudioOutput(QAudioOutput(player))
        # Qt counts in 64 bits, a signal of ours in fewer: half a day of sound fits.
        player.positionChanged.connect(lambda moment: self.moved.emit(int(moment)))
        player.durationChanged.connect(lambda length: self.lasted.emit(int(length)))
        playing = QMediaPlayer.PlaybackState.PlayingState
        player.playbackStateChanged.connect(lambda state: self.went.emit(state == playing))
        player.errorOccurred.connect(lambda *_: self.failed.emit(UserError(UNKNOWN)))
        # The ending says what kind it is; the content comes from memory, and the name stays out of the libraries' logs.
        player.setSourceDevice(self._buffer, QUrl(f"sound{PurePath(name).suffix}"))

    def play(self) -> None:
        """Play on."""
        if self._player is not None:
            self._player.play()

    def pause(self) -> None:
        """Wait."""
        if self._player is not None:
            self._player.pause()

    def go_to(self, moment: int) -> None:
        """Go on at a moment."""
        if self._player is not None:
            self._player.setPosition(moment)

    def set_speed(self, percent: int) -> None:
        """Play faster or slower."""
        if self._player is not None:
            self._player.setPlaybackRate(percent / 100)

    def end(self) -> None:
        """Play no more, and let go of the content."""
        player, self._player = self._player, None
        if player is not None:
            player.stop()
            player.setSource(QUrl())
            player.deleteLater()
        if self._buffer is not None:
            self._buffer.close()
        self._content.clear()


class PlayerBar(QWidget):
    """A button, the place on a line, the time and the speed. On the line the arrow keys go five seconds."""

    def __init__(self, name: str, *, speaker: Speaker | None = None) -> None:
        super().__init__()
        self._name, self._playing, self._length = name, False, 0
        self.speaker = speaker or Speaker(self)
        self.button = Button(tr("Play"), "play")
        self.button.clicked.connect(self.toggle)
        self.place = QSlider(Qt.Orientation.Horizontal)
        self.place.setAccessibleName(tr("Where in the sound"))
        # A sound goes from left to right in every script.
        self.place.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.place.setSingleStep(STEP_MS)
        self.place.setPageStep(6 * STEP_MS)
        self.place.sliderMoved.connect(self.speaker.go_to)
        self.place.actionTriggered.connect(lambda _act: self.speaker.go_to(self.place.sliderPosition()))
        self._time = text("", "caption")
        self.speed = Segment([(str(one), _times(one)) for one in SPEEDS], name=tr("How fast"))
        self.speed.set_value("100")
        self.speed.picked.connect(lambda key: self.speaker.set_speed(int(key)))
        self._problem = text("", "problem", wrap=True)
        self._problem.hide()
        self._lay_out()
        self.speaker.moved.connect(self._moved)
        self.speaker.lasted.connect(self._lasted)
        self.speaker.went.connect(self._went)
        self.speaker.failed.connect(self._failed)
        self._went(False)
        self._moved(0)

    def _lay_out(self) -> None:
        high_as_needed(self)
        column, line, foot = Column(self, gap=10), Line(gap=12), Flow(gap=12)
        line.addWidget(self.button)
        line.addWidget(self.place, 1)
        line.addWidget(self._time)
        foot.addWidget(self.speed)
        column.addLayout(line)
        column.addWidget(foot)
        column.addWidget(self._problem)
        self.setFocusProxy(self.button)

    def load(self, content: bytes) -> None:
        """Take a content, or say why it cannot be played."""
        try:
            self.speaker.load(content, self._name)
        except UserError as error:
            self._failed(error)

    def toggle(self) -> None:
        """Play, or wait."""
        if self._playing:
            self.speaker.pause()
        else:
            self.speaker.play()

    def is_playing(self) -> bool:
        """Whether it is heard now."""
        return self._playing

    def end(self) -> None:
        """Be silent, and let go of the content."""
        self.speaker.end()
        self._went(False)

    def _moved(self, moment: int) -> None:
        if not self.place.isSliderDown():
            self.place.setValue(moment)
        said = tr("{done} of {whole}", done=say.clock(moment / 1000), whole=say.clock(self._length / 1000))
        self._time.setText(said)

    def _lasted(self, length: int) -> None:
        self._length = length
        self.place.setMaximum(length)
        self._moved(self.place.value())

    def _went(self, playing: bool) -> None:
        self._playing = playing
        self.button.set_words(tr("Pause") if playing else tr("Play"), "pause" if playing else "play")
        words = tr("Pause “{name}”", name=self._name) if playing else tr("Play “{name}”", name=self._name)
        self.button.setAccessibleName(words)

    def _failed(self, error: UserError) -> None:
        self._problem.setText(str(error))
        self._problem.show()
        self.button.setEnabled(False)
        self.button.setAccessibleDescription(str(error))


def _times(percent: int) -> str:
    shown = say.locale().toString(percent / 100, "g", 3)
    return tr("{n}×", n=shown)
