"""How it went: what was seen, what was missing, the most useful thing, how committed the mentee feels, and what only the author reads.

Its fields are made when they are first needed: most sessions are begun long before anybody knows how they went.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Reflection, Session
from mentorapp.services.sessions import SessionDraft
from ui.editors import DayEditor, EditorBox, LongEditor
from ui.widgets import Column, Line, hairline

_SESSION: Any = fields_of(Session)
_REFLECTION: Any = fields_of(Reflection)
OF_SESSION = ("strengths", "improve", "gaps", "useful", "commitment", "next_date")
"""The fields of the session that are written here."""

OWN = ("reflection", "mood")
"""What only the author reads."""

ALL = (*OF_SESSION, *OWN)
"""Everything that is written here."""


class HowItWent(QWidget):
    """The last part of a session. Nothing in it has to be filled in."""

    edited = Signal()
    built = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today, self._wide = today, True
        self._draft: SessionDraft | None = None
        self.boxes: dict[str, EditorBox] = {}
        self._column = Column(self, gap=14)
        self._pair = Line(gap=14)

    def build(self) -> None:
        """Make the fields, if they are not there yet."""
        if self.boxes:
            return
        for name in OF_SESSION[:4]:
            self.boxes[name] = EditorBox(_SESSION[name], LongEditor(_SESSION[name], least=2), parent=self)
        self.boxes["commitment"] = EditorBox(_SESSION["commitment"], parent=self)
        next_date = _SESSION["next_date"]
        self.boxes["next_date"] = EditorBox(next_date, DayEditor(next_date, today=self._today), parent=self)
        words = _REFLECTION["text"]
        self.boxes["reflection"] = EditorBox(
            words, LongEditor(words, least=2), label=tr("What you take from it yourself"), parent=self
        )
        self.boxes["mood"] = EditorBox(_REFLECTION["mood"], parent=self)
        self._lay_out()
        self._show_draft()
        for box in self.boxes.values():
            box.input.edited.connect(self.edited)
        self.built.emit()

    def put_aside(self, widget: QWidget) -> None:
        """Put something beneath the words that only their author reads."""
        self._column.addWidget(widget)

    def _lay_out(self) -> None:
        for name in ("strengths", "improve"):
            self._pair.addWidget(self.boxes[name], 1)
        self._column.addLayout(self._pair)
        for name in ("gaps", "useful", "commitment", "next_date"):
            self._column.addWidget(self.boxes[name])
        self._column.addWidget(hairline())
        for name in OWN:
            self._column.addWidget(self.boxes[name])
        self.set_wide(self._wide)

    def set_wide(self, wide: bool) -> None:
        """Put what belongs together side by side, or under one another where there is little room."""
        self._wide = wide
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def set_draft(self, draft: SessionDraft) -> None:
        """Show what a draft says of it."""
        self._draft = draft
        if not is_empty(draft) or any(name in draft.typed for name in ALL):
            self.build()
        self._show_draft()

    def _show_draft(self) -> None:
        draft = self._draft
        if draft is not None:
            for name, box in self.boxes.items():
                box.set_value(getattr(draft if name in OWN else draft.session, name))

    def added_to(self, draft: SessionDraft) -> SessionDraft:
        """The draft with what stands here."""
        if not self.boxes:
            return draft
        values = {name: box.value() for name, box in self.boxes.items()}
        session = replace(draft.session, **{name: values[name] for name in OF_SESSION})
        return replace(draft, session=session, reflection=values["reflection"], mood=values["mood"])

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        self.build()
        return self.boxes["strengths"].editor


def is_empty(draft: SessionDraft) -> bool:
    """Whether a draft says nothing of how it went."""
    return not (
        draft.reflection or draft.mood or draft.voice or any(getattr(draft.session, name) for name in OF_SESSION)
    )
