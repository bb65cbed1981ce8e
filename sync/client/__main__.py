"""`python -m sync.client sync|enrol|status`: the exchange without a window, for scripts and deployers.

Exit codes: 0 done, 1 a sentence says why not, 2 wrong words.
"""

import argparse
import socket
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from mentorapp import i18n, settings
from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from sync import client


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; what came of it is written to standard output, what stopped it to standard error."""
    i18n.use(settings.load().language)
    words = _parser().parse_args(argv)
    try:
        workspace = _open(words)
        try:
            for line in _VERBS[words.verb](workspace, words):
                sys.stdout.write(f"{line}\n")
        finally:
            workspace.close()
    except UserError as said:
        sys.stderr.write(f"{said}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.client", description=tr("Exchanges with the central server."))
    parser.add_argument("--passphrase-file", type=Path, help=tr("read the passphrase from the first line of this file"))
    parser.add_argument("--practice", action="store_true", help=tr("use the store with sample people"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    sync = verbs.add_parser("sync", help=tr("send what is only here, receive what is new"))
    sync.add_argument(
        "--allow-voiding",
        action="store_true",
        help=tr("take in, this once, what takes much of this laptop out of sight"),
    )
    verbs.add_parser("status", help=tr("say which server this laptop is linked to, and whether both agree"))
    enrol = verbs.add_parser("enrol", help=tr("link this laptop to a server by a code or an enrolment file"))
    enrol.add_argument("--file", type=Path)
    enrol.add_argument("--address", default="")
    enrol.add_argument("--code", default="")
    enrol.add_argument("--device", default=socket.gethostname(), help=tr("what to call this laptop"))
    return parser


def _open(words: argparse.Namespace) -> Workspace:
    if words.practice:
        return workspaces.open_practice()
    if not workspaces.exists():
        raise UserError(N_("There is no store on this laptop yet. Open the program once to make one."))
    if words.passphrase_file:
        return workspaces.open_with_passphrase(words.passphrase_file.read_text("utf-8").split("\n")[0])
    if "keyring" in workspaces.ways_in():
        return workspaces.open_with_keyring()
    return workspaces.open_with_passphrase(getpass(tr("Passphrase: ")))


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
    return [*lines, *_agreement(workspace)]


def _status(workspace: Workspace, _words: argparse.Namespace) -> list[str]:
    link = client.linked(workspace.store)
    if link is None:
        raise client.failure("no_server")
    lines = [
        tr("Linked to {server} ({office}) as {name}.", server=link.known_as, office=link.office_name, name=link.name)
    ]
    waiting = workspace.store.pending_count()
    lines.append(ntr("{n} record waits to be sent.", "{n} records wait to be sent.", waiting))
    for one in workspace.store.put_aside():
        lines.append(tr(client.aside(one.reason)))
    return [*lines, *_agreement(workspace)]


def _agreement(workspace: Workspace) -> list[str]:
    agreed = client.agreement(workspace.store)
    if agreed is None:
        return []
    same, count = agreed
    if same:
        return [ntr("Server and laptop agree: {n} record.", "Server and laptop agree: {n} records.", count)]
    return [tr("Server and laptop do not hold the same yet. Nothing is lost; the next exchange compares them again.")]


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


_VERBS = {"sync": _sync, "status": _status, "enrol": _enrol}

if __name__ == "__main__":
    sys.exit(main())
