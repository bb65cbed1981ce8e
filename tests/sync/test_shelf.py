"""The contents of files at the server: whole or not at all, for whoever may read a record that names them, and no oracle for anybody else."""

import base64
import socket
from collections.abc import Iterator
from hashlib import blake2b, sha1
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select

from mentorapp.clock import SetClock, new_id
from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, Stamp, State
from sync import wire
from sync.protocol import Hello, Outcomes
from sync.server import accounts, holdings, ledger, shelf, tables
from sync.server.app import Server, application
from sync.server.database import Database, opened
from sync.server.visit import Visit
from tests.benchmarks import postgres as postgresql
from tests.sync.conftest import FREE, MONDAY, blank, serving

PIECE = 20_000
BOUNDED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
LITE = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
"""For what a header says: the database has no part in it."""
_numbers = count(1)


def named(content: bytes) -> str:
    """The name of a content."""
    return blake2b(content, digest_size=32).hexdigest()


def noise(length: int, seed: int = 1) -> bytes:
    """Bytes that nobody else has."""
    return Random(seed).randbytes(length)


CONTENT = noise(100_001)


class Desk:
    """A served office, into which records are put as laptops would."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.address = database, SetClock(MONDAY), ""
        self.people: list[Person] = []
        self.server = Server(database, "the office", self.clock, calls=FREE, knocks=FREE)
        with database.writing() as connection:
            self.office = accounts.new_office(connection, "Country office")

    def caller(self, name: str, role: str = "mentor") -> "Person":
        """Somebody of this office with a laptop."""
        with self.database.writing() as connection:
            code = accounts.new_code(connection, self.office, name, role=role, now=MONDAY)
            let_in = accounts.enrol(
                connection, typed=code, device=name, person="", now=MONDAY, grant=holdings.welcome_caller
            )
        return Person(self, let_in.token, let_in.person)

    def rows(self, table: Any) -> int:
        """How many rows a table has."""
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


class Person:
    """A caller with the verbs of tus and of ranges, and a mind of their own."""

    def __init__(self, desk: Desk, token: str, person: str) -> None:
        self.desk, self.token, self.person = desk, token, person
        desk.people.append(self)
        self.replica, self.saves = next(_numbers).to_bytes(8), 0
        self.session = requests.Session()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> requests.Response:
        """The server's answer."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        told = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **named}
        return self.session.request(method, self.desk.address + path, data=body, headers=told, timeout=20)

    def push(self, kind: str, scope: str, reach: Visibility = Visibility.pair, id: str = "", **fields: Any) -> str:
        """Have a record at the server; its id."""
        import msgspec

        self.saves += 1
        dot = Dot(self.replica, self.saves)

        def register(value: Any, reach: Visibility) -> Register:
            return Register(frozenset((Sibling(dot, msgspec.msgpack.encode(value)),)), (dot,), reach)

        one = {name: register(value, reach) for name, value in fields.items()}
        one["scope"] = register(scope, Visibility.programme)
        state = State(kind, id or new_id(), one, {dot: Stamp(self.person, 1)})
        with self.desk.database.reading() as connection:
            identity, caller = ledger.identity(connection, 0), accounts.caller_of(connection, self.token)
        visit = Visit(self.desk.database, identity, caller, "here", MONDAY)
        hello = Hello((1,), "0", self.replica, identity.epoch, b"", 10**6, b"", b"n" * 8, 0, rate=10**9)
        for frame in wire.read(wire.stream([hello, state])):
            visit.take(frame)
        (said,) = [one for frame in wire.read(visit.answer()) for one in frame if isinstance(one, Outcomes)]
        assert said.others == () or all(verdict.name == "merged" for _, verdict, _ in said.others)
        return state.id

    def attachment(self, hash: str, *, scope: str = "", **more: Any) -> str:
        """A record of this caller's that names a hash."""
        return self.push("attachment", scope or f"private/{self.person}", content_hash=hash, **more)

    def create(self, hash: str, record: str, length: int) -> requests.Response:
        """Begin an upload."""
        parts = {"hash": hash, "record": record}
        said = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in parts.items())
        return self.ask("POST", "/v1/files", Upload_Length=str(length), Upload_Metadata=said)

    def piece(self, where: str, offset: int, body: bytes, **more: str) -> requests.Response:
        """Send a piece."""
        return self.ask(
            "PATCH", where, body, Upload_Offset=str(offset), Content_Type="application/offset+octet-stream", **more
        )

    def upload(self, content: bytes, record: str, *, named_as: str = "") -> requests.Response:
        """Send a file from where the server has it; the last answer."""
        said = self.create(named_as or named(content), record, len(content))
        assert said.status_code == 201, said.text
        at = int(said.headers["Upload-Offset"])
        while at < len(content):
            body = content[at : at + PIECE]
            checksum = "sha1 " + base64.b64encode(sha1(body, usedforsecurity=False).digest()).decode()
            last = self.piece(said.headers["Location"], at, body, Upload_Checksum=checksum)
            if last.status_code != 204:
                return last
            at = int(last.headers["Upload-Offset"])
        return said

    def fetch(self, hash: str, **headers: str) -> requests.Response:
        """Ask for a file."""
        return self.ask("GET", f"/v1/content/{hash}", **headers)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own for this module."""
    if not postgresql.is_here():
        pytest.skip("no PostgreSQL here")
    with postgresql.started() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The same office on each database."""
    if request.param == "sqlite":
        (tmp_path / "ledger.sqlite").write_bytes(blank().ledger)
        url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    else:
        server, name = request.getfixturevalue("postgres"), f"shelf_{next(_numbers)}"
        first = create_engine(server, isolation_level="AUTOCOMMIT")
        with first.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        first.dispose()
        url = server.rsplit("/", 1)[0] + "/" + name
    database = opened(url)
    desk = Desk(database)
    with serving(application(desk.server)) as desk.address:
        yield desk
        for person in desk.people:
            person.session.close()
    database.close()


# --- there and back ---------------------------------------------------------------------------------------------------


def test_a_file_goes_up_in_pieces_and_comes_down_as_it_was(desk: Desk) -> None:
    grace = desk.caller("grace")
    record = grace.attachment(named(CONTENT))
    grace.upload(CONTENT, record)
    down = grace.fetch(named(CONTENT))
    assert (down.status_code, down.content) == (200, CONTENT)
    assert down.headers["ETag"] == f'"{named(CONTENT)}"'
    assert desk.rows(tables.upload) == 0


def test_after_a_cut_an_upload_goes_on_where_the_server_has_it(desk: Desk) -> None:
    grace = desk.caller("grace")
    record = grace.attachment(named(CONTENT))
    where = grace.create(named(CONTENT), record, len(CONTENT)).headers["Location"]
    grace.piece(where, 0, CONTENT[:PIECE])
    # A piece of which only half arrives is not there at all.
    host, port = desk.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as half:
        head = f"PATCH {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {grace.token}\r\nTus-Resumable: 1.0.0\r\n"
        head += f"Upload-Offset: {PIECE}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {PIECE}\r\n\r\n"
        half.sendall(head.encode() + CONTENT[PIECE : PIECE + PIECE // 2])
    assert grace.ask("HEAD", where).headers["Upload-Offset"] == str(PIECE)
    again = grace.create(named(CONTENT), record, len(CONTENT))
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (where, str(PIECE))
    grace.upload(CONTENT, record)
    assert grace.fetch(named(CONTENT)).content == CONTENT


def test_a_piece_sent_twice_is_taken_once(desk: Desk) -> None:
    grace = desk.caller("grace")
    where = grace.create(named(CONTENT), grace.attachment(named(CONTENT)), len(CONTENT)).headers["Location"]
    assert grace.piece(where, 0, CONTENT[:PIECE]).status_code == 204
    assert grace.piece(where, 0, CONTENT[:PIECE]).status_code == 409
    assert grace.ask("HEAD", where).headers["Upload-Offset"] == str(PIECE)


def test_a_flipped_bit_on_the_line_is_refused_and_nothing_of_the_piece_kept(desk: Desk) -> None:
    grace = desk.caller("grace")
    where = grace.create(named(CONTENT), grace.attachment(named(CONTENT)), len(CONTENT)).headers["Location"]
    body = bytearray(CONTENT[:PIECE])
    checksum = "sha1 " + base64.b64encode(sha1(body, usedforsecurity=False).digest()).decode()
    body[7] ^= 1
    assert grace.piece(where, 0, bytes(body), Upload_Checksum=checksum).status_code == 460
    assert grace.ask("HEAD", where).headers["Upload-Offset"] == "0"
    assert grace.piece(where, 0, CONTENT[:PIECE], Upload_Checksum="crc9 AAAA").status_code == 400


def test_what_is_not_what_its_hash_says_is_thrown_away_and_begun_anew(desk: Desk) -> None:
    grace = desk.caller("grace")
    record = grace.attachment(named(CONTENT))
    other = noise(len(CONTENT), seed=2)
    assert grace.upload(other, record, named_as=named(CONTENT)).status_code == 460
    assert grace.fetch(named(CONTENT)).status_code == 404
    assert (desk.rows(tables.piece), desk.rows(tables.upload), desk.rows(tables.file)) == (0, 0, 0)
    grace.upload(CONTENT, record)
    assert grace.fetch(named(CONTENT)).content == CONTENT


def test_an_upload_thrown_away_is_gone_and_leaves_nothing(desk: Desk) -> None:
    grace = desk.caller("grace")
    where = grace.create(named(CONTENT), grace.attachment(named(CONTENT)), len(CONTENT)).headers["Location"]
    grace.piece(where, 0, CONTENT[:PIECE])
    assert grace.ask("DELETE", where).status_code == 204
    assert grace.ask("HEAD", where).status_code == 404
    assert desk.rows(tables.piece) == 0


def test_an_upload_that_nobody_goes_on_with_makes_room(desk: Desk) -> None:
    grace = desk.caller("grace")
    where = grace.create(named(CONTENT), grace.attachment(named(CONTENT)), len(CONTENT)).headers["Location"]
    grace.piece(where, 0, CONTENT[:PIECE])
    desk.clock.forward(seconds=shelf.LASTS + 1)
    assert grace.piece(where, PIECE, CONTENT[PIECE : 2 * PIECE]).status_code == 404
    other = noise(10, seed=3)
    grace.create(named(other), grace.attachment(named(other)), 10)
    assert desk.rows(tables.upload) == 1
    assert desk.rows(tables.piece) == 0


# --- who --------------------------------------------------------------------------------------------------------------


def test_both_mentors_of_a_pair_have_its_files_and_send_them_once(desk: Desk) -> None:
    grace, awa, ruth = desk.caller("grace"), desk.caller("awa"), desk.caller("ruth")
    pair = new_id()
    people = {"mentors": sorted((grace.person, awa.person)), "mentees": [new_id()]}
    grace.push("mentorship", f"mentorship/{pair}", Visibility.programme, pair, **people)
    record = grace.attachment(named(CONTENT), scope=f"mentorship/{pair}")
    grace.upload(CONTENT, record)
    assert awa.fetch(named(CONTENT)).content == CONTENT
    said = awa.create(named(CONTENT), record, len(CONTENT))
    assert (said.status_code, said.headers["Upload-Offset"]) == (201, str(len(CONTENT)))
    assert ruth.fetch(named(CONTENT)).status_code == 404
    assert ruth.create(named(CONTENT), record, len(CONTENT)).status_code == 403


def test_a_coordinator_who_may_not_read_the_pairs_words_does_not_have_their_files(desk: Desk) -> None:
    grace, office = desk.caller("grace"), desk.caller("office", "coordinator")
    pair = new_id()
    people = {"mentors": [grace.person], "mentees": [new_id()]}
    grace.push("mentorship", f"mentorship/{pair}", Visibility.programme, pair, **people)
    record = grace.attachment(named(CONTENT), scope=f"mentorship/{pair}")
    grace.upload(CONTENT, record)
    assert office.fetch(named(CONTENT)).status_code == 404
    grace.push("attachment", f"mentorship/{pair}", Visibility.office, record, content_hash=named(CONTENT))
    assert office.fetch(named(CONTENT)).content == CONTENT


def test_a_hash_in_a_record_of_ones_own_tells_nothing_and_gives_nothing(desk: Desk) -> None:
    """Whether anybody has the file or not, whoever merely names its hash is answered alike."""
    grace, ruth = desk.caller("grace"), desk.caller("ruth")
    grace.upload(CONTENT, grace.attachment(named(CONTENT)))
    unknown = named(b"nobody has this")
    answers = []
    for hash in (named(CONTENT), unknown):
        record = ruth.attachment(hash)
        said, got = ruth.create(hash, record, len(CONTENT)), ruth.fetch(hash)
        told = {name: value for name, value in said.headers.items() if name.lower() != "location"}
        told = {name.lower(): value for name, value in told.items()}
        answers.append((said.status_code, told, got.status_code, got.content))
    assert answers[0] == answers[1]
    assert answers[0][1]["upload-offset"] == "0"


def test_whoever_had_the_bytes_has_the_file_and_it_is_kept_once(desk: Desk) -> None:
    grace, ruth = desk.caller("grace"), desk.caller("ruth")
    for person in (grace, ruth):
        person.upload(CONTENT, person.attachment(named(CONTENT)))
        assert person.fetch(named(CONTENT)).content == CONTENT
    assert desk.rows(tables.file) == 1
    assert desk.rows(tables.piece) == -(-len(CONTENT) // PIECE)


def test_another_laptops_upload_cannot_be_seen_or_spoiled(desk: Desk) -> None:
    grace, ruth = desk.caller("grace"), desk.caller("ruth")
    where = grace.create(named(CONTENT), grace.attachment(named(CONTENT)), len(CONTENT)).headers["Location"]
    for said in (ruth.ask("HEAD", where), ruth.piece(where, 0, b"x"), ruth.ask("DELETE", where)):
        assert said.status_code == 404
    assert grace.ask("HEAD", where).headers["Upload-Offset"] == "0"


def test_a_lost_grant_takes_the_file_with_it(desk: Desk) -> None:
    grace, awa = desk.caller("grace"), desk.caller("awa")
    pair, mentee = new_id(), new_id()
    both = {"mentors": sorted((grace.person, awa.person)), "mentees": [mentee]}
    grace.push("mentorship", f"mentorship/{pair}", Visibility.programme, pair, **both)
    grace.upload(CONTENT, grace.attachment(named(CONTENT), scope=f"mentorship/{pair}"))
    assert awa.fetch(named(CONTENT)).status_code == 200
    grace.push("mentorship", f"mentorship/{pair}", Visibility.programme, pair, **{**both, "mentors": [grace.person]})
    assert awa.fetch(named(CONTENT)).status_code == 404
    assert grace.fetch(named(CONTENT)).status_code == 200


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_refused_before_a_byte_of_it_is_sent(desk: Desk) -> None:
    grace = desk.caller("grace")
    record = grace.attachment(named(CONTENT))
    assert grace.create(named(CONTENT), record, shelf.MOST_FILE + 1).status_code == 413
    where = grace.create(named(CONTENT), record, len(CONTENT)).headers["Location"]
    assert grace.piece(where, 0, b"x" * (shelf.MOST_PIECE + 1)).status_code == 413
    assert grace.piece(where, 0, CONTENT + b"x").status_code == 400
    assert desk.rows(tables.piece) == 0


def test_a_laptop_begins_so_many_uploads_and_an_office_keeps_so_much(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = desk.caller("grace")
    monkeypatch.setattr(shelf, "_MOST_UPLOADS", 2)
    hashes = [named(bytes([n])) for n in range(4)]
    ids = [grace.attachment(hash) for hash in hashes]
    assert [grace.create(*pair, 1).status_code for pair in zip(hashes[:3], ids[:3], strict=True)] == [201, 201, 429]
    monkeypatch.setattr(shelf, "_MOST_UPLOADS", 9)

    def begin(hash: str, record: str, length: int) -> shelf.Upload:
        with desk.database.writing() as connection:
            caller = accounts.caller_of(connection, grace.token)
            mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
            return shelf.begin(connection, caller, mandate, hash=hash, length=length, record=record, now=0, room=10)

    assert begin(hashes[2], ids[2], 8).offset == 0  # two bytes are expected already
    with pytest.raises(shelf.NotShelved, match="no_room"):
        begin(hashes[3], ids[3], 1)


def test_another_version_of_tus_is_told_which_one_is_spoken(desk: Desk) -> None:
    grace = desk.caller("grace")
    assert grace.ask("POST", "/v1/files", Tus_Resumable="0.2.2").status_code == 412
    said = grace.ask("OPTIONS", "/v1/files")
    assert said.headers["Tus-Version"] == "1.0.0"
    assert {"creation", "checksum", "expiration", "termination"} <= set(said.headers["Tus-Extension"].split(","))
    assert "sha1" in said.headers["Tus-Checksum-Algorithm"].split(",")


# --- ranges -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelved(desk: Desk) -> Person:
    """Somebody with a file at the server."""
    grace = desk.caller("grace")
    grace.upload(CONTENT, grace.attachment(named(CONTENT)))
    return grace


@LITE
@BOUNDED
@given(first=st.integers(0, len(CONTENT) + 50), last=st.integers(0, len(CONTENT) + 50))
@example(first=len(CONTENT) - 1, last=len(CONTENT) - 1)
@example(first=PIECE - 1, last=PIECE)
def test_a_range_is_those_bytes_and_says_so(shelved: Person, first: int, last: int) -> None:
    said = shelved.fetch(named(CONTENT), Range=f"bytes={first}-{last}")
    if last < first:
        assert (said.status_code, said.content) == (200, CONTENT)
    elif first >= len(CONTENT):
        assert said.status_code == 416
        assert said.headers["Content-Range"] == f"bytes */{len(CONTENT)}"
    else:
        end = min(last, len(CONTENT) - 1)
        assert (said.status_code, said.content) == (206, CONTENT[first : end + 1])
        assert said.headers["Content-Range"] == f"bytes {first}-{end}/{len(CONTENT)}"


def test_the_rest_and_the_end_can_be_asked_for(shelved: Person) -> None:
    assert shelved.fetch(named(CONTENT), Range="bytes=99000-").content == CONTENT[99000:]
    assert shelved.fetch(named(CONTENT), Range="bytes=-10").content == CONTENT[-10:]
    assert shelved.fetch(named(CONTENT), Range="bytes=-0").status_code == 416
    kept = shelved.fetch(named(CONTENT), Range="bytes=5-6", If_Range=f'"{named(CONTENT)}"')
    assert (kept.status_code, kept.content) == (206, CONTENT[5:7])
    assert shelved.fetch(named(CONTENT), Range="bytes=5-6", If_Range='"another"').status_code == 200
    head = shelved.ask("HEAD", f"/v1/content/{named(CONTENT)}")
    assert (head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (str(len(CONTENT)), "bytes")


_word = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@LITE
@BOUNDED
@given(asked=st.one_of(_word, _word.map("bytes={}".format)), hash=st.one_of(st.just(named(CONTENT)), _word))
@example(asked="bytes=" + "9" * 400 + "-", hash=named(CONTENT))
@example(asked="bytes=0-0," * 200, hash=named(CONTENT))
def test_no_range_that_anybody_writes_is_a_failure(shelved: Person, asked: str, hash: str) -> None:
    path = "/v1/content/" + requests.utils.quote(hash, safe="")
    said = shelved.ask("GET", path, Range=asked.strip())
    assert said.status_code in (200, 206, 404, 416)
    assert len(said.content) <= len(CONTENT)


@LITE
@BOUNDED
@given(
    length=st.one_of(_word, st.integers(-5, 10**20).map(str)),
    said=st.one_of(_word, st.lists(st.tuples(st.sampled_from(["hash", "record", "x"]), _word), max_size=4)),
    offset=st.one_of(_word, st.integers(-5, 10**20).map(str)),
    checksum=_word,
    body=st.binary(max_size=40),
)
def test_no_header_of_an_upload_is_a_failure(
    shelved: Person, length: str, said: Any, offset: str, checksum: str, body: bytes
) -> None:
    parts = said if isinstance(said, str) else ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said)
    first = shelved.ask("POST", "/v1/files", Upload_Length=length.strip(), Upload_Metadata=parts.strip())
    assert 400 <= first.status_code < 500
    assert first.json()["reason"]
    content = b"to be sent still"
    record = shelved.attachment(named(content))
    where = shelved.create(named(content), record, len(content)).headers["Location"]
    piece = shelved.piece(where, 0, body)
    assert piece.status_code in (204, 400, 460)
    shelved.ask("DELETE", where)
    where = shelved.create(named(content), record, len(content)).headers["Location"]
    odd = shelved.ask(
        "PATCH",
        where,
        body,
        Content_Type="application/offset+octet-stream",
        Upload_Offset=offset.strip(),
        Upload_Checksum=checksum.strip(),
    )
    assert odd.status_code in (204, 400, 409, 460)
    shelved.ask("DELETE", where)


def test_the_protocol_document_tells_every_refusal_and_bound_of_files() -> None:
    from sync.server import files
    from tests.sync.example import DOCUMENT

    text = DOCUMENT.read_text("utf-8")
    told = text[text.index("## Attachments") : text.index("## What does not hold")]
    for reason, status in files._STATUS.items():
        (line,) = [one for one in told.split("\n") if f"`{reason}`" in one and one.startswith("|")]
        assert f"({status})" in line, reason
    for bound in (shelf.MOST_FILE, shelf.MOST_PIECE):
        assert f"{bound:,} bytes" in told or f"{bound:,}." in told
    assert f"{shelf.LASTS // 86_400} days" in told
    assert f"{shelf._MOST_UPLOADS} uploads" in told
