"""The only place that reads the wall clock and makes ids.

Ids are UUIDv7 (RFC 9562, section 5.7): made on the laptop, ordered by time, never colliding between two laptops.
Moments are aware, in UTC, and whole seconds; `local` shows them as this laptop's clock would.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from secrets import randbits
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """What tells the time: the system's clock in the program, a set one in tests."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """This machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC, to the second."""
        return datetime.now(UTC).replace(microsecond=0)


class SetClock:
    """A clock that stands where it was put and moves only when told: for tests and demonstrations."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment this clock was set to."""
        return self.moment

    def forward(self, **by: float) -> None:
        """Move on by a `timedelta(**by)`; negative values step back."""
        self.moment += timedelta(**by)


def new_id(milliseconds: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> str:
    """A fresh UUIDv7 as 32 hexadecimal digits."""
    stamp = milliseconds() & ((1 << 48) - 1)
    value = (stamp << 80) | (0x7 << 76) | (randbits(12) << 64) | (0b10 << 62) | randbits(62)
    return UUID(int=value).hex


def local(moment: datetime) -> datetime:
    """The same moment on this laptop's wall clock, for any year that a calendar has."""
    try:
        return moment.astimezone()
    except (OSError, OverflowError, ValueError):
        # Windows' C library knows no zone before 1970 or after 3000: today's offset is the nearest truth.
        offset = datetime.now(UTC).astimezone().utcoffset() or timedelta()
        return moment.astimezone(timezone(offset))


def day_of(moment: datetime) -> date:
    """The calendar day on this laptop's wall clock."""
    return local(moment).date()
