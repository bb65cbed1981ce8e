"""The editor of each kind of field: the one place where a declaration becomes something to write in."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from PySide6.QtWidgets import QLabel, QWidget

from mentorapp.fields import Answers, Choice, Count, Day, Field, Flag, Many, Moment, Ref, Text, Visibility
from mentorapp.i18n import tr
from ui import theme
from ui.editors.answers import AnswersEditor
from ui.editors.choices import ChipsEditor, ComboEditor, FlagEditor, SetEditor, choice_editor
from ui.editors.faithful import Editor
from ui.editors.figures import CountEditor, MinutesEditor, ScaleEditor, number_editor
from ui.editors.several import PickerEditor, PickSeveralEditor, TagsEditor
from ui.editors.times import DayEditor, MomentEditor, TimeEditor
from ui.editors.words import LineEditor, LongEditor
from ui.widgets import FieldBox, Line, text


def _words(field: Any) -> QWidget:
    return LongEditor(field) if field.long else LineEditor(field)


def _several(field: Any) -> QWidget:
    if isinstance(field.of, Choice):
        return SetEditor(field)
    return PickSeveralEditor(field) if isinstance(field.of, Ref) else TagsEditor(field)


EDITORS: Mapping[type[Field], Callable[[Any], QWidget]] = {
    Text: _words,
    Count: number_editor,
    Day: DayEditor,
    Moment: MomentEditor,
    Choice: choice_editor,
    Many: _several,
    Ref: PickerEditor,
    Flag: FlagEditor,
    Answers: AnswersEditor,
}
"""For each kind of field, what makes its editor."""

READERS = {
    Visibility.only_me: "lock",
    Visibility.pair: "users",
    Visibility.office: "building-2",
    Visibility.programme: "chart-column",
    Visibility.public: "globe",
}
"""The picture beside the words that say who can read a field."""


def editor_for(field: Field) -> Editor:
    """An editor for this field, named by its label."""
    made = EDITORS[type(field)](field)
    made.setAccessibleName(tr(field.label))
    return cast(Editor, made)


class ReadersMark(QWidget):
    """Says once for several fields who can read them."""

    def __init__(self, visibility: Visibility, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = READERS[visibility]
        line = Line(self, gap=6)
        self._eye = QLabel()
        line.addWidget(self._eye)
        line.addWidget(text(tr(visibility.words), "visibility"))
        line.addStretch(1)
        self.restyle()

    def restyle(self) -> None:
        """Take the picture again in the theme in use."""
        self._eye.setPixmap(theme.pixmap(self._icon, "quiet", 14))


class EditorBox(FieldBox):
    """A field's box: its label, its editor, who can read it, its helper, and what is wrong with what is written, as it is written."""

    def __init__(
        self, field: Field, editor: Editor | None = None, *, label: str | None = None, parent: QWidget | None = None
    ) -> None:
        self.field = field
        self.input: Any = editor_for(field) if editor is None else editor
        words = tr(field.label) if label is None else label
        cast(QWidget, self.input).setAccessibleName(words or tr(field.label))
        super().__init__(
            words,
            cast(QWidget, self.input),
            helper=tr(field.helper),
            visibility=tr(field.visibility.words),
            visibility_icon=READERS[field.visibility],
            parent=parent,
        )
        self._said = False
        self.input.edited.connect(self._look)
        if hasattr(self.input, "noted"):
            self.input.noted.connect(self._note)

    def value(self) -> Any:
        """The value as it stands."""
        return self.input.value()

    def set_value(self, value: Any) -> None:
        """Show this value and say nothing of it but what is wrong by itself."""
        self.input.set_value(value)
        self._look()

    def say(self, problem: str) -> None:
        """Say a problem found elsewhere; it goes when the person writes."""
        self.set_problem(problem)
        self._said = bool(problem)

    def forget(self) -> None:
        """Say no longer what was found elsewhere; what is wrong by itself stays."""
        if self._said:
            self._look()

    def _look(self) -> None:
        # While she types, only what can never be kept is said; the rest waits until she leaves or finishes.
        too_much = self.field.problem(self.input.value()) if isinstance(self.field, Text) else None
        said = str(too_much) if too_much else ""
        if said != self.problem():
            self.set_problem(said)
        self._said = False

    def unreadable(self) -> str:
        """What to say when the words cannot be read as a value."""
        return str(self.input.problem())

    def _note(self, words: str) -> None:
        self.set_helper(words or tr(self.field.helper))


__all__ = [
    "EDITORS",
    "READERS",
    "ChipsEditor",
    "ComboEditor",
    "CountEditor",
    "DayEditor",
    "Editor",
    "EditorBox",
    "FlagEditor",
    "LineEditor",
    "LongEditor",
    "MinutesEditor",
    "MomentEditor",
    "PickSeveralEditor",
    "PickerEditor",
    "ReadersMark",
    "ScaleEditor",
    "SetEditor",
    "TagsEditor",
    "TimeEditor",
    "editor_for",
]
