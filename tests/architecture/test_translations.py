"""What the catalogues promise: every sentence in every language, placeholders whole, plurals right, nothing said past them."""

import ast
import importlib.util
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from mentorapp import i18n
from mentorapp.i18n import ntr, ptr, tr

ROOT = Path(__file__).resolve().parent.parent.parent
TRANSLATED = ("ar", "es", "fr", "pt", "sw")
UNTOUCHED = {"Ctrl K", "K7PX-4M2Q-9RTB", "https://mentor.example.org", "km"}
"""What is the same in every language."""
FEW_PER_FORM = {"fr": {0: 1}, "pt": {0: 1}, "es": {0: 1}, "sw": {0: 1}, "ar": {0: 0, 1: 1, 2: 2}}
"""The plural forms that stand for one number, which may therefore be said in words."""


def _tool():
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "resources" / "i18n" / "catalogues.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


catalogues = _tool()


@pytest.fixture(scope="module")
def template():
    """Every sentence that the sources mark."""
    return catalogues.gathered()


@pytest.fixture(autouse=True)
def compiled():
    """Catalogues compiled as before every start, and English again afterwards."""
    catalogues.compile_all()
    i18n._catalogue.cache_clear()
    yield
    i18n.use("en")
    i18n._catalogue.cache_clear()


def _sentences(catalogue):
    return [message for message in catalogue if message.id]


def _many(words):
    return words if isinstance(words, tuple | list) else (words,)


def _unplaced(catalogue):
    """The lines of a catalogue but for where its sentences stand: that a module moved is nothing to translate."""
    return [line for line in catalogue.splitlines() if not line.startswith("#:")]


read = cache(catalogues.read)


def _said(language):
    """Each sentence with each form of it that is translated, and which form that is."""
    for message in _sentences(read(language)):
        for at, form in enumerate(_many(message.string)):
            if form:
                yield message, at, form


def _prose(language):
    """The forms that a person reads as prose: neither what is the same everywhere nor what a file dialog takes apart."""
    for message, _, form in _said(language):
        if message.id not in UNTOUCHED and "(*." not in form:
            yield form


def _placeholders(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def _bare(words):
    """The words without placeholders and without marks of direction."""
    return re.sub(r"\{\w*\}|[\u2066-\u2069]", "", words)


# --- the catalogues ---------------------------------------------------------------------------------------------------


def test_every_language_offered_has_a_catalogue_and_words_for_days():
    assert sorted([*catalogues.languages(), "en"]) == sorted(i18n.LANGUAGES)
    assert all((ROOT / "resources" / "i18n" / code / "days.toml").is_file() for code in i18n.LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogues_are_as_gather_leaves_them(language, template):
    kept = catalogues.po_of(language).read_text("utf-8")
    left = catalogues.rendered(language, catalogues.merged(language, template))
    assert _unplaced(left) == _unplaced(kept), "run `make i18n` and translate what is new"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_the_program_is_translated(language, template):
    said = read(language)
    missing = [
        message.id
        for message in _sentences(template)
        if (found := said.get(message.id, message.context)) is None or found.fuzzy or not all(_many(found.string))
    ]
    assert not missing


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_source(language):
    wrong = []
    for message, at, form in _said(language):
        asked, given = _placeholders(_many(message.id)[-1]), _placeholders(form)
        in_words = asked - given == {"n"} and message.pluralizable and at in FEW_PER_FORM[language]
        if not (asked == given or in_words):
            wrong.append((message.id, form))
    assert not wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_can_be_filled(language):
    for message, _, form in _said(language):
        assert "{" not in form.format(**dict.fromkeys(_placeholders(_many(message.id)[-1]), "x"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_all_plural_forms_are_there(language):
    said = read(language)
    plurals = [message for message in _sentences(said) if isinstance(message.id, tuple)]
    assert plurals
    assert {len(message.string) for message in plurals} == {{"ar": 6}.get(language, 2)}


def test_no_placeholder_carries_a_format_of_its_own(template):
    for message in _sentences(template):
        for words in _many(message.id):
            assert not [
                spec for _, name, spec, how in string.Formatter().parse(words) if name is not None and (spec or how)
            ], words


# --- the writing ------------------------------------------------------------------------------------------------------


def test_arabic_is_written_in_arabic():
    strange = [
        form
        for message, _, form in _said("ar")
        if message.id not in UNTOUCHED and re.search(r"[^\W\d_]", _bare(_many(message.id)[0]))
        if not re.search(r"[\u0621-\u064A]", form)
    ]
    assert not strange


def test_arabic_has_its_own_punctuation_and_digits():
    # Digits that belong to a Latin name ("BLAKE2b", "Apache 2.0") stay as they are.
    foreign = re.compile(r"[,;?%“”]|(?<![A-Za-z.])[0-9](?![A-Za-z.])")
    assert not [form for form in _prose("ar") if foreign.search(_bare(form))]


def test_french_is_spaced_and_quoted_as_french_is():
    careless = re.compile(r"['“”]|·(?=\w)|[^\u00a0\d]:(?=\s|$)|(?<!\u202f)[;!?]|«[^\u00a0]|[^\u00a0]»")
    assert not [form for form in _prose("fr") if careless.search(form)]


def test_spanish_is_spaced_and_quoted_as_spanish_is():
    careless = re.compile(r"['“”\"]|\s[:;!?]|« | »|(?<![\u00a0\d])%")
    said = list(_prose("es"))
    assert not [form for form in said if careless.search(form)]
    assert not [form for form in said if form.count("?") != form.count("¿") or form.count("!") != form.count("¡")]


def test_portuguese_is_spaced_and_quoted_as_portuguese_is():
    careless = re.compile(r"['“”\"]|\s[:;!?%]|« | »")
    assert not [form for form in _prose("pt") if careless.search(form)]


def test_swahili_is_spaced_and_quoted_as_swahili_is():
    careless = re.compile(r"['«»\"]|\s[:;!?%]")
    assert not [form for form in _prose("sw") if careless.search(form)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_no_copy_of_the_english(language):
    alike = [
        m.id for m, _, form in _said(language) if form in _many(m.id) and re.search(r"[a-z]{3} +[a-z]{3}", _bare(form))
    ]
    assert not alike


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_ends_in_a_translation_as_it_does_in_the_source(language):
    ends = {".": ".", "?": "?؟", "…": "…", ":": ":"}
    wrong = []
    for message, _, form in _said(language):
        source, last = _many(message.id)[0].strip(), form.strip()[-1]
        if last not in ends.get(source[-1], last) or (source[-1] not in ends and last in ".?؟…:"):
            wrong.append((source, form))
    assert not wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_a_file_dialog_reads_is_left_alone(language):
    kinds = [(message.id, form) for message, _, form in _said(language) if "(*." in _many(message.id)[0]]
    assert kinds
    # One kind of file after another, each with its endings, in the form that Qt reads.
    assert all(
        re.findall(r"\(\*[^)]*\)(?:;;|$)", form) == re.findall(r"\(\*[^)]*\)(?:;;|$)", source) for source, form in kinds
    )


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_examples_that_hints_give_are_understood(language):
    from datetime import date

    from ui.widgets.days import parse_day, words
    from ui.widgets.durations import parse_minutes

    i18n.use(language)
    today = date(2026, 11, 23)
    hint = tr("a day: friday, in 2 weeks, 12/3").split(":", 1)[1]
    understood = [parse_day(each.strip(), today=today, words=words(language)) for each in re.split("[,،]", hint)]
    assert understood == [date(2026, 11, 27), date(2026, 12, 7), date(2027, 3, 12)]
    advice = tr("This is not a day we understand. Try: tomorrow, in 2 weeks, 12/3/2026.").rsplit(":", 1)[1]
    understood = [
        parse_day(each.strip(" .\u00a0"), today=today, words=words(language)) for each in re.split("[,،]", advice)
    ]
    assert understood == [date(2026, 11, 24), date(2026, 12, 7), date(2026, 3, 12)]
    minutes = re.findall(r"\d[\d:h]*", tr("minutes: 90 or 1h30"))
    assert [parse_minutes(each) for each in minutes] == [90, 90]


# --- the program speaks them ------------------------------------------------------------------------------------------


def test_speaking_another_language_changes_what_is_said():
    said = {}
    for language in i18n.LANGUAGES:
        i18n.use(language)
        said[language] = tr("Today")
    assert said == {
        "en": "Today",
        "fr": "Aujourd’hui",
        "pt": "Hoje",
        "es": "Hoy",
        "sw": "Leo",
        "ar": "اليوم",
    }
    assert (ROOT / "resources" / "i18n" / "fr" / "LC_MESSAGES" / "mentor.mo").is_file()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["in 0 days", "in 1 day", "in 2 days", "in 3 days", "in 11 days", "in 100 days"]),
        ("fr", ["dans 0 jour", "dans 1 jour", "dans 2 jours", "dans 3 jours", "dans 11 jours", "dans 100 jours"]),
        ("pt", [f"daqui a {n}" for n in ("0 dias", "1 dia", "2 dias", "3 dias", "11 dias", "100 dias")]),
        ("es", ["en 0 días", "en 1 día", "en 2 días", "en 3 días", "en 11 días", "en 100 días"]),
        ("sw", [f"baada ya siku {n}" for n in (0, 1, 2, 3, 11, 100)]),
        ("ar", ["اليوم", "بعد يوم واحد", "بعد يومين", "بعد ٣ أيام", "بعد ١١ يومًا", "بعد ١٠٠ يوم"]),
    ],
)
def test_the_plural_form_is_the_one_for_the_number(language, said):
    i18n.use(language)
    assert [ntr("in {n} day", "in {n} days", n) for n in (0, 1, 2, 3, 11, 100)] == said


def test_a_number_that_a_message_carries_has_the_digits_of_the_language():
    i18n.use("ar")
    assert "٢٠٠" in tr("Name at most {most}.", most=200)
    i18n.use("fr")
    assert "200" in tr("Name at most {most}.", most=200)


def test_a_latin_name_stands_apart_in_a_sentence_read_from_right_to_left():
    i18n.use("ar")
    assert tr("Session with {name}", name="Grace A.") == "جلسة مع \u2068Grace A.\u2069"
    assert tr("Session with {name}", name="حلقة الميسّرين") == "جلسة مع حلقة الميسّرين"


def test_a_broken_placeholder_in_a_translation_shows_the_source_sentence(tmp_path, monkeypatch):
    folder = tmp_path / "resources" / "i18n" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    broken = Catalog(locale="fr")
    broken.add("Session with {name}", "Séance avec {nom}")
    broken.add("Written to {file}.", "Écrit dans {file.")
    broken.add(("{n} word", "{n} words"), ("{m} mot", "{m} mots"))
    broken.add("May", "{mois}", context="month")
    with (folder / "mentor.mo").open("wb") as file:
        write_mo(file, broken)
    # Where a built program finds its resources.
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    i18n.use("fr")
    assert tr("Session with {name}", name="Grace A.") == "Session with Grace A."
    assert tr("Written to {file}.", file="a.pdf") == "Written to a.pdf."
    assert ntr("{n} word", "{n} words", 2) == "2 words"
    assert ptr("month", "May", day=3) == "May"


# --- nothing is said past the catalogues --------------------------------------------------------------------------------

SAYING = {
    "Badge", "Banner", "Button", "Card", "Chips", "ChoiceButton", "EmptyState", "FieldBox", "IconButton", "LineInput",
    "LongList", "PageTitle", "PassphraseBox", "Pill", "PrimaryButton", "Prose", "QCheckBox", "QLabel", "QPushButton",
    "QuietButton", "Quote", "Row", "Segment", "Stat", "TickBox", "TickRow", "TwoLines", "addAction", "say", "set",
    "setAccessibleDescription", "setAccessibleName", "setPlaceholderText", "setSpecialValueText", "setStatusTip",
    "setText", "setToolTip", "setWindowTitle", "set_hint", "set_name", "set_problem", "set_title", "set_words",
    "text", "titled",
}  # fmt: skip
"""What shows its words, or says them to assistive technology."""
RESERVED = {"Mentor"}
"""The program's own name is the same in every language."""


def _called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _unmarked(node):
    """The literal words in an expression that no call takes for itself."""
    if isinstance(node, ast.Call):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        plain = re.sub(r"<[^>]*>|&\w+;", "", node.value)
        if re.search(r"[A-Z]|[^\W\d_] +[^\W\d_]", plain) and plain not in RESERVED:
            yield node
    elif isinstance(node, ast.JoinedStr):
        constant = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        if re.search(r"[^\W\d_]{2}", re.sub(r"<[^>]*>|&\w+;", "", constant)):
            yield node
    elif not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _unmarked(child)


def _sources(*rooms):
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


@cache
def _tree(path):
    return ast.parse(path.read_text("utf-8"))


def _said_unmarked(tree, name):
    return [
        f"{name}:{words.lineno} {ast.unparse(words)}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _called(call) in SAYING
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for words in _unmarked(argument)
    ]


def test_no_screen_says_words_that_no_translator_has_seen():
    found = [line for path in _sources("ui") for line in _said_unmarked(_tree(path), path.relative_to(ROOT))]
    assert not found


def test_the_search_for_unmarked_words_finds_them():
    said = 'Button("Save all", "check")\nbox.setText(f"{n} records")\nPill("Late" if late else tr("Due"))\ntext(tr("Whole"), "caption")'
    assert [line.split()[0] for line in _said_unmarked(ast.parse(said), "screen")] == [
        "screen:1",
        "screen:2",
        "screen:3",
    ]


def test_what_is_explained_to_a_person_is_marked_for_translation():
    unmarked = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in _sources("mentorapp", "sync/client", "ui")
        for call in ast.walk(_tree(path))
        if isinstance(call, ast.Call) and _called(call) in {"UserError", "NoKey"} and call.args
        for _ in _unmarked(call.args[0])
    ]
    assert not unmarked
