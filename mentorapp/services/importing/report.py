"""What a check found, in plain words: a line for each row that needs somebody, then what would be imported."""

from collections.abc import Iterator

from mentorapp.errors import UserError
from mentorapp.i18n import N_, ntr, tr
from mentorapp.services.importing import matching
from mentorapp.services.importing.checking import Check, Checked


def problems(check: Check, row: Checked) -> list[str]:
    """What is wrong with a row, each with the column it is about."""
    known = matching.targets(check.plan.kind)
    said = []
    for problem in row.problems:
        column = _heading(check, problem.field) or known.get(problem.field, "")
        said.append(tr("{column}: {problem}", column=column, problem=problem.error) if column else str(problem.error))
    return said


def _heading(check: Check, target: str) -> str:
    at = check.plan.matching.index(target) if target in check.plan.matching else -1
    return check.book.headings[at] if 0 <= at < len(check.book.headings) else ""


def standing(row: Checked) -> UserError | None:
    """What is said of a row that is here already, or looks like somebody."""
    if row.same_id:
        return UserError(N_("It is here already, and stays as it is here."))
    if row.here and row.twin:
        return UserError(N_("It is the same as row {n} of this file."), n=row.twin)
    if row.here and row.like:
        return UserError(N_("This is the same person as {name}, who is here already."), name=row.like.name)
    if row.here:
        return UserError(N_("It is here already."))
    if row.like and row.like.row:
        return UserError(
            N_("This looks like the same person as in row {n}, {name}."), n=row.like.row, name=row.like.name
        )
    if row.like:
        return UserError(N_("This looks like the same person as {name}, who is here already."), name=row.like.name)
    return None


def unread(check: Check) -> list[str]:
    """The headings of columns that nothing is made of."""
    return [h for h, name in zip(check.book.headings, check.plan.matching, strict=False) if h and not name]


def lines(check: Check) -> Iterator[str]:
    """Everything to know before importing, a line at a time."""
    for remark in check.book.remarks:
        yield str(remark)
    for heading in unread(check):
        yield tr("The column “{heading}” is left out.", heading=heading)
    for row in check.rows:
        said = problems(check, row) or [str(each) for each in (standing(row),) if each]
        for each in said:
            yield tr("Row {n}: {said}", n=row.row.number, said=each)
    for kind in ("person", "site"):
        for name in check.missing(kind):
            yield (
                tr("{name} is not here yet and is made too.", name=name)
                if kind == "person"
                else tr("The site {name} is not here yet and is made too.", name=name)
            )
    yield summary(check)


def summary(check: Check) -> str:
    """How many rows would be imported, and how many not."""
    counts = check.counts()
    parts = [ntr("{n} row to import", "{n} rows to import", counts["taken"])]
    if counts["problem"]:
        parts.append(ntr("{n} with a problem", "{n} with problems", counts["problem"]))
    if counts["here"]:
        parts.append(ntr("{n} here already", "{n} here already", counts["here"]))
    return " · ".join(parts)
