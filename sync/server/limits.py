"""How often somebody may call: a bucket that empties by calls and fills with time. Pure: the moment comes with each call."""

from dataclasses import dataclass, field

_MOST_BUCKETS = 100_000


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
