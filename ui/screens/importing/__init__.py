"""The screen that brings in tables and address cards."""

from ui.screens.importing.screen import ImportScreen

__all__ = ["ImportScreen"]
