"""What each column of a table is: guessed from its heading in any language, then from the shape of its values; changed by the person.

Pure but for the remembered choices, which are this device's settings: only a fingerprint of the headings is kept, never the words.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b

from mentorapp import i18n, paths, settings
from mentorapp.fields import Choice, Count, Day, Field, Many, Moment, Ref, fields_of
from mentorapp.i18n import N_, tr
from mentorapp.records import BY_KIND
from mentorapp.services.export import heading
from mentorapp.services.importing import values
from mentorapp.services.importing.reading import Book
from mentorapp.services.importing.values import folded
from mentorapp.settings import Settings

OFFERED = ("person", "site", "mentorship", "session")
"""The kinds that a person is offered; a script may import any."""

BESIDES: Mapping[str, Mapping[str, str]] = {
    "person": {"site": N_("Site where you meet")},
    "session": {"mentee": N_("Mentee, by name"), "site": N_("Site where you met"), "time": N_("Time of day")},
}
"""Columns that are no field of the record itself but say what belongs to it."""

_NEVER = ("voided", "void_reason", "scope", "same_as", "content_hash", "media_type", "size", "check_in")
_NOT_OFFERED = ("check_in", "moved_to", "attendees")
_REMEMBERED = 60


def fields(kind: str) -> dict[str, Field]:
    """The fields of a kind that a table can say."""
    return dict(fields_of(BY_KIND[kind]))


def targets(kind: str) -> dict[str, str]:
    """What a column can be, by name, with its words in the language in use."""
    named = {name: heading(field) for name, field in fields(kind).items() if name not in _NEVER + _NOT_OFFERED}
    besides = {name: tr(words) for name, words in BESIDES.get(kind, {}).items()}
    return {**besides, **named, "id": tr("Id")} if kind == "session" else {**named, **besides, "id": tr("Id")}


def _named(kind: str) -> Iterator[tuple[str, str]]:
    """Each column's name with the words for it: labels in every language, with unit and without; then the usual words."""
    for name, field in fields(kind).items():
        labels = i18n.in_every_language(field.label)
        units = i18n.in_every_language(field.unit) if isinstance(field, Count) and field.unit else ()
        for label in (*labels, *(f"{label} {unit}" for label in labels for unit in units), name):
            yield name, label
    for name, words in BESIDES.get(kind, {}).items():
        yield from ((name, each) for each in i18n.in_every_language(words))
    for key, usual in json.loads((paths.resources() / "importing" / "headings.json").read_text("utf-8")).items():
        about, name = key.split(".")
        if about == kind:
            yield from ((name, words) for words in usual)
    yield from (("id", words) for words in i18n.in_every_language("Id"))


@cache
def _known(kind: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The column that each heading names: with its accents, and without. (*Mentorés* are mentees in French, *mentores* mentors.)"""
    exact: dict[str, str] = {}
    bare: dict[str, str] = {}
    for name, words in _named(kind):
        exact.setdefault(words.casefold(), name)
        bare.setdefault(folded(words), name)
    return exact, bare


@cache
def _in_use(kind: str, _language: str) -> Mapping[str, str]:
    """The column that each heading names in the language in use."""
    return {words.casefold(): name for name, words in targets(kind).items()}


def guess(book: Book, kind: str) -> tuple[str, ...]:
    """For each column of a table the name of what it is, or "" for none; no name twice."""
    found = [""] * len(book.headings)
    _by_heading(book.headings, kind, found)
    _by_likeness(book.headings, kind, found)
    _by_shape(book, kind, found)
    return tuple(found)


def _by_heading(headings: Sequence[str], kind: str, found: list[str]) -> None:
    exact, bare = _known(kind)
    own = _in_use(kind, i18n.language())
    for at, words in enumerate(headings):
        plain = re.sub(r"\s*[*:]+\s*$", "", words)
        name = own.get(plain.casefold()) or exact.get(plain.casefold()) or bare.get(folded(plain))
        if name and name not in found:
            found[at] = name


def _by_likeness(headings: Sequence[str], kind: str, found: list[str]) -> None:
    from rapidfuzz import fuzz, process

    _, known = _known(kind)
    for at, words in enumerate(headings):
        plain = folded(words)
        if found[at] or len(plain) < 4:
            continue
        best = process.extractOne(plain, known.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=86)
        if best and known[best[0]] not in found:
            found[at] = known[best[0]]


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{7,}")
_ID = re.compile(r"[0-9a-f]{32}")


def _by_shape(book: Book, kind: str, found: list[str]) -> None:
    sample = book.rows[:200]
    for at in range(len(book.headings)):
        cells = [row.cells[at] for row in sample if at < len(row.cells) and row.cells[at]]
        if not found[at] and cells:
            found[at] = next((name for name in _shaped(cells, kind) if name not in found), "")


def _shaped(cells: list[str], kind: str) -> Iterable[str]:
    """What the cells of a column look like, the surest first."""

    def mostly(test: re.Pattern[str]) -> bool:
        return sum(bool(test.fullmatch(values.digits(cell))) for cell in cells) * 10 >= len(cells) * 8

    if mostly(_ID):
        yield "id"
    if kind == "person" and mostly(_EMAIL):
        yield "email"
    dates = sum(
        values.day_of(cell.split(" ")[0] or cell, month_first=False) is not None for cell in cells if not cell.isdigit()
    )
    if dates * 10 >= len(cells) * 8:
        yield from {"session": ("started",), "mentorship": ("starts",)}.get(kind, ())
    elif kind == "person" and mostly(_PHONE):
        yield "phone"
    for name, field in fields(kind).items():
        if isinstance(field, Choice) and name not in _NEVER and len(set(cells)) > 1:
            said = sum(values.choice_of(field, cell) is not None for cell in cells)
            if said * 10 >= len(cells) * 8:
                yield name


def kind_of(book: Book) -> str:
    """Which kind of record the rows most likely are, among those offered."""
    if book.kind == "vcard":
        return "person"

    def score(kind: str) -> float:
        found = ["" for _ in book.headings]
        _by_heading(book.headings, kind, found)
        names = set(filter(None, found))
        telling = {
            "session": {"started", "notes", "contact_minutes", "mode"},
            "mentorship": {"mentees", "cadence", "type"},
        }
        return len(names) + 1.5 * len(names & telling.get(kind, set())) + (kind == "person") * 0.1

    return max(OFFERED, key=score)


def dates_in(book: Book, matching: Sequence[str], kind: str) -> list[str]:
    """Every cell that is read as a date."""
    known = fields(kind)
    at = [n for n, name in enumerate(matching) if isinstance(known.get(name), Day | Moment)]
    return [row.cells[n] for row in book.rows for n in at if n < len(row.cells) and row.cells[n]]


# --- what was chosen before -------------------------------------------------------------------------------------------


def _fingerprint(headings: Sequence[str], kind: str) -> str:
    return blake2b("\x1f".join((kind, *map(folded, headings))).encode(), digest_size=8).hexdigest()


def remembered(chosen: Settings, book: Book, kind: str) -> tuple[str, ...] | None:
    """How the columns under just these headings were matched the last time, or None."""
    found = chosen.matchings.get(_fingerprint(book.headings, kind))
    known = {*targets(kind), *fields(kind), ""}
    whole = found is not None and len(found) == len(book.headings) and set(found) <= known
    return tuple(found or ()) if whole else None


def remember(chosen: Settings, book: Book, kind: str, matching: Sequence[str]) -> Settings:
    """The settings, kept, with this matching remembered; the oldest are let go."""
    key = _fingerprint(book.headings, kind)
    before = {each: names for each, names in chosen.matchings.items() if each != key}
    kept = dict(list(before.items())[-_REMEMBERED:])
    return settings.change(chosen, matchings={**kept, key: list(matching)})


def is_reference(field: Field) -> bool:
    """Whether a field names other records."""
    return isinstance(field, Ref) or (isinstance(field, Many) and isinstance(field.of, Ref))
