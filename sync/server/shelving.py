"""Contents of pictures and sound that came as a file: taken in where the shelf would take them, and those given back that were asked for.

Promises what the shelf promises, piece by piece: twice is as once, a gap waits for what is missing, nobody gets what they may not read.
"""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from sync import bundle, protocol
from sync.bundle import Contents, Kept, Piece
from sync.protocol import ProtocolError
from sync.server import accounts, holdings, shelf
from sync.server.accounts import Caller
from sync.server.database import Database
from sync.server.grants import Mandate
from sync.server.ledger import Ledger

_contents = msgspec.msgpack.Decoder(Contents)
_MOST_PIECES = 4096


def kept(database: Database, identity: Ledger, caller: Caller, content: bytes, *, now: datetime) -> bytes:
    """Take in what a laptop sent of its contents; gives what to say to it. Raises ProtocolError."""
    try:
        came = _contents.decode(content)
    except protocol.BROKEN as reason:
        raise ProtocolError("not_a_bundle") from reason
    if len(came.pieces) > _MOST_PIECES or len(came.wanted) > _MOST_PIECES:
        raise ProtocolError("not_a_bundle")
    reached: dict[str, tuple[int, bool, str]] = {}
    for piece in came.pieces:
        # Each piece is a transaction: nobody waits for all of them.
        with database.writing() as connection:
            mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
            reached[piece.hash] = _taken(connection, caller, mandate, piece, accounts.stamp(now))
    with database.reading() as connection:
        mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
        given = _given(connection, mandate, came.wanted)
    said = Kept(identity.epoch, tuple((hash, *how) for hash, how in reached.items()), tuple(given))
    return msgspec.msgpack.encode(said)


def _taken(connection: Connection, caller: Caller, mandate: Mandate, piece: Piece, now: int) -> tuple[int, bool, str]:
    """How far that content is here then, whether it is as a whole, and why it was not taken."""
    if len(piece.body) > shelf.MOST_PIECE:
        return 0, False, "bad_file"
    named = {"hash": piece.hash, "length": piece.length, "record": piece.record}
    try:
        one = shelf.begin(connection, caller, mandate, **named, now=now, room=shelf.ROOM)  # type: ignore[arg-type]
        if not one.id:
            return one.length, True, ""
        if one.offset == piece.at and piece.body:
            one = shelf.add(connection, caller, one.id, offset=piece.at, body=piece.body, now=now)
        if one.offset < one.length:
            return one.offset, False, ""
        whole = shelf.end(connection, caller, one.id, now=now)
    except shelf.NotShelved as reason:
        return 0, False, reason.reason
    return (one.length, True, "") if whole else (0, False, "not_that_file")


def _given(connection: Connection, mandate: Mandate, wanted: tuple[tuple[str, int], ...]) -> list[Piece]:
    pieces: list[Piece] = []
    size = 0
    for hash, first in wanted:
        file = shelf.found(connection, mandate, hash) if first >= 0 else None
        if file is None:
            continue
        for body in shelf.pieces(connection, file.upload, first, file.length - first):
            if size + len(body) > bundle.MOST_CONTENTS:
                return pieces
            pieces.append(Piece(hash, "", file.length, first, body))
            size, first = size + len(body), first + len(body)
    return pieces
