"""Runs made by hand, for tests of what is done with runs."""

from evals.metrics import share
from evals.results import CaseResult, Cause, Failure, Run, SuiteResult, Trial


def case(name: str, cause: Cause | None = None, tags: tuple[str, ...] = ()) -> CaseResult:
    """A case that passed, or failed for a cause."""
    failures = (Failure(cause, f"{name} went <wrong>"),) if cause else ()
    detail = {"turns": [{"said": "<script>alert(1)</script>", "reply": "好的", "events": []}]}
    return CaseResult(name, "zh", tags, (Trial(failures, {}, detail, 3.0),))


def suite(*cases: CaseResult, name: str = "dialogues", floors: dict[str, float] | None = None) -> SuiteResult:
    """A suite of these cases with its pass rate."""
    figures = {"passed": share(sum(one.passed for one in cases), len(cases))}
    return SuiteResult(name, "dialogues", "about & about", 1, cases, figures, floors or {}, 0.5)


def run_of(*suites: SuiteResult) -> Run:
    """A run of these suites."""
    return Run(suites, "2026-06-16T04:00:00+00:00", "0.1.0", "embedded", 1.5)
