"""The first day of a mentor: from nothing to a first mentee, a first promise, a first session, by the routes that a person has."""

from mentorapp.records import ActionItem, Goal, Person, Session
from mentorapp.services import workspace as workspaces
from tests.journeys.conftest import PASSPHRASE, Journey


def begin(journey: Journey) -> None:
    """Start fresh as Awa D."""
    journey.click("Start fresh")
    journey.type("Awa D.")
    journey.keys("Return")
    journey.settle()


def test_a_first_day_from_the_first_window_to_the_first_session(fresh_app: Journey) -> None:
    assert fresh_app.window.current_key() == "first_run"
    fresh_app.open(lambda: workspaces.start(name="Awa D.", passphrase=PASSPHRASE))
    assert fresh_app.window.current_key() == "today"
    assert fresh_app.says("Awa D., mentor")

    fresh_app.click("Add a mentee")
    fresh_app.type("Grace A.")
    fresh_app.keys("Return")
    assert fresh_app.window.current_key() == "mentee"
    assert fresh_app.says("Before you first meet")
    assert fresh_app.says("What has been on your mind since we met?")

    fresh_app.click("Add a promise")
    fresh_app.type("Try the story circle")
    fresh_app.keys("Return")
    fresh_app.click("Add a goal")
    fresh_app.type("Run a review after every outreach")
    fresh_app.keys("Return")
    assert fresh_app.ask(lambda w: len(w.store.find(Goal))) == 1

    fresh_app.keys("Ctrl+2", "Down", "Return")
    assert fresh_app.says("You wanted to do this: “Try the story circle” How did it go?")
    promise = fresh_app.ask(lambda w: w.store.find(ActionItem)[0])
    row = fresh_app.named("Try the story circle, Grace")
    row.box.setFocus()  # type: ignore[attr-defined]
    fresh_app.keys("Space")
    assert fresh_app.ask(lambda w: w.store.get(ActionItem, promise.id).status) == "done"

    fresh_app.click(fresh_app.button("Record a session", fresh_app.screen()))
    assert fresh_app.window.current_key() == "record"
    fresh_app.type("We walked through the reading room.", into=fresh_app.named("Notes"))
    fresh_app.keys("Ctrl+1")
    assert fresh_app.says("Session with Grace A.")
    fresh_app.click("Go on with the session with Grace A.")
    assert fresh_app.named("Notes").toPlainText() == "We walked through the reading room."  # type: ignore[attr-defined]


def test_what_the_first_day_left_is_there_on_the_second(fresh_app: Journey) -> None:
    fresh_app.open(lambda: workspaces.start(name="Awa D.", passphrase=PASSPHRASE))
    fresh_app.keys("Ctrl+N")
    fresh_app.type("Grace A.")
    fresh_app.keys("Return")
    fresh_app.close()

    opened = workspaces.open_with_passphrase(PASSPHRASE)
    try:
        assert {person.name for person in opened.store.find(Person)} == {"Awa D.", "Grace A."}
        assert opened.store.find(Session) == []
    finally:
        opened.close()
