"""The clocks of cases as durable workflows, on DBOS.

A case's clock is a date in its own row. In its last minutes it is also a DBOS workflow, delayed until that moment: DBOS
starts it once, on whichever worker is free, again if that one dies, and tries again while the database is away. What
the workflow does is `Handling.ring`, which applies the machine in one transaction and does nothing the second time. So
DBOS decides who rings and when, and never whether: the sweeper rings whatever is overdue all the same.

DBOS lives in threads of its own, away from the event loop that serves; its tables are in the same PostgreSQL database,
or in a SQLite file beside ours. Imported late: the embedded path does without it.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import URL

from assistant.cases.handling import Handling
from assistant.store import cases
from assistant.store.cases import Upcoming

log = logging.getLogger(__name__)
HORIZON = timedelta(minutes=10)
"""How long before its time a clock becomes a workflow: most cases move on before, by people, and need none."""
QUEUE = "case-clocks"
AT_ONCE = 8
"""Clocks that one worker rings side by side."""
PATIENCE = 60.0
POLL_SECONDS = 0.5
_VERSION = "1"
"""Of the workflow below, not of Fairdesk: a deploy goes on with the clocks that it finds."""
_running: "Clocks | None" = None


@dataclass(slots=True)
class Clocks:
    """Arms and rings clocks, one set in each process."""

    handling: Handling
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="clocks"))
    _armed: set[str] = field(default_factory=set)

    async def start(self) -> None:
        """Launch DBOS, which takes up again what a process left that died.

        Raises:
            RuntimeError: clocks are running in this process already; DBOS allows one set.
        """
        global _running
        if _running is not None:
            raise RuntimeError("clocks are running in this process already")
        self._loop, _running = asyncio.get_running_loop(), self
        await self._in_thread(_launch, self.handling.gateway.database.url)

    async def stop(self) -> None:
        """Let go of DBOS; what it has not rung, another process does, or this one when it is back."""
        global _running
        await self._in_thread(_destroy)
        self._thread.shutdown(wait=False)
        _running = None

    async def arm(self) -> int:
        """Make workflows of the clocks that ring within ten minutes; returns how many were new here."""
        gateway = self.handling.gateway
        now = gateway.clock()
        async with gateway.database.read() as tx:
            upcoming = await cases.upcoming(tx, now, now + HORIZON)
        fresh = [one for one in upcoming if _name(one) not in self._armed]
        self._armed = {_name(one) for one in upcoming}
        await self._in_thread(_enqueue, fresh, now)
        return len(fresh)

    def ring(self, tenant: str, case_id: str) -> bool:
        """Ring in the event loop that serves, called from one of DBOS's threads."""
        assert self._loop, "clocks ring only after their start"
        return asyncio.run_coroutine_threadsafe(self.handling.ring(tenant, case_id), self._loop).result(PATIENCE)

    async def _in_thread(self, work: Any, *given: Any) -> None:
        """DBOS is synchronous and slow to start: it never holds up the loop."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)


def _name(one: Upcoming) -> str:
    """The workflow's id: one for each wait of each case."""
    return f"{one.case_id}-{one.version}"


def _launch(database: URL) -> None:
    from dbos import DBOS

    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS(config={
        "name": "fairdesk", "system_database_url": _url(database), "sys_db_pool_size": 4,
        "application_version": _VERSION, "log_level": "WARNING", "max_executor_threads": AT_ONCE * 2,
    })
    _workflow()
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)


def _destroy() -> None:
    from dbos import DBOS

    DBOS.destroy()


def _url(database: URL) -> str:
    """Where DBOS keeps its own: the same PostgreSQL database, in a schema of its own, or a SQLite file beside ours.

    Two files rather than one, because SQLite has one writer for each: DBOS never waits for ours, nor we for it.
    """
    if database.get_backend_name() == "sqlite":
        path = f"{database.database}.clocks"
        return URL.create("sqlite", database=path).render_as_string()
    return database.set(drivername="postgresql").render_as_string(hide_password=False)


def _enqueue(fresh: list[Upcoming], now: datetime) -> None:
    """One delayed workflow for each clock; DBOS keeps the first of a name, whoever enqueues it."""
    from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

    for one in fresh:
        seconds = max(0.0, (one.due - now).total_seconds())
        with SetWorkflowID(_name(one)), SetEnqueueOptions(delay_seconds=seconds):
            DBOS.enqueue_workflow(QUEUE, _workflow(), one.tenant, one.case_id)


_registered: Any = None


def _workflow() -> Any:
    """The workflow, registered with DBOS once in a process."""
    global _registered
    if _registered is None:
        from dbos import DBOS

        @DBOS.step(name="ring", retries_allowed=True, max_attempts=5, interval_seconds=1, backoff_rate=2)
        def ring(tenant: str, case_id: str) -> bool:
            if _running is None:
                raise RuntimeError("this process stops; another one rings")
            return _running.ring(tenant, case_id)

        @DBOS.workflow(name="case_clock")
        def case_clock(tenant: str, case_id: str) -> bool:
            return ring(tenant, case_id)

        _registered = case_clock
    return _registered
