"""Judges what search finds and what is answered from it."""

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.replies.checker import numbers_in
from evals.metrics import Figure, auroc, mean_reciprocal_rank, recall_at, share
from evals.results import CaseResult, Failure, Trial
from evals.suites import AnswerCase, SearchCase
from knowledge.search import Hit
from knowledge.service import Answered, NotCovered

FOUND_WITHIN = 3
"""A search case passes when a right clause is among the first so many: those that an answer is made from."""


def judge_search(case: SearchCase, hits: Sequence[Hit]) -> Trial:
    """Find the rank of the first clause that answers."""
    ids = [hit.clause.id for hit in hits]
    rank = next((place for place, one in enumerate(ids, start=1) if one in case.clauses), None)
    late = rank is None or rank > FOUND_WITHIN
    message = f"wanted {' or '.join(case.clauses)}, found {', '.join(ids[:FOUND_WITHIN])}"
    failures = (Failure("retrieval", message),) if late else ()
    return Trial(failures, {"rank": rank}, {"hits": [[hit.clause.id, round(hit.score, 3)] for hit in hits[:5]]})


def search_figures(cases: Sequence[CaseResult]) -> dict[str, Figure]:
    """Recall at 1, 3 and 5, and the mean reciprocal rank."""
    ranks = [case.worst.scores["rank"] for case in cases]
    recall = {f"recall@{k}": recall_at(ranks, k) for k in (1, 3, 5)}
    return {**recall, "mrr": mean_reciprocal_rank(ranks)}


def judge_answer(case: AnswerCase, got: Answered | NotCovered) -> Trial:
    """Compare an answer, or the admission that there is none, with what the case wants."""
    wrong = list(_wrong(case, got))
    scores: dict[str, Any] = {
        "covered": case.covered, "answered": isinstance(got, Answered), "sure": got.coverage.probability,
    }
    text = got.answer.text if isinstance(got, Answered) else None
    detail = {"answer": text, "hits": [hit.clause.id for hit in got.hits[:3]]}
    return Trial(tuple(Failure("retrieval", message) for message in wrong), scores, detail)


def answer_figures(cases: Sequence[CaseResult]) -> dict[str, Figure]:
    """Right answers to what is covered, refusals of what is not, and how well the two are told apart."""
    covered = [case for case in cases if case.worst.scores["covered"]]
    uncovered = [case for case in cases if not case.worst.scores["covered"]]
    return {
        "covered_right": share(sum(case.passed for case in covered), len(covered)),
        "uncovered_refused": share(sum(case.passed for case in uncovered), len(uncovered)),
        "coverage_auroc": auroc([c.worst.scores["sure"] for c in covered], [c.worst.scores["sure"] for c in uncovered]),
    }


def _wrong(case: AnswerCase, got: Answered | NotCovered) -> Iterable[str]:
    if isinstance(got, NotCovered):
        if case.covered:
            yield f"said that nothing covers it; nearest was {', '.join(hit.clause.id for hit in got.hits[:3])}"
        return
    if not case.covered:
        yield f"nothing covers it, but was answered from {', '.join(got.answer.citations)}"
        return
    text, cited = got.answer.text, got.answer.citations
    if case.cites and not set(case.cites) & set(cited):
        yield f"wanted {' or '.join(case.cites)} cited, cited {', '.join(cited)}"
    missing = set(case.numbers) - numbers_in(text)
    if missing:
        yield f"the answer lacks {', '.join(sorted(missing))}: {text[:120]}"
    if case.says and not any(one.casefold() in text.casefold() for one in case.says):
        yield f"the answer says none of {case.says}: {text[:120]}"
    for one in case.never:
        if one.casefold() in text.casefold():
            yield f"the answer says `{one}`: {text[:120]}"
