"""An order's discounts: who bears each, and how much of it falls on each line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.commerce.model import Discount, OrderItem, Payer
from assistant.commerce.rows import DiscountRow, OrderRow
from assistant.currency import money
from assistant.decisions.money.allocation import Deduction, allocate_deductions
from knowledge.errors import BadInput

PAYERS: Mapping[str, Payer] = {
    "platform_coupon": "platform", "platform_subsidy": "platform", "state_subsidy": "state", "points": "buyer",
}
"""Who bears a discount of which a file doesn't say it; of other kinds (`shop_coupon`, `cross_shop` …), the shop."""


def discounts_of(row: OrderRow) -> tuple[Discount, ...]:
    """The order's discounts, in the order in which they are taken off."""
    return tuple(
        Discount(kind, one.amount, one.payer or PAYERS.get(kind, "shop"), one.expires)
        for kind, one in row.discounts.items()
    )


def discounted(row: OrderRow, items: Sequence[OrderItem], where: str) -> tuple[OrderItem, ...]:
    """The lines with their shares of the discounts, and what is left to pay for each.

    Raises:
        BadInput: a discount is more than the lines that it is for still cost, or is for a line that isn't there.
    """
    gross = [item.unit_price_fen * item.quantity for item in items]
    off = sum(one.amount for one in row.discounts.values())
    if off > sum(gross):
        worth = money(sum(gross), row.currency)
        raise BadInput(f"{where}.discounts: {money(off, row.currency)} off goods worth {worth}")
    deductions = [_deduction(one, len(items), f"{where}.discounts.{kind}") for kind, one in row.discounts.items()]
    try:
        shared = allocate_deductions(gross, deductions)
    except BadInput as wrong:
        raise BadInput(f"{where}.discounts: {wrong}") from wrong
    return tuple(
        _line(item, whole, row, [shares[place] for shares in shared])
        for place, (item, whole) in enumerate(zip(items, gross, strict=True))
    )


def _deduction(row: DiscountRow, lines: int, where: str) -> Deduction:
    """A discount off the lines that it names by number, counted from 1."""
    if any(not 1 <= number <= lines for number in row.items):
        raise BadInput(f"{where}.items: the order has lines 1 to {lines}")
    return Deduction(row.amount, frozenset(number - 1 for number in row.items))


def _line(item: OrderItem, gross: int, row: OrderRow, shares: Sequence[int]) -> OrderItem:
    """One line with its shares; when a coupon ends is told of the whole order's, since only that can be given back."""
    own = zip(discounts_of(row), shares, strict=True)
    kept = tuple(replace(discount, fen=share, expires_at=None) for discount, share in own if share)
    return replace(item, discounts=kept, paid_fen=gross - sum(shares))
