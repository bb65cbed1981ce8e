"""Sample people for whoever tries the program: the same few every time, with a year of sessions up to today.

They go into a store of their own that is never sent anywhere. `many` makes as many as a measurement asks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import cycle

from mentorapp.clock import Clock, day_of, local, new_id
from mentorapp.i18n import N_, tr
from mentorapp.records import ActionItem, Goal, Mentorship, Person, Record, Session, Site
from mentorapp.services import sample_agreed, sample_growth
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A session of the samples: how many days ago, how long, and what was written."""

    ago: int
    mode: str
    help: str
    minutes: int
    notes: str
    useful: str = ""
    strengths: str = ""
    commitment: int | None = None
    missed: str = ""


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """A sample mentee with what was agreed and told."""

    name: str
    role: str
    stage: str
    language: str
    site: str
    travel: int
    cadence: int
    told: tuple[_Told, ...]
    promises: tuple[tuple[str, str, int, str], ...] = ()
    goals: tuple[tuple[str, int, int, int], ...] = ()
    next_in: tuple[int, int, int, str, str] | None = None


_GRACE = _Sample(
    name="Grace A.",
    role=N_("Knowledge officer"),
    stage="second_year",
    language="English, Acholi",
    site="Gulu district library",
    travel=50,
    cadence=30,
    told=(
        _Told(
            ago=34,
            mode="site_visit",
            help="mentoring",
            minutes=90,
            commitment=9,
            notes=N_("Facilitating without taking over; she led the whole second half."),
            useful=N_("That I may ask before I answer."),
            strengths=N_("Waits for the quietest person. Writes down exactly what was said."),
        ),
        _Told(
            ago=55,
            mode="phone",
            help="coaching",
            minutes=35,
            notes=N_("Preparing the council meeting; nervous about the chair."),
        ),
        _Told(
            ago=73,
            mode="site_visit",
            help="mentoring",
            minutes=0,
            missed="mentee",
            notes=N_("Road closed after rain; moved to the end of the month."),
        ),
        _Told(
            ago=104,
            mode="site_visit",
            help="mentoring",
            minutes=80,
            notes=N_("First after-action review with the outreach team. Short, honest, a little stiff."),
        ),
        _Told(
            ago=139,
            mode="face_to_face",
            help="mentoring",
            minutes=75,
            notes=N_("What makes a story worth telling, and who owns it."),
        ),
        _Told(
            ago=171,
            mode="phone",
            help="training",
            minutes=40,
            notes=N_("How to keep a simple register of what the library learns."),
        ),
        _Told(
            ago=203,
            mode="site_visit",
            help="mentoring",
            minutes=95,
            notes=N_("Got to know each other; walked through the reading room."),
        ),
    ),
    promises=(
        (N_("Send the after-action review template"), "mentor", -3, "open"),
        (N_("Try the story circle with two villages"), "mentee", 0, "open"),
        (N_("Share the minutes with the council"), "mentee", -20, "done"),
    ),
    goals=((N_("Run a review after every outreach"), 3, 5, 38), (N_("Write up two stories others can use"), 1, 2, 69)),
    next_in=(0, 9, 30, "site_visit", N_("How the story circle went")),
)
_TESFAYE = _Sample(
    name="Tesfaye M.",
    role=N_("Health information officer"),
    stage="first_year",
    language="Amharic, English",
    site="Regional health bureau",
    travel=95,
    cadence=30,
    told=(
        _Told(
            ago=7,
            mode="site_visit",
            help="mentoring",
            minutes=70,
            commitment=8,
            notes=N_("He presented the monthly figures without being asked. Next: a one-page summary."),
            useful=N_("A figure is a question, not an answer."),
        ),
        _Told(
            ago=41,
            mode="video",
            help="systems_support",
            minutes=45,
            notes=N_("The reporting tool lost a week of entries; we rebuilt it from the paper forms."),
        ),
    ),
    promises=((N_("Ask the bureau for a place on the data course"), "mentor", 1, "open"),),
    goals=((N_("Explain the monthly figures to the kebeles in their own words"), 1, 4, 60),),
    next_in=(1, 10, 0, "site_visit", N_("First session since the hand-over")),
)
_JOSEPH = _Sample(
    name="Joseph K.",
    role=N_("Community facilitator"),
    stage="early",
    language="Swahili, English",
    site="Kisumu resource centre",
    travel=30,
    cadence=30,
    told=(
        _Told(
            ago=18,
            mode="face_to_face",
            help="coaching",
            minutes=60,
            commitment=7,
            notes=N_(
                "Two groups that do not talk to each other. He will invite both for tea first, and for a meeting later."
            ),
            useful=N_("Begin with what they share."),
        ),
        _Told(
            ago=49,
            mode="phone",
            help="mentoring",
            minutes=30,
            notes=N_("Tired after the floods. We talked about rest, and who can share the load."),
        ),
    ),
    promises=((N_("Write down what was agreed over tea"), "mentee", 5, "open"),),
)
_RUTH = _Sample(
    name="Ruth N.",
    role=N_("Librarian"),
    stage="first_year",
    language="English",
    site="Lira town library",
    travel=120,
    cadence=30,
    told=(
        _Told(
            ago=47,
            mode="site_visit",
            help="mentoring",
            minutes=85,
            commitment=8,
            notes=N_("Children’s hour is full. She wants to train two volunteers."),
            useful=N_("I can ask for help before it is too late."),
        ),
    ),
    promises=((N_("Find the volunteers’ handbook"), "mentor", -12, "open"),),
    goals=((N_("Two volunteers who can lead children’s hour"), 0, 2, 45),),
)
_SAMUEL = _Sample(
    name="Samuel O.",
    role=N_("Field officer"),
    stage="second_year",
    language="English, Luo",
    site="Kitgum field office",
    travel=180,
    cadence=30,
    told=(
        _Told(
            ago=41,
            mode="site_visit",
            help="mentoring",
            minutes=100,
            notes=N_("A far road, and worth it. He showed the maps that the villages drew themselves."),
        ),
    ),
)
_SAMPLES = (_GRACE, _TESFAYE, _JOSEPH, _RUTH, _SAMUEL)
_CIRCLE = ("Amina T.", "Daniel W.", "Esther L.", "Moses B.", "Sara G.")


MENTOR = "Awa D."
"""Who a person is among the sample people."""


def enter(*, clock: Clock | None = None) -> Workspace:
    """Open the store with sample people, made and filled first if it is not there. Raises UserError if it cannot be."""
    if workspaces.exists(practice=True):
        workspace = workspaces.open_practice(clock=clock)
    else:
        workspace = workspaces.start(practice=True, name=MENTOR, clock=clock)
    try:
        if not workspace.store.find(Mentorship, limit=1):
            add_people(workspace)
    except BaseException:
        workspace.close()
        raise
    return workspace


def add_people(workspace: Workspace) -> Changed:
    """Put the sample people into an empty store, their sessions counted back from today."""
    now = workspace.clock.now()
    mentor = workspace.store.seek(Person, workspace.me)
    records: list[Record] = []
    for sample in _SAMPLES:
        records += _records_of(sample, workspace.me, now)
    records += _circle(workspace.me, now)
    records += sample_growth.of(records, workspace.me, now)
    records += sample_agreed.of(records, now)
    writes: list[tuple[Record | None, Record]] = [(None, record) for record in records]
    if mentor:
        writes.append((mentor, replace(mentor, role=tr("Mentor"))))
    return workspace.store.save_all(writes, by=workspace.me, at=now)


def _at(now: datetime, days: int, hour: int = 10, minute: int = 0) -> datetime:
    day = local(now).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute)).astimezone(UTC)


def _records_of(sample: _Sample, me: str, now: datetime) -> Iterator[Record]:
    site = Site(id=new_id(), name=sample.site, travel_minutes=sample.travel, status="active")
    person = Person(
        id=new_id(),
        name=sample.name,
        role=tr(sample.role),
        career_stage=sample.stage,
        language=sample.language,
        status="active",
    )
    pair = Mentorship(
        id=new_id(),
        type="one_to_one",
        mentors=(me,),
        mentees=(person.id,),
        site=site.id,
        cadence=sample.cadence,
        status="active",
        starts=day_of(now) - timedelta(days=sample.told[-1].ago),
    )
    yield from (site, person, pair)
    sessions = [_session(told, pair, sample, now) for told in sample.told]
    yield from sessions
    for text, owner, due, status in sample.promises:
        day = day_of(now) + timedelta(days=due)
        settled = day if status == "done" else None
        yield ActionItem(
            id=new_id(),
            mentorship=pair.id,
            text=tr(text),
            owner=owner,
            due=day,
            status=status,
            settled_on=settled,
            origin=sessions[0].id,
            carried_over=1 if status == "open" and due < 0 else None,
        )
    for statement, progress, target, due in sample.goals:
        yield Goal(
            id=new_id(),
            mentorship=pair.id,
            owner=person.id,
            statement=tr(statement),
            progress=progress,
            target=target,
            due=day_of(now) + timedelta(days=due),
            status="active",
        )
    if sample.next_in:
        days, hour, minute, mode, agenda = sample.next_in
        yield Session(
            id=new_id(),
            mentorship=pair.id,
            status="planned",
            planned_start=_at(now, days, hour, minute),
            mode=mode,
            agenda=tr(agenda),
            place=sample.site,
        )


def _session(told: _Told, pair: Mentorship, sample: _Sample, now: datetime) -> Session:
    start = _at(now, -told.ago)
    base = Session(
        id=new_id(), mentorship=pair.id, planned_start=start, mode=told.mode, help_type=told.help, place=sample.site
    )
    if told.missed:
        return replace(base, status="missed", missed_by=told.missed, reason=tr(told.notes), help_type=None)
    return replace(
        base,
        status="held",
        started=start,
        contact_minutes=told.minutes,
        notes=tr(told.notes),
        useful=tr(told.useful),
        travel_minutes=sample.travel if told.mode == "site_visit" else None,
        attendees=pair.mentees,
        entry="live",
        strengths=tr(told.strengths),
        commitment=told.commitment,
    )


def _circle(me: str, now: datetime) -> Iterator[Record]:
    people = [Person(id=new_id(), name=name, status="active") for name in _CIRCLE]
    yield from people
    group = Mentorship(
        id=new_id(),
        name=tr("Facilitators’ circle"),
        type="group",
        mentors=(me,),
        mentees=tuple(sorted(p.id for p in people)),
        status="active",
        cadence=30,
        starts=day_of(now) - timedelta(days=90),
    )
    yield group
    yield Session(
        id=new_id(),
        mentorship=group.id,
        status="planned",
        planned_start=_at(now, 0, 14),
        mode="phone",
        agenda=tr("Follow-up on the peer assist"),
    )


def many(workspace: Workspace, *, mentees: int, sessions: int) -> Changed:
    """As many mentees and sessions as a measurement asks for, with real prose in several languages, in one intention."""
    now = workspace.clock.now()
    prose = cycle(PROSE)
    pairs: list[Mentorship] = []
    writes: list[tuple[Record | None, Record]] = []
    for number in range(mentees):
        person = Person(id=new_id(), name=f"{cycle_name(number)} {number + 1}", status="active")
        pair = Mentorship(
            id=new_id(), type="one_to_one", mentors=(workspace.me,), mentees=(person.id,), status="active", cadence=30
        )
        pairs.append(pair)
        writes += [(None, person), (None, pair)]
    for number in range(sessions):
        pair = pairs[number % len(pairs)]
        start = _at(now, -1 - number * 3 // max(1, len(pairs)) % 1000, 8 + number % 9)
        writes.append(
            (
                None,
                Session(
                    id=new_id(),
                    mentorship=pair.id,
                    status="held",
                    started=start,
                    contact_minutes=30 + number % 70,
                    mode=("site_visit", "phone", "video")[number % 3],
                    help_type="mentoring",
                    entry="live",
                    notes=f"{next(prose)} {next(prose)} {number}",
                    useful=next(prose),
                    attendees=pair.mentees,
                ),
            )
        )
        if number % 4 == 0:
            promise = ActionItem(
                id=new_id(),
                mentorship=pair.id,
                text=next(prose)[:120],
                owner=("mentee", "mentor")[number % 2],
                due=day_of(start) + timedelta(days=30),
                status=("done", "open")[number % 8 == 0],
            )
            writes.append((None, promise))
    return workspace.store.save_all(writes, by=workspace.me, at=now)


def cycle_name(number: int) -> str:
    """A first name for the nth of many sample mentees."""
    return _FIRST[number % len(_FIRST)]


_FIRST = (
    "Grace",
    "Tesfaye",
    "Joseph",
    "Ruth",
    "Samuel",
    "Amina",
    "Daniel",
    "Esther",
    "Moses",
    "Sara",
    "Abebe",
    "Fatou",
    "João",
)

PROSE = (
    "She opened the circle with a question from the oldest woman present and then kept quiet for almost ten minutes.",
    "Two men wanted to speak for everybody; she thanked them and turned to the others.",
    "Nous avons relu ensemble le compte rendu de la dernière visite, puis choisi une seule chose à essayer.",
    "Il hésite encore à demander de l’aide à la direction; nous avons répété la conversation deux fois.",
    "Ela mostrou o registo de empréstimos e explicou, sem pressa, porque três livros nunca voltam.",
    "Combinámos que a próxima visita começa pela história que ela quiser contar.",
    "Revisamos el plan de la reunión y dejó espacio para que los más jóvenes hablaran primero.",
    "Tulizungumza kuhusu kusikiliza kabla ya kujibu, na jinsi ya kuandika kile watu walichosema.",
    "The road was closed for two days, so we met under the tree at the junction and talked for an hour.",
    "راجعنا معا ما اتفقنا عليه في الزيارة الماضية، وسألت عن الخطوة التالية قبل أن أجيب.",
    "የወሩን ቁጥሮች ለቀበሌው በራሱ ቃላት አብራራ፤ ጥያቄዎችን በትዕግስት መለሰ።",
    "He counted the missing forms himself and proposed to collect them on the way to the market.",
)
"""Sentences such as mentors write, in the languages they write in, written for this program."""
