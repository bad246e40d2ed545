"""Days to come: what people mean when they name one for a visit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.visits import upcoming_day

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(("text", "day"), [
    ("明天", date(2026, 11, 21)), ("大后天上午", date(2026, 11, 23)), ("周三", date(2026, 11, 25)),
    ("这周日", date(2026, 11, 22)), ("下周三", date(2026, 11, 25)), ("下下周一", date(2026, 11, 30)),
    ("周五", date(2026, 11, 27)), ("周末有空", date(2026, 11, 21)), ("礼拜天", date(2026, 11, 22)),
    ("25号", date(2026, 11, 25)), ("3号吧", date(2026, 12, 3)), ("12月3日", date(2026, 12, 3)),
    ("1月5号", date(2027, 1, 5)), ("2026-12-01", date(2026, 12, 1)), ("tomorrow", date(2026, 11, 21)),
    ("on Monday", date(2026, 11, 23)), ("next Friday", date(2026, 11, 27)), ("3 December", date(2026, 12, 3)),
    ("Dec 24th please", date(2026, 12, 24)), ("the day after tomorrow", date(2026, 11, 22)),
])
def test_a_day_is_the_next_of_its_name(text: str, day: date) -> None:
    """Named days lie ahead: this week's or the next one's, this year's or the next one's."""
    assert upcoming_day(text, FRIDAY) == day


@pytest.mark.parametrize("text", ["2月31号", "3号楼", "随时都行", "any time", ""])
def test_no_day_is_no_day(text: str) -> None:
    """A day that does not exist, a building and "any time" name none."""
    assert upcoming_day(text, date(2026, 2, 1)) is None


@given(st.dates(date(2020, 1, 1), date(2100, 12, 31)), st.sampled_from("一二三四五六日"))
def test_a_weekday_is_within_the_coming_week(today: date, day: str) -> None:
    """Without "next", a weekday is never today, never past, and never more than seven days ahead."""
    found = upcoming_day(f"周{day}", today)
    assert found is not None
    assert timedelta(days=1) <= found - today <= timedelta(days=7)
    assert found.weekday() == "一二三四五六日".index(day)


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_any_text_is_read_without_a_fault(text: str, today: date) -> None:
    """Whatever is written, on whatever day, the answer is a day or none."""
    assert upcoming_day(text, today) is None or isinstance(upcoming_day(text, today), date)
