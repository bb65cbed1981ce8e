"""Opens the encrypted file: SQLCipher, WAL, `synchronous=FULL`; migrated, backed up before that, and refused if it is newer.

Every refusal is a UserError that says what happened, that nothing was changed, and what to do.
"""

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as cipher

from mentorapp.errors import UserError
from mentorapp.i18n import N_

if TYPE_CHECKING:
    from sqlite_utils import Database

NEWEST = (
    "m0001_records",
    "m0002_registers",
    "m0003_search",
    "m0004_comparing",
    "m0005_cases",
    "m0006_doubt",
    "m0007_files",
    "m0008_growth",
    "m0009_imports",
)
"""The steps whose tables this version uses. A store that has just these opens without loading what migrates."""

KEEP_BACKUPS = 5
"""How many copies from before migrations are kept."""

FAILURES: tuple[type[Exception], ...] = (cipher.Error, sqlite3.Error, OSError)
"""What the database and the disk raise: SQLCipher's own, the standard library's from within sqlite-utils, the system's."""

_READ_ONLY = N_(
    "The folder “{folder}” cannot be written to, so nothing new could be kept. What is there was not changed. "
    "Move it to a place where you may write, or ask your office for help."
)
_FULL = N_(
    "The disk is full, so this could not be saved yet. What was saved before is safe, and what you just wrote is still on "
    "the screen: free some space, then save again."
)
_DISK = N_(
    "The disk did not do what was asked of it, so this could not be saved or read. What was saved before is safe. Try again; "
    "if it happens again, make a backup on a stick and ask your office for help."
)
_DAMAGED = N_(
    "The store “{file}” is damaged and was not opened, so that nothing in it gets worse. Copy the folder to a stick before "
    "anything else, then restore the newest backup from its folder “backups”."
)
_NEWER = N_(
    "This store was last used by a newer version of the program and was not opened or changed. Install the newest version, "
    "then open it again."
)
_BUSY = N_("Another window of the program is using this store. Close it, then try again; nothing was lost.")


def explained(reason: Exception, path: Path) -> UserError | None:
    """The sentence for a failure of the database or of the disk, or None if it is a bug of ours."""
    words = str(reason).lower()
    code = getattr(reason, "errno", None)
    if code == errno.ENOSPC or "disk is full" in words:
        return UserError(_FULL)
    if code in (errno.EROFS, errno.EACCES, errno.EPERM) or "readonly" in words or "unable to open" in words:
        return UserError(_READ_ONLY, folder=str(path.parent))
    if "malformed" in words or "not a database" in words:
        return damaged(path)
    if "disk i/o error" in words or isinstance(reason, OSError):
        return UserError(_DISK)
    if "locked" in words or "busy" in words:
        return UserError(_BUSY)
    return None


def damaged(path: Path) -> UserError:
    """The sentence for a store that is not whole."""
    return UserError(_DAMAGED, file=path.name)


@contextlib.contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn failures of the database and of the disk within into sentences; let bugs rise."""
    try:
        yield
    except FAILURES as reason:
        said = explained(reason, path)
        if said is None:
            raise
        raise said from reason


def _connect(path: Path, key: bytes) -> Any:
    connection = cipher.connect(str(path), timeout=5, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        return connection
    except BaseException:
        connection.close()
        raise


def open_database(path: Path, key: bytes) -> Any:
    """The connection to the store's file, at the newest schema. Made if it is not there. Raises UserError if it cannot be opened."""
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path, key)
        if not os.access(path, os.W_OK):
            raise UserError(_READ_ONLY, folder=str(path.parent))
        if not path.stat().st_size:
            raise damaged(path)  # It was never empty: to go on would be to begin anew without saying so.
        return _opened(path, key)


def _make(path: Path, key: bytes) -> None:
    """A new store appears whole under its name, so that one cut off in the making is never taken for an empty one."""
    beside = path.with_name(path.name + ".new")
    for left in beside.parent.glob(beside.name + "*"):
        left.unlink()
    _opened(beside, key).close()
    os.replace(beside, path)


def wrapped(connection: Any) -> "Database":
    """The connection as sqlite-utils works with it. Loaded when it is needed: that costs a tenth of a second of every start."""
    from sqlite_utils import Database

    return Database(connection, execute_plugins=False, strict=True)


def _opened(path: Path, key: bytes) -> Any:
    connection = _connect(path, key)
    try:
        if _applied(connection) != list(NEWEST):
            _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _applied(connection: Any) -> list[str]:
    """The steps that this store took; sqlite-utils keeps them in a table of its own."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'mentor' ORDER BY id")
    return [row[0] for row in rows]


def _migrate(connection: Any, path: Path) -> None:
    from mentorapp.store.migrations import steps

    db = wrapped(connection)
    applied = [step.name for step in steps.applied(db)]
    waiting = [step.name for step in steps.pending(db)]
    if not set(applied) <= set(NEWEST):
        raise UserError(_NEWER)
    if applied and waiting:
        copy_to_backups(connection, path, label=f"before-{waiting[0]}")
    steps.apply(db)


def copy_to_backups(connection: Any, path: Path, *, label: str) -> Path:
    """A whole copy of the store in the folder beside it, encrypted with the same key; the oldest copies make room."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{label}-{path.stat().st_mtime_ns}.mentor"
    _copy(connection, copy)
    old = sorted(folder.glob("*.mentor"), key=lambda file: file.stat().st_mtime_ns)
    for file in old[:-KEEP_BACKUPS]:
        file.unlink()
    return copy


def _copy(connection: Any, to: Path) -> None:
    """The copy has its name only once it is whole and on the disk, and knows that it is one."""
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with _marked(connection):
            connection.execute("VACUUM INTO ?", (str(part),))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


COPY = "copy"
"""The fact by which a copy knows that it is one. What was saved before it was made means the same in both; what is saved after, not."""


@contextlib.contextmanager
def _marked(connection: Any) -> Iterator[None]:
    # A power cut within leaves the mark on the store itself, which then only takes a new name at its next opening.
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fact'").fetchone():
        yield
        return
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (COPY, b"yes"))
    try:
        yield
    finally:
        connection.execute("DELETE FROM fact WHERE name = ?", (COPY,))


def copy_with_key(connection: Any, path: Path, folder: Path) -> Path:
    """A copy of the store with its key file in a new folder, so that the same passphrase opens it."""
    folder.mkdir(parents=True, exist_ok=True)
    key = path.with_suffix(".key")
    if key.exists():
        shutil.copy2(key, folder / key.name)
    _copy(connection, folder / path.name)
    return folder


@contextlib.contextmanager
def transaction(connection: Any) -> Iterator[None]:
    """One intention, whole or not at all. Takes the write lock at once, so that what is read inside is what is written on.

    Within another intention it is a part of that one: a failure must rise through both.
    """
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # The failure may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
