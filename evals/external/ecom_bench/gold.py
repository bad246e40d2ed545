"""Gold: the books after a task's own writes, by a plain replay, and the same writes as commands for our gateway.

The benchmark writes an order and its payment apart; here they are one command, so two of its writes may be one of ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.commerce.platform import Command, Line
from evals.external.ecom_bench.commands import PAYMENTS, SERVICES, Ground
from evals.external.ecom_bench.shop import NOW
from evals.external.ecom_bench.state import Books, Goods, Invoice, Sale, Visit, next_day, weekday_of
from evals.external.ecom_bench.tasks import Task, Write

# -- the books after the gold writes --


def gold_books(task: Task, books: Books, ground: Ground) -> Books:
    """The books after the gold writes of a task; orders are placed first, as other writes may name them."""
    for write in sorted(task.writes, key=lambda one: one.kind != "manage_order:增加"):
        books = _REPLAYS[write.kind](books, {"user_id": task.buyer_id, **write.arguments}, ground)
    return books


def _added(books: Books, said: Mapping[str, Any], ground: Ground) -> Books:
    goods = tuple(_goods(one, ground) for one in said["product_info_list"])
    person = ground.people[said["user_id"]]
    total = sum(one.unit_fen * one.quantity for one in goods)
    to = person.name, person.phone, person.address
    return books.with_sale(Sale(books.next_number, person.id, "已付款", total, goods, said["payment"], *to))


def _goods(said: Mapping[str, Any], ground: Ground) -> Goods:
    product = ground.catalogue.products[said["product_id"]]
    return Goods(product.id, product.price_fen, int(said["quantity"]))


def _status(status: str) -> Callable[[Books, Mapping[str, Any], Ground], Books]:
    return lambda books, said, _: books.with_sale(replace(books.sales[said["order_id"]], status=status))


def _changed(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    sale = books.sales[said["order_id"]]
    phone = said.get("phone_number") or said.get("phone") or sale.phone
    return books.with_sale(replace(sale, address=said.get("address") or sale.address, phone=phone))


def _exchanged(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    sale, old, new = books.sales[said["order_id"]], said["original_product_id"], said["exchange_product_id"]
    goods = tuple(replace(one, product_id=new) if one.product_id == old else one for one in sale.goods)
    return books.with_sale(replace(sale, goods=goods))


def _spent(books: Books, said: Mapping[str, Any], ground: Ground) -> Books:
    one = _goods(said, ground)
    return books.with_balance(said["user_id"], -one.unit_fen * one.quantity)


def _paid_back(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    return books.with_balance(said["user_id"], round(float(said["amount"]) * 100))


def _urged(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    return books.with_sale(replace(books.sales[said["order_id"]], urged=True))


def _visited(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    visit = Visit(weekday_of(said["service_time"]), said["user_name"], said["phone_number"])
    return books.with_visit(said["order_id"], said["service_type"], visit)


def _invoiced(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    return books.with_invoice(said["order_id"], Invoice(said["invoice_type"], said["title"], said["phone_number"]))


def _registered(books: Books, said: Mapping[str, Any], _ground: Ground) -> Books:
    return books.with_cashback(said["order_id"])


_REPLAYS: Mapping[str, Callable[[Books, Mapping[str, Any], Ground], Books]] = MappingProxyType({
    "manage_order:增加": _added, "manage_order:取消": _status("已取消"), "manage_order:修改": _changed,
    "manage_return": _status("已退货"), "manage_exchange:换货": _exchanged, "manage_ecard:余额使用": _spent,
    "manage_ecard:退款": _paid_back, "manage_urgent": _urged, "schedule_service": _visited,
    "manage_invoice": _invoiced, "register_cashback_by_review:返现": _registered,
})


# -- the gold writes as commands --


def gold_commands(task: Task, books: Books) -> tuple[Command, ...]:
    """The gold writes as our commands, in an order in which they can be done: new orders before what names them.

    Payments and refunds of orders are part of the command on the order; a refund that belongs to none is price
    protection. What a card pays back comes before what it is to pay.
    """
    commands = [_COMMANDS[write.kind](write.arguments, task) for write in task.writes if write.kind in _COMMANDS]
    refunds = [write for write in task.writes if write.kind == "manage_ecard:退款"]
    closed = [one for one in commands if one.name in ("return", "cancel_order")]
    by_card = [one for one in closed if books.sales[one.order_id].payment == PAYMENTS["ecard"]]
    for write in refunds[len(by_card):]:
        commands.append(_protected(write, task, books))
    return tuple(sorted(commands, key=lambda one: _TURN.get(one.name, 2)))


_TURN = {"return": 0, "cancel_order": 0, "price_difference": 0, "place_order": 1}


def _protected(write: Write, task: Task, books: Books) -> Command:
    """The price protection that a refund is: of the buyer's order and product that it fits."""
    named = write.arguments.get("product_id")
    sales = [sale for sale in books.sales.values() if sale.buyer_id == task.buyer_id]
    amount = round(float(write.arguments["amount"]) * 100)
    fitting = [
        (sale.id, one.product_id) for sale in sales for one in sale.goods
        if one.unit_fen * one.quantity >= amount and named in (None, one.product_id)
    ]
    order_id, product_id = max(fitting, key=lambda pair: pair[1] in task.instruction)
    return Command("price_difference", order_id, product_id)


def _place(said: Mapping[str, Any], task: Task) -> Command:
    lines = tuple(Line(one["product_id"], int(one["quantity"])) for one in said["product_info_list"])
    payment = next(key for key, name in PAYMENTS.items() if name == said["payment"])
    return Command("place_order", "", None, 0, {"payment": payment, "buyer_id": task.buyer_id}, lines)


def _readdress(said: Mapping[str, Any], _task: Task) -> Command:
    changes = {"address": said.get("address", ""), "phone": said.get("phone_number", "")}
    return Command("change_address", said["order_id"], arguments={key: v for key, v in changes.items() if v})


def _exchange(said: Mapping[str, Any], _task: Task) -> Command:
    old = said["original_product_id"]
    return Command("exchange", said["order_id"], old, lines=(Line(said["exchange_product_id"], 1, old),))


def _visit(said: Mapping[str, Any], _task: Task) -> Command:
    service = next(key for key, name in SERVICES.items() if name == said["service_type"])
    day = next_day(said["service_time"], NOW.date()) or NOW.date()
    whom = {"recipient": said["user_name"], "phone": said["phone_number"]}
    arguments = {"service": service, "visit_day": day.isoformat(), **whom}
    return Command("book_service", said["order_id"], arguments=arguments)


def _invoice(said: Mapping[str, Any], _task: Task) -> Command:
    kind = "personal" if said["invoice_type"] == "个人发票" else "company"
    arguments = {"invoice_for": kind, "invoice_title": said["title"], "phone": said["phone_number"]}
    return Command("invoice", said["order_id"], arguments=arguments)


def _cashback(said: Mapping[str, Any], _task: Task) -> Command:
    return Command("review_cashback", said["order_id"], arguments={"has_review": True})


def _plain(name: str) -> Callable[[Mapping[str, Any], Task], Command]:
    return lambda said, _: Command(name, said["order_id"])


_COMMANDS: Mapping[str, Callable[[Mapping[str, Any], Task], Command]] = MappingProxyType({
    "manage_order:增加": _place, "manage_order:取消": _plain("cancel_order"), "manage_order:修改": _readdress,
    "manage_return": _plain("return"), "manage_exchange:换货": _exchange, "manage_urgent": _plain("urge"),
    "schedule_service": _visit, "manage_invoice": _invoice, "register_cashback_by_review:返现": _cashback,
})
