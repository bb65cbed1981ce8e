"""The store: what is saved is there whole, what is superseded is in the history, nobody's unseen words are overwritten."""

import dataclasses
import re
import threading
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
import sqlcipher3.dbapi2 as cipher
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.fields import Day, Moment, Text, cleaned, fields_of
from mentorapp.records import ALL, Attachment, Goal, Mentorship, Person, Session
from mentorapp.registers import Dot, Stamp, State
from mentorapp.store import Ack, Store, tables
from tests.mentorapp.sessions import KEY, NOON, carry, exchange, later, opened, session
from tests.strategies import any_record, prose, records, times, wild


def decoded(versions):
    return [msgspec.msgpack.decode(version.value) for version in versions]


# --- saved and found --------------------------------------------------------------------------------------------------


@settings(max_examples=times(120))
@given(any_record)
def test_any_record_comes_back_as_it_was_saved(shared, record):
    store, record = shared, dataclasses.replace(record, id=new_id())
    store.save(record, by="me", at=NOON)
    found = store.get(type(record), record.id)
    assert found == record.at_home()
    state = store.state(record.id)
    assert registers.unpack(record.kind, record.id, registers.pack(state)) == state


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One store for all the examples of a property: what they save never meets."""
    store = Store(tmp_path_factory.mktemp("shared") / "store.mentor", KEY)
    yield store
    store.close()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)
def test_only_what_an_editor_changed_is_written(shared, kind):
    @settings(max_examples=times(12))
    @given(records(kind, voided=False), records(kind, voided=False))
    def check(one, other):
        store = shared
        before = dataclasses.replace(one.at_home(), id=new_id())
        after = dataclasses.replace(other, id=before.id, scope=before.scope)
        store.save(before, by="me", at=NOON)
        known = store.state(before.id)
        store.save(after, before=before, by="me", at=later(1))
        assert store.get(kind, before.id) == after
        changed = {n for n in fields_of(kind) if getattr(before, n) != getattr(after, n)}
        new = store.state(before.id)
        assert {n for n in new.registers if new.registers[n] != known.registers.get(n)} == changed

    check()


def test_a_record_that_is_not_here_is_said_so(store):
    with pytest.raises(UserError, match="not on this laptop yet"):
        store.get(Session, "nowhere")
    assert store.seek(Session, "nowhere") is None
    assert store.seek(Session, None) is None
    assert store.versions("nowhere", "notes") == []


def test_voided_records_are_kept_and_not_found(store):
    one = session(notes="words")
    store.save(one, by="me", at=NOON)
    store.void(one, reason="written twice", by="me", at=later(1))
    assert store.find(Session) == []
    assert store.find(Session, voided=True)[0].void_reason == "written twice"
    assert store.search("words") == []
    store.restore(one, by="me", at=later(2))
    assert store.find(Session)[0].notes == "words"
    assert [hit.id for hit in store.search("words")] == [one.id]


def test_saving_nothing_new_changes_nothing(store):
    one = session(notes="words")
    store.save(one, by="me", at=NOON)
    counter = store.counter
    assert not store.save(one.at_home(), before=one.at_home(), by="me", at=later(1)).records
    assert store.counter == counter


@settings(max_examples=times(60))
@given(st.lists(prose, min_size=1, max_size=8), st.lists(st.integers(-(10**7), 10**7), min_size=8, max_size=8))
def test_history_has_every_superseded_value_in_order_under_any_clock(shared, texts, minutes):
    store = shared
    before = session().at_home()
    store.save(before, by="me", at=NOON)
    written = []
    for text, minute in zip(texts, minutes, strict=False):
        after = dataclasses.replace(before, place=text)
        if store.save(after, before=before, by="me", at=later(minute)).records:
            written.append(text or None)
        before = after
    assert decoded(store.versions(before.id, "place")) == written[-1:]
    assert decoded(store.history(before.id, "place")) == written[-2::-1]
    assert store.get(Session, before.id).place == before.place
    assert not store.asking() or before.id not in {id for _, id in store.asking()}


# --- one save is one transaction --------------------------------------------------------------------------------------


class Failing:
    """A connection whose nth statement the disk refuses."""

    def __init__(self, connection, nth):
        self.connection, self.left, self.run = connection, nth, 0

    def _may(self):
        self.run += 1
        self.left -= 1
        if self.left == 0:
            raise cipher.OperationalError("database or disk is full")

    def execute(self, *words):
        self._may()
        return self.connection.execute(*words)

    def executemany(self, *words):
        self._may()
        return self.connection.executemany(*words)

    def __getattr__(self, name):
        return getattr(self.connection, name)


def everything(store):
    tables_ = [
        row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    ]
    return {name: store.rows(f"SELECT * FROM {name}") for name in tables_}


def intentions(store):
    """Each way of writing, as a call."""
    one, other = session(notes="first words"), session(notes="other words")
    store.save(one, by="me", at=NOON)
    store.save(other, by="me", at=NOON)
    waiting = store.pending()
    before = one.at_home()
    theirs = State("session", one.id, {"notes": registers.first(Dot(b"t" * 8, 1), msgspec.msgpack.encode("theirs"))})
    foreign = State("session", new_id(), theirs.registers, {Dot(b"t" * 8, 1): Stamp("t", 1)})
    return {
        "save": lambda: store.save(dataclasses.replace(before, notes="second"), before=before, by="me", at=NOON),
        "new": lambda: store.save(session(notes="new"), by="me", at=NOON),
        "save_all": lambda: store.save_all([(None, session(notes="a")), (None, session(notes="b"))], by="me", at=NOON),
        "void": lambda: store.void(one, reason="twice", by="me", at=NOON),
        "absorb": lambda: store.absorb([theirs, foreign], at=NOON, cursor=b"far"),
        "acknowledge": lambda: store.acknowledge([Ack(p.state.id, p.counter) for p in waiting], at=NOON, receipt="r"),
        "new_replica": lambda: store.new_replica(NOON),
        "draft": lambda: store.keep_draft("d", kind="session", about="", body="{}", at=NOON),
    }


@pytest.mark.parametrize("name", ["save", "new", "save_all", "void", "absorb", "acknowledge", "new_replica", "draft"])
def test_a_failure_at_any_statement_leaves_nothing_half_written(store, name):
    act = intentions(store)[name]
    before, replica, real = everything(store), store.replica, store.connection
    for nth in range(1, 500):
        store.connection = failing = Failing(real, nth)
        said = failure_of(act)
        store.connection = real
        if said is None:
            break
        assert "disk is full" in said
        assert "is safe" in said
        assert everything(store) == before, f"half written after statement {nth}"
        assert store.replica == replica
    assert failing.left > 0
    assert nth > 1
    assert everything(store) != before


def failure_of(act):
    try:
        act()
    except UserError as said:
        return str(said)
    return None


def test_several_records_are_one_intention(store):
    long = session(place="x" * 501)
    with pytest.raises(UserError) as said:
        store.save_all([(None, session(notes="fine")), (None, long)], by="me", at=NOON)
    assert said.value.values["field"] == "place"
    assert store.find(Session) == []
    assert store.counter == 0


# --- what an editor had not seen --------------------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path):
    with opened(tmp_path / "one" / "store.mentor", tmp_path / "two" / "store.mentor") as stores:
        yield stores


def shared_session(pair, **values):
    one = session(**values).at_home()
    pair[0].save(one, by="one", at=NOON)
    exchange(*pair)
    return one


def test_an_edit_of_what_an_exchange_changed_meanwhile_keeps_both_and_asks(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    theirs.save(dataclasses.replace(seen, place="clinic"), before=seen, by="two", at=later(1))
    carry(theirs, mine)
    mine.save(dataclasses.replace(seen, place="school"), before=seen, by="one", at=later(2))
    assert set(decoded(mine.versions(seen.id, "place"))) == {"clinic", "school"}
    assert mine.asking() == [("session", seen.id)]
    exchange(*pair)
    assert set(decoded(theirs.versions(seen.id, "place"))) == {"clinic", "school"}


def test_ones_own_edits_one_after_the_other_never_ask_however_stale_the_editor(pair):
    mine, _ = pair
    seen = shared_session(pair, place="library")
    for minute, place in enumerate(("clinic", "school", "market")):
        mine.save(dataclasses.replace(seen, place=place), before=seen, by="one", at=later(-minute))
    assert mine.get(Session, seen.id).place == "market"
    assert mine.asking() == []
    assert set(decoded(mine.history(seen.id, "place"))) == {"library", "clinic", "school"}


def test_two_people_at_one_laptop_do_not_overwrite_each_other_unseen(store):
    seen = session(place="library").at_home()
    store.save(seen, by="one", at=NOON)
    store.save(dataclasses.replace(seen, place="clinic"), before=seen, by="one", at=later(1))
    store.save(dataclasses.replace(seen, place="school"), before=seen, by="two", at=later(2))
    assert set(decoded(store.versions(seen.id, "place"))) == {"clinic", "school"}


def test_mending_the_shown_version_of_a_conflict_leaves_the_other_to_be_chosen(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    mine.save(dataclasses.replace(seen, place="clinic"), before=seen, by="one", at=later(1))
    theirs.save(dataclasses.replace(seen, place="shcool"), before=seen, by="two", at=later(2))
    exchange(*pair)
    shown = mine.get(Session, seen.id)
    assert shown.place == "shcool"
    mine.save(dataclasses.replace(shown, place="school"), before=shown, by="one", at=later(3))
    assert set(decoded(mine.versions(seen.id, "place"))) == {"clinic", "school"}
    mine.settle(Session, seen.id, "place", "school", by="one", at=later(4))
    assert mine.asking() == []
    exchange(*pair)
    assert theirs.asking() == []
    assert theirs.get(Session, seen.id).place == "school"


def test_a_value_that_arrived_while_ones_own_stood_is_not_a_third_version(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    theirs.save(dataclasses.replace(seen, place="clinic"), before=seen, by="two", at=later(5))
    own = dataclasses.replace(seen, place="scool")
    mine.save(own, before=seen, by="one", at=later(1))
    carry(theirs, mine)
    mine.save(dataclasses.replace(own, place="school"), before=own, by="one", at=later(2))
    assert set(decoded(mine.versions(seen.id, "place"))) == {"clinic", "school"}


def test_settling_refuses_what_saving_refuses(store):
    one = session(place="library")
    store.save(one, by="me", at=NOON)
    with pytest.raises(UserError, match="501 characters"):
        store.settle(Session, one.id, "place", "x" * 501, by="me", at=NOON)


# --- voiding races ----------------------------------------------------------------------------------------------------


def raced(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    mine.void(seen, reason="twice", by="one", at=later(1))
    theirs.save(dataclasses.replace(seen, place="clinic"), before=seen, by="two", at=later(1))
    exchange(*pair)
    return seen


def test_an_edit_that_raced_a_voiding_is_kept_and_asks_on_both_laptops(pair):
    seen = raced(pair)
    for store in pair:
        assert store.find(Session)[0].place == "clinic"
        assert store.asking() == [("session", seen.id)]


@pytest.mark.parametrize("stays", [True, False])
def test_a_raced_voiding_can_be_settled_either_way(pair, stays):
    seen = raced(pair)
    pair[1].settle(Session, seen.id, "voided", not stays, by="two", at=later(9))
    exchange(*pair)
    for store in pair:
        assert store.asking() == []
        assert bool(store.find(Session)) is stays


def test_mending_what_is_voided_already_does_not_bring_it_back(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    mine.void(seen, reason="twice", by="one", at=later(1))
    exchange(*pair)
    shown = theirs.get(Session, seen.id)
    theirs.save(dataclasses.replace(shown, place="clinic"), before=shown, by="two", at=later(2))
    exchange(*pair)
    for store in pair:
        assert store.find(Session) == []
        assert store.asking() == []


def test_voiding_by_an_ordinary_save_races_too(pair):
    mine, theirs = pair
    seen = shared_session(pair, place="library")
    mine.save(dataclasses.replace(seen, voided=True), before=seen, by="one", at=later(1))
    theirs.save(dataclasses.replace(seen, place="clinic"), before=seen, by="two", at=later(1))
    exchange(*pair)
    assert [bool(store.asking()) for store in pair] == [True, True]


# --- hard values ------------------------------------------------------------------------------------------------------


@settings(max_examples=times(120))
@given(wild)
def test_any_text_can_be_saved_and_is_shown_without_what_nobody_can_see(shared, text):
    store = shared
    one = session(notes=text)
    store.save(one, by="me", at=NOON)
    found = store.get(Session, one.id).notes
    assert found == cleaned(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", found)
    assert cleaned(found) == found


@pytest.mark.parametrize("text", ["رأيتُ أثرًا\u200f — نعم", "שלום\u202b עולם", "ቤተ መጻሕፍት፡ ጥሩ", "🧑🏾‍🏫 👍🏿"])
def test_every_writing_direction_and_script_is_kept(store, text):
    one = session(notes=text, topics=(text,))
    store.save(one, by="me", at=NOON)
    assert store.get(Session, one.id).notes == cleaned(text)
    assert store.get(Session, one.id).topics == (cleaned(text),)


def test_ten_megabytes_of_notes_are_refused_with_a_sentence_at_once(store):
    with pytest.raises(UserError) as said:
        store.save(session(notes="é\x00" * 5_000_000), by="me", at=NOON)
    assert "10000000 characters" in str(said.value)
    assert "draft" in str(said.value)
    assert said.value.values["field"] == "notes"
    assert store.find(Session) == []


def test_the_longest_text_that_can_be_saved_is_saved(store):
    one = session(notes="é" * Text(label="", long=True).most)
    store.save(one, by="me", at=NOON)
    assert store.get(Session, one.id).notes == one.notes


@pytest.mark.parametrize("year", [1900, 2100])
def test_a_date_long_ago_or_far_ahead_is_kept(store, year):
    one = session(next_date=date(year, 12, 31), planned_start=datetime(year, 1, 1, tzinfo=UTC))
    store.save(one, by="me", at=NOON)
    assert store.get(Session, one.id) == one.at_home()


@pytest.mark.parametrize("year", [1899, 2101, 1, 9999])
def test_a_date_nobody_means_is_refused_with_a_sentence(store, year):
    for values in ({"next_date": date(year, 6, 30)}, {"planned_start": datetime(year, 6, 30, tzinfo=UTC)}):
        with pytest.raises(UserError, match="between 1900 and 2100"):
            store.save(session(**values), by="me", at=NOON)
    assert Day(label="").problem(None) is Moment(label="").problem(None) is None


@settings(max_examples=times(120))
@given(
    st.sampled_from([(kind, name) for kind in ALL for name in fields_of(kind)]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.text(max_size=5)
        | st.floats()
        | st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "20240101", "2026-02-30"]),
        lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=3), some, max_size=2),
    ),
    st.integers(-(2**62), 2**62),
)
def test_whatever_another_version_wrote_is_kept_passed_on_and_shown_as_far_as_it_can_be(shared, where, strange, at):
    store = shared
    (kind, name), dot = where, Dot(b"x" * 8, 5)
    theirs = State(
        kind.kind, new_id(), {name: registers.first(dot, msgspec.msgpack.encode(strange))}, {dot: Stamp("x", at)}
    )
    store.absorb([theirs], at=NOON)
    assert store.state(theirs.id) == theirs
    assert store.get(kind, theirs.id).id == theirs.id
    assert store.versions(theirs.id, name)[0].at.tzinfo is UTC
    store.search("a")


def test_kinds_and_fields_that_this_version_does_not_know_pass_through_unchanged(pair):
    mine, theirs = pair
    dot = Dot(b"x" * 8, 1)
    some = {"notes": registers.first(dot, b"\xa1a"), "hologram": registers.first(dot, b"\xc4\x02\x00\xff")}
    stamps = {dot: Stamp("x", 5)}
    for kind in ("session", "seance"):
        mine.absorb([State(kind, f"{kind}1", some, stamps)], at=NOON)
    theirs.absorb(list(mine.all_states()), at=NOON)
    assert theirs.state("seance1") == mine.state("seance1") == State("seance", "seance1", some, stamps)
    seen = theirs.get(Session, "session1")
    theirs.save(dataclasses.replace(seen, notes="b"), before=seen, by="me", at=NOON)
    assert theirs.state("session1").registers["hologram"] == some["hologram"]


# --- many -------------------------------------------------------------------------------------------------------------


def test_the_store_belongs_to_the_thread_that_opened_it(store):
    said = []

    def elsewhere():
        try:
            store.find(Session)
        except cipher.ProgrammingError as reason:
            said.append(reason)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert said


def test_rows_name_when_a_record_was_made_and_changed(store):
    one = session(notes="a").at_home()
    store.save(one, by="me", at=NOON)
    store.save(dataclasses.replace(one, place="b"), before=one, by="me", at=NOON + timedelta(days=2))
    assert store.rows("SELECT created, changed FROM session") == [
        ("2026-03-11T12:00:00+00:00", "2026-03-13T12:00:00+00:00")
    ]


@given(st.sampled_from([Attachment, Goal, Mentorship, Person]).flatmap(records))
def test_a_row_reads_back_as_the_record_it_was_written_from(record):
    plain = {name: field.plain(getattr(record, name)) for name, field in fields_of(type(record)).items()}
    row = tables.to_row(type(record), record.id, plain)
    assume(len(row) == len(tables.columns(type(record))) - 3)
    assert tables.from_row(type(record), tuple(row)) == record
