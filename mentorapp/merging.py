"""Three-way merging of prose, word by word: what two people changed in one text without knowing of each other.

Both sides' changes are kept where they do not touch; where both inserted at one place, both insertions stand, in an order that does
not depend on who merges. Where they rewrote the same words differently there is no merge, and a person is asked. Symmetric:
merged(base, a, b) == merged(base, b, a), so that two laptops that merge at once write equal values. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_WORDS = 4000
"""Longer texts are compared line by line: the comparison grows with the square of the number of parts."""

_WORDS = re.compile(r"\s*\S+|\s+$")
_LINES = re.compile(r"[^\n]*\n|[^\n]+$")
_ISLAND = 2


class Edit(NamedTuple):
    """The parts of the base from `start` to `end` became `text`."""

    start: int
    end: int
    text: str


def merged(base: str, a: str, b: str) -> str | None:
    """One text with the changes of both sides, or None where they contradict each other."""
    if a == b or b == base:
        return a
    if a == base:
        return b
    first, second = sorted((a, b))
    cut = _WORDS if max(len(_WORDS.findall(t)) for t in (base, a, b)) <= MOST_WORDS else _LINES
    parts = cut.findall(base)
    edits = _both(_edits(parts, cut.findall(first)), _edits(parts, cut.findall(second)))
    return None if edits is None else _applied(parts, edits)


def _edits(base: Sequence[str], changed: Sequence[str]) -> list[Edit]:
    """The changes of one side. Unchanged islands of a word or two within a rewritten passage belong to the rewriting."""
    found: list[Edit] = []
    for step, b0, b1, c0, c1 in SequenceMatcher(None, base, changed, autojunk=False).get_opcodes():
        if step == "equal":
            continue
        text = "".join(changed[c0:c1])
        last = found[-1] if found else None
        if last and b0 - last.end < _ISLAND and (b1 > b0 or last.end > last.start):
            found[-1] = Edit(last.start, b1, last.text + "".join(base[last.end : b0]) + text)
        else:
            found.append(Edit(b0, b1, text))
    return found


def _touch(a: Edit, b: Edit) -> bool:
    return a.start < b.end and b.start < a.end


def _both(mine: list[Edit], theirs: list[Edit]) -> list[Edit] | None:
    """Both lists as one, in order; None if two different edits touch the same words."""
    for edit in mine:
        if any(_touch(edit, other) and edit != other for other in theirs):
            return None
    return sorted({*mine, *theirs}, key=lambda edit: (edit.start, edit.end, edit.text))


def _applied(base: Sequence[str], edits: list[Edit]) -> str:
    return "".join(_pieces(base, edits))


def _pieces(base: Sequence[str], edits: list[Edit]) -> Iterator[str]:
    at = 0
    for edit in edits:
        yield from base[at : edit.start]
        yield edit.text
        at = edit.end
    yield from base[at:]
