"""The store: what is recorded, kept whole. One `save` writes row, registers, outbox, search index and history together or not at all.

Owned by one thread. It reads no clock and speaks to nobody: the moment and the author come with each call. Nothing is ever deleted.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar

import msgspec

from mentorapp import registers
from mentorapp.errors import UserError
from mentorapp.fields import Field, Merge, Visibility, fields_of
from mentorapp.i18n import N_
from mentorapp.records import BY_KIND, Record
from mentorapp.registers import Dot, Register, Sibling, Stamp, State
from mentorapp.store import database, folding, search, tables
from mentorapp.store.cases import Cases
from mentorapp.store.comparing import Comparing
from mentorapp.store.doubting import Doubting
from mentorapp.store.drafts import Drafts
from mentorapp.store.facts import Changed, Hit, Version
from mentorapp.store.imports import Imports
from mentorapp.store.incoming import Incoming
from mentorapp.store.recordings import Recordings
from mentorapp.store.remembering import Remembering
from mentorapp.store.reopening import Reopening
from mentorapp.store.shelf import Shelf

R = TypeVar("R", bound=Record)

_NOTHING = msgspec.msgpack.encode(None)


class Store(Remembering, Comparing, Cases, Doubting, Incoming, Reopening, Drafts, Imports, Shelf, Recordings):
    """The opened encrypted file. Every call belongs on the thread that opened it."""

    replica = b""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open, or make, the store at `path`. Raises UserError if it cannot be opened."""
        self.path = path
        self.connection: Any = database.open_database(path, key)
        self.replica = self._identity()
        self._come_to_life()

    def close(self) -> None:
        """Let go of the file; everything saved is already on the disk."""
        self.connection.close()

    def is_well(self) -> bool:
        """Whether the file is whole: SQLite's own check. Raises UserError, saying what to do, if it is not."""
        with database.explaining(self.path):
            verdict = self.connection.execute("PRAGMA quick_check").fetchone()[0]
        if verdict != "ok":
            raise database.damaged(self.path)
        return True

    def back_up(self, folder: Path, *, at: datetime) -> Path:
        """A whole encrypted copy in a new folder inside `folder`, with the key file that opens it; gives back that new folder."""
        with database.explaining(folder / self.path.name):
            return database.copy_with_key(self.connection, self.path, folder / f"mentor-{at:%Y%m%d-%H%M%S}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is one intention: all of it is kept, or none. Failures of the disk come as sentences."""
        name, outermost = self.replica, not self.connection.in_transaction
        try:
            with database.explaining(self.path), database.transaction(self.connection):
                yield
        except BaseException:
            if outermost:
                self.replica = name  # Whatever name was taken within was not kept.
            raise

    def _identity(self) -> bytes:
        known = self.recall_bytes("replica")
        if known and not self.recall_bytes(database.COPY):
            return known
        replica = token_bytes(8)
        with self.transaction():
            # What a restored copy holds keeps its names: whoever has it, has just that, and what superseded it knew of it.
            for name, value in (("replica", replica), (database.COPY, b""), ("sync_prev", b""), ("sync_next", b"")):
                self.remember_bytes(name, value)
        return replica

    def _come_to_life(self) -> None:
        """After an upgrade, show what an older version kept without knowing it, and find it by the words as they fold now."""
        if self.recall("shown as") == (now := f"{database.NEWEST[-1]}, folded {folding.VERSION}"):
            return
        with self.transaction():
            for (id,) in self.connection.execute("SELECT id FROM registers").fetchall():
                state = self.state(id)
                if state:
                    self._write(state, state, tables.moment(0))
            self.remember(**{"shown as": now})

    @property
    def counter(self) -> int:
        """How many saves this replica has made."""
        return int.from_bytes(self.recall_bytes("counter"), "big")

    def _next_dot(self) -> Dot:
        counter = self.counter + 1
        self.remember_bytes("counter", counter.to_bytes(8, "big"))
        return Dot(self.replica, counter)

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, record: type[R], id: str) -> R:
        """The record of that id. Raises UserError if it is not here (it may not have arrived yet)."""
        found = self.seek(record, id)
        if found is None:
            raise UserError(N_("This is not on this laptop yet. It may come with the next exchange."))
        return found

    def seek(self, record: type[R], id: str | None) -> R | None:
        """The record of that id, or None if it is not here."""
        with database.explaining(self.path):
            row = self.connection.execute(f"{tables.select(record)} WHERE id = ?", (id,)).fetchone()
        return tables.from_row(record, row) if row else None

    def find(
        self,
        record: type[R],
        where: str = "1",
        values: Iterable[Any] = (),
        *,
        order: str = "id",
        limit: int = -1,
        voided: bool = False,
    ) -> list[R]:
        """The records that an SQL condition on their columns selects, without the voided ones unless asked for."""
        alive = "" if voided else "voided = 0 AND "
        sql = f"{tables.select(record)} WHERE {alive}({where}) ORDER BY {order} LIMIT ?"
        with database.explaining(self.path):
            rows = self.connection.execute(sql, (*values, limit)).fetchall()
        return [tables.from_row(record, row) for row in rows]

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT, for counts and joins that no single record answers."""
        with database.explaining(self.path):
            return list(self.connection.execute(sql, tuple(values)))

    def search(self, typed: str, *, limit: int = 30, **which: Any) -> list[Hit]:
        """The records that hold all the typed words and are as a filter asks, newest first; `which` as `search.find` takes it."""
        with database.explaining(self.path):
            return list(search.find(self.connection, typed, limit=limit, **which))

    def state(self, id: str) -> State | None:
        """All that is known of a record."""
        row = self.connection.execute("SELECT kind, body FROM registers WHERE id = ?", (id,)).fetchone()
        return registers.unpack(row[0], id, row[1]) if row else None

    def all_states(self) -> Iterator[State]:
        """Every record's state, without what only its author may read."""
        for kind, id, body in self.connection.execute("SELECT kind, id, body FROM registers ORDER BY seq").fetchall():
            state = registers.unpack(kind, id, body)
            yield state.only(n for n, r in state.registers.items() if r.reach > Visibility.only_me)

    def versions(self, id: str, field: str) -> list[Version]:
        """The different values that stand side by side in a field, oldest first."""
        state = self.state(id)
        register = state.registers.get(field) if state else None
        if state is None or register is None:
            return []
        found = []
        for sibling in registers.versions(register, state.stamps):
            by, at, doubt, _ = state.stamps.get(sibling.dot, Stamp("", 0))
            found.append(Version(sibling.value, by, tables.moment(at), sibling.dot.replica == self.replica, doubt))
        return found

    def history(self, id: str, field: str) -> list[Version]:
        """The values of a field that were knowingly superseded, newest first."""
        sql = "SELECT value, by, at, replica, in_doubt FROM history WHERE id = ? AND field = ? ORDER BY seq DESC"
        return [
            Version(value, by, tables.moment(at), replica == self.replica, bool(doubt))
            for value, by, at, replica, doubt in self.connection.execute(sql, (id, field))
        ]

    def asking(self) -> list[tuple[str, str]]:
        """The (kind, id) of each record that stands in two versions and asks, oldest first."""
        return list(self.connection.execute("SELECT kind, id FROM registers WHERE conflicts > 0 ORDER BY +seq"))

    # --- writing ------------------------------------------------------------------------------------------------------

    def save(
        self, after: Record, *, by: str, at: datetime, before: Record | None = None, private: bool = False
    ) -> Changed:
        """Keep a record. Of one that was there, only what changed between `before` (what its editor had seen) and `after`.

        A field that somebody else's exchange changed meanwhile is not overwritten: both values stand, and ask. Of a new record that is
        `private` nothing is ever read by anybody but its author, whatever its fields are otherwise.
        Raises UserError if a value cannot be kept as it is, naming the field, or if the disk does not allow it.
        """
        after = after.at_home()
        changes = self._changes(before, after)
        refuse(after, changes)
        if not changes:
            return Changed()
        with self.transaction():
            self._assign(after.kind, after.id, changes, self._seen(before), by=by, at=at, private=private)
        return Changed(frozenset((after.kind,)), (after.id,))

    def save_all(self, records: Iterable[tuple[Record | None, Record]], *, by: str, at: datetime) -> Changed:
        """Keep several records (before, after) as one intention: all of them, or none."""
        with self.transaction():
            return Changed.all_of(self.save(after, by=by, at=at, before=before) for before, after in records)

    def settle(
        self,
        record: type[Record],
        id: str,
        field: str,
        value: Any,
        *,
        by: str,
        at: datetime,
        among: Iterable[Any] | None = None,
    ) -> Changed:
        """Choose a field's value among those that stand side by side: it supersedes them all, even if it equals the one shown.

        If it is said `among` which values it was chosen, one that arrived since stays beside it, and asks.
        """
        declared = fields_of(record)[field]
        problem = declared.problem(value)
        if problem:
            raise problem
        with self.transaction():
            seen = None if among is None else {field: self._standing(id, field, declared, among)}
            self._assign(record.kind, id, {field: declared.encode(value)}, seen, by=by, at=at)
        return Changed(frozenset((record.kind,)), (id,))

    def _standing(self, id: str, name: str, field: Field, among: Iterable[Any]) -> frozenset[bytes]:
        """Those of a field's standing values that somebody was shown as one of these."""
        shown = {field.encode(value) for value in among}
        state = self.state(id)
        register = state.registers.get(name) if state else None
        return frozenset(v for v in register.values if _as_shown(field, v) in shown) if register else frozenset()

    def void(self, record: Record, *, reason: str, by: str, at: datetime) -> Changed:
        """Take a record out of sight, saying why. Nothing is deleted; whoever edits it meanwhile is asked."""
        fields = fields_of(type(record))
        changes = {registers.VOIDED: fields["voided"].encode(True), "void_reason": fields["void_reason"].encode(reason)}
        with self.transaction():
            if self.state(record.id) is None:
                return Changed()
            self._assign(record.kind, record.id, changes, None, by=by, at=at)
        return Changed(frozenset((record.kind,)), (record.id,))

    def restore(self, record: Record, *, by: str, at: datetime) -> Changed:
        """Bring a voided record back into sight, or settle that it stays although somebody voided it."""
        return self.settle(type(record), record.id, registers.VOIDED, False, by=by, at=at)

    @staticmethod
    def _changes(before: Record | None, after: Record) -> dict[str, bytes]:
        changes = {}
        for name, field in fields_of(type(after)).items():
            value = getattr(after, name)
            if value != (field.empty if before is None else getattr(before, name)):
                changes[name] = field.encode(value)
        return changes

    @staticmethod
    def _seen(before: Record | None) -> dict[str, bytes]:
        if before is None:
            return {}
        return {name: field.encode(getattr(before, name)) for name, field in fields_of(type(before)).items()}

    def _assign(
        self,
        kind: str,
        id: str,
        changes: Mapping[str, bytes],
        seen: Mapping[str, bytes | frozenset[bytes]] | None,
        *,
        by: str,
        at: datetime,
        private: bool = False,
    ) -> None:
        """Save values by somebody who had `seen` these before them: a field not named there as empty, None everything that stands."""
        old = self.state(id) or State(kind, id)
        mine = _is_private(old) if old.registers else private
        declared = fields_of(BY_KIND[kind])
        dot = self._next_dot()
        fresh = dict(old.registers)
        if registers.stays_voided(old, changes):
            changes = {**changes, registers.SEEN: registers.seen_by(old)}
        for name, value in changes.items():
            known = old.registers.get(name)
            reach = declared[name].visibility if name in declared else Visibility.programme
            reach = Visibility.only_me if mine else reach
            if known and seen is not None and name in declared:
                before = seen.get(name, _NOTHING)
                superseded = self._superseded(known, declared[name].rule, old, before, by=by)
                fresh[name] = registers.amend(known, dot, value, superseded, reach)
            else:
                fresh[name] = registers.assign(known, dot, value, reach)
            self._queue(id, name, dot.counter, at, known, private=fresh[name].reach == Visibility.only_me)
        stamps = {**old.stamps, dot: Stamp(by, int(at.timestamp()), self.in_doubt(at))}
        self.note_moment(at)
        self._write(old, registers.trimmed(State(kind, id, fresh, stamps)), at)
        self.connection.execute("DELETE FROM set_aside WHERE id = ?", (id,))

    def _superseded(
        self, known: Register, rule: Merge, old: State, seen: bytes | frozenset[bytes], *, by: str
    ) -> frozenset[Sibling] | set[Sibling]:
        """What of a field an edit supersedes whose author had the value `seen` before them: never what they did not know of."""
        if not isinstance(seen, bytes):
            return {s for s in known.siblings if s.value in seen}
        if rule is not Merge.ask and registers.shown(known, rule, old.stamps).value == seen:
            return known.siblings  # All that stands is in what was shown.
        had = {s for s in known.siblings if s.value == seen}
        if had:
            return had
        # It was superseded meanwhile. What the same author wrote here since is no news to them, however late the editor hears.
        mine = {s for s in known.siblings if s.dot.replica == self.replica}
        return {s for s in mine if old.stamps.get(s.dot, Stamp("", 0)).by == by}

    def _write(self, old: State, new: State, at: datetime, *, safe: bool = False) -> None:
        """Write a state whole: registers, history of what it supersedes, row and search index."""
        shown, conflicts = tables.shown_of(new)
        if old.registers:
            self._supersede(old, new, at)
        values = (
            tables.scope_shown(new, shown),
            registers.pack(new),
            conflicts,
            at.isoformat() if safe else None,
        )
        if old.registers:
            sql = (
                "UPDATE registers SET scope = ?, body = ?, conflicts = ?, safe_at = coalesce(?, safe_at), print = NULL "
                "WHERE id = ? RETURNING seq"
            )
            seq = self.connection.execute(sql, (*values, new.id)).fetchone()[0]
        else:
            sql = "INSERT INTO registers (scope, body, conflicts, safe_at, id, kind) VALUES (?, ?, ?, ?, ?, ?)"
            seq = self.connection.execute(sql, (*values, new.id, new.kind)).lastrowid
        kind = BY_KIND.get(new.kind)
        if kind:
            moments = [stamp.at for stamp in new.stamps.values()] or [0]
            created, changed = (tables.moment(m).isoformat() for m in (min(moments), max(moments)))
            row = (*tables.to_row(kind, new.id, shown), created, changed, conflicts)
            self.connection.execute(tables.upsert(kind), row)
            search.write(self.connection, seq, kind, shown, fresh=not old.registers)

    def _supersede(self, old: State, new: State, at: datetime) -> None:
        gone = []
        for name, register in old.registers.items():
            kept = new.registers[name].siblings
            for sibling in register.siblings - kept:
                by, moment, doubt, _ = old.stamps.get(sibling.dot, Stamp("", 0))
                digest = blake2b(sibling.value, digest_size=8).digest()
                gone.append((old.id, name, *sibling.dot, sibling.value, by, moment, at.isoformat(), digest, doubt))
        if gone:
            self.connection.executemany(
                "INSERT OR IGNORE INTO history (id, field, replica, counter, value, by, at, gone_at, digest, in_doubt) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                gone,
            )


def _as_shown(field: Field, value: bytes) -> bytes:
    try:
        return field.encode(field.decode(value))
    except ValueError:
        return field.encode(field.empty)


def refuse(record: Record, names: Iterable[str]) -> None:
    """Raise the UserError of the first of these fields that cannot be kept as it is."""
    fields = fields_of(type(record))
    for name in names:
        problem = fields[name].problem(getattr(record, name)) if name in fields else None
        if problem:
            problem.values["field"] = name
            raise problem


def _is_private(state: State) -> bool:
    """Whether nothing of it may be read by anybody else; then what is added to it may not either."""
    return all(register.reach is Visibility.only_me for register in state.registers.values())
