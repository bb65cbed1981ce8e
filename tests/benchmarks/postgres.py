"""A PostgreSQL of this machine's own binaries, on loopback, in a temporary folder, by a user without rights; gone when it is left."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
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
        run("pg_ctl", "-D", data, "-o", settings, "-w", "start")
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "mentor", "mentor")
            yield f"postgresql+psycopg://mentor@127.0.0.1:{port}/mentor"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
