"""What became known of a mentee since one last met that is not told elsewhere on the page: colleagues' edits, new files, new ratings.

Reads only. Promises to look at few records however many there are, and to leave out what the mentor did herself at that meeting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import (
    ActionItem,
    Agreement,
    Attachment,
    CompetencyRating,
    Goal,
    Mentorship,
    Person,
    Record,
    Session,
)
from mentorapp.services.workspace import Workspace

MOST = 4
"""The most that is told; the rest stands on the line of time."""

_LOOKED_AT = 20
_KINDS: tuple[type[Record], ...] = (Session, Goal, ActionItem, Attachment, CompetencyRating, Agreement)
_TOLD_BY_ANYBODY = (Attachment, CompetencyRating)
# The rest of what the mentor makes herself stands on the page already, as a promise, a goal or the next meeting.


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing: of which kind and id, what it is called, whether it is new or changed, by whom ("" for oneself), when; a session's own `day`."""

    kind: str
    id: str
    words: str
    made: bool
    by: str
    at: datetime
    day: date | None = None


def since(workspace: Workspace, *, mentorships: Sequence[str], last: Session | None) -> tuple[News, ...]:
    """What is new since a session, the latest first; nothing before one first met."""
    if last is None or last.started is None or not mentorships:
        return ()
    moment = last.started.astimezone(UTC).replace(microsecond=0).isoformat()
    found: list[News] = []
    for kind in _KINDS:
        marks = ", ".join("?" * len(mentorships))
        rows = workspace.store.rows(
            f"SELECT id, created, changed FROM {kind.kind} WHERE mentorship IN ({marks}) AND voided = 0 AND changed > ? "
            f"ORDER BY changed DESC LIMIT {_LOOKED_AT}",
            (*mentorships, moment),
        )
        told = (
            _told(workspace, kind, id, made=created > moment, at=changed, last=last) for id, created, changed in rows
        )
        found += _as_one(kind, [one for one in told if one])
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])


def _as_one(kind: type[Record], told: list[News]) -> list[News]:
    """Ratings come by the dozen: they are told once."""
    if kind is not CompetencyRating or len(told) < 2:
        return told
    count = ntr("{n} rating", "{n} ratings", len(told))
    return [replace(told[0], words=count, made=all(one.made for one in told))]


def _told(workspace: Workspace, kind: type[Record], id: str, *, made: bool, at: str, last: Session) -> News | None:
    record, by = workspace.store.get(kind, id), _saved_by(workspace, id)
    mine = by == workspace.me
    of_then = last.id in (
        record.id,
        *(getattr(record, name, None) for name in ("origin", "closing", "owner", "session")),
    )
    if mine and (of_then or not made or not isinstance(record, _TOLD_BY_ANYBODY)):
        return None
    somebody = None if mine else workspace.store.seek(Person, by)
    name = somebody.name if somebody else "" if mine else tr("A colleague")
    return News(
        kind=kind.kind, id=id, words=_words(record), made=made, by=name, at=datetime.fromisoformat(at), day=_day(record)
    )


def _day(record: Record) -> date | None:
    met = (record.started or record.planned_start) if isinstance(record, Session) else None
    return day_of(met) if met else None


def _saved_by(workspace: Workspace, id: str) -> str:
    """Who saved a record last, by the savers' clocks."""
    state = workspace.store.state(id)
    stamps = state.stamps.values() if state else ()
    return max(stamps, key=lambda stamp: stamp.at).by if stamps else ""


def _words(record: Record) -> str:
    for name in ("statement", "text", "name"):
        if said := getattr(record, name, ""):
            return str(said)
    return tr(record.title)


def mentorships_of(mentorship: Mentorship | None, sessions: Sequence[Session]) -> tuple[str, ...]:
    """The mentorships that a mentee's page is about: the one chosen, and those of the sessions shown with it."""
    ids = [mentorship.id] if mentorship else []
    return tuple(dict.fromkeys([*ids, *(one.mentorship for one in sessions if one.mentorship)]))
