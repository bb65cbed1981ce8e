"""Consent: what somebody allowed or did not, asked in a language they understand, and withdrawn on a day without having to say why.

What was said is never rewritten: asking again is a new answer beside the earlier one. The latest answer counts; where two laptops heard
different things and nobody settled it yet, the one that allows less does.
"""

from dataclasses import dataclass, replace
from datetime import date

from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.fields import Choice, fields_of
from mentorapp.i18n import N_, tr
from mentorapp.records import Consent
from mentorapp.rules import may_become
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

_PURPOSE = fields_of(Consent)["purpose"]
PURPOSES = tuple(option.code for option in _PURPOSE.options) if isinstance(_PURPOSE, Choice) else ()
"""What consent is asked for, in the order of the card."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said for one purpose: the answer that counts, and every answer, the latest first. `state` is "" if nobody asked."""

    purpose: str
    latest: Consent | None
    history: tuple[Consent, ...]
    state: str

    @property
    def allowed(self) -> bool:
        """Whether the answer that counts allows it."""
        return self.state == "given"


def record(
    workspace: Workspace,
    *,
    person: str,
    purpose: str,
    given: bool,
    language: str = "",
    method: str | None = None,
    on: date | None = None,
    covers: str = "",
    note: str = "",
) -> tuple[Changed, Consent]:
    """Keep an answer. Raises UserError, naming the field, for a purpose nobody knows or a day that has not come."""
    now = workspace.clock.now()
    if purpose not in PURPOSES:
        raise _problem("purpose", N_("Choose one of the answers offered."))
    if on and on > day_of(now):
        raise _problem("given_on", N_("This day has not come yet. Give the day on which it was asked."))
    consent = Consent(
        id=new_id(),
        person=sameness.same(workspace).one(person),
        purpose=purpose,
        status="given" if given else "refused",
        language=language.strip(),
        method=method,
        given_on=on or day_of(now),
        covers=covers.strip(),
        note=note.strip(),
    )
    return workspace.store.save(consent, by=workspace.me, at=now), consent


def withdraw(workspace: Workspace, consent: Consent, *, on: date | None = None) -> Changed:
    """It is taken back, from a day on (today, unless said otherwise). Asks nothing else."""
    day = on or day_of(workspace.clock.now())
    if not may_become("consent", consent.status, "withdrawn") or consent.status == "withdrawn":
        raise UserError(N_("This is not allowed as it stands; there is nothing to withdraw."))
    if day > day_of(workspace.clock.now()):
        raise _problem("withdrawn_on", N_("This day has not come yet. Give the day on which it was withdrawn."))
    if consent.given_on and day < consent.given_on:
        raise _problem("withdrawn_on", N_("It was given only after this day."))
    after = replace(consent, status="withdrawn", withdrawn_on=day)
    return workspace.store.save(after, before=consent, by=workspace.me, at=workspace.clock.now())


def put_back(workspace: Workspace, before: Consent) -> Changed:
    """Take back a withdrawal that was pressed by mistake."""
    now = workspace.store.get(Consent, before.id)
    after = replace(now, status=before.status, withdrawn_on=before.withdrawn_on)
    return workspace.store.save(after, before=now, by=workspace.me, at=workspace.clock.now())


def take_out(workspace: Workspace, consent: Consent) -> Changed:
    """Take back an answer that was recorded by mistake."""
    reason = tr("recorded by mistake")
    return workspace.store.void(consent, reason=reason, by=workspace.me, at=workspace.clock.now())


def of(workspace: Workspace, person: str) -> tuple[Said, ...]:
    """What this person said for every purpose, under whichever of their names it was recorded."""
    ids = sameness.same(workspace).all_of(person)
    marks = ", ".join("?" * len(ids))
    found = workspace.store.find(Consent, f"person IN ({marks})", ids)
    found.sort(key=lambda consent: (_said_on(consent), consent.id), reverse=True)
    return tuple(_said(workspace, purpose, [c for c in found if c.purpose == purpose]) for purpose in PURPOSES)


def _said_on(consent: Consent) -> date:
    return consent.withdrawn_on or consent.given_on or date.min


def _said(workspace: Workspace, purpose: str, answers: list[Consent]) -> Said:
    latest = answers[0] if answers else None
    state = (latest.status or "") if latest else ""
    if latest and state == "given":
        field = fields_of(Consent)["status"]
        beside = {field.decode(version.value) for version in workspace.store.versions(latest.id, "status")}
        state = next((less for less in ("withdrawn", "refused") if less in beside), state)
    return Said(purpose=purpose, latest=latest, history=tuple(answers), state=state)


def allows(workspace: Workspace, person: str, purpose: str) -> bool:
    """Whether this person allows it now: asked, given, and not withdrawn. What was never asked is not allowed."""
    return any(said.allowed for said in of(workspace, person) if said.purpose == purpose)


def _problem(field: str, words: str) -> UserError:
    error = UserError(words)
    error.values["field"] = field
    return error
