"""Looking up what a message is about beyond the buyer's own orders: products that it names, and ways to pay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.commerce.model import Product
from assistant.planning import baskets
from assistant.planning.shelf import NUMBERS
from assistant.planning.step import Situation
from assistant.scope import Scope
from assistant.services import Services
from assistant.understanding.reading import Reading

ABOUT_GOODS = (
    "order.place", "claim.exchange", "ask.product", "ask.compare", "ask.promotion", "ask.fault", "ask.service",
)
"""What a buyer may say of goods that they have not bought."""

SEARCHED = 5


async def with_goods(services: Services, scope: Scope, reading: Reading, situation: Situation) -> Situation:
    """The situation with the products that the words, the basket or the last turn name, and with ways to pay.

    Most turns need nothing of it, and ask the platform nothing.
    """
    numbered = await _numbered(services, scope, reading, situation)
    named = await _named(services, scope, reading, situation)
    found = {product.id: product for product in (*numbered, *named)}
    payments = situation.payments
    if reading.has("ask.payment") or _buys(reading, situation):
        payments = tuple(await services.platform.payment_methods(scope, situation.buyer.id))
    return replace(situation, found=found, payments=payments) if found or payments else situation


async def _numbered(services: Services, scope: Scope, reading: Reading, situation: Situation) -> list[Product]:
    """The products that are named by number, now or before."""
    numbers = (str(one.value) for one in reading.mentions if one.kind in NUMBERS)
    named = (one for one in numbers if situation.order(one) is None)
    ids = dict.fromkeys([*named, *_kept(situation), *_swaps(reading, situation)])
    wanted = [one for one in ids if one not in situation.products]
    products = [await services.platform.product(scope, one) for one in wanted]
    return [one for one in products if one]


def _kept(situation: Situation) -> Iterator[str]:
    """What the dialogue holds on to: the products last shown, and those of baskets that wait."""
    state = situation.state
    yield from state.goods
    tasks = [task for task in (state.task, state.last, *state.waiting) if task]
    for task in tasks:
        yield from (line.product_id for line in baskets.read(task.facts.get("claim.basket")))


def _swaps(reading: Reading, situation: Situation) -> Iterator[str]:
    """What the buyer's goods can be exchanged for, while an exchange is wished for or was just turned down."""
    task = situation.state.task or situation.state.last
    if reading.has("claim.exchange") or (task is not None and task.claim == "exchange"):
        for product in situation.products.values():
            yield from product.exchange_for


async def _named(services: Services, scope: Scope, reading: Reading, situation: Situation) -> Iterable[Product]:
    """What the words fit best on the platform's shelves, where they may mean goods that were not bought."""
    if not (any(reading.has(name) for name in ABOUT_GOODS) or _buys(reading, situation)) or not reading.text:
        return ()
    return await services.platform.search_products(scope, reading.text, SEARCHED)


def _buys(reading: Reading, situation: Situation) -> bool:
    """True while an order is being placed."""
    tasks = (situation.state.task, *situation.state.waiting)
    return reading.has("order.place") or any(task is not None and task.claim == "place_order" for task in tasks)
