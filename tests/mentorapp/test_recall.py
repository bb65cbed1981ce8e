"""What a mentor is shown: the same as somebody would count by hand from all the records, and soon enough with many."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp.clock import SetClock, day_of, new_id
from mentorapp.errors import UserError
from mentorapp.records import ActionItem, Attachment, Goal, Mentorship, Person, Session, Site
from mentorapp.services import finding, people, promises, recall, sample, sessions
from mentorapp.services.people import USUAL_CADENCE
from mentorapp.services.recall import PromiseRow, first_question
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from tests.mentorapp.sessions import KEY, NOON
from tests.strategies import times

OPEN = ("open", "in_progress", "blocked")
DAY = day_of(NOON)

PAIRS = ("p0", "p1", "p2")
ago = st.integers(-20, 90)


def when(days: int) -> datetime:
    """So many days before noon."""
    return NOON - timedelta(days=days)


mentorships = st.builds(
    dict,
    status=st.sampled_from(["active", "proposed", "on_hold", "completed"]),
    type=st.sampled_from(["one_to_one", "group", "co_mentored", None]),
    cadence=st.sampled_from([None, 7, 30]),
    starts=st.none() | ago.map(lambda days: when(days).date()),
    voided=st.sampled_from([False, False, False, True]),
)
meetings = st.builds(
    dict,
    mentorship=st.sampled_from(PAIRS),
    status=st.sampled_from(["held", "held", "planned", "planned", "missed", "cancelled"]),
    started=ago.map(when),
    planned_start=ago.map(when),
    useful=st.sampled_from(["", "to ask first"]),
    voided=st.sampled_from([False, False, False, True]),
)
items = st.builds(
    dict,
    mentorship=st.sampled_from(PAIRS),
    status=st.sampled_from([*OPEN, "done", "dropped"]),
    due=st.none() | ago.map(lambda days: when(days).date()),
    owner=st.sampled_from(["mentee", "mentor", "organisation"]),
    voided=st.sampled_from([False, False, False, True]),
)


class World:
    """Records in a fresh store, and the same in plain lists."""

    def __init__(self, folder: Path, pairs, met, promised) -> None:
        self.store = Store(folder / "store.mentor", KEY)
        self.workspace = Workspace(self.store, SetClock(NOON), "me")
        self.pairs = [
            Mentorship(id=id, mentors=("me",), mentees=(f"person {id}",), **values)
            for id, values in zip(PAIRS, pairs, strict=True)
        ]
        named = [Person(id=f"person {id}", name=f"Name {id}", status="active") for id in PAIRS]
        self.sessions = [Session(id=new_id(), **self.meeting(values)) for values in met]
        self.items = [ActionItem(id=new_id(), text=f"promise {n}", **values) for n, values in enumerate(promised)]
        everything = [*named, *self.pairs, *self.sessions, *self.items]
        self.store.save_all([(None, one) for one in everything], by="me", at=NOON)

    @staticmethod
    def meeting(values):
        held = values["status"] == "held"
        return values if held else {**values, "started": None}

    def of(self, records, pair, *status):
        """The records of a mentorship that are not voided, in these states."""
        return [r for r in records if r.mentorship == pair.id and not r.voided and r.status in status]


worlds = given(
    st.lists(mentorships, min_size=3, max_size=3), st.lists(meetings, max_size=12), st.lists(items, max_size=10)
)


@settings(max_examples=times(20))
@worlds
def test_the_list_of_mentees_says_what_one_would_count_by_hand(tmp_path_factory, pairs, met, promised):
    world = World(tmp_path_factory.mktemp("world"), pairs, met, promised)
    rows = {row.mentorship: row for row in recall.mentees(world.workspace)}
    active = [p for p in world.pairs if p.status in ("active", "proposed") and p.type != "group" and not p.voided]
    assert set(rows) == {pair.id for pair in active}
    for pair in active:
        row = rows[pair.id]
        held = [s.started for s in world.of(world.sessions, pair, "held")]
        coming = [s.planned_start for s in world.of(world.sessions, pair, "planned") if day_of(s.planned_start) >= DAY]
        waiting = world.of(world.items, pair, *OPEN)
        assert row.last == max(held, default=None)
        assert row.next == min(coming, default=None)
        assert row.open_promises == len(waiting)
        assert row.overdue == sum(bool(item.due and item.due < DAY) for item in waiting)
        since = day_of(row.last) if row.last else pair.starts or DAY
        days = (DAY - since).days
        assert row.cadence == (pair.cadence or USUAL_CADENCE)
        assert row.quiet == (days if days > row.cadence else None)
    world.store.close()


@settings(max_examples=times(20))
@worlds
def test_today_says_what_one_would_count_by_hand(tmp_path_factory, pairs, met, promised):
    world = World(tmp_path_factory.mktemp("world"), pairs, met, promised)
    today = recall.today(world.workspace)
    week = timedelta(days=7)
    planned = [s for s in world.sessions if s.status == "planned" and not s.voided]
    near = [s for s in planned if DAY - week <= day_of(s.planned_start) < DAY + week]
    assert sorted(row.session.id for row in today.sessions) == sorted(s.id for s in near)
    assert [row.session.planned_start for row in today.sessions] == sorted(s.planned_start for s in near)
    due = [i for i in world.items if i.status in OPEN and not i.voided and i.due and i.due <= DAY + week]
    assert sorted(row.item.id for row in today.promises) == sorted(i.id for i in due)
    assert all(row.days == (row.item.due - DAY).days for row in today.promises)
    rows = recall.mentees(world.workspace)
    assert today.mentees == len(rows)
    assert {row.mentorship for row in today.quiet} == {r.mentorship for r in rows if r.quiet and not r.next}
    assert [row.quiet for row in today.quiet] == sorted((row.quiet for row in today.quiet), reverse=True)
    world.store.close()


@settings(max_examples=times(20))
@worlds
def test_one_mentee_is_shown_as_one_would_count_by_hand(tmp_path_factory, pairs, met, promised):
    world = World(tmp_path_factory.mktemp("world"), pairs, met, promised)
    for pair in world.pairs:
        view = recall.mentee(world.workspace, pair.mentees[0])
        if pair.voided:
            assert view.mentorship is None
            assert view.sessions == view.promises == ()
            continue
        held = sorted(world.of(world.sessions, pair, "held"), key=lambda s: s.started)
        coming = [s.planned_start for s in world.of(world.sessions, pair, "planned") if day_of(s.planned_start) >= DAY]
        assert view.met == len(held)
        assert (view.last and view.last.started) == (held[-1].started if held else None)
        assert view.since == (held[0].started if held else None)
        assert (view.next and view.next.planned_start) == min(coming, default=None)
        assert len(view.sessions) == sum(s.mentorship == pair.id and not s.voided for s in world.sessions)
        waiting = {item.id for item in world.of(world.items, pair, *OPEN)}
        assert waiting <= {row.item.id for row in view.promises}
        late = [bool(r.item.status in OPEN and r.item.due and r.item.due < DAY) for r in view.promises]
        assert late == sorted(late, reverse=True), "what is late comes first"
        assert {item.id for item in recall.open_promises(world.workspace, pair.id)} == waiting
    world.store.close()


def test_somebody_who_is_not_here_is_said_so(workspace):
    with pytest.raises(UserError, match="not on this laptop yet"):
        recall.mentee(workspace, "nobody")


def test_a_group_is_called_by_its_members_as_far_as_they_are_known(workspace):
    _, ruth, _ = people.add_mentee(workspace, name="Ruth N.")
    _, awa, _ = people.add_mentee(workspace, name="Awa D.")
    for mentees, called in (
        ((ruth.id, awa.id), "Awa D., Ruth N."),
        ((ruth.id, "not arrived"), "Ruth N."),
        (("not arrived",), ""),
        ((), ""),
    ):
        group = Mentorship(id=new_id(), type="group", mentees=mentees, status="active")
        workspace.store.save(group, by=workspace.me, at=NOON)
        pair = recall.pairs(workspace, [group.id])[group.id]
        assert (pair.name, pair.group) == (called, True)
        assert set(pair.people) == {p for p in mentees if p != "not arrived"}
    assert recall.pairs(workspace, []) == {}
    assert len(recall.pairs(workspace)) == 6


def test_drafts_are_shown_with_whom_they_are_about_and_how_much_is_written(workspace):
    _, _, pair = people.add_mentee(workspace, name="Ruth N.", site="Lira office")
    draft = sessions.begin_draft(workspace, mentorship=pair.id)
    sessions.keep_draft(workspace, draft)
    (row,) = recall.today(workspace).drafts
    assert (row.pair.name, row.pair.site, row.words, row.editing) == ("Ruth N.", "Lira office", 0, False)


# --- a first question -------------------------------------------------------------------------------------------------


def asked(**values):
    return PromiseRow(item=ActionItem(id="a", **values), pair=recall.Pair(mentorship="", name="", people=()), days=None)


def test_a_first_question_is_about_the_mentees_own_words_then_a_promise_then_a_goal():
    promise = asked(text="write one page", owner="mentee", status="open")
    goal = Goal(id="g", statement="four briefs", status="active")
    assert "“to ask first”" in first_question((promise,), (goal,), "to ask first")
    assert "“write one page”" in first_question((promise,), (goal,), "")
    assert "“four briefs”" in first_question((), (goal,), "")
    assert "on your mind" in first_question((), (), "")


def test_a_first_question_is_never_about_what_is_settled_or_the_mentors_own_doing():
    others = (asked(text="mine", owner="mentor", status="open"), asked(text="done", owner="mentee", status="done"))
    goal = Goal(id="g", statement="dropped", status="dropped")
    assert "on your mind" in first_question(others, (goal,), "")


@given(st.text(max_size=300))
def test_a_first_question_quotes_any_words_and_stays_short(words):
    assert len(first_question((), (), words)) < 200


def test_goals_and_files_stand_on_the_day_they_were_written_down_whatever_their_ids_say(workspace):
    _, ruth, pair = people.add_mentee(workspace, name="Ruth N.")
    goal = Goal(id="018cc251f4007000800000000000000a", mentorship=pair.id, statement="four briefs", status="active")
    file = Attachment(id=new_id(), mentorship=pair.id, name="plan.pdf")
    for one in (goal, file):
        workspace.store.save(one, by="me", at=NOON)
    assert recall.mentee(workspace, ruth.id).made == {goal.id: DAY, file.id: DAY}


# --- found ------------------------------------------------------------------------------------------------------------


def test_people_are_found_before_what_was_written_about_them(workspace):
    _, ruth, pair = people.add_mentee(workspace, name="Ruth N.")
    draft = sessions.begin_draft(workspace, mentorship=pair.id)
    promises.promise(workspace, mentorship=pair.id, text="call Ruth", due=date(2026, 4, 1))
    sessions.hold_session(workspace, draft=draft)
    first, second = finding.find(workspace, finding.Asked(words="ruth")).found
    assert (first.hit.kind, first.person, first.title) == ("person", ruth.id, "Ruth N.")
    assert (second.hit.kind, second.person, second.title) == ("action_item", ruth.id, "Ruth N.")
    assert second.when == date(2026, 4, 1)


# --- many -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_thousand_mentees_are_listed_in_a_moment(workspace):
    sample.many(workspace, mentees=10_000, sessions=20_000)
    workspace.store.save(Site(id="s", name="Lira office"), by="me", at=NOON)
    began = time.perf_counter()
    rows = recall.mentees(workspace)
    listed = time.perf_counter() - began
    assert len(rows) == 10_000
    began = time.perf_counter()
    recall.today(workspace)
    recall.mentee(workspace, rows[5000].person)
    assert workspace.store.search("a", limit=30) is not None
    assert listed < 2
    assert time.perf_counter() - began < 4
