"""Money in whole fen: shares that add up, refunds that never exceed what was paid, differences with coupons.

Every formula is a plain function from facts to an `Amount` whose lines add up to it. None of them rounds a
fen into or out of existence: sums are shared out by largest remainder, so shares always add up to the whole.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Amount, AmountLine
from assistant.decisions.workdays import days_between
from knowledge.text import Text

Formula = Callable[[Facts], Amount]

PAID = Text("实付", "Paid")
UNITS = Text("其中涉及的件数实付", "Paid for the units concerned")
ALREADY = Text("已退", "Refunded before")
FREIGHT = Text("运费", "Freight")
WORN = Text("折旧费", "Depreciation")
TODAY = Text("按今天价格", "At today's price")
COUPON = Text("今天人人可领的券", "Coupon open to all today")


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen over `weights` by largest remainder; earlier entries win ties; shares add up to it.

    Where all weights are 0 they count as equal. `total` and the weights are 0 or more.
    """
    if not weights:
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def allocate_discounts(prices: Sequence[int], discount: int) -> list[int]:
    """What each item really cost once an order's discount is shared over the items by their prices."""
    off = allocate(min(discount, sum(prices)), prices)
    return [price - share for price, share in zip(prices, off, strict=True)]


def units_share(paid: int, quantity: int, units: int) -> int:
    """What was paid for `units` out of `quantity`; fen that don't divide go to the first units."""
    units = max(0, min(units, quantity))
    return sum(allocate(paid, [1] * quantity)[:units]) if quantity > 0 else 0


def item_refundable(facts: Facts) -> Amount:
    """What was paid for the item (or the units claimed), less what was refunded on it."""
    return _amount(facts, *_item_lines(facts))


def item_refundable_with_freight(facts: Facts) -> Amount:
    """As `item_refundable`, with the item's share of the freight, within what is left on the order."""
    lines = _item_lines(facts)
    freight = _get(facts, "item", "freight_share_fen")
    left = _get(facts, "order", "paid_fen") - _get(facts, "order", "refunded_fen")
    room = left - sum(line.fen for line in lines)
    return _amount(facts, *lines, AmountLine(FREIGHT, max(0, min(freight, room))))


def order_refundable(facts: Facts) -> Amount:
    """What was paid for the whole order, freight included, less what was refunded."""
    paid, refunded = _get(facts, "order", "paid_fen"), _get(facts, "order", "refunded_fen")
    return _amount(facts, AmountLine(PAID, paid), AmountLine(ALREADY, -min(paid, refunded)))


def item_depreciated(facts: Facts) -> Amount:
    """`item_refundable` less depreciation: price paid × days since delivery × the daily rate in basis points.

    The form is that of the three-guarantee catalogues (after-sales standard 6.5.2); the rate is the
    platform's.
    """
    lines = _item_lines(facts)
    left = sum(line.fen for line in lines)
    delivered: datetime = facts["order"]["delivered_at"]
    days = max(0, days_between(delivered, facts["claim"]["at"]))
    worn = _get(facts, "item", "paid_fen") * days * _get(facts, "item", "depreciation_bp_per_day") // 10_000
    return _amount(facts, *lines, AmountLine(WORN, -min(left, worn)))


def price_difference(facts: Facts) -> Amount:
    """What was really paid for the units kept, less what they cost today after coupons open to everyone.

    Coupons used when buying are in what was paid, so nobody is paid a difference that a coupon had already
    covered. What was refunded beyond the units sent back, an earlier difference, comes off. The form is that
    of the platform's own rule (price-protection 2.1); `claim.quantity` is the number kept where that isn't
    all.
    """
    paid, quantity = _get(facts, "item", "paid_fen"), _get(facts, "item", "quantity")
    kept = min(facts["claim"].get("quantity", quantity), quantity)
    share = units_share(paid, quantity, kept)
    price = _get(facts, "item", "current_price_fen")
    coupon = min(price, _get(facts, "item", "current_coupon_fen"))
    before = max(0, _get(facts, "item", "refunded_fen") - (paid - share))
    lines = (
        AmountLine(PAID if kept == quantity else UNITS, share), AmountLine(TODAY, -price * kept),
        AmountLine(COUPON, coupon * kept), AmountLine(ALREADY, -before),
    )
    return _amount(facts, *lines) if sum(line.fen for line in lines) > 0 else _amount(facts)


def of_expression(label: Text, fen: int, facts: Facts) -> Amount:
    """An amount that a rule's own expression came to, as one line."""
    return _amount(facts, AmountLine(label, max(0, fen)))


FORMULAS: Mapping[str, Formula] = {
    "item.refundable": item_refundable,
    "item.refundable_with_freight": item_refundable_with_freight,
    "item.depreciated": item_depreciated,
    "order.refundable": order_refundable,
    "price_difference": price_difference,
}
"""The formulas that a rule can name as its `amount`."""


def _item_lines(facts: Facts) -> list[AmountLine]:
    """The lines that add up to what can still be refunded on the item or the units claimed."""
    paid, quantity = _get(facts, "item", "paid_fen"), _get(facts, "item", "quantity")
    units = min(facts["claim"].get("quantity", quantity), quantity)
    share = units_share(paid, quantity, units)
    left = max(0, paid - _get(facts, "item", "refunded_fen"))
    label = PAID if units == quantity else UNITS
    return [AmountLine(label, share), AmountLine(ALREADY, min(share, left) - share)]


def _get(facts: Facts, namespace: str, key: str) -> int:
    value: Any = facts[namespace][key]
    return int(value)


def _amount(facts: Facts, *lines: AmountLine) -> Amount:
    """An amount of these lines; lines of nothing are left out."""
    kept = tuple(line for line in lines if line.fen)
    return Amount(sum(line.fen for line in kept), str(facts.get("order", {}).get("currency", "CNY")), kept)
