"""Whether those in a session allow a photograph or their voice to be kept: a quiet sentence where it is taken, and the question in place.

Promises to stop nobody: a sentence, never a wall. What is answered is kept as a consent like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services import attachments, consents
from mentorapp.services.attachments import Unasked
from ui.shell import Shell
from ui.widgets import Button, Column, Flow, QuietButton, text
from ui.widgets.flow import high_as_needed

if TYPE_CHECKING:
    from mentorapp.services.workspace import Changed, Workspace


class Allowing(QWidget):
    """Nothing, until somebody did not allow what is being kept."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._session: Session | None = None
        self._purpose = ""
        self._one: Unasked | None = None
        self._words = text("", "caption", wrap=True)
        self._question = text("", "body", wrap=True)
        self.ask, self.later = QuietButton(tr("Ask now")), QuietButton(tr("Later"))
        self.yes, self.no = Button(tr("Yes")), Button(tr("No"))
        self.ask.clicked.connect(self._ask)
        self.later.clicked.connect(self.put_away)
        self.yes.clicked.connect(lambda: self._answer(given=True))
        self.no.clicked.connect(lambda: self._answer(given=False))
        high_as_needed(self)
        column, deeds = Column(self, edges=(0, 4, 0, 4), gap=6), Flow(gap=10)
        for button in (self.ask, self.yes, self.no, self.later):
            deeds.addWidget(button)
        for part in (self._words, self._question, deeds):
            column.addWidget(part)
        self.hide()

    def about(self, session: Session, purpose: str) -> None:
        """Say who did not allow this (`photo`, `audio`) yet, if anybody."""
        self._session, self._purpose = session, purpose
        self._shell.ask(
            lambda w: attachments.unasked(w, session=session, purpose=purpose),
            lambda found: self._show(found, session, purpose),
            owner=self,
            latest="who allows it",
        )

    def put_away(self) -> None:
        """Say nothing."""
        self._session, self._one = None, None
        self.hide()

    def _show(self, found: list[Unasked], session: Session, purpose: str) -> None:
        if self._session is not session or self._purpose != purpose:
            return
        self._one = one = found[0] if found else None
        if one is None:
            self.hide()
            return
        self._words.setText(_sentence(one, purpose))
        self._words.show()
        self._question.setText(_question(one, purpose))
        self._question.hide()
        for button, on in ((self.ask, True), (self.later, True), (self.yes, False), (self.no, False)):
            button.setVisible(on)
        # Whoever does not see the sentence hears it with the button.
        self.ask.setAccessibleDescription(self._words.text())
        self.setAccessibleName(self._words.text())
        self.show()

    def _ask(self) -> None:
        self._question.show()
        self._words.hide()
        self.ask.hide()
        for button in (self.yes, self.no):
            button.setAccessibleDescription(self._question.text())
            button.show()
        # Nobody's answer is assumed: Enter by habit puts it off.
        self.later.setAccessibleDescription(self._question.text())
        self.later.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answer(self, *, given: bool) -> None:
        one, purpose, session = self._one, self._purpose, self._session
        if one is None or session is None:
            return

        def record(workspace: Workspace) -> Changed:
            changed, _ = consents.record(
                workspace, person=one.person, purpose=purpose, given=given, language=one.language, method="spoken"
            )
            return changed

        def recorded(_changed: object) -> None:
            said = tr("Kept: {name} said yes.", name=one.name) if given else tr("Kept: {name} said no.", name=one.name)
            self._shell.notices.say(said)
            if given and self._session is session:
                self.about(session, purpose)
            else:
                self.put_away()

        self._shell.do(record, recorded, owner=self)


def _sentence(one: Unasked, purpose: str) -> str:
    if one.state in ("refused", "withdrawn"):
        return {
            "photo": tr("{name} does not want photographs kept.", name=one.name),
            "audio": tr("{name} does not want sound kept.", name=one.name),
        }[purpose]
    return {
        "photo": tr("{name} has not been asked about photographs yet.", name=one.name),
        "audio": tr("{name} has not been asked about sound recordings yet.", name=one.name),
    }[purpose]


def _question(one: Unasked, purpose: str) -> str:
    return {
        "photo": tr(
            "Read it to {name}: “May I keep photographs of our work? You can say no, now or later.”", name=one.name
        ),
        "audio": tr("Read it to {name}: “May I keep your voice? You can say no, now or later.”", name=one.name),
    }[purpose]
