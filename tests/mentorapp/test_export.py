"""A table of records: every declared field has its column, any spreadsheet opens it right, and no cell is a formula."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import i18n
from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.fields import Answers, Choice, Count, Many, Text, Visibility, fields_of, options
from mentorapp.records import ALL, Person, Reflection, Session
from mentorapp.services import export
from tests.mentorapp.sessions import NOON, session
from tests.strategies import any_record, records, times


def read(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)
def test_every_kind_has_a_column_for_each_field_that_others_may_read(kind):
    (headings,) = read("".join(export.table([], kind)))
    readable = [f for f in fields_of(kind).values() if f.visibility > Visibility.only_me]
    assert len(headings) == 1 + len(readable)
    assert len(set(headings)) == len(headings)
    assert all(heading.strip() for heading in headings)
    (private,) = read("".join(export.table([], kind, private=True)))
    assert len(private) == 1 + len(readable if kind.unseen else fields_of(kind))


@settings(max_examples=times(100))
@given(any_record)
def test_the_table_reads_back_cell_by_cell_and_no_cell_is_a_formula(record):
    kind = type(record)
    lines = "".join(export.table([record], kind, private=True))
    assert lines.endswith("\r\n")
    headings, cells = read(lines)
    assert len(headings) == len(cells)
    assert cells[0] == record.id
    for (name, field), cell in zip(export.columns(kind, private=True).items(), cells[1:], strict=True):
        value = getattr(record, name)
        if isinstance(field, Text):
            assert cell in (value, f"'{value}")
        if isinstance(field, Count):
            assert cell == ("" if value is None else str(value))
        assert not cell.lstrip(" ").startswith(("=", "+", "@", "\t", "\r")) or isinstance(field, Count)


@pytest.mark.parametrize(
    "typed", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", " =1", "\n=1", "＝1"]
)
def test_what_a_spreadsheet_would_run_stays_words(typed):
    field = Text(label="", long=True)
    assert export.cell(field, typed) == f"'{typed}"
    assert export.cell(Many(label="", of=Text(label="")), (typed, "b")).startswith("'")
    assert export.cell(Answers(label=""), "=1").startswith("'")


def test_numbers_keep_their_sign_and_words_their_quotes():
    assert export.cell(Count(label="", least=-9), -5) == "-5"
    assert export.cell(Text(label=""), 'she said "yes", twice') == 'she said "yes", twice'


def test_an_unknown_answer_stands_for_itself():
    field = Choice(label="", options=options(a="first"))
    assert [export.cell(field, code) for code in ("a", "later", None)] == ["first", "later", ""]


def test_the_file_has_the_mark_that_makes_spreadsheets_read_accents(workspace, tmp_path):
    workspace.store.save(session(notes="relu l’économie, « deux\nlignes »", contact_minutes=0), by="me", at=NOON)
    file = tmp_path / "sessions.csv"
    assert export.export(workspace, kind=Session, file=file) == 1
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    headings, cells = read(raw.decode("utf-8-sig"))
    row = dict(zip(headings, cells, strict=True))
    assert row["Notes"] == "relu l’économie, « deux\nlignes »"
    assert row["Minutes together (minutes)"] == "0"
    assert row["Status"] == "held"


def test_headings_speak_the_language_in_use(workspace):
    assert "Notes" in next(export.table([], Session))
    english = next(export.table([], Person))
    i18n.use("fr")
    if i18n.tr("Preferred name") == "Preferred name":
        pytest.skip("the catalogues are not compiled")
    assert next(export.table([], Person)) != english


def test_voided_records_and_private_words_are_left_out(workspace, tmp_path):
    thought = Reflection(id=new_id(), author=workspace.me, text="inner thought", sharing="private")
    gone = Reflection(id=new_id(), author=workspace.me, text="gone")
    for one in (thought, gone):
        workspace.store.save(one, by="me", at=NOON)
    workspace.store.void(gone, reason="twice", by="me", at=NOON)
    file = tmp_path / "reflections.csv"
    assert export.export(workspace, kind=Reflection, file=file) == 1
    assert "inner thought" not in file.read_text("utf-8-sig")
    export.export(workspace, kind=Reflection, file=file, private=True)
    assert "inner thought" in file.read_text("utf-8-sig")


def test_a_file_that_cannot_be_written_is_said_so_and_the_one_before_stays(workspace, tmp_path):
    for file in (tmp_path / "nowhere" / "a.csv", tmp_path):
        with pytest.raises(UserError, match="could not be written"):
            export.export(workspace, kind=Session, file=file)
    assert not list(tmp_path.glob("*.part"))


@given(st.lists(records(Person), max_size=5))
def test_there_is_a_line_for_each_record(some):
    assert len(read("".join(export.table(some, Person)))) == 1 + len(some)
