"""Planned sessions as a calendar file that any calendar program reads (RFC 5545).

Promises the same UID for the same session, so that a second import mends what the first brought instead of doubling it; sessions
called off since are in it as cancelled. What a mentor wants to talk about stays out: a calendar often travels further than she thinks.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services import recall
from mentorapp.services.workspace import Workspace

USUAL_LENGTH = timedelta(hours=1)
"""How long a planned session stands in the calendar: nobody plans its end."""

_STATUS = {"planned": "CONFIRMED", "cancelled": "CANCELLED", "rescheduled": "CANCELLED"}


def coming_sessions(workspace: Workspace) -> list[tuple[Session, str]]:
    """The sessions planned from today on, and those among them that were called off, each with whom it is."""
    now = workspace.clock.now()
    start = (now - timedelta(days=1)).astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    states = "('planned', 'cancelled', 'rescheduled')"
    found = workspace.store.find(
        Session, f"status IN {states} AND planned_start >= ?", (start,), order="planned_start, id"
    )
    named = recall.pairs(workspace, [session.mentorship or "" for session in found])
    return [(session, named[session.mentorship or ""].name) for session in found if session.mentorship in named]


def calendar_file(sessions: Iterable[tuple[Session, str]], *, now: datetime) -> bytes:
    """The file's content. Sessions without a planned start have no place in a calendar and are left out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mentor//Planned sessions//EN", "CALSCALE:GREGORIAN"]
    lines.append("METHOD:PUBLISH")
    for session, name in sessions:
        if session.planned_start and session.status in _STATUS:
            lines += _event(session, session.planned_start, name, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def _event(session: Session, start: datetime, name: str, now: datetime) -> list[str]:
    status = _STATUS[session.status or ""]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{session.id}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(start)}",
        f"DTEND:{_moment(start + USUAL_LENGTH)}",
        f"SUMMARY:{_text(tr('Session with {name}', name=name))}",
        f"STATUS:{status}",
        f"SEQUENCE:{int(status == 'CANCELLED')}",
    ]
    if session.place:
        lines.append(f"LOCATION:{_text(session.place)}")
    return [*lines, "END:VEVENT"]


def _moment(moment: datetime) -> str:
    # strftime pads years below 1000 differently on each system; fields do not.
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}{utc.month:02d}{utc.day:02d}T{utc.hour:02d}{utc.minute:02d}{utc.second:02d}Z"


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(c for c in line if c == "\t" or c.isprintable()) for line in lines)


def folded(line: str) -> Iterator[str]:
    """A content line cut into pieces of at most 75 octets, each after the first begun with a space, no letter cut in two."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > 75:
            yield piece
            piece, size = " ", 1
        piece += letter
        size += octets
    yield piece
