"""My reflections: written with a question or without, found again, and shared knowingly."""

from ui.screens.reflections.screen import ReflectionsScreen

__all__ = ["ReflectionsScreen"]
