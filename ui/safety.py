"""The one line at the foot of the window: where everything is that a mentor wrote.

Promises that every count comes from the database at the moment it is said, and that nothing is called safe without the server's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import words

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

Parts = tuple[tuple[str, str], ...]
"""Tones and words, as the status line shows them."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How safe the work is: what the store counts, the office it is connected to ("" for none), the day it is."""

    today: date
    office: str = ""
    practice: bool = False
    only_here: int = 0
    safe: int = 0
    safe_at: datetime | None = None
    set_aside: int = 0
    needs_you: int = 0


def standing(workspace: Workspace) -> Standing:
    """Count. Runs on the store lane."""
    today = day_of(workspace.clock.now())
    if workspace.practice:
        return Standing(today=today, practice=True)
    from sync.client import linked

    link = linked(workspace.store)
    safety = workspace.store.safety()
    return Standing(
        today=today,
        office=link.known_as if link else "",
        only_here=safety.only_here,
        safe=safety.safe,
        safe_at=safety.safe_at,
        set_aside=safety.set_aside,
        needs_you=safety.needs_you,
    )


def in_words(standing: Standing) -> Parts:
    """The line, as dots and sentences."""
    if standing.practice:
        return (("neutral", tr("Practice: nothing here is real, and nothing is sent")),)
    if not standing.office:
        return (*_alone(standing), *_needs_you(standing))
    return (*_waiting(standing), *_safe(standing), *_aside(standing), *_needs_you(standing))


def _alone(standing: Standing) -> Parts:
    kept = (("accent", tr("Everything is only on this laptop")),) if standing.only_here else ()
    return (*kept, ("neutral", tr("Not connected to an office yet")))


def _waiting(standing: Standing) -> Parts:
    n = standing.only_here
    said = ntr("{n} record only on this laptop", "{n} records only on this laptop", n, n=words.number(n))
    return (("accent", said),) if n else ()


def _safe(standing: Standing) -> Parts:
    if standing.safe_at is None:
        return (("neutral", tr("Nothing has reached {office} yet", office=standing.office)),)
    when = words.when(standing.safe_at, near=standing.today)
    if not (standing.only_here or standing.set_aside):
        return (("good", tr("Everything is safe at {office}, {when}", office=standing.office, when=when)),)
    n = words.number(standing.safe)
    said = ntr(
        "{n} safe at {office}, {when}",
        "{n} safe at {office}, {when}",
        standing.safe,
        n=n,
        office=standing.office,
        when=when,
    )
    return (("good", said),)


def _aside(standing: Standing) -> Parts:
    n = standing.set_aside
    said = ntr("{n} set aside by the office", "{n} set aside by the office", n, n=words.number(n))
    return (("warn", said),) if n else ()


def _needs_you(standing: Standing) -> Parts:
    n = standing.needs_you
    return (("bad", ntr("{n} needs you", "{n} need you", n, n=words.number(n))),) if n else ()
