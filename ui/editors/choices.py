"""Editors of choices: chips when there are few, a list when there are many, a box for yes or no, several chips for a set."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mentorapp.fields import Choice, Flag, Many, Option
from mentorapp.i18n import tr
from ui.editors.faithful import Faithful
from ui.widgets import Chips
from ui.widgets.flow import high_as_needed

FEW = 5
"""Up to how many options are all in sight."""


def _pairs(options: Sequence[Option]) -> list[tuple[str, str]]:
    return [(option.code, tr(option.label)) for option in options]


class ChipsEditor(Faithful, QWidget):
    """One of some options, as chips. With `first`, only those (and what is chosen) show until "More" is pressed."""

    edited = Signal()

    def __init__(
        self, field: Choice, *, required: bool = False, first: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        QWidget.__init__(self, parent)
        self.field, self._first = field, tuple(first)
        self.chips = Chips(_pairs(field.options), required=required, name=tr(field.label))
        self.chips.picked.connect(self._picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chips)
        high_as_needed(self)
        self.setFocusProxy(self.chips)
        self.more = QPushButton(tr("More"), self.chips) if self._first else None
        if self.more:
            self.more.setProperty("kind", "chip")
            self.more.setProperty("ring", 16)
            self.more.setAccessibleName(tr("{field}: show every answer", field=tr(field.label)))
            self.more.clicked.connect(self.show_all)
            self.chips.addWidget(self.more)
        self._fold()

    def set_first(self, codes: Sequence[str]) -> None:
        """Keep others in sight."""
        self._first = tuple(codes)
        self._fold()

    def _fold(self) -> None:
        if not self.more:
            return
        on = self.chips.value()
        for option in self.field.options:
            self.chips.chip(option.code).setVisible(option.code in self._first or option.code in on)
        self.more.setVisible(True)

    def show_all(self) -> None:
        """Show every option."""
        for option in self.field.options:
            self.chips.chip(option.code).setVisible(True)
        if self.more:
            had = self.more.hasFocus()
            self.more.setVisible(False)
            if had:
                self.chips.setFocus()
        self.chips.updateGeometry()

    def _picked(self) -> None:
        self._touch()

    def _present(self, value: str | None) -> None:
        self.chips.set_value(value or "")
        self._fold()

    def _written(self) -> str | None:
        return self.chips.picked_one() or None


class ComboEditor(Faithful, QComboBox):
    """One of many options, in a list that opens; the first line is no answer."""

    edited = Signal()

    def __init__(self, field: Choice, *, parent: QWidget | None = None) -> None:
        QComboBox.__init__(self, parent)
        self.field = field
        self.addItem(tr("Not said"), None)
        for code, words in _pairs(field.options):
            self.addItem(words, code)
        self.activated.connect(self._touch)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _present(self, value: str | None) -> None:
        self.setCurrentIndex(max(0, self.findData(value)) if value else 0)

    def _written(self) -> str | None:
        code = self.currentData()
        return str(code) if code else None


class FlagEditor(Faithful, QCheckBox):
    """Yes or no."""

    edited = Signal()

    def __init__(self, field: Flag, *, words: str = "", parent: QWidget | None = None) -> None:
        QCheckBox.__init__(self, words or tr("Yes"), parent)
        self.field = field
        self._given = False
        self.clicked.connect(self._touch)

    def _present(self, value: bool) -> None:
        self.setChecked(value)

    def _written(self) -> bool:
        return bool(self.isChecked())


class SetEditor(Faithful, QWidget):
    """Several of some options, as chips."""

    edited = Signal()

    def __init__(self, field: Many, options: Sequence[tuple[str, str]] = (), *, parent: QWidget | None = None) -> None:
        QWidget.__init__(self, parent)
        self.field = field
        self._given = ()
        offered = options or (_pairs(field.of.options) if isinstance(field.of, Choice) else ())
        self.chips = Chips(offered, exclusive=False, name=tr(field.label))
        self.chips.picked.connect(self._touch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chips)
        self.setFocusProxy(self.chips)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer others."""
        self.chips.set_options(options)

    def _present(self, value: tuple[str, ...]) -> None:
        self.chips.set_value(value)

    def _written(self) -> tuple[str, ...]:
        offered = set(self.chips.value())
        known = {key for key in self._given if key not in self.chips._chips}
        return tuple(sorted(offered | known))


def choice_editor(field: Choice) -> QWidget:
    """The editor that suits a choice."""
    return ChipsEditor(field) if len(field.options) <= FEW else ComboEditor(field)
