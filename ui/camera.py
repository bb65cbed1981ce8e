"""The camera of this computer: what it sees, as pictures in memory, shown while somebody looks for the right moment.

The only place that knows how Qt takes pictures, and it loads that when a picture is first wanted. Promises a sentence where there is no
camera, and that nothing it sees touches a disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from ui import theme
from ui.widgets import Button, Column, Flow, PrimaryButton, text
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCamera

NONE = N_("No camera was found. Plug one in, or add a photo from a file or a telephone instead.")
MISSING = N_("The part of this computer that takes pictures is missing. Add a photo from a file instead.")
TAKEN = N_(
    "The camera could not be opened. Another program may be using it, or this computer does not let Mentor look: "
    "look in its privacy settings, and try again."
)


class Camera(QObject):
    """Sees from `begin` to `end`: `seen` carries each picture; `failed` a UserError."""

    seen = Signal(QImage)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._camera: QCamera | None = None

    def begin(self) -> None:
        """Begin to look. Raises UserError if that cannot be."""
        try:
            from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QMediaDevices, QVideoSink
        except ImportError as reason:
            raise UserError(MISSING) from reason
        device = QMediaDevices.defaultVideoInput()
        if device.isNull():
            raise UserError(NONE)
        camera = self._camera = QCamera(device, self)
        session, sink = QMediaCaptureSession(camera), QVideoSink(camera)
        session.setCamera(camera)
        session.setVideoSink(sink)
        sink.videoFrameChanged.connect(lambda frame: self.seen.emit(frame.toImage()))
        camera.errorOccurred.connect(lambda *_: self.failed.emit(UserError(TAKEN)))
        camera.start()

    def end(self) -> None:
        """Look no longer."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.stop()
            camera.deleteLater()


class Viewfinder(QWidget):
    """What the camera sees, and the button that takes it. `taken` carries a JPEG; `left` when she thinks better of it."""

    taken = Signal(bytes)
    left = Signal()

    def __init__(self, camera: Camera | None = None) -> None:
        super().__init__()
        self.camera = camera or Camera(self)
        self.camera.seen.connect(self._seen)
        self.camera.failed.connect(lambda error: self._say(str(error)))
        self._image = QImage()
        self._shown = QLabel()
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setAccessibleName(tr("What the camera sees"))
        self._problem = text("", "problem", wrap=True)
        self.take, self.leave = PrimaryButton(tr("Take the photo"), "camera", short=True), Button(tr("Leave it"))
        self.take.clicked.connect(self._take)
        self.leave.clicked.connect(self._leave)
        high_as_needed(self)
        column, buttons = Column(self, gap=8), Flow(gap=8)
        for button in (self.take, self.leave):
            buttons.addWidget(button)
        for part in (self._shown, self._problem, buttons):
            column.addWidget(part)
        self._say("")

    def begin(self) -> None:
        """Begin to look, or say why that cannot be."""
        self._image = QImage()
        self._shown.setText(tr("The camera is being opened…"))
        self.take.setEnabled(False)
        self._say("")
        try:
            self.camera.begin()
        except UserError as error:
            self._shown.clear()
            self._say(str(error))
            self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Look no longer, and let go of what was seen."""
        self.camera.end()
        self._image = QImage()
        self._shown.clear()

    def _seen(self, image: QImage) -> None:
        if image.isNull():
            return
        self._image = image
        width = max(theme.px(160), self._shown.width())
        small = image.scaledToWidth(min(width, image.width()), Qt.TransformationMode.FastTransformation)
        self._shown.setPixmap(QPixmap.fromImage(small))
        if not self.take.isEnabled():
            self.take.setEnabled(True)
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        content = as_jpeg(self._image)
        self.end()
        self.taken.emit(content)

    def _leave(self) -> None:
        self.end()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))


def as_jpeg(image: QImage) -> bytes:
    """A picture as a JPEG of good quality, without notes."""
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 92)  # type: ignore[call-overload]
    return bytes(kept.data())
