"""Files over real sockets and real processes: the line cut after every k-th byte either way, server and laptop killed in the middle of a piece."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mentorapp.records import Attachment, Mentorship, Person, Session
from mentorapp.services import attachments
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from sync import client
from sync.client import SyncError, files
from sync.client.http import Line
from tests.benchmarks.serving import Serving
from tests.faults.proxy import Cut, Proxy
from tests.sync.conftest import KEY, Laptop, Office

PIECE = 16_384
LENGTH = 4 * PIECE + 777
QUESTIONS = 4_000
"""More than the text's exchange, the question how far an upload is and the headers of a few pieces take."""

STRIDE = 911 if os.environ.get("MENTOR_DEEP") else 9_731


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of one size on any line."""
    monkeypatch.setattr(files, "piece_of", lambda _rate: PIECE)


@pytest.fixture
def line(office: Office) -> Iterator[Proxy]:
    """A line to the server that can be cut."""
    proxy = Proxy(int(office.address.rsplit(":", 1)[1]))
    yield proxy
    proxy.close()


def _content(seed: int) -> bytes:
    return Random(seed).randbytes(LENGTH)


def _at(one: Laptop) -> Workspace:
    return Workspace(store=one.store, me=one.person, clock=one.clock)


def test_an_upload_cut_after_every_kth_byte_sends_one_piece_again_at_most(
    laptop: Callable[..., Laptop], line: Proxy, office: Office
) -> None:
    grace, reader = laptop("grace"), laptop("grace")
    session = grace.session(grace.pair().id)
    grace.sync()
    grace.store.remember(sync_address=line.address)
    whole = LENGTH + 5 * 400
    for seed, place in enumerate(range(1, whole, STRIDE)):
        content = _content(seed)
        file = attachments.add(_at(grace), to=session, name=f"{seed}.bin", content=content)[1]
        line.arm(Cut(up=place, reset=bool(seed % 2)))
        with pytest.raises(SyncError):
            grace.sync(silence=5)
        line.arm()
        grace.sync()
        assert attachments.standing(grace.store.file(file.content_hash), file).state == "safe"
        assert line.up <= LENGTH - place + PIECE + QUESTIONS
        reader.store.want_file(file.content_hash, size=LENGTH, record=file.id, at=reader.clock.now())
        reader.sync()
        assert reader.store.file_content(file.content_hash) == content


def test_a_download_cut_after_every_kth_byte_fetches_only_what_is_missing(
    laptop: Callable[..., Laptop], line: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ALWAYS", 0)
    monkeypatch.setattr(files, "QUICKLY", 0)
    grace, reader = laptop("grace"), laptop("grace")
    session = grace.session(grace.pair().id)
    reader.store.remember(sync_address=line.address)
    kept = 8 * 1024  # what arrives is kept so many bytes at a time
    for seed, place in enumerate(range(1, LENGTH + 5 * 300, STRIDE)):
        content = _content(100 + seed)
        file = attachments.add(_at(grace), to=session, name=f"{seed}.bin", content=content)[1]
        grace.sync()
        reader.sync()
        attachments.fetch(_at(reader), attachment=file)
        line.arm(Cut(down=place, reset=bool(seed % 2), silence=0.01))
        with pytest.raises(SyncError):
            reader.sync(silence=5)
        shown = reader.store.file_content(file.content_hash)
        assert shown in (None, content), "what is not whole is never shown"
        line.arm()
        reader.sync()
        assert reader.store.file_content(file.content_hash) == content
        assert line.down <= LENGTH - place + kept + QUESTIONS


def _scene(server: Serving, proxy: Proxy, path: Path) -> tuple[Store, Workspace, Session]:
    """A laptop of this server with a session that is there already."""
    from mentorapp.clock import SystemClock, new_id

    store = Store(path, KEY)
    enrolment = client.enrol(address=server.address, code=server.code("grace"), device="laptop")
    client.enrolled(store, enrolment)
    store.remember(me=enrolment.person, sync_address=proxy.address)
    workspace = Workspace(store=store, me=enrolment.person, clock=SystemClock())
    pair = Mentorship(id=new_id(), mentors=(enrolment.person,), mentees=(new_id(),))
    session = Session(id=new_id(), mentorship=pair.id, status="held")
    for record in (Person(id=pair.mentees[0], name="Joseph K."), pair, session):
        store.save(record, by=enrolment.person, at=workspace.clock.now())
    client.run(store)
    return store, workspace, session


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_a_server_killed_in_the_middle_of_a_piece_has_all_that_it_answered_for(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    url, proxy, content = f"sqlite:///{tmp_path / 'ledger.sqlite'}", Proxy(), _content(200 + seed)
    true, doomed, sent = Line.call, chance.randrange(3), []
    with Serving(url) as server:
        proxy.server = server.port
        store, workspace, session = _scene(server, proxy, tmp_path / "store.db")
        file = attachments.add(workspace, to=session, name="x.bin", content=content)[1]

        def call(one: Line, method: str, path: str, headers: Any, body: bytes = b"", **named: Any) -> Any:
            if method == "PATCH" and len(sent) == doomed:
                threading.Timer(chance.random() * 0.004, os.kill, (server.pid, signal.SIGKILL)).start()
            answer = true(one, method, path, headers, body, **named)
            if method == "PATCH":
                sent.append(len(body))
            return answer

        monkeypatch.setattr(Line, "call", call)
        with pytest.raises(SyncError):
            client.run(store, silence=5)
    answered = sum(sent)
    with Serving(url) as server:
        proxy.server = server.port
        sent.clear()
        doomed = -1  # nobody is killed now
        client.run(store)
        assert attachments.standing(store.file(file.content_hash), file).state == "safe"
        assert sum(sent) <= LENGTH - answered
        store.give_up_file(file.content_hash)
        attachments.fetch(workspace, attachment=store.get(Attachment, file.id))
        client.run(store)
        assert store.file_content(file.content_hash) == content
    store.close()
    proxy.close()


_KILLED = """
import os, signal, sys
from pathlib import Path
from mentorapp.store import Store
from sync import client
from sync.client import files
from sync.client.http import Line
path, key, doomed, method = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
files.piece_of = lambda _rate: 16384
true, seen = Line.call, []
def call(line, asked, *given, **named):
    answer = true(line, asked, *given, **named)
    seen.append(asked)
    if seen.count(method) == doomed:
        os.kill(os.getpid(), signal.SIGKILL)  # answered for there, not noted here
    return answer
Line.call = call
client.run(Store(path, key))
"""


@pytest.mark.parametrize(("method", "doomed"), [("POST", 1), ("PATCH", 1), ("PATCH", 3), ("PATCH", 5)])
def test_a_laptop_killed_before_it_notes_a_piece_sends_none_again(
    method: str, doomed: int, laptop: Callable[..., Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id)
    grace.sync()
    content = _content(300 + doomed)
    file = attachments.add(_at(grace), to=session, name="x.bin", content=content)[1]
    grace.store.close()
    command = [sys.executable, "-c", _KILLED, str(grace.path), KEY.hex(), str(doomed), method]
    done = subprocess.run(command, timeout=60, check=False, cwd=Path(__file__).resolve().parents[2])
    assert done.returncode == -signal.SIGKILL
    grace.store = Store(grace.path, KEY)
    sent: list[int] = []
    true = Line.call

    def call(line: Line, method: str, path: str, headers: Any, body: bytes = b"", **named: Any) -> Any:
        sent.append(len(body) if method == "PATCH" else 0)
        return true(line, method, path, headers, body, **named)

    monkeypatch.setattr(Line, "call", call)
    grace.sync()
    assert attachments.standing(grace.store.file(file.content_hash), file).state == "safe"
    assert sum(sent) == max(0, LENGTH - PIECE * doomed * (method == "PATCH"))
