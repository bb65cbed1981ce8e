"""How fast a laptop takes in what an exchange brings, beside a bare Python loop over SQLite; and in how much memory.

The loop inserts what the laptop must keep whatever its design (the row of fifteen columns and the registers as they came), knows
nothing of encryption, saves or search, and commits as often.
"""

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mentorapp.registers import pack
from mentorapp.store import Store
from sync import client, protocol, wire
from sync.client import engine
from sync.client.link import Link
from sync.protocol import Hello
from tests.benchmarks import generator
from tests.benchmarks.laptops import KEY, laptop
from tests.benchmarks.serving import ROOT, Serving

pytestmark = [pytest.mark.figures, pytest.mark.timeout(1800)]
MANY = 4_000
AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[tuple[dict[str, object], bytes]]]:
    """What a server would send, as its stream; and the same records plain, each with its registers packed."""
    store = Store(tmp_path_factory.mktemp("made") / "made.mentor", KEY)
    made = list(generator.sessions(MANY, mentees=40))
    with store.transaction():
        for one in made:
            store.save(one, by="a" * 32, at=AT)
    states = [one.state for one in store.pending(most_records=-1)]
    store.close()
    writer = wire.FrameWriter(quality=5)
    for state in states:
        writer.record(state, b"c")
    by_id = {state.id: pack(state) for state in states}
    return writer.finish(), [(generator.plain(one), by_id[one.id]) for one in made]


def _ours(folder: Path, stream: bytes) -> float:
    store = Store(folder / "ours.mentor", KEY)
    hello = Hello(protocol.SPOKEN, "", store.replica, b"", b"", 0, b"", b"", 0)
    batch = engine.Batch(Link(address="", token=""), hello, (), (), AT)
    reader = wire.FrameReader()
    began = time.perf_counter()
    received = 0
    for at in range(0, len(stream), 16_384):
        for frame in reader.feed(stream[at : at + 16_384]):
            received += engine.take(store, batch, frame, at=AT).received
    took = time.perf_counter() - began
    assert received == MANY
    store.close()
    return MANY / took


def _bare(folder: Path, records: list[tuple[dict[str, object], bytes]]) -> float:
    packed = [msgspec.msgpack.encode(one) for one in records]
    db = sqlite3.connect(folder / "bare.sqlite")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    names = list(records[0][0])
    db.execute(f"CREATE TABLE session ({', '.join(f'{name} ANY' for name in names)}, PRIMARY KEY (id)) STRICT")
    db.execute("CREATE TABLE registers (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB) STRICT")
    insert = f"INSERT INTO session VALUES ({', '.join('?' * len(names))})"
    began = time.perf_counter()
    for at in range(0, len(packed), 25):
        db.execute("BEGIN")
        for one in packed[at : at + 25]:
            plain, body = msgspec.msgpack.decode(one)
            db.execute(insert, tuple(plain.values()))
            db.execute("INSERT INTO registers (id, body) VALUES (?, ?)", (plain["id"], body))
        db.execute("COMMIT")
    took = time.perf_counter() - began
    db.close()
    return len(packed) / took


def test_five_thousand_records_a_second_are_taken_in(
    tmp_path: Path, brought: tuple[bytes, list[tuple[dict[str, object], bytes]]]
) -> None:
    """`.venv/bin/python -m pytest -n 0 -s -m figures tests/benchmarks/test_sync_apply.py -k second`"""
    stream, records = brought
    runs = []
    for turn in range(5):
        folder = tmp_path / str(turn)
        folder.mkdir()
        runs.append((_ours(folder, stream), _bare(folder, records)))
    ours, bare = (statistics.median(column) for column in zip(*runs, strict=True))
    ratio = statistics.median(run[0] / run[1] for run in runs)
    spread = f"{min(r[0] for r in runs):,.0f}-{max(r[0] for r in runs):,.0f}"
    sys.stdout.write(
        f"\ntaken in: {ours:,.0f} records/s ({spread}); bare loop {bare:,.0f}; {ratio:.2f} of it (at least 5,000/s)"
    )
    assert ours >= 5_000


# --- memory -----------------------------------------------------------------------------------------------------------

PULLED = int(os.environ.get("MENTOR_PULLED", "100000"))


def _pulling(path: str) -> None:
    """In a process of its own: pull all there is, and say by how many MB that made it grow, and how long it took."""
    store = Store(Path(path), KEY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    result = client.run(store)
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(f"{result.applied.received} {grown:.1f} {took:.1f} {result.agrees}\n")


def test_a_hundred_thousand_records_are_pulled_in_sixty_megabytes(tmp_path: Path) -> None:
    """`.venv/bin/python -m pytest -n 0 -s -m figures tests/benchmarks/test_sync_apply.py -k hundred`"""
    from tests.benchmarks.filling import filled

    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with Serving(url) as server:
        store = laptop(tmp_path, server, name="Awa D.")
        filled(url, PULLED, caller="Awa D.")
        store.close()
        code = f"from tests.benchmarks import test_sync_apply as t; t._pulling({str(store.path)!r})"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=1500)
        assert done.returncode == 0, done.stderr
    received, grown, took, agrees = done.stdout.split()
    sys.stdout.write(
        f"\npulling {int(received):,}: {grown} MB more at the highest (at most 60), {took} s, "
        f"{int(received) / float(took):,.0f} records/s, agrees: {agrees}"
    )
    assert int(received) >= PULLED
    assert float(grown) <= 60
