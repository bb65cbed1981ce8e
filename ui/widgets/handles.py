"""Something that can be taken with the mouse and put down on a day; pressed, it says so too, so that no hand needs to be steady.

Knows no mentee: it carries a key.
"""

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.buttons import QuietButton

TAKEN = "application/x-mentor-taken"
"""What is carried is of this type: nothing of another program falls on a day."""


class Handle(QuietButton):
    """A button with a key that can be dragged."""

    def __init__(self, label: str, key: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, icon, parent=parent)
        self.key = key
        self._from: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def carried(self) -> QMimeData:
        """What is carried."""
        content = QMimeData()
        content.setData(TAKEN, self.key.encode())
        return content

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It may be the beginning of a drag."""
        self._from = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry it once the pointer has gone far enough to mean it."""
        far = self._from is not None and (event.position().toPoint() - self._from).manhattanLength()
        if self._from is None or far < QApplication.startDragDistance():
            super().mouseMoveEvent(event)
            return
        self._from = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(self.carried())
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.CopyAction)
