"""What stands beside a session while it is written: how it was last time, and the way to say how it went."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.fields import Choice, fields_of
from mentorapp.i18n import tr
from mentorapp.records import Session
from ui import words as say
from ui.widgets import Card, Prose, QuietButton, Quote, text

MOST = 280
"""The most characters of the last notes that are shown."""


class LastTime(Card):
    """The last session in short: when, what, and the most useful thing in the mentee's words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Last time"), tone="sunk", parent=parent)
        self._when = text("", "caption", wrap=True)
        self._notes = Prose()
        self._whose = text("", "caption", wrap=True)
        self._useful = Quote("")
        self.body.setSpacing(6)
        for part in (self._when, self._notes, self._whose, self._useful):
            self.body.addWidget(part)

    def set_session(self, last: Session | None, name: str, today: date) -> None:
        """Show this session, or that there was none."""
        notes = _short(last.notes or last.agenda) if last else ""
        useful = last.useful.strip() if last else ""
        self._when.setText(
            _when(last, today) if last else tr("This is the first session you write of {name}.", name=name)
        )
        self._notes.set(notes)
        self._whose.setText(tr("In the words of {name}", name=name))
        self._useful.set(say.quoted(_short(useful)))
        self._notes.setVisible(bool(notes))
        for part in (self._whose, self._useful):
            part.setVisible(bool(useful))


def _when(last: Session, today: date) -> str:
    mode = fields_of(Session)["mode"]
    assert isinstance(mode, Choice)
    day = say.day(day_of(last.started), near=today) if last.started else ""
    how = tr(mode.words(last.mode)).lower() if last.mode else ""
    return tr("{day}, {how}", day=day, how=how) if day and how else day or how


def _short(words: str) -> str:
    line = " ".join(words[: 2 * MOST].split())
    return line if len(line) <= MOST else line[: MOST - 1].rsplit(" ", 1)[0] + "…"


class Invitation(Card):
    """Says what can be written at the end, and leads there."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("How it went"), tone="sunk", parent=parent)
        self.open = QuietButton(tr("Write it down"))
        self.open.setAccessibleName(tr("Write down how it went"))
        self.open.clicked.connect(self.wanted)
        self.open.setProperty("short", "true")
        self.trailing.addWidget(self.open)
        self._said = text("", "caption", wrap=True)
        self.body.addWidget(self._said)
        self.set_open(False)

    def set_open(self, on: bool) -> None:
        """Say where it is written now."""
        self.open.set_words(tr("Go there") if on else tr("Write it down"))
        self._said.setText(
            tr("Below, at the end of the page. Nothing in it has to be filled in.")
            if on
            else tr(
                "At the end, if there is time: strengths, what to work on, one useful thing in the mentee’s words, "
                "how committed the mentee feels (1-10)."
            )
        )
