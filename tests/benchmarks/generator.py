"""Records such as mentors write, made from a seed: fifteen fields each, prose in six languages, never a sentence repeated word for word.

Two sources of prose. `written`: our own words (the folder `prose`), put together by small grammars. `Found`: what nobody here wrote,
the messages of this machine's own programs in English, French, Portuguese and Arabic where their catalogues are installed, else the
documentation in Python's library. Our words alone are too few for hundreds of records: `Mixed` has the variety of real notes.
Bytes on the wire are judged by the ratio to `xz -9e` of the same records' JSON, for compressibility differs with the prose.
"""

import ast
import gettext
import json
import lzma
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import msgspec

from mentorapp.records import Session

LANGUAGES = ("en", "fr", "pt", "sw", "ar", "am")
PLACES = (
    "Kitale",
    "Moroto",
    "Nampula",
    "Ségou",
    "Bahir Dar",
    "Gulu",
    "Lichinga",
    "Mopti",
    "Dilla",
    "Kigoma",
    "Ziguinchor",
    "Tabora",
)
_FOLDER = Path(__file__).parent / "prose"
_CATALOGUES = Path("/usr/share/locale")
_SLOT = re.compile(r"\{(\w+)\}")

Prose = Callable[[random.Random, str], str]
"""Gives one sentence in a language."""


# --- prose ------------------------------------------------------------------------------------------------------------


@cache
def _grammar(language: str) -> tuple[dict[str, list[str]], list[str]]:
    slots: dict[str, list[str]] = {"place": list(PLACES)}
    sentences = []
    for line in (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            sentences.append(line[2:])
        elif ": " in line:
            name, words = line.split(": ", 1)
            slots[name] = words.split(" | ")
    return slots, sentences


def written(chance: random.Random, language: str) -> str:
    """A sentence of our own."""
    slots, sentences = _grammar(language)

    def fill(slot: re.Match[str]) -> str:
        return str(chance.randint(2, 45)) if slot[1] == "n" else chance.choice(slots[slot[1]])

    made = _SLOT.sub(fill, chance.choice(sentences))
    return made[0].upper() + made[1:]


@cache
def _catalogue(language: str) -> tuple[str, ...]:
    folder = "fr" if language == "en" else language
    some: dict[str, None] = {}
    for file in sorted((_CATALOGUES / folder / "LC_MESSAGES").glob("*.mo")):
        for english, translated in _messages(file):
            words = " ".join((english if language == "en" else translated).split())
            if english != translated and 45 < len(words) < 300 and not _ODD.search(words):
                some[words] = None
    texts = list(some) if len(some) > 100 else list(_docstrings() if language == "en" else ())
    random.Random(4).shuffle(texts)
    return tuple(texts)


_ODD = re.compile(r"[%<{\\|]|--")


def _messages(file: Path) -> list[tuple[str, str]]:
    with file.open("rb") as opened:
        try:
            told: dict[Any, Any] = getattr(gettext.GNUTranslations(opened), "_catalog", {})
        except (UnicodeDecodeError, OSError):
            return []  # of a time before UTF-8
    return sorted((k, v) for k, v in told.items() if isinstance(k, str) and isinstance(v, str))


def _docstrings() -> Iterator[str]:
    """English that is wherever Python is: the documentation inside its library."""
    for file in sorted(Path(ast.__file__).parent.glob("[a-u]*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            text = ast.get_docstring(node) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) else None
            for one in (text or "").split("\n\n"):
                words = " ".join(one.split())
                if 45 < len(words) < 300 and not _ODD.search(words) and ">>>" not in words:
                    yield words


class Found:
    """Sentences that nobody here wrote, each once until there are no more."""

    def __init__(self) -> None:
        self._turn = dict.fromkeys(LANGUAGES, 0)

    def __call__(self, chance: random.Random, language: str) -> str:
        """The next sentence; of a language that has no more, one in English."""
        known = language if len(_catalogue(language)) > self._turn[language] else "en"
        texts = _catalogue(known)
        self._turn[known] += 1
        return texts[(self._turn[known] - 1) % len(texts)]


class Mixed:
    """Sentences of both sources, for the variety of words that a year of notes has."""

    def __init__(self) -> None:
        self._found = Found()

    def __call__(self, chance: random.Random, language: str) -> str:
        """The next sentence; more of them found, where there are any in this language."""
        common = len(_catalogue(language)) > 0 and chance.random() < 0.8
        return self._found(chance, language) if common else written(chance, language)


# --- records ----------------------------------------------------------------------------------------------------------


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def sessions(
    count: int, *, seed: int = 1, prose: Prose | None = None, mentees: int = 8, me: str = ""
) -> Iterator[Session]:
    """Held sessions of a mentor with some mentees, day after day; each pair writes in one language."""
    chance, prose = random.Random(seed), prose or Mixed()
    pairs = [(_id(chance), _id(chance), LANGUAGES[n % len(LANGUAGES)]) for n in range(mentees)]
    start = datetime(2025, 9, 1, 7, tzinfo=UTC)
    for _ in range(count):
        start += timedelta(hours=chance.randint(2, 30), minutes=chance.choice((0, 10, 15, 30, 45)))
        pair, _, language = chance.choice(pairs)
        yield _session(chance, prose, start, pair, language)


def _session(chance: random.Random, prose: Prose, start: datetime, pair: str, language: str) -> Session:
    def some(least: int, most: int) -> str:
        return " ".join(prose(chance, language) for _ in range(chance.randint(least, most)))

    return Session(
        id=_id(chance),
        scope=f"mentorship/{pair}",
        mentorship=pair,
        status="held",
        started=start,
        contact_minutes=chance.choice((20, 30, 40, 45, 55, 60, 75, 90)),
        travel_minutes=chance.randint(5, 240),
        mode=chance.choice(("site_visit", "phone", "video", "face_to_face")),
        help_type=chance.choice(("mentoring", "coaching", "training", "supervision")),
        place=chance.choice(PLACES),
        agenda=prose(chance, language),
        notes=some(3, 5),
        strengths=some(1, 2),
        improve=some(1, 2),
        useful=some(1, 2),
        commitment=chance.randint(3, 10),
        next_date=date.fromordinal(start.toordinal() + chance.randint(6, 40)),
    )


FIELDS = (
    "mentorship", "status", "started", "contact_minutes", "travel_minutes", "mode", "help_type", "place", "agenda",
    "notes", "strengths", "improve", "useful", "commitment", "next_date",
)  # fmt: skip
"""The fifteen fields that are filled."""


def plain(session: Session) -> dict[str, Any]:
    """A record as a plain one: what a peer is given, and what `xz` is measured on."""
    values = {"id": session.id}
    for name in FIELDS:
        value = getattr(session, name)
        values[name] = value.isoformat() if isinstance(value, date | datetime) else value
    return values


def as_json(some: list[Session]) -> bytes:
    """Records as JSON, in UTF-8."""
    return json.dumps([plain(one) for one in some], ensure_ascii=False).encode()


def xz(content: bytes) -> int:
    """How many bytes `xz -9e` makes of it."""
    return len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def bare(some: list[Session]) -> int:
    """How many bytes Brotli makes of them as one MessagePack of names and values: no saves, no authors, no classes."""
    return len(brotli.compress(msgspec.msgpack.encode([plain(one) for one in some]), quality=11))
