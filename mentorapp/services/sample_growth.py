"""How the sample people grew: the course of their goals, ratings, reflections, and enough pulses that shares can be shown.

Made from the sample records that are there already; the words are the samples' own, marked for translation like the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from mentorapp.clock import day_of, new_id
from mentorapp.i18n import N_, tr
from mentorapp.records import CompetencyRating, Goal, Measurement, Mentorship, Person, Record
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


def of(records: Sequence[Record], me: str, now: datetime) -> Iterator[Record]:
    """What is to be added to these sample records."""
    people = {record.id: record for record in records if isinstance(record, Person)}
    pairs = [r for r in records if isinstance(r, Mentorship) and r.type == "one_to_one"]
    for goal in (record for record in records if isinstance(record, Goal)):
        yield from _course(goal, now)
    for pair in pairs:
        yield from _ratings(pair, people[pair.mentees[0]], now)


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
