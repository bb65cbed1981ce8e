"""This may be the same person: a quiet question on the page of somebody who may be written down twice. Reads for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentorapp.i18n import tr
from ui import words
from ui.shell import Shell
from ui.widgets import Avatar, Button, Card, QuietButton, Row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.duplicates import Likely
    from mentorapp.services.workspace import Workspace
    from ui.screens.mentee.verbs import Page


class AlikeCard(Card):
    """The question, for each who may be the same; it goes once it is answered."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(tone="suggest")
        self._shell = shell
        self._person = ""
        self.rows = KeyedRows(self._row)
        self.body.addWidget(self.rows)
        self.hide()

    def show_page(self, page: Page) -> None:
        """Look who may be the same as this person."""
        person = page.view.person.id
        if person != self._person:
            self._person = person
            self.hide()
        self._shell.ask(lambda workspace: _read(workspace, person), self._show, owner=self, latest="alike")

    def _show(self, found: list[Likely]) -> None:
        self.rows.show_values((likely.who.id, likely) for likely in found)
        self.setVisible(bool(found))

    def _row(self, likely: Likely) -> Row:
        who, me = likely.who, self._person
        compare, two = Button(tr("Compare")), QuietButton(tr("They are two people"))
        compare.setAccessibleName(tr("Compare with {name}", name=who.name))
        two.setAccessibleName(tr("{name} is somebody else", name=who.name))
        compare.clicked.connect(lambda: self._shell.go("same", one=me, other=who.id))
        two.clicked.connect(lambda: self._apart(who.id, who.name))
        said = tr("the same telephone number") if likely.phone else tr("a name much alike")
        subtitle = " · ".join(filter(None, (who.role, said)))
        title = tr("This may be the same person as {name}", name=who.name)
        row = Row(title, subtitle=subtitle, leading=Avatar(words.initials(who.name)), trailing=(two, compare))
        row.activated.connect(lambda: self._shell.go("same", one=me, other=who.id))
        return row

    def _apart(self, other: str, name: str) -> None:
        me = self._person

        def done(_changed: object) -> None:
            again = lambda: self._shell.do(lambda workspace: _apart(workspace, me, other, apart=False))  # noqa: E731
            said = tr("{name} is somebody else. This will not be asked again on this laptop.", name=name)
            self._shell.notices.say(said, action_label=tr("Undo"), action=again)

        self._shell.do(lambda workspace: _apart(workspace, me, other, apart=True), done, owner=self)


def _read(workspace: Workspace, person: str) -> list[Likely]:
    from mentorapp.services import duplicates

    return duplicates.alike_to(workspace, person)


def _apart(workspace: Workspace, one: str, other: str, *, apart: bool) -> object:
    from mentorapp.services import duplicates

    return duplicates.say_apart(workspace, one, other, apart=apart)
