"""Kill the process that confirms, at named points and at random moments, and look at what is left.

    python -m tests.integration.tools.crashing sqlite:///a-migrated-file.db --kills 3000

Each round forks a worker, which confirms and delivers until it is killed with SIGKILL, and then a survivor, which
starts afresh, sweeps, lets the buyer tap again, and counts effects. This process has no threads when it forks.
SIGKILL is not power loss: what the kernel was given is kept.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.clock import new_id
from assistant.commerce.platform import Command, Effect
from assistant.conversation import Event
from assistant.scope import Scope
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.errors import Unavailable
from tests.fakes.clock import NOW
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import BUYER, column, log_of, opened, proposed, put_on_table

WRITES = ("propose", "record", "postpone", "claim", "settle", "claim again")
POINTS = (
    *(f"{when} {write}" for write in WRITES[1:5] for when in ("before", "inside", "after")),
    *(f"{when} ask {n}" for n in (1, 2) for when in ("before", "after")),
    "telling 1", "telling 2",
)
"""Where a worker can be made to die: around and inside each transaction of a confirmation whose first answer is lost,
around each request to the platform, and before subscribers are told."""

Die = Callable[[str], None]


def dying_at(point: str) -> Die:
    """Something that kills the process on the spot when this point is reached; the empty point is never reached."""

    def die(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


class MortalDatabase(Database):
    """A database in whose transactions the process may die; they are named in the order in which they come."""

    def __init__(self, url: str, die: Die) -> None:
        super().__init__(url, busy_seconds=20)
        self._die, self._names = die, iter(())
        self.name_writes(())

    def name_writes(self, names: Sequence[str]) -> None:
        """The names of the transactions to come; those after them have none."""
        self._names = iter(names)

    @asynccontextmanager
    async def write(self, *, durable: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction, with a point before it, one before its commit and one after."""
        name = next(self._names, "")
        self._die(f"before {name}")
        async with super().write(durable=durable) as tx:
            yield tx
            self._die(f"inside {name}")
        self._die(f"after {name}")


class JournalPlatform(FakePlatform):
    """A platform that writes what it does into a file, which outlives the process: one line for each effect."""

    def __init__(self, journal: Path, die: Die, answers: Sequence[bool] = ()) -> None:
        super().__init__()
        self._journal, self._die, self._answers = journal, die, list(answers)

    def effects(self) -> list[str]:
        """The keys of all that was done, by any process."""
        return self._journal.read_text().splitlines() if self._journal.exists() else []

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once for each key; the answer is lost where `answers` says so."""
        self.asked.append(key)
        self._die(f"before ask {len(self.asked)}")
        if key not in self.effects():
            with self._journal.open("a") as file:
                file.write(key + "\n")
        self._die(f"after ask {len(self.asked)}")
        if self._answers and not self._answers.pop(0):
            raise Unavailable("the platform did not answer")
        return Effect(f"PF-{key[:8]}")


async def confirm_and_deliver(url: str, journal: Path, point: str, lost: bool, pipe: Any) -> None:
    """The worker's life: a proposal is made, confirmed and delivered; the first answer may get lost."""
    die = dying_at(point)
    database, told = MortalDatabase(url, die), iter(("telling 1", "telling 2"))
    now = NOW

    def publish(_conversation: str, _events: Sequence[Event]) -> None:
        die(next(told, ""))

    gateway = Gateway(database, JournalPlatform(journal, die, [not lost]), lambda: now, new_id, publish)
    conversation = await opened(database)
    proposal = await put_on_table(gateway, proposed(conversation.id))
    pipe.send(proposal.id)
    database.name_writes(WRITES[1:] if lost else ("record", "settle"))
    await gateway.confirm(BUYER, proposal.id)
    now += timedelta(minutes=1)
    await gateway.deliver()
    await database.close()


async def what_is_wrong(url: str, journal: Path, proposal_id: str) -> list[str]:
    """After a fresh start and a sweep: everything that is not as it was promised."""
    database, platform = Database(url, busy_seconds=20), JournalPlatform(journal, dying_at(""))
    gateway = Gateway(database, platform, lambda: NOW + timedelta(minutes=5), new_id, lambda _c, _e: None)
    wrong: list[str] = []
    await gateway.deliver()
    confirmed = await column(database, "proposals", "state", "id", proposal_id) == ["confirmed"]
    if platform.effects().count(proposal_id) != confirmed:
        wrong.append(f"confirmed: {confirmed}, effects: {platform.effects().count(proposal_id)}")
    receipt = await gateway.confirm(BUYER, proposal_id)         # the buyer, who has no answer yet, taps again
    if platform.effects().count(proposal_id) != 1:
        wrong.append(f"{platform.effects().count(proposal_id)} effects in the end")
    for table, key in (("ledger", "proposal_id"), ("outbox", "key")):
        states = await column(database, table, "state", key, proposal_id)
        if states != ["done"]:
            wrong.append(f"{table}: {states}")
    (room,) = await column(database, "proposals", "conversation_id", "id", proposal_id)
    log = await log_of(database, str(room))
    if [event.seq for event in log] != list(range(1, len(log) + 1)):
        wrong.append("a gap in the log")
    issued = [event.payload.receipt for event in log if event.payload.kind == "receipt_issued"]
    if issued != [receipt]:
        wrong.append(f"{len(issued)} receipts in the log")
    await database.close()
    return wrong


def work(url: str, journal: Path, point: str, lost: bool, pipe: Connection) -> None:
    """The worker's process."""
    asyncio.run(confirm_and_deliver(url, journal, point, lost, pipe))


def survive(url: str, journal: Path, proposal_id: str, pipe: Connection) -> None:
    """The survivor's process."""
    pipe.send(asyncio.run(what_is_wrong(url, journal, proposal_id)))


def one_round(url: str, journal: Path, point: str, lost: bool, kill_after: float | None) -> tuple[bool, list[str]]:
    """Let a worker run and die; whether it was killed, and what the survivor found wrong."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    worker = fork.Process(target=work, args=(url, journal, point, lost, theirs))
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
    """Takes the place of the pipe in a worker that runs undisturbed: remembers the proposal, and when it was made."""

    def send(self, proposal_id: str) -> None:
        """The worker begins."""
        self.proposal_id, self.begun = proposal_id, time.monotonic()


def undisturbed(url: str, journal: Path) -> float:
    """Seconds that a worker takes from its proposal to its end; also warms up what the forks inherit."""
    watch = Stopwatch()
    asyncio.run(confirm_and_deliver(url, journal, "", True, watch))
    seconds = time.monotonic() - watch.begun
    assert asyncio.run(what_is_wrong(url, journal, watch.proposal_id)) == []
    return seconds


async def integrity(url: str) -> str:
    """What SQLite says of its file after all the killing; `ok` elsewhere too."""
    database = Database(url)
    async with database.read() as tx:
        answer = str(await tx.scalar(text("PRAGMA integrity_check"))) if database.is_sqlite else "ok"
    await database.close()
    return answer


def run(url: str, kills: int, seed: int) -> dict[str, object]:
    """All named points and so many random kills on a migrated database; what was reached and what was wrong."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "effects"
        wrong: dict[str, list[str]] = {}
        not_reached: list[str] = []
        longest = max(undisturbed(url, journal) for _ in range(3))
        for point in POINTS:
            killed, found = one_round(url, journal, point, True, None)
            not_reached += [] if killed else [point]
            wrong |= {point: found} if found else {}
        in_time = tries = 0
        while in_time < kills and tries < kills * 5:
            tries += 1
            killed, found = one_round(url, journal, "", dice.random() < 0.5, dice.random() * longest)
            in_time += killed       # otherwise it had finished before its moment came
            wrong |= {f"try {tries}": found} if found else {}
    return {
        "points": len(POINTS), "not_reached": not_reached, "killed": in_time, "tries": tries, "wrong": wrong,
        "integrity": asyncio.run(integrity(url)),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(run(given.url, given.kills, given.seed), ensure_ascii=False))
