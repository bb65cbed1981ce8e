"""The lanes: in order, off the GUI thread, back on it, and never silent."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication

from mentorapp.errors import UserError
from ui.notices import Notice, Notices
from ui.tasks import Tasks


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.stop()


def test_a_function_runs_off_the_gui_thread_and_its_result_comes_back_on_it(tasks: Tasks) -> None:
    where: list[object] = []
    tasks.run(QThread.currentThread, then=lambda ran: where.extend((ran, QThread.currentThread())))
    assert tasks.idle()
    assert where[0] is not where[1]
    assert where[1] is QApplication.instance().thread()  # type: ignore[union-attr]


def test_a_lane_keeps_the_order_given(tasks: Tasks) -> None:
    done: list[int] = []
    for number in range(200):
        tasks.run(lambda number=number: number, then=done.append)  # type: ignore[misc]
    assert tasks.idle()
    assert done == list(range(200))


def test_the_two_lanes_do_not_wait_for_each_other(tasks: Tasks) -> None:
    gate = threading.Event()
    got: list[str] = []
    tasks.run(lambda: gate.wait(5) and "network", then=got.append, lane="network")
    tasks.run(lambda: "store", then=lambda word: (got.append(word), gate.set()))
    assert tasks.idle()
    assert got == ["store", "network"]


def test_of_questions_with_one_name_only_the_newest_is_answered(tasks: Tasks) -> None:
    gate, asked, answers = threading.Event(), [], []
    tasks.run(lambda: gate.wait(5))
    for words in ("g", "gr", "gra"):
        tasks.ask(lambda words=words: asked.append(words) or words, then=answers.append, latest="search")  # type: ignore[func-returns-value, misc]
    gate.set()
    assert tasks.idle()
    assert answers == ["gra"]
    assert asked == ["gra"]


def test_an_expected_failure_goes_to_whoever_asked(tasks: Tasks) -> None:
    caught: list[UserError] = []
    told: list[UserError] = []
    tasks.problem.connect(told.append)

    def refuse() -> None:
        raise UserError("The disk is full.")

    tasks.run(refuse, failed=caught.append)
    tasks.run(refuse)
    assert tasks.idle()
    assert [str(error) for error in caught] == ["The disk is full."]
    assert [str(error) for error in told] == ["The disk is full."]


def test_a_bug_is_told_whether_it_is_in_the_function_or_in_what_follows(tasks: Tasks) -> None:
    bugs: list[Exception] = []
    tasks.unexpected.connect(bugs.append)
    tasks.run(lambda: 1 / 0)
    tasks.run(lambda: 1, then=lambda one: one / 0)
    assert tasks.idle()
    assert [type(bug) for bug in bugs] == [ZeroDivisionError, ZeroDivisionError]


def test_a_result_for_something_that_is_gone_is_dropped(tasks: Tasks) -> None:
    owner, got = QObject(), []
    gate = threading.Event()
    tasks.run(lambda: gate.wait(5), then=got.append, owner=owner)
    owner.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, 52)
    del owner
    gate.set()
    assert tasks.idle()
    assert got == []


@dataclass(frozen=True)
class Happened:
    kinds: frozenset[str]
    records: tuple[str, ...]


def test_what_changed_is_announced_after_the_result_was_used(tasks: Tasks) -> None:
    order: list[str] = []
    tasks.changed.connect(lambda changed: order.append(f"changed {sorted(changed.kinds)}"))
    tasks.run(lambda: Happened(frozenset({"session"}), ("a",)), then=lambda _changed: order.append("then"))
    tasks.run(lambda: 5)
    assert tasks.idle()
    assert order == ["then", "changed ['session']"]


def test_stopping_finishes_what_was_given(qapp: QApplication) -> None:
    tasks, done = Tasks(), []
    for number in range(20):
        tasks.run(lambda number=number: time.sleep(0.002) or number, then=done.append)  # type: ignore[func-returns-value, misc]
    assert tasks.stop()
    assert done == list(range(20))


def test_a_notice_of_success_goes_and_a_problem_stays(qapp: QApplication) -> None:
    notices, said = Notices(), list[Notice]()
    notices.said.connect(said.append)
    notices.say("The session is kept.", action_label="Undo", action=lambda: None)
    notices.problem(UserError("The disk is full. What you wrote is kept."))
    assert [(notice.tone, notice.stays) for notice in said] == [("good", False), ("bad", True)]


def test_a_bug_is_said_without_its_code(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    notices, said = Notices(), list[Notice]()
    notices.said.connect(said.append)
    notices.unexpected(KeyError("x_37"))
    assert "x_37" not in said[0].words
    assert "kept" in said[0].words
    assert "x_37" in caplog.text
