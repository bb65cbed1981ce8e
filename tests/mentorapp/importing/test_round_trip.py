"""Every export has an import that gives the same records again; what was imported twice is here once; an import can be taken back."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import i18n
from mentorapp.fields import Answers, Many, Moment, Text, fields_of
from mentorapp.records import ALL, Mentorship, Person, Session, Site
from mentorapp.services import export, people
from mentorapp.services.importing import matching, running
from mentorapp.services.importing.checking import Check, Plan
from mentorapp.services.importing.known import Known, known
from mentorapp.services.importing.reading import open_book
from tests.mentorapp.sessions import NOON
from tests.strategies import records, times


def checked(workspace, file, kind, **said):
    """The rows of a file as the program would take them unasked."""
    book = open_book(file).read()
    plan = Plan(kind, said.pop("matching", None) or matching.guess(book, kind), **said)
    found = known(workspace, kind, make_missing=plan.make_missing)
    return Check(book, plan, found, workspace.clock.now()).look()


def comes_back(record):
    """A record as a table can hold it: what is written with blanks around or to the minute only comes back without."""
    found = {}
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        if isinstance(field, Moment) and value:
            value = value.replace(second=0)
        found[name] = value
    return replace(record, **{**found, "voided": False, "void_reason": "", "scope": ""})


def plain(record):
    """Words as any spreadsheet leaves them: blanks at their ends and doubled within a line are nobody's meaning."""
    found = {}
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        if isinstance(field, Text):
            found[name] = value.strip() if field.long else " ".join(value.split())
        elif isinstance(field, Many) and isinstance(field.of, Text):
            found[name] = ()
        elif isinstance(field, Answers):
            found[name] = ""
    return replace(record, **found)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)
def test_what_is_exported_comes_back_as_it_was(kind, tmp_path_factory):
    file = tmp_path_factory.mktemp("trip") / "file.csv"

    @settings(max_examples=times(5))
    @given(st.lists(records(kind), min_size=1, max_size=4, unique_by=lambda one: one.id))
    def trip(some):
        # What nobody is shown, not even its author, is in no export either.
        shown = {"id", *export.columns(kind, private=True)}
        some = [plain(kind(**{name: getattr(one, name) for name in shown})) for one in some]
        file.write_text("".join(export.table(some, kind, private=True)), "utf-8-sig", newline="")
        book = open_book(file).read()
        plan = Plan(kind.kind, matching.guess(book, kind.kind))
        assert all(plan.matching), [h for h, m in zip(book.headings, plan.matching, strict=True) if not m]
        check = Check(book, plan, Known("me", date(2026, 11, 23)), NOON).look()
        back = [row.records[0] for row in check.rows]
        assert [comes_back(one) for one in back] == [comes_back(one) for one in some]

    trip()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_an_office_moves_to_another_laptop_through_its_tables(workspace, tmp_path, language):
    people.add_mentee(workspace, name="Grace A.", site="Gulu district library", phone="0772 000 001")
    _, person, pair = people.add_mentee(workspace, name="José Ñ.", role="librarian")
    one = Session(
        id="a" * 32,
        mentorship=pair.id,
        status="held",
        mode="phone",
        started=datetime(2026, 3, 4, 7, 30, tzinfo=UTC),
        contact_minutes=45,
        notes="« relu »,\nplus tard; ensuite",
        topics=("b", "a"),
        attendees=(person.id,),
    )
    workspace.store.save(one, by=workspace.me, at=NOON)
    i18n.use(language)
    for kind in (Person, Site, Mentorship, Session):
        before = workspace.store.find(kind)
        file = tmp_path / f"{kind.kind}.csv"
        export.export(workspace, kind=kind, file=file)
        again = checked(workspace, file, kind.kind)
        assert [row.state for row in again.rows] == ["here"] * len(before)
        assert again.taken() == []
        for record in before:
            workspace.store.void(record, reason="to try", by=workspace.me, at=NOON)
        check = checked(workspace, file, kind.kind)
        assert [row.problems for row in check.rows] == [()] * len(before)
        running.import_all(workspace, check=check)
        assert workspace.store.find(kind) == before


def table(file, *rows):
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def test_people_come_with_a_mentorship_and_their_site(workspace, tmp_path):
    file = table(
        tmp_path / "people.csv",
        ["Full name", "Mobile", "E-mail", "Job title", "Site"],
        ["Ana B.", "+256 772 000 001", "ana@example.org", "Librarian", "Gulu library"],
        ["Bo C.", "0772000002", "", "Nurse", "gulu library"],
    )
    check = checked(workspace, file, "person")
    assert check.counts()["ready"] == 2
    assert check.missing("site") == ["Gulu library"]
    run = running.import_all(workspace, check=check)
    ana = workspace.store.find(Person, "name = 'Ana B.'")[0]
    assert (ana.phone, ana.email, ana.role, ana.status) == (
        "+256 772 000 001",
        "ana@example.org",
        "Librarian",
        "active",
    )
    (site,) = workspace.store.find(Site)
    pairs = workspace.store.find(Mentorship)
    assert {pair.mentees for pair in pairs} >= {(ana.id,)}
    assert {pair.site for pair in pairs} == {site.id}
    assert all(pair.mentors == (workspace.me,) for pair in pairs)
    assert run.records == 5


def test_sessions_find_their_mentee_by_name_and_make_who_is_missing(workspace, tmp_path):
    _, grace, pair = people.add_mentee(workspace, name="Grace A.")
    file = table(
        tmp_path / "sessions.csv",
        ["Date", "Mentee", "Duration", "Notes", "How"],
        ["13/01/2025", "grace a", "1 h 30", "The first", "phone"],
        ["2/2/2025", "Bo C.", "45", "The second", "Face to face"],
        ["1/2/2025", "Bo C.", "45 min", "The third", "Visite"],
        ["31/02/2025", "Grace A.", "45", "No such day", ""],
    )
    check = checked(workspace, file, "session")
    assert [[(p.field, str(p.error)) for p in row.problems] for row in check.rows[:2]] == [[], []]
    assert [row.state for row in check.rows] == ["ready", "ready", "problem", "problem"]
    assert "Visite" in str(check.rows[2].problems[0].error)
    assert "31/02/2025" in str(check.rows[3].problems[0].error)
    assert check.missing("person") == ["Bo C."]
    running.import_all(workspace, check=check)
    first = workspace.store.find(Session, "notes = 'The first'")[0]
    assert (first.mentorship, first.contact_minutes, first.mode) == (pair.id, 90, "phone")
    assert (first.status, first.entry, first.attendees) == ("held", "paper", (grace.id,))
    second = workspace.store.find(Session, "notes = 'The second'")[0]
    begun = workspace.store.get(Mentorship, second.mentorship)
    assert workspace.store.get(Person, begun.mentees[0]).name == "Bo C."
    again = checked(workspace, file, "session")
    assert [row.state for row in again.rows] == ["here", "here", "problem", "problem"]
    strict = checked(
        workspace, table(tmp_path / "b.csv", ["Date", "Mentee"], ["1/3/2025", "Cy D."]), "session", make_missing=False
    )
    assert "Cy D." in str(strict.rows[0].problems[0].error)


def test_who_looks_like_somebody_here_is_said_and_who_is_here_is_left_out(workspace, tmp_path):
    people.add_mentee(workspace, name="Grace Akello", phone="0772 000 001")
    file = table(
        tmp_path / "people.csv",
        ["Name", "Phone"],
        ["GRACE AKELLO", ""],
        ["Akello Grace", "0772 999 999"],
        ["Grace Akelo", ""],
        ["Other N.", "+256772000001"],
        ["", "0772 000 005"],
        ["New O.", ""],
        ["New O.", ""],
    )
    check = checked(workspace, file, "person")
    assert [row.state for row in check.rows] == ["here", "like", "like", "like", "problem", "ready", "here"]
    assert [row.taken for row in check.rows] == [False, True, True, True, False, True, False]
    check.rows[0].chosen = True
    assert check.rows[0].taken
    check.rows[5].chosen = False
    assert len(check.taken()) == 4


def test_an_import_is_taken_back_as_a_whole_but_for_what_was_worked_with_since(workspace, tmp_path):
    _, _, before = people.add_mentee(workspace, name="Grace A.")
    file = table(
        tmp_path / "people.csv",
        ["Name", "Site"],
        ["Ana B.", "Kitgum"],
        ["Bo C.", "Kitgum"],
        ["Cy D.", "Lira"],
        ["Di E.", "Lira"],
    )
    run = running.import_all(workspace, check=checked(workspace, file, "person"))
    bo = workspace.store.find(Person, "name = 'Bo C.'")[0]
    people.edit(workspace, bo, replace(bo, role="nurse"))
    ana = workspace.store.find(Person, "name = 'Ana B.'")[0]
    of_ana = next(pair for pair in workspace.store.find(Mentorship) if pair.mentees == (ana.id,))
    workspace.store.save(Session(id="b" * 32, mentorship=of_ana.id, status="planned"), by=workspace.me, at=NOON)
    (offered,) = running.runs(workspace)
    assert (offered.id, offered.file, offered.undone) == (run.id, "people.csv", False)
    undoing = running.undo_all(workspace, run=run.id)
    # Ana was met: she, her mentorship and the site stay. Bo was edited: he stays, his mentorship does not hold him.
    assert {getattr(one, "name", "") for one in undoing.stays} == {"Ana B.", "Bo C.", "Kitgum", ""}
    assert {one.name for one in workspace.store.find(Person)} == {"Grace A.", "Ana B.", "Bo C."} | {
        one.name for one in workspace.store.find(Person, "id = ?", (workspace.me,))
    }
    assert {one.name for one in workspace.store.find(Site)} == {"Kitgum"}
    gone = workspace.store.find(Person, "name = 'Cy D.'", voided=True)[0]
    assert "people.csv" in gone.void_reason
    assert running.runs(workspace)[0].undone
    assert workspace.store.get(Mentorship, before.id).voided is False
    again = checked(workspace, file, "person")
    assert [row.state for row in again.rows] == ["here", "here", "ready", "ready"]


def test_an_import_cut_off_between_two_pieces_is_whole_as_far_as_it_went_and_goes_on(workspace, tmp_path):
    rows = [[f"Person {n:03}", f"07720{n:05}"] for n in range(60)]
    file = table(tmp_path / "people.csv", ["Name", "Phone"], *rows)
    running_one = running.begin(workspace, check=checked(workspace, file, "person"))
    running.keep_more(workspace, running_one)
    assert len(workspace.store.find(Person, "name LIKE 'Person%'")) == running.PIECE
    again = checked(workspace, file, "person")
    assert again.counts()["here"] == running.PIECE
    running.import_all(workspace, check=again)
    assert len(workspace.store.find(Person, "name LIKE 'Person%'")) == 60
    for run in running.runs(workspace):
        running.undo_all(workspace, run=run.id)
    assert workspace.store.find(Person, "name LIKE 'Person%'") == []
