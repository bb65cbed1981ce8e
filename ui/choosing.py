"""Choosing between versions: one card for each field that stands in several, and for each that was just chosen.

Promises that a choice never stops the person (a notice offers the way back), that every version stays one click away, and that a card
somebody is writing in is left alone by a refresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.services import conflicts
from ui import theme, versions
from ui.shell import Shell
from ui.versions import Disagreement, Earlier
from ui.widgets.keyed import KeyedRows
from ui.widgets.versions import ChosenCard, VersionsCard


@dataclass(frozen=True)
class _Shown:
    """A disagreement as it is shown: still to choose, or with what was said when it was chosen."""

    one: Disagreement
    said: str = ""


class Choosing(KeyedRows[_Shown]):
    """The cards, the oldest first."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(self._card, lines=False)
        self._shell = shell
        self._asked: dict[str, Disagreement] = {}
        self._chosen: dict[str, _Shown] = {}
        self._again: dict[str, Disagreement] = {}
        self._order: list[str] = []
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._column.setSpacing(theme.px(14))

    def show_all(self, disagreements: Iterable[Disagreement]) -> None:
        """Show what asks now; what was chosen a moment ago stays, with its way back."""
        self._asked = {one.key: one for one in disagreements}
        for key in self._asked:
            # It stands in several versions anew: somebody else wrote meanwhile.
            self._chosen.pop(key, None)
            self._again.pop(key, None)
        self._show()

    def forget_chosen(self) -> None:
        """Put away what was chosen: the person has left the page."""
        self._chosen.clear()
        self._again.clear()
        self._show()

    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.keys()

    def _show(self) -> None:
        asking = {key: _Shown(one) for key, one in {**self._asked, **self._again}.items()}
        found = {**asking, **self._chosen}
        self._order = [*(key for key in self._order if key in found), *(key for key in found if key not in self._order)]
        shown = {key: found[key] for key in self._order}
        for key, (value, card) in list(self._shown.items()):
            if (
                key in shown
                and not shown[key].said
                and not value.said
                and isinstance(card, VersionsCard)
                and card.is_written_in()
            ):
                shown[key] = value
        self.show_values(shown.items())
        self.setVisible(bool(shown))

    # --- cards --------------------------------------------------------------------------------------------------------

    def _card(self, shown: _Shown) -> QWidget:
        return self._chosen_card(shown) if shown.said else self._asking_card(shown.one)

    def _asking_card(self, one: Disagreement) -> VersionsCard:
        card = VersionsCard(len(one.versions), tr("{about} · {field}", about=one.about, field=one.label))
        card.show_sides([(v.title, v.caption, v.says, v.differs, v.keep) for v in one.versions])
        if one.together:
            card.suggest(one.together)
        elif one.wordable:
            card.offer_wording(str(one.versions[-1].value))

        def chosen(at: int) -> None:
            card.setEnabled(False)
            self._choose(one, one.versions[at].value, one.versions[at].kept)

        def worded(text: str, edited: bool) -> None:
            card.setEnabled(False)
            self._choose(one, text, tr("You kept your own wording.") if edited else tr("You kept both together."))

        card.chosen.connect(chosen)
        card.worded.connect(worded)
        return card

    def _chosen_card(self, shown: _Shown) -> ChosenCard:
        one = shown.one
        card = ChosenCard(shown.said, tr("{about} · {field}", about=one.about, field=one.label))
        card.undone.connect(lambda: self._undo(one))

        def show(found: list[Earlier]) -> None:
            card.show_earlier([(each.caption, each.says) for each in found])
            card.brought_back.connect(
                lambda at: self._choose(one, found[at].value, tr("You brought an earlier version back."))
            )

        card.earlier_wanted.connect(
            lambda: self._shell.ask(lambda w: versions.earlier(w, one.conflict), show, owner=card)
        )
        return card

    # --- deeds --------------------------------------------------------------------------------------------------------

    def _choose(self, one: Disagreement, value: Any, said: str) -> None:
        def chosen(_changed: object) -> None:
            self._asked.pop(one.key, None)
            self._again.pop(one.key, None)
            self._chosen[one.key] = _Shown(one, said)
            self._show()
            card = self.row(one.key)
            if isinstance(card, ChosenCard):
                card.undo.setFocus(Qt.FocusReason.OtherFocusReason)
            self._shell.notices.say(said, "good", tr("Undo"), lambda: self._undo(one))

        def failed(error: Exception) -> None:
            if one.key in self.keys():
                self.row(one.key).setEnabled(True)
            raise error

        self._shell.do(
            lambda workspace: conflicts.choose(workspace, one.conflict, value), chosen, owner=self, failed=failed
        )

    def _undo(self, one: Disagreement) -> None:
        if one.key not in self._chosen:
            return

        def undone(_changed: object) -> None:
            # They ask again; until what asks has been read anew, this card shows it.
            self._chosen.pop(one.key, None)
            self._again[one.key] = one
            self._show()

        self._shell.do(lambda workspace: conflicts.undo(workspace, one.conflict), undone, owner=self)
