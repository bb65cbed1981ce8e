"""How much to send at once, how long to wait after a failure. Pure: chance and the past come with each call."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_SECONDS = 15
# Fifteen seconds of a line of 64 kbit/s. A body counts frame by frame, so that a cut costs one frame however large it was.
_LEAST, _MOST = 8_000, 120_000
_MOST_DOWN = 512_000
_FIRST_WAIT, _LONGEST_WAIT = 10.0, 1800.0


@dataclass(frozen=True)
class Pace:
    """What the last exchanges were like: bytes a second (0: unknown), failures in a row."""

    rate: int = 0
    failures: int = 0

    def after(self, *, moved: int, seconds: float) -> "Pace":
        """The pace after an exchange that went well. A handful of bytes says nothing about the line."""
        if moved < 4_000 or seconds <= 0:
            return replace(self, failures=0)
        rate = int(moved / seconds)
        return Pace((self.rate + rate) // 2 if self.rate else rate, 0)

    def failed(self) -> "Pace":
        """The pace after an exchange that broke."""
        return replace(self, failures=self.failures + 1)

    @property
    def up(self) -> int:
        """How many compressed bytes to send in one request: fifteen seconds of the line, halved by each failure."""
        aim = self.rate * _SECONDS if self.rate else _MOST
        return max(_LEAST, min(_MOST, aim) >> min(self.failures, 6))

    @property
    def down(self) -> int:
        """How many compressed bytes to ask for: a download counts frame by frame, so that on a fast line it may be more."""
        aim = self.rate * _SECONDS if self.rate else _MOST_DOWN
        return max(_LEAST, min(_MOST_DOWN, aim) >> min(self.failures, 6))

    @property
    def quality(self) -> int:
        """How hard to compress: all that Brotli can where the line is the bottleneck, less where it is not."""
        return 11 if self.rate < 200_000 else 5

    def wait(self, chance: float) -> timedelta:
        """How long to wait before trying by itself again; `chance` from 0 to 1 spreads many laptops over the time."""
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.failures, 12))
        return timedelta(seconds=longest * (0.5 + chance / 2))

    def next_try(self, now: datetime, chance: float) -> datetime:
        """When to try by itself again."""
        return now + self.wait(chance)
