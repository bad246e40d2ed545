"""How many questions the rules ask before they decide: `python -m evals.questions`.

A simulated buyer starts from what they want and what the platform knows, and answers truly whatever is asked, over the
examples of all rules and over generated orders. Counted are the questions

- in the engine's order;
- of those that the engine leaves open, in the catalogue's order;
- in fixed order: all that rules open at the start want to know, by the catalogue, until the claim is settled;
- on a form that asks all of that at once;
- at the fewest: a set of true answers that settles it, which only they would ask for who knew the answers before.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from statistics import fmean
from typing import Any

from assistant.decisions.book import RuleBook, default_book
from assistant.decisions.compare import Case
from assistant.decisions.decision import Decision
from assistant.decisions.engine import claim_before, decide
from assistant.decisions.examples import facts_of_example, moment_of
from assistant.decisions.facts import Fact, FactCatalog, NestedFacts
from assistant.decisions.judging import with_fact
from evals.orders import generated_cases, told_by_platform

Choice = Callable[[Decision, FactCatalog], str]
"""Which of the facts that a decision still wants is asked."""

MOST_QUESTIONS = 40
SEED = 20260616
ORDERS = 500


@dataclass(frozen=True, slots=True)
class Count:
    """Questions for one case: `asked` in the engine's order, and what it is compared with.

    `settled` is the decision reached in the engine's order, `same` whether the other orders came to the same.
    """

    case: str
    asked: int
    in_catalogue_order: int
    in_fixed_order: int
    on_a_form: int
    fewest: int
    settled: Decision
    same: bool


@dataclass(frozen=True, slots=True)
class Averages:
    """The average number of questions a decision, over `cases` cases."""

    cases: int
    asked: float
    in_catalogue_order: float
    in_fixed_order: float
    on_a_form: float
    fewest: float


def cases_of_examples(book: RuleBook) -> list[Case]:
    """The examples of all rules as cases."""
    now = moment_of(book)
    return [
        Case(f"{rule.id}: {example.name}", facts_of_example(example.given, example.claim, now), now)
        for rule in book.rules for example in rule.examples
    ]


def counts(book: RuleBook, cases: Iterable[Case]) -> list[Count]:
    """The questions of each case that has a claim."""
    return [_count(book, case) for case in cases]


def averages(counted: Sequence[Count]) -> Averages:
    """The means over all cases, of which there is one or more."""
    names = (field.name for field in fields(Averages) if field.name != "cases")
    return Averages(len(counted), **{name: fmean(getattr(one, name) for one in counted) for name in names})


def measure(book: RuleBook, orders: int = ORDERS, seed: int = SEED) -> dict[str, Averages]:
    """The averages over the examples of all rules, and over so many generated orders."""
    sets = {"examples": cases_of_examples(book), "orders": generated_cases(orders, seed, book)}
    return {name: averages(counts(book, cases)) for name, cases in sets.items() if cases}


def best_first(decision: Decision, _: FactCatalog) -> str:
    """The engine's choice."""
    return decision.asks[0].name


def catalogue_order(decision: Decision, catalog: FactCatalog) -> str:
    """Whatever stands first in the catalogue."""
    places = {name: place for place, name in enumerate(catalog.facts)}
    return min((fact.name for fact in decision.asks), key=places.__getitem__)


def fixed_order(form: Iterable[str]) -> Choice:
    """The facts of a form one after the other, whether they still matter or not."""
    left = iter(form)
    return lambda decision, _: next(left, decision.asks[0].name)


def dialogue(book: RuleBook, case: Case, choose: Choice) -> Iterator[tuple[NestedFacts, Decision]]:
    """What is known, and the decision on it, before each question and at the end."""
    known = told_by_platform(case, book.catalog)
    decision = decide(book, known, case.now)
    for _ in range(MOST_QUESTIONS):
        yield known, decision
        if decision.outcome != "ask":
            return
        name = choose(decision, book.catalog)
        known = with_answer(known, name, answer(case, book.catalog.fact(name)))
        decision = decide(book, known, case.now)
    raise RuntimeError(f"{case.id}: still asking after {MOST_QUESTIONS} questions")


def answer(case: Case, fact: Fact) -> Any:
    """What the buyer of a case says when asked; what the case leaves open is answered in the dullest way."""
    space, _, key = fact.name.partition(".")
    told = case.facts.get(space, {}).get(key)
    return told if told is not None else _dull_answer(fact, case)


def with_answer(known: NestedFacts, name: str, value: object) -> NestedFacts:
    """What is known after an answer."""
    return with_fact({name.partition(".")[0]: {}, **known}, name, value)


def _dull_answer(fact: Fact, case: Case) -> Any:
    if fact.type == "bool":
        return False
    if fact.values:
        return "other" if "other" in fact.values else fact.values[-1]
    if fact.type in ("datetime", "date"):
        return case.now - timedelta(days=1)
    return 0 if fact.type in ("int", "number", "money") else ""


def _count(book: RuleBook, case: Case) -> Count:
    ours = [decision for _, decision in dialogue(book, case, best_first)]
    form = _form(book, case)
    listed = [decision for _, decision in dialogue(book, case, catalogue_order)]
    fixed = [decision for _, decision in dialogue(book, case, fixed_order(form))]
    return Count(
        case.id, len(ours) - 1, len(listed) - 1, len(fixed) - 1, len(form), _fewest(book, case, len(ours) - 1),
        ours[-1], _gist(ours[-1]) == _gist(listed[-1]) == _gist(fixed[-1]),
    )


def _gist(decision: Decision) -> tuple[object, ...]:
    """What a buyer would notice of a decision."""
    return decision.outcome, decision.remedy, decision.amount, decision.return_freight


def _form(book: RuleBook, case: Case) -> list[str]:
    """All that open rules want to know and the buyer can tell, by the catalogue."""
    claim = claim_before(book, told_by_platform(case, book.catalog), case.now)
    if claim is None:
        return ["claim.kind"]
    still_open = (verdict for verdict in claim.verdicts if verdict.truth == "open")
    names = {name for verdict in still_open for name in claim.judge.missing(verdict)}
    return [name for name, fact in book.catalog.facts.items() if name in names and fact.known_by == "buyer"]


def _fewest(book: RuleBook, case: Case, enough: int) -> int:
    """The size of the smallest set of true answers that settles the case; `enough` answers are known to."""
    start = told_by_platform(case, book.catalog)
    level: dict[frozenset[str], NestedFacts] = {frozenset(): start}
    for size in range(enough):
        after: dict[frozenset[str], NestedFacts] = {}
        for asked, known in level.items():
            decision = decide(book, known, case.now)
            if decision.outcome != "ask":
                return size
            for name in (fact.name for fact in decision.asks):
                told = answer(case, book.catalog.fact(name))
                after.setdefault(asked | {name}, with_answer(known, name, told))
        level = after
    return enough


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Count the questions that the rules ask before they decide.")
    parser.add_argument("--orders", type=int, default=ORDERS, help="how many orders to generate")
    parser.add_argument("--seed", type=int, default=SEED, help="what they are generated from")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    measured = measure(default_book(), options.orders, options.seed)
    if options.json:
        print(json.dumps({name: asdict(one) for name, one in measured.items()}, indent=2))
        return
    print(f"{'questions a decision':22}{'n':>6}{'engine':>10}{'by catalogue':>14}{'fixed':>8}{'form':>8}{'fewest':>8}")
    for name, one in measured.items():
        fixed = f"{one.in_catalogue_order:14.3f}{one.in_fixed_order:8.3f}{one.on_a_form:8.3f}"
        print(f"{name:22}{one.cases:6}{one.asked:10.3f}{fixed}{one.fewest:8.3f}")


if __name__ == "__main__":
    main()
