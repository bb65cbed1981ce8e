"""What goes into the ledger as it came is what would have gone in had it been looked into: rows, sums, outcomes, all of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Simple, Stamp, State, whole
from sync import protocol
from sync.checks import problem_of, sound
from sync.server import holdings, tables
from sync.server.accounts import Caller
from sync.server.database import Database, opened
from sync.server.intake import Intake, Outcome
from tests.sync.conftest import blank
from tests.sync.test_concurrency import Desk

_values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**40), st.text(max_size=30), st.lists(st.text(max_size=5), max_size=3)
).map(msgspec.msgpack.encode)


@st.composite
def _simple(draw: st.DrawFn) -> Simple:
    names = tuple(sorted(draw(st.sets(st.sampled_from(["a", "b", "c", "d", "status", "x" * 65, "\n"]), max_size=5))))
    scope = draw(st.sampled_from(["office/", "office/", "mentorship/q", "private/", "programme/p", "nowhere", ""]))
    if draw(st.integers(0, 9)):
        names = tuple(sorted((*names, "scope")))
    if not names:
        names = ("a",)
    values = tuple(msgspec.msgpack.encode(scope) if name == "scope" else draw(_values) for name in names)
    if not draw(st.integers(0, 15)):
        values = (b"\xc1", *values[1:])
    reaches = tuple(Visibility(draw(st.sampled_from([0, 1, 1, 1, 2, 3, 4]))) for _ in names)
    dots = [Dot(bytes([n]) * draw(st.sampled_from([8, 8, 8, 8, 7])), draw(st.integers(1, 9))) for n in range(1, 3)]
    owners = tuple(draw(st.sampled_from([0, 1])) for _ in names)
    if len(set(owners)) < 2:
        dots, owners = dots[:1], (0,) * len(names)
    stamps = tuple(Stamp(draw(st.sampled_from(["m" * 32, "", "y" * 70])), 7, False, 0) for _ in dots)
    kind, id = (
        draw(st.sampled_from(["session", "session", "mentorship"])),
        draw(st.sampled_from(["a", "b", "é", "n" * 70])),
    )
    return Simple(kind, id, names, reaches, values, owners, tuple(sorted(dots)), stamps)


@given(_simple())
@settings(deadline=None)
def test_its_prints_and_what_is_wrong_with_it_are_those_of_the_whole(one: Simple) -> None:
    state = whole(one)
    assert protocol.prints(one) == [protocol.register_print(state, name) for name in one.names]
    assert sound(one) == (problem_of(state) == "")
    assert protocol.sent_under(one, one.dots[0].replica) == protocol.sent_under(state, one.dots[0].replica)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Database, Caller]]]:
    """Twice the same ledger."""
    folder: Path = tmp_path_factory.mktemp("straight")
    (folder / "0.sqlite").write_bytes(blank().ledger)
    first = opened(f"sqlite:///{folder / '0.sqlite'}")
    grace = Desk(first).caller("grace")
    first.close()
    (folder / "1.sqlite").write_bytes((folder / "0.sqlite").read_bytes())
    found = [(opened(f"sqlite:///{folder / f'{n}.sqlite'}"), grace) for n in range(2)]
    yield found
    for database, _ in found:
        database.close()


def _taken(
    desk: tuple[Database, Caller], changes: list[State | Simple]
) -> tuple[list[Outcome], list[int], dict[str, Any]]:
    database, who = desk
    with database.engine.connect() as connection, connection.begin() as transaction:
        mandate = holdings.mandate(connection, who.caller, who.office, who.person)
        intake = Intake(connection, mandate, 1_800_000_000)
        outcomes = intake.take(changes)
        prints = [intake.fingerprint(one) for one in changes]
        some = (tables.record, tables.tally, tables.history, tables.grant, tables.office, tables.held, tables.moved)
        rows = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in some}
        transaction.rollback()
    rows["tally"] = [row for row in rows["tally"] if not row.endswith(", 0)")]  # nothing of a class is no row of it
    return outcomes, prints, rows


@given(changes=st.lists(_simple(), min_size=1, max_size=5))
@settings(deadline=None)
def test_the_ledger_is_the_same(desks: list[tuple[Database, Caller]], changes: list[Simple]) -> None:
    straight = _taken(desks[0], list(changes))
    looked_into = _taken(desks[1], [whole(one) for one in changes])
    assert [replace_earlier(one) for one in straight[0]] == [replace_earlier(one) for one in looked_into[0]]
    assert straight[1:] == looked_into[1:]


def replace_earlier(one: Outcome) -> Outcome:
    """An outcome whose earlier state is compared by what it says."""
    return one._replace(earlier=replace(one.earlier, stamps=dict(one.earlier.stamps)) if one.earlier else None)
