"""What each command does to the shop's books. Pure: books and a command in, books out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from assistant.commerce.platform import Command
from evals.external.tau2_retail.data import address_of
from evals.external.tau2_retail.state import (
    CHANGED,
    DELIVERED,
    PENDING,
    AfterSales,
    Books,
    Bought,
    Payment,
    Sale,
    Variant,
)
from knowledge.errors import BadInput, Conflict, NotFound

Variants = Mapping[str, Variant]


def carried_out(books: Books, command: Command, variants: Variants) -> Books:
    """The books after a command.

    Raises:
        NotFound: there is no such order, item or way to pay.
        Conflict: the order's state does not allow it.
        BadInput: the shop has no such command.
    """
    if command.name not in _EFFECTS:
        raise BadInput(f"the shop has no command `{command.name}`")
    return _EFFECTS[command.name](books, command, variants)


def items_named(sale: Sale, item_ids: Sequence[str]) -> tuple[Bought, ...]:
    """The order's items of these ids, each unit once; fewer than were named when some aren't there."""
    left, found = list(sale.items), []
    for item_id in item_ids:
        item = next((one for one in left if one.item_id == item_id), None)
        if item:
            left.remove(item)
            found.append(item)
    return tuple(found)


def difference(given: Sequence[Bought], wanted: Sequence[Variant]) -> int:
    """Cents that the wanted items cost more than those given; negative when they cost less."""
    return sum(one.price_cents for one in wanted) - sum(one.price_cents for one in given)


def _in_state(books: Books, command: Command, status: str) -> Sale:
    sale = books.sales.get(command.order_id)
    if sale is None:
        raise NotFound(f"there is no order {command.order_id}")
    if sale.status != status:
        raise Conflict(f"{command.name}: order {sale.id} is {sale.status}")
    return sale


def _cancel(books: Books, command: Command, _variants: Variants) -> Books:
    """Everything paid goes back the way it came, to gift cards at once."""
    sale = _in_state(books, command, PENDING)
    back = tuple(Payment(one.method_id, -one.cents) for one in sale.payments)
    for one in back:
        books = books.with_money(sale.buyer_id, one.method_id, -one.cents)
    reason = str(command.arguments.get("cancel_reason", ""))
    return books.with_sale(replace(sale, status="cancelled", reason=reason, payments=(*sale.payments, *back)))


def _readdress(books: Books, command: Command, _variants: Variants) -> Books:
    """Another address for an order, or for the buyer's profile where no order is named."""
    address = address_of(command.arguments)
    if command.order_id:
        return books.with_sale(replace(_in_state(books, command, PENDING), address=address))
    profile = books.profiles[str(command.arguments["buyer_id"])]
    return books.with_profile(replace(profile, address=address))


def _repay(books: Books, command: Command, _variants: Variants) -> Books:
    """Paid anew by another method; the first one gets its money back."""
    sale, method = _in_state(books, command, PENDING), _method(command)
    total = sale.payments[0].cents
    moved = Payment(method, total), Payment(sale.original_method, -total)
    for one in moved:
        books = books.with_money(sale.buyer_id, one.method_id, -one.cents)
    return books.with_sale(replace(sale, payments=(*sale.payments, *moved)))


def _change_items(books: Books, command: Command, variants: Variants) -> Books:
    """Other versions in place of items not sent yet; the difference is settled at once."""
    sale = _in_state(books, command, PENDING)
    given, wanted = _swap(sale, command, variants)
    kept = list(sale.items)
    for one in given:
        kept.remove(one)
    new = [replace(old, item_id=one.id, price_cents=one.price_cents) for old, one in zip(given, wanted, strict=True)]
    more = difference(given, wanted)
    books = books.with_money(sale.buyer_id, _method(command), -more)
    payments = (*sale.payments, Payment(_method(command), more)) if more else sale.payments
    return books.with_sale(replace(sale, status=CHANGED, items=(*kept, *new), payments=payments))


def _swap(sale: Sale, command: Command, variants: Variants) -> tuple[tuple[Bought, ...], tuple[Variant, ...]]:
    """What is given, and what is wanted for each of it."""
    given = items_named(sale, [line.item_id for line in command.lines])
    wanted = tuple(variants[line.product_id] for line in command.lines if line.product_id in variants)
    if len(given) != len(command.lines) or len(wanted) != len(given):
        raise NotFound(f"{command.name}: not all of these items are in order {sale.id}, or none such are sold")
    return given, wanted


def _return(books: Books, command: Command, _variants: Variants) -> Books:
    """Asked for; the money follows the goods, so no balance moves yet."""
    sale = _in_state(books, command, DELIVERED)
    items = items_named(sale, [line.item_id for line in command.lines])
    if len(items) != len(command.lines):
        raise NotFound(f"return: not all of these items are in order {sale.id}")
    asked = AfterSales(tuple(one.item_id for one in sorted(items)), _method(command))
    return books.with_sale(replace(sale, status="return requested", after_sales=asked))


def _exchange(books: Books, command: Command, variants: Variants) -> Books:
    """Asked for; the difference is settled when the goods have changed places."""
    sale = _in_state(books, command, DELIVERED)
    given, wanted = _swap(sale, command, variants)
    asked = AfterSales(
        tuple(sorted(one.item_id for one in given)), _method(command), tuple(sorted(one.id for one in wanted)),
        difference(given, wanted),
    )
    return books.with_sale(replace(sale, status="exchange requested", after_sales=asked))


def _method(command: Command) -> str:
    return str(command.arguments.get("payment", ""))


_EFFECTS: Mapping[str, Callable[[Books, Command, Variants], Books]] = MappingProxyType({
    "cancel_order": _cancel, "change_address": _readdress, "change_payment": _repay, "change_items": _change_items,
    "return": _return, "exchange": _exchange,
})
