"""Mentorships of every type: begun, widened, handed over, put on hold, ended, and each step taken back.

Promises that nothing of a mentorship's history is lost by any of it: who mentored before, and since when it is otherwise, stays with it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import Mentorship, Person, Site
from mentorapp.rules import STATES, may_become
from mentorapp.services import people, sameness
from mentorapp.services.people import USUAL_CADENCE
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

NAMED = ("group",)
"""The types that have a name of their own; the others are called by who is in them."""

SEVERAL = ("group", "peer")
"""The types that may have more than one mentee."""


def found_mentorship(
    workspace: Workspace,
    *,
    type: str,
    mentees: tuple[str, ...],
    mentors: tuple[str, ...] = (),
    name: str = "",
    site: str | None = None,
    purpose: str = "",
    cadence: int | None = USUAL_CADENCE,
    starts: date | None = None,
    planned_end: date | None = None,
    status: str = "active",
) -> tuple[Changed, Mentorship]:
    """Begin a mentorship of any type, with me among its mentors. Raises UserError, naming the field, if it does not hold together."""
    same = sameness.same(workspace)
    mentorship = Mentorship(
        id=new_id(),
        type=type,
        name=" ".join(name.split()) if type in NAMED else "",
        mentors=tuple(sorted({workspace.me, *same.each_once(mentors)})),
        mentees=tuple(sorted(same.each_once(mentees))),
        site=site,
        purpose=purpose.strip(),
        cadence=cadence,
        starts=starts or day_of(workspace.clock.now()),
        planned_end=planned_end,
        status=status,
    )
    if problem := whole(mentorship):
        raise problem
    return workspace.store.save(mentorship, by=workspace.me, at=workspace.clock.now()), mentorship


def whole(mentorship: Mentorship) -> UserError | None:
    """Why a mentorship of its type cannot be so, or None."""
    mentors, mentees = set(mentorship.mentors), set(mentorship.mentees)

    def problem(field: str, words: str) -> UserError:
        error = UserError(words)
        error.values["field"] = field
        return error

    if not mentees:
        return problem("mentees", N_("Say with whom: type a name."))
    if mentors & mentees:
        return problem("mentees", N_("Nobody mentors themselves: the same person is on both sides."))
    if mentorship.type == "group" and not mentorship.name:
        return problem("name", N_("Give the group a name, so that you find it again."))
    if mentorship.type not in SEVERAL and len(mentees) > 1:
        return problem("mentees", N_("This is with one person. For several, choose a group or peers."))
    if mentorship.type == "co_mentored" and len(mentors) < 2:
        return problem("mentors", N_("Say who mentors together with you: type a name."))
    if mentorship.planned_end and mentorship.starts and mentorship.planned_end < mentorship.starts:
        return problem("planned_end", N_("It would end before it begins."))
    return None


# --- who is in it -----------------------------------------------------------------------------------------------------


def take_in(workspace: Workspace, mentorship: Mentorship, person: str) -> Changed:
    """One more takes part in a group, or among peers."""
    person = sameness.same(workspace).one(person)
    after = replace(mentorship, mentees=tuple(sorted({*mentorship.mentees, person})))
    if problem := whole(after):
        raise problem
    return people.edit(workspace, mentorship, after)


def let_go(workspace: Workspace, mentorship: Mentorship, person: str) -> Changed:
    """Somebody takes part no longer; what was recorded while they did stays."""
    gone = set(sameness.same(workspace).all_of(person))
    after = replace(mentorship, mentees=tuple(m for m in mentorship.mentees if m not in gone))
    if not after.mentees:
        raise UserError(N_("Somebody has to be in it. To end it, choose “Complete” or “End early”."))
    return people.edit(workspace, mentorship, after)


def join_in(workspace: Workspace, mentorship: Mentorship, colleague: str) -> Changed:
    """A colleague mentors along with those who do: from the next exchange on, the records are on her laptop too."""
    return people.share_with(workspace, mentorship, colleague)


def hand_over(
    workspace: Workspace, mentorship: Mentorship, *, to: str, on: date | None = None, staying: bool = False
) -> Changed:
    """Another mentor goes on in my place, from a day on; with `staying`, together with me. Who mentored before stays written down."""
    me, day = workspace.me, on or day_of(workspace.clock.now())
    if to in mentorship.mentors and staying:
        raise UserError(N_("You mentor together already."))
    if to == me or me not in mentorship.mentors:
        raise UserError(N_("Choose the colleague who goes on in your place."))
    mentors = {*mentorship.mentors, to} - (set() if staying else {me})
    mentor_type = mentorship.type
    if mentor_type in ("one_to_one", "co_mentored"):
        mentor_type = "co_mentored" if len(mentors) > 1 else "one_to_one"
    after = replace(
        mentorship,
        type=mentor_type,
        mentors=tuple(sorted(mentors)),
        earlier_mentors=tuple(sorted({*mentorship.earlier_mentors, *mentorship.mentors} - mentors)),
        handed_over=day,
    )
    return people.edit(workspace, mentorship, after)


# --- how it stands ----------------------------------------------------------------------------------------------------


def next_states(mentorship: Mentorship) -> tuple[str, ...]:
    """The states that may follow where it stands now, in the order of a mentorship's life."""
    order = tuple(STATES["mentorship"])
    after = STATES["mentorship"].get(mentorship.status or "", frozenset())
    return tuple(state for state in order if state in after)


def change_state(workspace: Workspace, mentorship: Mentorship, *, to: str, reason: str = "") -> Changed:
    """Go on to another state; ending early says why."""
    if not may_become("mentorship", mentorship.status, to):
        raise UserError(N_("This step does not follow from where it stands now. Open it again to see what changed."))
    if to == "ended_early" and not reason.strip():
        error = UserError(N_("Say in a few words why it ends early, for whoever looks back."))
        error.values["field"] = "end_reason"
        raise error
    after = replace(mentorship, status=to, end_reason=reason.strip() if to == "ended_early" else "")
    return people.edit(workspace, mentorship, after)


def put_back(workspace: Workspace, before: Mentorship, *fields: str) -> Changed:
    """Take back a step: these fields are again as they were before it, whatever else changed since."""
    now = workspace.store.get(Mentorship, before.id)
    after = replace(now, **{name: getattr(before, name) for name in fields})
    return workspace.store.save(after, before=now, by=workspace.me, at=workspace.clock.now())


STATE = ("status", "end_reason")
"""What a change of state changes."""

MENTORS = ("type", "mentors", "earlier_mentors", "handed_over")
"""What a hand-over changes."""


# --- seen -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A mentorship with everybody in it by name. `changed` is when its state was said; `mine` whether I am among its mentors."""

    mentorship: Mentorship
    mentors: tuple[tuple[str, str], ...]
    mentees: tuple[tuple[str, str], ...]
    before: tuple[str, ...]
    site: str
    changed: datetime | None
    mine: bool
    next: tuple[str, ...]


def standing(workspace: Workspace, mentorship: Mentorship) -> Standing:
    """How a mentorship stands."""
    store, same = workspace.store, sameness.same(workspace)

    def called(ids: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        found = [(id, known.name) for id in same.each_once(ids) if (known := store.seek(Person, id))]
        return tuple(sorted(found, key=lambda each: each[1].casefold()))

    said = store.versions(mentorship.id, "status")
    site = store.seek(Site, mentorship.site) if mentorship.site else None
    return Standing(
        mentorship=mentorship,
        mentors=called(mentorship.mentors),
        mentees=called(mentorship.mentees),
        before=tuple(name for _, name in called(mentorship.earlier_mentors)),
        site=site.name if site else "",
        changed=said[-1].at if said else None,
        mine=workspace.me in mentorship.mentors,
        next=next_states(mentorship),
    )
