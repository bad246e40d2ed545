"""From a granted decision to the command for the platform. The amount is the decision's, and nobody else's."""

from collections.abc import Mapping
from dataclasses import replace

from assistant.commerce.platform import Command, Line
from assistant.conversation import Task
from assistant.decisions.decision import Decision
from assistant.planning import baskets
from assistant.planning.deciding import APPEALS, buyers_moves, case_of
from assistant.planning.errands import errand_of
from assistant.planning.step import Situation, Target
from assistant.understanding.reading import FactValue

Arguments = dict[str, str | int | bool]
_COMMANDS = {"return_and_refund": "return"}
SWAP = "claim.exchange_for"
_TIMED = ("urge", "place_order", "invoice")
"""Commands of which the platform keeps when the buyer asked for them."""


def command_of(decision: Decision, task: Task, target: Target | None, situation: Situation) -> Command:
    """What is to be done for a granted decision."""
    task = _within_list(task, target, situation)
    name = _COMMANDS.get(decision.remedy or "", decision.remedy or decision.claim)
    arguments = {**_why(decision, task, target), **_taken(task)}
    if name in _TIMED:
        arguments["asked_at"] = situation.now.isoformat()
    return Command(
        name=name,
        order_id=target.order.id if target else "",
        item_id=target.item.id if target and errand_of(task.claim).about == "item" else None,
        amount_fen=decision.amount.fen if decision.amount else 0,
        arguments={**arguments, **_further(task, situation)},
        lines=_lines(task, target),
    )


def _within_list(task: Task, target: Target | None, situation: Situation) -> Task:
    """The task without a product to exchange for that the shop does not list for these goods, whoever named it."""
    wanted = task.facts.get(SWAP)
    own = situation.products.get(target.item.product_id) if target else None
    if wanted is None or (own is not None and wanted in own.exchange_for):
        return task
    return replace(task, facts={name: value for name, value in task.facts.items() if name != SWAP})


def _why(decision: Decision, task: Task, target: Target | None) -> Arguments:
    """On which rule, for which claim, why, and for how many units."""
    arguments: Arguments = {"rule": decision.rule or "", "claim": decision.claim}
    reason, units = task.facts.get("claim.reason"), task.facts.get("claim.quantity")
    if isinstance(reason, str):
        arguments["reason"] = reason
    if isinstance(units, int) and decision.amount is not None and target:
        arguments["quantity"] = min(units, target.item.quantity)
    return arguments


def _taken(task: Task) -> Arguments:
    """The facts that this errand's command carries, by their short names."""
    return {_short(name): _plain(task.facts[name]) for name in errand_of(task.claim).takes if name in task.facts}


def _short(name: str) -> str:
    return name.partition(".")[2]


def _plain(value: FactValue) -> str | int | bool:
    return value if isinstance(value, str | int | bool) else str(value)


def _further(task: Task, situation: Situation) -> Mapping[str, str | int | bool]:
    """Whose order is placed; which case is meant, and what happens to it."""
    if errand_of(task.claim).about == "goods":
        return {"buyer_id": situation.buyer.id}
    case = case_of(task, situation) if errand_of(task.claim).about == "case" else None
    if case is None:
        return {}
    moves = buyers_moves(case)
    move = "withdraw" if task.claim == "withdraw" else next(one for one in APPEALS if one in moves)
    return {"case_id": case.id, "move": move}


def _lines(task: Task, target: Target | None) -> tuple[Line, ...]:
    """The goods of a new order; what an item is to be exchanged for, where that is another product."""
    if errand_of(task.claim).about == "goods":
        return baskets.read(task.facts.get("claim.basket"))
    wanted = task.facts.get(SWAP)
    if task.claim == "exchange" and isinstance(wanted, str) and target:
        return (Line(wanted, target.item.quantity, target.item.id),)
    return ()
