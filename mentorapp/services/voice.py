"""Voice notes: kept piece by piece while somebody speaks, and then a file like any other; what was cut off is found again.

Promises that what was heard lies nowhere but in the encrypted store, and that finishing is one intention: pieces become a file, or stay.
"""

from dataclasses import dataclass
from datetime import datetime

from mentorapp import sound
from mentorapp.clock import day_of, local
from mentorapp.i18n import tr
from mentorapp.records import Attachment, Session
from mentorapp.services import attachments
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

LONGEST = 30 * 60
"""The longest voice note, in seconds: about 15 MB."""


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """A recording that was never finished, and how many seconds of it are kept."""

    id: str
    seconds: float
    begun: datetime


def keep(workspace: Workspace, *, recording: str, session: str, blocks: bytes) -> None:
    """Keep what was heard since the last piece, as blocks of `mentorapp.sound`."""
    if blocks:
        workspace.store.keep_heard(recording, blocks, record=session, at=workspace.clock.now())


def interrupted(workspace: Workspace, *, session: str, but: str = "") -> list[Interrupted]:
    """What was recorded for a session and not finished, but for the one that is under way."""
    return [
        Interrupted(id=one.id, seconds=sound.seconds(one.octets), begun=one.begun)
        for one in workspace.store.recordings(session)
        if one.id != but
    ]


def finish(
    workspace: Workspace, *, recording: str, to: Session, private: bool = False
) -> tuple[Changed, Attachment | None]:
    """Make a file of the session of everything that is kept of a recording; None if nothing was heard.

    A `private` one is the author's alone: neither it nor that it exists ever leaves this laptop.
    """
    store, now = workspace.store, workspace.clock.now()
    with store.transaction():
        blocks = store.heard(recording)
        store.drop_recording(recording)
        if len(blocks) < sound.BLOCK:
            return Changed(), None
        at = local(now)
        name = tr("Voice note {time}", time=f"{at:%H.%M}") + ".wav"
        return attachments.add(
            workspace, to=to, name=name, content=sound.wav(blocks), taken_on=day_of(now), private=private
        )


def give_up(workspace: Workspace, *, recording: str) -> None:
    """Let go of a recording that was never finished, on purpose."""
    workspace.store.drop_recording(recording)
