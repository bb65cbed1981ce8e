"""Mentees, the relationships with them, and the places where they are met."""

from dataclasses import replace
from typing import Any

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.fields import cleaned
from mentorapp.i18n import N_
from mentorapp.records import Mentorship, Person, Site
from mentorapp.rules import may_become
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

USUAL_CADENCE = 30
"""Days between sessions where neither the pair nor the programme said otherwise."""


def named(name: str) -> str:
    """A name as it is kept: trimmed, never empty. Raises UserError if there is none."""
    name = " ".join(cleaned(name).split())
    if not name:
        raise UserError(N_("Give the name by which this person likes to be called."))
    return name


def add_mentee(
    workspace: Workspace,
    *,
    name: str,
    role: str = "",
    site: str = "",
    phone: str = "",
    language: str = "",
    cadence: int = USUAL_CADENCE,
    id: str = "",
) -> tuple[Changed, Person, Mentorship]:
    """Begin mentoring somebody: a person, an active one-to-one mentorship with me, and the site if it is new. Asks only a name."""
    now = workspace.clock.now()
    person = Person(
        id=id or new_id(),
        name=named(name),
        role=role.strip(),
        phone=phone.strip(),
        language=language.strip(),
        status="active",
    )
    place = site_named(workspace, site)
    mentorship = Mentorship(
        id=new_id(),
        type="one_to_one",
        mentors=(workspace.me,),
        mentees=(person.id,),
        status="active",
        starts=day_of(now),
        cadence=cadence,
        site=place.id if place else None,
    )
    new = [(None, person), (None, mentorship)]
    if place and workspace.store.seek(Site, place.id) is None:
        new.insert(0, (None, place))
    return workspace.store.save_all(new, by=workspace.me, at=now), person, mentorship


def add_group(
    workspace: Workspace, *, name: str, mentees: tuple[str, ...], site: str = ""
) -> tuple[Changed, Mentorship]:
    """Begin a mentorship of several people who meet together."""
    place = site_named(workspace, site)
    now = workspace.clock.now()
    group = Mentorship(
        id=new_id(),
        name=named(name),
        type="group",
        mentors=(workspace.me,),
        mentees=tuple(sorted(mentees)),
        status="active",
        starts=day_of(now),
        cadence=USUAL_CADENCE,
        site=place.id if place else None,
    )
    new = [(None, place)] if place and workspace.store.seek(Site, place.id) is None else []
    return workspace.store.save_all([*new, (None, group)], by=workspace.me, at=now), group


def site_named(workspace: Workspace, name: str) -> Site | None:
    """The site of that name, a new one if nobody named it before, None without a name."""
    name = " ".join(name.split())
    if not name:
        return None
    known = workspace.store.find(Site, "name = ? COLLATE NOCASE", (name,), limit=1)
    return known[0] if known else Site(id=new_id(), name=name, status="active")


def edit(workspace: Workspace, before: Any, after: Any) -> Changed:
    """Keep what changed between a record as its editor saw it and as it is now, if its new state may follow the old one."""
    status = getattr(after, "status", None)
    if not may_become(after.kind, getattr(before, "status", None), status):
        raise UserError(N_("This step does not follow from where it stands now. Open it again to see what changed."))
    return workspace.store.save(after, before=before, by=workspace.me, at=workspace.clock.now())


def share_with(workspace: Workspace, mentorship: Mentorship, colleague: str) -> Changed:
    """Let a colleague mentor this mentee too: from the next exchange on, the pair's records are on both laptops."""
    mentors = tuple(sorted({*mentorship.mentors, colleague}))
    kind = "co_mentored" if mentorship.type == "one_to_one" else mentorship.type
    return edit(workspace, mentorship, replace(mentorship, mentors=mentors, type=kind))


def colleagues(workspace: Workspace) -> list[Person]:
    """The other mentors whom this laptop knows, by name."""
    same = sameness.same(workspace)
    found = workspace.store.find(Person, "scope = 'office/'", order="name COLLATE NOCASE")
    return [person for person in found if person.id not in same.ends and person.id != same.one(workspace.me)]


def void(workspace: Workspace, record: Any, *, reason: str) -> Changed:
    """Take a record out of sight, with a reason; it can be brought back."""
    if not reason.strip():
        raise UserError(N_("Say why, in a word or two: nothing is ever deleted without a reason."))
    return workspace.store.void(record, reason=reason.strip(), by=workspace.me, at=workspace.clock.now())


def unvoid(workspace: Workspace, record: Any) -> Changed:
    """Bring a record back into sight."""
    return workspace.store.restore(record, by=workspace.me, at=workspace.clock.now())
