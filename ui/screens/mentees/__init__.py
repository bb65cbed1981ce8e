"""Everyone a mentor accompanies, and somebody new."""

from ui.screens.mentees.screen import MenteesScreen

__all__ = ["MenteesScreen"]
