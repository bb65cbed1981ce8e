"""One goal and all promises, in the real window: noted, mended, taken out, undone, by click and by key."""

from datetime import timedelta

import pytest

from mentorapp.clock import day_of
from mentorapp.records import ActionItem, Goal, Measurement
from mentorapp.services import goals, people, promises
from mentorapp.services.workspace import Workspace
from tests.journeys.conftest import Journey
from ui.models import growth
from ui.screens.goal import GoalScreen
from ui.screens.promises import PromisesScreen
from ui.widgets.chart import Chart, Picture, Series


def ruth_n(workspace: Workspace) -> tuple[str, str, str]:
    """A mentee, the mentorship, and a goal of five steps that stands at two."""
    _, person, pair = people.add_mentee(workspace, name="Ruth N.")
    _, goal = promises.set_goal(workspace, mentorship=pair.id, owner=person.id, statement="Five reviews", target=5)
    day = day_of(workspace.clock.now())
    goals.measure(workspace, goal=goal.id, reached=1, day=day - timedelta(days=40))
    goals.measure(workspace, goal=goal.id, reached=2, day=day - timedelta(days=10), note="The second alone")
    return person.id, pair.id, goal.id


@pytest.fixture
def ids(mentor_app: Journey) -> tuple[str, str, str]:
    """Her id, the mentorship's and the goal's."""
    return mentor_app.ask(ruth_n)


@pytest.fixture
def screen(mentor_app: Journey, ids: tuple[str, str, str]) -> GoalScreen:
    """The goal's page."""
    shown = mentor_app.go("goal", goal=ids[2])
    assert isinstance(shown, GoalScreen)
    return shown


def test_progress_is_noted_by_keyboard_and_the_figures_on_screen_are_the_pure_ones(
    mentor_app: Journey, screen: GoalScreen
) -> None:
    screen.add.setFocus()
    mentor_app.keys("Return")
    mentor_app.type("4")
    mentor_app.keys("Return")
    view = mentor_app.ask(lambda w: goals.view(w, w.store.find(Goal)[0].id))
    assert mentor_app.says("4 of 5")
    shown = screen.progress.chart.chart.picture.series[0].points
    assert shown == tuple((m.day, m.reached) for m in view.course)
    assert mentor_app.says(growth.goal_trend(view.goal, view.course, near=view.today))
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].progress) == 2


def test_a_word_that_is_no_number_is_said_beside_the_field(mentor_app: Journey, screen: GoalScreen) -> None:
    mentor_app.click("Note progress")
    mentor_app.type("many")
    mentor_app.click("Keep")
    assert mentor_app.says("This is not a whole number. Write it in digits, like 12.")
    mentor_app.keys("Escape")
    assert not screen.progress.form.isVisible()


@pytest.mark.slow
def test_a_measurement_is_mended_and_taken_out_and_comes_back(mentor_app: Journey, screen: GoalScreen) -> None:
    row = screen.progress.rows.rows()[0]
    mentor_app.click(row.findChildren(type(screen._back))[0])
    screen.progress.form.reached.editor.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("3")
    mentor_app.click("Keep")
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].progress) == 3
    out = screen.progress.rows.rows()[0].findChildren(type(screen._back))[1]
    mentor_app.click(out)
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].progress) == 1
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert mentor_app.ask(lambda w: (w.store.find(Goal)[0].progress, len(w.store.find(Measurement)))) == (3, 2)


def test_the_numbers_behind_the_picture_are_one_click_away(mentor_app: Journey, screen: GoalScreen) -> None:
    assert screen.progress.chart.chart.isVisible()
    mentor_app.click("Show the numbers")
    assert not screen.progress.chart.chart.isVisible()
    day = mentor_app.ask(lambda w: day_of(w.clock.now())) - timedelta(days=10)
    from ui import words

    assert mentor_app.says(f"{words.day(day, near=day)}, Reached, 2")


def test_letting_a_goal_go_asks_why_and_can_be_undone(mentor_app: Journey, screen: GoalScreen) -> None:
    mentor_app.click(screen.about.button("dropped"))
    mentor_app.keys("Return")
    assert mentor_app.says("Say in a few words why it is let go: it may help the next goal.")
    mentor_app.type("She moved on")
    mentor_app.keys("Return")
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].status) == "dropped"
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].status) == "active"


def test_the_goal_is_mended_in_its_place_and_promises_are_added_towards_it(
    mentor_app: Journey, screen: GoalScreen, ids: tuple[str, str, str]
) -> None:
    mentor_app.click("Edit")
    mentor_app.held().selectAll()  # type: ignore[attr-defined]
    mentor_app.type("Six reviews")
    mentor_app.click("Save")
    assert mentor_app.says("Six reviews")
    mentor_app.type("Ask for the template", into=screen.towards.line)
    mentor_app.keys("Return")
    item = mentor_app.ask(lambda w: w.store.find(ActionItem)[0])
    assert (item.text, item.goal) == ("Ask for the template", ids[2])
    mentor_app.click(screen.towards.rows.rows()[0].box)  # type: ignore[attr-defined]
    assert mentor_app.ask(lambda w: w.store.find(ActionItem)[0].status) == "done"


@pytest.fixture
def all_promises(mentor_app: Journey, ids: tuple[str, str, str]) -> PromisesScreen:
    """Three promises: one late and carried over, one of mine, one kept."""

    def made(w: Workspace) -> None:
        day = day_of(w.clock.now())
        late = promises.promise(w, mentorship=ids[1], text="Write the café story", due=day - timedelta(days=3))[1]
        w.store.save(ActionItem(**{**vars(late), "carried_over": 2}), before=late, by=w.me, at=w.clock.now())
        promises.promise(w, mentorship=ids[1], text="Send the form", owner="mentor")
        done = promises.promise(w, mentorship=ids[1], text="Call the bureau")[1]
        promises.settle(w, done, to="done")

    mentor_app.ask(made)
    shown = mentor_app.go("promises", person=ids[0])
    assert isinstance(shown, PromisesScreen)
    return shown


def titles(screen: PromisesScreen) -> list[str]:
    """What is on show."""
    return [row.words.title for row in screen.rows.rows()]  # type: ignore[attr-defined]


def test_promises_are_filtered_by_state_by_whose_and_by_a_word(
    mentor_app: Journey, all_promises: PromisesScreen
) -> None:
    assert titles(all_promises) == ["Write the café story", "Send the form"]
    assert mentor_app.says("carried over 2 times")
    mentor_app.click(all_promises.which.chip("settled"))
    assert titles(all_promises) == ["Call the bureau"]
    mentor_app.click(all_promises.which.chip("all"))
    mentor_app.type("CAFE", into=all_promises.sought)
    assert titles(all_promises) == ["Write the café story"]
    all_promises.sought.clear()
    mentor_app.click(all_promises.owner.chip("mentor"))
    assert titles(all_promises) == ["Send the form"]


@pytest.mark.slow
def test_a_promise_is_mended_and_said_to_be_stuck_and_free_again(
    mentor_app: Journey, all_promises: PromisesScreen
) -> None:
    mentor_app.click("Edit “Send the form”")
    mentor_app.held().selectAll()  # type: ignore[attr-defined]
    mentor_app.type("Send both forms")
    mentor_app.type("no paper", into=all_promises.form.stuck.editor)
    mentor_app.click("Save")
    item = mentor_app.ask(lambda w: w.store.find(ActionItem, "text = 'Send both forms'")[0])
    assert (item.status, item.reason) == ("blocked", "no paper")
    assert mentor_app.says("stuck")
    mentor_app.click("Edit “Send both forms”")
    all_promises.form.stuck.editor.selectAll()  # type: ignore[attr-defined]
    mentor_app.keys("Delete")
    all_promises.form.stuck.editor.setFocus()
    mentor_app.keys("Backspace")
    mentor_app.click("Save")
    assert mentor_app.ask(lambda w: w.store.get(ActionItem, item.id).status) == "open"


def test_a_chart_says_its_trend_and_draws_lines_that_grey_keeps_apart(qapp: object) -> None:
    from datetime import date

    from PySide6.QtGui import QImage

    days = (date(2026, 1, 1), date(2026, 3, 1))
    one = Series("Reached", ((days[0], 1), (days[1], 3)))
    two = Series("Expected", ((days[0], 2), (days[1], 2)))
    chart = Chart(Picture(series=(one, two), words="From 1 to 3."))
    chart.resize(300, 168)
    assert chart.accessibleName() == "From 1 to 3."
    grey = chart.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)

    def inked(y: int) -> int:
        return sum(grey.pixelColor(x, y).lightness() < 200 for x in range(60, 280))

    rows = [inked(y) for y in range(grey.height())]
    assert max(rows) < 200, "the level line is broken where the rising one is whole"
    assert sum(rows) > 150
