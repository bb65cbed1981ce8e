"""What the store's calls give back: what changed, what is pending, how safe everything is."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from mentorapp.registers import State


class Changed(NamedTuple):
    """Which records a verb changed, and of which kinds, so that what shows them can refresh."""

    kinds: frozenset[str] = frozenset()
    records: tuple[str, ...] = ()

    def __or__(self, other: "Changed") -> "Changed":
        # Not `all_of`: many frames are added up one by one, and a record named twice is only refreshed twice.
        return Changed(self.kinds | other.kinds, self.records + other.records)

    @staticmethod
    def all_of(changes: "Iterable[Changed]") -> "Changed":
        """Everything that any of these changed."""
        kinds: set[str] = set()
        records: dict[str, None] = {}
        for change in changes:
            kinds |= change.kinds
            records.update(dict.fromkeys(change.records))
        return Changed(frozenset(kinds), tuple(records))


class Pending(NamedTuple):
    """A record's fields that are only here, the highest counter among them, and about how many bytes they are."""

    state: State
    counter: int
    size: int


class Ack(NamedTuple):
    """The server has committed this record's saves up to this counter."""

    id: str
    counter: int


class Refusal(NamedTuple):
    """The server did not take this record's saves up to this counter, for a reason named by a code; `held` for an office."""

    id: str
    counter: int
    reason: str
    held: bool


class SetAside(NamedTuple):
    """A record that the server refused or holds: kept here, shown, sent again when it or the server changes."""

    id: str
    kind: str
    reason: str
    held: bool
    since: str


class Exchange(NamedTuple):
    """One exchange with the server, as it went. `outcome` is empty when it went well, else a code."""

    started: str
    ended: str
    sent: int
    received: int
    bytes_up: int
    bytes_down: int
    outcome: str = ""
    receipt: str = ""


class Safety(NamedTuple):
    """Where every record is; the status line, the Sync screen and the doctor read this one answer.

    `only_here` counts records with a save that no server has confirmed, `private_here` those among them that never leave as
    plain words, `unconfirmed` those among them that were sent without an answer yet.
    """

    only_here: int
    oldest: datetime | None
    private_here: int
    unconfirmed: int
    safe: int
    safe_at: datetime | None
    set_aside: int
    needs_you: int


class Version(NamedTuple):
    """One of the values that stand side by side in a field: by whom, when by their clock, on which laptop, and whether that clock was off."""

    value: bytes
    by: str
    at: datetime
    here: bool
    in_doubt: bool = False


class Draft(NamedTuple):
    """Words not yet saved: of which kind, about which record, and the editor's content as JSON."""

    id: str
    kind: str
    about: str
    body: str
    kept_at: str


class Hit(NamedTuple):
    """A record found by its words: what was written, where the words that matched are (start, end), and in which field the first is."""

    kind: str
    id: str
    mentorship: str
    day: str
    excerpt: str
    marks: tuple[tuple[int, int], ...]
    field: str = ""
