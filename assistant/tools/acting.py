"""Acting on a step: prepare what will be put on the table, execute what was confirmed, find the place in the queue."""

from dataclasses import dataclass, replace

from assistant.cases.opening import title_of
from assistant.commerce.model import Order
from assistant.conversation import QueuePlace
from assistant.escalation.queue import place_in_queue
from assistant.planning.step import Confirm, Decline, PassOn, Plan, Propose, Situation
from assistant.proposal import LIFETIME, Proposal, digest_of
from assistant.replies.cards import proposal_card
from assistant.replies.details import details
from assistant.replies.voice import Done
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import Loaded
from assistant.store import conversations
from knowledge.errors import Conflict

NOTHING_DONE = Done()


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of it: `said` is for the writer, `proposal` is stored together with the reply."""

    said: Done = NOTHING_DONE
    proposal: Proposal | None = None
    place: QueuePlace | None = None


async def act(services: Services, scope: Scope, loaded: Loaded, plan: Plan, situation: Situation) -> Acted:
    """Carry out a step. Only `Confirm` changes anything in the world, and only through the gateway."""
    step = plan.step
    if isinstance(step, Propose):
        proposal = prepare(services, scope, loaded.conversation.id, step, situation)
        return Acted(Done(proposal=proposal.card), proposal)
    if isinstance(step, Confirm):
        return await _confirm(services, scope, step)
    if isinstance(step, Decline):
        return await _decline(services, scope, step)
    if isinstance(step, PassOn):
        place = await find_place(services, scope, loaded, step)
        return Acted(Done(place=place), place=place)
    return Acted()


def prepare(services: Services, scope: Scope, conversation_id: str, step: Propose, situation: Situation) -> Proposal:
    """The proposal for a granted decision: open for half an hour."""
    now, language = situation.now, situation.language
    proposal_id = services.new_id()
    order: Order | None = step.target.order if step.target else None
    digest = digest_of(scope.tenant, situation.buyer.id, step.command)
    card = proposal_card(proposal_id, step.decision, step.target, digest, now + LIFETIME, language, situation.zone)
    said = details(step.command, situation, services.books.rules.every_fact, language)
    instead = step.instead.title.in_(language) if step.instead else None
    card = replace(card, summary=(*card.summary, *said), instead=instead)
    return Proposal(
        proposal_id, scope.tenant, conversation_id, situation.buyer.id, step.command, step.decision,
        title_of(step.decision.remedy or step.decision.claim), language, card, now, now + LIFETIME,
        order.shop_id if order else _shop_of(step, situation),
    )


def _shop_of(step: Propose, situation: Situation) -> str:
    """The shop that sells what is to be bought; "" where nothing is."""
    sellers = (situation.goods[line.product_id].shop_id for line in step.command.lines if not line.item_id)
    return next(sellers, "")


async def _decline(services: Services, scope: Scope, step: Decline) -> Acted:
    """Take the proposal off the table; when it was confirmed at the same moment, that stands and is told."""
    try:
        await services.gateway.refuse(scope, step.proposal_id)
    except Conflict:
        return Acted(Done(failed=True))
    return Acted()


async def _confirm(services: Services, scope: Scope, step: Confirm) -> Acted:
    try:
        receipt = await services.gateway.confirm(scope, step.proposal_id)
    except Conflict:
        return Acted(Done(failed=True))
    return Acted(Done(receipt=receipt, held=receipt is None))


async def find_place(services: Services, scope: Scope, loaded: Loaded, step: PassOn) -> QueuePlace:
    """Where the buyer will stand in the queue of this handover."""
    waiting = replace(loaded.conversation, handover=step.handover)
    async with services.database.read() as tx:
        ahead = await conversations.queue_ahead(tx, scope.tenant, waiting)
    return place_in_queue(services.escalation, step.handover, ahead, services.clock(), services.zone)
