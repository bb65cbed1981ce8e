"""Reflections are for oneself: sharing writes other words, is logged, and taking back pretends nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mentorapp.errors import UserError
from mentorapp.fields import Visibility, fields_of
from mentorapp.records import Mentorship, Person, Reflection
from mentorapp.services import goals, people, promises, reflections, sessions
from tests.mentorapp.sessions import NOON


@pytest.fixture
def pair(workspace):
    """A mentorship with a colleague in it."""
    _, _, mentorship = people.add_mentee(workspace, name="Ruth N.")
    hanna = Person(id="h" * 32, scope="office/", name="Hanna B.", status="active")
    workspace.store.save(hanna, by=workspace.me, at=NOON)
    people.share_with(workspace, mentorship, hanna.id)
    return workspace.store.get(Mentorship, mentorship.id)


def written(workspace, pair, text="I talked too much.", **more):
    """A reflection about the pair."""
    return reflections.write(workspace, text=text, mentorship=pair.id, **more)[1]


def now(workspace, thought):
    """As it is kept."""
    return workspace.store.get(Reflection, thought.id)


def test_what_is_written_is_only_mine_and_stays_so_when_words_of_it_are_shared(workspace, pair):
    thought = written(workspace, pair, mood="caught", prompt="What surprised you?")
    kept = now(workspace, thought)
    assert (kept.scope, kept.sharing) == (f"private/{workspace.me}", "private")
    reflections.share(workspace, kept, words=" Listening is hard. ")
    shared = now(workspace, thought)
    assert (shared.scope, shared.shared, shared.text) == (
        f"mentorship/{pair.id}",
        "Listening is hard.",
        "I talked too much.",
    )
    state = workspace.store.state(thought.id)
    reach = {name: register.reach for name, register in state.registers.items()}
    assert reach["text"] == reach["mood"] == reach["prompt"] == Visibility.only_me
    assert (reach["shared"], fields_of(Reflection)["offered"].visibility) == (Visibility.pair, Visibility.office)
    leaving = next(one.state for one in workspace.store.pending() if one.state.id == thought.id)
    assert not {"text", "mood", "prompt"} & set(leaving.registers)


def test_each_step_is_in_the_log_and_taking_back_empties_what_the_others_read(workspace, pair):
    thought = written(workspace, pair)
    for verb in (reflections.share, reflections.offer):
        workspace.clock.forward(minutes=5)
        verb(workspace, now(workspace, thought), words="Listening is hard.")
    workspace.clock.forward(minutes=5)
    reflections.take_back(workspace, now(workspace, thought))
    after = now(workspace, thought)
    assert (after.sharing, after.shared, after.offered) == ("private", "", "")
    assert after.scope == f"mentorship/{pair.id}", "only there does the emptying reach the others"
    steps = reflections.log(workspace, after)
    assert [step.sharing for step in steps] == ["private", "shared", "offered", "private"]
    assert [(step.at - NOON) for step in steps] == [timedelta(minutes=5 * n) for n in range(4)]


def test_only_its_author_shares_and_only_with_a_pair_and_only_words(workspace, pair):
    alone = reflections.write(workspace, text="Whom do I treat better?")[1]
    with pytest.raises(UserError, match="stays with you"):
        reflections.share(workspace, alone, words="x")
    thought = written(workspace, pair)
    with pytest.raises(UserError, match="others may read"):
        reflections.share(workspace, thought, words="  ")
    theirs = replace(thought, id="t" * 32, author="h" * 32)
    for verb in (
        lambda: reflections.offer(workspace, theirs, words="x"),
        lambda: reflections.take_back(workspace, theirs),
        lambda: reflections.mend(workspace, theirs, text="x", mood=""),
        lambda: reflections.take_out(workspace, theirs),
    ):
        with pytest.raises(UserError, match="Only who wrote"):
            verb()
    assert [person.name for person in reflections.readers(workspace, pair.id)] == ["Hanna B."]
    assert now(workspace, thought).sharing == "private"


def test_mending_ones_words_changes_nothing_that_was_shared(workspace, pair):
    thought = written(workspace, pair)
    reflections.share(workspace, thought, words="Listening is hard.")
    reflections.mend(workspace, now(workspace, thought), text="I talked far too much.", mood="better")
    after = now(workspace, thought)
    assert (after.text, after.mood, after.shared) == ("I talked far too much.", "better", "Listening is hard.")
    with pytest.raises(UserError):
        reflections.write(workspace, text=" ", mood="")


def test_mine_are_found_by_words_mood_and_mentee_and_nobody_elses(workspace, pair):
    _, _, other = people.add_mentee(workspace, name="Samuel O.")
    first = written(workspace, pair, "The café was loud", mood="Glad")
    second = reflections.write(workspace, text="A far road", mood="glad", mentorship=other.id)[1]
    third = reflections.write(workspace, text="Who mentors me", mood="tired")[1]
    theirs = replace(second, id="t" * 32, author="h" * 32, shared="cafe", scope=f"mentorship/{pair.id}")
    workspace.store.save(theirs, by="h" * 32, at=NOON)

    def found(**by):
        return [thought.reflection.id for thought in reflections.find(workspace, **by)]

    assert found() == [third.id, second.id, first.id]
    assert found(sought="cafe lo") == [first.id]
    assert found(mood="GLAD") == [second.id, first.id]
    assert found(mood="glad", mentorship=other.id) == [second.id]
    assert reflections.moods(workspace)[0].casefold() == "glad"
    assert [name for _, name in reflections.about(workspace)] == ["Ruth N.", "Samuel O."]
    (shared,) = reflections.shared_thoughts(workspace)
    assert (shared.reflection.id, shared.by) == (theirs.id, "Hanna B.")
    reflections.take_out(workspace, first)
    assert found(sought="cafe") == []
    reflections.put_back(workspace, now(workspace, first))
    assert found(sought="cafe") == [first.id]


def test_questions_rotate_those_asked_least_first(workspace, pair):
    known = reflections.prompts_for(workspace, "after")
    assert len(known) == len(set(known)) >= 5
    written(workspace, pair, prompt=known[0])
    written(workspace, pair, prompt=known[1])
    again = reflections.prompts_for(workspace, "after")
    assert again[0] == known[2]
    assert set(again[-2:]) == set(known[:2])
    assert reflections.prompts_for(workspace, "of a later version") == again


def test_the_situation_is_guessed_from_what_happened(workspace, pair):
    def held(days):
        draft = sessions.begin_draft(workspace, mentorship=pair.id)
        started = NOON - timedelta(days=days)
        sessions.hold_session(workspace, draft=replace(draft, session=replace(draft.session, started=started)))

    assert reflections.situation_of(workspace, "") == "myself"
    assert reflections.situation_of(workspace, pair.id) == "after"
    held(80)
    assert reflections.situation_of(workspace, pair.id) == "silence"
    held(0)
    assert reflections.situation_of(workspace, pair.id) == "after"
    _, goal = promises.set_goal(workspace, mentorship=pair.id, statement="x", target=1)
    goals.measure(workspace, goal=goal.id, reached=1)
    assert reflections.situation_of(workspace, pair.id) == "celebration"
    people.edit(workspace, pair, replace(pair, status="completed"))
    assert reflections.situation_of(workspace, pair.id) == "goodbye"


def test_every_situation_has_a_handful_of_questions():
    codes = [one.code for one in reflections.situations()]
    assert {"after", "first_meeting", "conflict", "celebration", "goodbye"} <= set(codes)
    assert len(codes) == len(set(codes))
    every = [prompt for one in reflections.situations() for prompt in one.prompts]
    assert len(every) == len(set(every))
    assert all(3 <= len(one.prompts) <= 7 for one in reflections.situations())
