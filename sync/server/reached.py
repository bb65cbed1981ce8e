"""What of an office's commits a laptop has: all up to one place and, while it is being given the newest first, some stretches above it.

Promises never to say more than was given: a stretch grows row by row from its newer end downwards, and joins the one below when nothing
lies between. Packed, it is the cursor that a laptop keeps and gives back unread.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec

from sync import wire
from sync.protocol import BROKEN, ProtocolError
from sync.server.reading import LAST, START, Place

MOST_STRETCHES = 6
"""With so many above the first, none is opened any more before a gap between them is closed: a cursor stays small.

One for each time that an exchange was cut before its end, and one for each place where something large waits for what is small.
"""

Stretch = tuple[Place, Place]
"""From the first place to the last, both in it."""

_plain = msgspec.msgpack.Decoder(tuple[int, str])
_packed = msgspec.msgpack.Decoder(tuple[int, list[tuple[int, Any, int, Any]]])


@dataclass(frozen=True)
class Reached:
    """`told`: up to which commit the laptop heard what it lost and what was decided. `stretches` in order, apart from each other."""

    told: int = 0
    stretches: tuple[Stretch, ...] = ((START, START),)

    @property
    def highest(self) -> int:
        """The highest commit that the laptop speaks of."""
        return max(self.told, self.stretches[-1][1].seq)

    def covers(self, place: Place) -> bool:
        """Whether the laptop has what lies at that place."""
        return any(first <= place <= last for first, last in self.stretches)

    def gaps(self, upto: int) -> list[Stretch]:
        """What lies between, each as the places around it, in the order in which to fill them: the newest first."""
        top = Place(upto, LAST)
        firsts = [first for first, _ in self.stretches[1:]]
        lasts = [last for _, last in self.stretches]
        found = [(below, above) for below, above in zip(lasts, [*firsts, top], strict=True) if below < above]
        found.reverse()
        opens = bool(found) and found[0][1] == top
        return found[1:] + found[:1] if opens and len(self.stretches) > MOST_STRETCHES else found

    def grown(self, gap: Stretch, place: Place) -> "Reached":
        """What is had once the row at that place is: all of the gap from there upwards."""
        return self._with((place, gap[1]))

    def closed(self, gap: Stretch) -> "Reached":
        """What is had once nothing is left in the gap."""
        return self._with(gap)

    def _with(self, more: Stretch) -> "Reached":
        kept: list[Stretch] = []
        for one in sorted((*self.stretches, more)):
            if kept and one[0] <= kept[-1][1]:
                kept[-1] = (kept[-1][0], max(kept[-1][1], one[1]))
            else:
                kept.append(one)
        return replace(self, stretches=tuple(kept))

    def pack(self) -> bytes:
        """As a laptop keeps it: two items where it has all up to a place, and was told up to there."""
        if len(self.stretches) == 1 and self.told == self.stretches[0][1].seq:
            return msgspec.msgpack.encode(self.stretches[0][1])
        said = [(a.seq, wire.slim_id(a.id), b.seq, wire.slim_id(b.id)) for a, b in self.stretches]
        return msgspec.msgpack.encode((self.told, said))


def everything(upto: int) -> Reached:
    """All up to a commit."""
    return Reached(upto, ((START, Place(upto, LAST)),))


def unpacked(cursor: bytes) -> Reached:
    """What a laptop has, by what it was told; an empty cursor is nothing. Raises ProtocolError if it is none."""
    if not cursor:
        return Reached()
    try:
        if cursor[1:2] and _is_plain(cursor):
            place = Place(*_plain.decode(cursor))
            return Reached(place.seq, ((START, place),))
        told, said = _packed.decode(cursor)
        stretches = tuple((Place(a, wire.full_id(b)), Place(c, wire.full_id(d))) for a, b, c, d in said)
    except BROKEN as reason:
        raise ProtocolError("bad_cursor") from reason
    flat = [place for stretch in stretches for place in stretch]
    if told < 0 or not flat or flat[0] != START or any(a > b for a, b in pairwise(flat)):
        raise ProtocolError("bad_cursor")
    return Reached(told, stretches)


def _is_plain(cursor: bytes) -> bool:
    plain = msgspec.msgpack.decode(cursor)
    return isinstance(plain, list) and len(plain) == 2 and isinstance(plain[1], str)
