"""A hub: laptops in the office and laptops at the centre have the same, whoever exchanged with whom, and nobody gains by it what is not theirs."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mentorapp.clock import new_id
from mentorapp.records import Attachment, Mentorship, Person, Session
from sync import client, hub
from sync.client import carrying, courier
from sync.client.http import Line
from sync.client.words import SyncError
from sync.server import accounts, grants, ledger, tables, upstream
from sync.server import courier as desk
from sync.server.app import application
from sync.server.database import opened
from sync.server.upstream import Came
from tests.sync.conftest import Laptop, Office, blank, serving

Make = Callable[..., Laptop]


class Branch(Office):
    """A hub with its line to the centre."""

    hub: hub.Hub

    def exchange(self) -> Came:
        """Exchange with the centre."""
        return self.hub.exchange()


@pytest.fixture
def branch(office: Office, tmp_path: Path) -> Iterator[Branch]:
    """A hub of the office's server."""
    (tmp_path / "hub.sqlite").write_bytes(blank().ledger)
    database = opened(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    let_in = client.enrol(address=office.address, code=office.code("the hub", grants.HUB), device="hub")
    with database.writing() as connection:
        there = upstream.join(
            connection,
            address=let_in.address,
            token=let_in.token,
            server=let_in.server,
            office=let_in.office,
            office_name=let_in.office_name,
            epoch=bytes.fromhex(let_in.epoch),
        )
    one = Branch.__new__(Branch)
    one.database, one.clock, one.id = database, office.clock, there.office
    one.server = type(office.server)(
        database, "the hub", office.clock, calls=office.server.calls, knocks=office.server.knocks
    )
    one.hub = hub.Hub(database, office.clock)
    one.server.forward = one.hub.forward
    with serving(application(one.server)) as one.address:
        yield one
    database.close()


@pytest.fixture
def near(branch: Branch, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """Makes laptops that are let in at the hub."""
    made: list[Laptop] = []

    def make(name: str, *, person: str = "", role: str = "mentor") -> Laptop:
        one = Laptop(branch, tmp_path, f"near-{name}")
        one.name, one.person = name, person
        made.append(one)
        one.enrol(role=role)
        return one

    yield make
    for one in made:
        one.store.close()


def registers(office: Office) -> dict[str, object]:
    """What a ledger has of each record, without when it came there."""
    from mentorapp.registers import unpack

    return {row.id: (row.scope, unpack(row.kind, row.id, row.state).registers) for row in office.rows(tables.record)}


def test_what_is_recorded_at_the_hub_is_at_the_centre_and_the_other_way_round(
    laptop: Make, near: Make, office: Office, branch: Branch
) -> None:
    grace, awa = laptop("grace"), near("awa")
    far, here = grace.session(grace.pair().id, notes="far"), awa.session(awa.pair().id, notes="near")
    grace.sync()
    awa.sync()
    came = branch.exchange()
    assert (came.sent, came.received) == (3, 3)
    assert registers(office) == registers(branch)
    assert {far.id, here.id} <= registers(branch).keys()
    at_hub = near("grace", person=grace.person)
    at_hub.sync()
    assert at_hub.store.get(Session, far.id).notes == "far"
    assert at_hub.store.seek(Session, here.id) is None
    at_centre = laptop("awa", enrol=False)
    at_centre.person = awa.person
    at_centre.enrol()
    at_centre.sync()
    assert at_centre.store.get(Session, here.id).notes == "near"
    assert at_centre.store.seek(Session, far.id) is None


def test_nothing_goes_back_to_where_it_came_from_and_an_exchange_with_nothing_to_do_is_one_turn(
    laptop: Make, near: Make, office: Office, branch: Branch
) -> None:
    grace, awa = laptop("grace"), near("awa")
    grace.session(grace.pair().id)
    awa.session(awa.pair().id)
    grace.sync()
    awa.sync()
    branch.exchange()
    before = office.rows(tables.record), branch.rows(tables.record)
    assert upstream_load(branch) == ()
    assert branch.exchange() == Came(0, 0, done=True)
    assert (office.rows(tables.record), branch.rows(tables.record)) == before
    with branch.database.reading() as connection:
        status = upstream.status(connection)
    assert status is not None
    assert status.waiting == 0
    assert status.agreed > 0


def upstream_load(branch: Branch) -> tuple[object, ...]:
    """What a hub would send now."""
    load = upstream.collect(branch.database, now=branch.clock.now())
    assert load is not None
    return load.states


def test_edits_on_both_sides_of_a_hub_are_kept_side_by_side_everywhere(
    laptop: Make, near: Make, office: Office, branch: Branch
) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id, agenda="Registers", contact_minutes=45)
    grace.sync()
    branch.exchange()
    at_hub = near("grace", person=grace.person)
    at_hub.sync()
    seen = at_hub.store.get(Session, session.id)
    at_hub.save(replace(seen, contact_minutes=50), seen)
    grace.save(replace(session, contact_minutes=60), session)
    at_hub.sync()
    grace.sync()
    for _ in range(2):
        branch.exchange()
        grace.sync()
        at_hub.sync()
    assert grace.states() == at_hub.states()
    assert {version.value for version in grace.store.versions(session.id, "contact_minutes")} == {b"\x32", b"\x3c"}
    assert registers(office) == registers(branch)


def test_a_mentorship_that_names_a_strangers_mentee_opens_nothing_on_either_side_of_a_hub(
    laptop: Make, near: Make, office: Office, branch: Branch
) -> None:
    grace, thief = laptop("grace"), near("thief")
    hers = grace.pair()
    grace.sync()
    branch.exchange()
    stranger = hers.mentees[0]
    thief.pair(thief.person, mentee=stranger)
    thief.sync()
    branch.exchange()
    thief.sync()
    assert thief.store.seek(Person, stranger) is None
    at_centre = laptop("thief", enrol=False)
    at_centre.person = thief.person
    at_centre.enrol()
    at_centre.sync()
    assert at_centre.store.seek(Person, stranger) is None
    # And what the mentor's own pair opens is open on both sides.
    at_hub = near("grace", person=grace.person)
    at_hub.sync()
    assert at_hub.store.seek(Person, stranger) is not None


def test_a_hand_over_at_the_centre_takes_the_pair_from_who_was_its_mentor_at_the_hub(
    laptop: Make, near: Make, branch: Branch
) -> None:
    grace, awa = laptop("grace"), near("awa")
    pair = awa.pair()
    session = awa.session(pair.id, notes="so far")
    awa.sync()
    branch.exchange()
    coordinator = laptop("office", role="coordinator")
    coordinator.sync()
    seen = coordinator.store.get(Mentorship, pair.id)
    coordinator.save(replace(seen, mentors=(grace.person,)), seen)
    coordinator.sync()
    branch.exchange()
    awa.sync()
    grace.sync()
    assert grace.store.get(Session, session.id).notes == "so far"
    assert awa.store.seek(Session, session.id) is None


def test_what_is_private_to_its_author_crosses_a_hub_as_theirs(
    near: Make, laptop: Make, office: Office, branch: Branch
) -> None:
    awa = near("awa")
    one = awa.save(Session(id=new_id(), scope="private/", notes="nobody’s yet", status="held"))
    awa.sync()
    branch.exchange()
    assert registers(office)[one.id][0] == f"private/{awa.person}"
    assert registers(office) == registers(branch)


def test_a_line_that_dies_at_any_frame_loses_and_doubles_nothing(
    laptop: Make, near: Make, office: Office, branch: Branch
) -> None:
    grace, awa = laptop("grace"), near("awa")
    for one in (grace, awa):
        pair = one.pair()
        for _ in range(6):
            one.session(pair.id, notes="words " * 2500)
        one.sync()
    fates = iter([0, 1, 0, 2, 0, 1, 0, 3])

    class Torn(Line):
        def exchange(self, token: str, body: bytes) -> Iterator[list[object]]:
            left = next(fates, None)
            with closing(super().exchange(token, body)) as frames:
                for frame in frames:
                    if left == 0:
                        raise client.failure("cut")
                    left = None if left is None else left - 1
                    yield frame

    branch.hub.line = lambda address, authority: Torn(address, authority=authority)
    failed = 0
    for _ in range(12):
        try:
            branch.exchange()
        except SyncError:
            failed += 1
    assert failed >= 4
    assert registers(office) == registers(branch)
    assert len(registers(office)) == 16


@pytest.mark.parametrize("which", ["centre", "hub"])
def test_either_server_is_healed_after_a_restore(
    laptop: Make, near: Make, office: Office, branch: Branch, which: str
) -> None:
    grace, awa = laptop("grace"), near("awa")
    grace.session(grace.pair().id, notes="far")
    awa.session(awa.pair().id, notes="near")
    grace.sync()
    awa.sync()
    branch.exchange()
    before = registers(office)
    broken = office if which == "centre" else branch
    with broken.database.writing() as connection:
        for table in (tables.record, tables.tally, tables.history, tables.moved, tables.vouched, tables.echo):
            connection.execute(table.delete())
        connection.execute(tables.grant.delete().where(tables.grant.c.source != "role"))
        connection.execute(tables.office.update().values(seq=1))
        if which == "hub":
            upstream.note(connection, cursor=b"", sent=0)
        ledger.mint_epoch(connection, accounts.stamp(office.clock.now()))
    branch.exchange()
    branch.exchange()
    assert registers(office) == registers(branch) == before
    assert grace.sync().agrees
    assert awa.sync().agrees


def test_a_copy_of_a_hub_goes_on_under_another_name(near: Make, office: Office, branch: Branch, tmp_path: Path) -> None:
    awa = near("awa")
    awa.session(awa.pair().id)
    awa.sync()
    copy = tmp_path / "copy.sqlite"
    branch.exchange()
    sqlite3.connect(tmp_path / "hub.sqlite").execute("VACUUM INTO ?", (str(copy),)).close()
    awa.session(awa.pair().id)
    awa.sync()
    branch.exchange()
    twin = hub.Hub(opened(f"sqlite:///{copy}"), branch.clock)
    twin.exchange()
    with twin.database.reading() as connection:
        mine = upstream.centre(connection)
    with branch.database.reading() as connection:
        other = upstream.centre(connection)
    assert mine is not None
    assert other is not None
    assert mine.replica != other.replica
    twin.database.close()


def test_pictures_go_through_a_hub_in_both_directions(laptop: Make, near: Make, office: Office, branch: Branch) -> None:
    grace, awa = laptop("grace"), near("awa")
    pictures = {}
    for one in (grace, awa):
        session = one.session(one.pair().id)
        content = b"\xff\xd8\xff" + one.name.encode() * 60_000
        hash = one.store.keep_file(content, record=(record := new_id()), at=one.clock.now())
        made = Attachment(
            id=record,
            mentorship=session.mentorship,
            owner=session.id,
            name="x.jpg",
            size=len(content),
            content_hash=hash,
        )
        one.save(made)
        pictures[one.name] = (hash, content)
        assert one.sync().files.safe == 1
    branch.exchange()
    branch.exchange()
    assert {row.hash for row in office.rows(tables.file)} == {row.hash for row in branch.rows(tables.file)}
    assert len(office.rows(tables.file)) == 2
    at_hub = near("grace", person=grace.person)
    at_hub.sync()
    hash, content = pictures["grace"]
    at_hub.store.want_file(hash, size=len(content), record="", at=at_hub.clock.now())
    at_hub.sync()
    assert at_hub.store.file_content(hash) == content
    at_centre = laptop("awa", enrol=False)
    at_centre.person = awa.person
    at_centre.enrol()
    at_centre.sync()
    hash, content = pictures["awa"]
    at_centre.store.want_file(hash, size=len(content), record="", at=at_centre.clock.now())
    at_centre.sync()
    assert at_centre.store.file_content(hash) == content
    before = [row.received for row in office.rows(tables.file)]
    branch.exchange()
    assert [row.received for row in office.rows(tables.file)] == before


# --- what is sealed for the centre ------------------------------------------------------------------------------------


def sealed(laptop: Make, office: Office, stick: Path) -> tuple[Laptop, Path]:
    """A laptop of the centre, and the file it wrote."""
    grace = laptop("grace", enrol=False)
    keys = courier.keyring(grace.store).public.hex()
    let_in = client.enrol(address=office.address, code=office.code("grace"), device="x", keys=keys)
    client.enrolled(grace.store, let_in)
    grace.person = let_in.person
    grace.session(grace.pair().id, notes="zanzibarwords")
    (file,) = courier.write(grace.store, stick, at=grace.clock.now()).files
    return grace, file


def test_a_file_for_the_centre_passes_a_hub_unread(
    laptop: Make, near: Make, office: Office, branch: Branch, tmp_path: Path
) -> None:
    grace, file = sealed(laptop, office, tmp_path / "stick")
    carrier = near("carrier")
    token = client.linked(carrier.store).token
    with Line(branch.address) as line:
        (done,) = carrying.hand_over(line, token, file)
    assert done.problem is None
    assert courier.take(grace.store, done.answer.read_bytes(), at=grace.clock.now()).applied.safe == 3
    assert b"zanzibarwords" not in (tmp_path / "hub.sqlite").read_bytes()
    assert registers(branch) == {}


def test_a_file_waits_at_the_hub_while_the_centre_cannot_be_reached(
    laptop: Make, near: Make, office: Office, branch: Branch, tmp_path: Path
) -> None:
    grace, file = sealed(laptop, office, tmp_path / "stick")
    carrier = near("carrier")
    token = client.linked(carrier.store).token
    real = branch.hub.line

    def unreachable(address: str, authority: str) -> Line:
        return Line("http://127.0.0.1:9", authority=authority)

    branch.hub.line = unreachable
    with Line(branch.address) as line:
        (done,) = carrying.hand_over(line, token, file)
    assert "kept here" in str(done.problem)
    branch.hub.line = real
    branch.exchange()
    with Line(branch.address) as line:
        (done,) = carrying.hand_over(line, token, file)
    assert courier.take(grace.store, done.answer.read_bytes(), at=grace.clock.now()).applied.safe == 3


def test_a_file_that_the_centre_refuses_is_refused_by_the_hub_with_its_reason(
    laptop: Make, near: Make, office: Office, branch: Branch, tmp_path: Path
) -> None:
    _, file = sealed(laptop, office, tmp_path / "stick")
    with office.database.writing() as connection:
        (device,) = connection.execute(select(tables.device.c.id).where(tables.device.c.public != b"")).scalars()
        accounts.revoke(connection, device, now=office.clock.now())
    carrier = near("carrier")
    with pytest.raises(desk.Undelivered, match="token_revoked"):
        branch.hub.forward(file.read_bytes())
    with Line(branch.address) as line:
        (done,) = carrying.hand_over(line, client.linked(carrier.store).token, file)
    assert "let in no more" in str(done.problem)


# --- the console ------------------------------------------------------------------------------------------------------


def test_the_console_joins_exchanges_and_says_how_it_stands(
    laptop: Make, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.sync()
    folder = ["--data", str(tmp_path / "branch")]
    assert hub.main([*folder, "status"]) == 1
    assert "no hub yet" in capsys.readouterr().err
    wrong = office.code("somebody")
    assert hub.main([*folder, "join", "--centre", office.address, "--code", wrong]) == 1
    assert "for a laptop" in capsys.readouterr().err
    code = office.code("the branch", grants.HUB)
    assert hub.main([*folder, "join", "--centre", office.address, "--code", code]) == 0
    said = capsys.readouterr().out
    assert "a hub of the office" in said
    assert "3 records came from there" in said
    assert hub.main([*folder, "status"]) == 0
    assert "0 records wait for the office" in capsys.readouterr().out
