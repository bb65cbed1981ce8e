"""What a coordinator decides about: changes that others made outside their own mentorships, held by the server until somebody says.

What waits is no record of this store; a decision waits here until the next exchange and can be taken back until then.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mentorapp.fields import fields_of
from mentorapp.records import BY_KIND, Record
from mentorapp.registers import shown, unpack
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from mentorapp.store.cases import Case


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change that waits: of which record (as it would be, as far as this coordinator may read it), by whom, since when, why (a code).

    `values` are the fields that were changed and may be read here. `record` is None for a kind that this version does not know.
    `accept` is what was decided here and not told yet, None if nothing was.
    """

    digest: bytes
    record: Record | None
    values: Mapping[str, Any]
    by: str
    received: datetime
    reason: str
    accept: bool | None = None


def waiting(workspace: Workspace) -> list[Waiting]:
    """Everything that waits for this coordinator, oldest first."""
    return [_waiting(workspace, case) for case in workspace.store.cases()]


def _waiting(workspace: Workspace, case: Case) -> Waiting:
    kind = BY_KIND.get(case.kind)
    values = _values(kind, case) if kind else {}
    record = (workspace.store.seek(kind, case.id) or kind(id=case.id, **values)) if kind else None
    return Waiting(
        digest=case.digest,
        record=record,
        values=values,
        by=case.by,
        received=case.received,
        reason=case.reason,
        accept=case.accept,
    )


def _values(kind: type[Record], case: Case) -> dict[str, Any]:
    state = unpack(case.kind, case.id, case.body) if case.body else None
    found: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        register = state.registers.get(name) if state else None
        if state and register:
            # A value of a later version's shape is left out: it goes in all the same, byte for byte.
            with contextlib.suppress(ValueError):
                found[name] = field.decode(shown(register, field.rule, state.stamps).value)
    return found


def decide(workspace: Workspace, *, digest: bytes, accept: bool | None) -> Changed:
    """Let it go in, leave it out, or (None) take the decision back; the server hears of it at the next exchange."""
    workspace.store.decide_case(digest, accept=accept)
    return Changed(frozenset(("sync",)))
