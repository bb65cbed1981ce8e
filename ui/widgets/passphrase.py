"""A passphrase typed once: seen if asked for, and judged in words while it is being chosen.

The judgement is a help, not a gate: only the least length is asked for. Keeps nothing and tells nobody what was typed.
"""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.widgets.boxes import Column, Line, text
from ui.widgets.fields import FieldBox, LineInput
from ui.widgets.marks import Bar

_POOLS = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))


def bits(passphrase: str) -> float:
    """About how many yes-or-no questions a patient guesser needs: generous to many words, strict to one word and to repeats."""
    fresh = [c for i, c in enumerate(passphrase) if i == 0 or abs(ord(c) - ord(passphrase[i - 1])) > 1]
    pool = sum(size for belongs, size in _POOLS if any(map(belongs, passphrase)))
    pool += 30 if any(not c.isalnum() for c in passphrase) else 0
    pool += 40 if any(c.isalpha() and not c.isascii() for c in passphrase) else 0
    typed = len(fresh) * math.log2(max(pool, 2))
    parts = {part.casefold() for part in passphrase.split() if part}
    if passphrase.replace(" ", "").isalpha():
        # Letters only are words, and words are guessed whole.
        return min(typed, 30.0 if len(parts) <= 1 else 13.0 * len(parts))
    return min(typed, 12.0 * len(set(passphrase)))


def judged(passphrase: str, least: int) -> tuple[float, str]:
    """How strong it is, as a share of enough and in words."""
    if not passphrase:
        return 0.0, ntr(
            "At least {n} character; a few words in a row are good.",
            "At least {n} characters; a few words in a row are good.",
            least,
            n=words.number(least),
        )
    if len(passphrase) < least:
        missing = least - len(passphrase)
        return 0.1, ntr("{n} more character", "{n} more characters", missing, n=words.number(missing))
    strength = bits(passphrase)
    share = min(1.0, strength / 64)
    if strength < 34:
        return share, tr("Easy to guess: another word or two would help")
    if strength < 50:
        return share, tr("It will do; one more word makes it good")
    return share, tr("Good") if strength < 64 else tr("Strong")


class PassphraseBox(QWidget):
    """The field, a way to see what is typed and, when it is being chosen, how strong it is. `entered` on Enter."""

    changed = Signal()
    entered = Signal()

    def __init__(self, label: str, *, least: int = 0, helper: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        column = Column(self, gap=6)
        self.editor = LineInput()
        self.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self.editor.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.editor.textChanged.connect(self._judge)
        self.editor.returnPressed.connect(self.entered)
        self.box = FieldBox(label, self.editor, helper=helper)
        column.addWidget(self.box)
        foot = Line(gap=10)
        self._bar, self._words = Bar(), text("", "caption", wrap=True)
        self.shown = QCheckBox(tr("Show it"))
        self.shown.toggled.connect(self._show)
        if least:
            foot.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignVCenter)
            foot.addWidget(self._words, 1)
        else:
            foot.addStretch(1)
        foot.addWidget(self.shown)
        column.addLayout(foot)
        self.setFocusProxy(self.editor)
        self.restyle()
        self._judge()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._bar.setFixedWidth(theme.px(96))

    def passphrase(self) -> str:
        """What was typed."""
        return self.editor.text()

    def long_enough(self) -> bool:
        """Whether it may be used."""
        return len(self.passphrase()) >= self._least

    def set_problem(self, problem: str) -> None:
        """Say what is wrong in its place."""
        self.box.set_problem(problem)

    def _show(self, on: bool) -> None:
        self.editor.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)

    def _judge(self) -> None:
        if self.box.problem():
            self.box.set_problem("")
        if self._least:
            share, said = judged(self.passphrase(), self._least)
            self._bar.set(share, said)
            self._words.setText(said)
        self.changed.emit()
