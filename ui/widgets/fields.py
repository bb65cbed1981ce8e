"""Fields of a form: label above, helper below, the problem in the helper's place, and beside the label who can read it.

The visibility mark is a word with a picture, never a picture alone. A text field's direction follows what is written in it.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QTextOption
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QSpinBox, QWidget

from ui import theme
from ui.widgets.boxes import Column, Line, repolish, text


class LineInput(QLineEdit):
    """One line of text."""

    def __init__(self, words: str = "", *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setPlaceholderText(hint)


class CountInput(QSpinBox):
    """A whole number, typed or stepped; its words start where those of other fields do."""

    def __init__(self, value: int = 0, *, least: int = 0, most: int = 1_000_000, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setValue(value)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        # The style sheet's padding does not reach the line edit inside a spin box.
        self.lineEdit().setTextMargins(theme.px(8), 0, theme.px(8), 0)


class GrowingText(QPlainTextEdit):
    """Long text that grows with what is typed, from `least` lines to `most`, then scrolls. Tab moves on, as in every other field."""

    edited = Signal()

    def __init__(
        self, words: str = "", *, hint: str = "", least: int = 3, most: int = 12, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self.setTabChangesFocus(True)
        self.setPlaceholderText(hint)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        # Each paragraph takes the direction of its own first letter.
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDefaultTextOption(option)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlainText(words)
        self.textChanged.connect(self._grow)
        self.textChanged.connect(self.edited)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.document().setDocumentMargin(theme.px(4))
        self._grow()

    def set_least(self, lines: int) -> None:
        """Begin with so many lines."""
        if lines != self._least:
            self._least = lines
            self._grow()

    def _grow(self) -> None:
        line = QFontMetrics(theme.font()).lineSpacing()
        lines = 0
        block = self.document().begin()
        while block.isValid() and lines <= self._most:
            lines += max(1, block.layout().lineCount() if block.layout() else 1)
            block = block.next()
        shown = max(self._least, min(lines, self._most))
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines > self._most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        height = shown * line + 2 * theme.px(4) + 2 * theme.px(4) + 4
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the lines elsewhere."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._grow()


class FieldBox(QWidget):
    """A field: its label, its editor, who can read it, a helper, and the problem if there is one."""

    def __init__(
        self,
        label: str,
        editor: QWidget,
        *,
        helper: str = "",
        visibility: str = "",
        visibility_icon: str = "users",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._helper_words, self._visibility_icon = helper, visibility_icon
        column = Column(self, gap=5)
        head = Line(gap=6)
        self._label = text(label, "strong")
        self._label.setBuddy(editor)
        head.addWidget(self._label)
        head.addStretch(1)
        self._eye, self._visibility = QLabel(), text(visibility, "visibility")
        head.addWidget(self._eye)
        head.addWidget(self._visibility)
        column.addLayout(head)
        column.addWidget(editor)
        foot = Line(gap=6)
        self._sign, self._helper = QLabel(), text(helper, "caption", wrap=True)
        foot.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._helper, 1)
        column.addLayout(foot)
        # Beside a field with a longer helper, the label stays at the top.
        column.addStretch(1)
        self._label.setVisible(bool(label))
        self.set_visibility(visibility)
        self._name(label)
        self.set_problem("")

    def _name(self, label: str) -> None:
        if not self.editor.accessibleName():
            self.editor.setAccessibleName(label)

    def set_visibility(self, words: str) -> None:
        """Say who can read the field."""
        self._visibility.setText(words)
        for part in (self._eye, self._visibility):
            part.setVisible(bool(words))
        self.restyle()

    def set_problem(self, problem: str) -> None:
        """Say what is wrong in the helper's place; '' when nothing is."""
        self._problem = problem
        self._helper.setText(problem or self._helper_words)
        self._helper.setVisible(bool(problem or self._helper_words))
        self._sign.setVisible(bool(problem))
        self.editor.setAccessibleDescription(problem or self._helper_words)
        kind = "problem" if problem else "caption"
        # Asking the style sheet again is dear; a form of many boxes is made without it.
        if self._helper.property("kind") != kind:
            self._helper.setProperty("kind", kind)
            self.editor.setProperty("wrong", "true" if problem else "false")
            repolish(self._helper)
            repolish(self.editor)
            self.restyle()

    def problem(self) -> str:
        """What is wrong, or ''."""
        return self._problem if hasattr(self, "_problem") else ""

    def set_helper(self, helper: str) -> None:
        """Say another helper."""
        self._helper_words = helper
        self.set_problem(self.problem())

    def restyle(self) -> None:
        """Take the icons again in the theme in use."""
        if self._visibility.text():
            self._eye.setPixmap(theme.pixmap(self._visibility_icon, "quiet", 14))
        if self.problem():
            self._sign.setPixmap(theme.pixmap("circle-alert", "bad", 14))

    def sizeHint(self) -> QSize:
        """As its parts need."""
        return super().sizeHint()
