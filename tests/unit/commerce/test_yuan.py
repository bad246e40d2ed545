"""Amounts in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.money import fen_of_yuan


@given(st.integers(min_value=0, max_value=10**9))
def test_every_amount_survives_being_written_in_yuan(fen: int) -> None:
    """An amount written with two decimals, as text or as a number, comes back to the fen."""
    written = f"{fen // 100}.{fen % 100:02d}"
    assert fen_of_yuan(written) == fen
    assert fen_of_yuan(float(written)) == fen


@pytest.mark.parametrize(
    "value", ["", "abc", "1,299", "-1", -0.01, 0.001, "9.999", True, None, [1], "nan", "inf"]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    """Words, negative sums and parts of a fen are never rounded into money."""
    with pytest.raises(ValueError, match="yuan"):
        fen_of_yuan(value)
