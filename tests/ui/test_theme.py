"""The theme keeps its promises in every mode, at every text size, in both directions."""

import itertools
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontInfo, QImage
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from mentorapp import paths
from ui import theme
from ui.widgets import Button, Column, Pill, Prose


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication):  # type: ignore[no-untyped-def]
    yield
    theme.apply(qapp, theme.Theme())


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("pair", theme.PAIRS, ids="-on-".join)
def test_every_pair_of_colours_can_be_read(mode: str, pair: tuple[str, str]) -> None:
    table = theme.tokens()[mode]
    least = 7.0 if "contrast" in mode else 4.5
    assert theme.contrast(str(table[pair[0]]), str(table[pair[1]])) >= least


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("behind", ["paper", "surface", "sunk"])
def test_the_focus_ring_stands_out(mode: str, behind: str) -> None:
    table = theme.tokens()[mode]
    assert theme.contrast(str(table["focus"]), str(table[behind])) >= 3.0


def test_the_contrast_formula_agrees_with_the_known_ends() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_mode_has_every_colour() -> None:
    names = {mode: set(theme.tokens()[mode]) for mode in theme.MODES}
    assert all(names[mode] == names["light"] for mode in theme.MODES)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("scale", [1.0, 1.3, 2.0])
def test_the_style_sheet_is_filled_and_understood(qapp: QApplication, mode: str, scale: float) -> None:
    theme.apply(qapp, theme.Theme(mode, scale))  # Qt's complaint about a sheet it cannot read fails the test
    sheet = theme.style_sheet()
    assert "$" not in sheet
    assert "@round" not in sheet
    assert len(re.findall(r"\{", sheet)) == len(re.findall(r"\}", sheet))


def test_lengths_follow_the_text_size_and_hairlines_do_not(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme(scale=2.0))
    assert theme.px(36) == 72
    assert theme.font().pixelSize() == 28
    assert "border: 1px solid" in theme.style_sheet()
    assert "font-size: 40px" in theme.style_sheet()


def test_open_widgets_follow_a_change_of_text_size(qapp: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = QWidget()
    qtbot.addWidget(window)
    outer = Column(window, edges=(10, 10, 10, 10), gap=8)
    inner = Column(gap=6)
    outer.addLayout(inner)
    pill, button = Pill("today", "warn"), Button("Photo", "camera")
    inner.addWidget(pill)
    inner.addWidget(button)
    before = pill.sizeHint(), button.iconSize()
    theme.apply(qapp, theme.Theme(scale=2.0))
    assert outer.contentsMargins().left() == 20
    assert inner.spacing() == 12
    assert pill.sizeHint().height() == 2 * before[0].height()
    assert button.iconSize().height() == 2 * before[1].height()


def test_open_widgets_follow_a_change_of_colours(qapp: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    prose = Prose("new words", marked=((0, 3),))
    qtbot.addWidget(prose)
    light = prose.text()
    theme.apply(qapp, theme.Theme("dark"))
    assert prose.text() != light


def test_an_arabic_frame_is_mirrored(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme(right_to_left=True, language="ar"))
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft


def test_directional_icons_are_mirrored_and_others_are_not(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme())
    arrow, lock = theme.pixmap("arrow-right").toImage(), theme.pixmap("calendar-plus").toImage()
    theme.apply(qapp, theme.Theme(right_to_left=True, language="ar"))
    assert _alike(theme.pixmap("arrow-right").toImage(), arrow.flipped(Qt.Orientation.Horizontal))
    assert not _alike(theme.pixmap("arrow-right").toImage(), arrow)
    assert theme.pixmap("calendar-plus").toImage() == lock


def _alike(one: QImage, other: QImage) -> bool:
    places = itertools.product(range(one.width()), range(one.height()))
    return all(abs(one.pixelColor(x, y).alpha() - other.pixelColor(x, y).alpha()) < 60 for x, y in places)


def test_the_faces_that_ship_are_the_ones_in_use(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Theme(language="ar", right_to_left=True))
    assert {"Mentor Sans", "Mentor Arabic"} <= set(QFontDatabase.families())
    for weight in (400, 500, 600):
        info = QFontInfo(theme.font("body", weight))
        assert info.family().startswith("Mentor Sans")
        assert int(info.weight()) == weight


def test_a_line_is_as_high_as_the_design_says_in_every_script(qapp: QApplication, qtbot) -> None:  # type: ignore[no-untyped-def]
    theme.apply(qapp, theme.Theme(language="ar"))
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    labels = [QLabel("What we agreed"), QLabel("ما اتفقنا عليه")]
    for label in labels:
        column.addWidget(label)
    window.show()
    assert {label.sizeHint().height() for label in labels} <= {20, 21}


def test_every_icon_can_be_drawn(qapp: QApplication) -> None:
    names = [path.stem for path in (paths.resources() / "icons").glob("*.svg")]
    assert len(names) >= 40
    for name in names:
        image = theme.pixmap(name, "ink").toImage()
        assert any(
            image.pixelColor(x, y).alpha() for x, y in itertools.product(range(image.width()), range(image.height()))
        ), name


def test_bundled_files_are_small() -> None:
    for path in (paths.resources() / "fonts").glob("MentorSans-*.otf"):
        assert path.stat().st_size < 120_000


def test_a_theme_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such theme"):
        theme.Theme("sepia")
    with pytest.raises(ValueError, match="no such theme"):
        theme.Theme(scale=3.0)
