"""A session from the first word to the last, through the real window, by every route that a mentor has."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mentorapp import settings
from mentorapp.records import ActionItem, Mentorship, Person, Reflection, Session
from mentorapp.services import people, promises, sessions
from mentorapp.services import workspace as workspaces
from tests.journeys.conftest import PASSPHRASE, Journey
from ui.screens.record import RecordScreen


@pytest.fixture
def grace(mentor_app: Journey) -> tuple[Person, Mentorship]:
    """Grace A., with one promise open."""
    _, person, mentorship = mentor_app.do(
        lambda workspace: people.add_mentee(workspace, name="Grace A.", site="Gulu library")
    )
    mentor_app.do(lambda workspace: people.add_mentee(workspace, name="Ruth N."))
    mentor_app.do(lambda workspace: promises.promise(workspace, mentorship=mentorship.id, text="Try the story circle"))
    return person, mentorship


def record_screen(journey: Journey) -> RecordScreen:
    screen = journey.screen()
    assert isinstance(screen, RecordScreen)
    return screen


def held(journey: Journey) -> list[Session]:
    return journey.ask(lambda workspace: workspace.store.find(Session, "status = 'held'"))


def made(journey: Journey, session: Session) -> list[ActionItem]:
    return journey.ask(lambda workspace: workspace.store.find(ActionItem, "origin = ?", (session.id,)))


def tab_to(journey: Journey, wanted: QWidget) -> None:
    """Press Tab until the keyboard is there."""
    for _ in range(120):
        if QApplication.focusWidget() is wanted:
            return
        QTest.keyClick(journey.held(), Qt.Key.Key_Tab)
    raise AssertionError(f"the Tab key never reached “{wanted.accessibleName()}”")


def test_by_clicks(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    mentor_app.go("today")
    mentor_app.click("Record a session")
    screen = record_screen(mentor_app)
    row = screen.whom.picker.list.visualRect(screen.whom.picker.list.model().index(0, 0))
    QTest.mouseClick(screen.whom.picker.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    mentor_app.settle()
    assert mentor_app.says("Session with Grace A.")
    mentor_app.click("Phone")
    mentor_app.click("Coaching")
    mentor_app.click("Done: Try the story circle")
    mentor_app.type("She asked first.", into=screen.page.notes.editor)
    mentor_app.type("Write up the story", into=screen.page.promises.line.words)
    mentor_app.click("mine")
    mentor_app.type("in 2 weeks", into=screen.page.promises.line.due)
    mentor_app.click("Write down how it went")
    mentor_app.type("That I may ask.", into=screen.page.how.boxes["useful"].editor)
    mentor_app.click("8")
    mentor_app.click("Finish")
    (session,) = held(mentor_app)
    assert (session.mode, session.help_type, session.notes) == ("phone", "coaching", "She asked first.")
    assert (session.useful, session.commitment) == ("That I may ask.", 8)
    (promise,) = made(mentor_app, session)
    assert (promise.text, promise.owner) == ("Write up the story", "mentor")
    assert promise.due is not None
    old = mentor_app.ask(lambda workspace: workspace.store.find(ActionItem, "text = 'Try the story circle'"))[0]
    assert (old.status, old.closing) == ("done", session.id)
    assert mentor_app.says("Grace A."), "the mentee's page shows what was just written"
    assert mentor_app.app.window.current_key() == "mentee"


def test_by_the_keyboard_alone(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    mentor_app.go("today")
    mentor_app.keys("Ctrl+R")
    screen = record_screen(mentor_app)
    mentor_app.type("grace")
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Return)
    mentor_app.settle()
    assert mentor_app.held() is screen.page.notes.editor, "one writes at once"
    mentor_app.type("She asked first.")
    tab_to(mentor_app, screen.page.promises.line.words)
    mentor_app.type("Ask the council")
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Return)
    mentor_app.type("Write up the story")
    tab_to(mentor_app, screen.page.invitation.open)
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Space)
    mentor_app.settle()
    assert mentor_app.held() is screen.page.how.boxes["strengths"].editor
    mentor_app.type("Patience")
    tab_to(mentor_app, screen.page.how.boxes["reflection"].editor)
    mentor_app.type("I spoke too much")
    row = next(iter(screen.page.check_in.rows.values()))
    tab_to(mentor_app, row.carry)
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Space)
    tab_to(mentor_app, screen.page.mode.chips.focusProxy())
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Right)
    QTest.keyPress(mentor_app.held(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    mentor_app.settle()
    (session,) = held(mentor_app)
    assert (session.notes, session.strengths) == ("She asked first.", "Patience")
    assert {promise.text for promise in made(mentor_app, session)} == {"Ask the council", "Write up the story"}
    (thought,) = mentor_app.ask(lambda workspace: workspace.store.find(Reflection))
    assert thought.text == "I spoke too much"
    old = mentor_app.ask(lambda workspace: workspace.store.find(ActionItem, "text = 'Try the story circle'"))[0]
    assert (old.status, old.carried_over) == ("open", 1)


def test_by_the_search_box(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    mentor_app.keys("Ctrl+K")
    mentor_app.type("record")
    QTest.qWait(mentor_app.window.search.REST_MS + 40)
    mentor_app.settle()
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Return)
    mentor_app.settle()
    assert record_screen(mentor_app).whom.isVisible()


def test_closing_the_window_keeps_what_is_being_written(
    mentor_app: Journey, grace: tuple[Person, Mentorship], home: Path
) -> None:
    mentor_app.go("record", person=grace[0].id)
    mentor_app.type("half a sen")
    mentor_app.window.close()
    workspace = workspaces.open_with_passphrase(PASSPHRASE)
    try:
        (draft,) = workspace.store.drafts()
        assert draft.about == grace[1].id
        assert sessions.read_draft(draft).session.notes == "half a sen"
    finally:
        workspace.close()


def test_a_draft_goes_on_from_today(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    mentor_app.go("record", person=grace[0].id)
    mentor_app.type("begun")
    mentor_app.go("today")
    mentor_app.click("Go on")
    screen = record_screen(mentor_app)
    assert screen.page.notes.value() == "begun"
    mentor_app.type(" and ended")
    mentor_app.click("Finish")
    assert [s.notes for s in held(mentor_app)] == ["begun and ended"]
    mentor_app.go("today")
    assert not mentor_app.says("Go on")


def test_another_language_in_the_middle_of_a_word_loses_nothing(
    mentor_app: Journey, grace: tuple[Person, Mentorship]
) -> None:
    mentor_app.go("record", person=grace[0].id)
    mentor_app.type("half a sen")
    mentor_app.app.change(language="fr")
    mentor_app.settle()
    screen = record_screen(mentor_app)
    assert screen.page.notes.value() == "half a sen"
    assert screen.page.notes.editor.accessibleName() == "Notes"
    mentor_app.app.change(language="ar")
    mentor_app.settle()
    assert record_screen(mentor_app).page.notes.value() == "half a sen"
    assert record_screen(mentor_app).layoutDirection() == Qt.LayoutDirection.RightToLeft
    mentor_app.app.change(language="en")
    mentor_app.settle()


def test_a_planned_session_is_recorded_from_the_calendar(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    _, planned = mentor_app.do(
        lambda workspace: sessions.plan_session(
            workspace, mentorship=grace[1].id, at=workspace.clock.now(), agenda="The council"
        )
    )
    screen: Any = mentor_app.go("sessions")
    mentor_app.click(screen.side.blocks.rows()[0].deeds["record"])
    assert mentor_app.says("The council")
    mentor_app.type("We spoke of the council.")
    mentor_app.click("Finish")
    assert [(s.id, s.status) for s in held(mentor_app)] == [(planned.id, "held")]
    screen = mentor_app.go("sessions")
    assert [row.deeds.keys() for row in screen.side.blocks.rows()] == [{"record"}]
    mentor_app.click("Open: Grace A.")
    assert record_screen(mentor_app).page.notes.value() == "We spoke of the council."


def test_a_finished_session_can_be_opened_again_from_the_notice(
    mentor_app: Journey, grace: tuple[Person, Mentorship]
) -> None:
    mentor_app.go("record", person=grace[0].id)
    mentor_app.type("frist")
    mentor_app.click("Finish")
    mentor_app.click("Open it again")
    screen = record_screen(mentor_app)
    assert screen.page.notes.value() == "frist"
    screen.page.notes.input.selectAll()
    mentor_app.type("first", into=screen.page.notes.editor)
    mentor_app.click("Finish")
    assert [s.notes for s in held(mentor_app)] == ["first"]


def test_large_text_and_the_dark_keep_every_part_in_reach(
    mentor_app: Journey, grace: tuple[Person, Mentorship]
) -> None:
    mentor_app.app.change(text_size=2.0, theme="dark")
    mentor_app.settle()
    mentor_app.go("record", person=grace[0].id)
    screen = record_screen(mentor_app)
    mentor_app.click("Write down how it went")
    tab_to(mentor_app, screen.page.how.boxes["mood"].editor)
    area = screen.page
    where = screen.page.how.boxes["mood"].editor.mapTo(area, screen.page.how.boxes["mood"].editor.rect().center())
    assert area.rect().contains(where), "what holds the keyboard is in sight"
    assert not area.horizontalScrollBar().isVisible(), "nothing has to be scrolled sideways"
    settings.change(mentor_app.shell.settings, text_size=1.0)
