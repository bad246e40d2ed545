"""Generated orders: whole, plausible, and the same for the same seed."""

from collections import Counter
from datetime import datetime

from assistant.decisions.book import default_book
from assistant.decisions.engine import decide
from evals.orders import NOW, generated_cases, promises_in, told_by_platform

CASES = generated_cases(300, 7)


def test_the_same_seed_makes_the_same_cases() -> None:
    """Two runs see the same orders; another seed makes others."""
    assert generated_cases(40, 7) == CASES[:40]
    assert generated_cases(40, 8) != CASES[:40]


def test_every_category_wish_and_outcome_is_among_them() -> None:
    """The cases go through all industries and claims, and the rules neither grant nor refuse them all."""
    book = default_book()
    assert {case.facts["item"]["category"] for case in CASES} == set(book.catalog.fact("item.category").values)
    assert {case.facts["claim"]["kind"] for case in CASES} == set(book.claims)
    outcomes = Counter(decide(book, case.facts, case.now).outcome for case in CASES)
    assert min(outcomes["grant"], outcomes["refuse"]) > len(CASES) // 10


def test_the_facts_are_whole() -> None:
    """Whatever a buyer is asked, a generated buyer has an answer: no decision waits for one."""
    book = default_book()
    assert [case.id for case in CASES if decide(book, case.facts, case.now).outcome == "ask"] == []


def test_dates_and_money_fit_each_other() -> None:
    """Nothing is delivered before it was sent, nor refunded beyond what was paid."""
    for case in CASES:
        order, item = case.facts["order"], case.facts["item"]
        times = ("created_at", "paid_at", "dispatched_at", "delivered_at", "completed_at")
        dates = [order[name] for name in times if isinstance(order.get(name), datetime)]
        assert dates == sorted(dates), case.id
        assert dates[-1] <= NOW
        assert 0 <= item["refunded_fen"] <= item["paid_fen"] <= order["paid_fen"] - order["freight_fen"]
        assert case.facts["claim"]["quantity"] <= item["quantity"]


def test_the_platform_tells_nothing_that_only_the_buyer_knows() -> None:
    """A dialogue over a case starts from the wish alone."""
    catalog = default_book().catalog
    for case in CASES[:50]:
        told = told_by_platform(case, catalog)
        asked = {f"{space}.{key}" for space, values in told.items() for key in values}
        assert {name for name in asked if catalog.fact(name).known_by == "buyer"} == {"claim.kind"}


def test_shops_promise_what_rules_ask_for() -> None:
    """The promises of generated shops are those that some rule knows."""
    promises = set(promises_in(default_book()))
    assert "late_dispatch" in promises
    assert {name for case in CASES for name in case.facts["shop"]["promises"]} == promises
