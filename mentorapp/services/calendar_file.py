"""Planned sessions as a calendar file that any calendar program reads (RFC 5545).

Promises the same UID for the same session and a SEQUENCE that grows with each change, so that a second import mends what the first
brought instead of doubling it; that a session which was given out and then called off, moved or voided is in the next file as cancelled;
and that without being asked it tells nobody with whom a meeting is, or where: a calendar often travels further than one thinks. What a
mentor wants to talk about never leaves in it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from mentorapp.clock import new_id
from mentorapp.i18n import tr
from mentorapp.records import Session
from mentorapp.services import recall
from mentorapp.services.workspace import Workspace

USUAL_LENGTH = timedelta(hours=1)
"""How long a planned session stands in the calendar: nobody plans its end."""

_GIVEN = "calendar file"
# Which sessions were given out, each with the SEQUENCE it had and a digest of what was said of it: kept on this laptop.
_ZERO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A session as it stands in the file: with whom, whether it is called off, and its SEQUENCE."""

    session: Session
    name: str
    cancelled: bool
    sequence: int
    said: str


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """A file's content, and what is in it."""

    content: bytes
    events: tuple[Event, ...]

    @property
    def planned(self) -> int:
        """How many planned sessions are in it."""
        return sum(not event.cancelled for event in self.events)

    @property
    def cancelled(self) -> int:
        """How many are in it so that they are taken out of the other calendar."""
        return sum(event.cancelled for event in self.events)


def calendar_file(
    workspace: Workspace, *, mentorship: str = "", session: str = "", names: bool = False, reminder: int | None = None
) -> CalendarFile:
    """The file of everything that is planned, or of one mentorship, or of one session.

    `names`: say with whom and where; `reminder`: let the other calendar remind so many minutes before. Call `given_out` once it is
    in somebody's hands.
    """
    given = _given(workspace)
    where, values = (
        ("id = ?", (session,)) if session else ("mentorship = ?", (mentorship,)) if mentorship else ("1", ())
    )
    found = workspace.store.find(Session, where, values, order="planned_start, id", voided=True)
    now = workspace.clock.now()
    wanted = [one for one in found if one.planned_start and _belongs(one, given, now)]
    named = recall.pairs(workspace, [one.mentorship or "" for one in wanted])
    changed = dict(workspace.store.rows(f"SELECT id, changed FROM session WHERE {where}", values))
    events = []
    for one in wanted:
        pair = named.get(one.mentorship or "")
        events.append(_event(one, pair.name if pair else "", changed[one.id], given.get(one.id), names=names))
    return CalendarFile(content=_content(events, now=now, names=names, reminder=reminder), events=tuple(events))


def _belongs(session: Session, given: dict[str, tuple[int, str]], now: datetime) -> bool:
    coming = session.planned_start is not None and session.planned_start >= now - timedelta(days=1)
    return coming if _stands(session) else session.id in given and _is_off(session)


def _stands(session: Session) -> bool:
    return session.status == "planned" and not session.voided


def _is_off(session: Session) -> bool:
    return session.voided or session.status in ("cancelled", "rescheduled")


def _event(session: Session, name: str, changed: str, given: tuple[int, str] | None, *, names: bool) -> Event:
    cancelled = not _stands(session)
    said = "\n".join(_told(session, name, cancelled=cancelled, names=names))
    digest = blake2b(said.encode(), digest_size=8).hexdigest()
    # When it was changed last counts up on every laptop alike; what this one gave out before is never fallen short of.
    sequence = max(0, int((datetime.fromisoformat(changed) - _ZERO).total_seconds()))
    if given:
        sequence = max(sequence, given[0] + (given[1] != digest))
    return Event(session=session, name=name, cancelled=cancelled, sequence=sequence, said=digest)


def given_out(workspace: Workspace, file: CalendarFile) -> None:
    """Remember what was given out, so that what is called off later is taken back with the next file."""
    given = _given(workspace) | {event.session.id: (event.sequence, event.said) for event in file.events}
    workspace.store.remember(**{_GIVEN: json.dumps(given, separators=(",", ":"))})


def is_given_out(workspace: Workspace, session: str) -> bool:
    """Whether this session is in a calendar file that somebody may have."""
    return session in _given(workspace)


def _given(workspace: Workspace) -> dict[str, tuple[int, str]]:
    kept = json.loads(workspace.store.recall(_GIVEN, "{}"))
    return {id: (int(sequence), str(said)) for id, (sequence, said) in kept.items()}


# --- the format -------------------------------------------------------------------------------------------------------


def one_event(
    *, start: datetime, now: datetime, name: str = "", place: str = "", uid: str = "", reminder: int | None = None
) -> bytes:
    """A file of one meeting that is no session yet, such as the next date in a mentee's own copy."""
    session = Session(id=uid or new_id(), status="planned", planned_start=start, place=place)
    event = Event(session=session, name=name, cancelled=False, sequence=0, said="")
    return _content([event], now=now, names=bool(name or place), reminder=reminder)


def _content(events: Iterable[Event], *, now: datetime, names: bool, reminder: int | None) -> bytes:
    events = list(events)
    # A file of nothing but cancellations says so; mixed with plans, each event says it for itself.
    method = "CANCEL" if events and all(event.cancelled for event in events) else "PUBLISH"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mentor//Planned sessions//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"METHOD:{method}")
    for event in events:
        lines += _lines(event, now=now, names=names, reminder=reminder)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def _told(session: Session, name: str, *, cancelled: bool, names: bool) -> Iterator[str]:
    """What is said of a session, without what changes from file to file."""
    start = session.planned_start or _ZERO
    yield f"UID:{session.id}"
    yield f"DTSTART:{_moment(start)}"
    yield f"DTEND:{_moment(start + USUAL_LENGTH)}"
    title = tr("Session with {name}", name=name) if names and name else tr("Mentoring session")
    yield f"SUMMARY:{_text(title)}"
    if names and session.place:
        yield f"LOCATION:{_text(session.place)}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"


def _lines(event: Event, *, now: datetime, names: bool, reminder: int | None) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _told(event.session, event.name, cancelled=event.cancelled, names=names)
    yield f"DTSTAMP:{_moment(now)}"
    yield f"SEQUENCE:{event.sequence}"
    yield "CLASS:PRIVATE"
    if reminder is not None and not event.cancelled:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(tr('Mentoring session'))}")
        yield from (f"TRIGGER:-PT{reminder}M", "END:VALARM")
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    # In UTC, so that it means the same in every time zone. strftime pads years below 1000 differently on each system; fields do not.
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
