"""The card by which a laptop without a network exchanges: each deed says what came of it, and nothing is called safe before the answer is back."""

from pathlib import Path

import pytest

from mentorapp.clock import new_id
from mentorapp.records import Mentorship, Person
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from sync import bundle
from sync.server import courier as desk
from sync.server import ledger
from tests.journeys.conftest import Journey
from tests.sync.conftest import Office, office
from tests.ui.test_sync_screen import at_sync, join
from ui import filing
from ui.courier import CourierCard

__all__ = ["office"]


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is chosen whenever one is asked for."""
    folder = tmp_path / "stick"
    folder.mkdir()
    monkeypatch.setattr(filing, "which_folder", lambda *_args, **_kw: folder)
    return folder


def written(workspace: Workspace) -> Changed:
    """Two records that are only here."""
    pair = Mentorship(id=new_id(), mentors=(workspace.me,), mentees=(new_id(),))
    changed = Changed()
    for record in (Person(id=pair.mentees[0], name="Joseph K."), pair):
        changed |= workspace.store.save(record, by=workspace.me, at=workspace.clock.now())
    return changed


def card_of(app: Journey, office: Office) -> CourierCard:
    """The card of a laptop that joined the office and has something that is only here."""
    join(app, office)
    assert app.shell.syncing is not None
    app.shell.syncing.stop()  # what follows is far from any network
    app.do(written)
    card = at_sync(app)._courier
    assert card.isVisible()
    return card


def press(app: Journey, button: object) -> None:
    """Press, and wait until it is done."""
    button.click()  # type: ignore[attr-defined]
    app.settle()


def waiting(app: Journey) -> int:
    """How many records are only here."""
    return app.ask(lambda workspace: workspace.store.safety().only_here)


def answered(office: Office, stick: Path) -> None:
    """What the server's console does with the files on a stick."""
    with office.database.reading() as connection:
        identity = ledger.identity(connection, 0)
    for file in desk.files([stick]):
        done = desk.deliver(office.database, identity, "the office", file.read_bytes(), now=office.clock.now())
        bundle.kept(stick, bundle.named(done.head), done.answer)


def test_what_was_written_is_safe_when_the_answer_was_taken_in(
    mentor_app: Journey, office: Office, stick: Path
) -> None:
    card = card_of(mentor_app, office)
    before = waiting(mentor_app)
    assert before >= 2
    press(mentor_app, card.write)
    assert mentor_app.says("until the answer is back")
    assert waiting(mentor_app) == before
    answered(office, stick)
    press(mentor_app, card.take)
    assert mentor_app.says("now safe")
    assert waiting(mentor_app) == 0


def test_a_colleague_hands_over_what_lies_on_the_stick(mentor_app: Journey, office: Office, stick: Path) -> None:
    card = card_of(mentor_app, office)
    press(mentor_app, card.hand)
    assert mentor_app.says("nothing on this stick")
    press(mentor_app, card.write)
    press(mentor_app, card.hand)
    assert mentor_app.says("1 file was handed over")
    press(mentor_app, card.take)
    assert mentor_app.says("now safe")


def test_a_stick_without_an_answer_says_so_and_the_deeds_are_ready_again(
    mentor_app: Journey, office: Office, stick: Path
) -> None:
    card = card_of(mentor_app, office)
    press(mentor_app, card.take)
    assert mentor_app.says("no answer for this laptop")
    assert all(one.isEnabled() for one in (card.write, card.take, card.hand))
