"""Merchant, buyer, staff and clock at the same moment: one of them comes first, and money moves once."""

import asyncio
import random

import pytest

from assistant.cases.handling import Handling
from assistant.clock import new_id
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.errors import FairdeskError
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.integration.cases.scenes import Doing, case_now, commands_of, open_case, record_now


async def test_who_comes_first_wins_and_money_moves_once(
    request: pytest.FixtureRequest, database: Database, database_url: str, clock: FixedClock
) -> None:
    """In each round several workers accept, contest, withdraw, ring and deliver at once; the case stays whole."""
    rounds, dice = max(5, request.config.getoption("--races") // 10), random.Random(1)
    platform, second = FakePlatform(), Database(database_url, busy_seconds=20)
    workers = [Gateway(one, platform, clock, new_id, lambda _c, _e: None) for one in (database, second)]
    for n in range(rounds):
        await one_round(workers, platform, clock, dice, f"SF{n:08d}")
    await second.close()
    print(f"\n{rounds} rounds: 0 doubled, 0 lost (95 % bound {3 / rounds:.4f})")


async def one_round(
    workers: list[Gateway], platform: FakePlatform, clock: FixedClock, dice: random.Random, number: str
) -> None:
    """A return whose inspection ends in many ways at once."""
    case = await open_case(workers[0], approved="at_once")
    await Doing(workers[0]).do(case.id, "ship", tracking_number=number)
    await Doing(workers[0]).do(case.id, "received", "merchant")
    clock.advance(hours=dice.choice([1, 49]))
    platform.faults += dice.choices(["slow", "doubled", "done_but_silent", "silent"], k=2)
    tries = [
        work
        for gateway in workers
        for work in (
            Doing(gateway).do(case.id, "pass_inspection", "merchant"),
            Doing(gateway).do(case.id, "contest", "merchant", reason="not mine"),
            Doing(gateway).do(case.id, "withdraw"),
            Handling(gateway).ring("demo", case.id),
            gateway.deliver(),
        )
    ]
    dice.shuffle(tries)
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert [one for one in found if isinstance(one, BaseException) and not isinstance(one, FairdeskError)] == []
    platform.faults.clear()
    clock.advance(minutes=5)
    await workers[0].deliver()
    seqs = [one.event.seq for one in await record_now(workers[0], case.id)]
    after = await case_now(workers[0], case.id)
    assert seqs == list(range(1, after.version + 1))
    paid = [(fen, state) for name, fen, state in await commands_of(workers[0], case.id) if name == "return_refund"]
    assert paid == ([(12900, "done")] if after.state == "done" else [])
    assert after.state in ("evidence", "withdrawn", "done")     # what is contested can still be withdrawn
    assert max(platform.done.values()) == 1
