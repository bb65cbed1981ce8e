"""Mentorships of every type hold together, widen, are handed over and end, and every step can be taken back; sites are where they meet."""

from datetime import timedelta

import pytest

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.fields import Choice, fields_of
from mentorapp.records import Mentorship, Person, Site
from mentorapp.rules import STATES
from mentorapp.services import duplicates, mentorships, people, recall, sites
from tests.mentorapp.sessions import NOON

TODAY = day_of(NOON)


@pytest.fixture
def hanna(workspace):
    """A colleague."""
    person = Person(id="hanna", scope="office/", name="Hanna B.", status="active")
    workspace.store.save(person, by=workspace.me, at=NOON)
    return person


@pytest.fixture
def ruth(workspace):
    """Somebody who is mentored."""
    return people.add_mentee(workspace, name="Ruth N.")[1]


def kept(workspace, mentorship):
    """A mentorship as it stands now."""
    return workspace.store.get(Mentorship, mentorship.id)


@pytest.mark.parametrize("type", [option.code for option in fields_of(Mentorship)["type"].options])
def test_a_mentorship_of_every_type_can_be_begun(workspace, hanna, ruth, type):
    _, other, _ = people.add_mentee(workspace, name="Samuel O.")
    several = type in mentorships.SEVERAL
    changed, made = mentorships.found_mentorship(
        workspace,
        type=type,
        name="Circle",
        mentees=(ruth.id, other.id) if several else (ruth.id,),
        mentors=(hanna.id,) if type == "co_mentored" else (),
        purpose=" reading ",
    )
    assert changed.records == (made.id,)
    found = kept(workspace, made)
    assert workspace.me in found.mentors
    assert (found.type, found.status, found.starts, found.purpose) == (type, "active", TODAY, "reading")
    assert found.name == ("Circle" if type == "group" else "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"type": "one_to_one", "mentees": ()}, "mentees"),
        ({"type": "one_to_one", "mentees": ("a", "b")}, "mentees"),
        ({"type": "reverse", "mentees": ("a", "b")}, "mentees"),
        ({"type": "group", "mentees": ("a", "b")}, "name"),
        ({"type": "group", "mentees": (), "name": "Circle"}, "mentees"),
        ({"type": "co_mentored", "mentees": ("a",)}, "mentors"),
        ({"type": "peer", "mentees": ("a",), "mentors": ("a",)}, "mentees"),
        ({"type": "peer", "mentees": ("a",), "planned_end": TODAY - timedelta(days=1)}, "planned_end"),
    ],
)
def test_what_does_not_hold_together_is_said_beside_its_field_and_nothing_is_written(workspace, values, field):
    before = workspace.store.counter
    with pytest.raises(UserError) as refused:
        mentorships.found_mentorship(workspace, **values)
    assert refused.value.values["field"] == field
    assert workspace.store.counter == before


def test_somebody_joins_a_group_and_leaves_it_under_any_of_their_names(workspace, ruth):
    _, other, _ = people.add_mentee(workspace, name="Samuel O.")
    _, twice, _ = people.add_mentee(workspace, name="Samuel Okello")
    _, group = people.add_group(workspace, name="Circle", mentees=(ruth.id,))
    mentorships.take_in(workspace, kept(workspace, group), twice.id)
    duplicates.merge(workspace, keep=other.id, other=twice.id)
    assert len(mentorships.standing(workspace, kept(workspace, group)).mentees) == 2
    mentorships.let_go(workspace, kept(workspace, group), other.id)
    assert kept(workspace, group).mentees == (ruth.id,)
    with pytest.raises(UserError, match="Somebody has to be in it"):
        mentorships.let_go(workspace, kept(workspace, group), ruth.id)
    with pytest.raises(UserError, match="both sides"):
        mentorships.take_in(workspace, kept(workspace, group), workspace.me)


def test_handing_over_keeps_who_mentored_before_and_says_since_when(workspace, hanna, ruth):
    pair = recall.mentee(workspace, ruth.id).mentorship
    mentorships.hand_over(workspace, pair, to=hanna.id, on=TODAY - timedelta(days=2))
    now = kept(workspace, pair)
    assert (now.mentors, now.earlier_mentors, now.handed_over) == (
        (hanna.id,),
        (workspace.me,),
        TODAY - timedelta(days=2),
    )
    stands = mentorships.standing(workspace, now)
    assert (stands.mentors, stands.before, stands.mine) == ((("hanna", "Hanna B."),), ("Grace A.",), False)
    assert "Ruth N." not in [row.name for row in recall.mentees(workspace)]
    with pytest.raises(UserError, match="in your place"):
        mentorships.hand_over(workspace, now, to=hanna.id)
    mentorships.put_back(workspace, pair, *mentorships.MENTORS)
    assert kept(workspace, pair) == pair
    assert [row.name for row in recall.mentees(workspace)] == ["Ruth N."]


def test_staying_along_is_mentoring_together_and_leaving_later_makes_it_one_to_one_again(workspace, hanna, ruth):
    pair = recall.mentee(workspace, ruth.id).mentorship
    mentorships.hand_over(workspace, pair, to=hanna.id, staying=True)
    together = kept(workspace, pair)
    assert (together.type, set(together.mentors), together.earlier_mentors) == (
        "co_mentored",
        {workspace.me, hanna.id},
        (),
    )
    mentorships.hand_over(workspace, together, to=hanna.id)
    alone = kept(workspace, pair)
    assert (alone.type, alone.mentors, alone.earlier_mentors) == ("one_to_one", (hanna.id,), (workspace.me,))


def test_nobody_hands_over_to_themselves(workspace, ruth):
    pair = recall.mentee(workspace, ruth.id).mentorship
    with pytest.raises(UserError, match="in your place"):
        mentorships.hand_over(workspace, pair, to=workspace.me)


def test_exactly_the_allowed_steps_are_offered_and_each_is_taken_back_exactly(workspace, ruth):
    status = fields_of(Mentorship)["status"]
    assert isinstance(status, Choice)
    for state in (option.code for option in status.options):
        _, made = mentorships.found_mentorship(workspace, type="peer", mentees=(ruth.id,), status=state)
        assert set(mentorships.next_states(made)) == STATES["mentorship"][state]
        for after in mentorships.next_states(made):
            now = kept(workspace, made)
            mentorships.change_state(workspace, now, to=after, reason="moved away")
            changed = kept(workspace, made)
            assert (changed.status, changed.end_reason) == (after, "moved away" if after == "ended_early" else "")
            mentorships.put_back(workspace, now, *mentorships.STATE)
            assert kept(workspace, made) == now
        for never in set(STATES["mentorship"]) - STATES["mentorship"][state] - {state}:
            with pytest.raises(UserError, match="does not follow"):
                mentorships.change_state(workspace, kept(workspace, made), to=never)


def test_whom_one_mentors_no_longer_is_found_among_the_earlier_and_groups_among_themselves(workspace, hanna, ruth):
    _, samuel, on_hold = people.add_mentee(workspace, name="Samuel O.")
    _, _, handed = people.add_mentee(workspace, name="Amina T.")
    mentorships.change_state(workspace, on_hold, to="on_hold")
    mentorships.hand_over(workspace, handed, to=hanna.id)
    _, group = people.add_group(workspace, name="Circle", mentees=(ruth.id, samuel.id))

    def names(which):
        return [row.name for row in recall.mentees(workspace, which)]

    assert names("now") == ["Ruth N."]
    assert names("earlier") == ["Amina T.", "Samuel O."]
    (row,) = recall.mentees(workspace, "groups")
    assert (row.name, row.person, row.people, row.mentorship) == ("Circle", "", 2, group.id)
    mentorships.found_mentorship(workspace, type="peer", mentees=(samuel.id,))
    assert names("earlier") == ["Amina T."]


def test_ending_early_says_why(workspace, ruth):
    pair = recall.mentee(workspace, ruth.id).mentorship
    with pytest.raises(UserError, match="ends early"):
        mentorships.change_state(workspace, pair, to="ended_early", reason="  ")
    assert kept(workspace, pair).status == "active"


# --- sites ------------------------------------------------------------------------------------------------------------


def test_a_site_is_told_with_its_way_its_place_and_its_people(workspace):
    _, district = sites.add(workspace, Site(id="", name="Gulu district"))
    _, library = sites.add(
        workspace, Site(id="", name="  Gulu   library ", parent=district.id, distance_km=40, travel_minutes=70)
    )
    people.add_mentee(workspace, name="Ruth N.", site="gulu library")
    _, one, _ = people.add_mentee(workspace, name="Samuel O.", site="gulu library")
    _, two, _ = people.add_mentee(workspace, name="Samuel Okello", site="gulu library")
    duplicates.merge(workspace, keep=one.id, other=two.id)
    rows = {row.site.name: (row.part_of, row.people) for row in sites.listed(workspace)}
    assert rows == {"Gulu district": ("", 0), "Gulu library": ("Gulu district", 2)}
    assert [name for _, _, name in sites.view(workspace, library.id).people] == ["Ruth N.", "Samuel O."]
    sites.close(workspace, library)
    assert sites.listed(workspace)[-1].site.status == "closed"
    sites.close(workspace, workspace.store.get(Site, library.id), closed=False)
    assert workspace.store.get(Site, library.id).status == "active"


def test_two_sites_of_one_name_or_a_site_within_itself_are_refused(workspace):
    _, one = sites.add(workspace, Site(id="", name="Gulu"))
    _, two = sites.add(workspace, Site(id="", name="Library", parent=one.id))
    for site, field in (
        (Site(id="", name=" "), "name"),
        (Site(id="", name="gulu"), "name"),
        (Site(id=one.id, name="Gulu", parent=two.id), "parent"),
        (Site(id=one.id, name="Gulu", parent=one.id), "parent"),
    ):
        with pytest.raises(UserError) as refused:
            sites.edit(workspace, one, site) if site.id else sites.add(workspace, site)
        assert refused.value.values["field"] == field
    assert len(sites.listed(workspace)) == 2
