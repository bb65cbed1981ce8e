"""A coordinator decides on the Sync page: whose, why and what is said plainly; nothing is modal; a decision has a way back."""

from datetime import UTC, datetime

import msgspec
import pytest

from mentorapp.registers import Dot, Stamp, State, first, pack
from tests.journeys.conftest import Journey
from ui.widgets.versions import CaseCard

NOON = int(datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp())


def hold(journey: Journey, *, reason: str = "outside", kind: str = "session") -> None:
    """As if an exchange had brought a change that waits."""
    dot = Dot(b"\x31" * 8, 1)
    said = {"contact_minutes": 45, "topics": ["planning"], "place": "Under the tree"}
    registers = {name: first(dot, msgspec.msgpack.encode(value)) for name, value in said.items()}
    state = State(kind, "a" * 32, registers, {dot: Stamp("somebody", NOON)})
    case = (b"\x11" * 16, state.id, kind, "mentorship/x", reason, "Awa D.", NOON, pack(state))
    journey.do(lambda w: w.store.keep_cases([case]))
    journey.go("sync")


def cards(journey: Journey) -> list[CaseCard]:
    """The cards on the page."""
    return [card for card in journey.window.findChildren(CaseCard) if card.isVisible()]


def test_it_says_whose_it_is_why_it_waits_and_what_it_says(mentor_app: Journey) -> None:
    hold(mentor_app)
    (card,) = cards(mentor_app)
    assert card.accessibleName().startswith("Held for you")
    for said in ("Awa D., ", "not theirs at the office’s server", "Under the tree", "45", "are not shown here"):
        assert mentor_app.says(said), said


@pytest.mark.parametrize(
    ("button", "accept", "said"), [("Take it in", True, "You took it in"), ("Leave it out", False, "You left it out")]
)
def test_a_decision_waits_for_the_next_exchange_and_can_be_undone(
    mentor_app: Journey, button: str, said: str, *, accept: bool
) -> None:
    hold(mentor_app)
    mentor_app.click(button)
    assert mentor_app.ask(lambda w: [one.accept for one in w.store.cases()]) == [accept]
    (card,) = cards(mentor_app)
    assert card.accessibleName().startswith(said)
    assert mentor_app.says("hears of it at the next exchange")
    mentor_app.click("Undo")
    assert mentor_app.ask(lambda w: [one.accept for one in w.store.cases()]) == [None]
    assert cards(mentor_app)[0].accessibleName().startswith("Held for you")


def test_what_a_newer_version_wrote_can_be_decided_about_too(mentor_app: Journey) -> None:
    hold(mentor_app, kind="a kind of 2031", reason="a reason of 2031")
    assert mentor_app.says("could not tell where it belongs")
    mentor_app.click("Take it in")
    assert mentor_app.ask(lambda w: [one.accept for one in w.store.cases()]) == [True]
