"""Writing a session: whatever is on the screen is kept as a draft; finishing it is one intention; plans change honestly."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.fields import cleaned
from mentorapp.records import ActionItem, Attachment, Reflection, Session
from mentorapp.registers import State
from mentorapp.services import attachments, people, promises, sessions
from mentorapp.services.sessions import Promise, SessionDraft, Settled
from mentorapp.store import Draft
from tests.mentorapp.sessions import NOON, later
from tests.strategies import days, ids, moments, prose, records, times, wild

drafts = st.builds(
    SessionDraft,
    id=ids,
    session=records(Session, voided=False),
    before=st.none() | records(Session, voided=False),
    check_in=st.dictionaries(
        ids, st.builds(Settled, to=st.sampled_from(["done", "carried", "blocked", "dropped"]), reason=prose), max_size=3
    ),
    promises=st.lists(
        st.builds(
            Promise,
            id=ids,
            text=prose,
            owner=st.sampled_from(["mentee", "mentor", "organisation"]),
            due=st.none() | days,
        ),
        max_size=3,
    ).map(tuple),
    reflection=prose,
    mood=prose,
    timer_started=st.none() | moments,
    timer_seconds=st.integers(0, 10**6),
    reflected=st.just("") | ids,
    typed=st.dictionaries(st.sampled_from(["started", "next_date"]), prose, max_size=2),
)


def kept(draft):
    return Draft(draft.id, "session", "", sessions.write_draft(draft), NOON.isoformat())


@settings(max_examples=times(30))
@given(drafts)
def test_a_draft_comes_back_as_it_was(draft):
    assert sessions.read_draft(kept(draft)) == draft


@settings(max_examples=times(100))
@given(wild, wild)
def test_whatever_was_pasted_a_draft_of_it_is_kept(one, other):
    draft = SessionDraft(
        id="d",
        session=Session(id="d", notes=one),
        reflection=one,
        mood=other,
        check_in={"p": Settled(to="blocked", reason=one)},
        promises=(Promise(id="q", text=other),),
        typed={"started": one},
    )
    again = sessions.read_draft(kept(draft))
    assert again.reflection == again.session.notes == again.check_in["p"].reason == cleaned(one)
    assert again.promises[0].text == again.mood == cleaned(other)


def test_zero_minutes_are_an_answer_and_survive_a_draft():
    draft = SessionDraft(id="d", session=Session(id="d", travel_minutes=0, contact_minutes=0, notice_hours=0))
    assert sessions.read_draft(kept(draft)) == draft


@pytest.fixture
def pair(workspace):
    """A mentee and the mentorship with them."""
    _, person, mentorship = people.add_mentee(workspace, name="Ruth N.")
    return person, mentorship


def begun(workspace, pair, **values):
    draft = sessions.begin_draft(workspace, mentorship=pair[1].id)
    return dataclasses.replace(draft, session=dataclasses.replace(draft.session, **values))


def test_a_draft_begins_with_what_is_known(workspace, pair):
    draft = sessions.begin_draft(workspace, mentorship=pair[1].id)
    assert draft.session.status == "held"
    assert draft.session.started == NOON
    assert draft.session.attendees == (pair[0].id,)
    assert (draft.session.mode, draft.session.help_type) == ("face_to_face", "mentoring")
    sessions.hold_session(workspace, draft=begun(workspace, pair, mode="phone"))
    assert sessions.begin_draft(workspace, mentorship=pair[1].id).session.mode == "phone"


def test_holding_writes_everything_and_the_draft_goes(workspace, pair):
    _, old = promises.promise(workspace, mentorship=pair[1].id, text="write one page", due=date(2026, 3, 1))
    _, stuck = promises.promise(workspace, mentorship=pair[1].id, text="ask for access")
    _, later_on = promises.promise(workspace, mentorship=pair[1].id, text="read")
    draft = dataclasses.replace(
        begun(workspace, pair, notes="We met.", contact_minutes=45),
        check_in={
            old.id: Settled(to="done"),
            stuck.id: Settled(to="blocked", reason="no account"),
            later_on.id: Settled(to="carried"),
        },
        promises=(Promise(id=new_id(), text="  send the draft "), Promise(id=new_id(), text="   ")),
        reflection="I talked too much.",
        mood="glad",
    )
    sessions.keep_draft(workspace, draft)
    changed = sessions.hold_session(workspace, draft=draft)
    assert changed.kinds == {"session", "action_item", "reflection", "draft"}
    store = workspace.store
    session = store.get(Session, draft.session.id)
    assert session.check_in == tuple(sorted((old.id, stuck.id, later_on.id)))
    assert store.get(ActionItem, old.id).status == "done"
    assert store.get(ActionItem, old.id).closing == session.id
    assert store.get(ActionItem, old.id).settled_on == NOON.date()
    assert (store.get(ActionItem, stuck.id).status, store.get(ActionItem, stuck.id).reason) == ("blocked", "no account")
    assert [store.get(ActionItem, p.id).carried_over for p in (old, stuck, later_on)] == [None, 1, 1]
    (new,) = store.find(ActionItem, "origin = ?", (session.id,))
    assert (new.text, new.status, new.owner) == ("send the draft", "open", "mentee")
    (thought,) = store.find(Reflection)
    assert (thought.text, thought.mood, thought.scope) == ("I talked too much.", "glad", f"private/{workspace.me}")
    assert store.drafts() == []


def everything(store):
    names = ("session", "action_item", "reflection", "registers", "outbox", "history", "draft", "fact")
    return [store.rows(f"SELECT * FROM {name}") for name in names]


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        ({"notes": "x" * 200_001}, "notes"),
        ({"contact_minutes": 1441}, "contact_minutes"),
        ({"started": None}, "started"),
        ({"started": NOON + timedelta(days=2)}, "started"),
        ({"next_date": date(2026, 3, 1)}, "next_date"),
        ({"commitment": 11}, "commitment"),
    ],
)
def test_if_anything_stands_in_the_way_nothing_is_written_and_the_draft_stays(workspace, pair, spoil, field):
    draft = dataclasses.replace(
        begun(workspace, pair, **spoil), promises=(Promise(id=new_id(), text="send"),), reflection="so"
    )
    sessions.keep_draft(workspace, draft)
    before = everything(workspace.store)
    with pytest.raises(UserError) as said:
        sessions.hold_session(workspace, draft=draft)
    assert said.value.values["field"] == field
    assert everything(workspace.store) == before


def test_a_promise_too_long_to_keep_stops_the_whole_intention(workspace, pair):
    draft = dataclasses.replace(begun(workspace, pair), promises=(Promise(id=new_id(), text="x" * 2001),))
    sessions.keep_draft(workspace, draft)
    before = everything(workspace.store)
    with pytest.raises(UserError, match="2001 characters"):
        sessions.hold_session(workspace, draft=draft)
    assert everything(workspace.store) == before


@pytest.mark.parametrize("to", ["blocked", "dropped"])
def test_a_promise_that_was_not_kept_asks_why(workspace, pair, to):
    _, item = promises.promise(workspace, mentorship=pair[1].id, text="read")
    draft = dataclasses.replace(begun(workspace, pair), check_in={item.id: Settled(to=to, reason=" ")})
    with pytest.raises(UserError) as said:
        sessions.hold_session(workspace, draft=draft)
    assert said.value.values["field"] == f"check_in:{item.id}"


def colleague_settles(workspace, item):
    """A colleague's laptop said meanwhile that the promise was kept."""
    from mentorapp import registers
    from mentorapp.fields import fields_of
    from mentorapp.registers import Dot, Stamp

    dot, field = Dot(b"c" * 8, 1), fields_of(ActionItem)["status"]
    known = workspace.store.state(item.id)
    theirs = registers.assign(known.registers["status"], dot, field.encode("done"))
    workspace.store.absorb(
        [State(item.kind, item.id, {"status": theirs}, {dot: Stamp("c", int(NOON.timestamp()))})], at=NOON
    )


def test_what_a_colleague_settled_meanwhile_is_not_overwritten_unseen(workspace, pair):
    _, item = promises.promise(workspace, mentorship=pair[1].id, text="read")
    draft = dataclasses.replace(begun(workspace, pair), check_in={item.id: Settled(to="dropped", reason="moved")})
    colleague_settles(workspace, item)
    sessions.hold_session(workspace, draft=draft)
    assert {v.value for v in workspace.store.versions(item.id, "status")} == {b"\xa4done", b"\xa7dropped"}
    assert workspace.store.asking()


def test_what_a_colleague_settled_meanwhile_is_not_carried_over(workspace, pair):
    _, item = promises.promise(workspace, mentorship=pair[1].id, text="read")
    draft = dataclasses.replace(begun(workspace, pair), check_in={item.id: Settled(to="carried")})
    colleague_settles(workspace, item)
    sessions.hold_session(workspace, draft=draft)
    assert workspace.store.get(ActionItem, item.id).status == "done"
    assert workspace.store.get(ActionItem, item.id).carried_over is None


def test_a_held_session_is_mended_with_its_reflection_and_writes_only_what_changed(workspace, pair):
    first = dataclasses.replace(begun(workspace, pair, notes="We met."), reflection="so")
    sessions.hold_session(workspace, draft=first)
    draft = sessions.reopen(workspace, workspace.store.get(Session, first.session.id))
    assert (draft.reflection, draft.before) == ("so", draft.session)
    mended = dataclasses.replace(
        draft, session=dataclasses.replace(draft.session, notes="We met at length."), reflection="so, so"
    )
    sessions.keep_draft(workspace, mended)
    assert sessions.reopen(workspace, draft.session) == mended
    counter = workspace.store.counter
    sessions.hold_session(workspace, draft=mended)
    assert workspace.store.counter == counter + 2
    (thought,) = workspace.store.find(Reflection)
    assert thought.text == "so, so"
    assert workspace.store.asking() == []
    assert len(workspace.store.find(Session)) == 1


def test_drafts_are_found_under_whom_they_are_about_and_can_be_given_up(workspace, pair):
    draft = begun(workspace, pair)
    assert sessions.keep_draft(workspace, draft) == NOON
    (found,) = workspace.store.drafts()
    assert (found.about, found.kind) == (pair[1].id, "session")
    sessions.give_up_draft(workspace, draft.id)
    assert workspace.store.drafts() == []
    assert workspace.store.find(Session) == []


def test_files_of_a_session_that_was_never_saved_go_and_come_with_its_draft(workspace, pair):
    draft = begun(workspace, pair)
    sessions.keep_draft(workspace, draft)
    _, out = attachments.add(workspace, to=draft.session, name="out.txt", content=b"out")
    attachments.remove(workspace, attachment=out, reason="by mistake")
    _, file = attachments.add(workspace, to=draft.session, name="a.txt", content=b"a")
    gone = sessions.give_up_draft(workspace, draft.id)
    assert gone.kinds == {"draft", "attachment"}
    assert workspace.store.find(Attachment) == []
    assert attachments.content(workspace, attachment=file) == b"a", "nothing is deleted"
    sessions.bring_back_draft(workspace, draft, given_up=gone)
    assert [one.id for one in workspace.store.find(Attachment)] == [file.id], "what was out before stays out"
    assert [one.id for one in workspace.store.drafts()] == [draft.id]


def test_files_of_a_saved_session_stay_when_a_draft_of_it_is_given_up(workspace, pair):
    draft = begun(workspace, pair)
    sessions.hold_session(workspace, draft=draft)
    attachments.add(workspace, to=draft.session, name="a.txt", content=b"a")
    sessions.keep_draft(workspace, sessions.reopen(workspace, workspace.store.get(Session, draft.session.id)))
    sessions.give_up_draft(workspace, draft.id)
    assert len(workspace.store.find(Attachment)) == 1


def test_a_draft_is_given_up_with_its_files_or_not_at_all(workspace, pair, monkeypatch):
    draft = begun(workspace, pair)
    sessions.keep_draft(workspace, draft)
    attachments.add(workspace, to=draft.session, name="a.txt", content=b"a")

    def full(*_args, **_kw):
        raise UserError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(workspace.store, "void", full)
        with pytest.raises(UserError):
            sessions.give_up_draft(workspace, draft.id)
    assert [one.id for one in workspace.store.drafts()] == [draft.id]
    assert len(workspace.store.find(Attachment)) == 1


# --- plans ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(workspace, pair):
    _, session = sessions.plan_session(
        workspace, mentorship=pair[1].id, at=NOON + timedelta(hours=30), place=" library "
    )
    return session


def now(workspace, session):
    return workspace.store.get(Session, session.id)


def test_a_plan_that_is_held_becomes_the_session(workspace, pair, planned):
    workspace.clock.forward(hours=31)
    draft = sessions.begin_draft(workspace, mentorship=pair[1].id, planned=now(workspace, planned))
    assert draft.session.id == planned.id
    assert draft.session.started == planned.planned_start
    sessions.hold_session(workspace, draft=draft)
    assert now(workspace, planned).status == "held"
    assert now(workspace, planned).place == "library"
    assert len(workspace.store.find(Session)) == 1


def test_a_plan_that_comes_early_starts_now(workspace, pair, planned):
    draft = sessions.begin_draft(workspace, mentorship=pair[1].id, planned=planned)
    assert draft.session.started == NOON


def test_a_missed_session_says_who_could_not_come(workspace, planned):
    sessions.mark_missed(workspace, now(workspace, planned), by="both", reason=" rain ")
    missed = now(workspace, planned)
    assert (missed.status, missed.missed_by, missed.reason) == ("missed", "both", "rain")


@pytest.mark.parametrize(("forward", "hours"), [(0, 30), (29.5, 0), (31, 0)])
def test_calling_off_says_with_how_much_notice(workspace, planned, forward, hours):
    workspace.clock.forward(hours=forward)
    sessions.cancel_session(workspace, now(workspace, planned), by="mentor")
    assert (now(workspace, planned).status, now(workspace, planned).notice_hours) == ("cancelled", hours)


def test_a_moved_session_says_where_it_went(workspace, planned):
    _, moved = sessions.reschedule(workspace, now(workspace, planned), at=later(60 * 50), reason="holiday")
    assert now(workspace, planned).status == "rescheduled"
    assert now(workspace, planned).moved_to == moved.id
    assert (moved.status, moved.place, moved.mentorship) == ("planned", "library", planned.mentorship)


def test_a_settled_session_is_not_settled_again_and_nothing_is_half_moved(workspace, pair):
    draft = begun(workspace, pair)
    sessions.hold_session(workspace, draft=draft)
    held = now(workspace, draft.session)
    before = everything(workspace.store)
    for act in (
        lambda: sessions.mark_missed(workspace, held, by="mentee"),
        lambda: sessions.cancel_session(workspace, held, by="mentee"),
        lambda: sessions.reschedule(workspace, held, at=later(9)),
    ):
        with pytest.raises(UserError, match="settled already"):
            act()
    assert everything(workspace.store) == before
