"""The page on which a session is written: its parts, what stands in them as a draft, and what is wrong beside its place.

Promises that a draft shown and read again is the same draft. Keeps nothing: it says `edited` while one writes and `decided` when
something was chosen.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QBoxLayout, QWidget

from mentorapp.clock import local
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import ActionItem, Goal, Session
from mentorapp.services.sessions import SessionDraft
from ui import theme
from ui import words as say
from ui.editors import ChipsEditor, EditorBox, LongEditor, TagsEditor
from ui.editors.around import Invitation, LastTime
from ui.editors.check_in import CheckIn
from ui.editors.how_it_went import ALL as OF_HOW
from ui.editors.how_it_went import HowItWent, is_empty
from ui.editors.progress import GoalsProgress
from ui.editors.promises import Promises
from ui.editors.when_where import FIELDS as OF_WHEN
from ui.editors.when_where import WhenWhere
from ui.models import writing
from ui.models.writing import Writing
from ui.widgets import Card, Column, Flow, Line, PageTitle, Pill, PrimaryButton, QuietButton, Scroll, StopWatch, text
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import first_stop

_FIELDS: Any = fields_of(Session)
USUAL, OF_GROUPS = ("site_visit", "phone", "video"), ("group", "site_visit", "phone")
"""The ways of meeting that are in sight at first: with one person, with a group."""


class SessionPage(Scroll):
    """One session under way."""

    edited = Signal()
    decided = Signal()

    def __init__(self) -> None:
        super().__init__(gap=14)
        self._found: Writing | None = None
        self.today = date.min
        self.title = PageTitle("")
        self.kept = Pill("", parent=self.title)
        self.clock = StopWatch()
        self.clock.setToolTip(tr("Counts the minutes together. Typed minutes count instead."))
        self.finish = PrimaryButton(tr("Finish"))
        self.finish.setToolTip(tr("Finish the session (Ctrl+Enter)"))
        self.title.add(self.kept, self.clock, self.finish)
        self.mode = ChipsEditor(_FIELDS["mode"], required=True, first=USUAL)
        self.help = ChipsEditor(_FIELDS["help_type"], required=True, first=("mentoring", "coaching", "training"))
        self.check_in = CheckIn()
        self.notes = EditorBox(_FIELDS["notes"], LongEditor(_FIELDS["notes"], least=4))
        self.topics = EditorBox(_FIELDS["topics"], TagsEditor(_FIELDS["topics"], hint=tr("Add a topic, then Enter")))
        self.promises = Promises(today=lambda: self.today)
        self.goals = GoalsProgress(today=lambda: self.today)
        self.ask_goals = QuietButton(tr("Note how far the goals are"), "target")
        self.how = HowItWent(today=lambda: self.today)
        self._side_made = False
        self.give_up = QuietButton("")
        self._lay_out()
        self._listen()

    # --- building -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.body.addWidget(self.title)
        self._columns = Line(gap=24)
        self._main, self._side = QWidget(), QWidget()
        main = Column(self._main, gap=14)
        for part in self._main_parts():
            main.addWidget(part)
        main.addStretch(1)
        self._columns.addWidget(self._main, 1)
        self._columns.addWidget(self._side, 0)
        self.body.addLayout(self._columns)
        self.body.addStretch(1)

    def build_side(self) -> None:
        """Make the quiet cards, in a turn of their own: what one writes in is there before them."""
        if self._side_made:
            return
        self._side_made = True
        self.last, self.invitation = LastTime(), Invitation()
        self.when = WhenWhere(today=lambda: self.today)
        side = Column(self._side, gap=14)
        for part in (self.last, self.invitation, self.when):
            high_as_needed(part)
            side.addWidget(part)
        self._beside = Column(gap=14)
        side.addLayout(self._beside)
        side.addStretch(1)
        self.when.edited.connect(self.edited)
        self.when.edited.connect(self._say_title)
        self.when.paper_changed.connect(lambda paper: self._show_clock(paper=paper))
        self.invitation.wanted.connect(self.go_to_how)

    def put_beside(self, card: QWidget) -> None:
        """Add a card under those that stand beside what is written."""
        high_as_needed(card)
        self._beside.addWidget(card)

    def _main_parts(self) -> list[QWidget]:
        chips, foot = Flow(gap=24, line_gap=8), Flow()
        chips.addWidget(self.mode)
        chips.addWidget(self.help)
        foot.addWidget(self.give_up)
        check_in, worked, agreed = Card(tr("Check-in")), Card(tr("What we worked on")), Card(tr("What we agreed"))
        self._agenda = text("", "caption", wrap=True)
        worked.body.setSpacing(12)
        for part in (self._agenda, self.notes, self.topics):
            worked.body.addWidget(part)
        check_in.body.addWidget(self.check_in)
        agreed.body.addWidget(self.promises)
        self.ask_goals.setProperty("short", "true")
        worked.trailing.addWidget(self.ask_goals)
        worked.body.addWidget(self.goals)
        self._how_card = Card(tr("How it went"), tr("Nothing here has to be filled in"))
        self._how_card.body.addWidget(self.how)
        for card in (check_in, worked, agreed, self._how_card):
            high_as_needed(card)
        return [chips, check_in, worked, agreed, self._how_card, foot]

    def _listen(self) -> None:
        for part in (
            self.check_in,
            self.notes.input,
            self.topics.input,
            self.promises,
            self.goals,
            self.how,
        ):
            part.edited.connect(self.edited)
        for choice in (self.mode.edited, self.help.edited, self.clock.changed):
            choice.connect(self.decided)
        self.ask_goals.clicked.connect(self._go_to_goals)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_writing(self, found: Writing) -> None:
        """Show a draft with all that stands around it."""
        self.build_side()
        draft, session = found.draft, found.draft.session
        self._found, self.today = found, local(found.now).date()
        self.mode.set_first(OF_GROUPS if found.pair.group else USUAL)
        self.mode.set_value(session.mode)
        self.help.set_value(session.help_type)
        self._agenda.setText(tr("You wanted to talk about: {agenda}", agenda=session.agenda))
        self._agenda.setVisible(bool(session.agenda))
        self.notes.set_value(session.notes)
        # Whoever goes on writing goes on at the end.
        self.notes.input.moveCursor(QTextCursor.MoveOperation.End)
        self.topics.set_value(session.topics)
        self.how.set_draft(draft)
        self.when.set_people(found.people, group=found.pair.group)
        self.when.set_draft(draft)
        self.when.set_open(session.entry == "paper" and found.kept_at is not None and not session.notes)
        self._show_around(found, found.draft.check_in)
        self.promises.set_value(draft.promises, found.made)
        typed = {name[5:]: words for name, words in draft.typed.items() if name.startswith("goal:")}
        self._show_goals(found.goals, open_=bool(draft.progress or typed))
        self.goals.set_value(draft.progress)
        self.goals.set_typed(typed)
        self._show_typed(draft)
        self._show_how(open_=bool(self.how.boxes) and not is_empty(draft))
        self._show_clock(paper=session.entry == "paper")
        self.clock.set_seconds(writing.counted(draft, found.kept_at))
        self.clear_problems()
        self._say_title()
        self.verticalScrollBar().setValue(0)

    def show_around(self, found: Writing) -> None:
        """Show again what stands around the draft; what is written here and not in the store yet is what counts."""
        self._show_around(found, self.check_in.value())
        self._show_goals(found.goals, open_=not self.goals.isHidden())

    def _show_around(self, found: Writing, said: Any) -> None:
        name = found.pair.name.split()[0] if found.pair.name and not found.pair.group else tr("theirs")
        owners = {"mentee": name, "mentor": tr("mine"), "organisation": tr("the organisation")}
        self.promises.set_owners(list(owners.items()))

        def owner(item: ActionItem) -> str:
            return f"({owners.get(item.owner or '', name)})"

        self.check_in.set_promises(found.promises, said, owner=owner, today=self.today)
        self.last.set_session(found.last, name, self.today)

    def _show_typed(self, draft: SessionDraft) -> None:
        for name, box in self.boxes().items():
            if name in draft.typed and hasattr(box.input, "set_typed"):
                box.input.set_typed(draft.typed[name])
        if "due" in draft.typed:
            self.promises.line.due.set_typed(draft.typed["due"])

    def _show_how(self, *, open_: bool) -> None:
        if open_:
            self.how.build()
        self._how_card.setVisible(open_)
        self.invitation.set_open(open_)

    def _show_goals(self, goals: tuple[Goal, ...], *, open_: bool) -> None:
        self.goals.set_goals(goals if open_ else ())
        self.goals.setVisible(open_)
        self.ask_goals.setVisible(bool(goals) and not open_)

    def _go_to_goals(self) -> None:
        if self._found:
            self._show_goals(self._found.goals, open_=True)
            first_stop(self.goals).setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_how(self) -> None:
        """Open the last part and begin to write there."""
        self._show_how(open_=True)
        QTimer.singleShot(0, self, self._focus_how)

    def _focus_how(self) -> None:
        self.ensureWidgetVisible(self._how_card, 0, theme.px(24))
        self.how.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_clock(self, *, paper: bool) -> None:
        self.clock.setVisible(not paper and not self._reopened())
        if paper:
            self.clock.pause()

    def _reopened(self) -> bool:
        before = self._found.draft.before if self._found else None
        return before is not None and before.status == "held"

    def _say_title(self) -> None:
        if self._found:
            name = self._found.pair.name or tr("somebody whose name has not arrived yet")
            self.title.set_title(tr("Session with {name}", name=name), self.when.heading())

    def say_kept(self, at: datetime | None, *, known: bool) -> None:
        """Say when the draft was last kept; `known` if there is a draft that could be thrown away."""
        self.kept.set(tr("Kept {time}", time=say.seconds(at)) if at else "", "good")
        self.give_up.set_words(tr("Leave it as it was") if self._reopened() else tr("Throw this draft away"))
        self.give_up.setVisible(known)

    def say_not_kept(self) -> None:
        """Say that the last words are only on the screen."""
        self.kept.set(tr("Not kept yet"), "bad")

    # --- what stands here ---------------------------------------------------------------------------------------------

    def boxes(self) -> dict[str, EditorBox]:
        """The fields that are there, by name."""
        return {**self.when.boxes, "notes": self.notes, "topics": self.topics, **self.how.boxes}

    def draft(self) -> SessionDraft | None:
        """Everything on the page as it stands, None before anything was shown."""
        if self._found is None:
            return None
        draft = self.how.added_to(self.when.added_to(self._found.draft))
        session = replace(
            draft.session,
            mode=self.mode.value(),
            help_type=self.help.value(),
            notes=self.notes.value(),
            topics=self.topics.value(),
        )
        typed = {name: words for name, box in self.boxes().items() if (words := box.input.typed())}
        typed |= {f"goal:{id}": words for id, words in self.goals.typed().items()}
        if self.promises.unreadable():
            typed["due"] = self.promises.line.due.typed()
        return replace(
            draft,
            session=session,
            check_in=self.check_in.value(),
            promises=self.promises.value(),
            progress=self.goals.value(),
            typed=typed,
            timer_started=None,
            timer_seconds=int(self.clock.seconds()),
        )

    # --- problems -----------------------------------------------------------------------------------------------------

    def say_unreadable(self) -> bool:
        """Say beside each field what cannot be read there, and go to the first; whether there was any."""
        said = {name: box.unreadable() for name, box in self.boxes().items() if box.unreadable()}
        if self.promises.unreadable():
            said["promises"] = self.promises.unreadable()
        return self.say_problems(said) or self.goals.unreadable()

    def say_problems(self, said: dict[str, str]) -> bool:
        """Say each beside its field and go to the first; False if none of them has a place here."""
        if any(name in said for name in OF_WHEN):
            self.when.build()
        if any(name in said for name in OF_HOW):
            self.how.build()
        places: list[QWidget] = []
        for id, row in self.check_in.rows.items():
            if words := said.get(f"check_in:{id}", ""):
                row.say(words)
                places.append(row.reason)
        for name, box in self.boxes().items():
            if words := said.get(name, ""):
                box.say(words)
                places.append(box.editor)
        if words := said.get("promises", ""):
            self.promises.say(words)
            places.append(self.promises.line.due)
        if places:
            self._reveal(places[0])
        return bool(places)

    def _reveal(self, editor: QWidget) -> None:
        if self.when.isAncestorOf(editor):
            self.when.set_open(True)
        if self._how_card.isAncestorOf(editor):
            self._show_how(open_=True)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(editor, 0, theme.px(60)))

    def clear_problems(self) -> None:
        """Say no longer what was found before."""
        for box in self.boxes().values():
            box.forget()
        self.promises.say("")

    # --- room ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the quiet cards under the rest where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        super().restyle()
        if hasattr(self, "_columns"):
            self._fit()

    def _fit(self) -> None:
        wide = self.width() >= theme.px(860)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != way:
            self._columns.setDirection(way)
        self.how.set_wide(wide)
        # On a low window what was agreed stays in sight: the notes begin smaller, and grow as one writes.
        self.notes.input.set_least(4 if self.height() >= theme.px(660) else 2)
        side = theme.px(320)
        self._side.setMinimumWidth(side if wide else 0)
        self._side.setMaximumWidth(side if wide else 16_777_215)
