"""Empty tables to fill in: the headings in the language in use, and one row that shows how. Each can be imported as it is."""

import csv
import os
from datetime import date
from pathlib import Path

from mentorapp.errors import UserError
from mentorapp.fields import Choice, Count, Day, Field, Moment
from mentorapp.i18n import N_, tr
from mentorapp.services.importing import matching

COLUMNS = {
    "person": ("name", "role", "site", "phone", "email", "language", "employer", "career_stage"),
    "site": ("name", "code", "parent", "distance_km", "travel_minutes"),
    "mentorship": ("mentees", "type", "site", "starts", "cadence", "purpose"),
    "session": ("started", "mentee", "contact_minutes", "mode", "help_type", "place", "notes", "useful", "next_date"),
}
"""The columns of each table, the most needed first."""

_EXAMPLES = {
    ("person", "name"): N_("Grace A."),
    ("person", "role"): N_("librarian"),
    ("person", "language"): N_("English"),
    ("person", "phone"): "0700 000 000",
    ("person", "email"): "grace@example.org",
    ("person", "employer"): N_("District library"),
    ("session", "mentee"): N_("Grace A."),
    ("session", "notes"): N_("We walked through the reading room."),
    ("session", "useful"): N_("Seeing how you ask the question"),
    ("session", "place"): N_("District library"),
    ("site", "name"): N_("District library"),
    ("site", "code"): "L-01",
    ("mentorship", "mentees"): N_("Grace A."),
    ("mentorship", "purpose"): N_("To lead the story circle alone"),
}


def headings(kind: str) -> list[str]:
    """The headings of a kind's table."""
    known = matching.targets(kind)
    return [known[name] for name in COLUMNS[kind]]


def example(kind: str, today: date) -> list[str]:
    """A row that shows how each column is filled in."""
    fields = matching.fields(kind)
    return [_example(kind, name, fields.get(name), today) for name in COLUMNS[kind]]


def _example(kind: str, name: str, field: Field | None, today: date) -> str:
    if (kind, name) in _EXAMPLES:
        return tr(_EXAMPLES[kind, name])
    if name == "site":
        return tr("District library")
    if isinstance(field, Choice):
        return tr(field.options[0].label)
    if isinstance(field, Count):
        return "30"
    if isinstance(field, Day | Moment):
        return "" if name == "next_date" else today.isoformat()
    return ""


def write(kind: str, file: Path, *, today: date) -> None:
    """Write the table, as XLSX if the file is named so, else as CSV. Raises UserError if it cannot be written."""
    beside = file.with_name(f".{file.name}.part")
    rows = [headings(kind), example(kind, today)]
    try:
        if file.suffix.lower() == ".xlsx":
            _write_sheet(beside, rows)
        else:
            with beside.open("w", encoding="utf-8-sig", newline="") as out:
                csv.writer(out).writerows(rows)
        os.replace(beside, file)
    except OSError as reason:
        beside.unlink(missing_ok=True)
        raise UserError(
            N_("“{file}” could not be written. Nothing was changed: choose another folder and try again."),
            file=file.name,
        ) from reason


def _write_sheet(file: Path, rows: list[list[str]]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = max(14, len(str(cell.value)) + 3)
    sheet.freeze_panes = "A2"
    with file.open("wb") as out:
        book.save(out)
    book.close()
