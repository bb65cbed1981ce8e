"""Columns are told by their headings in any language, by likeness, by their values; what a person chose is remembered."""

from datetime import UTC, date, datetime

import pytest

from mentorapp import i18n, settings
from mentorapp.clock import SystemClock
from mentorapp.fields import Choice, Count, Day, Flag, Many, Moment, Ref, Text, fields_of, options
from mentorapp.records import Session
from mentorapp.services.importing import matching, report, running, templates, values
from mentorapp.services.importing.reading import open_book
from mentorapp.services.importing.values import Reading
from tests.mentorapp.importing.test_round_trip import checked, table


@pytest.mark.parametrize(
    ("kind", "headings", "expected"),
    [
        ("person", ["Full Name", "Mobile", "E-mail:", "Job Title *"], ["name", "phone", "email", "role"]),
        ("person", ["Nom et prénom", "Téléphone", "Fonction", "Lieu"], ["name", "phone", "role", "site"]),
        ("person", ["الاسم", "رقم الهاتف", "الوظيفة"], ["name", "phone", "role"]),
        ("person", ["Nombre", "Teléfono", "Correo electrónico"], ["name", "phone", "email"]),
        ("person", ["Jina", "Simu", "Kituo"], ["name", "phone", "site"]),
        ("person", ["Nome completo", "Celular", "Cargo", "shoe size"], ["name", "phone", "role", ""]),
        ("session", ["Date", "Mentee", "Duration", "Notes"], ["started", "mentee", "contact_minutes", "notes"]),
        (
            "session",
            ["Date de la séance", "Mentoré", "Durée", "Remarques"],
            ["started", "mentee", "contact_minutes", "notes"],
        ),
        (
            "session",
            ["Fecha", "Nombre", "Duración", "Observaciones"],
            ["started", "mentee", "contact_minutes", "notes"],
        ),
        ("session", ["Commitmnt", "Notess"], ["commitment", "notes"]),
        ("site", ["Facility name", "Code", "District", "Distance (km)"], ["name", "code", "parent", "distance_km"]),
        ("mentorship", ["Mentees", "Start date", "Frequency"], ["mentees", "starts", "cadence"]),
    ],
)
def test_headings_are_told_in_any_language(tmp_path, kind, headings, expected):
    book = open_book(table(tmp_path / "a.csv", headings, ["x"] * len(headings))).read()
    assert list(matching.guess(book, kind)) == expected


def test_columns_without_telling_headings_are_told_by_their_values(tmp_path):
    book = open_book(table(tmp_path / "a.csv", ["Who", "A", "B"], ["Ana", "ana@example.org", "0772 000 001"])).read()
    assert matching.guess(book, "person")[1:] == ("email", "phone")
    file = table(tmp_path / "b.csv", ["?", "!"], ["13/2/2026", "Phone"], ["2/2/2026", "Site visit"])
    assert matching.guess(open_book(file).read(), "session") == ("started", "mode")


@pytest.mark.parametrize("kind", matching.OFFERED)
@pytest.mark.parametrize(("language", "form"), [("en", "csv"), ("fr", "xlsx"), ("ar", "xlsx")])
def test_a_template_is_imported_as_it_is(workspace, tmp_path, kind, language, form):
    i18n.use(language)
    file = tmp_path / f"table.{form}"
    templates.write(kind, file, today=date(2026, 3, 1))
    assert matching.kind_of(open_book(file).read()) == kind
    check = checked(workspace, file, kind)
    assert list(check.plan.matching[: len(templates.COLUMNS[kind])]) == list(templates.COLUMNS[kind])
    assert [row.problems for row in check.rows] == [()]
    running.import_all(workspace, check=check)


def test_what_was_chosen_is_remembered_for_these_headings_and_no_others(tmp_path):
    book = open_book(table(tmp_path / "a.csv", ["Who", "Where"], ["Ana", "Gulu"])).read()
    other = open_book(table(tmp_path / "b.csv", ["Who", "When"], ["Ana", "Gulu"])).read()
    chosen = matching.remember(settings.load(), book, "person", ("name", "site"))
    assert matching.remembered(settings.load(), book, "person") == ("name", "site")
    assert matching.remembered(chosen, other, "person") is None
    assert matching.remembered(chosen, book, "session") is None
    assert "Who" not in (settings._file()).read_text()
    for n in range(80):
        many = open_book(table(tmp_path / "c.csv", [f"Column {n}"], ["Ana"])).read()
        chosen = matching.remember(chosen, many, "person", ("name",))
    assert len(chosen.matchings) <= 61


# --- cells ------------------------------------------------------------------------------------------------------------

_DAY = Day(label="")


@pytest.mark.parametrize(
    ("written", "month_first", "day"),
    [
        ("2026-03-04", False, date(2026, 3, 4)),
        ("4/3/2026", False, date(2026, 3, 4)),
        ("4/3/2026", True, date(2026, 4, 3)),
        ("13/3/2026", True, date(2026, 3, 13)),
        ("4.3.26", False, date(2026, 3, 4)),
        ("4-3-98", False, date(1998, 3, 4)),
        ("4 March 2026", False, date(2026, 3, 4)),
        ("March 4, 2026", False, date(2026, 3, 4)),
        ("4-Mar-26", False, date(2026, 3, 4)),
        ("1er mars 2026", False, date(2026, 3, 1)),
        ("4 مارس 2026", False, date(2026, 3, 4)),
        ("٤/٣/٢٠٢٦", False, date(2026, 3, 4)),
        ("46085", False, date(2026, 3, 4)),
        ("2026-03-04 14:30", False, date(2026, 3, 4)),
    ],
)
def test_a_day_is_read_as_people_write_one(written, month_first, day):
    assert values.value(_DAY, written, Reading(month_first)) == day


@pytest.mark.parametrize("written", ["31/2/2026", "soon", "2026", "4/3", "99/99/2026", "0/0/0000"])
def test_what_is_no_day_is_said(written):
    with pytest.raises(values.UserError, match="no date"):
        values.value(_DAY, written, Reading())


def test_a_moment_takes_its_time_or_noon():
    field = Moment(label="")
    for written, hour, minute in (
        ("4/3/2026", 12, 0),
        ("4/3/2026 14:30", 14, 30),
        ("4 March 2026 2:30 pm", 14, 30),
        ("4/3/2026 14h", 14, 0),
    ):
        assert values.value(field, written, Reading()) == datetime(2026, 3, 4, hour, minute).astimezone(UTC)
    assert values.value(field, "2026-03-04T14:30:00Z", Reading()) == datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
    with pytest.raises(values.UserError, match="no such time"):
        values.value(field, "4/3/2026 25:61", Reading())


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("45", 45), ("45 min", 45), ("1 h 30", 90), ("1:30", 90), ("2h", 120), ("٤٥", 45), ("45.0", 45)],
)
def test_minutes_are_read_as_people_write_them(written, minutes):
    assert values.value(Count(label="", unit="minutes"), written, Reading()) == minutes


def test_answers_are_told_in_every_language_and_others_are_offered():
    field = fields_of(Session)["mode"]
    assert isinstance(field, Choice)
    for words in i18n.in_every_language("Face to face"):
        assert values.value(field, words.upper(), Reading()) == "face_to_face"
    with pytest.raises(values.UserError, match="Site visit"):
        values.value(field, "by donkey", Reading())


def test_numbers_flags_and_sets_say_what_they_cannot_be():
    for field, cell in (
        (Count(label=""), "many"),
        (Flag(label=""), "maybe"),
        (Count(label=""), "1e999"),
        (Count(label=""), "9" * 50),
    ):
        with pytest.raises(values.UserError):
            values.value(field, cell, Reading())
    assert values.value(Many(label="", of=Text(label="")), "b; a ;;b", Reading()) == ("a", "b")
    assert values.value(Flag(label=""), "Yes", Reading()) is True
    assert values.value(Text(label=""), "'=1+1", Reading()) == "=1+1"
    assert values.value(Ref(label="", to="person"), "x", Reading()) == "x"
    assert values.value(Choice(label="", options=options(a="first")), "First", Reading()) == "a"


def test_the_order_of_day_and_month_is_asked_only_where_no_date_says_it():
    assert values.order_of(["13/2/2026", "1/2/2026"]) == "day"
    assert values.order_of(["2/13/2026", "1/2/2026"]) == "month"
    assert values.order_of(["1/2/2026", "3/4/2026"]) == "either"
    assert values.order_of(["13/2/2026", "2/13/2026"]) == "either"
    assert values.order_of(["1/1/2026", "2026-02-03", "soon"]) == ""


def test_the_report_says_each_row_with_what_to_do(workspace, tmp_path):
    file = table(tmp_path / "a.csv", ["Name", "Career stage", "Shoe"], ["Ana", "wizard", ""], ["Bo", "", "42"])
    said = list(report.lines(checked(workspace, file, "person")))
    assert said[0] == "The column “Shoe” is left out."
    assert said[1].startswith("Row 2: Career stage: “wizard” is no answer here. Write one of “still studying”")
    assert said[-1] == "1 row to import · 1 with a problem"


def test_the_command_line_says_the_same_and_a_dry_run_keeps_nothing(tmp_path, capsys):
    from mentorapp import cli
    from mentorapp.services import workspace as workspaces

    workspaces.start(name="Awa D.", practice=True, clock=SystemClock()).close()
    file = table(tmp_path / "a.csv", ["Name", "Career stage"], ["Ana", "wizard"], ["Bo", ""])
    assert cli.main(["--practice", "import", str(file), "--kind", "person", "--dry-run"]) == 0
    dry = capsys.readouterr().out
    assert "Row 2: Career stage" in dry
    assert cli.main(["--practice", "import", str(file)]) == 0
    done = capsys.readouterr().out
    assert done.startswith(dry)
    assert "2 records were imported." in done
    assert cli.main(["--practice", "import", str(tmp_path / "none.csv")]) == 1
    assert "could not be read" in capsys.readouterr().err
    out = tmp_path / "people.csv"
    assert cli.main(["--practice", "export", "person", str(out)]) == 0
    assert "Bo" in out.read_text("utf-8-sig")
