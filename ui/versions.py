"""What stands in several versions, in words that a person can choose by: whose, when, what it says, where they differ.

`read` and `earlier` run on the store lane. Nothing here decides: a value is given back exactly as it was saved.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mentorapp import registers, wording
from mentorapp.clock import day_of, local
from mentorapp.fields import Choice, Count, Day, Field, Flag, Many, Moment, Ref, Text
from mentorapp.i18n import tr
from mentorapp.records import BY_KIND, Consent, Mentorship, Person, Record, Session, Site
from mentorapp.services import conflicts, recall, sameness
from mentorapp.services.conflicts import Conflict, Side
from mentorapp.services.workspace import Workspace
from mentorapp.wording import Spans
from ui import words


@dataclass(frozen=True, kw_only=True)
class Version:
    """One of the versions: whose, when and where, what it says, which words differ, and the words that choose it."""

    title: str
    caption: str
    says: str
    differs: Spans
    keep: str
    kept: str
    value: Any


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A field that stands in several versions. `together` suggests a text that holds all of them, "" if there is none."""

    conflict: Conflict
    about: str
    label: str
    versions: tuple[Version, ...]
    together: str = ""
    wordable: bool = False

    @property
    def key(self) -> str:
        """Names it among others."""
        return f"{self.conflict.record.id}:{self.conflict.name}"


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A version that was superseded: whose and when, what it said, its value."""

    caption: str
    says: str
    value: Any


def read(workspace: Workspace) -> list[Disagreement]:
    """Everything that asks."""
    return [_disagreement(workspace, conflict) for conflict in conflicts.conflicts(workspace)]


def earlier(workspace: Workspace, conflict: Conflict) -> list[Earlier]:
    """What the field said before, the newest first."""
    today = day_of(workspace.clock.now())
    found = conflicts.earlier(workspace, conflict.record, conflict.name)
    return [
        Earlier(
            caption=tr(
                "{who}, {when}",
                who=tr("You") if side.mine else side.by or tr("A colleague"),
                when=_when(side, today),
            ),
            says=value_words(workspace, conflict.field, side.value),
            value=side.value,
        )
        for side in found
    ]


def _disagreement(workspace: Workspace, conflict: Conflict) -> Disagreement:
    today = day_of(workspace.clock.now())
    if conflict.name == registers.VOIDED:
        versions = _out_of_sight(conflict, today)
    else:
        versions = _side_by_side(workspace, conflict, today)
    return Disagreement(
        conflict=conflict,
        about=about(workspace, conflict.record, today),
        label=tr(conflict.field.label),
        versions=versions,
        together=conflict.together or "",
        wordable=isinstance(conflict.field, Text),
    )


def _side_by_side(workspace: Workspace, conflict: Conflict, today: date) -> tuple[Version, ...]:
    # One's own stands first: it is what one knows.
    sides = sorted(conflict.sides, key=lambda side: not side.mine)
    says = [value_words(workspace, conflict.field, side.value) for side in sides]
    alone = sum(side.mine for side in sides) < 2
    return tuple(
        Version(
            title=_whose(side),
            caption=_when_and_where(side, today),
            says=says[at],
            differs=_differs(says, at) if isinstance(conflict.field, Text) else (),
            keep=_keep(side, alone=alone),
            kept=_kept(side, alone=alone),
            value=side.value,
        )
        for at, side in enumerate(sides)
    )


def _differs(says: list[str], at: int) -> Spans:
    return wording.differing(says[at], says[0 if at else 1])[0] if len(says) > 1 else ()


def _whose(side: Side) -> str:
    if side.mine:
        return tr("Yours")
    return tr("{name}’s", name=side.by) if side.by else tr("A colleague’s")


def _when(side: Side, today: date) -> str:
    when = words.when(side.at, near=today)
    return tr("{when} (time in doubt)", when=when) if side.in_doubt else when


def _when_and_where(side: Side, today: date) -> str:
    when = _when(side, today)
    if side.here:
        return tr("{when}, this laptop", when=when)
    return tr("{when}, your other laptop", when=when) if side.mine else tr("{when}, their laptop", when=when)


def _keep(side: Side, *, alone: bool) -> str:
    if side.mine:
        return tr("Keep mine") if alone else tr("Keep this one")
    return tr("Keep {name}’s", name=side.by) if side.by else tr("Keep theirs")


def _kept(side: Side, *, alone: bool) -> str:
    if side.mine:
        return tr("You kept your version.") if alone else tr("You kept one version.")
    return tr("You kept {name}’s version.", name=side.by) if side.by else tr("You kept the colleague’s version.")


def _out_of_sight(conflict: Conflict, today: date) -> tuple[Version, ...]:
    side = next((s for s in conflict.sides if s.value), None)
    reason = conflict.record.void_reason
    gone = Version(
        title=tr("Take it out of sight"),
        caption=tr("{who}, {when}", who=_who(side), when=_when(side, today)) if side else "",
        says=tr("The reason given: {reason}", reason=reason) if reason else tr("No reason was given."),
        differs=(),
        keep=tr("Take it out of sight"),
        kept=tr("It is out of sight."),
        value=True,
    )
    stays = Version(
        title=tr("Keep it in sight"),
        caption="",
        says=tr("Somebody who did not know of this changed it, so it is still here."),
        differs=(),
        keep=tr("Keep it in sight"),
        kept=tr("It stays in sight."),
        value=False,
    )
    return gone, stays


def _who(side: Side) -> str:
    return tr("You") if side.mine else side.by or tr("A colleague")


def about(workspace: Workspace, record: Record, today: date) -> str:
    """What a record is, in a few words: "Session with Tesfaye M., 17 November"."""
    mentorship = record.id if isinstance(record, Mentorship) else getattr(record, "mentorship", None) or ""
    pair = recall.pairs(workspace, [mentorship]).get(mentorship)
    with_whom = pair.name if pair else ""
    if isinstance(record, Session):
        moment = record.started or record.planned_start
        if moment and with_whom:
            return tr("Session with {name}, {day}", name=with_whom, day=words.day(local(moment).date(), near=today))
    if isinstance(record, Person | Site) and record.name:
        return record.name
    if isinstance(record, Consent) and (person := _person(workspace, record)):
        return tr("{kind}, with {name}", kind=tr(record.title), name=person.name)
    if with_whom:
        return tr("{kind}, with {name}", kind=tr(record.title), name=with_whom)
    return tr(record.title)


def _person(workspace: Workspace, consent: Consent) -> Person | None:
    return workspace.store.seek(Person, sameness.same(workspace).one(consent.person or ""))


def value_words(workspace: Workspace, field: Field, value: Any) -> str:
    """A value as a person reads it."""
    if value == field.empty and not isinstance(field, Flag):
        return tr("(empty)")
    if isinstance(field, Many):
        return words.listed([value_words(workspace, field.of, each) for each in value])
    if isinstance(field, Ref):
        return _named(workspace, field, str(value))
    return _plain_words(field, value)


def _plain_words(field: Field, value: Any) -> str:
    if isinstance(field, Choice):
        return tr(field.words(value))
    if isinstance(field, Count):
        return words.number(value)
    if isinstance(field, Day):
        return words.weekday_day(value)
    if isinstance(field, Moment):
        return _moment(value)
    if isinstance(field, Flag):
        return tr("Yes") if value else tr("No")
    return str(value)


def _moment(moment: datetime) -> str:
    return tr("{day}, {time}", day=words.weekday_day(local(moment).date()), time=words.time(moment))


def _named(workspace: Workspace, field: Ref, id: str) -> str:
    kind = BY_KIND.get(field.to)
    record = workspace.store.seek(kind, id) if kind else None
    for name in ("name", "statement", "text"):
        said = getattr(record, name, "")
        if said:
            return str(said)
    if record is not None:
        return about(workspace, record, day_of(workspace.clock.now()))
    return tr("Something that has not arrived yet")
