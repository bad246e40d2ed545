"""What is asked: only what the buyer alone knows, and only what makes a difference."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.compare import Case
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import Fact, NestedFacts
from evals.orders import generated_cases
from evals.questions import best_first, cases_of_examples, dialogue, with_answer
from knowledge.errors import BadInput

NUMBERS = (0, 1, 2, 3, 5, 10, 16, 31, 61, 91)
EVERY = 3


def questions(book: RuleBook) -> Iterator[tuple[Case, NestedFacts, Decision]]:
    """Every question asked over some examples and generated orders, with what was known when it was asked."""
    for case in [*cases_of_examples(book)[::EVERY], *generated_cases(100, 11, book)]:
        for known, decision in dialogue(book, case, best_first):
            if decision.outcome == "ask":
                yield case, known, decision


def answers(fact: Fact, case: Case) -> list[Any]:
    """Answers on all sides of what rules ask of a fact."""
    if fact.type == "bool":
        return [True, False]
    if fact.type == "list":
        return [[value] for value in fact.values]
    if fact.type in ("datetime", "date"):
        return [case.now + sign * timedelta(days=days) for days in NUMBERS for sign in (-1, 1)]
    if fact.type == "string":
        return ["", "文一西路969号"]
    return list(fact.values or NUMBERS)


def felt(decision: Decision) -> tuple[object, ...]:
    """All that a buyer or a shop notices of a decision, and the question that comes next."""
    deadlines = tuple((deadline.name, deadline.at) for deadline in decision.deadlines)
    following = decision.asks[0].name if decision.asks else None
    return (
        decision.outcome, decision.remedy, decision.amount, decision.return_freight, deadlines, decision.retention,
        decision.notes.get("advance_fen"), following,
    )


def after(book: RuleBook, case: Case, known: NestedFacts, fact: Fact) -> list[tuple[object, ...]]:
    """What each answer leads to; answers that contradict the order lead nowhere."""
    found = []
    for value in answers(fact, case):
        try:
            found.append(felt(decide(book, with_answer(known, fact.name, value), case.now)))
        except BadInput:
            continue
    return found


def test_every_question_makes_a_difference(book: RuleBook) -> None:
    """For every fact that is asked, two answers lead to different decisions or to different next questions."""
    idle = [
        (case.id, decision.asks[0].name)
        for case, known, decision in questions(book)
        if len({repr(one) for one in after(book, case, known, book.catalog.fact(decision.asks[0].name))}) < 2
    ]
    assert idle == []


def test_nothing_is_asked_that_is_known(book: RuleBook) -> None:
    """Only the buyer's own facts are asked, none that the order tells, and none a second time."""
    for _, known, decision in questions(book):
        for fact in decision.asks:
            space, _, key = fact.name.partition(".")
            assert book.catalog.fact(fact.name).known_by == "buyer"
            assert key not in known.get(space, {})
