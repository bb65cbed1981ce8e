"""What is typed in the search box is read as it was meant, in the language in use and in English."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp import i18n
from ui import asking

TODAY = date(2026, 11, 23)


def asked(typed: str):
    return asking.asked(typed, today=TODAY, language=i18n.language())


def test_words_and_filters_are_told_apart() -> None:
    read = asked('late kind:goal mentee:"Grace A." tag:budget report')
    assert (read.words, read.kinds, read.mentees, read.tags) == ("late report", ("goal",), ("Grace A.",), ("budget",))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("after:2026-05", date(2026, 5, 1), None),
        ("before:2026-05", None, date(2026, 4, 30)),
        ("on:2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("on:2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("after:yesterday", date(2026, 11, 22), None),
        ('after:"20 march 2026"', date(2026, 3, 20), None),
        ("after:2026-05 before:2026-07-01", date(2026, 5, 1), date(2026, 6, 30)),
        ("after:٢٠٢٦-٠٥", date(2026, 5, 1), None),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, first: date | None, last: date | None) -> None:
    read = asked(typed)
    assert (read.first, read.last, read.words) == (first, last, "")


def test_a_kind_is_known_by_its_beginning_and_by_its_plural() -> None:
    assert asked("kind:prom").kinds == ("action_item",)
    assert asked("kind:Sessions").kinds == ("session",)
    assert asked("kind:draft").kinds == ("draft",)
    assert asked("kind:xyz").words == "xyz"


def test_kinds_are_known_in_the_language_in_use_and_in_english() -> None:
    i18n.use("fr")
    assert asked("kind:goal").kinds == ("goal",)
    assert asked(f"kind:{asking.kind_words('goal')}").kinds == ("goal",)


def test_what_is_no_filter_is_looked_for_as_it_is() -> None:
    assert asked("http://example note:x 10:30").words == "http://example note:x 10:30"
    assert not asked("kind: mentee:")


def test_a_filter_can_be_put_in_and_taken_out() -> None:
    typed = asking.with_filter("late", "mentee", "Grace A.")
    assert typed == 'late mentee:"Grace A."'
    assert asking.without(typed, lambda key, _value: key == "mentee") == "late"
    assert asking.with_filter("after:2025", "after", "2026") == "after:2026"


@given(st.text(max_size=60))
def test_anything_typed_is_read(typed: str) -> None:
    read = asked(typed)
    assert len(read.words) <= len(typed) + 1
    assert " ".join(written for _, _, written in asking.parts(typed)) == " ".join(typed.split())
