"""Counting wrong passwords."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
TRIES = 5


@dataclass(slots=True)
class Throttle:
    """Allows five failures a minute for each name, in this process."""

    _failures: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def allows(self, name: str, now: datetime) -> bool:
        """True unless the name failed too often just now."""
        failures = self._failures.get(name)
        while failures and failures[0] < now - WINDOW:
            failures.popleft()
        return not failures or len(failures) < TRIES

    def count(self, name: str, now: datetime) -> None:
        """A failure."""
        self._failures[name].append(now)
