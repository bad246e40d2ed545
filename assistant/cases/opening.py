"""Opening a case from a decision: which way it will go, where it starts, and what is due first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from assistant.cases import machine, steps
from assistant.cases.case import Case, CaseState, CaseStep, Flow
from assistant.cases.terms import Terms, default_terms
from assistant.commerce.platform import Command
from assistant.decisions.decision import Decision
from assistant.decisions.vocabulary import default_vocabulary
from knowledge.text import Text

_TITLES: Mapping[str, Text] = {
    "refund": Text("退款", "Refund"),
    "return_and_refund": Text("退货退款", "Return and refund"),
    "exchange": Text("换货", "Exchange"),
    "repair": Text("维修", "Repair"),
    "price_difference": Text("价保补差", "Price difference"),
    "compensation": Text("赔付", "Compensation"),
    "complaint": Text("投诉", "Complaint"),
    "dispute": Text("平台介入", "Dispute"),
    "invoice": Text("发票", "Invoice"),
    "coupon": Text("优惠券", "Coupon"),
    "partial_refund": Text("部分退款，商品留下", "Part of the money back, goods kept"),
    "release_order": Text("解除订单", "Order released"),
    "hold_refund": Text("暂缓退款核实", "Refund held for a check"),
    "listing": Text("好服务榜单", "Good service list"),
    "cancel_order": Text("取消订单", "Order cancelled"),
    "change_address": Text("修改收货信息", "Delivery details changed"),
    "urge": Text("催促", "Reminder"),
    "book_service": Text("预约上门", "Visit booked"),
    "place_order": Text("代下单", "Order placed"),
    "review_cashback": Text("晒单返现", "Review cashback"),
    "withdraw": Text("撤销售后", "Case withdrawn"),
    "appeal": Text("申诉", "Appeal"),
}
_FLOWS: Mapping[str, Flow] = {
    "return_and_refund": "return", "exchange": "exchange", "repair": "repair", "complaint": "complaint",
    "dispute": "dispute",
}
_STARTS: Mapping[Flow, CaseState] = {
    "errand": "in_progress", "return": "requested", "exchange": "requested", "repair": "requested",
    "complaint": "filed", "dispute": "evidence",
}
APPROVED = {"approved": "at_once"}
"""The note of a decision that leaves nothing for the merchant to answer."""
AT_ONCE = "at_once"


def at_once(decision: Decision) -> tuple[str, ...]:
    """The names of what a decision makes happen now, such as `refund`; their wording is in the vocabulary."""
    noted = decision.notes.get(AT_ONCE, "")
    return tuple(name for name in noted.split(",") if name in default_vocabulary().at_once)


def title_of(remedy: str) -> Text:
    """What a remedy is called."""
    return _TITLES.get(remedy, Text("售后", "After-sales"))


def flow_of(remedy: str) -> Flow:
    """Which way a case for this remedy goes."""
    return _FLOWS.get(remedy, "errand")


def start_of(flow: Flow, notes: Mapping[str, str]) -> CaseState:
    """Where a case starts: what was approved at once waits for the goods, not for the merchant."""
    start = _STARTS[flow]
    return "waiting_goods" if start == "requested" and notes.items() >= APPROVED.items() else start


def open_case(
    decision: Decision, command: Command, case_id: str, number: str, now: datetime, terms: Terms | None = None
) -> Case:
    """A new case for a granted decision: its first step is done, its clock runs, its deadlines are steps to come."""
    terms, remedy = terms or default_terms(), decision.remedy or decision.claim
    accepted = CaseStep("accepted", Text("已受理", "Accepted"), at=now)
    now_done = [CaseStep(AT_ONCE, default_vocabulary().at_once[name], at=now) for name in at_once(decision)]
    promised = (CaseStep(d.name, d.label, due=d.at) for d in decision.deadlines)
    grade, flow = decision.notes.get("grade"), flow_of(remedy)
    case = Case(
        id=case_id, number=number, tenant="", buyer_id="", order_id=command.order_id, item_id=command.item_id,
        kind=remedy, flow=flow, state=start_of(flow, decision.notes), title=title_of(remedy),
        steps=(accepted, *now_done, *promised), created_at=now, moved_at=now, amount_fen=command.amount_fen,
        paid_fen=command.amount_fen if flow == "errand" else 0,      # what opens an errand is its payment
        currency=decision.amount.currency if decision.amount else "CNY",
        grade=int(grade) if grade else None, notes=dict(decision.notes),
    )
    case = replace(case, due=machine.first_due(case, now, terms))
    return replace(case, steps=steps.begun(case, terms))
