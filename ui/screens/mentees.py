"""Everyone a mentor accompanies: last contact, next date, open promises, quiet for how long. Adding somebody asks only a name.

Promises that a list of ten thousand opens and filters as one of ten does.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.models.mentees import MenteesModel
from ui.shell import Shell
from ui.widgets import (
    Button,
    Card,
    Column,
    EmptyState,
    FieldBox,
    Line,
    LineInput,
    LongList,
    PageTitle,
    PrimaryButton,
    QuietButton,
    Segment,
)

if TYPE_CHECKING:
    from mentorapp.records import Mentorship, Person
    from mentorapp.services.recall import MenteeRow
    from mentorapp.services.workspace import Workspace


class _Everyone(NamedTuple):
    today: date
    rows: list[MenteeRow]


class _Added(NamedTuple):
    kinds: frozenset[str]
    records: tuple[str, ...]
    person: Person
    mentorship: Mentorship


class MenteesScreen(QWidget):
    """The list, and the form for one more."""

    shows = frozenset(("person", "mentorship", "site", "session", "action_item"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._count = 0
        self._model = MenteesModel(self)
        self._title = PageTitle(tr("Mentees"))
        self._new = PrimaryButton(tr("New mentee"))
        self._new.clicked.connect(lambda: self.open(new=True))
        bring_in = Button(tr("Import"), "upload")
        bring_in.clicked.connect(lambda: shell.go("import"))
        self._title.add(bring_in, self._new)
        self._form = NewMentee()
        self._form.added.connect(self._add)
        self._form.given_up.connect(self._close_form)
        self._filter = LineInput(hint=tr("Filter by name, role or site"))
        self._filter.setAccessibleName(tr("Filter by name, role or site"))
        self._filter.setToolTip(tr("Filter by name, role or site"))  # the hint is cut where text is large
        self._filter.setClearButtonEnabled(True)
        self._filter.textEdited.connect(self._narrow)
        orders = (("name", tr("By name")), ("waiting", tr("Waiting longest")), ("next", tr("Next date")))
        self._order = Segment(orders, name=tr("Order of the list"))
        self._order.picked.connect(self._model.sort_by)
        self._list = LongList(self._model, name=tr("Mentees"))
        self._list.opened.connect(lambda person: shell.go("mentee", person=person))
        self._list.menu_wanted.connect(self._menu)
        self._lay_out()

    def _lay_out(self) -> None:
        self._tools = QWidget()
        line = Line(self._tools, gap=12)
        line.addWidget(self._filter, 1)
        line.addWidget(self._order, 0, Qt.AlignmentFlag.AlignVCenter)
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        Column(self._card, edges=(6, 6, 6, 6)).addWidget(self._list)
        self._nobody = EmptyState(
            "users",
            tr("Nobody here yet"),
            tr("Add the people you mentor. A name is enough; everything else can wait."),
            action=tr("Add a mentee"),
            run=lambda: self.open(new=True),
        )
        self._no_match = EmptyState(
            "search", tr("Nobody matches what you typed"), action=tr("Add as a new mentee"), run=self._add_typed
        )
        content = QWidget()
        content.setMaximumWidth(theme.px(1090))
        self._content = content
        column = Column(content, gap=14)
        for part in (self._title, self._form, self._tools, self._nobody, self._no_match):
            column.addWidget(part)
        column.addWidget(self._card, 1)
        self._rest = QWidget()
        column.addWidget(self._rest, 1)
        sides = Line(self, edges=(32, 22, 32, 22), gap=0)
        sides.addWidget(content, 1)
        for hidden in (self._form, self._tools, self._card, self._nobody, self._no_match):
            hidden.hide()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._content.setMaximumWidth(theme.px(1090))

    def open(self, *, new: bool = False) -> None:
        """Show everyone; with `new`, begin to add somebody."""
        self.refresh()
        if new:
            self._form.show()
            self._form.begin()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        if self._form.isVisible():
            return self._form.name
        return self._filter if self._count else self._new

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        self._shell.ask(_read, self._show, owner=self, latest="mentees")

    def _show(self, everyone: _Everyone) -> None:
        first = self._count == 0
        self._count = len(everyone.rows)
        quiet = sum(1 for row in everyone.rows if row.quiet)
        n = words.number(self._count)
        caption = ntr("{n} person", "{n} people", self._count, n=n) if self._count else ""
        if quiet:
            caption += " · " + ntr("{n} quiet for a while", "{n} quiet for a while", quiet, n=words.number(quiet))
        self._title.set_title(tr("Mentees"), caption)
        self._model.set_everyone(everyone.rows, today=everyone.today)
        self._stand()
        if first and self._count and self._new.hasFocus():
            self._filter.setFocus()

    def _stand(self) -> None:
        matching = self._model.rowCount()
        self._tools.setVisible(self._count > 0)
        self._nobody.setVisible(self._count == 0 and not self._form.isVisible())
        self._no_match.setVisible(self._count > 0 and matching == 0)
        self._card.setVisible(matching > 0)
        self._rest.setVisible(matching == 0)

    def _narrow(self, typed: str) -> None:
        self._model.narrow(typed)
        self._stand()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the filter into the list, Enter opens the first, Escape clears the filter."""
        in_filter = self._filter.hasFocus() and self._model.rowCount()
        if in_filter and event.key() == Qt.Key.Key_Down:
            self._list.setCurrentIndex(self._model.index(0))
            self._list.setFocus(Qt.FocusReason.TabFocusReason)
        elif in_filter and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._shell.go("mentee", person=self._model.person(0))
        elif self._filter.hasFocus() and event.key() == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
            self._narrow("")
        else:
            super().keyPressEvent(event)

    def _menu(self, person: str, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mentorship = self._model.mentorship_of(person)
        menu.addAction(tr("Open")).triggered.connect(lambda: self._shell.go("mentee", person=person))
        record = menu.addAction(tr("Record a session"))
        record.triggered.connect(lambda: self._shell.go("record", mentorship=mentorship, person=person))
        menu.addAction(tr("Plan a session")).triggered.connect(lambda: self._shell.go("sessions", plan_for=mentorship))
        menu.popup(where)

    # --- adding somebody ----------------------------------------------------------------------------------------------

    def _add_typed(self) -> None:
        typed = self._filter.text().strip()
        self._filter.clear()
        self._narrow("")
        self.open(new=True)
        self._form.name.setText(typed)

    def _add(self, said: dict[str, str]) -> None:
        self._shell.do(lambda workspace: _add(workspace, said), self._added, owner=self, failed=self._form.refuse)

    def _added(self, added: _Added) -> None:
        self._form.clear()
        self._form.hide()
        self._shell.notices.say(tr("{name} is on your list.", name=added.person.name))
        self._shell.go("mentee", person=added.person.id)

    def _close_form(self) -> None:
        self._form.hide()
        self._stand()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)


class NewMentee(Card):
    """Asks a name; role, site and phone only of whoever wants to say more. `added` carries what was said."""

    added = Signal(dict)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__(tr("New mentee"))
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
        self.body.setSpacing(theme.px(12))
        self.body.addWidget(self._name_box)
        self.body.addWidget(self._rest)
        self.body.addLayout(foot)
        self._rest.hide()

    def begin(self) -> None:
        """Take the keyboard; what was typed before is still there."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Forget what was typed: it is kept elsewhere now."""
        for editor in (self.name, self._role, self._site, self._phone):
            editor.clear()
        self._name_box.set_problem("")

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


def _read(workspace: Workspace) -> _Everyone:
    from mentorapp.clock import day_of
    from mentorapp.services import recall

    return _Everyone(day_of(workspace.clock.now()), recall.mentees(workspace))


def _add(workspace: Workspace, said: dict[str, str]) -> _Added:
    from mentorapp.services import people

    changed, person, mentorship = people.add_mentee(
        workspace, name=said["name"], role=said["role"], site=said["site"], phone=said["phone"]
    )
    return _Added(*changed, person, mentorship)
