"""How fast a laptop takes in what an exchange brings, beside a bare Python loop over SQLite; and in how much memory.

Two loops: one commits for every 25 records and inserts what the laptop must keep whatever its design (the row of fifteen columns and the
registers as they came); a fair one does besides what a laptop promises (the file encrypted, its words found), and commits as often as
ours does on a fast line. Neither knows anything of saves, kinds or merging.
"""

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlcipher3.dbapi2 as cipher

from mentorapp.fields import Text, fields_of
from mentorapp.records import Session
from mentorapp.registers import pack
from mentorapp.store import Store
from mentorapp.store.search import folded
from sync import client, wire
from sync.protocol import Done, Message
from tests.benchmarks import generator
from tests.benchmarks.laptops import KEY, laptop
from tests.benchmarks.serving import ROOT, Serving

pytestmark = [pytest.mark.figures, pytest.mark.timeout(1800)]
MANY = 4_000
AT = datetime(2026, 5, 1, tzinfo=UTC)
TEXTS = [name for name, field in fields_of(Session).items() if isinstance(field, Text) and field.searched]
WORDS = """CREATE VIRTUAL TABLE search USING fts5 (folded, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2", prefix = '2 3')"""


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


class _Here:
    """A line on which the whole answer has arrived."""

    bytes_up = bytes_down = 0

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def exchange(self, token: str, body: bytes) -> Iterator[list[Message]]:
        """The answer, in pieces as they come from a socket."""
        reader = wire.FrameReader()
        for at in range(0, len(self._stream), 16_384):
            yield from reader.feed(self._stream[at : at + 16_384])
        yield [Done(b"c", False, b"")]

    def more_here(self) -> bool:
        """All of it."""
        return True


def _ours(folder: Path, stream: bytes) -> tuple[float, float]:
    """Records a second, and microseconds of processor a record."""
    store = Store(folder / "ours.mentor", KEY)
    store.remember(sync_address="http://here", sync_token="t")
    began, spent = time.perf_counter(), time.process_time()
    result = client.sync_once(lambda verb: verb(store), _Here(stream))
    took, spent = time.perf_counter() - began, time.process_time() - spent
    assert result.applied.received == MANY
    assert len(store.search("the")) > 0
    store.close()
    return MANY / took, spent / MANY * 1e6


def _bare(folder: Path, records: list[tuple[dict[str, object], bytes]], *, fair: bool = False) -> tuple[float, float]:
    packed = [msgspec.msgpack.encode(one) for one in records]
    db: Any = (cipher if fair else sqlite3).connect(str(folder / f"bare {fair}.sqlite"), isolation_level=None)
    if fair:
        db.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    names = list(records[0][0])
    db.execute(f"CREATE TABLE session ({', '.join(f'{name} ANY' for name in names)}, PRIMARY KEY (id)) STRICT")
    db.execute("CREATE TABLE registers (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB) STRICT")
    if fair:
        db.execute(WORDS)
    insert = f"INSERT INTO session VALUES ({', '.join('?' * len(names))})"
    began, spent = time.perf_counter(), time.process_time()
    for at in range(0, len(packed), 2_000 if fair else 25):
        db.execute("BEGIN")
        for place, one in enumerate(packed[at : at + (2_000 if fair else 25)], at + 1):
            plain, body = msgspec.msgpack.decode(one)
            db.execute(insert, tuple(plain.values()))
            db.execute("INSERT INTO registers (id, body) VALUES (?, ?)", (plain["id"], body))
            if fair:
                words = " ".join(plain[name] for name in TEXTS if plain.get(name))
                db.execute("INSERT INTO search (rowid, folded) VALUES (?, ?)", (place, folded(words)))
        db.execute("COMMIT")
    took, spent = time.perf_counter() - began, time.process_time() - spent
    db.close()
    return len(packed) / took, spent / len(packed) * 1e6


def test_five_thousand_records_a_second_are_taken_in(
    tmp_path: Path, brought: tuple[bytes, list[tuple[dict[str, object], bytes]]]
) -> None:
    """`.venv/bin/python -m pytest -n 0 -s -m figures tests/benchmarks/test_sync_apply.py -k second`"""
    stream, records = brought
    runs = []
    for turn in range(5):
        folder = tmp_path / str(turn)
        folder.mkdir()
        runs.append((_ours(folder, stream), _bare(folder, records), _bare(folder, records, fair=True)))
    ours, bare, fair = (statistics.median(rate for rate, _ in column) for column in zip(*runs, strict=True))
    ratios = [statistics.median(run[0][0] / run[place][0] for run in runs) for place in (1, 2)]
    spread = f"{min(r[0][0] for r in runs):,.0f}-{max(r[0][0] for r in runs):,.0f}"
    spent = [statistics.median(spent for _, spent in column) for column in zip(*runs, strict=True)]
    sys.stdout.write(
        f"\ntaken in: {ours:,.0f} records/s ({spread}); bare loop {bare:,.0f}: {ratios[0]:.2f} of it; "
        f"encrypted and found by words {fair:,.0f}: {ratios[1]:.2f} of it (at least 5,000/s, and 0.47 of that)"
        f"\nprocessor a record: {spent[0]:.0f}, {spent[1]:.0f} and {spent[2]:.0f} µs"
    )
    assert ratios[1] >= 0.47
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
