"""The server's commands for whoever looks after it: run, let a laptop in, list laptops, revoke one, begin a new epoch.

A first start makes one office and an enrolment code, and says in plain words how to let a laptop in.
"""

import argparse
import contextlib
import json
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import segno
import uvicorn
from sqlalchemy import select

from mentorapp import paths
from mentorapp.clock import SystemClock
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from sync import bundle
from sync.server import accounts, courier, grants, ledger, tables
from sync.server.app import Server, application
from sync.server.database import Database, opened
from sync.server.ledger import Ledger
from sync.server.listening import configuration

_OFFICE = "Country office"
_PORT = 8787


def say(line: str = "") -> None:
    """Write a line of the answer."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def parser(prog: str = "python -m sync.server", about: str | None = __doc__) -> tuple[argparse.ArgumentParser, Any]:
    """What the console understands, and where more commands are added."""
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument(
        "--data", type=Path, default=paths.data() / "server", help="the folder of the server's database"
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("MENTOR_DATABASE", ""),
        help="a database URL instead of one SQLite file in that folder, such as postgresql+psycopg://user@host/mentor; "
        "several servers may stand before one PostgreSQL. Without it, what the environment's MENTOR_DATABASE says",
    )
    parser.add_argument("--name", default="", dest="server", help="what laptops call this server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=_PORT)
    parser.add_argument("--address", default="", help="the address that laptops reach this server by")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="serve (this is what happens without a command)")
    enrol = commands.add_parser("enrol", help="make a code that lets one laptop in")
    enrol.add_argument("--name", required=True, help="who will use the laptop")
    enrol.add_argument("--office", default="", help="the office they belong to, if there are several")
    enrol.add_argument("--role", choices=grants.ROLES, default=grants.MENTOR)
    enrol.add_argument("--person", default="", help="the id of their Person, if the records have one already")
    commands.add_parser("devices", help="list the laptops that were let in")
    commands.add_parser("revoke", help="let a laptop in no more").add_argument("device")
    deliver = commands.add_parser(
        "deliver", help="take in files that were carried here; the answers are written beside them"
    )
    deliver.add_argument("paths", nargs="+", type=Path, help="files, or folders such as a stick")
    commands.add_parser("restored", help="say that this database came back from a backup: laptops offer all again")
    return parser, commands


Command = Callable[[argparse.Namespace, Database], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if it went well."""
    return ran(parser()[0].parse_args(arguments), COMMANDS)


def ran(options: argparse.Namespace, commands: Mapping[str, Command]) -> int:
    """Run one of these commands on the database that was named; 0 if it went well."""
    try:
        with _database(options) as database:
            return commands[options.command or "run"](options, database)
    except UserError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1


@contextlib.contextmanager
def _database(options: argparse.Namespace) -> Iterator[Database]:
    if not options.database:
        try:
            options.data.mkdir(parents=True, exist_ok=True)
        except OSError as reason:
            raise UserError(N_("The server cannot use the folder {folder}."), folder=options.data) from reason
    database = opened(options.database or f"sqlite:///{options.data / 'ledger.sqlite'}")
    try:
        yield database
    finally:
        database.close()


def _address(options: argparse.Namespace) -> str:
    return options.address or f"http://{options.host}:{options.port}"


# --- commands ---------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace, database: Database) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sock, server = begun(options, database)
    uvicorn.Server(configuration(application(server))).run(sockets=[sock])
    return 0


def begun(options: argparse.Namespace, database: Database) -> tuple[socket.socket, Server]:
    """Listen, and say where; on a first start make an office and a code as well."""
    sock = _listening(options)
    options.port = sock.getsockname()[1]
    server = Server(database, _server(options))
    _begin(options, database)
    say(tr("Listening on {address} (stop with Ctrl+C).", address=_address(options)))
    return sock, server


def _listening(options: argparse.Namespace) -> socket.socket:
    try:
        found = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        # Of the protocol by its number: asyncio spares only such a socket the wait for acknowledgements (Nagle), and what
        # is accepted is as what listens. Without it each answer takes 40 ms, or a round trip of the line, more.
        sock = socket.socket(found[0], socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(found[4])
    except OSError as reason:
        raise UserError(
            N_("The server cannot listen on {host}, port {port}: is another one running? Choose another with --port."),
            host=options.host,
            port=options.port,
        ) from reason
    return sock


def _begin(options: argparse.Namespace, database: Database) -> None:
    """Make the first office and its first code, if this ledger has none."""
    with database.writing() as connection:
        if connection.execute(select(tables.office.c.id).limit(1)).first():
            return
        office = accounts.new_office(connection, _OFFICE)
        now = SystemClock().now()
        code = accounts.new_code(connection, office, "First laptop", role=grants.MENTOR, now=now)
        identity = ledger.identity(connection, accounts.stamp(now))
    _invite(options, identity, code, _OFFICE, "First laptop")


def _enrol(options: argparse.Namespace, database: Database) -> int:
    with database.writing() as connection:
        office = _chosen_office(options, list(connection.execute(select(tables.office))))
        now = SystemClock().now()
        code = accounts.new_code(connection, office.id, options.name, role=options.role, now=now, person=options.person)
        identity = ledger.identity(connection, accounts.stamp(now))
    _invite(options, identity, code, office.name, options.name)
    return 0


def _chosen_office(options: argparse.Namespace, offices: list[Any]) -> Any:
    found = [one for one in offices if options.office in ("", one.id, one.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in offices)
    raise UserError(N_("Name the office with --office. There are: {names}."), names=names or "-")


def _invite(options: argparse.Namespace, identity: Ledger, code: str, office: str, name: str) -> None:
    address = _address(options)
    file = options.data / f"{''.join(c if c.isalnum() else '-' for c in name).strip('-') or 'laptop'}.mentor-enrol"
    key = courier.keyring(identity).public.hex()
    invitation = {"mentor": "enrolment", "address": address, "code": code, "office": office, "for": name, "key": key}
    options.data.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(invitation, ensure_ascii=False, indent=1), encoding="utf-8")
    days = accounts.CODE_LASTS.days
    say()
    say(tr("To let a laptop in ({office}, {name}):", office=office, name=name))
    say(tr("  address   {address}", address=address))
    say(tr("  code      {code}", code=code))
    say(tr("  or open   {file}", file=file))
    say(tr("The code works once, within {days} days.", days=days))
    say()
    if sys.stdout.isatty():
        segno.make(f"{address}/enrol#{code}", error="m").terminal(out=sys.stdout, compact=True)


def _devices(_options: argparse.Namespace, database: Database) -> int:
    with database.reading() as connection:
        for row in accounts.devices(connection):
            state = tr("revoked") if row.revoked else tr("active")
            say(f"{row.id}  {state:8}  {row.whose}  ({row.name})")
    return 0


def _revoke(options: argparse.Namespace, database: Database) -> int:
    with database.writing() as connection:
        if not accounts.revoke(connection, options.device, now=SystemClock().now()):
            raise UserError(N_("There is no laptop {device}. See: devices"), device=options.device)
    say(tr("This laptop is let in no more. What it holds stays on it."))
    return 0


def _deliver(options: argparse.Namespace, database: Database) -> int:
    now, failed = SystemClock().now(), 0
    with database.writing() as connection:
        identity = ledger.identity(connection, accounts.stamp(now))
    for file in courier.files(options.paths):
        try:
            done = courier.deliver(database, identity, _server(options), file.read_bytes(), now=now)
            answer = bundle.kept(file.parent, bundle.named(done.head), done.answer)
            say(
                tr(
                    "{file}, of {whose}: taken in; the answer is {answer}.",
                    file=file.name,
                    whose=done.whose,
                    answer=answer.name,
                )
            )
        except courier.Undelivered as reason:
            failed += 1
            whose = reason.whose or tr("an unknown laptop")
            say(
                tr(
                    "{file}, of {whose}: not taken in ({reason}).",
                    file=file.name,
                    whose=whose,
                    reason=_why(reason.reason),
                )
            )
        except OSError as reason:
            failed += 1
            say(tr("{file}: cannot be read or answered here ({reason}).", file=file.name, reason=reason.strerror))
    return 1 if failed else 0


_WHY = {
    "not_a_bundle": N_("it is not a file of an exchange"),
    "bundle_not_for_servers": N_("it is an answer, for the laptop itself"),
    "bundle_damaged": N_("it was damaged on its way: ask for it again"),
    "bundle_for_another": N_("it is sealed for another server"),
    "bundle_forged": N_("it was not made by that laptop"),
    "bundle_by_unknown": N_("its laptop was never let in here: it needs a new code"),
    "token_revoked": N_("its laptop is let in no more"),
    "code_wrong": N_("nobody was given the code in it"),
    "code_used": N_("the code in it has been used"),
    "code_expired": N_("the code in it is too old"),
    "person_taken": N_("somebody else has its mentor’s name"),
}


def _why(reason: str) -> str:
    return tr(_WHY[reason]) if reason in _WHY else tr("its program and this server do not understand each other")


def _server(options: argparse.Namespace) -> str:
    return options.server or socket.gethostname()


def _restored(_options: argparse.Namespace, database: Database) -> int:
    with database.writing() as connection:
        ledger.mint_epoch(connection, accounts.stamp(SystemClock().now()))
    say(tr("A new epoch has begun: each laptop offers all it holds at its next exchange."))
    return 0


COMMANDS: Mapping[str, Command] = {
    "run": _run,
    "enrol": _enrol,
    "devices": _devices,
    "revoke": _revoke,
    "deliver": _deliver,
    "restored": _restored,
}
"""What the console does."""
