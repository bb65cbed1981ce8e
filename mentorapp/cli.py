"""The program's verbs for scripts and for whoever deploys it, as lines: how they are called, and those that need no server.

Exit codes: 0 done, 1 a sentence says why not, 2 wrong words.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from getpass import getpass
from pathlib import Path
from typing import NamedTuple

from mentorapp import i18n, settings
from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.records import BY_KIND
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace


class Verb(NamedTuple):
    """A word of the command line: what it is for, untranslated; what it does, a line of its answer at a time; what it takes."""

    about: str
    run: Callable[[Workspace, argparse.Namespace], Iterable[str]]
    takes: Callable[[argparse.ArgumentParser], object] = lambda _: None


def main(argv: Sequence[str] | None = None, *, verbs: Mapping[str, Verb] | None = None) -> int:
    """Run one verb; what it found is written to standard output, what stopped it to standard error."""
    i18n.use(settings.load().language)
    known = verbs or VERBS
    words = _parser(known).parse_args(argv)
    try:
        workspace = _open(words)
        try:
            for line in known[words.verb].run(workspace, words):
                sys.stdout.write(f"{line}\n")
        finally:
            workspace.close()
    except UserError as said:
        sys.stderr.write(f"{said}\n")
        return 1
    return 0


def _parser(known: Mapping[str, Verb]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mentorapp", description=tr("Looks after a mentor’s records on this laptop."))
    parser.add_argument("--passphrase-file", type=Path, help=tr("read the passphrase from the first line of this file"))
    parser.add_argument("--practice", action="store_true", help=tr("use the store with sample people"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in known.items():
        verb.takes(verbs.add_parser(name, help=tr(verb.about)))
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


def whether_well(workspace: Workspace) -> list[str]:
    """Whether the file is whole. Raises UserError if it is not."""
    return [tr("The store “{file}” is well.", file=workspace.store.path)] if workspace.store.is_well() else []


def _exported(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(BY_KIND))
    parser.add_argument("file", type=Path)


def _into_a_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)


def _export(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    from mentorapp.services.export import export

    count = export(workspace, kind=BY_KIND[words.kind], file=words.file)
    return [ntr("{n} record written to “{file}”.", "{n} records written to “{file}”.", count, file=words.file)]


def _backup(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    copy = workspace.store.back_up(words.folder, at=workspace.clock.now())
    return [tr("An encrypted copy is in “{folder}”. It opens with the same passphrase.", folder=copy)]


def _imported(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--kind", choices=sorted(BY_KIND), help=tr("what each row is; guessed from the headings if left out")
    )
    parser.add_argument("--dry-run", action="store_true", help=tr("only say what would be imported and what is wrong"))
    parser.add_argument("--month-first", action="store_true", help=tr("read 3/4/2026 as the fourth of March"))
    parser.add_argument(
        "--only-known", action="store_true", help=tr("make no people or sites that the rows name and are not here")
    )
    parser.add_argument(
        "--not-mentored", action="store_true", help=tr("begin no mentorship with the people who are imported")
    )


def _import(workspace: Workspace, words: argparse.Namespace) -> Iterable[str]:
    from mentorapp.services.importing import matching, report, running
    from mentorapp.services.importing.checking import Check, Plan
    from mentorapp.services.importing.known import known
    from mentorapp.services.importing.reading import open_book

    book = open_book(words.file).read()
    kind = words.kind or matching.kind_of(book)
    chosen = matching.remembered(settings.load(), book, kind) or matching.guess(book, kind)
    plan = Plan(kind, chosen, words.month_first, not words.only_known, not words.not_mentored)
    found = known(workspace, kind, make_missing=plan.make_missing)
    check = Check(book, plan, found, workspace.clock.now()).look()
    yield from report.lines(check)
    if not words.dry_run:
        run = running.import_all(workspace, check=check)
        yield ntr("{n} record was imported.", "{n} records were imported.", run.records)


VERBS: Mapping[str, Verb] = {
    "export": Verb(N_("write records of one kind into a CSV file"), _export, _exported),
    "import": Verb(N_("bring in records from a table or from address cards"), _import, _imported),
    "backup": Verb(N_("write an encrypted copy of the store into a folder"), _backup, _into_a_folder),
}
"""What needs no server. The whole command line, with what does, is `sync.client.__main__`."""
