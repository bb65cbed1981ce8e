"""What each caller holds, as kept in the ledger: given with a role or by the records, taken back, and told.

Who gets what is decided in `sync.server.grants`; this module only keeps it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select

from mentorapp.fields import Visibility
from mentorapp.registers import unpack
from sync.server import grants, tables
from sync.server.grants import Grant, Mandate
from sync.server.ledger import locked, number, upsert
from sync.server.statements import Prepared

_grant = tables.grant
_HELD = Prepared(
    select(_grant.c.scope, _grant.c.least, _grant.c.write, _grant.c.seq).where(_grant.c.caller == bindparam("caller"))
)


def mandate(connection: Connection, caller: str, office: str, person: str) -> Mandate:
    """What a caller holds now."""
    held = Mandate(caller, office, person, {})
    grants: dict[str, Grant] = {}
    for scope, least, write, seq in _HELD.rows(connection, caller=caller):
        one = Grant(scope, Visibility(least), bool(write), seq)
        grants[scope] = one if scope not in grants else held.with_grant(grants[scope]).with_grant(one).grants[scope]
    return Mandate(caller, office, person, grants)


def give(connection: Connection, caller: str, grant: Grant, source: str) -> None:
    """Give a caller a scope; of one that they hold already, the older back-fill counts."""
    table = tables.grant
    known = connection.execute(
        select(func.min(table.c.seq), func.min(table.c.least)).where(
            table.c.caller == caller, table.c.scope == grant.scope
        )
    ).one()
    seq = known[0] if known[0] is not None and known[1] <= grant.least else grant.seq
    row = {
        "caller": caller,
        "scope": grant.scope,
        "source": source,
        "least": int(grant.least),
        "write": grant.write,
        "seq": seq,
    }
    upsert(connection, table, [row], replacing=False)
    gone = tables.withdrawn
    connection.execute(delete(gone).where(gone.c.caller == caller, gone.c.scope == grant.scope))


def withdraw(connection: Connection, caller: str, scope: str, source: str, seq: int) -> None:
    """Take back what one source gave; if nothing else gives as much, the caller is told at the next exchange."""
    table = tables.grant
    mine = and_(table.c.caller == caller, table.c.scope.in_((scope, grants.family(scope))))
    held = select(func.min(table.c.least), func.max(table.c.write)).where(mine)
    if connection.dialect.name == "postgresql":
        held = select(func.min(table.c.least), func.bool_or(table.c.write)).where(mine)
    before = connection.execute(held).one()[0]
    connection.execute(delete(table).where(mine, table.c.scope == scope, table.c.source == source))
    least, write = connection.execute(held).one()
    if least == before:
        return
    if least is not None:
        # Whoever may read less of it from now on lets go of all of it, and is given again what they may read.
        rest = {"caller": caller, "scope": scope, "source": "rest", "least": least, "write": bool(write), "seq": seq}
        upsert(connection, table, [rest])
    upsert(connection, tables.withdrawn, [{"caller": caller, "scope": scope, "seq": seq}])


def welcome_caller(connection: Connection, row: Any) -> None:
    """Give somebody who was just enrolled what their role and the records say."""
    seq = locked(connection, row.office) + 1
    number(connection, row.office, seq)
    for grant in grants.born_with(row.role, row.person):
        give(connection, row.caller, grant._replace(seq=seq), "role")
    for one in connection.execute(
        select(tables.record).where(tables.record.c.office == row.office, tables.record.c.kind == "mentorship")
    ):
        state = unpack(one.kind, one.id, one.state)
        if row.person in grants.pair_of(state).mentors:
            for scope in (f"mentorship/{one.id}", *vouched(connection, row.office, one.id)):
                give(connection, row.caller, Grant(scope, Visibility.pair, True, seq), f"mentorship/{one.id}")


def vouched(connection: Connection, office: str, mentorship: str) -> set[str]:
    """The people's scopes that a mentorship opens to its mentors."""
    table = tables.vouched
    query = select(table.c.scope).where(table.c.office == office, table.c.mentorship == mentorship)
    return set(connection.execute(query).scalars())


def vouch(connection: Connection, office: str, opened: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Believe a server of the same office about the people's scopes that mentorships open."""
    rows = [
        {"office": office, "mentorship": mentorship, "scope": scope}
        for mentorship, scopes in opened
        for scope in sorted(scopes)
        if grants.family(scope) == "person/*" and len(scope) <= 100 and len(mentorship) <= 64
    ]
    upsert(connection, tables.vouched, rows, replacing=False)
