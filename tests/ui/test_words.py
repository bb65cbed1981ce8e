"""Days, times and figures as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from mentorapp import i18n
from ui import words

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Monday 23 November"),
        ("fr", "lundi 23 novembre"),
        ("pt", "segunda-feira, 23 de novembro"),
        ("es", "lunes, 23 de noviembre"),
        ("sw", "Jumatatu, 23 Novemba"),
        ("ar", "الاثنين ٢٣ نوفمبر"),
    ],
)
def test_a_day_is_written_with_the_names_and_digits_of_the_language(language: str, said: str) -> None:
    i18n.use(language)
    assert words.weekday_day(DAY, near=DAY) == said


@pytest.mark.parametrize(
    ("language", "full", "month"),
    [
        ("en", "Monday 24 November 2025", "November 2025"),
        ("fr", "lundi 24 novembre 2025", "novembre 2025"),
        ("pt", "segunda-feira, 24 de novembro de 2025", "novembro de 2025"),
        ("es", "lunes, 24 de noviembre de 2025", "noviembre de 2025"),
        ("sw", "Jumatatu, 24 Novemba 2025", "Novemba 2025"),
        ("ar", "الاثنين ٢٤ نوفمبر ٢٠٢٥", "نوفمبر ٢٠٢٥"),
    ],
)
def test_a_year_is_joined_as_the_language_joins_it(language: str, full: str, month: str) -> None:
    i18n.use(language)
    earlier = date(2025, 11, 24)
    assert words.weekday_day(earlier, near=DAY) == full
    assert words.month(earlier, near=date(2027, 1, 1)) == month


def test_the_year_is_said_only_where_it_is_not_plain() -> None:
    assert words.day(date(2026, 11, 20), near=DAY) == "20 Nov"
    assert words.day(date(2025, 11, 20), near=DAY) == "20 Nov 2025"
    assert words.month(date(2027, 1, 5), near=DAY) == "January"
    assert words.month(date(2025, 11, 5), near=DAY) == "November 2025"


def test_what_is_due_is_said_as_people_say_it() -> None:
    assert words.due(DAY, near=DAY) == "due today"
    assert words.due(date(2026, 11, 20), near=DAY) == "due Friday 20"
    assert words.due(date(2026, 12, 24), near=DAY) == "due 24 Dec"
    assert (words.ago(0), words.ago(1), words.ago(34)) == ("today", "yesterday", "34 days ago")
    assert (words.ahead(0), words.ahead(1), words.ahead(3)) == ("today", "tomorrow", "in 3 days")
    assert (words.late(1), words.late(3)) == ("1 day late", "3 days late")


def test_a_moment_gone_by_is_said_no_longer_than_needed() -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).astimezone()
    assert words.when(noon, near=noon.date()) == f"{noon:%H:%M}"
    assert words.when(noon, near=date(2026, 11, 26)) == f"Monday {noon:%H:%M}"
    assert words.when(noon, near=date(2026, 12, 26)) == f"23 Nov {noon:%H:%M}"


def test_times_days_and_sizes_at_the_ends_of_what_is_possible() -> None:
    assert words.day(date(1900, 1, 1), near=DAY) == "1 Jan 1900"
    assert words.day(date(2100, 12, 31), near=DAY) == "31 Dec 2100"
    assert (words.hours(30), words.hours(810), words.hours(0)) == ("½ h", "13 ½ h", "0 h")
    assert (words.size(0), words.size(13_200), words.size(2_100_000)) == ("0 KB", "14 KB", "2.1 MB")


@pytest.mark.parametrize(
    ("name", "letters"), [("Grace A.", "GA"), ("Hanna", "H"), ("حنة ب.", "حب"), ("", ""), ("  . ", "")]
)
def test_a_person_has_the_initials_of_the_name_or_none(name: str, letters: str) -> None:
    assert words.initials(name) == letters
