"""Days to come, as people name them for a visit: "周三", "后天下午", "12月3号", "next Tuesday".

Other than in `dates.py`, where buyers speak of what has happened, the next such day is meant. "下周三" and "next
Wednesday" are of the next calendar week (weeks begin on Monday); "周末" is Saturday.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

_ZH_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD: Mapping[str, int] = {
    "大后天": 3, "后天": 2, "后日": 2, "明天": 1, "明儿": 1, "明日": 1, "听日": 1, "今天": 0, "今日": 0, "今儿": 0,
    "day after tomorrow": 2, "tomorrow": 1, "today": 0,
}
_NAMED = re.compile("|".join(_AHEAD), re.IGNORECASE)
_ZH_WEEKDAY = re.compile(r"(?P<next>下+)?(?:个)?(?:这|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])")
_EN_WEEKDAY = re.compile(rf"\b(?P<next>next )?(?:this |on )?(?P<day>{'|'.join(_EN_DAYS)}|weekend)\b", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(?P<year>20\d\d)[-/年.](?P<month>\d{1,2})[-/月.](?P<day>\d{1,2})(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(?P<month>\d{1,2})\s*(?:月|/)\s*(?P<day>\d{1,2})(?!\d)")
_DAY = re.compile(r"(?<![\d月/])(?P<day>\d{1,2})\s*[号日](?!楼|院|线|店|栋|门|机)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_DATE = re.compile(
    rf"\b(?:(?P<month>{'|'.join(_MONTHS)})[a-z]* (?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?(?: of)? "
    rf"(?P<month2>{'|'.join(_MONTHS)})[a-z]*)\b",
    re.IGNORECASE,
)


def upcoming_day(text: str, today: date) -> date | None:
    """The day to come that a text names first, of the surest kind; None where it names none."""
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            try:
                return read(match, today)
            except ValueError:      # "2月31号": no such day
                continue
    return None


def _named(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=_AHEAD[match[0].lower()])


def _zh_weekday(match: re.Match[str], today: date) -> date:
    """This week's day or the next one; "下" counts calendar weeks."""
    monday, day = today - timedelta(days=today.weekday()), _ZH_DAYS[match["day"]]
    if match["next"]:
        return monday + timedelta(days=7 * len(match["next"]) + day)
    return _next(today, day)


def _en_weekday(match: re.Match[str], today: date) -> date:
    word = match["day"].lower()
    day = 5 if word == "weekend" else _EN_DAYS.index(word)
    if match["next"]:
        return today - timedelta(days=today.weekday()) + timedelta(days=7 + day)
    return _next(today, day)


def _next(today: date, weekday: int) -> date:
    """The next such day, today left out: nobody is booked for today by the day's name."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _iso(match: re.Match[str], _today: date) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _month_day(match: re.Match[str], today: date) -> date:
    return _to_come(today, int(match["month"]), int(match["day"]))


def _en_date(match: re.Match[str], today: date) -> date:
    month = (match["month"] or match["month2"]).lower()
    return _to_come(today, _MONTHS.index(month) + 1, int(match["day"] or match["day2"]))


def _to_come(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _day_of_month(match: re.Match[str], today: date) -> date:
    """This month's day, or the next month's when it is past."""
    this_month = today.replace(day=int(match["day"]))
    if this_month >= today:
        return this_month
    return (this_month.replace(day=1) + timedelta(days=32)).replace(day=int(match["day"]))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (_ISO, _iso), (_MONTH_DAY, _month_day), (_EN_DATE, _en_date), (_NAMED, _named),
    (_ZH_WEEKDAY, _zh_weekday), (_EN_WEEKDAY, _en_weekday), (_DAY, _day_of_month),
)
