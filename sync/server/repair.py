"""The server's side of comparing: which scopes, buckets and records a laptop holds otherwise than the ledger does.

What a caller may not read is here as if it did not exist: neither digests, nor records, nor what is wanted of a laptop differ by it.
Reads only; see `sync.client.repair` for the steps.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from mentorapp.registers import State, unpack
from sync import protocol, wire
from sync.protocol import BROKEN, Differs, Listing, ProtocolError, Summary
from sync.server import grants, reading, tables
from sync.server.grants import Mandate

_IN_A_BUCKET = 16
"""About how many records a bucket holds: a sum costs 8 bytes, a record listed 24."""


class Held(NamedTuple):
    """A record as the caller may read it, with its fingerprint."""

    state: State
    print: int


def checked(said: Summary | Listing) -> None:
    """Raise ProtocolError unless this is a question that can be answered."""
    if isinstance(said, Summary):
        well = len(said.scopes) <= protocol.MOST_COMPARED and all(len(digest) == 8 for _, digest in said.scopes)
    else:
        well = sum(len(ids) for *_, ids, _ in said.parts) + len(said.parts) <= protocol.MOST_COMPARED and all(
            0 <= bits <= protocol.MOST_BITS and 0 <= at < 2**bits and len(prints) == 8 * len(ids)
            for _, bits, at, ids, prints in said.parts
        )
    if not well:
        raise ProtocolError("bad_comparison")


def differing(connection: Connection, mandate: Mandate, said: Summary, cap: int) -> Differs:
    """The scopes of which the caller holds something else, in their order, as far as the cap allows; at least one."""
    theirs = {scope: int.from_bytes(digest) for scope, digest in said.scopes}
    ours = {scope: one for scope, one in reading.tallies(connection, mandate).items() if _asked(said, scope)}
    parts: list[tuple[str, int, bytes]] = []
    size = 0
    for scope in sorted(ours.keys() | theirs.keys()):
        digest, number = ours.get(scope, (0, 0))
        if digest == theirs.get(scope, 0) and (scope in theirs) == (number > 0):
            continue
        if size > cap:
            return Differs(parts[-1][0], tuple(parts))
        bits = min(protocol.MOST_BITS, (number // _IN_A_BUCKET).bit_length())
        records = [(held.state.id, held.print) for held in _records(connection, mandate, scope)]
        parts.append((scope, bits, protocol.sums(records, bits)))
        size += len(parts[-1][2]) + len(scope)
    return Differs("", tuple(parts))


def _asked(said: Summary, scope: str) -> bool:
    return said.after < scope and (not said.upto or scope <= said.upto)


def _records(connection: Connection, mandate: Mandate, scope: str) -> Iterator[Held]:
    """What the caller may read of a scope."""
    table, least = tables.record, mandate.least(scope)
    if least is None:
        return
    query = select(table.c.kind, table.c.id, table.c.state).where(
        table.c.office == mandate.office, table.c.family == grants.family(scope), table.c.scope == scope
    )
    for row in connection.execute(query.execution_options(yield_per=500)):
        part = grants.visible(unpack(row.kind, row.id, row.state), least)
        if part:
            yield Held(part, protocol.fingerprint(part, least))


class Found(NamedTuple):
    """What one bucket came to: the records that the laptop lacks or has otherwise, and the ids of those that the server does."""

    given: list[State]
    wanted: list[str]


def compared(connection: Connection, mandate: Mandate, said: Listing) -> Iterator[Found]:
    """Each bucket listed, in its order."""
    scope, bits = "", -1
    buckets: dict[int, dict[str, Held]] = {}
    for name, parts, at, ids, prints in said.parts:
        if (name, parts) != (scope, bits):
            scope, bits, buckets = name, parts, {}
            for held in _records(connection, mandate, scope):
                buckets.setdefault(protocol.bucket(held.state.id, bits), {})[held.state.id] = held
        try:
            listed = [wire.full_id(id) for id in ids]
        except BROKEN as reason:
            raise ProtocolError("bad_comparison") from reason
        theirs = dict(zip(listed, (int.from_bytes(prints[i : i + 8]) for i in range(0, len(prints), 8)), strict=True))
        ours = buckets.get(at, {})
        ours |= _elsewhere(connection, mandate, theirs.keys() - ours.keys())
        otherwise = [id for id in theirs if id not in ours or ours[id].print != theirs[id]]
        given = [held.state for id, held in ours.items() if theirs.get(id) != held.print]
        yield Found(given, otherwise)


def _elsewhere(connection: Connection, mandate: Mandate, ids: set[str]) -> dict[str, Held]:
    """Of these records those that lie in another scope that the caller reads: the two may not agree where a record belongs."""
    table, wanted, found = tables.record, sorted(ids), dict[str, Held]()
    for first in range(0, len(wanted), 500):
        query = select(table).where(table.c.office == mandate.office, table.c.id.in_(wanted[first : first + 500]))
        for row in connection.execute(query):
            least = mandate.least(row.scope)
            part = grants.visible(unpack(row.kind, row.id, row.state), least) if least is not None else None
            if part and least is not None:
                found[row.id] = Held(part, protocol.fingerprint(part, least))
    return found
