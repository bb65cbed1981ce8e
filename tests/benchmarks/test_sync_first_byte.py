"""How long a laptop waits for the first byte of what it lacks, and how much memory that answer costs the server.

For a weak line, where the hardest compression pays: there what is made while something is sent is made for nothing.
"""

import http.client
import os
import secrets
import statistics
import sys
import time
from pathlib import Path

import pytest

from sync import client, protocol, wire
from sync.protocol import Changes, Done, Hello
from tests.benchmarks.filling import filled
from tests.benchmarks.serving import Serving

pytestmark = [pytest.mark.figures, pytest.mark.timeout(1800)]
CAP = 2**20
"""As much as a server gives at once."""


def _highest(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _asked(server: Serving, token: str, epoch: bytes) -> tuple[float, float, bytes]:
    """Seconds until the first byte of the answer's body, until its last, and the answer."""
    hello = Hello(
        protocol.SPOKEN, "1", secrets.token_bytes(8), epoch, b"", CAP, b"", secrets.token_bytes(8), 0, rate=8_000
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": protocol.TYPE, "Content-Encoding": "br"}
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    line.connect()
    body = wire.stream([hello])
    began = time.perf_counter()
    line.request("POST", "/v1/sync", body, headers)
    response = line.getresponse()
    some = response.read1(1)
    first = time.perf_counter() - began
    some += response.read()
    took = time.perf_counter() - began
    line.close()
    assert response.status == 200, some
    return first, took, some


@pytest.mark.parametrize("count", [220, 5_000])
def test_the_first_byte_does_not_wait_for_the_last(tmp_path: Path, count: int) -> None:
    """`.venv/bin/python -m pytest -n 0 -s -m figures tests/benchmarks/test_sync_first_byte.py`"""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with Serving(url) as server:
        enrolled = client.enrol(address=server.address, code=server.code("Awa D."), device="laptop")
        filled(url, count, caller="Awa D.", pairs=10)
        epoch = bytes.fromhex(enrolled.epoch)
        firsts, lasts = [], []
        before, answer = _highest(server.pid), b""
        for _ in range(int(os.environ.get("MENTOR_RUNS", "3"))):
            first, last, answer = _asked(server, enrolled.token, epoch)
            firsts.append(first)
            lasts.append(last)
        grown = _highest(server.pid) - before
    said = [one for frame in wire.FrameReader(most=2**30).feed(answer) for one in frame]
    given = sum(len(one.records) for one in said if isinstance(one, Changes))
    assert given == count or next(one for one in said if isinstance(one, Done)).more
    sys.stdout.write(
        f"\n{given} of {count:,} records, {len(answer):,} bytes: first byte after {statistics.median(firsts) * 1000:.0f} ms, "
        f"last after {statistics.median(lasts) * 1000:.0f} ms, {grown:.1f} MB more at the highest"
    )
    assert statistics.median(firsts) < 0.5 * statistics.median(lasts)
