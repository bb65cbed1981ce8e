"""A store as ten years leave it: 10,000 sessions, 2,000 people, and with them goals, promises, progress, ratings, consents, files.

Made from a seed, so that every run measures the same. One mentee has four hundred sessions: whoever is met every week for years.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from mentorapp.clock import SystemClock
from mentorapp.records import (
    ActionItem,
    Agreement,
    Attachment,
    CompetencyRating,
    Consent,
    Goal,
    Measurement,
    Mentorship,
    Person,
    Pulse,
    Record,
    Reflection,
    Session,
    Site,
)
from mentorapp.services.sample import PROSE
from mentorapp.services.workspace import Workspace

SESSIONS = 10_000
PEOPLE = 2_000
SITES = 120
HEAVY = 400
"""How many of the sessions are of one mentee."""

_FIRST = ("Grace", "Tesfaye", "Joseph", "Ruth", "Samuel", "Amina", "Élodie", "José", "أمل", "Baraka", "Fatou", "Ngozi")
_HOLDS = ("a", "b", "d", "g", "k", "l", "m", "n", "o", "r", "s", "t", "w")


@dataclass(frozen=True)
class Filled:
    """What a journey opens in a full store."""

    person: str
    mentorship: str
    goal: str
    file: str
    session: str


def fill(workspace: Workspace, *, sessions: int = SESSIONS, people: int = PEOPLE, seed: int = 4) -> Filled:
    """Put everything into an empty store, as one intention."""
    making = _Making(random.Random(seed), workspace.me, SystemClock().now(), sessions, people)
    records = list(making.everything())
    workspace.store.save_all(((None, one) for one in records), by=workspace.me, at=workspace.clock.now())
    return making.filled


class _Making:
    """One making of everything: the chance it is made by, and the ids that go on counting."""

    def __init__(self, chance: random.Random, me: str, now: datetime, sessions: int, people: int) -> None:
        self.chance, self.me, self.now = chance, me, now
        self.sessions, self.people = sessions, people
        self.n = 0
        self.filled: Filled

    def id(self) -> str:
        """The next id, ordered as they are made."""
        self.n += 1
        return f"{0x0190_0000_0000 + self.n:012x}" + blake2b(str(self.n).encode(), digest_size=10).hexdigest()

    def words(self, sentences: int) -> str:
        """Prose in several languages."""
        return " ".join(self.chance.choice(PROSE) for _ in range(sentences))

    def day(self, most: int = 1000) -> date:
        """A day of the last years."""
        return (self.now - timedelta(days=self.chance.randrange(most))).date()

    def everything(self) -> Iterator[Record]:
        sites = [Site(id=self.id(), name=f"Library {n}", code=f"L-{n:03}", status="active") for n in range(SITES)]
        yield from sites
        persons = [self._person(n) for n in range(self.people)]
        yield from persons
        pairs = [self._pair(person, self.chance.choice(sites)) for person in persons[: self.people * 9 // 10]]
        yield from pairs
        yield from self._groups(persons)
        each = [pairs[0]] * min(HEAVY, self.sessions) + [
            pairs[1 + n % (len(pairs) - 1)] for n in range(self.sessions - min(HEAVY, self.sessions))
        ]
        met = [self._session(pair, n) for n, pair in enumerate(each)]
        yield from met
        yield from self._around(pairs, persons, met)

    def _person(self, n: int) -> Person:
        name = f"{_FIRST[n % len(_FIRST)]} {self.chance.choice(_HOLDS).upper()}. {n}"
        role = self.chance.choice(("librarian", "nurse", "teacher", "facilitator"))
        return Person(id=self.id(), name=name, phone=f"07{n:08}", role=role, status="active", language="English")

    def _pair(self, person: Person, site: Site) -> Mentorship:
        return Mentorship(
            id=self.id(),
            type="one_to_one",
            mentors=(self.me,),
            mentees=(person.id,),
            status="active",
            starts=self.day(1500),
            cadence=30,
            site=site.id,
        )

    def _groups(self, persons: list[Person]) -> Iterator[Mentorship]:
        for n in range(20):
            some = tuple(sorted(one.id for one in self.chance.sample(persons, 8)))
            yield Mentorship(
                id=self.id(),
                type="group",
                name=f"Circle {n}",
                mentors=(self.me,),
                mentees=some,
                status="active",
                cadence=30,
            )

    def _session(self, pair: Mentorship, n: int) -> Session:
        started = self.now - timedelta(days=n * 7 % 1500 + 1, hours=n % 9)
        planned = n % 50 == 49
        return Session(
            id=self.id(),
            mentorship=pair.id,
            status="planned" if planned else ("held", "held", "held", "missed")[n % 4] if n % 3 == 0 else "held",
            planned_start=(self.now + timedelta(days=n % 40, hours=n % 7)) if planned else None,
            started=None if planned else started.replace(microsecond=0).astimezone(UTC),
            contact_minutes=30 + n % 70,
            mode=("site_visit", "phone", "video")[n % 3],
            help_type="mentoring",
            entry="live",
            notes=f"{self.words(3)} {n}",
            useful=self.words(1),
            strengths=self.words(1),
            topics=("reading", "records"),
            attendees=pair.mentees,
        )

    def _around(self, pairs: list[Mentorship], persons: list[Person], met: list[Session]) -> Iterator[Record]:
        goals = [self._goal(pairs[0 if n < 60 else n % len(pairs)]) for n in range(2500)]
        yield from goals
        for n in range(5000):
            pair = pairs[0 if n < 150 else n % len(pairs)]
            yield self._promise(pair, n)
        for n in range(3000):
            goal = goals[n % 60 if n < 600 else n % len(goals)]
            yield Measurement(id=self.id(), mentorship=goal.mentorship, goal=goal.id, day=self.day(), reached=n % 10)
        for n in range(2000):
            pair = pairs[0 if n < 200 else n % len(pairs)]
            yield self._rating(pair, n)
        for n in range(1000):
            yield Reflection(
                id=self.id(),
                author=self.me,
                mentorship=met[n].mentorship,
                session=met[n].id,
                text=self.words(2),
                sharing="private",
            )
            yield Consent(
                id=self.id(), person=persons[n].id, purpose="record_keeping", status="given", given_on=self.day()
            )
            yield Agreement(
                id=self.id(), mentorship=pairs[n].id, purpose=self.words(1), status="agreed", review_on=self.day()
            )
            yield Pulse(
                id=self.id(),
                author=self.me,
                mentorship=pairs[n].id,
                rater=self.me,
                period="2026-2",
                belonging=4,
                trust=5,
            )
        files = [self._file(pairs[0 if n < 80 else n % len(pairs)], met[n], n) for n in range(800)]
        yield from files
        self.filled = Filled(persons[0].id, pairs[0].id, goals[0].id, files[0].id, met[0].id)

    def _goal(self, pair: Mentorship) -> Goal:
        status = self.chance.choice(("active", "active", "achieved", "dropped"))
        return Goal(
            id=self.id(),
            mentorship=pair.id,
            owner=pair.mentees[0],
            statement=self.words(1)[:120],
            target=10,
            progress=3,
            due=self.day(300) + timedelta(days=200),
            status=status,
        )

    def _promise(self, pair: Mentorship, n: int) -> ActionItem:
        return ActionItem(
            id=self.id(),
            mentorship=pair.id,
            text=f"{self.words(1)[:110]} {n}",
            owner=("mentee", "mentor")[n % 2],
            due=self.day(400) + timedelta(days=60),
            status=("done", "open", "done", "done")[n % 4],
            carried_over=n % 3,
        )

    def _rating(self, pair: Mentorship, n: int) -> CompetencyRating:
        return CompetencyRating(
            id=self.id(),
            mentorship=pair.id,
            person=pair.mentees[0],
            framework="Reading",
            version="1",
            competency=f"Competency {n % 12}",
            level=("none", "limited", "some", "strong")[n % 4] if n % 9 else "x",
            completeness="full",
            rater=("self", "mentor")[n % 2],
            day=self.day(),
        )

    def _file(self, pair: Mentorship, session: Session, n: int) -> Attachment:
        return Attachment(
            id=self.id(),
            mentorship=pair.id,
            owner=session.id,
            name=f"photo-{n}.jpg",
            media_type="image/jpeg",
            size=120_000,
            content_hash=blake2b(str(n).encode()).hexdigest(),
            caption=self.words(1)[:80],
            taken_on=self.day(),
        )


def places(filled: Filled) -> dict[str, dict[str, Any]]:
    """Where each screen is opened that needs to be told; the others are opened as they are."""
    return {
        "mentee": {"person": filled.person},
        "record": {"mentorship": filled.mentorship, "person": filled.person},
        "goal": {"goal": filled.goal},
        "promises": {"person": filled.person},
        "ratings": {"person": filled.person},
        "pulse": {"person": filled.person},
        "file": {"file": filled.file},
        "mentorship": {"new": True},
        "agreement": {"mentorship": filled.mentorship},
    }
