"""Where every record is, in sentences, for whoever has no window: read from the same counts as the Sync screen.

Promises that nothing is called safe without a receipt, and that what is set aside comes with its reason and what to do about it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from math import ceil

from mentorapp.clock import local
from mentorapp.i18n import ntr, tr
from mentorapp.records import BY_KIND
from mentorapp.services.workspace import Workspace
from mentorapp.store import Store
from sync import wire
from sync.client import words
from sync.client.braking import braked
from sync.client.engine import agreement
from sync.client.link import linked
from sync.client.loop import recalled_pace

_SAMPLE = 64_000
_GREETING = 120


def expected_octets(store: Store, *, pending: int | None = None) -> int:
    """About how many bytes would go over the line now: the first records compressed, the rest in proportion.

    Whoever has counted the `pending` records already says so: with years of records that takes a tenth of a second.
    """
    waiting = store.pending_sample()
    if not waiting:
        return 0
    sizes = list(accumulate(one.size for one in waiting))
    sample = waiting[: max(1, bisect_right(sizes, _SAMPLE))]
    writer = wire.FrameWriter(quality=9)
    for one in sample:
        writer.record(one.state)
    ratio = len(writer.finish()) / sum(one.size for one in sample)
    count = store.pending_count() if pending is None else pending
    whole = sum(one.size for one in waiting) * count / len(waiting)
    return int(_GREETING + whole * ratio)


def expected_seconds(store: Store, octets: int) -> int:
    """About how long so many bytes take on this laptop's line, 0 if it was not measured yet."""
    rate = recalled_pace(store).rate
    return ceil(octets / rate) + 1 if rate and octets else 0


def standing(workspace: Workspace) -> list[str]:
    """Everything that the Sync screen says, a sentence a line."""
    return [*_linked(workspace.store), *_counted(workspace.store), *_waiting(workspace.store), *_aside(workspace.store)]


def agreed(store: Store) -> list[str]:
    """Whether the server and this laptop hold the same, if that can be said now."""
    said = agreement(store)
    if said is None:
        return []
    same, count = said
    if same:
        return [ntr("Server and laptop agree: {n} record.", "Server and laptop agree: {n} records.", count)]
    return [tr("Server and laptop do not hold the same yet. Nothing is lost; the next exchange compares them again.")]


def _when(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"


def _linked(store: Store) -> Iterator[str]:
    link = linked(store)
    if link is None:
        yield str(words.failure("no_server"))
    else:
        yield tr(
            "Linked to {server} ({office}) as {name}.", server=link.known_as, office=link.office_name, name=link.name
        )


def _counted(store: Store) -> Iterator[str]:
    safety = store.safety()
    yield ntr("{n} record is only on this laptop.", "{n} records are only on this laptop.", safety.only_here)
    if safety.oldest:
        yield tr("The oldest of them is from {when}.", when=_when(safety.oldest))
    if safety.private_here:
        yield ntr(
            "{n} of them is private and stays here.", "{n} of them are private and stay here.", safety.private_here
        )
    if safety.unconfirmed:
        yield ntr(
            "{n} was sent and is not confirmed yet.", "{n} were sent and are not confirmed yet.", safety.unconfirmed
        )
    if safety.safe_at:
        yield ntr(
            "{n} record is safe at the server (last exchange {when}).",
            "{n} records are safe at the server (last exchange {when}).",
            safety.safe,
            when=_when(safety.safe_at),
        )
    else:
        yield tr("This laptop has not exchanged with a server yet.")
    receipt = store.recall("receipt")
    if receipt:
        yield tr("The last receipt of the server: {receipt}", receipt=receipt)
    yield ntr("{n} record needs you.", "{n} records need you.", safety.needs_you)
    yield from agreed(store)


def _waiting(store: Store) -> Iterator[str]:
    octets = expected_octets(store)
    seconds = expected_seconds(store, octets)
    if seconds:
        yield tr("Sending takes about {octets} bytes, {seconds} s on this line.", octets=octets, seconds=seconds)
    elif octets:
        yield tr("Sending takes about {octets} bytes; the line was not measured yet.", octets=octets)
    files, left = store.files_waiting()
    if files:
        yield ntr(
            "{n} file is not sent yet, {octets} bytes.",
            "{n} files are not sent yet, {octets} bytes.",
            files,
            octets=left,
        )


def _aside(store: Store) -> Iterator[str]:
    for one in store.put_aside():
        since, reason = _when(datetime.fromisoformat(one.since)), tr(words.aside(one.reason))
        kind = BY_KIND.get(one.kind)
        # The kind and the number, and no name: what a doctor says is passed on to whoever helps.
        what = f"{tr(kind.title)} {one.id[-6:]}" if kind else tr("Something of a newer version of Mentor")
        if one.held:
            yield tr("{what}: held for your coordinator since {when}. {reason}", what=what, when=since, reason=reason)
        else:
            yield tr("{what}: set aside since {when}. {reason}", what=what, when=since, reason=reason)
    for file in store.files_refused():
        yield tr("A file is set aside: {reason}", reason=tr(words.aside(file.refused)))
    strays = len(store.strays())
    if strays:
        yield ntr(
            "{n} record came in a shape that does not fit what is here. It is kept apart; tell your coordinator.",
            "{n} records came in a shape that does not fit what is here. They are kept apart; tell your coordinator.",
            strays,
        )
    waits, link = braked(store), linked(store)
    if waits:
        yield str(words.failure("mass_voiding", link.known_as if link else "", hidden=waits[0], of=waits[1]))
