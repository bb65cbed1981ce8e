"""The same person twice: found without being asked, taken together without rewriting anything, taken apart as if nothing had been."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp.errors import UserError
from mentorapp.records import Mentorship, Person, Session
from mentorapp.services import (
    attachments,
    consents,
    duplicates,
    finding,
    naming,
    people,
    pulses,
    recall,
    sameness,
    sample,
    sessions,
)
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from tests.mentorapp.sessions import KEY, NOON, carry, exchange
from tests.strategies import times
from ui.models import writing

# --- likeness ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grace A.", "Grace Achen"),
        ("Grace A.", "A. Grace"),
        ("Mohamed Ali", "محمد علي"),
        ("Muhammad Aly", "Mohammed Ali"),
        ("أمينة", "امينه"),
        ("José M.", "Jose M"),
        ("Joseph K.", "Josef K."),
        ("Amina Yusuf", "Aminah Yousuf"),
        ("Grace Akello", "Grace Akelo"),
    ],
)
def test_names_written_otherwise_are_alike_both_ways_round(one, other):
    assert duplicates.likeness(one, other) >= duplicates.ALIKE
    assert duplicates.likeness(other, one) >= duplicates.ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grace A.", "Grace B."),
        ("Samuel O.", "Daniel O."),
        ("Fatou Diop", "Fatou Diallo"),
        ("Grace 1", "Grace 2"),
        ("", "Grace"),
        ("…", "—"),
    ],
)
def test_other_people_are_not_alike(one, other):
    assert duplicates.likeness(one, other) == 0


@pytest.mark.parametrize("phone", ["+256 772 123456", "0772123456", "00256-772-123456", "٠٧٧٢١٢٣٤٥٦"])
def test_one_telephone_number_however_written_says_more_than_the_name(workspace, phone):
    _, ruth, _ = people.add_mentee(workspace, name="Ruth N.", phone="0772 123 456")
    (found,) = duplicates.alike(workspace, name="N.", phone=phone)
    assert (found.who.id, found.phone) == (ruth.id, True)
    assert duplicates.alike(workspace, name="", phone="12") == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_names_can_be_compared_and_it_does_not_matter_which_came_first(one, other):
    assert 0 <= duplicates.likeness(one, other) == duplicates.likeness(other, one) <= 100
    assert duplicates.likeness(one, one) in (0, 100)


@pytest.mark.figures
def test_two_thousand_people_are_gone_through_while_one_types(workspace):
    sample.many(workspace, mentees=2000, sessions=0)
    for look in (
        lambda: duplicates.alike(workspace, name="Grace Akello", phone="0772123456"),
        lambda: duplicates.suspected(workspace),
    ):
        look()
        began = time.perf_counter()
        for _ in range(5):
            look()
        took = (time.perf_counter() - began) / 5
        print(f"{took * 1000:.0f} ms")
        assert took < 0.05


# --- links ------------------------------------------------------------------------------------------------------------

people_ids = st.integers(0, 7).map(str)
links = st.dictionaries(people_ids, people_ids, max_size=8)


def linked(some: dict[str, str], one: str) -> set[str]:
    """Everybody who is linked with somebody, by a walk that knows nothing of ends."""
    found, edge = {one}, {one}
    while edge:
        edge = {b for a, b in some.items() if a in edge} | {a for a, b in some.items() if b in edge}
        edge -= found
        found |= edge
    return found


@given(links, st.sets(people_ids))
def test_whatever_the_links_are_each_linked_person_ends_at_the_one_same_person_in_sight(some, living):
    """The invariant: all who are linked end at one of them, at somebody in sight if anybody is, and that one ends at themselves."""
    ends = sameness.one_person(some, living)
    for one in {*some, *some.values()}:
        group = linked(some, one)
        end = ends.get(one, one)
        assert end in group
        assert {ends.get(each, each) for each in group} == {end}
        assert end in living or not group & living
        assert ends.get(end, end) == end


@given(links, st.sets(people_ids), st.permutations(range(8)))
def test_the_order_in_which_links_arrived_does_not_matter(some, living, order):
    arrived = {key: some[key] for key in sorted(some, key=lambda key: order[int(key)])}
    assert sameness.one_person(arrived, living) == sameness.one_person(some, living)


# --- taking together, and apart ---------------------------------------------------------------------------------------


def add(workspace: Workspace, name: str) -> Person:
    return people.add_mentee(workspace, name=name)[1]


def everything(workspace: Workspace) -> tuple[object, ...]:
    """All that can be seen of people and what refers to them."""
    store = workspace.store
    return (
        sorted(map(repr, store.find(Person, voided=True))),
        sorted(map(repr, store.find(Mentorship, voided=True))),
        sorted(sameness.same(workspace).ends.items()),
        recall.mentees(workspace),
    )


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A store of six people, for many examples: each takes apart again what it took together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MENTOR_HOME", str(tmp_path_factory.mktemp("crowd")))
        workspace = workspaces.start(name="Awa D.", practice=True)
        yield workspace, [add(workspace, f"Person {n}") for n in range(6)]
        workspace.close()


steps = st.lists(st.tuples(st.sampled_from(["together", "apart"]), st.integers(0, 5), st.integers(0, 5)), max_size=6)


@given(steps, st.integers(0, 5), st.integers(0, 5))
def test_taking_together_and_apart_again_changes_nothing(crowd, before, keep, other):
    workspace, crew = crowd
    for person in workspace.store.find(Person, "same_as IS NOT NULL"):
        duplicates.take_apart(workspace, person.id)
    for what, one, two in before:
        if what == "apart":
            duplicates.take_apart(workspace, crew[one].id)
        elif sameness.same(workspace).one(crew[one].id) != sameness.same(workspace).one(crew[two].id):
            duplicates.merge(workspace, keep=crew[one].id, other=crew[two].id)
    same = sameness.same(workspace)
    kept, gone = same.one(crew[keep].id), same.one(crew[other].id)
    was = everything(workspace)
    if kept == gone:
        with pytest.raises(UserError, match="one person already"):
            duplicates.merge(workspace, keep=kept, other=gone)
        return
    duplicates.merge(workspace, keep=kept, other=gone)
    now = sameness.same(workspace)
    assert {now.one(each) for each in (*same.all_of(kept), *same.all_of(gone))} == {kept}
    assert len(recall.mentees(workspace)) == len(was[3]) - 1
    duplicates.take_apart(workspace, gone)
    assert everything(workspace) == was


def test_both_come_back_after_a_restart_and_after_an_exchange(workspace, clock, tmp_path):
    one, two = add(workspace, "Esther A."), add(workspace, "Esther Achen")
    was = everything(workspace)
    duplicates.merge(workspace, keep=one.id, other=two.id)
    together = everything(workspace)
    workspace.close()
    again = workspaces.open_with_passphrase("a few words", clock=clock)
    workspace.store, workspace.me = again.store, again.me
    assert everything(workspace) == together
    other = Workspace(Store(tmp_path / "other.mentor", KEY), clock, workspace.me)
    try:
        exchange(workspace.store, other.store)
        assert everything(other) == together
        duplicates.take_apart(other, two.id)
        exchange(workspace.store, other.store)
        assert everything(workspace) == everything(other) == was
    finally:
        other.store.close()


laptops = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["together", "apart", "meet"]), st.integers(0, 3), st.integers(0, 3)),
    max_size=8,
)


@settings(max_examples=times(6))
@given(st.data())
def test_merges_made_on_two_laptops_at_once_end_at_one_person_on_both(tmp_path_factory, clock, data):
    folder = tmp_path_factory.mktemp("two")
    both = [Workspace(Store(folder / f"{n}.mentor", KEY), clock, f"mentor{n}") for n in range(2)]
    try:
        crew = [f"p{n}" for n in range(4)]
        for id in crew:
            both[0].store.save(Person(id=id, name=id, status="active"), by="mentor0", at=NOON)
        exchange(both[0].store, both[1].store)
        for second, what, one, two in data.draw(laptops):
            here = both[second]
            if what == "meet":
                exchange(both[0].store, both[1].store)
            elif what == "apart":
                duplicates.take_apart(here, crew[one])
            elif sameness.same(here).one(crew[one]) != sameness.same(here).one(crew[two]):
                duplicates.merge(here, keep=crew[one], other=crew[two])
        exchange(both[0].store, both[1].store)
        ends = [sameness.same(here).ends for here in both]
        assert ends[0] == ends[1]
        for id in crew:
            duplicates.take_apart(both[0], id)
        assert sameness.same(both[0]).ends == {}
    finally:
        for here in both:
            here.store.close()


def test_two_taken_together_the_other_way_round_on_two_laptops_are_the_elder(workspace, clock, tmp_path):
    one, two = add(workspace, "Esther A."), add(workspace, "Esther Achen")
    other = Workspace(Store(tmp_path / "other.mentor", KEY), clock, workspace.me)
    try:
        exchange(workspace.store, other.store)
        duplicates.merge(workspace, keep=one.id, other=two.id)
        duplicates.merge(other, keep=two.id, other=one.id)
        exchange(workspace.store, other.store)
        for here in (workspace, other):
            assert sameness.same(here).all_of(two.id) == (one.id, two.id)
            assert [row.name for row in recall.mentees(here)] == ["Esther A."]
        duplicates.take_apart(other, two.id)
        carry(other.store, workspace.store)
        assert len(recall.mentees(workspace)) == 2
    finally:
        other.store.close()


# --- everywhere -------------------------------------------------------------------------------------------------------


@pytest.fixture
def grace(workspace):
    """Grace, twice: under both names somebody was met, promised and allowed something, and both are in the circle."""
    _, kept, first = people.add_mentee(workspace, name="Esther A.")
    _, gone, second = people.add_mentee(workspace, name="Esther Achen", phone="0772123456")
    _, ruth, _ = people.add_mentee(workspace, name="Ruth N.")
    _, circle = people.add_group(workspace, name="Circle", mentees=(gone.id, kept.id, ruth.id))
    for pair in (first, second, circle):
        sessions.hold_session(workspace, draft=sessions.begin_draft(workspace, mentorship=pair.id))
    consents.record(workspace, person=gone.id, purpose="photo", given=True)
    return kept, gone, first, second, circle


def test_wherever_somebody_is_named_or_listed_it_is_the_one_who_was_kept(workspace, grace):
    kept, gone, first, second, circle = grace
    duplicates.merge(workspace, keep=kept.id, other=gone.id)
    assert [row.name for row in recall.mentees(workspace)] == ["Esther A.", "Ruth N."]
    pairs = recall.pairs(workspace)
    assert (pairs[second.id].name, pairs[second.id].people) == ("Esther A.", (kept.id,))
    assert len(pairs[circle.id].people) == 2
    for asked in (kept.id, gone.id):
        view = recall.mentee(workspace, asked)
        assert (view.person.id, view.met, [one.id for one in view.also]) == (kept.id, 2, [gone.id])
        assert {session.mentorship for session in view.sessions} == {first.id, second.id}
        assert consents.allows(workspace, asked, "photo")
    assert [n.words for n in naming.named(workspace, "person")].count("Esther Achen") == 0
    (found,) = [one for one in finding.find(workspace, finding.Asked(words="esther")).found if one.hit.kind == "person"]
    assert (found.title, found.person) == ("Esther A.", kept.id)
    assert "Esther Achen" not in {row.pair.name for row in recall.sessions(workspace)}
    draft = sessions.begin_draft(workspace, mentorship=circle.id)
    assert len(draft.session.attendees) == 2
    held = workspace.store.find(Session, "mentorship = ?", (circle.id,))[0]
    shown = writing.begin(workspace, session=held.id)
    assert sorted(name for _, name in shown.people) == ["Esther A.", "Ruth N."]
    assert {id for id, _ in shown.people} <= set(held.attendees)


def test_whoever_is_asked_is_asked_once_under_the_name_that_is_kept(workspace, grace):
    kept, gone, _, _, circle = grace
    held = workspace.store.find(Session, "mentorship = ?", (circle.id,))[0]
    duplicates.merge(workspace, keep=kept.id, other=gone.id)
    assert [one.name for one in attachments.unasked(workspace, session=held, purpose="audio")] == [
        "Esther A.",
        "Ruth N.",
    ]
    assert [one.name for one in attachments.unasked(workspace, session=held, purpose="photo")] == ["Ruth N."]
    asked = [one.person.name for one in pulses.asked(workspace, mentorship=circle.id) if not one.is_me]
    assert sorted(asked) == ["Esther A.", "Ruth N."]
    workspace.clock.forward(days=120)
    waiting, count = pulses.waiting(workspace)
    assert (sorted(person.name for person, _ in waiting), count) == (["Esther A.", "Ruth N."], 2)


def test_nothing_is_rewritten_by_it(workspace, grace):
    kept, gone, *pairs = grace
    duplicates.merge(workspace, keep=kept.id, other=gone.id)
    for pair in pairs:
        assert workspace.store.get(Mentorship, pair.id) == pair.at_home()
    assert workspace.store.get(Person, kept.id) == kept.at_home()
    assert workspace.store.get(Person, gone.id) == replace(gone.at_home(), same_as=kept.id)


def test_who_is_kept_somewhere_out_of_sight_stays_in_sight_here(workspace):
    one = add(workspace, "Esther A.")
    workspace.store.save(replace(one, same_as="nobody here"), before=one, by=workspace.me, at=NOON)
    assert [row.name for row in recall.mentees(workspace)] == ["Esther A."]
    two = add(workspace, "Esther Achen")
    with pytest.raises(UserError, match="not on this laptop"):
        duplicates.merge(workspace, keep=two.id, other=one.id)
    duplicates.merge(workspace, keep=one.id, other=two.id)
    assert [row.name for row in recall.mentees(workspace)] == ["Esther A."]


def test_i_am_never_taken_together_under_another(workspace):
    one = add(workspace, "Esther Ach.")
    with pytest.raises(UserError, match="This is you"):
        duplicates.merge(workspace, keep=one.id, other=workspace.me)
    duplicates.merge(workspace, keep=workspace.me, other=one.id)
    assert sameness.same(workspace).one(one.id) == workspace.me


def test_a_hint_once_answered_is_not_asked_again(workspace):
    one, two, _ = add(workspace, "Esther A."), add(workspace, "Esther Achen"), add(workspace, "Ruth N.")
    assert [(a.name, b.who.name) for a, b in duplicates.suspected(workspace)] == [("Esther A.", "Esther Achen")]
    assert [likely.who.id for likely in duplicates.alike_to(workspace, one.id)] == [two.id]
    duplicates.say_apart(workspace, one.id, two.id)
    assert duplicates.suspected(workspace) == []
    assert duplicates.alike_to(workspace, two.id) == []
    duplicates.say_apart(workspace, one.id, two.id, apart=False)
    assert len(duplicates.suspected(workspace)) == 1
    duplicates.merge(workspace, keep=one.id, other=two.id)
    assert duplicates.suspected(workspace) == []
