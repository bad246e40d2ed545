"""Claims: which goods are meant, what the rules say of them, and what must be asked before they can say it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from assistant.cases.case import Case
from assistant.clock import SHANGHAI
from assistant.commerce.platform import Command
from assistant.conversation import HandOver, Task
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import FactCatalog
from assistant.decisions.gather import facts_of
from assistant.planning.step import (
    AskFact,
    AskOrder,
    AskWish,
    PassOn,
    Plan,
    Propose,
    Refuse,
    ShowCases,
    Situation,
    Target,
)
from assistant.understanding.orders import Candidate, OrderView, resolve_order
from assistant.understanding.reading import FactValue, Reading
from knowledge.answers import Answer
from knowledge.errors import BadInput
from knowledge.search import SearchQuery
from knowledge.service import Answered, Knowledge
from knowledge.text import Text

UNDECIDED = "problem"
"""The claim of a task whose buyer told what is wrong, but not yet what they want."""

CLAIM_OF_INTENT = {
    "claim.return": "return", "claim.refund": "refund", "claim.exchange": "exchange", "claim.repair": "repair",
    "claim.price": "price_protection", "claim.compensation": "compensation", "claim.complaint": "complaint",
    "order.cancel": "refund", "claim.problem": UNDECIDED,
}
WISHES = ("return", "refund", "exchange", "repair", "compensation")
SHOWN_ORDERS = 8
SURE, AHEAD = 0.6, 0.15
MISSES_ALLOWED = 3
FEW_OPTIONS = 6
OTHER = "other"


def wishes_of(reading: Reading) -> tuple[str, ...]:
    """The claims a reading names, best first; "something is wrong" only counts where no wish was named."""
    named = [CLAIM_OF_INTENT[i.name] for i in reading.intents if i.name in CLAIM_OF_INTENT]
    wishes = tuple(dict.fromkeys(claim for claim in named if claim != UNDECIDED))
    return wishes or ((UNDECIDED,) if named else ())


def advance(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Plan:
    """The next step of a task: find the goods, decide, and ask, propose, refuse or pass on as the rules say."""
    state = replace(situation.state, task=task, misses=0)
    target = _target_of(task, reading, situation)
    if target is None:
        return ask_order(task.claim, reading, replace(situation, state=state))
    task = replace(task, order_id=target.order.id, item_id=target.item.id)
    state = replace(state, task=task, page_order_id=None)
    if task.claim == UNDECIDED:
        open_to = tuple(c for c in WISHES if _decide(replace(task, claim=c), target, situation, book).outcome != "refuse")
        return Plan(AskWish(target, open_to), replace(state, asked=None))
    already = _open_case(task, situation)
    if already:
        return Plan(ShowCases((already,), already=True), replace(state, task=None, asked=None))
    decision = _decide(task, target, situation, book)
    return _as_decided(decision, task, target, replace(situation, state=state), book)


def _as_decided(
    decision: Decision, task: Task, target: Target, situation: Situation, book: RuleBook
) -> Plan:
    state = situation.state
    if decision.outcome == "grant":
        step = Propose(decision, command_of(decision, task, target), target)
        return Plan(step, replace(state, asked=None), decision)
    if decision.outcome == "refuse":
        return Plan(Refuse(decision, target), replace(state, task=None, asked=None), decision)
    if decision.outcome == "ask" and decision.asks:
        return _ask(decision, task, target, situation, book)
    return Plan(PassOn(_REVIEW), replace(state, asked=None), decision)


def _ask(decision: Decision, task: Task, target: Target, situation: Situation, book: RuleBook) -> Plan:
    """Ask the fact that settles most; a fact that stayed unanswered three times is a person's to find out."""
    fact = decision.asks[0].name
    asked_before = situation.state.asked is not None and situation.state.asked.name == fact
    misses = task.misses + 1 if asked_before else 0
    state = replace(situation.state, task=replace(task, misses=misses), misses=misses)
    if misses >= MISSES_ALLOWED:
        return Plan(PassOn(_STUCK), replace(state, asked=None), decision)
    options = _telling_options(fact, task, target, situation, book)
    return Plan(AskFact(fact, task.claim, target, misses > 0, options), state, decision)


def _telling_options(
    name: str, task: Task, target: Target, situation: Situation, book: RuleBook
) -> tuple[str | bool, ...]:
    """The values of a fact that lead somewhere of their own: "spoiled" for shrimps, not for a phone.

    Of the values that come to the same as "something else" only the commonest, which stands first, is offered beside it.
    """
    fact = book.catalog.fact(name)
    if fact.type != "enum" or len(fact.options) <= FEW_OPTIONS:
        return ()
    leads = {
        option.value: _gist(_decide(task.with_facts({name: option.value}), target, situation, book))
        for option in fact.options
    }
    rest = leads.get(OTHER)
    common = next((value for value, gist in leads.items() if gist == rest), OTHER)
    return tuple(value for value, gist in leads.items() if value in (OTHER, common) or gist != rest)


def _gist(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.remedy, decision.rule, decision.return_freight, decision.asks[:1]


def command_of(decision: Decision, task: Task, target: Target) -> Command:
    """What the platform is to do for a granted decision. The amount is the decision's, and nobody else's."""
    reason = task.facts.get("claim.reason")
    arguments: dict[str, str | int | bool] = {"rule": decision.rule or "", "claim": decision.claim}
    if isinstance(reason, str):
        arguments["reason"] = reason
    return Command(
        name=_COMMANDS.get(decision.remedy or "", decision.remedy or decision.claim),
        order_id=target.order.id,
        item_id=target.item.id,
        amount_fen=decision.amount.fen if decision.amount else 0,
        arguments=arguments,
    )


def _decide(task: Task, target: Target, situation: Situation, book: RuleBook) -> Decision:
    facts = facts_of(
        target.order, target.item, situation.buyer, situation.shops.get(target.order.shop_id),
        situation.products.get(target.item.product_id), situation.now,
    )
    claim: dict[str, FactValue] = {"kind": task.claim}
    told: dict[str, dict[str, FactValue]] = {}
    for name, value in task.facts.items():
        space, _, leaf = name.partition(".")
        told.setdefault(space, {})[leaf] = value
    merged = {space: {**facts.get(space, {}), **told.get(space, {})} for space in {*facts, *told}}
    merged["claim"] = {**merged.get("claim", {}), **claim, "at": situation.now}
    return decide(book, merged, situation.now)


def may_tell(catalog: FactCatalog, name: str, value: FactValue) -> bool:
    """True when `name` is a buyer's to tell and `value` is one it can have; what the order says is nobody's to tell."""
    if name not in catalog.names or catalog.fact(name).known_by != "buyer" or name in ("claim.kind", "claim.at"):
        return False
    try:
        catalog.fact(name).normal(value)
    except BadInput:
        return False
    return True


def _open_case(task: Task, situation: Situation) -> Case | None:
    kinds = _KINDS_OF_CLAIM.get(task.claim, (task.claim,))
    return next(
        (
            case
            for case in situation.cases
            if case.order_id == task.order_id and case.item_id == task.item_id and case.kind in kinds
            and case.state not in ("done", "withdrawn")
        ),
        None,
    )


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


def target_at(situation: Situation, order_id: str, item_id: str | None) -> Target | None:
    """An item of one of the buyer's own orders; without an item id, the order's only or first item."""
    order = situation.order(order_id)
    if order is None:
        return None
    item = order.item(item_id) if item_id else order.items[0]
    return Target(order, item) if item else None


def best_target(reading: Reading, situation: Situation, claim: str) -> Target | None:
    """The goods that the words point to, when they point to one clearly enough."""
    targets = candidate_targets(situation, claim)
    if len(targets) == 1:
        return targets[0]
    picked = picked_target(reading, situation)
    if picked:
        return picked
    found = _resolved(reading, situation, targets)
    if found and found[0].score >= SURE and (len(found) == 1 or found[0].score - found[1].score >= AHEAD):
        return target_at(situation, found[0].order_id, found[0].item_id)
    page = situation.state.page_order_id
    return target_at(situation, page, None) if page and not found else None


def ask_order(claim: str, reading: Reading, situation: Situation) -> Plan:
    """Ask which goods are meant: those the words may mean first, then the newest."""
    targets = candidate_targets(situation, claim)
    found = _resolved(reading, situation, targets)
    likely = [target_at(situation, c.order_id, c.item_id) for c in found]
    ordered = {(t.order.id, t.item.id): t for t in [*likely, *targets] if t}
    named = next((m.text for m in reading.mentions if m.kind in ("product", "order_number")), "")
    step = AskOrder(claim, tuple(ordered.values())[:SHOWN_ORDERS], contradicted=named if named and not found else "")
    return Plan(step, replace(situation.state, task=situation.state.task))


def candidate_targets(situation: Situation, claim: str) -> list[Target]:
    """All goods that a claim of this kind could be about, newest order first."""
    states = ("unpaid", "cancelled") if claim != "complaint" else ("unpaid",)
    orders = [order for order in situation.orders if order.state not in states]
    if claim == "parcel":
        recent = situation.now - timedelta(days=30)
        orders = [o for o in orders if o.parcels and (o.delivered_at is None or o.delivered_at > recent)] or orders
    return [Target(order, item) for order in orders for item in order.items]


def target_of_task(task: Task, situation: Situation) -> Target | None:
    """The goods that a task is about, once they are known."""
    return target_at(situation, task.order_id, task.item_id) if task.order_id else None


def _target_of(task: Task, reading: Reading, situation: Situation) -> Target | None:
    if task.order_id:
        return target_at(situation, task.order_id, task.item_id)
    return best_target(reading, situation, task.claim)


def _resolved(reading: Reading, situation: Situation, targets: Sequence[Target]) -> Sequence[Candidate]:
    views = [_view(target, situation) for target in targets]
    today = situation.now.astimezone(SHANGHAI).date()
    return resolve_order(reading.mentions, reading.text, views, today)


def _view(target: Target, situation: Situation) -> OrderView:
    order, item = target.order, target.item
    product = situation.products.get(item.product_id)
    shop = situation.shops.get(order.shop_id)
    return OrderView(
        order_id=order.id, item_id=item.id, title=item.title, aliases=product.aliases if product else (),
        category=item.category, shop=shop.name if shop else Text("", ""), options=dict(item.options),
        created_at=order.created_at, delivered_at=order.delivered_at, state=order.state, paid_fen=item.paid_fen,
    )


def answer_of(
    knowledge: Knowledge, question: str, reading: Reading, situation: Situation
) -> tuple[Answer | None, tuple[str, ...]]:
    """The answer to a question, or None with the nearest clauses when it isn't covered."""
    vector = reading.vector if question == reading.text else None
    today = situation.now.astimezone(SHANGHAI).date()
    query = SearchQuery(question, today, situation.language, tenant=situation.tenant, vector=vector)
    asked = knowledge.ask(query)
    found = asked.answer if isinstance(asked, Answered) else None
    return found, tuple(hit.clause.id for hit in asked.hits[:3])


_COMMANDS = {"return_and_refund": "return"}
_KINDS_OF_CLAIM = {
    "return": ("return_and_refund", "refund"), "refund": ("refund", "return_and_refund"),
    "price_protection": ("price_difference",),
}
_REVIEW = HandOver("review", Text("规则要求由人判断", "The rules leave this to a person"), "disputes", 3)
_STUCK = HandOver("no_progress", Text("连续几轮没有进展", "Several turns without progress"), "general", 3)
