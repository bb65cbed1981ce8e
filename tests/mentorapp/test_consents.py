"""Consent counts as it was said last, is withdrawn without a reason, and is never taken for given where nobody asked."""

from datetime import timedelta

import pytest

from mentorapp import registers
from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.records import Consent
from mentorapp.registers import Dot, Stamp, State
from mentorapp.services import consents, duplicates, people
from tests.mentorapp.sessions import NOON, later

TODAY = day_of(NOON)


@pytest.fixture
def ruth(workspace):
    """Somebody who is asked."""
    return people.add_mentee(workspace, name="Ruth N.")[1]


def photo(workspace, person):
    """What was said about photographs."""
    return next(said for said in consents.of(workspace, person.id) if said.purpose == "photo")


def test_what_nobody_asked_is_not_allowed(workspace, ruth):
    assert [(said.purpose, said.state) for said in consents.of(workspace, ruth.id)] == [
        (purpose, "") for purpose in consents.PURPOSES
    ]
    assert not any(consents.allows(workspace, ruth.id, purpose) for purpose in (*consents.PURPOSES, "anything"))


def test_the_last_answer_counts_and_every_answer_stays(workspace, ruth):
    for given, on in ((True, 5), (False, 3), (True, 1)):
        consents.record(
            workspace, person=ruth.id, purpose="photo", given=given, on=TODAY - timedelta(days=on), language="Acholi"
        )
    assert consents.allows(workspace, ruth.id, "photo")
    assert not consents.allows(workspace, ruth.id, "audio")
    consents.record(workspace, person=ruth.id, purpose="photo", given=False, on=TODAY - timedelta(days=4))
    assert consents.allows(workspace, ruth.id, "photo")
    assert [c.status for c in photo(workspace, ruth).history] == ["given", "refused", "refused", "given"]


def test_withdrawing_asks_nothing_and_is_taken_back_exactly(workspace, ruth):
    _, given = consents.record(workspace, person=ruth.id, purpose="photo", given=True, on=TODAY - timedelta(days=9))
    consents.withdraw(workspace, given)
    said = photo(workspace, ruth)
    assert (said.state, said.latest.withdrawn_on, said.allowed) == ("withdrawn", TODAY, False)
    with pytest.raises(UserError, match="nothing to withdraw"):
        consents.withdraw(workspace, said.latest)
    consents.put_back(workspace, given)
    assert workspace.store.get(Consent, given.id) == given.at_home()
    assert consents.allows(workspace, ruth.id, "photo")


def test_after_a_withdrawal_it_can_be_asked_again(workspace, ruth):
    _, given = consents.record(workspace, person=ruth.id, purpose="photo", given=True)
    consents.withdraw(workspace, given)
    _, again = consents.record(workspace, person=ruth.id, purpose="photo", given=True)
    assert consents.allows(workspace, ruth.id, "photo")
    consents.take_out(workspace, again)
    assert not consents.allows(workspace, ruth.id, "photo")


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda w, p: consents.record(w, person=p, purpose="dance", given=True), "purpose"),
        (
            lambda w, p: consents.record(w, person=p, purpose="photo", given=True, on=TODAY + timedelta(days=1)),
            "given_on",
        ),
    ],
)
def test_an_answer_to_nothing_or_of_tomorrow_is_refused(workspace, ruth, ask, field):
    with pytest.raises(UserError) as refused:
        ask(workspace, ruth.id)
    assert refused.value.values["field"] == field


@pytest.mark.parametrize("days", [-2, 1])
def test_a_withdrawal_is_not_before_it_was_given_nor_in_the_future(workspace, ruth, days):
    _, given = consents.record(workspace, person=ruth.id, purpose="photo", given=True)
    with pytest.raises(UserError) as refused:
        consents.withdraw(workspace, given, on=TODAY + timedelta(days=days))
    assert refused.value.values["field"] == "withdrawn_on"


def test_while_two_laptops_heard_different_answers_the_lesser_counts(workspace, ruth):
    import msgspec

    _, given = consents.record(workspace, person=ruth.id, purpose="photo", given=True)
    dot = Dot(b"t" * 8, 1)
    registered = {"status": registers.first(dot, msgspec.msgpack.encode("withdrawn"))}
    stamp = {dot: Stamp("", int(later(-9).timestamp()))}
    workspace.store.absorb([State("consent", given.id, registered, stamp)], at=NOON)
    assert not consents.allows(workspace, ruth.id, "photo")
    assert photo(workspace, ruth).state == "withdrawn"


def test_what_was_said_under_either_name_counts_once_they_are_one(workspace, ruth):
    _, other, _ = people.add_mentee(workspace, name="Ruth Nyeko")
    consents.record(workspace, person=ruth.id, purpose="photo", given=True, on=TODAY - timedelta(days=3))
    _, refused = consents.record(workspace, person=other.id, purpose="photo", given=False, on=TODAY)
    duplicates.merge(workspace, keep=ruth.id, other=other.id)
    assert not consents.allows(workspace, ruth.id, "photo")
    assert photo(workspace, ruth).latest.id == refused.id
    duplicates.take_apart(workspace, other.id)
    assert consents.allows(workspace, ruth.id, "photo")
