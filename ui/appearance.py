"""How this device wants the program to look and speak: language, theme and text size out of its settings and those of the system."""

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from mentorapp import i18n
from mentorapp.i18n import N_, tr
from mentorapp.settings import Settings
from ui import theme, words

CONTEXTS = frozenset(("QLineEdit", "QWidgetTextControl", "QAbstractSpinBox", "QPlatformTheme", "QFileDialog"))
"""Whose words of Qt are said in ours: the menus of text fields, and the dialog that chooses a file where the system has none."""

OF_QT = {
    "Undo": N_("Undo"),
    "Redo": N_("Redo"),
    "Cut": N_("Cut"),
    "Copy": N_("Copy"),
    "Paste": N_("Paste"),
    "Delete": N_("Delete"),
    "Select All": N_("Select all"),
    "Copy Link Location": N_("Copy the address"),
    "Step up": N_("One more"),
    "Step down": N_("One less"),
    "OK": N_("OK"),
    "Open": N_("Open"),
    "Save": N_("Save"),
    "Cancel": N_("Cancel"),
    "Close": N_("Close"),
    "Choose": N_("Choose"),
    "Look in:": N_("Folder:"),
    "File name:": N_("File name:"),
    "Files of type:": N_("Kinds of files:"),
    "Back": N_("Back"),
    "Forward": N_("Forward"),
    "Parent Directory": N_("The folder above"),
    "Create New Folder": N_("New folder"),
    "List View": N_("List"),
    "Detail View": N_("With details"),
}
"""What Qt says there, without its marks for the keyboard, and how we say it."""

TEXT_SIZES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The sizes of text that the commands step through."""


def language(chosen: Settings) -> str:
    """The language chosen, or the first of the system's that is offered."""
    spoken = [tag.split("-")[0] for tag in QLocale.system().uiLanguages()]
    return chosen.language or next((code for code in spoken if code in i18n.LANGUAGES), "en")


def speak(qt: QApplication, language: str) -> None:
    """Let what Qt itself says, in the menu of a text field or to choose a file, be in this language too, and its digits."""
    QLocale.setDefault(words.locale())
    for spoken in qt.findChildren(QTranslator):
        qt.removeTranslator(spoken)
        spoken.deleteLater()
    # Qt's own words are Brazil's or none in some languages: those that Mentor shows are in our catalogue.
    for translator in (_of_qt(qt, language), _Ours(qt)):
        if translator is not None:
            qt.installTranslator(translator)


def _of_qt(qt: QApplication, language: str) -> QTranslator | None:
    found = QTranslator(qt)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return found if any(found.load(f"qtbase_{code}", folder) for code in (language, f"{language}_BR")) else None


class _Ours(QTranslator):
    """What Qt says in the places that Mentor shows, from the same catalogue as everything else."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        ours = OF_QT.get(source.replace("&", "")) if context in CONTEXTS else None
        # Nothing, not an empty word: Qt then looks further.
        return tr(ours) if ours else None  # type: ignore[return-value]


MOVING = (
    Qt.UIEffect.UI_General,
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
    Qt.UIEffect.UI_AnimateToolBox,
)
"""What moves or fades by itself, besides the mark that blinks where one writes."""


def let_move(qt: QApplication, allowed: bool) -> None:
    """Let menus, lists and tips move and fade as the system has them and the mark of writing blink; or keep everything still."""
    if qt.property("moved") is None:
        qt.setProperty("moved", [QApplication.isEffectEnabled(effect) for effect in MOVING])
        qt.setProperty("blinked", QApplication.cursorFlashTime())
    for effect, as_it_was in zip(MOVING, qt.property("moved"), strict=True):
        QApplication.setEffectEnabled(effect, allowed and bool(as_it_was))
    QApplication.setCursorFlashTime(int(qt.property("blinked")) if allowed else 0)


def wanted(qt: QApplication, chosen: Settings) -> theme.Theme:
    """The theme for these settings in the language in use."""
    system_dark = qt.styleHints().colorScheme() == Qt.ColorScheme.Dark
    dark = chosen.theme == "dark" or (chosen.theme in ("system", "contrast") and system_dark)
    mode = "dark" if dark else "light"
    if chosen.theme == "contrast":
        mode = "contrast_dark" if dark else "contrast"
    size = min(TEXT_SIZES[-1], max(TEXT_SIZES[0], chosen.text_size))
    return theme.Theme(mode, size, i18n.right_to_left(), i18n.language())


def next_size(now: float, step: int) -> float:
    """The next larger (1) or smaller (-1) size of text; the same at the end."""
    beyond = [size for size in TEXT_SIZES if (size > now if step > 0 else size < now)]
    if not beyond:
        return now
    return beyond[0] if step > 0 else beyond[-1]
