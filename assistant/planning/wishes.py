"""Wishes: the tasks that a message begins, which of them is first, and which goods each is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from uuid import NAMESPACE_URL, uuid5

from assistant.conversation import DialogueState, Task
from assistant.decisions.book import RuleBook
from assistant.planning.claims import UNDECIDED, possible_targets
from assistant.planning.deciding import decide_on
from assistant.planning.errands import errand_of
from assistant.planning.goods import best_target, named_target, named_targets, picked_target, says_other, target_of_task
from assistant.planning.step import Situation, Target
from assistant.understanding.reading import FactValue, Reading

REMEDIES = frozenset({"return", "refund", "exchange", "repair", "cancel_order"})
"""Wishes that exclude each other on the same goods: a buyer who names another one has changed their mind."""

WAITING_MOST = 3
_AGAINST = {"grant": 0, "ask": 1, "review": 1, "refuse": 3}
"""How much speaks against a wish being about goods for which the rules say this."""


def begin(
    wishes: Sequence[str], facts: Mapping[str, FactValue], reading: Reading, situation: Situation, book: RuleBook
) -> tuple[Task, tuple[Task, ...]]:
    """The task that `wishes` (best first, at least one) begin, and those that wait: what was open, and further wishes.

    A wish on the goods that the dialogue is about keeps what was told of them ("then I'd rather exchange it").
    """
    tasks = _on_each(wishes[0], reading, situation, book) or _told_apart(wishes, reading, situation, book)
    if not tasks:
        first = _located(_first(wishes[0], reading, situation), reading, situation)
        tasks = [first, *_beside(first, wishes[1:], reading, situation)]
    first = tasks[0].with_facts(facts)
    further = [_with_arguments(task, facts) for task in tasks[1:]]
    waiting = [*further, *_left_open(situation.state), *situation.state.waiting]
    return first, tuple(task for task in waiting if _stays(task, first))[:WAITING_MOST]


def _on_each(claim: str, reading: Reading, situation: Situation, book: RuleBook) -> list[Task]:
    """One task for each order that an errand is possible for, where it is wished for all ("urge all my orders")."""
    if errand_of(claim).about != "order" or not _ALL.search(reading.text):
        return []
    targets = possible_targets(Task("", claim), situation, book)
    return [_about(Task(_task_id(situation, n), claim), target) for n, target in enumerate(targets)]


_ALL = re.compile(
    r"(?:所有|全部|每一?[个笔])(?:的|我的)?(?:订单|单子)|(?:订单|单子)(?:全部|全都|都)"
    r"|\ball (?:of )?(?:my|the) orders\b", re.IGNORECASE,
)


def _with_arguments(task: Task, facts: Mapping[str, FactValue]) -> Task:
    """A further wish with what the message told for its kind of errand alone."""
    takes = errand_of(task.claim).takes
    return task.with_facts({name: value for name, value in facts.items() if name in takes})


def _told_apart(wishes: Sequence[str], reading: Reading, situation: Situation, book: RuleBook) -> list[Task]:
    """The tasks of a message with two wishes on two things ("refund the fryer, and the earphones got cheaper").

    Which wish is about which thing is what the rules speak against least; what they grant at once comes first.
    Empty when the words don't tell two things apart.
    """
    targets = named_targets(reading, situation, wishes[0])
    if len(wishes) != 2 or len(targets) != 2:
        return []
    ways = [_judged(wishes, order, situation, book) for order in permutations(targets)]
    best = min(ways, key=lambda way: sum(_AGAINST[outcome] for _, outcome in way))
    return [task for task, _ in sorted(best, key=lambda one: one[1] != "grant")]


def _judged(
    wishes: Sequence[str], targets: Sequence[Target], situation: Situation, book: RuleBook
) -> list[tuple[Task, str]]:
    pairs = zip(wishes, targets, strict=True)
    tasks = [(_about(Task(_task_id(situation, n), claim), target), target) for n, (claim, target) in enumerate(pairs)]
    return [(task, decide_on(task, target, situation, book).outcome) for task, target in tasks]


def _first(claim: str, reading: Reading, situation: Situation) -> Task:
    """The task for the first wish: one that waited, one on other goods, or a change of mind about the same ones."""
    before = situation.state.task or situation.state.last
    meant = picked_target(reading, situation) or named_target(reading, situation, claim)
    if meant is None and says_other(reading):
        return Task(_task_id(situation, 0), claim)
    waited = next((t for t in situation.state.waiting if t.claim == claim and _fits(t, meant)), None)
    if waited:
        return waited
    task = Task(_task_id(situation, 0), claim)
    if errand_of(claim).about == "goods":      # what is to be bought is in no order yet
        return replace(task, facts=before.facts) if before else task
    if meant and (before is None or not _fits(before, meant)):
        return _about(task, meant)
    return replace(task, order_id=before.order_id, item_id=before.item_id, facts=before.facts) if before else task


def _located(task: Task, reading: Reading, situation: Situation) -> Task:
    if errand_of(task.claim).about == "goods":
        return task
    target = target_of_task(task, situation) or best_target(reading, situation, task.claim)
    return _about(task, target) if target else task


def _beside(first: Task, claims: Sequence[str], reading: Reading, situation: Situation) -> list[Task]:
    """Further wishes of the same message: on the same goods, unless it names others too and so leaves that open."""
    known = target_of_task(first, situation)
    others = [one for one in named_targets(reading, situation, first.claim) if one != known]
    tasks = [Task(_task_id(situation, n), claim) for n, claim in enumerate(claims, start=1)]
    return [_about(task, known) if known and not others else task for task in tasks]


def _left_open(state: DialogueState) -> list[Task]:
    """The open task, if there was still something to answer or to confirm in it: one turned down does not wait."""
    busy = state.asked is not None or state.proposal_id is not None
    return [state.task] if state.task and busy else []


def _about(task: Task, target: Target) -> Task:
    return replace(task, order_id=target.order.id, item_id=target.item.id)


def _fits(task: Task, target: Target | None) -> bool:
    """True when the task is, or still can be, about these goods."""
    return target is None or task.order_id is None or _goods_of(task) == (target.order.id, target.item.id)


def _stays(task: Task, beside: Task) -> bool:
    """True for a wish that still stands beside another one, rather than being replaced by it."""
    if task.claim == UNDECIDED:
        return False
    if {task.claim, beside.claim} <= REMEDIES:
        return task.order_id is not None and _goods_of(task) != _goods_of(beside)
    return task.claim != beside.claim or _goods_of(task) != _goods_of(beside)


def _goods_of(task: Task) -> tuple[str | None, str | None]:
    return task.order_id, task.item_id


def is_another(claim: str, task: Task) -> bool:
    """True when a wish is not the one that the task is about; a task without a wish yet takes any."""
    return claim != task.claim and task.claim != UNDECIDED


def without_first(state: DialogueState) -> DialogueState:
    """The state once the first waiting task is being seen to."""
    return replace(state, waiting=state.waiting[1:], asked=None)


def _task_id(situation: Situation, n: int) -> str:
    """An id that is the same when the same turn is planned again."""
    return uuid5(NAMESPACE_URL, f"{situation.buyer.id}/{situation.state.turns}/{situation.now.isoformat()}/{n}").hex
