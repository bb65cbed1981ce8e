"""Deciding, as a coordinator, what becomes of what somebody wrote outside their own mentorships: one card for each.

Promises that a decision never stops the person, that it can be taken back until the server knows it, and that nothing is lost by either.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.services import holding
from ui import theme
from ui.cases import Shown
from ui.shell import Shell
from ui.widgets.boxes import Line, text
from ui.widgets.buttons import Button
from ui.widgets.keyed import KeyedRows
from ui.widgets.versions import CaseCard


class Deciding(KeyedRows[Shown]):
    """The cards, the oldest first."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(self._card, lines=False)
        self._shell = shell
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._column.setSpacing(theme.px(14))

    def show_all(self, waiting: Iterable[Shown]) -> None:
        """Show what waits, and what was decided and not told to the server yet."""
        self.show_values((one.key, one) for one in waiting)
        self.setVisible(bool(self.keys()))

    # --- cards --------------------------------------------------------------------------------------------------------

    def _card(self, one: Shown) -> QWidget:
        return self._asking_card(one) if one.accept is None else self._decided_card(one)

    def _asking_card(self, one: Shown) -> CaseCard:
        card = CaseCard(tr("Held for you"), one.about, one.by, one.why)
        card.show_lines(one.lines)
        line = Line(gap=10)
        for words, accept, said in (
            (tr("Take it in"), True, tr("You took it in.")),
            (tr("Leave it out"), False, tr("You left it out.")),
        ):
            button = Button(words)
            button.clicked.connect(lambda _on=False, accept=accept, said=said: self._decide(one, said, accept=accept))
            line.addWidget(button)
        line.addStretch(1)
        card.body.addLayout(line)
        return card

    def _decided_card(self, one: Shown) -> CaseCard:
        card = CaseCard(tr("You took it in") if one.accept else tr("You left it out"), one.about, one.by, "")
        card.body.addWidget(
            text(
                tr("The office’s server hears of it at the next exchange. Until then it can be undone."),
                "caption",
                wrap=True,
            )
        )
        undo = Button(tr("Undo"), "undo-2")
        undo.clicked.connect(lambda: self._decide(one, "", accept=None))
        card.trailing.addWidget(undo)
        return card

    # --- deeds --------------------------------------------------------------------------------------------------------

    def _decide(self, one: Shown, said: str, *, accept: bool | None) -> None:
        def decided(_changed: object) -> None:
            if said:
                self._shell.notices.say(said, "good", tr("Undo"), lambda: self._decide(one, "", accept=None))
            if one.key in self.keys():
                self.row(one.key).setFocus(Qt.FocusReason.OtherFocusReason)

        self._shell.do(
            lambda workspace: holding.decide(workspace, digest=one.digest, accept=accept), decided, owner=self
        )
