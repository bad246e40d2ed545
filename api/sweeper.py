"""The sweeper: finishes what a crash left. Turns that nobody took, commands that the platform has not answered."""

import asyncio
import logging

from assistant import turn
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations
from knowledge.errors import Unavailable

SECONDS = 2.0
log = logging.getLogger(__name__)


async def run(services: Services) -> None:
    """Sweep every two seconds until cancelled."""
    while True:
        try:
            await sweep(services)
        except Unavailable:
            log.warning("the database does not answer; sweeping again later")
        except Exception:  # a fault in one pass (an unreadable rule file, say) must not end the sweeping for good
            log.exception("a sweep failed; sweeping again later")
        await asyncio.sleep(SECONDS)


async def sweep(services: Services) -> None:
    """One pass: changed rule files are loaded too."""
    await asyncio.to_thread(services.books.refresh)
    await services.gateway.deliver()
    async with services.database.read() as tx:
        due = await conversations.turns_due(tx, services.clock())
    for tenant, buyer_id, conversation_id in due:
        await turn.answer(services, Scope(tenant, "buyer", buyer_id), conversation_id)
