"""One mentee: what happened since the last session, then everything else that grew between the two."""

from ui.screens.mentee.screen import MenteeScreen

__all__ = ["MenteeScreen"]
