"""Goods to buy: the basket as it is told, written down, and what it comes to."""

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.commerce.model import PaymentMethod, Product
from assistant.commerce.platform import Line
from assistant.decisions.facts import NestedFacts

_LINE = re.compile(r"(?P<product>[^\s,*]{1,64})\*(?P<quantity>\d{1,4})")


def written(lines: Iterable[Line]) -> str:
    """The lines as one fact: `nova-buds*2,nova-12*1`."""
    return ",".join(f"{line.product_id}*{line.quantity}" for line in lines)


def read(basket: object) -> tuple[Line, ...]:
    """The lines of a written basket; nothing where it isn't one, or names less than one of something."""
    parts = [_LINE.fullmatch(part) for part in basket.split(",")] if isinstance(basket, str) else []
    lines = tuple(Line(part["product"], int(part["quantity"])) for part in parts if part)
    return lines if len(lines) == len(parts) and all(line.quantity for line in lines) else ()


def facts_of_basket(lines: Sequence[Line], products: Mapping[str, Product]) -> NestedFacts:
    """What the platform tells of the goods: total, units, whether all are on sale and in stock.

    Empty for an empty basket; goods that nobody knows are not on sale.
    """
    if not lines:
        return {}
    known = [(products[line.product_id], line.quantity) for line in lines if line.product_id in products]
    return {"basket": {
        "total_fen": sum(product.price_fen * quantity for product, quantity in known),
        "units": sum(line.quantity for line in lines),
        "on_sale": len(known) == len(lines) and all(product.on_sale for product, _ in known),
        "in_stock": all(product.stock is None or product.stock >= quantity for product, quantity in known),
    }}


def facts_of_payment(payment: object, methods: Sequence[PaymentMethod]) -> NestedFacts:
    """Whether the buyer can pay so, and what is left on it; empty while no way to pay was named."""
    if not isinstance(payment, str) or not payment:
        return {}
    method = next((one for one in methods if one.id == payment), None)
    facts: dict[str, object] = {"accepted": method is not None}
    if method and method.balance_fen is not None:
        facts |= {"holds_money": True, "balance_fen": max(0, method.balance_fen)}
    return {"payment": facts}
