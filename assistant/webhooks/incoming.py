"""Webhooks in: taken in at once, worked off durably, in whatever order and however often they come.

take in    the signature fits, its time is near, the id is new: kept in the database, answered
work off   each becomes an event of a case, a line in a conversation, or a question to the platform
what does not fit yet is tried again for three days, then left to people at the desk
"""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from assistant.cases.events import Actor, Happening, Json
from assistant.cases.handling import Handling
from assistant.commerce.model import Order, OrderState, Parcel, ParcelState
from assistant.commerce.views import parcel_label, state_label
from assistant.conversation import Notice
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations, platform_news
from assistant.store.platform_news import News
from assistant.webhooks import kinds
from assistant.webhooks.kinds import CaseDecided, OrderChanged, ParcelBack, ParcelScanned, RefundDone
from knowledge.errors import BadInput, FairdeskError, NotAllowed, NotFound
from knowledge.text import Text

MAX_BYTES = 64 * 1024
TOLD_ORDERS: tuple[OrderState, ...] = ("dispatched", "delivered", "cancelled")
TOLD_PARCELS: tuple[ParcelState, ...] = ("delayed", "lost")
"""Of which states the buyer is told without asking."""

log = logging.getLogger(__name__)


async def take_in(services: Services, news_id: str, body: bytes) -> bool:
    """Keep a webhook whose signature was checked; False when it was kept before.

    Raises:
        BadInput: it can't be used; says what is missing.
        Conflict: the id was used before, for something else.
    """
    told = kinds.read(body)
    kept = json.loads(body)
    news = News(news_id, services.tenant, told.kind, kept, hashlib.sha256(body).hexdigest(), services.clock())
    try:
        async with services.database.write(durable=True) as tx:
            return await platform_news.take_in(tx, news)
    except IntegrityError:      # its double came in at the same moment, and was quicker
        async with services.database.write() as tx:
            return await platform_news.take_in(tx, news)


async def work_off(services: Services) -> int:
    """Work off everything that is due; returns how many were settled. Safe to call at any time from anywhere."""
    settled = 0
    while news := await _next(services):
        settled += await _handled(services, news)
    return settled


async def _next(services: Services) -> News | None:
    async with services.database.write() as tx:
        return await platform_news.claim(tx, services.tenant, services.clock())


async def _handled(services: Services, news: News) -> bool:
    """Do what the news are about; True when that was the end of it."""
    try:
        told = kinds.known(news.body)
        note = await _HANDLERS[told.kind](services, news, told) if told else f"nothing is known of {news.kind}"
    except (NotAllowed, BadInput) as error:
        return await _settled(services, news, "failed", str(error))
    except FairdeskError as error:      # it came too early, or something is away
        return await _postponed(services, news, str(error))
    except Exception as error:      # a fault in one must not hold up the others
        log.exception("news of the platform could not be worked off", extra={"news": news.id})
        return await _postponed(services, news, type(error).__name__)
    return await _settled(services, news, "noted" if note else "done", note)


async def _settled(services: Services, news: News, state: str, note: str) -> bool:
    async with services.database.write() as tx:
        await platform_news.settle(tx, news, state, note)
    return True


async def _postponed(services: Services, news: News, note: str) -> bool:
    async with services.database.write() as tx:
        await platform_news.postpone(tx, news, note, services.clock())
    return False


# -- what each kind brings; a handler returns why there was nothing to do, or nothing --


async def _order_changed(services: Services, news: News, told: OrderChanged) -> str:
    """The buyer reads it in the conversation, if that is still how the order stands."""
    order = await _order(services, told.order_id)
    if told.state not in TOLD_ORDERS:
        return f"nobody waits for {told.state}"
    if order.state != told.state:
        return f"the order is {order.state} by now"
    label = state_label(order)
    text = Text(f"订单 {order.id}：{label.zh}", f"Order {order.id}: {label.en}")
    return await _tell(services, news, order.buyer_id, text)


async def _parcel_scanned(services: Services, news: News, told: ParcelScanned) -> str:
    """What goes wrong on the way is told before the buyer asks."""
    order = await _order(services, told.order_id)
    parcel = _parcel(order, told.tracking_number)
    if parcel.state not in TOLD_PARCELS:
        return f"the parcel is {parcel.state}"
    label = parcel_label(parcel)
    text = Text(
        f"您的包裹 {parcel.tracking_number}（订单 {order.id}）：{label.zh}。需要的话，我可以帮您查规则、申请售后。",
        f"Your parcel {parcel.tracking_number} (order {order.id}): {label.en}. I can look up what you are entitled to.",
    )
    return await _tell(services, news, order.buyer_id, text)


async def _parcel_back(services: Services, news: News, told: ParcelBack) -> str:
    """The case that waits for the parcel goes on."""
    async with services.database.read() as tx:
        case_id = await platform_news.case_of_parcel(tx, services.tenant, told.tracking_number)
    if case_id is None:
        raise NotFound(f"no case waits for the parcel {told.tracking_number}")
    said: Mapping[str, Json] = {"tracking_number": told.tracking_number}
    await _move(services, news, case_id, Happening("parcel_back", Actor("platform", "webhook"), said))
    return ""


async def _refund_done(services: Services, news: News, told: RefundDone) -> str:  # noqa: ARG001  (all share a signature)
    """The platform is asked at once what became of the command; its answer counts, not the webhook."""
    async with services.database.write() as tx:
        open_still = await platform_news.hasten(tx, services.tenant, told.key, services.clock())
    if not open_still:
        return "nothing is open under this key"
    await services.gateway.deliver()
    return ""


async def _case_decided(services: Services, news: News, told: CaseDecided) -> str:
    """A result by the platform's people, with the same limits as one by ours."""
    said: dict[str, Json] = {"side": told.side, "reason": told.reason}
    said |= {} if told.amount_fen is None else {"amount_fen": told.amount_fen}
    await _move(services, news, told.case, Happening("rule", Actor("staff", "platform"), said))
    return ""


Handler = Callable[[Services, News, Any], Awaitable[str]]
_HANDLERS: Mapping[str, Handler] = {
    "order.changed": _order_changed, "parcel.scanned": _parcel_scanned, "parcel.back": _parcel_back,
    "refund.done": _refund_done, "case.decided": _case_decided,
}


async def _move(services: Services, news: News, case_id: str, happening: Happening) -> None:
    """The case moves once for each id of a webhook."""
    scope = Scope(services.tenant, "system", "webhook")
    await Handling(services.gateway).move(scope, case_id, happening, client_id=news.id)


async def _order(services: Services, order_id: str) -> Order:
    order = await services.platform.order(Scope(services.tenant, "system", "webhook"), order_id)
    if order is None:
        raise NotFound(f"there is no order {order_id}")
    return order


def _parcel(order: Order, tracking_number: str) -> Parcel:
    found = next((one for one in order.parcels if one.tracking_number == tracking_number), None)
    if found is None:
        raise NotFound(f"order {order.id} has no parcel {tracking_number}")
    return found


async def _tell(services: Services, news: News, buyer_id: str, text: Text) -> str:
    """A line in the buyer's conversation, in one transaction with the end of the news: told once."""
    system = Scope(services.tenant, "system", "webhook")
    async with services.database.write() as tx:
        conversation_id = await platform_news.conversation_of(tx, services.tenant, buyer_id)
        if conversation_id is None:
            return "the buyer has no conversation going on"
        conversation = await conversations.find(tx, system, conversation_id, lock=True)
        conversation, made = await conversations.append(tx, conversation, [Notice(text)], services.clock())
        await conversations.save(tx, conversation)
        await platform_news.settle(tx, news, "done")
    services.bus.publish_both(services.tenant, conversation_id, made)
    return ""
