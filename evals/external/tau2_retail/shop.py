"""The shop as a platform: its books told in the platform's terms, commands that change them, facts for its rules."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.commerce.model import Buyer, Order, OrderItem, OrderState, PaymentMethod, Product, Shop
from assistant.commerce.platform import Command
from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.facts import NestedFacts
from assistant.decisions.jurisdiction import load_jurisdictions
from assistant.scope import Scope
from evals.external.outside import OutsideShop
from evals.external.tau2_retail.commands import carried_out, difference, items_named
from evals.external.tau2_retail.data import ShopData, address_of
from evals.external.tau2_retail.state import Books, Bought, Profile, Sale, Variant
from knowledge.text import Text

HERE = Path(__file__).parent
NOW = datetime(2024, 5, 15, 15, tzinfo=ZoneInfo("America/New_York"))
"""The time at which tasks are played; the data tell no times, and no rule of the policy asks for one."""

SHOP_ID = "tau2-retail"
_STATES: dict[str, OrderState] = {"processed": "dispatched", "delivered": "delivered", "cancelled": "cancelled"}


def shop_book() -> RuleBook:
    """The shop's rules, by themselves."""
    return load_book(jurisdiction=load_jurisdictions(HERE / "shop.yaml")["TAU2-RETAIL"])


class RetailShop(OutsideShop):
    """The shop with its books as they stand; `books` is what commands change."""

    def __init__(self, data: ShopData, tenant: str = "tau2") -> None:
        super().__init__(tenant)
        self.books: Books = data.books
        self._variants = data.variants

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, or None when there is none or it isn't this scope's to see."""
        profile = self._profile(scope, buyer_id)
        return Buyer(buyer_id, profile.name, 3, "en") if profile else None

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders; empty when they aren't this scope's to see."""
        sales = self.books.sales.values() if self.may_see(scope, buyer_id) else ()
        return [self._order(one) for one in sales if one.buyer_id == buyer_id]

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        sale = self._seen(scope, order_id)
        return self._order(sale) if sale else None

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A version of a product, by the version's id."""
        one = self._variants.get(product_id) if scope.tenant == self.tenant else None
        if one is None:
            return None
        words = ", ".join(one.options.values())
        title = Text(words, words)
        return Product(one.id, SHOP_ID, title, "home", one.price_cents, on_sale=one.available)

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """The one shop there is."""
        known = scope.tenant == self.tenant and shop_id == SHOP_ID
        return Shop(SHOP_ID, Text("零售店铺", "Retail shop"), 4.9) if known else None

    async def payment_methods(self, scope: Scope, buyer_id: str) -> Sequence[PaymentMethod]:
        """The buyer's ways to pay; gift cards with what is on them."""
        profile = self._profile(scope, buyer_id)
        return [
            PaymentMethod(one.id, Text(one.id, one.id), one.balance_cents if one.source == "gift_card" else None)
            for one in (profile.methods.values() if profile else ())
        ]

    def carry_out(self, command: Command) -> None:
        """Change the books as the command says."""
        self.books = carried_out(self.books, command, self._variants)

    def facts(self, scope: Scope, command: Command, now: datetime) -> NestedFacts:
        """What is known of a wished-for command; another buyer's order is as none."""
        said = command.arguments
        claim: dict[str, object] = {"kind": command.name, "at": now}
        if command.name == "change_address":
            claim["address"] = ", ".join(part for part in address_of(said) if part)
        if "cancel_reason" in said:
            claim["cancel_reason"] = said["cancel_reason"]
        if not command.order_id:
            named = self._profile(scope, str(said.get("buyer_id", "")))
            return {"claim": claim, "order": {"found": named is not None, "named": False}}
        sale = self._seen(scope, command.order_id)
        if sale is None:
            return {"claim": claim, "order": {"found": False}}
        order = {"found": True, "status": sale.status, "total_fen": sale.total_cents}
        payment = self._payment(sale, str(said.get("payment", "")))
        return {"claim": claim, "order": order, "lines": self._lines(sale, command), "payment": payment}

    def _seen(self, scope: Scope, order_id: str) -> Sale | None:
        sale = self.books.sales.get(order_id)
        return sale if sale and self.may_see(scope, sale.buyer_id) else None

    def _profile(self, scope: Scope, buyer_id: str) -> Profile | None:
        return self.books.profiles.get(buyer_id) if self.may_see(scope, buyer_id) else None

    def _lines(self, sale: Sale, command: Command) -> dict[str, bool | int]:
        """What the items named are to the order, and the versions wanted to the items."""
        given = items_named(sale, [line.item_id for line in command.lines])
        wanted = [one for line in command.lines if (one := self._variants.get(line.product_id))]
        known = {"named": bool(command.lines), "in_order": len(given) == len(command.lines)}
        if not known["in_order"] or len(wanted) != len(given):
            return {**known, "value_fen": sum(one.price_cents for one in given)}
        return {**known, **_compared(given, wanted), "value_fen": sum(one.price_cents for one in given)}

    def _payment(self, sale: Sale, method_id: str) -> dict[str, bool | int | str]:
        """What the way to pay that is named is to the order's buyer."""
        method = self.books.profiles[sale.buyer_id].methods.get(method_id)
        if method is None:
            return {"own": False}
        return {
            "own": True, "source": method.source, "is_original": method.id == sale.original_method,
            "balance_fen": method.balance_cents,
        }

    def _order(self, sale: Sale) -> Order:
        """An order in the platform's terms."""
        state = _STATES.get(sale.status, "paid" if sale.status.startswith("pending") else "delivered")
        items = tuple(
            OrderItem(one.item_id, one.item_id, Text(one.title, one.title), "home", 1, one.price_cents, one.price_cents)
            for one in sale.items
        )
        return Order(sale.id, sale.buyer_id, SHOP_ID, state, NOW, items, sale.total_cents, currency="USD",
                     address_masked=sale.address[2] if sale.address else "", facts={"status": sale.status})


def _compared(given: Sequence[Bought], wanted: Sequence[Variant]) -> dict[str, bool | int]:
    """How the versions wanted stand to the items given, pair by pair."""
    pairs = list(zip(given, wanted, strict=True))
    more = difference(given, wanted)
    return {
        "sold": True, "same_product": all(old.product_id == new.product_id for old, new in pairs),
        "another_option": all(old.item_id != new.id for old, new in pairs),
        "available": all(new.available for _, new in pairs), "due_fen": max(0, more), "back_fen": max(0, -more),
    }
