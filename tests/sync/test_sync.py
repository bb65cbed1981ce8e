"""A real client against a real server: nothing is lost, repeated or kept from whom it is for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mentorapp.clock import new_id
from mentorapp.records import Person, Session, Site
from sync import client
from sync.client import engine
from sync.client.http import Line
from sync.server import tables
from tests.sync.conftest import Laptop, Office, noise

Make = Callable[..., Laptop]


def test_what_one_laptop_records_another_of_the_same_mentor_has(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    session = grace.session(pair.id, notes="She ran the whole morning alone.")
    result = grace.sync()
    assert result.applied.safe == 3
    assert result.agrees
    assert grace.store.safety().only_here == 0

    other = laptop("grace")
    assert other.person == grace.person
    other.sync()
    assert other.store.get(Session, session.id).notes == "She ran the whole morning alone."
    assert other.states() == grace.states()


def test_an_exchange_with_nothing_to_do_is_one_request_of_few_bytes(laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.sync()
    result = grace.sync()
    assert result.applied.safe == result.applied.received == 0
    assert result.bytes_up + result.bytes_down <= 500


@pytest.mark.parametrize("first", [0, 1])
def test_two_laptops_that_edit_one_session_apart_converge_and_keep_both(laptop: Make, first: int) -> None:
    grace, awa = laptop("grace"), laptop("grace")
    session = grace.session(grace.pair().id, agenda="Registers", reason="", contact_minutes=45)
    grace.sync()
    awa.sync()
    seen = awa.store.get(Session, session.id)
    both = [(grace, session, 50), (awa, seen, 60)]
    for one, before, minutes in both:
        one.save(replace(before, contact_minutes=minutes, commitment=minutes // 10), before)
    for one in (both[first][0], both[1 - first][0], both[first][0]):
        one.sync()
    assert grace.states() == awa.states()
    assert {version.value for version in grace.store.versions(session.id, "commitment")} == {b"\x05", b"\x06"}
    assert grace.sync().agrees
    assert awa.sync().agrees
    assert grace.store.safety().needs_you == 1


def test_one_body_delivered_twice_has_the_effect_of_one_and_is_acknowledged_both_times(
    laptop: Make, office: Office
) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    batch = engine.collect(grace.store, at=grace.clock.now())
    with Line(office.address) as line:
        answers = [list(line.exchange(batch.link.token, batch.pack())) for _ in range(2)]
        before = office.rows(tables.record)
        answers.append(list(line.exchange(batch.link.token, batch.pack())))
    assert office.rows(tables.record) == before
    for frames in answers:
        applied = engine.apply(grace.store, batch, frames, at=grace.clock.now())
        assert applied.safe == 3
        assert applied.received == 0
    assert grace.store.safety().only_here == 0


def test_an_edit_made_while_sending_stays_pending(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id, contact_minutes=30)
    batch = engine.collect(grace.store, at=grace.clock.now())
    grace.save(replace(session, contact_minutes=45), session)
    with Line(office.address) as line:
        frames = list(line.exchange(batch.link.token, batch.pack()))
    engine.apply(grace.store, batch, frames, at=grace.clock.now())
    assert grace.store.pending_count() == 1
    grace.sync()
    other = laptop("grace")
    other.sync()
    assert other.store.get(Session, session.id).contact_minutes == 45


def test_an_answer_cut_anywhere_counts_for_what_arrived_and_the_next_goes_on(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    for _ in range(60):
        grace.session(pair.id, notes=noise(2000))
    grace.sync()
    other = laptop("grace")
    had = []
    for share in (0.3, 0.6, 0.9):
        batch = engine.collect(other.store, at=other.clock.now())
        with Line(office.address) as line:
            frames = list(line.exchange(batch.link.token, batch.pack()))
        for frame in frames[: int(len(frames) * share)]:
            engine.take(other.store, batch, frame, at=other.clock.now())
        had.append(len(other.states()))
    assert 0 < had[0] < had[-1] < 62
    other.sync()
    assert other.states() == grace.states()


def test_many_records_go_in_several_requests_and_come_in_several_answers(laptop: Make) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.store.remember(sync_rate="600")
    for _ in range(40):
        grace.session(pair.id, notes=noise(3000))
    steps: list[client.Progress] = []
    grace.sync(progress=steps.append)
    assert len({step.left for step in steps}) > 1
    other = laptop("grace")
    other.store.remember(sync_rate="600")
    other.sync()
    assert other.states() == grace.states()


def test_a_bad_record_is_set_aside_alone_and_goes_once_it_is_mended(laptop: Make) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    long = "".join(chr(0x4E00 + k % 5000) for k in range(190_000))
    bad = grace.session(pair.id, notes=long, strengths=long)
    good = grace.session(pair.id, notes="Fine.")
    grace.sync()
    (aside,) = grace.store.put_aside()
    assert (aside.id, aside.reason) == (bad.id, "too_large")
    assert client.aside(aside.reason)
    mended = grace.save(replace(bad, notes="Shorter.", strengths=""), bad)
    grace.sync()
    assert grace.store.put_aside() == []
    other = laptop("grace")
    other.sync()
    assert other.store.get(Session, good.id).notes == "Fine."
    assert other.store.get(Session, mended.id).notes == "Shorter."


def test_what_comes_after_a_bad_record_goes_in_the_same_exchange(laptop: Make) -> None:
    """The bad one fills all that one request may carry."""
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    long = "".join(chr(0x4E00 + k % 5000) for k in range(190_000))
    for n in range(3):
        grace.session(pair.id, notes=long, strengths=long, place=str(n))
    grace.session(pair.id, notes="Fine.")
    assert not grace.sync().left
    assert (len(grace.store.put_aside()), grace.store.safety().only_here) == (3, 0)


def test_a_co_mentor_gets_everything_from_the_beginning(laptop: Make) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair()
    old = grace.session(pair.id, notes="Before Awa came.")
    grace.sync()
    awa.sync()
    assert awa.states() == {}
    grace.save(replace(pair, mentors=tuple(sorted((grace.person, awa.person)))), pair)
    grace.sync()
    awa.sync()
    assert awa.store.get(Session, old.id).notes == "Before Awa came."
    assert awa.store.get(Person, pair.mentees[0]).name == "Joseph K."
    assert awa.states() == grace.states()
    assert awa.sync().agrees


def test_a_third_mentor_sees_nothing_and_what_they_write_is_held_and_alters_nothing(
    laptop: Make, office: Office
) -> None:
    grace, ruth = laptop("grace"), laptop("ruth")
    pair = grace.pair()
    session = grace.session(pair.id, notes="Ours.")
    grace.sync()
    before = office.rows(tables.record)
    ruth.sync()
    assert ruth.states() == {}
    # As if a file had been passed from hand to hand: she has the record, and no grant.
    ruth.store.absorb(list(grace.store.all_states()), at=ruth.clock.now())
    ruth.save(replace(session, notes="Mine."), session)
    intruder = ruth.session(pair.id, notes="Mine too.")
    result = ruth.sync()
    assert result.applied.held == 2
    assert office.rows(tables.record) == before
    assert {row.id for row in office.rows(tables.held)} == {session.id, intruder.id}
    assert {aside.held for aside in ruth.store.put_aside()} == {True}
    grace.sync()
    assert grace.store.get(Session, session.id).notes == "Ours."


def test_nobody_gains_a_person_by_naming_them_in_a_mentorship_of_their_own(laptop: Make, office: Office) -> None:
    grace, ruth = laptop("grace"), laptop("ruth")
    pair = grace.pair()
    grace.sync()
    ruth.pair(mentee=pair.mentees[0])
    ruth.sync()
    assert pair.mentees[0] not in ruth.states()
    grace.sync()
    assert grace.store.get(Person, pair.mentees[0]).name == "Joseph K."


def test_after_a_hand_over_the_new_mentor_has_all_and_the_old_one_is_told(laptop: Make) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair()
    session = grace.session(pair.id, notes="Hers now.")
    grace.sync()
    grace.save(replace(pair, mentors=(awa.person,)), pair)
    grace.sync()
    awa.sync()
    assert awa.store.get(Session, session.id).notes == "Hers now."
    grace.sync()
    assert grace.states() == {}
    grace.session(pair.id, notes="Too late.")
    assert grace.sync().applied.held == 1


def test_a_coordinator_reads_what_the_office_may_and_not_the_pairs_words(laptop: Make) -> None:
    grace, samuel = laptop("grace"), laptop("samuel", role="coordinator")
    pair = grace.pair()
    session = grace.session(pair.id, notes="Between us.", contact_minutes=45)
    grace.sync()
    samuel.sync()
    registers = samuel.states()[session.id]
    assert "contact_minutes" in registers
    assert "notes" not in registers
    assert samuel.store.get(Person, pair.mentees[0]).name == "Joseph K."


def test_what_only_its_author_may_read_never_leaves(laptop: Make, office: Office) -> None:
    from mentorapp.records import Reflection

    grace = laptop("grace")
    secret = "I was impatient today."
    grace.save(Reflection(id=new_id(), author=grace.person, text=secret))
    grace.sync()
    assert all(secret.encode() not in row.state for row in office.rows(tables.record))
    assert grace.sync().agrees


def test_the_office_shares_its_sites(laptop: Make) -> None:
    grace, ruth = laptop("grace"), laptop("ruth")
    site = grace.save(Site(id=new_id(), name="Health post"))
    grace.sync()
    ruth.sync()
    assert ruth.store.get(Site, site.id).name == "Health post"
    ruth.save(replace(site, distance_km=12), site)
    ruth.sync()
    grace.sync()
    assert grace.store.get(Site, site.id).distance_km == 12


def test_what_was_superseded_is_in_the_servers_history(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id, contact_minutes=30)
    grace.sync()
    grace.save(replace(session, contact_minutes=45), session)
    grace.sync()
    (row,) = [row for row in office.rows(tables.history) if row.field == "contact_minutes"]
    assert (row.id, row.value, row.by) == (session.id, b"\x1e", grace.person)
    assert row.received


def test_a_server_that_came_back_from_an_old_backup_is_healed_by_its_laptops(laptop: Make, office: Office) -> None:
    from sqlalchemy import delete

    from sync.server import ledger

    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    grace.sync()
    awa.sync()
    session = awa.session(pair.id, notes="After the backup.")
    awa.sync()
    grace.sync()
    with office.database.writing() as connection:
        for table in (tables.record, tables.tally, tables.history, tables.vouched):
            connection.execute(delete(table))
        connection.execute(delete(tables.grant).where(tables.grant.c.source != "role"))
        ledger.mint_epoch(connection, 0)
    awa.session(pair.id, notes="Meanwhile.")
    for one in (awa, grace, awa, grace):
        one.sync()
    assert {row.id for row in office.rows(tables.record)} == set(grace.states())
    assert session.id in grace.states()
    assert grace.states() == awa.states()
    assert grace.store.put_aside() == awa.store.put_aside() == []


def test_a_copied_store_is_found_out_and_both_keep_their_work(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    grace.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    copy = laptop("copy", enrol=False, content=grace.path.read_bytes())
    copy.person = grace.person
    assert copy.store.replica == grace.store.replica
    one = grace.session(pair.id, notes="On the first.")
    two = copy.session(pair.id, notes="On the copy.")
    grace.sync()
    copy.sync()
    assert copy.store.replica != grace.store.replica
    grace.sync()
    for store in (grace.store, copy.store):
        assert store.get(Session, one.id).notes == "On the first."
        assert store.get(Session, two.id).notes == "On the copy."
    assert grace.states() == copy.states()


def test_a_value_that_comes_after_its_successor_is_in_the_servers_history(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id, place="under the tree")
    late = engine.collect(grace.store, at=grace.clock.now())
    grace.store.unsend(ack.id for ack in late.sent)
    grace.save(replace(session, place="in the library"), session)
    grace.sync()
    assert [row for row in office.rows(tables.history) if row.field == "place"] == []
    for _ in range(2):
        with Line(office.address) as line:
            list(line.exchange(late.link.token, late.pack()))
        (kept,) = [row for row in office.rows(tables.history) if row.field == "place"]
        assert b"under the tree" in kept.value
    other = laptop("grace")
    other.sync()
    assert other.store.get(Session, session.id).place == "in the library"
