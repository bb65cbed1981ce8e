"""An office's own server that is itself a client of the central one: `python -m sync.hub join`, then `python -m sync.hub`.

The same server as `sync.server`, on the network of the office; whenever the centre can be reached the two exchange what either lacks.
Laptops that come and go are never kept waiting for that. What is sealed for the centre passes through unread.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import uvicorn
from sqlalchemy import delete, select

from mentorapp.clock import Clock, SystemClock
from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from sync import bundle
from sync.client import enrol, read_invitation
from sync.client.files import Queue
from sync.client.http import Line
from sync.client.pacing import Pace
from sync.client.words import SyncError, failure
from sync.protocol import ProtocolError
from sync.relaying import Relayed
from sync.server import accounts, console, ledger, tables, upstream
from sync.server.app import application
from sync.server.console import say
from sync.server.courier import Undelivered
from sync.server.database import Database
from sync.server.listening import configuration
from sync.server.upstream import Came

log = logging.getLogger("mentor.hub")

EVERY = 120.0
"""Seconds from one exchange with the centre to the next, while all goes well."""

_MOST_TURNS, _MOST_FORKS = 10_000, 3
_PARCELS, _MOST_PARCELS = 180 * 24 * 3600, 2000


@dataclass
class Hub:
    """A ledger with its line to the centre; `line` makes one for an address and a file of certificates."""

    database: Database
    clock: Clock
    line: Callable[[str, str], Line] = lambda address, authority: Line(address, authority=authority)
    _relayed: Relayed | None = None

    def exchange(self) -> Came:
        """Exchange with the centre until neither has what the other lacks. Raises SyncError; what went before it is kept."""
        with self.database.reading() as connection:
            there = upstream.centre(connection)
        if there is None:
            raise _no_hub()
        try:
            with self.line(there.address, there.authority) as line:
                came = self._through(line)
                self._pass_on(line, there.token)
                while self._files(line, there.token):
                    more = self._through(line)
                    came = Came(came.sent + more.sent, came.received + more.received, done=more.done)
        except SyncError as reason:
            self._note(reason.reason)
            raise
        self._note("")
        return came

    def _note(self, outcome: str) -> None:
        with self.database.writing() as connection:
            upstream.note(connection, outcome=outcome)

    def _through(self, line: Line) -> Came:
        total, forks = Came(), 0
        for _ in range(_MOST_TURNS):
            came = self._turn(line)
            total = Came(total.sent + came.sent, total.received + came.received, done=came.done)
            forks += came.forked
            if not came.forked and not came.done:
                raise failure("cut", line.address)
            if forks > _MOST_FORKS or not came.more:
                return total
        raise failure("not_understood", line.address)

    def _turn(self, line: Line) -> Came:
        load = upstream.collect(self.database, now=self.clock.now())
        if load is None:
            raise _no_hub()
        total = Came()
        with contextlib.closing(line.exchange(load.token, load.pack())) as frames:
            for frame in frames:
                came = upstream.take(self.database, load, frame, now=self.clock.now())
                total = Came(
                    total.sent + came.sent,
                    total.received + came.received,
                    came.more or total.more,
                    came.done or total.done,
                    came.forked or total.forked,
                )
        return total

    def _files(self, line: Line, token: str) -> bool:
        """Move files, after the records. Whether records came between: they go first."""
        if self._relayed is None:
            self._relayed = Relayed(self.database)
        here: Any = self._relayed  # It answers to the queue's words as a store does.
        queue = Queue(lambda verb: verb(here), line, token, self.clock)
        return queue.through().overtaken

    # --- what is sealed for the centre ---

    def forward(self, file: bytes) -> bytes:
        """Hand a file over to the centre, now or as soon as it can be reached. Raises Undelivered."""
        id = bundle.read_head(file).id
        parcel = tables.parcel
        with self.database.writing() as connection:
            known = connection.execute(select(parcel).where(parcel.c.id == id)).first()
            if known is None:
                now = accounts.stamp(self.clock.now())
                connection.execute(delete(parcel).where(parcel.c.received < now - _PARCELS))
                if len(connection.execute(select(parcel.c.id)).all()) >= _MOST_PARCELS:
                    raise Undelivered("no_room")
                row = {"id": id, "file": file, "answer": b"", "reason": "", "received": now}
                ledger.upsert(connection, parcel, [row], replacing=False)
            there = upstream.centre(connection)
        if there is not None and not (known and known.answer):
            try:
                with self.line(there.address, there.authority) as line:
                    self._hand(line, there.token, id, file)
            except SyncError as reason:
                log.info("a file waits for the centre: %s", reason.reason)
        with self.database.reading() as connection:
            now_there = connection.execute(select(parcel.c.answer, parcel.c.reason).where(parcel.c.id == id)).one()
        if now_there.answer:
            return bytes(now_there.answer)
        raise Undelivered(now_there.reason or "bundle_waits")

    def _pass_on(self, line: Line, token: str) -> None:
        parcel = tables.parcel
        with self.database.reading() as connection:
            query = select(parcel.c.id).where(parcel.c.answer == b"", parcel.c.reason == "")
            waiting = [bytes(id) for id in connection.execute(query).scalars()]
        for id in waiting:
            with self.database.reading() as connection:
                file = connection.execute(select(parcel.c.file).where(parcel.c.id == id)).scalar_one()
            self._hand(line, token, id, bytes(file))

    def _hand(self, line: Line, token: str, id: bytes, file: bytes) -> None:
        from sync.client.carrying import handed

        try:
            answer, reason = handed(line, token, file), ""
        except SyncError as refused:
            if refused.later:
                raise
            answer, reason = b"", refused.reason
        parcel = tables.parcel
        with self.database.writing() as connection:
            values = {"answer": answer, "reason": reason}
            connection.execute(parcel.update().where(parcel.c.id == id).values(**values))


# --- the console ------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if it went well."""
    words, commands = console.parser("python -m sync.hub", __doc__)
    words.set_defaults(command=None)
    words.add_argument("--every", type=float, default=EVERY, help="seconds between exchanges with the centre")
    joining = commands.add_parser("join", help="become a hub of the central server")
    joining.add_argument("--file", type=Path, help="the enrolment file of the centre, made with: enrol --role hub")
    joining.add_argument("--centre", default="", help="the centre's address, if there is no file")
    joining.add_argument("--code", default="")
    joining.add_argument("--authority", default="", help="a file of certificates to trust, for a private authority")
    commands.add_parser("exchange", help="exchange with the centre once, now")
    commands.add_parser("status", help="say what waits for the centre, and when the two last agreed")
    return console.ran(words.parse_args(arguments), COMMANDS)


def _join(options: argparse.Namespace, database: Database) -> int:
    address, code = options.centre, options.code
    if options.file:
        invitation = read_invitation(options.file)
        address, code = invitation.address, invitation.code
    let_in = enrol(address=address, code=code, device=options.server or tr("hub"))
    if let_in.role != "hub":
        raise UserError(N_("This code is for a laptop. Make one for a hub at the centre: enrol --role hub"))
    with database.writing() as connection:
        ledger.identity(connection, accounts.stamp(SystemClock().now()))
        upstream.join(
            connection,
            address=let_in.address,
            token=let_in.token,
            server=let_in.server,
            office=let_in.office,
            office_name=let_in.office_name,
            epoch=bytes.fromhex(let_in.epoch),
            authority=options.authority,
        )
    say(tr("This server is now a hub of {server}, for {office}.", server=let_in.server, office=let_in.office_name))
    return _exchange(options, database)


def _exchange(_options: argparse.Namespace, database: Database) -> int:
    came = Hub(database, SystemClock()).exchange()
    say(ntr("{n} record went to the centre.", "{n} records went to the centre.", came.sent))
    say(ntr("{n} record came from there.", "{n} records came from there.", came.received))
    return _status(_options, database)


def _status(_options: argparse.Namespace, database: Database) -> int:
    with database.reading() as connection:
        found, aside = upstream.status(connection), upstream.set_aside(connection)
    if found is None:
        raise _no_hub()
    say(ntr("{n} record waits for {server}.", "{n} records wait for {server}.", found.waiting, server=found.server))
    if found.agreed:
        agreed = datetime.fromtimestamp(found.agreed).isoformat(" ", "minutes")
        say(tr("Both last agreed at {time}.", time=agreed))
    if aside:
        say(ntr("The centre did not take {n} record.", "The centre did not take {n} records.", len(aside)))
    return 0


def _no_hub() -> UserError:
    return UserError(N_("This server is no hub yet. Begin with: python -m sync.hub join --file …"))


def _run(options: argparse.Namespace, database: Database) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    hub = Hub(database, SystemClock())
    with database.reading() as connection:
        if upstream.centre(connection) is None:
            raise _no_hub()
    sock, server = console.begun(options, database)
    server.forward = hub.forward
    listening = uvicorn.Server(configuration(application(server)))
    asyncio.run(_serve(listening, sock, hub, options.every))
    return 0


async def _serve(listening: uvicorn.Server, sock: Any, hub: Hub, every: float) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(_keep_exchanging, hub, every)
        await listening.serve(sockets=[sock])
        group.cancel_scope.cancel()


async def _keep_exchanging(hub: Hub, every: float) -> None:
    pace = Pace()
    while True:
        try:
            came = await anyio.to_thread.run_sync(hub.exchange, abandon_on_cancel=True)
            log.info("with the centre: %d records went, %d came", came.sent, came.received)
            pace = Pace()
        except (SyncError, ProtocolError) as reason:
            log.info("the centre: %s", reason.reason)
            pace = pace.failed()
        await anyio.sleep(every * (1 + pace.failures))


COMMANDS: Mapping[str, console.Command] = {
    **console.COMMANDS,
    "run": _run,
    "join": _join,
    "exchange": _exchange,
    "status": _status,
}
"""What a hub's console does: a server's, and these."""

if __name__ == "__main__":
    sys.exit(main())
