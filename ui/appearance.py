"""How this device wants the program to look and speak: language, theme and text size out of its settings and those of the system."""

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from mentorapp import i18n
from mentorapp.settings import Settings
from ui import theme

TEXT_SIZES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The sizes of text that the commands step through."""


def language(chosen: Settings) -> str:
    """The language chosen, or the first of the system's that is offered."""
    spoken = [tag.split("-")[0] for tag in QLocale.system().uiLanguages()]
    return chosen.language or next((code for code in spoken if code in i18n.LANGUAGES), "en")


def speak(qt: QApplication, language: str) -> None:
    """Let what Qt itself says, in the menu of a text field or to choose a file, be in this language too."""
    for spoken in qt.findChildren(QTranslator):
        qt.removeTranslator(spoken)
        spoken.deleteLater()
    words = QTranslator(qt)
    if words.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        qt.installTranslator(words)


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
