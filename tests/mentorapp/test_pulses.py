"""The pulse's one rule: an answer is its rater's; others see shares, of five other people up, of a whole period that is over."""

import inspect
import logging
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import indicators, registers
from mentorapp.clock import SetClock, new_id
from mentorapp.fields import Visibility, fields_of
from mentorapp.indicators import ITEMS
from mentorapp.records import Pulse, Reflection
from mentorapp.registers import Dot, Stamp, State
from mentorapp.services import conflicts, export, finding, people, pulses, recall
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from tests.mentorapp.sessions import KEY, NOON
from tests.strategies import times

AUGUST = datetime(2026, 8, 10, 9, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
PLANTED = "feedfacefeedfacefeedfacefeedface"
"""Whoever this is, nobody may learn that they answered."""


@pytest.fixture
def pair(workspace):
    """A mentorship that began in the spring."""
    workspace.clock.moment = datetime(2026, 4, 1, 9, tzinfo=UTC)
    _, person, mentorship = people.add_mentee(workspace, name="Ruth N.")
    workspace.clock.moment = AUGUST
    return person, mentorship


def say(workspace, pair, rater, *, item="trust", value=5):
    """Somebody answers one item."""
    return pulses.answer(workspace, mentorship=pair[1].id, rater=rater, answers={item: value})


def test_an_answer_is_its_raters_and_nobody_elses(workspace, pair):
    say(workspace, pair, pair[0].id, value=1)
    assert pulses.mine(workspace) == []
    say(workspace, pair, workspace.me, value=4)
    assert [(p.rater, p.trust) for p in pulses.mine(workspace)] == [(workspace.me, 4)]


def test_shares_are_shown_from_five_others_up_and_only_once_the_period_is_over(workspace, pair):
    for rater in ("a", "b", "c", "d"):
        say(workspace, pair, rater, value=4)
    say(workspace, pair, workspace.me, value=1)
    workspace.clock.moment = NOVEMBER
    assert pulses.shares(workspace, period="2026-Q3").shares == {}, "four others and I are not five others"
    workspace.clock.moment = AUGUST
    say(workspace, pair, "e", value=2)
    assert pulses.shares(workspace, period="2026-Q3") == pulses.Shares(period="2026-Q3", people=0, shares={})
    workspace.clock.moment = NOVEMBER
    found = pulses.shares(workspace, period="2026-Q3")
    assert (found.people, dict(found.shares)) == (5, {"trust": (4, 5)})
    assert pulses.latest_shares(workspace) == found


def test_the_shares_on_screen_are_the_pure_figures(workspace, pair):
    for at, rater in enumerate("abcdefg"):
        answers = {item: 1 + (at + k) % 5 for k, item in enumerate(ITEMS)}
        pulses.answer(workspace, mentorship=pair[1].id, rater=rater, answers=answers)
    workspace.clock.moment = NOVEMBER
    found = pulses.shares(workspace, period="2026-Q3")
    assert found.shares == indicators.pulse_shares(workspace.store.find(Pulse))
    assert len(found.shares) == 5


def test_one_person_who_answers_often_is_one_person(workspace, pair):
    for _ in range(3):
        for rater in ("a", "b"):
            say(workspace, pair, rater)
    assert len(workspace.store.find(Pulse)) == 2
    workspace.clock.moment = NOVEMBER
    assert pulses.shares(workspace, period="2026-Q3").shares == {}


def test_somebody_known_under_two_names_is_one_person(workspace, pair):
    from mentorapp.records import Person

    for rater in "abcde":
        other = Person(id=rater, scope="office/", name=rater, same_as="a" if rater == "b" else None)
        workspace.store.save(other, by=workspace.me, at=NOON)
        say(workspace, pair, rater)
    workspace.clock.moment = NOVEMBER
    assert pulses.shares(workspace, period="2026-Q3").shares == {}


def test_nobody_can_ask_for_less_than_a_whole_period():
    asked = inspect.signature(pulses.shares).parameters
    assert list(asked) == ["workspace", "period"], "a narrower question would lay somebody bare by taking away"
    for period in ("", "2026", "2026-Q5", "2026-08", "2026-Q3-a", "' OR 1=1"):
        assert not pulses._is_period(period)


who = st.sampled_from("abcdefgh")
moves = st.sampled_from(("answer", "on", "back"))
steps = st.lists(st.tuples(moves, who, st.integers(1, 5)), min_size=3, max_size=9)


@settings(max_examples=times(8))
@given(steps)
def test_looking_again_never_shows_shares_that_fewer_than_five_made_different(tmp_path_factory, steps):
    """Whatever is answered and looked at, with whatever clock: two different views of one period cannot be subtracted."""
    clock = SetClock(AUGUST)
    workspace = Workspace(Store(tmp_path_factory.mktemp("s") / "store.mentor", KEY), clock, "me")
    seen = {}
    begun = [("answer", rater, 3) for rater in "abcde"]
    try:
        for step, rater, value in [*begun, *steps]:
            if step == "answer":
                pulses.answer(workspace, mentorship="m", rater=rater, answers={"voice": value})
            elif step == "on":
                clock.moment = NOVEMBER
            elif step == "back":
                clock.moment = AUGUST
            for period in ("2026-Q3", "2026-Q4"):
                found = pulses.shares(workspace, period=period)
                if found.shares:
                    assert seen.setdefault(period, found) == found
                    assert found.people >= indicators.FEWEST
    finally:
        workspace.store.close()


def test_answers_are_asked_for_once_a_quarter(workspace, pair):
    assert [p.id for p in pulses.due(workspace, mentorship=pair[1].id)] == [pair[0].id]
    say(workspace, pair, pair[0].id)
    assert pulses.due(workspace, mentorship=pair[1].id) == []
    assert [(one.is_me, one.answered) for one in pulses.asked(workspace, mentorship=pair[1].id)] == [
        (False, True),
        (True, False),
    ]
    workspace.clock.moment = NOVEMBER
    assert len(pulses.due(workspace, mentorship=pair[1].id)) == 1
    _, _, young = people.add_mentee(workspace, name="New N.")
    assert pulses.due(workspace, mentorship=young.id) == [], "nobody is asked in the first weeks"


@pytest.mark.parametrize(
    ("day", "period", "days"),
    [
        ((2026, 1, 1), "2026-Q1", ((2026, 1, 1), (2026, 4, 1))),
        ((2026, 9, 30), "2026-Q3", ((2026, 7, 1), (2026, 10, 1))),
        ((2026, 12, 31), "2026-Q4", ((2026, 10, 1), (2027, 1, 1))),
    ],
)
def test_a_period_is_a_quarter(day, period, days):
    from datetime import date

    assert pulses.period_of(date(*day)) == period
    assert pulses.days_of(period) == tuple(date(*each) for each in days)


# --- kept out of everything else --------------------------------------------------------------------------------------


@pytest.fixture
def planted(workspace, pair):
    """One answer of each kind of number, by somebody whom nobody may learn of."""
    pulses.answer(workspace, mentorship=pair[1].id, rater=PLANTED, answers=dict.fromkeys(ITEMS, 3))
    return workspace.store.find(Pulse)[0]


def test_no_search_finds_an_answer(workspace, planted):
    rowid = workspace.store.rows("SELECT seq FROM registers WHERE id = ?", (planted.id,))[0][0]
    assert workspace.store.rows("SELECT rowid FROM search WHERE rowid = ?", (rowid,)) == []
    for typed in (PLANTED, PLANTED[:4], "3", planted.period, "2026"):
        assert not workspace.store.search(typed, kinds=("pulse",))
        answer = finding.find(workspace, finding.Asked(words=typed))
        assert PLANTED not in repr(answer)
        assert "pulse" not in {one.hit.kind for one in answer.found}


@pytest.mark.parametrize("private", [False, True])
def test_no_export_holds_an_answer_even_when_private_fields_are_asked_for(workspace, planted, tmp_path, private):
    file = tmp_path / "pulses.csv"
    assert export.export(workspace, kind=Pulse, file=file, private=private) == 1
    written = file.read_text("utf-8")
    assert PLANTED not in written
    assert not {"rater", *ITEMS} & set(export.columns(Pulse, private=private))
    assert "text" in export.columns(Reflection, private=True), "what is private and not unseen can still be asked for"


def test_no_page_about_a_mentee_holds_an_answer(workspace, planted, pair):
    view = recall.mentee(workspace, pair[0].id)
    for shown in (view, recall.mentees(workspace), recall.today(workspace), recall.sessions(workspace)):
        assert PLANTED not in repr(shown)
        assert "Pulse(" not in repr(shown)


def test_no_conflict_shows_an_answer(workspace, planted):
    dot = Dot(b"t" * 8, 1)
    some = {
        "trust": registers.first(dot, msgspec.msgpack.encode(1), Visibility.only_me),
        "rater": registers.first(dot, msgspec.msgpack.encode("b" * 32), Visibility.only_me),
        "mentorship": registers.first(dot, msgspec.msgpack.encode("elsewhere")),
    }
    workspace.store.absorb([State("pulse", planted.id, some, {dot: Stamp("", int(NOON.timestamp()))})], at=NOON)
    assert conflicts.conflicts(workspace) == []
    fields = fields_of(Pulse)
    assert {fields[name].rule for name in ("rater", *ITEMS)} == {"latest"}


def test_nothing_but_ciphertext_would_leave_this_laptop(workspace, planted):
    sent = workspace.store.pending(most_records=-1)
    wire = b"".join(registers.pack(one.state) for one in sent)
    assert PLANTED.encode() not in wire
    mine = next(one.state for one in sent if one.state.id == planted.id)
    assert not {"rater", *ITEMS} & set(mine.registers)
    assert all(not {"rater", *ITEMS} & set(s.registers) for s in workspace.store.all_states() if s.kind == "pulse")


def test_no_doctor_no_status_and_no_log_tell_of_an_answer(workspace, planted, caplog, capsys):
    from mentorapp import cli
    from sync.client.standing import standing

    with caplog.at_level(logging.DEBUG):
        said = [*cli.whether_well(workspace), *standing(workspace)]
        pulses.shares(workspace, period=planted.period)
    assert said
    assert PLANTED not in repr(said) + caplog.text + "".join(capsys.readouterr())


def test_a_rater_known_to_the_office_by_another_number_keeps_their_answers(workspace, pair):
    say(workspace, pair, workspace.me, value=2)
    say(workspace, pair, PLANTED, value=3)
    other = new_id()
    workspaces.become(workspace, person=other)
    assert [p.trust for p in pulses.mine(workspace)] == [2]
    assert {(p.author, p.scope) for p in workspace.store.find(Pulse)} == {(other, f"private/{other}")}
    assert PLANTED in {p.rater for p in workspace.store.find(Pulse)}


def test_an_answer_is_on_its_scale(workspace, pair):
    from mentorapp.errors import UserError

    with pytest.raises(UserError):
        say(workspace, pair, "a", value=6)
    with pytest.raises(UserError):
        say(workspace, pair, "a", item="scope", value=1)
    assert workspace.store.find(Pulse) == []
    say(workspace, pair, "a", value=None)
    assert [getattr(p, i) for p in workspace.store.find(Pulse) for i in ITEMS] == [None] * 5
    assert replace(workspace.store.find(Pulse)[0], id="").period == "2026-Q3"
