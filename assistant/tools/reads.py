"""What can be looked up: orders, parcels, products, services, fault codes, invoices, cases, ways to pay."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from assistant.cases.case import Case
from assistant.commerce.goods import ServiceKind
from assistant.commerce.model import Order, OrderState, Product
from assistant.commerce.views import order_view, parcel_view
from assistant.currency import money
from assistant.tools.tool import At, Catalogue, Json
from knowledge.errors import NotFound
from knowledge.text import Language

READS = Catalogue()
MOST = 8


@READS.reads("查订单", "Find orders", when=lambda at: bool(at.orders))
async def find_orders(at: At, words: str = "", state: OrderState | None = None) -> Json:
    """The buyer's own orders, newest first; with `words` in a title, or in one `state`."""
    found = [one for one in at.situation.orders if state in (None, one.state) and _is_about(one, words.lower())][:MOST]
    shops, language = at.situation.shops, at.situation.language
    return {"orders": [order_view(order, shops.get(order.shop_id), language) for order in found]}


def _is_about(order: Order, words: str) -> bool:
    titles = (title for item in order.items for title in (item.title.zh, item.title.en))
    return not words or any(words in title.lower() for title in titles)


@READS.reads("查物流", "Track a parcel", when=lambda at: any(order.parcels for order in at.orders))
async def track_parcel(at: At, order_id: str) -> Json:
    """Where the parcels of one of the buyer's orders are."""
    order = own_order(at, order_id)
    return {"state": order.state, "parcels": [parcel_view(one, at.situation.language) for one in order.parcels]}


@READS.reads("找商品", "Find products")
async def find_products(at: At, words: str) -> Json:
    """Products on sale that fit the words."""
    found = await at.platform.search_products(at.scope, words, MOST)
    return {"products": [_brief(product, at.situation.language) for product in found]}


@READS.reads("看商品", "Look at a product")
async def product_details(at: At, product_id: str) -> Json:
    """A product's price, specification and what is in the box."""
    product, language = await _product(at, product_id), at.situation.language
    sheet = product.sheet
    return {
        **_brief(product, language),
        "attributes": {one.name.in_(language): one.value.in_(language) for one in sheet.attributes},
        "in_the_box": [one.in_(language) for one in sheet.in_the_box],
        "exchange_for": list(product.exchange_for),
    }


@READS.reads("对比商品", "Compare products")
async def compare_products(at: At, product_ids: Annotated[list[str], Field(min_length=2, max_length=4)]) -> Json:
    """Several products side by side."""
    return {"products": [await product_details(at, one) for one in product_ids]}


@READS.reads("优惠和赠品", "Promotions and gifts")
async def promotions_and_gifts(at: At, product_id: str) -> Json:
    """The offers that are on for a product, and what comes with it."""
    product, language = await _product(at, product_id), at.situation.language
    promotions = {one.title.in_(language): one.about.in_(language) for one in product.sheet.promotions}
    return {"promotions": promotions, "gifts": [one.in_(language) for one in product.sheet.gifts]}


@READS.reads("查故障码", "Look up a fault code")
async def fault_code(at: At, product_id: str, code: str) -> Json:
    """What a code on a product's display means, and what to do."""
    product, language = await _product(at, product_id), at.situation.language
    fault = product.sheet.faults.get(code.upper())
    if fault is None:
        raise NotFound(f"no meaning of {code!r} is known for {product_id}")
    return {"meaning": fault.meaning.in_(language), "advice": fault.advice.in_(language)}


@READS.reads("安装维修服务", "Installation, repair and other visits")
async def service_info(at: At, product_id: str, service: ServiceKind | None = None) -> Json:
    """How visits for a product go, what they cost and what materials they take."""
    product, language = await _product(at, product_id), at.situation.language
    told = [one for one in product.sheet.services if service in (None, one.kind)]
    return {"services": [
        {"kind": one.kind, "about": one.about.in_(language),
         "materials": one.materials.in_(language) if one.materials else None}
        for one in told
    ]}


@READS.reads("查发票", "Invoices", when=lambda at: any(order.paid_at for order in at.orders))
async def invoice_status(at: At, order_id: str) -> Json:
    """Whether an invoice was issued for one of the buyer's orders, and when."""
    facts = own_order(at, order_id).facts
    return {"invoice": facts.get("invoice", "none"), "issued_at": facts.get("invoice_issued_at")}


@READS.reads("售后进度", "Progress of cases", when=lambda at: bool(at.cases))
async def case_progress(at: At, case_number: str = "") -> Json:
    """How far the buyer's own cases have come, or the one of this number."""
    cases = [own_case(at.situation.cases, case_number)] if case_number else at.situation.cases[:MOST]
    return {"cases": [_case_view(case, at.situation.language) for case in cases]}


@READS.reads("支付方式和余额", "Payment methods and balances")
async def payment_methods(at: At) -> Json:
    """How the buyer can pay, and what is left on cards that hold money."""
    methods = await at.platform.payment_methods(at.scope, at.situation.buyer.id)
    return {"methods": [
        {"id": one.id, "title": one.title.in_(at.situation.language), "balance_fen": one.balance_fen} for one in methods
    ]}


def own_order(at: At, order_id: str) -> Order:
    """One of the buyer's orders.

    Raises:
        NotFound: there is none of this number, or it is somebody else's; nobody can tell which.
    """
    order = at.situation.order(order_id)
    if order is None:
        raise NotFound("no such order")
    return order


def own_case(cases: Iterable[Case], number: str) -> Case:
    """One of the buyer's cases by its number or id.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    case = next((one for one in cases if number in (one.number, one.id)), None)
    if case is None:
        raise NotFound("no such case")
    return case


async def _product(at: At, product_id: str) -> Product:
    product = at.situation.goods.get(product_id) or await at.platform.product(at.scope, product_id)
    if product is None:
        raise NotFound("no such product")
    return product


def _brief(product: Product, language: Language) -> dict[str, object]:
    return {
        "id": product.id, "title": product.title.in_(language), "price": money(product.price_fen),
        "on_sale": product.on_sale, "stock": product.stock,
    }


def _case_view(case: Case, language: Language) -> Json:
    steps = [
        {"step": one.label.in_(language), "at": one.at.isoformat() if one.at else None,
         "due": one.due.isoformat() if one.due else None}
        for one in case.steps
    ]
    return {"number": case.number, "title": case.title.in_(language), "state": case.state, "steps": steps}
