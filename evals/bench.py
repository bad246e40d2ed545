"""Measurements, as a table: `make bench` (two minutes) or `make bench-smoke` (seconds).

Times are of this machine now; quote medians, and compare only runs of one machine. In-process turns include reading,
search or decision, the reply and the database's commits. Over HTTP a real server process answers real clients, which
share the machine's cores with it. Both run with FAIRDESK_BURST_MS=0: by default a turn also waits 150 ms
for more messages.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from assistant import turn
from assistant.building import services_for
from assistant.conversation import BuyerMessage
from assistant.decisions.book import RuleBook, default_book, load_book
from assistant.decisions.checking.checker import check
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example, moment_of
from assistant.scope import Scope
from assistant.services import Services
from assistant.settings import Settings
from assistant.store import conversations
from evals.many_shops import many_shops
from evals.orders import generated_cases
from evals.questions import measure as count_questions
from evals.suites import load_suite
from knowledge.search import SearchQuery

Made = TypeVar("Made")
Facts = Mapping[str, Mapping[str, Any]]
AIM = ">= 60 turns/s"
PORT = 8765
WARM_UP = 10
"""Turns that are not counted: the first ones load what later ones find in memory."""

BUYERS = (
    "xiaolin", "laowang", "emma", "ajie", "liuma", "meimei", "dapeng", "chenchen", "oliver", "sofia", "hehe", "xiaoma",
)
CLAIMS = ("我要退货，不喜欢", "手机坏了，要退款", "I want to return the last order", "帮我申请价保", "快递没到，退款")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, how much, and the aim where there is one."""

    name: str
    value: str
    aim: str = ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure Fairdesk on this machine.")
    parser.add_argument("--short", action="store_true", help="few repeats: does it run, roughly how fast")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    rows = measure(short=options.short)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        print(f"{row.name:44} {row.value:>28}   {row.aim}")


def measure(*, short: bool) -> list[Row]:
    """All measurements."""
    rounds = 30 if short else 200
    with tempfile.TemporaryDirectory(prefix="fairdesk-bench-") as home:
        rows = asyncio.run(_inside(Path(home), rounds))
    with tempfile.TemporaryDirectory(prefix="fairdesk-bench-") as home:
        rows += asyncio.run(_over_http(Path(home), 3 if short else 20))
    checked = Row("rules check, whole book", timed(check, [default_book()]), "<= 10 s")
    return [*rows, *_deciding(short), *_asked(100 if short else 500), checked]


async def _inside(home: Path, rounds: int) -> list[Row]:
    async with services_for(Settings(home=home, demo=True, burst_ms=0)) as services:
        await asyncio.to_thread(services.knowledge.ready)
        asked = questions(rounds)
        rows = [
            Row("one turn, policy question", await _turns(services, asked), "p50 <= 25 ms, p95 <= 60 ms"),
            Row("one turn, claim", await _turns(services, _varied(CLAIMS, rounds)), "p50 <= 25 ms, p95 <= 60 ms"),
            Row("search, new question", _search(services, asked), "p50 <= 15 ms"),
        ]
    return rows


def questions(count: int) -> list[str]:
    """So many questions, each worded differently, so that no cache answers."""
    cases = load_suite("search").cases
    texts = [str(getattr(case, "question", "")) for case in cases]
    return _varied(tuple(text for text in texts if text), count)


def _varied(texts: tuple[str, ...], count: int) -> list[str]:
    return [f"{texts[n % len(texts)]}{'' if n < len(texts) else f' ({n})'}" for n in range(count)]


async def _turns(services: Services, messages: list[str]) -> str:
    """Each message as the first turn of a conversation of its own."""
    times = []
    for n, text in enumerate([*(f"{one}。" for one in messages[:WARM_UP]), *messages]):
        scope = Scope(services.tenant, "buyer", BUYERS[n % len(BUYERS)])
        async with services.database.write() as tx:
            opened = await conversations.create(tx, scope, services.new_id(), "zh", services.clock())
        start = time.perf_counter()
        await turn.receive(services, scope, opened.id, BuyerMessage(services.new_id(), text))
        await turn.answer(services, scope, opened.id)
        times.append(time.perf_counter() - start)
    return spread(times[WARM_UP:])


def _search(services: Services, asked: list[str]) -> str:
    fresh = [f"{text}？" for text in asked]
    return timed(lambda text: services.knowledge.search(SearchQuery(text, services.today())), fresh)


def _deciding(short: bool) -> list[Row]:
    """The engine alone: every example of the shipped book, generated orders, and very many rules of shops."""
    book, shops = default_book(), 20 if short else 200
    now = moment_of(book)
    examples = [facts_of_example(one.given, one.claim, now) for rule in book.rules for one in rule.examples]
    orders = [case.facts for case in generated_cases(200 if short else 1_000, 1, book)]
    many, seconds = _timed_once(lambda: many_shops(shops))
    theirs = [{**facts, "shop": {**facts["shop"], "id": f"shop-{n % shops}"}} for n, facts in enumerate(orders)]
    rules = sum(len(one.rules) - len(book.rules) for one in many.shops.values())
    aim = "p50 <= 0.3 ms, p99 <= 1 ms"
    return [
        Row(f"load, {len(book.rules)} rules", f"{_timed_once(load_book)[1]:.2f} s", "<= 1 s"),
        Row("decide, the rules' examples", _decided(book, examples, now), aim),
        Row("decide, generated orders", _decided(book, orders, now), aim),
        Row(f"load, {rules:,} rules of {shops} shops", f"{seconds:.1f} s"),
        Row(f"decide, {rules:,} rules of {shops} shops", _decided(many, theirs, now), "p50 <= 2 ms"),
    ]


def _decided(book: RuleBook, cases: Sequence[Facts], now: datetime) -> str:
    """How long one decision takes, warm: each case was decided once before."""
    for facts in cases:
        decide(book, facts, now)
    return timed(lambda facts: decide(book, facts, now), list(cases), high=0.99)


def _timed_once(work: Callable[[], Made]) -> tuple[Made, float]:
    """What came of it, and how many seconds it took."""
    start = time.perf_counter()
    made = work()
    return made, time.perf_counter() - start


def _asked(orders: int) -> list[Row]:
    """How many questions the rules ask before they decide, beside fixed order and the fewest possible."""
    return [
        Row(
            f"questions a decision, {name} (n {mean.cases})",
            f"{mean.asked:.2f} (fixed order {mean.in_fixed_order:.2f}, fewest {mean.fewest:.2f})",
        )
        for name, mean in count_questions(default_book(), orders).items()
    ]


def timed(work: Callable[[Any], object], inputs: list[Any], high: float = 0.95) -> str:
    """The spread of one call."""
    times = []
    for one in inputs:
        start = time.perf_counter()
        work(one)
        times.append(time.perf_counter() - start)
    return spread(times, high)


def spread(times: list[float], high: float = 0.95) -> str:
    """`p50 12.3 p95 20.1 ms (n 200)`, or another high percentile than the 95th."""
    ordered = sorted(times)
    middle, top = (ordered[min(len(ordered) - 1, int(len(ordered) * p))] * 1000 for p in (0.5, high))
    return f"p50 {middle:.2f} p{high * 100:.0f} {top:.2f} ms (n {len(ordered)})"


async def _over_http(home: Path, turns: int) -> list[Row]:
    with serving(home) as (process, ready):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=30) as client:
            start = time.perf_counter()
            counts = await asyncio.gather(*(_buyer(client, name, turns) for name in BUYERS))
            seconds = time.perf_counter() - start
        return [
            Row("turns over HTTP, 12 buyers at once", f"{sum(counts) / seconds:.1f} turns/s (n {sum(counts)})", AIM),
            Row("memory of the server", f"{memory_mb(process.pid):.0f} MB", "<= 400 MB"),
            Row("time to ready", f"{ready:.1f} s", "<= 5 s"),
        ]


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A real server on a home of its own, and how many seconds it took to be ready."""
    environment = os.environ | {"FAIRDESK_HOME": str(home), "FAIRDESK_BURST_MS": "0", "FAIRDESK_LOG_LEVEL": "WARNING"}
    start = time.perf_counter()
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(PORT)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers():
            if process.poll() is not None or time.perf_counter() - start > 60:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield process, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(10)


def _answers() -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{PORT}/readyz", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


async def _buyer(client: httpx.AsyncClient, name: str, turns: int) -> int:
    """A buyer who asks, reads the stream until the reply is there, and asks again; gives up waiting after ten seconds.

    A buyer who was handed over to a person calls the assistant back first.
    """
    token = (await client.post("/v1/demo/token", json={"buyer": name})).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    opened = (await client.post("/v1/conversations", json={"language": "zh"}, headers=headers)).json()["id"]
    texts = [f"{text} {name}" for text in questions(turns)]
    where = f"/v1/conversations/{opened}"
    sent = 0
    async with client.stream("GET", f"{where}/stream", headers=headers) as stream:
        lines = stream.aiter_lines()
        for n, text in enumerate(texts):
            await client.post(f"{where}/messages", json={"client_id": f"{name}-{n}", "text": text}, headers=headers)
            async with asyncio.timeout(10):
                reply = await _reply_in(lines)
            if '"PassOn"' in reply:
                recall = {"client_id": f"{name}-{n}-back", "text": "继续", "answer": {"intent": "act.cancel"}}
                await client.post(f"{where}/messages", json=recall, headers=headers)
                async with asyncio.timeout(10):
                    await _reply_in(lines)
            sent += 1
    return sent


async def _reply_in(lines: AsyncIterator[str]) -> str:
    """The next reply of the assistant in a stream."""
    async for line in lines:
        if line.startswith("data:") and '"assistant_reply"' in line:
            return line
    return ""


def memory_mb(pid: int) -> float:
    """The resident memory of a process, in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
