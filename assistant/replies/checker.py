"""The checker: every number in a reply must come from somewhere.

Amounts, dates, deadlines and article numbers in the text are compared with those in the sources: the decision, the
receipt, the order, the cited clauses. A reply with a number that no source has is not sent (law 3).

Numbers are compared by what they are, so that no sum of money is excused by a day of the month: sums are held as
`¥12.5`, days as `11-24`, times of day as `23:59`, and all others plainly.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, tzinfo

from assistant.clock import SHANGHAI
from assistant.currency import money
from assistant.understanding.numerals import parse_number

_MARK = re.compile(r"\[\d{1,2}\]")
_ARTICLE = re.compile(r"[哪这那每同]一[件次条]")
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMBER = re.compile(_DIGITS)
_CHINESE = r"[零〇一二两三四五六七八九十百千万半]+"
_COUNTED = re.compile(
    rf"({_CHINESE})\s*(?=个?(?:天|日|号|月|年|小时|分钟|秒|元|块|毛|角|分|倍|次|件|折|周|星期|条|章|%|％))"
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "thirty": 30, "sixty": 60, "ninety": 90,
}
_COUNTED_EN = re.compile(
    rf"\b({'|'.join(_WORDS)})[\s-]+"
    r"(?=(?:working |calendar |natural )?(?:day|hour|minute|month|year|week|time|yuan|percent))",
    re.I,
)
_SUM = re.compile(
    rf"(?:[¥￥€$]|\b[A-Z]{{3}} )\s*({_DIGITS})|({_DIGITS}[百千万]?|{_CHINESE})\s*(?:元|块|yuan\b)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAYS = (
    re.compile(r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]"),
    re.compile(r"(?<=\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_NAMED_MONTH})(?![a-z])"),
    re.compile(rf"\b(?P<month>{_NAMED_MONTH}) (?P<day>\d{{1,2}})\b"),
)
_TIME = re.compile(r"(?P<hour>\d{1,2})[:：](?P<minute>\d{2})")


def numbers_in(text: str) -> set[str]:
    """The numbers of a text in one form: `1,299.00`, `1299` and `1299.0` are the same; counted words count too."""
    plain = _ARTICLE.sub(" ", _MARK.sub(" ", text))
    found = {_normal(match.group()) for match in _NUMBER.finditer(plain)}
    counted = (parse_number(match.group(1)) for match in _COUNTED.finditer(plain))
    found |= {_normal(f"{value:g}") for value in counted if value is not None}
    return found | {str(_WORDS[match.group(1).lower()]) for match in _COUNTED_EN.finditer(plain)}


def figures_in(text: str) -> set[str]:
    """The numbers of a text with what they are: `¥1299` is a sum, `11-24` a day, `23:59` a time; others are plain."""
    plain = _ARTICLE.sub(" ", _MARK.sub(" ", text))
    found = {f"¥{_sum(match)}" for match in _SUM.finditer(plain)}
    plain = _SUM.sub(" ", plain)
    for pattern in _DAYS:
        found |= {_day(match) for match in pattern.finditer(plain)}
        plain = pattern.sub(" ", plain)
    found |= {f"{int(match['hour']):02d}:{match['minute']}" for match in _TIME.finditer(plain)}
    return found | numbers_in(_TIME.sub(" ", plain))


def figures_of(value: object, zone: tzinfo = SHANGHAI) -> set[str]:
    """The numbers that a value stands for: fen as sums, seconds also as minutes, times as their parts in `zone`."""
    return {figure for name, one in _leaves("", value) for figure in _leaf_figures(name, one, zone)}


def unsupported(text: str, sources: Iterable[object], zone: tzinfo = SHANGHAI) -> tuple[str, ...]:
    """The numbers in `text` that no source has, sorted; empty when all is well. Times are told in `zone`."""
    wanted = figures_in(text)
    for source in sources:
        if not wanted:      # most replies are borne out by the first source, and the orders come last
            break
        wanted -= figures_of(source, zone)
    return tuple(sorted(wanted))


def _leaves(name: str, value: object, currency: str = "CNY") -> Iterator[tuple[str, object]]:
    """All plain values inside a value, each with its name; sums of money as they are written in their currency."""
    if is_dataclass(value) and not isinstance(value, type):
        currency = getattr(value, "currency", currency)
        for field in fields(value):
            yield from _leaves(field.name, getattr(value, field.name), currency)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield "", key
            yield from _leaves(str(key), one, currency)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _leaves(name, one, currency)
    elif type(value) is int and name.endswith("fen"):
        yield name, money(value, currency)
    else:
        yield name, value


def _leaf_figures(name: str, value: object, zone: tzinfo) -> set[str]:
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return {f"{local:%H:%M}"} | _leaf_figures(name, local.date(), zone)
    if isinstance(value, date):
        return {f"{value.month}-{value.day}", str(value.year), str(value.month), str(value.day)}
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, (int, float)):
        minutes = {str(max(1, round(value / 60)))} if name.endswith("seconds") else set()
        return {_normal(f"{abs(value):.6g}" if isinstance(value, float) else str(abs(value)))} | minutes
    return figures_in(value) if isinstance(value, str) else set()


def _sum(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2)
    number = parse_number(digits)
    return _normal(f"{number:f}" if number is not None else digits)


def _day(match: re.Match[str]) -> str:
    month = match["month"]
    return f"{int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1}-{int(match['day'])}"


def _normal(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"
