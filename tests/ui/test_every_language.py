"""What each language asks of the screens beyond its sentences: digits, direction, Qt's own words, and a script that has no catalogue."""

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QCoreApplication, QLocale, Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics, QInputMethodEvent, QPdfWriter, QRawFont
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCalendarWidget, QLineEdit, QWidget

from mentorapp import i18n, paths
from mentorapp.i18n import LANGUAGES, tr
from mentorapp.services import people
from tests.journeys.conftest import Journey
from tests.ui import gallery
from ui import appearance, paper, theme
from ui.screens.mentee import printed

LATIN_DIGIT = re.compile(r"(?<![A-Za-z.\-\d])\d+(?![A-Za-z.\-\d])", re.ASCII)
AMHARIC = "ሐና በቀለ"
NOTES = "የማህበረሰብ ስብሰባ አዘጋጀች"


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication):  # type: ignore[no-untyped-def]
    yield
    i18n.use("en")
    appearance.speak(qapp, "en")
    theme.apply(qapp, theme.Theme())


def _said(widget: QWidget) -> list[str]:
    """Everything that a widget shows or says."""
    said = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    for name in ("text", "placeholderText", "currentText"):
        ask: Any = getattr(widget, name, None)
        said += [ask()] if callable(ask) and not isinstance(widget, QCalendarWidget) else []
    if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        said += [
            str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) or "")
            for row in range(min(model.rowCount(), 6))
        ]
    return said


def _plain(words: str) -> str:
    """Without mark-up, paths, keys and what is set apart because it is Latin."""
    return re.sub(r"<[^>]*>|\u2068[^\u2069]*\u2069|Ctrl\S*|/\S+", "", words)


def test_in_arabic_every_figure_on_every_screen_has_arabic_digits_and_everything_is_mirrored(
    home: Path, qapp: QApplication
) -> None:
    wrong = []
    with gallery.opened(qapp, home, "ar") as journey:
        for name, come in gallery.places(journey):
            come(journey)
            for widget in gallery.seen(journey.window):
                wrong += [f"{name}: {said[:60]!r}" for said in _said(widget) if LATIN_DIGIT.search(_plain(said))]
                # An address and a code are Latin; the page handed to a mentee is in her language.
                if isinstance(widget, QLineEdit) or name.startswith("pulse_asking"):
                    continue
                if widget.layoutDirection() != Qt.LayoutDirection.RightToLeft:
                    wrong.append(f"{name}: {gallery.called(widget)} is not mirrored")
    assert not wrong, "\n".join(wrong)


def test_in_arabic_the_printed_sheet_reads_from_the_right_with_arabic_digits(home: Path, qapp: QApplication) -> None:
    with gallery.opened(qapp, home, "ar") as journey:
        screen: Any = dict(gallery.places(journey))["mentee"](journey) or journey.screen()
        html = printed.as_html(screen._page)
        sheet = QPdfWriter(QBuffer(qapp))
        document = paper.fitted(html, sheet)
        block, starts = document.begin(), []
        while block.isValid():
            starts += [block.textDirection()] if block.text().strip() else []
            block = block.next()
    assert len(starts) > 10
    assert set(starts) == {Qt.LayoutDirection.RightToLeft}
    assert not LATIN_DIGIT.search(_plain(document.toPlainText()))


@pytest.mark.parametrize(
    ("language", "menu"),
    [
        ("fr", "Copier"),
        ("pt", "Copiar"),
        ("es", "Copiar"),
        ("sw", "Nakili"),
        ("ar", "نسخ"),
        ("en", "Copy"),
    ],
)
def test_the_menu_of_a_text_field_speaks_the_language(qapp: QApplication, qtbot, language: str, menu: str) -> None:  # type: ignore[no-untyped-def]
    i18n.use(language)
    appearance.speak(qapp, language)
    field = QLineEdit("words")
    qtbot.addWidget(field)
    menu_of_it = field.createStandardContextMenu()
    assert any(action.text().split("\t")[0].replace("&", "") == menu for action in menu_of_it.actions())
    menu_of_it.deleteLater()


def test_what_qt_says_elsewhere_is_left_to_qt(qapp: QApplication) -> None:
    i18n.use("sw")
    appearance.speak(qapp, "sw")
    assert QCoreApplication.translate("QFileDialog", "no such words") == "no such words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_that_qt_writes_have_the_digits_of_the_language(qapp: QApplication, language: str) -> None:
    i18n.use(language)
    appearance.speak(qapp, language)
    assert QLocale().toString(7) == ("٧" if language == "ar" else "7")


# --- Amharic: no catalogue, but names and notes are written in it -------------------------------------------------------


def test_every_letter_of_amharic_has_a_glyph_that_ships(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme())
    face = QRawFont(str(paths.resources() / "fonts" / "MentorEthiopic-Regular.ttf"), 14)
    letters = [chr(code) for code in range(0x1200, 0x137D) if chr(code).isprintable() and chr(code).isidentifier()]
    assert len(letters) > 250
    assert not [letter for letter in letters + list("፡።፣፤፥፦") if not face.supportsCharacter(ord(letter))]


def _write(journey: Journey, words: str, into: QWidget) -> None:
    """Write as the input method of a keyboard does, syllable by syllable."""
    into.setFocus()
    for syllable in words:
        event = QInputMethodEvent()
        event.setCommitString(syllable)
        QCoreApplication.sendEvent(into, event)
    journey.settle()


def test_amharic_is_typed_shown_and_found(mentor_app: Journey) -> None:
    _, person, pair = mentor_app.do(lambda workspace: people.add_mentee(workspace, name=AMHARIC))
    mentor_app.go("record", mentorship=pair.id)
    _write(mentor_app, NOTES, mentor_app.named("Notes"))
    assert mentor_app.named("Notes").toPlainText() == NOTES  # type: ignore[attr-defined]
    mentor_app.keys("Ctrl+Return")
    mentor_app.go("mentee", person=person.id)
    assert mentor_app.says(AMHARIC)
    mentor_app.keys("Ctrl+K")
    _write(mentor_app, "ስብሰባ", mentor_app.held())
    assert mentor_app.says("ስብሰባ") or mentor_app.says(AMHARIC)


def test_a_line_of_amharic_is_as_high_as_one_of_english(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme())
    assert "Mentor Ethiopic" in QFontDatabase.families()
    measure = QFontMetrics(theme.font())
    assert measure.boundingRect(AMHARIC).height() <= measure.height() + 2


def test_the_words_of_qt_that_we_say_are_sentences_of_the_catalogue() -> None:
    for language in LANGUAGES:
        i18n.use(language)
        assert all(tr(words) for words in appearance.OF_QT.values())
