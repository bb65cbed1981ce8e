"""Joining an office: the code is shown to the server on the network lane, what it answers is kept on the store lane.

Promises that a code that was used up is never lost to a closed window: what the server answered is kept whoever asked is still there.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject

from mentorapp.errors import UserError
from mentorapp.services import workspace as workspaces
from sync.client import Enrolment, enrol, enrolled
from sync.client.courier import keyring
from ui.tasks import Tasks

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace
    from mentorapp.store import Changed


def settled(workspace: Workspace, enrolment: Enrolment) -> Changed:
    """Keep what the server said. Whom the office knows already under another id works under that one from now on."""
    with workspace.store.transaction():
        enrolled(workspace.store, enrolment)
        return workspaces.become(workspace, person=enrolment.person)


def join(
    tasks: Tasks,
    workspace: Workspace,
    *,
    address: str,
    code: str,
    then: Callable[[], object],
    failed: Callable[[UserError], object],
    owner: QObject,
) -> None:
    """Show the code to the server, keep the answer, then go on."""

    def still_there(say: Callable[[UserError], object]) -> Callable[[UserError], object]:
        return lambda error: say(error) if shiboken6.isValid(owner) else None

    def keep(enrolment: Enrolment) -> None:
        tasks.run(
            lambda: settled(workspace, enrolment),
            then=lambda _changed: then() if shiboken6.isValid(owner) else None,
            failed=still_there(failed),
        )

    def knock(keys: str) -> None:
        tasks.run(
            lambda: enrol(address=address, code=code, device=platform.node(), person=workspace.me, keys=keys),
            then=keep,
            failed=still_there(failed),
            lane="network",
        )

    tasks.run(lambda: keyring(workspace.store).public.hex(), then=knock, failed=still_there(failed))
