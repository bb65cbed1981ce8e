"""One reflection: its words, who may read it since when, and what its author can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.indicators import written_on
from mentorapp.records import Reflection
from mentorapp.services import reflections
from mentorapp.services.reflections import Step
from ui import words
from ui.models.growth import said_choice
from ui.screens.reflections.writing import SharingForm
from ui.shell import Shell
from ui.widgets import Button, Card, Flow, Pill, Prose, QuietButton, hairline, text

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

_FIELDS: Any = fields_of(Reflection)
TONES = {"private": "neutral", "shared": "accent", "offered": "now"}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A reflection with the names around it, as its page shows it."""

    thought: Reflection
    about: str
    by: str
    readers: tuple[str, ...]
    steps: tuple[Step, ...]
    today: date


def read(workspace: Workspace, id: str) -> Opened | None:
    """A reflection, None once it is out of sight."""
    thought = workspace.store.seek(Reflection, id)
    if thought is None or thought.voided:
        return None
    (named,) = reflections.named(workspace, [thought])
    pair = thought.mentorship or ""
    return Opened(
        thought=thought,
        about=named.about,
        by=named.by,
        readers=tuple(person.name for person in reflections.readers(workspace, pair)),
        steps=tuple(reflections.log(workspace, thought)),
        today=day_of(workspace.clock.now()),
    )


class ThoughtCard(Card):
    """The card beside the list."""

    mend_wanted = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self._shell = shell
        self._opened: Opened | None = None
        self._wide = ""
        self.pill = Pill()
        self.trailing.addWidget(self.pill)
        self.question, self.written, self.mood = text("", "caption", wrap=True), Prose(), text("", "caption", wrap=True)
        self.voice = QuietButton(tr("Play the voice note"), "play")
        self.voice.clicked.connect(self._play)
        self.others, self.others_words = text("", "strong", wrap=True), Prose()
        self.log = text("", "caption", wrap=True)
        self._form: SharingForm | None = None
        self.edit = QuietButton(tr("Change"), "pencil")
        self.share = Button(tr("Share with the pair"), "users")
        self.offer = Button(tr("Offer as a lesson"), "lightbulb")
        self.back = Button(tr("Take back"), "undo-2")
        self.out = QuietButton(tr("Take out"), "trash-2")
        for button, run in (
            (self.edit, self._mend),
            (self.share, lambda: self._begin("shared")),
            (self.offer, lambda: self._begin("offered")),
            (self.back, self._take_back),
            (self.out, self._take_out),
        ):
            button.clicked.connect(run)
        self.deeds = Flow(gap=8, line_gap=8)
        for button in (self.share, self.offer, self.back, self.edit, self.out):
            self.deeds.addWidget(button)
        self.body.setSpacing(10)
        self._line = hairline()
        self.body.addWidget(self.question)
        self.body.addWidget(self.written)
        self.body.addWidget(self.mood)
        self.body.addWidget(self.voice, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addWidget(self._line)
        self.body.addWidget(self.others)
        self.body.addWidget(self.others_words)
        self.body.addWidget(self.log)
        self.body.addWidget(self.deeds)

    @property
    def form(self) -> SharingForm:
        """The form in which words are shared, made when somebody first does."""
        if self._form is None:
            self._form = SharingForm()
            self._form.kept.connect(self._share)
            self._form.closed.connect(self._put_away)
            self.body.insertWidget(self.body.indexOf(self.deeds), self._form)
        return self._form

    def show_opened(self, opened: Opened) -> None:
        """Show this reflection."""
        if self._opened is None or self._opened.thought.id != opened.thought.id:
            self._put_away()
        self._opened = opened
        thought, mine = opened.thought, not opened.by
        day = written_on(thought.id)
        self.set_title(opened.about or tr("For myself"))
        self.set_hint(words.day(day, near=opened.today) if day else "")
        self.pill.set(said_choice(thought, "sharing"), TONES.get(thought.sharing or "", "neutral"))
        self.question.setText(thought.prompt)
        self.question.setVisible(bool(thought.prompt))
        self.written.set(thought.text)
        self.written.setVisible(bool(thought.text))
        self.mood.setText(tr("How it felt: {mood}", mood=thought.mood) if thought.mood else "")
        self.mood.setVisible(bool(thought.mood))
        self.voice.setVisible(mine and bool(thought.voice))
        self._show_others(opened, mine)
        wide = thought.sharing in ("shared", "offered")
        self.share.setVisible(mine and thought.sharing == "private" and bool(thought.mentorship))
        self.offer.setVisible(mine and thought.sharing != "offered" and bool(thought.mentorship))
        self.back.setVisible(mine and wide)
        self.edit.setVisible(mine)
        self.out.setVisible(mine)

    def _show_others(self, opened: Opened, mine: bool) -> None:
        thought = opened.thought
        told = thought.offered or thought.shared
        said = tr("What the others read") if mine else tr("{name} shared this", name=opened.by)
        self.others.setText(said)
        self.others_words.set(told)
        for part in (self.others, self.others_words, self._line):
            part.setVisible(bool(told))
        self._line.setVisible(bool(told) and mine)
        steps = [
            tr(
                "{sharing} since {moment}",
                sharing=tr(_FIELDS["sharing"].words(step.sharing)),
                moment=words.when(step.at, near=opened.today),
            )
            for step in opened.steps
        ]
        self.log.setText(" · ".join(steps))
        self.log.setVisible(mine and len(steps) > 1)

    # --- what its author can do ---------------------------------------------------------------------------------------

    def _play(self) -> None:
        if self._opened is not None:
            self._shell.go("file", file=self._opened.thought.voice or "")

    def _mend(self) -> None:
        if self._opened is not None:
            self.mend_wanted.emit(self._opened.thought)

    def _begin(self, sharing: str) -> None:
        opened = self._opened
        if opened is None:
            return
        self._wide = sharing
        thought, readers = opened.thought, words.listed(list(opened.readers))
        if sharing == "offered":
            who = tr(
                "From the next sync on, your office’s coordinators can read these words, and the mentors of {about}. What you "
                "wrote for yourself stays with you.",
                about=opened.about,
            )
        elif readers:
            who = tr(
                "From the next sync on, {readers} can read these words. What you wrote for yourself stays with you.",
                readers=readers,
            )
        else:
            who = tr(
                "Nobody else mentors {about} yet; whoever does later can read these words. What you wrote for yourself stays "
                "with you.",
                about=opened.about,
            )
        self.form.begin(thought.shared or thought.text, who, tr(_FIELDS[sharing].visibility.words))
        self.form.show()
        self.deeds.hide()

    def _put_away(self) -> None:
        if self._form is not None:
            self._form.hide()
        self.deeds.show()

    def _share(self, said: str) -> None:
        opened, verb = self._opened, reflections.offer if self._wide == "offered" else reflections.share
        if opened is None:
            return

        def shared(_changed: object) -> None:
            self._put_away()
            told = tr("It goes with the next sync. Until you take it back, the others can read these words.")
            undo = lambda: self._shell.do(lambda w: _back(w, opened.thought.id))  # noqa: E731
            self._shell.notices.say(told, action_label=tr("Take back"), action=undo)

        def refused(error: Exception) -> None:
            self.form.words.say(str(error))

        self._shell.do(
            lambda w: verb(w, w.store.get(Reflection, opened.thought.id), words=said),
            shared,
            owner=self,
            failed=refused,
        )

    def _take_back(self) -> None:
        opened = self._opened
        if opened is None:
            return
        told = tr(
            "Only you from now on. With the next sync it is gone from the others’ pages; what they read, they read."
        )
        self._shell.do(
            lambda w: _back(w, opened.thought.id), lambda _changed: self._shell.notices.say(told), owner=self
        )

    def _take_out(self) -> None:
        opened = self._opened
        if opened is None:
            return

        def gone(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda w: reflections.put_back(w, opened.thought))  # noqa: E731
            self._shell.notices.say(tr("Taken out. It stays in the history."), action_label=tr("Undo"), action=undo)

        self._shell.do(lambda w: reflections.take_out(w, opened.thought), gone, owner=self, failed=self._told)

    def _told(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._shell.notices.problem(error)


def _back(workspace: Workspace, id: str) -> object:
    return reflections.take_back(workspace, workspace.store.get(Reflection, id))
