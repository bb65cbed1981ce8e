"""What a mentee takes along after a session: what was promised, what she works towards, when one meets again. Reads only.

Promises that nothing is in it but what the mentee said, heard or agreed to: no notes, no judgement, nothing that only a mentor may read
(docs/decisions/0019).
"""

from dataclasses import dataclass
from datetime import date, datetime

from mentorapp.clock import day_of
from mentorapp.i18n import LANGUAGES
from mentorapp.records import ActionItem, Goal, Person, Session
from mentorapp.rules import OPEN_PROMISES
from mentorapp.services import recall
from mentorapp.services.calendar_file import one_event
from mentorapp.services.workspace import Workspace

_CALLED = {
    "en": ("english", "anglais", "inglês", "inglés", "kiingereza", "الإنجليزية", "الانجليزية"),
    "fr": ("french", "français", "francais", "francês", "francés", "kifaransa", "الفرنسية"),
    "pt": ("portuguese", "portugais", "português", "portugues", "portugués", "kireno", "البرتغالية"),
    "es": ("spanish", "espagnol", "espanhol", "español", "espanol", "kihispania", "الإسبانية", "الاسبانية"),
    "sw": ("swahili", "kiswahili", "suaíli", "suajili", "السواحلية"),
    "ar": ("arabic", "arabe", "árabe", "kiarabu", "العربية", "عربي"),
}
"""How people write the languages that we speak."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What is on it. `next` is the session that is planned, `next_day` the day agreed where none is."""

    person: Person
    mentor: str
    today: date
    met: datetime | None
    promises: tuple[ActionItem, ...]
    done: tuple[ActionItem, ...]
    goals: tuple[Goal, ...]
    useful: str
    next: Session | None
    next_day: date | None


def of(workspace: Workspace, *, person: str) -> Copy:
    """The copy for a mentee, as things stand now."""
    view = recall.mentee(workspace, person)
    me = workspace.store.seek(Person, workspace.me)
    last, today = view.last, day_of(workspace.clock.now())
    items = [row.item for row in view.promises]
    day = last.next_date if last else None
    return Copy(
        person=view.person,
        mentor=me.name if me else "",
        today=today,
        met=last.started if last else None,
        promises=tuple(item for item in items if item.status in OPEN_PROMISES),
        done=tuple(item for item in items if item.status == "done" and last and item.closing == last.id),
        goals=view.goals,
        # An older word was on an older copy.
        useful=last.useful if last else "",
        next=view.next,
        next_day=day if day and day >= today else None,
    )


def language_of(person: Person) -> str:
    """The first of the languages somebody speaks that we speak too, "" if there is none."""
    spoken = [word.strip(" .()").casefold() for word in person.language.replace(";", ",").replace("،", ",").split(",")]
    for words in spoken:
        for code, names in _CALLED.items():
            if words in (code, LANGUAGES[code].casefold()) or words in names:
                return code
    return ""


def for_calendar(copy: Copy, *, now: datetime) -> bytes | None:
    """The next session as a calendar file that says with whom; None if none is planned."""
    if copy.next is None or copy.next.planned_start is None:
        return None
    start, place = copy.next.planned_start, copy.next.place
    return one_event(start=start, now=now, name=copy.mentor, place=place, uid=copy.next.id)
