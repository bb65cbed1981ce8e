"""What leaves the store and what enters it: `collect` before the line is open, `take` for each frame that arrives.

No network, no threads. Between any two calls the program may be killed: what was sent stays in the outbox until the server has said that
it committed just that, and each frame is taken in whole or not at all, so that a repeat is always right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes

import msgspec

from mentorapp import __version__
from mentorapp.registers import State
from mentorapp.store import Ack, Changed, Pending, Refusal, Store
from sync import protocol, wire
from sync.checks import problem_of
from sync.client import braking, ledgers, releasing, repair
from sync.client.link import Link, linked
from sync.client.pacing import Pace
from sync.client.words import Braked, failure
from sync.protocol import (
    Changes,
    Decide,
    Decided,
    Differs,
    Done,
    Dropped,
    Held,
    Hello,
    Listing,
    Message,
    Outcomes,
    Summary,
    Verdict,
    Wanted,
    Welcome,
)

_RATIO = 3
"""About how many bytes of a record one on the line carries; what is chosen by it is only how much goes at once."""

_MOST_RECORDS = 1000


@dataclass(frozen=True)
class Batch:
    """What one request carries. `pack` needs no store: the compression runs where the network is waited for."""

    link: Link
    hello: Hello
    states: tuple[State, ...]
    sent: tuple[Ack, ...]
    at: datetime
    asked: tuple[Pending, ...] = ()
    """What was sent before and never answered for. While the server is asked what of it arrived, nothing is sent."""
    decisions: tuple[tuple[bytes, bool], ...] = ()
    comparing: Summary | Listing | None = None
    everything: bool = False
    """What the two are compared by, and whether what may stay here no longer is too. Meanwhile nothing else is sent."""
    carried: bool = False
    """Whether it goes through a file: the answer may come much later, or never, and others may come between."""
    known_partial: frozenset[str] = frozenset()

    @property
    def partial(self) -> frozenset[str]:
        """The records of which it does not say in which scope they are."""
        return self.known_partial | {state.id for state in self.states if "scope" not in state.registers}

    def pack(self, quality: int = 11) -> bytes:
        """The request's body."""
        return b"".join(piece.some for piece in self.pieces(quality))

    def pieces(self, quality: int = 11) -> Iterator[wire.Piece]:
        """The same as it is made, frame by frame."""
        writer = wire.FrameWriter(quality=quality)
        for message in (self.hello, self.comparing, Decide(self.decisions) if self.decisions else None):
            if message:
                writer.message(message)
        for state in self.states:
            writer.record(state)
            if some := writer.taken():
                yield wire.Piece(some)
        yield wire.Piece(writer.finish(), last=True)


@dataclass(frozen=True)
class Applied:
    """What became of an exchange so far: what changed here, what is safe there, what was not taken, whether there is more."""

    changed: Changed = field(default_factory=Changed)
    safe: int = 0
    received: int = 0
    refused: int = 0
    held: int = 0
    again: int = 0
    more: bool = False
    done: bool = False
    forked: bool = False
    receipt: str = ""

    def __or__(self, other: "Applied") -> "Applied":
        return Applied(
            self.changed | other.changed,
            self.safe + other.safe,
            self.received + other.received,
            self.refused + other.refused,
            self.held + other.held,
            self.again + other.again,
            other.more if other.done else self.more,
            self.done or other.done,
            self.forked or other.forked,
            other.receipt or self.receipt,
        )


# --- before -----------------------------------------------------------------------------------------------------------


def collect(store: Store, *, at: datetime, pace: Pace | None = None) -> Batch:
    """What to send now: the oldest saves that nobody confirmed, as many as the pace allows. Raises SyncError if unlinked.

    After an exchange that broke, nothing yet: first the question what arrived, unless it is less than a frame. While this laptop and
    the server are being compared, the next question of that.

    What the server would refuse by its shape is set aside at once, with the reason.
    """
    link = linked(store)
    if link is None:
        raise failure("no_server")
    pace = pace or Pace()
    plan = repair.underway(store)
    if plan:
        with store.transaction():
            asked = repair.question(store, plan, pace)
            return Batch(link, _hello(store, pace, at, sending=False), (), (), at, (), (), asked, plan.everything)
    unanswered = store.unanswered()
    if sum(one.size for one in unanswered) > wire.FRAME:
        return _question(store, link, pace, at, unanswered)
    with store.transaction():
        good: list[Pending] = []  # Where all of what comes first is set aside, what comes after it goes.
        while not good and (pending := store.pending(most_records=_MOST_RECORDS, most_bytes=pace.up * _RATIO)):
            good = sendable(store, pending, at=at)
        decided = decisions(store)
        hello = _hello(store, pace, at, sending=bool(good or decided))
    sent = tuple(Ack(one.state.id, one.counter) for one in good)
    return Batch(link, hello, tuple(one.state for one in good), sent, at, decisions=decided)


def sendable(store: Store, pending: list[Pending], *, at: datetime) -> list[Pending]:
    """What of this may leave, marked as sent; what the server would refuse by its shape is set aside, with the reason."""
    reasons = {one.state.id: problem_of(one.state) for one in pending}
    bad = [Refusal(one.state.id, one.counter, reasons[one.state.id], False) for one in pending if reasons[one.state.id]]
    store.set_aside(bad, at=at)
    good = [one for one in pending if not reasons[one.state.id]]
    store.mark_sent([one.state.id for one in good], at)
    return good


def decisions(store: Store) -> tuple[tuple[bytes, bool], ...]:
    """What a coordinator decided here and the server was not told, or has not said that it was."""
    return tuple((one.digest, one.accept) for one in store.cases() if one.accept is not None)


def _question(store: Store, link: Link, pace: Pace, at: datetime, unanswered: list[Pending]) -> Batch:
    """Which of these arrived? Those beyond what one question may name are asked about by the next."""
    counters = protocol.ranges(one.counter for one in unanswered)[: protocol.MOST_ASKED]
    asked = tuple(one for one in unanswered if protocol.within(counters, one.counter))
    with store.transaction():
        hello = _hello(store, pace, at, sending=False)
    return Batch(link, msgspec.structs.replace(hello, ask=counters), (), (), at, asked)


def _hello(store: Store, pace: Pace, at: datetime, *, sending: bool) -> Hello:
    known, chosen = store.recall_bytes("sync_prev"), store.recall_bytes("sync_next")
    if not chosen:
        # A store that was copied knows this word too and will choose another next: the server sees two where one was.
        chosen = token_bytes(8) if sending or not known else known
        store.remember_bytes("sync_next", chosen)
    epoch, cursor = store.recall_bytes("sync_epoch"), store.recall_bytes("cursor")
    mine = (__version__, store.replica, epoch, cursor, pace.down, known, chosen, int(at.timestamp()))
    return Hello(protocol.SPOKEN, *mine, rate=pace.rate)


# --- after ------------------------------------------------------------------------------------------------------------


def apply(store: Store, batch: Batch, frames: list[list[Message]], *, at: datetime) -> Applied:
    """Take in all the frames of an answer that is here as a whole."""
    applied = Applied()
    for frame in frames:
        applied |= take(store, batch, frame, at=at)
    return applied


def take_all(store: Store, batch: Batch, frames: list[list[Message]], *, at: datetime) -> Applied:
    """Take in several frames that are here, with one commit, which costs as much for many as for one. Raises Braked as `take` does."""
    if len(frames) == 1:
        return take(store, batch, frames[0], at=at)
    try:
        with store.transaction():
            return apply(store, batch, frames, at=at)
    except Braked:
        return apply(store, batch, frames, at=at)  # One by one, so that those before the one that stops it are kept.


def take(store: Store, batch: Batch, frame: list[Message], *, at: datetime) -> Applied:
    """Take in one frame of an answer, whole or not at all. Raises Braked if it would take too much out of sight.

    After that, nothing more of this answer may be taken in: the next frame begins where this one would have ended.
    """
    try:
        return _all(store, batch, frame, at)
    except Braked as stop:
        # Nothing of what it brought is taken. That the server has what was sent is true all the same.
        stop.safe = _all(store, batch, [one for one in frame if isinstance(one, Outcomes)], at).safe
        store.remember(sync_brake=f"{stop.values['hidden']} {stop.values['of']}")
        raise


def _all(store: Store, batch: Batch, frame: list[Message], at: datetime) -> Applied:
    applied = Applied()
    with store.transaction():
        # What was pushed is answered before a new epoch puts everything back into the outbox: see _welcomed.
        for message in sorted(frame, key=lambda one: not isinstance(one, Outcomes)):
            applied |= _one(store, batch, message, at)
    return applied


def _one(store: Store, batch: Batch, message: Message, at: datetime) -> Applied:
    if isinstance(message, Welcome):
        return _welcomed(store, batch, message, at)
    if isinstance(message, Outcomes):
        return _answered(store, batch, message, at)
    if isinstance(message, Changes):
        states = list(wire.arrivals(message))
        braking.brake(store, states, batch.link.known_as)
        releasing.given_again(store, states)
        cursor, printed = message.cursor or None, protocol.fingerprint
        return Applied(store.absorb(states, at=at, cursor=cursor, printed=printed), received=len(states))
    if isinstance(message, Dropped):
        repair.taken_back(store, message, asked=batch.comparing is not None and not batch.everything)
        return Applied(releasing.dropped(store, message))
    if isinstance(message, Held):
        store.keep_cases(msgspec.structs.astuple(one) for one in message.cases)
        store.drop_cases(message.gone)
        return Applied(Changed(frozenset(("sync",))))
    if isinstance(message, Decided):
        return _decided(store, message, at)
    if isinstance(message, Differs | Wanted):
        return Applied(again=len(repair.answered(store, batch.comparing, message, batch.hello.epoch, batch.everything)))
    return _finished(store, batch, message, at) if isinstance(message, Done) else Applied()


def _welcomed(store: Store, batch: Batch, welcome: Welcome, at: datetime) -> Applied:
    store.remember(sync_server=welcome.server, sync_version=str(welcome.version))
    if not batch.carried:
        _compare_clocks(store, batch, welcome, at)
    if welcome.forked:
        # Another store writes under this one's name. What nobody confirmed is saved anew under a fresh name: both survive.
        store.new_replica(at)
        store.remember_bytes("sync_prev", b"")
        store.remember_bytes("sync_next", b"")
        return Applied(forked=True, more=True)
    arrived = _arrived(store, batch, welcome, at) if batch.asked else Applied()
    known = store.recall_bytes("sync_epoch")
    if known != welcome.epoch:
        if known:
            ledgers.turned(store, known, welcome.epoch, batch.hello.next)
            arrived |= Applied(again=_begin_anew(store, welcome, batch.carried))
        store.remember_bytes("sync_epoch", welcome.epoch)
    return arrived


def _compare_clocks(store: Store, batch: Batch, welcome: Welcome, at: datetime) -> None:
    middle = (batch.at.timestamp() + at.timestamp()) / 2
    offset, doubt = timedelta(seconds=welcome.now - middle), (at - batch.at) / 2
    store.remember(
        sync_offset=str(round(offset.total_seconds())),
        sync_offset_doubt=str(round(doubt.total_seconds())),
        sync_offset_at=at.isoformat(),
    )
    store.compare_clocks(at, offset=offset, doubt=doubt)


def _begin_anew(store: Store, welcome: Welcome, carried: bool) -> int:
    """The server is another ledger, restored perhaps. Gives how many records go now: all, where comparing would take many journeys."""
    store.remember_bytes("cursor", b"")
    store.drop_cases()
    store.doubt_files()
    store.retry_set_aside()  # Nothing waits there, whatever waited elsewhere.
    if welcome.version >= protocol.COMPARING and not carried:
        store.doubt_all()
        repair.begin(store, everything=True)
    else:
        repair.end(store)
        store.reoffer(None)
    return store.pending_count()


def _arrived(store: Store, batch: Batch, welcome: Welcome, at: datetime) -> Applied:
    """What of the unanswered is safe after all; the rest is sent again."""
    here = [one for one in batch.asked if protocol.within(welcome.arrived, one.counter)]
    proof = protocol.summed(protocol.fingerprint(one.state) for one in here).to_bytes(8)
    if not here or proof != welcome.proof:
        here = []  # Not as it was sent from here: a copy of this store used the same counters. All of it is sent again.
    receipt = welcome.receipt.hex() if here else ""
    acks = [Ack(one.state.id, one.counter) for one in here]
    changed = store.acknowledge(acks, at=at, receipt=receipt)
    store.unsend(one.state.id for one in batch.asked)
    return Applied(changed, len(acks), receipt=receipt)


def _answered(store: Store, batch: Batch, outcomes: Outcomes, at: datetime) -> Applied:
    others = {place: (verdict, reason) for place, verdict, reason in outcomes.others}
    acks, refusals, again, ours = [], [], [], []
    partial = batch.partial
    for place, ack in enumerate(batch.sent[: outcomes.upto]):
        verdict, reason = others.get(place, (Verdict.kept, ""))
        if verdict in (Verdict.kept, Verdict.merged):
            acks.append(ack)
            ours += [ack.id] if reason != "outside" else []
        elif reason == "incomplete" and ack.id in partial and _can_be_whole(store, ack.id):
            again.append(ack.id)
        else:
            refusals.append(Refusal(ack.id, ack.counter, reason, verdict is Verdict.held))
    receipt = outcomes.receipt.hex()
    changed = store.acknowledge(acks, at=at, receipt=receipt) | store.set_aside(refusals, at=at)
    releasing.taken_again(store, ours)
    store.reoffer(again)
    held = sum(one.held for one in refusals)
    return Applied(changed, len(acks), 0, len(refusals) - held, held, len(again), receipt=receipt)


def _decided(store: Store, message: Decided, at: datetime) -> Applied:
    """What a coordinator decided about what is set aside here, if it is still what was sent."""
    acks, refusals = [], []
    for id, print, accepted in message.told:
        held = store.set_aside_as_sent(id)
        if held is None or protocol.fingerprint(held.state).to_bytes(8) != print:
            continue
        if accepted:
            acks.append(Ack(id, held.counter))
        else:
            refusals.append(Refusal(id, held.counter, "declined", False))
    receipt = message.receipt.hex()
    changed = store.acknowledge(acks, at=at, receipt=receipt if acks else "") | store.set_aside(refusals, at=at)
    return Applied(changed, safe=len(acks), refused=len(refusals), receipt=receipt if acks else "")


def _can_be_whole(store: Store, id: str) -> bool:
    state = store.state(id)
    return state is not None and "scope" in state.registers


def _finished(store: Store, batch: Batch, done: Done, at: datetime) -> Applied:
    if not batch.carried and store.recall_bytes("sync_next") == batch.hello.next:
        store.remember_bytes("sync_prev", batch.hello.next)
        store.remember_bytes("sync_next", b"")
    store.remember(sync_count=str(done.count))
    if batch.comparing or repair.underway(store):
        # Where this laptop stands is known once the two are compared.
        store.remember_bytes("sync_digest", b"")
        if batch.comparing:
            repair.step(store, done.cursor, at)
        return Applied(more=True, done=True)
    store.remember_bytes("cursor", done.cursor)
    store.remember_bytes("sync_digest", b"" if done.more else done.digest)
    if not done.more:
        store.caught_up()
        store.remember(sync_voiding="", sync_brake="", sync_voiding_allowed="")
    applied = Applied(releasing.released(store), more=done.more, done=True)
    if not done.more and _compares(store) and repair.differs(store, done.digest):
        repair.begin(store)
        return applied | Applied(more=True, done=True)
    return applied


def moves_files(store: Store) -> bool:
    """Whether the server takes and gives the contents of files."""
    return _compares(store)  # since the same version


def _compares(store: Store) -> bool:
    """Whether the server compares by digests."""
    return int(store.recall("sync_version", "0")) >= protocol.COMPARING


# --- agreement --------------------------------------------------------------------------------------------------------


def agreement(store: Store) -> tuple[bool, int] | None:
    """Whether the server and this laptop hold the same, and how many records; None while one has what the other lacks."""
    digest = store.recall_bytes("sync_digest")
    if not digest or store.pending_count() or store.put_aside():
        return None
    with store.transaction():
        here = repair.total(store)
    return here.digest == int.from_bytes(digest), here.number
