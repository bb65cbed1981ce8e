"""Somebody new: asks a name, and looks meanwhile whether this person is here already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QWidget

from mentorapp.i18n import tr
from ui import theme, words
from ui.shell import Shell
from ui.widgets import Avatar, Button, Card, FieldBox, Line, LineInput, PrimaryButton, QuietButton, Row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.duplicates import Likely
    from mentorapp.services.workspace import Workspace

LOOKED_AFTER = 250
"""How long a pause in typing a new name is before it is looked for, in milliseconds."""


class NewMentee(Card):
    """Asks a name; role, site and phone only of whoever wants to say more. `added` carries what was said."""

    added = Signal(dict)
    given_up = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("New mentee"))
        self._shell = shell
        self.name = LineInput(hint=tr("As this person likes to be called"))
        self._role, self._site, self._phone = LineInput(), LineInput(), LineInput()
        self._name_box = FieldBox(tr("Name"), self.name)
        self._more = QuietButton(tr("More: role, site, phone"))
        self._more.clicked.connect(self._show_more)
        self._add = PrimaryButton(tr("Add"), short=True)
        self._add.clicked.connect(self._finish)
        cancel = Button(tr("Cancel"))
        cancel.clicked.connect(self.given_up)
        self._rest = QWidget()
        rest = Line(self._rest, gap=12)
        for label, editor in ((tr("Role"), self._role), (tr("Site"), self._site), (tr("Phone"), self._phone)):
            rest.addWidget(FieldBox(label, editor), 1)
        foot = Line(gap=8)
        foot.addWidget(self._more)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self._add)
        for editor in (self.name, self._role, self._site, self._phone):
            editor.returnPressed.connect(self._finish)
        self._alike = KeyedRows(self._alike_row)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LOOKED_AFTER)
        self._pause.timeout.connect(self._look)
        for editor in (self.name, self._phone):
            editor.textChanged.connect(lambda _typed: self._pause.start())
        self._sites = QStringListModel(self)
        finder = QCompleter(self._sites, self._site)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._site.setCompleter(finder)
        self.body.setSpacing(theme.px(12))
        self.body.addWidget(self._name_box)
        self.body.addWidget(self._alike)
        self.body.addWidget(self._rest)
        self.body.addLayout(foot)
        self._rest.hide()

    def begin(self) -> None:
        """Take the keyboard; what was typed before is still there."""
        self._shell.ask(_site_names, self._sites.setStringList, owner=self, latest="site names")
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Forget what was typed: it is kept elsewhere now."""
        for editor in (self.name, self._role, self._site, self._phone):
            editor.clear()
        self._name_box.set_problem("")

    def _look(self) -> None:
        name, phone = self.name.text(), self._phone.text()
        self._shell.ask(lambda w: _alike(w, name, phone), self._show_alike, owner=self, latest="alike to a new name")

    def _show_alike(self, found: list[Likely]) -> None:
        self._alike.show_values((likely.who.id, likely) for likely in found)
        self._alike.setVisible(bool(found))

    def _alike_row(self, likely: Likely) -> Row:
        who = likely.who
        look = Button(tr("Open"))
        look.setAccessibleName(tr("Open {name}, who may be the same person", name=who.name))
        said = tr("the same telephone number") if likely.phone else tr("a name much alike")
        subtitle = " · ".join(filter(None, (tr("This may be the same person"), who.role, said)))
        row = Row(who.name, subtitle=subtitle, leading=Avatar(words.initials(who.name)), trailing=(look,))
        for asked in (look.clicked, row.activated):
            asked.connect(lambda *_: self._shell.go("mentee", person=who.id))
        return row

    def refuse(self, problem: Exception) -> None:
        """Say beside the name what stands in the way."""
        self._name_box.set_problem(str(problem))
        self.begin()

    def _show_more(self) -> None:
        self._rest.show()
        self._more.hide()
        self._role.setFocus(Qt.FocusReason.TabFocusReason)

    def _finish(self) -> None:
        said = {"name": self.name, "role": self._role, "site": self._site, "phone": self._phone}
        self.added.emit({name: editor.text() for name, editor in said.items()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts the form away."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


def _alike(workspace: Workspace, name: str, phone: str) -> list[Likely]:
    from mentorapp.services import duplicates

    return duplicates.alike(workspace, name=name, phone=phone)


def _site_names(workspace: Workspace) -> list[str]:
    from mentorapp.services import sites

    return [row.site.name for row in sites.listed(workspace) if row.site.status != "closed"]
