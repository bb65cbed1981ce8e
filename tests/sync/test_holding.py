"""What is held is visible to both, decided by a coordinator who wrote none of it, and lost by nobody."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import update

from mentorapp.records import Session
from mentorapp.registers import unpack
from sync.client import engine
from sync.server import ledger, tables
from tests.sync.conftest import Laptop, Office

Make = Callable[..., Laptop]


def _scene(laptop: Make) -> tuple[Laptop, Laptop, Laptop, Session]:
    """A coordinator, a mentor with a session, and another who changes it though it is not theirs."""
    lead, grace, awa = laptop("lead", role="coordinator"), laptop("grace"), laptop("awa")
    session = grace.session(grace.pair().id, notes="Between us.", contact_minutes=40)
    grace.sync()
    state = grace.store.state(session.id)
    assert state
    awa.store.absorb([state], at=awa.clock.now())
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="From outside.", contact_minutes=45), seen)
    awa.sync()
    assert [(one.reason, one.held) for one in awa.store.put_aside()] == [("outside", True)]
    return lead, grace, awa, session


def test_a_coordinator_sees_who_and_why_and_no_word_that_is_not_theirs(laptop: Make) -> None:
    lead, _, awa, session = _scene(laptop)
    lead.sync()
    (case,) = lead.store.cases()
    assert (case.id, case.kind, case.reason, case.by, case.accept) == (session.id, "session", "outside", "awa", None)
    shown = unpack(case.kind, case.id, case.body)
    assert msgspec.msgpack.encode(45) in shown.registers["contact_minutes"].values
    assert "notes" not in shown.registers
    assert b"From outside" not in case.body
    awa.sync()
    assert not awa.store.cases()


def test_what_is_accepted_goes_in_and_its_author_hears_of_it(laptop: Make, office: Office) -> None:
    lead, grace, awa, session = _scene(laptop)
    lead.sync()
    lead.store.decide_case(lead.store.cases()[0].digest, accept=True)
    lead.sync()
    assert not lead.store.cases()
    assert awa.sync().agrees
    assert not awa.store.put_aside()
    # It is not among what its author may hold, and it is safe where it belongs.
    assert session.id not in awa.states()
    grace.sync()
    seen = grace.store.get(Session, session.id)
    assert (seen.notes, seen.contact_minutes) == ("From outside.", 45)
    assert [one.by for one in grace.store.versions(session.id, "notes")] == [awa.person]
    (row,) = office.rows(tables.held)
    assert row.decision == "accepted"


def test_what_is_declined_stays_with_its_author_and_comes_back_to_nobody(laptop: Make) -> None:
    lead, grace, awa, session = _scene(laptop)
    lead.sync()
    lead.store.decide_case(lead.store.cases()[0].digest, accept=False)
    lead.sync()
    awa.sync()
    (aside,) = awa.store.put_aside()
    assert (aside.reason, aside.held) == ("declined", False)
    assert awa.store.get(Session, session.id).notes == "From outside."
    grace.sync()
    assert grace.store.get(Session, session.id).notes == "Between us."
    # Sent again, it is answered for as before; changed, it is a new question.
    awa.store.retry_set_aside()
    assert awa.sync().applied.refused == 1
    lead.sync()
    assert not lead.store.cases()
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="Asked nicely."), seen)
    awa.sync()
    lead.sync()
    assert len(lead.store.cases()) == 1


def test_a_decision_can_be_taken_back_until_it_is_told(laptop: Make, office: Office) -> None:
    lead, *_ = _scene(laptop)
    lead.sync()
    (case,) = lead.store.cases()
    lead.store.decide_case(case.digest, accept=True)
    assert lead.store.cases()[0].accept is True
    lead.store.decide_case(case.digest, accept=None)
    lead.sync()
    assert lead.store.cases() == [case]
    assert office.rows(tables.held)[0].decision == ""


def test_an_edit_made_while_the_coordinator_decided_is_not_taken_for_what_was_sent(laptop: Make) -> None:
    lead, _, awa, session = _scene(laptop)
    lead.sync()
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="Later words."), seen)
    lead.store.decide_case(lead.store.cases()[0].digest, accept=False)
    lead.sync()
    awa.sync()
    (aside,) = awa.store.put_aside()
    assert (aside.reason, aside.held) == ("outside", True)
    lead.sync()
    assert len(lead.store.cases()) == 1


def test_nobody_else_decides_and_nobody_about_their_own(laptop: Make, office: Office) -> None:
    lead, grace, awa, _ = _scene(laptop)
    digest = office.rows(tables.held)[0].digest
    for one in (grace, awa):
        one.store.keep_cases([(digest, "x", "session", "office/", "outside", "x", 0, b"")])
        one.store.decide_case(digest, accept=True)
        one.sync()
        assert office.rows(tables.held)[0].decision == ""
    with office.database.writing() as connection:
        who = tables.held.c.caller
        owner = next(row.id for row in connection.execute(tables.person.select()) if row.person == lead.person)
        connection.execute(update(tables.held).values({who: owner, tables.held.c.seq: 999}))
    lead.sync()
    assert not lead.store.cases()
    lead.store.keep_cases([(digest, "x", "session", "office/", "outside", "x", 0, b"")])
    lead.store.decide_case(digest, accept=True)
    lead.sync()
    assert office.rows(tables.held)[0].decision == ""


def test_a_grant_that_comes_later_lets_it_in_and_asks_nobody_any_more(laptop: Make, office: Office) -> None:
    lead, grace, awa, session = _scene(laptop)
    lead.sync()
    assert len(lead.store.cases()) == 1
    pair = grace.store.get(type(grace.pair()), session.mentorship)
    grace.save(replace(pair, mentors=tuple(sorted((grace.person, awa.person)))), pair)
    grace.sync()
    lead.sync()
    assert not lead.store.cases()
    awa.sync()
    assert not awa.store.put_aside()
    assert awa.sync().agrees


@pytest.mark.parametrize("accept", [True, False])
def test_another_ledger_asks_again_what_it_forgot(laptop: Make, office: Office, *, accept: bool) -> None:
    lead, _, awa, _ = _scene(laptop)
    lead.sync()
    with office.database.writing() as connection:
        ledger.mint_epoch(connection, 0)
    lead.sync()
    (case,) = lead.store.cases()
    lead.store.decide_case(case.digest, accept=accept)
    lead.sync()
    awa.sync()
    awa.sync()
    assert not lead.store.cases()
    assert len(awa.store.put_aside()) == (not accept)


def test_an_answer_that_comes_twice_decides_once(laptop: Make) -> None:
    lead, _, awa, _ = _scene(laptop)
    lead.sync()
    lead.store.decide_case(lead.store.cases()[0].digest, accept=True)
    batch = engine.collect(lead.store, at=lead.clock.now())
    assert batch.decisions
    from sync.client.http import Line

    for _ in range(2):
        with Line(lead.office.address) as line:
            frames = list(line.exchange(batch.link.token, batch.pack()))
    engine.apply(lead.store, batch, frames, at=lead.clock.now())
    assert not lead.store.cases()
    assert lead.sync().agrees
    awa.sync()
    assert not awa.store.put_aside()
