"""When, where and how long a session was, and who was there: said in one line, changed in place, with the true date from a paper."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from mentorapp.clock import day_of
from mentorapp.fields import Many, fields_of
from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services.sessions import SessionDraft
from ui import words as say
from ui.editors import EditorBox, MomentEditor, ReadersMark, SetEditor
from ui.widgets import Card, Column, QuietButton, text

_FIELDS = fields_of(Session)
FIELDS = ("started", "contact_minutes", "travel_minutes", "place", "attendees")
"""The fields of the session that are written here; the first three the programme counts, the others only the pair's mentors read."""


class WhenWhere(Card):
    """A quiet card: a line in words, and behind it the fields."""

    edited = Signal()
    paper_changed = Signal(bool)

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(tr("When and where"), tone="sunk", parent=parent)
        self._today = today
        self._fields = QWidget()
        self.change = QuietButton(tr("Change"))
        self.change.setAccessibleName(tr("Change when and where you met"))
        self.change.clicked.connect(lambda: self.set_open(not self._fields.isVisibleTo(self)))
        self.change.setProperty("short", "true")
        self.trailing.addWidget(self.change)
        self._summary = text("", "caption", wrap=True)
        self.paper = QCheckBox(tr("Enter from paper"))
        self.paper.setToolTip(tr("For a session that was written on paper first: it keeps the day on which you met."))
        self.paper.clicked.connect(self._paper_clicked)
        self.boxes = {name: EditorBox(_FIELDS[name]) for name in FIELDS[1:4]}
        attendees = _FIELDS["attendees"]
        assert isinstance(attendees, Many)
        self.boxes["started"] = EditorBox(_FIELDS["started"], MomentEditor(_FIELDS["started"], today=today))  # type: ignore[arg-type]
        self.boxes["attendees"] = EditorBox(attendees, SetEditor(attendees))
        self._lay_out()
        for box in self.boxes.values():
            box.input.edited.connect(self._changed)

    def _lay_out(self) -> None:
        self.body.setSpacing(8)
        self.body.addWidget(self._summary)
        self.body.addWidget(self.paper)
        column = Column(self._fields, edges=(0, 4, 0, 0), gap=12)
        # The card is narrow: who can read its fields is said once for each group of them.
        for names in (FIELDS[:3], FIELDS[3:]):
            column.addWidget(ReadersMark(_FIELDS[names[0]].visibility))
            for name in names:
                self.boxes[name].set_visibility("")
                column.addWidget(self.boxes[name])
        self.body.addWidget(self._fields)
        self._fields.setVisible(False)

    def set_open(self, on: bool) -> None:
        """Show the fields, or the line alone."""
        self._fields.setVisible(on)
        self.change.set_words(tr("Close") if on else tr("Change"))
        if on and self.change.hasFocus():
            self.boxes["started"].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_open(self) -> bool:
        """Whether the fields show."""
        return self._fields.isVisibleTo(self)

    def set_people(self, people: Sequence[tuple[str, str]], *, group: bool) -> None:
        """Say who can have been there; of a group it is asked, of one person it is plain."""
        self.boxes["attendees"].input.set_options(people)
        self.boxes["attendees"].setVisible(group)

    def set_draft(self, draft: SessionDraft) -> None:
        """Show when and where a draft says it was."""
        for name, box in self.boxes.items():
            box.set_value(getattr(draft.session, name))
        self.paper.setChecked(draft.session.entry == "paper")
        self._say()

    def added_to(self, draft: SessionDraft) -> SessionDraft:
        """The draft with what stands here."""
        values = {name: box.value() for name, box in self.boxes.items()}
        entry = "paper" if self.paper.isChecked() else "live"
        return replace(draft, session=replace(draft.session, entry=entry, **values))

    def summary(self) -> str:
        """When and where in one line."""
        return self._summary.text()

    def heading(self) -> str:
        """Day, time and place, as under the title."""
        return " · ".join(
            filter(None, (_when(self.boxes["started"].value(), self._today()), self.boxes["place"].value()))
        )

    def _changed(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        minutes = self.boxes["contact_minutes"].value()
        parts = [_when(self.boxes["started"].value(), self._today()) or tr("Day not said yet")]
        if minutes is not None:
            parts.append(say.minutes(minutes))
        parts.append(self.boxes["place"].value())
        self._summary.setText(" · ".join(filter(None, parts)))

    def _paper_clicked(self, on: bool) -> None:
        if on:
            self.set_open(True)
            self.boxes["started"].editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.boxes["started"].input.day.selectAll()
        self.paper_changed.emit(on)
        self._changed()


def _when(started: datetime | None, today: date) -> str:
    if started is None:
        return ""
    day = say.weekday_day(day_of(started), near=today)
    return tr("{day}, {time}", day=day, time=say.time(started))
