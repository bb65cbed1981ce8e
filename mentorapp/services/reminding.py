"""What to be reminded of: a planned session a while before it begins, and promises on the day they are due. Each is said once.

Promises that a reminder names nobody, that what was slept through is not said in a burst afterwards but at most in one sentence about what
still lies ahead, and that nothing is said in quiet hours. What was said is known by digests that tell nothing. Reads the store once
(`ahead`); what to say of it at a moment (`due`) is pure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from mentorapp.clock import day_of, local
from mentorapp.records import Session
from mentorapp.services.workspace import Workspace

LATE = timedelta(minutes=5)
"""How long after its beginning a session is still worth a reminder."""

MORNING = 8 * 60
"""From which minute of the day promises are spoken of."""

_LOOKED = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What is to come: each planned session's key and beginning, and how many promises are due on `day`."""

    day: date
    meetings: tuple[tuple[str, datetime], ...] = ()
    promises: int = 0


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How somebody wants to be reminded: how many minutes before (none: not of sessions), of promises, and quiet from when until when.

    Quiet hours are minutes of the day on this laptop's clock; the same twice means none.
    """

    before: int | None = 15
    promises: bool = True
    quiet_from: int = 20 * 60
    quiet_until: int = 7 * 60


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """Something to say now: when meetings begin, the earliest first, how many promises are due, and by which keys it is known as said."""

    meetings: tuple[datetime, ...]
    promises: int
    keys: tuple[str, ...]


def ahead(workspace: Workspace) -> Ahead:
    """What is to come in the next two days."""
    now = workspace.clock.now()
    today = day_of(now)
    span = tuple(
        moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
        for moment in (now - LATE, now + _LOOKED)
    )
    planned = workspace.store.find(
        Session, "status = 'planned' AND planned_start >= ? AND planned_start < ?", span, order="planned_start"
    )
    rows = workspace.store.rows(
        "SELECT count(*) FROM action_item WHERE status IN ('open', 'in_progress', 'blocked') AND voided = 0 AND due = ?",
        (today.isoformat(),),
    )
    meetings = tuple((_key(s.id, s.planned_start), s.planned_start) for s in planned if s.planned_start)
    return Ahead(day=today, meetings=meetings, promises=rows[0][0])


def due(ahead: Ahead, *, now: datetime, wishes: Wishes, said: Collection[str]) -> Reminder | None:
    """What to say now, or None."""
    at = local(now)
    minute = at.hour * 60 + at.minute
    if _is_quiet(minute, wishes):
        return None
    meetings: list[tuple[str, datetime]] = []
    if wishes.before is not None:
        begin = now + timedelta(minutes=wishes.before)
        meetings = [(k, start) for k, start in ahead.meetings if now - LATE < start <= begin and k not in said]
    today = _key("promises", ahead.day)
    promises = ahead.promises if wishes.promises and ahead.day == day_of(now) and minute >= MORNING else 0
    if today in said:
        promises = 0
    if not meetings and not promises:
        return None
    keys = (*(key for key, _ in meetings), *((today,) if promises else ()))
    return Reminder(meetings=tuple(sorted(start for _, start in meetings)), promises=promises, keys=keys)


def _is_quiet(minute: int, wishes: Wishes) -> bool:
    start, end = wishes.quiet_from, wishes.quiet_until
    return start <= minute < end if start <= end else minute >= start or minute < end


def _key(what: str, when: object) -> str:
    # A session that was moved is another thing to be reminded of. The digest says nothing about either.
    return blake2b(f"{what} {when}".encode(), digest_size=8).hexdigest()
