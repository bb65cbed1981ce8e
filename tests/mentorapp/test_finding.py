"""Anything is found: by name, by words, by what it is and when it was, also what is still a draft."""

from dataclasses import replace
from datetime import timedelta

from mentorapp.clock import day_of, new_id
from mentorapp.records import Consent, Goal
from mentorapp.services import finding, people, promises, sessions
from mentorapp.services.finding import Asked
from tests.mentorapp.sessions import NOON


def kinds(answer):
    return [one.hit.kind for one in answer.found]


def world(workspace):
    """Grace and Ruth, a goal of each, a promise of Grace's and a session with Ruth."""
    _, grace, with_grace = people.add_mentee(workspace, name="Grace A.")
    _, ruth, with_ruth = people.add_mentee(workspace, name="Ruth N.")
    for pair in (with_grace, with_ruth):
        goal = Goal(id=new_id(), mentorship=pair.id, statement="Write the report alone", status="active")
        workspace.store.save(goal, by=workspace.me, at=NOON)
    promises.promise(workspace, mentorship=with_grace.id, text="report back", due=day_of(NOON))
    draft = sessions.begin_draft(workspace, mentorship=with_ruth.id)
    written = replace(draft.session, notes="The report was late.", topics=("reporting",))
    sessions.hold_session(workspace, draft=replace(draft, session=written))
    return grace, ruth, with_grace, with_ruth


def test_a_mentee_narrows_what_is_found_to_what_is_hers(workspace):
    world(workspace)
    answer = finding.find(workspace, Asked(words="report", mentees=("grace",)))
    assert sorted(kinds(answer)) == ["action_item", "goal"]
    assert {one.title for one in answer.found} == {"Grace A."}
    assert kinds(finding.find(workspace, Asked(words="report", mentees=("nobody",)))) == []
    assert kinds(finding.find(workspace, Asked(words="report", mentees=("grace", "ruth")))) == []


def test_a_kind_and_a_topic_narrow_too(workspace):
    world(workspace)
    assert kinds(finding.find(workspace, Asked(words="report", kinds=("goal",)))) == ["goal", "goal"]
    assert kinds(finding.find(workspace, Asked(kinds=("session",)))) == ["session"]
    assert kinds(finding.find(workspace, Asked(tags=("report",)))) == ["session"]
    tomorrow = day_of(workspace.clock.now()) + timedelta(days=1)
    assert kinds(finding.find(workspace, Asked(words="report", first=tomorrow, kinds=("session",)))) == []


def test_what_is_still_a_draft_is_found_by_any_of_its_words(workspace):
    _, _, with_grace, _ = world(workspace)
    draft = sessions.begin_draft(workspace, mentorship=with_grace.id)
    draft = replace(draft, session=replace(draft.session, notes="half a sentence"), reflection="Je me suis tu trop tôt")
    sessions.keep_draft(workspace, draft)
    (one,) = finding.find(workspace, Asked(words="sent")).found
    assert (one.hit.kind, one.hit.id, one.title) == ("draft", draft.id, "Grace A.")
    assert [one.hit.excerpt[a:b] for a, b in one.hit.marks] == ["sentence"]
    assert kinds(finding.find(workspace, Asked(words="tot"))) == ["draft"]
    assert kinds(finding.find(workspace, Asked(kinds=("draft",)))) == ["draft"]
    assert kinds(finding.find(workspace, Asked(words="sent", mentees=("ruth",)))) == []


def test_kinds_that_have_no_pair_are_called_by_their_person(workspace):
    grace, *_ = world(workspace)
    consent = Consent(id=new_id(), person=grace.id, purpose="photo", status="given", note="in the garden only")
    workspace.store.save(consent, by=workspace.me, at=NOON)
    (one,) = finding.find(workspace, Asked(words="garden")).found
    assert (one.hit.kind, one.title) == ("consent", "Grace A.")


def test_more_than_was_asked_for_is_said(workspace):
    world(workspace)
    answer = finding.find(workspace, Asked(words="report"), limit=2)
    assert (len(answer.found), answer.more) == (2, True)
    assert not finding.find(workspace, Asked(words="report"), limit=4).more


def test_nothing_asked_finds_nothing(workspace):
    world(workspace)
    assert finding.find(workspace, Asked()).found == ()


def test_what_was_looked_for_is_remembered_the_latest_first_and_once(workspace):
    for typed in ("grace", "budget", "Gräce", "  "):
        finding.remember(workspace, typed)
    assert finding.recent(workspace) == ("Gräce", "budget")
    for n in range(20):
        finding.remember(workspace, f"word {n}")
    assert len(finding.recent(workspace)) == 8
    finding.forget(workspace)
    assert finding.recent(workspace) == ()


def test_the_topics_of_late_are_offered_the_most_frequent_first(workspace):
    _, _, with_grace, _ = world(workspace)
    for topics in (("budget", "listening"), ("budget",)):
        draft = sessions.begin_draft(workspace, mentorship=with_grace.id)
        sessions.hold_session(workspace, draft=replace(draft, session=replace(draft.session, topics=topics)))
    assert finding.often(workspace, 2) == ("budget", "listening")
