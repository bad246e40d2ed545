"""Days, months and working days, as the law of each place counts them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.workdays import Calendar, Span, Unit, add_months, hours_between, parse_span

CHINA = Calendar(ZoneInfo("Asia/Shanghai"), "CN")
BRUSSELS = Calendar(ZoneInfo("Europe/Brussels"), "BE", runs_on=True)
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2026, 10, 1), timezones=st.just(UTC)).map(
    lambda instant: instant.replace(microsecond=0)
)
PLACES = st.sampled_from([CHINA, BRUSSELS, Calendar(CHINA.zone, "CN", runs_on=True)])
SPANS = st.builds(Span, st.integers(0, 60), st.sampled_from(["d", "wd", "m"]))
_COUNTS = {"d": Calendar.days, "wd": Calendar.workdays, "m": Calendar.months}


def at(text: str, place: Calendar = CHINA) -> datetime:
    """A moment in the time of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=place.zone)


def count(place: Calendar, unit: Unit, start: datetime, end: datetime) -> int:
    """What conditions make of the time between two moments."""
    return _COUNTS[unit](place, start, end)


@given(PLACES, INSTANTS, SPANS)
def test_a_period_still_runs_at_its_deadline_and_no_longer(place: Calendar, start: datetime, span: Span) -> None:
    """What is told as the last moment is what the conditions take for it: the next second is too late, anywhere."""
    end = place.due(start, span).at
    assert count(place, span.unit, start, end) <= span.count
    assert count(place, span.unit, start, end + timedelta(seconds=1)) > span.count


@given(PLACES, INSTANTS, INSTANTS, st.sampled_from(["d", "wd", "m"]))
def test_counts_and_deadlines_agree_at_any_moment(place: Calendar, start: datetime, end: datetime, unit: Unit) -> None:
    """A count of at most n and "not later than the deadline of n" are one and the same."""
    start, end = sorted((start, end))
    end = min(end, start + timedelta(days=400))
    n = count(place, unit, start, end)
    assert end <= place.due(start, Span(n, unit)).at
    assert n == 0 or end > place.due(start, Span(n - 1, unit)).at


@given(INSTANTS, st.integers(0, 400))
def test_natural_days_are_days_on_the_wall_calendar(start: datetime, days: int) -> None:
    """In China a period of n days ends on the nth day after, whether that is a holiday or not."""
    end = CHINA.due(start, Span(days, "d")).at
    assert CHINA.local_day(end) == CHINA.local_day(start) + timedelta(days=days)
    assert CHINA.days(start, end) == CHINA.natural_days(start, end) == days


@given(PLACES, INSTANTS, st.integers(0, 40))
def test_working_days_are_those_that_a_walk_through_the_calendar_finds(
    place: Calendar, start: datetime, days: int
) -> None:
    """Counting one day after the other, and taking those that are worked, comes to the same deadline."""
    day, left = place.local_day(start), days
    while left:
        day += timedelta(days=1)
        left -= place.is_workday(day)
    assert place.local_day(place.due(start, Span(days, "wd")).at) == day


@given(INSTANTS, st.integers(1, 60))
def test_in_the_union_no_period_ends_on_a_day_of_rest(start: datetime, days: int) -> None:
    """The last day of a period is worked, and no working day lies between it and the day where it would have ended."""
    end = BRUSSELS.local_day(BRUSSELS.due(start, Span(days, "d")).at)
    plain = BRUSSELS.local_day(start) + timedelta(days=days)
    assert BRUSSELS.is_workday(end)
    assert not any(BRUSSELS.is_workday(plain + timedelta(days=n)) for n in range((end - plain).days))


def test_national_day_and_its_exchanged_weekends_are_known() -> None:
    """Three working days from 30 September 2026 end on 10 October, a Saturday that is worked."""
    end = CHINA.due(at("2026-09-30T12:00"), Span(3, "wd"))
    assert CHINA.local_day(end.at) == date(2026, 10, 10)
    assert end.announced


def test_a_year_that_is_not_announced_is_marked() -> None:
    """Chinese dates in a year whose holidays are not published yet say so; European holidays are fixed by law."""
    assert not CHINA.is_workday(date(2027, 1, 1))
    assert not CHINA.is_announced(date(2027, 1, 1))
    assert not CHINA.due(at("2026-12-30T12:00"), Span(3, "wd")).announced
    assert BRUSSELS.due(at("2028-12-20T12:00", BRUSSELS), Span(5, "wd")).announced


def test_years_before_the_lists_are_settled() -> None:
    """Nothing is "not yet announced" about a year that is long over."""
    assert CHINA.is_announced(date(2001, 5, 1))


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-06-01T10:00", 14, date(2026, 6, 15)),       # a Monday
        ("2026-06-06T10:00", 14, date(2026, 6, 22)),       # a Saturday, so the Monday after
        ("2026-12-11T10:00", 14, date(2026, 12, 28)),      # Christmas Day, a Friday: the weekend follows
        ("2026-03-23T10:00", 14, date(2026, 4, 7)),        # Easter Monday
    ],
)
def test_a_withdrawal_period_that_ends_on_a_day_of_rest_runs_on(start: str, days: int, last: date) -> None:
    """The fourteenth day counts when it is worked; otherwise the next day that is."""
    assert BRUSSELS.local_day(BRUSSELS.due(at(start, BRUSSELS), Span(days, "d")).at) == last


@pytest.mark.parametrize(
    ("received", "offset"), [("2026-03-16T09:00", "+02:00"), ("2026-10-12T09:00", "+01:00")]
)
def test_a_deadline_over_a_change_of_clocks_is_still_the_end_of_the_day(received: str, offset: str) -> None:
    """In March the last day has summer time, in November winter time; both end at 23:59:59 on people's watches."""
    end = BRUSSELS.due(at(received, BRUSSELS), Span(14, "d")).at.astimezone(BRUSSELS.zone)
    assert end.isoformat()[11:] == f"23:59:59{offset}"


def test_hours_are_hours_even_when_the_clocks_change() -> None:
    """24 hours over the night of 28 to 29 March 2026 end an hour later on the clock, and are 24 when counted again."""
    start = at("2026-03-28T12:00", BRUSSELS)
    end = BRUSSELS.due(start, Span(24, "h")).at
    assert end.astimezone(BRUSSELS.zone) == at("2026-03-29T13:00", BRUSSELS)
    assert hours_between(start, end.astimezone(BRUSSELS.zone)) == 24


def test_the_day_is_that_of_the_place_not_of_the_buyer() -> None:
    """Who claims at 17:30 in London, when it is past midnight in Shanghai, claims on the next day there."""
    london = datetime(2026, 6, 16, 17, 30, tzinfo=ZoneInfo("Europe/London"))
    assert CHINA.local_day(london) == date(2026, 6, 17)
    assert BRUSSELS.local_day(london) == date(2026, 6, 16)


def test_the_last_day_of_a_short_month_stands_in() -> None:
    """A month after 31 January is 28 February."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert CHINA.months(at("2026-01-31T09:00"), at("2026-03-01T09:00")) == 2


def test_hours_are_counted_to_the_second() -> None:
    """48 hours from a moment end at the same minute two days later."""
    assert CHINA.due(at("2026-06-16T12:34"), Span(48, "h")).at == at("2026-06-18T12:34")


@pytest.mark.parametrize("text", ["", "7", "d7", "7 weeks", "-3d", "3.5h"])
def test_a_span_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    """A wrong length of time is refused with the forms that are understood."""
    with pytest.raises(ValueError, match="48h, 7d, 3wd"):
        parse_span(text)


def test_spans_have_words_in_both_languages() -> None:
    """People read `7 天`, `1 day`, `3 working days`."""
    words = [Span(7, "d").in_("zh"), Span(1, "d").in_("en"), Span(3, "wd").in_("en")]
    assert words == ["7 天", "1 day", "3 working days"]
