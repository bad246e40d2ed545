"""Counting wrong passwords."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
TRIES = 5
NAMES = 10_000
"""How many names are remembered before those that are due are forgotten."""


@dataclass(slots=True)
class Throttle:
    """Allows five tries a minute for each name, in this process; a right password clears the name.

    A try is counted before the password is checked: checking takes a while, and tries sent at once must not slip by.
    """

    _tries: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def allows(self, name: str, now: datetime) -> bool:
        """True unless the name was tried too often just now; counts this try."""
        if len(self._tries) > NAMES:
            self._forget_old(now)
        tries = self._tries[name]
        while tries and tries[0] < now - WINDOW:
            tries.popleft()
        if len(tries) >= TRIES:
            return False
        tries.append(now)
        return True

    def clear(self, name: str) -> None:
        """The password was right."""
        self._tries.pop(name, None)

    def _forget_old(self, now: datetime) -> None:
        old = [name for name, tries in self._tries.items() if not tries or tries[-1] < now - WINDOW]
        for name in old:
            del self._tries[name]
