"""How far goals are, noted while a session is written."""

from mentorapp.records import Goal, Measurement
from mentorapp.services import people, promises
from tests.journeys.conftest import Journey
from ui.screens.record import RecordScreen


def test_a_goal_that_was_talked_about_is_noted_in_the_session_and_survives_as_a_draft(mentor_app: Journey) -> None:
    def made(w) -> str:  # type: ignore[no-untyped-def]
        _, person, pair = people.add_mentee(w, name="Ruth N.")
        promises.set_goal(w, mentorship=pair.id, owner=person.id, statement="Five reviews", target=5)
        return str(pair.id)

    pair = mentor_app.ask(made)
    screen = mentor_app.go("record", mentorship=pair)
    assert isinstance(screen, RecordScreen)
    assert not screen.page.goals.isVisible(), "nobody is asked for a number she does not have"
    mentor_app.click("Note how far the goals are")
    mentor_app.type("three")
    mentor_app.go("today")
    mentor_app.go("record", mentorship=pair)
    number = mentor_app.named("Reached now: Five reviews")
    assert number.text() == "three"  # type: ignore[attr-defined]
    number.setFocus()
    mentor_app.keys("Ctrl+Return")
    assert mentor_app.says("This is not a whole number. Write it in digits, like 12.")
    number.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("3", into=number)
    mentor_app.type("She led it", into=mentor_app.named("In a few words: Five reviews"))
    mentor_app.keys("Ctrl+Return")
    kept = mentor_app.ask(lambda w: w.store.find(Measurement)[0])
    assert (kept.reached, kept.note) == (3, "She led it")
    assert kept.session
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].progress) == 3
