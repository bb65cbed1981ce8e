"""A PostgreSQL of the machine's own binaries that a test may crash and start again; on loopback, in a folder of its own, without rights."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from tests.benchmarks import postgres as binaries


def is_here() -> bool:
    """Whether it can be started here."""
    return binaries.is_here()


class Postgres:
    """The database server. `url` is a new database each time."""

    def __init__(self, within: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir=within))
        user = binaries._user() if os.getuid() == 0 else None
        self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        if user:
            shutil.chown(self.folder, user.pw_uid, user.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.data = self.folder / "data"
        how = ["-U", "mentor", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1"]
        self._run("initdb", "-D", self.data, *how)
        self._made = 0
        self.start()

    def _run(self, name: str, *words: object) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [str(binaries.BINARIES / name), *map(str, words)]
        subprocess.run(command, check=True, cwd=self.folder, timeout=60, **quiet, **self._as)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start it and wait until it answers: after a crash it recovers first."""
        settings = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=100 -c shared_buffers=16MB -c min_wal_size=2MB -c max_wal_size=8MB"
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(
            [str(binaries.BINARIES / "postgres"), "-D", self.data, *settings.split()],
            cwd=self.folder,
            preexec_fn=binaries._end_with_its_parent,
            **quiet,
            **self._as,
        )  # type: ignore[call-overload]
        engine = create_engine(self._address("postgres"))
        until = time.monotonic() + 60
        while True:
            try:
                engine.connect().close()
                break
            except OperationalError as reason:
                if time.monotonic() > until:
                    raise TimeoutError("PostgreSQL does not start") from reason
                time.sleep(0.02)
        engine.dispose()

    def crash(self) -> None:
        """`pg_ctl stop -m immediate`: every process of it ends at once, nothing is written any more."""
        self._run("pg_ctl", "-D", self.data, "stop", "-m", "immediate")
        self._server.wait(30)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://mentor@127.0.0.1:{self.port}/{name}"

    def url(self) -> str:
        """A new, empty database."""
        self._made += 1
        engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE faults_{self._made}")
        engine.dispose()
        return self._address(f"faults_{self._made}")

    def close(self) -> None:
        """End it and leave nothing behind."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
