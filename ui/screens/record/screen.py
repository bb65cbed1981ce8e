"""Record a session: what became of old promises, what was worked on, what was agreed, how it went.

Promises that nothing typed is lost, that "Kept" is only said once the store has confirmed it, and that what stands in the way of
finishing is said beside its field. Writes nothing by itself: drafts and the finished session go through the shell.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QTextCursor
from PySide6.QtWidgets import QApplication, QBoxLayout, QStackedWidget, QWidget

from mentorapp.clock import local
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import ActionItem, Session
from mentorapp.rules import Problem
from mentorapp.services import sessions
from mentorapp.services.sessions import SessionDraft
from mentorapp.services.workspace import Changed, Workspace
from ui import theme
from ui import words as say
from ui.editors import ChipsEditor, EditorBox, LongEditor, TagsEditor
from ui.editors.around import Invitation, LastTime
from ui.editors.check_in import CheckIn
from ui.editors.how_it_went import ALL as OF_HOW
from ui.editors.how_it_went import HowItWent, is_empty
from ui.editors.keeping import Keeper
from ui.editors.promises import Promises
from ui.editors.when_where import FIELDS as OF_WHEN
from ui.editors.when_where import WhenWhere
from ui.models import writing
from ui.models.writing import Writing
from ui.screens.record.whom import WhomPage
from ui.shell import Shell
from ui.widgets import (
    Card,
    Column,
    Flow,
    Line,
    PageTitle,
    Pill,
    PrimaryButton,
    QuietButton,
    Scroll,
    StopWatch,
    reading,
    text,
)
from ui.widgets.flow import high_as_needed

_FIELDS: Any = fields_of(Session)
EVERY_MINUTE_MS = 60_000


class RecordScreen(QWidget):
    """One session under way, or the question with whom."""

    shows = frozenset(("action_item", "session", "person", "mentorship"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._writing: Writing | None = None
        self._draft: SessionDraft | None = None
        self._today = date.min
        self._asked: dict[str, str] = {}
        self._focus_wanted = False
        self._held_focus: QWidget | None = None
        self._keeper = Keeper(shell, self.draft, self)
        self._keeper.kept.connect(self._say_kept)
        self._keeper.failed.connect(self._say_not_kept)
        self._parts()
        self._pages = QStackedWidget()
        self._asking: WhomPage | None = None
        self._pages.addWidget(self._page())
        Column(self).addWidget(self._pages)
        self._listen()

    # --- building -----------------------------------------------------------------------------------------------------

    def _parts(self) -> None:
        self.title = PageTitle("")
        self._kept = Pill("", parent=self.title)
        self.clock = StopWatch()
        self.clock.setToolTip(tr("Counts the minutes together. Typed minutes count instead."))
        self.finish = PrimaryButton(tr("Finish"))
        self.finish.setToolTip(tr("Finish the session (Ctrl+Enter)"))
        self.title.add(self._kept, self.clock, self.finish)
        self.mode = ChipsEditor(_FIELDS["mode"], required=True, first=("site_visit", "phone", "video"))
        self.help = ChipsEditor(_FIELDS["help_type"], required=True, first=("mentoring", "coaching", "training"))
        self.check_in = CheckIn()
        self.notes = EditorBox(_FIELDS["notes"], LongEditor(_FIELDS["notes"], least=4))
        self.topics = EditorBox(_FIELDS["topics"], TagsEditor(_FIELDS["topics"], hint=tr("Add a topic, then Enter")))
        self.promises = Promises(today=lambda: self._today)
        self.how = HowItWent(today=lambda: self._today)
        self.last = LastTime()
        self.invitation = Invitation()
        self.when = WhenWhere(today=lambda: self._today)

    def _page(self) -> QWidget:
        page = self._scroll = Scroll(gap=14)
        page.body.addWidget(self.title)
        self._columns = Line(gap=24)
        self._main, self._side = QWidget(), QWidget()
        main, side = Column(self._main, gap=14), Column(self._side, gap=14)
        for part in self._main_parts():
            main.addWidget(part)
        main.addStretch(1)
        for part in (self.last, self.invitation, self.when):
            side.addWidget(part)
        side.addStretch(1)
        self._columns.addWidget(self._main, 1)
        self._columns.addWidget(self._side, 0)
        page.body.addLayout(self._columns)
        page.body.addStretch(1)
        return page

    @property
    def whom(self) -> WhomPage:
        """The question with whom, made when it is first asked."""
        if self._asking is None:
            self._asking = WhomPage(self._shell)
            self._asking.chosen.connect(lambda mentorship: self.open(mentorship=mentorship))
            self._pages.addWidget(self._asking)
        return self._asking

    def _main_parts(self) -> list[QWidget]:
        chips = Flow(gap=24, line_gap=8)
        chips.addWidget(self.mode)
        chips.addWidget(self.help)
        check_in, worked, agreed = Card(tr("Check-in")), Card(tr("What we worked on")), Card(tr("What we agreed"))
        self._agenda = text("", "caption", wrap=True)
        worked.body.setSpacing(12)
        for part in (self._agenda, self.notes, self.topics):
            worked.body.addWidget(part)
        check_in.body.addWidget(self.check_in)
        agreed.body.addWidget(self.promises)
        self._how_card = Card(tr("How it went"), tr("Nothing here has to be filled in"))
        self._how_card.body.addWidget(self.how)
        self.give_up = QuietButton("")
        foot = Flow()
        foot.addWidget(self.give_up)
        for card in (check_in, worked, agreed, self._how_card, self.last, self.invitation, self.when):
            high_as_needed(card)
        return [chips, check_in, worked, agreed, self._how_card, foot]

    def _listen(self) -> None:
        for part in (self.check_in, self.notes.input, self.topics.input, self.promises, self.how, self.when):
            part.edited.connect(self._keeper.touch)
        for chips in (self.mode, self.help):
            chips.edited.connect(self._chosen)
        self.clock.changed.connect(self._chosen)
        self.when.edited.connect(self._say_title)
        self.when.paper_changed.connect(lambda paper: self._show_clock(paper=paper))
        self.invitation.wanted.connect(self._go_to_how)
        self.finish.clicked.connect(self.hold)
        self.give_up.clicked.connect(self._give_up)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.hold, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        minute = QTimer(self)
        minute.setInterval(EVERY_MINUTE_MS)
        minute.timeout.connect(self._minute)
        minute.start()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
            app.applicationStateChanged.connect(lambda _state: self._keeper.flush())

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, **where: str) -> None:
        """Go on with a draft, open a session again, begin one, or ask with whom."""
        self._keeper.flush()
        self._asked = {name: id for name, id in where.items() if id}
        self._focus_wanted = True
        asked = self._asked
        self._shell.ask(lambda workspace: writing.begin(workspace, **asked), self._opened, owner=self, latest="record")

    def _opened(self, found: Writing | None) -> None:
        if found is None:
            self._close_draft()
            self.whom.refresh()
        else:
            self._show(found)
        self._pages.setCurrentWidget(self.whom if found is None else self._scroll)
        if self._focus_wanted and self.isVisible():
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus_wanted = False

    def first_focus(self) -> QWidget:
        """Where the keyboard begins: the notes, or the list of people."""
        return self.whom.first_focus() if self._pages.currentWidget() is self._asking else self.notes.editor

    def leave(self) -> None:
        """Keep what is not kept yet."""
        self._keeper.flush()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is not kept yet, however the screen was left."""
        super().hideEvent(event)
        self._keeper.flush()

    def refresh(self) -> None:
        """Read again what stands around the draft; what is being written is left alone."""
        draft = self.draft()
        if draft is None:
            if self._asking is not None:
                self._asking.refresh()
            return

        def read(workspace: Workspace) -> Writing:
            return writing.facts(workspace, draft, None)

        self._shell.ask(read, self._refreshed, owner=self, latest="around the session")

    def _refreshed(self, found: Writing) -> None:
        if self._draft and found.draft.id == self._draft.id:
            self._show_around(found)

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, found: Writing) -> None:
        draft = found.draft
        self._writing, self._draft = found, draft
        self._today = local(found.now).date()
        self._keeper.begin(known=found.kept_at is not None)
        session = draft.session
        self.mode.set_first(("group", "site_visit", "phone") if found.pair.group else ("site_visit", "phone", "video"))
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
        self._show_around(found)
        self.promises.set_value(draft.promises, found.made)
        self._show_typed(draft)
        self._show_how(open_=bool(self.how.boxes) and not is_empty(draft))
        self._show_clock(paper=session.entry == "paper")
        self.clock.set_seconds(writing.counted(draft, found.kept_at))
        self._clear_problems()
        self._say_title()
        self._say_kept(found.kept_at)
        self.setEnabled(True)
        self._scroll.verticalScrollBar().setValue(0)

    def _show_around(self, found: Writing) -> None:
        name = self._first_name(found)
        self.promises.set_owners([("mentee", name), ("mentor", tr("mine")), ("organisation", tr("the organisation"))])
        # What is written here and not in the store yet is what counts.
        said = self.check_in.value() if self._writing and self._writing is not found else found.draft.check_in
        self.check_in.set_promises(found.promises, said, owner=lambda item: self._owner(item, name), today=self._today)
        self.last.set_session(found.last, name, self._today)

    def _first_name(self, found: Writing) -> str:
        if found.pair.group or not found.pair.name:
            return tr("theirs")
        return found.pair.name.split()[0]

    @staticmethod
    def _owner(item: ActionItem, name: str) -> str:
        owner = {"mentor": tr("mine"), "organisation": tr("the organisation")}.get(item.owner or "", name)
        return f"({owner})"

    def _show_typed(self, draft: SessionDraft) -> None:
        for name, box in self._boxes().items():
            if name in draft.typed and hasattr(box.input, "set_typed"):
                box.input.set_typed(draft.typed[name])
        if "due" in draft.typed:
            self.promises.line.due.set_typed(draft.typed["due"])

    def _show_how(self, *, open_: bool) -> None:
        if open_:
            self.how.build()
        self._how_card.setVisible(open_)
        self.invitation.set_open(open_)

    def _go_to_how(self) -> None:
        self._show_how(open_=True)
        QTimer.singleShot(0, self, self._focus_how)

    def _focus_how(self) -> None:
        self._scroll.ensureWidgetVisible(self._how_card, 0, theme.px(24))
        self.how.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_clock(self, *, paper: bool) -> None:
        reopened = self._draft is not None and self._draft.before is not None and self._draft.before.status == "held"
        self.clock.setVisible(not paper and not reopened)
        if paper:
            self.clock.pause()

    def _say_title(self) -> None:
        if self._writing:
            name = self._writing.pair.name or tr("somebody whose name has not arrived yet")
            self.title.set_title(tr("Session with {name}", name=name), self.when.heading())

    def _say_kept(self, at: datetime | None) -> None:
        self._kept.set(tr("Kept {time}", time=say.seconds(at)) if at else "", "good")
        editing = self._draft is not None and self._draft.before is not None and self._draft.before.status == "held"
        self.give_up.set_words(tr("Leave it as it was") if editing else tr("Throw this draft away"))
        self.give_up.setVisible(self._keeper.is_known())

    def _say_not_kept(self, _error: Exception) -> None:
        self._kept.set(tr("Not kept yet"), "bad")

    # --- what stands here ---------------------------------------------------------------------------------------------

    def _boxes(self) -> dict[str, EditorBox]:
        return {**self.when.boxes, "notes": self.notes, "topics": self.topics, **self.how.boxes}  # fmt: skip

    def draft(self) -> SessionDraft | None:
        """Everything on the screen as it stands, None while nobody is chosen."""
        if self._draft is None or self._writing is None:
            return None
        draft = self.how.added_to(self.when.added_to(self._draft))
        session = replace(
            draft.session,
            mode=self.mode.value(),
            help_type=self.help.value(),
            notes=self.notes.value(),
            topics=self.topics.value(),
        )
        typed = {name: words for name, box in self._boxes().items() if (words := box.input.typed())}
        if self.promises.unreadable():
            typed["due"] = self.promises.line.due.typed()
        seconds, ticking = int(self.clock.seconds()), self.clock.is_ticking()
        return replace(
            draft,
            session=session,
            check_in=self.check_in.value(),
            promises=self.promises.value(),
            typed=typed,
            timer_started=None,
            timer_seconds=seconds if ticking or seconds else 0,
        )

    def _chosen(self) -> None:
        self._keeper.touch()
        self._keeper.flush()

    def _minute(self) -> None:
        if self._draft and self.clock.is_ticking():
            self._chosen()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and self._draft is not None and self.isAncestorOf(old):
            self._keeper.flush()
        if new is not None and self.isVisible() and self._scroll.isAncestorOf(new):
            self._scroll.ensureWidgetVisible(new, 0, theme.px(24))

    # --- finishing ----------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Finish the session, or say what stands in the way."""
        draft = self.draft()
        if draft is None or not self.isEnabled() or self._say_unreadable():
            return
        self._keeper.touch()
        self._keeper.flush()
        finished = writing.with_minutes(draft, 0 if self.when.paper.isChecked() else self.clock.seconds())
        self._clear_problems()
        self._held_focus = QApplication.focusWidget()
        self.setEnabled(False)

        def finish(workspace: Workspace) -> Changed | list[Problem]:
            return sessions.problems(finished, workspace.clock.now()) or sessions.hold_session(
                workspace, draft=finished
            )

        self._shell.do(finish, self._held, failed=self._not_held, owner=self)

    def _held(self, done: Changed | list[Problem]) -> None:
        self.setEnabled(True)
        if isinstance(done, list):
            self._say_problems({problem.field: str(problem.error) for problem in reversed(done)})
            return
        writing_, session = self._writing, self._draft
        self._close_draft()
        if writing_ and session:
            name = writing_.pair.name
            words = tr("The session with {name} is finished and kept on this laptop.", name=name)
            self._shell.notices.say(
                words, "good", tr("Open it again"), lambda: self._shell.go("record", session=session.id)
            )
            self._go_on(writing_)

    def _go_on(self, done: Writing) -> None:
        if done.pair.group or not done.pair.people:
            self._shell.go("sessions")
        else:
            self._shell.go("mentee", person=done.pair.people[0])

    def _not_held(self, error: Exception) -> None:
        self.setEnabled(True)
        if self._held_focus is not None and self.isAncestorOf(self._held_focus):
            self._held_focus.setFocus(Qt.FocusReason.OtherFocusReason)
        field = error.values.get("field") if isinstance(error, UserError) else None
        if not (isinstance(field, str) and self._say_problems({field: str(error)})) and isinstance(error, UserError):
            self._shell.tasks.problem.emit(error)

    def _close_draft(self) -> None:
        self._keeper.stop()
        self._shell.drafting.emit(False)
        self.clock.pause()
        self._draft = self._writing = None

    def _give_up(self) -> None:
        draft = self.draft()
        if draft is None or self._writing is None:
            return
        done = self._writing
        self._close_draft()

        def bring_back() -> None:
            self._shell.do(
                lambda workspace: sessions.keep_draft(workspace, draft),
                lambda _at: self._shell.go("record", draft=draft.id),
            )

        def gone(_changed: Changed) -> None:
            words = tr("The draft with {name} is thrown away.", name=done.pair.name)
            self._shell.notices.say(words, "good", tr("Bring it back"), bring_back)
            self._go_on(done)

        self._shell.do(lambda workspace: sessions.give_up_draft(workspace, draft.id), gone, owner=self)

    # --- problems -----------------------------------------------------------------------------------------------------

    def _say_unreadable(self) -> bool:
        said = {name: box.unreadable() for name, box in self._boxes().items() if box.unreadable()}
        if self.promises.unreadable():
            said["promises"] = self.promises.unreadable()
        return self._say_problems(said)

    def _say_problems(self, said: dict[str, str]) -> bool:
        """Say each beside its field and go to the first; False if none of them has a place here."""
        places: list[tuple[QWidget, str]] = []
        for part, names in ((self.when, OF_WHEN), (self.how, OF_HOW)):
            if any(name in said for name in names):
                part.build()
        for id, row in self.check_in.rows.items():
            if words := said.get(f"check_in:{id}", ""):
                row.say(words)
                places.append((row.reason, words))
        for name, box in self._boxes().items():
            if words := said.get(name, ""):
                box.say(words)
                places.append((box.editor, words))
        if words := said.get("promises", ""):
            self.promises.say(words)
            places.append((self.promises.line.due, words))
        if places:
            self._reveal(places[0][0])
        return bool(places)

    def _reveal(self, editor: QWidget) -> None:
        if self.when.isAncestorOf(editor):
            self.when.set_open(True)
        if self._how_card.isAncestorOf(editor):
            self._show_how(open_=True)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(editor, 0, theme.px(60)))

    def _clear_problems(self) -> None:
        for box in self._boxes().values():
            box.forget()
        self.promises.say("")

    def focusNextPrevChild(self, next: bool) -> bool:
        """Let the Tab key go through the page as the eye does."""
        return reading.move(self, forward=next) or super().focusNextPrevChild(next)

    # --- room ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the quiet cards under the rest where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= theme.px(860)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != way:
            self._columns.setDirection(way)
        self.how.set_wide(wide)
        side = theme.px(320)
        self._side.setMinimumWidth(side if wide else 0)
        self._side.setMaximumWidth(side if wide else 16_777_215)
