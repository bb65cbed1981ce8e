"""What others saved, joined into what is here; and the proof, met on the way, that another store writes under our name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec

from mentorapp import registers
from mentorapp.fields import Field, Merge, fields_of
from mentorapp.merging import merged
from mentorapp.records import BY_KIND
from mentorapp.registers import Register, Simple, State
from mentorapp.store import arriving, tables
from mentorapp.store.facts import Changed
from mentorapp.store.outgoing import Outgoing

_TRUE = msgspec.msgpack.encode(True)
_STRAY = "stray "


def _in_sight(state: State) -> bool:
    return tables.shown_of(state)[0].get(registers.VOIDED) is not True


class Incoming(Outgoing):
    """The half of the store that takes in what an exchange brought, beside what is still to be sent."""

    @property
    def counter(self) -> int:
        """How many saves this replica has made; see the store."""
        raise NotImplementedError

    def recall(self, name: str, default: str = "") -> str:
        """A remembered fact as text; see the store."""
        raise NotImplementedError

    def _assign(
        self,
        kind: str,
        id: str,
        changes: Mapping[str, bytes],
        seen: Mapping[str, bytes | frozenset[bytes]] | None,
        *,
        by: str,
        at: datetime,
    ) -> None:
        raise NotImplementedError

    def absorb(
        self,
        states: Iterable[State | Simple],
        *,
        at: datetime,
        cursor: bytes | None = None,
        printed: Callable[[Simple], int] | None = None,
    ) -> Changed:
        """Join what the server sent into what is here, all of it or nothing, and remember how far that reached.

        What comes from the server is safe there. A record edited here meanwhile keeps its edits pending. Where it turns out that
        another store writes under this one's name (a clone, or a restored copy's later self), this one takes a new name. What says
        that it is of another kind than the record of its id here is put aside as a stray; the rest is taken in. `printed` takes a
        fingerprint, so that it need not be taken later of what is read again for that.
        """
        with self.transaction():
            some = list(states)
            fresh = self._written_at_once(some, at, printed)
            rest = [one for place, one in enumerate(some) if place not in fresh]
            taken = Changed(frozenset(one.kind for one in fresh.values()), tuple(one.id for one in fresh.values()))
            changed = Changed.all_of((taken, *(self._take_in(registers.whole(one), at) for one in rest)))
            if cursor is not None:
                self.remember_bytes("cursor", cursor)
            return changed

    def _written_at_once(
        self, some: list[State | Simple], at: datetime, printed: Callable[[Simple], int] | None
    ) -> dict[int, Simple]:
        """Write those that were never here and need no joining, all at once; gives them by their places."""
        first = {one.id: place for place, one in reversed(list(enumerate(some)))}
        simple = {p: one for p in first.values() if isinstance(one := some[p], Simple)}
        straight = {p: one for p, one in simple.items() if arriving.straight(one, self.replica)}
        known = arriving.known(self.connection, [one.id for one in straight.values()]) if straight else set()
        fresh = {p: straight[p] for p in sorted(straight) if straight[p].id not in known}
        arriving.write(self.connection, list(fresh.values()), at, printed)
        return fresh

    def _take_in(self, state: State, at: datetime) -> Changed:
        if self._outrun(state):
            self.new_replica(at)
        old = self.state(state.id)
        if old and old.kind != state.kind:
            return self._strayed(state)
        new = registers.join_states(old, state) if old else state
        if new == old:
            self.connection.execute(
                "UPDATE registers SET safe_at = coalesce(safe_at, ?) WHERE id = ?", (at.isoformat(), state.id)
            )
            return Changed()
        self._write(old or State(state.kind, state.id), new, at, safe=True)
        if old:
            self._weave(state, new, at)
        return Changed(frozenset((state.kind,)), (state.id,))

    def _strayed(self, state: State) -> Changed:
        """Keep what cannot be joined, for whoever looks into it: two kinds of record under one id come of no program of ours."""
        told = msgspec.msgpack.encode((state.kind, state.id, registers.pack(state)))
        digest = blake2b(told, digest_size=8).hexdigest()
        self.connection.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (f"{_STRAY}{digest}", told))
        return Changed(frozenset(("sync",)))

    def strays(self) -> list[State]:
        """What arrived under the id of a record of another kind and was put aside."""
        rows = self.connection.execute("SELECT value FROM fact WHERE name GLOB ? ORDER BY name", (f"{_STRAY}*",))
        found = [msgspec.msgpack.decode(told, type=tuple[str, str, bytes]) for (told,) in rows.fetchall()]
        return [registers.unpack(*one) for one in found]

    def _outrun(self, state: State) -> bool:
        """Whether somebody knows saves under this store's name that it did not make: its next save would reuse a counter."""
        known = [c for register in state.registers.values() for r, c in register.context if r == self.replica]
        return bool(known) and max(known) > self.counter

    # --- what may stay no longer --------------------------------------------------------------------------------------

    def release(self, scopes: Iterable[str], records: Iterable[str] = ()) -> Changed:
        """Remove what this laptop may no longer hold: all that lies in these scopes, and these records.

        Whatever has something unsent in it (a file's content too), is not known to be safe, was set aside, or has words in a draft, stays until a later call.
        """
        gone, named = set(scopes), set(records)
        with self.transaction():
            found = [row for row in self._lying_in(gone, named) if row[1] in named or self._only_in(row[1], gone)]
            for seq, id, kind in found:
                self._forget(seq, id, kind)
        return Changed(frozenset(kind for _, _, kind in found), tuple(id for _, id, _ in found))

    def unreleased(self, scopes: Iterable[str], records: Iterable[str] = ()) -> tuple[set[str], set[str]]:
        """Which of these scopes have something here still, and which of these records are here."""
        held = {row[0] for row in self.connection.execute("SELECT DISTINCT scope FROM registers")}
        return set(scopes) & held, {id for id in records if self.state(id)}

    def scopes_of(self, ids: Iterable[str]) -> set[str]:
        """The scopes that these records lie in."""
        sql = "SELECT scope FROM registers WHERE id = ?"
        return {row[0] for id in ids for row in self.connection.execute(sql, (id,))}

    def _lying_in(self, scopes: set[str], records: set[str]) -> list[tuple[int, str, str]]:
        sql = (
            "SELECT seq, id, kind FROM registers "
            "WHERE (scope IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?))) "
            "AND id NOT IN (SELECT id FROM outbox) AND id NOT IN (SELECT id FROM set_aside) "
            "AND id NOT IN (SELECT about FROM draft) AND id NOT IN (SELECT id FROM draft) "
            "AND id NOT IN (SELECT record FROM file WHERE here = size AND safe_at IS NULL) AND safe_at IS NOT NULL"
        )
        wanted = (msgspec.json.encode(sorted(some)).decode() for some in (scopes, records))
        return list(self.connection.execute(sql, tuple(wanted)).fetchall())

    def _only_in(self, id: str, scopes: set[str]) -> bool:
        """Whether no standing value puts the record anywhere else."""
        state = self.state(id)
        named = state.registers["scope"].values if state and "scope" in state.registers else set()
        return named <= {msgspec.msgpack.encode(scope) for scope in scopes}

    def _forget(self, seq: int, id: str, kind: str) -> None:
        self.connection.execute("DELETE FROM search WHERE rowid = ?", (seq,))
        for table in ("registers", "history", "confirmed", *([kind] if kind in BY_KIND else [])):
            self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (id,))

    # --- what would go out of sight -----------------------------------------------------------------------------------

    def would_hide(self, states: Iterable[State | Simple]) -> set[str]:
        """The records, in sight now, that these states would take out of sight."""
        hidden = set()
        for one in states:
            if isinstance(one, Simple) and registers.VOIDED not in one.names:
                continue
            state = registers.whole(one)
            voided = state.registers.get(registers.VOIDED)
            if state.kind not in BY_KIND or voided is None or _TRUE not in voided.values:
                continue
            old = self.state(state.id)
            if old and old.kind == state.kind and _in_sight(old) and not _in_sight(registers.join_states(old, state)):
                hidden.add(state.id)
        return hidden

    def in_sight(self) -> int:
        """How many records are not voided."""
        counts = (f"SELECT count(*) FROM {kind} WHERE voided = 0" for kind in BY_KIND)
        return sum(self.connection.execute(sql).fetchone()[0] for sql in counts)

    # --- two wordings -------------------------------------------------------------------------------------------------

    def _weave(self, theirs: State, joined: State, at: datetime) -> None:
        """Merge long text that was edited here and there at once, where the words allow it, as an ordinary save of ours.

        The outbox still has what both began from. Both wordings go to the history; where they contradict each other, both stand.
        """
        kind = BY_KIND.get(joined.kind)
        fields = fields_of(kind) if kind else {}
        changes = {}
        for name, (base, known) in self.bases(joined.id).items():
            field, foreign = fields.get(name), theirs.registers.get(name)
            if field is None or foreign is None or field.rule is not Merge.both:
                continue
            woven = self._woven(field, base, known, joined.registers[name], foreign)
            if woven is not None:
                changes[name] = woven
        if changes:
            self._assign(joined.kind, joined.id, changes, None, by=self.recall("me"), at=at)
            for name in changes:
                self._begin_from(joined.id, name, theirs.registers[name])

    def _woven(
        self, field: Field, base: bytes, known: Mapping[bytes, int], joined: Register, foreign: Register
    ) -> bytes | None:
        """The merged text of two values that both began from `base`, or None where that is not so or the words do not allow it."""
        seen = dict(foreign.context)
        ours, theirs = joined.siblings - foreign.siblings, foreign.siblings
        one_each = len(ours) == len(theirs) == 1 and joined.siblings == ours | theirs and len(joined.values) == 2
        # They began from the base only if they had seen all of it. If they had seen more of ours than that, the base is too old.
        from_base = all(seen.get(replica, 0) >= counter for replica, counter in known.items())
        if not (one_each and from_base and seen.get(self.replica, 0) == known.get(self.replica, 0)):
            return None
        try:
            texts = [field.decode(value) for value in (base, *sorted(joined.values))]
        except ValueError:
            return None
        woven = merged(*texts)
        return None if woven is None else field.encode(woven)
