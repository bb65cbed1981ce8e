"""Files on their way in and out: read and looked at before they are kept, and written as a readable copy where the person says.

Reads and writes on whatever thread asks: give these to the lane for pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mentorapp import bare
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Attachment
from mentorapp.services import attachments, people
from ui import filing, shrinking
from ui.shell import Shell

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

UNREADABLE = N_("“{name}” could not be read. Check that it is still there, and choose it again.")
NOT_WRITTEN = N_("“{name}” could not be written there. It is still kept in Mentor; choose another folder.")
NOT_HERE = N_("“{name}” is not on this laptop yet, so there is nothing to copy. Get it first.")


@dataclass(frozen=True)
class Chosen:
    """A file that was chosen for a session, as it was read, and the smaller copy that could be kept instead."""

    name: str
    content: bytes
    small: bytes | None = None

    def is_picture(self) -> bool:
        """Whether it may show somebody."""
        return attachments.media_type(self.content).startswith(("image/", "video/"))


def read(place: Path) -> Chosen:
    """Read a file, and see whether it can be smaller. Raises UserError if it cannot be read, is empty or too large."""
    try:
        attachments.check(name=place.name, size=place.stat().st_size)
        content = place.read_bytes()
    except OSError as reason:
        raise UserError(UNREADABLE, name=place.name) from reason
    return looked_at(place.name, content)


def looked_at(name: str, content: bytes) -> Chosen:
    """A content without what a camera noted beside it, and whether it can be smaller."""
    return Chosen(name, bare.bare(content), shrinking.smaller(content))


def write(place: Path, content: bytes) -> None:
    """Write a copy. Raises UserError if that cannot be done."""
    try:
        place.write_bytes(content)
    except OSError as reason:
        raise UserError(NOT_WRITTEN, name=place.name) from reason


def content_of(workspace: Workspace, file: Attachment) -> bytes:
    """The content of a file. Raises UserError if it is not here."""
    content = attachments.content(workspace, attachment=file)
    if content is None:
        raise UserError(NOT_HERE, name=file.name)
    return content


def save_a_copy(shell: Shell, parent: QWidget, file: Attachment) -> None:
    """Ask where, and write a readable copy of a file there."""
    # A name from elsewhere is a name, never a place.
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1].lstrip(".") or "file"
    place = filing.where_to_save(parent, title=tr("Save a copy"), name=name, kind="")
    if place is None:
        return

    def have(content: bytes) -> None:
        shell.tasks.run(
            lambda: write(place, content),
            then=lambda _none: shell.notices.say(tr("Written to {file}.", file=place.name)),
            lane="pictures",
        )

    shell.ask(lambda workspace: content_of(workspace, file), have, owner=shell)


def take_out(shell: Shell, owner: QWidget, file: Attachment, then: Callable[[], None]) -> None:
    """Take a file out of sight, and offer to bring it back."""

    def bring_back() -> None:
        shell.do(lambda workspace: people.unvoid(workspace, file))

    def taken_out(_changed: object) -> None:
        shell.notices.say(tr("“{name}” is taken out.", name=file.name), "good", tr("Undo"), bring_back)
        then()

    shell.do(
        lambda workspace: attachments.remove(workspace, attachment=file, reason=tr("Taken out of the session")),
        taken_out,
        owner=owner,
    )
