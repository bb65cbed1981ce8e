"""Comparing what is here with what the server holds, and exchanging just the difference: by scope, by bucket, by record.

Begun where the server is another ledger than before (it was restored from a backup), or where the digests differ though neither
side knows of anything to send. Each step is one exchange, noted in the store before the next, so that a cut or a kill repeats at
most one. Nothing is thrown away by it: what the server has otherwise is joined, what it lacks is offered again.
"""

from datetime import datetime
from typing import Any

import msgspec

from mentorapp.store import Store
from mentorapp.store.comparing import Sum
from sync import protocol, wire
from sync.client.link import linked
from sync.client.pacing import Pace
from sync.client.releasing import to_release
from sync.client.words import failure
from sync.protocol import Differs, Dropped, Listing, Summary, Wanted

_A_SCOPE, _A_RECORD, _A_BUCKET = 30, 26, 24
"""About how many bytes each takes on the line: digests and ids do not compress."""

_PLAN = "sync_comparing"
_TRIED = "sync_compared"

Part = tuple[str, int, int]
"""(scope, bits, bucket): one part of a scope that holds something else at the server."""


class Plan(msgspec.Struct, array_like=True, frozen=True):
    """How far a comparison is. `cursor`: where this laptop stands once it is through; `after`: the scopes up to here are compared."""

    cursor: bytes = b""
    after: str = ""
    scoped: bool = False
    parts: tuple[Part, ...] = ()
    everything: bool = False
    """Whether what may stay here no longer is compared as well: a ledger that was restored may have lost it."""


_plan = msgspec.msgpack.Decoder(Plan)


def underway(store: Store) -> Plan | None:
    """The comparison in hand, if there is one."""
    noted = store.recall_bytes(_PLAN)
    return _plan.decode(noted) if noted else None


def begin(store: Store, *, everything: bool = False) -> None:
    """Compare what is here, from the next exchange on; `everything`: what may stay here no longer too, before it is let go of."""
    _note(store, Plan(everything=everything))


def end(store: Store) -> None:
    """Compare no more: this server cannot."""
    _note(store, None)


def _note(store: Store, plan: Plan | None) -> None:
    store.remember_bytes(_PLAN, msgspec.msgpack.encode(plan) if plan else b"")


# --- what is here -----------------------------------------------------------------------------------------------------


def refresh_some(store: Store, most: int = 200) -> bool:
    """Take some fingerprints that are lacking, so that whoever waits for the store waits for no more; whether more may lack."""
    prints = [(state.id, protocol.fingerprint(state)) for state in store.unprinted(most)]
    store.note_prints(prints)
    return len(prints) == most


def _refresh(store: Store) -> None:
    store.note_prints((state.id, protocol.fingerprint(state)) for state in store.unprinted())


def _whose(store: Store, scope: str) -> str:
    """A scope as the server names it: what is private without saying whose is its owner's."""
    link = linked(store)
    return f"private/{link.person}" if scope == "private/" and link else scope


def holdings(store: Store, *, everything: bool = False) -> dict[str, Sum]:
    """What this laptop holds and may hold of each scope that a server knows; `everything`: what it may hold no longer too."""
    _refresh(store)
    gone, records = _excluded(store, everything=everything)
    found: dict[str, Sum] = {}
    for scope, one in store.sums().items():
        if scope and scope not in gone:
            known = found.get(_whose(store, scope), Sum(0, 0))
            found[_whose(store, scope)] = Sum((known.digest + one.digest) % 2**64, known.number + one.number)
    if records:
        for scope in found:
            kept = _prints(store, scope, everything=everything)
            found[scope] = Sum(protocol.summed(one for _, one in kept), len(kept))
    return {scope: one for scope, one in found.items() if one.number}


def _excluded(store: Store, *, everything: bool) -> tuple[set[str], set[str]]:
    return (set(), set()) if everything else to_release(store)


def _prints(store: Store, scope: str, *, everything: bool) -> list[tuple[str, int]]:
    """The records of a scope with their fingerprints, but for those that may stay no longer."""
    _, gone = _excluded(store, everything=everything)
    aliases = {scope, "private/"} if _whose(store, "private/") == scope else {scope}
    return [(id, one) for alias in sorted(aliases) for id, one in store.prints(alias) if id not in gone]


def total(store: Store) -> Sum:
    """The digest and the number of all that this laptop may hold."""
    found = holdings(store).values()
    return Sum(protocol.summed(one.digest for one in found), sum(one.number for one in found))


def differs(store: Store, digest: bytes) -> bool:
    """Whether to compare because of this digest: once for each pair of digests, for what a comparison cannot mend stays as it is.

    What is set aside makes them differ rightly; something else may be lost beside it all the same.
    """
    here = total(store).digest.to_bytes(8)
    if here == digest or store.pending_count():
        return False
    tried = here + digest
    if store.recall_bytes(_TRIED) == tried:
        return False
    store.remember_bytes(_TRIED, tried)
    return True


# --- asking -----------------------------------------------------------------------------------------------------------


def question(store: Store, plan: Plan, pace: Pace) -> Summary | Listing:
    """What to ask next: about scopes until all are compared in part, then about the records of what differs."""
    if plan.parts:
        return _listing(store, plan, pace.up)
    found = holdings(store, everything=plan.everything)
    rest = sorted(scope for scope in found if scope > plan.after)
    most = max(50, pace.up // _A_SCOPE)
    asked = rest[:most]
    upto = asked[-1] if len(rest) > most else ""
    return Summary(plan.after, upto, tuple((scope, found[scope].digest.to_bytes(8)) for scope in asked))


def _listing(store: Store, plan: Plan, most: int) -> Listing:
    _refresh(store)
    by_bucket: dict[Part, list[tuple[str, int]]] = {}
    for scope, bits in dict.fromkeys((scope, bits) for scope, bits, _ in plan.parts):
        for id, one in _prints(store, scope, everything=plan.everything):
            by_bucket.setdefault((scope, bits, protocol.bucket(id, bits)), []).append((id, one))
    chosen: list[tuple[str, int, int, tuple[Any, ...], bytes]] = []
    size = 0
    for part in plan.parts:
        records = by_bucket.get(part, [])
        size += _A_BUCKET + _A_RECORD * len(records)
        if chosen and size > most:
            break
        ids = tuple(wire.slim_id(id) for id, _ in records)
        chosen.append((*part, ids, b"".join(one.to_bytes(8) for _, one in records)))
    return Listing(tuple(chosen))


# --- being answered ---------------------------------------------------------------------------------------------------


def answered(
    store: Store, asked: Summary | Listing | None, said: Differs | Wanted, epoch: bytes, everything: bool
) -> list[str]:
    """Take in what a question of a comparison brought; gives the ids of what is offered again.

    What was asked of a ledger (`epoch`) that has become another by its answer is answered no more, nor is what was asked when less was
    compared: the comparison began anew.
    """
    plan = underway(store)
    if store.recall_bytes("sync_epoch") != epoch or (plan and plan.everything != everything):
        return []
    if isinstance(said, Differs) and isinstance(asked, Summary):
        narrowed(store, asked, said)
    return told(store, said) if isinstance(said, Wanted) and isinstance(asked, Listing) else []


def taken_back(store: Store, said: Dropped, *, asked: bool) -> None:
    """A ledger that was `asked` what differs takes something back: it may lack what lies there, so it stays until that is compared too."""
    scopes, records = to_release(store)
    if asked and any(store.unreleased(set(said.scopes) - scopes, set(said.records) - records)):
        store.doubt_all()
        begin(store, everything=True)


def narrowed(store: Store, asked: Summary, said: Differs) -> None:
    """Note which buckets of which scopes hold something else. Raises SyncError if the answer is no answer to that question."""
    plan = underway(store) or Plan()
    if said.upto and not asked.after < said.upto:
        raise failure("not_understood")
    _refresh(store)
    parts = list(plan.parts)
    for scope, bits, theirs in said.parts:
        if not 0 <= bits <= protocol.MOST_BITS or len(theirs) != 8 * 2**bits:
            raise failure("not_understood")
        ours = protocol.sums(_prints(store, scope, everything=plan.everything), bits)
        parts += [
            (scope, bits, at) for at in range(2**bits) if ours[8 * at : 8 * at + 8] != theirs[8 * at : 8 * at + 8]
        ]
    after = said.upto or asked.upto
    _note(store, msgspec.structs.replace(plan, after=after, scoped=not after, parts=tuple(parts)))


def told(store: Store, said: Wanted) -> list[str]:
    """Offer again what the server lacks; gives their ids. Raises SyncError if the answer answers nothing."""
    plan = underway(store) or Plan()
    if not 0 < said.upto <= len(plan.parts):
        raise failure("not_understood")
    try:
        ids = [wire.full_id(one) for one in said.ids]
    except ValueError as reason:
        raise failure("not_understood") from reason
    # What is set aside was answered for: it waits for a decision as it was sent, and for nothing else.
    aside = {one.id for one in store.put_aside()}
    ids = [id for id in ids if id not in aside]
    store.reoffer(ids)
    if said.receipt:
        store.remember_bytes("receipt", said.receipt.hex().encode())
    _note(store, msgspec.structs.replace(plan, parts=plan.parts[said.upto :]))
    return ids


def step(store: Store, cursor: bytes, at: datetime) -> None:
    """One exchange of a comparison ended; after the last, this laptop stands where the server stood at the first."""
    plan = underway(store)
    if plan is None:
        return
    if not plan.cursor:
        plan = msgspec.structs.replace(plan, cursor=cursor)
    if plan.scoped and not plan.parts:
        store.remember_bytes("cursor", plan.cursor)
        store.trust_rest(at)
        _note(store, None)
    else:
        _note(store, plan)
