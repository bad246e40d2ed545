"""Money in words and from words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.currency import digits_of, fen_of, money, plain

CURRENCIES = st.sampled_from(("CNY", "EUR", "USD", "JPY", "KRW", "KWD", "HKD"))


def test_money_reads_as_people_write_it() -> None:
    """An amount has its sign, its separators and as many decimals as its currency has."""
    assert [money(129900), money(-5), money(0)] == ["¥1,299.00", "-¥0.05", "¥0.00"]
    assert [money(1250, "EUR"), money(5, "USD"), money(100, "HKD")] == ["€12.50", "$0.05", "HKD 1.00"]
    assert [money(129900, "JPY"), money(-1234, "KWD")] == ["JP¥129,900", "-KWD 1.234"]


@given(st.integers(0, 10**13), CURRENCIES)
def test_every_amount_survives_being_written(fen: int, currency: str) -> None:
    """An amount written as text, in any currency, comes back to the smallest unit, and large ones too."""
    assert fen_of(plain(fen, currency), currency) == fen


@given(st.integers(0, 10**9), CURRENCIES)
def test_an_amount_written_as_a_number_comes_back(fen: int, currency: str) -> None:
    """YAML reads 199.50 as a float; no fen is lost by that."""
    assert fen_of(float(plain(fen, currency)), currency) == fen


@given(st.integers(-(10**12), 10**12), CURRENCIES)
def test_no_digit_is_lost_in_words(fen: int, currency: str) -> None:
    """What is shown holds the same figures as the amount."""
    shown = "".join(sign for sign in money(fen, currency) if sign.isdigit())
    assert int(shown) == abs(fen)
    assert money(fen, currency).startswith("-") is (fen < 0)


@pytest.mark.parametrize(
    "value", ["", "abc", "1,299", "-1", -0.01, 0.001, "9.999", True, None, [1], "nan", "inf"]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    """Words, negative sums and parts of a fen are never rounded into money."""
    with pytest.raises(ValueError, match=r"amount|negative"):
        fen_of(value)


def test_a_yen_has_no_parts() -> None:
    """What is a whole amount in yuan may be finer than the smallest unit of another currency."""
    assert (digits_of("JPY"), fen_of(1299, "JPY")) == (0, 1299)
    with pytest.raises(ValueError, match="smallest unit of JPY"):
        fen_of("12.50", "JPY")
