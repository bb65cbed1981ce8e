"""Every promise of a mentee, in both directions: open and settled, found by a word, mended in its place. Promises that each step can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import ntr, ptr, tr
from mentorapp.records import ActionItem, Goal
from mentorapp.rules import OPEN_PROMISES
from mentorapp.services import promises, recall
from ui import words
from ui.editors import DayEditor, EditorBox, LineEditor
from ui.models import growth
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Chips,
    Column,
    FieldBox,
    Flow,
    Line,
    LineInput,
    PageTitle,
    Pill,
    PrimaryButton,
    QuietButton,
    Scroll,
    Segment,
    TickRow,
    text,
)
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

AT_FIRST = 25
"""How many rows are shown before more are asked for."""

_FIELDS = fields_of(ActionItem)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The promises of a mentorship, with the goals that they may serve, on the day it is."""

    name: str
    items: tuple[ActionItem, ...]
    goals: tuple[Goal, ...]
    today: date


def read(workspace: Workspace, person: str) -> tuple[str, Kept]:
    """The mentorship of a person, and what is promised in it."""
    view = recall.mentee(workspace, person)
    pair = view.mentorship.id if view.mentorship else ""
    items = promises.of_mentorship(workspace, pair)
    today = day_of(workspace.clock.now())
    return pair, Kept(name=view.person.name, items=tuple(items), goals=view.goals, today=today)


class PromisesScreen(QWidget):
    """The promises of one mentee."""

    shows = frozenset(("action_item", "goal", "person"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._person = ""
        self._kept: Kept | None = None
        self._most = AT_FIRST
        self._back = QuietButton("", "arrow-left")
        self._back.clicked.connect(lambda: shell.go("mentee", person=self._person))
        self._title = PageTitle("")
        self.which = Segment(
            (("open", ptr("promises", "Open")), ("settled", tr("Settled")), ("all", ptr("promises", "All"))),
            name=tr("Which promises"),
        )
        self.owner = Chips((("mentor", tr("mine")), ("mentee", tr("theirs"))), name=tr("Whose promise"))
        self.sought = LineInput(hint=tr("Filter by a word…"))
        self.sought.setAccessibleName(tr("Filter by a word"))
        self.sought.setToolTip(tr("Filter by a word"))  # the hint is cut where text is large
        self.sought.setClearButtonEnabled(True)
        self.form = PromiseForm(shell)
        self.rows = KeyedRows(self._row)
        self._none = text("", "caption", wrap=True)
        self.more = QuietButton("")
        self._lay_out()
        self.which.picked.connect(lambda _key: self._again())
        self.owner.picked.connect(lambda _key: self._again())
        self.sought.textChanged.connect(lambda _words: self._again())
        self.more.clicked.connect(self._show_more)
        self.form.closed.connect(self._put_away)

    def _lay_out(self) -> None:
        self._scroll = page = Scroll(width=860)
        filters = Flow(gap=16, line_gap=10)
        for part in (self.which, self.owner, self.sought):
            filters.addWidget(part)
        self._form_card = Card(tr("Edit the promise"))
        self._form_card.body.addWidget(self.form)
        self._form_card.hide()
        card = Card()
        card.body.addWidget(self.rows)
        card.body.addWidget(self._none)
        card.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeading)
        head = Column(gap=4)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        head.addWidget(self._title)
        page.body.addLayout(head)
        for widget in (filters, self._form_card, card):
            page.body.addWidget(widget)
        page.body.addStretch(1)
        Column(self).addWidget(page)

    def open(self, *, person: str = "") -> None:
        """Show the promises of this person."""
        if person and person != self._person:
            self._person, self._most, self._kept = person, AT_FIRST, None
            self.which.set_value("open")
            self.owner.set_value(())
            self.sought.clear()
            self._form_card.hide()
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._scroll

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        person = self._person
        if person:
            self._shell.ask(lambda workspace: read(workspace, person)[1], self._show, owner=self, latest="promises")

    def _show(self, kept: Kept) -> None:
        self._kept = kept
        undone = sum(1 for item in kept.items if item.status in OPEN_PROMISES)
        said = ntr("{n} open", "{n} open", undone, n=words.number(undone))
        self._title.set_title(tr("What was promised with {name}", name=kept.name), said)
        self._back.set_words(kept.name)
        self._back.setAccessibleName(tr("Back to {name}", name=kept.name))
        self.owner.chip("mentee").setText(kept.name.split()[0])
        self.owner.restyle()
        self._again()

    def _wanted(self) -> list[ActionItem]:
        which, whose, sought = self.which.picked_one(), self.owner.picked_one(), self.sought.text()
        return [
            item
            for item in (self._kept.items if self._kept else ())
            if which == "all" or (which == "open") == (item.status in OPEN_PROMISES)
            if not whose or item.owner == whose
            if promises.says(item, sought)
        ]

    def _again(self) -> None:
        kept = self._kept
        if kept is None:
            return
        found = self._wanted()
        name = kept.name.split()[0]
        self.rows.show_values((item.id, (item, name, kept.today)) for item in found[: self._most])
        left = len(found) - self._most
        self.more.setVisible(left > 0)
        self.more.set_words(ntr("Show {n} more", "Show {n} more", left, n=words.number(left)) if left > 0 else "")
        self._none.setVisible(not found)
        self._none.setText(tr("Nothing is promised here.") if kept.items else tr("Nothing was promised yet."))

    def _show_more(self) -> None:
        self._most += AT_FIRST
        self._again()

    # --- one of them --------------------------------------------------------------------------------------------------

    def _row(self, value: tuple[ActionItem, str, date]) -> TickRow:
        item, name, today = value
        edit = QuietButton(tr("Edit"))
        edit.setAccessibleName(tr("Edit “{promise}”", promise=item.text))
        edit.clicked.connect(lambda: self._edit(item))
        row = TickRow(
            item.text,
            subtitle=growth.promise_line(item, name, near=today),
            on=item.status not in OPEN_PROMISES,
            trailing=(Pill(*growth.promise_pill(item, near=today)), edit),
        )
        row.ticked.connect(lambda done: self._settle(item, "done" if done else "open"))
        return row

    def _settle(self, item: ActionItem, to: str) -> None:
        def settled(_changed: object) -> None:
            if to == "done":
                undo = lambda: self._shell.do(lambda w: _settled(w, item, "open"))  # noqa: E731
                self._shell.notices.say(tr("Kept: {promise}", promise=item.text), action_label=tr("Undo"), action=undo)

        self._shell.do(lambda w: _settled(w, item, to), settled, owner=self)

    def _edit(self, item: ActionItem) -> None:
        kept = self._kept
        if kept is not None:
            self.form.begin(item, kept)
            self._form_card.show()
            self._scroll.verticalScrollBar().setValue(0)
            self.form.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_away(self) -> None:
        self._form_card.hide()
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)


def _settled(workspace: Workspace, item: ActionItem, to: str, reason: str = "") -> object:
    return promises.settle(workspace, workspace.store.get(ActionItem, item.id), to=to, reason=reason)


class PromiseForm(QWidget):
    """The words of a promise, whose it is, by when, for which goal; and what stands in the way of it."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._item: ActionItem | None = None
        due, reason = _FIELDS["due"], _FIELDS["reason"]
        self.words = EditorBox(_FIELDS["text"])
        self.due = EditorBox(due, DayEditor(due))  # type: ignore[arg-type]
        self.owner = Chips(name=tr("Who does it"), required=True)
        self.goal = Chips(name=tr("Towards the goal"))
        self.goal_box = FieldBox(tr("Towards the goal"), self.goal)
        self.stuck = EditorBox(reason, LineEditor(reason), label=tr("What stands in the way, if it is stuck"))  # type: ignore[arg-type]
        column = Column(self, gap=12)
        line = Flow(gap=16, line_gap=12)
        line.addWidget(FieldBox(tr("Who does it"), self.owner))
        line.addWidget(self.due)
        for part in (self.words, line, self.goal_box, self.stuck):
            column.addWidget(part)
        column.addLayout(self._foot())
        self.setFocusProxy(self.words.editor)

    def _foot(self) -> Line:
        self.drop = QuietButton(tr("Let it go"), "x")
        save, cancel = PrimaryButton(tr("Save"), short=True), Button(tr("Cancel"))
        self.drop.clicked.connect(self._let_go)
        save.clicked.connect(self.save)
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addWidget(self.drop)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(save)
        return foot

    def begin(self, item: ActionItem, kept: Kept) -> None:
        """Mend this promise."""
        self._item = item
        name = kept.name.split()[0]
        self.owner.set_options((("mentee", name), ("mentor", tr("me")), ("organisation", tr("the office"))))
        self.owner.set_value(item.owner or "mentee")
        self.goal.set_options([(goal.id, goal.statement) for goal in kept.goals])
        self.goal.set_value(item.goal or "")
        self.goal_box.setVisible(bool(kept.goals))
        for box, value in ((self.words, item.text), (self.due, item.due), (self.stuck, item.reason)):
            box.set_value(value)
        self.drop.setVisible(item.status in OPEN_PROMISES)
        self.stuck.setVisible(item.status in OPEN_PROMISES)

    def save(self) -> None:
        """Keep what was changed, or say beside the field what stands in the way."""
        item = self._item
        if item is None:
            return
        if self.due.unreadable():
            self.due.say(self.due.unreadable())
            self.due.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        after = replace(
            item,
            text=self.words.value(),
            owner=self.owner.picked_one() or item.owner,
            due=self.due.value(),
            goal=self.goal.picked_one() or None if self.goal_box.isVisible() else item.goal,
        )
        reason = self.stuck.value().strip()
        self._shell.do(
            lambda w: _kept(w, item, after, reason),
            lambda _changed: self.closed.emit(),
            owner=self,
            failed=self._refuse,
        )

    def _let_go(self) -> None:
        item, reason = self._item, self.stuck.value()
        if item is None:
            return

        def gone(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda w: _settled(w, item, "open"))  # noqa: E731
            self._shell.notices.say(tr("Let go: {promise}", promise=item.text), action_label=tr("Undo"), action=undo)
            self.closed.emit()

        self._shell.do(lambda w: _settled(w, item, "dropped", reason), gone, owner=self)

    def _refuse(self, error: Exception) -> None:
        field = error.values.get("field") if isinstance(error, UserError) else ""
        box = self.stuck if field == "reason" else self.words
        box.say(str(error))
        box.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes without keeping."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _kept(workspace: Workspace, before: ActionItem, after: ActionItem, reason: str) -> object:
    """Keep the words, and say what stands in the way, or that nothing does any longer."""
    with workspace.store.transaction():
        changed = promises.change(workspace, before, after)
        now = workspace.store.get(ActionItem, before.id)
        if reason and reason != now.reason and now.status in OPEN_PROMISES:
            changed |= promises.settle(workspace, now, to="blocked", reason=reason)
        elif not reason and now.status == "blocked":
            changed |= promises.settle(workspace, now, to="open")
        return changed
