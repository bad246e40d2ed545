"""Which goods of which order a buyer means: tapped, named in words, or the only ones there are."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from assistant.commerce.model import Order
from assistant.conversation import Task
from assistant.planning.errands import errand_of
from assistant.planning.step import AskOrder, Plan, Situation, Target
from assistant.understanding.orders import Candidate, OrderView, resolve_order
from assistant.understanding.reading import Reading
from knowledge.text import Text

PARCEL = "parcel"
"""What is looked for when the question is where a parcel is, which is no claim."""

LEFT_OUT = {"complaint": ("unpaid",), "cancel_order": ("cancelled", "refunded"), "change_address": ("cancelled",)}
"""States of orders that a claim can't be about; an order that nobody paid can be cancelled or sent elsewhere."""

VISIT = "book_service"
SHOWN_ORDERS = 8
SURE, AHEAD = 0.6, 0.15
RECENT = timedelta(days=30)
_BY_NAME = ("thing", "number")


def picked_target(reading: Reading, situation: Situation) -> Target | None:
    """The goods that the buyer tapped, or chose in answer to "which order?"."""
    choice = situation.choice
    if choice and choice.order_id:
        return target_at(situation, choice.order_id, choice.item_id)
    picked = reading.facts.get("order")
    if isinstance(picked, str):
        order_id, _, item_id = picked.partition("/")
        return target_at(situation, order_id, item_id or None)
    return None


def named_target(reading: Reading, situation: Situation, claim: str) -> Target | None:
    """The goods that the words point to, when they point to one clearly enough."""
    return _clearest(_resolved(reading, situation, candidate_targets(situation, claim), claim), situation)


def named_targets(reading: Reading, situation: Situation, claim: str) -> list[Target]:
    """All goods that the words name, those that fit best first."""
    found = _resolved(reading, situation, candidate_targets(situation, claim), claim)
    named = (target_at(situation, one.order_id, one.item_id) for one in found if _is_named(one))
    return [target for target in named if target]


def best_target(reading: Reading, situation: Situation, claim: str) -> Target | None:
    """The goods that were tapped or named, the only ones there are, or those that the buyer was looking at."""
    picked = picked_target(reading, situation)
    if picked:
        return picked
    targets = candidate_targets(situation, claim)
    found = _resolved(reading, situation, targets, claim)
    if says_other(reading):
        return _the_other(situation, targets)
    viewed = _in_view(situation, targets)
    if found:
        alike = {one.order_id for one in found if one.score > found[0].score - AHEAD}
        fits = viewed is not None and viewed.order.id in alike
        return _clearest(found, situation) or (viewed if fits else None) or (targets[0] if len(targets) == 1 else None)
    if names_something(reading):
        return None
    return viewed or target_at(situation, situation.state.page_order_id, None) or _only(targets, claim)


def says_other(reading: Reading) -> bool:
    """True when the words mean another order than the one that the dialogue was about, without naming it."""
    numbered = reading.of_kind("order_number") or reading.of_kind("product_id")
    return not numbered and bool(_OTHER.search(reading.text))


_OTHER = re.compile(
    r"(?:另外?一|别的|其[他它])(?:个|些|件|笔)?(?:订单|单子?|商品)|\b(?:an)?other (?:order|one|item)\b", re.IGNORECASE
)


def _the_other(situation: Situation, targets: Sequence[Target]) -> Target | None:
    """The goods of the one order that the dialogue was not about."""
    state = situation.state
    before = state.task or state.last
    seen = {before.order_id if before else None, state.page_order_id}
    seen |= {one.order.id for one in targets if one.item.product_id in state.goods}
    others = [one for one in targets if one.order.id not in seen]
    return others[0] if len({one.order.id for one in others}) == 1 and len(others) == 1 else None


def _in_view(situation: Situation, targets: Sequence[Target]) -> Target | None:
    """The goods that the buyer just ordered here, or was told about where they are among these and the only ones."""
    last = situation.state.last
    if last and last.claim == "place_order" and situation.orders:
        newest = max(situation.orders, key=lambda order: order.created_at).id
        return next((one for one in targets if one.order.id == newest), None)
    shown = [one for one in targets if one.item.product_id in situation.state.goods]
    return shown[0] if len(shown) == 1 else None


def names_something(reading: Reading) -> str:
    """The goods or the order number that the words name, or nothing."""
    return next((m.text for m in reading.mentions if m.kind in ("product", "product_id", "order_number")), "")


def ask_order(claim: str, reading: Reading, situation: Situation) -> Plan:
    """Ask which goods are meant: those the words may mean first, then the newest."""
    targets = candidate_targets(situation, claim)
    found = _resolved(reading, situation, targets, claim)
    likely = [target_at(situation, c.order_id, c.item_id) for c in found]
    ordered = {(t.order.id, t.item.id): t for t in [*likely, *targets] if t}
    named = "" if found else names_something(reading)
    return Plan(AskOrder(claim, tuple(ordered.values())[:SHOWN_ORDERS], contradicted=named), situation.state)


def candidate_targets(situation: Situation, claim: str) -> list[Target]:
    """All goods that a claim of this kind could be about, newest order first."""
    if errand_of(claim).about == "case":
        return _with_cases(situation)
    orders = [order for order in situation.orders if order.state not in LEFT_OUT.get(claim, ("unpaid", "cancelled"))]
    if claim == PARCEL:
        earliest = situation.now - RECENT
        orders = [o for o in orders if o.delivered_at is None or o.delivered_at > earliest] or orders
    return [Target(order, item) for order in orders for item in order.items]


def _with_cases(situation: Situation) -> list[Target]:
    """The goods that the buyer has cases on, the newest case first."""
    found = (target_at(situation, case.order_id, case.item_id) for case in situation.cases)
    return list({(one.order.id, one.item.id): one for one in found if one}.values())


def target_of_task(task: Task, situation: Situation) -> Target | None:
    """The goods that a task is about, once they are known."""
    return target_at(situation, task.order_id, task.item_id) if task.order_id else None


def target_at(situation: Situation, order_id: str | None, item_id: str | None) -> Target | None:
    """An item of one of the buyer's own orders; without an item id, the order's only or first item."""
    order = situation.order(order_id)
    if order is None:
        return None
    item = order.item(item_id) if item_id else order.items[0]
    return Target(order, item) if item else None


def _only(targets: Sequence[Target], claim: str) -> Target | None:
    """The one thing that can be meant without being named; of parcels, the one that is on its way."""
    if claim == PARCEL:
        orders = list(dict.fromkeys(_under_way(targets))) or list(dict.fromkeys(t.order.id for t in targets))
        return next(t for t in targets if t.order.id == orders[0]) if len(orders) == 1 else None
    return targets[0] if len(targets) == 1 else None


def _under_way(targets: Iterable[Target]) -> Iterable[str]:
    return (t.order.id for t in targets if _on_its_way(t.order))


def _on_its_way(order: Order) -> bool:
    return order.dispatched_at is not None and order.delivered_at is None


def _clearest(found: Sequence[Candidate], situation: Situation) -> Target | None:
    """The best candidate, if it is good and well ahead of the second; or the only one, if it was named.

    Who names goods and is wrong about their day or their state still means these goods.
    """
    if not found:
        return None
    best = found[0]
    clear = best.score >= SURE and (len(found) == 1 or best.score - found[1].score >= AHEAD)
    if clear or (len(found) == 1 and _is_named(best)):
        return target_at(situation, best.order_id, best.item_id)
    return None


def _is_named(candidate: Candidate) -> bool:
    return any(clue in candidate.why for clue in _BY_NAME)


def _resolved(
    reading: Reading, situation: Situation, targets: Sequence[Target], claim: str = ""
) -> Sequence[Candidate]:
    """The goods that the words may mean. A day for a visit is still to come, and tells nothing of what was bought."""
    views = [_view(target, situation) for target in targets]
    ahead = ("date",) if claim == VISIT else ()
    mentions = [one for one in reading.mentions if one.kind not in ahead]
    return resolve_order(mentions, reading.text, views, situation.today)


def _view(target: Target, situation: Situation) -> OrderView:
    zone = situation.zone
    order, item = target.order, target.item
    product = situation.products.get(item.product_id)
    shop = situation.shops.get(order.shop_id)
    return OrderView(
        order_id=order.id, item_id=item.id, title=item.title, aliases=product.aliases if product else (),
        category=item.category, shop=shop.name if shop else Text("", ""), options=dict(item.options),
        created_at=order.created_at.astimezone(zone), state=order.state,
        delivered_at=order.delivered_at.astimezone(zone) if order.delivered_at else None, paid_fen=item.paid_fen,
        product_id=item.product_id,
    )
