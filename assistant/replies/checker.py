"""The checker: every number in a reply must come from somewhere.

Amounts, dates, deadlines and article numbers in the text are compared with those in the sources: the decision, the
receipt, the order, the cited clauses. A reply with a number that no source has is not sent (law 3).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime

from assistant.clock import SHANGHAI
from assistant.understanding.numerals import parse_number

_MARK = re.compile(r"\[\d{1,2}\]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_COUNTED = re.compile(
    r"([零〇一二两三四五六七八九十百千万半]+)\s*(?=个?(?:天|日|号|月|年|小时|分钟|秒|元|块|毛|角|分|倍|次|件|折|周|星期|条|章|%|％))"
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "thirty": 30, "sixty": 60, "ninety": 90,
}
_COUNTED_EN = re.compile(
    rf"\b({'|'.join(_WORDS)})[\s-]+(?=(?:working |calendar |natural )?(?:day|hour|minute|month|year|week|time|yuan|percent))", re.I
)


def numbers_in(text: str) -> set[str]:
    """The numbers of a text in one form: `1,299.00`, `1299` and `1299.0` are the same; counted words count too."""
    plain = _MARK.sub(" ", text)
    found = {_normal(match.group()) for match in _NUMBER.finditer(plain)}
    counted = (parse_number(match.group(1)) for match in _COUNTED.finditer(plain))
    found |= {_normal(f"{value:g}") for value in counted if value is not None}
    return found | {str(_WORDS[match.group(1).lower()]) for match in _COUNTED_EN.finditer(plain)}


def numbers_of(value: object) -> set[str]:
    """The numbers that a value stands for: fen also as yuan, seconds also as minutes, times as their local parts."""
    return {number for one in _leaves(value) for number in _leaf_numbers(one)}


def unsupported(text: str, sources: Iterable[object]) -> tuple[str, ...]:
    """The numbers in `text` that no source has, in order of size; empty when all is well."""
    allowed = set[str]().union(*(numbers_of(source) for source in sources))
    return tuple(sorted(numbers_in(text) - allowed, key=float))


def _leaves(value: object) -> Iterator[object]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield key
            yield from _leaves(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _leaf_numbers(value: object) -> set[str]:
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return {str(local.year), str(local.month), str(local.day), _normal(f"{local:%H}"), _normal(f"{local:%M}")}
    if isinstance(value, date):
        return {str(value.year), str(value.month), str(value.day)}
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, (int, float)):
        return {_normal(f"{value:.6g}" if isinstance(value, float) else str(abs(value))), _normal(f"{abs(value) / 100:.2f}"),
                str(max(1, round(abs(value) / 60)))}
    return numbers_in(value) if isinstance(value, str) else set()


def _normal(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"
