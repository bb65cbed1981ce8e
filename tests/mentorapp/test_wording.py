"""Two wordings: nothing that either says is lost, what they share is said once, and marks point at what differs."""

import time

from hypothesis import given
from hypothesis import strategies as st

from mentorapp.wording import differing, together

MINE = "He presented the monthly figures without being asked. The bureau head noticed and thanked him. Next: a one-page summary."
THEIRS = "He presented the monthly figures without being asked. Next: a one-page summary, in Amharic, for the kebeles."


def test_marks_are_what_the_other_does_not_say():
    mine, theirs = differing(MINE, THEIRS)
    assert [MINE[start:end] for start, end in mine] == ["The bureau head noticed and thanked him."]
    assert [THEIRS[start:end] for start, end in theirs] == [", in Amharic, for the kebeles"]


def test_both_together_holds_both_additions_in_their_places():
    assert together([MINE, THEIRS]) == (
        "He presented the monthly figures without being asked. The bureau head noticed and thanked him. "
        "Next: a one-page summary, in Amharic, for the kebeles."
    )


def test_a_sentence_said_differently_stands_in_both_wordings():
    whole = together(["We met. Two women spoke. It rained.", "We met. Three men spoke. It rained."])
    assert whole == "We met. Two women spoke. Three men spoke. It rained."


def test_texts_that_share_nothing_follow_one_another():
    assert together(["One thing.", "Quite another."]) == "One thing.\n\nQuite another."


def test_an_empty_version_adds_nothing():
    assert together(["", "Words.", ""]) == "Words."


def test_scripts_without_capital_letters_are_compared_by_word():
    mine, theirs = differing("راجعنا ما اتفقنا عليه.", "راجعنا معا ما اتفقنا عليه.")
    assert mine == ()
    assert ["راجعنا معا ما اتفقنا عليه."[start:end] for start, end in theirs] == ["معا"]


def test_very_long_texts_are_compared_in_a_moment():
    mine = " ".join(f"Sentence {n} says something." for n in range(8000))
    started = time.monotonic()
    whole = together([mine, mine + " And one more."])
    differing(mine, "Other words. " + mine)
    assert whole.endswith("And one more.")
    assert time.monotonic() - started < 5


@given(
    st.lists(st.sampled_from(["a", "b", "c,", "d.", "e!", "f\n"]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "c,", "d.", "g?", "h"]), max_size=12),
)
def test_no_word_of_either_is_lost(a, b):
    one, other = " ".join(a), " ".join(b)
    whole = together([one, other]).split()
    for text in (one, other):
        for word in set(text.split()):
            assert any(word.strip(",.!?") in have for have in whole), (one, other, whole)


@given(st.text(max_size=60), st.text(max_size=60))
def test_marks_lie_within_the_text_and_in_order(a, b):
    for text, spans in zip((a, b), differing(a, b), strict=True):
        flat = [edge for span in spans for edge in span]
        assert flat == sorted(flat)
        assert all(0 <= edge <= len(text) for edge in flat)
