"""This may be the same person: who is called alike, and taking two together in a way that can be undone.

A hint is never more than a question. It looks at names however they are written (accents, Arabic letters, the usual ways of writing one
name in Latin letters), and at telephone numbers. That two are different people, once said, is remembered on this laptop.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import Person
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from mentorapp.store.search import folded

ALIKE = 86
"""From which likeness (of 100) on two names are worth a question."""

_APART = "not the same person"
_WORDS = re.compile(r"\w+")
_LATIN = str.maketrans(
    {
        "ا": "", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "k", "د": "d", "ذ": "d", "ر": "r", "ز": "z", "س": "s",
        "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "g", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m",
        "ن": "n", "ه": "h", "و": "", "ي": "", "ء": "",
    }
)  # fmt: skip
_SPELLINGS = (
    (re.compile("sch|sh|ch"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("kh|q|c"), "k"),
    (re.compile("dj|dh"), "d"),
    (re.compile("th"), "t"),
    (re.compile("gh"), "g"),
    (re.compile("v"), "f"),
    (re.compile("[aeiouyw]"), ""),
)
_DOUBLED = re.compile(r"(.)\1+")
_SILENT = re.compile("(?<=[aeiou])h$|(?<=.)[هة]$")
_VOWELS = frozenset("aeiouاعء")


class Known(NamedTuple):
    """Somebody on this laptop, as far as it takes to tell people apart."""

    id: str
    name: str
    phone: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Likely:
    """Somebody who may be the one: how alike (of 100), and whether the telephone number is the same."""

    who: Known
    score: int
    phone: bool = False


# --- likeness ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: folded, in the order of the alphabet."""
    return tuple(sorted(_WORDS.findall(folded(name))))


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """A word's consonants in Latin letters, where the usual spellings of one sound are alike: Mohamed, Muhammad and محمد are “mhmd”."""
    bare = _SILENT.sub("", word)
    begins = "a" if bare[:1] in _VOWELS else ""
    if not bare.isascii():
        bare = bare.translate(_LATIN)
    for pattern, sound in _SPELLINGS:
        bare = pattern.sub(sound, bare)
    # A vowel at the beginning is heard; within a word it is written in too many ways.
    return begins + _DOUBLED.sub(r"\1", bare)


@lru_cache(maxsize=20_000)
def number(phone: str) -> str:
    """A telephone number's last nine digits, which country codes and noughts in front leave alone; "" if there are fewer than seven."""
    digits = "".join(str(int(c)) for c in phone if c.isdigit())
    return digits[-9:] if len(digits) >= 7 else ""


class _Heard(NamedTuple):
    """A name taken apart: its words, them in one line, its sounds, and its beginnings (which a shortened name shares)."""

    words: tuple[str, ...]
    line: str
    sounds: tuple[str, ...]
    letters: int


@lru_cache(maxsize=20_000)
def _heard(name: str) -> _Heard:
    words = tokens(name)
    sounds = tuple(sorted(skeleton(word) for word in words))
    return _Heard(words, " ".join(words), sounds, sum(map(len, sounds)))


def likeness(one: str, other: str) -> int:
    """How alike two names are, of 100. A given name with an initial is like the full name that it may shorten."""
    return _likeness(_heard(one), _heard(other))


def _likeness(mine: _Heard, theirs: _Heard) -> int:
    if not mine.words or not theirs.words:
        return 0
    if mine.line == theirs.line:
        return 100
    if mine.sounds == theirs.sounds and mine.letters >= 3:
        return 92
    few, many = (mine, theirs) if len(mine.words) <= len(theirs.words) else (theirs, mine)
    if len(few.words) > 1 and (_shortens(few.words, many.words) or _shortens(many.words, few.words)):
        return 90
    return int(fuzz.ratio(mine.line, theirs.line, score_cutoff=ALIKE))


def _shortens(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether every word of the one stands in the other, an initial for a word that begins with it; at least one word is whole."""
    if len(short) > len(long) or set(short).isdisjoint(long):
        return False
    left, whole = list(long), 0
    for word in sorted(short, key=len, reverse=True):
        fits = next((w for w in left if w == word or (len(word) == 1 and w[:1] == word)), None)
        if fits is None:
            return False
        left.remove(fits)
        whole += fits == word and len(word) > 1
    return whole > 0


# --- hints ------------------------------------------------------------------------------------------------------------


def _everybody(workspace: Workspace) -> Iterator[Known]:
    """Everybody but me, each once."""
    gone = {*sameness.same(workspace).ends, workspace.me}
    rows = workspace.store.rows("SELECT id, name, phone, role FROM person WHERE voided = 0 AND name <> ''")
    return (Known._make(row) for row in rows if row[0] not in gone)


def alike(workspace: Workspace, *, name: str, phone: str = "", but: Iterable[str] = (), limit: int = 3) -> list[Likely]:
    """Who may be the person of this name or number, the likeliest first; nobody while less than three letters are typed."""
    not_these = set(but)
    if len("".join(tokens(name))) < 3 and not number(phone):
        return []
    found = [_likely(who, name, phone) for who in _everybody(workspace) if who.id not in not_these]
    return sorted((one for one in found if one), key=lambda one: (-one.score, one.who.name))[:limit]


def _likely(who: Known, name: str, phone: str) -> Likely | None:
    score, same_phone = likeness(name, who.name), False
    if phone and who.phone and number(phone) and number(phone) == number(who.phone):
        score, same_phone = max(score, 95), True
    return Likely(who=who, score=score, phone=same_phone) if score >= ALIKE else None


def alike_to(workspace: Workspace, person: str) -> list[Likely]:
    """Who may be the same as somebody who is here, without those of whom it was said that they are not."""
    me = workspace.store.get(Person, sameness.same(workspace).one(person))
    apart = _apart(workspace)
    but = {me.id, *(id for pair in apart if me.id in pair for id in pair)}
    return alike(workspace, name=me.name, phone=me.phone, but=but)


def suspected(workspace: Workspace, *, limit: int = 20) -> list[tuple[Known, Likely]]:
    """Pairs of people who may be the same, the likeliest first. Compares only who shares a word, a sound or a number: 2,000 in a blink."""
    apart = _apart(workspace)
    found: dict[frozenset[str], tuple[Known, Likely]] = {}
    for near in _neighbours(_everybody(workspace)):
        for one, other in combinations(near, 2):
            both = frozenset((one.id, other.id))
            if both in apart or both in found:
                continue
            likely = _likely(other, one.name, one.phone)
            if likely:
                found[both] = one, likely
    return sorted(found.values(), key=lambda pair: (-pair[1].score, pair[0].name, pair[0].id))[:limit]


MOST_NEAR = 60
"""A word that more people than this share ("Grace") tells nobody apart; the whole name still does."""


def _neighbours(everybody: Iterable[Known]) -> list[list[Known]]:
    blocks: dict[str, list[Known]] = {}
    for who in everybody:
        heard = _heard(who.name)
        keys = {sound for sound in heard.sounds if len(sound) > 1}
        keys |= {f"name {heard.line}", f"sounds {' '.join(heard.sounds)}"}
        if who.phone and number(who.phone):
            keys.add(f"phone {number(who.phone)}")
        for key in keys:
            blocks.setdefault(key, []).append(who)
    return [block for block in blocks.values() if 1 < len(block) <= MOST_NEAR]


def _apart(workspace: Workspace) -> set[frozenset[str]]:
    kept = workspace.store.recall(_APART)
    return {frozenset(pair) for pair in json.loads(kept)} if kept else set()


def say_apart(workspace: Workspace, one: str, other: str, *, apart: bool = True) -> Changed:
    """Remember on this laptop that these two are different people, or (`apart=False`) ask about them again."""
    known = _apart(workspace)
    both = frozenset((one, other))
    known = known | {both} if apart else known - {both}
    workspace.store.remember(**{_APART: json.dumps(sorted(sorted(pair) for pair in known))})
    return Changed(frozenset(("person",)), (one, other))


# --- taking together, and apart ---------------------------------------------------------------------------------------


def merge(workspace: Workspace, *, keep: str, other: str) -> Changed:
    """Take two together: `keep` stands for both from now on, wherever either is named. Raises UserError if they are one already."""
    same = sameness.same(workspace)
    kept, gone = same.one(keep), same.one(other)
    if kept == gone:
        raise UserError(N_("These two are one person already."))
    if workspace.me in same.all_of(gone):
        raise UserError(N_("This is you. Keep yourself, and take the other one together with you."))
    workspace.store.get(Person, kept)
    person = workspace.store.get(Person, gone)
    if person.same_as and workspace.store.seek(Person, person.same_as) is None:
        raise UserError(
            N_(
                "{name} was taken together with somebody who is not on this laptop. Keep {name}, and take the other one."
            ),
            name=person.name,
        )
    return _link(workspace, person, kept)


def take_apart(workspace: Workspace, person: str) -> Changed:
    """Somebody who was taken together with another is a person of her own again, exactly as before."""
    kept = sameness.same(workspace).one(person)
    with workspace.store.transaction():
        changed = _link(workspace, workspace.store.get(Person, person), None)
        # Two laptops took them together at once, each the other way round: the way back goes as well.
        while kept != person and (link := _on_the_way(workspace, kept, person)) is not None:
            changed |= _link(workspace, link, None)
    return changed


def _on_the_way(workspace: Workspace, start: str, person: str) -> Person | None:
    """The one who points at `person` on the way from `start`, if the way leads there."""
    seen: set[str] = set()
    node = workspace.store.seek(Person, start)
    while node is not None and node.id not in seen:
        if node.same_as == person:
            return node
        seen.add(node.id)
        node = workspace.store.seek(Person, node.same_as) if node.same_as else None
    return None


def _link(workspace: Workspace, person: Person, to: str | None) -> Changed:
    after = replace(person, same_as=to)
    return workspace.store.save(after, before=person, by=workspace.me, at=workspace.clock.now())


def together_with(workspace: Workspace, person: str) -> list[Person]:
    """Who was taken together with this person, apart from the one who stands for them."""
    ids = sameness.same(workspace).all_of(person)[1:]
    return [found for id in ids if (found := workspace.store.seek(Person, id))]
