"""Days as people name them; today is Friday, 20 November 2026."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.dates import find_dates, parse_days

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("昨天", "2026-11-19"), ("大前天买的", "2026-11-17"), ("前天晚上", "2026-11-18"), ("上周三收到", "2026-11-11"),
        ("上个月15号", "2026-10-15"), ("双十一买的", "2026-11-11"), ("三天前", "2026-11-17"),
        ("两三天前", "2026-11-17/2026-11-18"),
        ("15号到的", "2026-11-15"), ("2026年3月5日", "2026-03-05"), ("2026-03-05", "2026-03-05"),
        ("去年3月", "2025-03-01/2025-03-31"),
        ("上周", "2026-11-09/2026-11-15"), ("上个星期五", "2026-11-13"), ("周一", "2026-11-16"),
        ("国庆", "2026-10-01/2026-10-07"),
        ("3月5号", "2026-03-05"), ("12月24号", "2025-12-24"), ("last Tuesday", "2026-11-17"),
        ("bought on 11/11", "2026-11-11"),
        ("two days ago", "2026-11-18"), ("the phone I bought last week", "2026-11-09/2026-11-15"),
        ("March 5th", "2026-03-05"),
        ("5 March 2025", "2025-03-05"), ("the day before yesterday", "2026-11-18"),
        ("last month", "2026-10-01/2026-10-31"),
        ("on the 15th", "2026-11-15"), ("black friday", "2025-11-28"),
    ],
)  # fmt: skip
def test_a_named_day_is_found(text: str, value: str) -> None:
    """Buyers name days in many ways; each comes to the day or days that are meant."""
    assert [span.days.value for span in find_dates(text, TODAY)] == [value]


@pytest.mark.parametrize("text", ["七天无理由", "3天内退款", "2月31号", "may I return it", "第3号商品", "周末"])
def test_what_names_no_past_day_is_left_alone(text: str) -> None:
    """Periods of a rule, impossible days and look-alikes are no dates."""
    assert find_dates(text, TODAY) == ()


def test_spring_festival_is_known_from_the_calendar() -> None:
    """Feasts that move with the moon are found too."""
    (span,) = find_dates("春节买的", TODAY)
    assert (span.days.first.year, span.days.first.month) == (2026, 2)


@given(st.integers(0, 300), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_days_ago_are_exact_from_any_today(days: int, today: date) -> None:
    """Saying "N days ago" counts whole days back from today, in both languages."""
    for text in (f"{days}天前", f"{days} days ago"):
        assert [s.days.first for s in find_dates(text, today)] == [today - timedelta(days=days)]


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_full_date_is_itself_on_any_day(day: date, today: date) -> None:
    """A date written out does not depend on today."""
    (span,) = find_dates(f"{day.year}年{day.month}月{day.day}日下的单", today)
    assert parse_days(span.days.value).first == day


@given(st.text(max_size=80), st.dates(date(2010, 1, 1), date(2040, 1, 1)))
def test_finding_dates_never_fails_and_spans_do_not_overlap(text: str, today: date) -> None:
    """Any text can be searched for days."""
    spans = find_dates(text, today)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.days.first <= span.days.last for span in spans)
