"""`mentorapp doctor|export|backup|sync|status|enrol`: the program without a window, for scripts and deployers.

Exit codes: 0 done, 1 a sentence says why not, 2 wrong words.
"""

import argparse
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mentorapp import cli
from mentorapp.cli import Verb
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from sync import client
from sync.client.standing import agreed, standing


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; what came of it is written to standard output, what stopped it to standard error."""
    return cli.main(argv, verbs=VERBS)


def _how_to_sync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-voiding",
        action="store_true",
        help=tr("take in, this once, what takes much of this laptop out of sight"),
    )


def _how_to_enrol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", type=Path)
    parser.add_argument("--address", default="")
    parser.add_argument("--code", default="")
    parser.add_argument("--device", default=socket.gethostname(), help=tr("what to call this laptop"))


def _sync(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    if words.allow_voiding:
        client.allow_voiding(workspace.store)
    result = client.run(workspace.store, clock=workspace.clock)
    applied = result.applied
    lines = [
        ntr("{n} record is now safe at the server.", "{n} records are now safe at the server.", applied.safe),
        ntr("{n} record was received.", "{n} records were received.", applied.received),
        tr("{up} bytes went up, {down} came down.", up=result.bytes_up, down=result.bytes_down),
    ]
    aside = applied.refused + applied.held
    if aside:
        lines.append(ntr("{n} record was set aside.", "{n} records were set aside.", aside))
    return [*lines, *agreed(workspace.store)]


def _doctor(workspace: Workspace, _words: argparse.Namespace) -> list[str]:
    return [*cli.whether_well(workspace), *standing(workspace)]


def _status(workspace: Workspace, _words: argparse.Namespace) -> list[str]:
    if client.linked(workspace.store) is None:
        raise client.failure("no_server")
    return standing(workspace)


def _enrol(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    address, code = words.address, words.code
    if words.file:
        invitation = client.read_invitation(words.file)
        address, code = invitation.address, invitation.code
    me = workspace.store.recall("me")
    enrolment = client.enrol(address=address, code=code, device=words.device, person=me)
    with workspace.store.transaction():
        link = client.enrolled(workspace.store, enrolment)
        workspaces.become(workspace, person=enrolment.person)
    return [tr("This laptop is linked to {server} ({office}).", server=link.known_as, office=link.office_name)]


VERBS: Mapping[str, Verb] = {
    "doctor": Verb(N_("say where every record is, and whether the store is well"), _doctor),
    **cli.VERBS,
    "sync": Verb(N_("send what is only here, receive what is new"), _sync, _how_to_sync),
    "status": Verb(N_("say which server this laptop is linked to, and whether both agree"), _status),
    "enrol": Verb(N_("link this laptop to a server by a code or an enrolment file"), _enrol, _how_to_enrol),
}
"""The whole command line."""

if __name__ == "__main__":
    sys.exit(main())
