"""Days, times, numbers and names as the language in use writes them.

Promises digits, month names and quotation marks of the language, and whole sentences where words surround a figure. Reads no clock:
what is near is judged by the day that the caller gives. Give counts to `ntr` with `n=words.number(n)` so that digits are right too.
"""

from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QLocale, QTime

from mentorapp import i18n
from mentorapp.clock import local
from mentorapp.i18n import ntr, tr

_LOCALES = {"en": "en_GB", "fr": "fr_FR", "pt": "pt_PT", "es": "es_419", "sw": "sw_TZ", "ar": "ar_EG"}
# Which country's customs: names, digits and the sign between decimals are taken from it; a date's parts come in the same order in all.
_FULL = {"pt": "dddd, d 'de' MMMM", "es": "dddd, d 'de' MMMM", "sw": "dddd, d MMMM"}
# A day in full, in CLDR's pattern for the language where that is not plainly one part after the other.
_OF_YEAR = {"pt": " 'de' yyyy", "es": " 'de' yyyy"}
# What stands between a month in full and its year.


def locale() -> QLocale:
    """The language in use as Qt knows it."""
    return QLocale(_LOCALES.get(i18n.language(), i18n.language()))


def _date(day: date, pattern: str) -> str:
    return str(locale().toString(QDate(day.year, day.month, day.day), pattern))


def number(n: int) -> str:
    """A whole number in the digits of the language, its thousands apart."""
    return str(locale().toString(n))


def day(day: date, *, near: date | None = None) -> str:
    """A day in short, "20 Nov"; with its year unless `near` is in the same one."""
    return _date(day, "d MMM" if near and near.year == day.year else "d MMM yyyy")


def weekday_day(day: date, *, near: date | None = None) -> str:
    """A day in full, "Monday 23 November"; with its year unless `near` is in the same one."""
    full = _FULL.get(i18n.language(), "dddd d MMMM")
    return _date(day, full if near and near.year == day.year else full + _of_year())


def _of_year() -> str:
    return _OF_YEAR.get(i18n.language(), " yyyy")


def weekday(day: date) -> str:
    """The day of the week in short, "Tue"."""
    return _date(day, "ddd")


def weekday_number(day: date) -> str:
    """The day of the week and its number, "Friday 20": enough for a day of this fortnight."""
    return _date(day, "dddd d")


def month(day: date, *, near: date | None = None) -> str:
    """The month, "November"; with its year unless it is plain from `near` which one is meant."""
    # A month that stands alone has a form of its own in some languages.
    name = str(locale().standaloneMonthName(day.month, QLocale.FormatType.LongFormat))
    return name if near and abs(near - day) < timedelta(days=300) else name + _date(day, _of_year())


def time(moment: datetime) -> str:
    """The time of day on this laptop's clock, "09:30"."""
    at = local(moment)
    return str(locale().toString(QTime(at.hour, at.minute), "HH:mm"))


def minute_of_day(minutes: int) -> str:
    """A time of day by its minutes since midnight, "09:30"."""
    return str(locale().toString(QTime(minutes // 60 % 24, minutes % 60), "HH:mm"))


def seconds(moment: datetime) -> str:
    """The time of day to the second, "09:52:11"."""
    at = local(moment)
    return str(locale().toString(QTime(at.hour, at.minute, at.second), "HH:mm:ss"))


def weekday_time(moment: datetime) -> str:
    """The day of the week and the time, "Tue 10:00"."""
    return f"{weekday(local(moment).date())} {time(moment)}"


def when(moment: datetime, *, near: date) -> str:
    """A moment gone by, as short as it can be said: "09:41" of today, "Friday 16:08" of this week, "20 Nov 16:08" before."""
    at = local(moment).date()
    if at == near:
        return time(moment)
    said = _date(at, "dddd") if timedelta() < near - at < timedelta(days=7) else day(at, near=near)
    return f"{said} {time(moment)}"


def ago(days: int) -> str:
    """How long ago: "today", "yesterday", "34 days ago"."""
    if days <= 0:
        return tr("today")
    return tr("yesterday") if days == 1 else ntr("{n} day ago", "{n} days ago", days, n=number(days))


def ahead(days: int) -> str:
    """How far ahead: "today", "tomorrow", "in 3 days"."""
    if days <= 0:
        return tr("today")
    return tr("tomorrow") if days == 1 else ntr("in {n} day", "in {n} days", days, n=number(days))


def late(days: int) -> str:
    """How late: "3 days late"."""
    return ntr("{n} day late", "{n} days late", days, n=number(days))


def due(due: date, *, near: date) -> str:
    """When something is due: "due today", "due Friday 20", "due 14 Dec"."""
    if due == near:
        return tr("due today")
    close = abs(due - near) < timedelta(days=14)
    return tr("due {day}", day=weekday_number(due) if close else day(due, near=near))


def minutes(n: int) -> str:
    """A length of time in minutes, "90 min"."""
    return ntr("{n} min", "{n} min", n, n=number(n))


def clock(seconds: float) -> str:
    """A length as a clock counts it, "0:14", "12:05"."""
    whole, rest = divmod(int(seconds), 60)
    # Digits of the language without a thousands mark, seconds always two.
    return f"{number(whole)}:{locale().toString(rest).rjust(2, locale().zeroDigit())}"


def hours(minutes: int) -> str:
    """A longer time, to the half hour: "13 h", "13 ½ h"."""
    whole, rest = divmod(round(minutes / 30), 2)
    said = number(whole) if not rest else f"{number(whole)} ½" if whole else "½"
    return tr("{hours} h", hours=said)


def size(octets: int) -> str:
    """About how much: "0 KB", "14 KB", "2.1 MB"."""
    if octets >= 1_000_000:
        return tr("{n} MB", n=locale().toString(octets / 1_000_000, "f", 1))
    return tr("{n} KB", n=number(-(-octets // 1000)))


def quoted(words: str) -> str:
    """Somebody's own words between the quotation marks of the language."""
    return tr("“{words}”", words=words)


def listed(parts: list[str]) -> str:
    """Several things named one after another, "Grace A., Ruth N. and Awa D."."""
    return str(locale().createSeparatedList(parts))


def initials(name: str) -> str:
    """The one or two letters that stand for a person."""
    parts = [part for part in name.split() if part[:1].isalnum()]
    letters = [part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)]
    return "".join(letters).upper()
