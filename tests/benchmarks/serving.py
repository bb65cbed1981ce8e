"""A server in a process of its own, as its console runs it, without the limit on calls: `python -m tests.benchmarks.serving URL`.

Prints its port and its process id. On its input it takes names, and answers each with a code that lets one laptop in. When its input
ends, it ends.
"""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


class Serving:
    """`with Serving(url) as server: server.port`. `others` are more processes before the same database."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.serving", url]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.port = int(self._heard())

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process, for its memory and its time."""
        return self._process.pid

    def _heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def code(self, name: str) -> str:
        """A code for a laptop of this caller."""
        assert self._process.stdin is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return self._heard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def main(url: str) -> None:
    """Serve until the input ends."""
    import uvicorn
    from sqlalchemy import select

    from mentorapp.clock import SystemClock
    from sync.server import accounts, tables
    from sync.server.app import Server, application
    from sync.server.database import opened
    from sync.server.limits import Limit
    from sync.server.listening import configuration

    free = Limit(burst=1e9, rate=1e9)
    database = opened(url)
    clock = SystemClock()
    with database.writing() as connection:
        office = connection.execute(select(tables.office.c.id)).scalar() or accounts.new_office(connection, "Office")
    app = application(Server(database, "the office", clock, calls=free, knocks=free))
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so that asyncio sets TCP_NODELAY
    sock.bind(("127.0.0.1", 0))
    sock.listen(256)
    server = uvicorn.Server(configuration(app))

    def code(name: str) -> str:
        with database.writing() as connection:
            return accounts.new_code(connection, office, name, role="mentor", now=clock.now())

    async def serve() -> None:
        commands = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        _say(str(sock.getsockname()[1]))
        while name := (await commands.readline()).decode().strip():
            _say(await asyncio.to_thread(code, name))
        server.should_exit = True
        await serving

    asyncio.run(serve())
    database.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
