"""One goal: its course, what was said of it, what is promised towards it."""

from ui.screens.goal.screen import GoalScreen

__all__ = ["GoalScreen"]
