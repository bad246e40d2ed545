"""The shop as a platform: its books told in the platform's terms, commands that change them, facts for its rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from assistant.clock import SHANGHAI
from assistant.commerce.finding import best_products
from assistant.commerce.model import Buyer, Order, OrderItem, OrderState, PaymentMethod, Product, Shop
from assistant.commerce.platform import Command
from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.facts import FactCatalog, NestedFacts
from assistant.decisions.gather import facts_of
from assistant.decisions.jurisdiction import Jurisdiction, load_jurisdictions
from assistant.scope import Scope
from evals.external.ecom_bench.commands import (
    PAYMENTS,
    Ground,
    carried_out,
    cheaper_by,
    exchange_of,
    left_to_pay_back,
)
from evals.external.ecom_bench.data import ShopData
from evals.external.ecom_bench.state import ECARD, Books, Goods, Sale
from evals.external.outside import OutsideShop
from knowledge.text import Text

HERE = Path(__file__).parent
NOW = datetime(2025, 6, 16, 10, tzinfo=SHANGHAI)
"""The day on which tasks are played: a Monday, the day after the last thing that the data tell of."""

EARLIEST = datetime(2023, 1, 1, tzinfo=SHANGHAI)
"""When an order was placed of which the data tell no time."""

CLAIMS: Mapping[str, str] = {"price_difference": "price_protection"}
"""The claims whose command has another name."""

_STATES: Mapping[str, OrderState] = {
    "待付款": "unpaid", "已付款": "paid", "处理中": "paid", "已发货": "dispatched", "运输中": "dispatched",
    "已送达": "delivered", "已签收": "delivered", "已退货": "refunded", "已取消": "cancelled",
}
_ARGUMENTS = (
    "address", "phone", "recipient", "service", "visit_day", "payment", "exchange_for", "has_review", "wanted_fen",
)


def shop_jurisdiction() -> Jurisdiction:
    """The shop as a place with rules of its own."""
    return load_jurisdictions(HERE / "shop.yaml")["JD-SHOP"]


def shop_book() -> RuleBook:
    """The shop's rules, by themselves."""
    return load_book(jurisdiction=shop_jurisdiction())


class JdShop(OutsideShop):
    """The shop with its books as they stand; `books` is what commands change."""

    def __init__(self, data: ShopData, catalog: FactCatalog, tenant: str = "jd") -> None:
        super().__init__(tenant)
        self.books: Books = data.books
        self._data, self._catalog = data, catalog
        self.ground = Ground(data.catalogue, data.people)

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, or None when there is none or it isn't this scope's to see."""
        person = self._data.people.get(buyer_id) if self.may_see(scope, buyer_id) else None
        return Buyer(buyer_id, person.name, 3, "zh", _masked(person.phone)) if person else None

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders, newest first; empty when they aren't this scope's to see."""
        theirs = [self._order(one) for one in self.books.sales.values() if one.buyer_id == buyer_id]
        return sorted(theirs, key=lambda one: one.created_at, reverse=True) if self.may_see(scope, buyer_id) else []

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        sale = self._seen(scope, order_id)
        return self._order(sale) if sale else None

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        return self._data.catalogue.get(product_id) if scope.tenant == self.tenant else None

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """The one shop there is."""
        known = scope.tenant == self.tenant and shop_id == self._data.shop_id
        return Shop(shop_id, Text("京东家电店铺", "JD appliance shop"), 4.9) if known else None

    async def search_products(self, scope: Scope, words: str, limit: int = 8) -> Sequence[Product]:
        """The products that can be bought and fit the words best."""
        sold = [one for one in self._data.catalogue.products.values() if one.price_fen]
        return best_products(sold, words, limit) if scope.tenant == self.tenant else ()

    async def payment_methods(self, scope: Scope, buyer_id: str) -> Sequence[PaymentMethod]:
        """How the buyer can pay here; the gift card with what is on it."""
        if not self.may_see(scope, buyer_id):
            return ()
        balance = self.books.balances.get(buyer_id, 0)
        return [
            PaymentMethod(key, Text(name, name), balance if name == ECARD else None) for key, name in PAYMENTS.items()
        ]

    def carry_out(self, command: Command) -> None:
        """Change the books as the command says."""
        self.books = carried_out(self.books, command, self.ground)

    def facts(self, scope: Scope, command: Command, now: datetime) -> NestedFacts:
        """What is known of a wished-for command; another buyer's order is as none."""
        sale = self._seen(scope, command.order_id)
        claim = {key: command.arguments[key] for key in _ARGUMENTS if key in command.arguments}
        claim["kind"] = CLAIMS.get(command.name, command.name)
        if command.name == "place_order":
            return {"claim": {**claim, "basket": _basket(command)}, **self._purchase(scope, command)}
        if command.name == "exchange":
            claim["exchange_for"] = exchange_of(command)[1]
        if sale is None:
            return {"claim": claim, "order": {"found": False}}
        facts = self._order_facts(sale, command, now)
        return {**facts, "claim": {**facts["claim"], **claim}, "exchange": self._exchange(command)}

    def _seen(self, scope: Scope, order_id: str) -> Sale | None:
        sale = self.books.sales.get(order_id)
        return sale if sale and self.may_see(scope, sale.buyer_id) else None

    def _order_facts(self, sale: Sale, command: Command, now: datetime) -> NestedFacts:
        order = self._order(sale)
        wanted = exchange_of(command)[0] or order.items[0].id
        item = order.item(wanted)
        facts = facts_of(order, item or order.items[0], None, None, None, now, catalog=self._catalog)
        facts["item"]["found"] = item is not None
        return facts

    def _exchange(self, command: Command) -> dict[str, bool]:
        old, new = exchange_of(command)
        had, wanted = self._data.catalogue.get(old), self._data.catalogue.get(new)
        return {
            "listed": had is not None and new in had.exchange_for, "on_sale": wanted is not None and wanted.on_sale,
        }

    def _purchase(self, scope: Scope, command: Command) -> NestedFacts:
        """What the goods come to, and what can be paid with."""
        lines = [(self._data.catalogue.get(line.product_id), line.quantity) for line in command.lines]
        on_sale = all(product is not None and product.on_sale and product.price_fen for product, _ in lines)
        name = PAYMENTS.get(str(command.arguments.get("payment")))
        return {
            "basket": {
                "total_fen": sum(product.price_fen * quantity for product, quantity in lines if product),
                "units": sum(quantity for _, quantity in lines), "on_sale": on_sale, "in_stock": True,
            },
            "payment": {
                "accepted": name is not None, "holds_money": name == ECARD,
                "balance_fen": self.books.balances.get(scope.buyer_id or "", 0),
            },
        }

    def _order(self, sale: Sale) -> Order:
        """An order in the platform's terms."""
        parcel, state = self._data.parcels.get(sale.id), _STATES.get(sale.status, "paid")
        scans = parcel.events if parcel else ()
        created = sale.placed_at or (scans[0].at if scans else EARLIEST)
        return Order(
            id=sale.id, buyer_id=sale.buyer_id, shop_id=self._data.shop_id, state=state, created_at=created,
            items=tuple(self._item(sale, goods) for goods in sale.goods), paid_fen=_paid(sale),
            refunded_fen=_paid(sale) - left_to_pay_back(sale), payment=_payment_id(sale.payment),
            dispatched_at=scans[1].at if len(scans) > 1 and state in ("dispatched", "delivered") else None,
            delivered_at=scans[-1].at if scans and state == "delivered" else None,
            address_masked=sale.address, parcels=(parcel,) if parcel else (), facts=self._known(sale),
        )

    def _known(self, sale: Sale) -> dict[str, bool | int | str]:
        parcel = self._data.parcels.get(sale.id)
        arrived = sale.status in ("已送达", "已签收") or (parcel is not None and parcel.state == "delivered")
        return {
            "status": sale.status, "payment": sale.payment, "left_fen": left_to_pay_back(sale),
            "has_arrived": arrived, "cashback_paid": sale.id in self.books.cashbacks,
        }

    def _item(self, sale: Sale, goods: Goods) -> OrderItem:
        product = self._data.catalogue.get(goods.product_id)
        title = product.title if product else Text(goods.product_id, goods.product_id)
        paid = _share(sale, goods)
        return OrderItem(
            goods.product_id, goods.product_id, title, "appliances", goods.quantity, goods.unit_fen, paid,
            refunded_fen=paid if sale.status in ("已退货", "已取消") else 0,
            traits={"cheaper_by_fen": cheaper_by(sale, goods.product_id, self._data.catalogue)},
        )


def _paid(sale: Sale) -> int:
    return 0 if sale.status == "待付款" else sale.total_fen


def _share(sale: Sale, goods: Goods) -> int:
    """What was paid for an order's goods: what they cost, and never more than the whole order."""
    return min(_paid(sale), goods.unit_fen * goods.quantity)


def _payment_id(name: str) -> str:
    return next((key for key, title in PAYMENTS.items() if title == name), "")


def _masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else phone


def _basket(command: Command) -> str:
    return ",".join(f"{line.product_id}*{line.quantity}" for line in command.lines)
