"""An agreement is kept as it is typed, counts once both have agreed, and is amended beside the earlier one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.records import Agreement
from mentorapp.services import agreements, mentorships, people, recall
from mentorapp.services.agreements import AgreementDraft
from mentorapp.store import Draft
from tests.mentorapp.sessions import NOON
from tests.strategies import records

TODAY = day_of(NOON)


@pytest.fixture
def pair(workspace):
    """A mentorship."""
    return people.add_mentee(workspace, name="Ruth N.")[2]


def agreed(workspace, draft, **said):
    """The agreement, with both having agreed today."""
    after = replace(draft.agreement, mentor_agreed_on=TODAY, mentee_agreed_on=TODAY, **said)
    return agreements.keep(workspace, replace(draft, agreement=after))[1]


@given(records(Agreement))
def test_a_draft_comes_back_as_it_was(agreement):
    draft = AgreementDraft(id=agreement.id, agreement=agreement, before=agreement, typed={"review_on": "next"})
    kept = Draft(draft.id, "agreement", "", agreements.write_draft(draft), NOON.isoformat())
    assert agreements.read_draft(kept) == draft


def test_what_is_typed_goes_on_where_it_was_left(workspace, pair):
    draft = agreements.begin(workspace, pair.id)
    draft = replace(draft, agreement=replace(draft.agreement, purpose="read more"), typed={"review_on": "soonish"})
    agreements.keep_draft(workspace, draft)
    assert agreements.begin(workspace, pair.id) == draft
    assert recall.today(workspace).drafts == ()
    agreements.give_up_draft(workspace, draft.id)
    assert agreements.begin(workspace, pair.id).agreement.purpose == ""


def test_it_counts_once_both_have_agreed(workspace, pair):
    draft = agreements.begin(workspace, pair.id)
    half = replace(draft.agreement, purpose="read more", mentor_agreed_on=TODAY)
    _, saved = agreements.keep(workspace, replace(draft, agreement=half))
    assert (saved.status, agreements.standing(workspace, pair.id)) == ("draft", None)
    again = agreements.begin(workspace, pair.id)
    assert (again.before, again.id) == (saved, saved.id)
    whole = agreed(workspace, again)
    assert whole.status == "agreed"
    assert agreements.standing(workspace, pair.id) == whole
    assert workspace.store.drafts() == []


def test_amending_says_what_changed_beside_the_earlier_one(workspace, pair):
    first = agreed(workspace, agreements.begin(workspace, pair.id), purpose="read more", frequency="monthly")
    draft = agreements.begin(workspace, pair.id)
    assert (draft.agreement.amends, draft.agreement.frequency, draft.agreement.mentee_agreed_on) == (
        first.id,
        "monthly",
        None,
    )
    unsigned = replace(draft.agreement, frequency="every two weeks")
    agreements.keep(workspace, replace(draft, agreement=unsigned))
    assert agreements.standing(workspace, pair.id) == first
    second = agreed(workspace, agreements.begin(workspace, pair.id))
    assert agreements.changes(workspace, second) == [("frequency", "monthly", "every two weeks")]
    assert [one.status for one in agreements.all_of(workspace, pair.id)] == ["agreed", "amended"]
    assert workspace.store.get(Agreement, first.id).frequency == "monthly"
    assert agreements.changes(workspace, first) == []


def test_closing_is_taken_back_exactly(workspace, pair):
    first = agreed(workspace, agreements.begin(workspace, pair.id), purpose="read more")
    agreements.close(workspace, first)
    closed = workspace.store.get(Agreement, first.id)
    assert (closed.status, agreements.standing(workspace, pair.id)) == ("closed", None)
    with pytest.raises(UserError, match="closed already"):
        agreements.close(workspace, closed)
    agreements.put_back(workspace, first)
    assert agreements.standing(workspace, pair.id) == first


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "purpose"),
        ({"purpose": "read", "mentee_agreed_on": TODAY + timedelta(days=1)}, "mentee_agreed_on"),
        ({"purpose": "read", "mentor_agreed_on": TODAY + timedelta(days=1)}, "mentor_agreed_on"),
    ],
)
def test_an_empty_agreement_or_one_of_tomorrow_is_refused_and_its_draft_stays(workspace, pair, said, field):
    draft = agreements.begin(workspace, pair.id)
    draft = replace(draft, agreement=replace(draft.agreement, **said))
    agreements.keep_draft(workspace, draft)
    with pytest.raises(UserError) as refused:
        agreements.keep(workspace, draft)
    assert refused.value.values["field"] == field
    assert agreements.begin(workspace, pair.id) == draft
    assert agreements.all_of(workspace, pair.id) == []


def test_today_says_which_agreement_is_to_be_looked_at_again(workspace, pair):
    agreed(workspace, agreements.begin(workspace, pair.id), purpose="read", review_on=TODAY + timedelta(days=1))
    assert recall.today(workspace).reviews == ()
    workspace.clock.forward(days=1)
    ((review, who),) = recall.today(workspace).reviews
    assert (review.mentorship, review.on, who.name) == (pair.id, TODAY + timedelta(days=1), "Ruth N.")
    mentorships.change_state(workspace, pair, to="on_hold")
    assert recall.today(workspace).reviews == ()


def test_what_is_printed_names_everybody_and_says_what_changed(workspace, pair):
    agreed(workspace, agreements.begin(workspace, pair.id), purpose="read")
    draft = agreements.begin(workspace, pair.id)
    paper = agreements.paper(workspace, replace(draft.agreement, purpose="write"))
    assert (paper.mentors, paper.mentees) == (("Grace A.",), ("Ruth N.",))
    assert paper.changes == (("purpose", "read", "write"),)
