"""How the sample people grew: the course of their goals, ratings, reflections, and enough pulses that shares can be shown.

Made from the sample records that are there already; the words are the samples' own, marked for translation like the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mentorapp import indicators
from mentorapp.clock import day_of, new_id
from mentorapp.i18n import N_, tr
from mentorapp.records import CompetencyRating, Goal, Measurement, Mentorship, Person, Pulse, Record, Reflection
from mentorapp.services import pulses
from mentorapp.services.ratings import framework_in_use

_NOTES = (N_("Led the whole second half herself"), N_("With help at the beginning"), N_("The first one"))

_RATED: dict[str, dict[str, tuple[tuple[int, str, str], ...]]] = {
    "Grace A.": {
        "listening": ((200, "limited", "limited"), (110, "some", "limited"), (34, "strong", "some")),
        "facilitating": ((200, "none", "none"), (110, "limited", "some"), (34, "some", "some")),
        "writing": ((200, "none", "limited"), (110, "limited", "limited"), (34, "limited", "limited")),
        "speaking_up": ((110, "limited", "none"), (34, "some", "limited")),
        "figures": ((34, "x", "limited"),),
    },
    "Tesfaye M.": {
        "figures": ((41, "limited", "some"), (7, "some", "some")),
        "writing": ((41, "none", "limited"), (7, "limited", "limited")),
    },
}
"""By person and competency: how many days ago, as the mentor saw it, as the mentee did."""

_SEEN = {
    "listening": N_("Waited until the oldest woman had finished, and said it back in her words."),
    "facilitating": N_("Kept two loud men friendly and let the others speak."),
}

_Thought = tuple[int, str, str, str]

_THOUGHT: dict[str, tuple[_Thought, ...]] = {
    "Grace A.": (
        (
            104,
            N_("Where did you speak when you could have waited?"),
            N_("When the chair laughed. I answered for her, and she did not need it."),
            N_("caught"),
        ),
        (
            34,
            N_("What surprised you?"),
            N_("She asked the quietest woman first. I would have asked the chair."),
            N_("glad"),
        ),
    ),
    "Samuel O.": (
        (41, N_("What do you take with you from them?"), N_("That a map is a story told from above."), N_("moved")),
    ),
}
"""By person: how many days ago, the question, what the mentor wrote, one word for the mood."""

_ALONE: tuple[_Thought, ...] = (
    (
        60,
        N_("Whom do you treat better than others, and why?"),
        N_("Those who write to me first. The others are only quieter."),
        N_("caught"),
    ),
)

_ANSWERS = ((5, 4, 4, 5, 4), (4, 4, 3, 4, 3), (5, 5, 5, 4, 4), (3, 2, 4, 4, 2), (4, 5, 4, None, 4), (5, 4, 4, 5, None))
"""What six people answered in the last quarter."""


def of(records: Sequence[Record], me: str, now: datetime) -> Iterator[Record]:
    """What is to be added to these sample records."""
    people = {record.id: record for record in records if isinstance(record, Person)}
    pairs = [r for r in records if isinstance(r, Mentorship) and r.type == "one_to_one"]
    for goal in (record for record in records if isinstance(record, Goal)):
        yield from _course(goal, now)
    for pair in pairs:
        name = people[pair.mentees[0]].name
        yield from _ratings(pair, people[pair.mentees[0]], now)
        yield from _thoughts(pair.id, me, _THOUGHT.get(name, ()), now)
    yield from _thoughts(None, me, _ALONE, now)
    yield from _pulses([r for r in records if isinstance(r, Mentorship)], me, day_of(now))


def _course(goal: Goal, now: datetime) -> Iterator[Measurement]:
    reached = goal.progress or 0
    for number in range(reached + 1):
        back = reached - number
        yield Measurement(
            id=new_id(),
            mentorship=goal.mentorship,
            goal=goal.id,
            day=day_of(now) - timedelta(days=9 + 36 * back),
            reached=number,
            note=tr(_NOTES[back]) if number and back < len(_NOTES) else "",
        )


def _ratings(pair: Mentorship, person: Person, now: datetime) -> Iterable[CompetencyRating]:
    framework = framework_in_use()
    for competency, times in _RATED.get(person.name, {}).items():
        for at, (ago, mine, own) in enumerate(times):
            for rater, level in (("mentor", mine), ("self", own)):
                latest = at == len(times) - 1 and rater == "mentor"
                yield CompetencyRating(
                    id=new_id(),
                    mentorship=pair.id,
                    person=person.id,
                    framework=framework.code,
                    version=framework.version,
                    competency=competency,
                    level=level,
                    completeness="satisfactory",
                    rater=rater,
                    day=day_of(now) - timedelta(days=ago),
                    evidence=tr(_SEEN.get(competency, "")) if latest else "",
                )


def _thoughts(mentorship: str | None, me: str, some: Iterable[_Thought], now: datetime) -> Iterator[Reflection]:
    for ago, prompt, text, mood in some:
        then = int((now - timedelta(days=ago)).timestamp() * 1000)
        yield Reflection(
            id=new_id(lambda then=then: then),  # type: ignore[misc]
            author=me,
            mentorship=mentorship,
            prompt=tr(prompt),
            text=tr(text),
            mood=tr(mood),
            sharing="private",
        )


def _pulses(pairs: Sequence[Mentorship], me: str, today: date) -> Iterator[Pulse]:
    first, _ = pulses.days_of(pulses.period_of(today))
    period = pulses.period_of(first - timedelta(days=1))
    asked = [(pair.id, mentee) for pair in sorted(pairs, key=lambda p: p.type == "group") for mentee in pair.mentees]
    for (pair, mentee), answers in zip(asked, _ANSWERS, strict=False):
        given: dict[str, Any] = dict(zip(indicators.ITEMS, answers, strict=True))
        yield Pulse(id=new_id(), author=me, mentorship=pair, rater=mentee, period=period, **given)
