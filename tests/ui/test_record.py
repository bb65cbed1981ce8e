"""Recording a session: nothing typed is lost, "Kept" is true, and what stands in the way is said beside its field."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentorapp.clock import local
from mentorapp.errors import UserError
from mentorapp.records import ActionItem, Reflection, Session
from mentorapp.services import promises, sessions
from mentorapp.services.sessions import SessionDraft
from tests.ui.harness import Bench
from ui.screens.record import RecordScreen
from ui.widgets import reading


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    bench = Bench(tmp_path, qapp)
    yield bench
    bench.end()


@pytest.fixture
def screen(bench: Bench) -> RecordScreen:
    return opened(bench, mentorship=bench.grace.id)


def opened(bench: Bench, **where: str) -> RecordScreen:
    screen = bench.show(RecordScreen)
    screen.open(**where)
    bench.settle()
    return screen


def kept(bench: Bench) -> list[SessionDraft]:
    return bench.ask(lambda workspace: [sessions.read_draft(row) for row in workspace.store.drafts()])


def wait_until_kept(bench: Bench, screen: RecordScreen) -> None:
    screen.leave()
    bench.settle()


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_opening_keeps_nothing(bench: Bench, screen: RecordScreen) -> None:
    screen.leave()
    bench.settle()
    assert kept(bench) == []
    assert screen.page.kept.words == ""


def test_a_pause_keeps_what_was_typed(qtbot, bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "She asked first")
    assert screen.page.kept.words == "", "nothing is kept yet, so nothing is said"
    with qtbot.waitSignal(screen._keeper.kept, timeout=1500):
        pass
    assert screen.page.kept.words.startswith("Kept ")
    assert kept(bench)[0].session.notes == "She asked first"


def test_typing_without_a_pause_is_kept_within_two_seconds(bench: Bench, screen: RecordScreen) -> None:
    began = time.monotonic()
    confirmed: list[float] = []
    screen._keeper.kept.connect(lambda _at: confirmed.append(time.monotonic() - began))
    while not confirmed and time.monotonic() - began < 3:
        QTest.keyClicks(screen.page.notes.editor, "a")
        QTest.qWait(60)
    assert confirmed
    assert confirmed[0] < 2.0


def test_kept_is_said_only_once_the_store_has_confirmed_it(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "words")
    # The store lane is busy with something long: the keeping waits behind it.
    bench.tasks.run(lambda: time.sleep(0.3))
    screen.leave()
    QApplication.processEvents()
    assert screen.page.kept.words == ""
    bench.settle()
    assert screen.page.kept.words.startswith("Kept ")


def test_a_disk_that_takes_nothing_is_said_and_tried_again(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = bench.shell.workspace
    assert workspace is not None

    def full(*_: object, **__: object) -> None:
        raise UserError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(workspace.store, "keep_draft", full)
        QTest.keyClicks(screen.page.notes.editor, "words")
        screen.leave()
        bench.settle()
        assert screen.page.kept.words == "Not kept yet"
        assert [notice.words for notice in bench.said] == ["The disk is full."]
        assert screen._keeper.is_dirty()
    screen.leave()
    bench.settle()
    assert kept(bench)[0].session.notes == "words"
    assert screen.page.kept.words.startswith("Kept ")


@pytest.mark.parametrize("how", ["another screen", "focus out", "mode", "hiding"])
def test_each_way_of_turning_away_keeps_at_once(bench: Bench, screen: RecordScreen, how: str) -> None:
    screen.page.notes.editor.setFocus()
    QTest.keyClicks(screen.page.notes.editor, "words")
    if how == "another screen":
        screen.leave()
    elif how == "focus out":
        screen.page.topics.input.line.setFocus()
    elif how == "mode":
        screen.page.mode.chips.chip("phone").click()
    else:
        screen.hide()
    bench.settle()
    assert kept(bench)[0].session.notes == "words"


def test_everything_on_the_screen_comes_back_from_its_draft(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "notes")
    QTest.keyClicks(screen.page.topics.input.line, "listening,asking")
    screen.page.mode.show_all()
    screen.page.mode.chips.chip("message").click()
    QTest.keyClicks(screen.page.promises.line.words, "First promise")
    QTest.keyClicks(screen.page.promises.line.due, "7/12/2026")
    QTest.keyClick(screen.page.promises.line.due, Qt.Key.Key_Return)
    QTest.keyClicks(screen.page.promises.line.words, "Half a prom")
    screen.page.go_to_how()
    bench.settle()
    for name, words in (
        ("strengths", "s"),
        ("improve", "i"),
        ("gaps", "g"),
        ("useful", "u"),
        ("reflection", "r"),
        ("mood", "m"),
    ):
        QTest.keyClicks(screen.page.how.boxes[name].editor, words)
    screen.page.how.boxes["commitment"].input.chips.chip("8").click()
    QTest.keyClicks(screen.page.how.boxes["next_date"].editor, "blue moon")
    screen.page.when.set_open(True)
    QTest.keyClicks(screen.page.when.boxes["contact_minutes"].editor, "1h30")
    wait_until_kept(bench, screen)
    before = screen.draft()
    again = opened(bench, mentorship=bench.grace.id)
    assert again.draft() == before
    assert before is not None
    assert before.session.topics == ("asking", "listening")
    assert [p.text for p in before.promises] == ["First promise", "Half a prom"]
    assert before.promises[0].due == date(2026, 12, 7)
    assert before.session.commitment == 8
    assert before.session.contact_minutes == 90
    assert before.typed == {"next_date": "blue moon"}
    assert again.page.how.boxes["next_date"].editor.text() == "blue moon"


def test_two_mentees_have_two_drafts(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "of Grace")
    screen.open(mentorship=bench.ruth.id)
    bench.settle()
    assert screen.page.notes.value() == ""
    QTest.keyClicks(screen.page.notes.editor, "of Ruth")
    screen.open(mentorship=bench.grace.id)
    bench.settle()
    assert screen.page.notes.value() == "of Grace"
    assert {d.session.mentorship: d.session.notes for d in kept(bench)} == {
        bench.grace.id: "of Grace",
        bench.ruth.id: "of Ruth",
    }


def test_a_draft_thrown_away_can_be_brought_back(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "precious")
    wait_until_kept(bench, screen)
    screen.page.give_up.click()
    bench.settle()
    assert kept(bench) == []
    notice = bench.said[-1]
    assert notice.action is not None
    notice.action()
    bench.settle()
    assert kept(bench)[0].session.notes == "precious"
    assert bench.gone[-1][0] == "record"


# --- finishing --------------------------------------------------------------------------------------------------------


def test_a_session_is_finished_with_its_promises_and_reflection(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "notes")
    QTest.keyClicks(screen.page.promises.line.words, "Write up the story")
    screen.page.go_to_how()
    QTest.keyClicks(screen.page.how.boxes["reflection"].editor, "I spoke too much")
    screen.page.clock.set_seconds(18 * 60)
    screen.page.finish.click()
    bench.settle()
    session = bench.ask(lambda workspace: workspace.store.find(Session))[0]
    assert (session.status, session.notes, session.contact_minutes, session.entry) == ("held", "notes", 18, "live")
    made = bench.ask(lambda workspace: workspace.store.find(ActionItem))
    assert [(item.text, item.owner, item.origin) for item in made] == [("Write up the story", "mentee", session.id)]
    thought = bench.ask(lambda workspace: workspace.store.find(Reflection))[0]
    assert (thought.text, thought.session, thought.sharing) == ("I spoke too much", session.id, "private")
    assert kept(bench) == []
    assert bench.gone[-1] == ("mentee", {"person": bench.person.id, "finished": session.id})
    QTest.qWait(1700)
    bench.settle()
    assert kept(bench) == [], "nothing is kept of a session that is finished"


def test_control_enter_finishes_from_within_the_notes(bench: Bench, screen: RecordScreen) -> None:
    screen.page.notes.editor.setFocus()
    QTest.keyClicks(screen.page.notes.editor, "notes")
    QTest.keyPress(screen.page.notes.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.settle()
    assert bench.ask(lambda workspace: workspace.store.find(Session))[0].notes == "notes"


def test_what_stands_in_the_way_is_said_beside_each_field(bench: Bench, screen: RecordScreen) -> None:
    screen.page.when.set_open(True)
    screen.page.when.boxes["started"].input.set_value(datetime(2026, 12, 24, 9, 0, tzinfo=UTC))
    screen.page.go_to_how()
    screen.page.how.boxes["next_date"].input.set_value(date(2020, 1, 1))
    screen.page.finish.click()
    bench.settle()
    assert "future" in screen.page.when.boxes["started"].problem()
    assert "before this session" in screen.page.how.boxes["next_date"].problem()
    assert screen.page.when.isAncestorOf(QApplication.focusWidget())
    assert bench.ask(lambda workspace: workspace.store.find(Session)) == []
    assert len(kept(bench)) == 1, "what cannot be finished is kept as a draft"


def test_a_problem_opens_what_hides_it(bench: Bench, screen: RecordScreen) -> None:
    draft = screen.draft()
    assert draft is not None
    future = replace(draft, session=replace(draft.session, started=datetime(2027, 1, 1, tzinfo=UTC)))
    bench.ask(lambda workspace: sessions.keep_draft(workspace, future))
    screen.open(draft=draft.id)
    bench.settle()
    assert not screen.page.when.is_open()
    screen.page.finish.click()
    bench.settle()
    assert screen.page.when.is_open()
    assert screen.page.when.boxes["started"].problem()


def test_words_that_cannot_be_read_stop_finishing_and_not_keeping(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.promises.line.words, "Ask the council")
    QTest.keyClicks(screen.page.promises.line.due, "blue moon")
    screen.page.finish.click()
    bench.settle()
    assert QApplication.focusWidget() is screen.page.promises.line.due
    assert bench.ask(lambda workspace: workspace.store.find(Session)) == []
    wait_until_kept(bench, screen)
    assert kept(bench)[0].typed == {"due": "blue moon"}


@pytest.mark.parametrize("year", [1900, 2100])
def test_far_dates_are_taken(bench: Bench, screen: RecordScreen, year: int) -> None:
    screen.page.go_to_how()
    if year == 1900:
        screen.page.when.paper.click()
        screen.page.when.boxes["started"].input.day.clear()
        QTest.keyClicks(screen.page.when.boxes["started"].input.day, "12/3/1900")
    else:
        QTest.keyClicks(screen.page.how.boxes["next_date"].editor, "31/12/2100")
    screen.page.finish.click()
    bench.settle()
    session = bench.ask(lambda workspace: workspace.store.find(Session))[0]
    assert (session.started.year if year == 1900 and session.started else session.next_date.year) == year  # type: ignore[union-attr]


def test_a_paper_keeps_its_true_day(bench: Bench, screen: RecordScreen) -> None:
    screen.page.clock.set_seconds(600)
    screen.page.when.paper.click()
    assert not screen.page.clock.isVisibleTo(screen)
    day = screen.page.when.boxes["started"].input.day
    assert QApplication.focusWidget() is day
    day.clear()
    QTest.keyClicks(day, "3/11/2026")
    QTest.keyClicks(screen.page.when.boxes["contact_minutes"].editor, "45")
    screen.page.finish.click()
    bench.settle()
    session = bench.ask(lambda workspace: workspace.store.find(Session))[0]
    assert session.entry == "paper"
    assert session.started is not None
    assert session.started.astimezone().date() == date(2026, 11, 3)
    assert session.contact_minutes == 45


# --- the check-in -----------------------------------------------------------------------------------------------------


@pytest.fixture
def promised(bench: Bench) -> list[ActionItem]:
    def make(workspace):  # type: ignore[no-untyped-def]
        return [
            promises.promise(workspace, mentorship=bench.grace.id, text=text, owner=owner)[1]
            for text, owner in (
                ("Try the story circle", "mentee"),
                ("Send the template", "mentor"),
                ("Ask the council", "mentee"),
            )
        ]

    return bench.ask(make)


def test_old_promises_are_done_carried_over_or_blocked(bench: Bench, promised: list[ActionItem]) -> None:
    screen = opened(bench, mentorship=bench.grace.id)
    rows = [screen.page.check_in.rows[item.id] for item in promised]
    rows[0].box.click()
    rows[1].carry.click()
    rows[2].blocked.click()
    assert QApplication.focusWidget() is rows[2].reason
    screen.page.finish.click()
    bench.settle()
    assert rows[2].why.problem()
    assert QApplication.focusWidget() is rows[2].reason
    QTest.keyClicks(rows[2].reason, "no road")
    assert not rows[2].why.problem()
    screen.page.finish.click()
    bench.settle()
    found = {item.id: item for item in bench.ask(lambda workspace: workspace.store.find(ActionItem))}
    after = [found[item.id] for item in promised]
    assert [(item.status, item.carried_over, item.reason) for item in after] == [
        ("done", None, ""),
        ("open", 1, ""),
        ("blocked", 1, "no road"),
    ]


def test_what_was_said_of_a_promise_can_be_taken_back(bench: Bench, promised: list[ActionItem]) -> None:
    screen = opened(bench, mentorship=bench.grace.id)
    row = screen.page.check_in.rows[promised[0].id]
    row.carry.click()
    row.change.click()
    assert screen.page.check_in.value() == {}
    row.box.click()
    row.box.click()
    assert screen.page.check_in.value() == {}


def test_a_promise_that_arrives_meanwhile_joins_without_touching_the_words(
    bench: Bench, promised: list[ActionItem]
) -> None:
    screen = opened(bench, mentorship=bench.grace.id)
    QTest.keyClicks(screen.page.notes.editor, "unfinished wor")
    screen.page.check_in.rows[promised[0].id].box.click()
    bench.shell.do(lambda workspace: promises.promise(workspace, mentorship=bench.grace.id, text="A fourth")[0])
    bench.settle()
    assert len(screen.page.check_in.rows) == 4
    assert screen.page.notes.value() == "unfinished wor"
    assert screen.page.check_in.value()[promised[0].id].to == "done"


# --- around it --------------------------------------------------------------------------------------------------------


def hold(bench: Bench, mentorship: str, **fields: object) -> Session:
    def verb(workspace):  # type: ignore[no-untyped-def]
        draft = sessions.begin_draft(workspace, mentorship=mentorship)
        draft = replace(draft, session=replace(draft.session, **fields), reflection="mine alone")
        sessions.hold_session(workspace, draft=draft)
        return workspace.store.get(Session, draft.id)

    return bench.ask(verb)


def test_last_time_stands_beside(bench: Bench) -> None:
    hold(bench, bench.grace.id, notes="She led the second half.", useful="That I may ask.", mode="phone")
    bench.forward(days=30)
    screen = opened(bench, mentorship=bench.grace.id)
    assert screen.page.last._notes.words() == "She led the second half."
    assert screen.page.last._useful._prose.words() == "“That I may ask.”"
    assert screen.page.mode.value() == "phone", "the way they usually meet"


def test_a_held_session_is_opened_again_with_its_reflection(bench: Bench) -> None:
    session = hold(bench, bench.grace.id, notes="before")
    screen = opened(bench, session=session.id)
    assert screen.page.how.boxes["reflection"].value() == "mine alone"
    assert not screen.page.clock.isVisibleTo(screen)
    QTest.keyClicks(screen.page.notes.editor, " and after")
    screen.page.how.boxes["reflection"].editor.setFocus()
    QTest.keyClicks(screen.page.how.boxes["reflection"].editor, "x")
    screen.page.finish.click()
    bench.settle()
    found = bench.ask(lambda workspace: workspace.store.find(Session))
    assert [s.notes for s in found] == ["before and after"]
    thoughts = bench.ask(lambda workspace: workspace.store.find(Reflection))
    assert [t.text for t in thoughts] == ["xmine alone"], "one reflection, mended, not a second"


def test_a_planned_session_of_today_is_the_one_that_is_held(bench: Bench) -> None:
    _, planned = bench.ask(
        lambda workspace: sessions.plan_session(
            workspace, mentorship=bench.grace.id, at=workspace.clock.now(), mode="phone", agenda="The council"
        )
    )
    screen = opened(bench, person=bench.person.id)
    assert screen.page._agenda.text() == "You wanted to talk about: The council"
    screen.page.finish.click()
    bench.settle()
    assert [(s.id, s.status) for s in bench.ask(lambda w: w.store.find(Session))] == [(planned.id, "held")]


def test_the_clock_of_a_recovered_draft_stands_where_it_was_last_kept(bench: Bench, screen: RecordScreen) -> None:
    screen.page.clock.set_seconds(900, ticking=True)
    QTest.keyClicks(screen.page.notes.editor, "x")
    wait_until_kept(bench, screen)
    bench.forward(days=3)
    again = opened(bench, mentorship=bench.grace.id)
    assert 900 <= again.page.clock.seconds() < 910
    assert not again.page.clock.is_ticking()


def test_without_a_name_it_asks_with_whom(bench: Bench) -> None:
    screen = opened(bench)
    picker = screen.whom.picker
    assert QApplication.focusWidget() is picker.filter
    QTest.keyClicks(picker.filter, "circle")
    QTest.keyClick(picker.filter, Qt.Key.Key_Return)
    bench.settle()
    draft = screen.draft()
    assert draft is not None
    assert draft.session.mentorship == bench.circle.id
    assert len(draft.session.attendees) == 2
    screen.page.when.set_open(True)
    assert screen.page.when.boxes["attendees"].isVisibleTo(screen)


def test_a_draft_is_offered_before_everybody(bench: Bench, screen: RecordScreen) -> None:
    QTest.keyClicks(screen.page.notes.editor, "three words here")
    wait_until_kept(bench, screen)
    again = opened(bench)
    row = again.whom._rows.rows()[0]
    assert "Grace A." in row.accessibleName()
    assert "3 words" in row.accessibleName()


# --- bad input --------------------------------------------------------------------------------------------------------


def test_ten_megabytes_are_kept_as_a_draft_and_the_window_lives(bench: Bench, screen: RecordScreen) -> None:
    beats: list[float] = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(5)
    huge = "She asked first and was silent. " * 330_000
    pasted = QMimeData()
    pasted.setText(huge)
    screen.page.notes.editor.setFocus()
    QTest.qWait(30)
    screen.page.notes.input.insertFromMimeData(pasted)
    screen.leave()
    while bench.tasks.is_busy():
        QTest.qWait(5)
    for letter in "abc":
        QTest.keyClicks(screen.page.notes.editor, letter)
        QTest.qWait(20)
    heart.stop()
    stall = max(b - a for a, b in pairwise(beats))
    print(f"the longest the window stood still: {stall * 1000:.0f} ms")
    assert stall < 1.0
    assert "most that can be saved" in screen.page.notes.problem()
    assert kept(bench)[0].session.notes == huge
    screen.page.finish.click()
    bench.settle()
    assert bench.ask(lambda workspace: workspace.store.find(Session)) == []
    assert screen.page.notes.problem()


def test_every_control_has_a_name(bench: Bench, screen: RecordScreen, promised: list[ActionItem]) -> None:
    screen.refresh()
    bench.settle()
    screen.page.go_to_how()
    screen.page.when.set_open(True)
    bench.settle()
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit

    for kind in (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit):
        for control in screen.findChildren(kind):
            if control.isVisibleTo(screen):
                said = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
                assert said, control


def test_each_part_can_be_reached_with_the_tab_key(bench: Bench, promised: list[ActionItem]) -> None:
    screen = opened(bench, mentorship=bench.grace.id)
    screen.page.go_to_how()
    screen.page.when.set_open(True)
    bench.settle()
    screen.page.finish.setFocus()
    seen = []
    for _ in range(80):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is screen.page.finish:
            break
    wanted = [screen.page.notes.editor, screen.page.topics.input.line, screen.page.promises.line.words,
              screen.page.promises.line.owner.focusProxy(), screen.page.promises.line.due,
              screen.page.how.boxes["mood"].editor, screen.page.when.paper, screen.page.when.boxes["place"].editor]  # fmt: skip
    assert [each for each in wanted if each not in seen] == []
    # The window goes from stop to stop in this order; here the screen stands without it.
    stops = list(reading.stops(screen))
    order = [stops.index(each) for each in wanted]
    assert order == sorted(order), "the keyboard goes through the page as the eye does"


def test_who_of_a_group_came_is_asked_in_sight_and_kept(bench: Bench) -> None:
    screen = opened(bench, mentorship=bench.circle.id)
    box = screen.page.when.boxes["attendees"]
    assert box.isVisible()
    assert not screen.page.when.is_open(), "the rest stays behind its line"
    assert len(box.value()) == 2, "who belongs to it is there until somebody says otherwise"
    box.input.chips.chip(bench.person.id).click()
    screen.page.finish.click()
    bench.settle()
    (session,) = bench.ask(lambda workspace: workspace.store.find(Session))
    assert bench.person.id not in session.attendees
    assert len(session.attendees) == 1
    alone = opened(bench, mentorship=bench.grace.id)
    assert "attendees" not in alone.page.when.boxes, "of one person it is plain"


def test_on_a_low_window_what_was_agreed_comes_nearer(bench: Bench, promised: list[ActionItem]) -> None:
    screen = opened(bench, mentorship=bench.grace.id)
    line, notes = screen.page.promises.line.words, screen.page.notes.editor

    def at(height: int) -> int:
        screen.resize(1250, height)
        bench.settle()
        return line.mapTo(screen, line.rect().topLeft()).y()

    assert at(700) - at(640) >= 2 * notes.fontMetrics().lineSpacing()
    low = notes.height()
    notes.insertPlainText("a\nb\nc\nd\ne")
    assert notes.height() >= low + 3 * notes.fontMetrics().lineSpacing(), "it grows as one writes"


def test_the_next_meeting_of_a_group_is_planned_in_one_click(bench: Bench) -> None:
    screen = opened(bench, mentorship=bench.circle.id)
    screen.page.go_to_how()
    bench.settle()
    QTest.keyClicks(screen.page.how.boxes["next_date"].editor, "7/12/2026")
    screen.page.finish.click()
    bench.settle()
    notice = bench.said[-1]
    assert notice.words == "Next time: Monday 7 December."
    assert notice.action is not None
    notice.action()
    bench.settle()
    (planned,) = bench.ask(lambda workspace: workspace.store.find(Session, "status = 'planned'"))
    assert planned.planned_start is not None
    assert local(planned.planned_start).date() == date(2026, 12, 7)
    assert planned.mentorship == bench.circle.id
