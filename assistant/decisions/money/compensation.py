"""The arithmetic of compensation, for the expressions of rules: percentages, parts, floors and caps.

`at_least(percent(item.paid_fen, 10), 500)` is a tenth of the price, and no less than five yuan.
"""

from fractions import Fraction

_HALF = Fraction(1, 2)


def percent(fen: int, rate: float) -> int:
    """So many percent of an amount, to the nearest fen, halves up; `rate` may have decimals (2.5)."""
    return int(Fraction(str(rate)) * fen / 100 + _HALF)


def portion(fen: int, part: float, whole: float) -> int:
    """An amount's part by number or weight (3 spoiled of 8), to the nearest fen, halves up; never more than all of it.

    Raises:
        ZeroDivisionError: `whole` is 0, so no part of it is known.
    """
    share = Fraction(str(part)) / Fraction(str(whole))
    return int(max(Fraction(0), min(Fraction(1), share)) * fen + _HALF)


def at_least(fen: int, floor: int) -> int:
    """The amount, or the floor where that is more."""
    return max(fen, floor)


def at_most(fen: int, cap: int) -> int:
    """The amount, or the cap where that is less."""
    return min(fen, cap)
