"""A form made from a declaration: the boxes of some of a record's fields, in the order asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp import rules
from mentorapp.fields import Many, Ref, fields_of
from mentorapp.records import Record
from mentorapp.services import naming
from ui.editors import EditorBox, PickerEditor, PickSeveralEditor
from ui.shell import Shell
from ui.widgets import Column, Columns

NARROWEST = 340
"""How wide a field of a row of several is at least, in px of 100 %."""


class RecordForm(QWidget):
    """The fields `names` of a record; names grouped in a tuple stand on one row. `edited` says that a person changed something."""

    edited = Signal()

    def __init__(
        self,
        record_class: type[Record],
        names: Sequence[str | tuple[str, ...]],
        shell: Shell,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._shell, self._record = shell, None  # type: tuple[Shell, Any]
        fields = fields_of(record_class)
        self.boxes: dict[str, EditorBox] = {}
        column = Column(self, gap=12)
        for entry in names:
            row = (entry,) if isinstance(entry, str) else entry
            made = []
            for name in row:
                box = EditorBox(fields[name])
                box.input.edited.connect(self.edited)
                self.boxes[name] = box
                made.append(box)
            # Where there is no room beside one another, they stand under one another.
            column.addWidget(made[0] if len(made) == 1 else Columns(*made, gap=12, narrow=NARROWEST * len(made)))
        self.feed()

    def feed(self) -> None:
        """Let the pickers offer what there is to pick."""
        for box in self.boxes.values():
            if isinstance(box.input, PickerEditor | PickSeveralEditor):
                _offer(self._shell, box)

    def set_record(self, record: Record) -> None:
        """Show this record."""
        self._record = record
        for name, box in self.boxes.items():
            box.set_value(getattr(record, name))

    def record(self) -> Any:
        """The record as it stands in the form."""
        return replace(self._record, **{name: box.value() for name, box in self.boxes.items()})

    def unreadable(self) -> bool:
        """Say beside each field what cannot be read there, and go to the first; whether there was any."""
        return _say_all(self.boxes, {name: box.unreadable() for name, box in self.boxes.items() if box.unreadable()})

    def show_problems(self, problems: Iterable[rules.Problem]) -> list[rules.Problem]:
        """Say each problem beside its field and go to the first; what has no field here comes back."""
        found = list(problems)
        _say_all(self.boxes, {p.field: str(p.error) for p in reversed(found) if p.field in self.boxes})
        return [problem for problem in found if problem.field not in self.boxes]


def _say_all(boxes: dict[str, EditorBox], said: dict[str, str]) -> bool:
    for name, box in boxes.items():
        if said.get(name, "") != box.problem():
            box.say(said.get(name, ""))
    first = next((box for name, box in boxes.items() if name in said), None)
    if first is not None:
        first.editor.setFocus()
    return first is not None


def _offer(shell: Shell, box: EditorBox) -> None:
    field = box.field.of if isinstance(box.field, Many) else box.field
    kind = field.to if isinstance(field, Ref) else ""
    shell.ask(lambda workspace: naming.named(workspace, kind), box.input.set_options, owner=box)
