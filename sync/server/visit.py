"""One exchange with one laptop: what it says is taken in frame by frame, each committed before anything is said about it.

Knows no HTTP: it is given frames and gives back the answer's bytes. The answer says what became of each change, then what is new for
this caller after the laptop's cursor, newest commits last, within the size that the laptop asked for.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from mentorapp.registers import State
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
from sync.server.intake import Intake, Outcome
from sync.server.ledger import Ledger
from sync.server.reached import Reached, everything, unpacked
from sync.server.reading import Place, Row
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
    carried: bool = False
    """Whether it came as a file: late, perhaps, or twice, or after others, so that nothing is concluded from the order of visits."""
    comparing: Summary | Listing | None = None
    """What the laptop compares by; it is answered instead of what is new."""
    _departed: frozenset[str] = frozenset()
    """The scopes and the records that the laptop is told to let go of: what it may read of them is given again."""
    _outcomes: list[Outcome] = field(default_factory=list)
    _arrived: dict[int, int] = field(default_factory=dict)
    _sent: dict[int, int] = field(default_factory=dict)
    """What arrived from there since an exchange last went to its end: counters and fingerprints."""

    def take(self, messages: list[Message]) -> None:
        """Take in one frame. Raises ProtocolError if it is not what may come here."""
        first = self.hello is None
        if first:
            self._greet(protocol.greeting(messages))
        for one in messages:
            if isinstance(one, Summary | Listing) and self.version >= protocol.COMPARING:
                repair.checked(one)
                self.comparing = one
        changes = [state for one in messages if isinstance(one, Changes) for state in wire.states(one)]
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
        changes: list[State],
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

    def _arrive(self, intake: Intake, changes: list[State], outcomes: list[Outcome]) -> None:
        """Which of this replica's saves are here."""
        assert self.hello is not None
        for change, outcome in zip(changes, outcomes, strict=True):
            counter = protocol.sent_under(change, self.hello.replica)
            if counter and outcome.verdict in (Verdict.kept, Verdict.merged):
                self._arrived[counter] = intake.fingerprint(change)

    def _note(self, connection: Connection, *, first: bool) -> None:
        """Note, in the transaction that took them in, whose word this is and what arrived under it: the answer may never be heard."""
        assert self.hello is not None
        if self.forked or self.carried:
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
        self.forked = known is not None and known not in (hello.prev, hello.next)
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
        if self.hello is None:
            raise ProtocolError("no_hello")
        writer = wire.FrameWriter(quality=11 if self.hello.rate < _SLOW else 5)
        writer.message(self._welcome())
        if not self.forked:
            self._tell(writer)
        return writer.finish()

    def _tell(self, writer: wire.FrameWriter) -> None:
        if self._outcomes:
            writer.message(self._acknowledgement())
        with self.database.reading() as connection:
            upto = ledger.standing(connection, self.caller.office)
            mandate = self._mandate(connection)
            scopes = reading.dropped(connection, self.caller.caller, self.reached.told)
            records = reading.departed(connection, mandate, self.reached.told)
            self._departed = frozenset((*scopes, *records))
            if self._departed:
                writer.message(Dropped(tuple(scopes), tuple(records)))
            self._tell_held(writer, connection, mandate)
            digest, count = reading.agreed(connection, mandate)
            if self.comparing:
                sent = self._compared(writer, connection, mandate)
                writer.message(Done(everything(upto).pack(), True, digest.to_bytes(8), count, sent))
                return
            if self.stranger:
                writer.message(Done(b"", True, digest.to_bytes(8), count))
                return
            self._sent = self._arrived_before(connection) if self.reached.gaps(upto) else {}
            reached, sent = self._records(writer, connection, mandate, upto)
        more = bool(reached.gaps(upto))
        cursor = (reached if more else everything(upto)).pack()
        writer.message(Done(cursor, more, digest.to_bytes(8), count, sent))

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

    def _compared(self, writer: wire.FrameWriter, connection: Connection, mandate: grants.Mandate) -> int:
        """Answer what the laptop compares by, within the cap. Gives how many records went."""
        assert self.hello is not None
        cap = min(max(self.hello.cap, 1024), protocol.MOST_ANSWER)
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

    def _records(
        self, writer: wire.FrameWriter, connection: Connection, mandate: grants.Mandate, upto: int
    ) -> tuple[Reached, int]:
        """Write what is new for the caller, the newest first, as much as was asked for. Gives what they have then, and how many went."""
        assert self.hello is not None
        cap = min(max(self.hello.cap, 1024), protocol.MOST_ANSWER)
        brought = {one.id: one for one in self._outcomes if one.id}
        sent, reached = 0, replace(self.reached, told=upto)
        for gap in reached.gaps(upto):
            for row in reading.newer(connection, mandate, *gap):
                if writer.size + writer.waiting // 4 > cap:
                    return reached, sent
                before, reached = reached, reached.grown(gap, Place(row.at, row.id))
                mine = brought.get(row.id)
                if not (self._has(mine, row, mandate) or self._has_sent(row)):
                    if mandate.relays and row.kind == "mentorship":
                        scopes = holdings.vouched(connection, self.caller.office, row.id)
                        writer.message(Vouches(((row.id, tuple(sorted(scopes))),)))
                    sent += self._given(writer, row, mine, mandate, before, reached)
            reached = reached.closed(gap)
        return reached, sent

    def _given(
        self,
        writer: wire.FrameWriter,
        row: Row,
        mine: Outcome | None,
        mandate: grants.Mandate,
        before: Reached,
        reached: Reached,
    ) -> int:
        """Write what a caller may read of a row: how many records that is."""
        least = mandate.least(row.scope)
        part = grants.visible(row.state, least) if least is not None else None
        earlier = mine.earlier if mine else None
        theirs = grants.visible(earlier, least) if earlier and least is not None else None
        if theirs:
            # What stood here before the laptop's save came beside it: alone, so that the laptop can merge the two wordings.
            writer.record(theirs, before.pack())
        if part:
            writer.record(part, reached.pack())
        return int(part is not None)

    def _has(self, brought: Outcome | None, row: Row, mandate: grants.Mandate) -> bool:
        """Whether the laptop has this record as it is: it brought it just now, and nobody else wrote since it last had it."""
        if brought is None or brought.verdict is not Verdict.kept or {row.id, row.scope} & self._departed:
            return False
        if brought.before is None:
            return True
        since = min((grant.seq for grant in mandate.of(row.scope)), default=0)
        return self.reached.covers(Place(max(brought.before, since), row.id))

    def _arrived_before(self, connection: Connection) -> dict[int, int]:
        """What arrived under the word that this laptop goes on with: the answer was cut, or never heard."""
        assert self.hello is not None
        known, arrived = self._last(connection)
        goes_on = known == self.hello.next and not self.carried
        return _arrivals(arrived) if goes_on and self.version >= protocol.COMPARING else {}

    def _has_sent(self, row: Row) -> bool:
        """Whether the laptop has this record as it is, for all of it came from there in an exchange that was cut.

        A copy of its store may go on with the same word and counters, and lack it: it finds out when the two compare.
        """
        assert self.hello is not None
        if not self._sent or {row.id, row.scope} & self._departed:
            return False
        print = self._sent.get(protocol.sent_under(row.state, self.hello.replica))
        return print is not None and protocol.fingerprint(row.state) == print
