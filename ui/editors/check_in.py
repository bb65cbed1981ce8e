"""The check-in: each open promise with what became of it, said with one key or one click, and why if something stands in the way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import ActionItem
from mentorapp.services.sessions import Settled
from ui import theme
from ui import words as say
from ui.editors.words import LineEditor
from ui.widgets import Button, Chips, Column, FieldBox, Line, Pill, QuietButton, TickBox, TwoLines, hairline, text

WIDE = 560
"""From which width the answers stand beside the promise, in px of 100 %."""


def _said(settled: Settled) -> tuple[str, str]:
    return {
        "done": (tr("done"), "good"),
        "carried": (tr("carried over"), "now"),
        "blocked": (tr("blocked"), "warn"),
        "dropped": (tr("let go"), "neutral"),
    }[settled.to]


class CheckInRow(QWidget):
    """One promise. `edited` when what is said of it changed."""

    edited = Signal()

    def __init__(self, item: ActionItem, owner: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._settled: Settled | None = None
        column = Column(self, edges=(0, 9, 0, 9), gap=8)
        self._line = Line(gap=12)
        self.box = TickBox(tr("Done: {promise}", promise=item.text))
        self._words = TwoLines(item.text, owner, _about(item, today))
        first = Line(gap=12)
        first.addWidget(self.box)
        first.addWidget(self._words, 1)
        self._line.addLayout(first, 1)
        self._line.addWidget(self._answers())
        column.addLayout(self._line)
        column.addWidget(self._why())
        self.box.clicked.connect(lambda on: self._choose(Settled(to="done") if on else None))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._show_it()

    def _answers(self) -> QWidget:
        holder = QWidget()
        line = Line(holder, gap=12)
        self.done, self.carry = Button(tr("Done")), Button(tr("Carry over"))
        self.blocked = Button(tr("Blocked…"))
        for button, to in ((self.done, "done"), (self.carry, "carried"), (self.blocked, "blocked")):
            button.setAccessibleName(f"{button.text()}: {self.item.text}")
            button.clicked.connect(lambda _on=False, to=to: self._choose(Settled(to=to)))
            line.addWidget(button)
        self._pill = Pill("", parent=holder)
        self.change = QuietButton(tr("Change"))
        self.change.setAccessibleName(tr("Change what is said of “{promise}”", promise=self.item.text))
        self.change.clicked.connect(lambda: self._choose(None, back=True))
        line.addWidget(self.change)
        line.addWidget(self._pill)
        return holder

    def _why(self) -> QWidget:
        holder = self._panel = QWidget()
        column = Column(holder, edges=(30, 0, 0, 4), gap=8)
        field = fields_of(ActionItem)["reason"]
        self.reason = LineEditor(field, hint=tr("In a few words"))  # type: ignore[arg-type]
        fates = [("blocked", tr("it stays open")), ("dropped", tr("we let it go"))]
        self.fate = Chips(fates, required=True, name=tr("What happens to it"))
        self.fate.picked.connect(lambda to: self._choose(Settled(to=to, reason=self.reason.value())))
        self.reason.edited.connect(self._reasoned)
        self.why = FieldBox(tr(field.label), self.reason, visibility=tr(field.visibility.words))
        column.addWidget(self.why)
        column.addWidget(self.fate)
        return holder

    def settled(self) -> Settled | None:
        """What is said of it."""
        return self._settled

    def set_settled(self, settled: Settled | None) -> None:
        """Show what was said of it."""
        self._settled = settled
        self.reason.set_value(settled.reason if settled else "")
        self._show_it()

    def say(self, problem: str) -> None:
        """Say what is missing, beside the reason."""
        if problem != self.why.problem():
            self.why.set_problem(problem)

    def _reasoned(self) -> None:
        if self._settled:
            self._settled = Settled(to=self._settled.to, reason=self.reason.value())
            self.say("")
            self.edited.emit()

    def _choose(self, settled: Settled | None, *, back: bool = False) -> None:
        had = self.isAncestorOf(self.focusWidget() or self)
        self._settled = settled
        self._show_it()
        if settled and settled.to in ("blocked", "dropped"):
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif had:
            # The button that was pressed is gone: the keyboard stays in the row.
            (self.done if back else self.box).setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _show_it(self) -> None:
        said = self._settled
        for button in (self.done, self.carry, self.blocked):
            button.setVisible(said is None)
        self.change.setVisible(said is not None and said.to != "done")
        words, tone = _said(said) if said else ("", "neutral")
        self._pill.set(words, tone)
        self.box.setChecked(said is not None and said.to == "done")
        reasoned = said is not None and said.to in ("blocked", "dropped")
        self._panel.setVisible(reasoned)
        if reasoned and said:
            self.fate.set_value(said.to)
        else:
            self.say("")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the answers under the promise where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._fit()

    def _fit(self) -> None:
        way = QBoxLayout.Direction
        wanted = way.LeftToRight if self.width() >= theme.px(WIDE) or self._settled else way.TopToBottom
        if self._line.direction() != wanted:
            self._line.setDirection(wanted)


def _about(item: ActionItem, today: date) -> str:
    parts = []
    if item.due and item.due < today:
        parts.append(say.late((today - item.due).days))
    elif item.due:
        parts.append(say.due(item.due, near=today))
    if item.carried_over:
        parts.append(_carried(item.carried_over))
    if item.status == "blocked" and item.reason:
        parts.append(tr("blocked: {reason}", reason=item.reason))
    return " · ".join(parts)


def _carried(times: int) -> str:
    return ntr("carried over once", "carried over {n} times", times, n=say.number(times))


class CheckIn(QWidget):
    """All open promises of a pair."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = Column(self, gap=0)
        self._none = text(tr("No promise is open. What you agree today will be here next time."), "caption", wrap=True)
        self._column.addWidget(self._none)
        self.rows: dict[str, CheckInRow] = {}
        self._shown: tuple[ActionItem, ...] | None = None

    def set_promises(
        self,
        items: Sequence[ActionItem],
        settled: Mapping[str, Settled],
        *,
        owner: Callable[[ActionItem], str],
        today: date,
    ) -> None:
        """Show these with what was said of each. Rows that stay the same are left alone."""
        if self._shown != tuple(items):
            self._rebuild(items, owner, today)
        for id, row in self.rows.items():
            row.set_settled(settled.get(id))

    def _rebuild(self, items: Sequence[ActionItem], owner: Callable[[ActionItem], str], today: date) -> None:
        self._shown = tuple(items)
        while (part := self._column.takeAt(1)) is not None:
            if (old := part.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.rows = {}
        for item in items:
            if self.rows:
                self._column.addWidget(hairline())
            row = CheckInRow(item, owner(item), today)
            row.edited.connect(self.edited)
            self._column.addWidget(row)
            self.rows[item.id] = row
        self._none.setVisible(not self.rows)

    def value(self) -> dict[str, Settled]:
        """What is said of each promise that something is said of."""
        return {id: said for id, row in self.rows.items() if (said := row.settled())}
