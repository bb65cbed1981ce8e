"""The one place that asks where on this computer a file goes, or which one is meant."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


def where_to_save(parent: QWidget, *, title: str, name: str, kind: str) -> Path | None:
    """The place chosen for a new file of this name, in the folder of documents at first; None if the person thought better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(folder) / name), kind)
    return Path(chosen) if chosen else None


def which_to_open(parent: QWidget, *, title: str) -> Path | None:
    """The file chosen, in the folder of pictures at first; None if the person thought better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    chosen, _ = QFileDialog.getOpenFileName(parent, title, folder)
    return Path(chosen) if chosen else None


def which_table(parent: QWidget, *, title: str, kind: str) -> Path | None:
    """The table or the address book chosen, in the folder of documents at first; None if the person thought better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    chosen, _ = QFileDialog.getOpenFileName(parent, title, folder, kind)
    return Path(chosen) if chosen else None


def which_folder(parent: QWidget, *, title: str) -> Path | None:
    """The folder chosen, such as a stick; None if the person thought better of it."""
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None
