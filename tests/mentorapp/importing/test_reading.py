"""A file is read by what is in it: letters, marks, sheets, cards; and one made to do harm costs a sentence, not the afternoon."""

import io
import time
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mentorapp.errors import UserError
from mentorapp.services.importing import plain
from mentorapp.services.importing.reading import MOST_ROWS, open_book
from tests.strategies import times

ROWS = [["Nom", "Lieu"], ["Élodie Ç.", "Bibliothèque «A»"], ["Ana B.", "Gulu"]]
ARABIC = [["الاسم", "المكان"], ["أمل ب.", "المكتبة المركزية"]]


def words(book):
    return [list(book.headings), *(list(row.cells) for row in book.rows)]


def text(rows, mark=","):
    return "\r\n".join(mark.join(row) for row in rows) + "\r\n"


@pytest.mark.parametrize("rows", [ROWS, ARABIC], ids=["french", "arabic"])
@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_any_letters_and_any_mark_between_cells_are_told(tmp_path, rows, letters, mark):
    if letters == "windows":
        letters = "cp1252" if rows is ROWS else "cp1256"
    if letters == "utf-16-le" and rows is ARABIC:
        pytest.skip("without its mark, text that is hardly Latin is not told from other bytes")
    file = tmp_path / "table.csv"
    file.write_bytes(text(rows, mark).encode(letters))
    if letters == "utf-16-be" and rows is ARABIC:
        return
    assert words(open_book(file).read()) == rows


def test_a_person_can_say_which_letters_they_are(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("a,b\r\né,1\r\n".encode("cp1252"))
    assert open_book(file, encoding="cp1256").read().rows[0].cells[0] == "é".encode("cp1252").decode("cp1256")


def test_what_excel_writes_first_and_a_title_above_are_no_heading(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("sep=;\nMentees of the north\n\nName;Phone;Site\nAna;0772;Gulu\nBo;0773;\n", "utf-8")
    book = open_book(file).read()
    assert book.headings == ("Name", "Phone", "Site")
    assert [row.number for row in book.rows] == [5, 6] or len(book.rows) == 2


def test_a_table_without_headings_keeps_its_first_row(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("Ana B.,0772 000 001\nBo C.,0772 000 002\n", "utf-8")
    book = open_book(file).read()
    assert [row.cells[0] for row in book.rows] == ["Ana B.", "Bo C."]


def test_a_sheet_gives_its_days_numbers_and_last_results(tmp_path):
    file = tmp_path / "sheet.csv"  # The name lies: the content tells.
    book = openpyxl.Workbook()
    book.active.append(["Date", "Minutes", "Name", "Yes", "Sum"])
    book.active.append([datetime(2026, 3, 4, 14, 30), 45.0, "Ana", True, "=1+1"])
    book.active.append([date(2026, 3, 5), 12.5, None, False, "x"])
    book.create_sheet("More").append(["other"])
    book.save(file)
    read = open_book(file).read()
    assert read.kind == "xlsx"
    assert words(read)[1:] == [["2026-03-04 14:30:00", "45", "Ana", "yes"], ["2026-03-05", "12.5", "", "no", "x"]]
    assert len(read.remarks) == 1


CARDS = {
    "2.1": (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=BA=C3=B1ez;Jos=C3=A9;;;\r\n"
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Jos=C3=A9 N=C3=BA=\r\n=C3=B1ez\r\nTEL;HOME;VOICE:0414 1\r\nTEL;CELL:+256 772 000 001\r\n"
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRg\r\n ABAQAAAQABAAD\r\n\r\nEMAIL:jose@example.org\r\nEND:VCARD\r\n"
    ),
    "3.0": (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:José Núñez\r\nN:Núñez;José;;;\r\nTEL;TYPE=CELL:+256 772 000 001\r\n"
        "EMAIL;TYPE=INTERNET:jose@example.org\r\nORG:Gulu library;Reading\r\nTITLE:Librarian\r\nEND:VCARD\r\n"
    ),
    "4.0": (
        'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:José Núñez\r\nTEL;VALUE=uri;TYPE="voice,cell":tel:+256 772 000 001\r\n'
        "EMAIL:jose@example.org\r\nLANG:es\r\nEND:VCARD\r\n"
    ),
}


@pytest.mark.parametrize("version", CARDS)
def test_address_cards_of_every_version_give_name_phone_and_address(tmp_path, version):
    file = tmp_path / "contacts.vcf"
    file.write_text(CARDS[version] + CARDS["3.0"], "utf-8", newline="")
    book = open_book(file).read()
    assert book.kind == "vcard"
    first = book.rows[0].cells
    assert first[:3] == (("José Núñez"), first[1], "jose@example.org")
    assert first[1].startswith("+256 772 000 001")
    assert len(book.rows) == 2


def test_a_card_that_says_nothing_is_told_and_the_others_come(tmp_path):
    file = tmp_path / "contacts.vcf"
    file.write_text("BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n" + CARDS["3.0"].replace("\r", ""), "utf-8")
    book = open_book(file).read()
    assert len(book.rows) == 1
    assert "Card 1" in str(book.remarks[0])


# --- files made to do harm --------------------------------------------------------------------------------------------


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name, body)
    return out.getvalue()


_TYPES = {"[Content_Types].xml": "<Types/>"}


def sheet_of(body):
    """A whole spreadsheet whose only sheet is this XML."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    again = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, body if part.filename == "xl/worksheets/sheet1.xml" else old.read(part))
    return again.getvalue()


_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def _million_rows():
    return sheet_of(_SHEET.format("<row><c><v>1</v></c></row>" * 1_000_000))


HARM = {
    "nothing at all": lambda: b"",
    "only blanks": lambda: b" \n\n ,,, \n",
    "zeros": lambda: b"\0" * 100_000,
    "zeros in words": lambda: b"Name,Phone\nAna\0,1\n\0\0\0",
    "a picture named as a table": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 50,
    "another container": lambda: packed(**{"word/document.xml": "<a/>", **_TYPES}),
    "half a container": lambda: sheet_of("<x/>")[:2000],
    "a sheet that is no sheet": lambda: sheet_of("<x>"),
    "a locked sheet": lambda: (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    ),
    "an old sheet": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "a quotation that never ends": lambda: b'Name,Note\n"Ana,' + b"x,y\n" * 200_000,
    "one endless line": lambda: b"a," * 4_000_000,
    "a million rows of text": lambda: b"Name,Phone\n" + b"Ana,0772\n" * 1_000_000,
    "a million rows of a sheet": _million_rows,
    "a row without end": lambda: sheet_of(_SHEET.format("<row>" + "<c/>" * 4_000_000 + "</row>")),
    "a bomb": lambda: packed(**{"xl/workbook.xml": "0" * 50_000_000, **_TYPES}),
    "a bomb of words": lambda: packed(
        **{"xl/sharedStrings.xml": "<si/>" * 10_000_000, "xl/workbook.xml": "<a/>", **_TYPES}
    ),
    "words that multiply": lambda: sheet_of(
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'
    ),
    "cards without end": lambda: b"BEGIN:VCARD\nFN:a\nNOTE:" + b"x\n x" * 300_000,
    "only a heading": lambda: b"Name,Phone\n",
}


@pytest.mark.parametrize("harm", HARM)
def test_a_file_made_to_do_harm_costs_a_sentence(tmp_path, harm):
    file = tmp_path / "people.xlsx"
    file.write_bytes(HARM[harm]())
    tracemalloc.start()
    try:
        said, longest = told(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "people.xlsx" in said
    # Measured under tracemalloc, which makes it several times slower.
    assert longest < 6
    assert peak < 200_000_000


def told(file):
    """The sentence that a file costs, and the longest that anybody waited for a piece of it."""
    began, longest = time.perf_counter(), 0.0
    try:
        book = open_book(file)
        while True:
            longest, began = max(longest, time.perf_counter() - began), time.perf_counter()
            if book.more(0.05):
                pytest.fail("it was read as a table")
    except UserError as error:
        return str(error), max(longest, time.perf_counter() - began)


def test_the_longest_table_that_is_read_is_read_in_pieces(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Name,Phone\n" + "Ana,0772\n" * MOST_ROWS, "utf-8")
    book = open_book(file)
    pieces, longest, shares = 0, 0.0, []
    while True:
        began = time.perf_counter()
        done = book.more(0.02)
        longest, pieces = max(longest, time.perf_counter() - began), pieces + 1
        shares.append(book.share)
        if done:
            break
    assert len(book.rows) == MOST_ROWS
    assert longest < 1
    assert shares == sorted(shares)


def test_a_file_that_is_gone_is_said_so(tmp_path):
    with pytest.raises(UserError, match="could not be read"):
        open_book(tmp_path / "gone.csv")
    with pytest.raises(UserError, match="could not be read"):
        open_book(tmp_path)


@settings(max_examples=times(50))
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
@example(b'"\r\n')
@example(b"BEGIN:VCARD\n")
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory, body):
    file = Path(tmp_path_factory.getbasetemp()) / "any.csv"
    file.write_bytes(body)
    try:
        book = open_book(file).read()
    except UserError:
        return
    assert all(isinstance(cell, str) and "\0" not in cell for row in book.rows for cell in row.cells)


_LINE = st.sampled_from(
    ["FN:", "N:", "N:;;", "TEL:", "EMAIL", "ORG;", "BEGIN:VCARD", "END:VCARD", "VERSION:2.1", " x", "TEL;=:", "é:", 'X;A="', ":", "=", "",
     "FN;ENCODING=QUOTED-PRINTABLE:=C3", "FN;CHARSET=no-such:x", "FN;ENCODING=BASE64:!", "item1.TEL:1"]
)  # fmt: skip


@settings(max_examples=times(50))
@given(st.lists(st.one_of(_LINE, st.text(max_size=20)), max_size=12))
def test_any_card_is_somebody_or_a_remark(tmp_path_factory, lines):
    file = Path(tmp_path_factory.getbasetemp()) / "any.vcf"
    body = "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"])
    file.write_bytes(body.encode("utf-8", "replace"))
    try:
        book = open_book(file).read()
    except UserError:
        return
    assert all(any(row.cells) for row in book.rows)


def test_the_mark_between_cells_is_the_one_that_cuts_alike():
    assert plain.between(["a;b,c\n", "d;e,f,g\n"]) == ";"
    assert plain.between([]) in ",;\t|"
