"""Notes edited on two laptops while apart come together at the second laptop's exchange, or ask, whichever laptop comes first."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mentorapp.records import Session
from tests.sync.conftest import Laptop

NOTES = "She opened the circle and then kept quiet for almost ten minutes. Two men wanted to speak."


def _both(laptop: Callable[..., Laptop]) -> tuple[Laptop, Laptop, Session]:
    hanna = laptop("Hanna B.")
    awa = laptop("Awa D.")
    pair = awa.pair(awa.person, hanna.person)
    session = awa.session(pair.id, notes=NOTES)
    awa.sync()
    hanna.sync()
    return awa, hanna, session


def _edit(one: Laptop, session: Session, notes: str) -> None:
    seen = one.store.get(Session, session.id)
    one.save(replace(seen, notes=notes), seen)


@pytest.mark.parametrize("awa_first", [True, False])
def test_edits_at_different_places_are_woven_in_either_order(laptop: Callable[..., Laptop], awa_first: bool) -> None:
    awa, hanna, session = _both(laptop)
    _edit(awa, session, NOTES + " She was glad.")
    _edit(hanna, session, "Under the tree. " + NOTES)
    first, second = (awa, hanna) if awa_first else (hanna, awa)
    for one in (first, second, first):
        one.sync()
    woven = "Under the tree. " + NOTES + " She was glad."
    assert [one.store.get(Session, session.id).notes for one in (awa, hanna)] == [woven, woven]
    assert awa.states() == hanna.states()
    assert not awa.store.asking()
    assert not hanna.store.asking()


@pytest.mark.parametrize("awa_first", [True, False])
def test_the_same_words_rewritten_are_asked_about_in_either_order(
    laptop: Callable[..., Laptop], awa_first: bool
) -> None:
    awa, hanna, session = _both(laptop)
    _edit(awa, session, NOTES.replace("ten minutes", "a quarter of an hour"))
    _edit(hanna, session, NOTES.replace("ten minutes", "what felt like ages"))
    first, second = (awa, hanna) if awa_first else (hanna, awa)
    for one in (first, second, first):
        one.sync()
    assert awa.states() == hanna.states()
    for one in (awa, hanna):
        assert one.store.asking() == [("session", session.id)]
        shown = one.store.get(Session, session.id).notes
        assert "a quarter of an hour" in shown
        assert "what felt like ages" in shown


def test_words_that_others_never_saw_are_not_taken_for_words_they_removed(laptop: Callable[..., Laptop]) -> None:
    awa, hanna, session = _both(laptop)
    _edit(hanna, session, NOTES + " From Hanna.")
    _edit(awa, session, "Added first. " + NOTES)
    awa.sync()
    _edit(awa, session, "Added first. Added second. " + NOTES)
    hanna.sync()
    awa.sync()
    hanna.sync()
    for one in (awa, hanna):
        shown = one.store.get(Session, session.id).notes
        assert "Added first." in shown
        assert "Added second." in shown
        assert "From Hanna." in shown
    assert awa.states() == hanna.states()
