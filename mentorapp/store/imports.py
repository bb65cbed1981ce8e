"""What was brought in from files: which records, in which import, and as which save of theirs. Known to this laptop only."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from mentorapp.records import BY_KIND


class ImportRun(NamedTuple):
    """One import: of which kind, from which file, when; how many records it made; when it was taken back, if it was."""

    id: str
    kind: str
    file: str
    at: str
    made: int
    undone: str | None


class Imported(NamedTuple):
    """A record that an import made, by its id and kind, and the save in which it did."""

    id: str
    kind: str
    replica: bytes
    counter: int


class Imports:
    """The part of the store that knows what was imported."""

    connection: Any
    replica: bytes

    @property
    def counter(self) -> int:
        """How many saves this replica has made; see the store."""
        raise NotImplementedError

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def begin_import(self, id: str, *, kind: str, file: str, at: str) -> None:
        """An import begins."""
        with self.transaction():
            self.connection.execute("INSERT INTO import_run VALUES (?, ?, ?, ?, NULL)", (id, kind, file, at))

    def note_imported(self, run: str, id: str, kind: str, digest: bytes) -> None:
        """The save just made is the import's: what changes in this record later is somebody's own."""
        with self.transaction():
            self.connection.execute(
                "INSERT OR REPLACE INTO imported VALUES "
                "(?, ?, ?, (SELECT count(*) FROM imported WHERE run = ?), ?, ?, ?)",
                (run, id, kind, run, self.replica, self.counter, digest),
            )

    def imports(self, limit: int = 20) -> list[ImportRun]:
        """The imports that made something, the latest first."""
        sql = (
            "SELECT r.id, r.kind, r.file, r.at, count(*), r.undone FROM import_run r JOIN imported i ON i.run = r.id "
            "GROUP BY r.id ORDER BY r.at DESC, r.id DESC LIMIT ?"
        )
        return [ImportRun(*row) for row in self.connection.execute(sql, (limit,))]

    def imported(self, run: str) -> list[Imported]:
        """What an import made, the last first."""
        sql = "SELECT id, kind, replica, counter FROM imported WHERE run = ? ORDER BY seq DESC"
        return [Imported(id, kind, bytes(replica), n) for id, kind, replica, n in self.connection.execute(sql, (run,))]

    def imported_rows(self, kind: str) -> dict[bytes, str]:
        """The fingerprint of each row that was imported and whose record is still in sight, with its id."""
        table = BY_KIND[kind].kind
        sql = (
            f"SELECT i.digest, i.id FROM imported i JOIN {table} t ON t.id = i.id "
            "WHERE i.kind = ? AND i.digest <> x'' AND t.voided = 0"
        )
        return {bytes(digest): id for digest, id in self.connection.execute(sql, (kind,))}

    def undone_import(self, run: str, *, at: str) -> None:
        """An import was taken back."""
        with self.transaction():
            self.connection.execute("UPDATE import_run SET undone = ? WHERE id = ?", (at, run))

    def referred_to(self, kinds: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> dict[str, set[str]]:
        """For each record in sight, the ids that it names: of each kind given by its table, its reference columns, its set columns."""
        found: dict[str, set[str]] = {}
        for table, single, sets in kinds:
            for column in single:
                sql = f"SELECT id, {column} FROM {table} WHERE voided = 0 AND {column} IS NOT NULL"
                for id, named in self.connection.execute(sql):
                    found.setdefault(id, set()).add(named)
            for column in sets:
                sql = f"SELECT t.id, j.value FROM {table} t JOIN json_each(t.{column}) j WHERE t.voided = 0"
                for id, named in self.connection.execute(sql):
                    found.setdefault(id, set()).add(named)
        return found
