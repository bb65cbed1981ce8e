"""Taking a choice back: what stood side by side before it stands so again.

Nobody unlearns a save, and others may know of the choice already. So the earlier values stand under new saves, with the stamps of those who
wrote them, and for everybody they supersede the choice.
"""

from contextlib import AbstractContextManager
from datetime import datetime

from mentorapp import registers
from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, State
from mentorapp.store.facts import Changed


class Reopening:
    """The half of the store that brings versions back."""

    replica: bytes

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def state(self, id: str) -> State | None:
        """All that is known of a record; see the store."""
        raise NotImplementedError

    def _next_dot(self) -> Dot:
        raise NotImplementedError

    def _queue(
        self, id: str, field: str, counter: int, at: datetime, before: Register | None, *, private: bool
    ) -> None:
        raise NotImplementedError

    def _write(self, old: State, new: State, at: datetime, *, safe: bool = False) -> None:
        raise NotImplementedError

    def reopen(self, before: State, *, at: datetime) -> Changed:
        """Let these registers' values stand side by side again, instead of what was saved here since.

        What arrived from elsewhere meanwhile stays beside them.
        """
        with self.transaction():
            old = self.state(before.id)
            if old is None:
                return Changed()
            fresh, dots = dict(old.registers), dict[Dot, Dot]()
            for name, was in before.registers.items():
                now = old.registers[name]
                gone = sorted(was.siblings - now.siblings)
                if gone:
                    for sibling in gone:
                        dots.setdefault(sibling.dot, self._next_dot())
                    fresh[name] = self._standing_again(now, was, [Sibling(dots[s.dot], s.value) for s in gone])
                    last = max(dots[s.dot].counter for s in gone)
                    private = fresh[name].reach == Visibility.only_me
                    self._queue(old.id, name, last, at, now, private=private)
            again = {dots[dot]: stamp._replace(received=0) for dot, stamp in before.stamps.items() if dot in dots}
            whole = State(old.kind, old.id, fresh, {**old.stamps, **again})
            self._write(old, registers.trimmed(whole), at)
        return Changed(frozenset((old.kind,)), (old.id,))

    def _standing_again(self, now: Register, was: Register, again: list[Sibling]) -> Register:
        ours = {s for s in now.siblings - was.siblings if s.dot.replica == self.replica}
        context = {**dict(now.context), self.replica: max(s.dot.counter for s in again)}
        siblings = now.siblings - ours | set(again)
        return Register(siblings, tuple(sorted(context.items())), max(now.reach, was.reach))
