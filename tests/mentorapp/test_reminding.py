"""Reminders: each once, none in quiet hours, no burst after a sleep, nobody named."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mentorapp.clock import day_of, local
from mentorapp.services import people, promises, reminding, sessions
from mentorapp.services.reminding import Ahead, Wishes, due
from tests.mentorapp.sessions import NOON

ALWAYS = Wishes(before=15, quiet_from=0, quiet_until=0)


def to_come(*minutes: float, promises: int = 0) -> Ahead:
    meetings = tuple((str(n), NOON + timedelta(minutes=n)) for n in minutes)
    return Ahead(day=day_of(NOON), meetings=meetings, promises=promises)


def test_a_meeting_is_said_the_wished_time_before():
    assert due(to_come(16), now=NOON, wishes=ALWAYS, said=()) is None
    found = due(to_come(15), now=NOON, wishes=ALWAYS, said=())
    assert found is not None
    assert found.meetings == (NOON + timedelta(minutes=15),)
    assert due(to_come(15), now=NOON, wishes=Wishes(before=None, quiet_from=0, quiet_until=0), said=()) is None


def test_each_is_said_once():
    found = due(to_come(10, promises=2), now=NOON, wishes=ALWAYS, said=())
    assert found is not None
    assert due(to_come(10, promises=2), now=NOON, wishes=ALWAYS, said=found.keys) is None


def test_what_was_slept_through_is_not_said_and_the_rest_in_one():
    found = due(to_come(-300, -120, -6, -4, 5, 10), now=NOON, wishes=ALWAYS, said=())
    assert found is not None
    assert [start - NOON for start in found.meetings] == [timedelta(minutes=n) for n in (-4, 5, 10)]


def test_quiet_hours_may_go_round_midnight():
    at = local(NOON)
    minute = at.hour * 60 + at.minute
    quiet = Wishes(quiet_from=(minute - 60) % 1440, quiet_until=(minute + 60) % 1440)
    loud = Wishes(quiet_from=(minute + 60) % 1440, quiet_until=(minute - 60) % 1440)
    assert due(to_come(5, promises=1), now=NOON, wishes=quiet, said=()) is None
    assert due(to_come(5), now=NOON, wishes=loud, said=()) is not None


def test_promises_are_spoken_of_from_the_morning_on_and_only_of_their_day():
    ahead = to_come(promises=3)
    midnight = local(NOON).replace(hour=0, minute=30)
    assert due(ahead, now=midnight, wishes=ALWAYS, said=()) is None
    assert due(ahead, now=NOON, wishes=ALWAYS, said=()).promises == 3
    assert due(ahead, now=NOON + timedelta(days=1), wishes=ALWAYS, said=()) is None
    assert due(ahead, now=NOON, wishes=Wishes(promises=False, quiet_from=0, quiet_until=0), said=()) is None


@given(st.lists(st.integers(-600, 600), max_size=8), st.integers(0, 1200), st.lists(st.integers(1, 400), max_size=12))
def test_however_the_laptop_sleeps_nothing_is_said_twice_or_late(minutes, start, steps):
    ahead = to_come(*set(minutes))
    now, said, heard = NOON - timedelta(minutes=start), set(), []
    for step in steps:
        found = due(ahead, now=now, wishes=ALWAYS, said=said)
        if found:
            assert all(now - reminding.LATE < meeting <= now + timedelta(minutes=15) for meeting in found.meetings)
            heard += found.keys
            said |= set(found.keys)
        now += timedelta(minutes=step)
    assert len(heard) == len(set(heard))


def test_what_is_ahead_is_what_is_planned_and_a_moved_session_is_another(workspace):
    _, _, pair = people.add_mentee(workspace, name="Ruth N.")
    now = workspace.clock.now()
    _, one = sessions.plan_session(workspace, mentorship=pair.id, at=now + timedelta(hours=1))
    sessions.plan_session(workspace, mentorship=pair.id, at=now + timedelta(days=9))
    promises.promise(workspace, mentorship=pair.id, text="call", due=day_of(now))
    promises.promise(workspace, mentorship=pair.id, text="later", due=day_of(now) + timedelta(days=1))
    first = reminding.ahead(workspace)
    assert ([start for _, start in first.meetings], first.promises) == ([one.planned_start], 1)
    sessions.reschedule(workspace, one, at=now + timedelta(hours=2))
    second = reminding.ahead(workspace)
    assert {key for key, _ in first.meetings}.isdisjoint({key for key, _ in second.meetings})
    assert "Ruth" not in str(second)


def test_moments_are_of_any_time_zone():
    assert due(to_come(10), now=NOON.astimezone(UTC), wishes=ALWAYS, said=()) is not None
    assert isinstance(NOON, datetime)
