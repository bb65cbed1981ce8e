"""Small facts that a store keeps about itself, by name: who works here, what it is called to others, what was said last."""

from contextlib import AbstractContextManager
from typing import Any


class Remembering:
    """The part of the store that keeps small facts."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def recall_bytes(self, name: str) -> bytes:
        """A remembered fact, empty if there is none."""
        row = self.connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def remember_bytes(self, name: str, value: bytes) -> None:
        """Keep a fact, instead of what it was before."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )

    def recall(self, name: str, default: str = "") -> str:
        """A remembered fact as text."""
        return self.recall_bytes(name).decode() or default

    def remember(self, **facts: str) -> None:
        """Keep facts as text, all or none."""
        with self.transaction():
            for name, value in facts.items():
                self.remember_bytes(name, value.encode())
