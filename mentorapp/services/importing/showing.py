"""A row as it will become, in words: what it is called, and each of its values beside its label."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from mentorapp.clock import local
from mentorapp.fields import Day, Field, Moment
from mentorapp.i18n import tr
from mentorapp.records import BY_KIND, Record
from mentorapp.services.export import cell
from mentorapp.services.importing import matching, report
from mentorapp.services.importing.checking import Check, Checked

Says = Callable[[date | datetime], str]
"""Puts a day or a moment into words."""


def plainly(when: date | datetime) -> str:
    """A day or a moment in digits."""
    return f"{local(when):%Y-%m-%d %H:%M}" if isinstance(when, datetime) else when.isoformat()


_TITLES = {
    "person": ("name",),
    "site": ("name",),
    "mentorship": ("mentees", "name"),
    "session": ("mentee", "mentorship"),
}


def title(check: Check, row: Checked) -> str:
    """What a row is called; the first words in it where nothing names it."""
    for target in _TITLES.get(check.plan.kind, ()):
        words = _typed(check, row, target)
        if words:
            return words
    return next(filter(None, row.row.cells), "")


def values(check: Check, row: Checked, says: Says = plainly) -> list[tuple[str, str]]:
    """Each value that the row will have, after its label; a reference as it was typed."""
    known = matching.targets(check.plan.kind)
    fields = matching.fields(check.plan.kind)
    references = {name for name, field in fields.items() if matching.is_reference(field)}
    wrong = {problem.field for problem in row.problems}
    record = row.records[0] if row.records else None
    found = []
    for name, label in known.items():
        if name in wrong or name == "id":
            continue
        said = _said(check, row, name, fields.get(name), record, says, typed=name in references or name not in fields)
        if said:
            found.append((label, said))
    return found


def _said(
    check: Check, row: Checked, name: str, field: Field | None, record: Record | None, says: Says, *, typed: bool
) -> str:
    if typed or record is None or field is None:
        return "" if name == "time" else _typed(check, row, name)
    return _shown(field, getattr(record, name), says)


def _shown(field: Field, value: Any, says: Says) -> str:
    if isinstance(field, Moment | Day) and value:
        return says(value)
    return cell(field, value).removeprefix("'") if value not in (None, field.empty) else ""


def _typed(check: Check, row: Checked, target: str) -> str:
    at = check.plan.matching.index(target) if target in check.plan.matching else -1
    return row.row.cells[at] if 0 <= at < len(row.row.cells) else ""


def line(check: Check, row: Checked, says: Says = plainly) -> str:
    """The row in one line: what is wrong with it, else what is said of it, else its values."""
    said = report.problems(check, row)
    if said:
        return " ".join(said)
    standing = report.standing(row)
    if standing is not None:
        return str(standing)
    shown = title(check, row)
    return " · ".join(words for _, words in values(check, row, says) if words != shown)


def plural(kind: str) -> str:
    """What several of a kind are called."""
    return tr(BY_KIND[kind].plural)
