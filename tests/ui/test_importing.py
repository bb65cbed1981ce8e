"""A table is brought in through the window: seen first, kept in pieces, taken back as a whole; from the list, the settings, the palette."""

import time
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from mentorapp import settings
from mentorapp.records import Mentorship, Person, Session
from mentorapp.services import people
from mentorapp.services.importing import running
from tests.journeys.conftest import Journey, fresh_app, home, mentor_app  # noqa: F401
from ui.screens.importing import ImportScreen


def at_import(journey: Journey) -> ImportScreen:
    screen = journey.screen()
    assert isinstance(screen, ImportScreen)
    return screen


def chosen(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """The person will choose this file."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))


def settled(journey: Journey) -> None:
    """Wait for work that goes on piece after piece."""
    for _ in range(200):
        journey.settle()
        if not at_import(journey)._work.isVisible() and at_import(journey)._stage not in ("reading", "keeping"):
            return
    raise AssertionError("the work does not end")


def bring(journey: Journey, monkeypatch: pytest.MonkeyPatch, file: Path) -> ImportScreen:
    """Choose a file on the page of imports."""
    chosen(monkeypatch, file)
    journey.go("import")
    journey.click("Choose a file")
    settled(journey)
    return at_import(journey)


def test_it_is_reached_from_the_list_the_settings_and_the_palette(mentor_app: Journey) -> None:  # noqa: F811
    mentor_app.go("mentees")
    mentor_app.click(mentor_app.button("Import", mentor_app.screen()))
    assert mentor_app.window.current_key() == "import"
    mentor_app.go("settings")
    mentor_app.click(mentor_app.button("Import", mentor_app.screen()))
    assert mentor_app.window.current_key() == "import"
    mentor_app.go("today")
    mentor_app.keys("Ctrl+K")
    mentor_app.type("excel")
    QTest.qWait(mentor_app.window.search.REST_MS * 3)
    mentor_app.settle()
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "import"
    assert mentor_app.held().accessibleName() or mentor_app.held() is at_import(mentor_app)._start.choose


def test_people_are_seen_first_then_kept_then_taken_back_even_after_a_restart(
    mentor_app: Journey,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    file = tmp_path / "people.csv"
    file.write_text(
        "Name;Phone;Career stage\nAna B.;0772 000 001;first year\nGrace A.;;\nBo C.;;wizard\n;1;\n", "utf-8"
    )
    screen = bring(mentor_app, monkeypatch, file)
    assert mentor_app.says("Import 1 row")
    assert mentor_app.says("2 with problems")
    assert mentor_app.says("1 here already")
    assert mentor_app.ask(lambda w: len(w.store.find(Person, "name = 'Ana B.'"))) == 0
    model = screen._preview._model
    rows = [model.data(model.index(n), 257) for n in range(model.rowCount())]
    assert [row.title for row in rows] == ["Ana B.", "Grace A.", "Bo C.", "1"]
    assert "“wizard” is no answer here" in rows[2].subtitle
    screen._preview._list.setFocus()
    mentor_app.keys("Home", "Down", "Return")
    assert mentor_app.says("This is the same person as Grace A., who is here already.")
    mentor_app.click("Import it all the same")
    assert mentor_app.says("Import 2 rows")
    mentor_app.click("Leave this row out")
    mentor_app.click("Import 1 row")
    settled(mentor_app)
    assert mentor_app.says("1 row was imported")
    ana = mentor_app.ask(lambda w: w.store.find(Person, "name = 'Ana B.'"))[0]
    assert ana.career_stage == "first_year"
    assert settings.load().matchings
    mentor_app.click("See them")
    assert mentor_app.window.current_key() == "mentees"
    # As after a restart: a new page knows of it.
    mentor_app.app._forget_screens()
    mentor_app.go("import")
    mentor_app.click(mentor_app.named("Take back the import of people.csv"))
    settled(mentor_app)
    assert mentor_app.says("2 records were taken back.")
    assert mentor_app.ask(lambda w: w.store.find(Person, "name = 'Ana B.'")) == []
    assert mentor_app.says("taken back")


def test_which_comes_first_is_asked_once_and_a_column_can_be_changed(
    mentor_app: Journey,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "sessions.csv"
    file.write_text("Date,Mentee,Remark\n3/4/2025,Ana B.,good\n5/6/2025,Ana B.,better\n", "utf-8")
    screen = bring(mentor_app, monkeypatch, file)
    assert mentor_app.says("How is 3/4/2026 meant in this table?")
    assert mentor_app.says("Not here yet, and added: Ana B.")
    mentor_app.click("month first: the fourth of March")
    settled(mentor_app)
    remark = screen._columns._choices[2]
    remark.setCurrentIndex(remark.findData("useful"))
    remark.activated.emit(remark.currentIndex())
    settled(mentor_app)
    mentor_app.click("Import 2 rows")
    settled(mentor_app)
    found = mentor_app.ask(lambda w: w.store.find(Session, order="started"))
    assert [(one.started.month, one.started.day, one.useful) for one in found if one.started] == [
        (3, 4, "good"),
        (5, 6, "better"),
    ]
    assert mentor_app.ask(lambda w: len(w.store.find(Mentorship))) == 1
    again = bring(mentor_app, monkeypatch, file)
    assert again._columns.matching() == ("started", "mentee", "useful")
    mentor_app.click("month first: the fourth of March")
    settled(mentor_app)
    assert mentor_app.says("2 here already")
    assert not again._go.isEnabled()


def test_what_is_no_table_is_said_and_another_can_be_chosen(
    mentor_app: Journey,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\r" * 50)
    screen = bring(mentor_app, monkeypatch, file)
    assert mentor_app.says("“people.xlsx” is neither a table nor a file of contacts.")
    assert mentor_app.held() is screen._start.choose


def test_a_long_import_can_be_stopped_and_never_holds_the_window(
    mentor_app: Journey,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Phone\n" + "".join(f"Person {n},07{n:08}\n" for n in range(400)), "utf-8")
    screen = bring(mentor_app, monkeypatch, file)
    mentor_app.button("Import 400 rows").click()
    until = time.monotonic() + 20
    while (screen._running is None or screen._running.kept < 2 * running.PIECE) and time.monotonic() < until:
        QApplication.processEvents()
    assert screen._work.isVisible()
    screen._work._stop.click()
    settled(mentor_app)
    assert mentor_app.says("stopped before")
    kept = mentor_app.ask(lambda w: len(w.store.find(Person, "name LIKE 'Person %'")))
    assert 0 < kept < 400
    mentor_app.click("Take the import back")
    settled(mentor_app)
    assert mentor_app.ask(lambda w: len(w.store.find(Person, "name LIKE 'Person %'"))) == 0


def test_a_table_to_fill_in_is_saved_and_can_be_brought_in(
    mentor_app: Journey,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "Sessions.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    mentor_app.go("import")
    mentor_app.click(mentor_app.named("Save a table to fill in: Sessions"))
    assert file.exists()
    bring(mentor_app, monkeypatch, file)
    assert mentor_app.says("Import 1 row")
