"""Records that were never here and need nothing looked into, as most are that laptops send: taken in as they came.

Says of a record just what `sync.server.grants` and `sync.server.intake` would say of it; what is out of the ordinary is left to these.
"""

from typing import NamedTuple

import msgspec

from mentorapp.registers import Simple
from sync import checks
from sync.protocol import BROKEN
from sync.server import grants
from sync.server.grants import Mandate


class Straight(NamedTuple):
    """A record that is taken in as it came, with the moment it came; where it lies, and at which commit."""

    one: Simple
    scope: str
    seq: int


def scope_of(one: Simple, mandate: Mandate) -> str:
    """The scope that a record names, if its writer may write all of it there and nothing else follows from it; else ""."""
    if one.kind == "mentorship" or "scope" not in one.names:
        return ""  # Grants follow from mentorships.
    try:
        named = msgspec.msgpack.decode(one.values[one.names.index("scope")])
    except BROKEN:
        return ""
    # Whose what a hub passes on is, is for whoever looks into it.
    scope = "" if mandate.relays and named == "private/" else grants.known_scope(named, mandate.person)
    least = mandate.least(scope) if scope else None
    if least is None or not mandate.writes(scope) or min(one.reaches) < least or not checks.sound(one):
        return ""
    return scope


def received(one: Simple, now: int) -> Simple:
    """The record with the moment it came here in its stamps."""
    return one._replace(stamps=tuple([stamp._replace(received=now) for stamp in one.stamps]))
