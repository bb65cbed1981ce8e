"""A laptop keeps only what it may hold: what is taken from it goes, but never with anything unsent in it, and comes back whole."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mentorapp.clock import new_id
from mentorapp.records import Mentorship, Person, Session
from sync.server import tables
from tests.sync.conftest import MONDAY, Laptop, Office

Make = Callable[..., Laptop]


def _handed_over(laptop: Make) -> tuple[Laptop, Laptop, Mentorship, Session]:
    """Grace's mentorship after she gave it to Awa, before Grace hears of it again."""
    grace, awa = laptop("grace"), laptop("awa")
    pair = grace.pair()
    session = grace.session(pair.id, notes="Under the mango tree.")
    grace.save(replace(session, notes="Under the old mango tree."), session)
    grace.sync()
    awa.sync()
    grace.save(replace(pair, mentors=(awa.person,)), pair)
    return grace, awa, pair, session


def _everything(one: Laptop, id: str) -> list[str]:
    """The tables of a store that have something of a record."""
    return [
        table
        for table in ("registers", "session", "history", "confirmed", "outbox", "set_aside")
        if one.store.rows(f"SELECT 1 FROM {table} WHERE id = ?", (id,))
    ]


def test_after_a_hand_over_nothing_of_it_is_left_and_both_agree_with_the_server(laptop: Make) -> None:
    grace, awa, _, session = _handed_over(laptop)
    kept = grace.save(Person(id=grace.person, name="Grace A."))
    result = grace.sync()
    awa.sync()
    assert set(grace.states()) == {kept.id}
    assert _everything(grace, session.id) == []
    assert grace.store.search("mango") == []
    assert session.id in result.applied.changed.records
    assert result.agrees
    assert awa.sync().agrees
    assert awa.store.get(Session, session.id).notes == "Under the old mango tree."


def test_what_is_unsent_in_a_lost_scope_stays_and_goes_once_the_server_has_it(laptop: Make) -> None:
    grace, awa, pair, session = _handed_over(laptop)
    grace.sync()
    again = laptop("grace")
    again.sync()
    assert again.states() == {}
    # Awa shares it again; Grace writes; Awa takes it back before Grace's laptop has said what she wrote.
    seen = (awa.sync(), awa.store.get(Mentorship, pair.id))[1]
    both = awa.save(replace(seen, mentors=tuple(sorted((awa.person, grace.person)))), seen)
    awa.sync()
    grace.sync()
    assert grace.states() == awa.states()
    seen = grace.store.get(Session, session.id)
    grace.save(replace(seen, notes="Written on the way."), seen)
    awa.save(replace(both, mentors=(awa.person,)), both)
    awa.sync()
    grace.sync()
    assert [(one.id, one.held) for one in grace.store.put_aside()] == [(session.id, True)]
    assert grace.store.get(Session, session.id).notes == "Written on the way."
    assert set(grace.states()) == {session.id}
    # And shares it once more: what was held goes in, and everything comes back.
    seen = awa.store.get(Mentorship, pair.id)
    awa.save(replace(seen, mentors=tuple(sorted((awa.person, grace.person)))), seen)
    awa.sync()
    grace.store.retry_set_aside()
    grace.sync()
    awa.sync()
    assert grace.states() == awa.states()
    assert grace.sync().agrees
    assert awa.store.get(Session, session.id).notes == "Written on the way."
    assert grace.store.recall("sync_dropped") == ""


def test_words_in_a_draft_keep_what_they_are_about(laptop: Make) -> None:
    grace, _, _, session = _handed_over(laptop)
    grace.store.keep_draft("draft", kind="session", about=session.id, body="{}", at=MONDAY)
    grace.sync()
    assert set(grace.states()) == {session.id}
    grace.store.drop_draft("draft")
    grace.sync()
    assert grace.states() == {}


@pytest.mark.parametrize("kind", ["office", "mentorship"])
def test_a_record_that_moves_away_leaves_those_who_held_only_where_it_was(
    laptop: Make, office: Office, kind: str
) -> None:
    grace, awa, ruth = laptop("grace"), laptop("awa"), laptop("ruth")
    if kind == "office":
        old, new = "office/", f"private/{grace.person}"
        stay, go = [grace], [awa, ruth]
    else:
        first = grace.pair(*sorted((grace.person, awa.person)))
        second = grace.pair(*sorted((grace.person, ruth.person)), mentee=first.mentees[0])
        old, new = (f"mentorship/{pair.id}" for pair in (first, second))
        stay, go = [grace, ruth], [awa]
    moving = grace.save(Session(id=new_id(), scope=old, status="held", notes="Moves."))
    grace.sync()
    for one in (awa, ruth):
        one.sync()
    assert moving.id in awa.states()
    grace.save(replace(moving, scope=new), moving)
    grace.sync()
    for one in (grace, awa, ruth, grace, awa, ruth):
        one.sync()
    assert all(moving.id in one.states() for one in stay)
    assert not any(moving.id in one.states() for one in go)
    assert all(one.sync().agrees for one in (*stay, *go))
    moved = grace.store.get(Session, moving.id)
    grace.save(replace(moved, scope=old), moved)
    for one in (grace, awa, ruth):
        one.sync()
    assert moving.id in awa.states()
    assert all(one.sync().agrees for one in (grace, awa, ruth))


def test_who_may_read_less_of_it_keeps_just_that(laptop: Make, office: Office) -> None:
    grace, samuel = laptop("grace"), laptop("samuel", role="coordinator")
    pair = grace.pair(*sorted((grace.person, samuel.person)))
    session = grace.session(pair.id, notes="Between us.", contact_minutes=45)
    grace.sync()
    samuel.sync()
    assert "notes" in samuel.states()[session.id]
    for _ in range(2):  # and again, once it was given back
        seen = grace.store.get(Mentorship, pair.id)
        grace.save(replace(seen, mentors=(grace.person,)), seen)
        grace.sync()
        samuel.sync()
        assert "contact_minutes" in samuel.states()[session.id]
        assert "notes" not in samuel.states()[session.id]
        assert samuel.sync().agrees
        seen = grace.store.get(Mentorship, pair.id)
        grace.save(replace(seen, mentors=tuple(sorted((grace.person, samuel.person)))), seen)
        grace.sync()
        samuel.sync()
        assert samuel.states() == grace.states()
        assert samuel.sync().agrees
    assert {row.scope for row in office.rows(tables.withdrawn)} == set()
