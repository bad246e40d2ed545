"""Claims: what the rules say of the goods that are meant, and what must be asked before they can say it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.cases.case import Case
from assistant.commerce.model import Product
from assistant.conversation import HandOver, Task
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.planning.commands import command_of
from assistant.planning.deciding import decide_on
from assistant.planning.errands import errand_of
from assistant.planning.goods import ask_order, best_target, candidate_targets, names_something, target_of_task
from assistant.planning.retention import fresh_offer
from assistant.planning.step import AskFact, AskWish, PassOn, Plan, Propose, Refuse, ShowCases, Situation, Target
from assistant.understanding.reading import Reading
from knowledge.text import Text

UNDECIDED = "problem"
"""The claim of a task whose buyer told what is wrong, but not yet what they want."""

CLAIM_OF_INTENT = {
    "claim.return": "return", "claim.refund": "refund", "claim.exchange": "exchange", "claim.repair": "repair",
    "claim.price": "price_protection", "claim.compensation": "compensation", "claim.complaint": "complaint",
    "order.cancel": "cancel_order", "order.address": "change_address", "order.urge": "urge",
    "order.book": "book_service", "order.place": "place_order", "order.invoice": "invoice",
    "order.cashback": "review_cashback", "case.withdraw": "withdraw", "case.appeal": "appeal",
    "claim.problem": UNDECIDED, "order.not_received": UNDECIDED,
}
WISHES = ("return", "refund", "exchange", "repair", "compensation")
NARROW = (
    "compensation", "price_protection", "cancel_order", "change_address", "urge", "book_service", "review_cashback",
    "withdraw", "appeal",
)
"""Claims that few orders allow: where just one does, that one is meant."""

ALWAYS_OPEN = ("complaint",)
MISSES_ALLOWED = 3
FEW_OPTIONS = 6
OTHER = "other"
ONCE = ("change_address", "book_service", "place_order", "withdraw", "appeal", "urge")
"""Errands that can be asked for again once they are done: they answer for themselves."""


def wishes_of(reading: Reading) -> tuple[str, ...]:
    """The claims a reading names, best first; "something is wrong" only counts where no wish was named.

    What is wrong may be told without any intent being read, and what is wanted by its plain name.
    """
    named = [CLAIM_OF_INTENT[i.name] for i in reading.intents if i.name in CLAIM_OF_INTENT]
    wishes = tuple(claim for claim in dict.fromkeys(named) if claim != UNDECIDED and claim not in _meant_by(named))
    trouble = bool(named) or (not reading.intents and "claim.reason" in reading.facts)
    if wishes or not trouble:
        return wishes
    kind = reading.facts.get("claim.kind")
    return (kind,) if isinstance(kind, str) and kind in CLAIM_OF_INTENT.values() else (UNDECIDED,)


def _meant_by(named: Sequence[str]) -> tuple[str, ...]:
    """Claims that only say what another one is for: who books a visit to have it repaired wants the visit."""
    return ("repair",) if "book_service" in named else ()


def advance(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Plan:
    """The next step of a task: find the goods, decide, and ask, propose, refuse or pass on as the rules say.

    Whatever was proposed before is off the table: it rested on a claim, goods or facts that may have changed.
    """
    before, about = situation.state, errand_of(task.claim).about
    if about == "case" and not candidate_targets(situation, task.claim):
        return Plan(ShowCases(()), replace(before, task=None, asked=None, misses=0))
    target = None if about == "goods" else _target_of(task, reading, situation, book)
    if target:
        task = _as_it_stands(replace(task, order_id=target.order.id, item_id=target.item.id), target, reading)
    learned = before.task is None or _said(before.task) != _said(task)
    state = replace(
        before, task=task, proposal_id=None, asked=None if learned else before.asked,
        misses=0 if learned else before.misses + 1,
    )
    if target is None and about != "goods":
        return ask_order(task.claim, reading, replace(situation, state=state))
    situation = replace(situation, state=replace(state, page_order_id=None))
    return _noting_order(_on_goods(task, target, situation, book), reading, target)


def _target_of(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Target | None:
    """The goods that a task is about: known before, named now, or the only ones that it is possible for."""
    return (
        target_of_task(task, situation)
        or best_target(reading, situation, task.claim)
        or _only_possible(task, reading, situation, book)
    )


def _only_possible(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Target | None:
    """The one order that a narrow claim is possible for, where the words name no goods."""
    if task.claim not in NARROW or names_something(reading):
        return None
    possible = possible_targets(task, situation, book)
    return possible[0] if len(possible) == 1 else None


def possible_targets(task: Task, situation: Situation, book: RuleBook) -> list[Target]:
    """The goods for which the rules don't refuse a claim; of each order one, where it is about the whole order."""
    targets = candidate_targets(situation, task.claim)
    if errand_of(task.claim).about == "order":
        targets = list({target.order.id: target for target in reversed(targets)}.values())[::-1]
    return [one for one in targets if decide_on(_about(task, one), one, situation, book).outcome != "refuse"]


def _about(task: Task, target: Target) -> Task:
    return replace(task, order_id=target.order.id, item_id=target.item.id)


WHOLE_ORDER = re.compile(r"订单|整单|全部|都取消|\border\b|everything", re.IGNORECASE)


def _as_it_stands(task: Task, target: Target, reading: Reading) -> Task:
    """The task, with "cancel" taken as the order allows it.

    What was dispatched can't be cancelled any more, and one thing of several is refunded while the others still come.
    """
    order = target.order
    sent = order.dispatched_at is not None or order.delivered_at is not None
    one_of_several = len(order.items) > 1 and names_something(reading) and not WHOLE_ORDER.search(reading.text)
    refunded = order.paid_at is not None and (sent or one_of_several)
    return replace(task, claim="refund") if task.claim == "cancel_order" and refunded else task


def _said(task: Task) -> tuple[object, ...]:
    return task.claim, task.order_id, task.item_id, dict(task.facts)


def _on_goods(task: Task, target: Target | None, situation: Situation, book: RuleBook) -> Plan:
    """The step for a task whose goods are known."""
    state = situation.state
    if task.claim == UNDECIDED:
        would_be = {claim: decide_on(replace(task, claim=claim), target, situation, book) for claim in WISHES}
        open_to = tuple(claim for claim, decision in would_be.items() if decision.outcome != "refuse")
        return Plan(AskWish(target, open_to or ALWAYS_OPEN), replace(state, asked=None))
    already = _case_of(task, situation, settled=False)
    if already:
        return Plan(ShowCases((already,), already=True), replace(state, task=None, asked=None, misses=0))
    return _as_decided(decide_on(task, target, situation, book), task, target, situation, book)


def _as_decided(decision: Decision, task: Task, target: Target | None, situation: Situation, book: RuleBook) -> Plan:
    state = situation.state
    done = replace(state, asked=None, misses=0)
    if decision.outcome == "grant":
        command = command_of(decision, task, target, situation)
        return Plan(Propose(decision, command, target, fresh_offer(decision, command, situation)), done, decision)
    if decision.outcome == "refuse":
        before = _case_of(task, situation, settled=True)
        step = ShowCases((before,), already=True) if before else _refusal(decision, task, target, situation)
        return Plan(step, replace(done, task=None, last=task), decision)
    if decision.outcome == "review" or not decision.asks:
        return Plan(PassOn(_REVIEW), done, decision)
    if state.misses >= MISSES_ALLOWED:      # what the buyer could not tell is a person's to find out
        return Plan(PassOn(_STUCK), replace(state, asked=None), decision)
    fact = decision.asks[0].name
    again = state.misses > 0 and state.asked is not None and state.asked.name == fact
    options = _telling_options(fact, task, target, situation, book)
    swaps = _swaps(task, target, situation) if fact == "claim.exchange_for" else ()
    return Plan(AskFact(fact, task.claim, target, again, options, swaps=swaps), state, decision)


def _refusal(decision: Decision, task: Task, target: Target | None, situation: Situation) -> Refuse:
    """The refusal; where only the product wanted stands in the way of an exchange, with those that don't."""
    wanted = decision.facts.get("exchange", {})
    only_that = len(decision.because) == 1 and not all(wanted.values())
    return Refuse(decision, target, swaps=_swaps(task, target, situation) if only_that else ())


def _swaps(task: Task, target: Target | None, situation: Situation) -> tuple[Product, ...]:
    """What the goods of an exchange can be exchanged for today."""
    own = situation.products.get(target.item.product_id) if target and task.claim == "exchange" else None
    listed = [situation.goods[one] for one in own.exchange_for if one in situation.goods] if own else []
    return tuple(one for one in listed if one.on_sale)


def _noting_order(planned: Plan, reading: Reading, target: Target | None) -> Plan:
    """A buyer who wants it cancelled or sent at last is told, before the first question, that it was sent."""
    unsent = reading.has("order.cancel") or reading.has("order.urge")
    if isinstance(planned.step, AskFact) and unsent and target and target.order.dispatched_at is not None:
        return replace(planned, step=replace(planned.step, order_differs=True))
    return planned


def _telling_options(
    name: str, task: Task, target: Target | None, situation: Situation, book: RuleBook
) -> tuple[str | bool, ...]:
    """The values of a fact that lead somewhere of their own: "spoiled" for shrimps, not for a phone.

    Of the values that come to the same as "something else" only the commonest, the first of them, is offered too.
    """
    fact = book.every_fact.fact(name)
    if fact.type != "enum" or len(fact.options) <= FEW_OPTIONS:
        return ()
    leads = {
        option.value: _gist(decide_on(task.with_facts({name: option.value}), target, situation, book))
        for option in fact.options
    }
    rest = leads.get(OTHER)
    common = next((value for value, gist in leads.items() if gist == rest), OTHER)
    telling = (value for value, gist in leads.items() if value in (OTHER, common) or gist != rest)
    return tuple(sorted(telling, key=lambda value: value == OTHER))     # "something else" is read last


def _gist(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.remedy, decision.rule, decision.return_freight, decision.asks[:1]


def _case_of(task: Task, situation: Situation, *, settled: bool) -> Case | None:
    """The buyer's case of this kind on the same goods: one that is settled, or one still open."""
    if errand_of(task.claim).about in ("goods", "case") or task.claim in ONCE:
        return None
    kinds = _KINDS_OF_CLAIM.get(task.claim, (task.claim,))
    mine = (case for case in situation.cases if _same_goods(case, task) and case.kind in kinds)
    return next((case for case in mine if (case.settled if settled else not case.closed)), None)


def _same_goods(case: Case, task: Task) -> bool:
    whole_order = errand_of(task.claim).about == "order"
    return case.order_id == task.order_id and (whole_order or case.item_id == task.item_id)


_KINDS_OF_CLAIM = {
    "return": ("return_and_refund", "refund"), "refund": ("refund", "return_and_refund"),
    "price_protection": ("price_difference",),
}
_REVIEW = HandOver("review", Text("规则要求由人判断", "The rules leave this to a person"), "disputes", 3)
_STUCK = HandOver("no_progress", Text("连续几轮没有进展", "Several turns without progress"), "general", 3)
