"""A PostgreSQL of this machine's own binaries, on loopback, in a temporary folder, by a user without rights; gone when it is left."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path(os.environ.get("MENTOR_POSTGRES", "/usr/lib/postgresql/15/bin"))


def is_here() -> bool:
    """Whether it can be started here."""
    return (BINARIES / "initdb").exists() and (os.getuid() != 0 or _user() is not None)


def _user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _end_with_its_parent() -> None:
    # Whoever is killed while measuring must leave no server behind: prctl(PR_SET_PDEATHSIG), Linux alone.
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _until_ready(port: int) -> None:
    asked = [str(BINARIES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + 60
    while subprocess.run(asked, check=False, timeout=20).returncode:
        if time.monotonic() > until:
            raise TimeoutError("PostgreSQL does not start")
        time.sleep(0.1)


@contextmanager
def started() -> Iterator[str]:
    """The URL of a new, empty database that keeps what it has committed (`fsync` and `synchronous_commit` as they come: on)."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = _user() if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user.pw_uid, user.pw_gid)

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(BINARIES / name), *arguments],
            check=True,
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "mentor", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200"
        server = subprocess.Popen(
            [str(BINARIES / "postgres"), "-D", data, *settings.split()],
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=_end_with_its_parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_ready(port)
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "mentor", "mentor")
            yield f"postgresql+psycopg://mentor@127.0.0.1:{port}/mentor"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in it is needed any more
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
