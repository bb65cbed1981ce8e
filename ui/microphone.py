"""The microphone of this computer: what it hears, as samples in memory.

The only place that knows how Qt records, and it loads that when somebody first speaks: the start pays nothing for it. Promises a sentence
where there is no microphone, no sound at all, or no leave to listen, and that nothing it hears touches a disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QObject, Signal

from mentorapp import sound
from mentorapp.errors import UserError
from mentorapp.i18n import N_

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSource

NONE = N_("No microphone was found. Plug one in, or switch it on in the settings of this computer, and try again.")
SILENT = N_("The part of this computer that records sound is missing. Ask your office to install sound on it.")
TAKEN = N_(
    "The microphone could not be opened. Another program may be using it, or this computer does not let Mentor "
    "listen: look in its privacy settings, and try again."
)


class Microphone(QObject):
    """Hears from `begin` to `end`: `heard` carries samples (16 kHz, one channel, 16 bits); `lost` when it went away by itself."""

    heard = Signal(bytes)
    lost = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: QAudioSource | None = None
        self._flow: QIODevice | None = None
        self._shape = (sound.RATE, 1)

    def begin(self) -> None:
        """Begin to listen. Raises UserError if that cannot be."""
        try:
            from PySide6.QtMultimedia import QAudioSource, QMediaDevices, QtAudio
        except ImportError as reason:
            raise UserError(SILENT) from reason
        device = QMediaDevices.defaultAudioInput()
        if device.isNull():
            raise UserError(NONE)
        format = _format(device)
        source = QAudioSource(device, format, self)
        flow = source.start()
        if flow is None or source.error() != QtAudio.Error.NoError:
            source.deleteLater()
            raise UserError(TAKEN)
        self._source, self._flow, self._shape = source, flow, (format.sampleRate(), format.channelCount())
        flow.readyRead.connect(self._read)
        source.stateChanged.connect(self._changed)

    def end(self) -> None:
        """Listen no longer; what was heard last has been told."""
        source, self._source = self._source, None
        if source is not None:
            self._read()
            self._flow = None
            source.stop()
            source.deleteLater()

    def _read(self) -> None:
        if self._flow is None:
            return
        pcm = bytes(self._flow.readAll().data())
        rate, channels = self._shape
        if (rate, channels) != (sound.RATE, 1):
            pcm = sound.as_voice(pcm, rate=rate, channels=channels)
        if pcm:
            self.heard.emit(pcm)

    def _changed(self, _state: object) -> None:
        from PySide6.QtMultimedia import QtAudio

        if self._source is not None and self._source.state() == QtAudio.State.StoppedState:
            self.end()
            self.lost.emit()


def _format(device: QAudioDevice) -> QAudioFormat:
    """What a voice needs, or else the device's own rate and channels; 16 bits always."""
    from PySide6.QtMultimedia import QAudioFormat

    wanted = QAudioFormat()
    wanted.setSampleRate(sound.RATE)
    wanted.setChannelCount(1)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    if not device.isFormatSupported(wanted):
        own = device.preferredFormat()
        wanted.setSampleRate(own.sampleRate())
        wanted.setChannelCount(own.channelCount())
    return wanted
