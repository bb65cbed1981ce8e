"""Planning, holding and missing sessions. A session being written is a draft; finishing it is one intention."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from mentorapp import rules
from mentorapp.clock import day_of, local, new_id
from mentorapp.errors import UserError
from mentorapp.fields import cleaned, fields_of
from mentorapp.i18n import N_, tr
from mentorapp.records import ActionItem, Attachment, Goal, Mentorship, Record, Reflection, Session
from mentorapp.services import goals, sameness
from mentorapp.services.goals import Reached
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed, Draft


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What the check-in said of an old promise: `done`, `carried`, `blocked` or `dropped`, with the reason of the latter two."""

    to: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise made in a session: what, who (`mentee`, `mentor`, `organisation`), by when."""

    id: str
    text: str = ""
    owner: str = "mentee"
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class SessionDraft:
    """Everything on the screen while a session is being written. Kept as it is, however incomplete.

    `session` is the record as far as it is written; `before` the one that its editor opened, if it was saved or planned before.
    `reflected` is the id of the reflection that is edited with it, `voice` of the note spoken for it; `typed` keeps, by field, words that cannot be read as a value yet.
    """

    id: str
    session: Session
    before: Session | None = None
    check_in: dict[str, Settled] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    progress: tuple[Reached, ...] = ()
    reflection: str = ""
    mood: str = ""
    timer_started: datetime | None = None
    timer_seconds: int = 0
    reflected: str = ""
    voice: str = ""
    typed: dict[str, str] = field(default_factory=dict)


def begin_draft(workspace: Workspace, *, mentorship: str, planned: Session | None = None) -> SessionDraft:
    """A new draft of a session that starts now, or of one that was planned; made in memory, kept by `keep_draft`."""
    now = workspace.clock.now()
    base = planned or Session(id=new_id(), mentorship=mentorship, mode=_usual_mode(workspace, mentorship))
    pair = workspace.store.seek(Mentorship, mentorship)
    started = base.planned_start if base.planned_start and base.planned_start < now else now
    session = replace(
        base,
        status="held",
        started=started,
        entry="live",
        help_type=base.help_type or "mentoring",
        mode=base.mode or "face_to_face",
        attendees=base.attendees or (sameness.same(workspace).each_once(pair.mentees) if pair else ()),
    )
    return SessionDraft(id=base.id, session=session, before=planned)


def _usual_mode(workspace: Workspace, mentorship: str) -> str | None:
    last = workspace.store.find(
        Session, "mentorship = ? AND status = 'held'", (mentorship,), order="started DESC", limit=1
    )
    return last[0].mode if last else None


def reopen(workspace: Workspace, session: Session) -> SessionDraft:
    """A draft that edits a session which was saved before; a kept draft of it goes on."""
    kept = workspace.store.draft(session.id)
    if kept:
        return read_draft(kept)
    draft = SessionDraft(id=session.id, session=session, before=session)
    mine = workspace.store.find(Reflection, "session = ? AND author = ?", (session.id, workspace.me), limit=1)
    if not mine:
        return draft
    said = mine[0]
    return replace(draft, reflected=said.id, reflection=said.text, mood=said.mood, voice=said.voice or "")


def _plain(record: Record) -> dict[str, Any]:
    values = {name: f.plain(getattr(record, name)) for name, f in fields_of(type(record)).items()}
    # Zero is an answer and equals False: only what is really empty is left out.
    return {"id": record.id, **{name: v for name, v in values.items() if not (v is None or v is False or v == "")}}


def _session(plain: dict[str, Any]) -> Session:
    fields = fields_of(Session)
    return Session(id=plain["id"], **{n: fields[n].value(v) for n, v in plain.items() if n in fields})


def write_draft(draft: SessionDraft) -> str:
    """A draft as JSON."""
    body = {
        "session": _plain(draft.session),
        "before": _plain(draft.before) if draft.before else None,
        "check_in": {id: {"to": s.to, "reason": cleaned(s.reason)} for id, s in draft.check_in.items()},
        "promises": [
            {"id": p.id, "text": cleaned(p.text), "owner": p.owner, "due": p.due and p.due.isoformat()}
            for p in draft.promises
        ],
        "progress": [{"goal": r.goal, "reached": r.reached, "note": cleaned(r.note)} for r in draft.progress],
        "reflection": cleaned(draft.reflection),
        "mood": cleaned(draft.mood),
        "timer_started": draft.timer_started and draft.timer_started.isoformat(),
        "timer_seconds": draft.timer_seconds,
        "reflected": draft.reflected,
        "voice": draft.voice,
        "typed": {name: cleaned(words) for name, words in draft.typed.items()},
    }
    return msgspec.json.encode(body).decode()


def read_draft(kept: Draft) -> SessionDraft:
    """A draft as it was kept."""
    body = msgspec.json.decode(kept.body)
    started = body.get("timer_started")
    return SessionDraft(
        id=kept.id,
        session=_session(body["session"]),
        before=_session(body["before"]) if body.get("before") else None,
        check_in={id: Settled(**said) for id, said in body["check_in"].items()},
        promises=tuple(
            Promise(
                id=p["id"], text=p["text"], owner=p["owner"], due=date.fromisoformat(p["due"]) if p["due"] else None
            )
            for p in body["promises"]
        ),
        progress=tuple(Reached(**said) for said in body.get("progress", ())),
        reflection=body["reflection"],
        mood=body.get("mood", ""),
        timer_started=datetime.fromisoformat(started) if started else None,
        timer_seconds=body.get("timer_seconds", 0),
        reflected=body.get("reflected", ""),
        voice=body.get("voice", ""),
        typed=body.get("typed", {}),
    )


def keep_draft(workspace: Workspace, draft: SessionDraft) -> datetime:
    """Keep what is being written, whatever it is, and say when it was kept."""
    now = workspace.clock.now()
    workspace.store.keep_draft(
        draft.id, kind="session", about=draft.session.mentorship or "", body=write_draft(draft), at=now
    )
    return now


def aside_of(session: str) -> str:
    """Under which name the author's own recordings of a session are kept while they are under way, apart from the pair's."""
    return f"{session}/aside"


def note_spoken(workspace: Workspace, *, session: str, voice: str) -> None:
    """The draft of a session has this note of its author's own, whoever reads it next; nothing if no draft is kept."""
    kept = workspace.store.draft(session)
    if kept:
        keep_draft(workspace, replace(read_draft(kept), voice=voice))


def give_up_draft(workspace: Workspace, id: str) -> Changed:
    """Let go of what was being written, on purpose; the files of a session that was never saved go out of sight with it."""
    store, gone = workspace.store, Changed(frozenset(("draft",)), (id,))
    kept = store.draft(id)
    voice = read_draft(kept).voice if kept else ""
    spoken = store.seek(Attachment, voice) if voice and not store.find(Reflection, "voice = ?", (voice,)) else None
    files = [] if store.seek(Session, id) else store.find(Attachment, "owner = ?", (id,))
    with store.transaction():
        store.drop_draft(id)
        for heard in (*store.recordings(id), *store.recordings(aside_of(id))):
            store.drop_recording(heard.id)
        for file in [*files, *([spoken] if spoken else [])]:
            reason = tr("The draft of its session was thrown away")
            gone |= store.void(file, reason=reason, by=workspace.me, at=workspace.clock.now())
    return gone


def bring_back_draft(workspace: Workspace, draft: SessionDraft, *, given_up: Changed) -> Changed:
    """Keep a draft again that was given up, with the files that went out of sight with it."""
    store, now = workspace.store, workspace.clock.now()
    back = Changed(frozenset(("draft",)), (draft.id,))
    with store.transaction():
        keep_draft(workspace, draft)
        for id in given_up.records:
            if file := store.seek(Attachment, id):
                back |= store.restore(file, by=workspace.me, at=now)
    return back


def problems(draft: SessionDraft, now: datetime) -> list[rules.Problem]:
    """What stands in the way of finishing, each beside its field; of the check-in, as `check_in:<promise id>`."""
    found = rules.problems(draft.session, now)
    for id, said in draft.check_in.items():
        if said.to in ("blocked", "dropped") and not said.reason.strip():
            found.append(rules.Problem(f"check_in:{id}", UserError(N_("Say in a few words what stands in the way."))))
    return found


def hold_session(workspace: Workspace, *, draft: SessionDraft) -> Changed:
    """Finish a session: the record, what became of old promises, new promises, and the reflection; the draft goes. One intention.

    Raises UserError, with `values["field"]`, if something stands in the way; the draft is kept then.
    """
    now = workspace.clock.now()
    for problem in problems(draft, now):
        problem.error.values["field"] = problem.field
        raise problem.error
    store, day = workspace.store, day_of(draft.session.started or now)
    session = replace(draft.session, check_in=tuple(sorted({*draft.session.check_in, *draft.check_in})))
    writes: list[tuple[Record | None, Record]] = [(draft.before, session)]
    for id, said in draft.check_in.items():
        promise = store.seek(ActionItem, id)
        if promise and promise.status in rules.OPEN_PROMISES:
            writes.append((promise, _settled(promise, said, session.id, day)))
        elif promise and said.to != "carried":
            # Somebody settled it while this was being written, unseen: their word is not overwritten, both stand.
            seen = replace(promise, status="open", reason="", closing=None, settled_on=None)
            writes.append((seen, _settled(seen, said, session.id, day)))
    writes += [(None, _promised(promise, session)) for promise in draft.promises if promise.text.strip()]
    reflected = store.seek(Reflection, draft.reflected) if draft.reflected else None
    if reflected or draft.reflection.strip() or draft.mood.strip() or draft.voice:
        writes.append((reflected, _reflected(workspace, draft, session, reflected)))
    with store.transaction():
        changed = store.save_all(writes, by=workspace.me, at=now)
        for step in draft.progress:
            changed |= _measured(workspace, step, session.id, min(day, day_of(now)))
        store.drop_draft(draft.id)
    return changed | Changed(frozenset(("session", "draft")), (session.id,))


def _measured(workspace: Workspace, said: Reached, session: str, day: date) -> Changed:
    if said.reached is None or workspace.store.seek(Goal, said.goal) is None:
        return Changed()
    return goals.measure(workspace, goal=said.goal, reached=said.reached, day=day, note=said.note, session=session)[0]


def _settled(promise: ActionItem, said: Settled, session: str, day: date) -> ActionItem:
    if said.to == "carried":
        return replace(promise, carried_over=(promise.carried_over or 0) + 1)
    if said.to == "blocked":
        return replace(promise, status="blocked", reason=said.reason, carried_over=(promise.carried_over or 0) + 1)
    return replace(promise, status=said.to, reason=said.reason, closing=session, settled_on=day)


def _promised(promise: Promise, session: Session) -> ActionItem:
    return ActionItem(
        id=promise.id,
        mentorship=session.mentorship,
        text=promise.text.strip(),
        owner=promise.owner,
        due=promise.due,
        origin=session.id,
        status="open",
    )


def _reflected(workspace: Workspace, draft: SessionDraft, session: Session, before: Reflection | None) -> Reflection:
    if before:
        return replace(before, text=draft.reflection.strip(), mood=draft.mood.strip(), voice=draft.voice or None)
    return Reflection(
        id=new_id(),
        author=workspace.me,
        mentorship=session.mentorship,
        session=session.id,
        text=draft.reflection.strip(),
        mood=draft.mood.strip(),
        voice=draft.voice or None,
        sharing="private",
    )


def plan_session(
    workspace: Workspace, *, mentorship: str, at: datetime, mode: str | None = None, place: str = "", agenda: str = ""
) -> tuple[Changed, Session]:
    """Plan a session."""
    session = Session(
        id=new_id(),
        mentorship=mentorship,
        status="planned",
        planned_start=at,
        mode=mode,
        place=place.strip(),
        agenda=agenda.strip(),
    )
    return workspace.store.save(session, by=workspace.me, at=workspace.clock.now()), session


def plan_next(workspace: Workspace, *, after: Session, day: date) -> tuple[Changed, Session]:
    """Plan the session that was agreed on in one: on that day, at the same time, place and way of meeting."""
    begun = local(after.started or after.planned_start or workspace.clock.now())
    at = datetime.combine(day, begun.time().replace(second=0, microsecond=0)).astimezone(UTC)
    place, mode = after.place, after.mode
    return plan_session(workspace, mentorship=after.mentorship or "", at=at, mode=mode, place=place)


def _ended(workspace: Workspace, session: Session, after: Session) -> Changed:
    if not rules.may_become("session", session.status, after.status):
        raise UserError(N_("This session is settled already. Open it to mend what was written."))
    return workspace.store.save(after, before=session, by=workspace.me, at=workspace.clock.now())


def mark_missed(workspace: Workspace, session: Session, *, by: str, reason: str = "") -> Changed:
    """A planned session did not take place: `by` says who could not come (`mentor`, `mentee`, `both`)."""
    return _ended(workspace, session, replace(session, status="missed", missed_by=by, reason=reason.strip()))


def cancel_session(
    workspace: Workspace, session: Session, *, by: str, reason: str = "", notice_hours: int | None = None
) -> Changed:
    """A planned session was called off, by whom and with how much notice."""
    if notice_hours is None and session.planned_start:
        notice = session.planned_start - workspace.clock.now()
        notice_hours = max(0, int(notice / timedelta(hours=1)))
    after = replace(session, status="cancelled", cancelled_by=by, reason=reason.strip(), notice_hours=notice_hours)
    return _ended(workspace, session, after)


def reschedule(workspace: Workspace, session: Session, *, at: datetime, reason: str = "") -> tuple[Changed, Session]:
    """Move a planned session: the old one says where it went, a new one is planned."""
    moved = Session(
        id=new_id(),
        mentorship=session.mentorship,
        status="planned",
        planned_start=at,
        mode=session.mode,
        place=session.place,
        agenda=session.agenda,
    )
    with workspace.store.transaction():
        first = workspace.store.save(moved, by=workspace.me, at=workspace.clock.now())
        after = replace(session, status="rescheduled", reason=reason.strip(), moved_to=moved.id)
        return first | _ended(workspace, session, after), moved
