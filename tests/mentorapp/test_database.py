"""The file: encrypted, durable, migrated, backed up before that; whatever is wrong with it is said in a sentence."""

import dataclasses
import os
import re
import subprocess
import sys
import time

import msgspec
import pytest
import sqlcipher3.dbapi2 as cipher
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.errors import UserError
from mentorapp.records import ALL, BY_KIND, Session
from mentorapp.registers import Dot, State
from mentorapp.store import Store, database, tables
from mentorapp.store.database import NEWEST as NAMES
from mentorapp.store.migrations import steps
from tests.mentorapp.sessions import KEY, NOON, later, session
from tests.strategies import times

PLANTED = ("zanzibarwords", "ملاحظةسرية", "Tesfaye M.")


# --- how it is kept ---------------------------------------------------------------------------------------------------


def test_every_save_is_on_the_disk_before_it_returns(store):
    assert store.rows("PRAGMA journal_mode") == [("wal",)]
    assert store.rows("PRAGMA synchronous") == [(2,)]
    assert store.rows("PRAGMA temp_store") == [(2,)]
    assert store.rows("PRAGMA cipher_version")


def test_every_table_is_strict(store):
    kept = store.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    loose = {name for name, strict in kept if not strict}
    assert loose <= {"sqlite_schema", "_sqlite_migrations"}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)
def test_migrations_make_the_tables_that_the_declarations_ask_for(store, kind):
    scratch = cipher.connect(":memory:")
    scratch.execute(tables.create(kind))
    about = f"PRAGMA table_xinfo({kind.kind})"
    # A later step puts its column behind those of the store: the same columns, wherever they stand.
    assert {row[1:] for row in store.rows(about)} == {row[1:] for row in scratch.execute(about)}
    made = [flat(rows[0][0]) for rows in (store.rows(*sql(kind)), scratch.execute(*sql(kind)).fetchall())]
    assert made[0] == made[1]
    scratch.close()


def sql(kind):
    return "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (kind.kind,)


def flat(statement):
    columns, options = re.sub(r"\s+", " ", statement).rsplit(")", 1)
    return sorted(column.strip() for column in columns.split("(", 1)[1].split(",")), options


def test_there_is_a_table_for_each_kind_and_for_nothing_else(store):
    with_scope = store.rows(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'void_reason'"
    )
    assert {name for (name,) in with_scope} == set(BY_KIND)


def test_every_step_is_named_once_and_in_order():
    assert tuple(step.name for step in steps._migrations) == NAMES


def folder_holds(folder, words):
    for file in folder.rglob("*"):
        if file.is_file() and any(
            w.encode(code) in file.read_bytes() for w in words for code in ("utf-8", "utf-16-le")
        ):
            return file
    return None


def test_no_word_lies_readable_in_the_folder_open_closed_or_backed_up(tmp_path):
    store = Store(tmp_path / "home" / "store.mentor", KEY)
    one = session(notes=" ".join(PLANTED), topics=PLANTED, place=PLANTED[0])
    store.save(one, by=PLANTED[0], at=NOON)
    store.keep_draft("d", kind="session", about="", body=PLANTED[1], at=NOON)
    for size in range(40):
        store.save(session(notes=PLANTED[0] * 3000, place=str(size)), by="me", at=NOON)
    store.find(Session, order="notes, place")
    assert (tmp_path / "home" / "store.mentor-wal").stat().st_size > 0
    assert folder_holds(tmp_path, PLANTED) is None
    assert folder_holds(tmp_path, [KEY.hex()]) is None
    store.back_up(tmp_path / "stick", at=NOON)
    store.close()
    assert folder_holds(tmp_path, PLANTED) is None
    (tmp_path / "seen.txt").write_text(PLANTED[1], "utf-8")
    assert folder_holds(tmp_path, PLANTED).name == "seen.txt"


# --- upgrades ---------------------------------------------------------------------------------------------------------


UNDONE = (
    "DROP INDEX registers_safe",
    "DROP TABLE imported",
    "DROP TABLE import_run",
    "DROP INDEX person_same",
    "ALTER TABLE mentorship DROP COLUMN earlier_mentors",
    "ALTER TABLE mentorship DROP COLUMN handed_over",
    "ALTER TABLE person DROP COLUMN same_as",
    "ALTER TABLE reflection DROP COLUMN shared",
    "ALTER TABLE reflection DROP COLUMN offered",
    *(f"DROP TABLE {kind}" for kind in ("consent", "agreement", "measurement", "competency_rating", "pulse")),
    "DROP INDEX attachment_content",
    "DROP TABLE file_piece",
    "DROP TABLE file",
    "ALTER TABLE history DROP COLUMN in_doubt",
    "DROP TABLE held_case",
    "DROP INDEX registers_unprinted",
    "DROP INDEX registers_print",
    "ALTER TABLE registers DROP COLUMN print",
    "DROP TABLE search",
)
"""What takes back the steps after the second, the last first."""


def older(path):
    """A store as the version that knew the first two steps left it, with one session in it."""
    store = Store(path, KEY)
    one = session(notes="kept from before")
    store.save(one, by="me", at=NOON)
    with store.transaction():
        for statement in UNDONE:
            store.connection.execute(statement)
        # Every step after the second: the search index is made anew, and filled, by opening.
        store.connection.execute(f"DELETE FROM _sqlite_migrations WHERE name IN {NAMES[2:]}")
        store.connection.execute("DELETE FROM fact WHERE name = 'shown as'")
    store.close()
    return one


def test_an_older_store_is_copied_before_it_is_migrated_and_the_copy_opens(tmp_path):
    path = tmp_path / "store.mentor"
    one = older(path)
    store = Store(path, KEY)
    assert [hit.id for hit in store.search("before")] == [one.id]
    store.close()
    (copy,) = (tmp_path / "backups").glob("*.mentor")
    assert f"before-{NAMES[2]}" in copy.name
    assert not copy.read_bytes().startswith(b"SQLite format 3")
    again = Store(copy, KEY)
    assert again.get(Session, one.id).notes == "kept from before"
    assert again.is_well()
    again.close()


def test_only_the_newest_copies_are_kept(tmp_path):
    path = tmp_path / "store.mentor"
    for _ in range(database.KEEP_BACKUPS + 2):
        older(path)
    Store(path, KEY).close()
    kept = list((tmp_path / "backups").iterdir())
    assert len(kept) == database.KEEP_BACKUPS


def test_an_upgrade_that_was_cut_off_while_copying_goes_on_at_the_next_opening(tmp_path):
    path = tmp_path / "store.mentor"
    one = older(path)
    (tmp_path / "backups").mkdir()
    for name in (f"before-{NAMES[2]}-{path.stat().st_mtime_ns}.mentor", "x.mentor"):
        (tmp_path / "backups" / (name + ".part")).write_bytes(b"half a copy")
    store = Store(path, KEY)
    assert [hit.id for hit in store.search("before")] == [one.id]
    store.close()


def test_a_store_of_a_newer_version_is_refused_and_not_changed(tmp_path):
    path = tmp_path / "store.mentor"
    store = Store(path, KEY)
    with store.transaction():
        store.connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mentor', 'm9999_later', 'x')"
        )
    store.close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="newer version"):
        Store(path, KEY)
    assert path.read_bytes() == before
    assert not (tmp_path / "backups").exists()


def test_what_an_older_version_kept_without_knowing_it_comes_to_life_after_an_upgrade(tmp_path):
    path = tmp_path / "store.mentor"
    store = Store(path, KEY)
    words = registers.first(Dot(b"x" * 8, 1), msgspec.msgpack.encode("from a later version"))
    store.absorb([State("session", "s1", {"notes": words})], at=NOON)
    with store.transaction():  # As if this version had known neither the kind nor its words.
        store.connection.execute("DELETE FROM session")
        store.connection.execute("DELETE FROM search")
        store.connection.execute("DELETE FROM fact WHERE name = 'shown as'")
    store.close()
    store = Store(path, KEY)
    assert store.get(Session, "s1").notes == "from a later version"
    assert [hit.id for hit in store.search("later")] == ["s1"]
    store.close()


# --- what can be wrong with it ----------------------------------------------------------------------------------------


@pytest.fixture
def closed(tmp_path):
    """A closed store with thirty sessions."""
    path = tmp_path / "store.mentor"
    store = Store(path, KEY)
    store.save_all([(None, session(notes="words " * 200, place=f"p{n}")) for n in range(30)], by="me", at=NOON)
    store.close()
    return path


def test_a_wrong_key_is_refused_with_a_sentence_and_nothing_changes(closed):
    before = closed.read_bytes()
    with pytest.raises(UserError, match="was not opened"):
        Store(closed, b"\x01" * 32)
    assert closed.read_bytes() == before


def said_or_whole(path):
    """Open and read a store that may be damaged: a sentence, or everything that was saved; never a bug, never less."""
    try:
        store = Store(path, KEY)
    except UserError as said:
        return str(said)
    try:
        assert len(store.find(Session)) == 30
        store.search("words")
        store.is_well()
        return "whole"
    except UserError as said:
        return str(said)
    finally:
        store.close()


@settings(max_examples=times(60))
@given(st.data())
def test_a_damaged_file_is_never_taken_for_a_smaller_one(tmp_path_factory, data):
    path = spoilt(tmp_path_factory)
    good = spoilt.bytes
    bad = bytearray(good)
    if data.draw(st.booleans(), label="truncated"):
        bad = bad[: data.draw(st.integers(0, len(good) - 1), label="length")]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            bad[data.draw(st.integers(0, len(good) - 1), label="byte")] ^= data.draw(st.integers(1, 255), label="flip")
    path.write_bytes(bad)
    said = said_or_whole(path)
    assert "damaged" in said or "whole" in said or "disk" in said


def spoilt(factory):
    if not hasattr(spoilt, "bytes"):
        path = factory.mktemp("good") / "store.mentor"
        store = Store(path, KEY)
        store.save_all([(None, session(notes="words " * 200, place=f"p{n}")) for n in range(30)], by="me", at=NOON)
        store.close()
        spoilt.bytes = path.read_bytes()
    return factory.mktemp("bad") / "store.mentor"


def test_an_emptied_file_is_damage_and_not_a_new_store(closed):
    closed.write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        Store(closed, KEY)


def test_a_store_cut_off_in_the_making_is_made_anew(tmp_path):
    (tmp_path / "store.mentor.new").write_bytes(b"half of")
    (tmp_path / "store.mentor.new-wal").write_bytes(b"a store")
    store = Store(tmp_path / "store.mentor", KEY)
    assert store.is_well()
    store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["store.mentor"]


def test_a_store_that_another_window_is_writing_to_says_so(closed):
    store = Store(closed, KEY)
    holder = cipher.connect(str(closed), isolation_level=None)
    holder.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    holder.execute("BEGIN IMMEDIATE")
    store.connection.execute("PRAGMA busy_timeout = 50")
    try:
        with pytest.raises(UserError, match="Another window"):
            store.save(session(notes="a"), by="me", at=NOON)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    store.save(session(notes="a"), by="me", at=NOON)
    assert len(store.find(Session)) == 31
    store.close()


def test_two_windows_on_one_store_never_use_a_counter_twice(closed):
    one, other = Store(closed, KEY), Store(closed, KEY)
    for n in range(5):
        for store in (one, other):
            store.save(session(place=str(n)), by="me", at=later(n))
    assert one.rows("SELECT count(DISTINCT counter), count(DISTINCT id) FROM outbox") == [(40, 40)]
    assert one.counter == other.counter == 40
    one.close()
    other.close()


_AS_NOBODY = """
import os, sys
from pathlib import Path
from mentorapp.store import Store
from mentorapp.errors import UserError
import mentorapp.store.migrations  # while its files can be read
os.setgid(65534); os.setuid(65534)
try:
    Store(Path(sys.argv[1]), bytes(range(32)))
except UserError as said:
    sys.stdout.write(str(said))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_may_not_be_written_to_is_said_so(closed, there):
    folder = closed.parent
    if not there:
        closed.unlink()
    for parent in (folder, *folder.parents):
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    ran = subprocess.run([sys.executable, "-c", _AS_NOBODY, str(closed)], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert "cannot be written to" in ran.stdout
    assert folder.name in ran.stdout


# --- backups ----------------------------------------------------------------------------------------------------------


def test_a_backup_opens_with_the_same_key_and_is_whole(store, tmp_path):
    one = session(notes="words")
    store.save(one, by="me", at=NOON)
    folder = store.back_up(tmp_path / "stick", at=NOON)
    store.save(dataclasses.replace(one, notes="later words"), before=one.at_home(), by="me", at=later(1))
    again = Store(folder / store.path.name, KEY)
    assert again.get(Session, one.id).notes == "words"
    assert again.is_well()
    again.close()


def test_two_backups_in_one_second_are_no_failure(store, tmp_path):
    first = store.back_up(tmp_path / "stick", at=NOON)
    assert store.back_up(tmp_path / "stick", at=NOON) == first
    assert [file.name for file in first.iterdir()] == [store.path.name]


def test_a_backup_that_cannot_be_written_is_said_so_and_leaves_nothing_half(store, tmp_path):
    (tmp_path / "stick").write_text("a file where a folder should be")
    with pytest.raises(UserError):
        store.back_up(tmp_path / "stick", at=NOON)


# --- many -------------------------------------------------------------------------------------------------------------


def test_opening_a_store_takes_no_longer_because_much_is_in_it(closed):
    began = time.perf_counter()
    Store(closed, KEY).close()
    assert time.perf_counter() - began < 1
