"""What was agreed: promises typed one after another, each with who does it and by when. A promise not added yet counts as well."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mentorapp.clock import new_id
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import ActionItem
from mentorapp.services.sessions import Promise
from ui import theme
from ui import words as say
from ui.editors.times import DayEditor
from ui.editors.words import LineEditor
from ui.widgets import Chips, Column, Flow, Pill, QuietButton, Row, RowList, text

_FIELDS = fields_of(ActionItem)


class DueEditor(DayEditor):
    """By when: keeps the words as they were typed, for "in 2 weeks" says more to her than a date."""

    def _show_back(self) -> None:
        self.setCursorPosition(0)

    def _present(self, value: date | None) -> None:
        super()._present(value)
        if value is not None:
            self.setText(say.day(value, near=self._today()))
            self.setCursorPosition(0)

    def set_value(self, value: date | None) -> None:
        """Show a day in short."""
        super().set_value(value)
        self._present(value)


class _PromiseWords(LineEditor):
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class PromiseLine(Flow):
    """The line in which the next promise is written."""

    edited = Signal()
    entered = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent, gap=12, line_gap=8)
        self._id = new_id()
        self.words = _PromiseWords(_FIELDS["text"], hint=tr("Add a promise…"))  # type: ignore[arg-type]
        self.words.setAccessibleName(tr("Add a promise"))
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.owner = Chips(name=tr("Who does it"), required=True)
        self.due = DueEditor(_FIELDS["due"], hint=tr("by when?"), today=today)  # type: ignore[arg-type]
        self.due.setAccessibleName(tr("By when"))
        for part in (self.words, self.owner, self.due):
            self.addWidget(part)
        self.words.edited.connect(self.edited)
        self.owner.picked.connect(self.edited)
        self.due.edited.connect(self.edited)
        self.words.entered.connect(self.entered)
        self.due.returnPressed.connect(self.entered)
        self.setFocusProxy(self.words)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.words.setMinimumWidth(theme.px(200))
        self.due.setFixedWidth(theme.px(124))
        super().restyle()

    def set_owners(self, owners: Sequence[tuple[str, str]]) -> None:
        """Say who can do it."""
        self.owner.set_options(owners)
        if not self.owner.picked_one() and owners:
            self.owner.set_value(owners[0][0])

    def value(self) -> Promise | None:
        """The promise as far as it is written; None while there are no words."""
        words = self.words.value()
        if not words.strip():
            return None
        return Promise(id=self._id, text=words, owner=self.owner.picked_one() or "mentee", due=self.due.value())

    def set_value(self, promise: Promise | None) -> None:
        """Write on with this promise, or begin a new one for the same person."""
        self._id = promise.id if promise else new_id()
        self.words.set_value(promise.text if promise else "")
        self.due.set_value(promise.due if promise else None)
        if promise:
            self.owner.set_value(promise.owner)


class Promises(QWidget):
    """The promises of a session: those made in it before, those added, and the line for the next."""

    edited = Signal()

    def __init__(self, *, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._owners: dict[str, str] = {}
        self._added: tuple[Promise, ...] = ()
        self._made: tuple[ActionItem, ...] = ()
        column = Column(self, gap=8)
        self._list = RowList()
        self.line = PromiseLine(today=today)
        column.addWidget(self._list)
        column.addWidget(self.line)
        self._problem, self._hint = (
            text("", "problem", wrap=True),
            text(tr("Enter adds it and begins the next."), "caption"),
        )
        for part in (self._problem, self._hint):
            part.setVisible(False)
            column.addWidget(part)
        self.line.edited.connect(lambda: self.say(""))
        self.line.edited.connect(self.edited)
        self.line.entered.connect(self._add)

    def set_owners(self, owners: Sequence[tuple[str, str]]) -> None:
        """Say who can do it, in the words of this pair."""
        self._owners = dict(owners)
        self.line.set_owners(owners)

    def set_value(self, promises: Sequence[Promise], made: Sequence[ActionItem] = ()) -> None:
        """Show these; the last goes on in the line if it was not added yet."""
        self._added, self._made = tuple(promises), tuple(made)
        self.line.set_value(None)
        self._show_rows()

    def value(self) -> tuple[Promise, ...]:
        """All new promises, the one in the line among them."""
        pending = self.line.value()
        return (*self._added, *([pending] if pending else []))

    def say(self, problem: str) -> None:
        """Say what is wrong under the line."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._hint.setVisible(not problem and self.line.value() is not None)

    def unreadable(self) -> str:
        """What to say when the day by which cannot be read."""
        return self.line.due.problem() if self.line.value() else ""

    def _add(self) -> None:
        pending = self.line.value()
        if pending is None or self.line.due.problem():
            self.say(self.unreadable())
            (self.line.due if pending else self.line.words).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._added = (*self._added, replace(pending, text=pending.text.strip()))
        self.line.set_value(None)
        self._show_rows()
        self.line.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _take_up(self, promise: Promise) -> None:
        pending = self.line.value()
        self._added = tuple(p for p in self._added if p.id != promise.id) + ((pending,) if pending else ())
        self.line.set_value(promise)
        self._show_rows()
        self.line.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_out(self, promise: Promise) -> None:
        self._added = tuple(p for p in self._added if p.id != promise.id)
        self._show_rows()
        self.line.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _show_rows(self) -> None:
        rows = [self._made_row(item) for item in self._made] + [self._row(promise) for promise in self._added]
        self._list.set_rows(rows)
        self._list.setVisible(bool(rows))
        self.say("")

    def _row(self, promise: Promise) -> Row:
        edit, out = QuietButton(tr("Edit")), QuietButton(tr("Take out"))
        edit.setAccessibleName(tr("Edit “{promise}”", promise=promise.text))
        out.setAccessibleName(tr("Take out “{promise}”", promise=promise.text))
        edit.clicked.connect(lambda: self._take_up(promise))
        out.clicked.connect(lambda: self._take_out(promise))
        return Row(promise.text, subtitle=self._about(promise.owner, promise.due), trailing=(edit, out), active=False)

    def _made_row(self, item: ActionItem) -> Row:
        status = _FIELDS["status"].words(item.status)  # type: ignore[attr-defined]
        pill = Pill(tr(status), "good" if item.status == "done" else "neutral")
        return Row(item.text, subtitle=self._about(item.owner or "", item.due), trailing=(pill,), active=False)

    def _about(self, owner: str, due: date | None) -> str:
        who = self._owners.get(owner, "")
        by = tr("by {day}", day=say.weekday_day(due, near=self._today())) if due else tr("no date yet")
        return " · ".join(filter(None, (who, by)))
