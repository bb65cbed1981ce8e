"""The answers of a questionnaire, by the name of the question: read here, changed where they are words."""

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.fields import Answers
from mentorapp.i18n import tr
from ui.editors.faithful import Faithful
from ui.widgets import Column, LineInput, text


class AnswersEditor(Faithful, QWidget):
    """Each question's name with its answer in a line."""

    edited = Signal()

    def __init__(self, field: Answers, *, parent: QWidget | None = None) -> None:
        QWidget.__init__(self, parent)
        self.field = field
        self._given = ""
        self._lines: dict[str, LineInput] = {}
        self._before: dict[str, object] = {}
        self._column = Column(self, gap=5)
        self._none = text(tr("No answers yet"), "caption")
        self._column.addWidget(self._none)

    def lines(self) -> dict[str, LineInput]:
        """The line of each question."""
        return self._lines

    def _present(self, value: str) -> None:
        while self._column.count() > 1:
            item = self._column.takeAt(1)
            if item and (old := item.widget()):
                old.hide()
                old.deleteLater()
        self._before = json.loads(value) if value else {}
        self._lines = {name: self._line(name, answer) for name, answer in self._before.items()}
        self._none.setVisible(not self._lines)

    def _line(self, name: str, answer: object) -> LineInput:
        line = LineInput(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))
        line.setAccessibleName(name)
        line.textEdited.connect(self._touch)
        self._column.addWidget(text(name, "caption"))
        self._column.addWidget(line)
        return line

    def _written(self) -> str:
        answers = {name: self._answer(name, line.text()) for name, line in self._lines.items()}
        plain = self.field.value(answers) if answers and isinstance(self.field, Answers) else ""
        return str(plain)

    def _answer(self, name: str, words: str) -> object:
        before = self._before[name]
        if isinstance(before, str):
            return before if words == before else words
        try:
            return json.loads(words)
        except ValueError:
            return words
