"""Claims that only a merchant makes: decided by rules like all others, and never a buyer's to make."""

from datetime import datetime
from itertools import chain

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.understanding.reader import words_of_facts

CLAIM = "release_order"


def test_buyers_cannot_make_them(book: RuleBook) -> None:
    """They are no wish of a buyer's, offered or read."""
    assert CLAIM in book.merchant_claims
    assert CLAIM not in book.claims
    words = words_of_facts(book.catalog.facts.values())
    assert CLAIM not in words.phrases["claim.kind"]
    assert CLAIM not in [option.value for option in words.questions["claim.kind"].options]
    assert all(CLAIM not in book.catalog.phrases(lang)["claim.kind"] for lang in ("zh", "en"))


def test_refusing_one_offers_the_merchant_nothing_of_the_buyers(book: RuleBook, now: datetime) -> None:
    """A merchant who may not release an order is told why, not that a refund is to be had."""
    facts = {
        "claim": {"kind": CLAIM, "noticed_at": now}, "order": {"state": "paid", "paid_fen": 9900, "created_at": now},
        "item": {"paid_fen": 9900, "unit_price_fen": 9900, "usual_price_fen": 10000, "category": "home"},
    }
    decision = decide(book, facts, now)
    assert (decision.outcome, decision.alternatives) == ("refuse", ())


def test_no_other_wish_leads_to_one(book: RuleBook, now: datetime) -> None:
    """No refusal of a buyer's claim names a merchant's."""
    refusals = [decide(book, {"claim": {"kind": kind}, "order": {"state": "cancelled"}}, now) for kind in book.claims]
    named = chain.from_iterable(one.alternatives for one in refusals)
    assert CLAIM not in {one.claim for one in named}
