"""Whatever anybody sends, the server answers with a reason, never fails, and alters nothing it should not."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import brotli
import msgspec
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentorapp.clock import new_id
from mentorapp.fields import Visibility
from mentorapp.registers import State, first
from sync import protocol, wire
from sync.protocol import Changes, Done, Hello, Outcomes, Verdict, Welcome
from sync.server import app, listening, tables
from sync.server.limits import Limit, Pace
from tests.sync import records
from tests.sync.conftest import Laptop, Office

BOUNDED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Caller:
    """Somebody with a token and a mind of their own."""

    def __init__(self, office: Office, token: str, person: str) -> None:
        self.office, self.person = office, person
        self.session = requests.Session()
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": protocol.TYPE}

    def send(self, body: bytes, path: str = "/v1/sync", **headers: str) -> requests.Response:
        """The server's bare answer to a body."""
        return self.session.post(
            self.office.address + path, data=body, headers={**self.headers, **headers}, timeout=20, stream=True
        )

    def push(self, *some: Any, **hello: Any) -> list[Any]:
        """The messages that answer some changes."""
        response = self.send(wire.stream([replaced(**hello), *some]))
        assert response.status_code == 200, response.raw.read()
        return [one for frame in wire.read(response.raw.read(decode_content=False)) for one in frame]


def replaced(**parts: Any) -> Hello:
    """A Hello, with some of its parts as given."""
    plain = Hello((1,), "0.1.0", b"r" * 8, b"", b"", 65536, b"", b"n" * 8, 1_780_000_000)
    return msgspec.structs.replace(plain, **parts)


@pytest.fixture
def caller(office: Office, laptop: Callable[..., Laptop]) -> Iterator[Caller]:
    """Somebody who was let in."""
    grace = laptop("grace")
    one = Caller(office, grace.store.recall("sync_token"), grace.person)
    yield one
    one.session.close()


def own(caller: Caller, **more: Any) -> State:
    """A record that this caller may write."""
    plain = {"scope": f"private/{caller.person}", "notes": "Mine.", **more}
    return records.written(b"r" * 8, 1, "somebody", 1_780_000_000, plain)


@BOUNDED
@given(body=st.binary(max_size=400), wrapped=st.booleans(), framed=st.booleans())
def test_garbage_is_refused_with_a_reason(caller: Caller, body: bytes, wrapped: bool, framed: bool) -> None:
    if framed:
        from zlib import crc32

        body = len(body).to_bytes(3) + crc32(body).to_bytes(4) + body
    response = caller.send(brotli.compress(body, quality=1) if wrapped else body)
    assert 400 <= response.status_code < 500
    assert response.json()["reason"]


@BOUNDED
@given(
    plain=st.recursive(
        st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=5) | st.binary(max_size=9),
        lambda inner: st.lists(inner, max_size=5),
        max_leaves=20,
    )
)
def test_messages_of_any_shape_are_refused_or_answered(caller: Caller, plain: Any) -> None:
    from zlib import crc32

    hello = msgspec.msgpack.decode(protocol.encode([replaced()]))
    for content in (msgspec.msgpack.encode([plain]), msgspec.msgpack.encode([*hello, plain, [2, plain, plain]])):
        head = len(content).to_bytes(3) + crc32(content).to_bytes(4)
        assert caller.send(brotli.compress(head + content, quality=1)).status_code < 500


@BOUNDED
@given(state=records.states)
def test_any_state_is_kept_held_or_refused_and_nothing_fails(caller: Caller, state: State) -> None:
    said = caller.push(state, next=b"n" * 8)
    assert any(isinstance(one, Outcomes) and one.upto == 1 for one in said)
    assert isinstance(said[-1], Done)


@BOUNDED
@given(
    body=st.binary(max_size=200) | st.dictionaries(st.text(max_size=9), st.text(max_size=99)).map(msgspec.json.encode)
)
def test_garbage_at_the_door_is_refused(caller: Caller, body: bytes) -> None:
    response = caller.send(body, "/v1/enrol")
    assert 400 <= response.status_code < 500
    assert response.json()["reason"]


def test_a_bomb_is_refused_quickly(caller: Caller) -> None:
    response = caller.send(brotli.compress(b"\0" * 300_000_000, quality=5))
    assert response.status_code in (400, 413)
    assert response.elapsed.total_seconds() < 3


def test_a_body_too_large_is_refused(caller: Caller) -> None:
    assert caller.send(b"x" * (protocol.MOST_BODY + 1)).status_code == 413


@pytest.mark.parametrize("depth", [50, 500, 100_000])
def test_depth_is_bounded(caller: Caller, depth: int) -> None:
    deep = b"\x91" * depth + b"\x01"
    state = State("session", new_id(), {"scope": own(caller).registers["scope"], "notes": first((b"r" * 8, 1), deep)})  # type: ignore[arg-type]
    response = caller.send(wire.stream([replaced(), state]))
    if response.status_code == 200:
        said = [one for frame in wire.read(response.raw.read(decode_content=False)) for one in frame]
        outcomes = next(one for one in said if isinstance(one, Outcomes))
        assert outcomes.others == ((0, Verdict.refused, "bad_value"),)
    else:
        assert response.status_code == 400


def test_one_bad_record_among_many_is_refused_alone(caller: Caller, office: Office) -> None:
    good = [replace(own(caller), id=new_id()) for _ in range(4)]
    bad = [
        replace(own(caller), id="no\nid"),
        replace(own(caller), id=new_id(), kind=""),
        replace(own(caller, notes="x" * (protocol.MOST_RECORD + 1)), id=new_id()),
        replace(own(caller), id=new_id(), registers={"notes": own(caller).registers["notes"]}),
        replace(own(caller, scope="everywhere"), id=new_id()),
        State("session", new_id(), {n: replace(r, reach=Visibility.only_me) for n, r in own(caller).registers.items()}),
        replace(own(caller), id=new_id(), registers={"scope": replace(own(caller).registers["scope"], context=())}),
    ]
    mixed = [good[0], *bad[:3], good[1], *bad[3:5], good[2], *bad[5:], good[3]]
    outcomes = next(one for one in caller.push(*mixed) if isinstance(one, Outcomes))
    assert {place for place, *_ in outcomes.others} == {place for place, one in enumerate(mixed) if one in bad}
    reasons = {reason for _, verdict, reason in outcomes.others if verdict is Verdict.refused}
    assert reasons == {
        "bad_id",
        "bad_name",
        "too_large",
        "incomplete",
        "unknown_scope",
        "only_for_its_author",
        "bad_save",
    }
    assert {row.id for row in office.rows(tables.record)} == {one.id for one in good}


def test_a_record_cannot_be_moved_out_of_a_scope_that_is_not_ones_own(
    caller: Caller, office: Office, laptop: Callable[..., Laptop]
) -> None:
    ruth = laptop("ruth")
    pair = ruth.pair()
    session = ruth.session(pair.id, notes="Theirs.")
    ruth.sync()
    before = office.rows(tables.record)
    moved = replace(own(caller), id=session.id)
    outcomes = next(one for one in caller.push(moved) if isinstance(one, Outcomes))
    assert outcomes.others == ((0, Verdict.held, "outside"),)
    assert office.rows(tables.record) == before
    said = caller.push(next=b"n" * 8)
    assert not any(isinstance(one, Changes) for one in said)


def test_a_cursor_of_somebody_else_gives_nothing_that_is_not_ones_own(
    caller: Caller, office: Office, laptop: Callable[..., Laptop]
) -> None:
    ruth = laptop("ruth")
    ruth.session(ruth.pair().id)
    ruth.sync()
    epoch = office.server.identity.epoch
    for cursor in (
        b"",
        ruth.store.recall_bytes("cursor"),
        msgspec.msgpack.encode((0, "")),
        msgspec.msgpack.encode((-(2**62), "z")),
    ):
        said = caller.push(epoch=epoch, cursor=cursor, next=b"n" * 8)
        assert not any(isinstance(one, Changes) for one in said)


def test_two_versions_that_cannot_talk_say_which_is_old(caller: Caller) -> None:
    for versions, reason in (((99,), "app_too_new"), ((0,), "app_too_old"), ((), "app_too_old")):
        response = caller.send(wire.stream([replaced(versions=versions)]))
        assert (response.status_code, response.json()["reason"]) == (426, reason)
    assert any(isinstance(one, Welcome) and one.version == 1 for one in caller.push(versions=(99, 1)))


def test_answers_carry_the_headers_that_browsers_and_caches_heed(caller: Caller, office: Office) -> None:
    for response in (requests.get(office.address + "/v1/health", timeout=20), caller.send(b"")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert requests.get(office.address + "/v1/nothing", timeout=20).status_code == 404


def test_logs_name_nobody(office: Office, laptop: Callable[..., Laptop], monkeypatch: pytest.MonkeyPatch) -> None:
    # A handler of our own: other tests of this process may have configured logging as the console does.
    log = logging.getLogger("mentor.server")
    lines: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    monkeypatch.setattr(log, "disabled", False)
    monkeypatch.setattr(log, "handlers", [listener])
    log.setLevel("DEBUG")
    try:
        grace = laptop("Grace A.")
        grace.session(grace.pair().id, notes="Her mother is ill.")
        grace.sync()
    finally:
        log.setLevel("NOTSET")
    said = "\n".join(lines)
    assert "bytes up" in said
    for secret in ("Grace", "mother", "Joseph", grace.person, grace.store.recall("sync_token")):
        assert secret not in said


# --- whoever takes their time -----------------------------------------------------------------------------------------


@contextmanager
def connected(office: Office) -> Iterator[socket.socket]:
    """A bare connection to the server."""
    host, _, port = office.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        yield line


def until_closed(line: socket.socket) -> bytes:
    """All that comes before the server hangs up."""
    heard = b""
    while some := line.recv(65536):
        heard += some
    return heard


@pytest.mark.parametrize("said", [b"", b"POST /v1/sync HT", b"POST /v1/sync HTTP/1.1\r\nHost: here\r\nX-Long: "])
def test_a_request_that_never_ends_its_headers_is_hung_up_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(listening, "HEADERS_WITHIN", 0.3)
    with connected(office) as line:
        line.sendall(said)
        assert until_closed(line) == b""


def test_headers_trickling_in_gain_no_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEADERS_WITHIN", 0.3)
    began = time.monotonic()
    with connected(office) as line, suppress(ConnectionError):
        line.sendall(b"GET /v1/health HTTP/1.1\r\nX-Long: ")
        while time.monotonic() - began < 5:
            line.sendall(b"a")
            time.sleep(0.02)
    assert time.monotonic() - began < 2


def test_headers_without_bound_are_refused(office: Office) -> None:
    with connected(office) as line, suppress(ConnectionError):
        line.sendall(b"GET /v1/health HTTP/1.1\r\nX-Long: " + b"a" * 2 * listening.MOST_HEADERS)
        assert until_closed(line).startswith(b"HTTP/1.1 400")


def test_a_quiet_time_between_two_requests_is_no_slow_request(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEADERS_WITHIN", 0.2)
    with requests.Session() as session:
        for _ in range(2):
            assert session.get(office.address + "/v1/health", timeout=10).status_code == 200
            time.sleep(0.5)
        (pool,) = session.adapters["http://"].poolmanager.pools._container.values()
        assert pool.num_connections == 1


def test_whoever_sends_next_to_nothing_is_not_waited_for_and_what_arrived_is_kept(
    caller: Caller, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LEAST_WITHIN", 0.5)
    whole = wire.stream([replaced(), own(caller)])
    first = whole[:-1]  # the frame is flushed; only the end of the stream lacks
    asked = {"Host": "here", "Content-Length": str(len(whole)), "Content-Encoding": "br", **caller.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with connected(office) as line:
        began = time.monotonic()
        line.sendall(f"POST /v1/sync HTTP/1.1\r\n{head}\r\n".encode() + first)
        heard = until_closed(line)
    assert time.monotonic() - began < 5
    assert heard.startswith(b"HTTP/1.1 408")
    assert heard.endswith(b'{"reason": "too_slow"}')
    with office.database.reading() as connection:
        assert len(connection.execute(tables.record.select()).all()) == 1


def test_a_pace_counts_the_waiting_and_not_the_work() -> None:
    pace = Pace(least=100, within=10)
    pace.came(99, 9)
    assert pace.left == 1
    pace.came(1, 0.5)
    assert pace.left == 10
    pace.came(50, 12)
    assert pace.left == 0


def test_whoever_calls_too_often_is_told_when_to_come_again(caller: Caller, office: Office) -> None:
    office.server.calls = Limit(burst=1, rate=0.25)
    caller.push()
    response = caller.send(wire.stream([replaced()]))
    assert (response.status_code, response.json()) == (429, {"reason": "too_often"})
    assert 2 <= int(response.headers["Retry-After"]) <= 4
    office.server.knocks = Limit(burst=0, rate=0)
    response = caller.send(b"{}", "/v1/enrol")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "3600")
