"""Wishes: the tasks that a message begins, which of them is first, and which goods each is about."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from assistant.conversation import DialogueState, Task
from assistant.planning.claims import UNDECIDED
from assistant.planning.goods import (
    best_target,
    named_target,
    names_others,
    other_target,
    picked_target,
    target_of_task,
)
from assistant.planning.step import Situation, Target
from assistant.understanding.reading import FactValue, Reading

REMEDIES = frozenset({"return", "refund", "exchange", "repair"})
"""Wishes that exclude each other on the same goods: a buyer who names another one has changed their mind."""

WAITING_MOST = 3


def begin(
    wishes: tuple[str, ...], facts: Mapping[str, FactValue], reading: Reading, situation: Situation
) -> tuple[Task, tuple[Task, ...]]:
    """The task that `wishes` (best first, at least one) begin, and those that wait: what was open, and further wishes.

    A wish on the goods that the dialogue is about keeps what was told of them ("then I'd rather exchange it").
    """
    state = situation.state
    first = _first(wishes[0], reading, situation).with_facts(facts)
    target = target_of_task(first, situation) or best_target(reading, situation, first.claim)
    if target:
        first = replace(first, order_id=target.order.id, item_id=target.item.id)
    later = [_later(n, claim, target, reading, situation) for n, claim in enumerate(wishes[1:], start=1)]
    kept = [state.task] if state.task and _stays(state.task, first) else []
    waiting = [*(task for task in later if _stays(task, first)), *kept, *state.waiting]
    return first, tuple(task for task in waiting if not _same(task, first))[:WAITING_MOST]


def _first(claim: str, reading: Reading, situation: Situation) -> Task:
    """The task for the first wish: one that waited, one on other goods, or a change of mind about the same ones."""
    before = situation.state.task or situation.state.last
    meant = picked_target(reading, situation) or named_target(reading, situation, claim)
    waited = next((t for t in situation.state.waiting if t.claim == claim and _fits(t, meant)), None)
    if waited:
        return waited
    task = Task(_task_id(situation, 0), claim)
    if meant and (before is None or not _fits(before, meant)):
        return replace(task, order_id=meant.order.id, item_id=meant.item.id)
    return replace(task, order_id=before.order_id, item_id=before.item_id, facts=before.facts) if before else task


def _later(n: int, claim: str, first: Target | None, reading: Reading, situation: Situation) -> Task:
    """A further wish of the same message: on the other goods that it names, or else on the same."""
    other = other_target(reading, situation, claim, first)
    about = other or (None if names_others(reading, situation, claim, first) else first)
    task = Task(_task_id(situation, n), claim)
    return replace(task, order_id=about.order.id, item_id=about.item.id) if about else task


def _fits(task: Task, target: Target | None) -> bool:
    """True when the task is, or still can be, about these goods."""
    return target is None or task.order_id is None or (task.order_id, task.item_id) == (target.order.id, target.item.id)


def _stays(task: Task, beside: Task) -> bool:
    """True for a wish that still stands beside another one, rather than being replaced by it."""
    if task.claim == UNDECIDED:
        return False
    if {task.claim, beside.claim} <= REMEDIES:
        return task.order_id is not None and (task.order_id, task.item_id) != (beside.order_id, beside.item_id)
    return task.claim != beside.claim or task.order_id != beside.order_id


def _same(task: Task, other: Task) -> bool:
    return (task.claim, task.order_id, task.item_id) == (other.claim, other.order_id, other.item_id)


def is_another(claim: str, task: Task) -> bool:
    """True when a wish is not the one that the task is about; a task without a wish yet takes any."""
    return claim != task.claim and task.claim != UNDECIDED


def without_first(state: DialogueState) -> DialogueState:
    """The state once the first waiting task is being seen to."""
    return replace(state, waiting=state.waiting[1:], asked=None)


def _task_id(situation: Situation, n: int) -> str:
    """An id that is the same when the same turn is planned again."""
    return uuid5(NAMESPACE_URL, f"{situation.buyer.id}/{situation.state.turns}/{situation.now.isoformat()}/{n}").hex
