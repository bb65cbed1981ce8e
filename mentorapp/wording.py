"""Two wordings of one text: where they differ, word by word, and one text that holds what either says.

Pure, and for any script: knows no record, no author and no screen. Texts too long to be compared word by word in a moment are
compared sentence by sentence, and longer ones still are put one after the other.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

Spans = tuple[tuple[int, int], ...]
"""Stretches of a text, each from its first character to the one after its last."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]+")
_SENTENCES = re.compile(r".*?(?:[.!?…؟。።]+[\s”»\"']*|\n+|$)", re.DOTALL)
_MOST = 3000
"""How many parts are compared at most: the comparison grows with their square."""


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCES.findall(text) if part]


def _steps(a: Sequence[str], b: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, a, b, autojunk=False).get_opcodes()


def _parts(a: str, b: str) -> tuple[list[str], list[str]]:
    """The words of both, or their sentences where the words are too many."""
    words = _words(a), _words(b)
    return words if max(map(len, words)) <= _MOST else (_sentences(a), _sentences(b))


def differing(a: str, b: str) -> tuple[Spans, Spans]:
    """Where each of the two says what the other does not."""
    mine, theirs = _parts(a, b)
    if max(len(mine), len(theirs)) > _MOST:
        return (((0, len(a)),), ((0, len(b)),)) if a != b else ((), ())
    only_a, only_b = [], []
    for step, a0, a1, b0, b1 in _steps(mine, theirs):
        if step != "equal":
            only_a.append((a0, a1))
            only_b.append((b0, b1))
    return _spans(mine, only_a), _spans(theirs, only_b)


def _spans(parts: Sequence[str], runs: Iterable[tuple[int, int]]) -> Spans:
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    text = "".join(parts)
    found: list[tuple[int, int]] = []
    for first, last in runs:
        start, end = starts[first], starts[last]
        # A mark begins and ends at a letter: a tinted blank at a line's end is only noise.
        start += len(text[start:end]) - len(text[start:end].lstrip())
        end = max(start, start + len(text[start:end].rstrip()))
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], end)
        elif end > start:
            found.append((start, end))
    return tuple(found)


def together(texts: Sequence[str]) -> str:
    """One text that holds what any of them says, and what they share only once."""
    whole = ""
    for text in texts:
        whole = _both(whole, text) if whole.strip() else text
    return whole


def _both(a: str, b: str) -> str:
    if not b.strip() or a == b:
        return a
    mine, theirs = _sentences(a), _sentences(b)
    steps = _steps(mine, theirs) if max(len(mine), len(theirs)) <= _MOST else []
    woven = _woven(a, b)
    if woven is not None:
        return woven
    if not any(step == "equal" for step, *_ in steps):
        return f"{a.rstrip()}\n\n{b.lstrip()}"
    return "".join(_joined("".join(mine[a0:a1]), "".join(theirs[b0:b1])) for _, a0, a1, b0, b1 in steps).rstrip()


def _joined(a: str, b: str) -> str:
    if a == b or not b:
        return a
    if not a:
        return b if b[-1:].isspace() else b + " "
    woven = _woven(a, b)
    if woven is not None:
        return woven
    return f"{a.rstrip()} {b}" if b[-1:].isspace() else f"{a.rstrip()} {b} "


def _woven(a: str, b: str) -> str | None:
    """Both word by word, if each only adds to what they share; None if they say something differently at one place."""
    mine, theirs = _words(a), _words(b)
    if not mine or not theirs or max(len(mine), len(theirs)) > _MOST:
        return None
    steps = _steps(mine, theirs)
    shared = sum(len("".join(mine[a0:a1]).strip()) for step, a0, a1, _, _ in steps if step == "equal")
    # Two texts that share a few small words only by chance would be shuffled into nonsense.
    if any(step == "replace" for step, *_ in steps) or shared * 2 < min(len(a), len(b)):
        return None
    return "".join(
        "".join(mine[a0:a1]) if step != "insert" else "".join(theirs[b0:b1]) for step, a0, a1, b0, b1 in steps
    )
