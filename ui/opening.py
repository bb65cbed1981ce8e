"""The way into a store: which one opens without a question, who works in it, and what must be said above it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from ui.shell import Shell
from ui.widgets.banner import Banner

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

log = logging.getLogger("mentor")


class Who(NamedTuple):
    """Who works in the store, and whether a passphrase can lock it."""

    name: str
    lockable: bool


def way_in(*, practice: bool) -> Workspace | str:
    """The store, if it opens without a question; else the key of the screen that asks. Runs on the store lane."""
    from mentorapp.services import workspace

    if practice and workspace.exists(practice=True):
        from mentorapp.services import sample

        return sample.enter()
    if not workspace.exists():
        return "first_run"
    if "keyring" in workspace.ways_in():
        try:
            return workspace.open_with_keyring()
        except UserError as error:
            log.info("the keyring does not open the store: %s", error.message)
    return "unlock"


def who(workspace: Workspace) -> Who:
    """Whose store this is. Runs on the store lane."""
    from mentorapp.records import Person
    from mentorapp.services.workspace import ways_in

    mentor = workspace.store.seek(Person, workspace.me)
    return Who(mentor.name if mentor else "", not workspace.practice and "passphrase" in ways_in())


def practice_banner(shell: Shell) -> Banner:
    """What stands above every screen while the people are samples."""
    banner = Banner(tr("Practice with sample people — nothing here is real or sent"), tr("Start for real"))
    banner.pressed.connect(lambda: shell.go("first_run"))
    return banner
