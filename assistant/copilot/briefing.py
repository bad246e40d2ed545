"""The briefing: what a person needs to know before the first word, in one screen and without reading the log."""

from collections.abc import Mapping, Sequence

from assistant.planning.step import PassOn, Plan
from assistant.situation import Loaded
from assistant.understanding.reading import Reading


def briefing(loaded: Loaded, reading: Reading, plan: Plan, earlier: Sequence[str]) -> Mapping[str, object]:
    """What is asked, on which goods, what was told, what was decided and done, and how the buyer feels.

    `earlier` are the buyer's messages before this turn. Plain JSON values; the desk adds labels in its own language.
    """
    task = plan.state.task or loaded.situation.state.task
    situation = loaded.situation
    order = situation.order(task.order_id) if task else None
    item = order.item(task.item_id) if order and task and task.item_id else None
    return {
        "asked": "\n".join([*earlier[-3:], loaded.text])[-400:],
        "claim": task.claim if task else None,
        "order_id": order.id if order else None,
        "item": {"zh": item.title.zh, "en": item.title.en} if item else None,
        "facts": dict(task.facts) if task else dict(reading.facts),
        "done": [f"{case.number} {case.title.zh}" for case in situation.cases[:3]],
        "mood": reading.mood.name,
        "flags": sorted(reading.flags),
        "rule": plan.step.handover.rule if isinstance(plan.step, PassOn) else None,
        "has_decision": plan.decision is not None,
        "language": reading.language,
    }
