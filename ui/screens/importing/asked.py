"""What the page of imports asks of the store's lane: what a table holds, how many of its rows, which imports there were; a table to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QWidget

from mentorapp.i18n import tr
from mentorapp.settings import Settings
from ui import filing
from ui.screens.importing.start import kinds
from ui.shell import Shell

if TYPE_CHECKING:
    from mentorapp.services.importing.checking import Check
    from mentorapp.services.importing.reading import Book
    from mentorapp.services.importing.running import Run
    from mentorapp.services.workspace import Workspace


class Guess(NamedTuple):
    """What a table is taken for: the kind of its rows, what each column is, the order of its dates, what a column can be."""

    kind: str
    matching: tuple[str, ...]
    order: str
    targets: dict[str, str]


class Counted(NamedTuple):
    """How many rows are in each state, and whom and what they name that is not here."""

    counts: dict[str, int]
    people: list[str]
    sites: list[str]


def guessed(book: Book, kind: str, settings: Settings) -> Guess:
    """What the table is, as rows of this kind or of the one that they look like."""
    from mentorapp.services.importing import matching, values

    kind = kind or matching.kind_of(book)
    chosen = matching.remembered(settings, book, kind) or matching.guess(book, kind)
    return Guess(kind, chosen, values.order_of(matching.dates_in(book, chosen, kind)), matching.targets(kind))


def counted(check: Check) -> Counted:
    """Count the rows."""
    return Counted(check.counts(), check.missing("person"), check.missing("site"))


def runs(workspace: Workspace) -> list[Run]:
    """The latest imports."""
    from mentorapp.services.importing import running

    return running.runs(workspace)


def save_template(shell: Shell, owner: QWidget, kind: str) -> None:
    """Ask where, then save a table to fill in."""
    label = dict(kinds())[kind]
    forms = tr("Spreadsheets (*.xlsx);;Tables (*.csv)")
    file = filing.where_to_save(owner, title=tr("Save a table to fill in"), name=f"{label}.xlsx", kind=forms)
    if file is None:
        return
    if file.suffix.lower() not in (".xlsx", ".csv"):
        file = file.with_name(f"{file.name}.xlsx")

    def save(workspace: Workspace) -> None:
        from mentorapp.clock import day_of
        from mentorapp.services.importing import templates

        templates.write(kind, file, today=day_of(workspace.clock.now()))

    said = tr("“{file}” is saved. Fill it in and choose it here.", file=file.name)
    shell.do(save, lambda _done: shell.notices.say(said), owner=owner)
