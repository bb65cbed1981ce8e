"""The sums of fingerprints that a commit changes: for each scope and class of reader, what a reader of that class holds there.

Each register's print is taken once, however often it is asked for. Written once, at the end of the commit.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from mentorapp.fields import Visibility
from mentorapp.registers import Register, Simple, State
from sync import protocol
from sync.protocol import register_print, summed
from sync.server import grants, tables
from sync.server.statements import Among, putting

CLASSES = (Visibility.pair, Visibility.office, Visibility.programme)
"""The classes of reader that a grant may start from, each with a tally of its own."""

_tally = tables.tally
_THERE = Among(
    lambda some: select(_tally.c.scope, _tally.c.least, _tally.c.digest, _tally.c.number).where(
        _tally.c.office == bindparam("office"), _tally.c.scope.in_(some)
    )
)
_PUT = putting(_tally)


@dataclass
class Tallies:
    """What one commit adds and takes away."""

    _sums: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _prints: dict[tuple[str, str], tuple[Register, int]] = field(default_factory=dict)
    _straight: dict[int, tuple[Simple, int]] = field(default_factory=dict)

    def count(self, joined: State, scope: str, here: State | None, before: str) -> None:
        """A record is now that, in this scope; it was `here`, in the scope `before`, if it was here."""
        known = here.registers if here else {}
        changed = list(joined.registers)
        if here and before == scope:
            changed = [name for name, register in joined.registers.items() if known.get(name) != register]
            self._add(scope, here, [name for name in changed if name in known], sign=-1)
        elif here:
            self._add(before, here, list(known), sign=-1)
        self._add(scope, joined, changed, sign=1)

    def count_straight(self, one: Simple, scope: str) -> None:
        """A record that was never here is now in this scope."""
        prints = protocol.prints(one)
        for least in CLASSES:
            seen = [print for reach, print in zip(one.reaches, prints, strict=True) if reach >= least]
            if seen:
                self._change(scope, least, sum(seen), 1)
        self._straight[id(one)] = (one, summed(prints))

    def _add(self, scope: str, state: State, names: list[str], *, sign: int) -> None:
        """Add registers to the sums of each class that may read them, or take them away."""
        prints = [(state.registers[name].reach, self._print(state, name)) for name in names]
        for least in CLASSES:
            seen = [one for reach, one in prints if reach >= least]
            visible = any(register.reach >= least for register in state.registers.values())
            self._change(scope, least, sign * sum(seen), sign * int(visible))

    def _change(self, scope: str, least: Visibility, total: int, number: int) -> None:
        tally = self._sums.setdefault((scope, int(least)), [0, 0])
        tally[0] += total
        tally[1] += number

    def _print(self, state: State, name: str) -> int:
        register = state.registers[name]
        known = self._prints.get((state.id, name))
        if known is None or known[0] is not register:
            known = self._prints[state.id, name] = (register, register_print(state, name))
        return known[1]

    def fingerprint(self, change: State | Simple) -> int:
        """The fingerprint of a change that was taken in."""
        if isinstance(change, Simple):
            known = self._straight.get(id(change))
            return known[1] if known else protocol.fingerprint(change)
        return summed(
            self._print(change, name) for name, one in change.registers.items() if one.reach >= Visibility.pair
        )

    def write(self, connection: Connection, office: str) -> None:
        """Write the sums as they are now."""
        scopes = sorted({scope for scope, _ in self._sums})
        found = _THERE.rows(connection, scopes, office=office)
        known = {(scope, least): (digest, count) for scope, least, digest, count in found}
        rows = []
        for (scope, least), (added, more) in self._sums.items():
            digest, count = known.get((scope, least), (b"", 0))
            total, count = (int.from_bytes(digest) + added) % 2**64, count + more
            keys = {"office": office, "scope": scope, "least": least, "family": grants.family(scope)}
            rows.append({**keys, "digest": total.to_bytes(8), "number": count})
        _PUT.run_each(connection, rows)
