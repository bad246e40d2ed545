"""The sealer: signs what happened to cases, at intervals, outside the database."""

import asyncio
import logging

from assistant.record.heads import Heads
from assistant.record.sealing import look_back_from, seal
from assistant.services import Services
from knowledge.errors import FairdeskError

log = logging.getLogger(__name__)


async def run(services: Services, heads: Heads, seconds: float) -> None:
    """Seal every `seconds` until cancelled; the first time all cases are looked at, later those that moved lately."""
    since = None
    while True:
        try:
            await seal(services.database, heads, services.clock, since)
            since = await look_back_from(heads)
        except (FairdeskError, OSError) as error:   # the key, the folder or the database: an operator has to look
            log.error("case records could not be sealed; trying again later: %s", error)
        except Exception:  # a fault in one pass must not end the sealing for good
            log.exception("sealing failed; trying again later")
        await asyncio.sleep(seconds)
