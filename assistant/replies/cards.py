"""Values to cards: what the widget and the desk draw, in one language, with every number already decided."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from assistant.cases.case import Case
from assistant.cases.opening import at_once, title_of
from assistant.cases.terms import default_terms
from assistant.clock import SHANGHAI
from assistant.commerce.categories import image_path
from assistant.commerce.model import Order
from assistant.commerce.views import parcel_label, state_label
from assistant.conversation import QueuePlace
from assistant.decisions.decision import Amount, ConditionProof, Decision, RuleProof
from assistant.decisions.explain import describe_condition
from assistant.decisions.facts import FactCatalog
from assistant.decisions.vocabulary import default_vocabulary
from assistant.decisions.windows import NOT_ANNOUNCED, UNANNOUNCED
from assistant.planning.step import Situation, Target
from assistant.replies.reply import (
    AlternativeLine,
    CaseCard,
    ConditionLine,
    DatedLine,
    DecisionCard,
    FactLine,
    HandoffCard,
    Line,
    Money,
    OrderChoice,
    ParcelCard,
    ParcelLine,
    ProposalCard,
    ReceiptCard,
    RuleLine,
    StepLine,
)
from assistant.replies.wording import moment, money
from knowledge.text import Language, Text

CLAIM_TITLES: Mapping[str, Text] = {
    "return": Text("退货退款", "Return for a refund"),
    "refund": Text("退款", "Refund"),
    "exchange": Text("换货", "Exchange"),
    "repair": Text("维修", "Repair"),
    "price_protection": Text("价保补差", "Price difference"),
    "compensation": Text("申请赔付", "Compensation"),
    "complaint": Text("投诉", "Complaint"),
    "invoice": Text("开发票", "Invoice"),
    "cancel_order": Text("取消订单", "Cancelling the order"),
    "change_address": Text("改收货信息", "Changing the delivery details"),
    "urge": Text("催促", "Hurrying it up"),
    "book_service": Text("预约上门", "Booking a visit"),
    "place_order": Text("代下单", "Ordering it"),
    "review_cashback": Text("晒单返现", "Review cashback"),
    "withdraw": Text("撤销售后", "Withdrawing the case"),
    "appeal": Text("申诉", "An appeal"),
}
NEAR_MISSES = 3
FREIGHT: Mapping[str, Text] = {
    "buyer": Text("寄回运费由您承担", "You pay the return freight"),
    "seller": Text("寄回运费由商家承担", "The seller pays the return freight"),
    "platform": Text("寄回运费由平台承担", "The platform pays the return freight"),
}


def money_of(amount: Amount | None, language: Language) -> Money | None:
    """An amount with its arithmetic."""
    if amount is None:
        return None
    return Money(amount.fen, amount.currency, tuple(Line(one.label.in_(language), one.fen) for one in amount.lines))


def decision_card(decision: Decision, catalog: FactCatalog, language: Language) -> DecisionCard:
    """A decision and the part of its proof that tells: the whole proof is in the log."""
    title = decision.title or CLAIM_TITLES.get(decision.claim) or Text(decision.claim, decision.claim)
    return DecisionCard(
        outcome=decision.outcome,
        title=title.in_(language),
        amount=money_of(decision.amount, language),
        facts=_fact_lines(decision, catalog, language),
        reasons=tuple(reason.in_(language) for reason in decision.because),
        citations=decision.citations,
        rules=tuple(_rule_line(rule, catalog, language) for rule in telling_rules(decision)),
        alternatives=tuple(AlternativeLine(one.claim, one.title.in_(language)) for one in decision.alternatives),
        what_if=tuple(one.text.in_(language) for one in decision.counterfactuals),
        until=next((one.until for one in decision.counterfactuals if one.until), None),
    )


def telling_rules(decision: Decision) -> list[RuleProof]:
    """The rules that hold, those still open, and those that failed by the least; most considered rules are far off."""
    holding = [rule for truth in ("true", "open") for rule in decision.proof if rule.truth == truth]
    failed = [rule for rule in decision.proof if rule.truth == "false"]
    return holding + sorted(failed, key=_failures)[: max(0, NEAR_MISSES - len(holding) // 4)]


def _failures(rule: RuleProof) -> int:
    return sum(one.truth == "false" for one in rule.conditions) + sum(one.truth == "true" for one in rule.exceptions)


def _rule_line(rule: RuleProof, catalog: FactCatalog, language: Language) -> RuleLine:
    parts = (*rule.conditions, *rule.exceptions)
    lines = tuple(ConditionLine(_in_words(one, catalog, language), one.truth) for one in parts)
    return RuleLine(rule.rule, rule.title.in_(language), rule.rank, rule.truth, lines)


def _in_words(part: ConditionProof, catalog: FactCatalog, language: Language) -> str:
    """What a condition looked at; its expression where it looks at no fact."""
    return describe_condition(part, language, catalog) or part.expression


def _fact_lines(decision: Decision, catalog: FactCatalog, language: Language) -> tuple[FactLine, ...]:
    """The known facts that the rule which decided looked at, each once."""
    deciding = [rule for rule in decision.proof if rule.rule == decision.rule] or list(decision.proof[:1])
    conditions: list[ConditionProof] = [one for rule in deciding for one in (*rule.conditions, *rule.exceptions)]
    known = {name: value for one in conditions for name, value in one.facts.items() if value is not None}
    lines = []
    for name, value in known.items():
        if name in catalog.names:
            fact = catalog.fact(name)
            source = default_vocabulary().sources[fact.known_by].in_(language)
            lines.append(FactLine(fact.label.in_(language), catalog.describe(name, value, language), source))
    return tuple(lines)


def proposal_card(  # noqa: PLR0913  (what is proposed, and how and where it is told)
    proposal_id: str, decision: Decision, target: Target | None, digest: str, expires_at: datetime, language: Language,
    zone: tzinfo = SHANGHAI,
) -> ProposalCard:
    """What a yes will do: the goods, who pays freight, what follows by when in the time of `zone`."""
    summary = []
    if target:
        summary.append(goods(target, language))
    if decision.return_freight and decision.remedy in ("return_and_refund", "exchange", "repair"):
        summary.append(FREIGHT[decision.return_freight].in_(language))
    joint = "：" if language == "zh" else ": "
    summary += [f"{one.label.in_(language)}{joint}{moment(one.at, language, zone)}" for one in decision.deadlines]
    if decision.notes.items() >= NOT_ANNOUNCED.items():
        summary.append(UNANNOUNCED.in_(language))
    title, amount = title_of(decision.remedy or decision.claim).in_(language), money_of(decision.amount, language)
    return ProposalCard(proposal_id, title, tuple(summary), amount, expires_at, digest[:12])


def receipt_card(decision: Decision, case: Case, reference: str, now: datetime, language: Language) -> ReceiptCard:
    """The proof that it was done: the case's number, the amount, and the dates that follow."""
    dates = tuple(DatedLine(d.name, d.label.in_(language), d.at) for d in decision.deadlines)
    joint = "；" if language == "zh" else "; "
    note = joint.join(default_vocabulary().at_once[name].in_(language) for name in at_once(decision))
    return ReceiptCard(
        case.id, case.number, case.title.in_(language), money_of(decision.amount, language), reference[:12], now, dates,
        note,
    )


def case_card(case: Case, language: Language) -> CaseCard:
    """How far a case has come."""
    steps = tuple(StepLine(s.name, s.label.in_(language), s.at, s.due, s.done) for s in case.steps)
    state = default_terms().states[case.state]
    return CaseCard(case.id, case.number, case.kind, case.state, case.title.in_(language), steps,
                    case.amount_fen, case.order_id, state.in_(language), case.currency)


def order_choice(target: Target, situation: Situation) -> OrderChoice:
    """One row of the order picker."""
    order, item, language = target.order, target.item, situation.language
    shop = situation.shops.get(order.shop_id)
    return OrderChoice(
        order.id, item.id, item.title.in_(language), shop.name.in_(language) if shop else "",
        state_label(order).in_(language), item.paid_fen, order.currency, order.created_at, image_path(item.category),
    )


def parcel_cards(order: Order, language: Language) -> tuple[ParcelCard, ...]:
    """A card for each parcel of an order, newest scan first."""
    return tuple(
        ParcelCard(
            parcel.carrier.in_(language), parcel.tracking_number, parcel_label(parcel).in_(language),
            tuple(ParcelLine(e.at, e.text.in_(language)) for e in reversed(parcel.events)),
        )
        for parcel in order.parcels
    )


def handoff_card(place: QueuePlace) -> HandoffCard:
    """The place in the queue."""
    return HandoffCard(place.position, place.wait_seconds, place.promised_at, place.open)


def goods(target: Target, language: Language) -> str:
    """The goods in one line: title, options, and what was paid."""
    options = "，".join(target.item.options.values()) if language == "zh" else ", ".join(target.item.options.values())
    extra = f"（{options}）" if options and language == "zh" else f" ({options})" if options else ""
    return f"{target.item.title.in_(language)}{extra} · {money(target.item.paid_fen, target.order.currency)}"
