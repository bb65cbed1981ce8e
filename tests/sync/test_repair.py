"""A server that lost something is healed by its laptops, and what differs is all that travels."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from mentorapp.records import Person, Session
from sync import protocol, wire
from sync.client import engine, pacing, repair
from sync.client.http import Line
from sync.client.pacing import Pace
from sync.client.words import SyncError
from sync.protocol import Differs, Done, Hello, Listing, Summary, Wanted, Welcome
from sync.server import holdings, ledger, tables
from sync.server import repair as server
from tests.sync.conftest import Laptop, Office, noise
from tests.sync.test_hostile import Caller, caller  # noqa: F401

Make = Callable[..., Laptop]


class Copy:
    """The ledger as it stood once, to go back to, as from a backup: with another epoch, or unnoticed."""

    def __init__(self, office: Office) -> None:
        self.office = office
        with office.database.reading() as connection:
            self.rows = {
                table: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in tables.metadata.sorted_tables
            }

    def restore(self, *, noticed: bool = True) -> None:
        with self.office.database.writing() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(table.insert(), rows)
            if noticed:
                ledger.mint_epoch(connection, 0)


class Tap:
    """A line that counts what goes over it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.up: list[int] = []
        self.kinds: list[str] = []
        true = Line.exchange

        def exchange(line: Line, token: str, body: bytes) -> Iterator[list[Any]]:
            self.up.append(len(body))
            self.kinds += [type(one).__name__ for frame in wire.read(body) for one in frame]
            yield from true(line, token, body)

        patch.setattr(Line, "exchange", exchange)


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Tap:
    return Tap(monkeypatch)


def _agree(*laptops: Laptop) -> None:
    for one in (*laptops, *laptops):
        one.sync()
    for one in laptops:
        assert one.sync().agrees
        assert one.states() == laptops[0].states()
        safety = one.store.safety()
        assert (safety.only_here, safety.unconfirmed, safety.safe) == (0, 0, len(one.states()))


@pytest.mark.parametrize("noticed", [True, False], ids=["a new epoch", "unnoticed"])
def test_a_restored_server_is_given_back_just_what_it_lost(
    office: Office, laptop: Make, tap: Tap, *, noticed: bool
) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pairs = [grace.pair(*sorted((grace.person, awa.person))) for _ in range(3)]
    for number in range(120):
        grace.session(pairs[number % 3].id, notes=f"{number} {noise(300)}")
    _agree(grace, awa)
    backup = Copy(office)
    lost = grace.session(pairs[1].id, notes="After the backup.")
    edited = grace.store.find(Session, where="mentorship = ?", values=(pairs[0].id,))[0]
    grace.save(replace(edited, notes="Edited after it."), edited)
    _agree(grace, awa)
    backup.restore(noticed=noticed)
    tap.up.clear()
    tap.kinds.clear()
    grace.sync()
    assert {"Summary", "Listing"} <= set(tap.kinds)
    assert sum(tap.up) < 6_000, tap.up
    assert {row.id for row in office.rows(tables.record)} == set(grace.states())
    _agree(grace, awa)
    assert awa.store.get(Session, lost.id).notes == "After the backup."
    assert awa.store.get(Session, edited.id).notes == "Edited after it."


def test_a_laptop_that_lost_what_it_had_is_given_it_again(office: Office, laptop: Make, tap: Tap) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    sessions = [grace.session(pair.id, notes=noise(300)) for _ in range(60)]
    _agree(grace)
    with grace.store.transaction():
        # As after damage that went unnoticed: the cursor says that these are here.
        for one in sessions[:2]:
            for table in ("registers", "session"):
                grace.store.connection.execute(f"DELETE FROM {table} WHERE id = ?", (one.id,))
    result = grace.sync()
    assert (result.applied.received, result.agrees) == (2, True)
    assert [grace.store.get(Session, one.id).notes for one in sessions] == [one.notes for one in sessions]
    assert tap.kinds.count("Summary") == tap.kinds.count("Listing") == 1


def test_nothing_is_said_to_be_safe_while_another_ledger_is_compared(office: Office, laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.sync()
    count = len(grace.states())
    with office.database.writing() as connection:
        ledger.mint_epoch(connection, 0)
    batch = engine.collect(grace.store, at=grace.clock.now())
    with Line(office.address) as line:
        for frame in line.exchange(batch.link.token, batch.pack()):
            engine.take(grace.store, batch, frame, at=grace.clock.now())
    safety = grace.store.safety()
    assert (safety.safe, safety.only_here, safety.unconfirmed) == (0, count, count)
    assert engine.agreement(grace.store) is None
    _agree(grace)


def test_what_a_comparison_cannot_mend_is_compared_once(
    office: Office, laptop: Make, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.sync()
    with office.database.writing() as connection:
        connection.execute(update(tables.tally).values(digest=b"\x13" * 8))
    assert grace.sync().agrees is False
    assert grace.sync().agrees is False
    assert tap.kinds.count("Summary") == 1


def test_a_server_of_the_first_version_is_offered_everything(
    office: Office, laptop: Make, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id)
    grace.sync()
    backup = Copy(office)
    monkeypatch.setattr(protocol, "SPOKEN", (1,))
    grace.sync()
    later = grace.session(session.mentorship)
    grace.sync()
    backup.restore()
    grace.sync()
    assert "Summary" not in tap.kinds
    assert later.id in {row.id for row in office.rows(tables.record)}
    assert grace.sync().agrees


def test_what_a_server_of_the_first_version_is_offered_anew_goes_in_the_same_exchange(
    office: Office, laptop: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it has nothing to give: its answer to an empty request begins no other by itself."""
    grace = laptop("grace")
    backup = Copy(office)
    session = grace.session(grace.pair().id)
    grace.sync()
    monkeypatch.setattr(protocol, "SPOKEN", (1,))
    backup.restore()
    assert not grace.sync().left
    assert session.id in {row.id for row in office.rows(tables.record)}


def test_a_laptop_of_the_first_version_is_given_everything(
    office: Office,
    caller: Caller,  # noqa: F811
) -> None:
    said = [Hello((1,), "0.1.0", b"r" * 8, b"another!", b"", 65536, b"", b"n" * 8, 0), Summary("", "", ())]
    response = caller.send(wire.stream(said))
    kinds = [type(one) for frame in wire.read(response.raw.read(decode_content=False)) for one in frame]
    assert kinds == [Welcome, Done]


def test_what_was_taken_away_is_not_lost_where_the_ledger_lost_it_too(office: Office, laptop: Make) -> None:
    """Acknowledged, then the server goes back to before it, and meanwhile the scope is taken away: the laptop has the only copy."""
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    session = awa.session(pair.id, notes="As it was.")
    _agree(grace, awa)
    backup = Copy(office)
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="The only copy."), seen)
    awa.sync()
    backup.restore()
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    grace.sync()
    for _ in range(3):
        awa.sync()
    assert [(one.id, one.held) for one in awa.store.put_aside()] == [(session.id, True)]
    (held,) = office.rows(tables.held)
    assert b"The only copy." in held.state


def test_what_a_ledger_took_back_under_numbers_that_it_had_lost_is_taken_back(office: Office, laptop: Make) -> None:
    """It lost commits and does not know it; what it takes from a laptop then has a number that the laptop was told of before.

    Comparing tells it all the same; and what only that laptop has is at the server before it leaves the laptop.
    """
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    session = awa.session(pair.id, notes="As it was.")
    _agree(grace, awa)
    backup = Copy(office)
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="The only copy."), seen)
    for n in range(5):
        awa.session(pair.id, notes=f"Lost with the disk {n}.")
        awa.sync()
    backup.restore(noticed=False)
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    for n in range(5):
        grace.session(pair.id, notes=f"After it {n}.")
        grace.sync()
    for _ in range(3):
        awa.sync()
    assert not [one for one in awa.states().values() if "mentees" in one], "a mentorship that is hers no more"
    assert {one.held for one in awa.store.put_aside()} == {True}
    assert any(b"The only copy." in held.state for held in office.rows(tables.held))


def test_what_may_stay_no_longer_is_compared_with_another_ledger_only(office: Office, laptop: Make, tap: Tap) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    session = awa.session(pair.id)
    _agree(grace, awa)
    awa.store.keep_draft("d1", kind="session", about=session.id, body="{}", at=awa.clock.now())
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    grace.sync()
    assert awa.sync().agrees
    assert session.id in awa.states()
    with office.database.writing() as connection:
        ledger.mint_epoch(connection, 0)
    assert awa.sync().agrees
    assert not office.rows(tables.held)
    assert session.id in awa.states()
    tap.kinds.clear()
    assert awa.sync().agrees
    assert tap.kinds == ["Hello"]


def test_a_comparison_goes_on_where_a_cut_left_it(
    office: Office, laptop: Make, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a line that breaks after each single answer, each step is asked once."""
    grace = laptop("grace")
    for _ in range(4):
        pair = grace.pair()
        for _ in range(40):
            grace.session(pair.id, notes=noise(40))
    _agree(grace)
    backup = Copy(office)
    for number in range(12):
        grace.session(pair.id, notes=f"{number} after the backup")
    _agree(grace)
    backup.restore()
    tap.kinds.clear()
    monkeypatch.setattr(pacing, "_LEAST", 100)
    for _ in range(40):
        batch = engine.collect(grace.store, at=grace.clock.now(), pace=Pace(rate=30))
        with Line(office.address) as line:
            applied = engine.apply(
                grace.store, batch, list(line.exchange(batch.link.token, batch.pack())), at=grace.clock.now()
            )
        if not applied.more and not grace.store.pending_count():
            break
    assert tap.kinds.count("Summary") == 1
    assert tap.kinds.count("Listing") > 1
    _agree(grace)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_comparison_that_meets_yet_another_ledger_begins_anew(office: Office, laptop: Make, steps: int) -> None:
    """The answer that tells of it answers what was asked of the one before, and must not be taken for a wrong one for ever."""
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    backup = Copy(office)
    grace.session(pair.id, notes="after the backup")
    grace.sync()
    backup.restore()
    for _ in range(steps):  # the new epoch, the scopes
        batch = engine.collect(grace.store, at=grace.clock.now())
        with Line(office.address) as line:
            engine.apply(grace.store, batch, list(line.exchange(batch.link.token, batch.pack())), at=grace.clock.now())
    backup.restore()
    _agree(grace)


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_any_part_of_an_answer_leaves_a_comparison_that_goes_on(office: Office, laptop: Make, cut: int) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    for _ in range(30):
        grace.session(pair.id, notes=noise(900))
    grace.sync()
    backup = Copy(office)
    grace.session(pair.id, notes="after the backup")
    grace.sync()
    backup.restore()
    for _ in range(3):  # the new epoch, the scopes, the buckets: each answer cut after so much of it
        batch = engine.collect(grace.store, at=grace.clock.now())
        with Line(office.address) as line:
            frames = list(line.exchange(batch.link.token, batch.pack()))
        messages = [one for frame in frames for one in frame]
        for one in messages[: len(messages) * cut // 40]:
            engine.take(grace.store, batch, [one], at=grace.clock.now())
    _agree(grace)


def test_somebody_elses_scope_is_as_one_that_does_not_exist(office: Office, laptop: Make) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    mine, hers = grace.pair(), awa.pair()
    session = awa.session(hers.id, notes="hers")
    grace.sync()
    awa.sync()
    with office.database.reading() as connection:
        who = connection.execute(select(tables.person).where(tables.person.c.person == grace.person)).one()
        mandate = holdings.mandate(connection, who.id, office.id, grace.person)
        scopes = tuple((f"mentorship/{one}", b"\x05" * 8) for one in sorted((hers.id, "f" * 32)))
        said = server.differing(connection, mandate, Summary("", "", scopes), 10**6)
        there = {scope: (bits, sums) for scope, bits, sums in said.parts}
        assert there[f"mentorship/{hers.id}"] == there["mentorship/" + "f" * 32] == (0, bytes(8))
        assert not [scope for scope in there if hers.id in scope and scope not in dict(scopes)]
        ids = tuple(map(wire.slim_id, (session.id, "f" * 32)))
        listing = Listing(tuple((scope, 0, 0, ids, bytes(16)) for scope, _ in scopes))
        for found in server.compared(connection, mandate, listing):
            assert (found.given, found.wanted) == ([], [session.id, "f" * 32])
    assert mine.id in grace.states()


@given(
    ours=st.dictionaries(st.sampled_from([f"{n:032x}" for n in range(40)]), st.integers(1, 2**64 - 1)),
    theirs=st.dictionaries(st.sampled_from([f"{n:032x}" for n in range(40)]), st.integers(1, 2**64 - 1)),
    bits=st.integers(0, 5),
)
@settings(max_examples=200, deadline=None)
def test_buckets_differ_just_where_records_do(ours: dict[str, int], theirs: dict[str, int], bits: int) -> None:
    one, other = (protocol.sums(some.items(), bits) for some in (ours, theirs))
    assert len(one) == len(other) == 8 * 2**bits
    differing = {at for at in range(2**bits) if one[8 * at : 8 * at + 8] != other[8 * at : 8 * at + 8]}
    odd = {protocol.bucket(id, bits) for id in ours.keys() | theirs.keys() if ours.get(id) != theirs.get(id)}
    # Sums of different sets may be equal, once in 2^64; of one record more or less they never are.
    assert differing <= odd
    assert {
        at for at in odd if sum(protocol.bucket(i, bits) == at for i in ours.keys() ^ theirs.keys()) == 1
    } <= differing


BAD = [
    Summary("", "", (("office/", b"short"),)),
    Listing((("office/", 13, 0, (), b""),)),
    Listing((("office/", 1, 2, (), b""),)),
    Listing((("office/", -1, 0, (), b""),)),
    Listing((("office/", 0, 0, ("a", "b"), b"\x00" * 8),)),
    Listing((("office/", 0, 0, (17,), b"\x00" * 8),)),
]


@pytest.mark.parametrize("said", BAD, ids=range(len(BAD)))
def test_a_question_that_is_none_is_refused(caller: Caller, said: Summary | Listing) -> None:  # noqa: F811
    hello = Hello((2, 1), "0.1.0", b"r" * 8, b"", b"", 65536, b"", b"n" * 8, 0)
    response = caller.send(wire.stream([hello, said]))
    assert (response.status_code, response.json()["reason"]) == (400, "bad_comparison")


def test_an_answer_that_is_none_changes_nothing_here(laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.sync()
    asked = Summary("b", "", ())
    repair.begin(grace.store)
    plan = repair.underway(grace.store)
    for said in (Differs("", (("office/", 1, b"\x00" * 8),)), Differs("a", ()), Differs("", (("office/", 60, b""),))):
        with pytest.raises(SyncError):
            repair.narrowed(grace.store, asked, said)
    for wanted in (Wanted(0, ()), Wanted(9, ()), Wanted(1, (17,))):
        with pytest.raises(SyncError):
            repair.told(grace.store, wanted)
    assert repair.underway(grace.store) == plan


def test_many_scopes_are_compared_in_several_requests(office: Office, laptop: Make, tap: Tap) -> None:
    lead = laptop("lead", role="coordinator")
    for number in range(600):
        lead.save(Person(id=f"{number:032x}", name=f"Person {number}", scope=f"person/{number:032x}"))
    lead.sync()
    with office.database.writing() as connection:
        gone = random.Random(4).sample(range(600), 5)
        for number in gone:
            connection.execute(delete(tables.record).where(tables.record.c.id == f"{number:032x}"))
            connection.execute(delete(tables.tally).where(tables.tally.c.scope == f"person/{number:032x}"))
        ledger.mint_epoch(connection, 0)
    lead.store.remember(sync_rate="10")  # the slowest line: a question names some 260 scopes and no more
    tap.kinds.clear()
    result = lead.sync()
    assert tap.kinds.count("Summary") > 2
    assert (result.agrees, result.applied.again, result.applied.safe) == (True, 5, 5)
