"""Loading a turn: the conversation, the messages that wait, and all that planning needs to know."""

from dataclasses import dataclass, replace

from assistant.commerce.model import Buyer
from assistant.conversation import BuyerMessage, Conversation, Event
from assistant.merchants.known import known
from assistant.planning.retention import goods_of
from assistant.planning.step import Situation
from assistant.proposal import Proposal
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import cases as stored_cases
from assistant.store import conversations, records
from assistant.store.conversations import Tx
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import IntentScore, Reading


@dataclass(frozen=True, slots=True)
class Loaded:
    """A turn that is due: its conversation, the unanswered messages (never empty), and the situation."""

    conversation: Conversation
    messages: tuple[BuyerMessage, ...]
    last_seq: int
    situation: Situation

    @property
    def text(self) -> str:
        """All words of the burst."""
        return "\n".join(message.text for message in self.messages if message.text)


async def load(services: Services, scope: Scope, conversation_id: str) -> Loaded | None:
    """What the next turn of this conversation is about, or None when nothing waits or the assistant isn't its owner."""
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, conversation_id)
        waiting = await conversations.unhandled(tx, conversation)
        if not waiting or conversation.owner != "assistant":
            return None
        cases = tuple(await stored_cases.of_buyer(tx, scope, conversation.buyer_id))
        proposal = await _open_proposal(tx, scope, conversation)
        retained = await records.offers_made(tx, scope.tenant, conversation.buyer_id)
    messages = tuple(e.payload for e in waiting if isinstance(e.payload, BuyerMessage))
    situation = await situation_of(services, scope, conversation)
    situation = replace(
        situation,
        cases=cases,
        proposal=proposal,
        choice=next((m.answer for m in reversed(messages) if m.answer), None),
        photos=sum(len(m.attachments) for m in messages),
        retained=frozenset(goods_of(*goods) for goods in retained),
    )
    return Loaded(conversation, messages, _last(waiting), situation)


async def situation_of(services: Services, scope: Scope, conversation: Conversation) -> Situation:
    """The buyer, their orders, shops and products, and where the dialogue stands; without cases and proposals."""
    platform, buyer_id = services.platform, conversation.buyer_id
    buyer = await platform.buyer(scope, buyer_id) or Buyer(buyer_id, "", 1, conversation.language)
    orders = tuple(await platform.orders(scope, buyer_id))
    shop_ids = {order.shop_id for order in orders}
    product_ids = {item.product_id for order in orders for item in order.items}
    shops = {one: await platform.shop(scope, one) for one in shop_ids}
    products = {one: await platform.product(scope, one) for one in product_ids}
    async with services.database.read() as tx:
        ours = await known(services, tx, buyer, {key: shop for key, shop in shops.items() if shop})
    return Situation(
        now=services.clock(), tenant=scope.tenant, buyer=ours.buyer, orders=orders, shops=ours.shops,
        products={key: product for key, product in products.items() if product},
        cases=(), state=conversation.state, language=conversation.language,
        zone=services.zone,
    )


async def _open_proposal(tx: Tx, scope: Scope, conversation: Conversation) -> Proposal | None:
    proposal_id = conversation.state.proposal_id
    return await records.find_proposal(tx, scope, proposal_id) if proposal_id else None


def reading_context(situation: Situation) -> ReadingContext:
    """The light in which a message is read: what was asked, what is on the table, what day it is."""
    asked = situation.state.asked
    return ReadingContext(
        asked=asked.name if asked else None,
        options=asked.options if asked else (),
        language_hint=situation.language,
        today=situation.today,
        has_proposal=situation.proposal is not None,
    )


def tapped(loaded: Loaded) -> Reading | None:
    """The reading of a tap: certain, and in need of no reader. None when the buyer wrote something."""
    choice = loaded.situation.choice
    if choice is None or len(loaded.messages) > 1:
        return None
    intents = (IntentScore(choice.intent, 1.0),) if choice.intent else ()
    return Reading(loaded.text, loaded.situation.language, intents, confidence=1.0)


def _last(events: list[Event]) -> int:
    return events[-1].seq
