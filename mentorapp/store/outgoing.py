"""The outbox: what is only here, what was sent, what the server confirmed, refused or holds.

A record leaves the outbox only if what was confirmed is what it now holds: an edit made while sending stays pending.
"""

import json
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes
from typing import Any

import msgspec

from mentorapp import registers
from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, State
from mentorapp.store.facts import Ack, Changed, Exchange, Pending, Refusal, Safety, SetAside

LARGE = 32_000
"""A record of more bytes than this waits for the small ones."""


def _base(register: Register | None) -> bytes | None:
    """What a field was before its first pending save: its values, and the context that the server knows."""
    if register is None:
        return None
    return msgspec.msgpack.encode((sorted(register.values), register.context))


def _from_base(base: bytes | None) -> tuple[list[bytes], dict[bytes, int]]:
    if base is None:
        return [], {}
    values, context = msgspec.msgpack.decode(base, type=tuple[list[bytes], list[tuple[bytes, int]]])
    return values, dict(context)


class Outgoing:
    """The half of the store that sync's client speaks to."""

    connection: Any
    replica: bytes

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def state(self, id: str) -> State | None:
        """All that is known of a record; see the store."""
        raise NotImplementedError

    def _write(self, old: State, new: State, at: datetime, *, safe: bool = False) -> None:
        raise NotImplementedError

    def _next_dot(self) -> Dot:
        raise NotImplementedError

    def remember_bytes(self, name: str, value: bytes) -> None:
        """Keep a small fact; see the store."""
        raise NotImplementedError

    def recall_bytes(self, name: str) -> bytes:
        """A small fact; see the store."""
        raise NotImplementedError

    def _queue(
        self, id: str, field: str, counter: int, at: datetime, before: Register | None, *, private: bool
    ) -> None:
        self.connection.execute(
            "INSERT INTO outbox (id, field, counter, since, private, base) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id, field) DO UPDATE SET counter = excluded.counter, private = excluded.private, sent_at = NULL, "
            # What was only offered again (counter 0) was nobody's edit: the edit begins here.
            "base = iif(outbox.counter = 0, excluded.base, outbox.base), "
            "since = iif(outbox.counter = 0, excluded.since, outbox.since)",
            (id, field, counter, at.isoformat(), private, _base(before)),
        )

    def bases(self, id: str) -> dict[str, tuple[bytes, dict[bytes, int]]]:
        """What each field of a record was before its saves that others may not have seen, and the context of that, where it was one thing.

        Pending fields, and those confirmed in an exchange that has not brought yet what others saved meanwhile.
        """
        found = {}
        sql = (
            "SELECT field, base FROM confirmed WHERE id = ?1 "
            "UNION ALL SELECT field, base FROM outbox WHERE id = ?1 AND counter > 0 AND base IS NOT NULL"
        )
        for field, base in self.connection.execute(sql, (id,)):
            values, context = _from_base(base)
            if len(values) == 1:
                found[field] = (values[0], context)
        return found

    def _begin_after(self, id: str, counter: int) -> None:
        """What was edited while it was being sent began from what was sent: that is in the history."""
        sql = (
            "SELECT o.field, o.base, h.counter, h.value FROM outbox o JOIN history h USING (id, field) "
            "WHERE o.id = ? AND h.replica = ? AND h.counter <= ? ORDER BY h.counter"
        )
        for field, base, sent, value in self.connection.execute(sql, (id, self.replica, counter)).fetchall():
            context = _from_base(base)[1]
            if sent > context.get(self.replica, 0):
                known = tuple(sorted({**context, self.replica: sent}.items()))
                self.connection.execute(
                    "UPDATE outbox SET base = ? WHERE id = ? AND field = ?",
                    (msgspec.msgpack.encode(([value], known)), id, field),
                )

    def _begin_from(self, id: str, field: str, register: Register) -> None:
        """From now on, what the server has of a pending field is this."""
        self.connection.execute("UPDATE outbox SET base = ? WHERE id = ? AND field = ?", (_base(register), id, field))

    # --- sending ------------------------------------------------------------------------------------------------------

    def pending(
        self, *, most_records: int = 500, most_bytes: int = 1 << 62, besides: Collection[str] = ()
    ) -> list[Pending]:
        """The records with saves that may leave and are not confirmed, up to about so many bytes; at least one.

        Oldest first, what is large after what is small: on a weak line all of it would wait. But whoever holds what follows from
        mentorships: nothing goes after one that was saved later. `besides` are left out: they are on their way already.
        """
        rows = self.connection.execute(
            "SELECT o.id, group_concat(o.field, char(10)), max(o.counter) AS last FROM outbox o JOIN registers r USING (id) "
            "WHERE o.private = 0 AND o.id NOT IN (SELECT id FROM set_aside) "
            "AND o.id NOT IN (SELECT value FROM json_each(?)) GROUP BY o.id "
            "ORDER BY length(r.body) > ? AND last > (SELECT coalesce(max(counter), 0) FROM outbox JOIN registers m USING (id) "
            "WHERE m.kind = 'mentorship'), last LIMIT ?",
            (json.dumps(sorted(besides)), LARGE, most_records),
        ).fetchall()
        found: list[Pending] = []
        total = 0
        for id, fields, counter in rows:
            state = self.state(id)
            if state is None:
                continue
            part = state.only(fields.split("\n"))
            size = sum(len(s.value) for r in part.registers.values() for s in r.siblings) + 40
            if found and total + size > most_bytes:
                break
            found.append(Pending(part, counter, size))
            total += size
        return found

    def pending_sample(self, most: int = 200) -> list[Pending]:
        """Some of the records that would be sent now, those that have waited longest: to estimate what all of them take."""
        rows = self.connection.execute(
            "SELECT id, group_concat(field, char(10)) FROM (SELECT id, field FROM outbox WHERE private = 0 "
            "AND id NOT IN (SELECT id FROM set_aside) ORDER BY counter LIMIT ?) GROUP BY id",
            (most * 20,),
        ).fetchall()
        found = []
        for id, fields in rows[:most]:
            state = self.state(id)
            if state is not None:
                part = state.only(fields.split("\n"))
                size = sum(len(s.value) for r in part.registers.values() for s in r.siblings) + 40
                found.append(Pending(part, 0, size))
        return found

    def pending_count(self) -> int:
        """How many records would be sent now."""
        sql = "SELECT count(DISTINCT id) FROM outbox WHERE private = 0 AND id NOT IN (SELECT id FROM set_aside)"
        return int(self.connection.execute(sql).fetchone()[0])

    def pending_bytes(self) -> int:
        """About how many bytes of content these are, before compression."""
        return sum(pending.size for pending in self.pending(most_records=-1))

    def mark_sent(self, ids: Iterable[str], at: datetime) -> None:
        """These are on their way: sent, unconfirmed."""
        with self.transaction():
            self.connection.executemany(
                "UPDATE outbox SET sent_at = ? WHERE id = ? AND private = 0", ((at.isoformat(), id) for id in ids)
            )

    def unanswered(self) -> list[Pending]:
        """What was sent, not edited since, and never answered for: some of it may have arrived."""
        rows = self.connection.execute(
            "SELECT id, group_concat(field, char(10)), max(counter) AS last FROM outbox "
            "WHERE private = 0 AND id NOT IN (SELECT id FROM set_aside) "
            "GROUP BY id HAVING count(sent_at) = count(*) AND min(counter) > 0 ORDER BY last"
        ).fetchall()
        found = []
        for id, fields, counter in rows:
            state = self.state(id)
            if state:
                part = state.only(fields.split("\n"))
                size = sum(len(s.value) for r in part.registers.values() for s in r.siblings) + 40
                found.append(Pending(part, counter, size))
        return found

    def unsend(self, ids: Iterable[str]) -> None:
        """These did not arrive: they are only here."""
        with self.transaction():
            self.connection.executemany("UPDATE outbox SET sent_at = NULL WHERE id = ?", ((id,) for id in ids))

    def acknowledge(self, acks: Iterable[Ack], *, at: datetime, receipt: str = "") -> Changed:
        """The server has these for good. What was edited since stays pending."""
        done = list(acks)
        with self.transaction():
            for id, counter in done:
                self.connection.execute(
                    "INSERT OR REPLACE INTO confirmed SELECT id, field, base FROM outbox "
                    "WHERE id = ? AND counter BETWEEN 1 AND ? AND private = 0 AND base IS NOT NULL",
                    (id, counter),
                )
                self.connection.execute(
                    "DELETE FROM outbox WHERE id = ? AND counter <= ? AND private = 0", (id, counter)
                )
                self._begin_after(id, counter)
                self.connection.execute("UPDATE registers SET safe_at = ? WHERE id = ?", (at.isoformat(), id))
                self.connection.execute("DELETE FROM set_aside WHERE id = ? AND counter <= ?", (id, counter))
            if receipt:
                self.remember_bytes("receipt", receipt.encode())
        return Changed(frozenset(("sync",)), tuple(ack.id for ack in done))

    def caught_up(self) -> None:
        """Everything that others saved before our confirmed saves is here: what these began from is needed no more."""
        with self.transaction():
            self.connection.execute("DELETE FROM confirmed")

    def set_aside(self, refusals: Iterable[Refusal], *, at: datetime) -> Changed:
        """The server did not take these: kept, shown with the reason, sent again when they change or when asked to."""
        said = list(refusals)
        with self.transaction():
            for id, counter, reason, held in said:
                row = self.connection.execute(
                    "SELECT max(counter) FROM outbox WHERE id = ? AND private = 0", (id,)
                ).fetchone()
                if row[0] is None or row[0] > counter:
                    continue  # It was edited while it was refused: the new words may be fine.
                self.connection.execute(
                    "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?)",
                    (id, counter, reason, held, at.isoformat()),
                )
                self.connection.execute("UPDATE outbox SET sent_at = NULL WHERE id = ?", (id,))  # It was answered.
        return Changed(frozenset(("sync",)), tuple(refusal.id for refusal in said))

    def put_aside(self) -> list[SetAside]:
        """What is set aside and why, oldest first."""
        rows = self.connection.execute(
            "SELECT s.id, r.kind, s.reason, s.held, s.since FROM set_aside s CROSS JOIN registers r USING (id) ORDER BY s.since"
        )
        return [SetAside(id, kind, reason, bool(held), since) for id, kind, reason, held, since in rows]

    def set_aside_as_sent(self, id: str) -> Pending | None:
        """What is set aside of a record, as it was sent: an edit since then would have put it back among the pending."""
        sql = "SELECT group_concat(field, char(10)), s.counter FROM set_aside s JOIN outbox o USING (id) WHERE s.id = ? AND o.private = 0"
        fields, counter = self.connection.execute(sql, (id,)).fetchone()
        state = self.state(id) if fields else None
        return Pending(state.only(fields.split("\n")), counter, 0) if state else None

    def retry_set_aside(self) -> None:
        """Let everything set aside be sent again, files too."""
        with self.transaction():
            self.connection.execute("DELETE FROM set_aside")
            self.connection.execute("UPDATE file SET refused = ''")

    def reoffer(self, ids: Iterable[str] | None = None) -> None:
        """Put records back into the outbox (all of them, if none are named): a server that lost them gets them again."""
        with self.transaction():
            chosen = (
                [row[0] for row in self.connection.execute("SELECT id FROM registers")] if ids is None else list(ids)
            )
            if chosen:
                self.remember_bytes("offers", (self.offers() + 1).to_bytes(8))
            for id in chosen:
                state = self.state(id)
                for name, register in state.registers.items() if state else ():
                    private = register.reach == Visibility.only_me
                    self.connection.execute(
                        "INSERT OR IGNORE INTO outbox (id, field, counter, since, private, base) VALUES (?, ?, 0, ?, ?, NULL)",
                        (id, name, "", private),
                    )
                self.connection.execute("UPDATE registers SET safe_at = NULL WHERE id = ?", (id,))

    def offers(self) -> int:
        """How often records were offered again: what was said to be safe before the last time need not be so."""
        return int.from_bytes(self.recall_bytes("offers"))

    # --- who this store is --------------------------------------------------------------------------------------------

    def new_replica(self, at: datetime) -> bytes:
        """Become another replica (after a restore, or where a clone is found): what is pending is saved anew under the new name.

        Saves that others may know under the old name keep it; those that nobody confirmed get dots of the new replica, so that
        no dot ever names two values. The counter goes on, so that an answer to what was sent under the old name confirms none of them.
        """
        old = self.replica
        with self.transaction():
            self.replica = token_bytes(8)
            self.remember_bytes("replica", self.replica)
            for id, fields in self._edited().items():
                self._rename_pending(id, fields, old, at)
        return self.replica

    def _edited(self) -> dict[str, dict[str, bytes | None]]:
        """The fields of each record that were edited here and are not confirmed, with what they began from."""
        found: dict[str, dict[str, bytes | None]] = {}
        rows = self.connection.execute("SELECT id, field, base FROM outbox WHERE counter > 0 ORDER BY id").fetchall()
        for id, field, base in rows:
            found.setdefault(id, {})[field] = base
        return found

    def _rename_pending(self, id: str, fields: dict[str, bytes | None], old: bytes, at: datetime) -> None:
        state = self.state(id)
        if state is None:
            return
        fresh, stamps, names = dict(state.registers), dict(state.stamps), dict[Dot, Dot]()
        for name, base in fields.items():
            register = fresh.get(name)
            confirmed = _from_base(base)[1].get(old, 0)
            mine = (
                sorted(s for s in register.siblings if s.dot.replica == old and s.dot.counter > confirmed)
                if register
                else []
            )
            if register is None or not mine:
                continue
            for sibling in mine:
                names.setdefault(sibling.dot, self._next_dot())
            context = (
                dict(register.context) | {old: confirmed} | {names[s.dot].replica: names[s.dot].counter for s in mine}
            )
            fresh[name] = replace(
                register,
                siblings=register.siblings - set(mine) | {Sibling(names[s.dot], s.value) for s in mine},
                context=tuple(sorted((r, c) for r, c in context.items() if c)),
            )
            stamps |= {names[s.dot]: stamps[s.dot] for s in mine if s.dot in stamps}
            self.connection.execute(
                "UPDATE outbox SET counter = ?, sent_at = NULL WHERE id = ? AND field = ?",
                (max(names[s.dot].counter for s in mine), id, name),
            )
        self._write(state, registers.trimmed(replace(state, registers=fresh, stamps=stamps)), at)

    # --- telling the truth --------------------------------------------------------------------------------------------

    def safety(self) -> Safety:
        """Where every record is. Said only from what the database holds; safe only on a receipt."""
        # Asked after every save: each table is gone through once, and where everything is safe only an index is.
        waiting = """
            SELECT count(*), min(oldest), coalesce(sum(private), 0), coalesce(sum(sent), 0) FROM (
                SELECT min(nullif(since, '')) AS oldest, min(private) AS private, max(sent_at IS NOT NULL) AS sent
                FROM outbox WHERE id NOT IN (SELECT id FROM set_aside) GROUP BY id
            )
        """
        settled = """
            SELECT coalesce(sum(safe_at IS NOT NULL), 0), coalesce(sum(safe_at IS NULL), 0) FROM registers r
            WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = r.id)
              AND NOT EXISTS (SELECT 1 FROM set_aside a WHERE a.id = r.id)
        """
        rest = """
            SELECT (SELECT max(ended) FROM exchange WHERE outcome = ''), (SELECT count(*) FROM set_aside),
                   (SELECT count(*) FROM registers WHERE conflicts > 0)
        """
        only_here, oldest, private, unconfirmed = self.connection.execute(waiting).fetchone()
        safe, doubted = self.connection.execute(settled).fetchone()
        safe_at, aside, needs_you = self.connection.execute(rest).fetchone()
        moments = [datetime.fromisoformat(m) if m else None for m in (oldest, safe_at)]
        # What another ledger said was safe was sent, and until the two are compared nobody knows whether it is there.
        return Safety(
            only_here + doubted, moments[0], private, unconfirmed + doubted, safe, moments[1], aside, needs_you
        )

    def note_exchange(self, exchange: Exchange) -> None:
        """Keep in the history of exchanges how this one went; the last thousand are kept."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO exchange (started, ended, sent, received, bytes_up, bytes_down, outcome, receipt) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                exchange,
            )
            self.connection.execute("DELETE FROM exchange WHERE seq <= (SELECT max(seq) FROM exchange) - 1000")

    def exchanges(self, limit: int = 50) -> list[Exchange]:
        """The last exchanges, newest first."""
        rows = self.connection.execute(
            "SELECT started, ended, sent, received, bytes_up, bytes_down, outcome, receipt FROM exchange "
            "ORDER BY seq DESC LIMIT ?",
            (limit,),
        )
        return [Exchange(*row) for row in rows]
