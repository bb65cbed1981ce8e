"""Sites: where people are met, how far they are, what they are part of, and who is mentored there. One more needs only a name.

Promises to open and to be narrowed as fast with thousands of sites as with ten, and that closing one can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import ntr, tr
from ui import theme, words
from ui.mentoring import views
from ui.models.mentees import plain
from ui.models.rows import ListRow, RowsModel
from ui.shell import Shell
from ui.widgets import (
    Avatar,
    Button,
    Card,
    Column,
    Columns,
    EmptyState,
    Line,
    LineInput,
    LongList,
    PageTitle,
    PrimaryButton,
    QuietButton,
    Row,
    Scroll,
    text,
)
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Site
    from mentorapp.services.sites import SiteRow, SiteView
    from mentorapp.services.workspace import Workspace


class SitesScreen(QWidget):
    """The list, and the form for one of them with its people."""

    shows = frozenset(("site", "mentorship", "person"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._rows: list[tuple[str, ListRow]] = []
        self._sites: dict[str, Site] = {}
        self._title = PageTitle(tr("Mentees"))
        self.views = views(shell, "sites")
        new = PrimaryButton(tr("New site"))
        new.clicked.connect(lambda: self.open(new=True))
        self._title.add(new)
        self.form = SiteCard(shell)
        self.form.closed.connect(self._close_form)
        self.filter = LineInput(hint=tr("Filter by name"))
        self.filter.setAccessibleName(tr("Filter by name"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _typed: self._narrow())
        self._model = RowsModel(parent=self)
        self.list = LongList(self._model, name=tr("Sites"))
        self.list.opened.connect(lambda site: self.open(site=site))
        self.list.menu_wanted.connect(self._menu)
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        Column(self._card, edges=(6, 6, 6, 6)).addWidget(self.list)
        self._none = EmptyState(
            "map-pin",
            tr("No site yet"),
            tr("A site is a place where you meet: a library, a health post, a school."),
            action=tr("Add a site"),
            run=lambda: self.open(new=True),
        )
        self._lay_out()

    def _lay_out(self) -> None:
        page = Scroll(gap=14)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = page.body
        tools = Columns(self.views, self.filter, shares=(0, 1), gap=12, narrow=700)
        for part in (self._title, tools, self.form, self._none):
            column.addWidget(part)
        column.addWidget(self._card, 1)
        Column(self).addWidget(page)
        for hidden in (self.form, self._none, self._card):
            hidden.hide()
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._card.setMinimumHeight(theme.px(190))

    def open(self, *, new: bool = False, site: str = "") -> None:
        """Show every site; with `new` begin another, with `site` open that one."""
        self.views.set_value("sites")
        if new:
            self.form.begin_new()
        elif site:
            self._shell.ask(lambda workspace: _view(workspace, site), self.form.begin, owner=self, latest="site")
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.form.first_focus() if self.form.isVisible() else self.filter

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        self._shell.ask(_listed, self._show, owner=self, latest="sites")

    def _show(self, rows: list[SiteRow]) -> None:
        self._sites = {row.site.id: row.site for row in rows}
        self._rows = [(plain(f"{row.site.name} {row.part_of} {row.site.code}"), as_row(row)) for row in rows]
        n = len(rows)
        caption = ntr("{n} site", "{n} sites", n, n=words.number(n)) if n else ""
        self._title.set_title(tr("Mentees"), caption)
        self._narrow()

    def _narrow(self) -> None:
        asked = plain(self.filter.text()).split()
        self._model.set_rows([row for heard, row in self._rows if all(part in heard for part in asked)])
        self._none.setVisible(not self._rows and not self.form.isVisible())
        self._card.setVisible(bool(self._rows))

    def _menu(self, id: str, where: QPoint) -> None:
        site = self._sites.get(id)
        if site is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open")).triggered.connect(lambda: self.open(site=id))
        closing = menu.addAction(tr("Open again") if site.status == "closed" else tr("Close this site"))
        closing.triggered.connect(lambda: self.form.close_site(site))
        menu.popup(where)

    def _close_form(self) -> None:
        self.form.hide()
        self._narrow()
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the filter into the list, Enter opens the first."""
        if self.filter.hasFocus() and self._model.rowCount() and event.key() == Qt.Key.Key_Down:
            self.list.setCurrentIndex(self._model.index(0))
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.filter.hasFocus() and self._model.rowCount() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            row = self._model.index(0).data(int(Qt.ItemDataRole.UserRole) + 1)
            self.open(site=row.key)
        else:
            super().keyPressEvent(event)


def way(site: Site) -> str:
    """How far a site is, in kilometres and in time."""
    km = tr("{n} km", n=words.number(site.distance_km)) if site.distance_km else ""
    minutes = words.minutes(site.travel_minutes) if site.travel_minutes else ""
    return " · ".join(filter(None, (km, minutes)))


def as_row(row: SiteRow) -> ListRow:
    """A site in two lines."""
    pills = [(ntr("{n} person", "{n} people", row.people, n=words.number(row.people)), "now")] if row.people else []
    if row.site.status == "closed":
        pills.append((tr("closed"), "neutral"))
    part = tr("part of {site}", site=row.part_of) if row.part_of else ""
    return ListRow(
        key=row.site.id,
        title=row.site.name,
        caption=row.site.code,
        subtitle=" · ".join(filter(None, (part, way(row.site)))),
        pills=tuple(pills),
    )


class SiteCard(Card):
    """One site: its declared fields to write, who is mentored there, and closing it."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("New site"))
        self._shell = shell
        self._before: Site | None = None
        self.form: Any = None
        self.people = KeyedRows(self._person_row)
        self._there = text(tr("Mentored there"), "caption")

    def _make(self) -> None:
        from mentorapp.records import Site
        from ui.editors.form import RecordForm

        names = ("name", "parent"), ("distance_km", "travel_minutes"), ("code", "facility_code", "dhis2_uid")
        self.form = RecordForm(Site, names, self._shell)
        self._closing = QuietButton("")
        self._closing.clicked.connect(self._close_this)
        save, cancel = PrimaryButton(tr("Save"), short=True), Button(tr("Cancel"))
        save.clicked.connect(self.save)
        cancel.clicked.connect(self.closed)
        foot = Line(gap=8)
        foot.addWidget(self._closing)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(save)
        self.body.setSpacing(12)
        for part in (self.form, self._there, self.people):
            self.body.addWidget(part)
        self.body.addLayout(foot)

    def begin_new(self) -> None:
        """One more site."""
        from mentorapp.records import Site

        self._open(None, Site(id=""), ())
        self.set_title(tr("New site"))

    def begin(self, view: SiteView) -> None:
        """This site, with its people."""
        self._open(view.site, view.site, view.people)
        self.set_title(view.site.name)

    def _open(self, before: Site | None, site: Site, people: tuple[tuple[str, str, str], ...]) -> None:
        if self.form is None:
            self._make()
        self._before = before
        self.form.feed()
        self.form.set_record(site)
        for box in self.form.boxes.values():
            box.say("")
        self._closing.setVisible(before is not None)
        self._closing.set_words(tr("Open again") if site.status == "closed" else tr("Close this site"))
        self.people.show_values((id, (id, name)) for id, _, name in people)
        for part in (self._there, self.people):
            part.setVisible(bool(people))
        self.show()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.form.boxes["name"].editor if self.form is not None else self

    def _person_row(self, value: tuple[str, str]) -> Row:
        id, name = value
        row = Row(name, leading=Avatar(words.initials(name)))
        row.activated.connect(lambda: self._shell.go("mentee", person=id))
        return row

    def save(self) -> None:
        """Keep it, or say beside its field what stands in the way."""
        if self.form.unreadable():
            return
        before, after = self._before, self.form.record()

        def done(_changed: object) -> None:
            self._shell.notices.say(tr("{name} is kept.", name=after.name))
            self.closed.emit()

        self._shell.do(lambda workspace: _keep(workspace, before, after), done, owner=self, failed=self._refuse)

    def _refuse(self, problem: Exception) -> None:
        field = problem.values.get("field", "name") if isinstance(problem, UserError) else "name"
        box = self.form.boxes[str(field) if field in self.form.boxes else "name"]
        box.say(str(problem))
        box.editor.setFocus()

    def _close_this(self) -> None:
        if self._before is not None:
            self.close_site(self._before)

    def close_site(self, site: Site) -> None:
        """It is used no longer, or again."""
        closing = site.status != "closed"

        def done(_changed: object) -> None:
            back = lambda: self._shell.do(lambda workspace: _close(workspace, site.id, closed=not closing))  # noqa: E731
            said = (
                tr("{name} is closed. All that happened there stays.", name=site.name)
                if closing
                else tr("{name} is in use again.", name=site.name)
            )
            self._shell.notices.say(said, action_label=tr("Undo"), action=back)
            self.closed.emit()

        self._shell.do(lambda workspace: _close(workspace, site.id, closed=closing), done, owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes without keeping."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _listed(workspace: Workspace) -> list[SiteRow]:
    from mentorapp.services import sites

    return sites.listed(workspace)


def _view(workspace: Workspace, site: str) -> SiteView:
    from mentorapp.services import sites

    return sites.view(workspace, site)


def _keep(workspace: Workspace, before: Site | None, after: Site) -> object:
    from mentorapp.services import sites

    return sites.add(workspace, after)[0] if before is None else sites.edit(workspace, before, after)


def _close(workspace: Workspace, site: str, *, closed: bool) -> object:
    from mentorapp.records import Site
    from mentorapp.services import sites

    return sites.close(workspace, workspace.store.get(Site, site), closed=closed)
