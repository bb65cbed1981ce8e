"""The least that a server of this kind costs here: the same HTTP stack, the same bytes unpacked, five rows and one commit by `sqlite3`.

It knows no laptops, grants, merges or answers; beside it one sees what those cost, on a machine that others use at the same time.
`python -m tests.benchmarks.bare FILE` prints its port and ends when its input ends.
"""

import asyncio
import contextlib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.serving import ROOT


@contextlib.contextmanager
def serving(file: Path) -> Iterator[tuple[int, int]]:
    """Its port and its process id, while it runs."""
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
        process.stdin.close()


def main(file: str) -> None:
    """Serve until the input ends."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from mentorapp.clock import new_id
    from sync import wire
    from sync.protocol import Changes

    db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE record (id TEXT PRIMARY KEY, state BLOB) STRICT")
    turn = asyncio.Lock()

    def keep(body: bytes) -> bytes:
        changes = [one for frame in wire.read(body) for one in frame if isinstance(one, Changes)]
        rows = [(new_id(), b"".join(map(bytes, record.values))) for one in changes for record in one.records]
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO record VALUES (?, ?)", rows)
        db.execute("COMMIT")
        return str(len(rows)).encode()

    async def sync(request: Request) -> Response:
        body = await request.body()
        async with turn:
            return Response(await run_in_threadpool(keep, body))

    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so that asyncio sets TCP_NODELAY
    sock.bind(("127.0.0.1", 0))
    sock.listen(256)
    app = Starlette(routes=[Route("/v1/sync", sync, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off"))

    async def serve() -> None:
        commands = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        running = asyncio.create_task(server.serve(sockets=[sock]))
        sys.stdout.write(f"{sock.getsockname()[1]}\n")
        sys.stdout.flush()
        await commands.read()
        server.should_exit = True
        await running

    asyncio.run(serve())
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
