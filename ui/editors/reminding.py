"""How somebody wants to be reminded: how long before a session, of promises, and when there is quiet. `chosen` carries what was changed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from mentorapp.i18n import tr
from mentorapp.settings import Settings
from ui import words
from ui.widgets import Card, Column, FieldBox, Flow, Segment, text

BEFORE = (5, 15, 30, 60)
"""The minutes offered."""


class RemindingCard(Card):
    """The settings of reminders."""

    chosen = Signal(dict)

    def __init__(self, now: Settings, parent: QWidget | None = None) -> None:
        super().__init__(tr("Reminders"), parent=parent)
        room = Column(gap=14)
        self.body.addLayout(room)
        said = tr("While Mentor is open, this computer tells you that a meeting is near. It never says with whom.")
        room.addWidget(text(said, "caption", wrap=True))
        options = [("", tr("Not at all")), *((str(n), words.minutes(n)) for n in BEFORE)]
        self.before = Segment(options, name=tr("Before a session"))
        self.before.set_value("" if now.remind_before is None else str(now.remind_before))
        self.before.picked.connect(lambda key: self.chosen.emit({"remind_before": int(key) if key else None}))
        room.addWidget(FieldBox(self.before.accessibleName(), self.before))
        self.promises = QCheckBox(tr("Also of promises, in the morning of the day they are due"))
        self.promises.setChecked(now.remind_promises)
        self.promises.toggled.connect(lambda on: self.chosen.emit({"remind_promises": on}))
        room.addWidget(self.promises)
        self.quiet_from = _hours(tr("Quiet from"), now.quiet_from)
        self.quiet_until = _hours(tr("Quiet until"), now.quiet_until)
        quiet = Flow(gap=16, line_gap=8)
        for name, combo in (("quiet_from", self.quiet_from), ("quiet_until", self.quiet_until)):
            combo.activated.connect(lambda _at, name=name, combo=combo: self.chosen.emit({name: combo.currentData()}))
            quiet.addWidget(FieldBox(combo.accessibleName(), combo))
        room.addWidget(quiet)
        room.addWidget(text(tr("The same hour twice: there are no quiet hours."), "caption", wrap=True))


def _hours(name: str, minutes: int) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for hour in range(24):
        combo.addItem(words.minute_of_day(hour * 60), hour * 60)
    combo.setCurrentIndex(minutes // 60 % 24)
    return combo
