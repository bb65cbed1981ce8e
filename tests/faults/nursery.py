"""Loads the program once and forks real processes from it, so that twenty starts cost no more than one.

    python -m tests.faults.nursery [a rule to break]

Reads `verb|file for its output|words...` from its input and answers with the number of the process it started. Processes end by being
killed. With a rule to break, each process breaks it: see `breaking`.
"""

import contextlib
import ctypes
import os
import random
import resource
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.records import Session
from mentorapp.store import Store
from sync import client
from sync.client import engine
from sync.client.http import Line
from sync.server import console
from sync.server.app import Server
from sync.server.limits import Limit
from tests.faults.breaking import BREAKS

KEY = b"k" * 32
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def serve(folder: str, url: str, port: str) -> None:
    """A server as its console runs it, without the limit on calls."""
    free = Limit(burst=1e9, rate=1e9)
    console.Server = partial(Server, calls=free, knocks=free)  # type: ignore[misc, assignment]
    console.main(["--data", folder, "--database", url, "--port", port, "--name", "the office"])


def work(path: str, mentorship: str, person: str, seed: str) -> None:
    """A laptop at which somebody records, edits and synchronises without end; what was saved is said after each save."""
    store, chance = Store(Path(path), KEY), random.Random(seed)
    mine: list[str] = []
    while True:
        for _ in range(4):
            if mine and chance.random() < 0.4:
                before = store.get(Session, chance.choice(mine))
                after = replace(before, contact_minutes=(before.contact_minutes or 0) + 1)
            else:
                before, after = None, Session(id=new_id(), mentorship=mentorship, notes="x" * 3000, contact_minutes=1)  # type: ignore[assignment]
                mine.append(after.id)
            store.save(after, by=person, at=AT, before=before)
            print(after.id, after.contact_minutes, flush=True)
        with contextlib.suppress(client.SyncError):
            client.run(store, connect=1.0, silence=3.0)


def live(path: str, session: str) -> None:
    """A laptop's last hours, always alike: saves, exchanges that go through, exchanges whose answer is lost; then it waits for its end."""
    store = Store(Path(path), KEY)
    person = store.recall("me")
    mentorship = store.get(Session, session).mentorship or ""

    def record(number: int) -> None:
        store.save(Session(id=new_id(), mentorship=mentorship, notes=f"word{number} " * 40), by=person, at=AT)
        before = store.get(Session, session)
        store.save(replace(before, strengths=f"{number}"), before=before, by=person, at=AT)

    def unheard() -> None:
        batch = engine.collect(store, at=AT)
        with Line(batch.link.address) as line:
            list(line.exchange(batch.link.token, batch.pack()))

    for number, exchange in enumerate(
        (lambda: client.run(store), unheard, lambda: client.run(store), unheard, unheard)
    ):
        record(number)
        exchange()
        record(number + 10)
    print("ready", flush=True)
    signal.pause()


def once(path: str, most: str = "") -> None:
    """One synchronisation; what came of it is said. With a number, files may not grow beyond that meanwhile."""
    store = Store(Path(path), KEY)
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), resource.RLIM_INFINITY))
    try:
        result = client.run(store, connect=2.0, silence=5.0)
        said = f"done {result.agrees}"
    except client.SyncError as reason:
        said = f"{reason.reason}: {reason}"
    except UserError as reason:
        said = f"said: {reason}"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(said, flush=True)


VERBS = {"serve": serve, "work": work, "live": live, "once": once}


def main() -> None:
    """Fork until the input ends."""
    for rule in sys.argv[1:]:
        BREAKS[rule]()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        verb, out, *words = line.rstrip("\n").split("|")
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: none is left behind
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
            os.dup2(1, 2)
            VERBS[verb](*words)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
