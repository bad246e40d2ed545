"""One turn: a buyer's messages become one checked reply.

- receive: the buyer's event is appended; a burst of messages becomes one turn
- read: text and state → Reading
- escalate: by rules, before planning and again once there is a decision
- plan: → Step
- act: a proposal is prepared; what the buyer confirmed is executed by the gateway
- write: → Reply, checked
- deliver: the owner is checked again under the conversation's lock; events are appended, subscribers told
"""

import asyncio
import logging
from dataclasses import replace

from assistant import delivery
from assistant.bus import Passing
from assistant.conversation import BuyerMessage, Event
from assistant.escalation.rules import escalate
from assistant.looking_up import with_goods
from assistant.planning import planner
from assistant.planning.step import PassOn, Plan, Situation
from assistant.replies.voice import Voice
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import Loaded, load, reading_context, tapped
from assistant.store import conversations
from assistant.tools.acting import act
from assistant.understanding.reading import Reading

log = logging.getLogger(__name__)
REREADS = 5


async def receive(services: Services, scope: Scope, conversation_id: str, message: BuyerMessage) -> tuple[Event, bool]:
    """Append a buyer's message; the same `client_id` again gives the first event back, and False.

    Raises:
        NotFound: no such conversation for this buyer.
    """
    return await delivery.receive(services, scope, conversation_id, message)


async def answer(services: Services, scope: Scope, conversation_id: str) -> None:
    """Answer all messages that wait, unless another worker is at it. Whatever fails, no message is lost."""
    token = services.new_id()
    async with services.database.write() as tx:
        if not await conversations.claim_turn(tx, conversation_id, token, services.clock()):
            return
    await asyncio.sleep(services.burst_seconds)
    try:
        for _ in range(REREADS):
            if await take_turn(services, scope, conversation_id, token):
                return
    except Exception:  # any fault, foreseen or not, must end with a safe word and a person (law 9)
        log.exception("turn failed", extra={"conversation": conversation_id})
        await delivery.fail_safe(services, scope, conversation_id, token)
        return
    log.warning("messages kept coming", extra={"conversation": conversation_id})
    await delivery.release(services, conversation_id, token)


async def take_turn(services: Services, scope: Scope, conversation_id: str, token: str) -> bool:
    """One pass over what waits; False when more came in meanwhile and the turn must be taken again."""
    loaded = await load(services, scope, conversation_id)
    if loaded is None:
        await delivery.release(services, conversation_id, token)
        return True
    services.bus.pass_on(conversation_id, Passing("typing", {"by": "assistant"}))
    reading = tapped(loaded) or await services.reader.read(loaded.text, reading_context(loaded.situation))
    situation = await with_goods(services, scope, reading, replace(loaded.situation, language=reading.language))
    plan = await asyncio.to_thread(think, services, reading, situation)
    if plan.acts_at_once and await delivery.more_came(services, scope, loaded):
        return False
    done = await act(services, scope, loaded, plan, situation)
    reply = await services.writer.write(plan.step, done.said, situation, voice_of(services, situation))
    return await delivery.deliver(services, scope, delivery.Turn(token, loaded, reading, plan, done, reply))


def think(services: Services, reading: Reading, situation: Situation) -> Plan:
    """Escalate, or plan; and escalate again, now that there may be a decision. Pure: no waiting, no storing."""
    state = situation.state
    handover = escalate(services.escalation, reading, state)
    if handover is None:
        plan = planner.plan(reading, situation, services.mind)
        handover = escalate(services.escalation, reading, plan.state, plan.decision)
        if handover is None or isinstance(plan.step, PassOn):
            return plan
        return Plan(PassOn(handover), replace(plan.state, asked=None), plan.decision)
    planned = planner.plan(reading, situation, services.mind)      # for the briefing: what would have been next
    return Plan(PassOn(handover), replace(planned.state, asked=None), planned.decision)


def voice_of(services: Services, situation: Situation) -> Voice:
    """The writer's voice for a situation."""
    return Voice(
        situation.language, services.books.rules.every_fact, services.clause, variant=situation.state.turns
    )


__all__ = ["Loaded", "answer", "receive", "take_turn", "think", "voice_of"]
