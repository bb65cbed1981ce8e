"""One exchange with one laptop: what it says is taken in frame by frame, each committed before anything is said about it.

Knows no HTTP: it is given frames and gives back the answer's bytes. The answer says what became of each change, then what is new for
this caller after the laptop's cursor, newest first, within the size that the laptop asked for.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from mentorapp.registers import Simple, State
from sync import protocol, wire
from sync.protocol import (
    Changes,
    Decide,
    Decided,
    Done,
    Dropped,
    Held,
    Hello,
    Listing,
    Message,
    Outcomes,
    ProtocolError,
    Summary,
    Verdict,
    Vouches,
    Wanted,
    Welcome,
)
from sync.server import accounts, grants, holdings, ledger, reading, repair, tables
from sync.server.accounts import Caller
from sync.server.database import Database
from sync.server.giving import Giving, room
from sync.server.intake import Intake, Outcome
from sync.server.ledger import Ledger
from sync.server.reached import Reached, everything, unpacked
from sync.server.statements import Prepared, putting

_SLOW = 200_000
"""Below so many bytes a second the line is the bottleneck and the hardest compression pays."""

_SEEN_OFTEN = 600
"""A laptop's last call is noted this often, in seconds."""

_MOST_ARRIVED = 2000
"""How many records of one exchange are remembered for a laptop that asks: more than a request carries."""


def _arrivals(packed: bytes | None) -> dict[int, int]:
    return dict(msgspec.msgpack.decode(packed, type=list[tuple[int, int]])) if packed else {}


_replica = tables.replica
_same = (_replica.c.office == bindparam("office"), _replica.c.id == bindparam("id"))
_REPLICA = Prepared(select(_replica.c.nonce, _replica.c.arrived).where(*_same))
_LOCK_REPLICA = Prepared(select(_replica.c.nonce, _replica.c.arrived).where(*_same).with_for_update())
_ARRIVED = Prepared(
    update(_replica).where(*_same, _replica.c.nonce == bindparam("nonce")).values(arrived=bindparam("here"))
)
_PUT_REPLICA = putting(_replica)


@dataclass
class Visit:
    """A laptop's exchange in hand. Every call is one transaction or none."""

    database: Database
    identity: Ledger
    caller: Caller
    server: str
    now: datetime
    hello: Hello | None = None
    forked: bool = False
    elsewhere: bool = False
    """Whether the laptop, which was here before, comes from another ledger, with the word that it had there."""
    carried: bool = False
    """Whether it came as a file: late, perhaps, or twice, or after others, so that nothing is concluded from the order of visits."""
    comparing: Summary | Listing | None = None
    """What the laptop compares by; it is answered instead of what is new."""
    _departed: frozenset[str] = frozenset()
    """The scopes and the records that the laptop is told to let go of: what it may read of them is given again."""
    _outcomes: list[Outcome] = field(default_factory=list)
    _arrived: dict[int, int] = field(default_factory=dict)

    def take(self, messages: list[Message]) -> None:
        """Take in one frame. Raises ProtocolError if it is not what may come here."""
        first = self.hello is None
        if first:
            self._greet(protocol.greeting(messages))
        for one in messages:
            if isinstance(one, Summary | Listing) and self.version >= protocol.COMPARING:
                repair.checked(one)
                self.comparing = one
        changes = [change for one in messages if isinstance(one, Changes) for change in wire.arrivals(one)]
        if len(self._outcomes) + len(changes) > protocol.MOST_CHANGES:
            raise ProtocolError("too_many_changes")
        decisions = [each for one in messages if isinstance(one, Decide) for each in one.decisions]
        vouches = [each for one in messages if isinstance(one, Vouches) for each in one.opened]
        if changes or decisions or (first and not self._known()):
            self._commit(changes, decisions, vouches, first=first)

    def _greet(self, hello: Hello) -> None:
        self.version = protocol.chosen(hello.versions)
        # Whoever was at another ledger compares first, if it can, rather than be given everything again.
        knows_another = hello.epoch not in (b"", self.identity.epoch)
        self.stranger = self.version >= protocol.COMPARING and knows_another and not self.carried
        self.reached = unpacked(hello.cursor) if hello.epoch == self.identity.epoch else Reached()
        self.hello = hello

    def _commit(
        self,
        changes: list[State | Simple],
        decisions: list[tuple[bytes, bool]],
        vouches: list[tuple[str, tuple[str, ...]]],
        *,
        first: bool,
    ) -> None:
        outcomes: list[Outcome] = []
        with self.database.writing() as connection:
            if first:
                self._recognise(connection)
            if (changes or decisions) and not self.forked:
                mandate = self._mandate(connection)
                if mandate.relays:
                    holdings.vouch(connection, self.caller.office, vouches)
                intake = Intake(connection, mandate, accounts.stamp(self.now))
                outcomes = intake.take(changes, decisions)
                self._arrive(intake, changes, outcomes)
            self._note(connection, first=first)
        self._outcomes += outcomes

    def _arrive(self, intake: Intake, changes: list[State | Simple], outcomes: list[Outcome]) -> None:
        """Which of this replica's saves are here."""
        assert self.hello is not None
        for change, outcome in zip(changes, outcomes, strict=True):
            counter = protocol.sent_under(change, self.hello.replica)
            if counter and outcome.verdict in (Verdict.kept, Verdict.merged):
                self._arrived[counter] = intake.fingerprint(change)

    def _note(self, connection: Connection, *, first: bool) -> None:
        """Note, in the transaction that took them in, whose word this is and what arrived under it: the answer may never be heard."""
        assert self.hello is not None
        if self.forked or self.carried or self.elsewhere:
            return
        last = sorted(self._arrived.items())[-_MOST_ARRIVED:]
        keys = {"office": self.caller.office, "id": self.hello.replica, "nonce": self.hello.next}
        arrived = msgspec.msgpack.encode(last) if last else None
        if first:
            _PUT_REPLICA.run_each(connection, [{**keys, "device": self.caller.device, "arrived": arrived}])
        else:
            _ARRIVED.run(connection, **keys, here=arrived)

    def _known(self) -> bool:
        """Whether there is nothing to note about this visit, so that a laptop with nothing to say costs no write."""
        assert self.hello is not None
        with self.database.reading() as connection:
            known = self._seen_lately() and (self.carried or self._last(connection)[0] == self.hello.next)
            return known and not self._stands_ahead(connection)

    def _seen_lately(self) -> bool:
        return accounts.stamp(self.now) - self.caller.seen < _SEEN_OFTEN

    def _last(self, connection: Connection, *, lock: bool = False) -> tuple[bytes | None, bytes | None]:
        """The last nonce under this replica's id, and what arrived under it."""
        assert self.hello is not None
        query = _LOCK_REPLICA if lock else _REPLICA
        row = query.row(connection, office=self.caller.office, id=self.hello.replica)
        return (row[0], row[1]) if row else (None, None)

    def _recognise(self, connection: Connection) -> None:
        """Note the laptop's next word if this is the store that was here last under this replica's id, or its repeat."""
        assert self.hello is not None
        if self._stands_ahead(connection):
            self._begin_anew(connection)
        if not self._seen_lately():
            accounts.seen(connection, self.caller.device, now=self.now)
        if self.carried:
            return
        (known, arrived), hello = self._last(connection, lock=True), self.hello
        # A word said to another ledger tells nobody from a copy; the next one is said to this.
        self.elsewhere = known is not None and hello.epoch not in (b"", self.identity.epoch)
        self.forked = known is not None and known not in (hello.prev, hello.next) and not self.elsewhere
        if not self.forked:
            self._arrived = _arrivals(arrived if known == hello.next else None)

    def _stands_ahead(self, connection: Connection) -> bool:
        """Whether the laptop was told of commits that this ledger does not have: it lost them, and nobody said so."""
        return self.reached.highest > ledger.standing(connection, self.caller.office)

    def _begin_anew(self, connection: Connection) -> None:
        """Go on as another ledger. Where it is one already, whoever can compares, and whoever cannot is given everything again."""
        epoch = ledger.found_behind(connection, accounts.stamp(self.now))
        fresh, compares = epoch != self.identity.epoch, self.version >= protocol.COMPARING
        self.stranger = fresh and compares and not self.carried
        self.identity = self.identity._replace(epoch=epoch)
        if fresh or not compares or self.carried:
            self.reached = Reached()

    def _mandate(self, connection: Connection) -> grants.Mandate:
        return holdings.mandate(connection, self.caller.caller, self.caller.office, self.caller.person)

    # --- the answer ---------------------------------------------------------------------------------------------------

    def answer(self) -> bytes:
        """Everything there is to say, as one stream. Raises ProtocolError if nobody said Hello."""
        return b"".join(piece.some for piece in self.pieces())

    def pieces(self) -> Iterator[wire.Piece]:
        """The same as it is made, frame by frame. What is read for it is read as of one moment, until the last piece is there."""
        if self.hello is None:
            raise ProtocolError("no_hello")
        writer = wire.FrameWriter(quality=11 if self.hello.rate < _SLOW else 5)
        writer.message(self._welcome())
        for _ in self._tell(writer) if not self.forked else ():
            if some := writer.taken():
                yield wire.Piece(some)
        yield wire.Piece(writer.finish(), last=True)

    def _tell(self, writer: wire.FrameWriter) -> Iterator[None]:
        if self._outcomes:
            writer.message(self._acknowledgement())
        with self.database.reading() as connection:
            upto = ledger.standing(connection, self.caller.office)
            mandate = self._mandate(connection)
            told = self._told()
            news = reading.news(connection, mandate, told)
            scopes = reading.dropped(connection, self.caller.caller, told) if news.taken else []
            records = reading.departed(connection, mandate, told) if news.moved or news.held else []
            self._departed = frozenset((*scopes, *records))
            if self._departed:
                writer.message(Dropped(tuple(scopes), tuple(records)))
            if news.held:
                self._tell_held(writer, connection, mandate)
            digest, count = reading.agreed(connection, mandate)
            if self.comparing:
                sent = yield from self._compared(writer, connection, mandate)
                writer.message(Done(everything(upto).pack(), True, digest.to_bytes(8), count, sent))
                return
            if self.stranger:
                writer.message(Done(b"", True, digest.to_bytes(8), count))
                return
            giving = self._giving(connection, mandate, writer, upto)
            yield from giving.through(upto)
        more = bool(giving.reached.gaps(upto))
        cursor = (giving.reached if more else everything(upto)).pack()
        writer.message(Done(cursor, more, digest.to_bytes(8), count, giving.sent))

    def _giving(self, connection: Connection, mandate: grants.Mandate, writer: wire.FrameWriter, upto: int) -> Giving:
        assert self.hello is not None
        brought = {one.id: one for one in self._outcomes if one.id}
        arrived = self._arrived_before(connection) if self.reached.gaps(upto) else {}
        return Giving(connection, mandate, writer, self.hello, self.reached, brought, self._departed, arrived)

    def _told(self) -> int:
        """Up to which commit the laptop was told what it may hold no longer.

        Whoever compares is told of all of it: this ledger may have lost commits, and given their numbers to others.
        """
        begins = isinstance(self.comparing, Summary) and not self.comparing.after
        return 0 if begins else self.reached.told

    def _tell_held(self, writer: wire.FrameWriter, connection: Connection, mandate: grants.Mandate) -> None:
        """What waits for a coordinator, and what was decided about what this caller wrote."""
        if self.version < protocol.DECIDING:
            return
        cases, gone = reading.held(connection, mandate, self.reached.told)
        if cases or gone:
            writer.message(Held(tuple(cases), tuple(gone)))
        told = reading.decided(connection, mandate, self.reached.told)
        if told:
            writer.message(Decided(tuple(told), self._receipt(told)))

    def _compared(
        self, writer: wire.FrameWriter, connection: Connection, mandate: grants.Mandate
    ) -> Generator[None, None, int]:
        """Answer what the laptop compares by, within the cap. Gives how many records went."""
        assert self.hello is not None
        cap = room(self.hello)
        if isinstance(self.comparing, Summary):
            writer.message(repair.differing(connection, mandate, self.comparing, cap))
            return 0
        assert self.comparing is not None
        wanted: list[str] = []
        sent = upto = 0
        for found in repair.compared(connection, mandate, self.comparing):
            if upto and writer.size + writer.waiting // 4 > cap:
                break
            for state in found.given:
                writer.record(state)
            wanted += found.wanted
            sent += len(found.given)
            upto += 1
            yield
        writer.message(Wanted(upto, tuple(map(wire.slim_id, wanted)), self._receipt(upto, wanted)))
        return sent

    def _acknowledgement(self) -> Outcomes:
        plain = Outcome(Verdict.kept)
        others = tuple(
            (place, one.verdict, one.reason)
            for place, one in enumerate(self._outcomes)
            if (one.verdict, one.reason) != plain[:2]
        )
        return Outcomes(len(self._outcomes), self._receipt([o.id for o in self._outcomes], others), others)

    def _receipt(self, *about: object) -> bytes:
        """Proof that this server said so: when, to which laptop, about what."""
        told = msgspec.msgpack.encode((self.identity.epoch, self.caller.device, self.now, *about))
        mark = blake2b(told, key=self.identity.secret, digest_size=8).digest()
        return accounts.stamp(self.now).to_bytes(5) + mark

    def _welcome(self) -> Welcome:
        assert self.hello is not None
        welcome = Welcome(self.version, self.identity.epoch, self.server, accounts.stamp(self.now), self.forked)
        if not self.hello.ask or self.forked:
            return welcome
        with self.database.reading() as connection:
            here = _arrivals(self._last(connection)[1])
        found = {counter: one for counter, one in here.items() if protocol.within(self.hello.ask, counter)}
        counters, proof = protocol.ranges(found), protocol.summed(found.values()).to_bytes(8)
        return msgspec.structs.replace(
            welcome, arrived=counters, proof=proof, receipt=self._receipt((counters, proof)) if found else b""
        )

    def _arrived_before(self, connection: Connection) -> dict[int, int]:
        """What arrived under the word that this laptop goes on with: the answer was cut, or never heard."""
        assert self.hello is not None
        known, arrived = self._last(connection)
        goes_on = known == self.hello.next and not self.carried
        return _arrivals(arrived) if goes_on and self.version >= protocol.COMPARING else {}
