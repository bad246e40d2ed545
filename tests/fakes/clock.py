"""A clock that stands still until it is told to go on."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
"""A Friday, 14:00 in Shanghai: people are on duty at the desk."""


class FixedClock:
    """Called, it gives the same time again and again; `advance` moves it on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time, aware, in UTC."""
        return self.now

    def advance(self, **by: float) -> None:
        """Move on by `seconds`, `minutes`, `hours` or `days`."""
        self.now += timedelta(**by)
