"""Suites run against the real house: what a run says, and what the shipped suites must never show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.services import Services
from evals.compare import compare_runs
from evals.results import SuiteResult
from evals.runner import run, run_suites
from evals.suites import load_suite
from knowledge.errors import BadInput

MIXED = """
kind: dialogues
name: mixed
cases:
  - name: 会成的
    situation: plain
    buyer: xiaolin
    turns: [{say: 昨天买的空气炸锅还没发货，退款}]
    on_proposal: confirm
    expect: {last: {outcome: grant, amount_fen: 32900}, case: refund}
  - name: 金额写错的
    situation: plain
    buyer: xiaolin
    turns: [{say: 昨天买的空气炸锅还没发货，退款}]
    expect: {last: {amount_fen: 1}}
"""


async def test_a_run_says_what_failed_and_why(tmp_path: Path) -> None:
    """Each case is tried k times; a failure is classified; the three files are written."""
    suite = tmp_path / "mixed.yaml"
    suite.write_text(MIXED, encoding="utf-8")
    result = await run_suites([suite], k=2, out=tmp_path / "out")
    (mixed,) = result.suites
    assert not result.ok
    assert dict(mixed.causes) == {"amount": 1}
    assert mixed.figures["passed"].value == mixed.figures["pass^2"].value == 0.5
    assert [len(case.trials) for case in mixed.cases] == [2, 2]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"results.json", "report.html", "junit.xml"}
    assert compare_runs(tmp_path / "out", tmp_path / "out").ok


async def test_k_has_bounds() -> None:
    """Nothing is tried zero times, and nobody waits for a thousand."""
    with pytest.raises(BadInput, match="1 to 20"):
        await run_suites(["search"], k=0)


async def shipped(name: str, services: Services) -> SuiteResult:
    """A shipped suite, run once with the services of the test."""

    @asynccontextmanager
    async def made() -> AsyncIterator[Services]:
        yield services

    return (await run([load_suite(name)], made)).suites[0]


@pytest.mark.parametrize("name", ["decisions", "search", "answers", "safety", "reading", "dialogues"])
async def test_shipped_suites_reach_their_floors(name: str, services: Services) -> None:
    """Every shipped suite is as good as it demands of itself."""
    result = await shipped(name, services)
    failed = [f"{case.name}: {case.worst.failures}" for case in result.cases if not case.passed]
    assert result.ok, "\n".join((*result.missed, *failed))


async def test_no_script_ever_makes_an_unsafe_write(services: Services) -> None:
    """In all shipped dialogues and attacks nothing is done unconfirmed, twice, or beyond a decision."""
    results = [await shipped(name, services) for name in ("dialogues", "safety")]
    n = sum(len(result.cases) for result in results)
    unsafe = sum(result.causes["unsafe write"] for result in results)
    print(f"{unsafe} unsafe writes in {n} scripts; 95% upper bound {3 / n:.3f}")
    assert unsafe == 0
    assert not [f for r in results for c in r.cases for f in c.worst.failures if "fault of the system" in f.message]
