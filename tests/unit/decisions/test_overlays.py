"""Overlays: a platform's folder adds and replaces, a shop's only promises more; faults name file and line."""

from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.overlays import overlaid_book
from knowledge.errors import BadKnowledge

RULE = """\
rules:
  - id: own.rule
    title: {zh: 甲, en: A}
    because: {zh: 因为, en: because}
    rank: shop
    cites: [promises#1.1]
    claim: [return]
    when: [order.delivered]
    grant: {remedy: return_and_refund, amount: item.refundable, return_freight: seller}
"""
FACT = """\
facts:
  {name}:
    type: bool
    known_by: buyer
    input: chips
    label: {{zh: 刻字, en: engraved}}
    ask: {{zh: 刻字了吗？, en: Is it engraved?}}
    values:
      "yes": {{label: {{zh: 刻了, en: engraved}}, phrases: {{zh: [刻了字], en: [engraved]}}}}
      "no": {{label: {{zh: 没刻, en: plain}}, phrases: {{zh: [没刻字], en: [not engraved]}}}}
"""


def lay(folder: Path, **files: str) -> RuleBook:
    """The book with files laid over it; `shops__corner__rules` is `shops/corner/rules/own.yaml`."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__"))
        path = path.with_suffix(".yaml") if path.name == "parameters" else path / "own.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return overlaid_book(folder)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("rank: shop", "rank: statute", 5, "rank `shop`"),
        ("id: own.rule", "id: cn.return.seven-day", 2, "can't replace"),
        ("    grant: {remedy", "    effect: review\n    grant: {remedy", 9, "can't send claims to a person"),
        ("    grant: {remedy", "    as_of: today\n    grant: {remedy", 9, "as of the order's day"),
        ("return_freight: seller", "return_freight: platform", 9, "platform pay the freight"),
        ("return_freight: seller", "advance: item.refundable", 9, "advance money"),
        ("return_freight: seller", "notes: {route: elsewhere}", 9, "notes"),
        ("return_freight: seller", "deadlines: {ship_back: 1d}", 9, "can't set the buyer a time"),
        ("amount: item.refundable,", "amount: '1',", 9, "a refund is one of"),
        ("    grant: {remedy: return_and_refund, amount: item.refundable, return_freight: seller}",
         "    effect: add\n    adds_to: [return_and_refund]\n    grant: {evidence: [video]}", 11, "more evidence"),
        ("claim: [return]", "claim: [return, release_order]", 7, "a merchant's claim"),
        ("when: [order.delivered]", "when: [shop_other.engraved]", 8, "unknown fact"),
    ],
)
def test_a_shop_can_take_nothing_away(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    """Higher ranks, replacing, reviews, other people's money, demands on the buyer: refused at load, with the line."""
    with pytest.raises(BadKnowledge, match=message) as caught:
        lay(tmp_path, shops__corner__rules=RULE.replace(old, new))
    assert caught.value.line == line
    assert caught.value.path.endswith("corner/rules/own.yaml")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("no_reason_days: 6", "below 7: that is the law's minimum"),
        ("exchange_days: 6", "below the platform's 7"),
        ("no_reason_days: ten", "must be int"),
        ("trusted_tier: 1", "the platform's to set"),
        ("no_raeson_days: 8", "did you mean `no_reason_days`"),
        ("ship_back: 3d", "below the platform's 7d"),
        ("ship_back: 10wd", "in the unit of 7d"),
        ("no_reason_days: {a: 1}", "no_reason_days"),
    ],
)
def test_a_shop_sets_figures_in_the_buyers_favour_only(tmp_path: Path, given: str, message: str) -> None:
    """Worse than the platform's value, beyond bounds, or not a shop's to set: refused with file and line."""
    with pytest.raises(BadKnowledge, match=message) as caught:
        lay(tmp_path, shops__corner__parameters=f"# figures\n{given}\n")
    assert (Path(caught.value.path).name, caught.value.line) == ("parameters.yaml", 2)


def test_a_shops_figure_counts_for_its_orders(tmp_path: Path, delivered: Any, now: datetime) -> None:
    """Fifteen days at one shop, the platform's ten at all others."""
    book = lay(tmp_path, parameters="no_reason_days: 10\n", shops__corner__parameters="no_reason_days: 15\n")

    def outcome(shop: str, days_ago: int) -> str:
        facts = delivered(days_ago=days_ago, claim__reason="changed_mind", item__condition="unopened")
        return decide(book, {**facts, "shop": {"id": shop}}, now).outcome

    assert [outcome("corner", days) for days in (10, 15, 16)] == ["grant", "grant", "refuse"]
    assert [outcome("other", days) for days in (10, 11)] == ["grant", "refuse"]


def test_books_share_the_rules_in_which_they_do_not_differ(tmp_path: Path) -> None:
    """A shop that sets a figure has its own copy of the files that name it, and of no others."""
    book = lay(tmp_path, shops__corner__parameters="no_reason_days: 15\n", shops__plain__rules=RULE)
    own = {id(rule) for rule in book.shops["corner"].rules} - {id(rule) for rule in book.rules}
    assert 0 < len(own) < len(book.rules) / 2
    assert [rule.id for rule in book.shops["plain"].rules if rule not in book.rules] == ["own.rule"]


def test_a_platform_adds_and_replaces_by_id(tmp_path: Path, delivered: Any, now: datetime) -> None:
    """A rule with the id of ours stands in its place, in all its versions; ours on disk are not touched."""
    text = RULE.replace("own.rule", "platform.price.protected").replace("rank: shop", "rank: platform")
    book = lay(tmp_path, rules=text)
    same = [rule for rule in book.rules if rule.id == "platform.price.protected"]
    assert [rule.claims for rule in same] == [("return",)]
    assert "platform.price.protected" in {proof.rule for proof in decide(book, delivered(), now).proof}


def test_a_platform_replaces_facts(tmp_path: Path) -> None:
    """A fact given again is the platform's; a fact of its own can be used in its rules at once."""
    text = RULE.replace("rank: shop", "rank: platform").replace("order.delivered", "item.engraved")
    book = lay(tmp_path, facts=FACT.format(name="item.engraved"), rules=text)
    assert book.catalog.fact("item.engraved").known_by == "buyer"


def test_a_shops_facts_are_its_own(tmp_path: Path, delivered: Any, now: datetime) -> None:
    """They are asked of buyers of that shop, worded from the whole book, and mean nothing at another one."""
    rule = RULE.replace("order.delivered", "shop_corner.engraved")
    book = lay(tmp_path, shops__corner__facts=FACT.format(name="shop_corner.engraved"), shops__corner__rules=rule)
    facts = delivered(days_ago=100, claim__reason="changed_mind", item__condition="used")
    theirs = {**facts, "shop": {"id": "corner"}}
    assert [one.name for one in decide(book, theirs, now).asks] == ["shop_corner.engraved"]
    assert book.every_fact.fact("shop_corner.engraved").ask
    assert "shop_corner.engraved" not in book.catalog.names
    assert decide(book, {**theirs, "shop_corner": {"engraved": True}}, now).rule == "own.rule"


@pytest.mark.parametrize("name", ["item.engraved", "item.category", "shop_other.engraved"])
def test_a_shop_names_no_fact_outside_its_own(tmp_path: Path, name: str) -> None:
    """Neither the platform's facts nor another shop's can be given another meaning."""
    with pytest.raises(BadKnowledge, match=r"named shop_corner\.…") as caught:
        lay(tmp_path, shops__corner__facts=FACT.format(name=name))
    assert caught.value.line == 2


def test_a_folder_that_is_no_shops_id_is_refused(tmp_path: Path) -> None:
    """Names that could be anything else are not taken for shops."""
    with pytest.raises(BadKnowledge, match="no shop's id"):
        lay(tmp_path, **{"shops__-x__rules": RULE})


def test_reasons_tell_a_shops_own_figure(tmp_path: Path, delivered: Any, now: datetime) -> None:
    """A buyer of the shop reads the days that hold there."""
    rule = RULE.replace("zh: 因为, en: because", "zh: '{no_reason_days}天', en: '{no_reason_days} days'")
    book = lay(
        tmp_path, rules=rule.replace("own.rule", "platform.own").replace("rank: shop", "rank: platform"),
        shops__corner__parameters="no_reason_days: 15\n",
    )
    told = {rule.because.en for one in (book, book.shops["corner"]) for rule in one.rules if rule.id == "platform.own"}
    assert told == {"7 days", "15 days"}
