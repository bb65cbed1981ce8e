"""An answer on its way: its first frame leaves while the others are still being made.

They are made on a thread at the database's speed, whatever the line's is: a snapshot is held for as long as reading takes, never for as
long as a weak line does. So at most one answer, which has a size (`protocol.MOST_ANSWER`), waits in memory for each laptop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

from starlette.responses import Response, StreamingResponse

from sync.wire import Piece


class InTurn(Protocol):
    """Runs work on a thread."""

    async def __call__(self, work: Callable[..., Any], *given: Any) -> Any:
        """What the work gives."""


def answered(
    pieces: Iterator[Piece], first: Piece, in_turn: InTurn, told: Callable[[int], None], **named: Any
) -> Response:
    """The answer of these pieces, of which the first is made; `told` how many bytes went. What is one piece says its length."""
    if first.last:
        told(len(first.some))
        return Response(first.some, **named)
    return StreamingResponse(_following(pieces, first, in_turn, told), **named)


_under_way: set[asyncio.Future[None]] = set()
"""What a laptop that hung up left behind is made to its end all the same: so its transaction ends."""


async def _following(
    pieces: Iterator[Piece], first: Piece, in_turn: InTurn, told: Callable[[int], None]
) -> AsyncIterator[bytes]:
    made: asyncio.Queue[Piece] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def make() -> None:
        for piece in pieces:
            loop.call_soon_threadsafe(made.put_nowait, piece)

    work = asyncio.ensure_future(in_turn(make))
    _under_way.add(work)
    work.add_done_callback(_under_way.discard)
    work.add_done_callback(lambda _: made.put_nowait(_NOTHING))
    size, piece = 0, first
    while piece.some:
        size += len(piece.some)
        yield piece.some
        piece = await made.get()
    await work  # Where it failed in the middle, the laptop meets a cut.
    told(size)


_NOTHING = Piece(b"", last=True)
