"""Orders priced by mistake: the merchant asks, the rules decide each order, and its buyer is free to refuse.

Where the rules grant it, the buyer is offered the release (everything paid comes back, with a small compensation on
top) as a proposal like any other: their own confirmation executes it through the gateway, and nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.cases.opening import title_of
from assistant.commerce.model import Order, OrderItem
from assistant.commerce.platform import Command
from assistant.conversation import Asked, AssistantReply, Conversation, Event, Payload, ProposalMade
from assistant.currency import money
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.gather import facts_of
from assistant.planning.step import Propose, Target
from assistant.proposal import Proposal, digest_of
from assistant.replies.cards import proposal_card
from assistant.replies.reply import Reply
from assistant.replies.voice import Done
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import situation_of
from assistant.store import conversations, records, releases
from assistant.store.conversations import Tx
from assistant.store.releases import Outcome, Release, ReleaseLine
from assistant.turn import voice_of
from knowledge.errors import BadInput, NotAllowed
from knowledge.text import Text

OFFER_STANDS = timedelta(hours=48)
A_YEAR = timedelta(days=365)
MOST_ORDERS = 200
_OUTCOMES: dict[str, Outcome] = {"grant": "offered", "refuse": "refused"}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a merchant asks for: the goods priced by mistake as (order, item), when it was noticed, what happened."""

    goods: tuple[tuple[str, str], ...]
    noticed_at: datetime
    words: str


async def ask_release(services: Services, scope: Scope, asking: Asking) -> Release:
    """Decide each order, offer the release to the buyers where the rules grant it, and keep what came of it.

    Raises:
        NotAllowed: somebody else than a merchant asks.
        BadInput: no orders, too many of them, or one twice.
    """
    if scope.role != "merchant" or not scope.shop_id:
        raise NotAllowed("only the shop can ask to release its orders")
    ids = [order for order, _ in asking.goods]
    if not 0 < len(ids) <= MOST_ORDERS or len(set(ids)) != len(ids):
        raise BadInput(f"name 1 to {MOST_ORDERS} orders, each once")
    mistakes = await _mistakes(services, scope)
    lines = [await _line(services, scope, goods, asking, mistakes) for goods in asking.goods]
    release = Release(
        services.new_id(), scope.tenant, scope.shop_id, asking.noticed_at, asking.words, tuple(lines), services.clock()
    )
    async with services.database.write(durable=True) as tx:
        await releases.add(tx, release)
        detail = {"orders": len(lines), "offered": sum(one.outcome == "offered" for one in lines)}
        await records.add_audit(tx, scope, "release.asked", release.id, detail, now=release.at)
    return release


async def _mistakes(services: Services, scope: Scope) -> int:
    """How many mistakes of the shop were accepted within a year."""
    async with services.database.read() as tx:
        return await releases.accepted_since(tx, scope.tenant, scope.shop_id or "", services.clock() - A_YEAR)


async def _line(
    services: Services, scope: Scope, goods: tuple[str, str], asking: Asking, mistakes: int
) -> ReleaseLine:
    order_id, item_id = goods
    order = await services.platform.order(scope, order_id)
    item = order.item(item_id) if order else None
    if order is None or item is None:
        return ReleaseLine(order_id, item_id, "not_found")
    decision = await _decided(services, scope, Target(order, item), asking, mistakes)
    line = ReleaseLine(order_id, item_id, _OUTCOMES.get(decision.outcome, "review"), decision.because)
    if line.outcome != "offered":
        return line
    return await _offer(services, scope, Target(order, item), decision, line)


async def _decided(services: Services, scope: Scope, target: Target, asking: Asking, mistakes: int) -> Decision:
    """What the rules say of releasing this order; when it was noticed is the merchant's word."""
    order, item, now = target.order, target.item, services.clock()
    book = services.books.rules.for_shop(order.shop_id)
    shop = await services.platform.shop(scope, order.shop_id)
    known = shop and replace(shop, facts={**shop.facts, "price_mistakes_12m": mistakes})
    product = await services.platform.product(scope, item.product_id)
    facts = facts_of(order, item, None, known, product, now, catalog=book.catalog)
    claim = {"kind": "release_order", "noticed_at": min(asking.noticed_at, now), "at": now}
    return decide(book, {**facts, "claim": claim}, now)


async def _offer(
    services: Services, scope: Scope, target: Target, decision: Decision, line: ReleaseLine
) -> ReleaseLine:
    """Put the release before the buyer, once."""
    buyer = Scope(scope.tenant, "buyer", target.order.buyer_id)
    conversation = await _conversation(services, buyer)
    proposal, reply = await _worded(services, conversation, target, decision)
    async with services.database.write(durable=True) as tx:
        found = await conversations.find(tx, buyer, conversation.id, lock=True)
        if found.owner != "assistant":
            return replace(line, outcome="busy", because=(_BUSY,))
        if await releases.offered(tx, scope.tenant, target.order.shop_id, target.order.id):
            return replace(line, outcome="refused", because=(_ASKED,))
        await services.gateway.propose(tx, scope, proposal)
        made = await _put(tx, found, proposal, reply, proposal.created_at)
    services.gateway.publish(conversation.id, made)
    return replace(line, proposal_id=proposal.id, compensation_fen=proposal.command.amount_fen, answer="open")


async def _conversation(services: Services, buyer: Scope) -> Conversation:
    """The buyer's open conversation, or a new one in their language."""
    async with services.database.write() as tx:
        found = await conversations.latest_of_buyer(tx, buyer)
        if found:
            return found
        known = await services.platform.buyer(buyer, buyer.subject)
        language = known.language if known else "zh"
        return await conversations.create(tx, buyer, services.new_id(), language, services.clock())


async def _worded(
    services: Services, conversation: Conversation, target: Target, decision: Decision
) -> tuple[Proposal, Reply]:
    """The proposal, and the words it is put in; the command's amount is the compensation that the rules came to."""
    buyer = Scope(conversation.tenant, "buyer", conversation.buyer_id)
    situation = await situation_of(services, buyer, conversation)
    order, now, language = target.order, situation.now, conversation.language
    command = command_of_release(decision, order, target.item)
    until, proposal_id = now + OFFER_STANDS, services.new_id()
    digest = digest_of(buyer.tenant, buyer.subject, command)
    card = proposal_card(proposal_id, decision, target, digest, until, language, situation.zone)
    card = replace(card, summary=(*card.summary, _back(order).in_(language)))
    proposal = Proposal(
        proposal_id, buyer.tenant, conversation.id, buyer.subject, command, decision, title_of("release_order"),
        language, card, now, until, order.shop_id,
    )
    step = Propose(decision, command, target)
    reply = await services.writer.write(step, Done(proposal=card), situation, voice_of(services, situation))
    return proposal, reply


def command_of_release(decision: Decision, order: Order, item: OrderItem) -> Command:
    """What the platform is asked to do once the buyer agrees."""
    amount = decision.amount.fen if decision.amount else 0
    return Command("release_order", order.id, item.id, amount, {"rule": decision.rule or "", "claim": decision.claim})


async def _put(tx: Tx, conversation: Conversation, proposal: Proposal, reply: Reply, now: datetime) -> Sequence[Event]:
    """The offer in the conversation's log. A yes in words counts where nothing else was open; the card always does."""
    state = conversation.state
    if state.task is None and state.proposal_id is None and state.asked is None:
        state = replace(state, proposal_id=proposal.id, asked=Asked("proposal"))
    payloads: list[Payload] = [ProposalMade(proposal.card), AssistantReply(proposal.id, reply)]
    conversation, made = await conversations.append(tx, replace(conversation, state=state), payloads, now)
    await conversations.save(tx, conversation)
    return made


def _back(order: Order) -> Text:
    left = money(order.paid_fen - order.refunded_fen, order.currency)
    return Text(f"已付的 {left} 全额原路退回", f"{left}, all that you paid, comes back the way you paid")


_BUSY = Text("买家正在由人工接待，请稍后再提交这一单。", "A person is talking to this buyer; ask for this order later.")
_ASKED = Text("这一单已经问过买家，不会再问。", "This buyer was asked before, and is not asked again.")
