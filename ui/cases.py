"""What a coordinator is asked to decide about, in words: of what, whose and when, why it waits, what of it they may read.

`read` runs on the store lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mentorapp.fields import fields_of
from mentorapp.i18n import N_, tr
from mentorapp.services import holding
from ui import versions, words

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

_WHY = {
    "outside": N_("It belongs to a mentorship that is not theirs at the office’s server."),
    "outside_class": N_("It changes words that only the mentors of the pair may change."),
}
_OTHERWISE = N_("The office’s server could not tell where it belongs.")
_SAID_ELSEWHERE = {"scope", "mentorship", "voided", "void_reason"}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A change that waits, in words. `lines` are (field, what it says); `accept` what was decided here, None if nothing was."""

    digest: bytes
    about: str
    by: str
    why: str
    lines: tuple[tuple[str, str], ...]
    accept: bool | None = None

    @property
    def key(self) -> str:
        """Names it among others."""
        return self.digest.hex()


def read(workspace: Workspace, today: date) -> list[Shown]:
    """Everything that waits for this coordinator, oldest first."""
    return [_shown(workspace, one, today) for one in holding.waiting(workspace)]


def _shown(workspace: Workspace, one: holding.Waiting, today: date) -> Shown:
    record = one.record
    lines = [
        (tr(field.label), versions.value_words(workspace, field, one.values[name]))
        for name, field in (fields_of(type(record)).items() if record else ())
        if name in one.values and name not in _SAID_ELSEWHERE
    ]
    return Shown(
        digest=one.digest,
        about=versions.about(workspace, record, today) if record else tr("Something of a newer version of Mentor"),
        by=tr("{who}, {when}", who=one.by, when=words.when(one.received, near=today)),
        why=tr(_WHY.get(one.reason, _OTHERWISE)),
        lines=tuple(lines),
        accept=one.accept,
    )
