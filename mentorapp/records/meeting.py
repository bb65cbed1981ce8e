"""What is kept of a meeting: the session, what its author thought of it, and files that belong to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from mentorapp.fields import Choice, Count, Day, Many, Merge, Moment, Ref, Text, Visibility, declare, options
from mentorapp.i18n import N_
from mentorapp.records.base import Record, in_mentorship

_PROGRAMME = Visibility.programme
_MENTORSHIP = Ref(label=N_("Mentorship"), to="mentorship", visibility=_PROGRAMME)
_BY = options(mentor=N_("the mentor"), mentee=N_("the mentee"), both=N_("both"))


@dataclass(frozen=True, kw_only=True)
class Session(Record):
    """One meeting of a mentorship: planned, held, missed, cancelled or rescheduled."""

    kind: ClassVar[str] = "session"
    title: ClassVar[str] = N_("Session")
    plural: ClassVar[str] = N_("Sessions")

    mentorship: str | None = declare(_MENTORSHIP)
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(
                planned=N_("planned"),
                held=N_("held"),
                missed=N_("missed"),
                cancelled=N_("cancelled"),
                rescheduled=N_("rescheduled"),
            ),
        )
    )
    planned_start: datetime | None = declare(Moment(label=N_("Planned for"), visibility=_PROGRAMME))
    started: datetime | None = declare(Moment(label=N_("Started"), visibility=_PROGRAMME))
    contact_minutes: int | None = declare(
        Count(label=N_("Minutes together"), most=1440, unit=N_("minutes"), visibility=_PROGRAMME)
    )
    travel_minutes: int | None = declare(
        Count(label=N_("Minutes on the road"), most=10_000, unit=N_("minutes"), visibility=_PROGRAMME)
    )
    mode: str | None = declare(
        Choice(
            label=N_("How you met"),
            visibility=_PROGRAMME,
            options=options(
                site_visit=N_("Site visit"),
                face_to_face=N_("Face to face"),
                phone=N_("Phone"),
                video=N_("Video"),
                message=N_("Messages"),
                group=N_("Group"),
            ),
        )
    )
    help_type: str | None = declare(
        Choice(
            label=N_("Which help it was"),
            visibility=_PROGRAMME,
            options=options(
                mentoring=N_("Mentoring"),
                coaching=N_("Coaching"),
                training=N_("Training"),
                supervision=N_("Supervision"),
                systems_support=N_("Systems support"),
            ),
        )
    )
    place: str = declare(Text(label=N_("Place")))
    attendees: tuple[str, ...] = declare(Many(label=N_("Who was there"), of=Ref(label=N_("Person"), to="person")))
    agenda: str = declare(Text(label=N_("What you want to talk about"), long=True))
    topics: tuple[str, ...] = declare(Many(label=N_("Topics"), of=Text(label=N_("Topic"))))
    check_in: tuple[str, ...] = declare(
        Many(label=N_("Promises gone through"), of=Ref(label=N_("Promise"), to="action_item"))
    )
    notes: str = declare(Text(label=N_("Notes"), long=True))
    strengths: str = declare(Text(label=N_("Strengths you saw"), long=True))
    improve: str = declare(Text(label=N_("What to work on"), long=True))
    gaps: str = declare(
        Text(
            label=N_("What was missing"),
            helper=N_("Knowledge, tools, time, support: whatever held the work back."),
            long=True,
        )
    )
    useful: str = declare(Text(label=N_("The most useful thing, in the mentee’s words"), long=True))
    commitment: int | None = declare(Count(label=N_("How committed the mentee feels, from 1 to 10"), least=1, most=10))
    next_date: date | None = declare(Day(label=N_("Next time"), visibility=_PROGRAMME))
    entry: str | None = declare(
        Choice(
            label=N_("How it was entered"),
            visibility=_PROGRAMME,
            merge=Merge.latest,
            options=options(live=N_("written here"), paper=N_("copied from paper")),
        )
    )
    missed_by: str | None = declare(Choice(label=N_("Who could not come"), visibility=_PROGRAMME, options=_BY))
    cancelled_by: str | None = declare(
        Choice(
            label=N_("Who cancelled"),
            visibility=_PROGRAMME,
            options=options(
                mentor=N_("the mentor"), mentee=N_("the mentee"), both=N_("both"), organisation=N_("the organisation")
            ),
        )
    )
    notice_hours: int | None = declare(
        Count(label=N_("Notice given"), most=10_000, unit=N_("hours"), visibility=_PROGRAMME)
    )
    reason: str = declare(Text(label=N_("Reason"), long=True))
    moved_to: str | None = declare(Ref(label=N_("Moved to"), to="session", visibility=_PROGRAMME))

    def home(self) -> str:
        return in_mentorship(self.mentorship)


@dataclass(frozen=True, kw_only=True)
class Reflection(Record):
    """What its author thinks afterwards, for the author alone. What others may read is written apart, in words of its own."""

    kind: ClassVar[str] = "reflection"
    title: ClassVar[str] = N_("Reflection")
    plural: ClassVar[str] = N_("Reflections")

    author: str | None = declare(Ref(label=N_("Author"), to="person"))
    mentorship: str | None = declare(_MENTORSHIP)
    session: str | None = declare(Ref(label=N_("About the session"), to="session"))
    prompt: str = declare(Text(label=N_("Question"), visibility=Visibility.only_me))
    text: str = declare(Text(label=N_("Reflection"), long=True, visibility=Visibility.only_me))
    voice: str | None = declare(Ref(label=N_("Voice note"), to="attachment", visibility=Visibility.only_me))
    mood: str = declare(Text(label=N_("One word for how it felt"), limit=60, visibility=Visibility.only_me))
    sharing: str | None = declare(
        Choice(
            label=N_("Who may read it"),
            options=options(
                private=N_("only me"), shared=N_("shared with the pair"), offered=N_("offered as a lesson")
            ),
        )
    )

    shared: str = declare(Text(label=N_("What the pair’s mentors may read"), long=True))
    offered: str = declare(Text(label=N_("What is offered as a lesson"), long=True, visibility=Visibility.office))

    def home(self) -> str:
        return f"private/{self.author}"


@dataclass(frozen=True, kw_only=True)
class Attachment(Record):
    """A photograph, recording or document that belongs to another record; its content travels by its hash."""

    kind: ClassVar[str] = "attachment"
    title: ClassVar[str] = N_("File")
    plural: ClassVar[str] = N_("Files")

    mentorship: str | None = declare(_MENTORSHIP)
    owner: str | None = declare(Ref(label=N_("Belongs to"), to=""))
    name: str = declare(Text(label=N_("File name"), required=True))
    media_type: str = declare(Text(label=N_("Type of file"), merge=Merge.latest, searched=False))
    size: int | None = declare(Count(label=N_("Size"), most=2**40, unit=N_("bytes")))
    content_hash: str = declare(Text(label=N_("Content hash (BLAKE2b)"), limit=128, searched=False))
    caption: str = declare(Text(label=N_("Caption"), limit=1000))
    taken_on: date | None = declare(Day(label=N_("Taken on")))

    def home(self) -> str:
        return in_mentorship(self.mentorship)
