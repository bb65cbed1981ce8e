"""The same verbs for scripts and for whoever deploys the program: `mentorapp doctor`, `mentorapp export`, `mentorapp backup`.

Exit codes: 0 done, 1 a sentence says why not, 2 wrong words.
"""

import argparse
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from mentorapp import i18n, settings
from mentorapp.clock import local
from mentorapp.errors import UserError
from mentorapp.i18n import ntr, tr
from mentorapp.records import BY_KIND
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; what it found is written to standard output, what stopped it to standard error."""
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
    parser = argparse.ArgumentParser(prog="mentorapp", description=tr("Looks after a mentor’s records on this laptop."))
    parser.add_argument("--passphrase-file", type=Path, help=tr("read the passphrase from the first line of this file"))
    parser.add_argument("--practice", action="store_true", help=tr("use the store with sample people"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("doctor", help=tr("say where every record is, and whether the store is well"))
    export = verbs.add_parser("export", help=tr("write records of one kind into a CSV file"))
    export.add_argument("kind", choices=sorted(BY_KIND))
    export.add_argument("file", type=Path)
    backup = verbs.add_parser("backup", help=tr("write an encrypted copy of the store into a folder"))
    backup.add_argument("folder", type=Path)
    return parser


def _open(words: argparse.Namespace) -> Workspace:
    if words.practice:
        return workspaces.open_practice()
    if not workspaces.exists():
        raise UserError(i18n.N_("There is no store on this laptop yet. Open the program once to make one."))
    if words.passphrase_file:
        return workspaces.open_with_passphrase(words.passphrase_file.read_text("utf-8").split("\n")[0])
    if "keyring" in workspaces.ways_in():
        return workspaces.open_with_keyring()
    return workspaces.open_with_passphrase(getpass(tr("Passphrase: ")))


def _doctor(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    safety = workspace.store.safety()
    lines = [tr("The store “{file}” is well.", file=workspace.store.path)] if workspace.store.is_well() else []
    lines.append(ntr("{n} record is only on this laptop.", "{n} records are only on this laptop.", safety.only_here))
    if safety.private_here:
        lines.append(
            ntr("{n} of them is private and stays here.", "{n} of them are private and stay here.", safety.private_here)
        )
    if safety.unconfirmed:
        lines.append(
            ntr(
                "{n} was sent and is not confirmed yet.", "{n} were sent and are not confirmed yet.", safety.unconfirmed
            )
        )
    if safety.safe_at:
        lines.append(
            ntr(
                "{n} record is safe at the server (last exchange {when}).",
                "{n} records are safe at the server (last exchange {when}).",
                safety.safe,
                when=f"{local(safety.safe_at):%Y-%m-%d %H:%M}",
            )
        )
    else:
        lines.append(tr("This laptop has not exchanged with a server yet."))
    lines.append(ntr("{n} record is set aside.", "{n} records are set aside.", safety.set_aside))
    lines.append(ntr("{n} record needs you.", "{n} records need you.", safety.needs_you))
    return lines


def _export(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    from mentorapp.services.export import export

    count = export(workspace, kind=BY_KIND[words.kind], file=words.file)
    return [ntr("{n} record written to “{file}”.", "{n} records written to “{file}”.", count, file=words.file)]


def _backup(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    copy = workspace.store.back_up(words.folder, at=workspace.clock.now())
    return [tr("An encrypted copy is in “{folder}”. It opens with the same passphrase.", folder=copy)]


_VERBS = {"doctor": _doctor, "export": _export, "backup": _backup}

if __name__ == "__main__":
    sys.exit(main())
