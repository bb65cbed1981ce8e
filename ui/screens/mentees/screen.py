"""Everyone a mentor accompanies: last contact, next date, open promises, quiet for how long. Adding somebody asks only a name.

Promises that a list of ten thousand opens and filters as one of ten does.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.mentoring import views
from ui.models.mentees import MenteesModel
from ui.screens.mentees.new import NewMentee
from ui.shell import Shell
from ui.widgets import (
    Button,
    Column,
    Columns,
    EmptyState,
    LineInput,
    LongList,
    PageTitle,
    PrimaryButton,
    QuietButton,
    Scroll,
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
        self._view = "now"
        self._model = MenteesModel(self)
        self._title = PageTitle(tr("Mentees"))
        self._new = PrimaryButton(tr("New mentee"))
        self._new.clicked.connect(lambda: self.open(new=True))
        bring_in = Button(tr("Import"), "upload")
        bring_in.clicked.connect(lambda: shell.go("import"))
        self._group = PrimaryButton(tr("New group"))
        self._group.hide()
        self._group.clicked.connect(lambda: shell.go("mentorship", new=True))
        self._views = views(shell, "now")
        self._title.add(bring_in, self._group, self._new)
        self._form = NewMentee(shell)
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
        self._list.opened.connect(self._open)
        self._list.menu_wanted.connect(self._menu)
        self._lay_out()

    def _lay_out(self) -> None:
        self._tools = Columns(self._views, self._filter, self._order, shares=(0, 1, 0), gap=12, narrow=900)
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
        self._no_group = EmptyState(
            "users",
            tr("No group yet"),
            tr("A group meets with you at once; each meeting is written down once for all."),
            action=tr("Begin a group"),
            run=lambda: self._shell.go("mentorship", new=True),
        )
        self._no_earlier = EmptyState(
            "history",
            tr("Nobody from earlier"),
            tr("Whoever you mentor no longer, or not now, is found here with all that was written down."),
        )
        self._twice = QuietButton(tr("Somebody may be written down twice: compare"), "users")
        self._twice.clicked.connect(lambda: self._shell.go("same"))
        self._no_match = EmptyState(
            "search", tr("Nobody matches what you typed"), action=tr("Add as a new mentee"), run=self._add_typed
        )
        # The list scrolls within the page; where the page is too low for all, as with large text, it scrolls as a whole.
        page = Scroll(gap=14)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = page.body
        empty = (self._nobody, self._no_group, self._no_earlier, self._no_match)
        for part in (self._title, self._form, self._tools):
            column.addWidget(part)
        column.addWidget(self._twice, 0, Qt.AlignmentFlag.AlignLeading)
        for nothing in empty:
            column.addWidget(nothing)
        column.addWidget(self._card, 1)
        self._rest = QWidget()
        column.addWidget(self._rest, 1)
        Column(self).addWidget(page)
        for hidden in (self._form, self._tools, self._twice, self._card, *empty):
            hidden.hide()
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._card.setMinimumHeight(theme.px(190))

    def open(self, *, new: bool = False, view: str = "now") -> None:
        """Show everyone, the groups, or whom one mentored earlier; with `new`, begin to add somebody."""
        self._views.set_value(view)
        self._new.setVisible(view != "groups")
        self._group.setVisible(view == "groups")
        if view != self._view:
            self._view = view
            self._filter.clear()
            self._narrow("")
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
        view = self._view
        self._shell.ask(lambda workspace: _read(workspace, view), self._show, owner=self, latest="mentees")
        self._shell.ask(_twice, self._show_twice, owner=self, latest="twice")

    def _show(self, everyone: _Everyone) -> None:
        first = self._count == 0
        self._count = len(everyone.rows)
        quiet = sum(1 for row in everyone.rows if row.quiet)
        n = words.number(self._count)
        people = ntr("{n} person", "{n} people", self._count, n=n)
        groups = ntr("{n} group", "{n} groups", self._count, n=n)
        caption = (groups if self._view == "groups" else people) if self._count else ""
        if quiet:
            caption += " · " + ntr("{n} quiet for a while", "{n} quiet for a while", quiet, n=words.number(quiet))
        self._title.set_title(tr("Mentees"), caption)
        self._model.set_everyone(everyone.rows, today=everyone.today)
        self._stand()
        if first and self._count and self._new.hasFocus():
            self._filter.setFocus()

    def _stand(self) -> None:
        matching = self._model.rowCount()
        empty = self._count == 0 and not self._form.isVisible()
        self._tools.setVisible(True)
        self._filter.setVisible(self._count > 0)
        self._order.setVisible(self._count > 0)
        self._nobody.setVisible(empty and self._view == "now")
        self._no_group.setVisible(empty and self._view == "groups")
        self._no_earlier.setVisible(empty and self._view == "earlier")
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
            self._open(self._model.key(0))
        elif self._filter.hasFocus() and event.key() == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
            self._narrow("")
        else:
            super().keyPressEvent(event)

    def _open(self, key: str) -> None:
        row = self._model.row_of(key)
        if row is not None and not row.person:
            self._shell.go("mentorship", mentorship=row.mentorship)
        else:
            self._shell.go("mentee", person=key)

    def _menu(self, key: str, where: QPoint) -> None:
        row = self._model.row_of(key)
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mentorship, person = row.mentorship, row.person
        menu.addAction(tr("Open")).triggered.connect(lambda: self._open(key))
        record = menu.addAction(tr("Record a session"))
        record.triggered.connect(lambda: self._shell.go("record", mentorship=mentorship, person=person))
        menu.addAction(tr("Plan a session")).triggered.connect(lambda: self._shell.go("sessions", plan_for=mentorship))
        if person:
            begin = menu.addAction(tr("New mentorship or group"))
            begin.triggered.connect(lambda: self._shell.go("mentorship", new=True, type="peer", person=person))
            same = menu.addAction(tr("Is the same person as…"))
            same.triggered.connect(lambda: self._shell.go("same", one=person))
        menu.popup(where)

    def _show_twice(self, found: int) -> None:
        n = words.number(found)
        self._twice.set_words(
            ntr("Somebody may be written down twice: compare", "{n} may be written down twice: compare", found, n=n)
        )
        self._twice.setVisible(found > 0 and self._view == "now")

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


def _read(workspace: Workspace, view: str) -> _Everyone:
    from mentorapp.clock import day_of
    from mentorapp.services import recall

    return _Everyone(day_of(workspace.clock.now()), recall.mentees(workspace, view))


def _twice(workspace: Workspace) -> int:
    from mentorapp.services import duplicates

    return len(duplicates.suspected(workspace))


def _add(workspace: Workspace, said: dict[str, str]) -> _Added:
    from mentorapp.services import people

    changed, person, mentorship = people.add_mentee(
        workspace, name=said["name"], role=said["role"], site=said["site"], phone=said["phone"]
    )
    return _Added(*changed, person, mentorship)
