"""Looks for facts under which a rule holds: it tells rules that never can from rules not yet shown."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from typing import Any

from assistant.decisions.conditions import Condition, make_context
from assistant.decisions.facts import Fact, FactCatalog, NestedFacts
from assistant.decisions.rules import Rule

_AT = datetime(2026, 6, 16, 4, tzinfo=UTC)
_AGES = (0, 1, 5, 20, 60, 400)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")

MOST_TRIES = 4_000
"""How many sets of facts are tried for one part of a rule before giving up."""


def can_hold(rule: Rule, catalog: FactCatalog) -> bool:
    """True when some facts make every condition of the rule true and none of its exceptions.

    The search goes part by part and tries, for each fact, the values around which its conditions turn. It is
    exact for contradictions between comparisons with constants, which is how rules go wrong; it isn't a proof
    in general.
    """
    wanted = [(part.condition, "true") for part in rule.when]
    wanted += [(part.condition, "false") for part in rule.unless]
    values = _candidates([condition for condition, _ in wanted], catalog)
    return _search(wanted, values, {"claim": {"at": _AT}}, catalog)


def _search(
    wanted: Sequence[tuple[Condition, str]], values: dict[str, list[Any]],
    facts: NestedFacts, catalog: FactCatalog,
) -> bool:
    """Depth first: satisfy the first part in every way that its new facts allow, then the rest."""
    if not wanted:
        return True
    (condition, truth), rest = wanted[0], wanted[1:]
    new = [name for name in condition.names if not _holds(facts, name)]
    for choice in islice(product(*(values[name] for name in new)), MOST_TRIES):
        tried = _with(facts, zip(new, choice, strict=True))
        context = make_context(tried, catalog.namespaces)
        if condition.evaluate(context) == truth and _search(rest, values, tried, catalog):
            return True
    return False


def _holds(facts: NestedFacts, name: str) -> bool:
    space, _, key = name.partition(".")
    return key in facts.get(space, {})


def _with(facts: NestedFacts, new: Iterator[tuple[str, Any]]) -> NestedFacts:
    """A copy of the facts with new ones."""
    copy = {space: dict(values) for space, values in facts.items()}
    for name, value in new:
        space, _, key = name.partition(".")
        copy.setdefault(space, {})[key] = value
    return copy


def _candidates(conditions: Sequence[Condition], catalog: FactCatalog) -> dict[str, list[Any]]:
    """For each fact that the conditions read, the values worth trying."""
    sources = [condition.source for condition in conditions]
    numbers = sorted({float(n) for source in sources for n in _NUMBER.findall(source)} | {0.0})
    texts = sorted({a or b for source in sources for a, b in _TEXT.findall(source)})
    names = {name for condition in conditions for name in condition.names}
    return {name: _values(catalog.fact(name), numbers, texts) for name in names}


def _values(fact: Fact, numbers: Sequence[float], texts: Sequence[str]) -> list[Any]:
    """Values of one fact, on both sides of every number that the rule names."""
    if fact.type == "bool":
        return [True, False]
    if fact.type in ("int", "money"):
        return sorted({int(n) + step for n in numbers for step in (-1, 0, 1) if n + step >= 0})
    if fact.type == "number":
        return sorted({n + step for n in numbers for step in (-1, 0, 1)})
    if fact.type in ("datetime", "date"):
        return [_AT - timedelta(days=age) for age in _AGES]
    if fact.type == "list":
        return [list(texts), []]
    return list(fact.values) or [*texts, ""]
