"""The figures: each against a reference so plain that one can see it is right."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import indicators
from mentorapp.clock import day_of
from mentorapp.indicators import ITEMS, LEVELS, Period
from mentorapp.records import ActionItem, CompetencyRating, Goal, Measurement, Mentorship, Person, Pulse, Session, Site
from mentorapp.rules import OPEN_PROMISES
from mentorapp.services.people import USUAL_CADENCE
from tests.strategies import times

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = day_of(START)
PERIOD = Period(DAY + timedelta(days=20), DAY + timedelta(days=60))

PAIRS = ("p1", "p2", "p3")
PEOPLE = ("a", "b", "c", "d")
days = st.integers(0, 100).map(lambda n: DAY + timedelta(days=n))
moments = st.integers(0, 100).map(lambda n: START + timedelta(days=n))
voided = st.booleans()
_ids = st.integers(0, 2**20).map(lambda n: f"{n:032x}")


def record(kind, **fields):
    """Records of a kind with an id of their own."""
    return st.builds(kind, id=_ids, voided=voided, **fields)


sessions = st.lists(
    record(
        Session,
        mentorship=st.sampled_from(PAIRS),
        status=st.sampled_from(("held", "held", "held", "missed", "planned", "cancelled")),
        started=st.none() | moments,
        planned_start=st.none() | moments,
        contact_minutes=st.none() | st.integers(0, 120),
        travel_minutes=st.none() | st.integers(0, 120),
        mode=st.sampled_from((None, "phone", "video")),
        attendees=st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True).map(tuple),
        missed_by=st.sampled_from((None, "mentor", "mentee")),
    ),
    max_size=7,
)
mentorships = st.tuples(
    *(
        st.builds(
            Mentorship,
            id=st.just(id),
            voided=voided,
            status=st.sampled_from(("active", "active", "on_hold")),
            mentors=st.lists(st.sampled_from(("m", "n")), min_size=1, unique=True).map(tuple),
            mentees=st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
            starts=st.none() | days,
            cadence=st.sampled_from((None, 7, 20)),
            site=st.sampled_from((None, "s1", "s2")),
        )
        for id in PAIRS
    )
)


def happened(some, period=None):
    """Those that took place."""
    return [
        s
        for s in some
        if not s.voided
        and s.status == "held"
        and s.started is not None
        and (period is None or period.first <= day_of(s.started) <= period.last)
    ]


@settings(max_examples=times(12))
@given(sessions)
def test_contact_time_is_what_held_sessions_say_and_travel_stands_apart(some):
    assert indicators.contact_minutes(some, PERIOD) == sum(s.contact_minutes or 0 for s in happened(some, PERIOD))
    assert indicators.travel_minutes(some) == sum(s.travel_minutes or 0 for s in happened(some))


@settings(max_examples=times(12))
@given(sessions, mentorships)
def test_contact_time_is_divided_by_mode_mentor_mentee_and_site(some, pairs):
    known = {pair.id: pair for pair in pairs}
    assert sum(indicators.contact_minutes_by(some, indicators.by_mode).values()) == indicators.contact_minutes(some)
    assert sum(indicators.contact_minutes_by(some, indicators.by_site(known)).values()) == indicators.contact_minutes(
        some
    )
    by_mentor = indicators.contact_minutes_by(some, indicators.by_mentor(known), PERIOD)
    for mentor in ("m", "n"):
        hers = [s for s in happened(some, PERIOD) if mentor in known[s.mentorship].mentors]
        assert by_mentor.get(mentor, 0) == sum(s.contact_minutes or 0 for s in hers)
    by_mentee = indicators.contact_minutes_by(some, indicators.by_mentee(known), PERIOD)
    for mentee in PEOPLE:
        theirs = [
            s
            for s in happened(some, PERIOD)
            if mentee in known[s.mentorship].mentees and (mentee in s.attendees or not s.attendees)
        ]
        assert by_mentee.get(mentee, 0) == sum(s.contact_minutes or 0 for s in theirs)


@settings(max_examples=times(12))
@given(sessions, mentorships)
def test_coverage_is_who_was_met_of_those_who_are_mentored(some, pairs):
    everyone, met = set(), set()
    for pair in pairs:
        if pair.voided or pair.status != "active" or (pair.starts and pair.starts > PERIOD.last):
            continue
        for mentee in pair.mentees:
            everyone.add(mentee)
            for s in happened(some, PERIOD):
                if s.mentorship == pair.id and (not s.attendees or mentee in s.attendees):
                    met.add(mentee)
    assert indicators.coverage(pairs, some, PERIOD) == (len(met), len(everyone))


@settings(max_examples=times(12))
@given(sessions, mentorships)
def test_continuity_is_the_longest_silence_against_what_was_agreed(some, pairs):
    until = DAY + timedelta(days=101)
    steady = whole = 0
    every = []
    for pair in pairs:
        if pair.voided or pair.status != "active":
            continue
        met = sorted(day_of(s.started) for s in happened(some) if s.mentorship == pair.id)
        begin = pair.starts or (met[0] if met else None)
        if begin is None:
            continue
        silences, last = [], begin
        for day in [d for d in met if d >= begin] + [until]:
            silences.append((day - last).days)
            last = day
        whole += 1
        steady += all(silence <= (pair.cadence or 30) + 7 for silence in silences)
        every += silences
    found = indicators.continuity(pairs, some, until)
    assert found.steady == (steady, whole)
    every.sort()
    middle = len(every) // 2
    plain = None if not every else every[middle] if len(every) % 2 else (every[middle - 1] + every[middle]) / 2
    assert found.median_gap == plain


@settings(max_examples=times(12))
@given(sessions)
def test_missed_sessions_are_counted_with_their_cause(some):
    due = []
    for s in some:
        when = s.planned_start or s.started
        if not s.voided and s.status in ("held", "missed") and when and PERIOD.first <= day_of(when) <= PERIOD.last:
            due.append(s)
    found = indicators.missed(some, PERIOD)
    assert found.rate == (len([s for s in due if s.status == "missed"]), len(due))
    assert found.by == Counter(s.missed_by or "" for s in due if s.status == "missed")


@settings(max_examples=times(12))
@given(sessions)
def test_completeness_is_what_is_known_of_what_was_expected(some):
    expected = known = 0
    for s in some:
        when = s.planned_start or s.started
        if not s.voided and when and PERIOD.first <= day_of(when) <= PERIOD.last:
            expected += 1
            known += s.status != "planned"
    assert indicators.completeness(some, PERIOD) == (known, expected)


@settings(max_examples=times(12))
@given(st.lists(st.tuples(record(Session, status=st.sampled_from(("held", "missed")), started=moments), moments)))
def test_timeliness_is_the_middle_delay(arrivals):
    delays = sorted(
        max(0.0, (came - s.started).total_seconds() / 86400)
        for s, came in arrivals
        if s.status == "held" and not s.voided
    )
    found = indicators.timeliness(arrivals)
    if not delays:
        assert found is None
    else:
        middle = len(delays) // 2
        plain = delays[middle] if len(delays) % 2 else (delays[middle - 1] + delays[middle]) / 2
        assert found == pytest.approx(plain)


@settings(max_examples=times(12))
@given(sessions, mentorships)
def test_attention_is_divided_by_distance_and_cadre(some, pairs):
    sites = {"s1": Site(id="s1", distance_km=4), "s2": Site(id="s2", distance_km=80)}
    people = {"a": Person(id="a", role="Nurse"), "b": Person(id="b", role="Clerk"), "c": Person(id="c", role="Nurse")}
    known = {pair.id: pair for pair in pairs}
    plain = Counter()
    for s in happened(some, PERIOD):
        pair = known[s.mentorship]
        groups = {
            (
                {None: "", "s1": "near", "s2": "far"}[pair.site],
                people[mentee].role if mentee in people else "",
            )
            for mentee in pair.mentees
            if not s.attendees or mentee in s.attendees
        }
        for group in groups:
            plain[group] += s.contact_minutes or 0
    found = indicators.attention(some, known, people, sites, PERIOD)
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in plain.items() if v}


def test_the_bands_of_distance_begin_where_they_say():
    assert [indicators.band(Site(id="s", distance_km=km)) for km in (0, 9, 10, 49, 50)] == [
        "near",
        "near",
        "apart",
        "apart",
        "far",
    ]
    assert indicators.band(Site(id="s")) == indicators.band(None) == ""


def _id(day: date, n: int) -> str:
    stamp = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)
    return f"{stamp:012x}7{n:019x}"


@settings(max_examples=times(12))
@given(
    st.lists(
        st.builds(
            ActionItem,
            id=st.builds(_id, days, st.integers(0, 9999)),
            voided=voided,
            status=st.sampled_from(("open", "in_progress", "blocked", "done", "dropped")),
            due=st.none() | days,
            settled_on=st.none() | days,
            carried_over=st.none() | st.integers(0, 5),
        )
    )
)
def test_promises_are_counted_open_overdue_and_carried(items):
    today = DAY + timedelta(days=50)
    alive = [i for i in items if not i.voided]
    found = indicators.actions(items, today)
    assert found.open == len([i for i in alive if i.status not in ("done", "dropped")])
    assert found.overdue == len(
        [i for i in alive if i.status not in ("done", "dropped") and i.due is not None and i.due < today]
    )
    assert found.carried_over == sum(i.carried_over or 0 for i in alive)
    spans = sorted(
        max(0, ((i.settled_on or today) - date.fromordinal(indicators.written_on(i.id).toordinal())).days)
        for i in alive
    )
    if spans:
        assert spans[0] <= found.median_days_open <= spans[-1]
        assert found.median_days_open in {(spans[(len(spans) - 1) // 2] + spans[len(spans) // 2]) / 2}
    else:
        assert found.median_days_open is None


def test_an_id_that_tells_no_time_is_no_day():
    assert indicators.written_on("") is None
    assert indicators.written_on("f" * 12 + "4" + "0" * 19) is None
    assert indicators.written_on(_id(DAY, 1)) == DAY


@settings(max_examples=times(12))
@given(
    st.lists(
        record(
            Goal,
            due=st.none() | days,
            status=st.sampled_from((None, "draft", "active", "achieved", "partly_achieved", "revised", "dropped")),
        )
    )
)
def test_attainment_is_what_was_reached_of_what_was_due(goals):
    due = [
        g
        for g in goals
        if not g.voided and g.due and PERIOD.first <= g.due <= PERIOD.last and g.status and g.status != "draft"
    ]
    got = [g for g in due if g.status == "achieved"] + [g for g in due if g.status == "partly_achieved"]
    assert indicators.attainment(goals, PERIOD) == (len(got), len(due))


@settings(max_examples=times(12))
@given(st.lists(record(Measurement, day=st.none() | days, reached=st.none() | st.integers(0, 9))))
def test_a_goal_is_where_its_latest_measurement_says(some):
    best = None
    for m in some:
        if m.voided or m.day is None or m.reached is None:
            continue
        if best is None or (m.day, m.id) > (best.day, best.id):
            best = m
    assert indicators.reached(some) == (best.reached if best else None)
    course = indicators.course(some)
    assert all(a.day <= b.day for a, b in pairwise(course))


ratings = st.lists(
    record(
        CompetencyRating,
        person=st.sampled_from(("a", "b")),
        framework=st.just("f"),
        version=st.sampled_from(("1", "2")),
        competency=st.sampled_from(("x", "y")),
        rater=st.sampled_from(("self", "mentor")),
        level=st.sampled_from((None, "x", "none", "limited", "some", "strong", "of a later version")),
        completeness=st.sampled_from((None, "full", "partial", "resource_limited")),
        day=st.none() | days,
    ),
    max_size=10,
)


@settings(max_examples=times(12))
@given(ratings)
def test_gain_goes_from_the_first_to_the_latest_that_counts(some):
    plain = {}
    for person in ("a", "b"):
        for competency in ("x", "y"):
            for rater in ("self", "mentor"):
                line = [
                    r
                    for r in some
                    if (r.person, r.competency, r.rater) == (person, competency, rater)
                    and not r.voided
                    and r.day
                    and r.level in LEVELS
                    and r.completeness != "resource_limited"
                ]
                line.sort(key=lambda r: (r.day, r.id))
                if len(line) > 1:
                    plain[(person, "f", competency, rater)] = (LEVELS[line[0].level], LEVELS[line[-1].level])
    found = indicators.gains(some)
    assert {key: (one.before, one.after) for key, one in found.items()} == plain
    assert all(one.steps == one.after - one.before for one in found.values())


pulses = st.lists(
    record(
        Pulse,
        rater=st.sampled_from((None, *"abcdefghijkl")),
        **{item: st.none() | st.integers(1, 5) for item in ITEMS},
    ),
    min_size=5,
    max_size=11,
)


@settings(max_examples=times(12))
@given(pulses)
def test_a_share_of_the_pulse_is_there_only_from_five_people_up(some):
    found = indicators.pulse_shares(some)
    for item in ITEMS:
        said = {}
        for pulse in sorted((p for p in some if not p.voided), key=lambda p: p.id):
            if pulse.rater:
                said[pulse.rater] = getattr(pulse, item)
        answers = [answer for answer in said.values() if answer is not None]
        if len(answers) < 5:
            assert item not in found
        else:
            assert found[item] == (len([a for a in answers if a in (4, 5)]), len(answers))


def test_a_share_of_nothing_is_no_number():
    assert indicators.Share(0, 0).value is None
    assert indicators.Share(1, 4).value == 0.25


def test_the_figures_agree_with_the_words_of_the_services():
    assert USUAL_CADENCE == indicators.USUAL_CADENCE
    assert set(OPEN_PROMISES) == set(indicators.OPEN)


# --- at the edges, by hand --------------------------------------------------------------------------------------------


def test_what_was_not_assessed_or_lacked_the_means_is_no_gain():
    def rating(n, level, completeness="full"):
        return CompetencyRating(
            id=str(n), level=level, completeness=completeness, day=DAY + timedelta(days=n), rater="mentor"
        )

    line = [rating(1, "none", "partial"), rating(2, "some"), rating(3, "x"), rating(4, "strong", "resource_limited")]
    found = indicators.gain(line)
    assert (found.before, found.after, found.steps) == (1, 3, 2)
    assert indicators.gain(line[1:]) is None


def test_a_share_counts_four_and_five_of_five_people_up():
    some = [Pulse(id=str(n), rater=f"r{n}", trust=n, voice=n if n > 1 else None) for n in (1, 2, 3, 4, 5)]
    assert indicators.pulse_shares(some) == {"trust": (2, 5)}
    assert indicators.pulse_shares(some[1:]) == {}


def test_late_begins_the_day_after_and_a_gap_may_be_as_long_as_agreed():
    items = [ActionItem(id=str(n), status="open", due=DAY + timedelta(days=n)) for n in (-1, 0, 1)]
    assert indicators.actions(items, DAY).overdue == 1
    pair = Mentorship(id="p", status="active", mentees=("a",), starts=DAY, cadence=10)
    for days, steady in ((17, 1), (18, 0)):
        assert indicators.continuity([pair], [], DAY + timedelta(days=days)).steady == (steady, 1)


def test_attainment_counts_what_was_reached_in_part_and_coverage_only_whom_one_mentors():
    due = PERIOD.first
    states = ("achieved", "partly_achieved", "dropped", "draft")
    goals = [Goal(id=state, status=state, due=due) for state in states]
    assert indicators.attainment([*goals, Goal(id="later", status="achieved")], PERIOD) == (2, 3)
    pairs = [
        Mentorship(id="p", status="active", mentees=("a", "b")),
        Mentorship(id="q", status="on_hold", mentees=("c",)),
    ]
    started = datetime.combine(due, START.timetz())
    some = [
        Session(id=pair.id, mentorship=pair.id, status="held", started=started, attendees=pair.mentees[:1])
        for pair in pairs
    ]
    assert indicators.coverage(pairs, some, PERIOD) == (1, 2)
