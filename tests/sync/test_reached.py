"""The newest first, however often the line breaks: a cursor never says more than was given, and nothing is left out."""

import random
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from mentorapp.fields import Visibility
from mentorapp.records import Session
from sync import protocol, wire
from sync.client import engine
from sync.client.http import Line
from sync.client.pacing import Pace
from sync.protocol import Changes, ProtocolError
from sync.server import accounts, reading, tables
from sync.server.database import opened
from sync.server.grants import Grant, Mandate
from sync.server.reached import MOST_STRETCHES, Reached, everything, unpacked
from sync.server.reading import START, Place
from tests.benchmarks import postgres
from tests.sync.conftest import MONDAY, Laptop, Office, noise

Make = Callable[..., Laptop]


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 9)), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_what_is_covered_is_just_what_was_given(turns: list[tuple[int, int]], chance: random.Random) -> None:
    """A ledger grows, a laptop is given some rows at a time and may be cut after any: the cursor and a plain set agree."""
    reached, given_, rows = Reached(), set[Place](), list[Place]()
    upto = 0
    for more, many in turns:
        for _ in range(more):
            upto += 1
            rows.append(Place(upto, f"{chance.randrange(16**32):032x}"))
        left = many
        for gap in reached.gaps(upto):
            inside = sorted((row for row in rows if gap[0] < row < gap[1]), reverse=True)
            for row in inside[:left]:
                assert not reached.covers(row), "nothing is given twice"
                reached = reached.grown(gap, row)
                given_.add(row)
            if len(inside) > left:
                break
            left -= len(inside)
            reached = reached.closed(gap)
        assert {row for row in rows if reached.covers(row)} == given_
        assert len(reached.stretches) <= MOST_STRETCHES + 1
        assert unpacked(reached.pack()) == reached
        assert len(reached.pack()) <= protocol.MOST_CURSOR
    while gaps := reached.gaps(upto):
        for row in [row for row in rows if gaps[0][0] < row < gaps[0][1]]:
            given_.add(row)
        reached = reached.closed(gaps[0])
    assert given_ == set(rows)
    assert reached.stretches == everything(upto).stretches or not upto


def test_the_cursors_of_version_one_are_read_as_they_were_meant() -> None:
    assert unpacked(b"") == Reached()
    assert unpacked(b"\x92\x03\xa1\x7f") == everything(3)
    assert everything(3).pack() == b"\x92\x03\xa1\x7f"
    assert unpacked(msgspec.msgpack.encode((3, "ab"))).stretches == ((START, Place(3, "ab")),)


@pytest.mark.parametrize(
    "cursor",
    [
        b"\xc1",
        b"\x00",
        b"\x92\x03\x04",
        msgspec.msgpack.encode((3, [])),
        msgspec.msgpack.encode((3, [(1, "", 2, "")])),
        msgspec.msgpack.encode((3, [(0, "", 5, ""), (4, "", 6, "")])),
        msgspec.msgpack.encode((-3, [(0, "", 5, "")])),
        msgspec.msgpack.encode((3, [(0, "", 5, 7)])),
        msgspec.msgpack.encode((3, [(0, "", 5)])),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: bytes) -> None:
    with pytest.raises(ProtocolError, match="bad_cursor"):
        unpacked(cursor)


def _exchange(laptop: Laptop, *, cap: int, frames: int | None = None) -> list[str]:
    """One exchange of so much, of which so many frames arrive; the ids given, in their order."""
    batch = engine.collect(laptop.store, at=laptop.clock.now(), pace=Pace(rate=10**6))
    batch = replace(batch, hello=msgspec.structs.replace(batch.hello, cap=cap))
    with Line(laptop.office.address) as line:
        answer = list(line.exchange(batch.link.token, batch.pack(1)))
    given_: list[str] = []
    for frame in answer[:frames]:
        engine.take(laptop.store, batch, frame, at=laptop.clock.now())
        for message in frame:
            given_ += [state.id for state in wire.states(message)] if isinstance(message, Changes) else []
    return given_


def test_who_was_away_is_given_the_newest_first_and_all_of_it_in_the_end(laptop: Make, office: Office) -> None:
    grace, other = laptop("grace"), laptop("grace")
    pair = grace.pair()
    grace.sync()
    other.sync()
    ids = []
    for _ in range(60):
        ids.append(grace.session(pair.id, notes=noise(3000)).id)
        grace.sync()
    first = _exchange(other, cap=20_000, frames=2)
    assert first
    assert first == ids[::-1][: len(first)]
    # While it is away again, more is written: that comes before the rest of what it missed.
    ids.append(grace.session(pair.id, notes=noise(3000)).id)
    grace.sync()
    second = _exchange(other, cap=20_000, frames=2)
    assert second[0] == ids[-1]
    assert not set(first) & set(second)
    other.sync()
    assert {one.id for one in other.store.find(Session)} == set(ids)
    assert other.sync().agrees


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_cut_nothing_is_left_out_and_nothing_given_twice(laptop: Make, seed: int) -> None:
    chance = random.Random(seed)
    grace, other = laptop("grace"), laptop("grace")
    pair = grace.pair()
    given_: list[tuple[str, int]] = []
    for _ in range(12):
        for _ in range(chance.randrange(4)):
            grace.session(pair.id, notes=noise(chance.choice((10, 2000, 50_000))))
        grace.sync()
        before = {one.id for one in other.store.find(Session)}
        new = _exchange(other, cap=chance.choice((1024, 9000, 60_000)), frames=chance.choice((1, 2, 3, None)))
        assert not before & set(new)
        given_ += [(id, 0) for id in new]
    assert len(given_) == len(set(given_))
    other.sync()
    assert other.states() == grace.states()
    assert other.sync().agrees


@pytest.mark.skipif(not postgres.is_here(), reason=f"no PostgreSQL in {postgres.BINARIES}")
def test_the_order_of_ids_is_the_same_in_a_cluster_made_for_a_language() -> None:
    """A language's rules pass over some characters and put capitals beside small letters: places follow the bytes all the same."""
    with postgres.started() as url:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(
                "CREATE DATABASE worded TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
        admin.dispose()
        database = opened(url.rsplit("/", 1)[0] + "/worded")
        ids = ["a-b", "ab", "Ab", "aB", "~last", "-first", "0" * 32, "f" * 32, "F" * 32]
        with database.writing() as connection:
            office = accounts.new_office(connection, "Office")
            accounts.new_code(connection, office, "Grace", role="mentor", now=MONDAY)
            row = {"office": office, "kind": "session", "state": b"", "bytes": 0}
            rows = [
                {**row, "id": f"{id}{kind}", "scope": f"{kind}/x", "family": f"{kind}/*", "seq": n * 2 + at}
                for at, kind in enumerate(("person", "mentorship"))
                for n, id in enumerate(ids, 1)
            ]
            connection.execute(tables.record.insert(), rows)
            (who,) = connection.execute(tables.person.select()).all()
            plain = {"caller": who.id, "source": "created", "least": 1, "write": True}
            connection.execute(tables.grant.insert(), [{**plain, "scope": "person/x", "seq": 500}])
        pair = Visibility.pair
        held = {"person/x": Grant("person/x", pair, True, 500), "mentorship/*": Grant("mentorship/*", pair, True, 500)}
        mandate = Mandate(who.id, office, "", held)
        with database.reading() as connection:
            whole = list(reading.newer(connection, mandate, START, Place(500, reading.LAST)))
            given = [(one.at, one.id) for one in whole]
            assert given == sorted(given, reverse=True)
            assert {one.id for one in whole} == {row["id"] for row in rows}
            for place in map(Place._make, given):
                rest = [(one.at, one.id) for one in reading.newer(connection, mandate, START, place)]
                assert rest == [one for one in given if one < place]
        database.close()
