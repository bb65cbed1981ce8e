"""The Sync page tells the truth, never blocks, and every failure is a sentence in its place."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from mentorapp.clock import new_id
from mentorapp.records import Goal, Person, Reflection, Session
from mentorapp.registers import Dot, Register, Sibling, Stamp, State
from mentorapp.services import people
from mentorapp.store import Exchange, Refusal
from sync.server import accounts
from tests.journeys.conftest import MENTOR, Journey
from tests.sync.conftest import Office, office
from ui.screens.sync import SyncScreen
from ui.widgets.versions import ChosenCard, VersionsCard

__all__ = ["office"]


def at_sync(journey: Journey) -> SyncScreen:
    """The Sync page, read."""
    screen = journey.go("sync")
    assert isinstance(screen, SyncScreen)
    return screen


def join(journey: Journey, office: Office) -> SyncScreen:
    """Join the office as a person does: the address and the code typed."""
    screen = at_sync(journey)
    journey.type(office.address, into=journey.named("Address of the office’s server"))
    journey.type(office.code(MENTOR), into=journey.named("Code"))
    journey.click("Join")
    wait(journey)
    return screen


def wait(journey: Journey) -> None:
    """Wait until the exchange under way is over and shown."""
    until = time.monotonic() + 20
    journey.settle()
    syncing = journey.shell.syncing
    while syncing is not None and syncing.status.state == "sending" and time.monotonic() < until:
        journey.settle()
    journey.settle()


def figures(screen: SyncScreen) -> list[str]:
    """What the four figures say."""
    return [stat.accessibleName() for stat in screen._stats]


def test_before_joining_it_says_where_the_work_is_and_how_to_join(mentor_app: Journey) -> None:
    screen = at_sync(mentor_app)
    assert mentor_app.says("This laptop has not joined an office yet.")
    assert figures(screen)[0].startswith("Only on this laptop: 1.")
    assert figures(screen)[1] == "Safe at an office: 0. no office joined yet"
    assert not screen._button.isVisible()


def test_joining_by_code_sends_everything_and_says_safe_only_then(mentor_app: Journey, office: Office) -> None:
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    screen = join(mentor_app, office)
    assert figures(screen)[0] == "Only on this laptop: 0. nothing waits to be sent"
    assert figures(screen)[1] == "Safe at the office: 3. server and laptop agree"
    assert mentor_app.says("Country office · last exchange")
    assert screen._button.text() == "Sync now"
    assert not screen._join_card.isVisible()
    assert "safe at the office" in mentor_app.status()
    assert mentor_app.says("3 sent, 0 received")


def test_joining_by_file_needs_no_typing(
    mentor_app: Journey, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_sync(mentor_app)
    file = tmp_path / "office.mentor-enrol"
    file.write_text(json.dumps({"mentor": "enrolment", "address": office.address, "code": office.code(MENTOR)}))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    mentor_app.click("Open an enrolment file…")
    wait(mentor_app)
    assert mentor_app.says("Safe at the office: 1.")


def test_a_wrong_code_is_said_in_its_place_and_nothing_is_lost(mentor_app: Journey, office: Office) -> None:
    at_sync(mentor_app)
    mentor_app.type(office.address, into=mentor_app.named("Address of the office’s server"))
    mentor_app.click("Join")
    assert mentor_app.says("Your office gives it to you.")
    mentor_app.type("AAAA-BBBB-CCCC", into=mentor_app.named("Code"))
    mentor_app.keys("Return")
    assert mentor_app.says("The server does not know this code.")
    assert mentor_app.held() is mentor_app.named("Code")


def test_the_button_says_what_will_be_sent_and_how_much(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    for name in ("Grace A.", "Tesfaye M.", "Joseph K."):
        mentor_app.do(lambda w, name=name: people.add_mentee(w, name=name)[0])
    assert screen._button.text().startswith("Send 6 records · about 1 KB")
    sent = mentor_app.ask(lambda w: w.store.exchanges(1))[0].bytes_up
    mentor_app.click(screen._button)
    wait(mentor_app)
    last = mentor_app.ask(lambda w: w.store.exchanges(1))[0]
    assert sent != last.bytes_up
    assert last.sent == 6
    assert figures(screen)[1].startswith("Safe at the office: 7.")


def test_the_estimate_is_near_what_goes_over_the_line(mentor_app: Journey, office: Office) -> None:
    from mentorapp.services import sample
    from sync.client.standing import expected_octets

    join(mentor_app, office)
    mentor_app.do(lambda w: sample.many(w, mentees=3, sessions=40))
    expected = mentor_app.ask(lambda w: expected_octets(w.store))
    mentor_app.app.sync_now()
    wait(mentor_app)
    moved = mentor_app.ask(lambda w: w.store.exchanges(1))[0].bytes_up
    assert moved / 2 < expected < moved * 2


def test_a_private_reflection_is_counted_as_staying_here(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    mentor_app.do(
        lambda w: w.store.save(
            Reflection(id=new_id(), author=w.me, text="I spoke too much.", sharing="private"), by=w.me, at=w.clock.now()
        )
    )
    mentor_app.app.sync_now()
    wait(mentor_app)
    assert figures(screen)[0] == "Only on this laptop: 1. 1 private reflection stays here"
    assert screen._button.text() == "Sync now"


def test_no_network_is_quiet_by_itself_and_a_sentence_when_asked(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    mentor_app.ask(lambda w: w.store.remember(sync_address="http://127.0.0.1:9"))
    assert mentor_app.shell.syncing is not None
    mentor_app.window.toast.hide()
    mentor_app.shell.syncing._due()
    wait(mentor_app)
    assert mentor_app.shell.syncing.status.state == "offline"
    assert not screen._trouble.isVisible()
    assert not mentor_app.window.toast.isVisible()
    mentor_app.click("Sync now")
    wait(mentor_app)
    assert screen._trouble.isVisible()
    assert mentor_app.says("cannot be reached now. Your work is safe on this laptop")
    assert mentor_app.says("not finished")


def test_when_the_network_returns_it_goes_on_by_itself(mentor_app: Journey, office: Office) -> None:
    from PySide6.QtNetwork import QNetworkInformation

    join(mentor_app, office)
    mentor_app.ask(lambda w: w.store.remember(sync_address="http://127.0.0.1:9"))
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    syncing = mentor_app.shell.syncing
    assert syncing is not None
    syncing._due()
    wait(mentor_app)
    mentor_app.ask(lambda w: w.store.remember(sync_address=office.address))
    syncing._network_changed(QNetworkInformation.Reachability.Online)
    wait(mentor_app)
    assert mentor_app.ask(lambda w: w.store.safety().only_here) == 0


def test_what_is_saved_is_sent_a_while_later_without_asking(mentor_app: Journey, office: Office) -> None:
    join(mentor_app, office)
    syncing = mentor_app.shell.syncing
    assert syncing is not None
    syncing._after_save = 50
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    until = time.monotonic() + 10
    while mentor_app.ask(lambda w: w.store.pending_count()) and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)
    wait(mentor_app)
    assert mentor_app.ask(lambda w: w.store.safety().only_here) == 0


def test_a_revoked_laptop_goes_on_working_and_can_join_again(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    device = mentor_app.ask(lambda w: w.store.recall("sync_device"))
    with office.database.writing() as connection:
        accounts.revoke(connection, device, now=office.clock.now())
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    mentor_app.click(screen._button)
    wait(mentor_app)
    assert mentor_app.says("no longer let in by the server. Your work is safe here")
    assert mentor_app.says("Join again with a new code")
    assert mentor_app.ask(lambda w: w.store.pending_count()) == 2
    mentor_app.type(office.code(MENTOR), into=mentor_app.named("Code"))
    mentor_app.click("Join")
    wait(mentor_app)
    assert mentor_app.ask(lambda w: w.store.safety().only_here) == 0
    assert not screen._trouble.isVisible()


@contextmanager
def silent_server() -> Iterator[str]:
    """Accepts and never says a word."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)
    for one in held:
        one.close()


def reach_silence(journey: Journey, address: str) -> None:
    """Begin an exchange with a server that says nothing."""
    journey.ask(lambda w: w.store.remember(sync_address=address))
    journey.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    journey.app.sync_now()
    syncing = journey.shell.syncing
    assert syncing is not None
    until = time.monotonic() + 10
    while not (syncing._line and syncing._line._open_ones) and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.005)


def test_stopping_is_quick_safe_and_leaves_the_work_to_be_sent(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    with silent_server() as address:
        reach_silence(mentor_app, address)
        assert screen._under_way.isVisible()
        started = time.monotonic()
        screen._under_way.stop.click()
        wait(mentor_app)
        assert time.monotonic() - started < 3
    assert not screen._under_way.isVisible()
    assert not screen._trouble.isVisible()
    assert mentor_app.ask(lambda w: w.store.pending_count()) == 2


def test_the_window_works_and_closes_while_the_server_says_nothing(mentor_app: Journey, office: Office) -> None:
    join(mentor_app, office)
    with silent_server() as address:
        reach_silence(mentor_app, address)
        named: list[str] = []
        started = time.monotonic()
        mentor_app.shell.ask(lambda w: w.store.get(Person, w.me).name, named.append, owner=mentor_app.shell)
        while not named and time.monotonic() < started + 5:
            QApplication.processEvents()
        assert named == [MENTOR]
        assert time.monotonic() - started < 1
        mentor_app.window.close()
        assert time.monotonic() - started < 5
        assert mentor_app.shell.workspace is None


def refuse(journey: Journey, reason: str, *, held: bool = False) -> None:
    """Let a record be set aside as the server would have it."""

    def refused(workspace: Any) -> Any:
        pending = workspace.store.pending()[-1]
        return workspace.store.set_aside(
            [Refusal(pending.state.id, pending.counter, reason, held)], at=workspace.clock.now()
        )

    journey.do(refused)


def test_what_was_not_taken_is_shown_with_its_reason_and_tried_again(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    refuse(mentor_app, "too_large")
    assert screen._aside_card.isVisible()
    assert mentor_app.says("It is larger than the server takes in one piece.")
    assert figures(screen)[2].startswith("Set aside: 1.")
    mentor_app.click("Try again")
    wait(mentor_app)
    assert not screen._aside_card.isVisible()
    assert mentor_app.ask(lambda w: w.store.safety().only_here) == 0


def test_a_reason_of_a_later_version_is_still_a_sentence(mentor_app: Journey, office: Office) -> None:
    join(mentor_app, office)
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    refuse(mentor_app, "some_new_reason", held=True)
    assert mentor_app.says("with the coordinator")
    assert mentor_app.says("a reason that this version of Mentor does not know")


def test_a_long_silence_is_one_line_of_the_history(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)

    def note(workspace: Any) -> None:
        for minute in range(40):
            at = (datetime(2026, 11, 24, 6, tzinfo=UTC) + timedelta(minutes=minute)).isoformat()
            workspace.store.note_exchange(Exchange(at, at, 0, 0, 300, 0, "unreachable", ""))

    mentor_app.ask(note)
    screen.refresh()
    mentor_app.settle()
    assert len(screen._history.rows()) == 2


# --- choosing ---------------------------------------------------------------------------------------------------------


def differ(journey: Journey, record: Any, field: str, value: Any, *, by: str = "h" * 32) -> None:
    """Let somebody else's concurrent value of a field arrive."""

    def arrive(workspace: Any) -> Any:
        from mentorapp.fields import fields_of

        declared = fields_of(type(record))[field]
        dot = Dot(b"otherone", int(time.time_ns() % 2**40) + 1)
        register = Register(frozenset((Sibling(dot, declared.encode(value)),)), (dot,), declared.visibility)
        stamp = Stamp(by, int(workspace.clock.now().timestamp()))
        state = State(record.kind, record.id, {field: register}, {dot: stamp})
        return workspace.store.absorb([state], at=workspace.clock.now())

    journey.do(arrive)


def session_of(journey: Journey, **values: Any) -> Session:
    """A session with Tesfaye M., saved here."""

    def save(workspace: Any) -> Any:
        _, _, pair = people.add_mentee(workspace, name="Tesfaye M.")
        hanna = Person(id="h" * 32, scope="office/", name="Hanna B.")
        session = Session(
            id=new_id(), mentorship=pair.id, status="held", started=workspace.clock.now() - timedelta(days=2), **values
        )
        for record in (hanna, session):
            workspace.store.save(record, by=workspace.me, at=workspace.clock.now())
        return session

    saved: Session = journey.ask(save)
    return saved


MINE = "We read the report aloud. The bureau head thanked him. Next: a summary."
THEIRS = "We read the report aloud. Next: a summary, in Amharic."


def test_two_versions_stand_side_by_side_and_both_together_are_suggested(mentor_app: Journey) -> None:
    session = session_of(mentor_app, notes=MINE)
    differ(mentor_app, session, "notes", THEIRS)
    screen = at_sync(mentor_app)
    (card,) = screen._choosing.rows()
    assert isinstance(card, VersionsCard)
    assert mentor_app.says("Session with Tesfaye M.")
    assert mentor_app.says("Yours")
    assert mentor_app.says("Hanna B.’s")
    assert card.wording() == "We read the report aloud. The bureau head thanked him. Next: a summary, in Amharic."
    mentor_app.click("Keep both")
    assert mentor_app.ask(lambda w: w.store.get(Session, session.id).notes) == card.wording()
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == 0
    assert mentor_app.says("You kept both together.")


@pytest.mark.parametrize(("button", "kept"), [("Keep mine", MINE), ("Keep Hanna B.’s", THEIRS)])
def test_one_is_kept_and_the_other_stays_one_click_away(mentor_app: Journey, button: str, kept: str) -> None:
    session = session_of(mentor_app, notes=MINE)
    differ(mentor_app, session, "notes", THEIRS)
    screen = at_sync(mentor_app)
    mentor_app.click(button)
    assert mentor_app.ask(lambda w: w.store.get(Session, session.id).notes) == kept
    mentor_app.click("Earlier versions")
    other = THEIRS if kept == MINE else MINE
    assert mentor_app.says(other[:30], screen)
    back = [
        each for each in screen.findChildren(type(screen._button).__mro__[1]) if each.text() == "Bring this one back"
    ]
    assert len(back) == 2


def test_undo_brings_the_choice_back(mentor_app: Journey) -> None:
    session = session_of(mentor_app, commitment=6)
    differ(mentor_app, session, "commitment", 8)
    screen = at_sync(mentor_app)
    mentor_app.click("Keep mine")
    assert mentor_app.ask(lambda w: w.store.get(Session, session.id).commitment) == 6
    (card,) = screen._choosing.rows()
    assert isinstance(card, ChosenCard)
    assert mentor_app.held() is card.undo
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert isinstance(screen._choosing.rows()[0], VersionsCard)
    mentor_app.click("Keep Hanna B.’s")
    assert mentor_app.ask(lambda w: w.store.get(Session, session.id).commitment) == 8


def test_the_suggestion_can_be_edited_first_and_a_refresh_leaves_it_alone(mentor_app: Journey) -> None:
    session = session_of(mentor_app, notes=MINE)
    differ(mentor_app, session, "notes", THEIRS)
    screen = at_sync(mentor_app)
    mentor_app.click("Edit first")
    mentor_app.type("Dear diary. ")
    screen.refresh()
    mentor_app.settle()
    mentor_app.click("Keep this")
    kept = mentor_app.ask(lambda w: w.store.get(Session, session.id).notes)
    assert kept.startswith("Dear diary. We read") or kept.endswith("Dear diary. ")
    assert mentor_app.says("You kept your own wording.")


def test_taking_out_of_sight_what_somebody_changed_asks_and_settles_for_good(mentor_app: Journey) -> None:
    session = session_of(mentor_app, notes=MINE)
    mentor_app.do(lambda w: people.void(w, session, reason="written twice"))
    differ(mentor_app, session, "place", "Under the tree")
    at_sync(mentor_app)
    assert mentor_app.says("The reason given: written twice")
    mentor_app.click("Take it out of sight")
    assert mentor_app.ask(lambda w: w.store.get(Session, session.id).voided)
    assert mentor_app.ask(lambda w: w.store.safety().needs_you) == 0


def test_a_line_of_text_can_be_written_differently(mentor_app: Journey) -> None:
    session = session_of(mentor_app)
    goal = Goal(id=new_id(), mentorship=session.mentorship, statement="Run a review", status="active")
    mentor_app.do(lambda w: w.store.save(goal, by=w.me, at=w.clock.now()))
    differ(mentor_app, goal, "statement", "Run two reviews")
    screen = at_sync(mentor_app)
    mentor_app.click("Write it differently")
    editor = mentor_app.held()
    editor.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("Run reviews")
    mentor_app.click("Keep this")
    assert mentor_app.ask(lambda w: w.store.get(Goal, goal.id).statement) == "Run reviews"
    assert screen._choosing.keys()


def test_what_differs_is_marked_by_more_than_colour(mentor_app: Journey) -> None:
    from ui.widgets.versions import MarkedProse

    session = session_of(mentor_app, notes=MINE)
    differ(mentor_app, session, "notes", THEIRS)
    screen = at_sync(mentor_app)
    marked = [prose for prose in screen.findChildren(MarkedProse) if prose._marked]
    assert len(marked) == 2
    assert all("text-decoration:underline" in prose.text() for prose in marked)
    assert "The bureau head thanked him." in marked[0].accessibleDescription()


def test_every_kind_of_value_can_be_read(mentor_app: Journey) -> None:
    from mentorapp.fields import KINDS_OF_FIELD, fields_of
    from ui.versions import value_words

    session = session_of(mentor_app, notes=MINE)
    filled = replace(
        session,
        planned_start=session.started,
        contact_minutes=90,
        mode="phone",
        attendees=("h" * 32,),
        next_date=session.started.date() if session.started else None,
        topics=("listening",),
        moved_to=session.id,
    )

    def read(workspace: Any) -> dict[str, str]:
        return {n: value_words(workspace, f, getattr(filled, n)) for n, f in fields_of(Session).items()}

    said = mentor_app.ask(read)
    assert said["mode"] == "Phone"
    assert said["attendees"] == "Hanna B."
    assert said["voided"] == "No"
    assert said["place"] == "(empty)"
    assert said["moved_to"].startswith("Session with Tesfaye M.")
    assert all(said.values())
    assert KINDS_OF_FIELD


def test_what_could_not_leave_is_never_called_sent(mentor_app: Journey, office: Office) -> None:
    screen = join(mentor_app, office)
    mentor_app.do(lambda w: people.add_mentee(w, name="Grace A.")[0])
    mentor_app.ask(lambda w: w.store.remember(sync_address="http://127.0.0.1:9"))
    mentor_app.click(screen._button)
    wait(mentor_app)
    assert "oldest from" in figures(screen)[0]
    assert not mentor_app.says("not confirmed yet")
