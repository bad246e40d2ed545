"""A platform with very many rules: two hundred shops that each promise fifty things. For measuring, not for reading."""

from collections.abc import Iterator
from random import Random
from typing import Any

import yaml

from assistant.decisions.book import RuleBook, with_shops
from assistant.decisions.overlays import Layer, Platform, platform_of, shop_book
from assistant.decisions.rulefile import parse_rules
from assistant.decisions.sources import parse_source

_WORDS = {"zh": "本店承诺", "en": "this shop's promise"}
_CONDITIONS = (
    "order.delivered", "item.quantity > 1", "claim.reason in ['quality', 'damaged']", "buyer.credit_tier >= 2",
    "days(order.delivered_at, claim.at) <= 30", "item.paid_fen < 50000", "item.condition != 'damaged_by_buyer'",
)
_CLAIMS = ("return", "refund", "exchange", "repair", "compensation")
_GRANTS: tuple[dict[str, Any], ...] = (
    {"remedy": "return_and_refund", "amount": "item.refundable_with_freight", "return_freight": "seller"},
    {"remedy": "refund", "amount": "item.refundable", "deadlines": {"refund": "24h"}},
    {"remedy": "exchange", "return_freight": "seller", "deadlines": {"replace": "3d"}},
    {"remedy": "compensation", "amount": "item.paid_fen / 10", "deadlines": {"pay": "48h"}},
)


def many_shops(shops: int = 200, rules_each: int = 50, seed: int = 1) -> RuleBook:
    """The shipped book with generated promises: `shops` shops, named `shop-0` and so on, of `rules_each` rules."""
    platform = platform_of(Layer())
    random = Random(seed)  # noqa: S311  (reproducible, not secret)
    categories = [str(value) for value in platform.book.catalog.fact("item.category").values]
    promises = {f"shop-{n}": list(_rules(random, categories, rules_each)) for n in range(shops)}
    return with_shops(platform.book, {shop: _book(platform, shop, rules) for shop, rules in promises.items()})


def _book(platform: Platform, shop: str, rules: list[dict[str, Any]]) -> RuleBook:
    text = yaml.dump({"rules": rules}, Dumper=yaml.CSafeDumper, allow_unicode=True)
    source = parse_source(text, f"{shop}/rules.yaml")
    return shop_book(platform, shop, Layer(rules=((source, parse_rules(source)),)))


def _rules(random: Random, categories: list[str], count: int) -> Iterator[dict[str, Any]]:
    """Promises on goods of one category each."""
    for n in range(count):
        yield {
            "id": f"own.promise-{n}", "title": _WORDS, "because": _WORDS, "rank": "shop", "cites": ["promises#1.1"],
            "claim": random.sample(_CLAIMS, 2),
            "when": [f"item.category == '{random.choice(categories)}'", *random.sample(_CONDITIONS, 2)],
            "grant": random.choice(_GRANTS),
        }
