"""How somebody grows: what was reached towards a goal and when, what somebody can do, how the relationship feels to those in it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from mentorapp.fields import Choice, Count, Day, Merge, Ref, Text, Visibility, declare, options
from mentorapp.i18n import N_
from mentorapp.records.base import Record, in_mentorship

_PROGRAMME = Visibility.programme
_MENTORSHIP = Ref(label=N_("Mentorship"), to="mentorship", visibility=_PROGRAMME)


@dataclass(frozen=True, kw_only=True)
class Measurement(Record):
    """How far a goal was on one day. Each is a record of its own, so that two laptops never ask which one counts."""

    kind: ClassVar[str] = "measurement"
    title: ClassVar[str] = N_("Progress")
    plural: ClassVar[str] = N_("Progress")

    mentorship: str | None = declare(_MENTORSHIP)
    goal: str | None = declare(Ref(label=N_("Towards the goal"), to="goal", visibility=_PROGRAMME))
    session: str | None = declare(Ref(label=N_("Seen at the session"), to="session", visibility=_PROGRAMME))
    day: date | None = declare(Day(label=N_("Day"), visibility=_PROGRAMME))
    reached: int | None = declare(Count(label=N_("Reached"), visibility=_PROGRAMME))
    note: str = declare(Text(label=N_("In a few words"), limit=1000))

    def home(self) -> str:
        return in_mentorship(self.mentorship)


@dataclass(frozen=True, kw_only=True)
class CompetencyRating(Record):
    """What somebody can do, as seen on one day by one rater, in the words of one version of a framework."""

    kind: ClassVar[str] = "competency_rating"
    title: ClassVar[str] = N_("Rating")
    plural: ClassVar[str] = N_("Ratings")

    mentorship: str | None = declare(_MENTORSHIP)
    person: str | None = declare(Ref(label=N_("Who was rated"), to="person", visibility=_PROGRAMME))
    session: str | None = declare(Ref(label=N_("Seen at the session"), to="session", visibility=_PROGRAMME))
    framework: str = declare(Text(label=N_("Framework"), visibility=_PROGRAMME, limit=60, searched=False))
    version: str = declare(Text(label=N_("Version"), visibility=_PROGRAMME, limit=20, searched=False))
    competency: str = declare(Text(label=N_("Competency"), visibility=_PROGRAMME, limit=60, searched=False))
    level: str | None = declare(
        Choice(
            label=N_("Level"),
            visibility=_PROGRAMME,
            options=options(
                x=N_("not assessed"),
                none=N_("not yet"),
                limited=N_("a little"),
                some=N_("quite"),
                strong=N_("strongly"),
            ),
        )
    )
    completeness: str | None = declare(
        Choice(
            label=N_("How much could be seen"),
            visibility=_PROGRAMME,
            options=options(
                full=N_("all of it"),
                satisfactory=N_("enough"),
                partial=N_("part of it"),
                resource_limited=N_("the means were missing"),
            ),
        )
    )
    rater: str | None = declare(
        Choice(
            label=N_("Seen by"),
            visibility=_PROGRAMME,
            options=options(self=N_("the mentee"), mentor=N_("the mentor"), observer=N_("an observer")),
        )
    )
    day: date | None = declare(Day(label=N_("Day"), visibility=_PROGRAMME))
    evidence: str = declare(Text(label=N_("What you saw"), long=True))

    def home(self) -> str:
        return in_mentorship(self.mentorship)


def _item(label: str) -> Count:
    # The latest answer counts: a question between two answers would have to show them.
    return Count(label=label, least=1, most=5, visibility=Visibility.only_me, merge=Merge.latest)


@dataclass(frozen=True, kw_only=True)
class Pulse(Record):
    """How the relationship feels to one person in it. An answer is for its rater alone; what others see is shares, from five answers up."""

    kind: ClassVar[str] = "pulse"
    title: ClassVar[str] = N_("Pulse")
    plural: ClassVar[str] = N_("Pulses")
    unseen: ClassVar[bool] = True

    author: str | None = declare(Ref(label=N_("Kept by"), to="person"))
    mentorship: str | None = declare(_MENTORSHIP)
    rater: str | None = declare(
        Ref(label=N_("Who answered"), to="person", visibility=Visibility.only_me, merge=Merge.latest)
    )
    period: str = declare(Text(label=N_("Period"), limit=20, visibility=_PROGRAMME, searched=False))
    belonging: int | None = declare(_item(N_("I feel that I belong here")))
    trust: int | None = declare(_item(N_("I can say what I really think")))
    understood: int | None = declare(_item(N_("I feel understood")))
    usefulness: int | None = declare(_item(N_("Our meetings help me")))
    voice: int | None = declare(_item(N_("What I say makes a difference")))

    def home(self) -> str:
        return f"private/{self.author}"
