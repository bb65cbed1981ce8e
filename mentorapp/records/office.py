"""What an office keeps: the programmes it runs, the places it works in, the people in its care."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from mentorapp.fields import Choice, Count, Day, Many, Merge, Ref, Text, Visibility, declare, options
from mentorapp.i18n import N_
from mentorapp.records.base import Record

_OFFICE = Visibility.office
_PROGRAMME = Visibility.programme


@dataclass(frozen=True, kw_only=True)
class Programme(Record):
    """A mentoring programme in a country, for a period, with its norms."""

    kind: ClassVar[str] = "programme"
    title: ClassVar[str] = N_("Programme")
    plural: ClassVar[str] = N_("Programmes")

    name: str = declare(Text(label=N_("Name"), visibility=_PROGRAMME, required=True))
    country: str = declare(Text(label=N_("Country"), visibility=_PROGRAMME))
    starts: date | None = declare(Day(label=N_("From"), visibility=_PROGRAMME))
    ends: date | None = declare(Day(label=N_("Until"), visibility=_PROGRAMME))
    languages: tuple[str, ...] = declare(
        Many(label=N_("Languages"), of=Text(label=N_("Language")), visibility=_PROGRAMME)
    )
    cadence: int | None = declare(
        Count(label=N_("Usual days between sessions"), least=1, most=366, unit=N_("days"), visibility=_PROGRAMME)
    )
    retention: int | None = declare(
        Count(label=N_("Years that records are kept"), least=1, most=100, unit=N_("years"), visibility=_PROGRAMME)
    )
    status: str | None = declare(
        Choice(
            label=N_("Status"),
            visibility=_PROGRAMME,
            options=options(planned=N_("not begun yet"), active=N_("under way"), closed=N_("ended")),
        )
    )

    def home(self) -> str:
        return f"programme/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Site(Record):
    """A place where mentors and mentees meet or work: a library, a health post, a school."""

    kind: ClassVar[str] = "site"
    title: ClassVar[str] = N_("Site")
    plural: ClassVar[str] = N_("Sites")

    name: str = declare(Text(label=N_("Name"), visibility=_PROGRAMME, required=True))
    code: str = declare(Text(label=N_("Code"), visibility=_PROGRAMME))
    dhis2_uid: str = declare(Text(label=N_("DHIS2 identifier"), visibility=_PROGRAMME, limit=11))
    facility_code: str = declare(Text(label=N_("Facility code"), visibility=_PROGRAMME))
    parent: str | None = declare(Ref(label=N_("Part of"), to="site", visibility=_PROGRAMME))
    distance_km: int | None = declare(
        Count(label=N_("Distance"), most=20_000, unit=N_("km"), visibility=_PROGRAMME, merge=Merge.latest)
    )
    travel_minutes: int | None = declare(
        Count(label=N_("Travel time"), most=10_000, unit=N_("minutes"), visibility=_PROGRAMME, merge=Merge.latest)
    )
    status: str | None = declare(
        Choice(label=N_("Status"), visibility=_PROGRAMME, options=options(active=N_("in use"), closed=N_("closed")))
    )

    def home(self) -> str:
        return "office/"


@dataclass(frozen=True, kw_only=True)
class Person(Record):
    """Somebody who mentors or is mentored. No national identity number is ever asked for."""

    kind: ClassVar[str] = "person"
    title: ClassVar[str] = N_("Person")
    plural: ClassVar[str] = N_("People")

    name: str = declare(
        Text(
            label=N_("Preferred name"),
            helper=N_("As this person likes to be called."),
            visibility=_OFFICE,
            required=True,
        )
    )
    phone: str = declare(Text(label=N_("Phone"), visibility=_OFFICE))
    email: str = declare(Text(label=N_("E-mail"), visibility=_OFFICE))
    language: str = declare(Text(label=N_("Languages spoken"), visibility=_OFFICE))
    role: str = declare(Text(label=N_("Role"), visibility=_PROGRAMME))
    employer: str = declare(Text(label=N_("Employer"), visibility=_OFFICE))
    career_stage: str | None = declare(
        Choice(
            label=N_("Career stage"),
            visibility=_PROGRAMME,
            options=options(
                student=N_("still studying"),
                first_year=N_("first year"),
                second_year=N_("second year"),
                early=N_("three to five years"),
                established=N_("more than five years"),
            ),
        )
    )
    access_needs: str = declare(
        Text(
            label=N_("What makes meeting easier"),
            helper=N_("Hearing, sight, stairs, hours that suit: only if the person wants it written down."),
            long=True,
        )
    )
    status: str | None = declare(
        Choice(
            label=N_("Status"), visibility=_PROGRAMME, options=options(active=N_("taking part"), left=N_("has left"))
        )
    )

    same_as: str | None = declare(Ref(label=N_("The same person as"), to="person", visibility=_OFFICE))

    def home(self) -> str:
        return f"person/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Consent(Record):
    """What somebody allowed, or did not, after it was read to them in a language they understand; withdrawn on a day, never erased."""

    kind: ClassVar[str] = "consent"
    title: ClassVar[str] = N_("Consent")
    plural: ClassVar[str] = N_("Consents")

    person: str | None = declare(Ref(label=N_("Whose consent"), to="person", visibility=_OFFICE))
    purpose: str | None = declare(
        Choice(
            label=N_("What for"),
            visibility=_OFFICE,
            options=options(
                record_keeping=N_("keeping records"),
                photo=N_("photographs"),
                audio=N_("sound recordings"),
                story=N_("telling the story to others"),
                data_sharing=N_("sharing figures with partners"),
            ),
        )
    )
    status: str | None = declare(
        Choice(
            label=N_("Answer"),
            visibility=_OFFICE,
            options=options(given=N_("given"), refused=N_("refused"), withdrawn=N_("withdrawn")),
        )
    )
    covers: str = declare(
        Text(label=N_("What it covers"), helper=N_("Which pictures, which story, shown to whom."), visibility=_OFFICE)
    )
    language: str = declare(Text(label=N_("Read out in"), visibility=_OFFICE, limit=60))
    method: str | None = declare(
        Choice(
            label=N_("How it was given"),
            visibility=_OFFICE,
            options=options(
                spoken=N_("spoken"),
                spoken_witnessed=N_("spoken, with a witness"),
                signed=N_("signed"),
                fingerprint=N_("fingerprint"),
            ),
        )
    )
    given_on: date | None = declare(Day(label=N_("Asked on"), visibility=_OFFICE))
    withdrawn_on: date | None = declare(Day(label=N_("Withdrawn on"), visibility=_OFFICE))
    note: str = declare(Text(label=N_("In the person’s own words"), long=True, visibility=_OFFICE))

    def home(self) -> str:
        return f"person/{self.person}"
