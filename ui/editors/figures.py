"""Editors of numbers: digits of any script, minutes as people say them, and a short scale as chips."""

import unicodedata

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mentorapp.fields import Count
from mentorapp.i18n import digits, tr
from ui import words as say
from ui.editors.faithful import Faithful
from ui.widgets import Chips, DurationInput, LineInput


def read_number(written: str) -> int | None:
    """The whole number that was written, in whatever digits, with or without spaces between thousands; or None."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in written)
    plain = plain.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "").replace("−", "-")
    return int(plain) if plain.lstrip("-").isdigit() and plain.count("-") <= 1 and len(plain) <= 15 else None


class CountEditor(Faithful, LineInput):
    """A whole number."""

    edited = Signal()

    def __init__(self, field: Count, *, hint: str = "", parent: QWidget | None = None) -> None:
        LineInput.__init__(self, hint=hint or (tr(field.unit) if field.unit else ""), parent=parent)
        self.field = field
        self.textEdited.connect(self._touch)

    def problem(self) -> str:
        """What to say when no number was written."""
        if self.text().strip() and self.value() is None:
            return tr("This is not a whole number. Write it in digits, like 12.")
        return ""

    def typed(self) -> str:
        """Words that are no number yet."""
        return self.text() if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that are no number yet."""
        self.setText(words)
        self._touched = True

    def _present(self, value: int | None) -> None:
        self.setText("" if value is None else digits(str(value)))

    def _written(self) -> int | None:
        return read_number(self.text()) if self.text().strip() else None


class MinutesEditor(Faithful, DurationInput):
    """Minutes: "90", "1h30"."""

    edited = Signal()

    def __init__(self, field: Count, *, hint: str = "", parent: QWidget | None = None) -> None:
        DurationInput.__init__(self, hint=hint, parent=parent)
        self.field = field
        self.changed.connect(self._touch)

    def problem(self) -> str:
        """What to say when it is no length of time."""
        return DurationInput.problem(self)

    def typed(self) -> str:
        """Words that are no length of time yet."""
        return self.text() if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that are no length of time yet."""
        self.setText(words)
        self._touched = True

    def _present(self, value: int | None) -> None:
        DurationInput.set_value(self, value)

    def _written(self) -> int | None:
        return DurationInput.value(self)


class ScaleEditor(Faithful, QWidget):
    """A number on a short scale, all its steps in sight; pressing the one that is on takes it back."""

    edited = Signal()

    def __init__(self, field: Count, *, parent: QWidget | None = None) -> None:
        QWidget.__init__(self, parent)
        self.field = field
        steps = range(field.least, field.most + 1)
        self.chips = Chips([(str(step), say.number(step)) for step in steps], name=tr(field.label))
        for step in steps:
            self.chips.chip(str(step)).setProperty("narrow", "true")
        self.chips.picked.connect(self._touch)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.chips)
        self.setFocusProxy(self.chips)

    def _present(self, value: int | None) -> None:
        self.chips.set_value("" if value is None else str(value))

    def _written(self) -> int | None:
        on = self.chips.picked_one()
        return int(on) if on else None


def number_editor(field: Count) -> QWidget:
    """The editor that suits a count: a scale when it is short, minutes when it counts minutes, else digits."""
    if field.most - field.least <= 9:
        return ScaleEditor(field)
    return MinutesEditor(field) if field.unit == "minutes" else CountEditor(field)
