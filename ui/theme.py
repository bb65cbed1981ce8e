"""How the program looks, from one table of tokens: `resources/style/tokens.json`.

Promises one font, one palette and one style sheet for the whole program, in every mode (light, dark, high contrast), at every text
size (100-200 %) and in both reading directions, changeable while the program runs. Widgets ask for `colour`, `px`, `font` and `icon`
when they paint or lay out and never keep the answer. Knows nothing of screens, records or settings.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from mentorapp import paths

MODES: Final = ("light", "dark", "contrast", "contrast_dark")
"""The modes there are; each is a table of colours in tokens.json."""

DIRECTIONAL: Final = frozenset(
    {
        "chevron-left",
        "chevron-right",
        "arrow-left",
        "arrow-right",
        "arrow-up-right",
        "undo-2",
        "log-out",
        "panel-left",
        "list",
        "quote",
    }
)
"""Icons that point along the line of reading, so they are mirrored where it runs from right to left."""

PAIRS: Final = (
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunk"),
    ("ink", "tint"),
    ("ink", "good_tint"),
    ("ink", "bad_tint"),
    ("ink", "warn_tint"),
    ("quiet", "paper"),
    ("quiet", "surface"),
    ("quiet", "sunk"),
    ("quiet", "tint"),
    ("primary", "surface"),
    ("primary", "paper"),
    ("primary", "sunk"),
    ("primary", "tint"),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("accent", "surface"),
    ("accent", "accent_tint"),
    ("good", "good_tint"),
    ("good", "surface"),
    ("warn", "warn_tint"),
    ("bad", "bad_tint"),
    ("bad", "surface"),
    ("bad", "paper"),
    ("primary_hover", "surface"),
    ("primary_hover", "sunk"),
)
"""Every pair (text, behind it) that the program paints; the contrast test reads this list."""

_WEIGHTS: Final = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}
_FACES: Final = {
    "": ("MentorSans-Regular.otf", "MentorSans-Medium.otf", "MentorSans-SemiBold.otf"),
    "ar": ("MentorArabic-Regular.ttf", "MentorArabic-Bold.ttf"),
    "am": ("MentorEthiopic-Regular.ttf",),
}


@dataclass(frozen=True)
class Theme:
    """What the person chose: a mode, a text size (1.0 to 2.0) and the direction of her language."""

    mode: str = "light"
    scale: float = 1.0
    right_to_left: bool = False
    language: str = "en"

    def __post_init__(self) -> None:
        if self.mode not in MODES or not 1.0 <= self.scale <= 2.0:
            raise ValueError(f"no such theme: {self.mode} at {self.scale}")

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than what is behind it."""
        return "dark" in self.mode


class _Announcer(QObject):
    changed = Signal()


_state: dict[str, Theme] = {"theme": Theme()}
_loaded: set[str] = set()
_fonts: dict[tuple[str, int, Theme], QFont] = {}
_icons: dict[tuple[str, str, int, int, Theme, float], QIcon] = {}


@cache
def tokens() -> dict[str, dict[str, str | int]]:
    """The table of tokens as it stands in the file."""
    # JSON, because Python reads it in a tenth of the time TOML takes, at every start.
    found: dict[str, dict[str, str | int]] = json.loads(
        (paths.resources() / "style" / "tokens.json").read_text("utf-8")
    )
    return found


@cache
def announcer() -> _Announcer:
    """The one object whose `changed` signal says that another theme was applied (after widgets were restyled)."""
    return _Announcer()


def current() -> Theme:
    """The theme in use."""
    return _state["theme"]


def name_of(token: str) -> str:
    """The colour of a token in the theme in use, as #RRGGBB."""
    return str(tokens()[current().mode][token])


_colours: dict[tuple[str, str], QColor] = {}


def colour(token: str) -> QColor:
    """The colour of a token in the theme in use."""
    key = (current().mode, token)
    if key not in _colours:
        _colours[key] = QColor(name_of(token))
    return QColor(_colours[key])


def px(size: float) -> int:
    """A length given at 100 % in the text size in use."""
    return round(size * current().scale)


def space(token: str) -> int:
    """A distance by its token (xs s m l xl xxl) in the text size in use."""
    return px(int(tokens()["space"][token]))


def radius(token: str) -> int:
    """A corner by its token (small control card pill chip) in the text size in use."""
    return px(int(tokens()["radius"][token]))


def font(kind: str = "body", weight: int = 400) -> QFont:
    """The face at a size of the table (small caption status body section brand title figure) and a weight (400, 500, 600)."""
    key = (kind, weight, current())
    if key not in _fonts:
        _fonts[key] = _font(kind, weight)
    return QFont(_fonts[key])


def _font(kind: str, weight: int) -> QFont:
    face = QFont(families())
    face.setPixelSize(px(int(tokens()["type"][kind])))
    face.setWeight(_WEIGHTS[weight])
    face.setFeature(QFont.Tag("tnum"), 1)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


def families() -> list[str]:
    """The faces to try in turn; what none of them draws falls to the system."""
    return ["Mentor Sans", "Mentor Arabic", "Mentor Ethiopic", "Noto Sans", "Segoe UI", "SF Pro Text", "sans-serif"]


def load_faces() -> None:
    """Make the faces of every script available: a name or a note may be in another one than the screens. Each file is read once."""
    for names in _FACES.values() if not _loaded else ():
        for name in names:
            QFontDatabase.addApplicationFont(str(paths.resources() / "fonts" / name))
        _loaded.update(names)


def apply(app: QApplication, theme: Theme) -> None:
    """Show everything in this theme from now on: font, palette, style sheet, direction, and each open widget."""
    first = not app.property("themed")
    _state["theme"] = theme
    load_faces()
    if first:
        app.setStyle("Fusion")
        app.setProperty("themed", True)
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if theme.right_to_left else Qt.LayoutDirection.LeftToRight)
    app.setFont(font())
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet())
    _restyle(app.allWidgets())
    announcer().changed.emit()


def style_sheet() -> str:
    """The one style sheet, its `$token`s filled and its lengths brought to the text size in use."""
    return _sheet(current())


@cache
def _sheet(theme: Theme) -> str:
    folder = paths.resources() / "style"
    ours = {**tokens()[theme.mode], "marks": folder.as_posix(), "shade": "paper" if theme.is_dark else "ink"}
    ours |= {"tick": "ink" if theme.is_dark else "paper"}
    text = (folder / "mentor.qss").read_text("utf-8")
    text = re.sub(r"\$([a-z_]+)", lambda found: str(ours[found[1]]), text)
    # Hairlines stay hairlines at every text size.
    text = re.sub(
        r"\b(\d+)px", lambda found: found[0] if int(found[1]) < 3 else f"{round(int(found[1]) * theme.scale)}px", text
    )
    # Qt drops a corner that is a pixel more than half the height: a full round is reckoned after everything else was rounded.
    return re.sub(r"@round\((\d+)\)", lambda found: f"{(round(int(found[1]) * theme.scale) + 2) // 2}px", text)


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for token, roles in {
        "paper": (role.Window,),
        "surface": (role.Base, role.Button, role.ToolTipBase),
        "sunk": (role.AlternateBase,),
        "ink": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "quiet": (role.PlaceholderText,),
        "primary": (role.Highlight, role.Link, role.Accent),
        "on_primary": (role.HighlightedText,),
        "line": (role.Mid, role.Midlight),
        "primary_hover": (role.LinkVisited,),
    }.items():
        for each in roles:
            palette.setColor(each, colour(token))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, colour("quiet"))
    return palette


def _restyle(widgets: list[QWidget]) -> None:
    # Walking the widgets at the rare change is far cheaper than an event override on each of them at every start.
    for widget in widgets:
        for thing in _own_parts(widget):
            restyle = getattr(thing, "restyle", None)
            if restyle is not None:
                restyle()
        widget.update()


def _own_parts(widget: QWidget) -> Iterator[QObject]:
    yield from (child for child in widget.children() if not isinstance(child, QWidget))
    for child in widget.children():
        if not isinstance(child, QWidget):
            yield from child.children()
    yield widget


# ---- icons ----------------------------------------------------------------------------------------------------------------------


def icon(name: str, role: str = "quiet", size: int = 18, *, gap: int = 0) -> QIcon:
    """An icon of resources/icons in the colour of a token, at `size` px of 100 %; ask again in `restyle` after a change of theme.

    `gap` leaves empty room at its trailing side, for buttons, whose distance between picture and words cannot be styled.
    """
    key = (name, role, size, gap, current(), _sharpness())
    if key not in _icons:
        made = QIcon()
        made.addPixmap(pixmap(name, role, size, gap=gap))
        # Without this Qt greys the disabled icon by its own recipe.
        made.addPixmap(pixmap(name, "edge", size, gap=gap), QIcon.Mode.Disabled)
        _icons[key] = made
    return _icons[key]


def pixmap(name: str, role: str = "quiet", size: int = 18, *, gap: int = 0) -> QPixmap:
    """The same as a picture, sharp on this screen; drawn once, for places repaint it under every passing pointer."""
    return _picture(name, role, size, gap, current(), _sharpness())


@cache
def _picture(name: str, role: str, size: int, gap: int, _theme: Theme, sharp: float) -> QPixmap:
    side = round(px(size) * sharp)
    room = round(px(gap) * sharp)
    picture = QPixmap(QSize(side + room, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    if current().right_to_left:
        painter.translate(room, 0)
    if current().right_to_left and name in DIRECTIONAL:
        painter.translate(side, 0)
        painter.scale(-1, 1)
    _draw(painter, name, role, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(sharp)
    return picture


def mark(size: int = 26) -> QPixmap:
    """The program's own mark, the little tree, in the colours of the theme in use."""
    return pixmap("mentor", "primary", size)


def window_icon() -> QIcon:
    """The mark for the window and the task bar, in the light theme's colours on any desktop."""
    return QIcon(str(paths.resources() / "icons" / "mentor.svg"))


def _draw(painter: QPainter, name: str, role: str, where: QRectF) -> None:
    from PySide6.QtSvg import QSvgRenderer  # the library is loaded with the first icon, not with the first import

    text = (
        _svg(name)
        .replace("currentColor", name_of(role))
        .replace("#0E6E6A", name_of("primary"))
        .replace("#B9661F", name_of("accent"))
    )
    QSvgRenderer(text.encode()).render(painter, where)


@cache
def _svg(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text("utf-8")


def _sharpness() -> float:
    app = QApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QApplication) else 1.0


# ---- for the test of contrast ------------------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two #RRGGBB colours."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(hexed: str) -> float:
    parts = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
