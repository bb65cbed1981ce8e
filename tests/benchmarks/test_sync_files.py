"""What a file costs on a weak line: a photograph of two megabytes, up and down, at 1 Mbit/s and 600 ms, beside what physics allows.

The rate is sixteen times that of the weakest line, so that measuring takes seconds; the round trip is not scaled, which is the harder
case: a piece has to be answered for before the next is sent.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from mentorapp.clock import SystemClock, new_id
from mentorapp.records import Attachment, Mentorship, Person, Session
from mentorapp.services import attachments
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from sync import client
from sync.client.files import piece_of
from tests.benchmarks.laptops import laptop
from tests.benchmarks.link import Line, Link, Measured
from tests.benchmarks.serving import Serving

pytestmark = [pytest.mark.figures, pytest.mark.timeout(600)]
LENGTH = 2_000_000
LINE = Line(up=1_000_000, down=1_000_000, round_trip=0.6)
RATE = str(int(LINE.up / 8))
"""What a laptop that has used this line before knows of it."""

WITHIN = 1.5
"""How many times the limit a file may take."""


@contextmanager
def _workspace(store: Store) -> Iterator[Workspace]:
    try:
        store.remember(sync_rate=RATE)
        yield Workspace(store=store, me=store.recall("sync_person"), clock=SystemClock())
    finally:
        store.close()


def _recorded(workspace: Workspace) -> Session:
    """A session that the server has already."""
    pair = Mentorship(id=new_id(), mentors=(workspace.me,), mentees=(new_id(),))
    session = Session(id=new_id(), mentorship=pair.id, status="held")
    for record in (Person(id=pair.mentees[0], name="Joseph K."), pair, session):
        workspace.store.save(record, by=workspace.me, at=workspace.clock.now())
    client.run(workspace.store)
    workspace.store.remember(sync_rate=RATE)
    return session


def _told(name: str, way: int, measured: Measured, pieces: int) -> float:
    """One line of the table; how many times the limit it took."""
    counted = measured.counted
    over = counted.up + counted.down - LENGTH
    share = measured.seconds / measured.limit
    sys.stdout.write(
        f"\n{name}: {measured.seconds:.1f} s, limit {measured.limit:.1f} s ({share:.2f}); "
        f"{way:,} B in {pieces} pieces, {counted.turns} round trips, {over:,} B besides ({over / pieces:.0f} a piece)"
    )
    return share


def test_a_photograph_of_two_megabytes_up_and_down(tmp_path: Path) -> None:
    content = Random(1).randbytes(LENGTH)
    pieces = -(-LENGTH // piece_of(int(RATE)))
    with Serving(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as server, Link(server.port, LINE) as link:
        address = f"http://127.0.0.1:{link.port}"
        with (
            _workspace(laptop(tmp_path, server, name="Awa D.", address=address)) as here,
            _workspace(laptop(tmp_path, server, name="Awa D.", address=address)) as there,
        ):
            session = _recorded(here)
            file = attachments.add(here, to=session, name="board.jpg", content=content)[1]
            with link.measuring() as up:
                assert client.run(here.store).files.safe == 1
            there.store.remember(sync_rate="1")  # so that nothing is fetched unasked
            client.run(there.store)
            if there.store.file_content(file.content_hash) is None:
                attachments.fetch(there, attachment=there.store.get(Attachment, file.id))
            there.store.remember(sync_rate=RATE)
            with link.measuring() as down:
                client.run(there.store)
            assert there.store.file_content(file.content_hash) == content
            shares = _told("up", up.counted.up, up, pieces), _told("down", down.counted.down, down, pieces)
            here.store.doubt_files()
            with link.measuring() as known:
                assert client.run(here.store).files.safe == 1
            sys.stdout.write(f"\nwhat the server has: {known.seconds:.1f} s, {known.counted.up:,} B up\n")
    assert known.counted.up < 3_000
    assert max(shares) <= WITHIN
