"""The line at the foot says what is true, in every state there is."""

from dataclasses import replace
from datetime import UTC, date, datetime

from ui.safety import Standing, in_words

AT = datetime(2026, 11, 23, 9, 41).astimezone().astimezone(UTC)
ALONE = Standing(today=date(2026, 11, 23))
LINKED = replace(ALONE, office="Nairobi")


def said(standing: Standing) -> list[str]:
    """The sentences of the line."""
    return [words for _, words in in_words(standing)]


def test_without_an_office_everything_is_only_here() -> None:
    assert said(replace(ALONE, only_here=14)) == ["Everything is only on this laptop", "Not connected to an office yet"]


def test_an_empty_store_claims_nothing() -> None:
    assert said(ALONE) == ["Not connected to an office yet"]


def test_before_the_first_exchange_nothing_is_called_safe() -> None:
    assert said(replace(LINKED, only_here=14)) == ["14 records only on this laptop", "Nothing has reached Nairobi yet"]


def test_what_waits_what_is_safe_and_what_needs_somebody_are_counted_apart() -> None:
    standing = replace(LINKED, only_here=14, safe=212, safe_at=AT, set_aside=2, needs_you=1)
    assert said(standing) == [
        "14 records only on this laptop",
        "212 safe at Nairobi, 09:41",
        "2 set aside by the office",
        "1 needs you",
    ]


def test_everything_is_safe_only_when_nothing_waits_and_nothing_was_set_aside() -> None:
    safe = replace(LINKED, safe=226, safe_at=AT)
    assert said(safe) == ["Everything is safe at Nairobi, 09:41"]
    assert "Everything is safe" not in " ".join(said(replace(safe, set_aside=1)))
    assert "Everything is safe" not in " ".join(said(replace(safe, only_here=1)))


def test_samples_are_never_called_safe() -> None:
    assert said(replace(ALONE, practice=True, only_here=60)) == ["Practice: nothing here is real, and nothing is sent"]
