"""Rules of not losing anything, each broken on purpose in a process of its own, so that the tests here are shown to notice.

What a kill cannot show: `synchronous` weaker than FULL, or `fsync` off. The system keeps what a killed process wrote; only a power cut
loses it. That the store and the ledger ask for FULL is tested as such.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from mentorapp.store import Store
from sync import wire
from sync.client import engine
from sync.client.engine import Applied, Batch
from sync.protocol import Changes, Done, Message, Outcomes, Welcome
from sync.server.visit import Visit

_LATE = 0.15


def _acknowledged_before_the_commit() -> None:
    """The server says that it has what it has not written yet."""
    take, pieces = Visit.take, Visit.pieces

    def takes(self: Visit, messages: list[Message]) -> None:
        self.__dict__.setdefault("waiting", []).append(messages)
        if self.hello is None:
            take(self, [one for one in messages if not isinstance(one, Changes)])

    def answers(self: Visit) -> Iterator[wire.Piece]:
        waiting = self.__dict__["waiting"]
        some = [one for frame in waiting for one in frame if isinstance(one, Changes)]
        hello = self.hello
        if not some or hello is None:
            yield from pieces(self)
            return

        def later() -> None:
            time.sleep(_LATE)
            for messages in waiting:
                take(self, [one for one in messages if isinstance(one, Changes)])

        threading.Thread(target=later, daemon=True).start()
        count = sum(len(one.records) for one in some)
        said = [Welcome(1, self.identity.epoch, self.server, 0), Outcomes(count, b"r" * 13)]
        yield wire.Piece(wire.stream([*said, Done(hello.cursor, False, b"\x00" * 8)]), last=True)

    Visit.take, Visit.pieces = takes, answers  # type: ignore[method-assign]


def _cursor_before_its_records() -> None:
    """The laptop notes where it stands in a transaction of its own, before it has what lies before that."""
    true = engine.take_all

    def take_all(store: Store, batch: Batch, frames: list[list[Message]], *, at: datetime) -> Applied:
        cursors = [one.cursor for frame in frames for one in frame if isinstance(one, Changes | Done) and one.cursor]
        if cursors:
            store.remember_bytes("cursor", cursors[-1])
            time.sleep(_LATE)
        return true(store, batch, frames, at=at)

    engine.take_all = take_all


def _outbox_emptied_when_sent() -> None:
    """The laptop forgets what is to be sent as soon as it is on its way."""
    true = Store.mark_sent

    def mark_sent(self: Store, ids: object, at: datetime) -> None:
        chosen = list(ids)  # type: ignore[call-overload]
        true(self, chosen, at)
        for id in chosen:
            self.connection.execute("DELETE FROM outbox WHERE id = ?", (id,))

    Store.mark_sent = mark_sent  # type: ignore[method-assign]


def _saved_in_two_transactions() -> None:
    """A save is in the outbox only a moment after it is in the table."""
    true = Store.save

    def save(self: Store, record: object, **named: object) -> object:
        changed = true(self, record, **named)  # type: ignore[arg-type]
        rows = self.connection.execute("SELECT * FROM outbox WHERE id = ?", (record.id,)).fetchall()  # type: ignore[attr-defined]
        self.connection.execute("DELETE FROM outbox WHERE id = ?", (record.id,))  # type: ignore[attr-defined]
        time.sleep(0.02)
        places = ", ".join("?" * len(rows[0])) if rows else ""
        self.connection.executemany(f"INSERT INTO outbox VALUES ({places})", rows)
        return changed

    Store.save = save  # type: ignore[method-assign, assignment]


BREAKS: dict[str, Callable[[], None]] = {
    "acknowledged before the commit": _acknowledged_before_the_commit,
    "cursor before its records": _cursor_before_its_records,
    "outbox emptied when sent": _outbox_emptied_when_sent,
    "saved in two transactions": _saved_in_two_transactions,
}
"""Each rule with what breaks it."""
