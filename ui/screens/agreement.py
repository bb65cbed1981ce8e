"""An agreement between a mentor and a mentee: talked through in four quiet parts, kept as it is typed, agreed by both, printed to sign.

Promises that no word is lost, that what both agreed to is only read (amending begins a new one beside it), and that what an amendment
says otherwise is seen next to what was said before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QMenu, QWidget

from mentorapp import i18n
from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.i18n import ptr, tr
from mentorapp.services import agreements
from mentorapp.services.agreements import SAID, AgreementDraft, Change, Paper
from ui import words
from ui.agreeing import TONES, state_words
from ui.editors import EditorBox, ReadersMark
from ui.editors.keeping import Keeper
from ui.shell import Shell
from ui.widgets import Button, Card, Column, PageTitle, Pill, PrimaryButton, Quote, Scroll, text
from ui.widgets.facts import fact_row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

AGREED = ("mentor_agreed_on", "mentee_agreed_on")


def parts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The parts of the form, each with its fields."""
    return (
        (tr("What for"), ("purpose", "boundaries")),
        (tr("How we meet"), ("frequency", "channels", "cancellation")),
        (tr("In confidence"), ("confidentiality", "limits")),
        (ptr("the agreement", "Agreed"), ("review_on", *AGREED)),
    )


@dataclass(frozen=True)
class _Opened:
    """What is shown: a draft to write in, or an agreement to read; with whom, and on which day."""

    draft: AgreementDraft
    paper: Paper
    reading: bool
    kept: bool
    today: date
    earlier: tuple[Change, ...]
    before: Any = None


class AgreementScreen(QWidget):
    """One agreement."""

    shows = frozenset(("agreement", "person"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._opened: _Opened | None = None
        self._where: dict[str, str] = {}
        self._title = PageTitle("")
        self._pill = Pill()
        self._print = Button(tr("Print to sign"), "printer")
        self._print.clicked.connect(self._offer_languages)
        self._keep = PrimaryButton(tr("Save"))
        self._keep.clicked.connect(self.save)
        self._amend = PrimaryButton(tr("Amend"))
        self._amend.clicked.connect(self._begin_amending)
        self._give_up = Button(tr("Throw the draft away"))
        self._give_up.clicked.connect(self._throw_away)
        self._title.add(self._pill, self._give_up, self._print, self._amend, self._keep)
        self._kept = text("", "caption")
        self.boxes: dict[str, EditorBox] = {}
        self._quotes: dict[str, tuple[QWidget, Quote]] = {}
        self._form = QWidget()
        self._fill_form()
        self._facts = KeyedRows(fact_row, lines=False)
        self._reading = Card()
        self._reading.body.addWidget(self._facts)
        self._changed = Card(tr("What it says otherwise than the one before"), tone="sunk")
        self._changes = KeyedRows(fact_row, lines=False)
        self._changed.body.addWidget(self._changes)
        page = self._page = Scroll(width=820)
        for part in (self._title, self._kept, self._form, self._reading, self._changed):
            page.body.addWidget(part)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._keeper = Keeper(shell, self.draft, self, keep=agreements.keep_draft)
        self._keeper.kept.connect(self._say_kept)
        for part in (self._form, self._reading, self._changed, self._title, self._kept):
            part.hide()

    def _fill_form(self) -> None:
        from mentorapp.fields import fields_of
        from mentorapp.records import Agreement

        fields = fields_of(Agreement)
        column = Column(self._form, gap=18)
        for title, names in parts():
            card = Card(title)
            card.body.setSpacing(12)
            card.trailing.addWidget(ReadersMark(fields[names[0]].visibility))
            for name in names:
                box = self.boxes[name] = EditorBox(fields[name])
                box.set_visibility("")
                box.input.edited.connect(self._edited)
                said, quote = QWidget(), Quote("")
                before = Column(said, edges=(0, 2, 0, 0), gap=4)
                before.addWidget(text(tr("Before:"), "caption"))
                before.addWidget(quote)
                said.hide()
                self._quotes[name] = said, quote
                card.body.addWidget(box)
                card.body.addWidget(said)
            column.addWidget(card)

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, *, mentorship: str = "", agreement: str = "") -> None:
        """Write the agreement of a mentorship (the draft goes on, one that counts is amended), or read one."""
        self._keeper.flush()
        self._where = {"mentorship": mentorship, "agreement": agreement}
        self._opened = None
        for part in (self._form, self._reading, self._changed, self._title):
            part.hide()
        self._kept.hide()
        self._read()

    def refresh(self) -> None:
        """Read again what is only read; what is being written is left alone."""
        if self._opened is None or self._opened.reading:
            self._read()

    def _read(self) -> None:
        where = self._where
        if any(where.values()):
            self._shell.ask(lambda workspace: _open(workspace, **where), self._show, owner=self, latest="agreement")

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.boxes["purpose"].editor if self._opened and not self._opened.reading else self._page

    def leave(self) -> None:
        """Keep what is not kept yet."""
        self._keeper.flush()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is not kept yet, however the screen was left."""
        super().hideEvent(event)
        self._keeper.flush()

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, opened: _Opened) -> None:
        self._opened = opened
        agreement, reading = opened.draft.agreement, opened.reading
        who = words.listed(list(opened.paper.mentees))
        title = tr("Amend the agreement") if agreement.amends and not reading else tr("Agreement")
        self._title.set_title(title, who)
        self._pill.set(state_words(agreement), TONES.get(agreement.status or "", "neutral"))
        self._form.setVisible(not reading)
        self._reading.setVisible(reading)
        self._keep.setVisible(not reading)
        self._amend.setVisible(reading and agreement.status == "agreed")
        self._give_up.setVisible(not reading and opened.kept)
        if reading:
            self._facts.show_values((label, (label, said)) for label, said in said_of(agreement))
        else:
            self._write(opened)
        self._changes.show_values((c.field, _changed_fact(c)) for c in (opened.earlier if reading else ()))
        self._changed.setVisible(reading and bool(opened.earlier))
        self._title.show()
        if not reading:
            self.boxes["purpose"].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write(self, opened: _Opened) -> None:
        for name, box in self.boxes.items():
            box.say("")
            box.set_value(getattr(opened.draft.agreement, name))
            if typed := opened.draft.typed.get(name):
                box.input.set_typed(typed)
        self._keeper.begin(known=opened.kept)
        self._compare()

    def _compare(self) -> None:
        """Beside each field that says otherwise, what was said before."""
        before = self._opened.before if self._opened else None
        for name, (holder, quote) in self._quotes.items():
            said = getattr(before, name) if before is not None and name in SAID else None
            differs = bool(said) and said != self.boxes[name].value()
            holder.setVisible(differs)
            if differs:
                quote.set(words.day(said) if isinstance(said, date) else str(said))

    def _edited(self) -> None:
        self._keeper.touch()
        self._compare()

    def _say_kept(self, at: datetime) -> None:
        if self._opened is not None:
            self._kept.setText(tr("Draft kept {when}", when=words.when(at, near=self._opened.today)))
            self._kept.show()
            self._give_up.show()

    # --- deeds --------------------------------------------------------------------------------------------------------

    def draft(self) -> AgreementDraft | None:
        """Everything on the screen as it stands; None while nothing is written."""
        opened = self._opened
        if opened is None or opened.reading:
            return None
        after = replace(opened.draft.agreement, **{name: box.value() for name, box in self.boxes.items()})
        typed = {name: said for name, box in self.boxes.items() if (said := box.input.typed())}
        return replace(opened.draft, agreement=after, typed=typed)

    def save(self) -> None:
        """Save it, as agreed if both have; what stands in the way is said beside its field."""
        draft = self.draft()
        if draft is None:
            return
        for box in self.boxes.values():
            if box.unreadable():
                box.say(box.unreadable())
                box.editor.setFocus()
                return
        self._keeper.flush()

        def done(kept: _Kept) -> None:
            self._keeper.stop()
            agreed = kept.agreement.status == "agreed"
            said = tr("Agreed by both, and kept.") if agreed else tr("Kept. It counts once both have agreed.")
            self._shell.notices.say(said)
            self._shell.go("agreement", agreement=kept.agreement.id)

        self._shell.do(lambda workspace: _keep(workspace, draft), done, owner=self, failed=self._refuse)

    def _refuse(self, problem: Exception) -> None:
        field = problem.values.get("field", "purpose") if isinstance(problem, UserError) else "purpose"
        box = self.boxes[str(field) if field in self.boxes else "purpose"]
        box.say(str(problem))
        box.editor.setFocus()

    def _begin_amending(self) -> None:
        opened = self._opened
        if opened is not None:
            self._shell.go("agreement", mentorship=opened.draft.agreement.mentorship or "")

    def _throw_away(self) -> None:
        draft = self.draft()
        if draft is None:
            return
        self._keeper.stop()
        mentorship = draft.agreement.mentorship or ""

        def done(_changed: object) -> None:
            back = lambda: self._shell.do(  # noqa: E731
                lambda workspace: agreements.keep_draft(workspace, draft),
                lambda _at: self._shell.go("agreement", mentorship=mentorship),
            )
            self._opened = None
            self._shell.go("mentorship", mentorship=mentorship)
            self._shell.notices.say(tr("The draft is thrown away."), action_label=tr("Undo"), action=back)

        self._shell.do(lambda workspace: agreements.give_up_draft(workspace, draft.id), done, owner=self)

    # --- printing -----------------------------------------------------------------------------------------------------

    def _offer_languages(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The language in use first: most people print in it.
        for code in sorted(i18n.LANGUAGES, key=lambda code: code != i18n.language()):
            menu.addAction(i18n.LANGUAGES[code]).triggered.connect(lambda _on=False, code=code: self.print_in(code))
        menu.popup(self._print.mapToGlobal(QPoint(0, self._print.height())))

    def print_in(self, language: str) -> None:
        """Print what stands on the screen, in a language."""
        opened = self._opened
        if opened is None:
            return
        draft = self.draft()
        agreement = draft.agreement if draft else opened.draft.agreement

        def show(paper: Paper) -> None:
            from ui import signing

            signing.save_as_pdf(self._shell, self, paper, language)

        self._shell.ask(lambda workspace: agreements.paper(workspace, agreement), show, owner=self)


def said_of(agreement: Any) -> list[tuple[str, str]]:
    """Everything that an agreement says, as its labels and its words; what is not said is left out."""
    from mentorapp.fields import fields_of

    fields = fields_of(type(agreement))

    def said(name: str) -> str:
        value = getattr(agreement, name)
        return words.weekday_day(value) if isinstance(value, date) else str(value or "")

    return [(tr(fields[name].label), said(name)) for name in (*SAID, *AGREED) if said(name)]


def _changed_fact(change: Change) -> tuple[str, str]:
    from mentorapp.fields import fields_of
    from mentorapp.records import Agreement

    def said(value: Any) -> str:
        return words.day(value) if isinstance(value, date) else str(value) if value else tr("nothing")

    label = tr(fields_of(Agreement)[change.field].label)
    return label, tr("before: {before}", before=said(change.before)) + "\n" + tr("now: {now}", now=said(change.after))


@dataclass(frozen=True)
class _Kept:
    kinds: frozenset[str]
    records: tuple[str, ...]
    agreement: Any


def _keep(workspace: Workspace, draft: AgreementDraft) -> _Kept:
    changed, agreement = agreements.keep(workspace, draft)
    return _Kept(changed.kinds, changed.records, agreement)


def _open(workspace: Workspace, *, mentorship: str, agreement: str) -> _Opened:
    from mentorapp.records import Agreement

    if agreement:
        saved = workspace.store.seek(Agreement, agreement)
        reading = saved is not None and saved.status != "draft"
        draft = (
            AgreementDraft(id=agreement, agreement=saved)
            if saved is not None and reading
            else agreements.reopen(workspace, agreement)
        )
    else:
        draft, reading = agreements.begin(workspace, mentorship), False
    before = workspace.store.seek(Agreement, draft.agreement.amends) if draft.agreement.amends else None
    return _Opened(
        draft=draft,
        paper=agreements.paper(workspace, draft.agreement),
        reading=reading,
        kept=workspace.store.draft(draft.id) is not None,
        today=day_of(workspace.clock.now()),
        earlier=tuple(agreements.changes(workspace, draft.agreement)),
        before=before,
    )
