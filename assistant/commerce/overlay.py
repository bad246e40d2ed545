"""What a command does to an order, and which commands a platform refuses.

refund            money back; goods are not sent back
return            goods come back, the money follows: holds `amount_fen` of the item
exchange, repair  the item goes to after-sales
price_difference  money back, the goods stay and the order's state with them
compensation      money on top of what was paid
complaint, invoice, urge_dispatch   recorded; the order stays as it is
cancel_order      before dispatch: everything paid comes back
change_address    before dispatch; the address is masked
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from assistant.commerce.model import Order, OrderItem
from assistant.commerce.platform import Command
from assistant.decisions.money import allocate
from knowledge.errors import BadInput, Conflict, NotFound

AFTER_SALES = "after_sales"  # the trait of an item with an open return, exchange or repair; says which
_ADDRESS_SHOWN = 9  # characters of an address that stay readable: province, city, district in Chinese


def replay(order: Order, commands: Sequence[Command]) -> Order:
    """The order after commands that were performed on it, oldest first; refuses nothing."""
    for command in commands:
        if command.order_id == order.id:
            order = _CHANGES.get(command.name, _unchanged)(order, command)
    return order


def check(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Let a command through that can be done to `order` as it stands after the `earlier` commands on it.

    Raises:
        BadInput: there is no command of this name, or its amount is negative.
        NotFound: the item isn't in the order.
        Conflict: the platform says no; the message says why.
    """
    if command.name not in _CHECKS:
        raise BadInput(f"no command {command.name!r}; there are {', '.join(_CHECKS)}")
    if command.amount_fen < 0:
        raise BadInput(f"{command.name} of a negative amount")
    if command.item_id is not None and order.item(command.item_id) is None:
        raise NotFound(f"order {order.id} has no item {command.item_id}")
    _CHECKS[command.name](order, earlier, command)


def refundable(order: Order, item_id: str | None = None) -> int:
    """Fen that can still be given back: of the whole order, or of one item with the order's freight."""
    if item_id is None:
        return order.paid_fen - order.refunded_fen
    goods = sum(item.paid_fen - item.refunded_fen for item in order.items if item.id == item_id)
    return goods + _freight_left(order)


def _freight_left(order: Order) -> int:
    """Fen of freight that were not given back: what no item accounts for."""
    return order.freight_fen - (order.refunded_fen - sum(item.refunded_fen for item in order.items))


# -- what changes --


def _unchanged(order: Order, _command: Command) -> Order:
    """The order as it was."""
    return order


def _money_back(order: Order, command: Command) -> Order:
    """Give `amount_fen` back: from the item, then the freight; or shared over all items and the freight."""
    left = [
        item.paid_fen - item.refunded_fen if command.item_id in (None, item.id) else 0 for item in order.items
    ]
    amount = min(command.amount_fen, sum(left) + _freight_left(order))
    if command.item_id is None:
        shares = allocate(amount, [*left, _freight_left(order)])[:-1]
    else:
        shares = [min(amount, fen) for fen in left]
    items = tuple(
        replace(item, refunded_fen=item.refunded_fen + share)
        for item, share in zip(order.items, shares, strict=True)
    )
    return replace(order, items=items, refunded_fen=order.refunded_fen + amount)


def _refund(order: Order, command: Command) -> Order:
    """Money back, and the state that says so."""
    order = _money_back(order, command)
    return replace(order, state="refunded" if order.refunded_fen == order.paid_fen else "partly_refunded")


def _cancel(order: Order, _command: Command) -> Order:
    """Cancelled, with everything that was paid given back."""
    items = tuple(replace(item, refunded_fen=item.paid_fen) for item in order.items)
    return replace(order, items=items, refunded_fen=order.paid_fen, state="cancelled")


def _readdress(order: Order, command: Command) -> Order:
    """Goes to the new address, of which the platform shows only the beginning and no number."""
    shown = str(command.arguments["address"])[:_ADDRESS_SHOWN]
    return replace(order, address_masked=re.sub(r"\d", "*", shown) + "***")


def _after_sales(order: Order, command: Command) -> Order:
    """The item (or each item, when none is named) is in after-sales."""
    meant = _meant(order, command)
    items = tuple(
        replace(item, traits={**item.traits, AFTER_SALES: command.name}) if item in meant else item
        for item in order.items
    )
    return replace(order, items=items)


_CHANGES: Mapping[str, Callable[[Order, Command], Order]] = MappingProxyType({
    "refund": _refund, "price_difference": _money_back, "cancel_order": _cancel, "change_address": _readdress,
    "return": _after_sales, "exchange": _after_sales, "repair": _after_sales,
})


# -- what is refused --


def _allow(_order: Order, _earlier: Sequence[Command], _command: Command) -> None:
    """Anyone may, at any time."""


def _check_paid(order: Order, _earlier: Sequence[Command], command: Command) -> None:
    """Only what was paid for and not given back entirely."""
    if order.paid_at is None or order.state in ("cancelled", "refunded"):
        raise Conflict(f"{command.name}: order {order.id} is {order.state}")


def _check_money_back(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Something, and not more than is left after earlier refunds and what open returns will give back."""
    _check_paid(order, earlier, command)
    if not command.amount_fen:
        raise Conflict(f"{command.name} of nothing")
    _check_left(order, earlier, command)


def _check_refund(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Money that is left, for an item that is not in after-sales."""
    if command.item_id is not None:
        _check_not_in_after_sales(order, command)
    _check_money_back(order, earlier, command)


def _check_goods(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Delivered goods that are not in after-sales, and for a return no more money than is left."""
    _check_paid(order, earlier, command)
    if order.delivered_at is None:
        raise Conflict(f"{command.name}: order {order.id} has not been delivered")
    _check_not_in_after_sales(order, command)
    _check_left(order, earlier, command)


def _check_left(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Not more than is left; an open return holds its money as if it were back already."""
    for other in earlier:
        if other.name == "return":
            order = _money_back(order, other)
    left = refundable(order, command.item_id)
    if command.amount_fen > left:
        raise Conflict(f"{command.name} of {command.amount_fen} fen: {left} fen of order {order.id} are left")


def _check_not_in_after_sales(order: Order, command: Command) -> None:
    """One thing at a time for each item."""
    for item in _meant(order, command):
        if AFTER_SALES in item.traits:
            raise Conflict(f"{command.name}: a {item.traits[AFTER_SALES]} is open for item {item.id}")


def _meant(order: Order, command: Command) -> tuple[OrderItem, ...]:
    """The items that the command is about."""
    return tuple(item for item in order.items if command.item_id in (None, item.id))


def _check_before_dispatch(order: Order, _earlier: Sequence[Command], command: Command) -> None:
    """Only while nothing has left the shop."""
    if order.dispatched_at or order.delivered_at or order.state in ("cancelled", "refunded"):
        raise Conflict(f"{command.name}: order {order.id} is {order.state}")


def _check_address(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Before dispatch, and to somewhere."""
    _check_before_dispatch(order, earlier, command)
    if not str(command.arguments.get("address", "")).strip():
        raise BadInput("change_address needs the argument `address`")


def _check_urge(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Only what is paid for and waits for dispatch."""
    _check_paid(order, earlier, command)
    _check_before_dispatch(order, earlier, command)


def _check_invoice(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """For what was paid, once."""
    _check_paid(order, earlier, command)
    _check_once(order, earlier, command)


def _check_compensation(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Something, on an order that was paid for, cancelled meanwhile or not, once for the same reason."""
    if order.paid_at is None or not command.amount_fen:
        raise Conflict(f"compensation of {command.amount_fen} fen: order {order.id} is {order.state}")
    _check_once(order, earlier, command)


def _check_once(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Not again for the same item with the same arguments."""
    if any(replace(other, amount_fen=0) == replace(command, amount_fen=0) for other in earlier):
        raise Conflict(f"{command.name}: done already for order {order.id}")


_CHECKS: Mapping[str, Callable[[Order, Sequence[Command], Command], None]] = MappingProxyType({
    "refund": _check_refund, "return": _check_goods, "exchange": _check_goods, "repair": _check_goods,
    "price_difference": _check_money_back, "compensation": _check_compensation, "complaint": _allow,
    "cancel_order": _check_before_dispatch, "change_address": _check_address, "urge_dispatch": _check_urge,
    "invoice": _check_invoice,
})
COMMANDS: tuple[str, ...] = tuple(_CHECKS)
