"""Two versions of one thing, and choosing between them. Choosing is an ordinary save that supersedes both; both stay in the history."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mentorapp import registers, wording
from mentorapp.fields import Field, Text, fields_of
from mentorapp.records import BY_KIND, Person, Record
from mentorapp.registers import State
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed, Version

_VOIDING = (registers.VOIDED, registers.SEEN, "void_reason")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the versions: its value, who wrote it, when by their clock, whether I did, and whether on this laptop.

    `in_doubt`: there was evidence that this clock was off.
    """

    value: Any
    by: str
    at: datetime
    mine: bool
    here: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A field of a record that stands in several versions. `together` is the suggestion that keeps both, if there is one.

    `before` is what stands, to be brought back if the choice is undone.
    """

    record: Record
    name: str
    field: Field
    sides: tuple[Side, ...]
    together: Any = None
    before: State | None = None


def conflicts(workspace: Workspace) -> list[Conflict]:
    """Everything that asks, oldest record first."""
    found = []
    for kind, id in workspace.store.asking():
        record = workspace.store.seek(BY_KIND[kind], id) if kind in BY_KIND else None
        state = workspace.store.state(id)
        if record is None or state is None or record.unseen:
            continue
        raced = registers.voiding_raced(state)
        for name, field in fields_of(type(record)).items():
            register = state.registers.get(name)
            asks = register is not None and registers.shown(register, field.rule, state.stamps).conflict
            if asks or (raced and name == registers.VOIDED):
                before = state.only(_VOIDING if name == registers.VOIDED else (name,))
                found.append(_conflict(workspace, record, name, field, before))
    return found


def _value(field: Field, packed: bytes) -> Any:
    with contextlib.suppress(ValueError):
        return field.decode(packed)
    return field.empty  # Of a shape from a later version.


def _conflict(workspace: Workspace, record: Record, name: str, field: Field, before: State) -> Conflict:
    sides = [_side(workspace, field, version) for version in workspace.store.versions(record.id, name)]
    long = isinstance(field, Text) and field.long
    together = wording.together([side.value for side in sides]) if long else None
    return Conflict(record=record, name=name, field=field, sides=tuple(sides), together=together, before=before)


def _side(workspace: Workspace, field: Field, version: Version) -> Side:
    author = workspace.store.seek(Person, version.by)
    mine = version.by == workspace.me
    return Side(
        value=_value(field, version.value),
        by=author.name if author else "",
        at=version.at,
        mine=mine,
        here=version.here and mine,  # A choice taken back lets a colleague's version stand under a save of this laptop.
        in_doubt=version.in_doubt,
    )


def choose(workspace: Workspace, conflict: Conflict, value: Any) -> Changed:
    """Let this value stand: one of the sides, both together, or a new wording. What arrived since stays beside it."""
    if conflict.name == registers.VOIDED and value:
        # Voiding anew says that what stands now was seen; otherwise it would be asked again for ever.
        return workspace.store.void(
            conflict.record, reason=conflict.record.void_reason, by=workspace.me, at=workspace.clock.now()
        )
    return workspace.store.settle(
        type(conflict.record),
        conflict.record.id,
        conflict.name,
        value,
        by=workspace.me,
        at=workspace.clock.now(),
        among=[side.value for side in conflict.sides],
    )


def undo(workspace: Workspace, conflict: Conflict) -> Changed:
    """Take a choice back: what stood stands again, and asks. What arrived since stays beside it."""
    return workspace.store.reopen(conflict.before, at=workspace.clock.now()) if conflict.before else Changed()


def earlier(workspace: Workspace, record: Record, name: str) -> list[Side]:
    """The versions of a field that were superseded, newest first: the one not chosen is among them."""
    field = fields_of(type(record))[name]
    return [_side(workspace, field, version) for version in workspace.store.history(record.id, name)]
