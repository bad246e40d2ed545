"""The embedded planner: from a reading and a situation to the next step. No flow charts.

A turn runs through the moves below; the first one that has something to do decides the step. Claims ask exactly what
the open rules still need (`claims.advance`), questions are answered from knowledge, and the rest is small talk or a
choice of what is most often meant.
"""

from collections.abc import Mapping
from dataclasses import replace

from assistant.commerce.platform import Command
from assistant.conversation import Asked, DialogueState, Task
from assistant.decisions.decision import Decision
from assistant.planning import claims, goods, retention, undoing, wishes
from assistant.planning.errands import errand_of
from assistant.planning.lookups import ASPECTS, on_lookup, on_products
from assistant.planning.mind import Mind, Move
from assistant.planning.questions import TOO_SHORT_TO_ASK, is_upset, on_question
from assistant.planning.step import (
    AskFact,
    AskOrder,
    AskWish,
    Chat,
    Clarify,
    Confirm,
    Decline,
    Drop,
    Ending,
    Hesitation,
    Plan,
    Propose,
    Situation,
    Step,
    Target,
)
from assistant.planning.told import gives_up, shows_what_was_asked, told
from assistant.understanding.reading import FactValue, Reading

SHORT_TALK = {"chat.greet": "greet", "chat.thanks": "thanks", "chat.bye": "bye", "chat.who": "who"}
NEXT = "next_task"
"""What is asked when a wish that waited is offered."""

POLITE = ("thanks", "acknowledge")
"""The social moves after which a wish that waits may be offered."""


def plan(reading: Reading, situation: Situation, mind: Mind) -> Plan:
    """The next step, and where the dialogue stands after it."""
    for move in MOVES:
        planned = move(reading, situation, mind)
        if planned:
            planned = _unless_on_table(planned, reading, situation, mind)
            return _counted(_offering_next(planned), reading, situation.state)
    return _counted(_not_understood(reading, situation, mind), reading, situation.state)


def on_nothing(reading: Reading, situation: Situation, _mind: Mind) -> Plan | None:
    """An empty message, or a picture without words when nothing was begun."""
    if "empty" not in reading.flags or situation.choice is not None:
        return None
    if not situation.photos:
        return Plan(Chat("empty"), situation.state)
    return None if situation.state.task else Plan(Chat("photo_received"), situation.state)


def on_retention(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """The offer beside a proposal is taken; or it was, and is declined now: then what was granted is back at once."""
    state, proposal = situation.state, situation.proposal
    target = _known(situation)
    if proposal is None or proposal.state != "open" or state.task is None or target is None:
        return None
    if situation.choice is not None and situation.choice.intent == retention.TAKE:
        step = retention.taken(proposal, state.task, target, situation, mind.book)
        kept = replace(state, proposal_id=None, asked=None, misses=0)
        return Plan(step, kept, step.decision) if step else Plan(Hesitation(proposal.id), state)
    declines = _says_no(reading, situation, proposal.id)
    if declines and retention.is_offer(proposal.decision):
        return claims.advance(state.task, reading, situation, mind.book)
    return None


def _says_no(reading: Reading, situation: Situation, proposal_id: str) -> bool:
    """True for a plain no to what is on the table, tapped or typed."""
    choice = situation.choice
    if choice and choice.proposal_id == proposal_id:
        return choice.decision == "refuse"
    return reading.intent == "act.refuse"


def on_proposal(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A proposal is on the table: yes, no, or something that is neither.

    A typed yes counts only where the proposal was the last thing asked; after any other question it may answer that.
    """
    state, proposal = situation.state, situation.proposal
    if proposal is None or proposal.state != "open":
        return None
    choice = situation.choice
    if choice and choice.proposal_id == proposal.id:
        return _confirmed(proposal.id, state) if choice.decision == "confirm" else _declined(proposal.id, state)
    undo = undoing.meant(reading.text, proposal.command)
    if undo:
        asked = state.asked is not None and state.asked.name == "proposal"
        return _confirmed(proposal.id, state) if undo == "yes" and asked else Plan(Hesitation(proposal.id), state)
    if reading.has("act.correct") or _concerns_task(reading, situation) or _other_business(reading):
        return None
    if reading.intent == "act.confirm" and state.asked and state.asked.name == "proposal":
        return _confirmed(proposal.id, state)
    if reading.intent in ("act.refuse", "act.cancel"):
        return _declined(proposal.id, state, dropped=reading.intent == "act.cancel")
    answered = on_question(reading, situation, mind) if len(reading.text) > TOO_SHORT_TO_ASK else None
    return answered or Plan(Hesitation(proposal.id), state)


def on_next(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A wish that waited was offered: go on with it, or leave it."""
    state = situation.state
    if state.asked is None or state.asked.name != NEXT or not state.waiting:
        return None
    rest = wishes.without_first(state)
    if reading.intent in ("act.refuse", "act.cancel"):
        return Plan(Chat("nothing_more"), rest)
    if reading.intent != "act.confirm":
        return None
    return claims.advance(state.waiting[0], reading, replace(situation, state=rest), mind.book)


def on_cancel(reading: Reading, situation: Situation, _mind: Mind) -> Plan | None:
    """The buyer gives up what was begun; a plain no does so when it answers nothing."""
    state = situation.state
    gives_up = reading.intent == "act.cancel" or (reading.intent == "act.refuse" and state.asked is None)
    if state.task and gives_up and not _answers(reading, state):
        return Plan(Drop(state.task.claim), replace(state, task=None, asked=None, proposal_id=None, last=state.task))
    return None


def on_answer(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """An answer to what was just asked, tapped or typed, or facts that concern the open task."""
    state = situation.state
    facts = _facts(reading, situation, mind)
    task = state.task or _taken_up_again(reading, state, facts)
    if task is None:
        return None
    picked = _picked(reading, situation)
    if picked and state.asked and state.asked.name == goods.PARCEL:
        return None
    wish = None if _answers(reading, state) or shows_what_was_asked(situation, mind) else _wish(reading)
    if wish and (wishes.is_another(wish, task) or _names_other_goods(reading, situation)):
        return None
    if not facts and picked is None and not wish and not gives_up(reading, state):
        return None
    changed = task.with_facts(facts)
    if picked:
        changed = replace(changed, order_id=picked.order.id, item_id=picked.item.id)
    if wish:
        changed = replace(changed, claim=wish)
    return claims.advance(changed, reading, situation, mind.book)


def on_claim(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A wish: begin a task. What was open waits if it still stands, and so does a second wish in the same message."""
    named = claims.wishes_of(reading)
    nothing_new = _wish(reading) is None and situation.state.task is not None
    if not named or nothing_new:
        return None
    task, waiting = wishes.begin(named, _facts(reading, situation, mind), reading, situation, mind.book)
    fresh = replace(situation, state=replace(situation.state, task=None, asked=None, waiting=waiting))
    return claims.advance(task, reading, fresh, mind.book)


def on_not_received(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """Shown as delivered, and not there: that is a problem to solve. What is still on its way is looked up instead."""
    if not reading.has("order.not_received"):
        return None
    target = goods.best_target(reading, situation, goods.PARCEL)
    if target is None or target.order.delivered_at is None:
        return on_lookup(reading, situation, mind)
    told = replace(reading, facts={"claim.reason": "not_received", **reading.facts})
    return on_claim(told, situation, mind)


def on_sheet(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A question that a product's sheet answers, before "something is wrong" is taken for a claim: what E04 means."""
    asks = reading.intent in ASPECTS and set(claims.wishes_of(reading)) <= {claims.UNDECIDED}
    return on_products(reading, situation, mind) if asks else None


def on_chat(reading: Reading, situation: Situation, _mind: Mind) -> Plan | None:
    """Greetings and the like, when nothing else was said."""
    if reading.intent in SHORT_TALK:
        return Plan(Chat(SHORT_TALK[reading.intent]), situation.state)
    if reading.intent == "act.confirm" and situation.state.asked is None:
        return Plan(Chat("acknowledge"), situation.state)
    if reading.intent in ("act.refuse", "act.cancel") and situation.state.task is None:
        return Plan(Chat("nothing_more"), replace(situation.state, asked=None))
    return None


MOVES: tuple[Move, ...] = (
    on_nothing, on_retention, on_proposal, on_next, on_cancel, on_answer, on_sheet, on_not_received, on_claim,
    on_lookup, on_products, on_chat, on_question,
)


def _not_understood(reading: Reading, situation: Situation, mind: Mind) -> Plan:
    """Nothing fits: after a question of ours ask it once more, otherwise offer choices."""
    state = situation.state
    asked, missed = state.asked, replace(state, misses=state.misses + 1)
    target = _known(situation)
    about = target or (state.task and errand_of(state.task.claim).about == "goods")
    if state.task and about and asked and asked.name in mind.book.every_fact.names and missed.misses == 1:
        return Plan(AskFact(asked.name, state.task.claim, target, again=True, options=asked.options), missed)
    if asked and asked.name in ("order", goods.PARCEL) and missed.misses == 1:
        claim = goods.PARCEL if asked.name == goods.PARCEL or state.task is None else state.task.claim
        return goods.ask_order(claim, reading, replace(situation, state=missed))
    return Plan(Clarify(missed.misses, upset=is_upset(reading)), missed)


def _answers(reading: Reading, state: DialogueState) -> bool:
    """True when the reading holds the very fact that was asked: then it is the answer, whatever else it sounds like."""
    return state.asked is not None and state.asked.name in reading.facts


def _taken_up_again(reading: Reading, state: DialogueState, facts: Mapping[str, FactValue]) -> Task | None:
    """The task that was just refused, when the buyer puts something right: "I was wrong, it was never worn".

    An exchange is also taken up by naming something else to exchange for.
    """
    another = state.last is not None and state.last.claim == "exchange" and "claim.exchange_for" in facts
    return state.last if facts and (another or reading.has("act.correct")) else None


def _unless_on_table(planned: Plan, reading: Reading, situation: Situation, mind: Mind) -> Plan:
    """The plan, unless it would propose what is on the table already: then a question is answered, or both wait."""
    step, proposal = planned.step, situation.proposal
    if not isinstance(step, Propose) or proposal is None or proposal.state != "open":
        return planned
    if _binds(step.command, step.decision) != _binds(proposal.command, proposal.decision):
        return planned
    kept = replace(planned.state, proposal_id=proposal.id, asked=situation.state.asked)
    return on_question(reading, situation, mind) or Plan(Hesitation(proposal.id), kept, planned.decision)


def _binds(command: Command, decision: Decision) -> tuple[object, ...]:
    """All that a proposal binds the two sides to."""
    done = (command.name, command.order_id, command.item_id, command.amount_fen)
    return (*done, decision.rule, decision.return_freight)


def _confirmed(proposal_id: str, state: DialogueState) -> Plan:
    """The proposal is confirmed; what it was about stays in view ("and hurry that order up")."""
    return Plan(Confirm(proposal_id), replace(state, task=None, asked=None, proposal_id=None, last=state.task))


def _declined(proposal_id: str, state: DialogueState, dropped: bool = False) -> Plan:
    """The proposal is off the table. The wish stays open to a change of facts, unless another one waits."""
    task = None if dropped or state.waiting else state.task
    return Plan(Decline(proposal_id, dropped), replace(state, task=task, asked=None, proposal_id=None))


def _offering_next(planned: Plan) -> Plan:
    """The plan with the first waiting wish offered, once nothing else is open."""
    state, step = planned.state, planned.step
    if not state.waiting or state.task or state.proposal_id or state.asked or not isinstance(step, Ending):
        return planned
    if isinstance(step, Chat) and step.kind not in POLITE:
        return planned
    return replace(planned, step=replace(step, then=state.waiting[0].claim))


def _counted(planned: Plan, reading: Reading, before: DialogueState) -> Plan:
    """The plan with the turn's counters: turns taken, and angry turns in a row."""
    angry = reading.mood.name == "angry" or "abuse" in reading.flags
    state = replace(
        planned.state, turns=before.turns + 1, angry_turns=before.angry_turns + 1 if angry else 0
    )
    return replace(planned, state=state)


def _facts(reading: Reading, situation: Situation, mind: Mind) -> dict[str, FactValue]:
    """What this turn tells, for the open task and for what is wished for now."""
    task = situation.state.task or situation.state.last
    return told(reading, situation, mind, [*claims.wishes_of(reading), *([task.claim] if task else [])])


def _picked(reading: Reading, situation: Situation) -> Target | None:
    """The goods that the buyer tapped; those they name in answer to "which?", or put right."""
    picked = goods.picked_target(reading, situation)
    task = situation.state.task
    if picked or task is None:
        return picked
    if task.order_id is None:
        return goods.named_target(reading, situation, task.claim)
    if reading.has("act.correct"):
        others = [one for one in goods.named_targets(reading, situation, task.claim) if one != _known(situation)]
        return others[0] if len(others) == 1 else None
    return None


def _known(situation: Situation) -> Target | None:
    """The goods that the open task is about, once they are known."""
    return goods.target_of_task(situation.state.task, situation) if situation.state.task else None


def _names_other_goods(reading: Reading, situation: Situation) -> bool:
    """True when the words point to other goods than those of the open task."""
    task = situation.state.task
    if task is None or task.order_id is None or reading.has("act.correct"):
        return False
    named = goods.named_targets(reading, situation, task.claim)
    return len(named) == 1 and named[0] != _known(situation)


def _wish(reading: Reading) -> str | None:
    """The best wish that is one: "it is broken" in the middle of a claim is no other wish."""
    return next((wish for wish in claims.wishes_of(reading) if wish != claims.UNDECIDED), None)


def _concerns_task(reading: Reading, situation: Situation) -> bool:
    """True when the turn tells something about the goods or the facts of the open task."""
    choice = situation.choice
    tapped = choice is not None and (choice.fact is not None or choice.order_id is not None)
    return situation.state.task is not None and (tapped or bool(reading.facts))


def _other_business(reading: Reading) -> bool:
    return any(reading.has(part) for part in ("claim", "ask", "order", "case", "shop")) and not (
        reading.has("act.confirm") or reading.has("act.refuse")
    )


def asks_for(step: Step) -> Asked | None:
    """What a step asks the buyer, so that the next reading can be made in its light."""
    if isinstance(step, AskFact):
        return Asked(step.fact, tuple(str(option) for option in step.options))
    if isinstance(step, AskOrder):
        name = goods.PARCEL if step.claim == goods.PARCEL else "order"
        return Asked(name, tuple(f"{t.order.id}/{t.item.id}" for t in step.targets))
    if isinstance(step, AskWish):
        return Asked("wish", step.claims)
    if isinstance(step, Ending) and step.then:
        return Asked(NEXT, (step.then,))
    return Asked("proposal") if isinstance(step, Propose) else None
