"""Competency ratings: what somebody can do, as seen on one day by one kind of rater, in the words of one version of a framework.

Frameworks are files (`resources/frameworks/<code>-<version>.toml`). A rating names the version it was made by; its words stay readable as
long as that file is there, then in the words of another version, and at last by its code. A new version continues the old one's trend.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from mentorapp import indicators, paths
from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.indicators import Gain
from mentorapp.records import CompetencyRating, Mentorship, Person
from mentorapp.services import sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed

RATERS = ("mentor", "self", "observer")
"""Who rates, in the order they are shown."""

STEPS: Mapping[str, int] = indicators.LEVELS
"""The height of each level that says something."""


@dataclass(frozen=True, kw_only=True)
class Competency:
    """Something that can be learnt: its name, what it is, and how one sees each level. Untranslated."""

    code: str
    name: str
    about: str
    levels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Competencies that belong together."""

    code: str
    name: str
    competencies: tuple[Competency, ...]


@dataclass(frozen=True, kw_only=True)
class Framework:
    """One version of a framework."""

    code: str
    version: str
    name: str
    groups: tuple[Group, ...]

    def competencies(self) -> dict[str, Competency]:
        """Its competencies by code, in order."""
        return {one.code: one for group in self.groups for one in group.competencies}


@dataclass(frozen=True, kw_only=True)
class Rated:
    """What was said of one competency."""

    competency: str
    level: str
    completeness: str = "satisfactory"
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """One competency of one person: every rating, oldest first, those that count by kind of rater, and from first to latest."""

    framework: str
    competency: str
    name: str
    all: tuple[CompetencyRating, ...]
    counting: Mapping[str, tuple[CompetencyRating, ...]]
    gains: Mapping[str, Gain]

    def latest(self, rater: str) -> CompetencyRating | None:
        """The last rating by a kind of rater that counts."""
        some = self.counting.get(rater, ())
        return some[-1] if some else None


@dataclass(frozen=True, kw_only=True)
class RatingsView:
    """What is known of what somebody can do."""

    person: Person
    mentorship: str
    today: date
    framework: Framework
    courses: tuple[Course, ...]

    def course(self, competency: str) -> Course | None:
        """The course of a competency of the framework in use, None if it was never rated."""
        of = (one for one in self.courses if one.framework == self.framework.code)
        return next((one for one in of if one.competency == competency), None)


# --- frameworks -------------------------------------------------------------------------------------------------------


def frameworks() -> tuple[Framework, ...]:
    """Every version of every framework that is here, each framework's newest version first."""
    return _frameworks(paths.resources() / "frameworks")


@cache
def _frameworks(folder: Path) -> tuple[Framework, ...]:
    found = [_framework(tomllib.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda one: (one.code, -_number(one.version))))


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0


def _framework(table: dict[str, object]) -> Framework:
    groups: list[Group] = []
    for group in table["group"]:  # type: ignore[attr-defined]
        some = [
            Competency(
                code=one["code"], name=one["name"], about=one["about"], levels={level: one[level] for level in STEPS}
            )
            for one in group["competency"]
        ]
        groups.append(Group(code=group["code"], name=group["name"], competencies=tuple(some)))
    return Framework(
        code=str(table["code"]), version=str(table["version"]), name=str(table["name"]), groups=tuple(groups)
    )


def framework_in_use() -> Framework:
    """What is rated by now: the newest version of the first framework."""
    return frameworks()[0]


def wording(framework: str, version: str, competency: str) -> Competency:
    """The words of a competency as it was rated: of that version, else of the newest that knows it, else its code alone."""
    known = [one for one in frameworks() if one.code == framework]
    known.sort(key=lambda one: one.version != version)
    for one in known:
        if competency in one.competencies():
            return one.competencies()[competency]
    return Competency(code=competency, name=competency.replace("_", " "), about="", levels={})


# --- reading ----------------------------------------------------------------------------------------------------------


def view(workspace: Workspace, person: str) -> RatingsView:
    """What somebody can do, over time. Raises UserError if this person is not on this laptop."""
    ids = sameness.same(workspace).all_of(person)
    somebody = workspace.store.get(Person, ids[0])
    pairs = workspace.store.find(
        Mentorship,
        f"EXISTS (SELECT 1 FROM json_each(mentees) WHERE value IN ({', '.join('?' * len(ids))}))",
        ids,
        order="type = 'group', status <> 'active', starts DESC",
        limit=1,
    )
    return RatingsView(
        person=somebody,
        mentorship=pairs[0].id if pairs else "",
        today=day_of(workspace.clock.now()),
        framework=framework_in_use(),
        courses=courses(workspace, person),
    )


def courses(workspace: Workspace, person: str) -> tuple[Course, ...]:
    """The course of each competency that somebody was rated in, in the order of the framework in use, then what is of others."""
    of: dict[tuple[str, str], list[CompetencyRating]] = defaultdict(list)
    ids = sameness.same(workspace).all_of(person)
    where = f"person IN ({', '.join('?' * len(ids))})"
    for rating in workspace.store.find(CompetencyRating, where, ids, order="day, id"):
        of[(rating.framework, rating.competency)].append(rating)
    now = framework_in_use()
    order = {(now.code, code): at for at, code in enumerate(now.competencies())}
    ranked = sorted(of.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    return tuple(_course(framework, competency, some) for (framework, competency), some in ranked)


def _course(framework: str, competency: str, some: list[CompetencyRating]) -> Course:
    by: dict[str, list[CompetencyRating]] = defaultdict(list)
    for rating in indicators.rated(some):
        by[rating.rater or ""].append(rating)
    return Course(
        framework=framework,
        competency=competency,
        name=wording(framework, some[-1].version, competency).name,
        all=tuple(some),
        counting={rater: tuple(found) for rater, found in by.items()},
        gains={rater: one for rater, found in by.items() if (one := indicators.gain(found))},
    )


# --- rating -----------------------------------------------------------------------------------------------------------


def rate(
    workspace: Workspace,
    *,
    mentorship: str,
    person: str,
    rater: str,
    said: Iterable[Rated],
    day: date | None = None,
    session: str | None = None,
) -> Changed:
    """Keep what was said of some competencies on a day (today, unless told), as one intention."""
    now = workspace.clock.now()
    framework, on = framework_in_use(), day or day_of(now)
    if on > day_of(now):
        raise UserError(N_("This day is still to come. Rate what was seen by today."), field="day")
    made = [
        CompetencyRating(
            id=new_id(),
            mentorship=mentorship or None,
            person=person,
            session=session,
            framework=framework.code,
            version=framework.version,
            competency=one.competency,
            level=one.level,
            completeness=one.completeness,
            rater=rater,
            day=on,
            evidence=one.evidence.strip(),
        )
        for one in said
    ]
    if not made:
        raise UserError(N_("Choose a level for at least one competency; the others can wait."))
    return workspace.store.save_all(((None, one) for one in made), by=workspace.me, at=now)


def mend(workspace: Workspace, before: CompetencyRating, after: CompetencyRating) -> Changed:
    """Change a rating's level, completeness, day or evidence."""
    if after.level is None or after.day is None:
        raise UserError(N_("A rating needs a level and a day."))
    return workspace.store.save(
        replace(after, evidence=after.evidence.strip()), before=before, by=workspace.me, at=workspace.clock.now()
    )


def take_out(workspace: Workspace, rating: CompetencyRating) -> Changed:
    """Take a rating out of sight; it stays in the history and can come back."""
    reason = tr("Taken out by its writer")
    return workspace.store.void(rating, reason=reason, by=workspace.me, at=workspace.clock.now())


def put_back(workspace: Workspace, rating: CompetencyRating) -> Changed:
    """Bring a rating back into sight."""
    return workspace.store.restore(rating, by=workspace.me, at=workspace.clock.now())


def undo(workspace: Workspace, made: Iterable[str]) -> Changed:
    """Take all of what was rated at once out of sight again."""
    found = [rating for id in made if (rating := workspace.store.seek(CompetencyRating, id))]
    with workspace.store.transaction():
        return Changed.all_of(take_out(workspace, rating) for rating in found)
