"""Today, in the real window: what it shows, and every way from it."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentorapp.clock import day_of
from mentorapp.records import ActionItem
from mentorapp.services import people, promises, sessions
from mentorapp.services.workspace import Workspace
from tests.journeys.conftest import Journey
from ui.screens.today import TodayScreen


def met(workspace: Workspace) -> tuple[str, str]:
    """Grace A., with a session in twenty minutes and a promise that is late."""
    _, person, pair = people.add_mentee(workspace, name="Grace A.", site="Gulu district library")
    now = workspace.clock.now()
    sessions.plan_session(workspace, mentorship=pair.id, at=now + timedelta(minutes=20), mode="phone")
    promises.promise(
        workspace, mentorship=pair.id, text="Send the template", owner="mentor", due=day_of(now) - timedelta(days=3)
    )
    return person.id, pair.id


@pytest.fixture
def grace(mentor_app: Journey) -> tuple[str, str]:
    """Her id and the mentorship's, with Today on show."""
    ids: tuple[str, str] = mentor_app.ask(met)
    mentor_app.go("today")
    return ids


def today(journey: Journey) -> TodayScreen:
    """The screen."""
    screen = journey.screen()
    assert isinstance(screen, TodayScreen)
    return screen


def test_an_empty_store_says_what_belongs_here_and_offers_the_first_step(mentor_app: Journey) -> None:
    assert mentor_app.says("Who do you mentor?")
    mentor_app.click("Add a mentee")
    assert mentor_app.window.current_key() == "mentees"
    assert mentor_app.held() is mentor_app.named("Name")


def test_the_next_session_is_announced_with_what_is_open(mentor_app: Journey, grace: tuple[str, str]) -> None:
    row = today(mentor_app)._sessions.rows()[0]
    assert "Grace A., Gulu district library" in row.accessibleName()
    assert "1 promise open, 1 overdue" in row.accessibleName()
    assert mentor_app.says("in 20 min") or mentor_app.says("in 19 min")


def test_a_session_that_is_near_can_be_recorded_from_here(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("Record the session with Grace A.")
    assert mentor_app.window.current_key() == "record"


@pytest.mark.parametrize("route", ["click", "Return", "Space"])
def test_a_session_opens_on_its_mentee_by_mouse_and_by_key(
    mentor_app: Journey, grace: tuple[str, str], route: str
) -> None:
    row = today(mentor_app)._sessions.rows()[0]
    if route == "click":
        mentor_app.click(row)
    else:
        row.setFocus()
        mentor_app.keys(route)
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Grace A.")


def test_a_ticked_promise_is_kept_and_undo_brings_it_back(mentor_app: Journey, grace: tuple[str, str]) -> None:
    screen = today(mentor_app)
    assert mentor_app.says("3 days late")
    row = screen._promises.rows()[0]
    row.box.setFocus()  # type: ignore[attr-defined]
    mentor_app.keys("Space")
    assert mentor_app.ask(lambda w: w.store.find(ActionItem)[0].status) == "done"
    assert screen._promises.keys() == ()
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert mentor_app.ask(lambda w: w.store.find(ActionItem)[0].status) == "open"
    assert len(screen._promises.keys()) == 1


def test_a_tick_on_a_page_that_was_behind_is_the_mentors_latest_word_and_the_earlier_one_stays_in_the_history(
    mentor_app: Journey, grace: tuple[str, str]
) -> None:
    screen = today(mentor_app)
    item = mentor_app.ask(lambda w: w.store.find(ActionItem)[0])
    row = screen._promises.rows()[0]
    screen.shows = frozenset()  # type: ignore[misc]
    mentor_app.do(lambda w: promises.settle(w, item, to="dropped", reason="no longer needed"))
    row.box.click()  # type: ignore[attr-defined]
    mentor_app.settle()
    assert mentor_app.ask(lambda w: w.store.find(ActionItem)[0].status) == "done"
    assert not mentor_app.ask(lambda w: w.store.asking())
    assert any(b"dropped" in one.value for one in mentor_app.ask(lambda w: w.store.history(item.id, "status")))


def test_refreshing_keeps_the_rows_and_the_keyboard_where_they_are(mentor_app: Journey, grace: tuple[str, str]) -> None:
    screen = today(mentor_app)
    row = screen._promises.rows()[0]
    row.setFocus()
    mentor_app.do(lambda w: people.add_mentee(w, name="Ruth N.")[0])
    assert screen._promises.rows()[0] is row
    assert row.hasFocus()


def test_a_draft_is_offered_to_go_on_with(mentor_app: Journey, grace: tuple[str, str]) -> None:
    def begin(workspace: Workspace) -> None:
        sessions.keep_draft(workspace, sessions.begin_draft(workspace, mentorship=grace[1]))

    mentor_app.ask(begin)
    mentor_app.go("today")
    assert mentor_app.says("Session with Grace A.")
    mentor_app.click("Go on with the session with Grace A.")
    assert mentor_app.window.current_key() == "record"


def test_a_row_offers_its_menu_by_the_menu_key(mentor_app: Journey, grace: tuple[str, str]) -> None:
    from PySide6.QtWidgets import QMenu

    row = today(mentor_app)._sessions.rows()[0]
    row.menu_wanted.emit()  # type: ignore[attr-defined]
    mentor_app.settle()
    menu = row.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [
        "Record this session",
        "Prepare",
        "Move, cancel or mark as missed",
    ]
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    menu.close()


def test_many_promises_are_shown_a_few_at_first_and_all_when_asked(mentor_app: Journey, grace: tuple[str, str]) -> None:
    def many(workspace: Workspace) -> None:
        day = day_of(workspace.clock.now())
        for number in range(12):
            promises.promise(workspace, mentorship=grace[1], text=f"Promise {number}", due=day)

    mentor_app.ask(many)
    mentor_app.go("today")
    assert len(today(mentor_app)._promises.keys()) == 8
    mentor_app.click("Show 5 more")
    assert len(today(mentor_app)._promises.keys()) == 13


def test_what_nobody_settled_stands_apart_and_never_hides_what_is_to_come(mentor_app: Journey) -> None:
    def many(workspace: Workspace) -> str:
        _, _, pair = people.add_mentee(workspace, name="Grace A.")
        now = workspace.clock.now()
        for n in range(70):
            sessions.plan_session(workspace, mentorship=pair.id, at=now - timedelta(days=1 + n % 6))
        _, coming = sessions.plan_session(workspace, mentorship=pair.id, at=now + timedelta(days=2))
        return coming.id

    coming = mentor_app.ask(many)
    mentor_app.go("today")
    assert today(mentor_app)._sessions.keys() == (coming,)
    assert mentor_app.says("Did you meet?")
    assert len(today(mentor_app)._past.keys()) == 3
    mentor_app.click("Show 57 more")
    assert len(today(mentor_app)._past.keys()) == 15
    row = today(mentor_app)._past.rows()[0]
    QTest.keyClick(row, Qt.Key.Key_Return)
    mentor_app.settle()
    assert mentor_app.window.current_key() == "sessions"
