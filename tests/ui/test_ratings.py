"""Ratings and the growth of a mentee, in the real window."""

from datetime import timedelta

import pytest

from mentorapp.clock import day_of
from mentorapp.records import CompetencyRating, Person
from mentorapp.services import goals, people, promises, ratings, sample
from tests.journeys.conftest import Journey
from ui.models import growth
from ui.screens.mentee import MenteeScreen
from ui.screens.ratings import RatingsScreen


@pytest.fixture
def ruth(mentor_app: Journey) -> Person:
    """A mentee."""
    return mentor_app.ask(lambda w: people.add_mentee(w, name="Ruth N.")[1])


def test_rating_for_the_first_time_by_click_keeps_what_was_chosen_and_can_be_undone(
    mentor_app: Journey, ruth: Person
) -> None:
    screen = mentor_app.go("ratings", person=ruth.id)
    assert isinstance(screen, RatingsScreen)
    mentor_app.click("Rate for the first time")
    assert screen.form is not None
    mentor_app.click("Keep")
    assert mentor_app.says("Choose a level for at least one competency; the others can wait.")
    line = screen.form.lines["listening"]
    mentor_app.click(line.levels.chip("limited"))
    assert mentor_app.says("Listens to those who speak up; misses those who are quiet.")
    mentor_app.type("Asked once", into=line.evidence.editor)
    mentor_app.click(screen.form.rater.chip("self"))
    mentor_app.click("Keep")
    kept = mentor_app.ask(lambda w: w.store.find(CompetencyRating)[0])
    assert (kept.competency, kept.level, kept.rater, kept.evidence) == ("listening", "limited", "self", "Asked once")
    assert (kept.completeness, kept.framework, kept.version) == ("satisfactory", "early_career", "1")
    assert mentor_app.says("Ruth says: a little")
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert mentor_app.ask(lambda w: w.store.find(CompetencyRating)) == []
    assert screen.nothing.isVisible()


@pytest.mark.slow
def test_what_was_chosen_stays_while_another_page_is_shown(mentor_app: Journey, ruth: Person) -> None:
    screen = mentor_app.go("ratings", person=ruth.id, rate=True)
    assert isinstance(screen, RatingsScreen)
    assert screen.form is not None
    mentor_app.click(screen.form.lines["writing"].levels.chip("some"))
    mentor_app.go("today")
    mentor_app.go("ratings", person=ruth.id)
    assert [said.competency for said in screen.form.value()] == ["writing"]


@pytest.mark.slow
def test_each_competency_is_drawn_with_the_figures_of_the_services(mentor_app: Journey) -> None:
    mentor_app.do(sample.add_people)
    grace = mentor_app.ask(lambda w: w.store.find(Person, "name = 'Grace A.'")[0])
    screen = mentor_app.go("ratings", person=grace.id)
    assert isinstance(screen, RatingsScreen)
    view = mentor_app.ask(lambda w: ratings.view(w, grace.id))
    row = screen.rows.row("early_career/speaking_up")
    row.setFocus()
    mentor_app.keys("Return")
    course = view.course("speaking_up")
    assert course is not None
    picture = screen.one.chart.chart.picture
    assert picture.series[0].points == growth.course_points(course, "mentor")
    assert mentor_app.says("Seen by me: from a little in ")
    mentor_app.click(screen.one.rows.rows()[0].findChildren(type(screen._back))[0])
    assert len(mentor_app.ask(lambda w: ratings.view(w, grace.id).course("speaking_up").all)) == 3  # type: ignore[union-attr]
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert len(mentor_app.ask(lambda w: ratings.view(w, grace.id).course("speaking_up").all)) == 4  # type: ignore[union-attr]


def test_the_mentees_page_shows_goals_growing_and_leads_to_them(mentor_app: Journey, ruth: Person) -> None:
    def made(w) -> str:  # type: ignore[no-untyped-def]
        pair = w.store.rows("SELECT id FROM mentorship")[0][0]
        goal = promises.set_goal(w, mentorship=pair, owner=ruth.id, statement="Five reviews", target=5)[1]
        day = day_of(w.clock.now())
        goals.measure(w, goal=goal.id, reached=1, day=day - timedelta(days=30))
        goals.measure(w, goal=goal.id, reached=3, day=day)
        return str(goal.id)

    goal = mentor_app.ask(made)
    screen = mentor_app.go("mentee", person=ruth.id)
    assert isinstance(screen, MenteeScreen)
    row = screen._growth.goals.row(goal)
    assert mentor_app.says("From 1 on ", row)
    mentor_app.click(row)
    assert mentor_app.window.current_key() == "goal"
    mentor_app.click("Back to Ruth N.")
    assert mentor_app.window.current_key() == "mentee"
    mentor_app.click("Every promise with Ruth N.")
    assert mentor_app.window.current_key() == "promises"
    mentor_app.keys("Alt+Left")
    mentor_app.click("Rate what Ruth N. can do")
    assert mentor_app.window.current_key() == "ratings"
    assert mentor_app.says("What you see today")
