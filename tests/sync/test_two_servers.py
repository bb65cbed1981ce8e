"""A laptop that exchanges now with one server, now with another: each knows it again, and both come to have everything."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mentorapp.records import Session
from sync.client import engine, repair
from sync.protocol import Welcome
from sync.server import ledger, tables
from sync.server.app import application
from sync.server.database import opened
from tests.sync.conftest import Laptop, Office, serving

Make = Callable[..., Laptop]


class Second(Office):
    """Another server of the same office: begun from the first one's backup, and a ledger of its own from then on."""

    def __init__(self, office: Office, folder: Path) -> None:
        source, copy = sqlite3.connect(folder / "ledger.sqlite"), sqlite3.connect(folder / "second.sqlite")
        source.backup(copy)
        copy.close()
        source.close()
        database = opened(f"sqlite:///{folder / 'second.sqlite'}")
        with database.writing() as connection:
            ledger.mint_epoch(connection, 0)
        super().__init__(database)


@pytest.fixture
def second(office: Office, tmp_path: Path) -> Iterator[Callable[[], Second]]:
    """Begins the second server."""
    running = []

    def begin() -> Second:
        other = Second(office, tmp_path)
        context = serving(application(other.server))
        other.address = context.__enter__()
        running.append((other, context))
        return other

    yield begin
    for other, context in running:
        context.__exit__(None, None, None)
        other.database.close()


def at(one: Laptop, office: Office) -> Laptop:
    """The laptop, turned to a server and synchronised with it."""
    one.store.remember(sync_address=office.address)
    one.sync()
    return one


def test_two_servers_come_to_have_the_same_through_the_laptops(
    office: Office, laptop: Make, second: Callable[[], Second]
) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    grace.sync(), awa.sync()
    other = second()
    here, there = grace.session(pair.id, notes="Said here."), awa.session(pair.id, notes="Said there.")
    at(grace, office), at(awa, other)
    for _ in range(2):
        for one in (grace, awa):
            at(one, office), at(one, other)
    assert {here.id, there.id} <= grace.states().keys() == awa.states().keys()
    kept = [{row.id: row.scope for row in server.rows(tables.record)} for server in (office, other)]
    assert kept[0] == kept[1]
    assert kept[0].keys() == grace.states().keys()


def test_who_turns_from_one_server_to_the_other_and_back_is_nobodys_copy(
    office: Office, laptop: Make, second: Callable[[], Second]
) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    other, name = second(), grace.store.replica
    for n in range(3):
        grace.session(pair.id, notes=f"Before the first {n}.")
        at(grace, other)
        grace.session(pair.id, notes=f"Before the second {n}.")
        at(grace, office)
    assert grace.store.replica == name


def test_who_took_a_new_name_is_not_taken_for_a_copy_by_what_the_old_one_said(
    office: Office, laptop: Make, second: Callable[[], Second]
) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    other = second()
    at(grace, other), at(grace, office)
    grace.store.new_replica(grace.clock.now())
    name = grace.store.replica
    for n in range(2):
        grace.session(pair.id, notes=f"Under the new name {n}.")
        at(grace, other), at(grace, office)
    assert grace.store.replica == name


def test_a_copy_is_found_out_by_a_server_that_it_is_turned_back_to(
    office: Office, laptop: Make, second: Callable[[], Second]
) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.sync()
    other = second()
    at(grace, other), at(grace, office)
    grace.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    copy = laptop("copy", enrol=False, content=grace.path.read_bytes())
    copy.person = grace.person
    one, two = grace.session(pair.id, notes="On the laptop."), copy.session(pair.id, notes="On its copy.")
    at(grace, other), at(copy, other)
    assert grace.store.replica != copy.store.replica
    at(grace, other)
    assert {one.id, two.id} <= {row.id for row in other.rows(tables.record)}
    assert {one.id, two.id} <= grace.states().keys()


def test_what_one_server_holds_for_a_decision_is_put_before_the_other_too(
    office: Office, laptop: Make, second: Callable[[], Second]
) -> None:
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair(*sorted((grace.person, awa.person)))
    session = grace.session(pair.id, notes="As it was.")
    grace.sync(), awa.sync()
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, notes="By one whose it is no more."), seen)
    grace.sync()
    other = second()
    at(awa, office)
    assert [one.id for one in awa.store.put_aside()] == [session.id]
    assert not other.rows(tables.held)
    at(awa, other)
    assert [row.id for row in other.rows(tables.held)] == [session.id]
    assert [one.id for one in awa.store.put_aside()] == [session.id]


def test_a_comparison_ends_where_a_server_cannot_compare(laptop: Make) -> None:
    """Begun with one server, broken off, and then another answers that is of the version before."""
    grace = laptop("grace")
    grace.pair()
    grace.sync()
    repair.begin(grace.store, everything=True)
    batch = engine.collect(grace.store, at=grace.clock.now())
    engine.take(grace.store, batch, [Welcome(1, b"another!", "the other", 0)], at=grace.clock.now())
    assert repair.underway(grace.store) is None
    assert grace.store.pending_count() == len(grace.states())
