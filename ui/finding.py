"""What the search box finds: people, and everything that was written, each opened at its place with the words marked. Knows no window.

`PLACES` says for every kind of record where it opens; a new kind is a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from mentorapp import i18n
from mentorapp.clock import day_of
from mentorapp.i18n import tr
from ui import asking, words
from ui.shell import Shell
from ui.spotlight import Spotlight
from ui.widgets.lists import ListRow
from ui.widgets.marked import near
from ui.widgets.search import SearchBox

if TYPE_CHECKING:
    from mentorapp.services.finding import Answer, Asked, Found
    from mentorapp.services.workspace import Workspace

SOME = 12
"""How many are shown under the box."""


class Place(NamedTuple):
    """Where something opens: a screen, what it is opened at, and the kind and field that the words stand in."""

    screen: str
    where: dict[str, Any]
    kind: str = ""


# --- reading: on the store lane ---------------------------------------------------------------------------------------


def asked_for(workspace: Workspace, typed: str) -> Asked:
    """What is looked for, the days as they are meant today."""
    return asking.asked(typed, today=day_of(workspace.clock.now()), language=i18n.language())


def found(workspace: Workspace, typed: str, *, limit: int = SOME) -> Answer:
    """What matches."""
    from mentorapp.services import finding

    return finding.find(workspace, asked_for(workspace, typed), limit=limit)


def _names(workspace: Workspace, begun: str) -> list[str]:
    from mentorapp.services import finding

    answer = finding.find(workspace, finding.Asked(words=begun, kinds=("person",)), limit=6)
    return [one.title for one in answer.found if one.title_marks]


def _recent(workspace: Workspace) -> tuple[str, ...]:
    from mentorapp.services import finding

    return finding.recent(workspace)


def _remember(workspace: Workspace, typed: str) -> None:
    from mentorapp.services import finding

    finding.remember(workspace, typed)


# --- where things open ------------------------------------------------------------------------------------------------


def _session(workspace: Workspace, id: str, person: str, kind: str = "session") -> Place:
    from mentorapp.records import Session

    session = workspace.store.get(Session, id)
    where = {"planned": id} if session.status == "planned" else {"session": id}
    return Place("record", {"mentorship": session.mentorship, "person": person, **where}, kind)


def _mentee(workspace: Workspace, id: str, person: str) -> Place:
    return Place("mentee", {"person": person}) if person else Place("mentees", {})


def _of_session(name: str, kind: str) -> Callable[[Workspace, str, str], Place]:
    """Something that belongs to a session opens there; where it belongs to none, with its mentee."""

    def place(workspace: Workspace, id: str, person: str) -> Place:
        from mentorapp.records import BY_KIND, Session

        owner = getattr(workspace.store.get(BY_KIND[kind], id), name)
        if owner and workspace.store.seek(Session, owner) is not None:
            return _session(workspace, owner, person, kind)
        return _mentee(workspace, id, person)

    return place


def _promise(workspace: Workspace, id: str, person: str) -> Place:
    return (
        Place("promises", {"person": person}) if person else _of_session("origin", "action_item")(workspace, id, person)
    )


def _reflection(workspace: Workspace, id: str, person: str) -> Place:
    from mentorapp.records import Reflection

    if workspace.store.get(Reflection, id).session:
        return _of_session("session", "reflection")(workspace, id, person)
    return Place("reflections", {"reflection": id})


def _measurement(workspace: Workspace, id: str, person: str) -> Place:
    from mentorapp.records import Measurement

    goal = workspace.store.get(Measurement, id).goal
    return Place("goal", {"goal": goal}) if goal else _mentee(workspace, id, person)


def _rating(workspace: Workspace, id: str, person: str) -> Place:
    from mentorapp.records import CompetencyRating

    whose = workspace.store.get(CompetencyRating, id).person or person
    return Place("ratings", {"person": whose}) if whose else _mentee(workspace, id, person)


def _consent(workspace: Workspace, id: str, person: str) -> Place:
    from mentorapp.records import Consent

    return _mentee(workspace, id, workspace.store.get(Consent, id).person or person)


PLACES: Mapping[str, Callable[[Workspace, str, str], Place]] = {
    "session": _session,
    "draft": lambda _workspace, id, _person: Place("record", {"draft": id}, "session"),
    "reflection": _reflection,
    "attachment": lambda _workspace, id, _person: Place("file", {"file": id}),
    "action_item": _promise,
    "consent": _consent,
    "site": lambda _workspace, id, _person: Place("sites", {"site": id}),
    "person": _mentee,
    "mentorship": lambda _workspace, id, _person: Place("mentorship", {"mentorship": id}),
    "goal": lambda _workspace, id, _person: Place("goal", {"goal": id}),
    "measurement": _measurement,
    "competency_rating": _rating,
    "agreement": lambda _workspace, id, _person: Place("agreement", {"agreement": id}),
}
"""Where each kind opens; one that is not here opens with its mentee."""


def place_of(workspace: Workspace, key: str) -> Place:
    """Where a result opens."""
    kind, id, person = key.split(":", 2)
    return PLACES.get(kind, _mentee)(workspace, id, person)


# --- rows -------------------------------------------------------------------------------------------------------------


def as_row(one: Found, *, wide: bool = False) -> ListRow:
    """A line under the search box, or on the page of everything found."""
    hit = one.hit
    excerpt, marks = (hit.excerpt, hit.marks) if wide else near(hit.excerpt, hit.marks)
    person = hit.kind in ("person", "mentorship")
    kind = asking.kind_words(hit.kind)
    # Where the name itself matched, the rest of the person's words would only look like more of it.
    if hit.kind in ("person", "site") and hit.excerpt.startswith(one.title):
        excerpt, marks = kind, ()
    if not one.title:
        return ListRow(key=_key(one), title=excerpt or kind, subtitle=kind, caption=_day(one), title_marks=marks)
    return ListRow(
        key=_key(one),
        title=one.title,
        caption=_day(one),
        subtitle=excerpt or kind,
        initials=words.initials(one.title) if person else "",
        pills=() if person else ((kind, "neutral"),),
        title_marks=one.title_marks,
        marks=marks,
    )


def _key(one: Found) -> str:
    return f"{one.hit.kind}:{one.hit.id}:{one.person}"


def _day(one: Found) -> str:
    return words.day(one.when) if one.when else ""


def _filling(typed: str, title: str, subtitle: str) -> ListRow:
    return ListRow(f"{SearchBox.FILL}{typed}", title, subtitle=subtitle)


class Finder(QObject):
    """Answers the search box: `answered` carries what was typed and the rows for it."""

    answered = Signal(str, object)

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._typed = ""
        self._fields: dict[str, str] = {}
        self._spotlight = Spotlight(lambda: shell.current(), self)

    def look(self, typed: str) -> None:
        """Look for what was typed; of nothing typed, offer what was looked for lately."""
        if self._shell.workspace is None:
            return
        self._typed = typed
        if not typed:
            self._shell.ask(_recent, self._offer_recent, owner=self, latest="search")
            return
        last = list(asking.parts(typed))[-1:]
        key, value, written = last[0] if last and not typed.endswith(" ") else ("", "", "")
        before = typed[: len(typed) - len(written)]

        def read(workspace: Workspace) -> tuple[Answer, list[str]]:
            names = _names(workspace, value) if key == "mentee" and value else []
            return found(workspace, typed), names

        def show(answer: tuple[Answer, list[str]]) -> None:
            self._show(typed, answer[0], self._completions(key, value, before, answer[1]))

        self._shell.ask(read, show, owner=self, latest="search")

    def _completions(self, key: str, value: str, before: str, names: list[str]) -> list[ListRow]:
        if key == "kind":
            kinds = asking.kinds_called(value) if value else (*asking.KINDS, "draft")
            said = {asking.kind_words(kind): kind for kind in kinds if asking.kind_words(kind) != value}
            rows = [_filling(asking.with_filter(before, key, words) + " ", words, tr("Only these")) for words in said]
            return rows if len(rows) > 1 or not value else []
        about = tr("Only about this person")
        return [
            _filling(asking.with_filter(before, "mentee", name) + " ", name, about) for name in names if name != value
        ]

    def _offer_recent(self, searches: tuple[str, ...]) -> None:
        self.answered.emit("", [_filling(typed, typed, tr("You looked for this lately")) for typed in searches])

    def _show(self, typed: str, answer: Answer, completions: list[ListRow]) -> None:
        self._fields |= {_key(one): one.hit.field for one in answer.found}
        rows = [*completions, *map(as_row, answer.found)]
        if answer.more:
            rows.append(ListRow("all:", tr("Show everything found"), subtitle=tr("On a page of its own, with filters")))
        self.answered.emit(typed, rows)

    def choose(self, key: str) -> None:
        """Open a result of what was looked for last."""
        if key == "all:":
            self.show_all(self._typed)
        else:
            self.open(key, self._typed, self._fields.get(key, ""))

    def show_all(self, typed: str) -> None:
        """Show everything found on a page of its own."""
        self._shell.go("search", typed=typed)

    def open(self, key: str, typed: str, field: str = "") -> None:
        """Open a result at its place, the words marked there."""

        def read(workspace: Workspace) -> tuple[Place, str]:
            _remember(workspace, typed)
            return place_of(workspace, key), asked_for(workspace, typed).words

        def go(answer: tuple[Place, str]) -> None:
            place, sought = answer
            self._shell.go(place.screen, **place.where)
            self._spotlight.seek(sought, kind=place.kind, field=field)

        self._shell.ask(read, go, owner=self)
