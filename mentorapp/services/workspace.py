"""The one object passed around: the opened store, the clock, and who is working.

`open_*` and `start` are the only ways to get one. They run on the store lane, for the store belongs to the thread that opens it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from mentorapp import paths
from mentorapp.clock import Clock, SystemClock, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.records import Mentorship, Person, Pulse, Record, Reflection
from mentorapp.store import Changed as Changed
from mentorapp.store import Store, keys
from mentorapp.store.keys import NoKey as NoKey

STORE = "store.mentor"
KEY = "store.key"

LEAST_PASSPHRASE = keys.LEAST_PASSPHRASE
"""The shortest passphrase accepted, in characters."""


@dataclass
class Workspace:
    """An opened store with its clock and its mentor. `me` is the id of the Person who works here."""

    store: Store
    clock: Clock
    me: str
    practice: bool = False

    def close(self) -> None:
        """Close the store; everything saved is on the disk already."""
        self.store.close()


def folder(*, practice: bool = False) -> Path:
    """The folder of the real store, or of the one with sample people, which are never mixed."""
    return paths.data() / "practice" if practice else paths.data()


def exists(*, practice: bool = False) -> bool:
    """Whether there is a store to open."""
    return (folder(practice=practice) / STORE).exists()


def ways_in(*, practice: bool = False) -> frozenset[str]:
    """How the store can be opened: `passphrase`, `keyring`, `practice`."""
    return keys.ways(folder(practice=practice) / KEY)


def keyring_here() -> bool:
    """Whether this computer has a keyring that could remember the key. Looking for it may take a moment."""
    return keys.keyring_here()


def start(
    *,
    name: str,
    passphrase: str = "",
    remember: bool = False,
    practice: bool = False,
    clock: Clock | None = None,
    me: str = "",
) -> Workspace:
    """Make a new store for a mentor of this name. Raises UserError if one is there already, or if it cannot be made."""
    place = folder(practice=practice)
    if exists(practice=practice):
        raise UserError(N_("There is a store on this laptop already. Open it with its passphrase."))
    try:
        place.mkdir(parents=True, exist_ok=True)
        _set_key_aside(place / KEY)
        key = keys.new_key()
        if practice:
            keys.leave_open(place / KEY, key)
        if passphrase:
            keys.wrap_with_passphrase(place / KEY, key, passphrase)
        if remember:
            keys.remember_in_keyring(place / KEY, key)
    except OSError as reason:
        raise UserError(
            N_(
                "The folder “{folder}” cannot be written to, so no store could be made there. "
                "Choose another place, or ask your office for help."
            ),
            folder=str(place),
        ) from reason
    if not (practice or passphrase or remember):
        raise UserError(N_("Choose a passphrase, so that nobody else can read what you write."))
    return _opened(place, key, practice=practice, clock=clock, name=name, me=me)


def _set_key_aside(file: Path) -> None:
    """A key without its store: the store may lie on a stick, so its key must not be overwritten."""
    if file.exists():
        file.replace(file.with_name(f"{KEY}-{file.stat().st_mtime_ns}"))


def open_with_passphrase(passphrase: str, *, clock: Clock | None = None) -> Workspace:
    """Open the store. Raises UserError if the passphrase is wrong or the file cannot be opened."""
    key = keys.open_with_passphrase(folder() / KEY, passphrase)
    return _opened(folder(), key, clock=clock)


def open_with_keyring(*, clock: Clock | None = None) -> Workspace:
    """Open the store with the key that this computer's keyring remembers. Raises UserError if it does not."""
    return _opened(folder(), keys.open_with_keyring(folder() / KEY), clock=clock)


def open_practice(*, clock: Clock | None = None) -> Workspace:
    """Open the store with sample people."""
    place = folder(practice=True)
    return _opened(place, keys.open_practice(place / KEY), practice=True, clock=clock)


def change_passphrase(old: str, new: str) -> None:
    """Let `new` open the store instead of `old`. Raises UserError if `old` is wrong or `new` too short."""
    key = keys.open_with_passphrase(folder() / KEY, old)
    keys.wrap_with_passphrase(folder() / KEY, key, new)


def become(workspace: Workspace, *, person: str) -> Changed:
    """Work from now on as the Person whom an office knows: my mentorships, reflections and pulses follow, my name here goes out of sight.

    Nothing changes if that is who I am already.
    """
    store, before, now = workspace.store, workspace.me, workspace.clock.now()
    if person == before:
        return Changed()
    mine = store.find(Mentorship, "EXISTS (SELECT 1 FROM json_each(mentors) WHERE value = ?)", (before,), voided=True)
    moved: list[tuple[Record | None, Record]] = [
        (pair, replace(pair, mentors=tuple(sorted({*pair.mentors, person} - {before})))) for pair in mine
    ]
    for thought in store.find(Reflection, "author = ?", (before,), voided=True):
        # What was shared stays shared: only what is mine alone moves to my new name.
        scope = f"private/{person}" if thought.scope == f"private/{before}" else thought.scope
        moved.append((thought, replace(thought, author=person, scope=scope)))
    for pulse in store.find(Pulse, "author = ?", (before,), voided=True):
        rater = person if pulse.rater == before else pulse.rater
        moved.append((pulse, replace(pulse, author=person, rater=rater, scope=f"private/{person}")))
    me = store.seek(Person, before)
    with store.transaction():
        changed = store.save_all(moved, by=person, at=now)
        if me:
            if store.seek(Person, person) is None:
                changed |= store.save(replace(me, id=person), by=person, at=now)
            changed |= store.void(me, reason=tr("Known to the office under another number"), by=person, at=now)
        store.remember(me=person)
    workspace.me = person
    return changed


def _opened(
    place: Path, key: bytes, *, practice: bool = False, clock: Clock | None = None, name: str = "", me: str = ""
) -> Workspace:
    clock = clock or SystemClock()
    store = Store(place / STORE, key)
    try:
        workspace = Workspace(store, clock, store.recall("me"), practice)
        if not workspace.me:
            workspace.me = me or new_id()
            with store.transaction():
                store.remember(me=workspace.me)
                if name:
                    mentor = Person(id=workspace.me, scope="office/", name=name, status="active")
                    store.save(mentor, by=workspace.me, at=clock.now())
        return workspace
    except BaseException:
        store.close()
        raise
