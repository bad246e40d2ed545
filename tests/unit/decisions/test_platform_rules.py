"""What the shipped rules promise as a whole: capped advances, legal minimums, offers that take nothing away."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.clock import SHANGHAI
from assistant.decisions.book import RuleBook, default_book
from assistant.decisions.engine import decide

NOW = datetime(2026, 6, 16, 12, tzinfo=SHANGHAI)
BOOK = default_book()
FEN = st.integers(1, 3_000_000)


def order_facts(paid: int, **others: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A delivered dress, unopened and no longer wanted, with `others` laid over by namespace."""
    facts: dict[str, dict[str, Any]] = {
        "claim": {"kind": "return", "reason": "changed_mind"},
        "order": {
            "state": "delivered", "created_at": NOW - timedelta(days=5), "delivered_at": NOW - timedelta(days=3),
            "paid_fen": paid,
        },
        "item": {"paid_fen": paid, "category": "apparel", "condition": "unopened"},
    }
    return {space: {**facts.get(space, {}), **others.get(space, {})} for space in {*facts, *others}}


def figure(book: RuleBook, name: str) -> Any:
    """The value of a figure in a book."""
    return book.parameters[name].value


@given(FEN, st.integers(0, 5), FEN, FEN, st.integers(0, 30_000_000), st.booleans())
def test_an_advance_stays_within_every_cap_and_changes_no_amount(
    paid: int, tier: int, out: int, today: int, of_shop: int, suspended: bool
) -> None:
    """However much is still out, the platform risks no more than its caps, and the buyer is owed the same."""
    buyer = {"credit_tier": tier, "advanced_open_fen": out, "advanced_today_fen": today, "fast_suspended": suspended}
    decision = decide(BOOK, order_facts(paid, buyer=buyer, shop={"advanced_open_fen": of_shop}), NOW)
    advance = int(decision.notes.get("advance_fen", "0"))
    assert decision.amount is not None
    assert decision.amount.fen == paid
    assert advance <= figure(BOOK, "fast_refund_limits_fen")[tier]
    assert advance + out <= max(out, figure(BOOK, "open_advance_limits_fen")[tier])
    assert advance + today <= max(today, figure(BOOK, "daily_advance_limit_fen"))
    assert advance + of_shop <= max(of_shop, figure(BOOK, "shop_advance_limit_fen"))
    assert not (suspended and advance)


@given(FEN)
def test_compensation_for_fakes_and_unsafe_food_never_falls_below_the_law(paid: int) -> None:
    """Three times and ten times the price, at least 500 and 1,000 yuan, whatever was paid."""
    fake = order_facts(paid, claim={"kind": "compensation", "reason": "counterfeit"}, item={"found_counterfeit": True})
    food = order_facts(
        paid, claim={"kind": "compensation", "reason": "spoiled"},
        item={"found_unsafe_food": True, "category": "fmcg"},
    )
    owed = [decide(BOOK, facts, NOW).amount for facts in (fake, food)]
    assert [amount.fen for amount in owed if amount] == [max(3 * paid, 50_000), max(10 * paid, 100_000)]


@given(FEN, st.sampled_from(["changed_mind", "size", "quality", "damaged", "not_as_described"]))
def test_a_retention_offer_takes_nothing_away(paid: int, reason: str) -> None:
    """With every offer switched on, the buyer is granted exactly what they are granted without."""
    told = {"reason": reason, "has_photo": False}
    plain = decide(BOOK, order_facts(paid, claim=told), NOW)
    offers = {"retention": ["exchange", "coupon", "partial_refund", "repair"]}
    offered = decide(BOOK, order_facts(paid, claim=told, shop=offers), NOW)
    assert (offered.outcome, offered.remedy, offered.amount) == (plain.outcome, plain.remedy, plain.amount)
    assert plain.retention is None
    if offered.retention and offered.retention.amount:
        assert offered.retention.amount.fen <= paid


@given(FEN, FEN)
def test_a_release_for_a_price_mistake_always_pays_the_buyer_something(price: int, usual: int) -> None:
    """An order is released only far below its usual price, and then the buyer gets from 5 to 200 yuan on top."""
    facts = {
        "claim": {"kind": "release_order", "noticed_at": NOW - timedelta(hours=2)},
        "order": {"state": "paid", "created_at": NOW - timedelta(hours=3), "paid_fen": price},
        "item": {"paid_fen": price, "unit_price_fen": price, "usual_price_fen": usual, "category": "digital"},
    }
    decision = decide(BOOK, facts, NOW)
    assert (decision.outcome == "grant") is (price * 100 < usual * figure(BOOK, "price_mistake_percent"))
    if decision.outcome == "grant":
        assert decision.amount is not None
        assert 500 <= decision.amount.fen <= 20_000


def test_merchants_claims_are_no_buyers() -> None:
    """Nobody who buys is offered, or heard to ask for, what only a shop can claim."""
    assert {"release_order", "hold_refund", "join_list"} == set(BOOK.merchant_claims)
    assert not {"release_order", "hold_refund", "join_list"} & set(BOOK.claims)
