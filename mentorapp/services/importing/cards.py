"""Address cards (vCard 2.1, 3.0 and 4.0) as a table of people: a line for each card that names somebody.

Pictures, sounds and keys in a card are passed over before anything reads it. A card that cannot be read is remarked on.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.services.importing.reading import Line

MOST_CARD = 200_000
"""The longest card that is read, in characters, its pictures aside."""

MOST_REMARKS = 20
"""How many unreadable cards are told of one by one."""

_HEAVY = re.compile(r"(?:[\w-]+\.)?(PHOTO|LOGO|SOUND|KEY)\b", re.IGNORECASE)
_COLUMNS = (N_("Preferred name"), N_("Phone"), N_("E-mail"), N_("Employer"), N_("Role"), N_("Languages spoken"))


def lines_of(lines: Iterable[str], path: Path, remarks: list[UserError]) -> Iterator[Line]:
    """Headings, then a line for each card, numbered by the cards' order; of those that cannot be read, a remark."""
    yield 0, [tr(heading) for heading in _COLUMNS]
    for number, card in enumerate(_cards(lines, path), 1):
        person = _person(card)
        if person and any(person):
            yield number, person
        elif len(remarks) < MOST_REMARKS:
            said = N_("Card {n} names nobody or cannot be read, so it is left out. Add that person by hand.")
            remarks.append(UserError(said, n=number))


def _cards(lines: Iterable[str], path: Path) -> Iterator[str]:
    card: list[str] = []
    size, within, passing = 0, False, False
    for line in lines:
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            card, size, within, passing = [], 0, True, False
        if not within:
            continue
        if not line.startswith((" ", "\t")):
            passing = bool(_HEAVY.match(line)) or (passing and ":" not in line and not word.startswith("END"))
        if not passing:
            card.append(line.rstrip("\r\n"))
            size += len(line)
        if size > MOST_CARD:
            raise UserError(
                N_("A card in “{file}” is far too long for an address. Export the contacts anew, without pictures."),
                file=path.name,
            )
        if word == "END:VCARD":
            within = False
            yield "\r\n".join(card) + "\r\n"


def _person(card: str) -> list[str] | None:
    import vobject

    try:
        found = vobject.readOne(card, validate=False, ignoreUnreadable=True, allowQP=True)
        if found is None:
            return None
        return [
            _name(found),
            "; ".join(_phones(found)),
            "; ".join(_each(found, "email")),
            ", ".join(_each(found, "org")[:1]),
            ", ".join(_each(found, "title")[:1] or _each(found, "role")[:1]),
            "; ".join(_each(found, "lang")),
        ]
    # Whatever a stranger's file makes the library stumble over, it is one card that cannot be read.
    except (
        vobject.base.VObjectError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        AssertionError,
        StopIteration,
    ):
        return None


def _name(card: Any) -> str:
    full = next(iter(_each(card, "fn")), "")
    if full:
        return full
    for line in card.contents.get("n", ()):
        parts = line.value
        words = (_flat(getattr(parts, part, "")) for part in ("prefix", "given", "additional", "family", "suffix"))
        return " ".join(filter(None, words)) or _flat(parts)
    return next(iter(_each(card, "nickname") or _each(card, "org")), "")


def _phones(card: Any) -> list[str]:
    """The mobile ones first; of the `tel:` form only the number."""
    lines = sorted(card.contents.get("tel", ()), key=lambda line: not _is_mobile(line))
    found = (_flat(line.value).removeprefix("tel:") for line in lines)
    return list(dict.fromkeys(filter(None, found)))


def _is_mobile(line: Any) -> bool:
    return "CELL" in f"{line.params} {getattr(line, 'singletonparams', '')}".upper()


def _each(card: Any, name: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (_flat(line.value) for line in card.contents.get(name, ())))))


def _flat(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_flat(part) for part in value)))
    return " ".join(str(value).split()).strip(" ;") if isinstance(value, str) else ""
