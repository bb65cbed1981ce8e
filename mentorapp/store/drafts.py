"""Words not yet saved. A draft is kept whole, whatever is in it, and found again under the record it is about."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from mentorapp.store.facts import Draft


class Drafts:
    """The part of the store that keeps what is still being written."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def keep_draft(self, id: str, *, kind: str, about: str, body: str, at: datetime) -> None:
        """Keep an editor's content as it is, instead of what was kept of it before."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "kind = excluded.kind, about = excluded.about, body = excluded.body, kept_at = excluded.kept_at",
                (id, kind, about, body, at.isoformat()),
            )

    def drafts(self) -> list[Draft]:
        """Everything still being written, the latest first."""
        rows = self.connection.execute("SELECT id, kind, about, body, kept_at FROM draft ORDER BY kept_at DESC")
        return [Draft(*row) for row in rows]

    def draft(self, id: str) -> Draft | None:
        """The draft of that id, if there is one."""
        row = self.connection.execute("SELECT id, kind, about, body, kept_at FROM draft WHERE id = ?", (id,)).fetchone()
        return Draft(*row) if row else None

    def drop_draft(self, id: str) -> None:
        """What was written is saved, or given up on purpose: the draft may go."""
        with self.transaction():
            self.connection.execute("DELETE FROM draft WHERE id = ?", (id,))
