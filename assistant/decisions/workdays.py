"""Days as the law and the shops count them: natural and working days, in China's time zone.

A period in days does not count the day on which it starts, and ends with the last minute of its last day
(Civil Code, articles 201 and 203). So goods received on the 1st can be returned until the 8th, 23:59.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.text import Language, Text

SHANGHAI = ZoneInfo("Asia/Shanghai")

Unit = Literal["h", "d", "wd", "m"]
_SPAN = re.compile(r"(\d{1,4})\s*(h|d|wd|m)")
_UNIT_NAMES: dict[Unit, Text] = {
    "h": Text("小时", "hours"), "d": Text("天", "days"), "wd": Text("个工作日", "working days"),
    "m": Text("个月", "months"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as rules write it: `48h`, `7d` (natural days), `3wd` (working days), `12m`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def in_(self, language: Language) -> str:
        """The span in words, `7 天` or `7 days`."""
        name = _UNIT_NAMES[self.unit].in_(language)
        return f"{self.count} {name[:-1] if language == 'en' and self.count == 1 else name}"


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due. `announced` is False when it rests on a calendar that is not published yet."""

    at: datetime
    announced: bool = True


def parse_span(text: str) -> Span:
    """Read a span such as `7d`.

    Raises:
        ValueError: the text is not a number with `h`, `d`, `wd` or `m`.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not a length of time: write 48h, 7d, 3wd or 12m")
    return Span(int(match[1]), match[2])  # type: ignore[arg-type]  # the pattern allows the four units only


def local_day(at: datetime) -> date:
    """The calendar day in Shanghai at this instant."""
    return at.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last second of a day in Shanghai, as an instant in UTC."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI).astimezone(UTC)


def days_between(start: datetime, end: datetime) -> int:
    """Natural days from `start` to `end`, the first not counted: 0 on the same day, negative before it."""
    return (local_day(end) - local_day(start)).days


def hours_between(start: datetime, end: datetime) -> float:
    """Hours from `start` to `end`, parts of an hour included."""
    return (end - start) / timedelta(hours=1)


def months_between(start: datetime, end: datetime) -> int:
    """Months begun from `start` to `end`: n months still run on the day where this is at most n."""
    first, last = local_day(start), local_day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if last <= add_months(first, months) else months + 1


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def workdays_between(start: datetime, end: datetime) -> int:
    """Working days after the day of `start`, up to and with the day of `end`; 0 when `end` is not later."""
    first, last = local_day(start), local_day(end)
    return sum(is_workday(first + timedelta(days=n))[0] for n in range(1, (last - first).days + 1))


@lru_cache(maxsize=4096)
def is_workday(day: date) -> tuple[bool, bool]:
    """Whether people work on `day`, and whether that is announced.

    China publishes each year's holidays, and the weekends worked in exchange, late in the year before. For
    years that are not published the fixed holidays and plain weekends stand in, and the second value is
    False.
    """
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5 and day not in _fixed_holidays(day.year), False


@lru_cache(maxsize=16)
def _fixed_holidays(year: int) -> frozenset[date]:
    """The public holidays of a year that is not published yet (imported late: the package is large)."""
    import holidays

    return frozenset(holidays.country_holidays("CN", years=year))


def due(start: datetime, span: Span) -> Due:
    """When a span that starts now ends: to the second for hours, at the end of the last day otherwise."""
    if span.unit == "h":
        return Due(start + timedelta(hours=span.count))
    first = local_day(start)
    if span.unit == "d":
        return Due(end_of_day(first + timedelta(days=span.count)))
    if span.unit == "m":
        return Due(end_of_day(add_months(first, span.count)))
    return _due_in_workdays(first, span.count)


def _due_in_workdays(first: date, count: int) -> Due:
    """The end of the `count`-th working day after `first`."""
    day, left, announced = first, count, True
    while left > 0:
        day += timedelta(days=1)
        works, known = is_workday(day)
        announced = announced and known
        left -= works
    return Due(end_of_day(day), announced)
