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
from sync import bundle, client
from sync.client import carrying, courier, parcels
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
        *_came(applied),
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
    me, keys = workspace.store.recall("me"), courier.keyring(workspace.store).public.hex()
    enrolment = client.enrol(address=address, code=code, device=words.device, person=me, keys=keys)
    with workspace.store.transaction():
        link = client.enrolled(workspace.store, enrolment)
        workspaces.become(workspace, person=enrolment.person)
    return [tr("This laptop is linked to {server} ({office}).", server=link.known_as, office=link.office_name)]


def _how_to_courier(parser: argparse.ArgumentParser) -> None:
    deeds = {
        "write": tr("write what is only here into files for the server"),
        "take": tr("take in what came back"),
        "deliver": tr("hand over what others wrote; the answers are written beside it"),
    }
    parser.add_argument("deed", choices=list(deeds), help="; ".join(f"{one}: {about}" for one, about in deeds.items()))
    parser.add_argument("path", type=Path, help=tr("a folder, such as a stick, or one file"))


def _courier(workspace: Workspace, words: argparse.Namespace) -> list[str]:
    return _DEEDS[words.deed](workspace, words.path)


def _write(workspace: Workspace, folder: Path) -> list[str]:
    done = courier.write(workspace.store, folder, at=workspace.clock.now())
    contents = parcels.write(workspace.store, folder, at=workspace.clock.now())
    return [
        ntr("{n} record is in “{file}”.", "{n} records are in “{file}”.", done.records, file=done.files[-1]),
        *(tr("Pictures and sound are in “{file}”.", file=file) for file in contents),
        tr("Hand it over at the office or to anybody who exchanges there. It counts as safe when the answer is back."),
    ]


def _take(workspace: Workspace, path: Path) -> list[str]:
    lines = []
    for file, content, head in carrying.bundles(path, bundle.ANSWER, bundle.KEPT):
        if not courier.is_ours(workspace.store, head):
            continue
        if head.sort == bundle.KEPT:
            safe, came = parcels.take(workspace.store, content, at=workspace.clock.now())
            lines += [tr("{file}: {safe} files are safe, {came} came.", file=file.name, safe=safe, came=came)]
            continue
        applied, late = courier.take(workspace.store, content, at=workspace.clock.now())
        lines += [f"{file.name}: ", *_came(applied)] if not late else [f"{file.name}: ", *_came(applied)[:1]]
    if not lines:
        raise client.failure("bundle_none")
    return lines


def _came(applied: client.Applied) -> list[str]:
    return [
        ntr("{n} record is now safe at the server.", "{n} records are now safe at the server.", applied.safe),
        ntr("{n} record was received.", "{n} records were received.", applied.received),
    ]


def _deliver(workspace: Workspace, path: Path) -> list[str]:
    from sync.client.http import Line

    link = client.linked(workspace.store)
    if link is None:
        raise client.failure("no_server")
    with Line(link.address, authority=link.authority) as line:
        done = carrying.hand_over(line, link.token, path)
    return [
        str(one.problem) if one.problem else tr("{file}: handed over; the answer is {answer}.", **_names(one))
        for one in done
    ]


def _names(one: carrying.Carried) -> dict[str, object]:
    return {"file": one.file.name, "answer": one.answer.name if one.answer else ""}


_DEEDS = {"write": _write, "take": _take, "deliver": _deliver}

VERBS: Mapping[str, Verb] = {
    "doctor": Verb(N_("say where every record is, and whether the store is well"), _doctor),
    **cli.VERBS,
    "sync": Verb(N_("send what is only here, receive what is new"), _sync, _how_to_sync),
    "status": Verb(N_("say which server this laptop is linked to, and whether both agree"), _status),
    "courier": Verb(N_("exchange through files that somebody carries"), _courier, _how_to_courier),
    "enrol": Verb(N_("link this laptop to a server by a code or an enrolment file"), _enrol, _how_to_enrol),
}
"""The whole command line."""

if __name__ == "__main__":
    sys.exit(main())
