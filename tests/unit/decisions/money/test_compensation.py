"""The arithmetic that rules call in their expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.conditions import compile_condition, make_context
from assistant.decisions.money.amounts import of_expression
from assistant.decisions.money.compensation import at_least, at_most, percent, portion
from knowledge.text import Text

FEN = st.integers(0, 10**12)


def amount(expression: str, **item: object) -> object:
    """What an expression comes to over facts of an item."""
    names = [f"item.{key}" for key in item]
    return compile_condition(expression, names).value(make_context({"item": item}))


def test_rules_can_write_percent_with_floor_and_cap() -> None:
    """A tenth of the price, at least 5.00 and at most 300.00, as one expression of a rule."""
    rule = "at_most(at_least(percent(item.paid_fen, 10), 500), 30000)"
    assert [amount(rule, paid_fen=fen) for fen in (1000, 19900, 9_900_000)] == [500, 1990, 30000]


def test_rules_can_write_a_part_by_number() -> None:
    """Three spoiled of eight are three eighths of the price."""
    assert amount("portion(item.paid_fen, item.bad, item.quantity)", paid_fen=9990, bad=3, quantity=8) == 3746
    assert amount("percent(item.paid_fen, 2.5)", paid_fen=19900) == 498


@given(FEN, st.integers(0, 300), st.integers(0, 300))
def test_percentages_grow_with_rate_and_price(fen: int, rate: int, more: int) -> None:
    """A higher rate or price never brings less; all of it is all of it, and rounding is within half a fen."""
    assert percent(fen, rate) <= percent(fen, rate + more)
    assert percent(fen, rate) <= percent(fen + more, rate)
    assert percent(fen, 100) == fen
    assert abs(percent(fen, rate) * 100 - fen * rate) <= 50


@given(FEN, st.integers(0, 50), st.integers(1, 50))
def test_a_part_is_never_more_than_the_whole(fen: int, part: int, whole: int) -> None:
    """However many are said to be bad, no more than all of the price is due."""
    assert 0 <= portion(fen, part, whole) <= fen
    assert portion(fen, whole, whole) == fen


@given(FEN, FEN, FEN)
def test_floors_and_caps_hold(fen: int, floor: int, cap: int) -> None:
    """What comes of a floor is no less, of a cap no more, and what lies between stays."""
    assert at_least(fen, floor) == max(fen, floor)
    assert at_most(fen, cap) == min(fen, cap)


def test_a_part_of_nothing_is_no_number() -> None:
    """A rule that divides by a count of nought comes to no amount rather than to a wrong one."""
    with pytest.raises(ZeroDivisionError):
        portion(100, 1, 0)


def test_an_expression_below_nothing_is_nothing() -> None:
    """A rule's own arithmetic never makes the buyer owe."""
    assert of_expression(Text("补偿", "Compensation"), -5, {}).fen == 0
