"""Judges decisions: the outcome, the remedy, the amount to the fen, who pays freight, and the clauses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from assistant.decisions.decision import Decision
from evals.metrics import Figure, share
from evals.results import CaseResult, Cause, Failure, Trial
from evals.suites import DecisionCase, Verdict, written

Json = Mapping[str, Any]

GOT: Mapping[str, Callable[[Json], Any]] = {
    "outcome": lambda d: d["outcome"],
    "claim": lambda d: d["claim"],
    "remedy": lambda d: d["remedy"],
    "rule": lambda d: d["rule"],
    "amount_fen": lambda d: d["amount"]["fen"] if d["amount"] else None,
    "most_fen": lambda d: d["amount"]["fen"] if d["amount"] else 0,
    "freight": lambda d: d["return_freight"],
    "asks": lambda d: d["asks"][0]["name"] if d["asks"] else None,
    "cites": lambda d: d["citations"],
    "alternatives": lambda d: [one["claim"] for one in d["alternatives"]],
}
"""How each expectation of a `Verdict` is read off a decision in JSON."""


def judge_decision(case: DecisionCase, decision: Decision) -> Trial:
    """Compare a decision with the verdict that the policies call for."""
    got: Json = to_jsonable_python(decision)
    failures = tuple(wrong_in(case.expect, got))
    scores = {"outcome_right": not any("outcome" in one.message for one in failures), "amount_right": None}
    if case.expect.amount_fen is not None:
        scores["amount_right"] = GOT["amount_fen"](got) == case.expect.amount_fen
    return Trial(failures, scores, {key: value for key, value in got.items() if key != "proof"})


def decision_figures(cases: Sequence[CaseResult]) -> dict[str, Figure]:
    """Outcomes and amounts that are right."""
    scores = [case.worst.scores for case in cases]
    amounts = [one["amount_right"] for one in scores if one["amount_right"] is not None]
    outcomes = share(sum(one["outcome_right"] for one in scores), len(scores))
    return {"outcome": outcomes, **({"amount": share(sum(amounts), len(amounts))} if amounts else {})}


def wrong_in(verdict: Verdict, decision: Json) -> Iterable[Failure]:
    """Each expectation of a verdict that a decision (as JSON) does not meet."""
    for name, wanted in written(verdict).items():
        got = GOT[name](decision)
        if not _meets(name, got, wanted):
            cause: Cause = "amount" if name in ("amount_fen", "most_fen") else "rule"
            yield Failure(cause, f"{name}: wanted {wanted!r}, got {got!r}")


def _meets(name: str, got: Any, wanted: Any) -> bool:
    if name == "most_fen":
        return bool(got <= wanted)
    if isinstance(wanted, tuple):
        return set(wanted) <= set(got)
    return bool(got == wanted)
