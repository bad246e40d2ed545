"""Days as people name them, relative to a given today: "大前天", "上周三", "双十一", "two weeks ago", "last Tuesday".

A span of days is an inclusive range. Where a day or month is named without a year, the latest one that is not in the
future is meant, since buyers speak of what has happened. "上周三" is the Wednesday of the calendar week before this
one (weeks begin on Monday); "last Tuesday" is the latest Tuesday before today.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from assistant.understanding.numerals import EN_NUMBER, ZH_NUMBER, parse_number


@dataclass(frozen=True, slots=True)
class Days:
    """An inclusive range of days; a single day has `first == last`."""

    first: date
    last: date

    @property
    def value(self) -> str:
        """`YYYY-MM-DD`, or `YYYY-MM-DD/YYYY-MM-DD` for more than one day."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}/{last}"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """`text[start:end]` names these days."""

    start: int
    end: int
    days: Days


def parse_days(value: str) -> Days:
    """The days that a mention's value (`Days.value`) stands for; ValueError when it isn't one."""
    first, _, last = value.partition("/")
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


def find_dates(text: str, today: date) -> tuple[DateSpan, ...]:
    """Every day named in the text, from left to right; of overlapping readings the longer one."""
    spans = sorted(_candidates(text, today), key=lambda s: (s.start - s.end, s.start))
    kept: list[DateSpan] = []
    for span in spans:
        if all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))


Reader = Callable[[re.Match[str], date], "Days | None"]


def _candidates(text: str, today: date) -> Iterator[DateSpan]:
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            try:
                days = read(match, today)
            except (ValueError, OverflowError):  # "2月31号", "两万年前": no such day
                continue
            if days is not None:
                yield DateSpan(match.start(), match.end(), days)


def _day(day: date) -> Days:
    return Days(day, day)


def _ago(today: date, most: int, least: int | None = None) -> Days:
    least = most if least is None else least
    return Days(today - timedelta(days=most), today - timedelta(days=least))


def _month(year: int, month: int) -> Days:
    """All days of a month; months below 1 and above 12 count on into the neighbouring years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return Days(date(year, month, 1), after - timedelta(days=1))


def _latest(month: int, day: int, today: date) -> date:
    """The latest such day that is not after today; dates up to a month ahead are taken as meant ("on 3 December")."""
    for year in (today.year + 1, today.year, today.year - 1, today.year - 4):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February, in most years
            continue
        if found <= today + timedelta(days=14):
            return found
    raise ValueError(f"no day {month}-{day}")


# --- words that stand for a day or a span ---------------------------------------------------------

_OFFSETS = {
    "大前天": -3, "大前日": -3, "前天": -2, "前日": -2, "前儿": -2, "前晚": -2, "昨天": -1, "昨日": -1,
    "昨儿": -1, "昨晚": -1,
    "昨夜": -1, "琴日": -1, "寻日": -1, "今天": 0, "今日": 0, "今儿": 0, "今早": 0, "今晚": 0, "今晨": 0, "当天": 0,
    "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
    "the day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "this morning": 0, "tonight": 0,
    "this afternoon": 0, "the day after tomorrow": 2, "tomorrow": 1,
}  # fmt: skip
_SPANS = {
    "几天前": (9, 2), "前几天": (9, 2), "前些天": (12, 3), "前些日子": (30, 5), "前阵子": (45, 7),
    "前段时间": (60, 7), "前两天": (4, 1),
    "头两天": (4, 1), "这两天": (2, 0), "这几天": (6, 0), "半个月前": (19, 11), "上个把月": (45, 20),
    "个把月前": (45, 20), "半年前": (215, 150),
    "the other day": (9, 2), "a few days ago": (9, 2), "several days ago": (9, 2), "some days ago": (9, 2),
    "a couple of days ago": (4, 1), "a couple days ago": (4, 1), "a few weeks ago": (40, 12),
    "a couple of weeks ago": (20, 9), "half a year ago": (215, 150), "a while ago": (120, 10),
}  # fmt: skip
_FESTIVALS = {
    r"双十一|双11|双 11|11\.11|光棍节": (11, 11, 1),
    r"双十二|双12|双 12|12\.12": (12, 12, 1), r"六一八|618|6\.18": (6, 18, 1),
    r"元旦|new year'?s day": (1, 1, 1), r"情人节|valentine'?s day": (2, 14, 1), r"三八节|妇女节|女神节": (3, 8, 1),
    r"五一|劳动节": (5, 1, 5), r"儿童节": (6, 1, 1),
    r"国庆节?|十一(?:假期|长假|黄金周)": (10, 1, 7), r"平安夜|christmas eve": (12, 24, 1),
    r"圣诞节?|christmas": (12, 25, 1), r"singles'? day|double eleven|double 11": (11, 11, 1), r"halloween": (10, 31, 1),
}  # fmt: skip
_LUNAR = {"春节": "Spring Festival", "过年": "Spring Festival", "端午": "Dragon Boat Festival",
"中秋": "Mid-autumn Festival"}
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6} | {str(i + 1): i for i in range(7)}
_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _offset(match: re.Match[str], today: date) -> Days:
    return _ago(today, -_OFFSETS[match[0].lower()])


def _span(match: re.Match[str], today: date) -> Days:
    return _ago(today, *_SPANS[match[0].lower()])


def _festival(month: int, day: int, length: int) -> Reader:
    def read(_: re.Match[str], today: date) -> Days:
        first = _latest(month, day, today)
        return Days(first, first + timedelta(days=length - 1))

    return read


def _lunar(match: re.Match[str], today: date) -> Days | None:
    starts = _lunar_holidays(_LUNAR[match[0][:2]])
    past = [days for days in starts if days.first <= today]
    return past[-1] if past else None


@lru_cache(maxsize=8)
def _lunar_holidays(name: str) -> tuple[Days, ...]:
    from chinese_calendar.constants import holidays  # a table by day, read when somebody names such a feast

    days = sorted(day for day, holiday in holidays.items() if holiday == name)
    blocks: list[list[date]] = []
    for day in days:
        if blocks and (day - blocks[-1][-1]).days <= 3:
            blocks[-1].append(day)
        else:
            blocks.append([day])
    return tuple(Days(block[0], block[-1]) for block in blocks)


def _black_friday(_: re.Match[str], today: date) -> Days:
    for year in (today.year, today.year - 1):
        first = date(year, 11, 1)
        thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 21)  # the fourth Thursday
        if thursday < today:
            break
    return _day(thursday + timedelta(days=1))


# --- so many days, weeks or months ago ------------------------------------------------------------


def _units_ago(match: re.Match[str], today: date) -> Days | None:
    least, most = match["n"], match["m"] if "m" in match.re.groupindex and match["m"] else match["n"]
    low, high = parse_number(least), parse_number(most)
    if low is None or high is None or high > 4000:
        return None
    return _so_long_ago(int(low), int(high), match["unit"].lower(), today)


def _so_long_ago(low: int, high: int, unit: str, today: date) -> Days:
    """Days are exact; a week is uncertain by two days, a month by a week, a year by two months."""
    if unit.startswith(("天", "日", "day")):
        return _ago(today, high, low)
    if unit.startswith(("周", "星期", "礼拜", "week")):
        return _ago(today, 7 * high + 2, 7 * low - 2)
    if unit.startswith(("年", "year")):
        return _ago(today, 365 * high + 60, 365 * low - 60)
    return _ago(today, 31 * high + 7, 30 * low - 7)


# --- weeks, months and years by their place -------------------------------------------------------


def _week(start: date) -> Days:
    return Days(start, start + timedelta(days=6))


def _zh_week(match: re.Match[str], today: date) -> Days | None:
    monday = today - timedelta(days=today.weekday())
    shift = {"上上": -2, "上": -1, "上个": -1, "这": 0, "这个": 0, "本": 0, "下": 1,
    "下个": 1}.get(match["which"] or "")
    name = match["day"]
    if shift is None:
        return None if name is None or name in "末" else _day(_weekday_before(_WEEKDAYS[name], today, 0))
    start = monday + timedelta(weeks=shift)
    if name is None:
        return _week(start)
    if name == "末":
        return Days(start + timedelta(days=5), start + timedelta(days=6))
    return _day(start + timedelta(days=_WEEKDAYS[name]))


def _weekday_before(weekday: int, today: date, at_least: int) -> date:
    back = (today.weekday() - weekday) % 7
    return today - timedelta(days=back if back >= at_least else back + 7)


def _en_weekday(match: re.Match[str], today: date) -> Days:
    weekday = next(i for i, day in enumerate(_EN_DAYS) if day.startswith(match["day"].lower()[:3]))
    which = (match["which"] or "").lower().strip()
    if which == "next":
        return _day(_weekday_before(weekday, today, 1) + timedelta(days=7))
    return _day(_weekday_before(weekday, today, 1 if which == "last" else 0))


def _en_period(match: re.Match[str], today: date) -> Days:
    shift = {"last": -1, "previous": -1, "this": 0, "next": 1}[match["which"].lower()]
    unit, monday = match["unit"].lower(), today - timedelta(days=today.weekday())
    if unit == "week":
        return _week(monday + timedelta(weeks=shift))
    if unit == "weekend":
        saturday = monday + timedelta(days=5, weeks=shift)
        return Days(saturday, saturday + timedelta(days=1))
    if unit == "month":
        return _month(today.year, today.month + shift)
    return Days(date(today.year + shift, 1, 1), date(today.year + shift, 12, 31))


def _zh_month(match: re.Match[str], today: date) -> Days:
    shift = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1}[match["which"]]
    month = _month(today.year, today.month + shift)
    if match["day"]:
        return _day(month.first.replace(day=_small(match["day"])))
    third = {"初": (0, 9), "中": (10, 19), "底": (20, 30), "末": (20, 30)}.get(match["part"] or "")
    if third is None:
        return month
    last = min(month.first + timedelta(days=third[1]), month.last)
    return Days(month.first + timedelta(days=third[0]), last)


def _zh_year(match: re.Match[str], today: date) -> Days:
    year = today.year - {"前年": 2, "去年": 1, "今年": 0}[match["year"]]
    return _in_year(year, match)


def _full_date(match: re.Match[str], _: date) -> Days:
    year = int(match["year"])
    return _in_year(year + 2000 if year < 100 else year, match)


def _in_year(year: int, match: re.Match[str]) -> Days:
    if not match["month"]:
        return Days(date(year, 1, 1), date(year, 12, 31))
    month = _small(match["month"])
    return _day(date(year, month, _small(match["day"]))) if match["day"] else _month(year, month)


def _month_day(match: re.Match[str], today: date) -> Days:
    month = _small(match["month"])
    if match["day"]:
        return _day(_latest(month, _small(match["day"]), today))
    return _month(_latest(month, 1, today).year, month)


def _day_alone(match: re.Match[str], today: date) -> Days:
    day = _small(match["day"])
    for back in range(4):
        month = _month(today.year, today.month - back)
        if month.first + timedelta(days=day - 1) <= min(month.last, today):
            return _day(month.first.replace(day=day))
    raise ValueError(f"no day {day}")


def _en_month_day(match: re.Match[str], today: date) -> Days:
    month = _EN_MONTHS.index(match["month"].lower()[:3]) + 1
    if match["year"]:
        return _day(date(int(match["year"]), month, _small(match["day"])))
    return _day(_latest(month, _small(match["day"]), today))


def _small(text: str) -> int:
    number = parse_number(text)
    if number is None or number != int(number):
        raise ValueError(f"not a whole number: {text}")
    return int(number)


# --- the patterns ---------------------------------------------------------------------------------


def _words(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(rf"\b{w}\b" if w[0].isascii() else w for w in longest_first)


_N = rf"(?:(?<!\d)\d{{1,4}}|{ZH_NUMBER})"
_D = r"(?:[0-3]?\d|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_EN_DAY = r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|saturday|sunday)"
_EN_MONTH = rf"(?P<month>{'|'.join(m + '[a-z]*' for m in _EN_MONTHS)})\.?"
_ORDINAL_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"

_PATTERNS: list[tuple[str, Reader]] = [
    (_words(list(_OFFSETS)), _offset),
    (_words(list(_SPANS)), _span),
    *((f"(?<![\\d.])(?:{pattern})(?![\\d.])", _festival(*when)) for pattern, when in _FESTIVALS.items()),
    ("|".join(_LUNAR) + "|端午节|中秋节", _lunar),
    (r"\bblack friday\b|黑色星期五|黑五", _black_friday),
    (r"(?P<n>[一二两三四五六七八])(?P<m>[二三四五六七八九])个?(?P<unit>天|周|星期|礼拜|月)(?:以|之)?前", _units_ago),
    (rf"(?P<n>{_N})个?多?(?P<unit>天|日|周|星期|礼拜|月|年)(?:多|来)?(?:以|之)?前", _units_ago),
    (rf"(?:买|收到|签收|到货|到手|用|下单|拍|发货)了?(?:才|都|快|有)?(?P<n>{_N})个?多?"
     r"(?P<unit>天|周|星期|礼拜|月|年)(?:了|多|啦)", _units_ago),
    (
        rf"\b(?P<n>\d{{1,4}}|{EN_NUMBER})(?: (?:or|to) (?P<m>{EN_NUMBER}|\d+))? (?P<unit>days?|weeks?|months?"
        rf"|years?) (?:ago|back|earlier)\b", _units_ago),
    (r"(?P<which>上上|上个?|这个?|本|下个?)?(?:个)?(?:周|星期|礼拜)"
     r"(?P<day>[一二三四五六日天末1-6])?(?![末0-9])", _zh_week),
    (rf"\b(?:(?P<which>last|this|next|past|on|since) )?{_EN_DAY}\b", _en_weekday),
    (r"\b(?P<which>last|this|next|previous) (?P<unit>weekend|week|month|year)\b", _en_period),
    (rf"(?P<which>上上|上|这|本|当|下)个?月(?:份)?(?:(?P<day>{_D})[号日]?(?!月)|(?P<part>[初中底末]))?", _zh_month),
    (rf"(?P<year>前年|去年|今年)(?:的?(?P<month>{_M})月(?:份)?(?:(?P<day>{_D})[号日]?)?)?", _zh_year),
    (rf"(?<!\d)(?P<year>20\d\d|\d\d)年(?:(?P<month>{_M})月(?:份)?(?:(?P<day>{_D})[号日]?)?)?", _full_date),
    (
        r"(?<!\d)(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sep)"
     r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)", _full_date),
    (rf"(?<![年个\d])(?P<month>{_M})月(?:份|(?P<day>{_D})[号日]?)", _month_day),
    (r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])[/](?P<day>3[01]|[12]\d|0?[1-9])(?![\d/%.])", _month_day),
    (r"(?<![\d月第.])(?P<day>3[01]|[12]\d|[1-9]|三十一?|二?十[一二三四五六七八九]?)"
     r"[号日](?![线店楼门床码院机])", _day_alone),
    (rf"\b{_EN_MONTH} (?:the )?{_ORDINAL_DAY}(?:,? (?P<year>20\d\d))?\b", _en_month_day),
    (rf"\b(?:the )?{_ORDINAL_DAY} (?:of )?{_EN_MONTH}(?:,? (?P<year>20\d\d))?\b", _en_month_day),
    (r"\bthe (?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)\b(?! one| item| order| time)", _day_alone),
]  # fmt: skip
_READERS = [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS]
