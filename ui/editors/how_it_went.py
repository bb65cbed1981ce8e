"""How it went: what was seen, what was missing, the most useful thing, how committed the mentee feels, and what only the author reads."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Reflection, Session
from mentorapp.services.sessions import SessionDraft
from ui.editors import DayEditor, EditorBox, LongEditor
from ui.widgets import Column, Line, hairline

_SESSION, _REFLECTION = fields_of(Session), fields_of(Reflection)
OF_SESSION = ("strengths", "improve", "gaps", "useful", "commitment", "next_date")
"""The fields of the session that are written here."""


class HowItWent(QWidget):
    """The last part of a session. Nothing in it has to be filled in."""

    edited = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = {
            name: EditorBox(_SESSION[name], LongEditor(_SESSION[name], least=2))  # type: ignore[arg-type]
            for name in OF_SESSION[:4]
        }
        self.boxes["commitment"] = EditorBox(_SESSION["commitment"])
        self.boxes["next_date"] = EditorBox(_SESSION["next_date"], DayEditor(_SESSION["next_date"], today=today))  # type: ignore[arg-type]
        self.reflection = EditorBox(
            _REFLECTION["text"],
            LongEditor(_REFLECTION["text"], least=2),
            label=tr("What you take from it yourself"),  # type: ignore[arg-type]
        )
        self.mood = EditorBox(_REFLECTION["mood"])
        self._lay_out()
        for box in self._all():
            box.input.edited.connect(self.edited)

    def _all(self) -> Iterator[EditorBox]:
        yield from (*self.boxes.values(), self.reflection, self.mood)

    def _lay_out(self) -> None:
        column = Column(self, gap=14)
        self._pair = Line(gap=14)
        for name in ("strengths", "improve"):
            self._pair.addWidget(self.boxes[name], 1)
        column.addLayout(self._pair)
        for name in ("gaps", "useful", "commitment", "next_date"):
            column.addWidget(self.boxes[name])
        column.addWidget(hairline())
        column.addWidget(self.reflection)
        column.addWidget(self.mood)

    def set_wide(self, wide: bool) -> None:
        """Put what belongs together side by side, or under one another where there is little room."""
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def set_draft(self, draft: SessionDraft) -> None:
        """Show what a draft says of it."""
        for name, box in self.boxes.items():
            box.set_value(getattr(draft.session, name))
        self.reflection.set_value(draft.reflection)
        self.mood.set_value(draft.mood)

    def added_to(self, draft: SessionDraft) -> SessionDraft:
        """The draft with what stands here."""
        session = replace(draft.session, **{name: box.value() for name, box in self.boxes.items()})
        return replace(draft, session=session, reflection=self.reflection.value(), mood=self.mood.value())

    def is_empty(self) -> bool:
        """Whether nothing was written here."""
        return not any(box.value() for box in self._all())

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.boxes["strengths"].editor
