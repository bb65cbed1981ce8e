"""Everyone, in the real window: finding somebody, adding somebody, and lists of any length."""

import time

import pytest
from PySide6.QtCore import Qt

from mentorapp.records import Mentorship, Person, Site
from mentorapp.services import people
from mentorapp.services.recall import MenteeRow
from tests.journeys.conftest import Journey
from ui.models.mentees import MenteesModel, plain
from ui.screens.mentees import MenteesScreen

NAMES = ("Grace A.", "Tesfaye M.", "Joseph K.")


@pytest.fixture
def screen(mentor_app: Journey) -> MenteesScreen:
    """The list of three people."""
    for name in NAMES:
        mentor_app.do(
            lambda w, name=name: people.add_mentee(w, name=name, site="Gulu" if name == "Grace A." else "")[0]
        )
    shown = mentor_app.go("mentees")
    assert isinstance(shown, MenteesScreen)
    return shown


def names(screen: MenteesScreen) -> list[str]:
    """Who is shown, in order."""
    return [screen._model.index(at).data() for at in range(screen._model.rowCount())]


def test_everyone_is_listed_by_name_and_counted(mentor_app: Journey, screen: MenteesScreen) -> None:
    assert names(screen) == sorted(NAMES)
    assert mentor_app.says("3 people")


def test_typing_narrows_by_name_or_site_and_escape_shows_everyone_again(
    mentor_app: Journey, screen: MenteesScreen
) -> None:
    assert mentor_app.held() is screen._filter
    mentor_app.type("tes")
    assert names(screen) == ["Tesfaye M."]
    mentor_app.keys("Escape")
    assert len(names(screen)) == 3
    mentor_app.type("gul")
    assert names(screen) == ["Grace A."]


@pytest.mark.parametrize("route", ["Return", "down", "click"])
def test_somebody_is_opened_by_every_route(mentor_app: Journey, screen: MenteesScreen, route: str) -> None:
    mentor_app.type("jo")
    if route == "down":
        mentor_app.keys("Down", "Return")
    elif route == "Return":
        mentor_app.keys("Return")
    else:
        screen._list.clicked.emit(screen._model.index(0))
        mentor_app.settle()
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Joseph K.")


def test_who_is_not_found_can_be_added_under_the_name_typed(mentor_app: Journey, screen: MenteesScreen) -> None:
    mentor_app.type("Ruth N.", into=screen._filter)
    assert mentor_app.says("Nobody matches what you typed")
    mentor_app.click("Add as a new mentee")
    assert mentor_app.held().text() == "Ruth N."  # type: ignore[attr-defined]
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Ruth N. is on your list.")


def test_one_more_needs_only_a_name_and_can_have_more(mentor_app: Journey, screen: MenteesScreen) -> None:
    mentor_app.keys("Ctrl+N")
    mentor_app.type("Samuel O.")
    mentor_app.click("More: role, site, phone")
    mentor_app.type("Field officer")
    mentor_app.keys("Tab")
    mentor_app.type("Kitgum field office")
    mentor_app.click("Add")
    found = mentor_app.ask(lambda w: w.store.find(Person, "name = ?", ("Samuel O.",)))
    assert found[0].role == "Field officer"
    assert mentor_app.ask(lambda w: [site.name for site in w.store.find(Site, order="name")]) == [
        "Gulu",
        "Kitgum field office",
    ]


def test_no_name_is_said_beside_the_field_and_what_was_typed_stays(mentor_app: Journey, screen: MenteesScreen) -> None:
    before = mentor_app.ask(lambda w: len(w.store.find(Mentorship)))
    mentor_app.keys("Ctrl+N")
    mentor_app.type("   ")
    mentor_app.keys("Return")
    assert mentor_app.says("Give the name by which this person likes to be called.")
    assert mentor_app.held() is screen._form.name
    assert mentor_app.ask(lambda w: len(w.store.find(Mentorship))) == before


def test_escape_puts_the_form_away_and_keeps_what_was_typed(mentor_app: Journey, screen: MenteesScreen) -> None:
    mentor_app.keys("Ctrl+N")
    mentor_app.type("Han")
    mentor_app.keys("Escape")
    assert not screen._form.isVisible()
    mentor_app.keys("Ctrl+N")
    assert screen._form.name.text() == "Han"


def test_a_refresh_leaves_the_filter_and_the_place_alone(mentor_app: Journey, screen: MenteesScreen) -> None:
    mentor_app.type("s")
    mentor_app.do(lambda w: people.add_mentee(w, name="Samuel O.")[0])
    assert screen._filter.text() == "s"
    assert names(screen) == ["Samuel O."]


def _row(number: int) -> MenteeRow:
    return MenteeRow(
        person=f"p{number}", mentorship=f"m{number}", name=f"José {number}", role="", site="", last=None, next=None,
        open_promises=0, overdue=0, quiet=None, cadence=30,
    )  # fmt: skip


def test_ten_thousand_are_narrowed_as_fast_as_one_types(qapp: object) -> None:
    from datetime import date

    model = MenteesModel()
    model.set_everyone([_row(number) for number in range(10_000)], today=date(2026, 11, 23))
    began = time.perf_counter()
    model.narrow("jose 77")
    took = time.perf_counter() - began
    assert model.rowCount() == 111
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole) == "José 77"
    # Generous, for the machine may be busy; on a quiet one it is some 10 ms.
    assert took < 0.5


def test_accents_and_capitals_do_not_matter() -> None:
    assert plain("  Élodie  N. ") == "elodie n."
