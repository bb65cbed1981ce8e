"""Keeping what a table holds, some rows at a time, and taking a whole import back, even after a restart.

Each piece is one transaction: stopped, cut off or refused between two, what is kept is whole and can be taken back. Nothing that was
here before is changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mentorapp.clock import new_id
from mentorapp.fields import Many, Ref, fields_of
from mentorapp.i18n import tr
from mentorapp.records import ALL, BY_KIND, Record
from mentorapp.services.importing.checking import Check, Checked
from mentorapp.services.importing.known import Key
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

PIECE = 25
"""How many rows are kept in one transaction: about a tenth of a second on a slow disk."""


@dataclass(frozen=True)
class Run:
    """An import, as it is offered to be taken back: of which kind, from which file, when, how many records it made."""

    id: str
    kind: str
    file: str
    at: datetime
    made: int
    undone: bool


@dataclass(eq=False)
class Running:
    """An import under way: the rows still to keep, and how many are kept."""

    id: str
    check: Check
    rows: Sequence[Checked]
    kept: int = 0
    records: int = 0
    made: set[Key] = field(default_factory=set)

    @property
    def share(self) -> float:
        """How much is kept, from 0 to 1."""
        return self.kept / max(len(self.rows), 1)

    @property
    def done(self) -> bool:
        """Whether everything is kept."""
        return self.kept >= len(self.rows)


def begin(workspace: Workspace, *, check: Check) -> Running:
    """Begin to keep the rows that are taken."""
    run = Running(new_id(), check, check.taken())
    now = workspace.clock.now().isoformat()
    workspace.store.begin_import(run.id, kind=check.plan.kind, file=check.book.name, at=now)
    return run


def keep_more(workspace: Workspace, running: Running) -> Changed:
    """Keep the next rows, all of them or none."""
    rows = running.rows[running.kept : running.kept + PIECE]
    changed, made, before = Changed(), set(running.made), running.records
    try:
        with workspace.store.transaction():
            for row in rows:
                for key in row.needs:
                    if key not in running.made:
                        changed |= _keep(workspace, running, running.check.known.made[key], b"")
                        running.made.add(key)
                changed |= _keep(workspace, running, row.records[:1], row.digest)
                changed |= _keep(workspace, running, row.records[1:], b"")
    except BaseException:
        running.made, running.records = made, before
        raise
    running.kept += len(rows)
    return changed


def _keep(workspace: Workspace, running: Running, records: Iterable[Record], digest: bytes) -> Changed:
    changed = Changed()
    for record in records:
        # Taken back earlier, it is the same record that comes into sight again.
        before = workspace.store.seek(type(record), record.id)
        changed |= workspace.store.save(record, before=before, by=workspace.me, at=workspace.clock.now())
        workspace.store.note_imported(running.id, record.id, record.kind, digest)
        running.records += 1
    return changed


def import_all(workspace: Workspace, *, check: Check) -> Running:
    """Keep everything that is taken; for scripts."""
    running = begin(workspace, check=check)
    while not running.done:
        keep_more(workspace, running)
    return running


# --- taking it back ---------------------------------------------------------------------------------------------------


def runs(workspace: Workspace) -> list[Run]:
    """The latest imports, the newest first."""
    return [
        Run(one.id, one.kind, one.file, datetime.fromisoformat(one.at), one.made, one.undone is not None)
        for one in workspace.store.imports()
    ]


@dataclass(eq=False)
class Undoing:
    """An import being taken back: what is still to void, and what stays because somebody has worked with it since."""

    id: str
    file: str
    left: list[Record]
    stays: tuple[Record, ...]
    voided: int = 0

    @property
    def share(self) -> float:
        """How much is taken back, from 0 to 1."""
        return self.voided / max(self.voided + len(self.left), 1)

    @property
    def done(self) -> bool:
        """Whether everything that can be is taken back."""
        return not self.left


def begin_undo(workspace: Workspace, *, run: str) -> Undoing:
    """What taking an import back would void, and what stays: records edited since, and those that these or later ones are about."""
    store = workspace.store
    made = {one.id: one for one in store.imported(run)}
    standing: dict[str, Record] = {}
    for one in made.values():
        record = store.seek(BY_KIND[one.kind], one.id)
        if record is not None and not record.voided:
            standing[one.id] = record
    edited = {id for id in standing if _edited(workspace, id, made[id].replica, made[id].counter)}
    named = store.referred_to(_references())
    queue = [*edited, *(id for id in named if id not in standing)]
    stays: set[str] = set(edited)
    while queue:
        for id in named.get(queue.pop(), ()):
            if id in standing and id not in stays:
                stays.add(id)
                queue.append(id)
    if len(stays) == len(standing):
        store.undone_import(run, at=workspace.clock.now().isoformat())
    file = next((one.file for one in store.imports(1000) if one.id == run), "")
    left = [record for id, record in standing.items() if id not in stays]
    return Undoing(run, file, left, tuple(record for id, record in standing.items() if id in stays))


def _edited(workspace: Workspace, id: str, replica: bytes, counter: int) -> bool:
    """Whether anything of a record is of another save than the import's."""
    state = workspace.store.state(id)
    dots = {s.dot for register in state.registers.values() for s in register.siblings} if state else set()
    return any((dot.replica, dot.counter) != (replica, counter) for dot in dots)


def _references() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    found = []
    for kind in ALL:
        fields = fields_of(kind).items()
        single = tuple(name for name, field in fields if isinstance(field, Ref))
        sets = tuple(name for name, field in fields if isinstance(field, Many) and isinstance(field.of, Ref))
        found.append((kind.kind, single, sets))
    return found


def undo_more(workspace: Workspace, undoing: Undoing) -> Changed:
    """Void some more of what the import made, the last first."""
    some, now, changed = undoing.left[:PIECE], workspace.clock.now(), Changed()
    reason = tr("The import of “{file}” was taken back", file=undoing.file)
    with workspace.store.transaction():
        for record in some:
            changed |= workspace.store.void(record, reason=reason, by=workspace.me, at=now)
        if len(some) == len(undoing.left):
            workspace.store.undone_import(undoing.id, at=now.isoformat())
    del undoing.left[: len(some)]
    undoing.voided += len(some)
    return changed


def undo_all(workspace: Workspace, *, run: str) -> Undoing:
    """Take an import back; for scripts."""
    undoing = begin_undo(workspace, run=run)
    while not undoing.done:
        undo_more(workspace, undoing)
    return undoing
