"""A host that keeps failing is left alone for a while."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.http.breaker import Breaker, Resting
from knowledge.errors import Unavailable


class Seconds:
    """A clock of seconds that goes on when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def call(breaker: Breaker, *, works: bool) -> str:
    """What came of one call: `worked`, `failed`, or `refused` when it was not let through."""
    try:
        with breaker.call():
            if not works:
                raise Unavailable("no answer")
    except Resting:
        return "refused"
    except Unavailable:
        return "failed"
    return "worked"


def test_it_opens_after_failures_in_a_row() -> None:
    """Three failures in a row open it; failures with a success between them don't."""
    breaker = Breaker(3, 10, Seconds())
    assert [call(breaker, works=works) for works in (False, False, True, False, False)].count("refused") == 0
    assert call(breaker, works=False) == "failed"
    assert call(breaker, works=True) == "refused"


@pytest.mark.parametrize("works", [True, False])
def test_after_the_rest_one_call_decides(works: bool) -> None:
    """The first call after the rest closes it when it works, and begins the rest anew when it fails."""
    seconds = Seconds()
    breaker = Breaker(1, 10, seconds)
    call(breaker, works=False)
    seconds.now += 10
    assert call(breaker, works=works) == ("worked" if works else "failed")
    assert breaker.is_open != works


def test_half_open_lets_one_call_through_at_a_time() -> None:
    """While the trying call is under way, others are refused; a call that was cancelled counts as nothing."""
    seconds = Seconds()
    breaker = Breaker(1, 10, seconds)
    call(breaker, works=False)
    seconds.now += 10
    with suppress(asyncio.CancelledError), breaker.call():
        assert call(breaker, works=True) == "refused"
        raise asyncio.CancelledError
    assert call(breaker, works=True) == "worked"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60))
def test_it_refuses_only_while_it_rests(calls: list[tuple[bool, int]]) -> None:
    """Whatever happens, a call is refused only within ten seconds of the third failure in a row, and never else."""
    seconds, failed, last = Seconds(), 0, 0.0
    breaker = Breaker(3, 10, seconds)
    for works, pause in calls:
        seconds.now += pause
        resting = failed >= 3 and seconds.now < last + 10
        told = call(breaker, works=works)
        assert (told == "refused") == resting
        if told != "refused":
            failed, last = (0, last) if works else (failed + 1, seconds.now)
