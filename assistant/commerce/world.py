"""All that a platform knows, as one value: shops, products, buyers and orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop


@dataclass(frozen=True, slots=True)
class World:
    """A platform's whole state at one moment. Orders are newest first; `payments` are ways to pay by buyer."""

    shops: tuple[Shop, ...] = ()
    products: tuple[Product, ...] = ()
    buyers: tuple[Buyer, ...] = ()
    orders: tuple[Order, ...] = ()
    payments: Mapping[str, tuple[PaymentMethod, ...]] = field(default_factory=dict)

    def shop(self, shop_id: str) -> Shop | None:
        """The shop with this id, if there is one."""
        return next((shop for shop in self.shops if shop.id == shop_id), None)

    def product(self, product_id: str) -> Product | None:
        """The product with this id, if there is one."""
        return next((product for product in self.products if product.id == product_id), None)

    def buyer(self, buyer_id: str) -> Buyer | None:
        """The buyer with this id, if there is one."""
        return next((buyer for buyer in self.buyers if buyer.id == buyer_id), None)

    def order(self, order_id: str) -> Order | None:
        """The order with this id, if there is one."""
        return next((order for order in self.orders if order.id == order_id), None)
