"""Record a session: what became of old promises, what was worked on, what was agreed, how it went.

Promises that nothing typed is lost, that "Kept" is only said once the store has confirmed it, and that what stands in the way of
finishing is said beside its field. Writes nothing by itself: drafts and the finished session go through the shell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.rules import Problem
from mentorapp.services import sessions
from mentorapp.services.sessions import SessionDraft
from mentorapp.services.workspace import Workspace
from ui import theme
from ui import words as say
from ui.attaching import Attaching
from ui.editors.keeping import Keeper
from ui.models import writing
from ui.models.writing import Writing
from ui.reflecting import Spoken
from ui.screens.record.page import SessionPage
from ui.screens.record.whom import WhomPage
from ui.shell import Shell
from ui.widgets import Column

if TYPE_CHECKING:
    from datetime import date

    from mentorapp.store import Changed

EVERY_MINUTE_MS = 60_000


class RecordScreen(QWidget):
    """One session under way, or the question with whom."""

    shows = frozenset(("action_item", "session", "person", "mentorship", "attachment", "sync"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._writing: Writing | None = None
        self._focus_wanted = False
        self._held_focus: QWidget | None = None
        self._asking: WhomPage | None = None
        self.page = SessionPage()
        self._files: Attaching | None = None
        self.spoken: Spoken | None = None
        self.page.how.built.connect(self._offer_to_speak)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.page)
        Column(self).addWidget(self._pages)
        self._keeper = Keeper(shell, self.draft, self)
        self._listen()

    def _listen(self) -> None:
        self._keeper.kept.connect(lambda at: self.page.say_kept(at, known=True))
        self._keeper.failed.connect(lambda _error: self.page.say_not_kept())
        self.page.edited.connect(self._keeper.touch)
        self.page.decided.connect(self._decided)
        self.page.finish.clicked.connect(self.hold)
        self.page.give_up.clicked.connect(self._give_up)
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

    @property
    def files(self) -> Attaching:
        """The files of the session, made once there is one: the page is seen before them."""
        if self._files is None:
            self._files = Attaching(self._shell)
            self._files.adding.connect(self._keep_for_file)
            self.page.put_beside(self._files)
        return self._files

    @property
    def whom(self) -> WhomPage:
        """The question with whom, made when it is first asked."""
        if self._asking is None:
            self._asking = WhomPage(self._shell)
            self._asking.chosen.connect(lambda mentorship: self.open(mentorship=mentorship))
            self._pages.addWidget(self._asking)
        return self._asking

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, **where: str) -> None:
        """Go on with a draft, open a session again, begin one, or ask with whom."""
        self._keeper.flush()
        asked = {name: id for name, id in where.items() if id}
        self._focus_wanted = True
        self._shell.ask(lambda workspace: writing.begin(workspace, **asked), self._opened, owner=self, latest="record")

    def _opened(self, found: Writing | None) -> None:
        if found is None:
            self._close_draft()
            self.whom.refresh()
        else:
            self._writing = found
            self._keeper.begin(known=found.kept_at is not None)
            self.page.show_writing(found)
            self._show_spoken()
            self.files.show_session(found.draft.session)
            self.page.say_kept(found.kept_at, known=found.kept_at is not None)
            self.setEnabled(True)
        self._pages.setCurrentWidget(self.whom if found is None else self.page)
        if self._focus_wanted and self.isVisible():
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus_wanted = False

    def first_focus(self) -> QWidget:
        """Where the keyboard begins: the notes, or the list of people."""
        asking = self._pages.currentWidget() is self._asking
        return self.whom.first_focus() if asking else self.page.notes.editor

    def leave(self) -> None:
        """Keep what is not kept yet, spoken or written."""
        self._be_silent()
        self._keeper.flush()

    def _be_silent(self) -> None:
        if self._files is not None:
            self._files.leave()
        if self.spoken is not None:
            self.spoken.leave()

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

        self.files.refresh()
        self._shell.ask(read, self._refreshed, owner=self, latest="around the session")

    def _refreshed(self, found: Writing) -> None:
        if self._writing and found.draft.id == self._writing.draft.id:
            self.page.show_around(found)

    # --- keeping ------------------------------------------------------------------------------------------------------

    def draft(self) -> SessionDraft | None:
        """Everything on the screen as it stands, None while nobody is chosen."""
        draft = self.page.draft() if self._writing else None
        return replace(draft, voice=self.spoken.value()) if draft is not None and self.spoken is not None else draft

    def _offer_to_speak(self) -> None:
        if self.spoken is None:
            self.spoken = Spoken(self._shell)
            self.spoken.note.adding.connect(self._keep_for_file)
            self.spoken.edited.connect(self._decided)
            self.page.how.put_aside(self.spoken)
            self._show_spoken()

    def _show_spoken(self) -> None:
        if self.spoken is not None and self._writing is not None:
            draft = self._writing.draft
            self.spoken.set_draft(draft.session, draft.voice)

    def _decided(self) -> None:
        self._keeper.touch()
        self._keeper.flush()

    def _keep_for_file(self) -> None:
        # A file of a session that is nowhere yet would be found by nobody: the draft is kept before it.
        draft = self.draft()
        if draft is not None and draft.before is None:
            self._decided()

    def _minute(self) -> None:
        if self._writing and self.page.clock.is_ticking():
            self._decided()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and self._writing is not None and self.isAncestorOf(old):
            self._keeper.flush()
        if new is not None and self.isVisible() and self.page.isAncestorOf(new):
            self.page.ensureWidgetVisible(new, 0, theme.px(24))

    def _close_draft(self) -> None:
        self._keeper.stop()
        self._shell.drafting.emit(False)
        self.page.clock.pause()
        self._writing = None

    # --- finishing ----------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Finish the session, or say what stands in the way."""
        draft = self.draft()
        if draft is None or not self.isEnabled() or self.page.say_unreadable():
            return
        if self.spoken is not None and self.spoken.note.recording():
            # What is being said belongs to the session: it is finished once that is kept.
            self.spoken.leave()
            self._shell.do(lambda _workspace: None, lambda _none: self.hold(), owner=self)
            return
        self._keeper.touch()
        self._keeper.flush()
        self.files.keep_unanswered()
        paper = draft.session.entry == "paper"
        finished = draft if paper else writing.with_minutes(draft, self.page.clock.seconds())
        self.page.clear_problems()
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
            self.page.say_problems({problem.field: str(problem.error) for problem in reversed(done)})
            return
        finished = self._writing
        self._close_draft()
        if finished:
            id, name = finished.draft.id, finished.pair.name
            words = tr("The session with {name} is finished and kept on this laptop.", name=name)
            self._shell.notices.say(words, "good", tr("Open it again"), lambda: self._shell.go("record", session=id))
            self._go_on(finished, finished=id)
            if finished.pair.group:
                self._offer_next(id)

    def _offer_next(self, id: str) -> None:
        """Plan a group's next meeting in one click; of one mentee the page offers it."""

        def offer(session: Session) -> None:
            day = session.next_date
            if day is not None and day >= self.page.today:
                words = tr("Next time: {day}.", day=say.weekday_day(day, near=self.page.today))
                self._shell.notices.say(words, "good", tr("Plan it"), lambda: self._plan_next(session, day))

        self._shell.ask(lambda workspace: workspace.store.get(Session, id), offer, owner=self)

    def _plan_next(self, session: Session, day: date) -> None:
        self._shell.do(lambda workspace: sessions.plan_next(workspace, after=session, day=day)[0])

    def _go_on(self, done: Writing, **where: str) -> None:
        if done.pair.group or not done.pair.people:
            self._shell.go("sessions")
        else:
            self._shell.go("mentee", person=done.pair.people[0], **where)

    def _not_held(self, error: Exception) -> None:
        self.setEnabled(True)
        if self._held_focus is not None and self.isAncestorOf(self._held_focus):
            self._held_focus.setFocus(Qt.FocusReason.OtherFocusReason)
        field = error.values.get("field") if isinstance(error, UserError) else None
        placed = isinstance(field, str) and self.page.say_problems({field: str(error)})
        if not placed and isinstance(error, UserError):
            self._shell.tasks.problem.emit(error)

    def _give_up(self) -> None:
        draft, given_up = self.draft(), self._writing
        if draft is None or given_up is None:
            return
        self._close_draft()
        self.files.forget(draft.id)

        def open_again(_changed: Changed) -> None:
            self._shell.go("record", draft=draft.id)

        def gone(changed: Changed) -> None:
            def bring_back() -> None:
                self._shell.do(lambda w: sessions.bring_back_draft(w, draft, given_up=changed), open_again)

            words = tr("The draft with {name} is thrown away.", name=given_up.pair.name)
            self._shell.notices.say(words, "good", tr("Bring it back"), bring_back)
            self._go_on(given_up)

        self._shell.do(lambda workspace: sessions.give_up_draft(workspace, draft.id), gone, owner=self)
