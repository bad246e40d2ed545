"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.numerals import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一百五", 150), ("两万三", 23_000), ("两百零五", 205), ("一千零五十", 1_050), ("十五", 15), ("二十", 20),
        ("俩", 2),
        ("二〇二六", 2026), ("1,299.50", "1299.5"), ("1.2w", 12_000), ("3k", 3_000), ("1千2", 1_200),
        ("twenty-five", 25),
        ("a couple of", 2), ("一百零五", 105), ("三万五千", 35_000),
    ],
)  # fmt: skip
def test_numbers_in_all_their_spellings(text: str, value: int | str) -> None:
    """Spoken short forms mean what speakers mean: "一百五" is 150."""
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "第", "手机", "1.2.3"])
def test_what_is_no_number_is_none(text: str) -> None:
    """Words that are not numbers never become one."""
    assert parse_number(text) is None


def _in_chinese(number: int) -> str:
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    written, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            written += ("零" if zero and written else "") + digits[digit] + units[place]
            zero = False
        else:
            zero = True
    return written


@given(st.integers(1, 9999))
def test_every_number_written_out_in_chinese_is_read_back(number: int) -> None:
    """Fully written Chinese numerals are exact."""
    assert parse_number(_in_chinese(number)) == number
