"""What every record has: an id, the scope it is shared in, and whether it was voided."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar, Self

from mentorapp.fields import Flag, Merge, Text, Visibility, declare
from mentorapp.i18n import N_


@dataclass(frozen=True, kw_only=True)
class Record:
    """A frozen value with an id. `kind` names it in tables and exchanges; `title` and `plural` are its words."""

    kind: ClassVar[str]
    title: ClassVar[str]
    plural: ClassVar[str]
    unseen: ClassVar[bool] = False
    """Whether what only its author may read is shown by its own service alone: in no export, conflict or list, whoever asks."""

    id: str
    scope: str = declare(
        Text(label=N_("Shared in"), visibility=Visibility.programme, merge=Merge.latest, searched=False)
    )
    voided: bool = declare(Flag(label=N_("Voided"), visibility=Visibility.programme, merge=Merge.ask))
    void_reason: str = declare(Text(label=N_("Why it was voided"), merge=Merge.latest, searched=False))

    def home(self) -> str:
        """The scope that this record is born in."""
        raise NotImplementedError

    def at_home(self) -> Self:
        """The same record in the scope where it belongs."""
        return self if self.scope else dataclasses.replace(self, scope=self.home())


def in_mentorship(mentorship: str | None, author: str = "") -> str:
    """The scope of a pair's record; what belongs to no pair yet stays with its author."""
    return f"mentorship/{mentorship}" if mentorship else f"private/{author}"
