"""Reads a day as people write one: "today", "in 2 weeks", "next friday", "12/3/2026", "12 mars", "بعد أسبوعين".

Pure: the day it is and the words of a language come in, a day or None goes out. The words are a file per language beside its catalogue
(`resources/i18n/<language>/days.toml`); English is always understood besides. Day comes before month where only digits say which.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from mentorapp import paths

Token = tuple[str, int]
"""A kind (today unit number next last in ago weekday month) and its number."""

Words = Mapping[str, Token]
"""A phrase and what it means."""

_UNITS: Final = ("day", "week", "month", "year")
_SHIFTS: Final = {"today": 0, "tomorrow": 1, "yesterday": -1, "day_after": 2, "day_before": -2}
_LAST_YEAR: Final = 2199


@cache
def words(language: str) -> Words:
    """The phrases of a language, with the English ones for whoever mixes them in."""
    import tomllib  # only when the first day is typed, not at every start

    found: dict[str, Token] = {}
    for code in ("en", language):
        path = paths.resources() / "i18n" / code / "days.toml"
        if path.is_file():
            found |= _phrases(tomllib.loads(path.read_text("utf-8")))
    return found


def _phrases(table: Mapping[str, str | Sequence[str]]) -> dict[str, Token]:
    found: dict[str, Token] = {}

    def add(spelled: str, kind: str, number: int) -> None:
        found.update({_plain(each): (kind, number) for each in spelled.split("|") if each})

    for key, value in table.items():
        if isinstance(value, str):
            if key in _SHIFTS:
                add(value, "shift", _SHIFTS[key])
            elif key in _UNITS:
                add(value, "unit", _UNITS.index(key))
            elif key.startswith("two_"):
                add(value, "two", _UNITS.index(key[4:-1]))
            else:
                add(value, key, 0)
    for key, kind, first in (("months", "month", 1), ("weekdays", "weekday", 0), ("numbers", "number", 1)):
        for at, spelled in enumerate(table.get(key, ())):
            add(spelled, kind, at + first)
    return found


def parse_day(written: str, *, today: date, words: Words) -> date | None:
    """The day that was written, or None when it cannot be told."""
    plain = _plain(written)
    try:
        return _digits_only(plain, today) or _from_tokens(_tokens(plain, words), today)
    except (ValueError, OverflowError):
        return None


def _plain(written: str) -> str:
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in written)
    return re.sub(
        r"\s+", " ", unicodedata.normalize("NFC", digits).casefold().replace("،", " ").replace(",", " ")
    ).strip(" .")


def _digits_only(plain: str, today: date) -> date | None:
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})", plain):
        return date(_full_year(int(found[3])), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})", plain):
        return _nearest_year(int(found[1]), int(found[2]), today)
    return None


def _full_year(year: int) -> int:
    return year if year > 99 else 2000 + year


def _nearest_year(day: int, month: int, today: date) -> date:
    possible = []
    for year in (today.year - 1, today.year, today.year + 1):
        if day <= _length(year, month):
            possible.append(date(year, month, day))
    return min(possible, key=lambda each: abs(each - today))


def _tokens(plain: str, words: Words) -> list[Token] | None:
    found: list[Token] = []
    parts = re.findall(r"\d+|[^\s\d]+", plain)
    at = 0
    while at < len(parts):
        for length in range(min(4, len(parts) - at), 0, -1):
            phrase = " ".join(parts[at : at + length])
            if phrase in words or (length == 1 and phrase.isdigit()):
                token = words[phrase] if phrase in words else ("number", int(phrase))
                if token[0] == "dated":  # "día 12" is the twelfth, "1 día" a length of time
                    dated = any(part.isdigit() for part in parts[at + length : at + length + 1])
                    token = ("skip", 0) if dated else ("unit", 0)
                if token[0] != "skip":
                    found.append(token)
                at += length
                break
        else:
            if parts[at] in {"st", "nd", "rd", "th", "er", "ème", "-", "/", "."}:
                at += 1
            else:
                return None
    return found


def _from_tokens(tokens: list[Token] | None, today: date) -> date | None:
    if not tokens:
        return None
    if len(tokens) > 2:  # "Friday 27 November": the name of the weekday adds nothing
        tokens = [token for token in tokens if token[0] != "weekday"]
    kinds = tuple(kind for kind, _ in tokens)
    numbers = [number for _, number in tokens]
    at = dict(zip(kinds, numbers, strict=True))
    asked = frozenset(kinds)
    if len(asked) != len(kinds) and kinds != ("number", "month", "number") and kinds != ("month", "number", "number"):
        return None
    sign = -1 if "ago" in asked else 1
    if asked == {"shift"}:
        return today + timedelta(days=at["shift"])
    if asked - {"in", "ago"} == {"two"}:
        return _move(today, at["two"], 2 * sign)
    if asked - {"in", "ago"} == {"number", "unit"}:
        return _move(today, at["unit"], at["number"] * sign)
    if asked - {"in", "ago"} == {"unit"} and asked != {"unit"}:
        return _move(today, at["unit"], sign)
    if asked in ({"next", "unit"}, {"last", "unit"}):
        return _move(today, at["unit"], 1 if "next" in asked else -1)
    if "weekday" in asked and asked <= {"weekday", "next", "last"}:
        return _weekday(today, at["weekday"], back="last" in asked)
    if asked == {"month", "number"}:
        return _day_and_month(kinds, numbers, today)
    if asked == {"number"} and len(kinds) == 1:
        return _day_of_month(at["number"], today)
    return None


def _length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _move(day: date, unit: int, by: int) -> date:
    if unit < 2:
        return day + timedelta(days=by * (1, 7)[unit])
    months = day.year * 12 + day.month - 1 + by * (1, 12)[unit - 2]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def _weekday(today: date, weekday: int, *, back: bool) -> date:
    if back:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _day_and_month(kinds: Sequence[str], numbers: Sequence[int], today: date) -> date | None:
    month = numbers[kinds.index("month")]
    rest = [number for kind, number in zip(kinds, numbers, strict=True) if kind == "number"]
    if len(rest) == 1:
        return _nearest_year(rest[0], month, today)
    return date(_full_year(rest[1]), month, rest[0]) if rest[1] <= _LAST_YEAR else None


def _day_of_month(day: int, today: date) -> date:
    month = today
    while day > _length(month.year, month.month) or month.replace(day=day) < today:
        month = _move(month.replace(day=1), 2, 1)
        if not 1 <= day <= 31:
            raise ValueError(day)
    return month.replace(day=day)
