"""Retention: one gentler offer beside a granted refund, made once for the same goods, and easy to leave.

What was granted stays on the table with its own button. Whoever takes the offer gets a proposal for it, to be confirmed
like any other; whoever then declines it gets what was granted, without being asked again.
"""

from dataclasses import replace

from assistant.commerce.platform import Command
from assistant.conversation import Task
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision, Retention
from assistant.planning.commands import command_of
from assistant.planning.deciding import decide_on
from assistant.planning.step import Propose, Situation, Target
from assistant.proposal import Proposal

TAKE = "act.retain"
"""What the offer's button stands for."""

KEPT = "instead_of"
"""The note of a decision that was an offer: the remedy that it stands in for."""


def goods_of(order_id: str, item_id: str | None) -> str:
    """How goods are named among those that an offer was made for."""
    return f"{order_id}/{item_id or ''}"


def fresh_offer(decision: Decision, command: Command, situation: Situation) -> Retention | None:
    """The offer that goes with a grant; None where there is none, or one was made for these goods before."""
    made = goods_of(command.order_id, command.item_id) in situation.retained
    return None if made else decision.retention


def taken(proposal: Proposal, task: Task, target: Target, situation: Situation, book: RuleBook) -> Propose | None:
    """The proposal for the offer that stood beside `proposal`; None where none did."""
    offer = proposal.decision.retention
    if offer is None or proposal.card.instead is None:
        return None
    decision = _in_full(proposal.decision, offer, task, target, situation, book)
    command = command_of(decision, task, target, situation)
    if offer.remedy == "coupon":        # given for keeping the goods: whoever returns them later gives it back
        command = replace(command, arguments={**command.arguments, "void_on_return": True})
    return Propose(decision, command, target)


def is_offer(decision: Decision) -> bool:
    """True for a decision that an offer turned into."""
    return KEPT in decision.notes


def _in_full(
    granted: Decision, offer: Retention, task: Task, target: Target, situation: Situation, book: RuleBook
) -> Decision:
    """The offer as a decision: an exchange or a repair as the rules grant it where they do, else as it was offered."""
    proper = decide_on(replace(task, claim=offer.remedy), target, situation, book) if offer.amount is None else None
    if proper is not None and proper.outcome == "grant" and proper.remedy == offer.remedy:
        return replace(proper, notes={**proper.notes, KEPT: granted.remedy or ""}, retention=None)
    freight = "seller" if offer.amount is None else None        # who offers it bears the way there and back
    return replace(
        granted, remedy=offer.remedy, rule=offer.rule, title=offer.title, amount=offer.amount,
        because=(offer.because,), citations=offer.citations, return_freight=freight, evidence=(), deadlines=(),
        alternatives=(), counterfactuals=(), retention=None, notes={KEPT: granted.remedy or ""},
    )
