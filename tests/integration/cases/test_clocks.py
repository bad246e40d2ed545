"""Durable clocks: real processes with DBOS over real databases ring what falls due, once, whoever dies."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assistant.cases.case import Case
from assistant.clock import new_id, utc_now
from assistant.store import cases, tables
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import AGENT
from tests.integration.cases.scenes import case_now, open_case, record_now

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.slow


@pytest.fixture
def gateway(database: Database) -> Gateway:
    """A gateway on the machine's own clock, which durable clocks go by."""
    return Gateway(database, FakePlatform(), utc_now, new_id, lambda _conversation, _events: None)


async def due_in(gateway: Gateway, seconds: float) -> Case:
    """A return whose merchant has so many seconds left to answer."""
    case = await open_case(gateway)
    at = utc_now() + timedelta(seconds=seconds)
    async with gateway.database.write() as tx:
        held = await cases.find(tx, AGENT, case.id, lock=True)
        data = cases.cases.dump_python(held.case, mode="json") | {"due": at.isoformat()}
        await tx.execute(update(tables.cases).where(tables.cases.c.id == case.id).values(due_at=at, data=data))
    return case


@asynccontextmanager
async def process(url: str, seconds: float = 30) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process with clocks, ready; killed at the end if it still runs."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.cases.clockworks", url, str(seconds), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdout
    assert (await asyncio.wait_for(running.stdout.readline(), 60)).strip() == b"ready"
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def rung(gateway: Gateway, case: Case, patience: float = 20) -> datetime:
    """When the case's clock was found to have rung."""
    for _ in range(round(patience / 0.1)):
        if (await case_now(gateway, case.id)).state == "waiting_goods":
            return utc_now()
        await asyncio.sleep(0.1)
    raise AssertionError("the clock did not ring")


async def test_a_clock_rings_in_its_time(gateway: Gateway, database_url: str) -> None:
    """A process rings within seconds of the date, without anybody asking; and ends when it is told to."""
    case, due = await due_in(gateway, 4), utc_now() + timedelta(seconds=4)
    async with process(database_url, 10) as running:
        await rung(gateway, case)
        assert await running.wait() == 0
    (entry,) = [one.event for one in await record_now(gateway, case.id) if one.event.kind == "time_passed"]
    assert -timedelta(seconds=1) <= entry.at - due < timedelta(seconds=5)


async def test_after_sigkill_another_process_rings(gateway: Gateway, database_url: str) -> None:
    """A process that armed a clock and was killed before its time is not missed: the next one takes it up."""
    case = await due_in(gateway, 6)
    async with process(database_url) as first:
        first.kill()
        await first.wait()
    assert (await case_now(gateway, case.id)).state == "requested"
    async with process(database_url):
        await rung(gateway, case)
    assert [one.event.kind for one in await record_now(gateway, case.id)].count("time_passed") == 1


async def test_many_workers_ring_once(gateway: Gateway, database_url: str) -> None:
    """Three processes over one database ring twenty clocks once each."""
    found = [await due_in(gateway, 6) for _ in range(20)]
    async with process(database_url), process(database_url), process(database_url):
        for case in found:
            await rung(gateway, case)
        await asyncio.sleep(1)
    for case in found:
        assert [one.event.kind for one in await record_now(gateway, case.id)].count("time_passed") == 1
