"""Fills a server's ledger with many records fast, as if laptops had pushed them: the rows, the grants, the commits' numbers, the tallies."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from secrets import token_hex
from typing import Any

from sqlalchemy import insert, select

from mentorapp.fields import Visibility, fields_of
from mentorapp.records import Session
from mentorapp.registers import Dot, Register, Stamp, State, first, pack
from sync.protocol import register_print, summed
from sync.server import grants, holdings, intake, ledger, tables
from sync.server.database import opened
from sync.server.grants import Grant
from tests.benchmarks import generator

_AT_ONCE = 10_000


def states(sessions: list[Session], replica: bytes, by: str) -> Iterator[State]:
    """The registers that one save of each session leaves."""
    for counter, session in enumerate(sessions, 1):
        dot = Dot(replica, counter)
        registers: dict[str, Register] = {
            name: first(dot, field.encode(value), field.visibility)
            for name, field in fields_of(Session).items()
            if (value := getattr(session, name)) != field.empty
        }
        yield State("session", session.id, registers, {dot: Stamp(by, 1_780_000_000 + counter, False, 1_780_000_500)})


def filled(url: str, count: int, *, caller: str = "", pairs: int = 500, tallied: bool = True) -> None:
    """Add so many records in `pairs` mentorships, from some thousands that differ; the caller holds the mentorships.

    Without tallies the digests of the scopes are not kept, which only a laptop that pulls them would notice.
    """
    database = opened(url)
    scopes = [f"mentorship/{token_hex(16)}" for _ in range(pairs)]
    made = list(states(list(generator.sessions(min(count, 5_000))), b"f" * 8, "f" * 32))
    with database.writing() as connection:
        who = connection.execute(select(tables.person).where(tables.person.c.name == caller)).first()
        office = who.office if who else connection.execute(select(tables.office.c.id)).scalar_one()
        seq = ledger.locked(connection, office)
        if who:
            for scope in scopes:
                holdings.give(connection, who.id, Grant(scope, Visibility.pair, True, seq), "created")
    sums: dict[tuple[str, int], list[int]] = {}
    rows = _rows(made, count, scopes, office, seq, sums if tallied else None)
    while some := list(islice(rows, _AT_ONCE)):
        with database.writing() as connection:
            connection.execute(insert(tables.record), some)
            ledger.number(connection, office, some[-1]["seq"])
    with database.writing() as connection:
        told = [
            {
                "office": office,
                "scope": scope,
                "least": least,
                "family": grants.family(scope),
                "digest": (total % 2**64).to_bytes(8),
                "number": number,
            }
            for (scope, least), (total, number) in sums.items()
        ]
        ledger.upsert(connection, tables.tally, told)
    if not database.lite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE record")
    database.close()


def _rows(
    made: list[State],
    count: int,
    scopes: list[str],
    office: str,
    seq: int,
    sums: dict[tuple[str, int], list[int]] | None,
) -> Iterator[dict[str, Any]]:
    field = fields_of(Session)["scope"]
    ready = [pack(state) for state in made] if sums is None else []
    for number in range(count):
        state, scope = made[number % len(made)], scopes[number % len(scopes)]
        # As ids are: they follow the clock.
        id = f"{seq + number + 1_700_000_000_000:012x}{token_hex(10)}"
        if sums is None:
            packed = ready[
                number % len(ready)
            ]  # The same words in another mentorship: what is measured reads the table's columns.
        else:
            register = state.registers["scope"]
            (dot,) = register.dots
            registers = {**state.registers, "scope": first(dot, field.encode(scope), register.reach)}
            state = replace(state, id=id, registers=registers)
            packed = pack(state)
            _count(state, scope, sums)
        yield {
            "office": office,
            "id": id,
            "kind": state.kind,
            "scope": scope,
            "family": "mentorship/*",
            "seq": seq + number + 1,
            "state": packed,
            "bytes": len(packed),
        }


def _count(state: State, scope: str, sums: dict[tuple[str, int], list[int]]) -> None:
    prints = [(one.reach, register_print(state, name)) for name, one in state.registers.items()]
    for least in intake.CLASSES:
        seen = [one for reach, one in prints if reach >= least]
        tally = sums.setdefault((scope, int(least)), [0, 0])
        tally[0] += summed(seen)
        tally[1] += bool(seen)
