"""How often somebody may call, and how slowly somebody may send. Pure: the moment, or the time taken, comes with each call."""

from dataclasses import dataclass, field
from math import ceil

_MOST_BUCKETS = 100_000
_LONGEST = 3600


@dataclass
class Limit:
    """Lets each caller make `burst` calls at once and `rate` a second on average."""

    burst: float
    rate: float
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, caller: str, now: float) -> bool:
        """Whether this call is within bounds; it counts if it is."""
        left, since = self._buckets.get(caller, (self.burst, now))
        left = min(self.burst, left + max(0.0, now - since) * self.rate)
        if len(self._buckets) >= _MOST_BUCKETS and caller not in self._buckets:
            self._buckets.clear()  # forgetting who called is kinder than running out of memory
        self._buckets[caller] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def wait(self, caller: str) -> int:
        """In how many seconds a caller who was just refused may call again, at least one and at most an hour."""
        left, _ = self._buckets.get(caller, (self.burst, 0.0))
        return min(_LONGEST, max(1, ceil((1 - left) / self.rate))) if self.rate > 0 else _LONGEST


@dataclass
class Pace:
    """How slowly a body may come: each `least` bytes have `within` seconds of waiting, what is done with them not counted."""

    least: int
    within: float
    _came: int = 0
    _waited: float = 0.0

    @property
    def left(self) -> float:
        """How many seconds it may be waited now."""
        return max(0.0, self.within - self._waited)

    def came(self, size: int, took: float) -> None:
        """So many bytes came after so many seconds."""
        self._came += size
        self._waited += took
        if self._came >= self.least:
            self._came, self._waited = 0, 0.0
