"""The examples that stand beside each rule: facts and what must come of them. They run as tests."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.facts import NestedFacts
from assistant.decisions.rules import Example, Rule
from knowledge.errors import BadInput

_OFFSET = re.compile(r"([+-]\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What an example came to. `wrong` names each expectation that failed; empty when it passed."""

    rule: Rule
    example: Example
    decision: Decision | None
    wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True when every expectation held."""
        return not self.wrong


def moment_of(book: RuleBook) -> datetime:
    """When all examples of a book happen: noon of a Tuesday, 16 June 2026, where its rules hold."""
    return datetime(2026, 6, 16, 12, tzinfo=book.jurisdiction.calendar.zone)


def facts_of_example(given: Mapping[str, Any], claim: str, now: datetime) -> NestedFacts:
    """Nested facts from full names; `-7d` is an offset from `now`; None takes a shared fact away."""
    facts: NestedFacts = {"claim": {"kind": claim}}
    for name, value in given.items():
        namespace, _, key = name.partition(".")
        offset = _OFFSET.fullmatch(value) if isinstance(value, str) else None
        if offset:
            value = now + timedelta(**{_UNITS[offset[2]]: int(offset[1])})
        if value is not None:
            facts.setdefault(namespace, {})[key] = value
    return facts


def run_examples(book: RuleBook) -> list[ExampleResult]:
    """Run every example of every rule against the whole book."""
    return [run_example(book, rule, example) for rule in book.rules for example in rule.examples]


def run_example(book: RuleBook, rule: Rule, example: Example) -> ExampleResult:
    """Run one example."""
    try:
        now = moment_of(book)
        decision = decide(book, facts_of_example(example.given, example.claim, now), now)
    except BadInput as wrong:
        return ExampleResult(rule, example, None, (str(wrong),))
    return ExampleResult(rule, example, decision, tuple(_failures(example.expect, decision)))


def _failures(expect: Mapping[str, Any], decision: Decision) -> Iterable[str]:
    """Each expectation that the decision does not meet, in words."""
    for key, wanted in expect.items():
        if key not in _CHECKS:
            yield f"unknown expectation `{key}`: knows {', '.join(_CHECKS)}"
            continue
        got = _CHECKS[key](decision)
        if not _meets(got, wanted):
            yield f"{key}: wanted {wanted!r}, got {got!r}"


def _meets(got: Any, wanted: Any) -> bool:
    """Equal; or, for several things, holding all that is wanted."""
    if isinstance(got, Mapping):
        return all(got.get(key) == value for key, value in wanted.items())
    if isinstance(got, (tuple, frozenset)):
        return set([wanted] if isinstance(wanted, str) else wanted) <= set(got)
    return bool(got == wanted)


_CHECKS: Mapping[str, Callable[[Decision], Any]] = {
    "outcome": lambda d: d.outcome,
    "rule": lambda d: d.rule,
    "remedy": lambda d: d.remedy,
    "amount_fen": lambda d: d.amount.fen if d.amount else None,
    "return_freight": lambda d: d.return_freight,
    "asks": lambda d: d.asks[0].name if d.asks else None,
    "retention": lambda d: d.retention.remedy if d.retention else None,
    "cites": lambda d: d.citations,
    "alternative": lambda d: frozenset(a.claim for a in d.alternatives),
    "counterfactual": lambda d: frozenset(c.fact for c in d.counterfactuals),
    "note": lambda d: d.notes,
}
"""What an example can expect. `asks` is the first question (null: none); the last four hold at least these."""
