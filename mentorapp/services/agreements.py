"""The mentoring agreement: written as a draft, agreed by both, amended by a new one beside the earlier, looked at again on a day.

What is being written is kept as it is typed. An agreement that both agreed to is never changed: amending makes a new one.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.fields import cleaned, fields_of
from mentorapp.i18n import N_
from mentorapp.records import Agreement, Mentorship
from mentorapp.rules import may_become
from mentorapp.services import mentorships
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed, Draft

SAID = ("purpose", "boundaries", "frequency", "channels", "cancellation", "confidentiality", "limits", "review_on")
"""What an agreement says, in the order in which it is talked through."""

KIND = "agreement"


@dataclass(frozen=True, kw_only=True)
class AgreementDraft:
    """An agreement being written. `before` is what its editor opened, if it was saved before; `typed` keeps what cannot be read yet."""

    id: str
    agreement: Agreement
    before: Agreement | None = None
    typed: dict[str, str] = field(default_factory=dict)


class Change(NamedTuple):
    """What an amendment says otherwise: the field, and its words before and after."""

    field: str
    before: Any
    after: Any


# --- writing ----------------------------------------------------------------------------------------------------------


def begin(workspace: Workspace, mentorship: str) -> AgreementDraft:
    """The agreement to write for a mentorship: the draft under way, the one saved as a draft, or a new one."""
    for kept in workspace.store.drafts():
        if kept.kind == KIND and kept.about == mentorship:
            return read_draft(kept)
    saved = workspace.store.find(
        Agreement, "mentorship = ? AND status = 'draft'", (mentorship,), order="id DESC", limit=1
    )
    if saved:
        return AgreementDraft(id=saved[0].id, agreement=saved[0], before=saved[0])
    current = standing(workspace, mentorship)
    if current is not None:
        return amendment(current)
    fresh = Agreement(id=new_id(), mentorship=mentorship, status="draft")
    return AgreementDraft(id=fresh.id, agreement=fresh)


def reopen(workspace: Workspace, id: str) -> AgreementDraft:
    """A draft that goes on, or one that was saved as a draft."""
    kept = workspace.store.draft(id)
    if kept:
        return read_draft(kept)
    saved = workspace.store.get(Agreement, id)
    return AgreementDraft(id=id, agreement=saved, before=saved) if saved.status == "draft" else amendment(saved)


def amendment(agreement: Agreement) -> AgreementDraft:
    """A new agreement that begins with the words of the one it amends; nobody has agreed to it yet."""
    fresh = replace(
        agreement,
        id=new_id(),
        amends=agreement.id,
        status="draft",
        mentor_agreed_on=None,
        mentee_agreed_on=None,
        review_on=None,
    )
    return AgreementDraft(id=fresh.id, agreement=fresh)


def keep_draft(workspace: Workspace, draft: AgreementDraft) -> datetime:
    """Keep what is being written, whatever it is, and say when it was kept."""
    now = workspace.clock.now()
    about = draft.agreement.mentorship or ""
    workspace.store.keep_draft(draft.id, kind=KIND, about=about, body=write_draft(draft), at=now)
    return now


def write_draft(draft: AgreementDraft) -> str:
    """A draft as JSON."""
    body = {
        "agreement": _plain(draft.agreement),
        "before": _plain(draft.before) if draft.before else None,
        "typed": {name: cleaned(words) for name, words in draft.typed.items()},
    }
    return msgspec.json.encode(body).decode()


def read_draft(kept: Draft) -> AgreementDraft:
    """A draft as it was kept."""
    body = msgspec.json.decode(kept.body)
    before = _read(body["before"]) if body["before"] else None
    return AgreementDraft(id=kept.id, agreement=_read(body["agreement"]), before=before, typed=body["typed"])


def give_up_draft(workspace: Workspace, id: str) -> Changed:
    """Let go of what was being written, on purpose."""
    workspace.store.drop_draft(id)
    return Changed(frozenset(("draft",)), (id,))


def _plain(agreement: Agreement) -> dict[str, Any]:
    values = {name: f.plain(getattr(agreement, name)) for name, f in fields_of(Agreement).items()}
    return {"id": agreement.id, **{name: value for name, value in values.items() if value}}


def _read(plain: dict[str, Any]) -> Agreement:
    fields = fields_of(Agreement)
    return Agreement(id=plain["id"], **{name: fields[name].value(v) for name, v in plain.items() if name in fields})


# --- agreeing ---------------------------------------------------------------------------------------------------------


def keep(workspace: Workspace, draft: AgreementDraft) -> tuple[Changed, Agreement]:
    """Save the agreement: as agreed once both have said so, as a draft until then. What it amends is then amended. One intention."""
    now = workspace.clock.now()
    agreement = draft.agreement
    if not any(getattr(agreement, name) for name in SAID if name != "review_on"):
        raise _problem("purpose", N_("Write down at least one thing that you agree on."))
    for name in ("mentor_agreed_on", "mentee_agreed_on"):
        agreed = getattr(agreement, name)
        if agreed and agreed > day_of(now):
            raise _problem(name, N_("This day has not come yet. Give the day on which it was agreed."))
    both = agreement.mentor_agreed_on and agreement.mentee_agreed_on
    agreement = replace(agreement, status="agreed" if both else "draft").at_home()
    store = workspace.store
    with store.transaction():
        changed = store.save(agreement, before=draft.before, by=workspace.me, at=now)
        if both and agreement.amends:
            earlier = store.seek(Agreement, agreement.amends)
            if earlier and may_become(KIND, earlier.status, "amended"):
                changed |= store.save(replace(earlier, status="amended"), before=earlier, by=workspace.me, at=now)
        store.drop_draft(draft.id)
    return changed | Changed(frozenset((KIND, "draft")), (agreement.id,)), agreement


def close(workspace: Workspace, agreement: Agreement) -> Changed:
    """The agreement counts no longer; it stays where it was."""
    if agreement.status == "closed":
        raise UserError(N_("This agreement is closed already."))
    after = replace(agreement, status="closed")
    return workspace.store.save(after, before=agreement, by=workspace.me, at=workspace.clock.now())


def put_back(workspace: Workspace, before: Agreement) -> Changed:
    """Take back its closing."""
    now = workspace.store.get(Agreement, before.id)
    after = replace(now, status=before.status)
    return workspace.store.save(after, before=now, by=workspace.me, at=workspace.clock.now())


def _problem(field: str, words: str) -> UserError:
    error = UserError(words)
    error.values["field"] = field
    return error


# --- seen -------------------------------------------------------------------------------------------------------------


def all_of(workspace: Workspace, mentorship: str) -> list[Agreement]:
    """Every agreement of a mentorship, the newest first."""
    return workspace.store.find(Agreement, "mentorship = ?", (mentorship,), order="id DESC")


def standing(workspace: Workspace, mentorship: str) -> Agreement | None:
    """The agreement that counts now, if both have agreed to one."""
    return next((each for each in all_of(workspace, mentorship) if each.status == "agreed"), None)


def changes(workspace: Workspace, agreement: Agreement) -> list[Change]:
    """What an amendment says otherwise than the one it amends, in the order of the fields; nothing if it amends none."""
    earlier = workspace.store.seek(Agreement, agreement.amends) if agreement.amends else None
    if earlier is None:
        return []
    found = (Change(name, getattr(earlier, name), getattr(agreement, name)) for name in SAID)
    return [change for change in found if change.before != change.after]


class Review(NamedTuple):
    """An agreement whose day to be looked at again has come: of which mentorship, and that day."""

    agreement: str
    mentorship: str
    on: date


def to_review(workspace: Workspace, *, until: date, limit: int = 20) -> list[Review]:
    """The agreements that count and are to be looked at again up to a day, the longest waiting first."""
    rows = workspace.store.rows(
        "SELECT a.id, a.mentorship, a.review_on FROM agreement a JOIN mentorship m ON m.id = a.mentorship "
        "WHERE a.voided = 0 AND a.status = 'agreed' AND a.review_on <= ? AND m.voided = 0 AND m.status = 'active' "
        "ORDER BY a.review_on LIMIT ?",
        (until.isoformat(), limit),
    )
    return [Review(agreement, mentorship, date.fromisoformat(on)) for agreement, mentorship, on in rows]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Everything that is printed for signature, by name."""

    agreement: Agreement
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    site: str
    changes: tuple[Change, ...]


def paper(workspace: Workspace, draft: Agreement) -> Paper:
    """What is printed of an agreement as it is written, saved or not."""
    pair = workspace.store.get(Mentorship, draft.mentorship or "")
    stands = mentorships.standing(workspace, pair)
    return Paper(
        agreement=draft,
        mentors=tuple(name for _, name in stands.mentors),
        mentees=tuple(name for _, name in stands.mentees),
        site=stands.site,
        changes=tuple(changes(workspace, draft)),
    )
