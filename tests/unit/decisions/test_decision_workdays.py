"""Days, months and working days, as the law counts them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.workdays import (
    SHANGHAI,
    Span,
    add_months,
    days_between,
    due,
    is_workday,
    local_day,
    months_between,
    parse_span,
    workdays_between,
)

MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2026, 10, 1)).map(lambda at: at.replace(tzinfo=SHANGHAI))


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@given(MOMENTS, st.integers(0, 400))
def test_a_period_in_days_still_runs_on_its_last_day_and_no_longer(start: datetime, count: int) -> None:
    """The last minute of the last day is inside, the first of the next day outside."""
    end = due(start, Span(count, "d")).at
    assert days_between(start, end) == count
    assert days_between(start, end + timedelta(seconds=1)) == count + 1


@given(MOMENTS, st.integers(0, 60))
def test_a_period_in_months_still_runs_on_its_last_day_and_no_longer(start: datetime, count: int) -> None:
    """A warranty of n months runs to the end of the same day of the month, or of the month's last day."""
    end = due(start, Span(count, "m")).at
    assert months_between(start, end) <= count
    assert months_between(start, end + timedelta(seconds=1)) > count


@given(MOMENTS, st.integers(0, 30))
def test_working_days_and_their_deadline_agree(start: datetime, count: int) -> None:
    """The deadline of n working days has exactly n working days before it."""
    assert workdays_between(start, due(start, Span(count, "wd")).at) == count


def test_national_day_and_its_exchanged_weekends_are_known() -> None:
    """Three working days from 30 September 2026 end on 10 October, a Saturday that is worked."""
    end = due(at("2026-09-30T12:00"), Span(3, "wd"))
    assert local_day(end.at) == date(2026, 10, 10)
    assert end.announced


def test_a_year_that_is_not_announced_is_marked() -> None:
    """Dates in a year whose holidays are not published yet say so."""
    assert is_workday(date(2027, 1, 1)) == (False, False)
    assert not due(at("2026-12-30T12:00"), Span(3, "wd")).announced


def test_the_last_day_of_a_short_month_stands_in() -> None:
    """A month after 31 January is 28 February."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_between(at("2026-01-31T09:00"), at("2026-03-01T09:00")) == 2


def test_hours_are_counted_to_the_second() -> None:
    """48 hours from a moment end at the same minute two days later."""
    assert due(at("2026-06-16T12:34"), Span(48, "h")).at == at("2026-06-18T12:34")


@pytest.mark.parametrize("text", ["", "7", "d7", "7 weeks", "-3d", "3.5h"])
def test_a_span_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    """A wrong length of time is refused with the forms that are understood."""
    with pytest.raises(ValueError, match="48h, 7d, 3wd"):
        parse_span(text)


def test_spans_have_words_in_both_languages() -> None:
    """People read `7 天`, `1 day`, `3 working days`."""
    words = [Span(7, "d").in_("zh"), Span(1, "d").in_("en"), Span(3, "wd").in_("en")]
    assert words == ["7 天", "1 day", "3 working days"]
