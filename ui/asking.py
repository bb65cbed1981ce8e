"""Reads what was typed in the search box: words, and filters typed as words (`kind:goal mentee:grace after:2026-05 tag:budget`).

Promises that filters are understood in the language in use and in English, that what cannot be read as a filter is looked for as
words, and that a filter can be put into what was typed and taken out again. Knows no store and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mentorapp.i18n import ptr, tr
from mentorapp.records import BY_KIND
from ui.widgets.days import parse_day
from ui.widgets.days import words as day_words

if TYPE_CHECKING:
    from mentorapp.services.finding import Asked

KINDS = tuple(kind for kind in BY_KIND if kind not in ("programme", "mentorship"))
"""The kinds that can be asked for, besides `draft`."""

_PART = re.compile(r"""([^\s:"“”]+):(?:["“]([^"”]*)["”]?|(\S*))|(\S+)""")


def filter_words() -> dict[str, str]:
    """How each filter is called in the language in use."""
    return {
        "kind": ptr("search filter, one word", "kind"),
        "mentee": ptr("search filter, one word", "mentee"),
        "after": ptr("search filter, one word", "after"),
        "before": ptr("search filter, one word", "before"),
        "on": ptr("search filter, one word", "on"),
        "tag": ptr("search filter, one word", "tag"),
    }


def kind_words(kind: str) -> str:
    """How a kind of record is called."""
    return tr("Draft") if kind == "draft" else tr(BY_KIND[kind].title)


def parts(typed: str) -> Iterator[tuple[str, str, str]]:
    """What was typed, part by part: the filter's key or "", its value or the word, and how it was typed."""
    known = {_plain(words): key for key, words in filter_words().items()} | {key: key for key in filter_words()}
    for part in _PART.finditer(typed):
        key = known.get(_plain(part[1] or ""), "")
        value = (part[2] if part[2] is not None else part[3] or "").strip()
        yield (key, value, part[0]) if key else ("", part[0], part[0])


def asked(typed: str, *, today: date, language: str) -> Asked:
    """What is looked for."""
    from mentorapp.services.finding import Asked

    words: list[str] = []
    several: dict[str, list[str]] = {"kind": [], "mentee": [], "tag": []}
    first = last = None
    for key, value, written in parts(typed):
        if key in ("after", "before", "on"):
            days = read_days(value, today=today, language=language)
            if days is None:
                words += [value] if value else []
            elif key == "on":
                first, last = days
            elif key == "after":
                first = days[0]
            else:
                last = days[0] - timedelta(days=1)
        elif key == "kind":
            kinds = kinds_called(value) if value else ()
            several[key] += kinds
            words += [value] if value and not kinds else []
        elif key:
            several[key] += [value] if value else []
        else:
            words.append(written)
    return Asked(
        words=" ".join(words),
        kinds=tuple(several["kind"]),
        mentees=tuple(several["mentee"]),
        tags=tuple(several["tag"]),
        first=first,
        last=last,
    )


def kinds_called(words: str) -> tuple[str, ...]:
    """The kinds whose name begins so, in the language in use or in English."""
    begun = _plain(words)
    found = []
    for kind in (*KINDS, "draft"):
        record = BY_KIND.get(kind)
        names = (kind, kind.replace("_", ""), kind_words(kind), *((tr(record.plural), record.title) if record else ()))
        if any(_plain(name).startswith(begun) for name in names):
            found.append(kind)
    return tuple(found)


def read_days(value: str, *, today: date, language: str) -> tuple[date, date] | None:
    """The first and the last day that were meant: a year, a month, or a day as people write one."""
    plain = _plain(value)
    if re.fullmatch(r"(19|20|21)\d\d", plain):
        return date(int(plain), 1, 1), date(int(plain), 12, 31)
    month = re.fullmatch(r"((?:19|20|21)\d\d)[-/.](\d{1,2})", plain)
    if month and 1 <= int(month[2]) <= 12:
        first = date(int(month[1]), int(month[2]), 1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    day = parse_day(value, today=today, words=day_words(language))
    return (day, day) if day else None


def with_filter(typed: str, key: str, value: str) -> str:
    """What was typed, with this filter besides; another of its key stays, but a day takes the place of a day."""
    kept = typed if key in ("kind", "mentee", "tag") else without(typed, lambda k, _v: k == key)
    quoted = f'"{value}"' if " " in value else value
    return f"{kept.strip()} {filter_words()[key]}:{quoted}".strip()


def without(typed: str, unwanted: Callable[[str, str], bool]) -> str:
    """What was typed, without the filters (key, value) that are unwanted."""
    return " ".join(written for key, value, written in parts(typed) if not (key and unwanted(key, value)))


def _plain(words: str) -> str:
    from mentorapp.services.finding import alike

    return alike(words)
