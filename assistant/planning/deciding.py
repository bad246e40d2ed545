"""What the rules say of a task: everything that the platform tells and the buyer has told, put before the book."""

from collections.abc import Mapping
from typing import Any

from assistant.cases.case import Case
from assistant.cases.table import moves_from
from assistant.commerce.model import OrderItem, Product
from assistant.conversation import Task
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import FactCatalog, NestedFacts
from assistant.decisions.gather import facts_of
from assistant.planning import baskets
from assistant.planning.errands import errand_of
from assistant.planning.step import Situation, Target
from assistant.understanding.reading import FactValue
from knowledge.errors import BadInput

APPEALS = ("appeal", "dispute", "reopen")
"""What a buyer who doesn't accept a result can do, by how the case stands."""


def decide_on(task: Task, target: Target | None, situation: Situation, book: RuleBook) -> Decision:
    """What the rules say of a task on these goods, by what the platform tells and the buyer has told."""
    catalog = book.for_shop(target.order.shop_id).catalog if target else book.catalog
    facts = _merged(_of_target(target, situation, catalog), _around(task, target, situation))
    if task.claim == "exchange" and target and "exchange.listed" in catalog.names:
        facts = _merged(facts, facts_of_exchange(task.facts.get("claim.exchange_for"), target, situation))
    facts = _merged(facts, _told(task, target, catalog))
    at: NestedFacts = {"claim": {"kind": task.claim, "at": situation.now}}
    return decide(book, _merged(facts, at), situation.now)


def _of_target(target: Target | None, situation: Situation, catalog: FactCatalog) -> NestedFacts:
    """What order, item, shop and product tell; without goods, what is known of the buyer."""
    if target is None:
        return {"buyer": {"credit_tier": situation.buyer.credit_tier}}
    order, item = target.order, target.item
    return facts_of(
        order, item, situation.buyer, situation.shops.get(order.shop_id), situation.products.get(item.product_id),
        situation.now, catalog=catalog,
    )


def _around(task: Task, target: Target | None, situation: Situation) -> NestedFacts:
    """What only some errands look at: visits that can be booked, the case, the basket and the means to pay."""
    about = errand_of(task.claim).about
    if about == "goods":
        return {
            **baskets.facts_of_basket(baskets.read(task.facts.get("claim.basket")), situation.goods),
            **baskets.facts_of_payment(task.facts.get("claim.payment"), situation.payments),
        }
    if about == "case":
        return facts_of_case(case_of(task, situation))
    if task.claim == "book_service" and target:
        returning = any(not one.closed and one.flow == "return" for one in _cases_on(task, situation))
        services = services_of(target.item, situation.products.get(target.item.product_id))
        return {"item": {"services": services}, "order": {"return_open": returning}}
    return {}


def facts_of_exchange(wanted: object, target: Target, situation: Situation) -> NestedFacts:
    """Whether the product wanted may take the item's place, and is on sale; empty while none was named."""
    if not isinstance(wanted, str) or not wanted:
        return {}
    own, other = situation.products.get(target.item.product_id), situation.goods.get(wanted)
    listed = own is not None and wanted in own.exchange_for
    return {"exchange": {"listed": listed, "on_sale": other is not None and other.on_sale}}


def services_of(item: OrderItem, product: Product | None) -> list[str]:
    """The visits that can be booked for an item: those of its product's sheet; a pick-up goes with a return instead."""
    kinds = [one.kind for one in product.sheet.services] if product else []
    return [kind for kind in kinds if kind != "pick_up" and not item.traits.get(f"no_{kind}")]


def facts_of_case(case: Case | None) -> NestedFacts:
    """What the buyer can do about a case, by the table that cases go by."""
    if case is None:
        return {"case": {"kind": "", "can_withdraw": False, "can_appeal": False}}
    moves = buyers_moves(case)
    return {"case": {
        "kind": case.kind,
        "can_withdraw": "withdraw" in moves and not case.paid_fen,
        "can_appeal": any(one in moves for one in APPEALS),
    }}


def buyers_moves(case: Case) -> tuple[str, ...]:
    """What the buyer can do to a case as it stands."""
    return () if case.closed else tuple(one.on for one in moves_from(case.flow, case.state) if "buyer" in one.by)


def case_of(task: Task, situation: Situation) -> Case | None:
    """The case that a task to withdraw or to appeal is about: one where that can be done, or else the newest."""
    cases = _cases_on(task, situation)
    wanted = ("withdraw",) if task.claim == "withdraw" else APPEALS
    open_to = (case for case in cases if any(one in wanted for one in buyers_moves(case)))
    return next(open_to, cases[0] if cases else None)


def _cases_on(task: Task, situation: Situation) -> list[Case]:
    """The cases on the task's goods, newest first."""
    return [
        case for case in situation.cases
        if case.order_id == task.order_id and case.item_id in (None, task.item_id)
    ]


def _told(task: Task, target: Target | None, catalog: FactCatalog) -> NestedFacts:
    """What the buyer has told; of facts that are another shop's there is nothing."""
    told: dict[str, dict[str, Any]] = {}
    for name, value in task.facts.items():
        space, _, leaf = name.partition(".")
        if name in catalog.names:
            told.setdefault(space, {})[leaf] = _possible(name, value, target)
    return told


def _possible(name: str, value: FactValue, target: Target | None) -> FactValue:
    """What the buyer told; of more units than were bought, all that were."""
    if name == "claim.quantity" and isinstance(value, int) and target:
        return min(value, target.item.quantity)
    return value


def _merged(first: Mapping[str, Mapping[str, Any]], then: Mapping[str, Mapping[str, Any]]) -> NestedFacts:
    """Both, space by space; what comes second wins."""
    return {space: {**first.get(space, {}), **then.get(space, {})} for space in {*first, *then}}


def may_tell(catalog: FactCatalog, name: str, value: FactValue) -> bool:
    """True when `name` is a buyer's to tell and `value` is one it can have; what the order says is nobody's to tell."""
    if name not in catalog.names or catalog.fact(name).known_by != "buyer" or name in ("claim.kind", "claim.at"):
        return False
    try:
        catalog.normal(name, value)
    except BadInput:
        return False
    return True
