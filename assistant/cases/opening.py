"""Opening a case from a decision, and moving it on when the platform has done its part."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from assistant.cases.case import Case, CaseState, CaseStep
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
}
_STATES: Mapping[str, CaseState] = {
    "return_and_refund": "waiting_goods",
    "exchange": "waiting_goods",
    "repair": "waiting_goods",
    "complaint": "in_progress",
}
AT_ONCE = "at_once"
# Remedies that are complete once the platform has moved the money.
_MONEY_ONLY = frozenset({"refund", "price_difference", "compensation"})


def at_once(decision: Decision) -> tuple[str, ...]:
    """The names of what a decision makes happen now, such as `refund`; their wording is in the vocabulary."""
    noted = decision.notes.get(AT_ONCE, "")
    return tuple(name for name in noted.split(",") if name in default_vocabulary().at_once)


def title_of(remedy: str) -> Text:
    """What a remedy is called."""
    return _TITLES.get(remedy, Text("售后", "After-sales"))


def open_case(decision: Decision, command: Command, case_id: str, number: str, now: datetime) -> Case:
    """A new case for a granted decision: its first step is done, its deadlines are the steps to come."""
    remedy = decision.remedy or decision.claim
    accepted = CaseStep("accepted", Text("已受理", "Accepted"), at=now)
    now_done = [CaseStep(AT_ONCE, default_vocabulary().at_once[name], at=now) for name in at_once(decision)]
    steps = (accepted, *now_done, *(CaseStep(d.name, d.label, due=d.at) for d in decision.deadlines))
    grade = decision.notes.get("grade")
    return Case(
        id=case_id, number=number, tenant="", buyer_id="", order_id=command.order_id, item_id=command.item_id,
        kind=remedy, state=_STATES.get(remedy, "in_progress"), title=title_of(remedy), steps=steps,
        created_at=now, amount_fen=command.amount_fen, grade=int(grade) if grade else None,
    )


def settle_case(case: Case, now: datetime) -> Case:
    """The case after the platform has carried out its command: done, where only money had to move."""
    if case.kind not in _MONEY_ONLY or case.state == "done":
        return case
    steps = tuple(step if step.done else replace(step, at=now) for step in case.steps)
    return replace(case, state="done", steps=steps)
