"""Every screen there is, with something on it, in any language, size and theme: what tests of all screens walk through.

A screen that is new in `ui.routes.SCREENS` is walked through without being named here: what its `open` asks for is filled by name.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mentorapp import i18n, settings
from mentorapp.clock import SetClock
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Goal, Mentorship, Session
from mentorapp.services import people, recall, sample
from mentorapp.services.workspace import Workspace
from tests.journeys.conftest import Journey
from ui import routes

NOW = datetime(2026, 11, 23, 6, 34, tzinfo=UTC)
LONG = "Marie-Antoinette Ndayishimiye K."
ENOUGH = 1366, 768

Place = tuple[str, Callable[[Journey], None]]
"""What a state of a screen is called, and how to come there."""


def _ids(workspace: Workspace) -> dict[str, Any]:
    person = recall.mentees(workspace)[0].person
    _, somebody, long = people.add_mentee(
        workspace, name=LONG, role="Community health supervisor", site="Gulu district library"
    )
    pairs = [one for one in workspace.store.find(Mentorship) if person in one.mentees]
    sessions = workspace.store.find(Session, "status = ?", ("held",))
    return {
        "person": person,
        "mentorship": pairs[0].id if pairs else long.id,
        "session": sessions[0].id,
        "new_pair": long.id,
        "new_person": somebody.id,
        "goal": workspace.store.find(Goal)[0].id,
        "group": workspace.store.find(Mentorship, "type = 'group'")[0].id,
    }


@contextmanager
def opened(qt: QApplication, home: Path, language: str) -> Iterator[Journey]:
    """The program on sample people who speak this language too."""
    settings.keep(settings.Settings(language=language, theme="light", practice=True))
    journey = Journey(qt)
    journey.window.resize(*ENOUGH)
    journey.window.show()
    journey.window.activateWindow()
    journey.open(lambda: sample.enter(clock=SetClock(NOW)))
    try:
        yield journey
    finally:
        journey.close()
        journey.window.deleteLater()
        journey.app.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        i18n.use("en")


def places(journey: Journey) -> list[Place]:
    """Every screen, and the states of a screen that look otherwise."""
    found = journey.ask(_ids)
    states: list[Place] = []
    for key in routes.SCREENS:
        states += _states(key, found)
    # Last, for it stays until it is put away.
    return [*states, ("a problem", _problem)]


def _problem(journey: Journey) -> None:
    journey.go("today")
    journey.app.notices.problem(
        UserError(
            N_(
                "The disk did not do what was asked of it, so this could not be saved or read. What was saved before is safe. Try again; if it happens again, make a backup on a stick and ask your office for help."
            )
        )
    )
    journey.settle()


def _states(key: str, found: dict[str, Any]) -> list[Place]:
    if key == "first_run":
        return [
            ("first_run", _to(key)),
            *((f"first_run/{step}", _step(step)) for step in ("_office", "_name", "_passphrase")),
        ]
    if key == "record":
        return [
            ("record/whom", _to(key)),
            ("record/new", _to(key, mentorship=found["mentorship"])),
            ("record/again", _to(key, session=found["session"])),
        ]
    if key == "sessions":
        return [
            ("sessions", _to(key)),
            ("sessions/plan", _to(key, plan_for="")),
            *((f"sessions/{view}", _view(view)) for view in ("Week", "List")),
        ]
    if key == "file":
        return []  # The sample people have no file; a notice that there is none would lie over the next screen.
    if key == "mentorship":
        return [("mentorship/group", _to(key, mentorship=found["group"])), ("mentorship/new", _to(key, new=True))]
    if key == "same":
        return [("same", _to(key)), ("same/two", _to(key, one=found["person"], other=found["new_person"]))]
    if key == "sites":
        return [("sites", _to(key)), ("sites/new", _to(key, new=True))]
    if key == "mentees":
        return [("mentees", _to(key)), ("mentees/groups", _to(key, view="groups")), ("mentees/new", _to(key, new=True))]
    if key == "mentee":
        return [("mentee", _to(key, person=found["person"]))]
    return [(key, _asked(key, found))]


def _to(key: str, **where: Any) -> Callable[[Journey], None]:
    return lambda journey: journey.go(key, **where) and None


def _asked(key: str, found: dict[str, Any]) -> Callable[[Journey], None]:
    def come(journey: Journey) -> None:
        screen = journey.go(key)
        journey.window.toast.hide()  # some screens say that they were not told what to show
        asked = inspect.signature(screen.open).parameters if hasattr(screen, "open") else {}
        if wanted := {name: found[name] for name in asked if name in found}:
            journey.go(key, **wanted)

    return come


def _step(step: str) -> Callable[[Journey], None]:
    def come(journey: Journey) -> None:
        screen: Any = journey.go("first_run")
        screen._go(getattr(screen, step))
        journey.settle()

    return come


def _view(words: str) -> Callable[[Journey], None]:
    def come(journey: Journey) -> None:
        journey.go("sessions")
        journey.click(tr(words))

    return come


def seen(window: QWidget) -> list[QWidget]:
    """Every widget that can be seen, from the window down."""
    return [each for each in window.findChildren(QWidget) if each.isVisible()]


def called(widget: QWidget) -> str:
    """A widget in a few words, for whoever reads a failure."""
    words = widget.text() if isinstance(widget, QLabel) or hasattr(widget, "text") else ""
    return f"{type(widget).__name__} “{(words or widget.accessibleName() or widget.objectName())[:60]}”"
