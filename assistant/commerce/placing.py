"""Orders that are placed for a buyer: what is refused, what the new order looks like, and what is left on a card."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from assistant.commerce.model import Order, OrderItem, PaymentMethod, Product
from assistant.commerce.platform import Command, Line
from assistant.commerce.world import World
from knowledge.errors import BadInput, Conflict, NotFound

PLACE_ORDER = "place_order"


def check_purchase(command: Command, world: World, methods: Sequence[PaymentMethod]) -> None:
    """Let a `place_order` through when its goods are on sale, its sum is today's, and it can be paid.

    Raises:
        BadInput: it names no goods, or fewer than one of something.
        NotFound: there is no such product.
        Conflict: off the shelf, too few left, prices that have changed, or too little on the card.
    """
    if not command.lines or any(line.quantity < 1 for line in command.lines):
        raise BadInput("place_order needs at least one unit of something")
    total = sum(_product(line, world).price_fen * line.quantity for line in command.lines)
    for line in command.lines:
        _check_on_shelf(_product(line, world), line.quantity)
    if total != command.amount_fen:
        raise Conflict(f"place_order of {command.amount_fen} fen: it comes to {total} fen today")
    _check_payment(command, methods)


def _product(line: Line, world: World) -> Product:
    product = world.product(line.product_id)
    if product is None:
        raise NotFound(f"there is no product {line.product_id}")
    return product


def _check_on_shelf(product: Product, quantity: int) -> None:
    if not product.on_sale:
        raise Conflict(f"place_order: {product.id} is off the shelf")
    if product.stock is not None and product.stock < quantity:
        raise Conflict(f"place_order: {product.stock} of {product.id} are left")


def _check_payment(command: Command, methods: Sequence[PaymentMethod]) -> None:
    """A method of the buyer's own, with enough on it where it holds money."""
    method = next((one for one in methods if one.id == command.arguments.get("payment")), None)
    if method is None:
        raise Conflict(f"place_order: {command.arguments.get('payment')!r} is no payment method of this buyer")
    if method.balance_fen is not None and method.balance_fen < command.amount_fen:
        raise Conflict(f"place_order: {method.balance_fen} fen are left on {method.id}")


def order_number(key: str) -> str:
    """The number of the order that is placed under a key: eighteen digits."""
    return f"27{int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % 10**16:016d}"


def placed_order(command: Command, key: str, world: World) -> Order:
    """The order that a command made: paid at once with what holds money, and unpaid otherwise."""
    number, at = order_number(key), datetime.fromisoformat(str(command.arguments["asked_at"]))
    buyer_id, payment = str(command.arguments["buyer_id"]), str(command.arguments["payment"])
    paid = any(one.id == payment and one.balance_fen is not None for one in world.payments.get(buyer_id, ()))
    products = [_product(line, world) for line in command.lines]
    items = tuple(
        _item(product, line.quantity, f"{number}-{place}", paid)
        for place, (product, line) in enumerate(zip(products, command.lines, strict=True), start=1)
    )
    return Order(
        id=number, buyer_id=buyer_id, shop_id=products[0].shop_id, state="paid" if paid else "unpaid", created_at=at,
        items=items, paid_fen=command.amount_fen if paid else 0, paid_at=at if paid else None, payment=payment,
    )


def _item(product: Product, quantity: int, item_id: str, paid: bool) -> OrderItem:
    return OrderItem(
        item_id, product.id, product.title, product.category, quantity, product.price_fen,
        product.price_fen * quantity if paid else 0, traits=product.traits,
    )


def with_balances(methods: Iterable[PaymentMethod], before: Sequence[Order], after: Sequence[Order]
                  ) -> tuple[PaymentMethod, ...]:
    """The methods with what is on them now: less what was paid since, and with what came back.

    `before` are the buyer's orders as the world began, `after` as they stand, new ones among them.
    """
    return tuple(
        replace(one, balance_fen=one.balance_fen + _spent(one.id, before) - _spent(one.id, after))
        if one.balance_fen is not None else one
        for one in methods
    )


def _spent(method: str, orders: Sequence[Order]) -> int:
    return sum(order.paid_fen - order.refunded_fen for order in orders if order.payment == method)
