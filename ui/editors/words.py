"""Editors of words: a line, and long text of which never more is laid out than a laptop can bear.

Words that no person can see are left out as they arrive, and that is said. Of a text too long to lay out, the beginning is shown and the
rest is carried along unseen: the value is always the whole.
"""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QWidget

from mentorapp.fields import Text, cleaned
from mentorapp.i18n import tr
from ui import words as say
from ui.editors.faithful import Faithful
from ui.widgets import GrowingText, LineInput

SHOWN = 200_000
"""The most characters of a text that are laid out."""

PARAGRAPH = 20_000
"""The most characters of one paragraph that are laid out: Qt lays out a paragraph whole at each key, 60,000 letters take 0.2 s."""

LINE = 5_000
"""The most characters that a line takes."""


def left_out() -> str:
    """What is said when something was cleaned away."""
    return tr("Some characters that cannot be seen were left out; every letter was kept.")


class LineEditor(Faithful, LineInput):
    """One line of words."""

    edited = Signal()
    noted = Signal(str)

    def __init__(self, field: Text, *, hint: str = "", parent: QWidget | None = None) -> None:
        LineInput.__init__(self, hint=hint, parent=parent)
        self.field = field
        self._given = ""
        self._refused = False
        self.setMaxLength(max(LINE, field.most + 1))
        self.inputRejected.connect(self._full)
        self.textEdited.connect(self._typed)

    def _full(self) -> None:
        self._refused = True
        self.noted.emit(
            tr("A line holds {n} characters; what came after them was not taken.", n=say.number(self.maxLength()))
        )

    def _typed(self, text: str) -> None:
        if not self._refused:
            self.noted.emit(left_out() if cleaned(text) != text and text.isascii() else "")
        self._refused = False
        self._touch()

    def _present(self, value: str) -> None:
        self.setText(value)
        self.setCursorPosition(0)

    def _written(self) -> str:
        return cleaned(self.text())


class LongEditor(Faithful, GrowingText):
    """Long text. Pasting ten megabytes neither stops the window nor loses a letter."""

    edited = Signal()
    noted = Signal(str)

    def __init__(
        self, field: Text, *, hint: str = "", least: int = 2, most: int = 14, parent: QWidget | None = None
    ) -> None:
        self._given = ""
        self._rest = ""
        self._dropped = ""
        self._quiet = False
        GrowingText.__init__(self, hint=hint, least=least, most=most, parent=parent)
        self.field = field
        self.setUndoRedoEnabled(True)
        self.textChanged.disconnect(self.edited)
        self.textChanged.connect(self._changed)

    def rest(self) -> int:
        """How many characters are kept but not shown."""
        return len(self._rest)

    def _present(self, value: str) -> None:
        self._quiet = True
        try:
            shown, self._rest = _cut(value)
            self._dropped = ""
            self.setPlainText(shown)
        finally:
            self._quiet = False
        self._tell()

    def _written(self) -> str:
        return _plain(self) + self._rest

    def _changed(self) -> None:
        if self._quiet:
            return
        if self._rest and self.document().isEmpty():
            self._dropped, self._rest = self._rest, ""
            self._tell()
        self._touch()

    def _tell(self) -> None:
        if self._rest:
            shown = say.number(self.document().characterCount() - 1)
            whole = say.number(self.document().characterCount() - 1 + len(self._rest))
            self.noted.emit(
                tr(
                    "Only the first {shown} of {whole} characters are shown; all of them are kept. "
                    "To take the text out again, select all of it and delete it.",
                    shown=shown,
                    whole=whole,
                )
            )
        else:
            self.noted.emit("")

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take pasted or dropped words, cleaned, and no more into sight than can be laid out."""
        came = source.text()
        words = cleaned(came)
        cursor = self.textCursor()
        here = cursor.block().length()
        before = self.document().characterCount() - (cursor.selectionEnd() - cursor.selectionStart())
        shown, rest = _cut(words, max(0, SHOWN - before), max(0, PARAGRAPH - here))
        if rest:
            # What stood after the cursor belongs after what was pasted: it goes with the part that is not shown.
            after = QTextCursor(self.document())
            after.setPosition(cursor.selectionEnd())
            after.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            tail = _straight(after.selectedText())
            cursor.beginEditBlock()
            cursor.setPosition(cursor.selectionStart())
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            self._rest = rest + tail + self._rest
            cursor.insertText(shown)
            cursor.endEditBlock()
            self.setTextCursor(cursor)
            self._touch()
            self._tell()
        else:
            cursor.insertText(shown)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
            if len(words) != len(came.replace("\r\n", "\n")):
                self.noted.emit(left_out())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo brings back also what was not shown."""
        if event.matches(QKeySequence.StandardKey.Undo) and self._dropped:
            GrowingText.keyPressEvent(self, event)
            if not self.document().isEmpty():
                self._rest, self._dropped = self._dropped, ""
                self._tell()
                self._touch()
            return
        GrowingText.keyPressEvent(self, event)


def _cut(words: str, most: int = SHOWN, line: int = PARAGRAPH) -> tuple[str, str]:
    """The beginning that is shown, and the rest that is not."""
    end, start = min(len(words), most), 0
    while start < end:
        stop = words.find("\n", start, end)
        stop = end if stop < 0 else stop
        if stop - start > line:
            return words[: start + line], words[start + line :]
        start, line = stop + 1, PARAGRAPH
    return words[:end], words[end:]


def _plain(editor: GrowingText) -> str:
    """What is written, with its hard spaces: Qt's own plain text turns them into ordinary ones."""
    return _straight(editor.document().toRawText())


def _straight(raw: str) -> str:
    return cleaned(raw.replace("\u2029", "\n"))
