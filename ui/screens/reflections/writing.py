"""The card on which one reflects: a situation, a question that can be changed or left out, the words, one word for the mood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import Reflection
from mentorapp.services import naming, reflections
from ui.editors import EditorBox, LineEditor, LongEditor
from ui.shell import Shell
from ui.widgets import Button, Card, Chips, Flow, Line, PrimaryButton, QuietButton, text

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

_FIELDS: Any = fields_of(Reflection)


class WritingCard(Card):
    """A reflection under way. `closed` says that it was kept or put away."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Look back"))
        self._shell = shell
        self._before: Reflection | None = None
        self._session: str | None = None
        self._prompts: tuple[str, ...] = ()
        self._at = 0
        self._known = [(one.code, tr(one.name)) for one in reflections.situations()]
        self.situation = Chips(self._known, required=True, name=tr("What it is about"))
        self.situation.picked.connect(lambda code: self._ask_about(code))
        self.question = text("", "section", wrap=True)
        self.another, self.without = (
            QuietButton(tr("Another question"), "refresh-cw"),
            QuietButton(tr("Without a question"), "x"),
        )
        self.another.clicked.connect(self._another)
        self.without.clicked.connect(self._without)
        words, mood, about = _FIELDS["text"], _FIELDS["mood"], _FIELDS["mentorship"]
        self.words = EditorBox(words, LongEditor(words, least=5))
        self.mood = EditorBox(mood, LineEditor(mood))
        self.about = EditorBox(about, label=tr("About"))
        self.about.set_visibility("")
        self._lay_out()

    def _lay_out(self) -> None:
        turns, beside = Flow(gap=4), Flow(gap=16, line_gap=10)
        for turn in (self.another, self.without):
            turns.addWidget(turn)
        for box in (self.mood, self.about):
            beside.addWidget(box)
        keep, cancel = PrimaryButton(tr("Keep"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(self.keep)
        cancel.clicked.connect(self._put_away)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        self.body.setSpacing(12)
        for part in (self.situation, self.question, turns, self.words, beside):
            self.body.addWidget(part)
        self.body.addLayout(foot)
        self._turns = turns

    # --- beginning ----------------------------------------------------------------------------------------------------

    def begin(self, *, mentorship: str = "", session: str = "") -> None:
        """Write a new reflection about this pair; what was typed before and not kept is still there."""
        self._before, self._session = None, session or None
        self.situation.show()
        self.set_title(tr("Look back"))
        if mentorship or self.about.value() is None:
            self.about.set_value(mentorship or None)
        self._shell.ask(lambda w: naming.named(w, "mentorship"), self.about.input.set_options, owner=self)
        self._shell.ask(lambda w: _first(w, mentorship), self._ask_first, owner=self, latest="prompts")
        self.words.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def mend(self, thought: Reflection) -> None:
        """Change one's own words."""
        self._before = thought
        self.set_title(tr("Change your words"))
        self.situation.hide()
        self._show_question((thought.prompt,) if thought.prompt else ())
        self._turns.hide()
        self.words.set_value(thought.text)
        self.mood.set_value(thought.mood)
        self.about.hide()
        self.words.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_first(self, found: tuple[str, tuple[str, ...]]) -> None:
        code, prompts = found
        self.situation.set_value(code)
        self.about.show()
        self._show_question(prompts)

    def _ask_about(self, code: str) -> None:
        self._shell.ask(lambda w: reflections.prompts_for(w, code), self._show_question, owner=self, latest="prompts")

    def _show_question(self, prompts: tuple[str, ...]) -> None:
        self._prompts, self._at = prompts, 0
        self._say_question()

    def _say_question(self) -> None:
        self.question.setText(self.prompt())
        self.question.setVisible(bool(self.prompt()))
        self._turns.show()
        self.another.setVisible(len(self._prompts) > 1)
        self.without.setVisible(bool(self.prompt()))

    def prompt(self) -> str:
        """The question that is asked, '' without one."""
        return self._prompts[self._at % len(self._prompts)] if self._prompts else ""

    def _another(self) -> None:
        self._at += 1
        self._say_question()

    def _without(self) -> None:
        self._prompts = ()
        self._say_question()
        self.words.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keeping ------------------------------------------------------------------------------------------------------

    def is_written(self) -> bool:
        """Whether there is anything that is not kept yet."""
        before = self._before
        words, mood = self.words.value().strip(), self.mood.value().strip()
        return (words, mood) != (before.text, before.mood) if before else bool(words or mood)

    def keep(self) -> None:
        """Keep what was written, or say what is missing."""
        words, mood, before = self.words.value(), self.mood.value(), self._before
        about, prompt, session = self.about.value(), self.prompt(), self._session

        def verb(workspace: Workspace) -> object:
            if before is not None:
                return reflections.mend(workspace, before, text=words, mood=mood)
            return reflections.write(
                workspace, text=words, mood=mood, mentorship=about, session=session, prompt=prompt
            )[0]

        self._shell.do(verb, lambda _changed: self._kept(), owner=self, failed=self._refuse)

    def keep_if_written(self) -> None:
        """Keep what was written, if anything was: it must not be lost by going elsewhere."""
        if self.isVisible() and self.is_written():
            self.keep()

    def _kept(self) -> None:
        self._shell.notices.say(tr("Kept. Only you can read it."))
        self._put_away()

    def _put_away(self) -> None:
        self._before, self._session = None, None
        self.words.set_value("")
        self.mood.set_value("")
        self.about.set_value(None)
        self.words.set_problem("")
        self.closed.emit()

    def _refuse(self, error: Exception) -> None:
        self.words.say(str(error))
        if not isinstance(error, UserError):
            raise error
        self.words.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away while nothing is written."""
        if event.key() == Qt.Key.Key_Escape and not self.is_written():
            self._put_away()
        else:
            super().keyPressEvent(event)


def _first(workspace: Workspace, mentorship: str) -> tuple[str, tuple[str, ...]]:
    code = reflections.situation_of(workspace, mentorship)
    return code, reflections.prompts_for(workspace, code)


class SharingForm(QWidget):
    """The words that others may read: one's own at first, to be changed before they go. `kept` carries them."""

    kept = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        from ui.widgets import Column

        self.who = text("", "body", wrap=True)
        field = _FIELDS["shared"]
        self.words = EditorBox(field, LongEditor(field, least=4))
        keep, cancel = PrimaryButton(tr("Share these words"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(lambda: self.kept.emit(self.words.value()))
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        column = Column(self, gap=10)
        column.addWidget(self.who)
        column.addWidget(self.words)
        column.addLayout(foot)

    def begin(self, words: str, who: str, readers: str) -> None:
        """Offer these words to be shared; `who` says in plain words who will read them, `readers` marks it."""
        self.words.set_value(words)
        self.words.set_problem("")
        self.words.set_visibility(readers)
        self.who.setText(who)
        self.words.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
