"""Word-by-word merging keeps both sides' changes, asks where they contradict, and does not depend on who merges."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp.clock import new_id
from mentorapp.merging import merged
from mentorapp.records import Session
from mentorapp.store import Ack, Store

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BASE = "He presented the monthly figures without being asked. Next: a one-page summary."

words = st.lists(
    st.sampled_from(
        ["she", "he", "asked", "listened", "wrote", "then", "why", "again", "one", "two", "three.", "First,", "last"]
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        (
            "He presented the monthly figures without being asked. The bureau head noticed and thanked him. Next: a one-page summary.",
            "He presented the monthly figures without being asked. Next: a one-page summary, in Amharic, for the kebeles.",
            "He presented the monthly figures without being asked. The bureau head noticed and thanked him. "
            "Next: a one-page summary, in Amharic, for the kebeles.",
        ),
        (BASE + " She was glad.", BASE + " It rained.", BASE + " It rained. She was glad."),
        (BASE + " She was glad.", BASE, BASE + " She was glad."),
        (BASE + " Same.", BASE + " Same.", BASE + " Same."),
    ],
)
def test_both_sides_changes_are_kept(a: str, b: str, both: str) -> None:
    assert merged(BASE, a, b) == both == merged(BASE, b, a)


def test_overlapping_rewritings_are_left_to_a_person() -> None:
    assert merged(BASE, BASE.replace("monthly", "weekly"), BASE.replace("monthly", "yearly")) is None


def test_a_word_removed_by_one_and_changed_by_the_other_is_left_to_a_person() -> None:
    assert merged("one two three four five", "one two four five", "one two TRI four five") is None


@given(words, words, words)
def test_it_does_not_matter_who_merges(base: str, a: str, b: str) -> None:
    assert merged(base, a, b) == merged(base, b, a)


@given(words, words)
def test_one_sides_changes_alone_are_taken_as_they_are(base: str, a: str) -> None:
    assert merged(base, a, base) == a
    assert merged(base, base, a) == a
    assert merged(base, a, a) == a


@given(words, words, words)
def test_whatever_either_inserted_is_in_the_merge(base: str, a: str, b: str) -> None:
    both = merged(f"{base} END", f"{base} END alpha {a}", f"beta {b} {base} END")
    if both is not None:
        assert "alpha" in both
        assert "beta" in both


def test_a_long_text_is_merged_within_a_moment() -> None:
    base = "\n".join(f"line {n} of a very long note that goes on" for n in range(4000))
    assert merged(base, base + "\nmine", "theirs\n" + base) == "theirs\n" + base + "\nmine"


@pytest.fixture
def laptops(tmp_path: Path) -> list[Store]:
    stores = [Store(tmp_path / f"{n}.mentor", token_bytes(32)) for n in range(2)]
    for n, store in enumerate(stores):
        store.remember(me=f"mentor{n}")
    yield stores  # type: ignore[misc]
    for store in stores:
        store.close()


def _exchange(source: Store, target: Store) -> None:
    target.absorb(list(source.all_states()), at=AT + timedelta(hours=1))
    source.acknowledge([Ack(p.state.id, p.counter) for p in source.pending()], at=AT)


def test_a_note_edited_on_two_laptops_is_woven_and_both_wordings_stay_in_history(laptops: list[Store]) -> None:
    mine, theirs = laptops
    session = Session(id=new_id(), mentorship=new_id(), status="held", notes=BASE)
    mine.save(session, by="mentor0", at=AT)
    _exchange(mine, theirs)
    mine.save(dataclasses.replace(session, notes=BASE + " She was glad."), before=session, by="mentor0", at=AT)
    seen = theirs.get(Session, session.id)
    theirs.save(dataclasses.replace(seen, notes="Monday. " + BASE), before=seen, by="mentor1", at=AT)
    _exchange(mine, theirs)
    _exchange(theirs, mine)
    woven = "Monday. " + BASE + " She was glad."
    assert [store.get(Session, session.id).notes for store in laptops] == [woven, woven]
    assert all(not store.asking() for store in laptops)
    assert len({v.value for v in theirs.history(session.id, "notes")}) >= 2


def test_two_laptops_that_weave_at_once_agree(laptops: list[Store]) -> None:
    mine, theirs = laptops
    session = Session(id=new_id(), mentorship=new_id(), status="held", notes=BASE)
    mine.save(session, by="mentor0", at=AT)
    _exchange(mine, theirs)
    mine.save(dataclasses.replace(session, notes=BASE + " End."), before=session, by="mentor0", at=AT)
    seen = theirs.get(Session, session.id)
    theirs.save(dataclasses.replace(seen, notes="Start. " + BASE), before=seen, by="mentor1", at=AT)
    from_mine, from_theirs = list(mine.all_states()), list(theirs.all_states())
    mine.absorb(from_theirs, at=AT)
    theirs.absorb(from_mine, at=AT)
    _exchange(mine, theirs)
    _exchange(theirs, mine)
    assert {store.get(Session, session.id).notes for store in laptops} == {"Start. " + BASE + " End."}
    assert all(not store.asking() for store in laptops)


def test_a_contradiction_is_asked_and_both_stand(laptops: list[Store]) -> None:
    mine, theirs = laptops
    session = Session(id=new_id(), mentorship=new_id(), status="held", notes=BASE)
    mine.save(session, by="mentor0", at=AT)
    _exchange(mine, theirs)
    mine.save(
        dataclasses.replace(session, notes=BASE.replace("monthly", "weekly")), before=session, by="mentor0", at=AT
    )
    seen = theirs.get(Session, session.id)
    theirs.save(dataclasses.replace(seen, notes=BASE.replace("monthly", "yearly")), before=seen, by="mentor1", at=AT)
    _exchange(mine, theirs)
    _exchange(theirs, mine)
    assert [len(store.asking()) for store in laptops] == [1, 1]
    assert "weekly" in mine.get(Session, session.id).notes
    assert "yearly" in mine.get(Session, session.id).notes
