"""Two who may be one: side by side, line by line, and taken together under one of the two, or said to be two people.

Promises that nothing is decided without being seen, and that taking together can be taken back, now and later. Without anybody to
compare it lists who may be written down twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import N_, ntr, tr
from ui import words
from ui.shell import Shell
from ui.widgets import (
    Avatar,
    Button,
    Card,
    Column,
    EmptyState,
    FieldBox,
    Flow,
    Grid,
    PageTitle,
    PrimaryButton,
    Row,
    Scroll,
    hairline,
    text,
)
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Person
    from mentorapp.services.duplicates import Known, Likely
    from mentorapp.services.workspace import Workspace

FIELDS = ("name", "role", "employer", "career_stage", "phone", "email", "language")
"""What is compared of two people, besides how often they were met and where."""


@dataclass(frozen=True)
class Side:
    """One of the two: the person, how often they were met and when last, in how many mentorships, and where."""

    person: Person
    met: int
    last: date | None
    sites: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class _Two:
    one: Side
    other: Side
    today: date


class SameScreen(QWidget):
    """The comparison of two, or the list of those who may be one."""

    shows = frozenset(("person", "mentorship", "session"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._one = self._other = ""
        self._two: _Two | None = None
        self._title = PageTitle("")
        self._rows = KeyedRows(self._pair_row)
        self._list = Card()
        self._list.body.addWidget(self._rows)
        self._nobody = EmptyState("users", tr("Nobody seems to be written down twice"))
        self._picking = Card(tr("With whom?"))
        self._picker: Any = None
        self._pair = Card()
        self._grid_place = Column()
        self._grid: QWidget | None = None
        self._pair.body.addLayout(self._grid_place)
        page = self._page = Scroll(width=860)
        for part in (self._title, self._list, self._nobody, self._picking, self._pair):
            page.body.addWidget(part)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        for part in (self._list, self._nobody, self._picking, self._pair):
            part.hide()

    def open(self, *, one: str = "", other: str = "") -> None:
        """Compare these two; with one, ask with whom; without, list who may be written down twice."""
        self._one, self._other = one, other
        self._two = None
        for part in (self._list, self._nobody, self._picking, self._pair):
            part.hide()
        title = tr("Is this the same person?") if one else tr("Written down twice?")
        caption = "" if one else tr("These people have names or telephone numbers much alike. Compare, and decide.")
        self._title.set_title(title, caption)
        if one and not other:
            self._pick()
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._picker if self._picker is not None and self._picking.isVisible() else self._page

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        one, other = self._one, self._other
        if one and other:
            self._shell.ask(lambda workspace: _read(workspace, one, other), self._show, owner=self, latest="same")
        elif not one:
            self._shell.ask(_suspected, self._show_list, owner=self, latest="same")

    # --- who may be ---------------------------------------------------------------------------------------------------

    def _show_list(self, found: list[tuple[Known, Likely]]) -> None:
        if self._one:
            return
        self._rows.show_values((f"{one.id} {likely.who.id}", (one, likely)) for one, likely in found)
        self._list.setVisible(bool(found))
        self._nobody.setVisible(not found)

    def _pair_row(self, value: tuple[Known, Likely]) -> Row:
        one, likely = value
        compare = Button(tr("Compare"))
        title = tr("{one} and {other}", one=one.name, other=likely.who.name)
        compare.setAccessibleName(tr("Compare {pair}", pair=title))
        said = tr("the same telephone number") if likely.phone else tr("a name much alike")
        row = Row(title, subtitle=said, leading=Avatar(words.initials(one.name)), trailing=(compare,))
        for asked in (compare.clicked, row.activated):
            asked.connect(lambda *_: self._shell.go("same", one=one.id, other=likely.who.id))
        return row

    def _pick(self) -> None:
        if self._picker is None:
            from mentorapp.fields import Ref
            from ui.editors import PickerEditor

            self._picker = PickerEditor(Ref(label=N_("The same person as"), to="person"))
            self._picker.edited.connect(self._picked)
            self._picking.body.addWidget(
                FieldBox(
                    tr("The same person as"), self._picker, helper=tr("Type the name under which it stands here twice.")
                )
            )
        self._picker.set_value(None)
        one = self._one
        self._shell.ask(lambda workspace: _people(workspace, one), self._picker.set_options, owner=self)
        self._picking.show()

    def _picked(self) -> None:
        other = self._picker.value()
        if other:
            self._shell.go("same", one=self._one, other=other)

    # --- the two ------------------------------------------------------------------------------------------------------

    def _show(self, two: _Two | None) -> None:
        if two is None:
            self._shell.go("mentee", person=self._one)
            return
        if two == self._two:
            return
        self._two = two
        self._pair.hide()
        if self._grid is not None:
            self._grid_place.removeWidget(self._grid)
            self._grid.deleteLater()
        self._grid = self._comparison(two)
        self._grid_place.addWidget(self._grid)
        self._pair.show()

    def _comparison(self, two: _Two) -> QWidget:
        whole = QWidget()
        column = Column(whole, gap=14)
        holder = QWidget()
        grid = Grid(holder, gap=12, shares=(2, 3, 3))
        for at, (label, one, other) in enumerate(lines(two)):
            differ = bool(one and other and one != other)
            name = text(label, "caption", wrap=True)
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            for place, said in ((1, one), (2, other)):
                shown = text(said or "–", "strong" if differ or at == 0 else "body", wrap=True)
                shown.setAccessibleName(f"{label}: {said or tr('nothing')}")
                shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(shown, at, place, Qt.AlignmentFlag.AlignTop)
        column.addWidget(holder)
        column.addWidget(hairline())
        column.addWidget(
            text(
                tr(
                    "Taken together, everything written under either name stands on one page. You can take them apart at any time."
                ),
                "caption",
                wrap=True,
            )
        )
        column.addWidget(self._foot(two))
        return whole

    def _foot(self, two: _Two) -> QWidget:
        foot = Flow(gap=8)
        first, second = two.one.person, two.other.person
        # The one whom more is known of is the one most people want to keep.
        if (two.other.met, bool(second.phone)) > (two.one.met, bool(first.phone)):
            first, second = second, first
        keep = PrimaryButton(tr("One person: keep “{name}”", name=first.name), short=True)
        keep.clicked.connect(lambda: self._merge(first, second))
        also = Button(tr("One person: keep “{name}”", name=second.name))
        also.clicked.connect(lambda: self._merge(second, first))
        apart = Button(tr("They are two people"))
        apart.clicked.connect(lambda: self._apart(first, second))
        if first.name == second.name:
            keep.set_words(tr("One person"))
        for button in (keep, apart) if first.name == second.name else (keep, also, apart):
            foot.addWidget(button)
        return foot

    def _merge(self, kept: Person, gone: Person) -> None:
        def done(_changed: object) -> None:
            undo = lambda: self._shell.do(  # noqa: E731
                lambda workspace: _take_apart(workspace, gone.id),
                lambda _changed: self._shell.notices.say(tr("They are two people again, exactly as before.")),
            )
            said = tr("{gone} and {kept} are one person now.", gone=gone.name, kept=kept.name)
            self._shell.go("mentee", person=kept.id)
            self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

        self._shell.do(lambda workspace: _merge(workspace, kept.id, gone.id), done, owner=self)

    def _apart(self, one: Person, other: Person) -> None:
        def done(_changed: object) -> None:
            again = lambda: self._shell.do(lambda workspace: _say_apart(workspace, one.id, other.id, apart=False))  # noqa: E731
            said = tr("{name} is somebody else. This will not be asked again on this laptop.", name=other.name)
            self._shell.go("same")
            self._shell.notices.say(said, action_label=tr("Undo"), action=again)

        self._shell.do(lambda workspace: _say_apart(workspace, one.id, other.id, apart=True), done, owner=self)


def lines(two: _Two) -> list[tuple[str, str, str]]:
    """What is compared, each as its label and what either side says; lines on which neither says anything are left out."""
    from mentorapp.fields import Choice, fields_of
    from mentorapp.records import Person

    fields = fields_of(Person)

    def said(side: Side, name: str) -> str:
        value, field = getattr(side.person, name), fields[name]
        return tr(field.words(value)) if isinstance(field, Choice) and value else value or ""

    found = [(tr(fields[name].label), said(two.one, name), said(two.other, name)) for name in FIELDS]
    found.append((tr("Met"), _met(two.one, two.today), _met(two.other, two.today)))
    found.append((tr("Site"), words.listed(list(two.one.sites)), words.listed(list(two.other.sites))))
    found.append((tr("Also meets in"), words.listed(list(two.one.groups)), words.listed(list(two.other.groups))))
    return [line for line in found if line[1] or line[2]]


def _met(side: Side, today: date) -> str:
    if not side.met:
        return tr("not yet")
    often = ntr("once", "{n} times", side.met, n=words.number(side.met))
    return tr("{often}, last on {day}", often=often, day=words.day(side.last, near=today)) if side.last else often


def _side(workspace: Workspace, id: str) -> Side:
    from mentorapp.services import recall

    view = recall.mentee(workspace, id)
    return Side(
        person=view.person,
        met=view.met,
        last=day_of(view.last.started) if view.last and view.last.started else None,
        sites=(view.site.name,) if view.site else (),
        groups=tuple(group.name for group in view.groups),
    )


def _read(workspace: Workspace, one: str, other: str) -> _Two | None:
    first, second = _side(workspace, one), _side(workspace, other)
    if first.person.id == second.person.id:
        return None
    return _Two(first, second, day_of(workspace.clock.now()))


def _suspected(workspace: Workspace) -> list[tuple[Known, Likely]]:
    from mentorapp.services import duplicates

    return duplicates.suspected(workspace)


def _people(workspace: Workspace, but: str) -> list[tuple[str, str]]:
    from mentorapp.services import naming

    return [(each.id, each.words) for each in naming.named(workspace, "person") if each.id != but]


def _merge(workspace: Workspace, keep: str, other: str) -> object:
    from mentorapp.services import duplicates

    return duplicates.merge(workspace, keep=keep, other=other)


def _take_apart(workspace: Workspace, person: str) -> object:
    from mentorapp.services import duplicates

    return duplicates.take_apart(workspace, person)


def _say_apart(workspace: Workspace, one: str, other: str, *, apart: bool) -> object:
    from mentorapp.services import duplicates

    return duplicates.say_apart(workspace, one, other, apart=apart)
