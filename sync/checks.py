"""What a record must be to be sent or taken in: the same for both ends, so that a laptop refuses itself what a server would.

Each code has its sentence among the client's words.
"""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from mentorapp.fields import Visibility
from mentorapp.registers import Register, Simple, State
from sync.protocol import (
    BROKEN,
    MOST_CONTEXT,
    MOST_DEPTH,
    MOST_NAME,
    MOST_RECORD,
    MOST_REGISTERS,
    MOST_SIBLINGS,
)

_HIGHEST = 2**63 - 1
_decode = msgspec.msgpack.Decoder().decode


def problem_of(state: State) -> str:
    """The code of why this record cannot be sent or taken in, or "" if it can."""
    return next((code for code, fails in _CHECKS if fails(state)), "")


def sound(one: Simple) -> bool:
    """Whether `problem_of` finds nothing wrong with this record."""
    return (
        _well_named(one.kind, one.names)
        and _is_id(one.id)
        and all(len(dot.replica) == 8 and 0 < dot.counter <= _HIGHEST for dot in one.dots)
        and all(_is_author(stamp.by) for stamp in one.stamps)
        and sum(map(len, one.values)) + 24 * len(one.values) <= MOST_RECORD
        and Visibility.only_me not in one.reaches
        and all(map(_sound, one.values))
    )


def _is_id(id: str) -> bool:
    return 0 < len(id) <= MOST_NAME and id.isascii() and id.isprintable()


def _is_author(by: str) -> bool:
    return len(by) <= MOST_NAME and by.isprintable()


@lru_cache(512)
def _well_named(kind: str, names: tuple[str, ...]) -> bool:
    fine = all(0 < len(name) <= MOST_NAME and name.isprintable() for name in (kind, *names))
    return fine and 0 < len(names) <= MOST_REGISTERS


def _bad_id(state: State) -> bool:
    return not _is_id(state.id)


def _bad_name(state: State) -> bool:
    names = [state.kind, *state.registers]
    return any(not (0 < len(name) <= MOST_NAME and name.isprintable()) for name in names)


def _too_many(state: State) -> bool:
    some = state.registers.values()
    return (
        not 0 < len(state.registers) <= MOST_REGISTERS
        or any(not 0 < len(r.siblings) <= MOST_SIBLINGS or len(r.context) > MOST_CONTEXT for r in some)
        or not all(_is_author(by) for by, *_ in state.stamps.values())
    )


def _bad_dot(state: State) -> bool:
    return any(map(_bad_context, state.registers.values()))


def _bad_context(register: Register) -> bool:
    if len(register.context) == len(register.siblings) == 1:
        (sibling,) = register.siblings
        if sibling.dot == register.context[0]:  # as almost every register is
            return len(sibling.dot.replica) != 8 or not 0 < sibling.dot.counter <= _HIGHEST
    known = dict(register.context)
    if any(len(replica) != 8 or not 0 < counter <= _HIGHEST for replica, counter in register.context):
        return True
    return any(not 0 < s.dot.counter <= known.get(s.dot.replica, 0) for s in register.siblings)


def _readable_by_nobody(state: State) -> bool:
    return any(register.reach is Visibility.only_me for register in state.registers.values())


def size(state: State) -> int:
    """About how many bytes the record's values take."""
    return sum(len(s.value) + 24 for register in state.registers.values() for s in register.siblings)


def _too_large(state: State) -> bool:
    return size(state) > MOST_RECORD


def _bad_value(state: State) -> bool:
    return any(not _sound(s.value) for register in state.registers.values() for s in register.siblings)


_PLAIN = {bytes((one,)) for one in (*range(0x80), 0x80, 0x90, 0xA0, 0xC0, 0xC2, 0xC3, *range(0xE0, 0x100))}
"""Values of one byte: small numbers, truths, nothing, something empty."""


def _sound(value: bytes) -> bool:
    if value in _PLAIN:
        return True
    try:
        plain = _decode(value)
    except BROKEN:
        return False
    return not isinstance(plain, list | dict) or not _deeper(plain, MOST_DEPTH)


def _deeper(plain: object, most: int) -> bool:
    """Whether lists and maps lie in each other more than so many times."""
    if not isinstance(plain, list | dict):
        return False
    parts = plain.values() if isinstance(plain, dict) else plain
    return most == 0 or any(_deeper(part, most - 1) for part in parts)


_CHECKS: tuple[tuple[str, Callable[[State], bool]], ...] = (
    ("bad_id", _bad_id),
    ("bad_name", _bad_name),
    ("too_many_parts", _too_many),
    ("bad_save", _bad_dot),
    ("too_large", _too_large),
    ("bad_value", _bad_value),
    ("only_for_its_author", _readable_by_nobody),
)
