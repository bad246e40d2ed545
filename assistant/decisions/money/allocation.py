"""Sharing money out in whole minor units: by largest remainder, over lines and over the units of a line.

No function here rounds a fen into or out of existence: shares always add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.errors import BadInput


@dataclass(frozen=True, slots=True)
class Deduction:
    """So many fen off an order, or off the lines (by place) that it covers; none named means all."""

    fen: int
    covers: frozenset[int] = frozenset()


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen over `weights` by largest remainder; earlier entries win ties; shares add up to it.

    Where all weights are 0 they count as equal. Without weights there is nothing to share with: no shares.

    Raises:
        BadInput: the total or a weight is negative.
    """
    if not weights:
        return []
    if total < 0 or min(weights) < 0:
        raise BadInput(f"only amounts of 0 or more can be shared: {total} over {list(weights)}")
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def allocate_deductions(prices: Sequence[int], deductions: Sequence[Deduction]) -> list[list[int]]:
    """What each line bears of each deduction, one list of shares a deduction, in order.

    Each is shared over what the lines that it covers still cost after the ones before it, so no line ever costs less
    than nothing. The lines may be of several shops that were paid at once: that is how a discount across shops is
    shared. What a line bears stays with it: a discount for spending enough is not claimed back from the lines kept
    when another goes back (platform rule returns 6.2).

    Raises:
        BadInput: a deduction is more than what it covers still costs, or an amount is negative.
    """
    left, shared = list(prices), []
    for deduction in deductions:
        open_to = [cost if _covers(deduction, place) else 0 for place, cost in enumerate(left)]
        if deduction.fen > sum(open_to):
            raise BadInput(f"{deduction.fen} off goods that cost {sum(open_to)}")
        shares = allocate(deduction.fen, open_to)
        left = [cost - share for cost, share in zip(left, shares, strict=True)]
        shared.append(shares)
    return shared


def _covers(deduction: Deduction, place: int) -> bool:
    return not deduction.covers or place in deduction.covers


def units_share(fen: int, quantity: int, units: int) -> int:
    """What of `fen` falls on the first `units` out of `quantity`; fen that don't divide go to the first units.

    Raises:
        BadInput: the quantity is less than 1, or the amount is negative.
    """
    if quantity < 1 or fen < 0:
        raise BadInput(f"{fen} fen can't be shared over {quantity} units")
    units = max(0, min(units, quantity))
    each, over = divmod(fen, quantity)
    return each * units + min(units, over)


def units_covered(fen: int, quantity: int, back: int) -> int:
    """How many units a refund of `back` out of `fen` is the exact price of; 0 where it is no price of whole units.

    It tells units from other refunds where the platform doesn't say: 100.00 back of two for 200.00 is one of them, 5.00
    back is a difference paid on both.

    Raises:
        BadInput: the quantity is less than 1.
    """
    if quantity < 1:
        raise BadInput(f"an item can't be of {quantity} units")
    each, over = divmod(fen, quantity)
    dear = over * (each + 1)  # what the first units come to, which cost a fen more than the others
    units, rest = divmod(back, each + 1) if back <= dear else divmod(back - dear, each or back)
    return 0 if rest else units + (0 if back <= dear else over)
