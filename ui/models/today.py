"""What Today says of a session and of a promise, in words. Knows no widget."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mentorapp.i18n import ntr, tr
from ui import words

if TYPE_CHECKING:
    from mentorapp.services.recall import PromiseRow, SessionRow

SOON = timedelta(hours=1)
"""From how long before a session on its nearness is said in minutes."""


def nearness(ahead: timedelta) -> tuple[str, str]:
    """How near a session is, and the tone of it; nothing while it is far."""
    minutes = int(ahead.total_seconds() // 60)
    if timedelta() < ahead <= SOON:
        return ntr("in {n} min", "in {n} min", minutes, n=words.number(minutes)), "now"
    if -SOON < ahead <= timedelta():
        return tr("now"), "now"
    if ahead <= -SOON:
        return tr("did you meet?"), "warn"
    return "", "neutral"


def about(row: SessionRow) -> str:
    """How one meets, what is open, what one wants to talk about."""
    from mentorapp.fields import fields_of
    from mentorapp.records import Session

    said = fields_of(Session)["mode"].words(row.session.mode) if row.session.mode else ""  # type: ignore[attr-defined]
    mode = tr(said)
    agenda = " ".join(row.session.agenda.split())
    return " · ".join(filter(None, (mode, _open(row), agenda)))


def _open(row: SessionRow) -> str:
    n, late = row.open_promises, row.overdue
    if not n:
        return ""
    if late:
        return ntr(
            "{n} promise open, {late} overdue",
            "{n} promises open, {late} overdue",
            n,
            n=words.number(n),
            late=words.number(late),
        )
    return ntr("{n} promise open", "{n} promises open", n, n=words.number(n))


def whose(row: PromiseRow, today: date) -> str:
    """Whom a promise was made to or for, when it is due, how often it was carried over."""
    item, name = row.item, row.pair.name
    whom = (
        tr("to {name}", name=name)
        if item.owner == "mentor"
        else tr("for {name}", name=name)
        if item.owner == "organisation"
        else name
    )
    due = words.due(item.due, near=today) if item.due else ""
    n = item.carried_over or 0
    carried = ntr("carried over once", "carried over {n} times", n, n=words.number(n)) if n else ""
    return " · ".join(filter(None, (whom, due, carried)))
