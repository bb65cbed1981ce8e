"""What an answer gives of the ledger: the newest first, what is large after all that is small, as much as the laptop asked for.

Reads from the one snapshot that its caller opened. Where the laptop stands is right after every record: what is large and waits is a hole
in what was reached, which the next exchange fills if this one is cut. Knows no lines: it writes frames.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from sync import protocol, wire
from sync.protocol import Hello, Verdict, Vouches
from sync.server import grants, holdings, reading
from sync.server.intake import Outcome
from sync.server.reached import MOST_STRETCHES, Reached, Stretch
from sync.server.reading import Place, Row

LARGE = wire.FRAME
"""A record of more bytes than this waits for the small ones: on a weak line each of them would wait for it."""


def room(hello: Hello) -> int:
    """How many compressed bytes an answer to this may have, about."""
    return min(max(hello.cap, 1024), protocol.MOST_ANSWER)


@dataclass
class Giving:
    """Gives one caller what is new. `reached` is where the laptop stands once it has all that was written, `sent` how many records that is."""

    connection: Connection
    mandate: grants.Mandate
    writer: wire.FrameWriter
    hello: Hello
    reached: Reached
    brought: Mapping[str, Outcome]
    """What the laptop sent in this exchange, by record."""
    departed: frozenset[str]
    """The scopes and the records that the laptop is told to let go of: what it may read of them is given again."""
    arrived: Mapping[int, int]
    """What came from there in an exchange that was cut: fingerprints by counter."""
    sent: int = 0
    _later: list[list[Place]] = field(default_factory=list)
    _had: Reached = field(default_factory=Reached)

    def through(self, upto: int) -> Iterator[None]:
        """Write all that is new up to a commit, as far as it goes; pauses after each record."""
        self._had, self.reached = self.reached, replace(self.reached, told=upto)
        for gap in self._had.gaps(upto):
            yield from self._fill(gap)
        for run in self._later:
            yield from self._fill_late(run, upto)

    @property
    def _full(self) -> bool:
        return self.writer.size + self.writer.waiting // 4 > room(self.hello)

    def _fill(self, gap: Stretch) -> Iterator[None]:
        below, top = gap
        waiting: list[Place] = []
        for row in reading.newer(self.connection, self.mandate, *gap, self._brought):
            if self._full:
                return
            place = Place(row.at, row.id)
            has = self._has(row)
            if not has and len(row.packed) > LARGE:
                waiting.append(place)
                continue
            if waiting and len(self.reached.stretches) <= MOST_STRETCHES:
                # A hole above this row: what follows is a stretch of its own.
                self._later.append(waiting)
                top = place
            elif waiting:
                yield from self._give(waiting, (below, top))
                if self._full:
                    return
            waiting = []
            yield from self._step(row, (below, top), has=has)
        if waiting:
            self._later.append(waiting)
        else:
            self.reached = self.reached.closed((below, top))

    def _fill_late(self, run: list[Place], upto: int) -> Iterator[None]:
        gap = next(gap for gap in self.reached.gaps(upto) if gap[0] < run[0] < gap[1])
        yield from self._give(run, gap)
        if not self._full:
            self.reached = self.reached.closed(gap)

    def _give(self, run: list[Place], gap: Stretch) -> Iterator[None]:
        """Give what waited, one by one: each may be as large as many frames."""
        for place in run:
            if self._full:
                return
            for row in reading.at(self.connection, self.mandate, [place]):
                yield from self._step(row, gap, has=False)

    def _step(self, row: Row, gap: Stretch, *, has: bool) -> Iterator[None]:
        before, self.reached = self.reached, self.reached.grown(gap, Place(row.at, row.id))
        if not has:
            self._write(row, before)
            yield

    def _write(self, row: Row, before: Reached) -> None:
        """Write what the caller may read of a row."""
        least, mine = self.mandate.least(row.scope), self.brought.get(row.id)
        if least is None:
            return
        part = grants.visible(row.state, least)
        earlier = mine.earlier if mine else None
        theirs = grants.visible(earlier, least) if earlier else None
        if theirs:
            # What stood here before the laptop's save came beside it: alone, so that the laptop can merge the two wordings.
            self.writer.record(theirs, before.pack())
        if self.mandate.relays and row.kind == "mentorship":
            scopes = holdings.vouched(self.connection, self.mandate.office, row.id)
            self.writer.message(Vouches(((row.id, tuple(sorted(scopes))),)))
        if part:
            self.writer.record(part, self.reached.pack())
            self.sent += 1

    def _brought(self, place: Place) -> bool:
        """Whether the laptop brought just now what stands at that place, and nobody else wrote since it last had it."""
        mine = self.brought.get(place.id)
        # What was written after the laptop's change, while it was being answered, is no change of the laptop's.
        if mine is None or mine.verdict is not Verdict.kept or mine.seq != place.seq:
            return False
        if {mine.id, mine.scope} & self.departed:
            return False
        since = min((grant.seq for grant in self.mandate.of(mine.scope)), default=0)
        return mine.before is None or self._had.covers(Place(max(mine.before, since), mine.id))

    def _has(self, row: Row) -> bool:
        """Whether the laptop has this record as it is."""
        if row.known:
            return True
        return not {row.id, row.scope} & self.departed and (
            self._brought(Place(row.seq, row.id)) or self._has_sent(row)
        )

    def _has_sent(self, row: Row) -> bool:
        """Whether the laptop has this record as it is, for all of it came from there in an exchange that was cut.

        A copy of its store may go on with the same word and counters, and lack it: it finds out when the two compare.
        """
        if not self.arrived:
            return False
        print = self.arrived.get(protocol.sent_under(row.state, self.hello.replica))
        return print is not None and protocol.fingerprint(row.state) == print
