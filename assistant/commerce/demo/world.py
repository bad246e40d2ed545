"""The demo shop's state on a day, read from the YAML beside this file."""

from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from assistant.commerce.assembly import Surroundings, assemble
from assistant.commerce.categories import categories
from assistant.commerce.dates import local_midnight
from assistant.commerce.goods import ProductSheet
from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop
from assistant.commerce.rows import (
    BuyerRow,
    ProductRow,
    SheetsFile,
    ShopRow,
    load_yaml,
    read_list,
    read_order,
    read_yaml,
)
from assistant.commerce.sheets import sheet_of
from assistant.commerce.world import World
from knowledge.errors import BadInput

_FOLDER = Path(__file__).parent
_DAYS_KEPT = 4


def demo_world(today: datetime) -> World:
    """The shops, products, buyers and orders on the day (in the shops' time zone) that `today` falls in.

    The same day always gives the same world; on another day only the dates differ. All that happened to an
    order happened before the day's first instant, so that nothing changes in the course of a day.

    Raises:
        BadInput: a file of the demo shop is wrong; the message names file, place and key.
    """
    return _world(local_midnight(today))


def demo_products() -> tuple[Product, ...]:
    """What the demo's shops sell; the same on every day."""
    return _catalogue()[1]


@lru_cache(maxsize=_DAYS_KEPT)
def _world(midnight: datetime) -> World:
    """The world on the day that starts at `midnight`."""
    shops, products, buyers = _catalogue()
    around = Surroundings(
        now=midnight,
        products={product.id: product for product in products},
        carriers={row.id: row.carrier for row in _shop_rows()},
        addresses={row.id: row.address for row in _buyer_rows()},
    )
    orders = [_order(raw, around, place) for place, raw in enumerate(_order_rows())]
    orders.sort(key=lambda order: order.created_at, reverse=True)
    world = World(shops, products, buyers, tuple(orders), _payments())
    _check(world)
    return world


def _order(raw: object, around: Surroundings, place: int) -> Order:
    """The order at `place` in orders.yaml."""
    where = f"orders.yaml[{place}]"
    row = read_order(raw, where, around.now)
    if row.id is None:
        raise BadInput(f"{where}: needs an `id`, so that it can be referred to for good")
    return assemble(row, around, row.id, where)


def _check(world: World) -> None:
    """Raise BadInput when the demo's files refer to what isn't there, or an id is there twice."""
    shops, buyers = {shop.id for shop in world.shops}, {buyer.id for buyer in world.buyers}
    for product in world.products:
        if product.shop_id not in shops:
            raise BadInput(f"products.yaml: {product.id} is sold by an unknown shop {product.shop_id!r}")
    for order in world.orders:
        if order.shop_id not in shops or order.buyer_id not in buyers:
            raise BadInput(f"orders.yaml: {order.id} names an unknown shop or buyer")
    ids = [order.id for order in world.orders]
    if len(set(ids)) != len(ids):
        raise BadInput("orders.yaml: two orders have the same id")


@cache
def _catalogue() -> tuple[tuple[Shop, ...], tuple[Product, ...], tuple[Buyer, ...]]:
    """What does not change from day to day."""
    shops = tuple(Shop(row.id, row.name.text(), row.score, row.promises, row.facts) for row in _shop_rows())
    products = tuple(_product(row) for row in read_list(_FOLDER / "products.yaml", ProductRow))
    buyers = tuple(
        Buyer(row.id, row.name, row.credit_tier, row.language, row.phone_masked, row.facts) for row in _buyer_rows()
    )
    return shops, products, buyers


def _product(row: ProductRow) -> Product:
    """A product with its category's traits and its own."""
    traits = {**categories()[row.category].traits, **row.traits}
    description = row.description.text() if row.description else None
    return Product(
        row.id, row.shop, row.title.text(), row.category, row.price, row.aliases, traits, description,
        row.on_sale, row.stock, row.exchange_for, _sheets().get(row.id, ProductSheet()),
    )


@cache
def _sheets() -> dict[str, ProductSheet]:
    """sheets.yaml."""
    rows = read_yaml(_FOLDER / "sheets.yaml", SheetsFile).sheets
    return {product_id: sheet_of(row) for product_id, row in rows.items()}


@cache
def _payments() -> dict[str, tuple[PaymentMethod, ...]]:
    """How each buyer can pay, with what was on it when the demo's day began."""
    return {
        row.id: tuple(PaymentMethod(one.id, one.title.text(), one.balance) for one in row.payments)
        for row in _buyer_rows()
    }


@cache
def _shop_rows() -> tuple[ShopRow, ...]:
    """shops.yaml."""
    return read_list(_FOLDER / "shops.yaml", ShopRow)


@cache
def _buyer_rows() -> tuple[BuyerRow, ...]:
    """buyers.yaml."""
    return read_list(_FOLDER / "buyers.yaml", BuyerRow)


@cache
def _order_rows() -> tuple[object, ...]:
    """orders.yaml, not yet dated."""
    return tuple(load_yaml(_FOLDER / "orders.yaml"))
