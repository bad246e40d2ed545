"""What each command does to the shop's books. Pure: books and a command in, books out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from assistant.commerce.platform import Command
from evals.external.ecom_bench.data import Catalogue, Person
from evals.external.ecom_bench.state import ECARD, UNSENT, Books, Goods, Invoice, Sale, Visit, weekday_of
from knowledge.errors import BadInput, Conflict, NotFound

PAYMENTS: Mapping[str, str] = MappingProxyType(
    {"ecard": ECARD, "wechat": "微信", "alipay": "支付宝", "bank_card": "银行卡"}
)
"""The ways to pay, by our ids, as the shop's books name them."""

SERVICES: Mapping[str, str] = MappingProxyType({"installation": "安装", "repair": "维修"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What commands look things up in, and never change."""

    catalogue: Catalogue
    people: Mapping[str, Person]


def carried_out(books: Books, command: Command, ground: Ground) -> Books:
    """The books after a command.

    Raises:
        NotFound: there is no such order or product.
        Conflict: the order's state, or the money left, does not allow it.
        BadInput: the shop has no such command.
    """
    if command.name not in _EFFECTS:
        raise BadInput(f"the shop has no command `{command.name}`")
    return _EFFECTS[command.name](books, command, ground)


def left_to_pay_back(sale: Sale) -> int:
    """Fen of an order that can still go back to its buyer."""
    return 0 if sale.status in ("待付款", "已退货", "已取消") else sale.total_fen - sale.paid_back_fen


def sale_of(books: Books, command: Command) -> Sale:
    """The order that a command is about."""
    if command.order_id not in books.sales:
        raise NotFound(f"there is no order {command.order_id}")
    return books.sales[command.order_id]


def _close(status: str, *allowed: str) -> Callable[[Books, Command, Ground], Books]:
    """Close an order of one of these states; what a gift card paid goes back to it."""

    def effect(books: Books, command: Command, _ground: Ground) -> Books:
        sale = _in_state(sale_of(books, command), command, allowed)
        if command.amount_fen != left_to_pay_back(sale):
            raise Conflict(f"{command.name} of {command.amount_fen} fen: {left_to_pay_back(sale)} fen are left")
        closed = books.with_sale(replace(sale, status=status))
        return closed.with_balance(sale.buyer_id, command.amount_fen) if sale.payment == ECARD else closed

    return effect


def _in_state(sale: Sale, command: Command, allowed: tuple[str, ...]) -> Sale:
    if sale.status not in allowed:
        raise Conflict(f"{command.name}: order {sale.id} is {sale.status}")
    return sale


def _readdress(books: Books, command: Command, _ground: Ground) -> Books:
    sale = _in_state(sale_of(books, command), command, UNSENT)
    address, phone, recipient = (str(command.arguments.get(key, "")) for key in ("address", "phone", "recipient"))
    moved = replace(
        sale, address=address or sale.address, phone=phone or sale.phone, recipient=recipient or sale.recipient
    )
    return books.with_sale(moved)


def _urge(books: Books, command: Command, _ground: Ground) -> Books:
    return books.with_sale(replace(sale_of(books, command), urged=True))


def _exchange(books: Books, command: Command, ground: Ground) -> Books:
    """One product takes the other's place; the handbook settles no difference in price."""
    sale, (old, new) = _in_state(sale_of(books, command), command, UNSENT), exchange_of(command)
    product = ground.catalogue.get(old)
    if product is None or new not in product.exchange_for:
        raise Conflict(f"exchange: {old} can't be exchanged for {new}")
    if all(one.product_id != old for one in sale.goods):
        raise NotFound(f"order {sale.id} has no {old}")
    goods = tuple(replace(one, product_id=new) if one.product_id == old else one for one in sale.goods)
    return books.with_sale(replace(sale, goods=goods))


def exchange_of(command: Command) -> tuple[str, str]:
    """The product that is given back, and the one wanted for it; empty where it isn't said."""
    line = command.lines[0] if command.lines else None
    wanted = line.product_id if line else str(command.arguments.get("exchange_for", ""))
    return (line.item_id if line and line.item_id else command.item_id or ""), wanted


def _pay_difference(books: Books, command: Command, ground: Ground) -> Books:
    """A fall in price is paid to the gift card, however the order was paid."""
    sale = sale_of(books, command)
    due = cheaper_by(sale, command.item_id or "", ground.catalogue)
    if not command.amount_fen or command.amount_fen > due:
        raise Conflict(f"price_difference of {command.amount_fen} fen: {due} fen are due")
    paid = books.with_sale(replace(sale, paid_back_fen=sale.paid_back_fen + command.amount_fen))
    return paid.with_balance(sale.buyer_id, command.amount_fen)


def cheaper_by(sale: Sale, product_id: str, catalogue: Catalogue) -> int:
    """Fen by which an order's product is cheaper today than it was, less what was paid for that before."""
    product = catalogue.get(product_id)
    if product is None or not product.price_fen:
        return 0
    fallen = sum(
        max(0, one.unit_fen - product.price_fen) * one.quantity for one in sale.goods if one.product_id == product_id
    )
    return max(0, fallen - sale.paid_back_fen)


def _book(books: Books, command: Command, _ground: Ground) -> Books:
    sale, said = sale_of(books, command), command.arguments
    service = SERVICES.get(str(said.get("service")))
    if service is None:
        raise BadInput(f"book_service: the shop has no service {said.get('service')!r}")
    visit = Visit(
        weekday_of(str(said["visit_day"])), str(said.get("recipient") or sale.recipient),
        str(said.get("phone") or sale.phone),
    )
    return books.with_visit(sale.id, service, visit)


def _invoice(books: Books, command: Command, ground: Ground) -> Books:
    sale, said = sale_of(books, command), command.arguments
    person = ground.people.get(sale.buyer_id)
    kind = "企业发票" if said.get("invoice_for") == "company" else "个人发票"
    title = str(said.get("invoice_title") or (person.name if person else sale.recipient))
    return books.with_invoice(sale.id, Invoice(kind, title, str(said.get("phone") or (person.phone if person else ""))))


def _cashback(books: Books, command: Command, _ground: Ground) -> Books:
    if command.order_id in books.cashbacks:
        raise Conflict(f"review_cashback: {command.order_id} is registered already")
    return books.with_cashback(sale_of(books, command).id)


def _place(books: Books, command: Command, ground: Ground) -> Books:
    """A new order to the buyer's own address, paid at once; a gift card must hold more than that."""
    buyer = str(command.arguments.get("buyer_id", ""))
    payment = PAYMENTS.get(str(command.arguments.get("payment")))
    if payment is None:
        raise Conflict(f"place_order: no payment method {command.arguments.get('payment')!r}")
    sale = _new_sale(books, command, ground, buyer, payment)
    if command.amount_fen != sale.total_fen:
        raise Conflict(f"place_order of {command.amount_fen} fen: it comes to {sale.total_fen} fen today")
    if payment == ECARD and books.balances.get(buyer, 0) <= sale.total_fen:
        raise Conflict("place_order: the gift card does not hold enough")
    placed = books.with_sale(sale)
    return placed.with_balance(buyer, -sale.total_fen) if payment == ECARD else placed


def _new_sale(books: Books, command: Command, ground: Ground, buyer: str, payment: str) -> Sale:
    goods = tuple(
        Goods(line.product_id, _price(line.product_id, ground.catalogue), line.quantity) for line in command.lines
    )
    if not goods:
        raise BadInput("place_order names no goods")
    person = ground.people.get(buyer)
    to = (person.name, person.phone, person.address) if person else ("", "", "")
    total = sum(one.unit_fen * one.quantity for one in goods)
    asked = str(command.arguments.get("asked_at", ""))
    placed_at = datetime.fromisoformat(asked) if asked else None
    return Sale(books.next_number, buyer, "已付款", total, goods, payment, *to, placed_at=placed_at)


def _price(product_id: str, catalogue: Catalogue) -> int:
    product = catalogue.get(product_id)
    if product is None:
        raise NotFound(f"there is no product {product_id}")
    if not product.on_sale or not product.price_fen:
        raise Conflict(f"{product_id} is not on sale")
    return product.price_fen


_EFFECTS: Mapping[str, Callable[[Books, Command, Ground], Books]] = MappingProxyType({
    "cancel_order": _close("已取消", *UNSENT), "return": _close("已退货", "已签收"), "change_address": _readdress,
    "urge": _urge, "exchange": _exchange, "price_difference": _pay_difference, "book_service": _book,
    "invoice": _invoice, "review_cashback": _cashback, "place_order": _place,
})
COMMANDS: tuple[str, ...] = tuple(_EFFECTS)
