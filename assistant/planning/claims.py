"""Claims: what the rules say of the goods that are meant, and what must be asked before they can say it."""

from dataclasses import replace

from assistant.cases.case import Case
from assistant.clock import SHANGHAI
from assistant.commerce.platform import Command
from assistant.conversation import HandOver, Task
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import FactCatalog
from assistant.decisions.gather import facts_of
from assistant.planning.goods import ask_order, best_target, candidate_targets, names_something, target_of_task
from assistant.planning.step import AskFact, AskWish, PassOn, Plan, Propose, Refuse, ShowCases, Situation, Target
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
    "order.cancel": "refund", "claim.problem": UNDECIDED, "order.not_received": UNDECIDED,
}
WISHES = ("return", "refund", "exchange", "repair", "compensation")
NARROW = ("compensation", "price_protection")
"""Claims that few orders allow: where just one does, that one is meant."""

ALWAYS_OPEN = ("complaint",)
MISSES_ALLOWED = 3
FEW_OPTIONS = 6
OTHER = "other"


def wishes_of(reading: Reading) -> tuple[str, ...]:
    """The claims a reading names, best first; "something is wrong" only counts where no wish was named.

    What is wrong may be told without any intent being read, and what is wanted by its plain name.
    """
    named = [CLAIM_OF_INTENT[i.name] for i in reading.intents if i.name in CLAIM_OF_INTENT]
    wishes = tuple(dict.fromkeys(claim for claim in named if claim != UNDECIDED))
    trouble = bool(named) or (not reading.intents and "claim.reason" in reading.facts)
    if wishes or not trouble:
        return wishes
    kind = reading.facts.get("claim.kind")
    return (kind,) if isinstance(kind, str) and kind in CLAIM_OF_INTENT.values() else (UNDECIDED,)


def advance(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Plan:
    """The next step of a task: find the goods, decide, and ask, propose, refuse or pass on as the rules say.

    Whatever was proposed before is off the table: it rested on a claim, goods or facts that may have changed.
    """
    before = situation.state
    target = (
        target_of_task(task, situation)
        or best_target(reading, situation, task.claim)
        or _only_possible(task, reading, situation, book)
    )
    if target:
        task = replace(task, order_id=target.order.id, item_id=target.item.id)
    learned = before.task is None or _said(before.task) != _said(task)
    state = replace(
        before, task=task, proposal_id=None, asked=None if learned else before.asked,
        misses=0 if learned else before.misses + 1,
    )
    if target is None:
        return ask_order(task.claim, reading, replace(situation, state=state))
    situation = replace(situation, state=replace(state, page_order_id=None))
    return _noting_order(_on_goods(task, target, situation, book), reading, target)


def _only_possible(task: Task, reading: Reading, situation: Situation, book: RuleBook) -> Target | None:
    """The one order that a narrow claim is possible for, where the words name no goods."""
    if task.claim not in NARROW or names_something(reading):
        return None
    targets = candidate_targets(situation, task.claim)
    possible = [one for one in targets if decide_on(task, one, situation, book).outcome != "refuse"]
    return possible[0] if len(possible) == 1 else None


def _said(task: Task) -> tuple[object, ...]:
    return task.claim, task.order_id, task.item_id, dict(task.facts)


def _on_goods(task: Task, target: Target, situation: Situation, book: RuleBook) -> Plan:
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


def _as_decided(decision: Decision, task: Task, target: Target, situation: Situation, book: RuleBook) -> Plan:
    state = situation.state
    done = replace(state, asked=None, misses=0)
    if decision.outcome == "grant":
        return Plan(Propose(decision, command_of(decision, task, target), target), done, decision)
    if decision.outcome == "refuse":
        before = _case_of(task, situation, settled=True)
        step = ShowCases((before,), already=True) if before else Refuse(decision, target)
        return Plan(step, replace(done, task=None, last=task), decision)
    if decision.outcome == "review" or not decision.asks:
        return Plan(PassOn(_REVIEW), done, decision)
    if state.misses >= MISSES_ALLOWED:      # what the buyer could not tell is a person's to find out
        return Plan(PassOn(_STUCK), replace(state, asked=None), decision)
    fact = decision.asks[0].name
    again = state.misses > 0 and state.asked is not None and state.asked.name == fact
    options = _telling_options(fact, task, target, situation, book)
    return Plan(AskFact(fact, task.claim, target, again, options), state, decision)


def _noting_order(planned: Plan, reading: Reading, target: Target) -> Plan:
    """A buyer who wants it cancelled or sent at last is told, before the first question, that it was sent."""
    unsent = reading.has("order.cancel") or reading.has("order.urge")
    if isinstance(planned.step, AskFact) and unsent and target.order.dispatched_at is not None:
        return replace(planned, step=replace(planned.step, order_differs=True))
    return planned


def _telling_options(
    name: str, task: Task, target: Target, situation: Situation, book: RuleBook
) -> tuple[str | bool, ...]:
    """The values of a fact that lead somewhere of their own: "spoiled" for shrimps, not for a phone.

    Of the values that come to the same as "something else" only the commonest, the first of them, is offered too.
    """
    fact = book.catalog.fact(name)
    if fact.type != "enum" or len(fact.options) <= FEW_OPTIONS:
        return ()
    leads = {
        option.value: _gist(decide_on(task.with_facts({name: option.value}), target, situation, book))
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


def decide_on(task: Task, target: Target, situation: Situation, book: RuleBook) -> Decision:
    """What the rules say of a task on these goods, by what the platform tells and the buyer has told."""
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


def _case_of(task: Task, situation: Situation, *, settled: bool) -> Case | None:
    """The buyer's case of this kind on the same goods: one that is settled, or one still open."""
    kinds = _KINDS_OF_CLAIM.get(task.claim, (task.claim,))
    return next(
        (
            case
            for case in situation.cases
            if case.order_id == task.order_id and case.item_id == task.item_id and case.kind in kinds
            and (case.state == "done") is settled and case.state != "withdrawn"
        ),
        None,
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
