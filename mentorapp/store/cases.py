"""What a coordinator is asked to decide about: changes that others made outside their own scopes, as the server holds them.

They are no records of this store: nothing here shows, searches, exports or joins them. A decision waits here until the server knows it.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from mentorapp.store.tables import moment


class Case(NamedTuple):
    """A change that the server holds: of which record, whose, why (a code), since when; `body` is what of it may be read here, packed.

    `accept` is what was decided on this laptop and not told to the server yet, None if nothing was.
    """

    digest: bytes
    id: str
    kind: str
    scope: str
    reason: str
    by: str
    received: datetime
    body: bytes = b""
    accept: bool | None = None


class Cases:
    """The half of the store that keeps what waits for a decision."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def keep_cases(self, cases: Iterable[tuple[bytes, str, str, str, str, str, int, bytes]]) -> None:
        """Take in what waits for a decision; what was decided here already stays decided."""
        with self.transaction():
            self.connection.executemany(
                "INSERT OR IGNORE INTO held_case (digest, id, kind, scope, reason, by, received, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                list(cases),
            )

    def drop_cases(self, digests: Iterable[bytes] | None = None) -> None:
        """These wait no more (all of them, if none are named)."""
        with self.transaction():
            if digests is None:
                self.connection.execute("DELETE FROM held_case")
            else:
                self.connection.executemany("DELETE FROM held_case WHERE digest = ?", [(one,) for one in digests])

    def decide_case(self, digest: bytes, *, accept: bool | None) -> None:
        """Decide that it goes in or stays out, to be told at the next exchange; None takes the decision back."""
        with self.transaction():
            self.connection.execute("UPDATE held_case SET accept = ? WHERE digest = ?", (accept, digest))

    def cases(self) -> list[Case]:
        """What waits for a decision, or was decided and waits to be told, oldest first."""
        rows = self.connection.execute(
            "SELECT digest, id, kind, scope, reason, by, received, body, accept FROM held_case ORDER BY received, digest"
        )
        return [
            Case(digest, id, kind, scope, reason, by, moment(received), body, None if accept is None else bool(accept))
            for digest, id, kind, scope, reason, by, received, body, accept in rows.fetchall()
        ]
