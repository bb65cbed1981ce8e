"""A picture or the pages of a PDF, looked at from memory: larger, smaller, as large as there is room, turned.

Promises that nothing is written to be shown. What draws PDF pages is loaded when the first is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPalette, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from ui import theme
from ui.shrinking import MOST_PIXELS
from ui.widgets import Column

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPdfWidgets import QPdfView

NO_PICTURE = N_("This picture cannot be shown here. Save a copy and open it with another program.")
NO_PAGES = N_("These pages cannot be shown here. Save a copy and open it with another program.")
LOCKED = N_("These pages are protected by a password. Save a copy and open it with a program that asks for it.")

LONGEST = 4096
"""The longer side that is kept in memory, in pixels: more than any screen shows at once."""

STEP, LEAST, MOST = 1.25, 0.1, 8.0


def picture(content: bytes) -> QImage:
    """A picture, upright and no larger than can be looked at; on any thread. Raises UserError if it is none."""
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() * size.height() > MOST_PIXELS:
        raise UserError(NO_PICTURE)
    if max(size.width(), size.height()) > LONGEST:
        reader.setScaledSize(size.scaled(QSize(LONGEST, LONGEST), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise UserError(NO_PICTURE)
    return image


class _Canvas(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self.image)


class Picture(QScrollArea):
    """A picture. `zoomed` when its size changed."""

    zoomed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._canvas = _Canvas()
        self.setWidget(self._canvas)
        self._scale, self._fit = 1.0, True

    def show_image(self, image: QImage) -> None:
        """Show another, as large as there is room."""
        self._canvas.image, self._fit = image, True
        self._place()

    def zoom(self, steps: int) -> None:
        """Larger, or smaller."""
        self._fit, self._scale = False, max(LEAST, min(MOST, self._scale * STEP**steps))
        self._place()

    def fit(self) -> None:
        """As large as there is room, but not larger than it is."""
        self._fit = True
        self._place()

    def turn(self) -> None:
        """A quarter clockwise."""
        self._canvas.image = self._canvas.image.transformed(QTransform().rotate(90))
        self._place()

    def percent(self) -> int:
        """How large it is shown."""
        return round(self._scale * 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay as large as there is room."""
        super().resizeEvent(event)
        if self._fit:
            self._place()

    def _place(self) -> None:
        size = self._canvas.image.size()
        if size.isEmpty():
            return
        if self._fit:
            room = self.maximumViewportSize()
            self._scale = max(LEAST, min(1.0, room.width() / size.width(), room.height() / size.height()))
        self._canvas.setFixedSize((size * self._scale).expandedTo(QSize(1, 1)))
        self._canvas.update()
        self.zoomed.emit()


class Pages(QWidget):
    """The pages of a PDF, one under the other. `zoomed` when another page or size is shown."""

    zoomed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._content = QByteArray()
        self._buffer = QBuffer(self._content, self)
        self._document: QPdfDocument | None = None
        self._view: QPdfView | None = None
        self._column = Column(self, gap=0)

    def show_content(self, content: bytes) -> None:
        """Show other pages. Raises UserError if they cannot be shown."""
        from PySide6.QtPdf import QPdfDocument
        from PySide6.QtPdfWidgets import QPdfView

        self.end()
        self._content = QByteArray(content)
        self._buffer = QBuffer(self._content, self)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        document = self._document = QPdfDocument(self)
        document.load(self._buffer)
        if document.error() != QPdfDocument.Error.None_:
            locked = document.error() == QPdfDocument.Error.IncorrectPassword
            self.end()
            raise UserError(LOCKED if locked else NO_PAGES)
        view = self._view = QPdfView(self)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setPageMode(QPdfView.PageMode.MultiPage)
        view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        view.setAccessibleName(tr("Pages"))
        around = view.palette()
        around.setColor(QPalette.ColorRole.Dark, theme.colour("sunk"))
        view.setPalette(around)
        view.setDocument(document)
        view.pageNavigator().currentPageChanged.connect(lambda _page: self.zoomed.emit())
        view.zoomFactorChanged.connect(lambda _factor: self.zoomed.emit())
        self._column.addWidget(view)
        self.setFocusProxy(view)
        view.show()
        self.zoomed.emit()

    def zoom(self, steps: int) -> None:
        """Larger, or smaller."""
        view = self._view
        if view is not None:
            from PySide6.QtPdfWidgets import QPdfView

            before = view.zoomFactor() if view.zoomMode() == QPdfView.ZoomMode.Custom else self._as_wide()
            view.setZoomMode(QPdfView.ZoomMode.Custom)
            view.setZoomFactor(max(LEAST, min(MOST, before * STEP**steps)))

    def _as_wide(self) -> float:
        """How large the pages are that fill the width."""
        assert self._document is not None
        assert self._view is not None
        wide = self._document.pagePointSize(self.page()).width() * self.logicalDpiX() / 72
        return max(LEAST, self._view.viewport().width() / wide) if wide else 1.0

    def fit(self) -> None:
        """As wide as there is room."""
        if self._view is not None:
            from PySide6.QtPdfWidgets import QPdfView

            self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def page(self) -> int:
        """Which page is looked at, from 0."""
        return self._view.pageNavigator().currentPage() if self._view else 0

    def count(self) -> int:
        """How many there are."""
        return self._document.pageCount() if self._document else 0

    def go_to(self, page: int) -> None:
        """Look at a page."""
        if self._view is not None and 0 <= page < self.count():
            from PySide6.QtCore import QPointF

            self._view.pageNavigator().jump(page, QPointF(), 0)

    def end(self) -> None:
        """Let go of the content."""
        view, document, self._view, self._document = self._view, self._document, None, None
        if view is not None:
            self.setFocusProxy(None)  # type: ignore[arg-type]
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        if document is not None:
            document.close()
            document.deleteLater()
        self._buffer.close()
        self._content = QByteArray()
