"""Instants in files."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.dates import SHOP_ZONE, local_midnight, moment

NOW = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)  # half past two in the night of the 11th in Shanghai
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(INSTANTS, st.integers(-400, 400), st.integers(0, 23), st.integers(0, 59))
def test_a_day_and_time_is_the_shops(now: datetime, days: int, hour: int, minute: int) -> None:
    """`-5d 14:30` is half past two in Shanghai five local days before now, whatever the hour in London."""
    at = moment(f"{days:+d}d {hour:02d}:{minute:02d}", now).astimezone(SHOP_ZONE)
    assert (at.hour, at.minute) == (hour, minute)
    assert at.date() == now.astimezone(SHOP_ZONE).date() + timedelta(days=days)


@given(INSTANTS, st.integers(0, 9999), st.sampled_from([("d", 86400), ("h", 3600), ("m", 60)]))
def test_a_bare_offset_is_exact(now: datetime, count: int, unit: tuple[str, int]) -> None:
    """`-3d`, `-2h` and `+40m` are that long from now to the microsecond."""
    letter, seconds = unit
    assert now - moment(f"-{count}{letter}", now) == timedelta(seconds=count * seconds)
    assert moment(f"+{count}{letter}", now) - now == timedelta(seconds=count * seconds)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31 14:30", datetime(2026, 1, 31, 6, 30, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, 4, 0, tzinfo=UTC)),
        (date(2026, 1, 31), datetime(2026, 1, 31, 4, 0, tzinfo=UTC)),
        (datetime(2026, 1, 31, 14, 30), datetime(2026, 1, 31, 6, 30, tzinfo=UTC)),
        ("2026-01-31T14:30:00+00:00", datetime(2026, 1, 31, 14, 30, tzinfo=UTC)),
    ],
)
def test_dates_written_out_are_the_shops(value: object, expected: datetime) -> None:
    """A date without a zone is meant in Shanghai, and a bare date is its noon."""
    assert moment(value, NOW) == expected


@pytest.mark.parametrize(
    "value", ["", "yesterday", "-3", "-3w", "-3d 25:00", "-3h 10:00", "2026-13-01", 3, None]
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    """A moment that can't be read is an error, never a guess."""
    with pytest.raises(ValueError, match=r"."):
        moment(value, NOW)


def test_the_shops_day_begins_at_its_own_midnight() -> None:
    """At half past two at night in Shanghai it is still yesterday in UTC; the shop's day has begun."""
    assert local_midnight(NOW) == datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
