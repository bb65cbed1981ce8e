"""Every screen can be read in every language, at every size of text and in every theme, in a window of 1366 x 768."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget

from mentorapp.i18n import LANGUAGES
from tests.journeys.conftest import Journey
from tests.ui import cuts, gallery
from ui import theme
from ui.widgets import Button, LineInput, Pill, TwoLines
from ui.widgets.boxes import text

THEMES = ("light", "dark", "contrast")
SIZES = (1.0, 2.0)


def _wrong(journey: Journey, sizes_and_themes: list[tuple[float, str]]) -> Iterator[str]:
    places = gallery.places(journey)
    for size, look in sizes_and_themes:
        journey.app.change(text_size=size, theme=look)
        journey.settle()
        for name, come in places:
            come(journey)
            assert (journey.window.width(), journey.window.height()) == gallery.ENOUGH, f"{name}: the window grew"
            yield from (f"{name} at {size:.0%}, {look}: {line}" for line in cuts.found(journey.window))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_on_any_screen(language: str, home: Path, qapp: QApplication) -> None:
    with gallery.opened(qapp, home, language) as journey:
        wrong = list(_wrong(journey, [(size, look) for size in SIZES for look in THEMES]))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("language", "size", "look"), [("pt", 2.0, "light"), ("ar", 1.0, "dark"), ("sw", 2.0, "contrast")]
)
def test_nothing_is_cut_on_any_screen_in_some_languages(
    language: str, size: float, look: str, home: Path, qapp: QApplication
) -> None:
    with gallery.opened(qapp, home, language) as journey:
        wrong = list(_wrong(journey, [(size, look)]))
    assert not wrong, "\n".join(wrong)


# --- the search for what is cut finds it ------------------------------------------------------------------------------


@pytest.fixture
def pane(qapp: QApplication, qtbot) -> QWidget:  # type: ignore[no-untyped-def]
    theme.apply(qapp, theme.Theme())
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    return window


def _shown(pane: QWidget, widget: QWidget, where: tuple[int, int, int, int]) -> list[str]:
    widget.setParent(pane)
    widget.resize(widget.sizeHint())
    widget.setGeometry(*where)
    pane.show()
    widget.show()
    QApplication.processEvents()
    return cuts.found(pane)


@pytest.mark.parametrize(
    ("made", "room"),
    [
        (lambda: QLabel("A sentence that needs room"), (0, 0, 40, 30)),
        (lambda: text("A sentence that wraps into several lines of words", wrap=True), (0, 0, 120, 18)),
        (lambda: text("Incomprehensibilities", wrap=True), (0, 0, 40, 90)),
        (lambda: Button("Record a session"), (0, 0, 50, 36)),
        (lambda: LineInput(hint="a day: friday, in 2 weeks, 12/3"), (0, 0, 80, 36)),
        (lambda: Pill("three days late"), (0, 0, 20, 24)),
        (lambda: Button("Outside"), (250, 0, 120, 36)),
        (lambda: QCheckBox("Let this computer remember it"), (0, 0, 60, 24)),
    ],
)
def test_a_cut_text_is_found(pane: QWidget, made: Callable[[], QWidget], room: tuple[int, int, int, int]) -> None:
    assert _shown(pane, made(), room)


def test_things_on_top_of_one_another_are_found(pane: QWidget) -> None:
    assert not _shown(pane, QLabel("One"), (0, 0, 80, 30))
    assert _shown(pane, QLabel("Two"), (40, 10, 80, 30))


def test_a_text_cut_on_purpose_is_none_of_them(pane: QWidget) -> None:
    assert not _shown(pane, TwoLines("A long title that has no room", "caption", "and a line"), (0, 0, 120, 44))
