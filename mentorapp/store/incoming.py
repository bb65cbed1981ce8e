"""What others saved, joined into what is here; and the proof, met on the way, that another store writes under our name."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from mentorapp import registers
from mentorapp.fields import Field, Merge, fields_of
from mentorapp.merging import merged
from mentorapp.records import BY_KIND
from mentorapp.registers import Register, State
from mentorapp.store import tables
from mentorapp.store.facts import Changed
from mentorapp.store.outgoing import Outgoing

_TRUE = msgspec.msgpack.encode(True)


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

    def absorb(self, states: Iterable[State], *, at: datetime, cursor: bytes | None = None) -> Changed:
        """Join what the server sent into what is here, all of it or nothing, and remember how far that reached.

        What comes from the server is safe there. A record edited here meanwhile keeps its edits pending. Where it turns out that
        another store writes under this one's name (a clone, or a restored copy's later self), this one takes a new name.
        """
        name = self.replica
        try:
            with self.transaction():
                changed = Changed.all_of(self._take_in(state, at) for state in states)
                if cursor is not None:
                    self.remember_bytes("cursor", cursor)
                return changed
        except BaseException:
            self.replica = name
            raise

    def _take_in(self, state: State, at: datetime) -> Changed:
        if self._outrun(state):
            self.new_replica(at)
        old = self.state(state.id)
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

    def _outrun(self, state: State) -> bool:
        """Whether somebody knows saves under this store's name that it did not make: its next save would reuse a counter."""
        known = [c for register in state.registers.values() for r, c in register.context if r == self.replica]
        return bool(known) and max(known) > self.counter

    # --- what may stay no longer --------------------------------------------------------------------------------------

    def release(self, scopes: Iterable[str], records: Iterable[str] = ()) -> Changed:
        """Remove what this laptop may no longer hold: all that lies in these scopes, and these records.

        Whatever has something unsent in it, was set aside, or has words in a draft, stays until a later call.
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
            "AND id NOT IN (SELECT about FROM draft) AND id NOT IN (SELECT id FROM draft)"
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

    # --- two wordings -------------------------------------------------------------------------------------------------

    # --- what would go out of sight -----------------------------------------------------------------------------------

    def would_hide(self, states: Iterable[State]) -> set[str]:
        """The records, in sight now, that these states would take out of sight."""
        hidden = set()
        for state in states:
            voided = state.registers.get(registers.VOIDED)
            if state.kind not in BY_KIND or voided is None or _TRUE not in voided.values:
                continue
            old = self.state(state.id)
            if old and _in_sight(old) and not _in_sight(registers.join_states(old, state)):
                hidden.add(state.id)
        return hidden

    def in_sight(self) -> int:
        """How many records are not voided."""
        counts = (f"SELECT count(*) FROM {kind} WHERE voided = 0" for kind in BY_KIND)
        return sum(self.connection.execute(sql).fetchone()[0] for sql in counts)

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
