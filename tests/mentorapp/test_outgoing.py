"""What is only here, what was sent, what is safe: never said too early, never forgotten; and stores that share a name."""

import dataclasses
import shutil

import msgspec
import pytest

from mentorapp import registers
from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.records import Reflection, Session
from mentorapp.registers import Dot, Stamp, State
from mentorapp.store import Ack, Exchange, Refusal, Store
from tests.mentorapp.sessions import KEY, NOON, carry, exchange, later, opened, session


def decoded(versions):
    return {msgspec.msgpack.decode(version.value) for version in versions}


@pytest.fixture
def pair(tmp_path):
    with opened(tmp_path / "one" / "store.mentor", tmp_path / "two" / "store.mentor") as stores:
        yield stores


def sent(store):
    """What would be sent now, as the acknowledgements of it."""
    return [Ack(p.state.id, p.counter) for p in store.pending()]


def test_what_is_confirmed_is_safe_and_no_longer_pending(store):
    one = session(notes="a")
    store.save(one, by="me", at=NOON)
    assert store.safety().only_here == store.pending_count() == 1
    assert store.safety().oldest == NOON
    store.mark_sent([one.id], NOON)
    assert store.safety().unconfirmed == 1
    assert store.safety().safe == 0
    store.acknowledge(sent(store), at=later(1), receipt="r")
    assert store.pending() == []
    assert store.safety()[:5] == (0, None, 0, 0, 1)


def test_an_edit_made_while_sending_stays_pending(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    receipts = sent(store)
    store.mark_sent([one.id], NOON)
    store.save(dataclasses.replace(one, notes="b"), before=one, by="me", at=later(1))
    store.acknowledge(receipts, at=later(2), receipt="r")
    (waiting,) = store.pending()
    assert set(waiting.state.registers) == {"notes"}
    assert store.safety().only_here == 1
    assert store.safety().safe == 0
    assert store.safety().unconfirmed == 0
    store.acknowledge(sent(store), at=later(3))
    assert store.pending() == []


def test_a_receipt_that_arrives_twice_or_late_confirms_nothing_newer(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    receipts = sent(store)
    for n in range(3):
        store.acknowledge(receipts, at=NOON)
        after = dataclasses.replace(one, notes=f"b{n}")
        store.save(after, before=one, by="me", at=later(n))
        one = after
        store.acknowledge(receipts, at=NOON)
        assert store.pending_count() == 1


def test_what_only_its_author_may_read_never_leaves(store):
    thought = Reflection(id=new_id(), author="me", text="private words", mood="tired")
    store.save(thought, by="me", at=NOON)
    for state in (*(p.state for p in store.pending()), *store.all_states()):
        assert not {"text", "mood", "prompt"} & set(state.registers)
        assert b"private words" not in repr(state).encode()
    store.acknowledge(sent(store), at=NOON)
    assert store.pending() == []
    assert store.safety().private_here == store.safety().only_here == 1


def test_what_was_refused_is_set_aside_shown_kept_and_sent_again_when_it_changes(store):
    one, other = session(notes="a").at_home(), session(notes="b")
    store.save(one, by="me", at=NOON)
    store.save(other, by="me", at=NOON)
    counter = {a.id: a.counter for a in sent(store)}[one.id]
    store.set_aside([Refusal(one.id, counter, "too_large", False)], at=later(1))
    assert [p.state.id for p in store.pending()] == [other.id]
    assert [(a.id, a.kind, a.reason) for a in store.put_aside()] == [(one.id, "session", "too_large")]
    assert store.safety().set_aside == 1
    assert store.safety().only_here == 1
    store.save(dataclasses.replace(one, notes="shorter"), before=one, by="me", at=later(2))
    assert store.put_aside() == []
    assert {p.state.id for p in store.pending()} == {one.id, other.id}
    assert store.get(Session, one.id).notes == "shorter"


def test_a_refusal_of_what_was_edited_since_sets_nothing_aside(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    (waiting,) = store.pending()
    store.save(dataclasses.replace(one, notes="b"), before=one, by="me", at=later(1))
    store.set_aside([Refusal(one.id, waiting.counter, "bad_value", False)], at=later(2))
    assert store.put_aside() == []
    assert store.pending_count() == 1


def test_what_is_set_aside_can_be_sent_again_as_it_is(store):
    one = session(notes="a")
    store.save(one, by="me", at=NOON)
    store.set_aside([Refusal(a.id, a.counter, "unknown_person", True) for a in sent(store)], at=later(1))
    assert store.put_aside()[0].held
    assert store.pending() == []
    store.retry_set_aside()
    assert [p.state.id for p in store.pending()] == [one.id]


def test_the_amount_to_send_counts_everything_however_much_it_is(store):
    store.save_all([(None, session(notes="x" * 100)) for _ in range(700)], by="me", at=NOON)
    assert store.pending_count() == 700
    assert len(store.pending()) == 500
    assert store.pending_bytes() > 700 * 100
    assert len(store.pending(most_bytes=1000)) < 12
    assert len(store.pending(most_bytes=1)) == 1


def test_the_last_thousand_exchanges_are_kept_newest_first(store):
    with store.transaction():
        for n in range(1005):
            store.note_exchange(Exchange(NOON.isoformat(), later(n).isoformat(), n, 0, 0, 0))
    assert len(store.exchanges(5000)) == 1000
    assert store.exchanges(1)[0].sent == 1004
    assert store.safety().safe_at == later(1004)


# --- offered again ----------------------------------------------------------------------------------------------------


def test_a_server_that_lost_everything_is_offered_everything(store):
    store.save_all([(None, session(notes=str(n))) for n in range(3)], by="me", at=NOON)
    store.acknowledge(sent(store), at=NOON)
    assert store.safety().safe == 3
    store.reoffer()
    assert store.safety().safe == 0
    assert store.pending_count() == 3
    store.acknowledge(sent(store), at=later(1))
    assert store.safety().safe == 3


def test_an_edit_of_what_was_only_offered_again_begins_from_what_it_was(store):
    one = session(notes="what the server had").at_home()
    store.save(one, by="me", at=NOON)
    store.acknowledge(sent(store), at=NOON)
    store.reoffer()
    assert store.bases(one.id) == {}
    store.save(dataclasses.replace(one, notes="and more"), before=one, by="me", at=later(1))
    (base, _) = store.bases(one.id)["notes"]
    assert msgspec.msgpack.decode(base) == "what the server had"
    assert store.safety().oldest == later(1)


def test_what_was_edited_while_it_was_sent_began_from_what_was_sent(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    receipts = sent(store)
    for n, notes in enumerate(("ab", "abc")):
        after = dataclasses.replace(one, notes=notes)
        store.save(after, before=one, by="me", at=later(n))
        one = after
    store.acknowledge(receipts, at=later(3))
    base, known = store.bases(one.id)["notes"]
    assert msgspec.msgpack.decode(base) == "a"
    assert known == {store.replica: 1}


# --- weaving only from a common beginning -----------------------------------------------------------------------------


def test_words_are_never_woven_away_by_somebody_who_had_not_seen_them(pair):
    mine, theirs = pair
    seen = session(notes="").at_home()
    mine.save(seen, by="one", at=NOON)
    exchange(*pair)
    first = dataclasses.replace(seen, notes="The bureau head noticed.")
    mine.save(first, before=seen, by="one", at=later(1))
    server = [p.state for p in mine.pending()]
    mine.acknowledge(sent(mine), at=later(1))
    mine.save(dataclasses.replace(first, notes=first.notes + " She was glad."), before=first, by="one", at=later(2))
    theirs.save(dataclasses.replace(seen, notes="It rained."), before=seen, by="two", at=later(3))
    carry(theirs, mine)
    assert "The bureau head noticed. She was glad." in mine.get(Session, seen.id).notes
    assert "It rained." in mine.get(Session, seen.id).notes
    assert mine.asking()
    theirs.absorb(server, at=later(4))
    assert "The bureau head noticed." in theirs.get(Session, seen.id).notes


def test_words_of_a_third_that_the_other_had_not_seen_are_never_woven_away(pair, tmp_path):
    mine, theirs = pair
    seen = session(notes="").at_home()
    mine.save(seen, by="one", at=NOON)
    exchange(*pair)
    with opened(tmp_path / "three" / "store.mentor") as (third,):
        third.absorb(list(mine.all_states()), at=NOON)
        third.save(dataclasses.replace(seen, notes="A third was there."), before=seen, by="three", at=later(1))
        carry(third, mine)
    had = mine.get(Session, seen.id)
    mine.save(dataclasses.replace(had, notes=had.notes + " She was glad."), before=had, by="one", at=later(2))
    theirs.save(dataclasses.replace(seen, notes="It rained."), before=seen, by="two", at=later(3))
    carry(theirs, mine)
    shown = mine.get(Session, seen.id).notes
    assert "A third was there. She was glad." in shown
    assert "It rained." in shown
    assert mine.asking()


def test_words_that_the_other_had_seen_are_not_woven_in_twice(pair):
    mine, theirs = pair
    seen = session(notes="").at_home()
    mine.save(seen, by="one", at=NOON)
    exchange(*pair)
    first = dataclasses.replace(seen, notes="Monday.")
    mine.save(first, before=seen, by="one", at=later(1))
    carry(mine, theirs, acknowledged=False)
    had = theirs.get(Session, seen.id)
    theirs.save(dataclasses.replace(had, notes="Monday. It rained."), before=had, by="two", at=later(2))
    mine.save(dataclasses.replace(first, notes="Monday. She was glad."), before=first, by="one", at=later(2))
    carry(theirs, mine)
    assert decoded(mine.versions(seen.id, "notes")) == {"Monday. It rained.", "Monday. She was glad."}


# --- stores that share a name -----------------------------------------------------------------------------------------


def clone(store, folder):
    """The same file on another machine, while the first goes on."""
    folder.mkdir()
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(store.path, folder / "store.mentor")
    return Store(folder / "store.mentor", KEY)


def test_a_new_name_is_given_to_what_is_pending_and_to_nothing_else(store):
    safe, waiting = session(notes="safe").at_home(), session(notes="waiting").at_home()
    store.save(safe, by="me", at=NOON)
    store.acknowledge(sent(store), at=NOON)
    store.save(waiting, by="me", at=later(1))
    store.save(dataclasses.replace(safe, place="edited"), before=safe, by="me", at=later(2))
    old, before = store.replica, store.state(safe.id)
    assert store.new_replica(later(3)) == store.replica != old
    assert {d.replica for d in store.state(waiting.id).dots()} == {store.replica}
    after = store.state(safe.id)
    assert {d.replica for d in after.registers["place"].dots} == {store.replica}
    assert after.registers["notes"] == before.registers["notes"]
    assert store.get(Session, safe.id).place == "edited"
    assert store.get(Session, waiting.id).notes == "waiting"
    assert after.stamps[next(iter(after.registers["place"].dots))].at == int(later(2).timestamp())
    assert store.recall_bytes("replica") == store.replica


def test_what_was_only_offered_again_keeps_its_name(store):
    store.save(session(notes="known everywhere"), by="me", at=NOON)
    store.acknowledge(sent(store), at=NOON)
    store.reoffer()
    before = list(store.all_states())
    store.new_replica(later(1))
    assert list(store.all_states()) == before


def test_a_receipt_for_the_old_name_confirms_nothing_of_the_new(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    receipts = sent(store)
    store.new_replica(later(1))
    store.save(dataclasses.replace(one, notes="b"), before=one, by="me", at=later(2))
    store.acknowledge(receipts, at=later(3))
    assert store.pending_count() == 1
    assert "notes" in store.pending()[0].state.registers


def test_every_version_that_is_pending_in_one_field_is_kept_under_the_new_name(store):
    seen = session(place="library").at_home()
    store.save(seen, by="one", at=NOON)
    store.save(dataclasses.replace(seen, place="clinic"), before=seen, by="one", at=later(1))
    store.save(dataclasses.replace(seen, place="school"), before=seen, by="two", at=later(2))
    old = store.replica
    store.new_replica(later(3))
    assert decoded(store.versions(seen.id, "place")) == {"clinic", "school"}
    register = store.state(seen.id).registers["place"]
    assert len(register.dots) == 2
    assert old not in dict(register.context)


@pytest.mark.parametrize("first", [0, 1])
def test_what_both_clones_wrote_survives_when_one_of_them_takes_a_new_name(tmp_path, store, first):
    one = session(place="library").at_home()
    store.save(one, by="me", at=NOON)
    twin = clone(store, tmp_path / "twin")
    stores = [store, twin]
    store.save(dataclasses.replace(one, place="clinic"), before=one, by="me", at=later(1))
    twin.save(session(notes="only at the twin"), by="me", at=later(1))
    twin.save(dataclasses.replace(one, place="school"), before=one, by="me", at=later(2))
    twin.new_replica(later(3))
    exchange(stores[first], stores[1 - first])
    for either in stores:
        assert {"clinic", "school"} <= decoded(either.versions(one.id, "place"))
        assert len(either.find(Session)) == 2
    twin.close()


def test_a_store_that_meets_its_own_later_self_takes_a_new_name_and_can_save(tmp_path, store):
    one = session(place="library").at_home()
    store.save(one, by="me", at=NOON)
    restored = clone(store, tmp_path / "restored")
    for minute, place in enumerate(("clinic", "school")):
        now = store.get(Session, one.id)
        store.save(dataclasses.replace(now, place=place), before=now, by="me", at=later(minute))
    name = restored.replica
    restored.absorb([p.state for p in store.pending()], at=later(5))
    assert restored.replica != name
    now = restored.get(Session, one.id)
    assert "school" in decoded(restored.versions(one.id, "place"))
    restored.save(dataclasses.replace(now, place="market"), before=now, by="me", at=later(6))
    assert "market" in decoded(restored.versions(one.id, "place"))
    restored.close()


def test_an_exchange_that_fails_after_a_new_name_was_taken_keeps_the_old_one(store):
    one = session(place="library").at_home()
    store.save(one, by="me", at=NOON)
    (waiting,) = store.pending()
    known = waiting.state.registers["place"]
    ahead = dataclasses.replace(known, context=((store.replica, 99),))
    name = store.replica

    def fails() -> None:
        with store.transaction():
            store.absorb([State("session", one.id, {"place": ahead})], at=later(1))
            assert store.replica != name
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert store.replica == name == store.recall_bytes("replica")
    assert store.state(one.id).registers["place"] == known
    assert Dot(name, store.counter).counter == 1


def test_a_record_of_another_kind_under_a_known_id_is_put_aside_and_the_rest_is_taken_in(store):
    one = session(place="library").at_home()
    store.save(one, by="me", at=NOON)
    mine = store.state(one.id)
    words = registers.first(Dot(b"t" * 8, 1), msgspec.msgpack.encode("theirs"))
    stamps = {Dot(b"t" * 8, 1): Stamp("t", 1)}
    stray, voided = (State("goal", one.id, {name: words}, stamps) for name in ("statement", registers.VOIDED))
    good = [State("session", new_id(), {"notes": words}, stamps) for _ in range(2)]
    changed = store.absorb([good[0], stray, good[1], stray], at=later(1), cursor=b"far")
    assert {state.id for state in good} <= set(changed.records)
    assert [store.state(state.id) for state in good] == good
    assert store.state(one.id) == mine
    assert store.strays() == [stray]
    assert store.recall_bytes("cursor") == b"far"
    assert store.would_hide([voided]) == set()


def test_too_long_a_choice_is_refused(store):
    one = session(place="x")
    store.save(one, by="me", at=NOON)
    with pytest.raises(UserError):
        store.settle(Session, one.id, "mode", "by carrier pigeon", by="me", at=NOON)
