"""What grows between a mentor and a mentee: the mentorship, what it works towards, what was promised."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from mentorapp.fields import Choice, Count, Day, Many, Merge, Ref, Text, Visibility, declare, options
from mentorapp.i18n import N_
from mentorapp.records.base import Record, in_mentorship

_PROGRAMME = Visibility.programme
_MENTORSHIP = Ref(label=N_("Mentorship"), to="mentorship", visibility=_PROGRAMME)


@dataclass(frozen=True, kw_only=True)
class Mentorship(Record):
    """A relationship over time between mentors and mentees; hand-over changes its mentors and keeps its history."""

    kind: ClassVar[str] = "mentorship"
    title: ClassVar[str] = N_("Mentorship")
    plural: ClassVar[str] = N_("Mentorships")

    name: str = declare(Text(label=N_("Name of the group"), visibility=Visibility.office))
    type: str | None = declare(
        Choice(
            label=N_("Type"),
            visibility=_PROGRAMME,
            options=options(
                one_to_one=N_("one to one"),
                group=N_("group"),
                peer=N_("peers"),
                reverse=N_("reverse"),
                co_mentored=N_("co-mentored"),
            ),
        )
    )
    mentors: tuple[str, ...] = declare(
        Many(label=N_("Mentors"), of=Ref(label=N_("Mentor"), to="person"), visibility=_PROGRAMME)
    )
    mentees: tuple[str, ...] = declare(
        Many(label=N_("Mentees"), of=Ref(label=N_("Mentee"), to="person"), visibility=_PROGRAMME)
    )
    earlier_mentors: tuple[str, ...] = declare(
        Many(label=N_("Mentors before"), of=Ref(label=N_("Mentor"), to="person"), visibility=_PROGRAMME)
    )
    handed_over: date | None = declare(Day(label=N_("With these mentors since"), visibility=_PROGRAMME))
    site: str | None = declare(Ref(label=N_("Site"), to="site", visibility=_PROGRAMME))
    purpose: str = declare(Text(label=N_("Purpose"), long=True))
    cadence: int | None = declare(
        Count(label=N_("Days between sessions"), least=1, most=366, unit=N_("days"), visibility=_PROGRAMME)
    )
    starts: date | None = declare(Day(label=N_("Since"), visibility=_PROGRAMME))
    planned_end: date | None = declare(Day(label=N_("Planned end"), visibility=_PROGRAMME))
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(
                proposed=N_("proposed"),
                active=N_("active"),
                on_hold=N_("on hold"),
                completed=N_("completed"),
                ended_early=N_("ended early"),
            ),
        )
    )
    end_reason: str = declare(Text(label=N_("Why it ended early"), long=True))

    def home(self) -> str:
        return f"mentorship/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Agreement(Record):
    """What a mentor and a mentee agree on for working together; amending makes a new one that says which it amends."""

    kind: ClassVar[str] = "agreement"
    title: ClassVar[str] = N_("Agreement")
    plural: ClassVar[str] = N_("Agreements")

    mentorship: str | None = declare(_MENTORSHIP)
    purpose: str = declare(Text(label=N_("What we meet for"), long=True))
    boundaries: str = declare(Text(label=N_("What does not belong here"), long=True))
    frequency: str = declare(Text(label=N_("How often and for how long")))
    channels: str = declare(Text(label=N_("How we reach each other between meetings")))
    cancellation: str = declare(Text(label=N_("When one of us cannot come")))
    confidentiality: str = declare(Text(label=N_("What stays between us"), long=True))
    limits: str = declare(
        Text(
            label=N_("What cannot stay between us"),
            helper=N_("Danger to somebody, or what the law asks us to report."),
            long=True,
        )
    )
    review_on: date | None = declare(Day(label=N_("Look at it again on"), visibility=_PROGRAMME))
    mentor_agreed_on: date | None = declare(Day(label=N_("Mentor agreed on"), visibility=_PROGRAMME))
    mentee_agreed_on: date | None = declare(Day(label=N_("Mentee agreed on"), visibility=_PROGRAMME))
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(
                draft=N_("draft"), agreed=N_("agreed by both"), amended=N_("amended since"), closed=N_("closed")
            ),
        )
    )
    amends: str | None = declare(Ref(label=N_("Amends"), to="agreement", visibility=_PROGRAMME))

    def home(self) -> str:
        return in_mentorship(self.mentorship)


@dataclass(frozen=True, kw_only=True)
class Goal(Record):
    """What a mentee is working towards, and how far along it is."""

    kind: ClassVar[str] = "goal"
    title: ClassVar[str] = N_("Goal")
    plural: ClassVar[str] = N_("Goals")

    mentorship: str | None = declare(_MENTORSHIP)
    owner: str | None = declare(Ref(label=N_("Whose goal"), to="person", visibility=_PROGRAMME))
    statement: str = declare(Text(label=N_("Goal"), limit=1000, required=True))
    why: str = declare(Text(label=N_("Why it matters"), long=True))
    measure: str = declare(Text(label=N_("How it is measured")))
    baseline: int | None = declare(Count(label=N_("Where it started"), visibility=_PROGRAMME))
    target: int | None = declare(Count(label=N_("Target"), visibility=_PROGRAMME))
    # What the latest measurement says: two laptops that measured are never asked which one counts.
    progress: int | None = declare(Count(label=N_("Reached so far"), visibility=_PROGRAMME, merge=Merge.latest))
    due: date | None = declare(Day(label=N_("By"), visibility=_PROGRAMME))
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(
                draft=N_("draft"),
                active=N_("active"),
                achieved=N_("achieved"),
                partly_achieved=N_("partly achieved"),
                revised=N_("revised"),
                dropped=N_("dropped"),
            ),
        )
    )
    dropped_reason: str = declare(Text(label=N_("Why it was dropped"), long=True))

    def home(self) -> str:
        return in_mentorship(self.mentorship)


@dataclass(frozen=True, kw_only=True)
class ActionItem(Record):
    """A promise: who does what by when, from which session, and what became of it."""

    kind: ClassVar[str] = "action_item"
    title: ClassVar[str] = N_("Promise")
    plural: ClassVar[str] = N_("Promises")

    mentorship: str | None = declare(_MENTORSHIP)
    text: str = declare(Text(label=N_("Promise"), limit=2000, required=True))
    owner: str | None = declare(
        Choice(
            label=N_("Who does it"),
            visibility=_PROGRAMME,
            options=options(mentee=N_("the mentee"), mentor=N_("the mentor"), organisation=N_("the organisation")),
        )
    )
    due: date | None = declare(Day(label=N_("By"), visibility=_PROGRAMME))
    goal: str | None = declare(Ref(label=N_("Towards the goal"), to="goal", visibility=_PROGRAMME))
    origin: str | None = declare(Ref(label=N_("Promised at"), to="session", visibility=_PROGRAMME))
    closing: str | None = declare(Ref(label=N_("Settled at"), to="session", visibility=_PROGRAMME))
    settled_on: date | None = declare(Day(label=N_("Settled on"), visibility=_PROGRAMME, merge=Merge.latest))
    carried_over: int | None = declare(Count(label=N_("Times carried over"), visibility=_PROGRAMME, merge=Merge.latest))
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(
                open=N_("open"),
                in_progress=N_("in progress"),
                done=N_("done"),
                blocked=N_("blocked"),
                dropped=N_("dropped"),
            ),
        )
    )
    reason: str = declare(Text(label=N_("What stands in the way"), long=True))

    def home(self) -> str:
        return in_mentorship(self.mentorship)
