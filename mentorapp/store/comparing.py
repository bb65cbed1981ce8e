"""What the store holds, summed up, so that it can be compared with what a server holds without reading all of it.

A record's fingerprint is taken by whoever compares (the store does not know how) and kept beside the record until the record changes.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from mentorapp import registers
from mentorapp.registers import State

_HALF, _WHOLE = 2**63, 2**64


class Sum(NamedTuple):
    """The fingerprints of some records added up, modulo 2^64, and how many records have one."""

    digest: int
    number: int


def kept(print: int) -> int:
    """A fingerprint as the store keeps it: its whole numbers have a sign."""
    return print - _WHOLE if print >= _HALF else print


class Comparing:
    """The half of the store that says what it holds by fingerprints of 64 bits; 0 is no fingerprint: nobody else may read it."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def unprinted(self, most: int = -1) -> Iterator[State]:
        """The records that changed since their fingerprint was taken, whole; at most so many of them, if a number is given."""
        sql = "SELECT kind, id, body FROM registers WHERE print IS NULL ORDER BY seq LIMIT ?"
        for kind, id, body in self.connection.execute(sql, (most,)).fetchall():
            yield registers.unpack(kind, id, body)

    def note_prints(self, prints: Iterable[tuple[str, int]]) -> None:
        """Keep these records' fingerprints until they change."""
        rows = [(kept(one), id) for id, one in prints]
        with self.transaction():
            self.connection.executemany("UPDATE registers SET print = ? WHERE id = ?", rows)

    def sums(self) -> dict[str, Sum]:
        """For each scope in which there is anything: its records' fingerprints added up."""
        found: dict[str, list[int]] = {}
        for scope, one in self.connection.execute("SELECT scope, print FROM registers WHERE print != 0").fetchall():
            found.setdefault(scope, []).append(one)
        return {scope: Sum(sum(prints) % _WHOLE, len(prints)) for scope, prints in found.items()}

    def prints(self, scope: str) -> list[tuple[str, int]]:
        """The records of a scope with their fingerprints."""
        sql = "SELECT id, print FROM registers WHERE scope = ? AND print != 0 ORDER BY seq"
        return [(id, one % _WHOLE) for id, one in self.connection.execute(sql, (scope,)).fetchall()]

    # --- what a server has ----------------------------------------------------------------------------------------------

    def doubt_all(self) -> None:
        """Nothing is known to be safe any more, until the server has been compared with."""
        with self.transaction():
            self.connection.execute("UPDATE registers SET safe_at = NULL")

    def trust_rest(self, at: datetime) -> None:
        """The server was compared with: what is not waiting to be sent is there."""
        sql = (
            "UPDATE registers SET safe_at = ? WHERE safe_at IS NULL "
            "AND id NOT IN (SELECT id FROM outbox) AND id NOT IN (SELECT id FROM set_aside)"
        )
        with self.transaction():
            self.connection.execute(sql, (at.isoformat(),))
