"""Finds the rules on a claim by shop, goods and situation, without a look at those about others.

A rule is left aside only when a guard excludes it, or its dates do, so no decision changes by it; the proof then holds
the rules that could be about this order. What was found in a situation is kept, since situations come again.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from assistant.decisions.guards import Guard
from assistant.decisions.rules import Days, Rule

Facts = Mapping[str, Mapping[str, Any]]
_Placed = tuple[int, int, Rule]

_SHOP = ("shop", "id")
_MOST_FACTS = 10
"""By how many facts situations are told apart: those that the most rules hang on. Others are looked at each time."""

_DECIDING = ("grant", "review")
_MOST_KEPT = 20_000

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found:
    """The rules on a claim, each with the guards still to be looked at, and the facts that they need CEL for."""

    guarded: tuple[tuple[Rule, tuple[Guard, ...]], ...]
    reads: frozenset[str]

    def about(self, facts: Facts) -> list[Rule]:
        """Those that no known fact excludes."""
        return [rule for rule, guards in self.guarded if not guards or not _excluded(guards, facts)]


@dataclass(frozen=True, slots=True)
class Deciding:
    """The rules that could decide some of several claims, each once; and by claim, their ids in memory."""

    found: Found
    by_claim: tuple[tuple[str, tuple[int, ...]], ...]


class RuleIndex:
    """Rules by claim and by what they hang on; the strongest rank first, within a rank in the order of their files."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_shop: defaultdict[tuple[str, object], list[_Placed]] = defaultdict(list)
        self._found: dict[tuple[object, ...], Found] = {}
        self._deciding: dict[tuple[object, ...], Deciding] = {}
        for place, rule in enumerate(rules):
            self._take(place, rule)
        self._shops = {shop for _, shop in self._by_shop if shop is not None}
        self._turns = sorted({day for rule in rules for day in (rule.in_force_from, rule.in_force_to) if day})
        named = Counter((guard.namespace, guard.key) for rule in rules for guard in rule.guards)
        del named[_SHOP]
        self._facts = [fact for fact, _ in named.most_common(_MOST_FACTS)]

    def find(self, claim: str, facts: Facts, days: Days) -> Found:
        """The rules on this claim, in force on their day, that no known fact excludes."""
        key = (claim, *self._situation(facts, days))
        found = self._found.get(key)
        return found if found is not None else _keep(self._found, key, self._look(claim, facts, days))

    def deciding(self, claims: Callable[[], Iterable[str]], facts: Facts, days: Days) -> Deciding:
        """Of the rules on these claims, always the same ones, those that grant or want a person to look."""
        key = self._situation(facts, days)
        found = self._deciding.get(key)
        if found is None:
            found = _keep(self._deciding, key, self._look_for_all(claims(), facts, days))
        return found

    def _situation(self, facts: Facts, days: Days) -> tuple[object, ...]:
        """What rules are told apart by. A shop that no rule names is like any other, as are days with like rules."""
        shop = facts["shop"].get("id")
        return (
            shop if shop is None or shop in self._shops else "",
            *[facts[space].get(name) for space, name in self._facts],
            bisect(self._turns, days.order), bisect(self._turns, days.today),
        )

    def _take(self, place: int, rule: Rule) -> None:
        guard = next((guard for guard in rule.guards if (guard.namespace, guard.key) == _SHOP), None)
        shops: Iterable[object] = guard.allowed if guard else (None,)
        for claim in rule.claims:
            for shop in shops:
                self._by_shop[claim, shop].append((rule.level, place, rule))

    def _look(self, claim: str, facts: Facts, days: Days) -> Found:
        shop = facts["shop"].get("id")
        shops: Iterable[object] = (None, *self._shops) if shop is None else (None, shop)
        placed = {one[1]: one for key in shops for one in self._by_shop.get((claim, key), ())}
        known: dict[str, dict[str, Any]] = defaultdict(dict)
        for space, name in (_SHOP, *self._facts):
            known[space][name] = facts[space].get(name)
        ranked = (rule for _, _, rule in sorted(placed.values(), key=lambda one: one[:2]))
        return self._guarded(rule for rule in ranked if rule.concerns(known) and rule.in_force_on(days))

    def _look_for_all(self, claims: Iterable[str], facts: Facts, days: Days) -> Deciding:
        found = ((claim, self._look(claim, facts, days).guarded) for claim in claims)
        by_claim = [(claim, [rule for rule, _ in some if rule.effect in _DECIDING]) for claim, some in found]
        once = {id(rule): rule for _, some in by_claim for rule in some}
        return Deciding(
            self._guarded(once.values()), tuple((claim, tuple(map(id, some))) for claim, some in by_claim if some)
        )

    def _guarded(self, rules: Iterable[Rule]) -> Found:
        """Rules, with those of their guards that the situation leaves open."""
        kept = tuple((rule, tuple(guard for guard in rule.guards if not self._is_settled(guard))) for rule in rules)
        return Found(kept, frozenset(name for rule, _ in kept for name in rule.reads))

    def _is_settled(self, guard: Guard) -> bool:
        return (guard.namespace, guard.key) in (_SHOP, *self._facts)


def _excluded(guards: Iterable[Guard], facts: Facts) -> bool:
    return any(guard.excludes(facts) for guard in guards)


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> Value:
    """Keep what was found, and start anew when it has become too much."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value
    return value
