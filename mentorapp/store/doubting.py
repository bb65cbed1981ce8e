"""Evidence that this laptop's clock is off, so that a time of saving can be marked as in doubt. It decides nothing but the mark.

Evidence is what an exchange measured (the server's clock against ours), and a save or an exchange that is earlier than one before it.
A mark is set once, when something is saved; nothing is refused for it and no time is ever written anew.
"""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from mentorapp.store.tables import moment

MOST_OFF = timedelta(minutes=10)
"""A clock that is further off than this makes the times of saves doubtful."""

_STEP = timedelta(minutes=2)
# What a clock that is set by the network may step back without anybody being misled.

_LATEST, _OFF = "clock_latest", "clock_off"


class Doubting:
    """The half of the store that knows whether the clock can be believed."""

    connection: Any

    def transaction(self) -> AbstractContextManager[None]:
        """One intention; see the store."""
        raise NotImplementedError

    def recall(self, name: str, default: str = "") -> str:
        """A remembered fact as text; see the store."""
        raise NotImplementedError

    def remember(self, **facts: str) -> None:
        """Keep facts as text; see the store."""
        raise NotImplementedError

    def in_doubt(self, at: datetime) -> bool:
        """Whether this moment, read from this laptop's clock just now, is in doubt."""
        if self.recall(_OFF):
            return True
        latest = self.recall(_LATEST)
        return bool(latest) and at < moment(int(latest)) - _STEP

    def note_moment(self, at: datetime) -> None:
        """The clock said this: what it says later should not be earlier."""
        seconds = int(at.timestamp())
        if seconds > int(self.recall(_LATEST, str(seconds - 1))):
            self.remember(**{_LATEST: str(seconds)})

    def compare_clocks(self, at: datetime, *, offset: timedelta, doubt: timedelta) -> None:
        """An exchange that ended `at` found the server's clock ahead by `offset`, give or take `doubt`.

        Where the two agree, this laptop's clock is right now, whatever it said before.
        """
        if abs(offset) - doubt > MOST_OFF:
            self.remember(**{_OFF: str(round(offset.total_seconds()))})
        else:
            self.remember(**{_OFF: "", _LATEST: str(int(at.timestamp()))})
