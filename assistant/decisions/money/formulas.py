"""The formulas that a rule can name as its `amount`."""

from collections.abc import Callable, Mapping

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Amount
from assistant.decisions.money.differences import price_difference
from assistant.decisions.money.refunds import (
    item_depreciated,
    item_refundable,
    item_refundable_with_freight,
    item_withdrawn,
    order_refundable,
)

Formula = Callable[[Facts], Amount]

FORMULAS: Mapping[str, Formula] = {
    "item.refundable": item_refundable,
    "item.refundable_with_freight": item_refundable_with_freight,
    "item.withdrawn": item_withdrawn,
    "item.depreciated": item_depreciated,
    "order.refundable": order_refundable,
    "price_difference": price_difference,
}
