"""Which conditions exclude each other: a search through the values around which they turn.

The search is over the logical form (`logic.py`), which allows more than the conditions do. So "they exclude each other"
is proved; "they don't" only means that no clash was found.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from assistant.decisions.checking.logic import ABSENT, Atom, Junction, Node, Value, atoms, logic_of
from assistant.decisions.facts import Fact, FactCatalog
from assistant.decisions.rules import Rule

MOST_STEPS = 20_000
"""How many values are tried before the search gives up and says nothing."""

_WHOLE = ("days(", "months(", "workdays(", "size(")
_FREE: tuple[Value, ...] = (True, False, ABSENT)


class GaveUp(Exception):
    """The search took more steps than it may."""


def nodes_of(rule: Rule) -> list[Node]:
    """The trees that must all be true for a rule to apply."""
    return [node for _, node in demands_of(rule)]


def demands_of(rule: Rule) -> list[tuple[str, Node]]:
    """What must be true for a rule to apply: each part as people read it, and as a tree."""
    when = [(f"`{part.condition.expression}`", logic_of(part.condition.source)) for part in rule.when]
    return when + [
        (f"not `{part.condition.expression}`", Junction("not", (logic_of(part.condition.source),)))
        for part in rule.unless
    ]


def clash(rule: Rule, catalog: FactCatalog) -> tuple[str, ...]:
    """The smallest set of a rule's parts that exclude each other, as people read them; empty when none was found."""
    demands = demands_of(rule)
    fixed = {"claim.kind": rule.claims}
    if not excluded([node for _, node in demands], catalog, fixed):
        return ()
    for demand in list(demands):  # leave out what isn't needed for the clash
        fewer = [one for one in demands if one is not demand]
        if excluded([node for _, node in fewer], catalog, fixed):
            demands = fewer
    return tuple(text for text, _ in demands)


def excluded(nodes: Sequence[Node], catalog: FactCatalog, fixed: Mapping[str, Sequence[Value]] | None = None) -> bool:
    """True when it is proved that no values make all these trees true; `fixed` narrows the values of terms."""
    domains = _domains(nodes, catalog) | {name: tuple(values) for name, values in (fixed or {}).items()}
    try:
        return not _Search(nodes, domains).finds()
    except GaveUp:
        return False


class _Search:
    """Depth first over the terms, those first that most trees name; cut where a tree can't be true."""

    def __init__(self, nodes: Sequence[Node], domains: Mapping[str, Sequence[Value]]) -> None:
        self._nodes = nodes
        self._domains = domains
        naming = [dict.fromkeys(atom.term for atom in atoms(node)) for node in nodes]
        self._concerned: dict[str, list[Node]] = {}
        for node, terms in zip(nodes, naming, strict=True):
            for term in terms:
                self._concerned.setdefault(term, []).append(node)
        self._terms = sorted(self._concerned, key=lambda term: -len(self._concerned[term]))
        self._steps = 0

    def finds(self) -> bool:
        """True when some values make all trees true."""
        return self._from(0, {})

    def _from(self, place: int, values: dict[str, Value]) -> bool:
        if place == len(self._terms):
            return True
        term = self._terms[place]
        for value in self._domains[term]:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise GaveUp
            values[term] = value
            possible = all(node.truth(values) in ("true", None) for node in self._concerned[term])
            if possible and self._from(place + 1, values):
                return True
        values.pop(term, None)
        return False


def _domains(nodes: Iterable[Node], catalog: FactCatalog) -> dict[str, Sequence[Value]]:
    """For each term the values worth trying: one on each side of everything that it is compared with."""
    tests: dict[str, list[Atom]] = {}
    for node in nodes:
        for atom in atoms(node):
            tests.setdefault(atom.term, []).append(atom)
    return {term: _domain(term, of_term, catalog.facts.get(term)) for term, of_term in tests.items()}


def _domain(term: str, tests: Sequence[Atom], fact: Fact | None) -> Sequence[Value]:
    """The values of one term: a fact's own, or those around its constants; and none, where it may be unknown."""
    constants = {one for atom in tests for one in atom.constants}
    absent = () if fact is not None and fact.default is not None else (ABSENT,)
    if fact is not None and fact.values and fact.type != "list":
        return (*fact.values, *absent)
    if not constants:
        return _FREE if absent else (True, False)
    numbers = sorted({one for one in constants if isinstance(one, (int, float)) and not isinstance(one, bool)})
    others = [one for one in constants if one not in numbers or isinstance(one, bool)]
    if numbers:
        whole = fact.type in ("int", "money") if fact else term.startswith(_WHOLE)
        around = _whole(numbers) if whole else _real(numbers)
        others += [n for n in around if n >= 0] if fact and fact.type == "money" else around
    elif all(isinstance(one, bool) for one in others):
        return (True, False, *absent)
    else:
        others.append("\0another text")
    return (*others, *absent)


def _whole(numbers: Sequence[Any]) -> list[Any]:
    """Whole numbers on, before and after each of these."""
    return sorted({round(number) + step for number in numbers for step in (-1, 0, 1)})


def _real(numbers: Sequence[Any]) -> list[Any]:
    """These numbers, one between each two, one below and one above."""
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    return sorted({*numbers, *between, numbers[0] - 1, numbers[-1] + 1})
