"""Being let in, and not: each way in which a server can fail to be there comes as a sentence, and no work is lost by it."""

import argparse
import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from mentorapp.errors import UserError
from sync import client
from sync.client.http import Line, _OneWrite
from sync.client.words import ASIDE, FAILURES, Busy, Cancelled, Foreign, NotEnrolled, NotLetIn, SyncError, Unreachable
from sync.server import accounts, console, tables
from sync.server.limits import Limit
from tests.sync.conftest import Laptop, Office, noise, serving

Make = Callable[..., Laptop]


@contextlib.contextmanager
def refused(laptop: Laptop, kind: type[SyncError], reason: str) -> Iterator[None]:
    """Within this, an exchange fails for that reason, in words, and nothing pending is lost or called safe."""
    before = laptop.store.pending_count()
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.reason == reason
    assert isinstance(caught.value, UserError)
    assert "{" not in str(caught.value)
    assert laptop.store.pending_count() == before
    assert laptop.store.safety().safe == 0


def test_a_revoked_laptop_is_told_so_and_keeps_its_work(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    (device,) = office.rows(tables.device)
    with office.database.writing() as connection:
        assert accounts.revoke(connection, device.id, now=office.clock.now())
    with refused(grace, NotLetIn, "token_revoked"):
        grace.sync()
    assert grace.store.exchanges()[0].outcome == "token_revoked"
    grace.enrol()  # a new code lets the same mentor in again, and everything goes
    grace.sync()
    assert grace.store.pending_count() == 0


def test_a_token_of_nobody_is_not_let_in(laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.store.remember(sync_token="made up")
    with refused(grace, NotLetIn, "token_unknown"):
        grace.sync()


def test_tokens_and_codes_are_kept_only_as_hashes(laptop: Make, office: Office) -> None:
    code = office.code("grace")
    grace = laptop("grace", code=code)
    token = grace.store.recall("sync_token")
    with office.database.reading() as connection:
        dump = repr([list(connection.execute(table.select())) for table in tables.metadata.sorted_tables])
    assert token not in dump
    assert code not in dump
    assert code.replace("-", "") not in dump


@pytest.mark.parametrize("typed", ["lower", "spaced", "no dashes"])
def test_a_code_is_understood_however_it_is_typed(laptop: Make, office: Office, typed: str) -> None:
    code = office.code("grace")
    ways = {"lower": code.lower(), "spaced": f" {code.replace('-', ' ')} ", "no dashes": code.replace("-", "")}
    laptop("grace", code=ways[typed])


def test_a_wrong_used_or_expired_code_lets_nobody_in(laptop: Make, office: Office) -> None:
    grace = laptop("grace", enrol=False)
    with refused(grace, NotEnrolled, "code_wrong"):
        grace.enrol(code="AAAA-BBBB-CCCC")
    code = office.code("grace")
    grace.enrol(code=code)
    with refused(grace, NotEnrolled, "code_used"):
        grace.enrol(code=code)
    late = office.code("grace")
    office.clock.forward(days=accounts.CODE_LASTS / timedelta(days=1) + 1)
    with refused(grace, NotEnrolled, "code_expired"):
        grace.enrol(code=late)


def test_nobody_becomes_a_person_whom_somebody_else_cares_for(laptop: Make) -> None:
    grace, ruth = laptop("grace"), laptop("ruth", enrol=False)
    pair = grace.pair()
    grace.sync()
    for person in (pair.mentees[0], grace.person):
        ruth.person = person
        with refused(ruth, NotEnrolled, "person_taken"):
            ruth.enrol()


def test_an_enrolment_file_holds_what_is_needed(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "grace.mentor-enrol"
    file.write_text(json.dumps({"mentor": "enrolment", "address": office.address, "code": office.code("grace")}))
    invitation = client.read_invitation(file)
    assert client.enrol(address=invitation.address, code=invitation.code, device="laptop").office_name
    for content in (b"", b"{}", b"[1]", b"\xff\xfe", b'{"mentor":"letter","address":"a","code":"b"}'):
        file.write_bytes(content)
        with pytest.raises(NotEnrolled):
            client.read_invitation(file)
    with pytest.raises(NotEnrolled):
        client.read_invitation(tmp_path / "not there")


def test_an_unlinked_laptop_says_so(laptop: Make) -> None:
    grace = laptop("grace", enrol=False)
    with refused(grace, NotEnrolled, "no_server"):
        grace.sync()


def test_a_server_that_is_not_there_is_unreachable(laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        grace.store.remember(sync_address=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with refused(grace, Unreachable, "unreachable"):
            grace.sync()


def test_a_server_that_falls_silent_is_given_up_by_silence(laptop: Make) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        grace.store.remember(sync_address=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with refused(grace, Unreachable, "too_slow"):
            grace.sync(silence=0.3)


def test_an_answer_without_tls_is_insecure(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    grace.store.remember(sync_address=office.address.replace("http:", "https:"))
    with refused(grace, Foreign, "insecure"):
        grace.sync()


@pytest.mark.parametrize("typed", ["", "http://", "ftp://there", "two words", "http://[", "mentor://x"])
def test_an_address_that_is_none_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(NotEnrolled) as caught:
        client.enrol(address=typed, code="x", device="laptop")
    assert caught.value.reason == "bad_address"


async def _portal(_request: object) -> Response:
    return HTMLResponse("<h1>Welcome to the airport</h1>")


async def _redirect(_request: object) -> Response:
    return RedirectResponse("/v1/elsewhere")


async def _broken(_request: object) -> Response:
    return HTMLResponse("<h1>Bad gateway</h1>", status_code=502)


async def _gone(_request: object) -> Response:
    return HTMLResponse("<h1>Not found</h1>", status_code=404)


async def _nonsense(_request: object) -> Response:
    return Response(b"this is no Brotli", media_type="application/x-mentor")


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (_portal, Foreign, "foreign"),
        (_redirect, Foreign, "foreign"),
        (_gone, Foreign, "foreign"),
        (_broken, Busy, "server_trouble"),
        (_nonsense, Busy, "not_understood"),
    ],
)
def test_something_else_that_answers_is_told_apart(
    laptop: Make, answer: Callable[..., object], kind: type[SyncError], reason: str
) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    with serving(Starlette(routes=[Route("/v1/sync", answer, methods=["POST"])])) as address:
        grace.store.remember(sync_address=address)
        with refused(grace, kind, reason):
            grace.sync()


def test_a_laptop_that_calls_too_often_is_asked_to_wait(laptop: Make, office: Office) -> None:
    grace = laptop("grace")
    grace.session(grace.pair().id)
    office.server.calls = Limit(burst=0, rate=0)
    with refused(grace, Busy, "too_often"):
        grace.sync()


def test_a_stop_in_the_middle_keeps_what_arrived_and_the_next_goes_on(
    laptop: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Line, "more_here", lambda _: False
    )  # As on a slow line, where each frame is taken in by itself.
    grace = laptop("grace")
    pair = grace.pair()
    for _ in range(30):
        grace.session(pair.id, notes=noise(4000))
    grace.sync()
    other = laptop("grace")
    with pytest.raises(Cancelled):
        other.sync(cancelled=lambda: len(other.states()) > 5)
    assert 5 < len(other.states()) < 32
    assert other.store.exchanges()[0].outcome == "cancelled"
    other.sync()
    assert other.states() == grace.states()


def test_what_an_exchange_moved_is_counted_with_its_headers() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    heard: list[bytes] = []

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            for _ in range(2):
                heard.append(connection.recv(65_536))
                connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        with Line(f"http://127.0.0.1:{listening.getsockname()[1]}") as line:
            for place in range(2):
                line.ask("/v1/enrol", {"code": "x" * 300 * place})
        thread.join(10)
    assert len(heard) == 2
    assert line.bytes_up == sum(map(len, heard))
    assert line.bytes_down == 2 * len(said)


def test_no_single_send_is_so_long_that_its_time_out_would_be_a_total() -> None:
    sent: list[bytes] = []

    class Under:
        def request(self, some: list[bytes]) -> None:
            for one in some:
                self.send(one)

        def send(self, some: bytes) -> None:
            sent.append(some)

    class Connection(_OneWrite, Under):
        pass

    for body in (b"x" * 300, b"x" * 120_000):
        sent.clear()
        Connection().request([b"headers", body])
        assert b"".join(sent) == b"headers" + body
        assert max(map(len, sent)) <= 16_384
        assert len(sent) == 1 or len(body) > 16_000


def test_every_sentence_says_that_the_work_is_safe_or_what_to_do() -> None:
    for code, sentence in FAILURES.items():
        assert sentence.endswith("."), code
        assert any(words in sentence for words in ("safe", "sk your coordinator", "Check it")), code
    assert all(sentence.endswith(".") for sentence in ASIDE.values())


def test_the_program_starts_without_loading_the_network() -> None:
    import subprocess
    import sys

    asked = "import sync.client, sys; sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_server_answers_without_waiting_for_acknowledgements() -> None:
    """With Nagle's rule an answer's second packet waits for the first's delayed acknowledgement: 40 ms here, a round trip elsewhere."""
    listening = console._listening(argparse.Namespace(host="127.0.0.1", port=0))

    async def accepted() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Answering(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                connection = transport.get_extra_info("socket")
                told.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        server = await asyncio.get_running_loop().create_server(Answering, sock=listening)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        async with server:
            found = await asyncio.wait_for(told, 10)
        writer.close()
        return found

    assert asyncio.run(accepted())
