"""Records as a CSV table that any spreadsheet opens: a column for each declared field, its label as the heading.

RFC 4180, with a byte-order mark so that spreadsheets read the accents right. A cell that a spreadsheet would take for a formula is
written so that it stays words. What only its author may read is left out unless it is asked for. Knows no screen and no chart.
"""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mentorapp.clock import local
from mentorapp.errors import UserError
from mentorapp.fields import (
    Answers,
    Choice,
    Count,
    Day,
    Field,
    Flag,
    Many,
    Moment,
    Ref,
    Text,
    Visibility,
    fields_of,
)
from mentorapp.i18n import N_, tr
from mentorapp.records import Record
from mentorapp.services.workspace import Workspace

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _words(field: Field, value: Any) -> str:
    return str(value)


def _choice(field: Choice, value: str) -> str:
    return tr(field.words(value))


def _moment(field: Field, value: Any) -> str:
    return f"{local(value):%Y-%m-%d %H:%M}"


def _many(field: Many, value: tuple[Any, ...]) -> str:
    return "; ".join(CELLS[type(field.of)](field.of, item) for item in value)


def _flag(field: Field, value: bool) -> str:
    return tr("yes") if value else tr("no")


CELLS: Mapping[type[Field], Callable[[Any, Any], str]] = {
    Text: _words,
    Count: _words,
    Day: _words,
    Moment: _moment,
    Choice: _choice,
    Many: _many,
    Ref: _words,
    Flag: _flag,
    Answers: _words,
}
"""How a value of each kind of field is written in a cell; an empty value is an empty cell."""


def cell(field: Field, value: Any) -> str:
    """A value as a cell holds it: never a formula, whatever somebody typed."""
    if value is None or (value == field.empty and not isinstance(field, Flag)):
        return ""
    written = CELLS[type(field)](field, value)
    words = not isinstance(field, Count | Day | Moment | Flag)
    return f"'{written}" if words and written.lstrip(" ").startswith(_FORMULA) else written


def columns(kind: type[Record], *, private: bool = False) -> dict[str, Field]:
    """The fields that an export of this kind has a column for, in the order of declaration."""
    fields, private = fields_of(kind).items(), private and not kind.unseen
    return {name: field for name, field in fields if private or field.visibility > Visibility.only_me}


def heading(field: Field) -> str:
    """A column's heading: the label in the language in use, with its unit."""
    unit = getattr(field, "unit", "")
    return tr("{label} ({unit})", label=tr(field.label), unit=tr(unit)) if unit else tr(field.label)


def table(records: Iterable[Record], kind: type[Record], *, private: bool = False) -> Iterator[str]:
    """The lines of the CSV table of these records, headings first, each with its line end."""
    fields = columns(kind, private=private)
    yield _line([tr("Id"), *(heading(field) for field in fields.values())])
    for record in records:
        yield _line([record.id, *(cell(field, getattr(record, name)) for name, field in fields.items())])


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def export(workspace: Workspace, *, kind: type[Record], file: Path, private: bool = False) -> int:
    """Write every record of a kind that is not voided into a CSV file, and say how many. Raises UserError if it cannot be written.

    The file that was there before stays whole until the new one is.
    """
    records = workspace.store.find(kind)
    beside = file.with_name(file.name + ".part")
    try:
        with beside.open("w", encoding="utf-8-sig", newline="") as out:
            out.writelines(table(records, kind, private=private))
        os.replace(beside, file)
    except OSError as reason:
        beside.unlink(missing_ok=True)
        raise UserError(
            N_(
                "“{file}” could not be written: the folder may be full, missing or read-only, or the file may be open in a "
                "spreadsheet. Nothing was changed; close it or choose another place, then export again."
            ),
            file=file.name,
        ) from reason
    return len(records)
