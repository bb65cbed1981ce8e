"""The two small questions of a mentorship's steps: why it ends early, and to whom it is handed over, from when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from mentorapp.i18n import N_, ptr, tr
from ui.widgets import Button, Column, DayInput, FieldBox, Line, LineInput, PrimaryButton, text

if TYPE_CHECKING:
    from mentorapp.records import Person


class Asking(QWidget):
    """A small form inside the card: a question, then do it or leave it. Escape leaves it."""

    put_away = Signal()

    def __init__(self, does: str) -> None:
        super().__init__()
        self.column = Column(self, edges=(0, 6, 0, 0), gap=10)
        self.do, cancel = PrimaryButton(does, short=True), Button(tr("Cancel"))
        self.do.clicked.connect(self.finish)
        cancel.clicked.connect(self.put_away)
        self.foot = Line(gap=8)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.do)

    def begin(self) -> None:
        """Take the keyboard."""
        raise NotImplementedError

    def finish(self) -> None:
        """Do it."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away.emit()
        else:
            super().keyPressEvent(event)


class Ending(Asking):
    """Why it ends early."""

    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("End early"))
        self.line = LineInput()
        self.box = FieldBox(
            tr("Why it ends early"), self.line, helper=tr("For whoever looks back: moved away, no time…")
        )
        self.line.returnPressed.connect(self.finish)
        self.column.addWidget(self.box)
        self.column.addLayout(self.foot)

    def begin(self) -> None:
        """Take the keyboard."""
        self.box.set_problem("")
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self) -> None:
        """End it."""
        self.kept.emit(self.line.text())

    def refuse(self, problem: Exception) -> None:
        """Say what is missing."""
        self.show()
        self.box.set_problem(str(problem))
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)


class Handing(Asking):
    """To whom, from when, and whether I stay along."""

    kept = Signal(str, object, bool)

    def __init__(self) -> None:
        super().__init__(tr("Hand over"))
        from mentorapp.fields import Ref
        from ui.editors import PickerEditor

        self.picker = PickerEditor(Ref(label=N_("Who goes on in your place"), to="person"))
        self.box = FieldBox(tr("Who goes on in your place"), self.picker)
        self.day = DayInput()
        self.day_box = FieldBox(ptr("a day", "From"), self.day)
        self.staying = QCheckBox(tr("I stay along for now"))
        self.nobody = text(
            tr("No colleague is known on this laptop yet. They arrive from your office with the next sync."),
            "caption",
            wrap=True,
        )
        self.nobody.hide()
        self.means = text(
            tr(
                "From the next sync on, all of it is on your colleague’s laptop, and leaves yours unless you stay along."
            ),
            "caption",
            wrap=True,
        )
        for part in (self.nobody, self.box, self.day_box, self.staying, self.means):
            self.column.addWidget(part)
        self.column.addLayout(self.foot)
        self._names: dict[str, str] = {}

    def offer(self, colleagues: list[Person]) -> None:
        """Let these be chosen."""
        self._names = {each.id: each.name for each in colleagues}
        self.picker.set_options(list(self._names.items()))
        self.nobody.setVisible(not colleagues)
        for part in (self.box, self.day_box, self.staying, self.means, self.do):
            part.setVisible(bool(colleagues))

    def name_of(self, id: str) -> str:
        """What a colleague is called."""
        return self._names.get(id, "")

    def begin(self) -> None:
        """Take the keyboard, with today as the day."""
        self.picker.set_value(None)
        self.day.set_value(None)
        self.staying.setChecked(False)
        self.box.set_problem("")
        self.day_box.set_problem("")
        self.picker.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self) -> None:
        """Hand it over, or say what is missing."""
        self.day_box.set_problem(self.day.problem())
        chosen = self.picker.value()
        self.box.set_problem(
            "" if chosen else self.picker.problem() or tr("Choose the colleague who goes on in your place.")
        )
        if chosen and not self.day.problem():
            self.kept.emit(chosen, self.day.value(), self.staying.isChecked())

    def refuse(self, problem: Exception) -> None:
        """Say what stands in the way."""
        self.box.set_problem(str(problem))
