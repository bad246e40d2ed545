"""The embedded planner: from a reading and a situation to the next step. No flow charts.

A turn runs through the moves below; the first one that has something to do decides the step. Claims ask exactly what
the open rules still need (`claims.advance`), questions are answered from knowledge, and the rest is small talk or a
choice of what is most often meant.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

from assistant.conversation import Asked, DialogueState, Task
from assistant.decisions.book import RuleBook
from assistant.planning import claims
from assistant.planning.step import (
    AnswerQuestion,
    AskFact,
    AskOrder,
    AskWish,
    Chat,
    Clarify,
    Confirm,
    Decline,
    Drop,
    Hesitation,
    NotCovered,
    Plan,
    Propose,
    ShowCases,
    ShowParcels,
    Situation,
    Step,
)
from assistant.understanding.reading import FactValue, Reading
from knowledge.service import Knowledge

SHORT_TALK = {"chat.greet": "greet", "chat.thanks": "thanks", "chat.bye": "bye", "chat.who": "who"}
LOOKUPS = ("order.parcel", "order.status", "order.not_received")


@dataclass(frozen=True, slots=True)
class Mind:
    """What the planner thinks with: the rule book and the knowledge. Both only read."""

    book: RuleBook
    knowledge: Knowledge


Move = Callable[[Reading, Situation, Mind], Plan | None]


def plan(reading: Reading, situation: Situation, mind: Mind) -> Plan:
    """The next step, and where the dialogue stands after it."""
    for move in MOVES:
        planned = move(reading, situation, mind)
        if planned:
            return _counted(planned, reading, situation.state)
    return _counted(_not_understood(situation, mind), reading, situation.state)


def on_nothing(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """An empty message, or a picture without words when nothing was asked."""
    if "empty" in reading.flags and not situation.photos and situation.choice is None:
        return Plan(Chat("empty"), situation.state)
    return None


def on_proposal(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A proposal is on the table: yes, no, or something that is neither."""
    state, proposal = situation.state, situation.proposal
    if proposal is None or proposal.state != "open":
        return None
    cleared = replace(state, asked=None, proposal_id=None)
    choice = situation.choice
    if choice and choice.proposal_id == proposal.id:
        return Plan(Confirm(proposal.id) if choice.decision == "confirm" else Decline(proposal.id), cleared)
    if reading.has("act.correct") or _concerns_task(reading, state) or _other_business(reading):
        return None
    if reading.intent == "act.confirm":
        return Plan(Confirm(proposal.id), replace(cleared, task=None))
    if reading.intent in ("act.refuse", "act.cancel"):
        return Plan(Decline(proposal.id, dropped=reading.intent == "act.cancel"), replace(cleared, task=None))
    return Plan(Hesitation(proposal.id), state)


def on_cancel(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """The buyer gives up what was begun."""
    task = situation.state.task
    if task and reading.intent == "act.cancel":
        return Plan(Drop(task.claim), replace(situation.state, task=None, asked=None, proposal_id=None))
    return None


def on_answer(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """An answer to what was just asked, tapped or typed, or facts that concern the open task."""
    state = situation.state
    task = state.task
    if task is None:
        return None
    facts = _told(reading, situation, mind)
    picked = claims.picked_target(reading, situation)
    if picked and state.asked and state.asked.name == "parcel":
        return None
    wish = _wish(reading)
    if wish and wish != task.claim and task.claim != claims.UNDECIDED:
        return None
    if not facts and picked is None and not wish and not _gives_up(reading, state):
        return None
    changed = task.with_facts(facts)
    if picked:
        changed = replace(changed, order_id=picked.order.id, item_id=picked.item.id)
    if wish:
        changed = replace(changed, claim=wish)
    return claims.advance(changed, reading, situation, mind.book)


def on_claim(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A wish: begin a task; one that was open waits, a second wish in the same message waits too."""
    wishes = claims.wishes_of(reading)
    if not wishes:
        return None
    state = situation.state
    waiting = tuple(w for w in state.waiting if w.claim != wishes[0])
    if state.task and state.task.claim not in (wishes[0], claims.UNDECIDED):
        waiting = (state.task, *waiting)
    begun = [Task(_task_id(situation, n), claim) for n, claim in enumerate(wishes)]
    task = _inherit(begun[0], state.task).with_facts(_told(reading, situation, mind))
    picked = claims.picked_target(reading, situation)
    if picked:
        task = replace(task, order_id=picked.order.id, item_id=picked.item.id)
    later = tuple(begun[1:]) + waiting
    fresh = replace(situation, state=replace(state, task=None, asked=None, waiting=later[:3]))
    return claims.advance(task, reading, fresh, mind.book)


def on_lookup(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """Where is it, how is my case."""
    if reading.has("case.progress"):
        return Plan(ShowCases(situation.cases), replace(situation.state, misses=0))
    asked = situation.state.asked
    chosen = claims.picked_target(reading, situation) if asked and asked.name == "parcel" else None
    if not chosen and not any(reading.has(name) for name in LOOKUPS):
        return None
    target = chosen or claims.best_target(reading, situation, "parcel")
    if target is None:
        return claims.ask_order("parcel", reading, situation)
    return Plan(ShowParcels(target.order), replace(situation.state, misses=0, asked=None))


def on_chat(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """Greetings and the like, when nothing else was said."""
    if reading.intent in SHORT_TALK:
        return Plan(Chat(SHORT_TALK[reading.intent]), situation.state)
    if reading.intent == "act.confirm" and situation.state.task is None:
        return Plan(Chat("acknowledge"), situation.state)
    if reading.intent in ("act.refuse", "act.cancel") and situation.state.task is None:
        return Plan(Chat("nothing_more"), replace(situation.state, asked=None))
    return None


def on_question(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A question, or words that are no known intent: the knowledge answers, or says that it can't."""
    state = situation.state
    asks = reading.has("ask") or reading.has("order") or reading.has("case") or reading.has("shop")
    if not asks and (reading.flags & UNANSWERABLE or reading.intent.startswith(("act.", "chat."))):
        return None
    question = reading.text
    answer, nearest = claims.answer_of(mind.knowledge, question, reading, situation)
    if answer is None and state.topic and len(question) <= FOLLOW_UP_LENGTH:
        answer, nearest = claims.answer_of(mind.knowledge, f"{state.topic} {question}", reading, situation)
    if answer:
        return Plan(AnswerQuestion(question, answer), replace(state, topic=question, misses=0))
    if asks or not state.asked:
        return Plan(NotCovered(question, nearest), replace(state, misses=state.misses + 1))
    return None


FOLLOW_UP_LENGTH = 24
UNANSWERABLE = frozenset({"gibberish", "injection", "abuse"})
MOVES: tuple[Move, ...] = (
    on_nothing, on_proposal, on_cancel, on_answer, on_claim, on_lookup, on_chat, on_question,
)


def _not_understood(situation: Situation, mind: Mind) -> Plan:
    """Nothing fits: after a question of ours ask it once more, otherwise offer choices."""
    state = situation.state
    misses = state.misses + 1
    missed = replace(state, misses=misses)
    target = claims.target_of_task(state.task, situation) if state.task else None
    if state.task and target and state.asked and state.asked.name in mind.book.catalog.names and misses == 1:
        return Plan(AskFact(state.asked.name, state.task.claim, target, again=True), missed)
    return Plan(Clarify(misses), missed)


def _counted(planned: Plan, reading: Reading, before: DialogueState) -> Plan:
    """The plan with the turn's counters: turns taken, and angry turns in a row."""
    angry = reading.mood.name == "angry" or "abuse" in reading.flags
    state = replace(
        planned.state, turns=before.turns + 1, angry_turns=before.angry_turns + 1 if angry else 0
    )
    return replace(planned, state=state)


def _told(reading: Reading, situation: Situation, mind: Mind) -> dict[str, FactValue]:
    """The facts that this turn tells: typed, tapped, photographed. Only what is a buyer's to tell counts."""
    facts: dict[str, FactValue] = dict(reading.facts)
    choice = situation.choice
    if choice and choice.fact and choice.value is not None:
        facts[choice.fact] = choice.value
    if situation.photos:
        facts["claim.has_photo"] = True
    catalog = mind.book.catalog
    return {name: value for name, value in facts.items() if claims.may_tell(catalog, name, value)}


def _wish(reading: Reading) -> str | None:
    wishes = claims.wishes_of(reading)
    return wishes[0] if wishes else None


def _gives_up(reading: Reading, state: DialogueState) -> bool:
    """True when the buyer can't answer what was asked ("don't know"): the rules then go on without it."""
    return state.asked is not None and reading.intent == "act.unsure"


def _concerns_task(reading: Reading, state: DialogueState) -> bool:
    return state.task is not None and bool(reading.facts)


def _other_business(reading: Reading) -> bool:
    return any(reading.has(part) for part in ("claim", "ask", "order", "case", "shop")) and not (
        reading.has("act.confirm") or reading.has("act.refuse")
    )


def _inherit(task: Task, before: Task | None) -> Task:
    """A new claim on the same goods keeps the order and the facts that were told ("then I'd rather exchange it")."""
    if before is None:
        return task
    return replace(task, order_id=before.order_id, item_id=before.item_id, facts=before.facts)


def _task_id(situation: Situation, n: int) -> str:
    """An id that is the same when the same turn is planned again."""
    return uuid5(NAMESPACE_URL, f"{situation.buyer.id}/{situation.state.turns}/{situation.now.isoformat()}/{n}").hex


def with_next_task(planned: Plan) -> Plan:
    """The plan with the first waiting task made the open one, once nothing else is open."""
    state = planned.state
    if state.task or not state.waiting or state.proposal_id:
        return planned
    return replace(planned, state=replace(state, task=state.waiting[0], waiting=state.waiting[1:]))


def asks_for(step: Step) -> Asked | None:
    """What a step asks the buyer, so that the next reading can be made in its light."""
    if isinstance(step, AskFact):
        return Asked(step.fact)
    if isinstance(step, AskOrder):
        name = "parcel" if step.claim == "parcel" else "order"
        return Asked(name, tuple(f"{t.order.id}/{t.item.id}" for t in step.targets))
    if isinstance(step, AskWish):
        return Asked("wish", step.claims)
    return Asked("proposal") if isinstance(step, Propose) else None
