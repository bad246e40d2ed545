"""Time as the law and the shops count it: days, months and working days of a place, and when a period ends.

A period in days does not count the day on which it starts, and ends with the last second of its last day (China's
Civil Code, articles 201 and 203; Regulation (EEC, Euratom) 1182/71, article 3). So goods received on the 1st can be
returned until the end of the 8th where the right lasts seven days. What a `Calendar` holds is where places differ.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.text import Language, Text

Unit = Literal["h", "d", "wd", "m"]
_SPAN = re.compile(r"(\d{1,4})\s*(h|d|wd|m)")
_UNIT_NAMES: dict[Unit, Text] = {
    "h": Text("小时", "hours"), "d": Text("天", "days"), "wd": Text("个工作日", "working days"),
    "m": Text("个月", "months"),
}
_DAY = timedelta(days=1)


_ROUGHLY: dict[Unit, timedelta] = {
    "h": timedelta(hours=1), "d": timedelta(days=1), "wd": timedelta(days=1.4), "m": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as rules write it: `48h`, `7d` (natural days), `3wd` (working days), `12m`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def roughly(self) -> timedelta:
        """How long it is, wherever it starts: enough to tell which of two promises is the sooner."""
        return self.count * _ROUGHLY[self.unit]

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


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a place counts time.

    `country` (ISO 3166, two letters) names its public holidays. Where `runs_on` is true, a period in days or months
    whose last day is not worked runs to the end of the next working day, as Regulation 1182/71, article 3(4), has it.
    """

    zone: ZoneInfo
    country: str
    runs_on: bool = False

    def local_day(self, at: datetime) -> date:
        """The calendar day here at this instant."""
        return at.astimezone(self.zone).date()

    def end_of_day(self, day: date) -> datetime:
        """The last second of a day here, as an instant in UTC."""
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def natural_days(self, start: datetime, end: datetime) -> int:
        """Days from `start` to `end`, the first not counted: 0 on the same day, negative before it."""
        return (self.local_day(end) - self.local_day(start)).days

    def days(self, start: datetime, end: datetime) -> int:
        """Days of a period: n days from `start` still run at `end` where this is at most n."""
        first, last = self._counted(start, end)
        return (last - first).days

    def months(self, start: datetime, end: datetime) -> int:
        """Months begun from `start` to `end`: n months still run at `end` where this is at most n."""
        first, last = self._counted(start, end)
        months = (last.year - first.year) * 12 + last.month - first.month
        return months if last <= add_months(first, months) else months + 1

    def workdays(self, start: datetime, end: datetime) -> int:
        """Working days begun from `start` to `end`: n of them still run at `end` where this is at most n.

        A day of rest counts with the working day that follows it, since those before it are over. 0 when `end` is not
        on a later day.
        """
        first, last = self.local_day(start), self.local_day(end)
        worked = sum(self.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
        return worked if last <= first or self.is_workday(last) else worked + 1

    def is_workday(self, day: date) -> bool:
        """Whether people work here on `day`, as far as that is known (`is_announced`)."""
        return _workday(self.country, day)[0]

    def is_announced(self, day: date) -> bool:
        """True when it is settled which days around `day` are worked.

        China publishes each year's holidays, and the weekends worked in exchange, late in the year before. For years
        not yet published the fixed holidays and plain weekends stand in. Elsewhere the law fixes them for good.
        """
        return _workday(self.country, day)[1]

    def due(self, start: datetime, span: Span) -> Due:
        """When a span that starts now ends: to the second for hours, at the end of the last day otherwise."""
        if span.unit == "h":
            return Due(start.astimezone(UTC) + timedelta(hours=span.count))
        first = self.local_day(start)
        if span.unit == "wd":
            return self._end(_workdays_after(self.country, first, span.count))
        last = first + timedelta(days=span.count) if span.unit == "d" else add_months(first, span.count)
        if not (self.runs_on and span.count):
            return Due(self.end_of_day(last))
        return self._end(last if self.is_workday(last) else _workdays_after(self.country, last, 1))

    def _end(self, last: date) -> Due:
        """The end of `last`, a day that was found by looking which days are worked."""
        return Due(self.end_of_day(last), self.is_announced(last))

    def _counted(self, start: datetime, end: datetime) -> tuple[date, date]:
        """The first day, and the earliest last day of a period that still runs at `end`."""
        first, last = self.local_day(start), self.local_day(end)
        while self.runs_on and last > first + _DAY and not self.is_workday(last - _DAY):
            last -= _DAY
        return first, last


def hours_between(start: datetime, end: datetime) -> float:
    """Hours that pass from `start` to `end`, parts of an hour included, whatever the clocks are set to meanwhile."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - _DAY).day))


def _workdays_after(country: str, first: date, count: int) -> date:
    """The `count`-th working day after `first`; `first` itself for none."""
    day, left = first, count
    while left > 0:
        day += _DAY
        left -= _workday(country, day)[0]
    return day


@lru_cache(maxsize=4096)
def _workday(country: str, day: date) -> tuple[bool, bool]:
    """Whether `day` is worked, and whether that is settled."""
    if country == "CN":
        import chinese_calendar  # late: most decisions ask for no working day

        try:
            return bool(chinese_calendar.is_workday(day)), True
        except NotImplementedError:
            pass  # a year that is not published yet, or one before the lists begin
    by_rule = day.weekday() < 5 and day not in _fixed_holidays(country, day.year)
    return by_rule, country != "CN" or day.year < 2004


@lru_cache(maxsize=64)
def _fixed_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a year as the law fixes them (imported late: the package is large)."""
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))
