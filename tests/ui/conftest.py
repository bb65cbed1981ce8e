"""The fixtures of the journeys serve the tests of single screens too: a screen is proved in the real window."""

from tests.journeys.conftest import fresh_app, home, mentor_app

__all__ = ["fresh_app", "home", "mentor_app"]
