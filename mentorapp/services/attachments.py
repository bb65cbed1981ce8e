"""Files that belong to a record: added with their content, taken out of sight, fetched, told how they stand.

The record travels with the text, the content after it; both are kept in one intention, so that no record names a content that was never here.
"""

from dataclasses import dataclass
from datetime import date

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import Attachment, Mentorship, Person, Session
from mentorapp.services import consents, sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from mentorapp.store.shelf import FileState, named

MOST = 50 * 2**20
"""The largest content that is kept, in bytes: what a server takes."""

_KINDS = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"WAVE", 8, "audio/wav"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftyp", 4, "video/mp4"),
    (b"PK\x03\x04", 0, "application/zip"),
)


def media_type(content: bytes) -> str:
    """What kind of file this is, by its first bytes and never by its name; "application/octet-stream" where they say nothing."""
    for mark, at, kind in _KINDS:
        if content[at : at + len(mark)] == mark:
            return kind
    try:
        start = content[:4096]
        start.decode()
    except UnicodeDecodeError as reason:
        # A letter may be cut where the sample ends; anything else is no text.
        if not start or reason.start < len(start) - 3:
            return "application/octet-stream"
    return "text/plain" if content and b"\0" not in content[:4096] else "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the content of an attachment stands: "here" (only on this laptop), "sending", "safe", "refused" (`reason` is a code), "coming", "away".

    `done` of `size` bytes are through, for what is on its way.
    """

    state: str
    done: int = 0
    size: int = 0
    reason: str = ""


def check(*, name: str, size: int) -> None:
    """Whether a file of this size can be kept at all, asked before it is read. Raises UserError if it is empty or too large."""
    if not size:
        raise UserError(N_("“{name}” is empty. Choose another file."), name=name)
    if size > MOST:
        raise UserError(
            N_("“{name}” is larger than {most} MB, the most that Mentor keeps. Choose a shorter or smaller one."),
            name=name,
            most=MOST // 2**20,
        )


def add(
    workspace: Workspace,
    *,
    to: Session,
    name: str,
    content: bytes,
    caption: str = "",
    taken_on: date | None = None,
    private: bool = False,
) -> tuple[Changed, Attachment]:
    """Keep a file that belongs to a session, or to its author alone. Raises UserError if it is empty or too large."""
    check(name=name, size=len(content))
    now = workspace.clock.now()
    attachment = Attachment(
        id=new_id(),
        scope=f"private/{workspace.me}" if private else "",
        mentorship=None if private else to.mentorship,
        owner=None if private else to.id,
        name=name.strip()[:200] or "file",
        media_type=media_type(content),
        size=len(content),
        content_hash=named(content),
        caption=caption.strip(),
        taken_on=taken_on,
    )
    with workspace.store.transaction():
        changed = workspace.store.save(attachment, by=workspace.me, at=now, private=private)
        workspace.store.keep_file(content, record=attachment.id, at=now)
    return changed, attachment


def of(workspace: Workspace, *, owner: str) -> list[tuple[Attachment, Standing]]:
    """The files of a record, oldest first, each with how its content stands."""
    found = workspace.store.find(Attachment, "owner = ?", (owner,))
    return [(one, standing(workspace.store.file(one.content_hash), one)) for one in found]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file that is looked at: how it stands, its place among the files of its record, and whose they are."""

    file: Attachment
    standing: Standing
    beside: tuple[str, ...]
    owner: Session | None
    person: str = ""
    name: str = ""


def look(workspace: Workspace, *, id: str) -> Looked:
    """What there is to know of a file. Raises UserError if this laptop does not know it."""
    store = workspace.store
    file = store.get(Attachment, id)
    owner = store.seek(Session, file.owner) if file.owner else None
    pair = store.seek(Mentorship, file.mentorship) if file.mentorship else None
    mentees = sameness.same(workspace).each_once(pair.mentees) if pair else ()
    mentee = store.seek(Person, mentees[0]) if len(mentees) == 1 else None
    return Looked(
        file=file,
        standing=standing(store.file(file.content_hash), file),
        beside=tuple(one.id for one in store.find(Attachment, "owner = ?", (file.owner,))),
        owner=owner,
        person=mentee.id if mentee else "",
        name=(mentee.name if mentee else "") or (pair.name if pair else ""),
    )


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """Somebody in a session who did not allow something: `state` is "", "refused" or "withdrawn"."""

    person: str
    name: str
    state: str
    language: str = ""


def unasked(workspace: Workspace, *, session: Session, purpose: str) -> list[Unasked]:
    """Those in a session who did not allow this (`photo`, `audio`), by name; the mentor who works here is not asked."""
    store = workspace.store
    pair = store.seek(Mentorship, session.mentorship) if session.mentorship else None
    there = session.attendees or (pair.mentees if pair else ())
    there = sameness.same(workspace).each_once(there)
    known = [person for id in there if id != workspace.me and (person := store.seek(Person, id))]
    found = []
    for person in sorted(known, key=lambda one: one.name.casefold()):
        said = next((one for one in consents.of(workspace, person.id) if one.purpose == purpose), None)
        if said is None or not said.allowed:
            state = said.state if said else ""
            found.append(Unasked(person=person.id, name=person.name, state=state, language=person.language))
    return found


def standing(file: FileState | None, attachment: Attachment) -> Standing:
    """How a content stands, by what the store knows of it."""
    size = attachment.size or 0
    if file is None or (not file.here and not file.wanted and not file.whole):
        return Standing(state="away", size=size)
    if not file.whole:
        return Standing(state="coming", done=file.here, size=file.size)
    if file.refused:
        return Standing(state="refused", size=file.size, reason=file.refused)
    if file.safe_at:
        return Standing(state="safe", done=file.size, size=file.size)
    return Standing(state="sending" if file.sent else "here", done=file.sent, size=file.size)


def content(workspace: Workspace, *, attachment: Attachment) -> bytes | None:
    """The content, None if it is not here as a whole."""
    return workspace.store.file_content(attachment.content_hash)


def fetch(workspace: Workspace, *, attachment: Attachment) -> Changed:
    """Bring the content to this laptop with the next exchange."""
    if attachment.content_hash and attachment.size:
        workspace.store.want_file(
            attachment.content_hash, size=attachment.size, record=attachment.id, at=workspace.clock.now()
        )
    return Changed(frozenset(("sync", "attachment")), (attachment.id,))


def remove(workspace: Workspace, *, attachment: Attachment, reason: str) -> Changed:
    """Take a file out of sight. Its content stays where it is: nothing is deleted."""
    return workspace.store.void(attachment, reason=reason, by=workspace.me, at=workspace.clock.now())
