"""How the exchange with the office stands, read from the store, and the sentences that the Sync screen says about it.

Promises that each count and each "safe" comes from the database. `read` runs on the store lane; the rest is pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import BY_KIND
from sync.client import braked, failure, linked
from sync.client import words as reasons
from sync.client.standing import expected_octets, expected_seconds
from ui import cases, versions, words
from ui.versions import Disagreement

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace
    from mentorapp.store import Exchange, Safety, Store


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A record that the server did not take: what it is, why, whether it is held for the coordinator."""

    id: str
    about: str
    why: str
    held: bool
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything that the Sync screen shows. `place` is where things are safe, `office` its full name, both "" before joining.

    `files` of `files_octets` bytes wait behind the text. `braked` says why what the server sends waits for an answer. `octets` and `seconds` estimate what sending the `pending` records takes; 0 seconds: the line was not measured yet.
    """

    today: date
    practice: bool
    place: str
    office: str
    safety: Safety
    pending: int = 0
    octets: int = 0
    seconds: int = 0
    exchanges: tuple[Exchange, ...] = ()
    aside: tuple[Aside, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    held: tuple[cases.Shown, ...] = ()
    receipt: str = ""
    braked: str = ""
    files: int = 0
    files_octets: int = 0


def read(workspace: Workspace) -> Overview:
    """Read it all."""
    store = workspace.store
    today = day_of(workspace.clock.now())
    link = linked(store)
    pending = store.pending_count()
    octets = expected_octets(store, pending=pending)
    files, files_octets = store.files_waiting()
    return Overview(
        today=today,
        practice=workspace.practice,
        place=link.known_as if link else "",
        office=(link.office_name or link.known_as) if link else "",
        safety=store.safety(),
        pending=pending,
        octets=octets,
        seconds=expected_seconds(store, octets),
        exchanges=tuple(_worth_showing(store.exchanges(200))),
        aside=tuple(_aside(workspace, today)),
        disagreements=tuple(versions.read(workspace)),
        held=tuple(cases.read(workspace, today)),
        receipt=short_receipt(store.recall("receipt")),
        braked=_braked(store),
        files=files,
        files_octets=files_octets,
    )


def _braked(store: Store) -> str:
    """Why nothing is taken in until a person says so, or ''."""
    waits = braked(store)
    if waits is None:
        return ""
    link = linked(store)
    return str(
        failure("mass_voiding", link.known_as if link else "", hidden=words.number(waits[0]), of=words.number(waits[1]))
    )


def short_receipt(receipt: str) -> str:
    """A receipt as a person compares it: its last six letters, which no two share by rule, in two groups."""
    return f"{receipt[-6:-4]}-{receipt[-4:]}".upper() if receipt else ""


def _worth_showing(exchanges: list[Exchange]) -> list[Exchange]:
    """The exchanges that moved something or failed, each failure once in a row, and the last one whatever it was."""
    kept: list[Exchange] = []
    for at, one in enumerate(exchanges):
        idle = not (one.sent or one.received or one.outcome)
        repeated = bool(kept) and bool(one.outcome) and kept[-1].outcome == one.outcome and not one.sent
        if at == 0 or not (idle or repeated):
            kept.append(one)
    return kept[:12]


def _aside(workspace: Workspace, today: date) -> list[Aside]:
    found = []
    for one in workspace.store.put_aside():
        kind = BY_KIND.get(one.kind)
        record = workspace.store.seek(kind, one.id) if kind else None
        about = versions.about(workspace, record, today) if record else tr("Something of a newer version of Mentor")
        found.append(
            Aside(
                id=one.id,
                about=about,
                why=reasons.aside(one.reason),
                held=one.held,
                since=datetime.fromisoformat(one.since),
            )
        )
    return found


# --- sentences --------------------------------------------------------------------------------------------------------


def button(overview: Overview) -> str:
    """What pressing the button would do, truthfully."""
    n = overview.pending
    if not n:
        return tr("Sync now")
    size = words.size(overview.octets)
    if not overview.seconds:
        return ntr("Send {n} record · about {size}", "Send {n} records · about {size}", n, n=words.number(n), size=size)
    return ntr(
        "Send {n} record · about {size}, {seconds} s",
        "Send {n} records · about {size}, {seconds} s",
        n,
        n=words.number(n),
        size=size,
        seconds=words.number(overview.seconds),
    )


def caption(overview: Overview) -> str:
    """Which office, and when we last exchanged."""
    at = overview.safety.safe_at
    if at is None:
        return tr("{office} · no exchange yet", office=overview.office)
    when = words.when(at, near=overview.today)
    if not overview.receipt:
        return tr("{office} · last exchange {when}", office=overview.office, when=when)
    return tr(
        "{office} · last exchange {when}, receipt {receipt}",
        office=overview.office,
        when=when,
        receipt=overview.receipt,
    )


def files(overview: Overview) -> str:
    """What of the contents of files waits, or ''. It goes after the text, whatever its size."""
    n = overview.files
    if not n:
        return ""
    size = words.size(overview.files_octets)
    return ntr(
        "{n} file waits, about {size}, after the text",
        "{n} files wait, about {size}, after the text",
        n,
        n=words.number(n),
        size=size,
    )


def only_here(overview: Overview) -> str:
    """What is behind the count of what is only here."""
    safety = overview.safety
    if not safety.only_here:
        return tr("nothing waits to be sent")
    private = safety.private_here
    if private == safety.only_here:
        return ntr(
            "{n} private reflection stays here", "{n} private reflections stay here", private, n=words.number(private)
        )
    if safety.unconfirmed and _may_have_arrived(overview):
        unconfirmed = safety.unconfirmed
        return ntr(
            "{n} sent, not confirmed yet", "{n} sent, not confirmed yet", unconfirmed, n=words.number(unconfirmed)
        )
    if safety.oldest is None:
        return tr("to be sent again")
    when = words.when(safety.oldest, near=overview.today)
    if not private:
        return tr("oldest from {when}", when=when)
    return ntr(
        "oldest from {when}; {n} private stays",
        "oldest from {when}; {n} private stay",
        private,
        n=words.number(private),
        when=when,
    )


def _may_have_arrived(overview: Overview) -> bool:
    """Whether the last exchange broke after something may have gone out; where nobody was reached, nothing was sent."""
    return bool(overview.exchanges) and overview.exchanges[0].outcome in ("cut", "too_slow", "cancelled")


def safe(overview: Overview) -> str:
    """What "safe" rests on."""
    if not overview.place:
        return tr("no office joined yet")
    if overview.safety.safe_at is None:
        return tr("nothing has reached it yet")
    return tr("confirmed {when}", when=words.when(overview.safety.safe_at, near=overview.today))


def set_aside(overview: Overview) -> str:
    """What became of what was refused."""
    return tr("kept here, the reason is below") if overview.safety.set_aside else tr("nothing was refused")


def needs_you(overview: Overview) -> str:
    """What waits for a choice."""
    n = overview.safety.needs_you
    return (
        ntr("one record in two versions", "{n} records in two versions", n, n=words.number(n))
        if n
        else tr("nothing to choose between")
    )


def when(one: Exchange, today: date | None) -> str:
    """When an exchange took place."""
    at = datetime.fromisoformat(one.ended)
    return words.when(at, near=today or day_of(at))


def exchange(one: Exchange) -> str:
    """How an exchange went, in a line."""
    if one.outcome:
        return tr(reasons.FAILURES.get(one.outcome, reasons.FAILURES["not_understood"]), server=tr("the office"))
    if not (one.sent or one.received):
        return tr("Nothing new on either side")
    return tr("{sent} sent, {received} received", sent=words.number(one.sent), received=words.number(one.received))


def moved(one: Exchange) -> str:
    """How much went over the line."""
    return tr("{up} up, {down} down", up=words.size(one.bytes_up), down=words.size(one.bytes_down))
