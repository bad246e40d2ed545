"""A shop promises more, never less: whatever its folder says, no decision is worse for the buyer than without it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook, book_of, with_shops
from assistant.decisions.compare import Case
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import NestedFacts
from assistant.decisions.library import ReadFile
from assistant.decisions.overlays import Layer, platform_of, shop_book
from assistant.decisions.parameters import ParameterInfo, values_of, with_better
from assistant.decisions.rulefile import Parameter, parse_rules
from assistant.decisions.rules import BUYERS_DEADLINES, FREIGHT, REMEDIES
from assistant.decisions.sources import parse_source
from evals.orders import generated_cases, told_by_platform

PLATFORM = platform_of(Layer())
BOOK = PLATFORM.book
CASES = generated_cases(300, 7, BOOK)
SHOP = "corner"
BETTER = {("return_and_refund", "refund"), ("repair", "exchange")}

CONDITIONS = [
    "order.delivered", "!order.dispatched", "claim.has_photo", "item.category == 'apparel'", "item.quantity > 1",
    "claim.reason in ['quality', 'damaged', 'size']", "days(order.delivered_at, claim.at) <= 30",
    "item.condition != 'damaged_by_buyer'", "buyer.credit_tier >= 2", "item.paid_fen < 50000", "true",
]
SPANS = ["0h", "1h", "48h", "3d", "7d", "30d", "3wd", "2m"]
WORDS = {"zh": "店", "en": "shop"}


@st.composite
def shop_rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rules of any kind that a shop may write, sensible or not."""
    return [
        {
            "id": f"own.rule-{n}", "title": WORDS, "because": WORDS, "rank": "shop", "cites": ["promises#1.1"],
            "claim": draw(st.lists(st.sampled_from(BOOK.claims), min_size=1, max_size=4, unique=True)),
            "when": draw(st.lists(st.sampled_from(CONDITIONS), max_size=2)),
            "unless": [{"if": i, "because": WORDS} for i in draw(st.lists(st.sampled_from(CONDITIONS), max_size=1))],
            **draw(effects()),
        }
        for n in range(draw(st.integers(1, 6)))
    ]


def effects() -> st.SearchStrategy[dict[str, Any]]:
    """What a rule does: a grant of any remedy, an addition to any, a gentler offer."""
    spans = st.sampled_from(SPANS)
    terms = {
        "return_freight": st.sampled_from(["buyer", "seller"]), "after_return": spans,
        "deadlines": st.dictionaries(st.sampled_from(["refund", "replace", "pay", "reply"]), spans, max_size=2),
    }
    refunds = st.sampled_from(["item.refundable", "item.refundable_with_freight", "order.refundable"])
    money = st.sampled_from(["1", "item.paid_fen / 2", "item.paid_fen"])
    evidence = st.lists(st.sampled_from(["photo", "video"]), max_size=1)
    refund = st.fixed_dictionaries(
        {"remedy": st.sampled_from(["refund", "return_and_refund"]), "amount": refunds},
        optional={**terms, "evidence": evidence, "prefer": st.integers(0, 2)},
    )
    other = st.fixed_dictionaries(
        {"remedy": st.sampled_from(["exchange", "repair", "compensation", "price_difference", "complaint"])},
        optional={**terms, "amount": money, "evidence": evidence},
    )
    offered = st.sampled_from(["exchange", "coupon", "partial_refund"])
    offer = st.fixed_dictionaries({"remedy": offered, "amount": money})
    added = st.lists(st.sampled_from(["refund", "return_and_refund", "exchange"]), min_size=1, unique=True)
    return st.one_of(
        st.builds(lambda grant: {"grant": grant}, st.one_of(refund, other)),
        st.builds(
            lambda to, grant: {"effect": "add", "adds_to": to, "grant": grant},
            added, st.fixed_dictionaries({}, optional=terms),
        ),
        st.builds(lambda grant: {"effect": "retain", "grant": grant}, offer),
    )


def as_file(rules: list[dict[str, Any]]) -> ReadFile:
    """Rules as a file holds them."""
    source = parse_source(yaml.safe_dump({"rules": rules}, allow_unicode=True), "own.yaml")
    return source, parse_rules(source)


def shopped(*rules: dict[str, Any]) -> RuleBook:
    """The shipped book, with the promises of one shop."""
    return with_shops(BOOK, {SHOP: shop_book(PLATFORM, SHOP, Layer(rules=(as_file(list(rules)),)))})


def settled(book: RuleBook, facts: NestedFacts, case: Case) -> tuple[Decision, NestedFacts]:
    """The decision once the buyer has answered all that was asked, and all that is known then."""
    while (decision := decide(book, facts, case.now)).outcome == "ask":
        space, _, key = decision.asks[0].name.partition(".")
        assert key not in facts.get(space, {})
        facts = {**facts, space: {**facts.get(space, {}), key: case.facts[space][key]}}
    return decision, facts


def lost(book: RuleBook, facts: NestedFacts, case: Case) -> list[str]:
    """In what the decisions of a book are worse for the buyer than those of the platform's book.

    A refusal is compared with one that knows as much: another question may have opened or closed other ways out.
    """
    decision, known = settled(book, facts, case)
    without, _ = settled(BOOK, facts, case)
    as_informed, _ = settled(BOOK, known, case)
    return worse(decision, without) + (_lost_ways(decision, as_informed) if as_informed.outcome == "refuse" else [])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(shop_rules(), st.data())
def test_no_decision_is_worse_with_a_shops_rules(rules: list[dict[str, Any]], data: st.DataObject) -> None:
    """Generated rules of a shop over generated orders: what the platform's rules give is there, or something better."""
    book = shopped(*rules)
    for case in data.draw(st.lists(st.sampled_from(CASES), min_size=8, max_size=8)):
        facts = told_by_platform(case, BOOK.catalog)
        assert lost(book, {**facts, "shop": {**facts["shop"], "id": SHOP}}, case) == []


def worse(decision: Decision, without: Decision) -> list[str]:
    """In what a decision gives the buyer less than another one."""
    if without.outcome == "grant":
        return _worse_grant(decision, without) if decision.outcome == "grant" else ["no grant"]
    if without.outcome == "review":
        return ["refused"] if decision.outcome == "refuse" else []
    return []


def _lost_ways(decision: Decision, without: Decision) -> list[str]:
    """The ways out that one refusal leaves and another doesn't, unless what it leaves is worth as much."""
    if decision.outcome != "refuse":
        return []
    left = [way.remedy for way in decision.alternatives]
    gone = [one.remedy for one in without.alternatives if not any(_as_good(remedy, one.remedy) for remedy in left)]
    return [f"alternative {one}" for one in gone if REMEDIES[one] > min(map(REMEDIES.__getitem__, left), default=0)]


def _as_good(remedy: str | None, other: str | None) -> bool:
    """True for the same remedy, or one that everybody would rather have."""
    return remedy == other or (other, remedy) in BETTER


def _worse_grant(decision: Decision, without: Decision) -> list[str]:
    """In what a grant is less than another one."""
    same = decision.remedy == without.remedy
    wrong = [] if _as_good(decision.remedy, without.remedy) else ["remedy"]
    fen, before = (one.amount.fen if one.amount else 0 for one in (decision, without))
    wrong += ["amount"] if fen < before else []
    wrong += ["evidence"] if not set(decision.evidence) <= set(without.evidence) else []
    if decision.remedy != "refund":
        wrong += ["freight"] if FREIGHT[decision.return_freight] < FREIGHT[without.return_freight] else []
    return wrong + (_worse_times(decision, without) if same else [])


def _worse_times(decision: Decision, without: Decision) -> list[str]:
    """Deadlines that are later than before, or sooner where they are the buyer's."""
    now, then = times(decision), times(without)
    late = [name for name in then.keys() - BUYERS_DEADLINES if now.get(name, datetime.max) > then[name]]
    soon = [name for name in BUYERS_DEADLINES & now.keys() if name not in then or then[name] > now[name]]
    return [f"deadline {name}" for name in late + soon]


def times(decision: Decision) -> dict[str, datetime]:
    """When each deadline is, without its zone; what is due at once is due now."""
    at_once = [name for name in decision.notes.get("at_once", "").split(",") if name]
    named = {one.name: one.at.replace(tzinfo=None) for one in decision.deadlines}
    return {**named, **dict.fromkeys(at_once, datetime.min)}


def grant(**changes: Any) -> dict[str, Any]:
    """A shop's rule that gives the money back without a return."""
    return {
        "id": "own.keep", "title": WORDS, "because": WORDS, "rank": "shop", "cites": ["promises#1.1"],
        "claim": ["return", "refund"], "when": ["order.delivered"],
        "grant": {"remedy": "refund", "amount": "item.refundable"}, **changes,
    }


@pytest.fixture
def returned(delivered: Any) -> dict[str, dict[str, Any]]:
    """Somebody who changed their mind, with the box unopened, from the shop."""
    facts: dict[str, dict[str, Any]] = delivered(claim__reason="changed_mind", item__condition="unopened")
    return {**facts, "shop": {"id": SHOP}}


def test_a_promise_takes_the_place_of_less(returned: NestedFacts, now: datetime) -> None:
    """The same money without a return stands for the return, cites both, and the money comes no later."""
    decision = decide(shopped(grant()), returned, now)
    assert (decision.remedy, decision.rule) == ("refund", "own.keep")
    assert {"promises#1.1", "consumer-law#25"} <= set(decision.citations)
    assert times(decision).keys() == {"refund"}


@pytest.mark.parametrize(
    "less",
    [
        {"grant": {"remedy": "complaint"}},
        {"grant": {"remedy": "exchange"}},
        {"grant": {"remedy": "refund", "amount": "item.refundable", "evidence": ["video"]}},
    ],
)
def test_a_promise_of_less_is_left_aside(returned: NestedFacts, now: datetime, less: Mapping[str, Any]) -> None:
    """Another remedy, or the same for more evidence, doesn't stand for what the law gives."""
    assert decide(shopped(grant(**less)), returned, now).rule == decide(BOOK, returned, now).rule


def test_a_promise_holds_where_the_platform_refuses(returned: NestedFacts, now: datetime) -> None:
    """Worn goods go back all the same, if the shop says so."""
    worn = {**returned, "item": {**returned["item"], "condition": "used"}}
    own = grant(when=["item.condition == 'used'"], grant={"remedy": "return_and_refund", "amount": "item.refundable"})
    assert decide(BOOK, worn, now).outcome == "refuse"
    assert decide(shopped(own), worn, now).rule == "own.keep"


def test_a_shops_rules_are_for_its_own_orders(returned: NestedFacts, now: datetime) -> None:
    """Another shop's order, and one of which the shop isn't known, are decided as if the rules weren't there."""
    book, plain = shopped(grant()), {**returned, "shop": {}}
    for facts in ({**returned, "shop": {"id": "other"}}, plain):
        assert decide(book, facts, now) == decide(BOOK, facts, now)
        assert "own." not in repr(decide(book, facts, now))


def test_an_open_promise_is_asked_for_and_holds_nothing_back(returned: NestedFacts, now: datetime) -> None:
    """What would be more is asked for; without it the law's return is granted."""
    book = shopped(grant(when=["claim.has_photo"]))
    assert [one.name for one in decide(book, returned, now).asks] == ["claim.has_photo"]
    without = {**returned, "claim": {**returned["claim"], "has_photo": False}}
    assert decide(book, without, now).rule == "cn.return.seven-day"


def test_the_soonest_of_several_times_holds(returned: NestedFacts, now: datetime) -> None:
    """An addition that pays back sooner counts, one that would pay later changes nothing."""
    def added(span: str) -> dict[str, Any]:
        return grant(effect="add", adds_to=["return_and_refund"], grant={"after_return": span})

    assert decide(shopped(added("24h")), returned, now).notes["refund_after_goods_back"] == "24h"
    assert decide(shopped(added("30d")), returned, now).notes == decide(BOOK, returned, now).notes


def further(info: ParameterInfo) -> Parameter:
    """A value of a figure that is half as much again, or half as much, whichever favours the buyer."""
    if isinstance(info.value, str):
        return f"{int(info.value[:-1]) * 2}{info.value[-1]}"
    assert isinstance(info.value, int)
    return info.value + max(1, info.value // 2) if info.favours == "more" else info.value // 2


FAVOURED = [info for info in BOOK.parameters.values() if info.favours]


@pytest.mark.parametrize("info", FAVOURED, ids=[info.name for info in FAVOURED])
def test_a_figure_set_in_the_buyers_favour_takes_nothing(info: ParameterInfo) -> None:
    """The way that a figure says it favours the buyer is true on every generated order."""
    better = with_better(BOOK.parameters, {info.name: further(info)})
    rules = PLATFORM.rules(values_of(better))
    shop = book_of(rules, BOOK.catalog, better)
    for case in CASES[:120]:
        facts = told_by_platform(case, BOOK.catalog)
        assert lost(shop, facts, case) == []
