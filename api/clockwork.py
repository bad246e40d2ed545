"""Durable clocks beside the server: started once it is ready, so that nobody waits for them."""

import asyncio
import logging

from assistant.cases.clocks import Clocks
from assistant.services import Services
from knowledge.errors import Unavailable

SECONDS = 5.0
log = logging.getLogger(__name__)


async def run(services: Services) -> None:
    """Arm the clocks that ring soon, every five seconds until cancelled."""
    clocks = Clocks(services.cases)
    try:
        await clocks.start()
        while True:
            await _arm(clocks)
            await asyncio.sleep(SECONDS)
    except asyncio.CancelledError:
        raise
    except Exception:   # whatever keeps DBOS from starting, clocks still ring: the sweeper finds them
        log.exception("durable clocks do not run; the sweeper rings the clocks of cases")
    finally:
        await clocks.stop()


async def _arm(clocks: Clocks) -> None:
    try:
        await clocks.arm()
    except Unavailable:
        log.warning("the database does not answer; clocks are armed again later")
