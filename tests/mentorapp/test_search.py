"""Words are found however they are spelt and accented, in every language that mentors write, and marked where they stand."""

import dataclasses
import itertools
import re
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp.clock import new_id
from mentorapp.fields import cleaned
from mentorapp.records import ActionItem, Goal, Person, Reflection
from mentorapp.store import Store, database, folding
from mentorapp.store.search import EXCERPT, Filter, excerpt_of, folded, query
from tests.mentorapp.sessions import KEY, NOON, later, session
from tests.strategies import times

FOUND = [
    ("Elle a relu l’économie du mémoire à l'École.", "ecole", ["École"]),
    ("Elle a relu l’économie du mémoire à l'École.", "MEMOIRE econ", ["économie", "mémoire"]),
    ("رأيتُ أثرًا في إدارة المكتبة", "اثر", ["أثرًا"]),
    ("قالت الأستاذة: مُعَلِّمة جيدة", "معلمه", ["مُعَلِّمة"]),
    ("تـــطوير المهارات", "تطوير", ["تـــطوير"]),
    ("በቤተ መጻሕፍት ተገናኘን፡ ጥሩ ነበር", "መጻሕፍት", ["መጻሕፍት"]),
    ("Tulikutana maktabani; aliandika ripoti.", "maktaba", ["maktabani"]),
    ("Não conseguiu a reunião na instituição.", "reuniao instit", ["reunião", "instituição"]),
    ("Ọ̀rọ̀ àgbà kò ní ṣì", "oro", ["Ọ̀rọ̀"]),
    ("Straße und Größe", "strasse", ["Straße"]),
    ("The bureau, monthly; other bureaux.", "bureau mont", ["bureau", "monthly"]),
    ("plan-do-check: 3rd_cycle", "cycle", None),
    ("راجعنا ما اتفقنا عليه في الزيارة الماضية", "زيارة", ["الزيارة"]),
    ("زرنا مكتبة المدينة وللمكتبة باب واحد", "المكتبه", ["مكتبة", "وللمكتبة"]),
    ("ہم نے کتاب کی بات کی", "كتاب", ["کتاب"]),
    ("او هنوز به کتاب‌ها علاقه دارد، ۱۲ جلد", "علاقه 12", ["علاقه", "۱۲"]),
    ("التقينا في ٢٠٢٦ مرتين", "2026", ["٢٠٢٦"]),
    ("ዓለም እና ሠላም በፀሐይ ጊዜ", "አለም ሰላም", ["ዓለም", "ሠላም"]),
    ("ሐኪሙ ኣስተማሪውን አመሰገነ", "ሃኪሙ አስተማሪ", ["ሐኪሙ", "ኣስተማሪውን"]),
    ("Aliuza ng’ombe wawili", "ng'ombe", ["ng’ombe"]),
    ("Aliuza ng'ombe wawili", "ngombe", ["ng'ombe"]),
]


@pytest.mark.parametrize(("written", "typed", "marked"), FOUND)
def test_words_are_found_and_marked_as_they_are_written(store, written, typed, marked):
    one = session(notes=f"Before.\n{written}\nAfter.")
    store.save(one, by="me", at=NOON)
    store.save(session(notes="something else"), by="me", at=NOON)
    (hit,) = store.search(typed)
    assert hit.id == one.id
    assert hit.mentorship == "m1"
    assert "\n" not in hit.excerpt
    if marked is not None:
        assert [hit.excerpt[a:b] for a, b in hit.marks] == [cleaned(word) for word in marked]


def test_all_words_must_be_there_and_the_last_may_be_unfinished(store):
    one = session(notes="monthly figures at the bureau")
    store.save(one, by="me", at=NOON)
    assert [h.id for h in store.search("bureau mont")] == [one.id]
    assert store.search("mont bureau") == []
    assert store.search("monthly yearly") == []


@pytest.mark.parametrize(
    "typed", ["", "   ", '"', "*", "AND OR NOT", 'a" OR "b', "(", "col:umn", "\x00", "\ud800", "-", "^x"]
)
def test_whatever_is_typed_is_words_and_never_a_query(store, typed):
    store.save(session(notes="b"), by="me", at=NOON)
    assert store.search(typed) == []


def test_what_was_changed_or_superseded_is_no_longer_found(store):
    one = session(notes="earlier wording").at_home()
    store.save(one, by="me", at=NOON)
    store.save(dataclasses.replace(one, notes="later wording"), before=one, by="me", at=later(1))
    assert store.search("earlier") == []
    assert [h.excerpt for h in store.search("later")] == ["later wording"]


def test_kinds_can_be_chosen_and_the_newest_comes_first(store):
    first, second = session(notes="figures"), session(notes="figures again")
    promise = ActionItem(id=new_id(), text="bring the figures", due=NOON.date())
    for one in (first, promise, second):
        store.save(one, by="me", at=NOON)
    assert [h.id for h in store.search("figures")] == [second.id, promise.id, first.id]
    assert [h.id for h in store.search("figures", kinds=("action_item",))] == [promise.id]
    assert [h.day for h in store.search("figures", kinds=("action_item",))] == ["2026-03-11"]
    assert len(store.search("figures", limit=1)) == 1


def test_topics_and_private_reflections_are_found_and_identifiers_are_not(store):
    store.save(session(topics=("budget lines",)), by="me", at=NOON)
    store.save(Reflection(id=new_id(), author="me", text="inner thought"), by="me", at=NOON)
    assert len(store.search("budget")) == 1
    assert len(store.search("inner")) == 1
    assert store.search("mentorship") == store.search("private") == []


letters = st.text(st.characters(codec="utf-8", categories=("L", "Mn", "Nd", "Zs", "Po")), min_size=1, max_size=30)


@settings(max_examples=times(100))
@given(letters, st.lists(letters, max_size=4))
def test_marks_lie_within_the_excerpt_in_order_on_words_that_were_sought(word, others):
    written = cleaned(" ".join([*others, word, *others]))
    excerpt, marks = excerpt_of(written, folded(word).split())
    assert len(excerpt) <= EXCERPT
    assert all(0 <= a < b <= len(excerpt) for a, b in marks)
    assert list(marks) == sorted(marks)
    assert all(x[1] <= y[0] for x, y in itertools.pairwise(marks))


@settings(max_examples=times(100))
@given(letters)
def test_folding_twice_changes_nothing_and_a_query_is_only_quoted_words(text):
    assert folded(folded(text)) == folded(text)
    assert re.fullmatch(r'("\w+" )*("\w+"\*)?', query(text))


def test_a_word_far_into_a_long_note_is_in_its_excerpt(store):
    store.save(session(notes="filler " * 5000 + "needle " + "filler " * 5000), by="me", at=NOON)
    began = time.perf_counter()
    (hit,) = store.search("needle")
    assert time.perf_counter() - began < 1
    assert [hit.excerpt[a:b] for a, b in hit.marks] == ["needle"]


def test_a_person_is_found_by_any_part_of_the_name(store):
    store.save(Person(id=new_id(), name="Tesfaye M."), by="me", at=NOON)
    assert [h.kind for h in store.search("tes")] == ["person"]


def test_a_store_whose_index_folded_otherwise_is_filled_anew_when_it_is_opened(tmp_path):
    store = Store(tmp_path / "store.mentor", KEY)
    one = session(notes="ዓለም")
    store.save(one, by="me", at=NOON)
    store.connection.execute("DELETE FROM search")
    store.remember(**{"shown as": f"{database.NEWEST[-1]}, folded {folding.VERSION - 1}"})
    store.close()
    again = Store(tmp_path / "store.mentor", KEY)
    assert [hit.id for hit in again.search("አለም")] == [one.id]
    again.close()


def test_a_hit_says_in_which_field_the_words_stand(store):
    store.save(session(notes="about the harvest", useful="to ask first"), by="me", at=NOON)
    assert [hit.field for hit in store.search("first")] == ["useful"]
    assert [hit.field for hit in store.search("harvest")] == ["notes"]


# --- narrowed ---------------------------------------------------------------------------------------------------------


def test_a_filter_finds_just_what_one_would_pick_by_hand(store):
    before = NOON - timedelta(days=40)
    early = dataclasses.replace(session(notes="figures", topics=("Budget lines",)), started=before)
    late = dataclasses.replace(session(notes="figures"), mentorship="m2")
    goal = Goal(id=new_id(), mentorship="m1", statement="figures alone", due=NOON.date())
    for one in (early, late, goal):
        store.save(one, by="me", at=NOON)

    def found(typed="figures", **asked):
        return [hit.id for hit in store.search(typed, only=Filter(**asked))]

    day = NOON.date()
    assert found(kinds=("goal",)) == [goal.id]
    assert found(mentorships=("m1",)) == [goal.id, early.id]
    assert found(mentorships=()) == []
    assert found(last=day - timedelta(days=1)) == [early.id]
    assert found(first=day) == [goal.id, late.id]
    assert found(first=day, last=day, kinds=("session",)) == [late.id]
    assert found(tags=("budg",)) == [early.id]
    assert found(tags=("budg", "other")) == []
    assert found("", mentorships=("m1",)) == [goal.id, early.id]
    assert found("nowhere", mentorships=("m1",)) == []


def test_an_empty_filter_and_no_words_find_nothing(store):
    store.save(session(notes="figures"), by="me", at=NOON)
    assert store.search("", only=Filter()) == []


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("filled") / "store.mentor", KEY)
    store.save(session(notes="figures", topics=("b",)), by="me", at=NOON)
    yield store
    store.close()


@settings(max_examples=times(60))
@given(st.text(st.characters(codec="utf-8"), max_size=12), st.text(max_size=12))
def test_no_filter_is_ever_a_query(filled, typed, tag):
    found = filled.search(typed, only=Filter(tags=(tag,), mentorships=("m1",), kinds=("session",)))
    assert len(found) <= 1
