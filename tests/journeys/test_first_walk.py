"""The walk of docs/first-session.md: from the first window to a first session that is kept, unaided, in under two minutes."""

from functools import partial

import pytest

from mentorapp.records import ActionItem, Session
from mentorapp.store import keys
from tests.journeys.conftest import Journey

TO_FIND_AND_PRESS = 2.5
"""Seconds to find what to press on a page that one has never seen, and to press it."""

LETTERS_A_MINUTE = 200
"""Forty words."""


class Hands:
    """Somebody's hands: they do what the journey does, and count."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.clicks = self.enters = self.letters = 0

    def click(self, words: str) -> None:
        """Click the button of these words."""
        self.clicks += 1
        self.journey.click(words)

    def into(self, name: str) -> None:
        """Click into the field of this name."""
        self.clicks += 1
        self.journey.click(self.journey.named(name))

    def type(self, words: str) -> None:
        """Type where the cursor stands already."""
        self.letters += len(words)
        self.journey.type(words)

    def enter(self) -> None:
        """Press Enter."""
        self.enters += 1
        self.journey.keys("Return")

    def seconds(self) -> float:
        """How long that takes."""
        return (self.clicks + self.enters) * TO_FIND_AND_PRESS + self.letters / LETTERS_A_MINUTE * 60


def test_a_first_session_is_kept_in_under_two_minutes(fresh_app: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "Cost", partial(keys.Cost, passes=1, memory_kib=64, lanes=1))
    hands = Hands(fresh_app)
    hands.click("Start fresh")
    hands.type("Awa D.")
    hands.enter()
    hands.type("nine red lanterns")
    hands.enter()
    assert fresh_app.window.current_key() == "today"

    hands.click("Record a session")
    assert fresh_app.says("Who did you meet?")
    hands.type("Grace A.")
    hands.enter()
    assert fresh_app.says("Session with Grace A.")
    hands.type("We walked through the reading room and chose three books for the story circle.")
    hands.into("Add a promise")
    hands.type("Try the story circle")
    hands.enter()
    hands.click("Finish")
    assert fresh_app.says("The session is kept")

    session, promise = fresh_app.ask(lambda w: (w.store.find(Session)[0], w.store.find(ActionItem)[0]))
    assert session.status == "held"
    assert session.notes.startswith("We walked through")
    assert (promise.text, promise.mentorship) == ("Try the story circle", session.mentorship)
    assert (hands.clicks, hands.enters) == (4, 4)
    assert hands.seconds() < 120


def test_a_session_with_nobody_named_is_said_beside_the_name(mentor_app: Journey) -> None:
    mentor_app.go("record")
    mentor_app.click("Go on")
    assert mentor_app.says("Give the name by which this person likes to be called.")
    mentor_app.type("Grace A.")
    mentor_app.click("Go on")
    assert mentor_app.says("Session with Grace A.")
