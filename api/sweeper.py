"""The sweeper: finishes what a crash left. Turns nobody took, unanswered commands, clocks nobody rang, webhooks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from assistant import turn
from assistant.merchants import reporting
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations
from assistant.webhooks import incoming
from knowledge.errors import Unavailable

SECONDS = 2.0
OVERDUE = timedelta(seconds=2)
"""How long the sweeper leaves a clock to those whose work it is."""
log = logging.getLogger(__name__)


async def run(services: Services) -> None:
    """Sweep every two seconds until cancelled.

    Webhooks go out and clocks ring beside it: a slow receiver, or many clocks at once, hold up nothing.
    """
    work = (sweep, send_webhooks, ring_overdue)
    await asyncio.gather(*(_again_and_again(one, services) for one in work))


async def _again_and_again(work: Callable[[Services], Awaitable[None]], services: Services) -> None:
    while True:
        try:
            await work(services)
        except Unavailable:
            log.warning("the database does not answer; sweeping again later")
        except Exception:  # a fault in one pass (an unreadable rule file, say) must not end the sweeping for good
            log.exception("a sweep failed; sweeping again later")
        await asyncio.sleep(SECONDS)


async def sweep(services: Services) -> None:
    """One pass: changed rule files are loaded too."""
    await asyncio.to_thread(services.refresh)
    await services.gateway.deliver()
    await incoming.work_off(services)
    async with services.database.read() as tx:
        due = await conversations.turns_due(tx, services.clock())
    for tenant, buyer_id, conversation_id in due:
        await turn.answer(services, Scope(tenant, "buyer", buyer_id), conversation_id)


async def send_webhooks(services: Services) -> None:
    """What the platform wants to hear of, and has not taken yet."""
    if services.messenger:
        await services.messenger.send_due()


async def ring_overdue(services: Services) -> None:
    """Clocks of cases that nobody rang in their time (where durable clocks run, those come first), and of reports."""
    await services.cases.ring_due(OVERDUE)
    await reporting.ring_due(services)
