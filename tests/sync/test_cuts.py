"""A line that is cut costs at most the frame that was on it and one question, wherever it is cut, and nothing is lost or twice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import select

from mentorapp.clock import new_id
from mentorapp.records import Session
from mentorapp.store import Store
from sync import wire
from sync.client import SyncError, engine
from sync.client.loop import recalled_pace
from sync.server import tables
from sync.server.database import Database
from tests.sync.conftest import KEY, MONDAY, noise
from tests.sync.cutting import Line, Scene, run

_CUTS = 40 if os.environ.get("MENTOR_DEEP") else 8
_QUESTION = 400
"""More than a request without records and its answer take."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One beginning for all cuts."""
    return Scene(tmp_path_factory.mktemp("cuts"))


@contextmanager
def _copy(scene: Scene, name: str, ledger: str = "first") -> Iterator[tuple[Database, Store, Store]]:
    database, one, two = scene.copy(name, ledger)
    try:
        yield database, one, two
    finally:
        one.close()
        two.close()
        database.close()


def _frame(body: bytes) -> int:
    """The most bytes that one frame of a body takes on the line."""
    ends, seen = [0], 0
    reader = wire.FrameReader()
    for place in range(len(body)):
        seen += len(list(reader.feed(body[place : place + 1])))
        if seen > len(ends) - 1:
            ends.append(place)
    return max(b - a for a, b in pairwise(ends))


def _ids(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(select(tables.record.c.id)).scalars())


def _through(store: Store, line: Line, tries: int) -> None:
    for _ in range(tries):
        with suppress(SyncError):
            run(store, line)
            return
    raise AssertionError("it never went through")


def test_an_upload_cut_after_every_kth_byte_sends_again_one_frame_at_most(scene: Scene) -> None:
    with _copy(scene, "measure") as (_, one, _two):
        body = engine.collect(one, at=MONDAY, pace=recalled_pace(one)).pack(recalled_pace(one).quality)
    frame, sent_less = _frame(body), 0
    assert len(body) > 3 * frame
    for cut in range(len(body) // _CUTS, len(body), len(body) // _CUTS):
        with _copy(scene, f"up{cut}") as (database, one, two):
            with pytest.raises(SyncError):
                run(one, Line(database, most=cut))
            there = _ids(database)
            whole = Line(database)
            result = run(one, whole)
            assert result.applied.safe == len(scene.ids)
            assert _ids(database) == scene.ids
            assert one.safety().only_here == 0
            assert result.agrees
            assert whole.bytes_up <= len(body) - cut + frame + _QUESTION
            sent_less += len(there) > 0
            run(two, Line(database))
            assert {state.id for state in two.all_states()} == scene.ids
    assert sent_less > _CUTS / 2


def test_a_download_cut_after_every_kth_byte_gives_again_one_frame_at_most(scene: Scene) -> None:
    with _copy(scene, "full") as (database, one, _two):
        run(one, Line(database))
    with _copy(scene, "measured", ledger="full") as (database, _one, two):
        whole = Line(database)
        run(two, whole)
        full, first = whole.bytes_down, whole.bytes_up
        assert whole.requests == 1
    step = full // _CUTS
    for cut in range(first + step, first + full, step):
        with _copy(scene, f"down{cut}", ledger="full") as (database, _one, two):
            with pytest.raises(SyncError):
                run(two, Line(database, most=cut))
            rest = Line(database)
            assert run(two, rest).agrees
            assert {state.id for state in two.all_states()} == scene.ids
            assert rest.bytes_down <= full - (cut - first) + wire.FRAME + _QUESTION


def test_a_line_that_is_cut_again_and_again_goes_forward(scene: Scene) -> None:
    with _copy(scene, "often") as (database, one, _two):
        body = engine.collect(one, at=MONDAY, pace=recalled_pace(one)).pack(recalled_pace(one).quality)
        one.unsend(scene.ids)
        frame = _frame(body)
        line = Line(database, most=frame + 2 * _QUESTION)
        _through(one, line, 40)
        assert line.cuts > 2
        assert _ids(database) == scene.ids
        assert line.bytes_up <= len(body) + (line.cuts + 1) * (frame + _QUESTION)


def test_what_is_less_than_a_frame_is_sent_again_unasked(scene: Scene) -> None:
    with _copy(scene, "small") as (database, one, _two):
        run(one, Line(database))
        one.save(Session(id=new_id(), status="held", notes=noise(900)), by=one.recall("me"), at=MONDAY)
        with pytest.raises(SyncError):
            run(one, Line(database, most=500))
        whole = Line(database)
        assert run(one, whole).applied.safe == 1
        assert whole.requests == 1


def test_what_was_edited_since_it_was_sent_is_sent_again(scene: Scene) -> None:
    with _copy(scene, "edited") as (database, one, two):
        first = one.find(Session, order="id")[0]
        answer = engine.collect(one, at=MONDAY, pace=recalled_pace(one))
        for _ in Line(database).exchange(answer.link.token, answer.pack(5)):
            pass  # the answer is lost
        one.save(replace(first, notes="Since then."), by=one.recall("me"), at=MONDAY, before=first)
        whole = Line(database)
        run(one, whole)
        assert one.safety().only_here == 0
        run(two, Line(database))
        assert two.get(Session, first.id).notes == "Since then."
        assert whole.bytes_up < 6_000


def test_what_a_copy_of_the_store_sent_under_the_same_counters_is_not_taken_for_ours(scene: Scene) -> None:
    with _copy(scene, "twin") as (database, one, two):
        run(one, Line(database))
        engine.collect(one, at=MONDAY)
        me, pair = one.recall("me"), one.find(Session)[0].mentorship
        one.remember_bytes("sync_next", b"the same")
        one.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        path = scene.folder / "twin.copy.db"
        path.write_bytes((scene.folder / "twin.1.db").read_bytes())
        copy = Store(path, KEY)
        made = {}
        for name, store in (("one", one), ("copy", copy)):
            made[name] = [Session(id=new_id(), mentorship=pair, notes=noise(2500)) for _ in range(20)]
            for session in made[name]:
                store.save(session, by=me, at=MONDAY)
        batch = engine.collect(one, at=MONDAY)
        list(Line(database).exchange(batch.link.token, batch.pack(5)))  # committed, and the answer is lost
        with pytest.raises(SyncError):
            run(copy, Line(database, most=10))
        assert engine.collect(copy, at=MONDAY).asked
        run(copy, Line(database))
        run(one, Line(database))
        wanted = scene.ids | {session.id for some in made.values() for session in some}
        assert _ids(database) == wanted
        run(two, Line(database))
        assert {state.id for state in two.all_states()} == wanted
        copy.close()
