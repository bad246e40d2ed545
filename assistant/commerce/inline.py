"""Orders written straight into a script or a suite, in a form that takes one line each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.commerce.assembly import Surroundings, assemble
from assistant.commerce.model import Order, Product
from assistant.commerce.rows import read_order


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what inline orders may leave out or refer to: the buyer, the shop, and products known by id."""

    buyer_id: str = "buyer"
    shop_id: str = "shop"
    products: tuple[Product, ...] = ()


def parse_orders(
    rows: Sequence[Mapping[str, object]], today: datetime, cast: Cast | None = None
) -> tuple[Order, ...]:
    """Orders in a minimal form, newest first: `{title: 手机, category: digital, paid: 1999, delivered: -3d}`.

    An order takes the keys of `assistant.commerce.rows.OrderRow`, and those of `ItemRow` when it has one
    item. Offsets such as `-3d` count from `today`. Orders without an `id` get 18 digits by their place.

    Raises:
        BadInput: names the order and the key that is wrong, such as `orders[1].delivred: unknown key`.
    """
    cast = cast or Cast()
    products = {product.id: product for product in cast.products}
    around = Surroundings(now=today, products=products, buyer_id=cast.buyer_id, shop_id=cast.shop_id)
    orders = [_order(raw, around, place) for place, raw in enumerate(rows)]
    return tuple(sorted(orders, key=lambda order: order.created_at, reverse=True))


def _order(raw: Mapping[str, object], around: Surroundings, place: int) -> Order:
    """One order of the list."""
    where = f"orders[{place}]"
    row = read_order(raw, where, around.now)
    return assemble(row, around, row.id or f"9{place + 1:017d}", where)
