"""A circuit breaker: a host that keeps failing is left alone for a while, then tried with one call."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from knowledge.errors import Unavailable


class Resting(Unavailable):
    """The host is being left alone: nothing was sent."""


class Breaker:
    """Closed, it lets all calls through. After `failures` in a row it is open for `rest_seconds`, then half open.

    Half open, one call at a time goes through: when it works the breaker closes, when it fails the rest begins anew.
    `now` tells seconds that only ever grow. Used from one event loop.
    """

    def __init__(
        self, failures: int = 5, rest_seconds: float = 10.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._rest, self._now = failures, rest_seconds, now
        self._failed, self._rests_until, self._trying = 0, 0.0, False

    @property
    def is_open(self) -> bool:
        """True while calls are refused."""
        return self._failed >= self._limit and (self._trying or self._now() < self._rests_until)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call; an Unavailable that leaves it counts as a failure, a cancelled call as nothing.

        Raises:
            Resting: the breaker is open.
        """
        if self.is_open:
            raise Resting("the platform failed several times in a row and is left alone for some seconds")
        trying = self._failed >= self._limit
        self._trying = self._trying or trying
        try:
            yield
        except Unavailable:
            self._failed += 1
            self._rests_until = self._now() + self._rest
            raise
        else:
            self._failed = 0
        finally:
            self._trying = self._trying and not trying
