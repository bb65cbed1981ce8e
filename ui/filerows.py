"""A file in a list, with how it stands and what can be done with it; and the question whether a smaller copy is kept."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.records import Attachment
from mentorapp.services.attachments import Standing
from mentorapp.services.voice import Interrupted
from sync.client import aside
from ui import words as say
from ui.widgets import Button, Column, Flow, QuietButton, text
from ui.widgets.flow import high_as_needed


@dataclass(frozen=True)
class Shown:
    """A file and how its content stands."""

    file: Attachment
    standing: Standing


def how(standing: Standing) -> str:
    """How a content stands, in a few words."""
    through = say.number(100 * standing.done // max(1, standing.size))
    return {
        "here": tr("only on this laptop"),
        "sending": tr("{percent} sent", percent=tr("{n} %", n=through)),
        "safe": tr("safe at the office"),
        "refused": tr("not taken by the office"),
        "coming": tr("comes with the next exchange"),
        "away": tr("not on this laptop yet"),
    }[standing.state]


class Question(QWidget):
    """Whether the smaller copy is kept, asked in place. `answered` carries "small", "whole" or "cancel"."""

    answered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._words = text("", wrap=True)
        column, buttons = Column(self, gap=8), Flow()
        column.addWidget(self._words)
        column.addWidget(buttons)
        self.small, self.whole = Button(tr("Keep the smaller one")), Button(tr("Keep it as it is"))
        self.cancel = QuietButton(tr("Cancel"))
        for button, answer in ((self.small, "small"), (self.whole, "whole"), (self.cancel, "cancel")):
            button.clicked.connect(lambda _on=False, answer=answer: self.answered.emit(answer))
            buttons.addWidget(button)
        high_as_needed(self)

    def ask(self, name: str, size: int, small: int) -> None:
        """Ask about this file."""
        words = tr(
            "“{name}” is {size}. A smaller copy of {small} is quicker to send and shows as well on a screen.",
            name=name,
            size=say.size(size),
            small=say.size(small),
        )
        self._words.setText(words)
        self.setAccessibleName(words)
        # The keyboard goes to the first answer, so the question is heard with it.
        self.small.setAccessibleDescription(words)


class FileRow(QWidget):
    """A file: its name, how it stands, why the office did not take it if so, and what can be done."""

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        file, standing = shown.file, shown.standing
        size = say.size(standing.size) if standing.size else ""
        caption = " · ".join(filter(None, (size, how(standing))))
        why = tr(aside(standing.reason)) if standing.state == "refused" else ""
        self.setAccessibleName(", ".join(filter(None, (file.name, caption, why))))
        self.open = self._button(tr("Open"), tr("Open “{name}”", name=file.name))
        self.play = self._button(tr("Play"), tr("Play “{name}”", name=file.name))
        self.get = self._button(tr("Get"), tr("Get “{name}”", name=file.name))
        self.save = self._button(tr("Save a copy…"), tr("Save a copy of “{name}”", name=file.name))
        self.take_out = self._button(tr("Take out"), tr("Take out “{name}”", name=file.name))
        self.get.setVisible(standing.state == "away" and bool(file.content_hash and file.size))
        here = standing.state not in ("away", "coming")
        sound = file.media_type.startswith("audio/")
        self.save.setVisible(here)
        self.play.setVisible(here and sound)
        self.open.setVisible(here and not sound)
        column, deeds = Column(self, edges=(0, 6, 0, 6), gap=2), Flow(gap=12)
        for words, kind in ((file.name, "strong"), (caption, "caption"), (why, "caption")):
            label = text(words, kind, wrap=True)
            column.addWidget(label)
            label.setVisible(bool(words))
        for button in (self.open, self.play, self.get, self.save, self.take_out):
            deeds.addWidget(button)
        column.addWidget(deeds)
        high_as_needed(self)

    def _button(self, words: str, name: str) -> QuietButton:
        button = QuietButton(words, parent=self)
        button.setProperty("short", "true")
        button.setAccessibleName(name)
        return button


class InterruptedRow(QWidget):
    """A voice note that was cut off: kept so far, and not a file yet."""

    def __init__(self, one: Interrupted) -> None:
        super().__init__()
        words = tr("A voice note was cut off after {length}. It is kept.", length=say.clock(one.seconds))
        self.setAccessibleName(words)
        self.keep, self.throw = QuietButton(tr("Make a file of it")), QuietButton(tr("Throw it away"))
        column, deeds = Column(self, edges=(0, 6, 0, 6), gap=2), Flow(gap=12)
        column.addWidget(text(words, "body", wrap=True))
        for button in (self.keep, self.throw):
            button.setProperty("short", "true")
            button.setAccessibleDescription(words)
            deeds.addWidget(button)
        column.addWidget(deeds)
        high_as_needed(self)
