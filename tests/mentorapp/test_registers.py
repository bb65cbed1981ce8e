"""Registers: however saves travel, everybody ends with the same, and nobody's value goes unless somebody who saw it let it go."""

import contextlib
from itertools import permutations

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.fields import Merge, Visibility
from mentorapp.registers import Dot, Register, Sibling, Stamp, State
from tests.strategies import Laptop, laptops, plain_register, play, registers_of, states, steps, times

A, B, C = (bytes([n]) * 8 for n in (1, 2, 3))


def packed(value):
    return msgspec.msgpack.encode(value)


def state(**fields: Register) -> State:
    return State("session", "s", fields)


# --- one register -----------------------------------------------------------------------------------------------------


def test_a_save_supersedes_all_that_its_author_had_seen():
    both = registers.join(registers.first(Dot(A, 1), b"\x01"), registers.first(Dot(B, 1), b"\x02"))
    assert both.values == {b"\x01", b"\x02"}
    after = registers.assign(both, Dot(A, 2), b"\x03")
    assert after.values == {b"\x03"}
    assert registers.join(after, both) == after


def test_a_save_on_what_is_new_supersedes_nothing_that_arrives_later():
    mine = registers.assign(registers.first(Dot(A, 1), b"\x01"), Dot(A, 2), b"\x02")
    theirs = registers.first(Dot(B, 1), b"\x03")
    assert registers.join(mine, theirs).values == {b"\x02", b"\x03"}


def test_a_counter_used_twice_is_refused():
    known = registers.first(Dot(A, 3), b"\x01")
    for counter in (1, 3):
        with pytest.raises(ValueError, match="used before"):
            registers.assign(known, Dot(A, counter), b"\x02")
        with pytest.raises(ValueError, match="used before"):
            registers.amend(known, Dot(A, counter), b"\x02", ())


def test_whoever_had_seen_one_of_two_values_supersedes_just_that_one():
    seen, unseen = Sibling(Dot(A, 1), b"\x01"), Sibling(Dot(B, 1), b"\x02")
    both = Register(frozenset((seen, unseen)), ((A, 1), (B, 1)))
    after = registers.amend(both, Dot(A, 2), b"\x03", [seen])
    assert after.values == {b"\x02", b"\x03"}
    assert registers.join(after, both) == after


def test_an_edit_that_had_not_seen_an_earlier_save_of_the_same_laptop_keeps_both():
    known = registers.first(Dot(A, 1), b"\x01")
    after = registers.amend(known, Dot(A, 2), b"\x02", ())
    assert after.values == {b"\x01", b"\x02"}
    assert registers.join(known, after) == registers.join(after, known) == after
    superseded = registers.assign(known, Dot(B, 1), b"\x03")
    assert registers.join(after, superseded).values == {b"\x02", b"\x03"}


def test_a_class_of_reader_only_ever_widens():
    wide = registers.assign(registers.first(Dot(A, 1), b"\x01", Visibility.office), Dot(A, 2), b"\x02", Visibility.pair)
    assert wide.reach is Visibility.office
    assert registers.join(registers.first(Dot(B, 1), b"", Visibility.only_me), wide).reach is Visibility.office


@pytest.mark.parametrize("clones", [False, True])
def test_join_is_commutative_associative_and_idempotent(clones):
    @settings(max_examples=times(150))
    @given(registers_of(clones=clones), st.data())
    def check(some, data):
        assume(some)
        a, b, c = (data.draw(st.sampled_from(some)) for _ in range(3))
        assert registers.join(a, a) == a
        assert registers.join(a, b) == registers.join(b, a)
        assert registers.join(registers.join(a, b), c) == registers.join(a, registers.join(b, c))

    check()


@settings(max_examples=times(150))
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.binary(min_size=1, max_size=1)), min_size=1, max_size=9)
)
def test_join_is_a_lattice_on_any_registers_at_all_even_those_of_clones(parts):
    def register(of):
        siblings = frozenset(Sibling(Dot(bytes([r]) * 8, c), v) for r, c, v in of)
        return Register(siblings, registers._joined(s.dot for s in siblings))

    a, b, c = (register(parts[n::3]) for n in range(3))
    for x, y, z in permutations((a, b, c)):
        assert registers.join(registers.join(x, y), z) == registers.join(registers.join(a, b), c)


# --- histories --------------------------------------------------------------------------------------------------------


@settings(max_examples=times(150))
@given(steps, st.randoms(use_true_random=False))
def test_order_repetition_and_route_do_not_matter(script, random):
    everything = [s for laptop in play(script, laptops()) for s in (*laptop.past, laptop.state)]
    straight, shuffled = State("session", "s"), State("session", "s")
    for one in everything:
        straight = registers.join_states(straight, one)
    again = everything * 2
    random.shuffle(again)
    for one in again:
        shuffled = registers.join_states(shuffled, one)
    assert straight == shuffled


@settings(max_examples=times(100))
@given(steps, st.integers(1, 3))
def test_parts_that_were_separated_agree_after_one_meeting(script, cut):
    some = play(script, laptops())
    for side in (some[:cut], some[cut:]):
        for laptop in side:
            for other in side:
                laptop.meet(other.state)
    for laptop in some:
        for other in some:
            laptop.meet(other.state)
    for laptop in some:
        for other in some:
            laptop.meet(other.state)
    assert len({registers.pack(laptop.state) for laptop in some}) == 1
    assert all(laptop.state == some[0].state for laptop in some)


@settings(max_examples=times(100))
@given(states(), st.data())
def test_an_old_state_joined_back_changes_nothing(some, data):
    whole = State("session", "s")
    for one in some:
        whole = registers.join_states(whole, one)
    old = data.draw(st.sampled_from(some))
    assert registers.join_states(whole, old) == whole


def test_a_restored_laptop_under_a_new_name_loses_neither_its_own_saves_nor_those_it_forgot():
    laptop = Laptop(A, State("session", "s"))
    laptop.save("notes", "first", at=1)
    backup = laptop.state
    laptop.save("notes", "second", at=2)
    server = laptop.state
    restored = Laptop(B, backup)
    restored.save("notes", "written after the restore", at=3)
    together = registers.join_states(restored.state, server)
    assert together.registers["notes"].values == {packed("second"), packed("written after the restore")}


def test_different_fields_never_conflict_and_equal_values_collapse():
    one, two = Laptop(A, State("session", "s")), Laptop(B, State("session", "s"))
    one.save("notes", "same", at=1)
    two.save("notes", "same", at=9)
    two.save("place", "library", at=9)
    one.meet(two.state)
    for register in one.state.registers.values():
        assert not registers.shown(register, Merge.ask, one.state.stamps).conflict


# --- clones -----------------------------------------------------------------------------------------------------------


@settings(max_examples=times(60))
@given(st.lists(st.text(max_size=3), min_size=2, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_a_dot_that_any_number_of_clones_used_keeps_every_value(texts, random):
    some = [registers.first(Dot(A, 1), packed(text)) for text in texts]
    random.shuffle(some)
    whole = some[0]
    for one in some[1:]:
        whole = registers.join(whole, one)
    assert whole.values == {packed(text) for text in texts}
    assert registers.cloned(whole) == {Dot(A, 1)}
    assert registers.cloned(some[0]) == set()
    assert registers.shown(whole, Merge.ask, {}).conflict


# --- voiding ----------------------------------------------------------------------------------------------------------


def voided(laptop: Laptop, *, at: int = 0) -> None:
    seen = registers.seen_by(laptop.state)
    laptop.save(registers.VOIDED, True, at=at)
    dot = Dot(laptop.replica, laptop.counter)
    register = registers.assign(laptop.state.registers.get(registers.SEEN), Dot(dot.replica, dot.counter), seen)
    laptop.state = State("session", "s", {**laptop.state.registers, registers.SEEN: register}, laptop.state.stamps)


@settings(max_examples=times(80))
@given(st.booleans(), st.booleans(), st.integers(-(10**9), 10**9))
def test_a_voiding_races_exactly_with_edits_it_had_not_seen(saw, twice, at):
    one, two = Laptop(A, State("session", "s")), Laptop(B, State("session", "s"))
    one.save("notes", "words", at=0)
    two.meet(one.state)
    two.save("notes", "better words", at=at)
    if saw:
        one.meet(two.state)
    voided(one)
    if twice:
        voided(one)
    assert not registers.voiding_raced(one.state)
    one.meet(two.state)
    assert registers.voiding_raced(one.state) is not saw


def test_one_of_two_who_void_having_seen_the_edit_is_enough():
    one, two, three = (Laptop(r, State("session", "s")) for r in (A, B, C))
    for laptop in (two, three):
        laptop.meet(one.state)
    one.save("notes", "late", at=1)
    two.meet(one.state)
    voided(two)
    voided(three)
    two.meet(three.state)
    assert not registers.voiding_raced(two.state)


def test_a_voiding_of_a_shape_that_this_version_cannot_read_asks():
    register, stamps = plain_register(True)
    seen, _ = plain_register({"a": "map"})
    raced = State("session", "s", {registers.VOIDED: register, registers.SEEN: seen, "notes": other(2)}, stamps)
    assert registers.voiding_raced(raced)


def other(counter: int) -> Register:
    return registers.first(Dot(B, counter), packed("words"))


# --- what is shown ----------------------------------------------------------------------------------------------------


def two_values(one, two):
    register = registers.join(registers.first(Dot(A, 1), packed(one)), registers.first(Dot(B, 1), packed(two)))
    return register, {Dot(A, 1): Stamp("a", 10), Dot(B, 1): Stamp("b", 20)}


def decoded(register, rule, stamps):
    value, conflict = registers.shown(register, rule, stamps)
    return msgspec.msgpack.decode(value), conflict


def test_ask_shows_the_newest_and_asks():
    register, stamps = two_values("old", "new")
    assert decoded(register, Merge.ask, stamps) == ("new", True)


def test_latest_shows_the_newest_and_never_asks():
    register, stamps = two_values("old", "new")
    assert decoded(register, Merge.latest, stamps) == ("new", False)


def test_union_shows_everything_and_never_asks():
    register, stamps = two_values(["a", "b"], ["b", "c"])
    assert decoded(register, Merge.union, stamps) == (["a", "b", "c"], False)


def test_both_shows_one_after_the_other_and_asks():
    register, stamps = two_values("mine", "theirs")
    assert decoded(register, Merge.both, stamps) == ("mine\n\ntheirs", True)


@pytest.mark.parametrize("rule", list(Merge))
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda some: st.lists(some, max_size=3)))
@example(["a", 1])
@example([["nested"]])
def test_every_rule_shows_something_of_whatever_a_later_version_wrote(rule, strange):
    assume(not isinstance(strange, int) or abs(strange) < 2**63)
    try:
        register, stamps = two_values(["a"], strange)
    except OverflowError:
        assume(False)
    shown = registers.shown(register, rule, stamps)
    assert msgspec.msgpack.decode(shown.value) is not NotImplemented
    assert register.values == {packed(["a"]), packed(strange)}


@settings(max_examples=times(100))
@given(states(), st.sampled_from(Merge))
def test_everybody_who_knows_the_same_is_shown_the_same(some, rule):
    forwards, backwards = State("session", "s"), State("session", "s")
    for one in some:
        forwards = registers.join_states(forwards, one)
    for one in reversed(some):
        backwards = registers.join_states(one, backwards)
    for name, register in forwards.registers.items():
        assert registers.shown(register, rule, forwards.stamps) == registers.shown(
            backwards.registers[name], rule, backwards.stamps
        )


# --- stamps and packing -----------------------------------------------------------------------------------------------


@settings(max_examples=times(80))
@given(
    st.lists(st.tuples(st.text(max_size=2), st.integers(), st.booleans(), st.integers(0, 9)), min_size=3, max_size=3)
)
def test_what_is_learnt_later_about_a_save_joins_in_any_order(parts):
    some = [State("session", "s", {"notes": other(1)}, {Dot(B, 1): Stamp(*part)}) for part in parts]
    expected = registers.join_states(registers.join_states(some[0], some[1]), some[2])
    for a, b, c in permutations(some):
        assert registers.join_states(a, registers.join_states(b, c)) == expected
    assert expected.stamps[Dot(B, 1)].received == max(part[3] for part in parts)
    assert expected.stamps[Dot(B, 1)].in_doubt is any(part[2] for part in parts)


def test_two_different_records_cannot_be_joined():
    for other_record in (State("session", "t"), State("goal", "s")):
        with pytest.raises(ValueError, match="different records"):
            registers.join_states(State("session", "s"), other_record)


@settings(max_examples=times(120))
@given(states(), st.data())
def test_a_packed_state_comes_back_as_it_was(some, data):
    one = data.draw(st.sampled_from(some))
    assert registers.unpack("session", "s", registers.pack(one)) == one


@settings(max_examples=times(100))
@given(st.binary(max_size=60))
@example(packed([[], {"notes": [1, [[0, 1]], []]}]))
@example(packed([[["r" * 8, 1, "me", 0, 0, 0]], {"notes": [9, [], []]}]))
def test_what_is_not_a_packed_state_is_refused_and_nothing_else_happens(junk):
    with contextlib.suppress(ValueError):
        assert registers.unpack("session", "s", junk).kind == "session"


def test_a_field_written_by_one_laptop_costs_next_to_nothing():
    laptop = Laptop(A, State("session", "s"))
    laptop.save("notes", "x" * 100, at=1_700_000_000)
    assert len(registers.pack(laptop.state)) < 100 + 50
