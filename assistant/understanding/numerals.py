"""Numbers as people write them: "两百五", "1.2w", "３千", "twenty-five"."""

import re
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_SUFFIXES = {"k": 1_000, "K": 1_000, "千": 1_000, "w": 10_000, "W": 10_000, "万": 10_000, "百": 100}
_EN_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_WORDS = {word: n for n, word in enumerate(_EN_SMALL)} | {word: 10 * n for n, word in enumerate(_EN_TENS, 2)}

ZH_NUMBER = r"(?<![零〇一二两俩仨三四五六七八九十百千万])[零〇一二两俩仨三四五六七八九十百千万]{1,16}"
"""Matches a number written in Chinese characters. Bounded, so that endless digits cost no time."""
ARABIC = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?)"
"""Matches a number in digits, with or without thousands separators; bounded likewise."""
_TENS, _ONES, _SMALL = "|".join(_EN_TENS), "|".join(_EN_SMALL[1:10]), "|".join(_EN_SMALL)
EN_NUMBER = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_SMALL}|a couple of|an?)"
"""Matches an English number word up to ninety-nine, and the articles that stand for one."""


def parse_number(text: str) -> Decimal | None:
    """The value of a number in digits, Chinese or English words; None when it isn't one."""
    text = text.strip().lower().replace(",", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kw千万百]?)(\d?)", text)
    if match:
        return _with_suffix(*match.groups())
    if text in ("a", "an"):
        return Decimal(1)
    if text == "a couple of":
        return Decimal(2)
    if re.fullmatch(ZH_NUMBER, text):
        return Decimal(_parse_zh(text))
    parts = re.split(r"[- ]", text)
    return Decimal(sum(_EN_WORDS[p] for p in parts)) if all(p in _EN_WORDS for p in parts) else None


def _with_suffix(digits: str, suffix: str, tail: str) -> Decimal:
    scale = _SUFFIXES.get(suffix, 1)
    if tail and not suffix:
        return Decimal(digits + tail)
    return Decimal(digits) * scale + (Decimal(tail) * scale / 10 if tail else 0)  # "1千2" is 1,200


def _parse_zh(text: str) -> int:
    """Read Chinese numerals, the spoken short forms too: "一百五" is 150, "两万三" is 23,000, "二〇二六" is 2026."""
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    last_unit, spoken_zero = 1, False
    for c in text:
        if c in _DIGITS:
            digit, spoken_zero = _DIGITS[c], spoken_zero or _DIGITS[c] == 0
        elif _UNITS[c] >= 10_000:
            total, section, digit = (total + section + digit) * _UNITS[c], 0, 0
            last_unit, spoken_zero = _UNITS[c], False
        else:
            section += (digit or 1) * _UNITS[c]
            digit, last_unit, spoken_zero = 0, _UNITS[c], False
    if digit and last_unit >= 100 and not spoken_zero:
        digit *= last_unit // 10
    return total + section + digit
