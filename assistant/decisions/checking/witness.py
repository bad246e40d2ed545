"""Facts under which two rules apply at once, found by changing an example until both do.

An example is a whole and plausible order; the search changes no more of it than the two rules ask for. What it finds
was decided by the engine and is certain. That it finds nothing proves nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.showings import Showing
from assistant.decisions.conditions import Condition, value_of
from assistant.decisions.decision import Truth
from assistant.decisions.derived import complete
from assistant.decisions.engine import claim_before
from assistant.decisions.examples import moment_of
from assistant.decisions.facts import Fact, NestedFacts
from assistant.decisions.judging import Judge
from assistant.decisions.rules import Rule
from knowledge.errors import BadInput

Demand = tuple[Condition, Truth]

MOST_BASES = 6
"""How many examples are tried, those first that lack least."""
MOST_TRIES = 120
"""How many sets of facts are tried from one example."""

_NUMBER = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?")
_TEXT = re.compile(r"'([^'\\]*)'")
_UNITS = {
    "hours": timedelta(hours=1), "days": timedelta(days=1), "workdays": timedelta(days=1), "months": timedelta(days=30),
}
_FOLLOWING = frozenset({"order.delivered", "order.dispatched"})
"""Facts that follow from dates and states: to set them by hand would make an order that contradicts itself."""


def witness(book: RuleBook, one: Rule, other: Rule, shown: Sequence[Showing]) -> Showing | None:
    """Facts under which both rules apply; None when none were found."""
    demands = [*demands_of(one), *demands_of(other)]
    shared = set(one.claims) & set(other.claims)
    bases = [showing for showing in shown if showing.claim.kind in shared]
    ranked = sorted((len(_unmet(demands, showing.truth)), n) for n, showing in enumerate(bases))
    for _, place in ranked[:MOST_BASES]:
        given = _Repair(book, demands).of(bases[place].given)
        met = _met(book, given, one, other) if given is not None else None
        if met is not None:
            return met
    return None


def demands_of(rule: Rule) -> list[Demand]:
    """What its conditions must come to for a rule to apply."""
    return [(part.condition, "true") for part in rule.when] + [(part.condition, "false") for part in rule.unless]


def _unmet(demands: Iterable[Demand], truth_of: Callable[[Condition], Truth]) -> list[Demand]:
    return [(condition, truth) for condition, truth in demands if truth_of(condition) != truth]


def _met(book: RuleBook, given: NestedFacts, one: Rule, other: Rule) -> Showing | None:
    """The claim on these facts, if both rules apply to it."""
    claim = claim_before(book, given, moment_of(book))
    if claim is None:
        return None
    applying = [verdict.rule for verdict in claim.verdicts if verdict.truth == "true"]
    both = any(rule is one for rule in applying) and any(rule is other for rule in applying)
    return Showing(given, claim) if both else None


class _Repair:
    """Changes facts, one after the other and each at most once, until every demand is met."""

    def __init__(self, book: RuleBook, demands: Sequence[Demand]) -> None:
        self._book, self._demands, self._now = book, demands, moment_of(book)
        self._tries = 0

    def of(self, given: NestedFacts) -> NestedFacts | None:
        """The changed facts; None when the demands could not be met."""
        self._tries = 0
        return self._from(given, frozenset())

    def _from(self, given: NestedFacts, changed: frozenset[str]) -> NestedFacts | None:
        judge = self._judge(given)
        if judge is None:
            return None
        unmet = _unmet(self._demands, judge.truth)
        if not unmet:
            return given
        condition, wanted = unmet[0]
        for name in (name for name in condition.names if name not in changed | _FOLLOWING and name != "claim.at"):
            for value in self._values(name, condition, judge):
                self._tries += 1
                if self._tries > MOST_TRIES:
                    return None
                tried = _changed(given, name, value)
                after = self._judge(tried)
                if after is not None and after.truth(condition) == wanted:
                    found = self._from(tried, changed | {name})
                    if found is not None:
                        return found
        return None

    def _judge(self, given: NestedFacts) -> Judge | None:
        """These facts before the engine; None when they are refused."""
        try:
            return Judge(complete(self._book.catalog, given, self._now), self._book.jurisdiction.calendar)
        except BadInput:
            return None

    def _values(self, name: str, condition: Condition, judge: Judge) -> Iterator[Any]:
        """Values of a fact around which a condition turns."""
        fact, source = self._book.catalog.fact(name), condition.source
        texts = _TEXT.findall(source)
        if fact.type == "list":
            known = value_of(judge.facts, name) or []
            yield from ([*known, *texts], [entry for entry in known if entry not in texts])
        elif fact.values:
            yield from sorted(fact.values, key=lambda value: value not in texts)
        elif fact.type == "bool":
            yield from (True, False)
        elif fact.type in ("datetime", "date"):
            yield from self._moments(source, _numbers(condition, judge))
        elif fact.type in ("int", "money", "number"):
            yield from _around(fact, _numbers(condition, judge))
        else:
            yield from texts

    def _moments(self, source: str, numbers: Sequence[float]) -> Iterator[datetime]:
        """Moments just within and just beyond each window that a condition names."""
        for unit, length in _UNITS.items():
            if f"{unit}(" in source:
                for number in numbers:
                    for step in (0, 1, -1):
                        yield self._now - (number + step) * length


def _numbers(condition: Condition, judge: Judge) -> list[float]:
    """The numbers that a condition names or reads from facts."""
    read = [value_of(judge.facts, name) for name in condition.names]
    known = [float(value) for value in read if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return sorted({*map(float, _NUMBER.findall(condition.source)), *known, 1.0})


def _around(fact: Fact, numbers: Sequence[float]) -> Iterator[Any]:
    """Numbers on and beside each of these."""
    for number in numbers:
        for step in (0, 1, -1):
            if number + step >= 0:
                yield number + step if fact.type == "number" else int(number + step)


def _changed(given: NestedFacts, name: str, value: object) -> NestedFacts:
    """The facts with one of them changed; with one date of an order, all its dates move along."""
    space, _, key = name.partition(".")
    before = given.get(space, {})
    after = {**before, key: value}
    if isinstance(value, datetime) and isinstance(before.get(key), datetime):
        after |= _moved(before, value - before[key])
    return {**given, space: after}


def _moved(values: Mapping[str, Any], by: timedelta) -> dict[str, datetime]:
    return {key: value + by for key, value in values.items() if isinstance(value, datetime)}
