"""Reads: where is it, how is my case, what is this product, what does this code mean. They answer at once."""

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.commerce.model import Product
from assistant.conversation import DialogueState
from assistant.planning import goods
from assistant.planning.mind import Mind
from assistant.planning.shelf import products_meant
from assistant.planning.step import Aspect, Plan, ShowCases, ShowParcels, ShowPayments, ShowProducts, Situation
from assistant.understanding.reading import Reading

PARCELS = ("order.parcel", "order.status", "order.not_received")
ASPECTS: Mapping[str, Aspect] = {
    "ask.compare": "compare", "ask.fault": "fault", "ask.service": "services", "ask.promotion": "promotions",
    "ask.product": "details",
}
"""Which part of a product's sheet answers which kind of question."""

COMPARED_MOST = 4
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{0,3}\d)[A-Za-z]{0,3}\d{1,4}(?![A-Za-z0-9])")


def on_lookup(reading: Reading, situation: Situation, _mind: Mind) -> Plan | None:
    """Where is it, how is my case. What a claim was asking stays asked."""
    state = situation.state
    if reading.has("case.progress"):
        return Plan(ShowCases(situation.cases), replace(state, misses=0))
    parcel_asked = state.asked is not None and state.asked.name == goods.PARCEL
    chosen = goods.picked_target(reading, situation) if parcel_asked else None
    if not chosen and not any(reading.has(name) for name in PARCELS):
        return None
    target = chosen or goods.best_target(reading, situation, goods.PARCEL)
    if target is None:
        return goods.ask_order(goods.PARCEL, reading, situation)
    kept = replace(state, misses=0, asked=None if parcel_asked else state.asked)
    return Plan(ShowParcels(target.order), _viewing(kept, target.order.id, (target.item.product_id,)))


def _viewing(state: DialogueState, order_id: str | None, products: tuple[str, ...]) -> DialogueState:
    """The state with these goods in view; a task on others that is over is no longer what "it" means."""
    last = state.last if state.last and (order_id is None or state.last.order_id == order_id) else None
    return replace(state, goods=products, last=last, page_order_id=order_id or state.page_order_id)


def on_products(reading: Reading, situation: Situation, _mind: Mind) -> Plan | None:
    """A question about products that their sheets answer; what they don't tell is left to the knowledge."""
    state = situation.state
    if reading.has("ask.payment") and situation.payments:
        return Plan(ShowPayments(situation.payments), replace(state, misses=0))
    aspect = next((ASPECTS[one.name] for one in reading.intents if one.name in ASPECTS), None)
    meant = products_meant(reading, situation) if aspect else ()
    if aspect is None or not meant:
        return None
    aspect, code = _narrowed(aspect, meant), code_in(reading.text, meant)
    meant = meant if aspect == "compare" else tuple(one for one in meant if tells(one, aspect, code))
    if not any(tells(product, aspect, code) for product in meant):
        return None
    shown = tuple(product.id for product in meant)
    held = {item.product_id: order.id for order in situation.orders for item in order.items}
    bought = held.get(shown[0]) if len(shown) == 1 else None
    return Plan(ShowProducts(meant[:COMPARED_MOST], aspect, code), _viewing(replace(state, misses=0), bought, shown))


def _narrowed(aspect: Aspect, meant: tuple[Product, ...]) -> Aspect:
    """One product alone can't be compared: it is told about."""
    return "details" if aspect == "compare" and len(meant) == 1 else aspect


def code_in(text: str, products: tuple[Product, ...]) -> str:
    """The fault code that a text names, of those that the products can show; as their sheets write it."""
    known = {code.upper(): code for product in products for code in product.sheet.faults}
    named = (known.get(match[0].upper()) for match in _CODE.finditer(text))
    return next((code for code in named if code), "")


def tells(product: Product, aspect: Aspect, code: str = "") -> bool:
    """True when a product's sheet has something to say on this."""
    sheet = product.sheet
    if aspect == "fault":
        return code in sheet.faults
    if aspect == "services":
        return bool(sheet.services)
    if aspect == "promotions":
        return bool(sheet.promotions or sheet.gifts)
    return bool(sheet.attributes or sheet.in_the_box or product.description)
