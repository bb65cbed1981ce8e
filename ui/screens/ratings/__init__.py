"""What somebody can do: rated together, over time, the mentee's own view beside the mentor's."""

from ui.screens.ratings.screen import RatingsScreen

__all__ = ["RatingsScreen"]
