"""The calendar and the list: every session is reached with the keyboard, planned, moved and noted in place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from mentorapp import i18n
from mentorapp.clock import day_of
from mentorapp.records import Session
from mentorapp.services import calendar_file, sessions
from tests.ui.harness import NOW, Bench
from ui.editors.session_block import EndPanel, MovePanel, SessionBlock
from ui.models.sessions import other_month, other_week, week_of, weeks_of
from ui.screens.sessions import SessionsScreen
from ui.widgets.handles import TAKEN

TODAY = date(2026, 11, 23)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    bench = Bench(tmp_path, qapp)
    yield bench
    bench.end()


@pytest.fixture
def screen(bench: Bench) -> SessionsScreen:
    screen = bench.show(SessionsScreen)
    screen.open()
    bench.settle()
    return screen


def plan(bench: Bench, in_days: int = 0, hour: int = 9, mentorship: str = "", **fields: str) -> Session:
    at = NOW.replace(hour=hour, minute=0) + timedelta(days=in_days)
    return bench.ask(
        lambda workspace: sessions.plan_session(workspace, mentorship=mentorship or bench.grace.id, at=at, **fields)
    )[1].at_home()


def all_sessions(bench: Bench) -> list[Session]:
    return bench.ask(lambda workspace: workspace.store.find(Session))


def refreshed(bench: Bench, screen: SessionsScreen) -> SessionBlock:
    screen.refresh()
    bench.settle()
    block = screen.side.blocks.rows()[0]
    assert isinstance(block, SessionBlock)
    return block


# --- the calendar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(7))
@pytest.mark.parametrize("day", [TODAY, date(1900, 1, 1), date(2100, 12, 31), date(2024, 2, 29)])
def test_a_page_holds_its_month_and_begins_with_the_right_weekday(first: int, day: date) -> None:
    page = weeks_of(day, first)
    assert len(page) == 42
    assert page[0].weekday() == first
    assert {day.replace(day=1), day} <= set(page)
    assert day in week_of(day, first)
    assert week_of(day, first)[0].weekday() == first


def test_pages_turn_within_the_years_that_can_be_written_down() -> None:
    assert other_month(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert other_month(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert other_month(date(2100, 12, 1), 5) == date(2100, 12, 1)
    assert other_week(date(1900, 1, 3), -1) == date(1900, 1, 1)


def test_a_session_stands_on_its_day(bench: Bench, screen: SessionsScreen) -> None:
    plan(bench, in_days=2, hour=8)
    screen.refresh()
    bench.settle()
    cell = next(c for c in screen.month._days.cells if c.day == TODAY + timedelta(days=2))
    assert [entry.name for entry in cell.entries] == ["Grace A."]
    assert "Grace A." in cell.in_words()


def test_arrows_and_page_keys_reach_any_day(bench: Bench, screen: SessionsScreen) -> None:
    screen.month.setFocus()
    QTest.keyClick(screen.month, Qt.Key.Key_Right)
    assert screen.side.panel.accessibleName() == "Tuesday 24 November"
    QTest.keyClick(screen.month, Qt.Key.Key_PageDown)
    bench.settle()
    assert screen._shown.text() == "December 2026"
    assert screen.month.current_day() == date(2026, 12, 24)
    QTest.keyClick(screen.month, Qt.Key.Key_PageUp)
    QTest.keyClick(screen.month, Qt.Key.Key_PageUp)
    bench.settle()
    assert screen.month.current_day() == date(2026, 10, 24)
    screen.now.click()
    bench.settle()
    assert screen.month.current_day() == TODAY


def test_a_click_on_a_day_shows_it_and_a_double_click_opens_its_session(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, in_days=1)
    screen.refresh()
    bench.settle()
    where = screen.month.cell_at(TODAY + timedelta(days=1)).toRect()
    QTest.mouseClick(screen.month.viewport(), Qt.MouseButton.LeftButton, pos=where.center())
    assert screen.side.panel.accessibleName() == "Tuesday 24 November"
    assert len(screen.side.blocks.rows()) == 1
    entry = QPoint(where.center().x(), where.top() + 34)
    QTest.mouseDClick(screen.month.viewport(), Qt.MouseButton.LeftButton, pos=entry)
    assert bench.gone[-1] == ("record", {"planned": session.id})


def test_enter_on_a_day_opens_its_one_session(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, hour=10)
    screen.refresh()
    bench.settle()
    screen.month.setFocus()
    QTest.keyClick(screen.month, Qt.Key.Key_Return)
    assert bench.gone[-1] == ("record", {"planned": session.id})


def test_the_week_begins_where_the_language_begins_it(bench: Bench, screen: SessionsScreen) -> None:
    screen.view.chip("week").click()
    bench.settle()
    assert screen.week._days.cells[0].day.weekday() == 0
    i18n.use("ar")
    screen.refresh()
    bench.settle()
    assert screen.week._days.cells[0].day.weekday() == 5


# --- planning and moving ----------------------------------------------------------------------------------------------


def test_a_session_is_planned_without_touching_the_mouse(bench: Bench, screen: SessionsScreen) -> None:
    screen.month.setFocus()
    QTest.keyClick(screen.month, Qt.Key.Key_Right)
    QTest.keyClick(screen.month, Qt.Key.Key_Return)
    bench.settle()
    assert QApplication.focusWidget() is screen.side.form.picker.filter
    QTest.keyClicks(screen.side.form.picker.filter, "ruth")
    QTest.keyClick(screen.side.form.picker.filter, Qt.Key.Key_Return)
    day = QApplication.focusWidget()
    assert day is screen.side.form.when.input.day
    QTest.keyClick(day, Qt.Key.Key_Tab)
    QApplication.focusWidget().selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(QApplication.focusWidget(), "14h30")
    screen.side.form.save.setFocus()
    QTest.keyClick(screen.side.form.save, Qt.Key.Key_Return)
    bench.settle()
    (session,) = all_sessions(bench)
    assert session.mentorship == bench.ruth.id
    assert session.planned_start is not None
    assert session.planned_start.astimezone().replace(tzinfo=None) == datetime(2026, 11, 24, 14, 30)
    assert "Ruth N." in bench.said[-1].words
    assert not screen.side.form.isVisibleTo(screen)
    assert len(screen.side.blocks.rows()) == 1


def test_a_plan_for_somebody_begins_with_her(bench: Bench, screen: SessionsScreen) -> None:
    screen.open(plan_for=bench.grace.id)
    bench.settle()
    assert QApplication.focusWidget() is screen.side.form.when.input.day
    screen.side.form.place.input.setText("")
    QTest.keyClicks(screen.side.form.place.editor, "Library")
    screen.side.form.save.click()
    bench.settle()
    (session,) = all_sessions(bench)
    assert (session.mentorship, session.place, session.status) == (bench.grace.id, "Library", "planned")


def test_a_plan_without_a_name_or_a_day_says_so_in_its_place(bench: Bench, screen: SessionsScreen) -> None:
    screen.plan.click()
    bench.settle()
    screen.side.form.save.click()
    assert screen.side.form._problem.text() == "Say with whom."
    assert QApplication.focusWidget() is screen.side.form.picker.filter
    screen.side.form.set_whom(bench.grace.id)
    screen.side.form.when.input.day.clear()
    QTest.keyClicks(screen.side.form.when.input.day, "blue moon")
    screen.side.form.save.click()
    bench.settle()
    assert screen.side.form.when.problem()
    assert all_sessions(bench) == []


def test_a_session_is_moved_to_a_typed_day(bench: Bench, screen: SessionsScreen) -> None:
    first = plan(bench)
    block = refreshed(bench, screen)
    block.deeds["move"].click()
    panel = block.panel
    assert isinstance(panel, MovePanel)
    day = panel.when.input.day
    assert QApplication.focusWidget() is day
    day.clear()
    QTest.keyClicks(day, "1/12/2026")
    QTest.keyClicks(panel.reason.editor, "road closed")
    panel.save.click()
    bench.settle()
    found = {s.id: s for s in all_sessions(bench)}
    old = found.pop(first.id)
    (new,) = found.values()
    assert (old.status, old.moved_to, old.reason) == ("rescheduled", new.id, "road closed")
    assert new.planned_start is not None
    assert new.planned_start.astimezone().date() == date(2026, 12, 1)
    assert screen._shown.text() == "December 2026"


@pytest.mark.parametrize("way", ["missed", "cancelled"])
def test_what_did_not_take_place_is_noted_with_who_and_why(bench: Bench, screen: SessionsScreen, way: str) -> None:
    plan(bench, hour=10)
    block = refreshed(bench, screen)
    block.deeds["end"].click()
    panel = block.panel
    assert isinstance(panel, EndPanel)
    panel.way.chip(way).click()
    panel.save.click()
    assert panel.by[way].problem(), "who it was is asked for in place"
    panel.by[way].input.chips.chip("mentee").click()
    QTest.keyClicks(panel.reason.editor, "rain")
    panel.save.click()
    bench.settle()
    (session,) = all_sessions(bench)
    assert (session.status, session.reason) == (way, "rain")
    assert (session.missed_by if way == "missed" else session.cancelled_by) == "mentee"


def test_leaving_a_panel_changes_nothing_and_gives_the_keyboard_back(bench: Bench, screen: SessionsScreen) -> None:
    plan(bench)
    block = refreshed(bench, screen)
    block.deeds["end"].click()
    assert block.panel is not None
    block.panel.leave.click()
    assert QApplication.focusWidget() is block.deeds["end"]
    assert all_sessions(bench)[0].status == "planned"


# --- carrying ---------------------------------------------------------------------------------------------------------


def entry_at(screen: SessionsScreen, day: date, nth: int = 0) -> QPoint:
    """Where an entry of a day is drawn."""
    where = screen.month.cell_at(day).toRect()
    return QPoint(where.center().x(), where.top() + 34 + 20 * nth)


def dragged(screen: SessionsScreen, start: QPoint, *ways: QPoint) -> None:
    """Press, and move the pointer; not let go yet."""
    ground = screen.month.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=start)
    for way in (start + QPoint(15, 15), *ways):
        at = QPointF(way)
        move = QMouseEvent(QEvent.Type.MouseMove, at, ground.mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
        QApplication.sendEvent(ground, move)


def dropped(bench: Bench, screen: SessionsScreen, where: QPoint) -> None:
    QTest.mouseRelease(screen.month.viewport(), Qt.MouseButton.LeftButton, pos=where)
    bench.settle()


def shown(bench: Bench, screen: SessionsScreen) -> None:
    screen.refresh()
    bench.settle()


def test_a_plan_is_dragged_to_another_day_with_a_word_on_where_and_undone(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, in_days=1, hour=9)
    shown(bench, screen)
    target = TODAY + timedelta(days=3)
    middle = screen.month.cell_at(target).center().toPoint()
    dragged(screen, entry_at(screen, TODAY + timedelta(days=1)), middle)
    assert screen.month.carry is not None
    assert screen.month.carry.to == target
    assert screen.month.accessibleDescription() == "Grace A. to Thursday 26 November, 09:00"
    dropped(bench, screen, middle)
    (after,) = all_sessions(bench)
    assert (after.id, after.status) == (session.id, "planned")
    assert after.planned_start == start_of(session) + timedelta(days=2)
    assert bench.said[-1].words == "Moved with Grace A.: Thursday 26 November, 09:00."
    assert screen.side.panel.accessibleName() == "Thursday 26 November"
    undo = bench.said[-1].action
    assert undo is not None
    undo()
    bench.settle()
    assert all_sessions(bench)[0].planned_start == session.planned_start


def start_of(session: Session) -> datetime:
    """When it was planned for."""
    assert session.planned_start is not None
    return session.planned_start


def test_nothing_is_dropped_on_a_day_that_is_over(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, in_days=1)
    shown(bench, screen)
    past = screen.month.cell_at(TODAY - timedelta(days=1)).center().toPoint()
    dragged(screen, entry_at(screen, TODAY + timedelta(days=1)), past)
    assert screen.month.accessibleDescription() == "Not to a day that is over."
    dropped(bench, screen, past)
    assert all_sessions(bench) == [session]


def test_escape_while_dragging_leaves_everything(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, in_days=1)
    shown(bench, screen)
    middle = screen.month.cell_at(TODAY + timedelta(days=4)).center().toPoint()
    dragged(screen, entry_at(screen, TODAY + timedelta(days=1)), middle)
    QTest.keyClick(screen.month, Qt.Key.Key_Escape)
    dropped(bench, screen, middle)
    assert all_sessions(bench) == [session]


def test_what_was_held_is_not_dragged(bench: Bench, screen: SessionsScreen) -> None:
    bench.ask(lambda w: sessions.hold_session(w, draft=sessions.begin_draft(w, mentorship=bench.grace.id)))
    shown(bench, screen)
    dragged(screen, entry_at(screen, TODAY), screen.month.cell_at(TODAY + timedelta(days=2)).center().toPoint())
    assert screen.month.carry is None


def test_a_plan_is_carried_by_the_keyboard_and_said_at_each_step(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, in_days=0, hour=9)
    shown(bench, screen)
    screen.month.setFocus()
    QTest.keyClick(screen.month, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert screen.month.accessibleDescription() == "Grace A. to Tuesday 24 November, 09:00"
    QTest.keyClick(screen.month, Qt.Key.Key_Down)
    QTest.keyClick(screen.month, Qt.Key.Key_PageDown)
    QTest.keyClick(screen.month, Qt.Key.Key_PageDown)
    bench.settle()
    assert screen.month.accessibleDescription() == "Grace A. to Tuesday 1 December, 10:00"
    QTest.keyClick(screen.month, Qt.Key.Key_Return)
    bench.settle()
    (after,) = all_sessions(bench)
    assert after.planned_start == start_of(session) + timedelta(days=8, hours=1)
    assert bench.said[-1].action_label == "Undo"


def test_escape_puts_a_carried_plan_back_and_another_of_the_day_can_be_taken(
    bench: Bench, screen: SessionsScreen
) -> None:
    plan(bench, hour=9)
    plan(bench, hour=11, mentorship=bench.ruth.id)
    shown(bench, screen)
    before = all_sessions(bench)
    screen.month.setFocus()
    QTest.keyClick(screen.month, Qt.Key.Key_M)
    assert screen.month.accessibleDescription().startswith("Grace A., Monday 23 November, 09:00.")
    QTest.keyClick(screen.month, Qt.Key.Key_M)
    assert screen.month.accessibleDescription().startswith("Ruth N., Monday 23 November, 11:00.")
    QTest.keyClick(screen.month, Qt.Key.Key_Right)
    QTest.keyClick(screen.month, Qt.Key.Key_Escape)
    bench.settle()
    assert screen.month.accessibleDescription() == "Ruth N. stays where it was."
    assert screen.month.current_day() == TODAY
    assert all_sessions(bench) == before


def test_in_the_week_up_and_down_change_the_time(bench: Bench, screen: SessionsScreen) -> None:
    session = plan(bench, hour=9)
    screen.view.chip("week").click()
    bench.settle()
    screen.week.setFocus()
    QTest.keyClick(screen.week, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(screen.week, Qt.Key.Key_Return)
    bench.settle()
    assert all_sessions(bench)[0].planned_start == start_of(session) + timedelta(minutes=30)


def test_a_plan_that_was_given_out_asks_for_the_cause_beside_it(bench: Bench, screen: SessionsScreen) -> None:
    first = plan(bench, in_days=1)

    def given(workspace):  # type: ignore[no-untyped-def]
        calendar_file.given_out(workspace, calendar_file.calendar_file(workspace))

    bench.ask(given)
    shown(bench, screen)
    middle = screen.month.cell_at(TODAY + timedelta(days=4)).center().toPoint()
    dragged(screen, entry_at(screen, TODAY + timedelta(days=1)), middle)
    dropped(bench, screen, middle)
    assert all_sessions(bench) == [first], "nothing is moved before the cause is said"
    block = screen.side.blocks.rows()[0]
    assert isinstance(block, SessionBlock)
    assert isinstance(block.panel, MovePanel)
    assert QApplication.focusWidget() is block.panel.reason.editor
    QTest.keyClicks(block.panel.reason.editor, "road closed")
    block.panel.save.click()
    bench.settle()
    old = next(s for s in all_sessions(bench) if s.id == first.id)
    assert (old.status, old.reason) == ("rescheduled", "road closed")


def test_what_has_no_room_in_a_day_is_opened_by_a_click(bench: Bench, screen: SessionsScreen) -> None:
    for hour in range(8, 18):
        plan(bench, in_days=2, hour=hour)
    shown(bench, screen)
    cell = screen.month.cell_at(TODAY + timedelta(days=2)).toRect()
    QTest.mouseClick(
        screen.month.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell.center().x(), cell.bottom() - 8)
    )
    assert len(screen.side.blocks.rows()) == 6
    screen.side.more.click()
    assert len(screen.side.blocks.rows()) == 10
    assert screen.side.isAncestorOf(QApplication.focusWidget())


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_opens_a_held_session(bench: Bench, screen: SessionsScreen) -> None:
    def hold(workspace):  # type: ignore[no-untyped-def]
        draft = sessions.begin_draft(workspace, mentorship=bench.grace.id)
        sessions.hold_session(workspace, draft=replace(draft, session=replace(draft.session, notes="words")))
        return draft.id

    id = bench.ask(hold)
    screen.view.chip("list").click()
    bench.settle()
    screen.list.setFocus()
    QTest.keyClick(screen.list, Qt.Key.Key_Return)
    assert bench.gone[-1] == ("record", {"session": id})


def test_five_thousand_sessions_show_as_fast_as_ten(bench: Bench, screen: SessionsScreen) -> None:
    def many(workspace):  # type: ignore[no-untyped-def]
        at = datetime(2026, 1, 1, 9, tzinfo=UTC)
        made = [
            Session(id=f"{n:032x}", mentorship=bench.grace.id, status="planned", planned_start=at - timedelta(hours=n))
            for n in range(5000)
        ]
        workspace.store.save_all([(None, s) for s in made], by=workspace.me, at=workspace.clock.now())

    bench.shell.do(many)
    bench.tasks.idle(60_000)
    screen.view.chip("list").click()
    bench.settle()
    bench.settle()
    assert screen._model.rowCount() == 5000
    worded: list[int] = []
    ask = screen._model._worded
    screen._model._worded = lambda row: (worded.append(1), ask(row))[1]  # type: ignore[method-assign]
    screen.list.scrollToBottom()
    screen.list.grab()
    assert 0 < len(worded) < 100, "only what is in sight is put into words"


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_calendar_file_is_written_where_it_was_asked(
    bench: Bench, screen: SessionsScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = plan(bench, in_days=3)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: (str(tmp_path / "sessions"), ""))
    screen.export.click()
    screen.side.export.save.click()
    bench.settle()
    content = (tmp_path / "sessions.ics").read_text()
    assert f"UID:{session.id}" in content
    assert "Grace" not in content
    assert not screen.side.export.isVisible()
    assert bench.said[-1].words == "1 planned session is in the file."


def test_one_session_goes_into_a_file_with_whom_it_is_if_that_is_asked(
    bench: Bench, screen: SessionsScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _other = plan(bench, in_days=0, hour=10), plan(bench, in_days=3, mentorship=bench.ruth.id)
    block = refreshed(bench, screen)
    block.deeds["calendar"].click()
    form = screen.side.export
    assert form.what.picked_one() == "one"
    form.names.chip("names").click()
    form.reminder.chip("30").click()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: (str(tmp_path / "one.ics"), ""))
    form.save.click()
    bench.settle()
    content = (tmp_path / "one.ics").read_text()
    assert content.count("BEGIN:VEVENT") == 1
    assert f"UID:{one.id}" in content
    assert "SUMMARY:Session with Grace A." in content
    assert "TRIGGER:-PT30M" in content


def test_a_folder_that_takes_no_file_is_said(
    bench: Bench, screen: SessionsScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: (str(tmp_path / "no" / "where.ics"), ""))
    screen.export.click()
    screen.side.export.save.click()
    bench.settle()
    assert "could not be written" in bench.said[-1].words


def test_nothing_is_written_when_she_thinks_better_of_it(
    bench: Bench, screen: SessionsScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: ("", ""))
    screen.export.click()
    screen.side.export.save.click()
    bench.settle()
    assert bench.said == []
    assert screen.side.export.isVisibleTo(screen)
    QTest.keyClick(screen.side.export, Qt.Key.Key_Escape)
    assert not screen.side.export.isVisible()


# --- planning by hand -------------------------------------------------------------------------------------------------


def brought(screen: SessionsScreen, key: str, day: date, *, kind: str = TAKEN) -> tuple[bool, bool]:
    """What the grid says to something that is carried over a day and let go there."""
    content = QMimeData()
    content.setData(kind, key.encode())
    where = screen.month.cell_at(day).center().toPoint()
    given = (where, Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering, moving = QDragEnterEvent(*given), QDragMoveEvent(*given)
    QApplication.sendEvent(screen.month.viewport(), entering)
    QApplication.sendEvent(screen.month.viewport(), moving)
    dropping = QDropEvent(QPointF(where), *given[1:])
    QApplication.sendEvent(screen.month.viewport(), dropping)
    return moving.isAccepted(), dropping.isAccepted()


def test_somebody_with_whom_nothing_is_planned_is_dragged_onto_a_day(bench: Bench, screen: SessionsScreen) -> None:
    waiting = [row.key for row in screen.waiting.people.rows()]
    assert bench.ruth.id in waiting
    friday = TODAY + timedelta(days=4)
    assert brought(screen, bench.ruth.id, friday) == (True, True)
    bench.settle()
    assert screen.side.is_planning()
    assert screen.month.current_day() == friday
    QTest.keyClick(screen.side.form.first(), Qt.Key.Key_Return)
    screen.side.form.save.click()
    bench.settle()
    (planned,) = all_sessions(bench)
    assert planned.mentorship == bench.ruth.id
    assert planned.planned_start is not None
    assert day_of(planned.planned_start) == friday
    assert bench.ruth.id not in [row.key for row in screen.waiting.people.rows()]


def test_nothing_falls_on_a_day_that_is_over_nor_what_another_program_brings(
    bench: Bench, screen: SessionsScreen
) -> None:
    assert brought(screen, bench.ruth.id, TODAY - timedelta(days=3)) == (False, False)
    assert brought(screen, "x", TODAY + timedelta(days=1), kind="text/plain") == (False, False)
    bench.settle()
    assert not screen.side.is_planning()


def test_pressing_somebody_who_waits_plans_on_the_day_on_show(bench: Bench, screen: SessionsScreen) -> None:
    handle = next(row for row in screen.waiting.people.rows() if row.key == bench.ruth.id)
    QTest.keyClick(handle, Qt.Key.Key_Space)
    bench.settle()
    assert screen.side.is_planning()
    assert bytes(handle.carried().data(TAKEN).data()).decode() == bench.ruth.id
