"""The first minutes: language, then a way to begin, then a name and a passphrase. No step needs a network.

Promises that nothing typed is lost by going back or by changing the language, and that heavy work runs on a lane with a word about
what it is doing. Emits `opened` with the workspace.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from mentorapp import i18n, settings
from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.services import people, sample
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from sync.client import read_invitation
from ui import joining
from ui.shell import Shell
from ui.widgets import Bar, Column, FieldBox, Line, LineInput, PrimaryButton, QuietButton, Segment, text
from ui.widgets.choices import ChoiceButton
from ui.widgets.front import FrontPage, titled
from ui.widgets.joining import JoinForm
from ui.widgets.passphrase import PassphraseBox


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was said so far."""

    address: str = ""
    code: str = ""
    name: str = ""
    passphrase: str = ""
    remember: bool = False


class FirstRunScreen(FrontPage):
    """One card, a few steps."""

    opened = Signal(object)
    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__(width=560)
        self._shell = shell
        self._answers = Answers()
        self._step: Callable[[], QWidget] = self._welcome
        self._making: Callable[[], QWidget] | None = None
        self._problem = ""
        self._made_store: Workspace | None = None
        shell.settings_changed.connect(self._said_otherwise)
        shell.tasks.unexpected.connect(self._stopped)
        self.refresh()

    def open(self, **where: object) -> None:
        """Begin at the beginning; answers that were given stay."""
        if self._making is None:
            self._go(self._welcome)

    def refresh(self) -> None:
        """Say this step again, in the language in use."""
        self.below.setText(tr("Everything you write stays on this laptop, encrypted. No account, no network needed."))
        self.show_in_card(self._step())

    def _said_otherwise(self, _settings: object) -> None:
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        inside = self.content()
        proxy = inside.focusProxy() if inside else None
        return proxy or inside or self

    def _go(self, step: Callable[[], QWidget]) -> None:
        self._step = step
        self.refresh()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- the steps --------------------------------------------------------------------------------------------------

    def _welcome(self) -> QWidget:
        page, column = titled(tr("Welcome"), tr("A quiet place for what you and the people you mentor do together."))
        languages = self._languages = Segment(tuple(i18n.LANGUAGES.items()), name=tr("Language"))
        languages.set_value(i18n.language())
        languages.picked.connect(self._speak)
        column.addWidget(languages)
        if self._problem:
            column.addWidget(text(self._problem, "problem", wrap=True))
        begin = self._own_records() if workspaces.exists() else self._fresh()
        tour = ChoiceButton(
            "users",
            tr("Try with sample people"),
            tr("Look around with invented people. What you do there is never mixed with your own records."),
        )
        tour.clicked.connect(self._practise)
        join = ChoiceButton(
            "building-2",
            tr("Join an office"),
            tr("With a code or a file from your office, so that your records have a second safe place."),
        )
        join.clicked.connect(lambda: self._go(self._office))
        # Who has records already joins from the Sync screen, where they are.
        for choice in (begin, tour) if workspaces.exists() else (begin, tour, join):
            column.addWidget(choice)
        page.setFocusProxy(begin)
        return page

    def _fresh(self) -> ChoiceButton:
        begin = ChoiceButton(
            "user-plus",
            tr("Start fresh"),
            tr("For your own work: your name and a passphrase, and you can begin."),
            first=True,
        )
        begin.clicked.connect(lambda: self._go(self._name))
        return begin

    def _own_records(self) -> ChoiceButton:
        mine = ChoiceButton(
            "lock-open", tr("Open your own records"), tr("They are on this laptop, behind your passphrase."), first=True
        )
        mine.clicked.connect(lambda: self._shell.go("unlock"))
        return mine

    def _office(self) -> QWidget:
        page, column = titled(
            tr("Join an office"),
            tr(
                "Your office gives you an address and a code, on paper or as a file. Joining needs a network; without one you can "
                "begin now and join later."
            ),
        )
        form = JoinForm(address=self._answers.address, code=self._answers.code)
        form.join.set_words(tr("Go on"))
        form.asked.connect(self._invited)
        form.file_chosen.connect(lambda file: self._invited_by_file(form, file))
        column.addWidget(form)
        line = Line(edges=(-8, 0, 0, 0), gap=12)
        line.addWidget(self._back(self._welcome))
        line.addStretch(1)
        later = QuietButton(tr("Begin now, join later"))
        later.clicked.connect(lambda: self._invited("", ""))
        line.addWidget(later)
        column.addLayout(line)
        page.setFocusProxy(form)
        return page

    def _invited(self, address: str, code: str) -> None:
        self._answers = replace(self._answers, address=address, code=code)
        self._go(self._name)

    def _invited_by_file(self, form: JoinForm, file: Path) -> None:
        try:
            invitation = read_invitation(file)
        except UserError as error:
            form.set_problem(str(error))
            return
        self._invited(invitation.address, invitation.code)

    def _not_joined(self) -> QWidget:
        page, column = titled(
            tr("Not joined yet"), tr("Your store is made, and you can begin. Join later from the Sync page.")
        )
        column.addWidget(text(self._problem, wrap=True))
        form = JoinForm(address=self._answers.address, code=self._answers.code)
        form.join.set_words(tr("Try again"))
        form.file.hide()
        form.asked.connect(self._join)
        column.addWidget(form)
        line = Line(gap=12)
        line.addStretch(1)
        begin = PrimaryButton(tr("Begin now"))
        begin.clicked.connect(self._enter)
        line.addWidget(begin)
        column.addLayout(line)
        page.setFocusProxy(begin)
        return page

    def _name(self) -> QWidget:
        page, column = titled(
            tr("What is your name?"), tr("As the people you mentor call you. You can change it later.")
        )
        field = FieldBox(tr("Your name"), LineInput(self._answers.name))
        column.addWidget(field)
        editor = field.editor
        assert isinstance(editor, LineInput)

        def on() -> None:
            try:
                name = people.named(editor.text())
            except UserError:
                field.set_problem(tr("Write the name by which people call you."))
                editor.setFocus()
                return
            self._answers = replace(self._answers, name=name)
            self._go(self._passphrase)

        def keep(written: str) -> None:
            self._answers = replace(self._answers, name=written)
            field.set_problem("")

        editor.textChanged.connect(keep)
        editor.returnPressed.connect(on)
        column.addLayout(self._ways(self._welcome, tr("Go on"), on))
        page.setFocusProxy(editor)
        return page

    def _passphrase(self) -> QWidget:
        page, column = titled(
            tr("Choose a passphrase"),
            tr(
                "It opens your records on this laptop, and nobody can read them without it. Nobody can recover it for you either: "
                "write it down and keep it where you keep important papers."
            ),
        )
        choice = _PassphraseChoice(self._shell, self._answers, self._problem)

        def keep() -> None:
            self._answers = replace(
                self._answers, passphrase=choice.box.passphrase(), remember=choice.remember.isChecked()
            )

        def on() -> None:
            if choice.is_good():
                keep()
                self._start()

        choice.changed.connect(keep)
        choice.box.entered.connect(on)
        column.addWidget(choice)
        column.addLayout(self._ways(self._name, tr("Start"), on))
        page.setFocusProxy(choice.box.editor)
        return page

    def _ways(self, back: Callable[[], QWidget], words: str, on: Callable[[], None]) -> Line:
        line = Line(edges=(-8, 8, 0, 0), gap=12)
        onwards = PrimaryButton(words)
        onwards.clicked.connect(on)
        line.addWidget(self._back(back))
        line.addStretch(1)
        line.addWidget(onwards)
        return line

    def _back(self, to: Callable[[], QWidget]) -> QuietButton:
        backwards = QuietButton(tr("Back"), "arrow-left")
        backwards.clicked.connect(lambda: self._go(to))
        return backwards

    # ---- what they do -----------------------------------------------------------------------------------------------

    def _speak(self, code: str) -> None:
        self._shell.settings_changed.emit(settings.change(self._shell.settings, language=code))
        self._languages.setFocus(Qt.FocusReason.OtherFocusReason)

    def _practise(self) -> None:
        self._make(sample.enter, tr("Inviting the sample people…"))

    def _start(self) -> None:
        said = self._answers

        def start() -> Workspace:
            return workspaces.start(name=said.name, passphrase=said.passphrase, remember=said.remember)

        self._make(start, tr("Making your store…"))

    def _make(self, make: Callable[[], Workspace], words: str) -> None:
        self._work(words)
        self._shell.tasks.run(make, then=self._made, failed=lambda error: self._stop(str(error)), owner=self)

    def _work(self, words: str) -> None:
        if self._making is None:
            self._making = self._step

        def working() -> QWidget:
            page, column = titled(words, tr("This takes a moment."))
            column.addWidget(Bar(-1, words))
            return page

        self._go(working)

    def _made(self, workspace: Workspace) -> None:
        self._made_store = workspace
        said = self._answers
        self._answers = replace(said, passphrase="")
        if said.code and not workspace.practice:
            self._join(said.address, said.code)
        else:
            self._enter()

    def _join(self, address: str, code: str) -> None:
        workspace = self._made_store
        if workspace is not None:
            self._answers = replace(self._answers, address=address, code=code)
            self._making = self._not_joined
            self._work(tr("Joining the office…"))
            joining.join(
                self._shell.tasks,
                workspace,
                address=address,
                code=code,
                then=self._enter,
                failed=lambda error: self._stop(str(error)),
                owner=self,
            )

    def _enter(self) -> None:
        workspace, self._made_store, self._making = self._made_store, None, None
        if workspace is not None:
            self.opened.emit(workspace)

    def _stop(self, problem: str) -> None:
        back, self._making = self._making, None
        if back is not None:
            self._problem = problem
            self._go(back)
            self._problem = ""

    def _stopped(self, _error: Exception) -> None:
        self._stop("")


class _PassphraseChoice(QWidget):
    """A passphrase, and whether this computer may remember it, offered only where it can."""

    changed = Signal()

    def __init__(self, shell: Shell, said: Answers, problem: str) -> None:
        super().__init__()
        column = Column(self, gap=14)
        self.box = PassphraseBox(tr("Passphrase"), least=workspaces.LEAST_PASSPHRASE)
        self.box.editor.setText(said.passphrase)
        self.box.set_problem(problem)
        self.remember = QCheckBox(tr("Let this computer remember it"))
        self.remember.setToolTip(tr("Whoever is logged in to this computer can then open your records."))
        self.remember.setChecked(said.remember)
        column.addWidget(self.box)
        column.addWidget(self.remember)
        self.remember.hide()
        self.box.changed.connect(self.changed)
        self.remember.toggled.connect(self.changed)
        # Looking for a keyring may take a second; it is offered when it is found.
        shell.tasks.ask(workspaces.keyring_here, then=self._found, lane="network", owner=self)

    def _found(self, here: bool) -> None:
        self.remember.setVisible(here)
        if not here:
            self.remember.setChecked(False)

    def is_good(self) -> bool:
        """Whether it may be used; says why if not."""
        if not self.box.long_enough():
            self.box.set_problem(tr("This is too short to protect your records. A few words in a row are good."))
            self.box.editor.setFocus()
        return self.box.long_enough()
