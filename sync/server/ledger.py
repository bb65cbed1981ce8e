"""The ledger itself: which incarnation it is, the numbers of an office's commits, how rows are put in.

Commits are numbered in the order in which they become visible: whoever takes a number holds the office's row until the transaction ends.
"""

from secrets import token_bytes
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server import tables
from sync.server.statements import Prepared


class Ledger(NamedTuple):
    """This ledger's incarnation and the key of its receipts."""

    epoch: bytes
    secret: bytes


def identity(connection: Connection, now: int) -> Ledger:
    """The ledger's identity, minted if it is new."""
    row = _LEDGER.row(connection)
    if row:
        return Ledger(*row)
    minted = Ledger(token_bytes(8), token_bytes(32))
    connection.execute(insert(tables.ledger).values(id=1, epoch=minted.epoch, secret=minted.secret, minted=now))
    return minted


def mint_epoch(connection: Connection, now: int) -> bytes:
    """Begin a new epoch, as after a restore: every laptop will offer again what it holds."""
    epoch = token_bytes(8)
    connection.execute(update(tables.ledger).values(epoch=epoch, minted=now))
    connection.execute(delete(tables.replica))
    return epoch


_OFTEN = 3600


def found_behind(connection: Connection, now: int) -> bytes:
    """A laptop stands where this ledger has not come to: it lost commits that it had told of. Gives the epoch from now on.

    That is another one, so that all laptops compare, but at most once an hour: any laptop may claim to stand anywhere.
    """
    table = tables.ledger
    row = connection.execute(select(table.c.epoch, table.c.minted).with_for_update()).one()
    return mint_epoch(connection, now) if now - row.minted >= _OFTEN else bytes(row.epoch)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], *, replacing: bool = True) -> None:
    """Insert rows, or, where their key is there, replace them or let them be."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    others = [name for name in rows[0] if name not in keys]
    if replacing and others:
        fresh = {name: statement.excluded[name] for name in others}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)
    else:
        connection.execute(statement.on_conflict_do_nothing(), rows)


_office = tables.office
_LEDGER = Prepared(select(tables.ledger.c.epoch, tables.ledger.c.secret))
_STANDING = Prepared(select(_office.c.seq).where(_office.c.id == bindparam("office")))
_LOCKED = Prepared(select(_office.c.seq).where(_office.c.id == bindparam("office")).with_for_update())
_NUMBER = Prepared(update(_office).where(_office.c.id == bindparam("office")).values(seq=bindparam("reached")))


def locked(connection: Connection, office: str) -> int:
    """The number of the office's last commit. Its row stays locked until the transaction ends: no other commit takes numbers."""
    (row,) = _LOCKED.rows(connection, office=office)
    return int(row[0])


def number(connection: Connection, office: str, seq: int) -> None:
    """Note the number that a commit came to."""
    _NUMBER.run(connection, office=office, reached=seq)


def standing(connection: Connection, office: str) -> int:
    """The number of the office's last commit."""
    (row,) = _STANDING.rows(connection, office=office)
    return int(row[0])
