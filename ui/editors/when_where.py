"""When, where and how long a session was, and who was there: said in one line, changed in place, with the true date from a paper.

The fields behind the line are made when they are first opened.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from mentorapp.clock import day_of
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services.sessions import SessionDraft
from ui import words as say
from ui.editors import EditorBox, MomentEditor, ReadersMark, SetEditor
from ui.widgets import Card, Column, QuietButton, text

_FIELDS: Any = fields_of(Session)
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
        self.boxes: dict[str, EditorBox] = {}
        self._draft: SessionDraft | None = None
        self._people: Sequence[tuple[str, str]] = ()
        self._group = False
        self._lay_out()

    def _lay_out(self) -> None:
        self.body.setSpacing(8)
        self.body.addWidget(self._summary)
        self.body.addWidget(self.paper)
        self.body.addWidget(self._fields)
        self._fields.setVisible(False)

    def build(self) -> None:
        """Make the fields, if they are not there yet."""
        if "started" in self.boxes:
            return
        editors: dict[str, Any] = {"started": MomentEditor(_FIELDS["started"], today=self._today)}
        behind = FIELDS[:-1]
        for name in behind:
            self.boxes[name] = EditorBox(_FIELDS[name], editors.get(name), parent=self._fields)
            self.boxes[name].input.edited.connect(self._changed)
        column = Column(self._fields, edges=(0, 4, 0, 0), gap=12)
        # The card is narrow: who can read its fields is said once for each group of them.
        for names in (behind[:3], behind[3:]):
            column.addWidget(ReadersMark(_FIELDS[names[0]].visibility))
            for name in names:
                self.boxes[name].set_visibility("")
                column.addWidget(self.boxes[name])
        self._show_draft()

    def _ask_who_came(self) -> None:
        """Who of a group came is asked in sight: it differs each time, and each who came has the meeting on her page."""
        if self._group and "attendees" not in self.boxes:
            box = self.boxes["attendees"] = EditorBox(
                _FIELDS["attendees"], SetEditor(_FIELDS["attendees"]), parent=self
            )
            box.set_visibility("")
            box.input.edited.connect(self._changed)
            self.body.insertWidget(1, box)
        if "attendees" in self.boxes:
            self.boxes["attendees"].setVisible(self._group)

    def set_open(self, on: bool) -> None:
        """Show the fields, or the line alone."""
        if on:
            self.build()
        self._fields.setVisible(on)
        self.change.set_words(tr("Close") if on else tr("Change"))
        if on and self.change.hasFocus():
            self.boxes["started"].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_open(self) -> bool:
        """Whether the fields show."""
        return self._fields.isVisibleTo(self)

    def set_people(self, people: Sequence[tuple[str, str]], *, group: bool) -> None:
        """Say who can have been there; of a group it is asked, of one person it is plain."""
        self._people, self._group = people, group
        self._ask_who_came()

    def set_draft(self, draft: SessionDraft) -> None:
        """Show when and where a draft says it was."""
        self._draft = draft
        if any(name in draft.typed for name in FIELDS):
            self.build()
        self.paper.setChecked(draft.session.entry == "paper")
        self._show_draft()
        self._say()

    def _show_draft(self) -> None:
        if self._draft is None or not self.boxes:
            return
        if "attendees" in self.boxes:
            self.boxes["attendees"].input.set_options(self._people)
        for name, box in self.boxes.items():
            box.set_value(getattr(self._draft.session, name))

    def _value(self, name: str) -> Any:
        if name in self.boxes:
            return self.boxes[name].value()
        return getattr(self._draft.session, name) if self._draft else None

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
        return " · ".join(filter(None, (_when(self._value("started"), self._today()), self._value("place"))))

    def _changed(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        minutes = self._value("contact_minutes")
        parts = [_when(self._value("started"), self._today()) or tr("Day not said yet")]
        if minutes is not None:
            parts.append(say.minutes(minutes))
        parts.append(self._value("place"))
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
