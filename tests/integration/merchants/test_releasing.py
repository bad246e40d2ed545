"""Orders priced by mistake: the rules decide each, the buyer is free to refuse, and the gateway does it once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.commerce.model import Order, OrderItem, Shop
from assistant.commerce.static import StaticPlatform
from assistant.commerce.world import World
from assistant.conversation import AssistantReply, Conversation
from assistant.merchants.releasing import Asking, ask_release
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations, releases
from assistant.store.releases import Release
from knowledge.errors import BadInput, Conflict, NotAllowed, NotFound
from knowledge.text import Text
from tests.fakes.clock import NOW, FixedClock
from tests.fakes.scenes import BUYER, OTHER_BUYER, log_of
from tests.integration.merchants.scenes import LIN, OTHER_SHOP, SHOP


def _order(
    order_id: str, paid_fen: int = 9900, buyer: str = "xiaolin", sent: bool = False, **traits: int | bool
) -> Order:
    """A phone for 99 yuan that usually costs 3,299."""
    item = OrderItem(f"{order_id}-1", "p1", Text("手机", "Phone"), "digital", 1, paid_fen, paid_fen,
                     traits={"usual_price_fen": 329900, **traits})
    at = NOW - timedelta(hours=3)
    return Order(order_id, buyer, "s-orchid", "dispatched" if sent else "paid", at, (item,), paid_fen, paid_at=at,
                 dispatched_at=NOW - timedelta(hours=1) if sent else None)


ORDERS = (
    _order("O-1"), _order("O-2", buyer="dawei"), _order("O-3", sent=True), _order("O-4", paid_fen=259900),
    _order("O-5", paid_fen=164900), _order("O-6", promotion_registered=True),
)


@pytest.fixture
def shop(services: Services) -> Services:
    """The services over a shop that priced a phone by mistake."""
    platform = StaticPlatform(World(shops=(Shop("s-orchid", Text("兰", "Orchid"), 4.8),), orders=ORDERS))
    return replace(services, platform=platform, gateway=replace(services.gateway, platform=platform))


async def _ask(shop: Services, *orders: str, scope: Scope = SHOP, noticed_hours: int = 2) -> Release:
    goods = tuple((one, f"{one}-1") for one in orders)
    return await ask_release(shop, scope, Asking(goods, NOW - timedelta(hours=noticed_hours), "少写了一位"))


async def _theirs(shop: Services, scope: Scope = BUYER) -> Conversation:
    async with shop.database.read() as tx:
        found = await conversations.latest_of_buyer(tx, scope)
    assert found
    return found


async def test_the_rules_decide_each_order(shop: Services) -> None:
    """Obvious mistakes are offered, dispatched or fair or registered prices refused, doubtful ones are a person's."""
    release = await _ask(shop, *(f"O-{n}" for n in range(1, 7)), "O-99")
    outcomes = [one.outcome for one in release.lines]
    assert outcomes == ["offered", "offered", "refused", "refused", "review", "refused", "not_found"]
    assert all(one.because for one in release.lines if one.outcome == "refused")
    assert [one.compensation_fen for one in release.lines[:2]] == [990, 990]


async def test_the_buyer_says_yes_and_everything_comes_back_once(shop: Services) -> None:
    """Confirmed by the buyer, the order is cancelled and refunded in full, with one receipt however often they tap."""
    line = (await _ask(shop, "O-1")).lines[0]
    assert line.proposal_id
    first = await shop.gateway.confirm(BUYER, line.proposal_id)
    assert await shop.gateway.confirm(BUYER, line.proposal_id) == first
    order = await shop.platform.order(BUYER, "O-1")
    assert order
    assert (order.state, order.refunded_fen) == ("cancelled", 9900)
    assert first.amount
    assert first.amount.fen == 990


async def test_the_buyer_is_told_and_may_refuse(shop: Services) -> None:
    """The offer stands in the buyer's chat with both sums; refused, the order stays as it is."""
    release = await _ask(shop, "O-1")
    conversation = await _theirs(shop)
    reply = next(e.payload.reply for e in await log_of(shop.database, conversation.id)
                 if isinstance(e.payload, AssistantReply))
    assert "9.90" in reply.text
    assert any("99.00" in line for card in reply.cards if card.type == "proposal" for line in card.summary)
    assert release.lines[0].proposal_id
    await shop.gateway.refuse(BUYER, release.lines[0].proposal_id)
    async with shop.database.read() as tx:
        assert (await releases.find(tx, SHOP, release.id)).lines[0].answer == "refused"
    order = await shop.platform.order(BUYER, "O-1")
    assert order
    assert order.state == "paid"


async def test_a_buyer_is_asked_once(shop: Services) -> None:
    """The same order a second time is refused, whatever the buyer said."""
    await _ask(shop, "O-1")
    assert (await _ask(shop, "O-1")).lines[0].outcome == "refused"


async def test_a_third_mistake_in_a_year_is_refused(shop: Services) -> None:
    """Two requests are accepted in twelve months; requests in which nothing was offered don't count."""
    await _ask(shop, "O-3")
    assert (await _ask(shop, "O-1")).lines[0].outcome == "offered"
    assert (await _ask(shop, "O-2")).lines[0].outcome == "offered"
    refused = (await _ask(shop, "O-5", "O-1")).lines
    assert [one.outcome for one in refused] == ["refused", "refused"]


async def test_only_the_shop_asks_and_the_offer_runs_out(shop: Services, clock: FixedClock) -> None:
    """Other shops' orders are not there, staff and buyers can't ask, and after two days the offer is gone."""
    assert (await _ask(shop, "O-1", scope=OTHER_SHOP)).lines[0].outcome == "not_found"
    for scope in (BUYER, OTHER_BUYER, LIN):
        with pytest.raises(NotAllowed):
            await _ask(shop, "O-1", scope=scope)
    with pytest.raises(BadInput):
        await _ask(shop, "O-1", "O-1")
    line = (await _ask(shop, "O-1")).lines[0]
    clock.advance(hours=49)
    assert line.proposal_id
    with pytest.raises(Conflict):
        await shop.gateway.confirm(BUYER, line.proposal_id)


async def test_a_strangers_request_is_not_there(shop: Services) -> None:
    """Another shop can't see who was asked."""
    release = await _ask(shop, "O-1")
    async with shop.database.read() as tx:
        with pytest.raises(NotFound):
            await releases.find(tx, OTHER_SHOP, release.id)


async def test_the_assistant_does_not_talk_over_a_person(shop: Services) -> None:
    """While a person has the buyer's conversation, nothing is put into it and the merchant is told to ask later."""
    await _ask(shop, "O-1")
    conversation = await _theirs(shop)
    async with shop.database.write() as tx:
        found = await conversations.find(tx, BUYER, conversation.id, lock=True)
        await conversations.save(tx, replace(found, owner="human"))
    before = len(await log_of(shop.database, conversation.id))
    world = World(shops=(Shop("s-orchid", Text("兰", "Orchid"), 4.8),), orders=(_order("O-7"),))
    again = replace(shop, platform=StaticPlatform(world))
    assert (await _ask(again, "O-7")).lines[0].outcome == "busy"
    assert len(await log_of(shop.database, conversation.id)) == before
