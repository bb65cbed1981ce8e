"""One session of a day, with what can be done about it: record it, move it, say that it did not take place. All of it in place."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import local
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services.recall import SessionRow
from ui import words as say
from ui.editors import ChipsEditor, EditorBox, LineEditor, MomentEditor
from ui.editors.planning import planned_moment
from ui.models.sessions import TONES, about, start, state
from ui.widgets import Button, Column, Flow, Line, Pill, PrimaryButton, QuietButton, Segment, TwoLines, text
from ui.widgets.flow import high_as_needed

_FIELDS: Any = fields_of(Session)


class Ending(NamedTuple):
    """A session did not take place: `missed` or `cancelled`, by whom, why."""

    to: str
    by: str
    reason: str


class _Panel(QWidget):
    """What is asked before something is done."""

    done = Signal(object)
    left = Signal()

    def __init__(self, title: str, words: str, *parts: QWidget) -> None:
        super().__init__()
        high_as_needed(self)
        column = Column(self, edges=(0, 6, 0, 6), gap=10)
        column.addWidget(text(title, "strong", wrap=True))
        for part in parts:
            column.addWidget(part)
        buttons = Flow(gap=8)
        self.save, self.leave = PrimaryButton(words, short=True), Button(tr("Leave it"))
        self.save.clicked.connect(self._done)
        self.leave.clicked.connect(self.left)
        buttons.addWidget(self.save)
        buttons.addWidget(self.leave)
        column.addWidget(buttons)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        raise NotImplementedError

    def _done(self) -> None:
        raise NotImplementedError


class MovePanel(_Panel):
    """Another moment for a session. `done` carries (moment, reason)."""

    def __init__(self, session: Session, *, today: Callable[[], date]) -> None:
        self.when = EditorBox(
            _FIELDS["planned_start"], MomentEditor(_FIELDS["planned_start"], today=today), label=tr("Move it to")
        )
        self.when.set_visibility("")
        self.when.set_value(session.planned_start)
        self.reason = EditorBox(_FIELDS["reason"], LineEditor(_FIELDS["reason"], hint=tr("If there is one")))
        super().__init__(tr("Another day or another time"), tr("Move it"), self.when, self.reason)

    def first(self) -> QWidget:
        """The day."""
        return self.when.editor

    def ask_cause(self, at: datetime | None) -> None:
        """Offer this moment, and ask why: others may count on the session as it was."""
        self.when.set_value(at)
        self.reason.set_helper(tr("Others may count on the time it had: say in a few words why it is moved."))
        self.reason.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self) -> None:
        at = planned_moment(self.when)
        if at is not None:
            self.done.emit((at, self.reason.value()))


class EndPanel(_Panel):
    """It did not take place: missed or called off before, by whom, why. `done` carries an Ending."""

    def __init__(self) -> None:
        ways = [("missed", tr("Missed on the day")), ("cancelled", tr("Called off before"))]
        self.way = Segment(ways, name=tr("What happened"))
        self.way.picked.connect(lambda _key: self._ask())
        self.by = {"missed": _who("missed_by"), "cancelled": _who("cancelled_by")}
        self.reason = EditorBox(_FIELDS["reason"], LineEditor(_FIELDS["reason"], hint=tr("In a few words")))
        super().__init__(tr("It did not take place"), tr("Note it"), self.way, *self.by.values(), self.reason)
        self._ask()

    def _ask(self) -> None:
        for way, box in self.by.items():
            box.setVisible(way == self.way.picked_one())

    def first(self) -> QWidget:
        """What happened."""
        return self.way

    def _done(self) -> None:
        way = self.way.picked_one()
        box = self.by[way]
        if not box.value():
            box.say(tr("Say who: it helps to see what keeps you from meeting."))
            box.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.done.emit(Ending(way, box.value(), self.reason.value()))


def _who(name: str) -> EditorBox:
    box = EditorBox(_FIELDS[name], ChipsEditor(_FIELDS[name]))
    box.set_visibility("")
    return box


class SessionBlock(QWidget):
    """A session with its actions."""

    recorded = Signal()
    moved = Signal(object, str)
    ended = Signal(object)
    calendar_wanted = Signal()

    def __init__(self, row: SessionRow, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        high_as_needed(self)
        self.row, self._today = row, today
        self.panel: _Panel | None = None
        self._column = Column(self, edges=(0, 8, 0, 8), gap=6)
        session = row.session
        head = Line(gap=8)
        at = start(session)
        when = say.time(at) if at else ""
        head.addWidget(TwoLines(row.pair.name, when, about(session)), 1)
        head.addWidget(Pill(state(session), TONES.get(session.status or "", "neutral"), parent=self))
        self._column.addLayout(head)
        if session.reason or session.agenda:
            self._column.addWidget(text(_short(session.reason or session.agenda), "caption", wrap=True))
        self.deeds: dict[str, Button] = {}
        self._buttons = Flow(gap=6)
        for key, words in _actions(session):
            self._add(key, words)
        self._column.addWidget(self._buttons)
        self.setAccessibleName(f"{row.pair.name}, {when}, {state(session)}")

    def _add(self, key: str, words: str) -> None:
        button = Button(words) if key == "record" else QuietButton(words)
        button.setAccessibleName(f"{words}: {self.row.pair.name}")
        button.clicked.connect(lambda: self.begin(key))
        self.deeds[key] = button
        self._buttons.addWidget(button)

    def begin(self, key: str) -> None:
        """Do it, or ask first what has to be known."""
        if key == "record":
            self.recorded.emit()
            return
        if key == "calendar":
            self.calendar_wanted.emit()
            return
        self._close()
        panel = MovePanel(self.row.session, today=self._today) if key == "move" else EndPanel()
        if isinstance(panel, MovePanel):
            panel.done.connect(lambda said: self.moved.emit(*said))
        else:
            panel.done.connect(self.ended)
        panel.left.connect(lambda: self._leave(key))
        self.panel = panel
        self._buttons.hide()
        self._column.addWidget(panel)
        panel.show()
        panel.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_move(self, at: datetime | None) -> None:
        """Ask for the cause of a move to a moment that is known already."""
        self.begin("move")
        if isinstance(self.panel, MovePanel):
            self.panel.ask_cause(at)

    def _leave(self, key: str) -> None:
        self._close()
        self.deeds[key].setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._buttons.show()
        if self.panel is not None:
            self._column.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None

    def is_asking(self) -> bool:
        """Whether a panel is open."""
        return self.panel is not None


def _actions(session: Session) -> list[tuple[str, str]]:
    if session.status == "held":
        return [("record", tr("Open"))]
    record = ("record", tr("Record it"))
    if session.status == "planned":
        calendar = ("calendar", tr("Calendar file…"))
        return [record, ("move", tr("Move…")), ("end", tr("Not held…")), calendar]
    return [record, ("move", tr("Move…"))] if session.status == "missed" else [record]


def _short(words: str) -> str:
    line = " ".join(words[:400].split())
    return line if len(line) <= 160 else line[:159].rsplit(" ", 1)[0] + "…"


def day_of_row(row: SessionRow) -> date | None:
    """The day on which a session stands in the calendar."""
    at = start(row.session)
    return local(at).date() if at else None
