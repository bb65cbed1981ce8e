"""What this person allowed: for each purpose what was said, asking and withdrawing beside it, and every answer that was given before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from ui import words
from ui.shell import Shell
from ui.widgets import Button, Card, Chips, Column, FieldBox, Line, Pill, PrimaryButton, QuietButton, Row, text
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Consent
    from mentorapp.services.consents import Said
    from mentorapp.services.workspace import Workspace
    from ui.screens.mentee.verbs import Page

_TONES = {"given": "good", "refused": "neutral", "withdrawn": "warn", "": "neutral"}


def meaning(purpose: str, name: str) -> str:
    """What it means that this was withdrawn, in words for whoever keeps the records."""
    return {
        "record_keeping": tr(
            "From now on write nothing new about {name}. Ask your office what happens with what is kept already.",
            name=name,
        ),
        "photo": tr("Take no more photographs of {name}, and show those there are to nobody.", name=name),
        "audio": tr("Record {name}’s voice no more, and play what there is to nobody.", name=name),
        "story": tr("{name}’s story is told to nobody any more. Where it was told already, say so.", name=name),
        "data_sharing": tr("Figures that {name} can be known by go to no partner any more.", name=name),
    }.get(purpose, "")


def purpose_words(purpose: str) -> str:
    """What consent is asked for, in words."""
    return _choice("purpose", purpose)


def _choice(field: str, code: str | None) -> str:
    from mentorapp.fields import Choice, fields_of
    from mentorapp.records import Consent

    found = fields_of(Consent)[field]
    return tr(found.words(code)) if isinstance(found, Choice) and code else ""


@dataclass(frozen=True)
class _Shown:
    said: Said
    today: date


def answer(consent: Consent, today: date) -> str:
    """One answer on one line: what, when, how, in which language, in their own words."""
    day = words.day(consent.given_on, near=today) if consent.given_on else ""
    taken = (
        tr("withdrawn {day}", day=words.day(consent.withdrawn_on, near=today))
        if consent.withdrawn_on
        else tr("withdrawn")
        if consent.status == "withdrawn"
        else ""
    )
    said = tr("refused {day}", day=day) if consent.status == "refused" else tr("given {day}", day=day)
    language = tr("read out in {language}", language=consent.language) if consent.language else ""
    parts = (taken, said, _choice("method", consent.method), language, consent.covers)
    return " · ".join(filter(None, parts)) + (f" · {words.quoted(consent.note)}" if consent.note else "")


def _read(workspace: Workspace, person: str) -> list[_Shown]:
    from mentorapp.services import consents

    today = day_of(workspace.clock.now())
    return [_Shown(said, today) for said in consents.of(workspace, person)]


class ConsentsCard(Card):
    """The card on the mentee's page. Reads its own part of the page."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Consent"))
        self._shell = shell
        self._page: Page | None = None
        self.rows = KeyedRows(self._row)
        self.earlier = QuietButton(tr("All answers"), "history")
        self.earlier.setCheckable(True)
        self.earlier.toggled.connect(lambda _on: self._tell())
        self.history = text("", "caption", wrap=True)
        self.history.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.form = AskForm(shell)
        self.form.put_away.connect(self._put_away)
        self.form.recorded.connect(self._recorded)
        self.body.setSpacing(8)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.form)
        self.body.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addWidget(self.history)
        self.form.hide()
        self.history.hide()
        self.earlier.hide()
        self._shown: list[_Shown] = []

    def show_page(self, page: Page) -> None:
        """Show what this mentee allowed."""
        if self._page is None or self._page.view.person.id != page.view.person.id:
            self.form.hide()
            self.earlier.setChecked(False)
        self._page = page
        person = page.view.person.id
        self._shell.ask(lambda workspace: _read(workspace, person), self._show, owner=self, latest="consents")

    def _show(self, shown: list[_Shown]) -> None:
        self._shown = shown
        self.rows.show_values((each.said.purpose, each) for each in shown)
        self._tell()

    def _tell(self) -> None:
        answers = [
            tr("{label}: {said}", label=purpose_words(each.said.purpose), said=answer(consent, each.today))
            for each in self._shown
            for consent in each.said.history
        ]
        self.earlier.setVisible(bool(answers))
        self.history.setText("\n".join(answers))
        self.history.setVisible(bool(answers) and self.earlier.isChecked())

    def _row(self, shown: _Shown) -> Row:
        said, latest = shown.said, shown.said.latest
        purpose = purpose_words(said.purpose)
        state = _choice("status", said.state) or tr("not asked")
        ask = QuietButton(tr("Ask again") if latest else tr("Ask"))
        ask.setAccessibleName(tr("Ask for consent: {purpose}", purpose=purpose))
        ask.clicked.connect(lambda: self._ask(said.purpose))
        buttons: list[QWidget] = [Pill(state, _TONES.get(said.state, "neutral"))]
        if said.allowed and latest is not None:
            withdraw = QuietButton(tr("Withdraw"))
            withdraw.setAccessibleName(tr("Withdraw consent: {purpose}", purpose=purpose))
            withdraw.clicked.connect(lambda: self._withdraw(latest))
            buttons.append(withdraw)
        else:
            buttons.append(ask)
        row = Row(
            purpose[:1].upper() + purpose[1:],
            subtitle=answer(latest, shown.today) if latest else "",
            trailing=buttons,
            active=False,
        )
        row.setAccessibleName(f"{purpose}: {state}")
        return row

    def _ask(self, purpose: str) -> None:
        if self._page is not None:
            self.form.show()
            self.form.begin(self._page, purpose)

    def _put_away(self) -> None:
        self.form.hide()
        row = self.rows.rows()[0] if self.rows.rows() else self
        row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _recorded(self, consent: Consent) -> None:
        self.form.hide()
        undo = lambda: self._shell.do(lambda workspace: _take_out(workspace, consent))  # noqa: E731
        said = tr("{label}: {said}", label=purpose_words(consent.purpose or ""), said=_choice("status", consent.status))
        self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

    def _withdraw(self, consent: Consent) -> None:
        name = self._page.first_name if self._page else ""

        def done(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda workspace: _put_back(workspace, consent))  # noqa: E731
            said = tr("Withdrawn from today.") + " " + meaning(consent.purpose or "", name)
            self._shell.notices.say(said, tone="warn", action_label=tr("Undo"), action=undo)

        self._shell.do(lambda workspace: _withdraw(workspace, consent), done, owner=self)


def _take_out(workspace: Workspace, consent: Consent) -> object:
    from mentorapp.services import consents

    return consents.take_out(workspace, consent)


def _withdraw(workspace: Workspace, consent: Consent) -> object:
    from mentorapp.services import consents

    return consents.withdraw(workspace, consent)


def _put_back(workspace: Workspace, consent: Consent) -> object:
    from mentorapp.services import consents

    return consents.put_back(workspace, consent)


@dataclass(frozen=True)
class _Recorded:
    kinds: frozenset[str]
    records: tuple[str, ...]
    consent: Consent


class AskForm(QWidget):
    """An answer: given or refused, how, in which language it was read out, when, what it covers. Only the answer must be said."""

    put_away = Signal()
    recorded = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._person = self._purpose = ""
        self._made = False

    def _make(self) -> None:
        from mentorapp.fields import fields_of
        from mentorapp.records import Consent
        from ui.editors import EditorBox

        self._made = True
        column = Column(self, edges=(0, 8, 0, 0), gap=10)
        self._title = text("", "strong", wrap=True)
        # Neither is chosen beforehand: nobody's answer is assumed.
        self.answer = Chips((("given", tr("Yes")), ("refused", tr("No"))), name=tr("Answer"))
        fields = fields_of(Consent)
        names = ("language", "method", "given_on", "covers", "note")
        self.boxes: dict[str, Any] = {name: EditorBox(fields[name]) for name in names}
        for box in self.boxes.values():
            box.set_visibility("")
        keep, cancel = PrimaryButton(tr("Keep"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(self.keep)
        cancel.clicked.connect(self.put_away)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        self.answer_box = FieldBox(tr("Answer"), self.answer)
        for part in (self._title, self.answer_box, *self.boxes.values()):
            column.addWidget(part)
        column.addLayout(foot)

    def begin(self, page: Page, purpose: str) -> None:
        """Ask this person for this purpose."""
        if not self._made:
            self._make()
        self._person, self._purpose = page.view.person.id, purpose
        self._title.setText(
            tr("{name} was asked about {purpose}.", name=page.first_name, purpose=purpose_words(purpose))
        )
        self.answer.set_value(())
        self.answer_box.set_problem("")
        for name, box in self.boxes.items():
            box.say("")
            box.set_value(page.view.person.language.split(",")[0].strip() if name == "language" else box.field.empty)
        self.boxes["given_on"].set_value(page.today)
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Keep the answer, or say what is missing."""
        self.answer_box.set_problem("" if self.answer.picked_one() else tr("Say what the answer was."))
        if not self.answer.picked_one():
            self.answer.setFocus()
            return
        for box in self.boxes.values():
            if box.unreadable():
                box.say(box.unreadable())
                box.editor.setFocus()
                return
        said = {name: box.value() for name, box in self.boxes.items()}
        person, purpose, given = self._person, self._purpose, self.answer.picked_one() == "given"

        def record(workspace: Workspace) -> _Recorded:
            from mentorapp.services import consents

            said_on = said.pop("given_on")
            changed, consent = consents.record(
                workspace, person=person, purpose=purpose, given=given, on=said_on, **said
            )
            return _Recorded(changed.kinds, changed.records, consent)

        self._shell.do(record, lambda done: self.recorded.emit(done.consent), owner=self, failed=self._refuse)

    def _refuse(self, problem: Any) -> None:
        box = self.boxes.get(problem.values.get("field", ""), self.boxes["given_on"])
        box.say(str(problem))
        box.editor.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away.emit()
        else:
            super().keyPressEvent(event)
