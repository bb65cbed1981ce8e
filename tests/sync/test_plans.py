"""What a page of an answer costs is bounded by the page and by what is the caller's, never by the office: the databases' own plans say so.

A hundred thousand records, of which a tenth are of one family, and a thousandth of the caller's single scopes.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert, text

from mentorapp.fields import Visibility
from sync.server import accounts, reading, tables
from sync.server.database import Database, opened
from sync.server.grants import Grant, Mandate
from sync.server.statements import Prepared
from tests.benchmarks import postgres
from tests.sync.conftest import MONDAY

_RECORDS, _SCOPES, _MINE = 100_000, 2_000, 20
_DIGITS = {"sqlite": "printf('%032x', {})", "postgresql": "lpad(to_hex({}), 32, '0')"}
_NUMBERS = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {_RECORDS})"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A ledger with many records."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('large') / 'ledger.sqlite'}")
    elif not postgres.is_here():
        pytest.skip(f"no PostgreSQL in {postgres.BINARIES}")
    else:
        with postgres.started() as url:
            yield from _filled(url)


def _filled(url: str) -> Iterator[Database]:
    database = opened(url)
    try:
        with database.writing() as connection:
            _fill(connection)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        yield database
    finally:
        database.close()


def _fill(connection: Connection) -> None:
    office = accounts.new_office(connection, "Country office")
    accounts.new_code(connection, office, "Grace", role="mentor", now=MONDAY)
    digits = _DIGITS[connection.dialect.name]
    # Ids in another order than commits, as random ones are; every tenth record is a mentorship's.
    id, scope = digits.format("n * 7919 % 1000003"), digits.format(f"n / 10 % {_SCOPES}")
    whose = "CASE WHEN n % 10 = 0 THEN 'mentorship/' ELSE 'private/' END"
    connection.execute(
        text(
            f"INSERT INTO record (office, id, kind, scope, family, seq, state, bytes) {_NUMBERS} "
            f"SELECT '{office}', {id}, 'session', {whose} || {scope}, {whose} || '*', n, :state, 0 FROM numbers"
        ),
        {"state": b""},
    )
    plain = {"caller": _caller(connection)[1], "source": "created", "least": 1, "write": True, "seq": 0}
    mine = [{**plain, "scope": f"mentorship/{n:032x}"} for n in range(_MINE)]
    connection.execute(insert(tables.grant), mine)
    connection.execute(tables.office.update().values(seq=_RECORDS))


def _plan(connection: Connection, statement: Prepared, **values: object) -> str:
    ready = statement._for(connection)
    given = {**ready.fixed, **values}
    cursor = connection.connection.cursor()
    lite = connection.dialect.name == "sqlite"
    asked = tuple(given[name] for name in ready.order) if ready.order is not None else given
    cursor.execute(f"EXPLAIN {'QUERY PLAN ' if lite else ''}{ready.sql}", asked)
    return "\n".join(str(row[-1]) for row in cursor.fetchall())


def _caller(connection: Connection) -> tuple[str, str]:
    (row,) = connection.execute(tables.person.select()).all()
    return row.office, row.id


@pytest.mark.parametrize("after", [0, _RECORDS // 2, _RECORDS - 10])
def test_a_page_of_a_family_is_read_in_the_order_of_an_index(large: Database, after: int) -> None:
    with large.reading() as connection:
        office, _ = _caller(connection)
        kin = {"office": office, "family": "mentorship/*"}
        changed = _plan(connection, reading._FAMILY_CHANGED, **kin, low=0, high=_RECORDS - after)
        given = _plan(
            connection, reading._FAMILY_GRANTED, **kin, since=_RECORDS, first="", last=f"{_RECORDS - after:032x}"
        )
        earlier = _plan(connection, reading._FAMILY_EARLIER, **kin, since=_RECORDS // 2)
    for plan, index in ((changed, "record_family"), (given, "record_family_id"), (earlier, "record_family")):
        assert index in plan
        for costly in ("SCAN", "Seq Scan", "TEMP B-TREE", "Sort"):
            assert costly not in plan, plan


@pytest.mark.parametrize("after", [0, _RECORDS // 2, _RECORDS - 10])
def test_a_page_of_single_scopes_reads_these_scopes_alone(large: Database, after: int) -> None:
    with large.reading() as connection:
        office, caller = _caller(connection)
        mine = {"office": office, "caller": caller, "low": after, "high": _RECORDS}
        for plan in (
            _plan(connection, reading._CHANGED, **mine),
            _plan(connection, reading._GRANTED, **mine, first="", last=reading.LAST),
        ):
            assert "record_scope" in plan
            for costly in ("SCAN record", "Seq Scan on record"):
                assert costly not in plan, plan


def test_the_digest_is_found_by_the_scopes_names_and_reads_no_others(large: Database) -> None:
    with large.reading() as connection:
        office, caller = _caller(connection)
        some = reading._OF_SCOPES._sized[8]
        plan = _plan(connection, some, office=office, **{f"it{n}": f"mentorship/{n:032x}" for n in range(8)})
        told = _plan(connection, reading._NEWS, office=office, caller=caller, since=_RECORDS - 10)
    assert "scope=?" in plan or "tally_pkey" in plan, plan
    for costly in ("SCAN tally", "Seq Scan on tally", "SCAN moved", "SCAN held", "SCAN withdrawn"):
        assert costly not in plan + told


@pytest.mark.parametrize("since", [0, 7, 500, _RECORDS // 2])
def test_what_a_family_had_is_the_same_however_it_is_looked_up(large: Database, since: int) -> None:
    with large.reading() as connection:
        office, _ = _caller(connection)
        given, last = list[str](), reading.LAST
        while some := reading._granted(connection, office, "mentorship/*", since, "", last):
            given += some
            last = some[-1]
        wanted = connection.execute(
            text("SELECT id FROM record WHERE family = 'mentorship/*' AND seq <= :since"), {"since": since}
        )
        assert given == sorted(wanted.scalars(), reverse=True)


def test_every_page_holds_what_comes_next_and_no_more(large: Database) -> None:
    with large.reading() as connection:
        office, caller = _caller(connection)
        grant = Grant("mentorship/*", Visibility.office, False, _RECORDS // 2)
        mandate = Mandate(caller, office, "", {"mentorship/*": grant})
        below, above, got = reading.START, reading.Place(_RECORDS // 2, reading.LAST), []
        for _ in range(3):
            page, whole = reading._page(connection, mandate, below, above)
            assert not whole
            got += page
            above = reading.Place(page[-1].at, page[-1].id)
    keys = [(row.at, row.id) for row in got]
    assert keys == sorted(set(keys), reverse=True)
    assert len(keys) == 3 * reading._PAGE
    assert {row.at for row in got} == {_RECORDS // 2}
    assert all(row.seq <= _RECORDS // 2 for row in got)
