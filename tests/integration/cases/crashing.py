"""Kill the process that moves a case, at named points and at random moments, and look at what is left.

    python -m tests.integration.cases.crashing sqlite:///a-migrated-file.db --kills 1000

Each round forks a worker, which takes a return from its opening to the money and is killed with SIGKILL on the way, and
then a survivor, which starts afresh: clocks ring, the people tap again, the sweeper asks the platform again. After that
the case must be done, its record whole, and the money paid once. SIGKILL is not power loss.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import signal
import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assistant.cases.conduct import key_of
from assistant.cases.events import Actor, Happening
from assistant.cases.handling import Handling
from assistant.clock import new_id
from assistant.commerce.platform import Command
from assistant.store import cases, tables
from assistant.store.case_events import record_of
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.errors import Conflict
from tests.fakes.clock import FixedClock
from tests.fakes.scenes import AGENT, BUYER, opened, proposed, put_on_table
from tests.integration.cases.scenes import MERCHANT
from tests.integration.tools.crashing import JournalPlatform, MortalDatabase, dying_at

STEPS = ("propose", "confirm", "settle return", "ship", "settle advance", "receive", "ring", "settle refund")
"""The transactions of a return, from its proposal to its last payment, in their order."""
POINTS = (
    *(f"{when} {write}" for write in STEPS[1:] for when in ("before", "inside", "after")),
    *(f"{when} ask {n}" for n in (1, 2, 3) for when in ("before", "after")),
)
"""Where a worker can be made to die: around and inside each transaction, and around each request to the platform."""
DECIDED, ADVANCE = 12900, 5000


async def prepare(gateway: Gateway) -> tuple[str, str]:
    """A proposal of a return with an advance, on the table: its id and its conversation's."""
    conversation = await opened(gateway.database)
    proposal = proposed(conversation.id, amount_fen=DECIDED, now=gateway.clock())
    notes = {"approved": "at_once", "advanced_on": "tracking_number", "advance_fen": str(ADVANCE)}
    decision = replace(proposal.decision, remedy="return_and_refund", notes=notes, deadlines=())
    command = Command("return", "O-1", "O-1-1", DECIDED)
    laid = await put_on_table(gateway, replace(proposal, decision=decision, command=command))
    return laid.id, conversation.id


async def go_on(gateway: Gateway, clock: FixedClock, proposal_id: str) -> str:
    """All that buyer and merchant do, and the clock that ends the inspection; done before, nothing happens again."""
    handling = Handling(gateway)
    case_id = (await gateway.confirm(BUYER, proposal_id)).case_id
    ship = Happening("ship", Actor("buyer", BUYER.subject), {"tracking_number": f"SF{case_id[:8]}"})
    await handling.move(BUYER, case_id, ship, "ship")
    received = Happening("received", Actor("merchant", MERCHANT.subject))
    await handling.move(MERCHANT, case_id, received, "received")
    clock.advance(days=3)
    await handling.ring("demo", case_id)
    return case_id


async def live(url: str, journal: Path, point: str, pipe: Any) -> None:
    """The worker's life."""
    die, clock = dying_at(point), FixedClock()
    database = MortalDatabase(url, die)
    gateway = Gateway(database, JournalPlatform(journal, die), clock, new_id, lambda _c, _e: None)
    proposal_id, _ = await prepare(gateway)
    pipe.send(proposal_id)
    database.name_writes(STEPS[1:])
    await go_on(gateway, clock, proposal_id)
    await database.close()


async def what_is_wrong(url: str, journal: Path, proposal_id: str) -> list[str]:
    """After a fresh start, taps and sweeps: everything that is not as it was promised."""
    database, platform, clock = Database(url, busy_seconds=20), JournalPlatform(journal, dying_at("")), FixedClock()
    clock.advance(minutes=5)
    gateway = Gateway(database, platform, clock, new_id, lambda _c, _e: None)
    await gateway.deliver()
    wrong: list[str] = []
    try:
        case_id = await go_on(gateway, clock, proposal_id)
    except Conflict as error:       # the worker had come further: its clock had rung already
        wrong += [] if "can't happen now" in str(error) else [str(error)]
        case_id = (await gateway.confirm(BUYER, proposal_id)).case_id
    clock.advance(minutes=5)
    await gateway.deliver()
    wrong += await _unlike_promised(database, platform, case_id, proposal_id)
    await database.close()
    return wrong


async def _unlike_promised(
    database: Database, platform: JournalPlatform, case_id: str, proposal_id: str
) -> list[str]:
    async with database.read() as tx:
        case = (await cases.find(tx, AGENT, case_id)).case
        record = await record_of(tx, "demo", case_id)
        ledger = tables.ledger.c
        paid = list(await tx.scalars(select(ledger.amount_fen).where(ledger.proposal_id.startswith(f"{case_id}-"))))
        outbox = set(await tx.scalars(select(tables.outbox.c.state).where(tables.outbox.c.case_id == case_id)))
    keys = [key_of(one.event) for one in record if "command" in one.event.data]
    done = platform.effects()
    checks = {
        f"the case is {case.state}": case.state == "done",
        f"a gap in the record {[one.event.seq for one in record]}":
            [one.event.seq for one in record] == list(range(1, case.version + 1)),
        f"paid {paid}": sorted(paid) == [ADVANCE, DECIDED - ADVANCE],
        f"outbox {outbox}": outbox == {"done"},
        f"effects {[done.count(key) for key in (proposal_id, *keys)]}":
            all(done.count(key) == 1 for key in (proposal_id, *keys)) and len(keys) == 2,
        "a broken link in the record":
            [one.previous for one in record] == ["", *(one.hash for one in record[:-1])],
    }
    return [wrong for wrong, good in checks.items() if not good]


def work(url: str, journal: Path, point: str, pipe: Connection) -> None:
    """The worker's process."""
    asyncio.run(live(url, journal, point, pipe))


def survive(url: str, journal: Path, proposal_id: str, pipe: Connection) -> None:
    """The survivor's process."""
    pipe.send(asyncio.run(what_is_wrong(url, journal, proposal_id)))


def one_round(url: str, journal: Path, point: str, kill_after: float | None) -> tuple[bool, list[str]]:
    """Let a worker run and die; whether it was killed, and what the survivor found wrong."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    worker = fork.Process(target=work, args=(url, journal, point, theirs))
    worker.start()
    proposal_id = ours.recv()
    if kill_after is not None:
        time.sleep(kill_after)
        worker.kill()
    worker.join()
    survivor = fork.Process(target=survive, args=(url, journal, proposal_id, theirs))
    survivor.start()
    found = ours.recv() if ours.poll(60) else ["the survivor did not answer"]
    survivor.join()
    return worker.exitcode == -signal.SIGKILL, found


class Stopwatch:
    """Takes the place of the pipe in a worker that runs undisturbed."""

    def send(self, proposal_id: str) -> None:
        """The worker begins."""
        self.proposal_id, self.begun = proposal_id, time.monotonic()


def undisturbed(url: str, journal: Path) -> float:
    """Seconds that a worker takes from its proposal to its end; also warms up what the forks inherit."""
    watch = Stopwatch()
    asyncio.run(live(url, journal, "", watch))
    seconds = time.monotonic() - watch.begun
    assert asyncio.run(what_is_wrong(url, journal, watch.proposal_id)) == []
    return seconds


def run(url: str, kills: int, seed: int) -> dict[str, object]:
    """All named points and so many random kills on a migrated database; what was reached and what was wrong."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "effects"
        wrong: dict[str, list[str]] = {}
        not_reached: list[str] = []
        longest = undisturbed(url, journal)
        for point in POINTS:
            killed, found = one_round(url, journal, point, None)
            not_reached += [] if killed else [point]
            wrong |= {point: found} if found else {}
        in_time = tries = 0
        while in_time < kills and tries < kills * 5:
            tries += 1
            killed, found = one_round(url, journal, "", dice.random() * longest)
            in_time += killed       # otherwise it had finished before its moment came
            wrong |= {f"try {tries}": found} if found else {}
    return {"points": len(POINTS), "not_reached": not_reached, "killed": in_time, "tries": tries, "wrong": wrong}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(run(given.url, given.kills, given.seed), ensure_ascii=False))
