"""The relationship pulse: asked on a page that is handed over, and seen by others only as shares."""

from ui.screens.pulse.asking import AskingScreen
from ui.screens.pulse.overview import PulseScreen

__all__ = ["AskingScreen", "PulseScreen"]
