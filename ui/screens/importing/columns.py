"""What each column of a table is, said by the program and changed by the person; and what the table leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QWidget

from mentorapp.i18n import tr
from ui import theme
from ui.widgets import Card, Column, FieldBox, Segment, text
from ui.widgets.boxes import OneLine, own_direction

if TYPE_CHECKING:
    from mentorapp.services.importing.reading import Book


class ColumnsCard(Card):
    """A choice for each column, under its heading and its first values. `changed` says that one was made."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("What each column is"))
        self._choices: list[QComboBox] = []
        self._room: QWidget | None = None

    def show_book(self, book: Book, targets: dict[str, str], matching: Sequence[str]) -> None:
        """Offer these targets for the columns of a table, matched so at first."""
        if self._room is not None:
            self.body.removeWidget(self._room)
            self._room.hide()
            self._room.deleteLater()
        self._room = QWidget()
        column = Column(self._room, gap=12)
        self._choices = []
        for at, heading in enumerate(book.headings):
            choice = _choice(targets, matching[at] if at < len(matching) else "")
            choice.activated.connect(lambda _index, at=at: self._picked(at))
            self._choices.append(choice)
            seen = [row.cells[at] for row in book.rows[:20] if at < len(row.cells) and row.cells[at]]
            box = FieldBox(heading or tr("Column {n}", n=at + 1), choice)
            column.addWidget(box)
            sample = OneLine(own_direction(", ".join(dict.fromkeys(seen))[:120]))
            sample.setProperty("kind", "caption")
            column.addWidget(sample)
        self.body.addWidget(self._room)

    def _picked(self, at: int) -> None:
        """What a column became is no other's any more."""
        chosen = self._choices[at].currentData()
        for other, choice in enumerate(self._choices):
            if other != at and chosen and choice.currentData() == chosen:
                choice.setCurrentIndex(0)
        self.changed.emit()

    def matching(self) -> tuple[str, ...]:
        """What each column is now."""
        return tuple(str(choice.currentData() or "") for choice in self._choices)


def _choice(targets: dict[str, str], chosen: str) -> QComboBox:
    choice = QComboBox()
    choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    choice.addItem(tr("Leave this column out"), "")
    for name, words in targets.items():
        choice.addItem(words, name)
    choice.setCurrentIndex(max(0, choice.findData(chosen)))
    return choice


class OpenQuestions(Card):
    """What each row is, and what the table does not say by itself. `changed` says that something was answered."""

    changed = Signal()
    kind_changed = Signal(str)

    def __init__(self, kinds: Sequence[tuple[str, str]]) -> None:
        super().__init__(tr("What it holds"))
        self.kind = Segment(kinds, name=tr("What each row is"))
        self.kind.picked.connect(self.kind_changed)
        self._order = Segment(
            (("day", tr("day first: the third of April")), ("month", tr("month first: the fourth of March"))),
            name=tr("How 3/4/2026 is meant"),
        )
        self._order.picked.connect(lambda _key: self.changed.emit())
        self._order_box = FieldBox(tr("How is 3/4/2026 meant in this table?"), self._order)
        self.mentored = QCheckBox(tr("I mentor these people from now on"))
        self.make = QCheckBox(tr("Add the people and sites that are named and not here yet"))
        for box in (self.mentored, self.make):
            box.setChecked(True)
            box.clicked.connect(lambda _on: self.changed.emit())
        self._missing = text("", "caption", wrap=True)
        self.body.setSpacing(theme.px(12))
        for part in (self.kind, self._order_box, self.mentored, self.make, self._missing):
            self.body.addWidget(part)
        self._order_box.hide()
        self._missing.hide()

    def show_for(self, kind: str, *, ask_order: bool, exported: bool) -> None:
        """Ask what this kind of table leaves open."""
        self.kind.set_value(kind)
        self._order_box.setVisible(ask_order)
        self.mentored.setVisible(kind == "person" and not exported)
        self.make.setVisible(kind in ("person", "session", "mentorship", "site"))

    def month_first(self, *, otherwise: bool) -> bool:
        """Whether the month comes first: as was answered, or as the table itself says."""
        return self._order.picked_one() == "month" if self._order_box.isVisibleTo(self) else otherwise

    def say_missing(self, people: Sequence[str], sites: Sequence[str]) -> None:
        """Name who and what will be added besides the rows."""
        said = []
        if people:
            said.append(tr("Not here yet, and added: {names}", names=_some(people)))
        if sites:
            said.append(tr("Sites not here yet, and added: {names}", names=_some(sites)))
        self._missing.setText("\n".join(said))
        self._missing.setVisible(bool(said))


def _some(names: Sequence[str], most: int = 8) -> str:
    shown = tr(", ").join(names[:most])
    return tr("{names} and {n} more", names=shown, n=len(names) - most) if len(names) > most else shown
