"""What a command does to an order, and which commands a platform refuses.

refund            money back; goods are not sent back
return            goods come back, the money follows: holds `amount_fen` of the item
exchange, repair  the item goes to after-sales
advance_refund, return_refund, close_after_sales   the later steps of these: see `returning.py`
price_difference  money back, the goods stay and the order's state with them
compensation      money on top of what was paid
complaint, invoice  recorded; the order stays as it is
release_order     before dispatch: everything paid comes back, and `amount_fen` on top of it
hold_refund       recorded: the money of an open return waits
coupon            worth `amount_fen`, once for an item; the order stays as it is
partial_refund    money back for goods that the buyer keeps, once for an item
cancel_order      before dispatch: everything paid comes back
change_address    before dispatch: another address, phone or name, masked
urge              until it is delivered
book_service      a visit on a day; booked again, it is moved
review_cashback   money for a review, once

`place_order` makes a new order: see `placing.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import cast, get_args

from assistant.commerce.goods import ServiceKind
from assistant.commerce.model import Booking, Order, OrderItem, OrderState
from assistant.commerce.platform import Command
from assistant.commerce.returning import held_by_return, open_returns
from assistant.decisions.gather import units_back
from assistant.decisions.money.allocation import allocate, units_share
from knowledge.errors import BadInput, Conflict, NotFound

AFTER_SALES = "after_sales"  # the trait of an item with an open return, exchange or repair; says which
_OF_ADDRESS = ("address", "phone", "recipient")
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
    left = [_left_on(item, command) if command.item_id in (None, item.id) else 0 for item in order.items]
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


def _left_on(item: OrderItem, command: Command) -> int:
    """Fen of an item that a command can give back: of so many units, no more than their price."""
    left, units = item.paid_fen - item.refunded_fen, _units(command)
    if not units or item.id != command.item_id:
        return left
    back = units_back(item)
    price = units_share(item.paid_fen, item.quantity, back + units) - units_share(item.paid_fen, item.quantity, back)
    return min(left, price)


def _units(command: Command) -> int:
    """How many units a refund or a return is for; 0 where it doesn't say, which means all that are left."""
    return int(command.arguments.get("quantity", 0)) if command.name in ("refund", "return") else 0


def _refund(order: Order, command: Command) -> Order:
    """Money back, the units that it is for counted where it says how many, and the state that says so."""
    counts = [_count(item, command) for item in order.items]
    order = _money_back(order, command)
    items = (replace(item, refunded_quantity=count) for item, count in zip(order.items, counts, strict=True))
    state: OrderState = "refunded" if order.refunded_fen == order.paid_fen else "partly_refunded"
    return replace(order, items=tuple(items), state=state)


def _count(item: OrderItem, command: Command) -> int | None:
    """How many units of an item are refunded after a command; None where the platform didn't say and it doesn't."""
    units = _units(command) if item.id == command.item_id else 0
    return min(item.quantity, units_back(item) + units) if units else item.refunded_quantity


def _cancel(order: Order, _command: Command) -> Order:
    """Cancelled, with everything that was paid given back."""
    items = tuple(replace(item, refunded_fen=item.paid_fen) for item in order.items)
    return replace(order, items=items, refunded_fen=order.paid_fen, state="cancelled")


def _readdress(order: Order, command: Command) -> Order:
    """Goes to the new address, of which the platform shows only the beginning and no number."""
    if not command.arguments.get("address"):
        return order
    shown = str(command.arguments["address"])[:_ADDRESS_SHOWN]
    return replace(order, address_masked=re.sub(r"\d", "*", shown) + "***")


def _urged(order: Order, command: Command) -> Order:
    """Urged, at the time when the buyer asked for it."""
    return replace(order, facts={**order.facts, "urged_at": str(command.arguments.get("asked_at", ""))})


def _booked(order: Order, command: Command) -> Order:
    """With the visit booked; one of the same kind is moved to the new day."""
    booking = _booking(command)
    others = tuple(one for one in order.bookings if one.service != booking.service)
    return replace(order, bookings=(*others, booking))


def _booking(command: Command) -> Booking:
    """The visit that a command asks for; BadInput when it names no known service or no day."""
    service, day = command.arguments.get("service"), str(command.arguments.get("visit_day", ""))
    if service not in get_args(ServiceKind):
        raise BadInput(f"book_service: no service is called {service!r}")
    try:
        return Booking(cast(ServiceKind, service), date.fromisoformat(day[:10]))
    except ValueError as error:
        raise BadInput(f"book_service: {day!r} is no day") from error


def _cashback(order: Order, _command: Command) -> Order:
    """The review was paid for."""
    return replace(order, facts={**order.facts, "cashback_paid": True})


def _after_sales(order: Order, command: Command) -> Order:
    """The item (or each item, when none is named) is in after-sales."""
    meant = _meant(order, command)
    items = tuple(
        replace(item, traits={**item.traits, AFTER_SALES: command.name}) if item in meant else item
        for item in order.items
    )
    return replace(order, items=items)


def _return_over(order: Order, command: Command) -> Order:
    """The money is back, and the goods are in after-sales no more."""
    return _refund(_let_go(order, command), command) if command.amount_fen else _let_go(order, command)


def _let_go(order: Order, command: Command) -> Order:
    """The item (or each item, when none is named) is in after-sales no more."""
    meant = _meant(order, command)
    items = tuple(
        replace(item, traits={name: value for name, value in item.traits.items() if name != AFTER_SALES})
        if item in meant else item
        for item in order.items
    )
    return replace(order, items=items)


_CHANGES: Mapping[str, Callable[[Order, Command], Order]] = MappingProxyType({
    "refund": _refund, "price_difference": _money_back, "partial_refund": _money_back,
    "cancel_order": _cancel, "release_order": _cancel, "change_address": _readdress,
    "return": _after_sales, "exchange": _after_sales, "repair": _after_sales,
    "advance_refund": _refund, "return_refund": _return_over, "close_after_sales": _let_go,
    "urge": _urged, "book_service": _booked, "review_cashback": _cashback,
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
    for other in open_returns(earlier):
        order = _money_back(order, other)
    left = refundable(order, command.item_id)
    if command.amount_fen > left:
        raise Conflict(f"{command.name} of {command.amount_fen} fen: {left} fen of order {order.id} are left")


def _check_not_in_after_sales(order: Order, command: Command) -> None:
    """One thing at a time for each item."""
    for item in _meant(order, command):
        if AFTER_SALES in item.traits:
            raise Conflict(f"{command.name}: a {item.traits[AFTER_SALES]} is open for item {item.id}")


def _check_of_return(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Money that the open return of this item still holds."""
    held = held_by_return(earlier, command.item_id)
    if held is None or not command.amount_fen:
        raise Conflict(f"{command.name} of {command.amount_fen} fen: no return is open for {command.item_id}")
    if command.amount_fen > held:
        raise Conflict(f"{command.name} of {command.amount_fen} fen: the return holds {held} fen of order {order.id}")


def _check_let_go(order: Order, _earlier: Sequence[Command], command: Command) -> None:
    """Something must be in after-sales."""
    if not any(AFTER_SALES in item.traits for item in _meant(order, command)):
        raise Conflict(f"close_after_sales: nothing of order {order.id} is in after-sales")


def _meant(order: Order, command: Command) -> tuple[OrderItem, ...]:
    """The items that the command is about."""
    return tuple(item for item in order.items if command.item_id in (None, item.id))


def _check_before_dispatch(order: Order, _earlier: Sequence[Command], command: Command) -> None:
    """Only while nothing has left the shop."""
    if order.dispatched_at or order.delivered_at or order.state in ("cancelled", "refunded"):
        raise Conflict(f"{command.name}: order {order.id} is {order.state}")


def _check_cancel(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Before dispatch, for all the money that is left and no other sum."""
    _check_before_dispatch(order, earlier, command)
    left = refundable(order)
    if command.amount_fen != left:
        raise Conflict(f"cancel_order of {command.amount_fen} fen: {left} fen of order {order.id} are left")


def _check_release(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Before dispatch, with something on top of what was paid."""
    _check_before_dispatch(order, earlier, command)
    _check_compensation(order, earlier, command)


def _check_gift(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Something, for what was paid for and is not in after-sales, once."""
    _check_paid(order, earlier, command)
    _check_not_in_after_sales(order, command)
    given = any(one.name == command.name and one.item_id == command.item_id for one in earlier)
    if given or not command.amount_fen:
        raise Conflict(f"{command.name} of {command.amount_fen} fen: given already, or nothing")


def _check_part(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Once, and no more than is left."""
    _check_gift(order, earlier, command)
    _check_left(order, earlier, command)


def _check_address(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Before dispatch, and to somewhere or somebody."""
    _check_before_dispatch(order, earlier, command)
    if not any(str(command.arguments.get(name, "")).strip() for name in _OF_ADDRESS):
        raise BadInput(f"change_address needs one of the arguments {', '.join(_OF_ADDRESS)}")


def _check_urge(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Only what is paid for and not there yet."""
    _check_paid(order, earlier, command)
    if order.delivered_at is not None:
        raise Conflict(f"urge: order {order.id} is {order.state}")


def _check_booking(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """A visit for what was paid for."""
    _check_paid(order, earlier, command)
    _booking(command)


def _check_cashback(order: Order, earlier: Sequence[Command], command: Command) -> None:
    """Something, for delivered goods, once."""
    _check_paid(order, earlier, command)
    done = any(one.name == "review_cashback" and one.item_id == command.item_id for one in earlier)
    if order.delivered_at is None or not command.amount_fen or done:
        raise Conflict(f"review_cashback of {command.amount_fen} fen: order {order.id} is {order.state}")


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
    "cancel_order": _check_cancel, "change_address": _check_address, "urge": _check_urge,
    "release_order": _check_release, "hold_refund": _check_paid, "coupon": _check_gift, "partial_refund": _check_part,
    "invoice": _check_invoice, "book_service": _check_booking, "review_cashback": _check_cashback,
    "advance_refund": _check_of_return, "return_refund": _check_of_return, "close_after_sales": _check_let_go,
})
COMMANDS: tuple[str, ...] = tuple(_CHECKS)
