"""Runs suites against the real parts of the house and gathers what came of it.

Deterministic oracles only: the final state of decisions, cases and ledger first, then the facts in the text.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from assistant.building import services_for
from assistant.clock import SHANGHAI, utc_now
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example
from assistant.services import Services
from assistant.settings import Settings
from assistant.understanding.reader import ReadingContext
from evals.metrics import Figure, pass_hat, share
from evals.oracles.decisions import decision_figures, judge_decision
from evals.oracles.dialogues import dialogue_figures, judge_dialogue
from evals.oracles.knowledge import answer_figures, judge_answer, judge_search, search_figures
from evals.oracles.reading import judge_reading, reading_figures
from evals.player import play
from evals.report import write_report
from evals.results import CaseResult, Run, SuiteResult, Trial
from evals.stage import world_of
from evals.suites import (
    AnswerCase,
    Case,
    DecisionCase,
    DialogueCase,
    Kind,
    ReadingCase,
    SearchCase,
    Suite,
    load_suite,
)
from knowledge.errors import BadInput
from knowledge.search import SearchQuery

MakeServices = Callable[[], AbstractAsyncContextManager[Services]]
Try = Callable[[Case, Suite, Services], Awaitable[Trial]]
K_MOST = 20


async def run_suites(names: Sequence[str | Path], k: int = 1, out: Path | None = None) -> Run:
    """Run suites by name or file, each case `k` times, in a home folder of their own; write the report to `out`.

    Raises:
        BadInput: there is no such suite, or its file is wrong.
    """
    suites = [load_suite(name) for name in names]
    with tempfile.TemporaryDirectory(prefix="fairdesk-evals-") as home:
        settings = Settings(home=Path(home), demo=True, burst_ms=0, database_url=None)
        result = await run(suites, lambda: services_for(settings, clock=lambda: suites[0].now), k)
    if out is not None:
        write_report(result, out)
    return result


async def run(suites: Sequence[Suite], make_services: MakeServices, k: int = 1) -> Run:
    """Run suites, every case `k` times, with services made once.

    Raises:
        BadInput: `k` is not between 1 and 20.
    """
    if not 1 <= k <= K_MOST:
        raise BadInput(f"k is how often each case is tried: 1 to {K_MOST}, not {k}")
    started, began = utc_now(), perf_counter()
    async with make_services() as services:
        results = [await _run_suite(suite, services, k) for suite in suites]
        reader = services.reader.name
    return Run(tuple(results), started.isoformat(), version("fairdesk"), reader, perf_counter() - began)


async def _run_suite(suite: Suite, services: Services, k: int) -> SuiteResult:
    began = perf_counter()
    at_noon = replace(services, clock=lambda: suite.now)
    cases = tuple([await _run_case(case, suite, at_noon, k) for case in suite.cases])
    return SuiteResult(
        suite.name, suite.kind, suite.about, k, cases, _figures(suite.kind, cases, k), suite.floors,
        perf_counter() - began,
    )


async def _run_case(case: Case, suite: Suite, services: Services, k: int) -> CaseResult:
    trials = tuple([await _timed(_TRIES[suite.kind], case, suite, services) for _ in range(k)])
    tags = (case.situation,) if isinstance(case, DialogueCase) else ()
    return CaseResult(case.title, case.language, tags, trials)


async def _timed(attempt: Try, case: Case, suite: Suite, services: Services) -> Trial:
    began = perf_counter()
    trial = await attempt(case, suite, services)
    return replace(trial, milliseconds=round((perf_counter() - began) * 1000, 1))


async def _try_reading(case: Case, suite: Suite, services: Services) -> Trial:
    assert isinstance(case, ReadingCase)
    context = ReadingContext(
        asked=case.asked, options=case.options, language_hint=case.language, today=_day(suite.now),
        has_proposal=case.has_proposal,
    )
    return judge_reading(case, await services.reader.read(case.text, context))


async def _try_search(case: Case, suite: Suite, services: Services) -> Trial:
    assert isinstance(case, SearchCase)
    query = SearchQuery(case.question, case.on or _day(suite.now), case.language, audience=case.audience)
    return judge_search(case, await asyncio.to_thread(services.mind.knowledge.search, query))


async def _try_answer(case: Case, suite: Suite, services: Services) -> Trial:
    assert isinstance(case, AnswerCase)
    query = SearchQuery(case.question, _day(suite.now), case.language)
    return judge_answer(case, await asyncio.to_thread(services.mind.knowledge.ask, query))


async def _try_decision(case: Case, suite: Suite, services: Services) -> Trial:
    assert isinstance(case, DecisionCase)
    given = {**suite.bases.get(case.base, {}), **case.given}
    facts = facts_of_example(given, case.claim, suite.now)
    return judge_decision(case, decide(services.mind.book, facts, suite.now))


async def _try_dialogue(case: Case, suite: Suite, services: Services) -> Trial:
    assert isinstance(case, DialogueCase)
    script = replace(case.script, now=case.script.now or suite.now)
    transcript = await play(script, services)
    orders = world_of(script, script.now or suite.now).orders
    own = frozenset(order.id for order in orders if order.buyer_id == script.buyer_id)
    return judge_dialogue(case, transcript, own)


_TRIES: Mapping[Kind, Try] = {
    "reading": _try_reading, "search": _try_search, "answers": _try_answer, "decisions": _try_decision,
    "dialogues": _try_dialogue, "safety": _try_dialogue,
}
_FIGURES: Mapping[Kind, Callable[[Sequence[CaseResult]], dict[str, Figure]]] = {
    "reading": reading_figures, "search": search_figures, "answers": answer_figures, "decisions": decision_figures,
    "dialogues": dialogue_figures, "safety": dialogue_figures,
}


def _figures(kind: Kind, cases: Sequence[CaseResult], k: int) -> dict[str, Figure]:
    """The share of cases that passed, pass^k when there were several tries, and the kind's own figures."""
    passed = {"passed": share(sum(case.passed for case in cases), len(cases))}
    if k > 1:
        tries = [[trial.passed for trial in case.trials] for case in cases]
        passed |= {f"pass^{n}": Figure(pass_hat(tries, n), len(cases)) for n in (1, k)}
    return {**passed, **_FIGURES[kind](cases)}


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
