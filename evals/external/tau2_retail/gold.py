"""Gold: the books after a task's own writes, by a plain replay, and the same writes as commands for our gateway."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.commerce.platform import Command, Line
from evals.external.tau2_retail.data import ShopData, Task, address_of
from evals.external.tau2_retail.state import AfterSales, Books, Payment, Sale, Variant

Said = Mapping[str, Any]
Variants = Mapping[str, Variant]

# -- the books after the gold writes --


def gold_books(task: Task, data: ShopData) -> Books:
    """The books after the gold writes of a task."""
    books = data.books
    for name, said in task.actions:
        if name in _REPLAYS:
            books = _REPLAYS[name](books, said, data.variants)
    return books


def _cancelled(books: Books, said: Said, _variants: Variants) -> Books:
    sale = books.sales[said["order_id"]]
    for paid in sale.payments:
        books = books.with_money(sale.buyer_id, paid.method_id, paid.cents)
    back = tuple(replace(paid, cents=-paid.cents) for paid in sale.payments)
    gone = replace(sale, status="cancelled", reason=said["reason"], payments=sale.payments + back)
    return books.with_sale(gone)


def _moved(books: Books, said: Said, _variants: Variants) -> Books:
    return books.with_sale(replace(books.sales[said["order_id"]], address=address_of(said)))


def _relocated(books: Books, said: Said, _variants: Variants) -> Books:
    return books.with_profile(replace(books.profiles[said["user_id"]], address=address_of(said)))


def _repaid(books: Books, said: Said, _variants: Variants) -> Books:
    sale, method = books.sales[said["order_id"]], said["payment_method_id"]
    first = sale.payments[0]
    books = books.with_money(sale.buyer_id, method, -first.cents)
    books = books.with_money(sale.buyer_id, first.method_id, first.cents)
    payments = (*sale.payments, Payment(method, first.cents), Payment(first.method_id, -first.cents))
    return books.with_sale(replace(sale, payments=payments))


def _modified(books: Books, said: Said, variants: Variants) -> Books:
    sale, method, more = books.sales[said["order_id"]], said["payment_method_id"], 0
    items = list(sale.items)
    for old_id, new_id in zip(said["item_ids"], said["new_item_ids"], strict=True):
        at = next(n for n, one in enumerate(items) if one.item_id == old_id)
        more += variants[new_id].price_cents - items[at].price_cents
        items[at] = replace(items[at], item_id=new_id, price_cents=variants[new_id].price_cents)
    if not _covered(books, sale, method, more):
        return books
    books = books.with_money(sale.buyer_id, method, -more)
    payments = sale.payments + ((Payment(method, more),) if more else ())
    return books.with_sale(replace(sale, status="pending (item modified)", items=tuple(items), payments=payments))


def _covered(books: Books, sale: Sale, method_id: str, more: int) -> bool:
    """False when a gift card holds too little for the difference: such a write has no effect on the shop."""
    method = books.profiles[sale.buyer_id].methods[method_id]
    return method.source != "gift_card" or method.balance_cents >= more


def _returned(books: Books, said: Said, _variants: Variants) -> Books:
    asked = AfterSales(tuple(sorted(said["item_ids"])), said["payment_method_id"])
    return books.with_sale(replace(books.sales[said["order_id"]], status="return requested", after_sales=asked))


def _exchanged(books: Books, said: Said, variants: Variants) -> Books:
    sale = books.sales[said["order_id"]]
    prices = {one.item_id: one.price_cents for one in sale.items}
    more = sum(variants[one].price_cents for one in said["new_item_ids"]) - sum(prices[one] for one in said["item_ids"])
    if not _covered(books, sale, said["payment_method_id"], more):
        return books
    asked = AfterSales(
        tuple(sorted(said["item_ids"])), said["payment_method_id"], tuple(sorted(said["new_item_ids"])), more
    )
    return books.with_sale(replace(sale, status="exchange requested", after_sales=asked))


_REPLAYS: Mapping[str, Callable[[Books, Said, Variants], Books]] = MappingProxyType({
    "cancel_pending_order": _cancelled, "modify_pending_order_address": _moved, "modify_user_address": _relocated,
    "modify_pending_order_payment": _repaid, "modify_pending_order_items": _modified,
    "return_delivered_order_items": _returned, "exchange_delivered_order_items": _exchanged,
})


# -- the gold writes as commands --


def gold_writes(task: Task, books: Books) -> tuple[tuple[str, Command], ...]:
    """The gold writes as our commands, each with the buyer who asks for it."""
    return tuple(
        (_buyer(said, books), _COMMANDS[name](said)) for name, said in task.actions if name in _COMMANDS
    )


def _buyer(said: Said, books: Books) -> str:
    return str(said["user_id"]) if "user_id" in said else books.sales[said["order_id"]].buyer_id


def _cancel(said: Said) -> Command:
    return Command("cancel_order", said["order_id"], arguments={"cancel_reason": said["reason"]})


def _readdress(said: Said) -> Command:
    parts = {key: str(said[key]) for key in ("address1", "address2", "city", "state", "country", "zip")}
    buyer = {"buyer_id": said["user_id"]} if "user_id" in said else {}
    return Command("change_address", said.get("order_id", ""), arguments={**parts, **buyer})


def _repay(said: Said) -> Command:
    return Command("change_payment", said["order_id"], arguments={"payment": said["payment_method_id"]})


def _with_lines(name: str) -> Callable[[Said], Command]:
    def command(said: Said) -> Command:
        lines = _lines(said["item_ids"], said.get("new_item_ids"))
        return Command(name, said["order_id"], arguments={"payment": said["payment_method_id"]}, lines=lines)

    return command


def _lines(given: Sequence[str], wanted: Sequence[str] | None) -> tuple[Line, ...]:
    return tuple(Line(new, 1, old) for old, new in zip(given, wanted or [""] * len(given), strict=True))


_COMMANDS: Mapping[str, Callable[[Said], Command]] = MappingProxyType({
    "cancel_pending_order": _cancel, "modify_pending_order_address": _readdress, "modify_user_address": _readdress,
    "modify_pending_order_payment": _repay, "modify_pending_order_items": _with_lines("change_items"),
    "return_delivered_order_items": _with_lines("return"),
    "exchange_delivered_order_items": _with_lines("exchange"),
})
