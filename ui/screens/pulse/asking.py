"""The page that is handed over: five sentences, one at a time, in the language of whoever answers. Nothing is shown back to whose laptop it is.

What was answered is only in this page until the last sentence, then in the store, then nowhere on the screen. Leaving before the end keeps
nothing, and says so beforehand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from mentorapp import i18n
from mentorapp.fields import fields_of
from mentorapp.i18n import N_, tr, tr_in
from mentorapp.indicators import ITEMS
from mentorapp.records import Pulse
from mentorapp.services import pulses
from mentorapp.services.pulses import Asked
from ui import theme
from ui.shell import Shell
from ui.widgets import Button, Card, Chips, Column, Flow, Line, PrimaryButton, QuietButton, Scroll, text
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

SCALE = (N_("not at all"), N_("a little"), N_("partly"), N_("mostly"), N_("fully"))
"""The five answers, from 1 to 5."""

PROMISE = N_("Only {name} sees these answers; others see shares, from five answers up.")
_CENTRE = Qt.AlignmentFlag.AlignHCenter


def code_of(languages: str) -> str:
    """The first of the languages somebody reads that the program speaks, as a code; '' if it speaks none of them."""
    names = {name.casefold(): code for code, name in i18n.LANGUAGES.items()}
    names |= {QLocale.languageToString(QLocale(code).language()).casefold(): code for code in i18n.LANGUAGES}
    spoken = [part.strip().casefold() for part in languages.replace(";", ",").replace("،", ",").split(",")]
    return next((names[name] for name in spoken if name in names), "")


class AskingScreen(QWidget):
    """Whom to hand the laptop to; the five sentences; thanks."""

    shows: frozenset[str] = frozenset()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._asked: Asked | None = None
        self._language = i18n.language()
        self._at = 0
        self._asking = False
        self._answers: dict[str, int | None] = {}
        self._back_to: dict[str, str] = {}
        self._page = Scroll(width=780, gap=0)
        self._page.body.addStretch(1)
        self._holder = Card()
        high_as_needed(self._holder)
        self._body = Column(edges=(12, 24, 12, 16), gap=16)
        self._holder.body.addLayout(self._body)
        self._page.body.addWidget(self._holder)
        self._page.body.addStretch(1)
        Column(self).addWidget(self._page)
        self._first: QWidget = self._page

    def open(self, *, mentorship: str = "", person: str = "", back: str = "") -> None:
        """Ask this person, or me, about this mentorship; `back` is the person whose page is shown afterwards."""
        self._forget()
        self._back_to = {"person": back or person} if back or person else {}

        def read(workspace: Workspace) -> Asked | None:
            found = pulses.asked(workspace, mentorship=mentorship)
            return next((one for one in found if one.person.id == person or (not person and one.is_me)), None)

        self._shell.ask(read, self._hand_over, owner=self, latest="pulse")

    def leave(self) -> None:
        """Whatever was answered and not kept is gone, so that nobody finds it here."""
        self._forget()
        self._clear()

    def refresh(self) -> None:
        """Nothing here changes with what others write."""

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._first

    def _forget(self) -> None:
        self._asked, self._answers, self._at, self._asking = None, {}, 0, False

    # --- building a page ----------------------------------------------------------------------------------------------

    def say(self, message: str, **values: object) -> str:
        """A sentence in the language of whoever answers."""
        return tr_in(self._language, message, **values)

    def _clear(self) -> None:
        self._first = self._page
        while (item := self._body.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()

    def _show(self, *parts: QWidget, first: QWidget) -> None:
        self._clear()
        way = Qt.LayoutDirection.RightToLeft if self._language in i18n.RIGHT_TO_LEFT else Qt.LayoutDirection.LeftToRight
        self._holder.setLayoutDirection(way)
        for part in parts:
            wide = isinstance(part, QLabel)
            self._body.addWidget(part, 0, Qt.AlignmentFlag(0) if wide else _CENTRE)
            part.show()
        self._first = first
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _words(self, words: str, kind: str) -> QLabel:
        label = text(words, kind, wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Some scripts reach lower than their line.
        label.setMargin(theme.px(4))
        return label

    # --- before ---------------------------------------------------------------------------------------------------------

    def _hand_over(self, asked: Asked | None) -> None:
        if asked is None:
            self._go_back()
            return
        self._asked = asked
        self._language = code_of(asked.person.language) if not asked.is_me else i18n.language()
        self._language = self._language or i18n.language()
        theme.load_faces()
        self._welcome()

    def _welcome(self) -> None:
        asked = self._asked
        if asked is None:
            return
        name = asked.person.name
        own = tr("Five sentences about working together") if asked.is_me else tr("Hand the laptop to {name}", name=name)
        begin, back = PrimaryButton(self.say(N_("Begin"))), QuietButton(tr("Not now"))
        begin.clicked.connect(self._begin)
        back.clicked.connect(self._go_back)
        parts: list[QWidget] = [
            self._words(own, "caption"),
            self._words(self.say(N_("How is it for you to work together?")), "figure"),
            self._words(self.say(PROMISE, name=name), "body"),
            self._words(self.say(N_("If you stop before the end, nothing is kept.")), "caption"),
        ]
        if not asked.is_me:
            parts.append(self._languages())
        self._show(*parts, begin, back, first=begin)

    def _languages(self) -> Chips:
        chips = Chips(tuple(i18n.LANGUAGES.items()), required=True, name=tr("Language of this page"))
        theme.load_faces()
        chips.set_value(self._language)
        chips.picked.connect(self._speak)
        return chips

    def _speak(self, code: str) -> None:
        self._language = code
        self._welcome()

    # --- the five sentences -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._answers, self._at, self._asking = {}, 0, True
        self._ask()

    def _ask(self) -> None:
        item = ITEMS[self._at]
        field = fields_of(Pulse)[item]
        of = self.say(N_("{n} of {many}"), n=self._at + 1, many=len(ITEMS))
        sentence = self._words(self.say(field.label), "figure")
        row = Flow(gap=10, line_gap=10)
        chosen = self._answers.get(item)
        buttons = []
        for value, label in enumerate(SCALE, 1):
            button = Button(self.say(label))
            button.setProperty("kind", "answer")
            button.setProperty("chosen", "true" if value == chosen else "false")
            button.setMinimumWidth(min(theme.px(112), 150))
            button.setAccessibleName(f"{self.say(field.label)}: {self.say(label)}")
            button.clicked.connect(lambda _on=False, value=value: self._answer(value))
            row.addWidget(button)
            buttons.append(button)
        skip, back = QuietButton(self.say(N_("Skip this one"))), QuietButton(self.say(N_("Back")))
        skip.clicked.connect(lambda: self._answer(None))
        back.clicked.connect(self._back)
        foot = QWidget()
        below = Line(foot, gap=12)
        below.addWidget(back)
        below.addWidget(skip)
        back.setVisible(self._at > 0)
        space = QWidget()
        space.setFixedHeight(theme.px(12))
        self._show(self._words(of, "caption"), sentence, space, row, foot, first=buttons[(chosen or 3) - 1])

    def _answer(self, value: int | None) -> None:
        self._answers[ITEMS[self._at]] = value
        if self._at + 1 < len(ITEMS):
            self._at += 1
            self._ask()
        else:
            self._keep()

    def _back(self) -> None:
        self._at = max(0, self._at - 1)
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 5 answer; Escape stops."""
        typed = event.text()
        if typed in ("1", "2", "3", "4", "5") and self._asking:
            self._answer(int(typed))
        elif event.key() == Qt.Key.Key_Escape:
            self._go_back()
        else:
            super().keyPressEvent(event)

    # --- after ---------------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        asked, answers = self._asked, self._answers
        if asked is None:
            return
        self._answers, self._asking = {}, False
        rater, pair = asked.person.id, asked.mentorship
        self._shell.do(
            lambda workspace: pulses.answer(workspace, mentorship=pair, rater=rater, answers=answers),
            lambda _changed: self._thank(asked),
            owner=self,
            failed=lambda error: self._not_kept(error),
        )

    def _thank(self, asked: Asked) -> None:
        done = PrimaryButton(self.say(N_("Close")) if asked.is_me else self.say(N_("Give the laptop back")))
        done.clicked.connect(self._go_back)
        self._asked = None
        self._show(
            self._words(self.say(N_("Thank you, {name}."), name=asked.person.name), "figure"),
            self._words(self.say(N_("Your answers are kept. Nobody can open them here.")), "body"),
            done,
            first=done,
        )

    def _not_kept(self, error: Exception) -> None:
        self._forget()
        self._shell.tasks.problem.emit(error)
        self._go_back()

    def _go_back(self) -> None:
        where = self._back_to
        self._forget()
        self._shell.go("mentee", **where) if where else self._shell.go("pulse")
