"""Versions of one thing beside one another, and choosing among them. Marked words are tinted and underlined, never only tinted.

Knows nothing of records: it is given words and says which was chosen.
"""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mentorapp.i18n import ntr, tr
from mentorapp.wording import Spans
from ui import theme, words
from ui.widgets.boxes import Card, Column, Columns, Line, OneLine, own_direction, text
from ui.widgets.buttons import Button, PrimaryButton, QuietButton
from ui.widgets.fields import GrowingText
from ui.widgets.panels import Prose

SHOWN = 4000
"""The most characters of a version that are laid out; the whole of it is kept, chosen and edited."""


class MarkedProse(Prose):
    """A paragraph whose marked words are tinted and underlined, and said."""

    def restyle(self) -> None:
        """Write it again in the theme in use."""
        shown, last = "", 0
        for start, end in self._marked:
            marked = f'<span style="background:{theme.name_of("good_tint")}; text-decoration:underline">'
            shown += f"{escape(self._words[last:start])}{marked}{escape(self._words[start:end])}</span>"
            last = end
        shown += escape(self._words[last:])
        lines = shown.split("\n")
        self.setText("".join(f'<p style="margin:0;line-height:118%">{line or "&nbsp;"}</p>' for line in lines))
        only = [self._words[start:end] for start, end in self._marked]
        self.setAccessibleDescription(tr("Only here: {words}", words=words.listed(only)) if only else "")


def shortened(said: str, marked: Spans = ()) -> tuple[str, Spans]:
    """The beginning of a text too long to be laid out, with the marks that lie in it."""
    if len(said) <= SHOWN:
        return said, marked
    return f"{said[:SHOWN]}…", tuple((start, min(end, SHOWN)) for start, end in marked if start < SHOWN)


class _AboutCard(Card):
    """A card whose caption gives way where there is little room."""

    def __init__(self, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        caption = OneLine(own_direction(about))
        caption.setProperty("kind", "caption")
        caption.restyle()
        head = self._head.layout()
        assert isinstance(head, QHBoxLayout)
        head.insertWidget(1, caption)
        self.setAccessibleDescription(about)


class VersionsCard(_AboutCard):
    """Two versions or more, side by side, and perhaps a suggestion that holds all of them.

    `chosen` carries the place of a version, `worded` a text that was suggested or written.
    """

    chosen = Signal(int)
    worded = Signal(str, bool)

    def __init__(self, count: int, hint: str, *, parent: QWidget | None = None) -> None:
        title = tr("Two versions") if count == 2 else ntr("{n} version", "{n} versions", count, n=words.number(count))
        super().__init__(title, hint, parent)
        kept = OneLine(
            tr("All are kept, whatever you choose") if count > 2 else tr("Both are kept, whatever you choose")
        )
        kept.setProperty("kind", "caption")
        kept.restyle()
        self.trailing.addWidget(kept)
        self._editor: GrowingText | None = None
        self.buttons: list[Button] = []
        self._room: QVBoxLayout = Column(gap=14)
        self.body.addLayout(self._room)

    def show_sides(self, sides: Sequence[tuple[str, str, str, Spans, str]]) -> None:
        """Show these: title, caption, words, marks, the words of the button."""
        made = [self._side(at, *side) for at, side in enumerate(sides)]
        for at in range(0, len(made), 2):
            self._room.addWidget(Columns(*made[at : at + 2], narrow=680))

    def _side(self, at: int, title: str, caption: str, said: str, marked: Spans, keep: str) -> Card:
        card = Card(title, caption)
        card.setAccessibleName(tr("{title} {caption}", title=title, caption=caption))
        card.body.addWidget(MarkedProse(shortened(said)[0], marked=shortened(said, marked)[1]))
        card.body.addStretch(1)
        card.body.addSpacing(theme.px(10))
        button = Button(keep)
        button.clicked.connect(lambda: self.chosen.emit(at))
        self.buttons.append(button)
        card.body.addWidget(button)
        return card

    def suggest(self, said: str) -> None:
        """Propose a text that holds all of them."""
        self._suggestion = Card(tr("Both together"), tr("what we suggest"), tone="suggest")
        self._said, self._text = MarkedProse(shortened(said)[0]), said
        self._suggestion.body.addWidget(self._said)
        self._suggestion.body.addSpacing(theme.px(10))
        line = Line(gap=6)
        self.keep_both = PrimaryButton(tr("Keep both"), short=True)
        self.keep_both.clicked.connect(lambda: self.worded.emit(self.wording(), self._editor is not None))
        self.edit_first = QuietButton(tr("Edit first"))
        self.edit_first.clicked.connect(self._edit)
        line.addWidget(self.keep_both)
        line.addWidget(self.edit_first)
        line.addStretch(1)
        self._suggestion.body.addLayout(line)
        self._room.addWidget(self._suggestion)

    def offer_wording(self, said: str) -> None:
        """Let another wording be written, where nothing is suggested."""
        line = Line(edges=(-8, 0, 0, 0), gap=6)
        another = QuietButton(tr("Write it differently"), "pencil")
        line.addWidget(another)
        line.addStretch(1)
        self._room.addLayout(line)

        def write() -> None:
            another.hide()
            self.suggest(said)
            self._suggestion.set_title(tr("Your wording"))
            self._suggestion.set_hint("")
            self._edit()

        another.clicked.connect(write)

    def is_written_in(self) -> bool:
        """Whether somebody is writing in it."""
        return self._editor is not None

    def wording(self) -> str:
        """The suggestion, as it was edited."""
        return self._editor.toPlainText() if self._editor is not None else self._text

    def _edit(self) -> None:
        self._editor = GrowingText(self._text, least=2, most=14)
        self._editor.setAccessibleName(tr("Both together"))
        self._suggestion.body.replaceWidget(self._said, self._editor)
        self._said.hide()
        self.keep_both.set_words(tr("Keep this"))
        self.edit_first.hide()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)


class ChosenCard(_AboutCard):
    """What was chosen, the way back, and what it said before, one click away."""

    undone = Signal()
    earlier_wanted = Signal()
    brought_back = Signal(int)

    def __init__(self, said: str, hint: str, *, parent: QWidget | None = None) -> None:
        super().__init__(said, hint, parent)
        self.earlier = QuietButton(tr("Earlier versions"), "history")
        self.earlier.clicked.connect(self.earlier_wanted)
        self.undo = Button(tr("Undo"), "undo-2")
        self.undo.clicked.connect(self.undone)
        self.trailing.addWidget(self.earlier)
        self.trailing.addWidget(self.undo)
        self._room: QVBoxLayout = Column(gap=12)
        self.body.addLayout(self._room)

    def show_earlier(self, versions: Sequence[tuple[str, str]]) -> None:
        """Show what it said before: caption and words, the newest first."""
        self.earlier.hide()
        for at, (caption, said) in enumerate(versions):
            card = Card(tone="sunk")
            card.body.addWidget(text(caption, "caption", wrap=True))
            card.body.addWidget(MarkedProse(shortened(said)[0]))
            card.body.addSpacing(theme.px(8))
            back = Button(tr("Bring this one back"))
            back.clicked.connect(lambda _on=False, at=at: self.brought_back.emit(at))
            card.body.addWidget(back)
            self._room.addWidget(card)


class CaseCard(_AboutCard):
    """A change of somebody else's that waits for a decision: whose, why, and what of it may be read."""

    def __init__(self, title: str, about: str, by: str, why: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, about, parent)
        self.setAccessibleName(tr("{title} {caption}", title=title, caption=about))
        for said, kind in ((by, "caption"), (why, "body")):
            if said:
                self.body.addWidget(text(said, kind, wrap=True))

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show what it says, field by field; and that the pair's own words are not among it."""
        self.body.addSpacing(theme.px(6))
        sunk = Card(tone="sunk")
        for label, said in lines:
            sunk.body.addWidget(text(label, "caption", wrap=True))
            sunk.body.addWidget(Prose(shortened(said)[0]))
            sunk.body.addSpacing(theme.px(6))
        closed = tr("Words that only the pair may read are not shown here. They go in, or stay out, with the rest.")
        sunk.body.addWidget(text(closed, "caption", wrap=True))
        self.body.addWidget(sunk)
        self.body.addSpacing(theme.px(8))
