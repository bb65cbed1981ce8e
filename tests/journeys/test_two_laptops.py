"""The main job from end to end: what is recorded without a network on one laptop is on the other after both exchanged, and when both wrote
the same notes apart, a person chooses once and both agree. The window is real, the server is real, the other laptop is a real store."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mentorapp.clock import SystemClock, new_id
from mentorapp.records import Person, Session
from mentorapp.services import people
from sync.client import agreement
from tests.journeys.conftest import MENTOR, Journey
from tests.sync.conftest import Laptop, Office, laptop, office
from tests.ui.test_sync_screen import join, wait
from ui.widgets.versions import VersionsCard

__all__ = ["laptop", "office"]

TOLD = "She opened the circle with a question and then kept quiet."
MINE = "She opened the circle with a song and then kept quiet."
THEIRS = "She opened the circle with a proverb and then kept quiet."


@pytest.fixture
def hanna(office: Office, laptop: Callable[..., Laptop]) -> Laptop:
    """The laptop of a co-mentor, joined and known to the office."""
    other = laptop("Hanna B.")
    other.clock = SystemClock()  # type: ignore[assignment]
    me = Person(id=other.person, scope="office/", name="Hanna B.", status="active")
    other.store.save(me, by=other.person, at=other.clock.now())
    other.sync()
    return other


def record_offline(journey: Journey, hanna: Laptop) -> str:
    """Grace A. shared with Hanna B., and a session told in the window while the server cannot be reached; the session's id."""
    _, _grace, pair = journey.do(lambda w: people.add_mentee(w, name="Grace A."))
    journey.do(lambda w: people.share_with(w, pair, hanna.person))
    address = journey.ask(lambda w: w.store.recall("sync_address"))
    journey.ask(lambda w: w.store.remember(sync_address="http://127.0.0.1:9"))
    journey.go("record", mentorship=pair.id)
    journey.type(TOLD, into=journey.named("Notes"))
    journey.keys("Ctrl+Return")
    journey.app.sync_now()
    wait(journey)
    assert journey.shell.syncing is not None
    assert journey.shell.syncing.status.state == "offline"
    assert "only on this laptop" in journey.status()
    journey.ask(lambda w: w.store.remember(sync_address=address))
    (session,) = journey.ask(lambda w: w.store.find(Session))
    return str(session.id)


def sync_by_button(journey: Journey) -> None:
    """Press the button of the Sync page, as a person does."""
    screen = journey.go("sync")
    wait(journey)
    journey.click(screen._button)  # type: ignore[attr-defined]
    wait(journey)


def rewrite(journey: Journey, id: str, notes: str) -> None:
    """Other words for the notes, on the laptop of the window."""

    def save(workspace: Any) -> Any:
        before = workspace.store.get(Session, id)
        return workspace.store.save(
            replace(before, notes=notes), before=before, by=workspace.me, at=workspace.clock.now()
        )

    journey.do(save)


def rewrite_there(hanna: Laptop, id: str, notes: str) -> None:
    """Other words for the notes, on the other laptop."""
    before = hanna.store.get(Session, id)
    hanna.store.save(replace(before, notes=notes), before=before, by=hanna.person, at=hanna.clock.now())


def notes_on_both(journey: Journey, hanna: Laptop, id: str) -> tuple[str, str]:
    """What each laptop shows."""
    return journey.ask(lambda w: w.store.get(Session, id).notes), hanna.store.get(Session, id).notes


def test_a_session_recorded_without_a_network_reaches_the_other_laptop(
    mentor_app: Journey, office: Office, hanna: Laptop, tmp_path: Path
) -> None:
    join(mentor_app, office)
    id = record_offline(mentor_app, hanna)
    sync_by_button(mentor_app)
    hanna.sync()
    assert notes_on_both(mentor_app, hanna, id) == (TOLD, TOLD)
    assert hanna.store.get(Person, hanna.store.get(Session, id).attendees[0]).name == "Grace A."
    assert mentor_app.says("server and laptop agree")
    assert mentor_app.status().startswith("Everything is safe at the office")
    assert agreement(hanna.store) == (True, mentor_app.ask(lambda w: agreement(w.store))[1])


@pytest.mark.parametrize("first", ["window", "other"])
@pytest.mark.parametrize("choice", ["Keep mine", "Keep Hanna B.’s", "Keep both"])
def test_notes_rewritten_on_both_are_chosen_once_and_both_agree(
    mentor_app: Journey, office: Office, hanna: Laptop, first: str, choice: str
) -> None:
    join(mentor_app, office)
    id = record_offline(mentor_app, hanna)
    sync_by_button(mentor_app)
    hanna.sync()
    rewrite(mentor_app, id, MINE)
    rewrite_there(hanna, id, THEIRS)
    if first == "window":
        sync_by_button(mentor_app)
        hanna.sync()
    else:
        hanna.sync()
    sync_by_button(mentor_app)
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == 1
    assert "1 needs you" in mentor_app.status()
    (card,) = mentor_app.screen()._choosing.rows()  # type: ignore[attr-defined]
    assert isinstance(card, VersionsCard)
    both = card.wording()
    assert "song" in both
    assert "proverb" in both
    mentor_app.click(choice)
    sync_by_button(mentor_app)
    hanna.sync()
    kept = {"Keep mine": MINE, "Keep Hanna B.’s": THEIRS, "Keep both": both}[choice]
    assert notes_on_both(mentor_app, hanna, id) == (kept, kept)
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == hanna.store.safety().needs_you == 0
    said = {version.value for version in hanna.store.history(id, "notes")}
    assert len(said) >= 2, "the version that was not chosen is in the history of both"
    assert mentor_app.says("server and laptop agree")


def test_words_added_by_both_come_together_by_themselves(mentor_app: Journey, office: Office, hanna: Laptop) -> None:
    join(mentor_app, office)
    id = record_offline(mentor_app, hanna)
    sync_by_button(mentor_app)
    hanna.sync()
    rewrite(mentor_app, id, f"It rained. {TOLD}")
    rewrite_there(hanna, id, f"{TOLD} Two women answered.")
    hanna.sync()
    sync_by_button(mentor_app)
    sync_by_button(mentor_app)
    hanna.sync()
    sync_by_button(mentor_app)
    whole = f"It rained. {TOLD} Two women answered."
    assert notes_on_both(mentor_app, hanna, id) == (whole, whole)
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == 0


def test_a_second_laptop_of_the_same_mentor_becomes_her(
    mentor_app: Journey, office: Office, laptop: Callable[..., Laptop]
) -> None:
    first = laptop(MENTOR)
    first.store.save(
        Person(id=first.person, scope="office/", name=MENTOR, status="active"), by=first.person, at=first.clock.now()
    )
    pair = first.pair()
    first.sync()
    _, grace, mine = mentor_app.do(lambda w: people.add_mentee(w, name="Grace A."))
    join(mentor_app, office)
    assert mentor_app.ask(lambda w: w.me) == first.person
    assert mentor_app.ask(lambda w: w.store.seek(type(pair), pair.id)) is not None
    first.sync()
    assert first.store.get(type(mine), mine.id).mentors == (first.person,)
    assert first.store.get(Person, grace.id).name == "Grace A."
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == 0


def test_much_taken_out_of_sight_elsewhere_waits_for_a_yes(mentor_app: Journey, office: Office, hanna: Laptop) -> None:
    join(mentor_app, office)
    _, _, pair = mentor_app.do(lambda w: people.add_mentee(w, name="Grace A."))
    mentor_app.do(lambda w: people.share_with(w, pair, hanna.person))

    def many(workspace: Any) -> Any:
        held = [Session(id=new_id(), mentorship=pair.id, status="held", agenda=f"Visit {n}") for n in range(30)]
        return workspace.store.save_all([(None, one) for one in held], by=workspace.me, at=workspace.clock.now())

    mentor_app.do(many)
    sync_by_button(mentor_app)
    hanna.sync()
    for one in hanna.store.find(Session):
        hanna.store.void(one, reason="by mistake", by=hanna.person, at=hanna.clock.now())
    hanna.sync()
    sync_by_button(mentor_app)
    assert mentor_app.says("would take much of what is on this laptop out of sight at once")
    assert len(mentor_app.ask(lambda w: w.store.find(Session))) == 30
    mentor_app.click("Allow it")
    wait(mentor_app)
    assert mentor_app.ask(lambda w: w.store.find(Session)) == []
    assert not mentor_app.screen()._trouble.isVisible()  # type: ignore[attr-defined]
