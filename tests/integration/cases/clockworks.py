"""A process with durable clocks: `python -m tests.integration.cases.clockworks URL SECONDS` rings what falls due.

It prints `ready` once clocks run, and ends after SECONDS. Its platform does whatever it is asked, and its clock is the
machine's.
"""

import asyncio
import sys

from assistant.cases.clocks import Clocks
from assistant.cases.handling import Handling
from assistant.clock import new_id, utc_now
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from tests.fakes.platform import FakePlatform


async def main(url: str, seconds: float) -> None:
    """Arm and ring, until the time is over."""
    database = Database(url, busy_seconds=20)
    gateway = Gateway(database, FakePlatform(), utc_now, new_id, lambda _c, _e: None)
    clocks = Clocks(Handling(gateway))
    await clocks.start()
    await clocks.arm()
    print("ready", flush=True)
    for _ in range(round(seconds / 0.2)):
        await asyncio.sleep(0.2)
        await clocks.arm()
    await clocks.stop()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
