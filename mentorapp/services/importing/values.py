"""A cell's words as the value of a field, in any of the program's languages and in either order of day and month. Pure.

Promises to say what cannot be read, and never to guess: an unknown answer, a date that no calendar has.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from mentorapp import i18n, paths
from mentorapp.errors import UserError
from mentorapp.fields import Answers, Choice, Count, Day, Field, Flag, Many, Moment, Ref, Text
from mentorapp.i18n import N_, tr

Finds = Callable[[Ref, str], str]
"""Gives the id of what a reference names, or raises UserError."""

_FORMULA_KEPT = re.compile(r"^'(?= *[=+\-@\t＝＋－＠])")
# What our export writes before a cell that a spreadsheet would run.


@dataclass(frozen=True)
class Reading:
    """How cells are read: `month_first` for dates written in digits alone, `finds` for references."""

    month_first: bool = False
    finds: Finds | None = None


def folded(words: str) -> str:
    """Words without capitals, accents, dots and doubled blanks, so that the same heading or name is the same."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(c if c.isalnum() else " " for c in apart if not unicodedata.combining(c) and c != "ـ")
    return " ".join(bare.translate(_ALIKE).split())


_ALIKE = str.maketrans("أإآٱىةؤئ", "ااااىهوي")


def digits(words: str) -> str:
    """The words with any script's digits as 0 to 9."""
    if words.isascii():
        return words
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in words)


def value(field: Field, cell: str, how: Reading) -> Any:
    """The value of a cell. Raises UserError, saying what to write instead."""
    words = _FORMULA_KEPT.sub("", cell.strip())
    return field.empty if not words else _READ[type(field)](field, words, how)


def _text(field: Text, words: str, _how: Reading) -> str:
    return words if field.long else " ".join(words.split())


_COUNT = re.compile(r"(-?\d+)(?:[.,]0+)?\s*(?!\d)[^\d]*")
_HOURS = re.compile(
    r"(\d{1,2})\s*(?:h|hr|hrs|heures?|horas?|saa|:)\s*(\d{1,2})?\s*(?:m|min|mins|minutes?)?", re.IGNORECASE
)


def _count(field: Count, words: str, _how: Reading) -> int:
    plain = digits(words).replace("\u00a0", "").replace("\u202f", "")
    if field.unit == "minutes" and (found := _HOURS.fullmatch(plain)):
        return int(found[1]) * 60 + int(found[2] or 0)
    found = _COUNT.fullmatch(plain)
    if not found or len(found[1]) > 15:
        raise UserError(N_("“{words}” is no whole number. Write it in digits, or leave it empty."), words=_short(words))
    return int(found[1])


# --- days and moments -------------------------------------------------------------------------------------------------

_BY_YEAR = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_BY_DIGITS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_IN_WORDS = re.compile(
    r"(\d{1,2})\s*(?:st|nd|rd|th|er|º|ª)?[\s.,/-]+(?:de\s+|of\s+)?([^\d\s.,/-]+(?:\s[^\d\s.,/-]+)?)[\s.,/-]+(?:de\s+)?(\d{4}|\d{2})"
)
_MONTH_LEADS = re.compile(r"([^\d\s.,/-]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})")
_TIME = re.compile(
    r"[T\s,]+(\d{1,2})(?:[:h.](\d{2})?)?(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[34]\d{4}|5\d{4}")
_EXCEL_BEGINS = date(1899, 12, 30)


@cache
def _months() -> Mapping[str, int]:
    """Each month by its names in every language that the program has words for days in."""
    found: dict[str, int] = {}
    for file in sorted((paths.resources() / "i18n").glob("*/days.toml")):
        for at, spelled in enumerate(tomllib.loads(file.read_text("utf-8")).get("months", ()), 1):
            found.update({folded(each): at for each in spelled.split("|") if each})
    return found


def day_of(words: str, *, month_first: bool) -> date | None:
    """The day that was written, or None."""
    plain = digits(words).strip()
    try:
        if found := _BY_YEAR.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _BY_DIGITS.fullmatch(plain):
            first, second = int(found[1]), int(found[2])
            day, month = (second, first) if (month_first and first <= 12) or second > 12 else (first, second)
            return date(_year(found[3]), month, day)
        if found := _IN_WORDS.fullmatch(plain):
            return date(_year(found[3]), _months()[folded(found[2])], int(found[1]))
        if found := _MONTH_LEADS.fullmatch(plain):
            return date(_year(found[3]), _months()[folded(found[1])], int(found[2]))
        if _SERIAL.fullmatch(plain):
            return _EXCEL_BEGINS + timedelta(days=int(plain))
    except (ValueError, KeyError, OverflowError):
        return None
    return None


def _year(written: str) -> int:
    year = int(written)
    return year if len(written) == 4 else 2000 + year if year < 60 else 1900 + year


def order_of(cells: Iterable[str]) -> str:
    """Which comes first in dates of digits: `day` or `month` where any date says so, `either` where none does, "" without such dates."""
    seen, sure = False, ""
    for cell in cells:
        found = _BY_DIGITS.match(digits(cell).strip())
        if found and int(found[1]) != int(found[2]):
            seen = True
            said = "day" if int(found[1]) > 12 else "month" if int(found[2]) > 12 else ""
            if said and sure and said != sure:
                return "either"
            sure = sure or said
    return sure or ("either" if seen else "")


def _day(_field: Day, words: str, how: Reading) -> date:
    found = day_of(words, month_first=how.month_first) or day_of(_TIME.sub("", words), month_first=how.month_first)
    if found is None:
        raise UserError(N_("“{words}” is no date. Write it like 2026-11-23, or leave it empty."), words=_short(words))
    return found


def _moment(_field: Moment, words: str, how: Reading) -> datetime:
    plain = digits(words).strip()
    bare = day_of(plain, month_first=how.month_first)
    found = None if bare else _TIME.search(plain)
    day = bare or (day_of(plain[: found.start()], month_first=how.month_first) if found else None)
    if day is None:
        raise UserError(N_("“{words}” is no date. Write it like 2026-11-23, or leave it empty."), words=_short(words))
    try:
        return _at(day, found)
    except (ValueError, OverflowError) as reason:
        raise UserError(N_("“{words}” has no such time. Write it like 14:30."), words=_short(words)) from reason


NOON = 12
"""The hour of a day whose time nobody wrote down."""


def _at(day: date, time: re.Match[str] | None) -> datetime:
    hour, minute, second = (int(time[1]), int(time[2] or 0), int(time[3] or 0)) if time else (NOON, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower().startswith("p") else 0)
    moment = datetime(day.year, day.month, day.day, hour, minute, second)
    zone = time[5] if time else None
    if zone:
        return datetime.fromisoformat(f"{moment.isoformat()}{'+00:00' if zone.upper() == 'Z' else zone}").astimezone(
            UTC
        )
    return moment.astimezone(UTC)


def with_time(cell: str, time: str) -> str:
    """A day's cell and its time's, as one."""
    return f"{cell} {time}" if cell and time else cell


# --- choices, sets, references ----------------------------------------------------------------------------------------


@cache
def _answers(options: tuple[Any, ...]) -> Mapping[str, str]:
    """Each answer's code by its label in every language, by its own name, and by its place in words."""
    found: dict[str, str] = {}
    for option in options:
        for words in (option.code, *i18n.in_every_language(option.label)):
            found.setdefault(folded(words), option.code)
    return found


def choice_of(field: Choice, words: str) -> str | None:
    """The code of an answer in words of any language, or None."""
    return _answers(field.options).get(folded(words))


def _choice(field: Choice, words: str, _how: Reading) -> str:
    code = choice_of(field, words)
    if code is None:
        offered = tr(", ").join(f"“{tr(option.label)}”" for option in field.options)
        raise UserError(
            N_("“{words}” is no answer here. Write one of {offered}, or leave it empty."),
            words=_short(words),
            offered=offered,
        )
    return code


def _many(field: Many, words: str, how: Reading) -> tuple[str, ...]:
    found = {_READ[type(field.of)](field.of, part.strip(), how) for part in re.split(r"[;\n؛]", words) if part.strip()}
    return tuple(sorted(found))


def _ref(field: Ref, words: str, how: Reading) -> str:
    return how.finds(field, words) if how.finds else words


_YES = (N_("yes"), N_("no"))


def _flag(_field: Flag, words: str, _how: Reading) -> bool:
    said = folded(words)
    yes, no = ({folded(each) for each in i18n.in_every_language(word)} for word in _YES)
    if said in yes | {"1", "true", "x", "y"}:
        return True
    if said in no | {"0", "false", "n"}:
        return False
    raise UserError(N_("“{words}” is neither yes nor no. Write one of the two."), words=_short(words))


def _plain_answers(field: Answers, words: str, _how: Reading) -> str:
    try:
        import json

        return field.value(json.loads(words))
    except ValueError as reason:
        raise UserError(
            N_("The answers of a questionnaire cannot be typed into a table. Leave this cell empty.")
        ) from reason


def _short(words: str, most: int = 40) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


_READ: Mapping[type[Field], Callable[[Any, str, Reading], Any]] = {
    Text: _text,
    Count: _count,
    Day: _day,
    Moment: _moment,
    Choice: _choice,
    Many: _many,
    Ref: _ref,
    Flag: _flag,
    Answers: _plain_answers,
}
"""How the cell of each kind of field is read."""
